"""Matching rows with the whole graph: all rows that were matched by hand, and what only imported data know."""

import asyncio
import shutil

import pyoxigraph as ox
import pytest

from bench.reconciling import measure, read_gold
from citydip.curation.search_index import write_index
from citydip.curation.snapshot import Snapshot
from citydip.curation.workspace import Workspace
from citydip.model.settings import Settings
from citydip.services.graph import open_graph
from citydip.services.reconciling.matching import match
from citydip.services.reconciling.query import Candidate, Condition, Given, Query
from citydip.services.reconciling.things import short_id
from tests.conftest import ROOT


def city(text: str, **said: str) -> Query:
    """Return a row that asks for a city, with what else it says."""
    return Query(text, ("City",), conditions=tuple(Condition(name, (Given(value),)) for name, value in said.items()))


CODES = {
    city("IRTHR"): "city/tehran",
    city("IR THR"): "city/tehran",
    city("irthr"): "",
    city("", locode="DE MUC"): "city/munich",
    city("Munich", locode="ITFLR"): "city/florence",
    # The code of Oulu; who writes it means Seoul.
    city("SEOUL", country="KOR"): "city/seoul",
}
"""What cities are matched by their codes, by the beginning of the answer; nothing for none."""
NAMES = {
    city("Firenze", country="ITA"): "city/florence",
    city("Firenze", country="Italien"): "city/florence",
    city("Firenze", country="ایتالیا"): "city/florence",
    city("München"): "city/munich",
    city("Мюнхен"): "city/munich",
    city("慕尼黑"): "city/munich",
    city("Köln"): "city/koln",
    city("Cologne"): "city/koln",
    city("Praha"): "city/prague",
    city("Lissabon"): "city/lisbon",
}
"""Cities by their own names and those of neighbours, in countries however they are called."""
COUNTRIES = {
    Query(text, ("Country",)): f"country/{name}"
    for text, name in {
        "USA": "united-states",
        "UK": "united-kingdom",
        "UAE": "united-arab-emirates",
        "Russian Federation": "russia",
        "Islamic Republic of Iran": "iran",
        "Czech Republic": "czechia",
        "آمریکا": "united-states",
        "DEU": "germany",
    }.items()
}
"""Countries by what tables call them."""


Answers = tuple[dict[str, object], list[str], dict[Query, str]]


@pytest.fixture(scope="module")
def answers(world: Workspace, world_store: ox.Store, tmp_path_factory: pytest.TempPathFactory) -> Answers:
    """Return the figures and faults of the gold rows, and the match of each other row; the graph is opened once."""
    folder = tmp_path_factory.mktemp("whole")
    snapshot = Snapshot(folder, "world", 0, {})
    # The store that tests ask holds each triple once more, without its graph; a snapshot does not.
    world.store.dump(snapshot.data, format=ox.RdfFormat.N_QUADS)
    write_index(world_store, snapshot.index, snapshot.version)
    shutil.copytree(ROOT / "queries", folder / "queries")
    rows = [*CODES, *NAMES, *COUNTRIES]

    async def ask() -> tuple[dict[str, object], list[str], list[list[Candidate]]]:
        async with open_graph(snapshot, Settings(workers=1, reconcile_timeout=120)) as graph:
            return *await measure(graph, read_gold()), await match(graph, rows, ("en",))

    figures, faults, found = asyncio.run(ask())
    matched = [next((short_id(one.iri) for one in candidates if one.match), "") for candidates in found]
    return figures, faults, dict(zip(rows, matched, strict=True))


def test_rows_are_matched_rightly(answers: Answers) -> None:
    figures, faults, _ = answers
    told = "\n".join(faults)
    assert float(str(figures["rows_with_an_answer"])) > 400
    assert float(str(figures["precision"])) >= 0.98, told
    assert float(str(figures["recall_at_5"])) >= 0.97, told


@pytest.mark.parametrize("expected", [CODES, NAMES, COUNTRIES], ids=["codes", "names", "countries"])
def test_what_only_imported_data_know_is_matched(answers: Answers, expected: dict[Query, str]) -> None:
    found = {query: answers[2][query] for query in expected}
    assert [q for q, one in found.items() if not one.startswith(expected[q]) or bool(one) != bool(expected[q])] == []
