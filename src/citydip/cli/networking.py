"""``citydip network``: measures and figures of the network of ties, or of an edge list in a file."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from citydip.curation.networks.links import Links, read_edge_list
from citydip.curation.networks.publishing import as_quads
from citydip.curation.networks.ties import STANDARD, Selection
from citydip.model.errors import ParameterError
from citydip.model.holding import Wanted, read_moment
from citydip.model.settings import read_settings
from citydip.model.terms import expand
from citydip.services.building import open_or_build
from citydip.services.graph import open_graph
from citydip.services.networks import figures, reports
from citydip.services.networks.computing import measure_apart
from citydip.services.networks.desk import NetworkDesk

__all__ = ["network_app"]

network_app = typer.Typer(
    help="Measure the network of ties between cities, or an edge list.",
    no_args_is_help=True,
    add_completion=False,
)


class Form(StrEnum):
    """How a result is printed."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"


File = Annotated[
    Path | None,
    typer.Argument(
        help="An edge list, two names a line; none: the ties of the graph.",
        show_default=False,
        exists=True,
        dir_okay=False,
    ),
]
TieType = Annotated[
    list[str] | None, typer.Option(help="Only ties of this type, such as sister-city.", show_default=False)
]
Grade = Annotated[
    list[str] | None,
    typer.Option(help="signed, attested or reported; none: signed and attested.", show_default=False),
]
Country = Annotated[
    list[str] | None,
    typer.Option(help="Only ties of cities of this country, by its ISO 3166 code.", show_default=False),
]
Division = Annotated[
    list[str] | None,
    typer.Option(help="Or of this division of a country, such as division:isfahan-province.", show_default=False),
]
Region = Annotated[
    list[str] | None,
    typer.Option(help="Or of this region of the world: an M49 code such as 145, an IRI or a name.", show_default=False),
]
Within = Annotated[
    list[str] | None,
    typer.Option(help="Only ties whose cities both lie in these countries or regions, by code.", show_default=False),
]
AsOf = Annotated[str | None, typer.Option(help="A day or a year, such as 2016-12-31.", show_default=False)]
Certain = Annotated[bool, typer.Option("--certain", help="Of that time, the ties that surely held.")]
Possible = Annotated[bool, typer.Option("--possible", help="Those too of which it is unknown.")]
Every = Annotated[bool, typer.Option("--all", help="Those too that did not hold.")]
Printed = Annotated[Form, typer.Option("--format", help="How the result is printed.")]
Snapshots = Annotated[str | None, typer.Option(help="Folder of snapshots.", show_default=False)]
Limit = Annotated[int, typer.Option(help="How many to print; 0: all.", min=0)]


def _selection(
    types: list[str] | None,
    grades: list[str] | None,
    places: Sequence[list[str] | None],
    as_of: str | None,
    certain: bool,
    possible: bool,
    every: bool,
) -> Selection:
    chosen = [w for w, given in zip(Wanted, (certain, possible, every), strict=True) if given]
    if len(chosen) > 1 or (chosen and as_of is None):
        raise ParameterError("give one of --certain, --possible and --all, together with --as-of")
    moment = read_moment(as_of) if as_of is not None else None
    wanted = chosen[0] if chosen else Wanted.CERTAIN
    countries, divisions, regions, within = (tuple(each or ()) for each in places)
    return Selection(
        types=tuple(types or ()),
        grades=tuple(grades or STANDARD),
        countries=countries,
        divisions=divisions,
        regions=regions,
        within=within,
        as_of=moment,
        wanted=wanted,
    )


def _links(file: Path, selection: Selection) -> Links:
    if selection != Selection():
        raise ParameterError("an edge list has no types, grades, places and dates to choose by")
    try:
        with file.open(encoding="utf-8") as lines:
            return read_edge_list(lines)
    except (ParameterError, UnicodeDecodeError) as error:
        raise ParameterError(f"{file}: {error}") from None


def _at_desk(
    snapshots: str | None, selection: Selection, work: Callable[[NetworkDesk, Selection], Awaitable[Any]]
) -> Any:
    settings = read_settings(os.environ, snapshots=snapshots, timeout=3600)
    snapshot = open_or_build(settings, lambda line: typer.echo(line, err=True))

    async def run() -> Any:
        async with open_graph(snapshot, settings) as graph:
            desk = NetworkDesk(graph)
            return await work(desk, await desk.choose(selection))

    return asyncio.run(run())


def _of_file(what: str, links: Links, by: str = "") -> Any:
    settings = read_settings(os.environ)
    return asyncio.run(measure_apart(what, links, by=by, seconds=3600, memory=settings.memory))


def _print(rows: list[dict[str, Any]], form: Form, whole: Any) -> None:
    if form is Form.JSON:
        typer.echo(reports.as_json(whole), nl=False)
    else:
        typer.echo(reports.as_csv(rows) if form is Form.CSV else reports.as_text(rows), nl=form is Form.TEXT)


@network_app.command()
def stats(  # noqa: PLR0913, PLR0917
    file: File = None,
    tie_type: TieType = None,
    grade: Grade = None,
    country: Country = None,
    division: Division = None,
    region: Region = None,
    within: Within = None,
    as_of: AsOf = None,
    certain: Certain = False,
    possible: Possible = False,
    every: Every = False,
    form: Printed = Form.TEXT,
    snapshots: Snapshots = None,
) -> None:
    """Print the figures of a whole network, such as density, clustering and diameter."""
    selection = _selection(tie_type, grade, (country, division, region, within), as_of, certain, possible, every)
    if file:
        measured = _of_file("stats", _links(file, selection))
    else:
        measured = _at_desk(snapshots, selection, lambda desk, chosen: desk.stats(chosen))
    _print(reports.stats_rows(measured), form, measured)


