"""``citydip export quickstatements`` and ``citydip export sssom``: what goes back to Wikidata."""

import os
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from citydip.cli.options import day_of
from citydip.cli.progress import showing
from citydip.curation.giving_back.mappings import as_sssom, read_mappings
from citydip.curation.giving_back.ours import Ours, read_ours
from citydip.curation.giving_back.quickstatements import as_csv, as_v1
from citydip.curation.giving_back.reports import REPORTS, Report, as_json, as_table, to_write
from citydip.curation.giving_back.statements import Item
from citydip.curation.giving_back.theirs import Theirs, ask_service, read_file, read_pages
from citydip.curation.importers.wikidata.asking import Manners, Service
from citydip.curation.importers.wikidata.pages import Pages, default_cache
from citydip.curation.layout import find_layout
from citydip.model.errors import NotFoundError, ParameterError
from citydip.model.settings import read_settings
from citydip.services.building import open_or_build

__all__ = ["Form", "Shown", "quickstatements", "sssom"]

_console = Console(stderr=True, highlight=False)
_MANNERS = Manners()

Root = Annotated[str | None, typer.Option(help="Folder with ontology, shapes, data and queries.", show_default=False)]
Snapshots = Annotated[str | None, typer.Option(help="Folder of snapshots.", show_default=False)]
Out = Annotated[Path | None, typer.Option(help="File to write; none: standard output.", show_default=False)]


class Shown(StrEnum):
    """What is written: the commands, or a report."""

    COMMANDS = "commands"
    PREVIEW = "preview"
    CONTRADICTIONS = "contradictions"
    MISSING = "missing"
    WITHHELD = "withheld"


class Form(StrEnum):
    """How it is written."""

    V1 = "v1"
    V2 = "v2"
    TABLE = "table"
    CSV = "csv"
    JSON = "json"


def quickstatements(  # noqa: PLR0913, PLR0917 - a command's options are its parameters
    wikidata: Annotated[
        Path | None,
        typer.Option(
            help="What Wikidata says: a file of RDF in its model (.nt, .ttl), or the pages of a refresh (a folder).",
            exists=True,
            show_default=False,
        ),
    ] = None,
    endpoint: Annotated[
        str, typer.Option(help="Address of a query service to ask, such as https://query.wikidata.org/sparql.")
    ] = "",
    show: Annotated[Shown, typer.Option(help="The commands, or a report.")] = Shown.COMMANDS,
    format: Annotated[  # noqa: A002 - the name of the option
        Form | None,
        typer.Option(help="v1 or v2 for commands; table, csv or json for a report.", show_default="v1, table"),
    ] = None,
    out: Out = None,
    contact: Annotated[
        str, typer.Option(envvar="CITYDIP_CONTACT", help="Your e-mail or web address, sent along as User-Agent.")
    ] = "",
    date: Annotated[str, typer.Option(help="Day whose pages are used again; empty: today (UTC).")] = "",
    page: Annotated[int, typer.Option(help="How many items a request asks about.", min=1, max=500)] = 50,
    pause: Annotated[float, typer.Option(help="Seconds between two requests.", min=0)] = _MANNERS.pause,
    cache: Annotated[
        Path | None, typer.Option(help="Folder of pages; none: that of the user's cache.", show_default=False)
    ] = None,
    root: Root = None,
    snapshots: Snapshots = None,
) -> None:
    """Write what Wikidata lacks as commands of QuickStatements, or tell what merging them does."""
    form = _form(show, format)
    if (wikidata is None) == (not endpoint):
        raise ParameterError("say what Wikidata has: either --wikidata FILE, or --endpoint ADDRESS with --contact")
    settings = read_settings(os.environ, root=root, snapshots=snapshots)
    layout = find_layout(settings)
    with showing(_console) as (say, progress):
        snapshot = open_or_build(settings, say, progress)
        say(f"reading version {snapshot.version}")
        ours = read_ours(layout, snapshot)
        if wikidata is not None:
            theirs = read_pages(wikidata) if wikidata.is_dir() else read_file(layout, wikidata)
        else:
            service = Service(endpoint, contact, Manners(pause=pause), say)
            with Pages(cache or default_cache(), service, day_of(date)) as pages:
                items = _items(ours, all_of_them=show is Shown.MISSING)
                theirs = ask_service(
                    layout, pages, items, page, lambda done, total: progress(done / total, f"asking {endpoint}")
                )
    statements, outcomes = to_write(ours, theirs)
    if show is Shown.COMMANDS:
        _write(out, as_csv(statements) if form is Form.V2 else as_v1(statements))
    else:
        _report(out, form, show, ours, theirs)
    told = ", ".join(f"{count} {name}" for name, count in sorted(outcomes.items())) or "nothing to give"
    typer.echo(f"{told}; {len(ours.withheld)} stay here", err=True)


def _form(show: Shown, form: Form | None) -> Form:
    fitting = (Form.V1, Form.V2) if show is Shown.COMMANDS else (Form.TABLE, Form.CSV, Form.JSON)
    if form is not None and form not in fitting:
        raise ParameterError(f"--show {show} is written as {', '.join(fitting)}, not as {form}")
    return form or fitting[0]


def _items(ours: Ours, *, all_of_them: bool) -> list[str]:
    """Return what to ask about: what our statements are about; for what this graph lacks, every item that it knows."""
    named = {offer.statement.subject for offer in ours.offers}
    named |= {offer.statement.value.qid for offer in ours.offers if isinstance(offer.statement.value, Item)}
    return sorted(ours.things if all_of_them else named & ours.things.keys(), key=lambda item: int(item[1:]))


def _report(out: Path | None, form: Form, show: Shown, ours: Ours, theirs: Theirs) -> None:
    make, columns = REPORTS[show.value]
    report = make(ours, theirs)
    if form is not Form.TABLE:
        _write(out, as_json(report) if form is Form.JSON else as_table(report))
        return
    if out is not None:
        raise ParameterError("a table is for the terminal; write a file with --format csv or json")
    Console(width=None if sys.stdout.isatty() else 200, highlight=False).print(_table(report, columns))


def _table(report: Report, columns: Sequence[str]) -> Table:
    """Return a report for the terminal, without the columns that nothing stands in."""
    names = [name for name in columns if any(row[name] for row in report)]
    table = Table(*names, caption=f"{len(report)} row{'' if len(report) == 1 else 's'}")
    for row in report:
        table.add_row(*(row[name].replace("[", "\\[") for name in names))
    return table


def _write(out: Path | None, text: str) -> None:
    if out is None:
        sys.stdout.write(text)
        sys.stdout.flush()
    else:
        out.write_text(text, encoding="utf-8", newline="")


def sssom(out: Out = None, root: Root = None, snapshots: Snapshots = None) -> None:
    """Write the mappings to Wikidata, GeoNames and ISO 3166 as a table of SSSOM."""
    settings = read_settings(os.environ, root=root, snapshots=snapshots)
    with showing(_console) as (say, progress):
        snapshot = open_or_build(settings, say, progress)
    mappings = read_mappings(find_layout(settings), snapshot)
    if not mappings:
        raise NotFoundError("the graph has no mappings; look at --root")
    _write(out, as_sssom(mappings, snapshot.version, max(mapping["date"] for mapping in mappings)))
