"""The facts of Iranian city diplomacy: every row of the table stands in the graph, with its page as source.

An evidence says in ``dcterms:identifier`` which row it holds, such as ``relations/14``. Where the shared table is at
hand, each row is compared with the statements that its evidence proves.
"""

import csv
from collections import Counter
from functools import cache

import pyoxigraph as ox
import pytest

from citydip.model.calendars import Calendar
from citydip.model.dates import bounds_of
from citydip.model.terms import PREFIXES, shorten
from tests.conftest import ROOT

TABLES = {"relations": 119, "events": 46, "roles": 67, "organizations": 11}
SHARED = ROOT.parent / "shared" / "sources" / "iran-city-diplomacy-facts"
WITHOUT_PAGE = {
    "relations/69",
    "organizations/3",
    *(f"roles/{number}" for number in (1, 12, 31, 40, 45, 47)),
}
"""Rows that name no page for what they say, or not for all of it; there the table itself is the source."""

STATUS = {
    "agreement": {"signed", "in-force", "agreed"},
    "announced (to be signed)": {"intended"},
    "announced (planned)": {"intended"},
    "announced (initial agreement)": {"agreed"},
    "announced": {"planned"},
    "former (before 1979)": {"ended"},
    "mutual cooperation understanding": {"in-force"},
    "memorandum of cooperation": {"agreed"},
    "memorandum of cooperation and friendship (sisterhood)": {"signed"},
    "proposed": {"proposed"},
    "held": {"held"},
    "awarded": {"made"},
    "recognized": {"made"},
    "joining": {"planned"},
}
"""The status of a statement by that of its row; a row of another status holds as of its page."""

needs_table = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared table of Iranian facts is not at hand")


