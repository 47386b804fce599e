"""Parameters of catalogue queries: each can be bound from outside, and then narrows the answer."""

import re
from pathlib import Path

import pyoxigraph as ox
import pytest

from citydip.engine.binding import bind
from citydip.engine.guard import guard
from citydip.engine.store import open_query
from citydip.model.queryfile import Parameter, parse_query_file
from tests.conftest import ROOT

PATHS = sorted((ROOT / "queries" / "catalogue").glob("*.rq"))
VALUES = {
    "iri": "https://example.org/nothing",
    "string": "nothing",
    "integer": "0",
    "date": "2000-01-01",
    "language": "en",
}


def _value(parameter: Parameter) -> str:
    is_list = parameter.choices is not None and parameter.choices.kind == "list"
    return parameter.choices.values[0] if is_list and parameter.choices else VALUES[parameter.type]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_every_parameter_can_be_bound(path: Path, store: ox.Store) -> None:
    """The engine binds only variables that the query selects; it refuses others when the query is opened."""
    query = parse_query_file(path.stem, path.read_text(encoding="utf-8"))
    given = {parameter.name: _value(parameter) for parameter in query.parameters}
    graph = guard(query.text).kind.name == "GRAPH"
    request = {"query": query.text, "format": "turtle" if graph else "json", "bindings": bind(query, given)}
    assert open_query(store, request)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_no_query_asks_whether_a_parameter_is_bound(path: Path) -> None:
    """Oxigraph takes BOUND of a variable that only comes from outside for false: COALESCE(..., true) tells it."""
    query = parse_query_file(path.stem, path.read_text(encoding="utf-8"))
    asked = {name.casefold() for name in re.findall(r"\bBOUND\s*\(\s*[?$](\w+)", query.text, re.IGNORECASE)}
    assert not asked & {parameter.name.casefold() for parameter in query.parameters}
