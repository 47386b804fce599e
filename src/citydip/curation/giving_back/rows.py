"""Rows of the queries in ``queries/giving-back``, as text."""

from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox

from citydip.curation.layout import Layout
from citydip.model.queryfile import parse_query_file
from citydip.model.terms import PREFIXES
from citydip.model.wikibase import WIKIDATA_PREFIXES

__all__ = ["Cells", "load_file", "query_text", "rows_of"]

Cells = dict[str, str]
"""A row: the texts of its terms by variable, and under ``name@`` the language of a text that has one."""


def query_text(layout: Layout, name: str) -> str:
    """Return a query of ``queries/giving-back``."""
    path = layout.root / "queries" / "giving-back" / f"{name}.rq"
    return parse_query_file(name, path.read_text(encoding="utf-8")).body


def load_file(path: Path) -> ox.Store:
    """Return a store with what a file of triples or quads holds.

    Raises:
        OSError: it cannot be read.
        SyntaxError: it is not what its name says.
        ValueError: its name does not say what it is.
    """
    form = ox.RdfFormat.from_extension(path.suffix.removeprefix("."))
    if form is None:
        raise ValueError(f"{path.name} does not end in .nt, .ttl, .nq or another ending of RDF")
    store = ox.Store()
    store.bulk_load(path=path, format=form)
    return store


def rows_of(store: ox.Store, query: str) -> Iterator[Cells]:
    """Yield the rows of a query; all graphs together are its default graph."""
    prefixes = WIKIDATA_PREFIXES | PREFIXES
    solutions = store.query(query, use_default_graph_as_union=True, prefixes=prefixes)
    assert isinstance(solutions, ox.QuerySolutions)  # noqa: S101 - the files are SELECT
    names = [variable.value for variable in solutions.variables]
    for solution in solutions:
        cells: Cells = {}
        for name in names:
            term = solution[name]
            if isinstance(term, ox.NamedNode | ox.Literal):
                cells[name] = term.value
            if isinstance(term, ox.Literal) and term.language:
                cells[f"{name}@"] = term.language
        yield cells
