"""``citydip cite``: how to cite a thing, a query or the data, at the version that is there."""

import asyncio
import os
from enum import StrEnum
from typing import Annotated

import typer

from citydip.curation.layout import find_layout
from citydip.curation.snapshot import Snapshot, snapshot_path
from citydip.model.errors import ParameterError
from citydip.model.settings import read_settings
from citydip.model.terms import BASE, expand
from citydip.services.building import open_or_build
from citydip.services.citing import citation_of
from citydip.services.graph import open_graph

__all__ = ["Form", "cite_app"]

cite_app = typer.Typer(add_completion=False)
_KINDS = ("id/", "query/", "version")


class Form(StrEnum):
    """The form of a citation."""

    TEXT = "text"
    BIBTEX = "bibtex"
    RIS = "ris"
    CSL = "csl"


@cite_app.command()
def cite(
    what: Annotated[
        str, typer.Argument(help="A thing, such as city:isfahan; a query, such as query/mayors; none: the data.")
    ] = "version",
    form: Annotated[Form, typer.Option("--format", help="The form of the citation.")] = Form.TEXT,
    lang: Annotated[str, typer.Option(help="Language of titles.")] = "en",
    data_version: Annotated[
        str | None, typer.Option(help="Version of the data; none: the current one.", show_default=False)
    ] = None,
    snapshots: Annotated[str | None, typer.Option(help="Folder of snapshots.", show_default=False)] = None,
) -> None:
    """Print how to cite a thing, a query or the data, with the version of the data and the sources that it rests on."""
    settings = read_settings(os.environ, snapshots=snapshots, workers=1)
    name = _name(what)
    if data_version is None:
        snapshot = open_or_build(settings, lambda line: typer.echo(line, err=True))
    else:
        snapshot = Snapshot.open(snapshot_path(find_layout(settings).snapshots, data_version))
    # Permanent addresses, where this is no service with an address of its own.
    base = (settings.public_url or BASE).rstrip("/")

    async def run() -> str:
        async with open_graph(snapshot, settings) as graph:
            return await citation_of(graph, name, form.value, language=lang, base=base)

    text = asyncio.run(run())
    typer.echo(text, nl=not text.endswith("\n"))


def _name(what: str) -> str:
    """Return the name that citations know a thing by: its kind and name, ``query/NAME`` or ``version``.

    Raises:
        ParameterError: it is the IRI of something else.
    """
    iri = expand(what)
    if iri.startswith(BASE):
        rest = iri.removeprefix(BASE)
        if not rest.startswith(_KINDS):
            raise ParameterError(f"{iri} is neither a thing, a query nor the data; cite one such as city:isfahan")
        return "version" if rest.startswith("version") else rest.removeprefix("id/")
    return iri
