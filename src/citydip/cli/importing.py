"""``citydip import``: a command for each importer, made from the table of importers."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from citydip.cli.progress import showing
from citydip.cli.refreshing import wikidata
from citydip.curation.importers.importing import Importer, run_importer
from citydip.curation.importers.known import IMPORTERS
from citydip.curation.importers.regions import FILE, import_regions
from citydip.curation.layout import find_layout
from citydip.model.settings import read_settings

__all__ = ["import_app", "regions"]

import_app = typer.Typer(
    help="Make the Turtle files of a data set from its tables; running it again changes nothing.",
    no_args_is_help=True,
    add_completion=False,
)
_console = Console(stderr=True, highlight=False)

Source = Annotated[Path, typer.Argument(help="Folder with the data set's folders of tables.", exists=True)]
Root = Annotated[str | None, typer.Option(help="Folder with ontology, shapes, data and queries.", show_default=False)]


def _command(importer: Importer) -> Callable[..., None]:
    def run(source: Source, root: Root = None) -> None:
        layout = find_layout(read_settings(os.environ, root=root))
        with showing(_console) as (say, progress):
            report = run_importer(importer, layout, source, say, progress)
        for group in report.left_out:
            typer.echo(f"left out {group.count}: {group.reason}")
        # An importer that only adds to things has no rows of its own.
        rows = f"{report.imported} of {report.read} rows" if report.read else ""
        counts = ", ".join(f"{count} {name}" for name, count in report.figures.items())
        typer.echo(f"imported {importer.name}: {rows or counts}")

    return run


for _importer in IMPORTERS:
    import_app.command(_importer.name, help=_importer.summary)(_command(_importer))
import_app.command()(wikidata)


@import_app.command()
def regions(
    source: Annotated[Path, typer.Argument(help="supplemental/territoryContainment.json of the package cldr-core.")],
    root: Root = None,
) -> None:
    """Import the world regions of UN M49 from Unicode CLDR; countries find theirs by code."""
    count, changed = import_regions(find_layout(read_settings(os.environ, root=root)), source)
    typer.echo(f"{'wrote' if changed else 'unchanged:'} {FILE}, {count} regions")
