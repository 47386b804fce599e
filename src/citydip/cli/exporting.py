"""``citydip export``: the graph, its tables, networks and maps as files for other tools."""

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
from typer.core import TyperGroup

from citydip.cli.giving_back import quickstatements, sssom
from citydip.curation.layout import find_layout
from citydip.curation.snapshot import Snapshot, snapshot_path
from citydip.model.errors import ParameterError
from citydip.model.settings import Settings, read_settings
from citydip.services.building import open_or_build
from citydip.services.exporting.forms import EXPORTS, export_named
from citydip.services.exporting.licences import attribution
from citydip.services.exporting.making import make, write
from citydip.services.exporting.packing import digest_of
from citydip.services.exporting.quads import Tell
from citydip.services.exporting.selecting import FILTERS, read_selection

__all__ = ["export_app"]

_console = Console(stderr=True, highlight=False)


def _filter(name: str) -> Any:
    return typer.Option(f"--{name}", help=FILTERS[name] + " Commas between several.", show_default=False)


class _Exports(TyperGroup):
    """The commands below ``citydip export``; whatever is none of them is the name of an export, or an option of one."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] != "--help"):
            args = ["file", *args]
        return super().parse_args(ctx, args)


def export(
    name: Annotated[str, typer.Argument(help="Which export, such as ties.csv or graph.nt.gz; none: list them.")] = "",
    out: Annotated[Path | None, typer.Option(help="File to write; none: standard output.", show_default=False)] = None,
    data_version: Annotated[
        str | None, typer.Option(help="Version of the data; none: the current one.", show_default=False)
    ] = None,
    licence: Annotated[str | None, _filter("licence")] = None,
    kind: Annotated[str | None, _filter("type")] = None,
    attestation: Annotated[str | None, _filter("attestation")] = None,
    status: Annotated[str | None, _filter("status")] = None,
    country: Annotated[str | None, _filter("country")] = None,
    region: Annotated[str | None, _filter("region")] = None,
    within: Annotated[str | None, _filter("within")] = None,
    on: Annotated[str | None, _filter("on")] = None,
    root: Annotated[
        str | None, typer.Option(help="Folder with ontology, shapes, data and queries.", show_default=False)
    ] = None,
    snapshots: Annotated[str | None, typer.Option(help="Folder of snapshots.", show_default=False)] = None,
) -> None:
    """Write the graph, a table, a network or a map for other tools; licences go into FILE.licence.txt beside it."""
    if not name:
        for each in EXPORTS.values():
            typer.echo(f"{each.name:26} {each.title['en']}{' (also .gz, .zst)' if each.packed else ''}")
        return
    form, packing = export_named(name)
    filters = {
        "licence": licence,
        "type": kind,
        "attestation": attestation,
        "status": status,
        "country": country,
        "region": region,
        "within": within,
        "on": on,
    }
    selection = read_selection(form, {key: value for key, value in filters.items() if value})
    snapshot = _open(read_settings(os.environ, root=root, snapshots=snapshots), data_version)
    with _progress(name) as tell:
        if out is None:
            if packing or form.ending in ("parquet", "gpkg"):
                raise ParameterError(f"{name} is no text; say with --out FILE where to write it")
            write(snapshot, form, selection, sys.stdout.buffer, tell)
            sys.stdout.buffer.flush()
            return
        make(snapshot, form, packing, selection, out.resolve(), tell)
    if form.kind != "about":
        beside = out.with_name(out.name + ".licence.txt")
        beside.write_text(attribution(snapshot, selection.licence), encoding="utf-8")
    typer.echo(f"{digest_of(out)}  {out}")


def _open(settings: Settings, version: str | None) -> Snapshot:
    if version is None:
        return open_or_build(settings, lambda line: _console.print(f"· {line}", style="dim", markup=False))
    return Snapshot.open(snapshot_path(find_layout(settings).snapshots, version))


class _progress:  # noqa: N801 - used as a function
    """Show how far an export is: a bar in a terminal, else a line for each tenth.

    Args:
        name: what is being made.
    """

    def __init__(self, name: str):
        self.name = name
        self.told = -1
        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
        self.bar = Progress(*columns, console=_console, disable=not _console.is_terminal)
        self.task = self.bar.add_task(name, total=1.0)

    def __enter__(self) -> Tell:
        self.bar.start()
        return self.tell

    def __exit__(self, *error: object) -> None:
        self.bar.stop()

    def tell(self, share: float) -> None:
        """Take in how far it is, from 0 to 1."""
        self.bar.update(self.task, completed=share)
        tenth = int(share * 10)
        if not _console.is_terminal and tenth > self.told:
            self.told = tenth
            print(f"{self.name}: {tenth * 10} %", file=sys.stderr, flush=True)  # noqa: T201


export_app = typer.Typer(cls=_Exports, help="Write files for other tools.", no_args_is_help=False, add_completion=False)
export_app.command("file")(export)
export_app.command()(quickstatements)
export_app.command()(sssom)
