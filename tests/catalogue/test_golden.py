"""Expected results: what each query of the catalogue gives with its default parameters, one file a query.

A file holds what the service would send, with plain line ends: rows as CSV, a graph as sorted N-Triples, a truth
value as a word. Whoever changes data, rules or queries writes the files anew and reads the difference before
committing it::

    python -m pytest tests/catalogue/test_golden.py --regenerate
    git diff tests/catalogue/golden
"""

import difflib
import io
from pathlib import Path

import pyoxigraph as ox
import pytest

from citydip.engine import ordering, plans
from citydip.engine.binding import bind
from citydip.engine.formats import Kind
from citydip.engine.guard import guard
from citydip.engine.statistics import Statistics
from citydip.engine.store import open_query
from citydip.model.queryfile import QueryFile, parse_query_file
from tests.conftest import ROOT

PATHS = sorted((ROOT / "queries" / "catalogue").glob("*.rq"))
GOLDEN = Path(__file__).with_name("golden")
COMMAND = "python -m pytest tests/catalogue/test_golden.py --regenerate"
FORMS = {Kind.ROWS: ("csv", ".csv"), Kind.GRAPH: ("ntriples", ".nt"), Kind.TRUTH: ("csv", ".txt")}
SHOWN = 60

EMPTY: dict[str, str] = {
    "one-sided-ties": "the curated graph holds agreements and no list of ties",
    "reciprocity-by-country": "the curated graph holds agreements and no list of ties",
    "ties-of-one-list": "the curated graph holds agreements and no list of ties",
}
"""Queries that give nothing on the present graph, each with the reason; all others must give something."""


def _result(store: ox.Store, statistics: Statistics, query: QueryFile) -> str:
    """Return what a query gives with its default parameters."""
    kind = guard(query.text).kind
    output = io.BytesIO()
    request = {"query": query.text, "format": FORMS[kind][0], "bindings": bind(query, query.sample)}
    open_query(store, request, statistics).write(output)
    lines = output.getvalue().decode().splitlines()
    if kind is Kind.GRAPH:
        lines = sorted(set(lines))
    return "".join(f"{line}\n" for line in lines)


def _golden(query: QueryFile) -> Path:
    """Return where the expected result of a query lies."""
    return GOLDEN / f"{query.name}{FORMS[guard(query.text).kind][1]}"


def _difference(expected: str, found: str) -> str:
    lines = list(difflib.unified_diff(expected.splitlines(), found.splitlines(), "expected", "found", lineterm="", n=0))
    more = f"\n… and {len(lines) - SHOWN} lines more" if len(lines) > SHOWN else ""
    return "\n".join(lines[:SHOWN]) + more


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_query_gives_what_is_expected(
    path: Path, store: ox.Store, statistics: Statistics, request: pytest.FixtureRequest
) -> None:
    query = parse_query_file(path.stem, path.read_text(encoding="utf-8"))
    golden = _golden(query)
    found = _result(store, statistics, query)
    if request.config.getoption("--regenerate"):
        GOLDEN.mkdir(exist_ok=True)
        golden.write_bytes(found.encode())
        return
    assert golden.is_file(), f"{query.name} has no expected result yet; write and read it: {COMMAND}"
    expected = golden.read_bytes().decode()
    assert found == expected, (
        f"{query.name} gives something else than {golden.relative_to(ROOT)}:\n{_difference(expected, found)}\n"
        f"if that is right: {COMMAND}"
    )


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_query_gives_the_same_rows_in_whatever_order_its_patterns_are_joined(
    path: Path, store: ox.Store, statistics: Statistics, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The rule applies wherever it can, and not only where it makes a query faster.
    monkeypatch.setattr(ordering, "_GAIN", 0.0)
    monkeypatch.setattr(ordering, "_LEAST", -float("inf"))
    monkeypatch.setattr(plans, "_WORTH", -float("inf"))
    monkeypatch.setattr(plans, "_BETTER", float("inf"))
    query = parse_query_file(path.stem, path.read_text(encoding="utf-8"))
    eager = Statistics(statistics.triples, statistics.predicates)  # what was rewritten with the others is kept
    assert _result(store, eager, query).splitlines() == _golden(query).read_bytes().decode().splitlines()


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_query_gives_something(path: Path, store: ox.Store, statistics: Statistics) -> None:
    query = parse_query_file(path.stem, path.read_text(encoding="utf-8"))
    header = 1 if guard(query.text).kind is Kind.ROWS else 0
    rows = len(_result(store, statistics, query).splitlines()) - header
    assert bool(rows) is (query.name not in EMPTY), EMPTY.get(query.name, f"{query.name} gives nothing")


def test_no_expected_result_is_left_over(request: pytest.FixtureRequest) -> None:
    wanted = {_golden(parse_query_file(path.stem, path.read_text(encoding="utf-8"))).name for path in PATHS}
    left = [path for path in sorted(GOLDEN.iterdir()) if path.name not in wanted]
    if request.config.getoption("--regenerate"):
        for path in left:
            path.unlink()
        return
    assert not left, f"expected results without a query; remove them: {COMMAND}"
