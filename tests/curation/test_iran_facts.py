"""The facts of Iranian city diplomacy: every row of the table stands in the graph, with its page as source.

An evidence says in ``dcterms:identifier`` which row it holds, such as ``relations/14``. Where the shared table is at
hand, each row is compared with the statements that its evidence proves.
"""

from collections import Counter

import pyoxigraph as ox
import pytest

from citydip.model.terms import CD, ID, PREFIXES
from tests.curation.iran_table import FOLDER, KEYS, TABLES, ask, faults, rows_of

WITHOUT_PAGE = {
    "relations/69",
    "organizations/3",
    *(f"roles/{number}" for number in (1, 12, 31, 40, 45, 47)),
}
"""Rows that name no page for what they say, or not for all of it; there the table itself is the source."""

IDENTIFIER = ox.NamedNode(PREFIXES["dcterms"] + "identifier")
HAS_EVIDENCE = ox.NamedNode(CD.hasEvidence)
DATES = [ox.NamedNode(CD[name]) for name in ("signedOn", "startsOn", "endsOn", "datedOn", "attestedOn")]
SOME_OTHER_DATE = ox.NamedNode(ID["date/published-harf-e-tazeh-city-diplomacy"])

needs_table = pytest.mark.skipif(not FOLDER.is_dir(), reason="the shared table of Iranian facts is not at hand")


def test_every_row_is_in_the_graph_once_and_proves_something(store: ox.Store) -> None:
    keys = {row["key"] for row in ask(store, "?evidence a cd:Evidence ; dcterms:identifier ?key")}
    assert Counter(key.partition("/")[0] for key in keys) == TABLES
    assert keys == {f"{table}/{number}" for table, count in TABLES.items() for number in range(1, count + 1)}
    idle = "?evidence a cd:Evidence ; dcterms:identifier ?key . FILTER NOT EXISTS { ?any cd:hasEvidence ?evidence }"
    assert ask(store, idle) == []


def test_every_fact_has_its_page_as_source_and_a_reason_for_having_no_quotation(store: ox.Store) -> None:
    pattern = "?evidence dcterms:identifier ?key ; oa:hasSource ?source"
    data_set = {row["key"] for row in ask(store, f"{pattern} . ?source cd:hasSourceKind source-kind:data-set")}
    assert data_set == WITHOUT_PAGE
    pages = ask(store, f"{pattern} ; skos:editorialNote ?note . ?source rdfs:seeAlso ?page FILTER (LANG(?note) = 'fa')")
    assert {row["key"] for row in pages} | WITHOUT_PAGE == {row["key"] for row in ask(store, pattern)}
    assert ask(store, f"{pattern} ; oa:hasSelector ?quotation") == []


@pytest.mark.parametrize(
    ("thing", "label"),
    [("city:tehran", "Tehran"), ("person:kadir-topbas", "Kadir Topbaş"), ("organization:uclg-mewa", "UCLG-MEWA")],
)
def test_articles_and_facts_speak_of_one_thing(store: ox.Store, thing: str, label: str) -> None:
    same = f'?thing rdfs:label|skos:altLabel ?name . FILTER (STR(?name) = "{label}") ?thing a/rdfs:subClassOf* cd:Actor'
    assert {row["thing"] for row in ask(store, same)} == {thing}
    graphs = ask(store, f"GRAPH ?graph {{ ?statement cd:hasStatus ?status ; ?property {thing} }}")
    kinds = {row["graph"].rpartition("/graph/")[2].partition("/")[0] for row in graphs}
    assert {kind.removeprefix("graph:") for kind in kinds} == {"articles", "facts"}


def test_there_is_one_congress_of_uclg_mewa_in_2013(store: ox.Store) -> None:
    held = """?record cd:statusOf ?event ; cd:hasStatus status:held ; cd:atPlace city:tehran ; cd:datedOn ?date .
        ?date cd:earliestDay ?day . FILTER (STRSTARTS(STR(?day), "2013"))"""
    assert {row["event"] for row in ask(store, held)} == {"event:uclg-mewa-summit-tehran-2013"}
    assert len({row["record"] for row in ask(store, held)}) == 2


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
        ("assertion:founding-of-world-assembly-of-islamic-cities", "assertion:waic-began-work-in-khordad-1392"),
        (
            "election:mohammad-bagher-ghalibaf-president-of-uclg-mewa-2013-04",
            "election:ghalibaf-regional-president-of-uclg-mewa",
        ),
        (
            "membership:tehran-in-unesco-learning-cities-network-counted-in-2019",
            "membership:tehran-in-unesco-learning-cities-network",
        ),
    ],
)
def test_where_sources_disagree_both_stand(store: ox.Store, one: str, other: str) -> None:
    assert ask(store, f"{one} cd:contradicts {other} ; cd:hasEvidence ?one . {other} cd:hasEvidence ?other")


