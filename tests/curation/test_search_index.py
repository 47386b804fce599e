"""The search index follows from the graph, is no part of its version, and is renewed where it is missing."""

import shutil
import sqlite3
from pathlib import Path

import pyoxigraph as ox
import pytest

from citydip.curation.build import build
from citydip.curation.check import MEMORY
from citydip.curation.layout import Layout
from citydip.curation.naming import list_things
from citydip.curation.search_index import is_current, write_index
from citydip.curation.snapshot import Snapshot
from citydip.model.terms import expand, shorten
from tests.conftest import ROOT


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def test_the_same_graph_gives_the_same_file(store: ox.Store, snapshot: Snapshot, tmp_path: Path) -> None:
    again = tmp_path / "again.sqlite"
    write_index(store, again, snapshot.version)
    assert again.read_bytes() == snapshot.index.read_bytes()


def test_the_version_does_not_depend_on_the_index(snapshot: Snapshot, tmp_path: Path) -> None:
    shutil.copytree(snapshot.path, tmp_path / snapshot.version)
    copied = Snapshot.open(tmp_path / snapshot.version)
    copied.index.unlink()
    assert not is_current(copied.index, copied.version)
    said: list[str] = []
    rebuilt = build(Layout(ROOT, tmp_path, imported=False), None, said.append)
    assert rebuilt.version == snapshot.version
    assert f"writing {copied.index.name} of {snapshot.version}" in said
    assert rebuilt.index.read_bytes() == snapshot.index.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([MEMORY, "current", snapshot.version])


def test_an_index_of_another_graph_or_form_is_not_taken_for_this_one(snapshot: Snapshot, tmp_path: Path) -> None:
    assert is_current(snapshot.index, snapshot.version)
    assert not is_current(snapshot.index, "0123456789abcdef")
    other = tmp_path / "other.sqlite"
    shutil.copy(snapshot.index, other)
    connection = sqlite3.connect(other)
    connection.execute("PRAGMA user_version = 999")
    connection.close()
    assert not is_current(other, snapshot.version)
    (tmp_path / "broken.sqlite").write_bytes(b"no database")
    assert not is_current(tmp_path / "broken.sqlite", snapshot.version)
    assert not is_current(tmp_path / "missing.sqlite", snapshot.version)


def test_things_have_all_that_they_are_looked_for_by(store: ox.Store) -> None:
    things = {thing.iri: thing for thing in list_things(store)}
    tehran = things[expand("city:tehran")]
    assert {(name.language, name.text) for name in tehran.names} >= {("en", "Tehran"), ("fa", "تهران")}
    assert {("wikidata", "Q3616"), ("geonames", "112931")} <= set(tehran.identifiers)
    assert tehran.kinds == (expand("cd:City"),)
    assert tehran.countries == (expand("country:iran"),)
    assert expand("organization:metropolis") in tehran.networks
    assert tehran.statements > 10
    agreement = things[expand("agreement:semnan-urumqi")]
    assert agreement.is_statement
    assert set(agreement.countries) == {expand("country:iran"), expand("country:china")}
    assert things[expand("country:iran")].identifiers[0] == ("iso", "IR")


def test_evidence_dates_and_mappings_are_not_listed_but_terms_are(store: ox.Store) -> None:
    listed = {shorten(thing.iri) for thing in list_things(store)}
    kinds = {name.partition(":")[0] for name in listed}
    assert {"city", "person", "agreement", "source", "status"} <= kinds
    assert not kinds & {"evidence", "quote", "date", "mapping", "shape", "graph"}
    assert "cd:Membership" in listed


def test_what_most_is_said_about_comes_first_and_statements_last(snapshot: Snapshot) -> None:
    found = rows(snapshot.index, "SELECT id, statements FROM thing ORDER BY id")
    (last,) = rows(snapshot.index, "SELECT CAST(value AS INTEGER) FROM about WHERE name = 'last'")[0]
    assert isinstance(last, int)
    assert 0 < last < len(found)
    things = [count for number, count in found if isinstance(number, int) and number <= last]
    assert things == sorted(things, reverse=True, key=lambda count: int(str(count)))
    order = rows(snapshot.index, "SELECT thing FROM name ORDER BY id")
    assert order == sorted(order)


def test_a_graph_without_ontology_and_circles_of_places_are_no_trouble(tmp_path: Path) -> None:
    store = ox.Store()
    turtle = """
        @prefix cd: <https://w3id.org/citydip/ontology#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
        @prefix city: <https://w3id.org/citydip/id/city/> . @prefix division: <https://w3id.org/citydip/id/division/> .
        city:a a cd:City ; rdfs:label "A", "؟"@fa ; cd:locatedIn division:b .
        division:b a cd:AdministrativeDivision ; rdfs:label "B"@en ; cd:locatedIn city:a .
    """
    store.load(turtle, format=ox.RdfFormat.TURTLE)
    path = tmp_path / "search.sqlite"
    write_index(store, path, "v")
    assert is_current(path, "v")
    assert {row[0] for row in rows(path, "SELECT text FROM name")} == {"A", "B"}
    with pytest.raises(sqlite3.OperationalError):
        write_index(store, path, "v")