@network_app.command()
def rank(  # noqa: PLR0913, PLR0917
    file: File = None,
    by: Annotated[
        str, typer.Option(help="degree, strength, core, pagerank, clustering, closeness or betweenness.")
    ] = "degree",
    limit: Limit = 20,
    tie_type: TieType = None,
    grade: Grade = None,
    country: Country = None,
    division: Division = None,
    region: Region = None,
    within: Within = None,
    as_of: AsOf = None,
    certain: Certain = False,
    possible: Possible = False,
    every: Every = False,
    form: Printed = Form.TEXT,
    snapshots: Snapshots = None,
) -> None:
    """Print the nodes of a network by a measure, the greatest first."""
    selection = _selection(tie_type, grade, (country, division, region, within), as_of, certain, possible, every)

    async def ranked(desk: NetworkDesk, chosen: Selection) -> list[dict[str, Any]]:
        return reports.rank_rows(await desk.rank(chosen, by), await desk.cities())

    if file:
        rows = reports.rank_rows(_of_file("rank", _links(file, selection), by), None)
    else:
        rows = _at_desk(snapshots, selection, ranked)
    rows = rows[: limit or None]
    _print(rows, form, rows)


@network_app.command()
def communities(  # noqa: PLR0913, PLR0917
    file: File = None,
    tie_type: TieType = None,
    grade: Grade = None,
    country: Country = None,
    division: Division = None,
    region: Region = None,
    within: Within = None,
    as_of: AsOf = None,
    certain: Certain = False,
    possible: Possible = False,
    every: Every = False,
    form: Printed = Form.TEXT,
    snapshots: Snapshots = None,
) -> None:
    """Print the nodes of a network with the communities that the Leiden algorithm finds."""
    selection = _selection(tie_type, grade, (country, division, region, within), as_of, certain, possible, every)

    async def found(desk: NetworkDesk, chosen: Selection) -> tuple[list[dict[str, Any]], float | None]:
        groups, modularity = await desk.communities(chosen)
        return reports.community_rows(groups, await desk.cities()), modularity

    if file:
        groups, modularity = _of_file("communities", _links(file, selection))
        rows = reports.community_rows(groups, None)
    else:
        rows, modularity = _at_desk(snapshots, selection, found)
    _print(rows, form, {"modularity": modularity, "nodes": rows})


@network_app.command()
def figure(  # noqa: PLR0913, PLR0917
    name: Annotated[str, typer.Argument(help="degrees, years, countries, map or ego.")],
    out: Annotated[Path, typer.Option(help="The file to write: .svg or .png.", dir_okay=False)],
    city: Annotated[str, typer.Option(help="For ego: a city, such as city:isfahan.", show_default=False)] = "",
    lang: Annotated[str, typer.Option(help="Language of the words: en or fa.")] = "en",
    tie_type: TieType = None,
    grade: Grade = None,
    country: Country = None,
    division: Division = None,
    region: Region = None,
    within: Within = None,
    as_of: AsOf = None,
    certain: Certain = False,
    possible: Possible = False,
    every: Every = False,
    snapshots: Snapshots = None,
) -> None:
    """Draw a figure of the ties of the graph, as SVG or PNG by the ending of the file."""
    if out.suffix not in (".svg", ".png"):
        raise ParameterError(f"a figure is written to a file that ends in .svg or .png, not to {out.name}")
    if lang not in ("en", "fa"):
        raise ParameterError(f"the words of a figure are in en or fa, not {lang!r}")
    selection = _selection(tie_type, grade, (country, division, region, within), as_of, certain, possible, every)

    async def drawn(desk: NetworkDesk, chosen: Selection) -> str:
        network, ties, version = await desk.network(), await desk.ties(chosen), desk.graph.snapshot.version
        return figures.draw(name, network, ties, language=lang, city=expand(city), version=version)

    svg = _at_desk(snapshots, selection, drawn)
    out.write_bytes(figures.as_png(svg) if out.suffix == ".png" else svg.encode())
    typer.echo(f"wrote {out}")


@network_app.command()
def publish(  # noqa: PLR0913, PLR0917
    out: Annotated[Path, typer.Option(help="The file to write, N-Quads.", dir_okay=False)],
    tie_type: TieType = None,
    grade: Grade = None,
    country: Country = None,
    division: Division = None,
    region: Region = None,
    within: Within = None,
    as_of: AsOf = None,
    certain: Certain = False,
    possible: Possible = False,
    every: Every = False,
    snapshots: Snapshots = None,
) -> None:
    """Write the measures of the ties as a named graph, in N-Quads; without options, the one that the build has made."""
    selection = _selection(tie_type, grade, (country, division, region, within), as_of, certain, possible, every)

    async def described(desk: NetworkDesk, chosen: Selection) -> str:
        version = "" if chosen.is_standard else desk.graph.snapshot.version
        return as_quads(await desk.measured(chosen), chosen, version)

    out.write_text(_at_desk(snapshots, selection, described), encoding="utf-8")
    typer.echo(f"wrote {out}")