@cache
def _rows(table: str) -> list[dict[str, str]]:
    with (SHARED / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _ask(store: ox.Store, pattern: str) -> list[dict[str, str]]:
    """Return the rows of a pattern; IRIs are shortened."""
    solutions = store.query(f"SELECT * WHERE {{ {pattern} }}", use_default_graph_as_union=True, prefixes=PREFIXES)
    assert isinstance(solutions, ox.QuerySolutions)
    names = [variable.value for variable in solutions.variables]
    return [
        {
            name: shorten(value.value).strip("<>") if isinstance(value, ox.NamedNode) else value.value
            for name in names
            if (value := row[name]) is not None and not isinstance(value, ox.Triple)
        }
        for row in solutions
    ]


def _of_row(key: str) -> str:
    return f'?evidence dcterms:identifier "{key}" . ?statement cd:hasEvidence ?evidence .'


def _values(store: ox.Store, key: str, pattern: str, name: str) -> set[str]:
    """Return what a pattern gives for the statements of a row."""
    return {row[name] for row in _ask(store, f"{_of_row(key)} {pattern}")}


def _dated(store: ox.Store, key: str, expression: str, path: str) -> bool:
    """Tell whether a date of a row's statements lies within what the row says."""
    bounds = bounds_of(expression, Calendar.GREGORIAN)
    found = _ask(store, f"{_of_row(key)} ?statement {path} ?date . ?date cd:earliestDay ?low ; cd:latestDay ?high")
    return any(str(bounds.earliest) <= row["low"] and row["high"] <= str(bounds.latest) for row in found)


def _page(row: dict[str, str]) -> str | None:
    return row["source_url"] if row["source_url"].startswith("http") else None


def test_every_row_is_in_the_graph_once_and_proves_something(store: ox.Store) -> None:
    keys = {row["key"] for row in _ask(store, "?evidence a cd:Evidence ; dcterms:identifier ?key")}
    assert Counter(key.partition("/")[0] for key in keys) == TABLES
    assert keys == {f"{table}/{number}" for table, count in TABLES.items() for number in range(1, count + 1)}
    idle = "?evidence a cd:Evidence ; dcterms:identifier ?key . FILTER NOT EXISTS { ?any cd:hasEvidence ?evidence }"
    assert _ask(store, idle) == []


def test_every_fact_has_its_page_as_source_and_a_reason_for_having_no_quotation(store: ox.Store) -> None:
    pattern = "?evidence dcterms:identifier ?key ; oa:hasSource ?source"
    data_set = {row["key"] for row in _ask(store, f"{pattern} . ?source cd:hasSourceKind source-kind:data-set")}
    assert data_set == WITHOUT_PAGE
    pages = _ask(
        store, f"{pattern} ; skos:editorialNote ?note . ?source rdfs:seeAlso ?page FILTER (LANG(?note) = 'fa')"
    )
    assert {row["key"] for row in pages} | WITHOUT_PAGE == {row["key"] for row in _ask(store, pattern)}
    assert _ask(store, f"{pattern} ; oa:hasSelector ?quotation") == []


@pytest.mark.parametrize(
    ("thing", "label"),
    [("city:tehran", "Tehran"), ("person:kadir-topbas", "Kadir Topbaş"), ("organization:uclg-mewa", "UCLG-MEWA")],
)
def test_articles_and_facts_speak_of_one_thing(store: ox.Store, thing: str, label: str) -> None:
    same = f'?thing rdfs:label|skos:altLabel ?name . FILTER (STR(?name) = "{label}") ?thing a/rdfs:subClassOf* cd:Actor'
    assert {row["thing"] for row in _ask(store, same)} == {thing}
    graphs = _ask(store, f"GRAPH ?graph {{ ?statement cd:hasStatus ?status ; ?property {thing} }}")
    kinds = {row["graph"].rpartition("/graph/")[2].partition("/")[0] for row in graphs}
    assert {kind.removeprefix("graph:") for kind in kinds} == {"articles", "facts"}


def test_there_is_one_congress_of_uclg_mewa_in_2013(store: ox.Store) -> None:
    held = """?record cd:statusOf ?event ; cd:hasStatus status:held ; cd:atPlace city:tehran ; cd:datedOn ?date .
        ?date cd:earliestDay ?day . FILTER (STRSTARTS(STR(?day), "2013"))"""
    assert {row["event"] for row in _ask(store, held)} == {"event:uclg-mewa-summit-tehran-2013"}
    assert len({row["record"] for row in _ask(store, held)}) == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("edition-record:uclg-world-congress-rabat-2013", "edition-record:rabat-congress-third"),
        ("edition-record:waic-summit-2-by-page", "edition-record:waic-summit-2"),
        ("status-record:asian-mayors-forum-2-held-by-page", "status-record:asian-mayors-forum-2-held-in-2012"),
        (
            "status-record:uclg-world-congress-rabat-2013-held-by-page",
            "status-record:uclg-world-congress-rabat-2013-held-in-october",
        ),
        ("assertion:founding-of-metropolis", "assertion:founding-of-metropolis-in-1984"),
        (
            "membership:tehran-in-unesco-learning-cities-network-counted-in-2019",
            "membership:tehran-in-unesco-learning-cities-network",
        ),
    ],
)
def test_where_sources_disagree_both_stand(store: ox.Store, one: str, other: str) -> None:
    assert _ask(store, f"{one} cd:contradicts {other} ; cd:hasEvidence ?one . {other} cd:hasEvidence ?other")


def test_only_ties_that_hold_make_sister_cities(store: ox.Store) -> None:
    twins = {row["city"] for row in _ask(store, "city:isfahan cd:twinnedWith ?city")}
    assert len(twins) == 15
    assert twins.isdisjoint({"city:porto", "city:hyderabad"})
    tehran = {row["city"] for row in _ask(store, "city:tehran cd:twinnedWith ?city")}
    assert tehran.isdisjoint({"city:los-angeles", "city:paris", "city:karbala"})
    mashhad = {row["city"] for row in _ask(store, "city:mashhad cd:twinnedWith ?city")}
    assert mashhad == {"city:karachi", "city:karbala", "city:lahore", "city:najaf"}, "Najaf is in an article"


def test_no_persian_name_is_made_up(store: ox.Store) -> None:
    curated = 'GRAPH ?graph { person:lan-shaomin rdfs:label ?name } FILTER (LANG(?name) = "fa")'
    found = _ask(store, curated)
    assert [row["name"] for row in found] == ["Lan Shaomin"]
    assert found[0]["graph"].endswith("computed/persian-labels")