def test_who_may_be_the_same_is_not_made_one(store: ox.Store) -> None:
    pair = "VALUES ?person { person:garshasp-mozaffari person:goshtasb-mozafari } ?person skos:editorialNote ?note"
    apart = f'{pair} FILTER (LANG(?note) = "en" && CONTAINS(LCASE(?note), "may be the"))'
    assert {row["person"] for row in ask(store, apart)} == {"person:garshasp-mozaffari", "person:goshtasb-mozafari"}


def test_an_event_is_not_held_by_a_page_that_is_older(store: ox.Store) -> None:
    older = """?record cd:hasStatus status:held ; cd:datedOn/cd:latestDay ?day ; cd:hasEvidence ?evidence .
        ?evidence dcterms:identifier ?row ; oa:hasSource/cd:publishedOn/cd:latestDay ?published .
        FILTER (?published < ?day)"""
    coarse = {"status-record:metropolis-world-congress-14-held-by-page"}
    coarse |= {"status-record:uclg-mewa-regional-meeting-konya-2013-held-by-page"}
    assert {row["record"] for row in ask(store, older)} == coarse, "dated by the month in which the page lies"


def test_only_ties_that_hold_make_sister_cities(store: ox.Store) -> None:
    twins = {row["city"] for row in ask(store, "city:isfahan cd:twinnedWith ?city")}
    assert len(twins) == 15
    assert twins.isdisjoint({"city:porto", "city:hyderabad"})
    tehran = {row["city"] for row in ask(store, "city:tehran cd:twinnedWith ?city")}
    assert tehran.isdisjoint({"city:los-angeles", "city:paris", "city:karbala"})
    mashhad = {row["city"] for row in ask(store, "city:mashhad cd:twinnedWith ?city")}
    assert mashhad == {"city:karachi", "city:karbala", "city:lahore", "city:najaf"}, "Najaf is in an article"


def test_no_persian_name_is_made_up(store: ox.Store) -> None:
    curated = 'GRAPH ?graph { person:lan-shaomin rdfs:label ?name } FILTER (LANG(?name) = "fa")'
    found = ask(store, curated)
    assert [row["name"] for row in found] == ["Lan Shaomin"]
    assert found[0]["graph"].endswith("computed/persian-labels")


@pytest.fixture(scope="session")
def changed(store: ox.Store) -> ox.Store:
    """Return a copy of the graph that tests may change."""
    copy = ox.Store()
    copy.bulk_extend(store.quads_for_pattern(None, None, None, ox.DefaultGraph()))
    return copy


def _evidence(store: ox.Store, key: str) -> list[ox.Quad]:
    """Return the quads that join the statements of a row with its evidence."""
    nodes = [quad.subject for quad in store.quads_for_pattern(None, IDENTIFIER, ox.Literal(key), None)]
    return [quad for node in nodes for quad in store.quads_for_pattern(None, HAS_EVIDENCE, node, None)]


@needs_table
@pytest.mark.parametrize("table", TABLES)
def test_the_graph_says_what_the_table_says(store: ox.Store, table: str) -> None:
    assert len(rows_of(table)) == TABLES[table]
    assert [fault for key in KEYS if key.startswith(table) for fault in faults(store, key)] == []


@needs_table
def test_a_statement_that_is_dropped_is_missed(changed: ox.Store) -> None:
    for key in KEYS:
        joined = _evidence(changed, key)
        for statement in {quad.subject for quad in joined}:
            dropped = [quad for quad in joined if quad.subject == statement]
            for quad in dropped:
                changed.remove(quad)
            assert faults(changed, key), (key, statement)
            changed.extend(dropped)
        assert faults(changed, key) == []


@needs_table
def test_a_date_that_is_changed_is_noticed(changed: ox.Store) -> None:
    for key in KEYS:
        for statement in {quad.subject for quad in _evidence(changed, key)}:
            for path in DATES:
                for dated in list(changed.quads_for_pattern(statement, path, None, None)):
                    changed.remove(dated)
                    changed.add(ox.Quad(statement, path, SOME_OTHER_DATE, dated.graph_name))
                    assert faults(changed, key), (key, statement, path)
                    changed.remove(ox.Quad(statement, path, SOME_OTHER_DATE, dated.graph_name))
                    changed.add(dated)
