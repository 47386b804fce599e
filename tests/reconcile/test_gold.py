"""The rows that were matched by hand: those whose things are curated, on the curated graph."""

import asyncio
import csv
import unicodedata
from collections import Counter

import pytest

from bench.reconciling import GOLD, measure, read_gold
from citydip.curation.snapshot import Snapshot
from citydip.model.settings import Settings
from citydip.model.terms import ID
from citydip.services.graph import open_graph
from citydip.services.reconciling.query import Query
from tests.curation.test_search_index import rows


@pytest.fixture(scope="module")
def gold(snapshot: Snapshot) -> list[tuple[Query, str, str]]:
    """Return the rows whose things are in the curated graph, and those that mean nothing."""
    things = {str(iri) for (iri,) in rows(snapshot.index, "SELECT iri FROM thing")}
    return [row for row in read_gold() if not row[1] or str(ID) + row[1] in things]


def test_rows_are_matched_rightly(gold: list[tuple[Query, str, str]], snapshot: Snapshot) -> None:
    async def ask() -> tuple[dict[str, object], list[str]]:
        async with open_graph(snapshot, Settings(workers=1, reconcile_timeout=120, imported=0)) as graph:
            return await measure(graph, gold)

    figures, faults = asyncio.run(ask())
    assert float(str(figures["rows_with_an_answer"])) > 150, "too few rows are about the curated graph"
    told = "\n".join(faults)
    assert float(str(figures["precision"])) >= 0.98, told
    assert float(str(figures["recall_at_5"])) >= 0.97, told
    assert float(str(figures["matched_share"])) >= 0.8, told


def test_the_rows_are_of_all_sorts() -> None:
    with GOLD.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    asked = Counter(tuple(value for name, value in line.items() if name not in ("answer", "source")) for line in lines)
    assert len(lines) >= 400
    assert max(asked.values()) == 1, "a row is there twice"
    scripts = Counter(
        unicodedata.name(next((letter for letter in line["text"] if letter.isalpha()), "-")).split()[0]
        for line in lines
    )
    assert min(scripts[script] for script in ("LATIN", "ARABIC", "CYRILLIC")) >= 50
    assert sum(not line["answer"] for line in lines) >= 40, "too few rows mean nothing"
    for name in ("type", "country", "coordinates", "division", "partner", "mayorOf", "mayor", "date"):
        assert any(line[name] for line in lines), f"no row has {name}"
