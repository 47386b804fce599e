"""Write docs/reference from what it describes: settings, commands, terms, queries, checks, stores, numbers.

Run it with ``make docs``. A test fails when a page is not what this script would write.
"""

import inspect
import runpy
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from coverage import coverage
from measured import numbers
from rdflib import OWL, RDF, RDFS, SH, SKOS, Graph, URIRef
from rdflib.term import Node

from citydip.cli.main import app
from citydip.curation.layout import Layout, find_layout
from citydip.curation.workspace import Workspace, open_workspace
from citydip.engine.formats import FORMATS, Format
from citydip.engine.rules import RULES
from citydip.model.queryfile import QueryFile, parse_query_file
from citydip.model.settings import SETTINGS, Settings
from citydip.model.terms import CD, shorten

HERE = Path(__file__).parent
HEAD = "<!-- Written by docs/generate.py (make docs). Change what it describes, not this page. -->\n"


def pages(layout: Layout) -> Iterator[tuple[str, str]]:
    """Yield the name and text of each generated page."""
    workspace = open_workspace(layout)
    yield "settings.md", settings()
    yield "commands.md", commands()
    yield "formats.md", formats()
    yield "rewrites.md", rewrites()
    yield "terms.md", terms(workspace)
    yield "queries.md", queries(layout)
    yield "checks.md", checks(layout, workspace)
    yield "numbers.md", HEAD + numbers()
    yield "stores.md", stores()
    yield "coverage.md", HEAD + coverage(layout.root)


def settings() -> str:
    """Return the page of all settings."""
    rows = [
        f"| `{s.variable}` | `{s.flag}` | {f'`{s.default}`' if s.default != '' else 'empty'} | {s.help} |"
        for s in SETTINGS
    ]
    head = "# Settings\n\nA flag wins over the environment, which wins over the default. Times are seconds, sizes "
    head += "mebibytes unless said otherwise.\n\n"
    head += "| variable | flag of `citydip serve` | default | what it is |\n|---|---|---|---|\n"
    return HEAD + head + "\n".join(rows) + "\n"


def commands() -> str:
    """Return the page of all commands."""
    group = typer.main.get_command(app)
    parts = [
        HEAD
        + "# Commands\n\nResults go to standard output, progress and errors to standard error. A command ends with "
    ]
    parts.append("0 when all is well, with 1 when there are findings or errors, with 2 when it was called wrongly.\n")
    for name, command in listed(group):
        parts.append(f"\n## citydip {name}\n\n{command.help}\n\n| | |\n|---|---|\n")
        for parameter in command.params:
            if getattr(parameter, "hidden", False) or parameter.name == "help":
                continue
            shown = ", ".join(f"`{o}`" for o in [*parameter.opts, *parameter.secondary_opts])
            shown = shown if parameter.param_type_name == "option" else f"`{parameter.name.upper()}`"
            parts.append(f"| {shown} | {getattr(parameter, 'help', '') or ''} |\n")
    return "".join(parts)


