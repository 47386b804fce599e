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

SETTINGS = Settings(workers=1, reconcile_timeout=120)


@pytest.fixture(scope="module")
def whole(world: Workspace, world_store: ox.Store, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Return a snapshot of the whole graph, with a search index."""
    folder = tmp_path_factory.mktemp("whole")
    snapshot = Snapshot(folder, "world", 0, {})
    # The store that tests ask holds each triple once more, without its graph; a snapshot does not.
    world.store.dump(snapshot.data, format=ox.RdfFormat.N_QUADS)
    write_index(world_store, snapshot.index, snapshot.version)
    shutil.copytree(ROOT / "queries", folder / "queries")
    return snapshot


def test_rows_are_matched_rightly(whole: Snapshot) -> None:
    async def ask() -> tuple[dict[str, object], list[str]]:
        async with open_graph(whole, SETTINGS) as graph:
            return await measure(graph, read_gold())

    figures, faults = asyncio.run(ask())
    told = "\n".join(faults)
    assert float(str(figures["rows_with_an_answer"])) > 400
    assert float(str(figures["precision"])) >= 0.98, told
    assert float(str(figures["recall_at_5"])) >= 0.97, told


def matched(whole: Snapshot, *rows: Query) -> list[str]:
    """Return the match of each row; empty where it has none."""

    async def ask() -> list[list[Candidate]]:
        async with open_graph(whole, SETTINGS) as graph:
            return await match(graph, rows, ("en",))

    found = asyncio.run(ask())
    return [next((short_id(one.iri) for one in candidates if one.match), "") for candidates in found]


def test_a_city_is_matched_by_its_code(whole: Snapshot) -> None:
    city = ("City",)
    seoul = Query("SEOUL", city, conditions=(Condition("country", (Given("KOR"),)),))
    by_column = Query("", city, conditions=(Condition("locode", (Given("DE MUC"),)),))
    other_city = Query("Munich", city, conditions=(Condition("locode", (Given("ITFLR"),)),))
    rows = [Query("IRTHR", city), Query("IR THR", city), Query("irthr", city), by_column, seoul, other_city]
    found = matched(whole, *rows)
    assert found[:4] == ["city/tehran", "city/tehran", "", "city/munich-2867714"]
    # SEOUL is the code of Oulu; who writes it means Seoul.
    assert found[4].startswith("city/seoul")
    assert found[5] == "city/florence"


@pytest.mark.parametrize("country", ["Italy", "ITA", "IT", "Italien", "ایتالیا"])
def test_cities_are_matched_by_their_own_names_in_countries_however_called(whole: Snapshot, country: str) -> None:
    row = Query("Firenze", ("City",), conditions=(Condition("country", (Given(country),)),))
    assert matched(whole, row) == ["city/florence"]


def test_countries_go_by_what_tables_call_them(whole: Snapshot) -> None:
    names = {
        "USA": "united-states",
        "UK": "united-kingdom",
        "UAE": "united-arab-emirates",
        "Russian Federation": "russia",
        "Islamic Republic of Iran": "iran",
        "Czech Republic": "czechia",
        "آمریکا": "united-states",
        "DEU": "germany",
    }
    rows = [Query(name, ("Country",)) for name in names]
    assert matched(whole, *rows) == [f"country/{name}" for name in names.values()]


def test_cities_are_matched_in_the_languages_of_neighbours(whole: Snapshot) -> None:
    names = {
        "München": "munich",
        "Мюнхен": "munich",
        "慕尼黑": "munich",
        "Köln": "koln",
        "Cologne": "koln",
        "Praha": "prague",
        "Lissabon": "lisbon",
    }
    found = matched(whole, *(Query(name, ("City",)) for name in names))
    assert all(one.startswith(f"city/{name}") for one, name in zip(found, names.values(), strict=True)), found
