"""Finding cities of the world: homonyms, Arabic names, spellings in other scripts, and every city by its name."""

import asyncio
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from citydip.curation.search_index import write_index
from citydip.curation.snapshot import Snapshot
from citydip.model.settings import Settings
from citydip.model.terms import shorten
from citydip.services.search import Found, Question, Search


@pytest.fixture(scope="module")
def index(world_store: ox.Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("search") / "search.sqlite"
    write_index(world_store, path, "world")
    return path


@pytest.fixture(scope="module")
def search(index: Path) -> Iterator[Search]:
    opened = Search(Snapshot(index.parent, "world", 0, {}), Settings(search_timeout=30))
    yield opened
    asyncio.run(opened.close())


def ask(search: Search, text: str, limit: int = 20, **chosen: str) -> Found:
    return search.ask_now(Question(text, chosen={facet: (value,) for facet, value in chosen.items()}, limit=limit))


@pytest.mark.parametrize(
    ("text", "label", "country"),
    [
        ("San Fransisco", "San Francisco", "country:united-states"),
        ("sanfransico", "San Francisco", "country:united-states"),
        ("طوكيو", "Tokyo", "country:japan"),
        ("ولفسبورگ", "Wolfsburg", "country:germany"),
        ("Ташкент", "Tashkent", "country:uzbekistan"),
        ("Koeln", "Köln", "country:germany"),
        ("Rio de Janero", "Rio de Janeiro", "country:brazil"),
        ("Ghazvin", "Qazvin", "country:iran"),
    ],
)
def test_a_city_is_found_however_it_is_spelt(search: Search, text: str, label: str, country: str) -> None:
    first = ask(search, text, kind="City").hits[0]
    assert (first.thing.label, [shorten(found.iri) for found in first.countries]) == (label, [country])


def test_cities_of_one_name_can_be_told_apart_by_country(search: Search) -> None:
    found = ask(search, "Springfield")
    assert {hit.matched.how for hit in found.hits[:3]} == {"exact"}
    named = ask(search, "Springfield, United States")
    assert [hit.thing.iri for hit in named.hits] == [hit.thing.iri for hit in found.hits if hit in named.hits]
    alexandrias = ask(search, "Alexandria", kind="City").hits
    assert len({hit.countries[0].iri for hit in alexandrias if hit.matched.how == "exact"}) > 1
    egyptian = ask(search, "Alexandria", country="EG").hits
    assert shorten(egyptian[0].thing.iri) == "city:alexandria-361058"
    assert all("country:egypt" in {shorten(found.iri) for found in hit.countries} for hit in egyptian)


def test_every_fiftieth_name_of_a_city_finds_it(search: Search, index: Path) -> None:
    connection = sqlite3.connect(index)
    query = (
        "SELECT iri, text FROM name JOIN thing ON thing.id = thing WHERE iri LIKE '%/id/city/%' AND name.id % 50 = 0"
    )
    rows = connection.execute(query).fetchall()
    connection.close()
    assert len(rows) > 500
    missed = [text for iri, text in rows if iri not in {hit.thing.iri for hit in ask(search, text, limit=100).hits}]
    assert missed == []