def listed(group: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the commands of a group with their names, each group before the commands in it."""
    context = typer.Context(group)
    names = group.list_commands(context) if hasattr(group, "list_commands") else []
    for name in sorted(names):
        command = group.get_command(context, name)
        yield before + name, command
        yield from listed(command, f"{before}{name} ")


def formats() -> str:
    """Return the page of all result formats."""
    rows = [
        f"| `{f.name}` | {'graph' if f.graph else 'rows, truth value'} | `{f.media_type}` | {aliases(f)} |"
        for f in FORMATS
    ]
    head = "# Formats of results\n\nThe `Accept` header chooses among them, or `format=NAME`. "
    head += "A truth value in CSV or TSV is the word `true` or `false` alone.\n\n"
    head += "| name | for | media type | also asked for as |\n|---|---|---|---|\n"
    return HEAD + head + "\n".join(rows) + "\n"


def rewrites() -> str:
    """Return the page of the rules that rewrite queries."""
    head = "# Rewrites\n\nThe embedded engine gets a query as these rules leave it, tried in this order. "
    head += "[Slow queries](../explanation/rewrites.md) says why, `explain=1` which of them apply to a query, and the "
    head += "setting `CITYDIP_REWRITES_OFF` switches them off by name. "
    head += "The name `columns` in it switches off [joins by columns](../explanation/columns.md).\n"
    parts = [HEAD + head]
    for name, rule in RULES.items():
        text = inspect.cleandoc(rule.__doc__ or "").replace("``", "`")
        parts.append(f"\n## {name}\n\n{text}\n")
    return "".join(parts)


def aliases(form: Format) -> str:
    """Return the further media types that ask for a format."""
    return ", ".join(f"`{alias}`" for alias in form.aliases)


def terms(workspace: Workspace) -> str:
    """Return the page of all classes, properties and concepts."""
    graph = workspace.rdflib_graph("ontology")
    parts = [
        HEAD
        + "# Terms\n\nPrefix `cd:` is `https://w3id.org/citydip/ontology#`. The build alone writes terms marked ●.\n"
    ]
    kinds = {
        "Classes": OWL.Class,
        "Properties between things": OWL.ObjectProperty,
        "Properties with values": OWL.DatatypeProperty,
    }
    for title, kind in kinds.items():
        parts.append(f"\n## {title}\n\n| term | label | definition | example |\n|---|---|---|---|\n")
        ours = [t for t in graph.subjects(RDF.type, kind) if str(t).startswith(str(CD))]
        parts += [row(graph, term) for term in sorted(set(ours), key=str)]
    for scheme in sorted(graph.subjects(RDF.type, SKOS.ConceptScheme), key=str):
        parts.append(
            f"\n## {text(graph, scheme, RDFS.label, 'en')}\n\n{text(graph, scheme, SKOS.definition, 'en')}\n\n"
        )
        parts.append("| concept | label | definition | example |\n|---|---|---|---|\n")
        parts += [row(graph, c, SKOS.prefLabel) for c in sorted(graph.subjects(SKOS.inScheme, scheme), key=str)]
    return "".join(parts)


def row(graph: Graph, term: Node, label: URIRef = RDFS.label) -> str:
    """Return a term as a row of a table."""
    mark = " ●" if (term, CD.computed, None) in graph else ""
    names = f"{text(graph, term, label, 'en')} · {text(graph, term, label, 'fa')}"
    definition, example = text(graph, term, SKOS.definition, "en"), text(graph, term, SKOS.example, "en")
    return f"| `{shorten(str(term))}`{mark} | {names} | {definition} | {example} |\n"


def text(graph: Graph, subject: Node, predicate: URIRef, language: str) -> str:
    """Return a text in a language, fit for a table."""
    found = [o for o in graph.objects(subject, predicate) if getattr(o, "language", None) == language]
    return str(found[0]).replace("|", "\\|").replace("\n", " ") if found else ""


def read(layout: Layout, folder: str) -> list[QueryFile]:
    """Return the query files of a folder."""
    return [parse_query_file(path.stem, path.read_text(encoding="utf-8")) for path in layout.queries(folder)]


def queries(layout: Layout) -> str:
    """Return the page of the catalogue."""
    found = read(layout, "catalogue")
    head = f"# The catalogue\n\n{len(found)} queries. Run one with `citydip query NAME --param NAME=VALUE`, or ask "
    head += "`/queries/NAME` ([Ask ready questions](../how-to/ask-ready-questions.md)).\n"
    parts = [HEAD + head]
    for query in found:
        parts.append(f"\n## {query.name}\n\n**{query.title('en')}** · {query.title('fa')}\n\n{query.summary('en')}\n\n")
        shown = f"Tags: {', '.join(query.tags)}. View: {query.view}."
        states = " `certain`, `possible` or `all`." if query.shows_states else " `certain` or `possible`."
        parts.append(shown + (f" As of a time:{states}\n" if query.datable else "\n"))
        if query.parameters:
            parts.append("\n| parameter | type | default | example | choices | meaning |\n|---|---|---|---|---|---|\n")
            for p in query.parameters:
                default = f"`{p.default}`" if p.default else "required" if p.required else "free"
                example = f"`{p.shown}`" if p.shown else ""
                choices = f"{p.choices.kind} {', '.join(f'`{v}`' for v in p.choices.values)}" if p.choices else "any"
                parts.append(f"| `{p.name}` | {p.type} | {default} | {example} | {choices} | {p.description['en']} |\n")
    return "".join(parts)


def checks(layout: Layout, workspace: Workspace) -> str:
    """Return the page of rules, check queries and shapes."""
    parts = [
        HEAD
        + "# Checks, rules and shapes\n\n## Check queries\n\n| check | what it holds | what mends it |\n|---|---|---|\n"
    ]
    parts += [f"| `{q.name}` | {q.summary('en')} | {q.fields['fix']} |\n" for q in read(layout, "checks")]
    parts.append("\n## Rules that compute\n\n| rule | what it computes |\n|---|---|\n")
    parts.append(
        "| `dates` | Bounds, words and weekday of every date, from its calendar and expression (a program). |\n"
    )
    parts += [f"| `{q.name}` | {q.summary('en')} |\n" for q in read(layout, "compute")]
    graph = workspace.rdflib_graph("shapes")
    parts.append("\n## Shapes\n\n| shape | what it says |\n|---|---|\n")
    for shape in sorted(set(graph.subjects(SH.message)), key=str):
        messages = sorted(str(m) for m in graph.objects(shape, SH.message))
        parts.append(f"| `{shorten(str(shape))}` | {messages[0]} |\n")
    return "".join(parts)


def stores() -> str:
    """Return the page of what other stores answer otherwise, from the table that the tests go by."""
    table = runpy.run_path(str(HERE.parent / "tests" / "differences.py"))
    parts = [
        HEAD
        + "# Other stores\n\nThe same tests run against the embedded store, the Oxigraph server 0.5 and Virtuoso 7.2.5 "
        "(that of Debian), each with a whole snapshot.\nWhat is listed differs, in just this way, or a test fails. All "
        "other queries of the catalogue give the same rows in the same order, as they\ndo on rdflib. "
        "[Use another store](../how-to/use-another-store.md) says how to load one.\n"
    ]
    for store in table["QUERIES"]:
        queries, tests = table["QUERIES"][store], table["TESTS"][store]
        parts.append(f"\n## {store.capitalize()}\n\n")
        if not queries and not tests:
            parts.append("No difference.\n")
            continue
        parts.append("| query of the catalogue | gives | because |\n|---|---|---|\n")
        parts += [f"| `{name}` | {difference.value} | {reason} |\n" for name, (difference, reason) in queries.items()]
        parts.append("\n| test of the endpoint | fails because |\n|---|---|\n")
        parts += [f"| {name.removeprefix('test_').replace('_', ' ')} | {reason} |\n" for name, reason in tests.items()]
    parts.append(
        "\nTests with queries that do not end run on the embedded store alone: other stores go on with such a query "
        "when the service has stopped\nwaiting for it. That the service stops is tested with one that only pretends "
        "to be busy.\n"
    )
    return "".join(parts)


def main() -> int:
    """Write the pages; with ``--check`` say which are not up to date, and write nothing."""
    stale = []
    for name, page in pages(find_layout(Settings(imported=0))):
        path = HERE / "reference" / name
        if not path.exists() or path.read_text(encoding="utf-8") != page:
            stale.append(name)
            if "--check" not in sys.argv:
                path.write_text(page, encoding="utf-8")
    if stale and "--check" in sys.argv:
        sys.stderr.write(f"not up to date: {', '.join(stale)}; run: make docs\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
