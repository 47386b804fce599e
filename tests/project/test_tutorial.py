"""The queries of the pages for learners run, and give the rows that stand under them.

A page shows a query in a fenced ``sparql`` block. What follows it as a Markdown table is its result: every row of
the table is a row of the result, and there are no others unless a row of ``…`` says so. A block that gives nothing,
or the truth value false, has the comment ``<!-- empty -->`` on the line before it.
"""

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest

from citydip.curation.snapshot import Snapshot
from citydip.engine.binding import bind
from citydip.engine.formats import Kind
from citydip.engine.guard import guard
from citydip.engine.labels import labelled
from citydip.engine.store import load, open_query
from citydip.engine.wikidata import as_standard
from citydip.model.queryfile import parse_query_file
from citydip.model.terms import shorten
from tests.conftest import ROOT

PAGES = [ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs" / "tutorial").glob("*.md"))]
PAGES += sorted((ROOT / "docs" / "how-to").glob("*.md"))
FORMS = {Kind.ROWS: "json", Kind.TRUTH: "json", Kind.GRAPH: "ntriples"}

_BLOCK = re.compile(
    r"^(?P<empty><!-- empty -->\n)?```sparql\n(?P<query>.*?)^```$(?:\n*)(?P<table>(?:^\|[^\n]*\n?)*)",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Shown:
    """One query of a page.

    Args:
        page: the page, as pytest names it.
        line: the line on which the query begins.
        query: its text, perhaps with a header and parameters, which take their defaults.
        empty: whether the page says that it gives nothing.
        table: the lines of the table that follows it.
    """

    page: str
    line: int
    query: str
    empty: bool
    table: tuple[str, ...]

    def __str__(self) -> str:
        """Return the name under which pytest shows it."""
        return f"{self.page}:{self.line}"


def _read(page: Path) -> Iterator[Shown]:
    text = page.read_text(encoding="utf-8")
    for found in _BLOCK.finditer(text):
        line = text.count("\n", 0, found.start("query")) + 1
        table = tuple(found["table"].splitlines())
        yield Shown(page.stem, line, found["query"], found["empty"] is not None, table)


ALL = [shown for page in PAGES for shown in _read(page)]


def _rows(snapshot: Snapshot, text: str) -> list[dict[str, str]]:
    """Return what a query gives: rows, one row for the truth value true, or one for each triple of a graph.

    One in the idiom of Wikidata is asked of the Wikidata view.
    """
    on_view = "wdt:" in text
    store = _loaded(snapshot.view if on_view else snapshot.data)
    text = (as_standard(text) if on_view else labelled(text)).text
    guarded = guard(text)
    output = io.BytesIO()
    request = {
        "query": text,
        "format": FORMS[guarded.kind],
        "bindings": bind(parse_query_file("shown", text), {}),
    }
    open_query(store, request).write(output)
    if guarded.kind is Kind.GRAPH:
        return [{"triple": line} for line in output.getvalue().decode().splitlines()]
    result = json.loads(output.getvalue())
    if guarded.kind is Kind.TRUTH:
        return [{"boolean": "true"}] if result["boolean"] else []
    return [
        {name: shorten(term["value"]) if term["type"] == "uri" else term["value"] for name, term in row.items()}
        for row in result["results"]["bindings"]
    ]


@cache
def _loaded(data: Path) -> ox.Store:
    return load(data)


def _cells(line: str) -> list[str]:
    return [cell.strip().strip("`") for cell in line.strip().strip("|").split("|")]


def test_the_pages_show_queries() -> None:
    assert len(ALL) >= 20
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert len(ALL) == len(re.findall(r"^ *```sparql", text, re.MULTILINE)), "a block is not closed, or not read"


@pytest.mark.parametrize("shown", ALL, ids=str)
def test_a_query_runs_and_gives_something_unless_the_page_says_otherwise(shown: Shown, snapshot: Snapshot) -> None:
    rows = _rows(snapshot, shown.query)
    assert bool(rows) is not shown.empty, f"{len(rows)} rows"


@pytest.mark.parametrize("shown", [shown for shown in ALL if shown.table], ids=str)
def test_the_rows_that_a_page_shows_are_those_that_the_query_gives(shown: Shown, snapshot: Snapshot) -> None:
    names = _cells(shown.table[0])
    lines = [_cells(line) for line in shown.table[2:]]
    wanted = [cells for cells in lines if set(cells) != {"…"}]
    found = [[row.get(name, "") for name in names] for row in _rows(snapshot, shown.query)]
    assert [cells for cells in wanted if cells not in found] == [], f"the query gives {found}"
    if len(wanted) == len(lines):
        assert wanted == found, "rows are missing or out of order; add a row of … where the table is shortened"
