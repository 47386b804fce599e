"""Check queries: rules across many records. Each row that one returns is a finding.

The header of a check has ``message`` and ``fix`` with ``{variable}`` in them; ``?focus`` says where to look, and
``?predicate``, if bound, on which line.
"""

from collections.abc import Iterator

import pyoxigraph as ox

from citydip.curation.progress import Progress, track, unseen
from citydip.curation.workspace import Workspace
from citydip.model.errors import ParameterError
from citydip.model.findings import Finding
from citydip.model.queryfile import QueryFile, parse_query_file
from citydip.model.terms import PREFIXES, shorten

__all__ = ["check_catalogue", "check_queries"]


def check_queries(workspace: Workspace, progress: Progress = unseen) -> Iterator[Finding]:
    """Yield the findings of all check queries, and of check queries that cannot be run.

    Args:
        workspace: the files and the computed graphs.
        progress: called with the share of the check queries that have run.
    """
    for path in track(list(workspace.layout.queries("checks")), "running check queries", progress):
        query = parse_query_file(path.stem, path.read_text(encoding="utf-8"))
        try:
            yield from _run(workspace, query)
        except (SyntaxError, ParameterError, KeyError, ValueError) as error:
            yield Finding(query.name, _reason(error), "mend the query", workspace.layout.relative(path), 1)


def check_catalogue(workspace: Workspace) -> Iterator[Finding]:
    """Yield a finding for each query that cannot be read, of the catalogue, of pages, and of the refresh."""
    for path in [path for folder in ("catalogue", "internal", "wikidata") for path in workspace.layout.queries(folder)]:
        text = path.read_text(encoding="utf-8")
        try:
            parse_query_file(path.stem, text)
            ox.Store().query(text, prefixes=PREFIXES)
        except (SyntaxError, ParameterError) as error:
            yield Finding("query", str(error), "mend the query", workspace.layout.relative(path), 1)


def _reason(error: Exception) -> str:
    """Return what is wrong with a check, in words."""
    if isinstance(error, KeyError):
        return f"its message or fix names {{{error.args[0]}}}, which the query does not select"
    return str(error)


def _run(workspace: Workspace, query: QueryFile) -> Iterator[Finding]:
    if "message" not in query.fields or "fix" not in query.fields:
        raise ParameterError("a check needs '#+ message:' and '#+ fix:' lines in its header")
    solutions = workspace.store.query(query.text, use_default_graph_as_union=True, prefixes=PREFIXES)
    if not isinstance(solutions, ox.QuerySolutions):
        raise ParameterError("a check must be a SELECT query")
    names = [variable.value for variable in solutions.variables]
    for row in solutions:
        values = {name: _show(row[name]) for name in names}
        focus = row["focus"]
        subject = focus.value if isinstance(focus, ox.NamedNode) else ""
        predicate = row["predicate"].value if "predicate" in names and row["predicate"] else None
        message = query.fields["message"].format_map(values)
        yield workspace.place(query.name, message, query.fields["fix"].format_map(values), subject, predicate)


def _show(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None) -> str:
    if isinstance(term, ox.NamedNode):
        return shorten(term.value)
    return term.value if isinstance(term, ox.Literal | ox.BlankNode) else "nothing"