@needs_table
@pytest.mark.parametrize("table", TABLES)
def test_the_source_is_the_page_of_the_row(store: ox.Store, table: str) -> None:
    assert len(_rows(table)) == TABLES[table]
    for number, row in enumerate(_rows(table), 1):
        pages = _values(store, f"{table}/{number}", "?evidence oa:hasSource/rdfs:seeAlso ?page", "page")
        assert _page(row) is None or _page(row) in pages, (table, number)


@needs_table
def test_the_relations_are_those_of_the_table(store: ox.Store) -> None:
    links = "(cd:hasParty|cd:hasMember|cd:hasHolder|cd:hasDesignee|cd:atPlace)/cd:geonamesIdentifier"
    for number, row in enumerate(_rows("relations"), 1):
        key = f"relations/{number}"
        wanted = {row[end] for end in ("a_geonames", "b_geonames")} - {""}
        if "institution" not in row["relation"]:
            assert wanted <= _values(store, key, f"?statement {links} ?id", "id"), key
        statuses = _values(store, key, "?statement cd:hasStatus ?status", "status")
        allowed = {f"status:{name}" for name in STATUS.get(row["status"], {"in-force"})}
        assert statuses & allowed, (key, statuses)
        if row["date"] and row["relation"] != "institution":
            path = "(cd:signedOn|cd:startsOn|cd:datedOn|cd:attestedOn)"
            assert _dated(store, key, row["date"], path), key
        if row["relation"] == "sister_city":
            types = _values(store, key, "?statement cd:hasAgreementType ?type", "type")
            assert "agreement-type:sister-city" in types, key
            if not row["date"]:
                assert not _values(store, key, "?statement cd:signedOn|cd:startsOn ?date", "date"), key


@needs_table
def test_the_events_are_those_of_the_table(store: ox.Store) -> None:
    for number, row in enumerate(_rows("events"), 1):
        key = f"events/{number}"
        assert row["geonames"] in _values(store, key, "?statement cd:atPlace/cd:geonamesIdentifier ?id", "id"), key
        if row["start_date"]:
            start, end = row["start_date"], row["end_date"] or row["start_date"]
            expression = start if start == end else f"{start}/{end}"
            assert _dated(store, key, expression, "(cd:datedOn|cd:startsOn)"), key
        if row["edition"] and len(row["edition"]) < len("2021"):
            assert row["edition"] in _values(store, key, "?statement cd:editionNumber ?number", "number"), key
        if row["theme"]:
            assert row["theme"] in _values(store, key, "?statement cd:topic ?topic", "topic"), key
        if row["participants"]:
            numbers = _values(store, key, "?statement cd:number ?number", "number")
            words = row["participants"].replace(",", "")
            assert numbers, key
            assert all(text in words for text in numbers), key


@needs_table
def test_the_roles_are_those_of_the_table(store: ox.Store) -> None:
    for number, row in enumerate(_rows("roles"), 1):
        key = f"roles/{number}"
        names = _values(store, key, "?statement cd:hasHolder/(rdfs:label|skos:altLabel) ?name", "name")
        assert row["person"] in names, key
        if row["geonames"]:
            where = "?statement cd:hasPost/cd:postFor/cd:geonamesIdentifier ?id"
            assert row["geonames"] in _values(store, key, where, "id"), key
        for column, path in (("start", "cd:startsOn"), ("end", "cd:endsOn")):
            if row[column]:
                assert _dated(store, key, row[column], path), (key, column)
            else:
                assert not _values(store, key, f"?statement {path} ?date", "date"), (key, column)


@needs_table
def test_the_organizations_are_those_of_the_table(store: ox.Store) -> None:
    for number, row in enumerate(_rows("organizations"), 1):
        key = f"organizations/{number}"
        if row["founded"]:
            assert _dated(store, key, row["founded"], "cd:datedOn"), key
        text = f"{row['members']} {row['note']}"
        assert all(count in text for count in _values(store, key, "?statement cd:number ?number", "number")), key
        if row["headquarters"]:
            seats = _values(store, key, "?statement cd:hasHost/rdfs:label|cd:hasHost/skos:altLabel ?seat", "seat")
            assert any(seat in row["headquarters"] for seat in seats), (key, seats)
