"""``citydip import wikidata``: a refresh from a query service that speaks the model of Wikidata."""

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from citydip.cli.options import day_of
from citydip.curation.importers.wikidata.asking import Manners, Service
from citydip.curation.importers.wikidata.pages import Pages, default_cache
from citydip.curation.importers.wikidata.refresh import Wanted, refresh
from citydip.curation.importers.wikidata.report import lines_of
from citydip.curation.layout import find_layout
from citydip.model.settings import read_settings

__all__ = ["wikidata"]

_console = Console(stderr=True, highlight=False)
_MANNERS = Manners()


def wikidata(  # noqa: PLR0913, PLR0917 - a command's options are its parameters
    endpoint: Annotated[str, typer.Option(help="Address of the query service.")] = "https://query.wikidata.org/sparql",
    contact: Annotated[
        str, typer.Option(envvar="CITYDIP_CONTACT", help="Your e-mail or web address, sent along as User-Agent.")
    ] = "",
    date: Annotated[
        str, typer.Option("--date", help="Day of the run, whose pages are used again; empty: today (UTC).")
    ] = "",
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget the pages of that day, and begin anew.")] = False,
    cities: Annotated[
        str, typer.Option(help="Only these, with commas between: countries (ir), cities (city:tehran), items (Q3616).")
    ] = "",
    languages: Annotated[str, typer.Option(help="Languages of labels, with commas between.")] = "en,fa,ar",
    page: Annotated[int, typer.Option(help="How many items a request asks about.", min=1, max=500)] = 50,
    pause: Annotated[float, typer.Option(help="Seconds between two requests.", min=0)] = _MANNERS.pause,
    deadline: Annotated[
        float, typer.Option(help="Seconds after which an unfinished answer is broken off.", min=1)
    ] = _MANNERS.deadline,
    attempts: Annotated[
        int, typer.Option(help="How often a page is asked for before the run gives up.", min=1)
    ] = _MANNERS.attempts,
    cache: Annotated[
        Path | None, typer.Option(help="Folder of pages; none: that of the user's cache.", show_default=False)
    ] = None,
    root: Annotated[
        str | None, typer.Option(help="Folder with ontology, shapes, data and queries.", show_default=False)
    ] = None,
) -> None:
    """Ask Wikidata's query service for ties, memberships, mayors and names of our cities, and tell what has changed."""
    layout = find_layout(read_settings(os.environ, root=root))
    wanted = Wanted(day_of(date), _words(languages), _words(cities), page)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=_console, disable=not _console.is_terminal) as bar:
        task = bar.add_task("wikidata", total=None)

        def say(line: str) -> None:
            bar.console.print(f"[dim]· {escape(line)}[/dim]")

        service = Service(endpoint, contact, Manners(pause=pause, deadline=deadline, attempts=attempts), say)
        with Pages(cache or default_cache(), service, wanted.day) as pages:
            if fresh:
                pages.forget()
            try:
                report = refresh(
                    layout,
                    pages,
                    wanted,
                    say,
                    lambda done, total, what: bar.update(task, completed=done, total=total, description=what),
                )
            except KeyboardInterrupt:
                say("interrupted; what has come is kept: run the same command, and it goes on from there")
                raise
    for line in lines_of(report):
        typer.echo(line)
    typer.echo(f"refreshed from {endpoint}: {report.items} items as of {report.day}")


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())
