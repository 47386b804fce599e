"""Queries of the catalogue have the same rows on the whole graph, computed by columns and by the engine."""

from pathlib import Path

import pyoxigraph as ox
import pytest

from citydip.engine.binding import bind, term_of
from citydip.engine.columns.answering import ByColumns
from citydip.engine.statistics import Statistics, gather
from citydip.engine.store import open_query
from citydip.model.queryfile import parse_query_file
from tests.conftest import ROOT

PATHS = sorted((ROOT / "queries" / "catalogue").glob("*.rq"))


@pytest.fixture(scope="module")
def statistics(world_store: ox.Store) -> Statistics:
    return gather(world_store)


@pytest.fixture(scope="module")
def computed() -> list[str]:
    """Return the queries that have been computed by columns so far."""
    return []


def rows(result: object) -> list[tuple[str, ...]]:
    assert isinstance(result, ox.QuerySolutions)
    names = [variable.value for variable in result.variables]
    return sorted(tuple(str(row[name]) for name in names) for row in result)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: str(path.stem))
def test_columns_and_engine_agree(
    path: Path, world_store: ox.Store, world_columns: ByColumns, statistics: Statistics, computed: list[str]
) -> None:
    query = parse_query_file(path.stem, path.read_text(encoding="utf-8"))
    bindings = bind(query, query.sample)
    if world_columns.can(query.text, bindings):
        found = world_columns.solutions(query.text, {name: term_of(term) for name, term in bindings.items()})
        if found is not None:
            request = {"query": query.text, "format": "json", "bindings": bindings}
            assert rows(found) == rows(open_query(world_store, request, statistics).result)
            computed.append(path.stem)


def test_they_were_asked_about_many(computed: list[str]) -> None:
    assert len(computed) >= 10, computed
