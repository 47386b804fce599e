"""``citydip changes``: what changed between two versions of the graph, in sentences or as data."""

import os
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console

from citydip.cli.options import day_of
from citydip.cli.progress import showing
from citydip.curation.changes.keeping import Changes, keep_changes, open_changes
from citydip.curation.changes.recording import write_record
from citydip.curation.changes.telling import Change
from citydip.curation.changes.words import KINDS
from citydip.curation.layout import find_layout
from citydip.curation.snapshot import Snapshot
from citydip.model.errors import ChangesError, ParameterError
from citydip.model.languages import INTERFACE
from citydip.model.settings import read_settings
from citydip.model.terms import BASE, expand
from citydip.services.changes.choosing import changes_folder, choose_versions
from citydip.services.changes.forms import as_atom, as_json, as_rdf, as_text, written_at

__all__ = ["Form", "changes_app"]

changes_app = typer.Typer(add_completion=False)
_console = Console(stderr=True, highlight=False)


class Form(StrEnum):
    """The format that changes are printed in."""

    TEXT = "text"
    JSON = "json"
    TURTLE = "turtle"
    JSONLD = "jsonld"
    ATOM = "atom"


@changes_app.command()
def changes(
    old: Annotated[str, typer.Argument(help="Version to begin from; none: the one before the other.")] = "",
    new: Annotated[str, typer.Argument(help="Version to end with; none: the current one.")] = "",
    form: Annotated[Form, typer.Option("--format", help="Format of what is printed.")] = Form.TEXT,
    lang: Annotated[str, typer.Option(help="Language of the sentences: en or fa.")] = "en",
    kind: Annotated[str, typer.Option(help="Only changes of a kind, such as removed.", show_default=False)] = "",
    klass: Annotated[
        str, typer.Option("--class", help="Only things of a class, such as cd:Tie.", show_default=False)
    ] = "",
    every: Annotated[bool, typer.Option("--all", help="Also evidence, mappings, terms and shapes one by one.")] = False,
    most: Annotated[int, typer.Option(help="How many to tell one by one; -1: all.")] = 1000,
    release: Annotated[
        str,
        typer.Option(help="Name of a release: write its record into data/changes instead.", show_default=False),
    ] = "",
    date: Annotated[str, typer.Option(help="Day of the release; none: today.", show_default=False)] = "",
    root: Annotated[
        str | None, typer.Option(help="Folder with ontology, shapes, data and queries.", show_default=False)
    ] = None,
    snapshots: Annotated[str | None, typer.Option(help="Folder of snapshots.", show_default=False)] = None,
) -> None:
    """Tell what curators and importers changed between two versions: counts first, then a sentence for each thing."""
    settings = read_settings(os.environ, root=root, snapshots=snapshots)
    if lang not in INTERFACE:
        raise ParameterError(f"--lang must be {' or '.join(INTERFACE)}, not {lang!r}")
    if kind and kind not in KINDS:
        raise ParameterError(f"--kind must be one of {', '.join(KINDS)}, not {kind!r}")
    layout = find_layout(settings)
    folder = layout.snapshots
    before, after = choose_versions(folder, old, new)
    try:
        with showing(_console) as (_, progress):
            path = keep_changes(before, after, changes_folder(settings, folder), progress)
    except OSError as error:
        message = f"the changes cannot be kept ({error}); set CITYDIP_EXPORTS to a folder that can be written to"
        raise ChangesError(message) from None
    with open_changes(path) as found:
        if release:
            record = write_record(layout, found, release, day_of(date))
            typer.echo(f"wrote {layout.relative(record)}; read it, then: citydip check")
            return
        listed = list(found.page(0, most, klass=expand(klass), kind=kind, every=every))
        left = found.count(expand(klass), kind, every=every) - len(listed)
        typer.echo(_printed(found, form, lang, after, listed), nl=False)
    if left:
        _console.print(f"{left} more are not shown; --most -1 shows all")


def _printed(found: Changes, form: Form, lang: str, after: Snapshot, listed: Sequence[Change]) -> str | bytes:
    if form is Form.TEXT:
        return as_text(found, listed, lang)
    if form is Form.JSON:
        return as_json(found, listed)
    if form is Form.ATOM:
        return as_atom(found, listed, lang, updated=written_at(after), links={}, page=f"{BASE}id/")
    return as_rdf(found, listed, form.value)
