"""The commands of ``citydip``. Progress and findings of people go to standard error, results to standard output."""

import asyncio
import math
import os
import socket
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from citydip import __version__
from citydip.cli import reports
from citydip.cli.elsewhere import Commands
from citydip.cli.options import with_settings
from citydip.cli.progress import showing
from citydip.cli.tables import result_table
from citydip.curation.layout import find_layout
from citydip.curation.snapshot import Snapshot
from citydip.engine.binding import bind
from citydip.engine.formats import Kind, format_named
from citydip.engine.run import QueryRequest
from citydip.model.errors import CheckError, CitydipError, NotFoundError, ParameterError, QuerySyntaxError
from citydip.model.findings import Finding
from citydip.model.holding import Wanted, read_moment
from citydip.model.queryfile import QueryFile, parse_query_file
from citydip.model.settings import SETTINGS, Settings, read_settings
from citydip.model.timed import as_of_query
from citydip.services.building import open_or_build
from citydip.services.forms import makers_of
from citydip.services.graph import ServedGraph, load_ahead, open_graph

__all__ = ["app", "main"]

app = typer.Typer(
    name="citydip",
    cls=Commands,
    help="An open knowledge graph of city diplomacy: check it, build it, query it, serve it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
_progress = Console(stderr=True, highlight=False)


class ReportFormat(StrEnum):
    """How findings are printed."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"


Root = Annotated[str | None, typer.Option(help="Folder with ontology, shapes, data and queries.", show_default=False)]
Snapshots = Annotated[str | None, typer.Option(help="Folder of snapshots.", show_default=False)]
Articles = Annotated[
    Path | None,
    typer.Option(
        envvar="CITYDIP_ARTICLES",
        help="Folder of the articles' texts, to prove each quotation in them.",
        exists=True,
        file_okay=False,
    ),
]
Full = Annotated[
    bool,
    typer.Option("--full", help="Check everything anew, also what no edit since the last check can have affected."),
]
Files = Annotated[list[Path] | None, typer.Argument(help="Turtle files; none: all.", show_default=False)]


def _settings(**given: str | float | None) -> Settings:
    return read_settings(os.environ, **given)


@app.command()
def check(
    articles: Articles = None,
    format: Annotated[ReportFormat, typer.Option(help="How findings are printed.")] = ReportFormat.TEXT,
    full: Full = False,
    root: Root = None,
) -> None:
    """Check format, syntax, shapes, dates, rules across records and quotations; exit with 1 on findings."""
    from citydip.curation.check import check as run_checks

    layout = find_layout(_settings(root=root))
    with showing(_progress) as (say, progress):
        findings = run_checks(layout, articles, say, full=full, progress=progress).findings
    _report(findings, format)
    if findings:
        raise typer.Exit(1)
    _progress.print("[green]all checks passed[/green]")


def _report(findings: list[Finding], form: ReportFormat) -> None:
    if form is ReportFormat.TEXT:
        if findings:
            typer.echo(reports.as_text(findings))
            _progress.print(f"[red]{len(findings)} finding(s)[/red]")
        return
    typer.echo(reports.as_json(findings) if form is ReportFormat.JSON else reports.as_sarif(findings))


@app.command()
def fmt(
    files: Files = None,
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit with 1 where a file would change.")
    ] = False,
    root: Root = None,
) -> None:
    """Put Turtle files into their one format: two runs, no change; one edit, one hunk."""
    from citydip.curation.formatting import format_turtle

    layout = find_layout(_settings(root=root))
    changed = []
    for path in files or layout.turtle_files():
        text = path.read_text(encoding="utf-8")
        try:
            wanted = format_turtle(path, text)
        except CitydipError as error:
            where = f"{layout.relative(path)}:{getattr(error, 'line', 1)}:{getattr(error, 'column', 1)}"
            raise ParameterError(f"{where}: {error}\n{getattr(error, 'excerpt', '')}") from None
        if wanted != text:
            changed.append(layout.relative(path))
            if not check:
                path.write_text(wanted, encoding="utf-8")
    for name in changed:
        typer.echo(f"{'would change' if check else 'formatted'} {name}")
    if check and changed:
        _progress.print("to mend it: citydip fmt")
        raise typer.Exit(1)


@app.command()
def anchor(
    articles: Annotated[
        Path,
        typer.Option(envvar="CITYDIP_ARTICLES", help="Folder of the articles' texts.", exists=True, file_okay=False),
    ],
    root: Root = None,
) -> None:
    """Find each quotation in its article and write its position and seal into the Turtle files."""
    from citydip.curation.anchor import anchor as place
    from citydip.curation.workspace import open_workspace

    layout = find_layout(_settings(root=root))
    workspace = open_workspace(layout)
    if workspace.findings:
        raise CheckError(workspace.findings)
    changed, findings = place(workspace, articles)
    for path, text in changed.items():
        path.write_text(text, encoding="utf-8")
        typer.echo(f"anchored {layout.relative(path)}")
    _report(findings, ReportFormat.TEXT)
    if findings:
        raise typer.Exit(1)


@app.command()
def build(articles: Articles = None, full: Full = False, root: Root = None, snapshots: Snapshots = None) -> None:
    """Run all checks, compute dates and shortcuts, and write a snapshot; nothing is written where a check fails."""
    from citydip.curation.build import build as run_build

    layout = find_layout(_settings(root=root, snapshots=snapshots))
    with showing(_progress) as (say, progress):
        snapshot = run_build(layout, articles, say, full=full, progress=progress)
    typer.echo(
        f"version {snapshot.version}: {snapshot.quads} triples in {len(snapshot.graphs)} graphs, {snapshot.path}"
    )


@app.command()
def queries(
    tag: Annotated[str | None, typer.Option(help="Only queries with this tag.", show_default=False)] = None,
    root: Root = None,
) -> None:
    """List the queries of the catalogue, with their parameters."""
    layout = find_layout(_settings(root=root))
    for path in layout.queries("catalogue"):
        query = parse_query_file(path.stem, path.read_text(encoding="utf-8"))
        if tag is None or tag in query.tags:
            parameters = " ".join(f"{p.name}={p.default or ('…' if p.required else '')}" for p in query.parameters)
            parameters += " as-of=" if query.datable else ""
            typer.echo(f"{query.name:36} {query.title('en')}{'  [' + parameters.strip() + ']' if parameters else ''}")


@app.command()
def query(
    source: Annotated[
        str, typer.Argument(help="A query, a file, the name of a catalogue query, or - for standard input.")
    ],
    param: Annotated[list[str] | None, typer.Option(help="A parameter: NAME=VALUE.", show_default=False)] = None,
    format: Annotated[
        str,
        typer.Option(help="table, csv, tsv, json, xml, xlsx, geojson; turtle, ntriples, jsonld, rdfxml, trig, nquads."),
    ] = "",
    as_of: Annotated[str, typer.Option(help="A day or a year: only what held then.", show_default=False)] = "",
    wanted: Annotated[Wanted, typer.Option(help="With --as-of: what surely held, may have held, or all.")] = (
        Wanted.CERTAIN
    ),
    timeout: Annotated[float | None, typer.Option(help="Seconds that the query may run.", show_default=False)] = None,
    root: Root = None,
    snapshots: Snapshots = None,
) -> None:
    """Run a query on the current snapshot and print its result."""
    settings = _settings(root=root, snapshots=snapshots, timeout=timeout)
    given = dict(_pair(text) for text in param or ())
    with showing(_progress) as (say, progress):
        snapshot = open_or_build(settings, say, progress)

    async def run() -> bytes:
        async with open_graph(snapshot, settings) as graph:
            found = _find_query(source, graph)
            found = as_of_query(found, read_moment(as_of), wanted) if as_of else found
            kind = graph.guard(found.text).kind
            name = format or ("turtle" if kind is Kind.GRAPH else "table")
            made = makers_of(found, kind).get(name)
            form = format_named("json" if name == "table" or made else name, kind)
            request = QueryRequest(found.text, graph.guard(found.text), form.name, bindings=bind(found, given))
            async with graph.answer(request) as answer:
                body = await answer.read()
            return made(body, {"title": found.title("en"), "version": snapshot.version}) if made else body

    result = asyncio.run(run())
    if format in ("", "table") and result[:1] == b"{":
        console = Console(width=None if sys.stdout.isatty() else 200, highlight=False)
        console.print(result_table(result))
    else:
        is_line = result.endswith(b"\n") or format == "xlsx"
        sys.stdout.buffer.write(result if is_line else result + b"\n")
        sys.stdout.buffer.flush()


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise ParameterError(f"a parameter is given as NAME=VALUE, not {text!r}")
    return name, value


def _find_query(source: str, graph: ServedGraph) -> QueryFile:
    """Return the query that the argument means: standard input, a file, a name, or the text itself."""
    if source == "-":
        return QueryFile("(standard input)", sys.stdin.read())
    if source in graph.catalogue:
        return graph.catalogue[source]
    if not any(c in source for c in "{\n") and Path(source).is_file():
        return parse_query_file(Path(source).stem, Path(source).read_text(encoding="utf-8"))
    if source.endswith(".rq"):
        raise NotFoundError(f"there is no file {source}")
    if "{" not in source and " " not in source.strip():
        return graph.catalogue[source]
    return QueryFile("(command line)", source)


@app.command()
@with_settings
def serve(**given: str | float | None) -> None:
    """Serve the current snapshot as a SPARQL endpoint, building it first where there is none."""
    import uvloop

    from citydip.engine.rewrite import read_rules
    from citydip.services.addresses import read_addresses

    settings = _settings(**given)
    read_addresses(settings.services)
    read_rules(settings.rewrites_off)
    with showing(_progress) as (say, progress):
        snapshot = open_or_build(settings, say, progress)
    if settings.store:
        # A store that is not there, or holds something else, is told of before anything listens.
        asyncio.run(_try_store(snapshot, settings))
    listener = _listen(settings)
    # The two faces do not import each other: the server finds the application by its name, and its settings
    # in the environment, as it would under any other ASGI server.
    os.environ.update({s.variable: str(getattr(settings, s.name)) for s in SETTINGS})
    shown = f"[{settings.host}]" if ":" in settings.host else settings.host
    address = settings.public_url or f"http://{shown}:{listener.getsockname()[1]}/"
    typer.echo(f"citydip {__version__} serves version {snapshot.version}: {snapshot.quads} triples")
    typer.echo(f"  page      {address}")
    typer.echo(f"  endpoint  {address.rstrip('/')}/sparql")
    sys.stdout.flush()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_run(listener, snapshot, settings))


async def _run(listener: socket.socket, snapshot: Snapshot, settings: Settings) -> None:
    # The graph is loaded by a process of its own while this one imports the server and the application.
    await load_ahead(snapshot, settings)
    import uvicorn

    from citydip.cli.connection import BoundedConnection

    config = uvicorn.Config(
        "citydip.web.app:create_app",
        factory=True,
        http=BoundedConnection,
        log_level="warning",
        # Ours is elsewhere (`citydip.web.front`), and this one would make lines that nobody sees.
        access_log=False,
        server_header=False,
        # Whoever is told to stop answers first what it has begun.
        timeout_graceful_shutdown=math.ceil(settings.timeout) + 1,
    )
    await uvicorn.Server(config).serve(sockets=[listener])


async def _try_store(snapshot: Snapshot, settings: Settings) -> None:
    async with open_graph(snapshot, settings):
        pass


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        message = f"cannot listen on {settings.host}:{settings.port} ({error.strerror}); choose another with --port"
        raise ParameterError(message) from None
    return listener


def _version(value: bool) -> None:
    if value:
        typer.echo(f"citydip {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Hold the options of the command itself."""


def main() -> None:
    """Run the command line; errors that citydip raises on purpose end it with 1 and a message."""
    try:
        app()
    except CheckError as error:
        typer.echo(reports.as_text(error.findings))
        _progress.print(f"[red]{escape(str(error))}[/red]")
        sys.exit(1)
    except QuerySyntaxError as error:
        _progress.print(f"[red]line {error.line}, column {error.column}: {escape(error.message)}[/red]")
        _progress.print(escape(error.excerpt), soft_wrap=True)
        sys.exit(1)
    except (CitydipError, NotFoundError, OSError) as error:
        _progress.print(f"[red]{escape(str(error))}[/red]", soft_wrap=True)
        sys.exit(1)
