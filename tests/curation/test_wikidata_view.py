"""The Wikidata view says what the graph says: with its status as rank, its dates as exact as they are, its sources."""

from pathlib import Path

import pyoxigraph as ox
import pytest

from citydip.curation.snapshot import Snapshot
from citydip.curation.wikidata_view import is_current_view, write_view
from citydip.engine.store import load
from citydip.model.terms import PREFIXES
from citydip.model.wikibase import GREGORIAN, WIKIDATA_PREFIXES, precise
from tests.conftest import ROOT

QUERIES = sorted((ROOT / "queries" / "wikidata-view").glob("*.rq"))
MADE = """
city:a a cd:City ; cd:wikidataIdentifier "Q1" ; rdfs:label "A"@en , "آ"@fa .
city:b a cd:City ; cd:wikidataIdentifier "Q2" ; rdfs:label "B"@en .
city:c a cd:City ; rdfs:label "C"@en .
source:s a cd:Source ; rdfs:seeAlso <http://x/page> ; dcterms:title "Page"@en ; cd:publishedOn date:day .
source:hand a cd:Source .
evidence:e oa:hasSource source:s ; cd:hasConfidence confidence:stated .
evidence:hand oa:hasSource source:hand ; cd:hasConfidence confidence:stated .
evidence:no oa:hasSource source:s ; cd:hasConfidence confidence:disputed .
date:day cd:earliestDay "2016-09-23"^^xsd:date ; cd:latestDay "2016-09-23"^^xsd:date ; cd:expression "1395-07-02" .
date:hijri cd:earliestDay "2013-03-21"^^xsd:date ; cd:latestDay "2014-03-20"^^xsd:date ; cd:expression "1392" .
date:before cd:latestDay "2019-12-31"^^xsd:date ; cd:expression "../2019" .
agreement:1 a cd:Agreement ; cd:hasAgreementType agreement-type:sister-city ; cd:hasStatus status:signed ;
  cd:hasParty city:a , city:b ; cd:signedOn date:day ; cd:hasEvidence evidence:e , evidence:hand .
agreement:2 a cd:Agreement ; cd:hasAgreementType agreement-type:sister-city ; cd:hasStatus status:ended ;
  cd:hasParty city:a , city:c ; cd:startsOn date:hijri ; cd:hasEvidence evidence:e .
agreement:3 a cd:Agreement ; cd:hasAgreementType agreement-type:sister-city ; cd:hasStatus status:proposed ;
  cd:hasParty city:b , city:c ; cd:hasEvidence evidence:e .
agreement:4 a cd:Agreement ; cd:hasAgreementType agreement-type:sister-city , agreement-type:friendship ;
  cd:hasStatus status:signed ; cd:hasParty city:b , city:c ; cd:hasEvidence evidence:e .
organization:n a cd:CityNetwork ; rdfs:label "Network"@en .
cd:CityNetwork rdfs:subClassOf cd:Organization . cd:Organization rdfs:subClassOf cd:Actor .
cd:City rdfs:subClassOf cd:Actor .
membership:1 a cd:Membership ; cd:hasStatus status:in-force ; cd:hasMember city:a ; cd:hasOrganization organization:n ;
  cd:hasEvidence evidence:no .
membership:2 a cd:Membership ; cd:hasStatus status:ended ; cd:hasMember city:b ; cd:hasOrganization organization:n ;
  cd:endsOn date:before ; cd:hasEvidence evidence:e .
membership:3 a cd:Membership ; cd:hasStatus status:planned ; cd:hasMember city:c ; cd:hasOrganization organization:n .
"""


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> ox.Store:
    head = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in PREFIXES.items())
    store = ox.Store()
    store.load((head + MADE).encode(), format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode("urn:g"))
    path = tmp_path_factory.mktemp("view") / "wikidata.nt"
    write_view(store, QUERIES, path)
    assert is_current_view(path)
    return load(path)


def rows(view: ox.Store, pattern: str, names: str) -> list[tuple[str, ...]]:
    found = view.query(f"SELECT {names} {{ {pattern} }}", prefixes=WIKIDATA_PREFIXES)
    assert isinstance(found, ox.QuerySolutions)
    short = {WIKIDATA_PREFIXES[name]: "" for name in ("wd", "wikibase", "xsd")} | {"https://w3id.org/citydip/": ""}
    texts = []
    for row in found:
        cells = [value.value if isinstance(value, ox.NamedNode | ox.Literal) else "" for value in row]
        for namespace, prefix in short.items():
            cells = [cell.replace(namespace, prefix) for cell in cells]
        texts.append(tuple("…" if "genid" in cell else cell for cell in cells))
    return sorted(texts)


def test_a_signed_tie_stands_on_both_sides_with_its_day_and_its_sources(view: ox.Store) -> None:
    tie = (
        "?city p:P190 ?st . ?st ps:P190 ?twin ; wikibase:rank ?rank ; pqv:P585 ?when . ?when wikibase:timeValue ?day ;"
    )
    more = "wikibase:timePrecision ?precision ; wikibase:timeCalendarModel ?calendar"
    model = GREGORIAN.rpartition("/")[2]
    day = ("2016-09-23T00:00:00Z", "11", model)
    assert rows(view, f"{tie} {more}", "?city ?twin ?rank ?day ?precision ?calendar") == [
        ("Q1", "Q2", "NormalRank", *day),
        ("Q2", "Q1", "NormalRank", *day),
    ]
    references = "wd:Q1 p:P190 ?st . ?st ps:P190 wd:Q2 ; prov:wasDerivedFrom ?ref . ?ref ?p ?value"
    said = {(p.rpartition("/")[2], value) for p, value in rows(view, references, "?p ?value")}
    assert {("P854", "http://x/page"), ("P1476", "Page"), ("P577", "2016-09-23T00:00:00Z")} <= said
    assert ("P854", "id/source/hand") in said, "a source without an address is found by its own page"


def test_a_year_of_another_calendar_is_an_unknown_time_between_two_days(view: ox.Store) -> None:
    found = "wd:Q1 p:P190 [ pq:P580 ?start ; pq:P1319 ?first ; pq:P8555 ?last ]"
    assert rows(view, found, "?start ?first ?last") == [("…", "2013-03-21T00:00:00Z", "2014-03-20T00:00:00Z")]


def test_what_has_ended_says_so_even_where_nobody_says_when(view: ox.Store) -> None:
    assert rows(view, "wd:Q1 p:P190 [ ps:P190 ?twin ; pq:P582 ?end ]", "?twin ?end") == [("id/city/c", "…")]
    ended = "wd:Q2 p:P463 [ pq:P582 ?end ; pq:P1326 ?last ]"
    assert rows(view, ended, "?end ?last") == [("…", "2019-12-31T00:00:00Z")]
    assert rows(view, f"{ended} . wd:Q2 p:P463/pq:P8554 ?first", "?first") == [], (
        "a bound that is not known is not made up"
    )


def test_what_is_only_proposed_planned_or_may_be_something_else_is_not_there(view: ox.Store) -> None:
    assert rows(view, "wd:Q2 wdt:P190 ?twin", "?twin") == [("Q1",)]
    assert rows(view, "?city wdt:P463 ?network", "?city ?network") == [("Q2", "id/organization/n")]


def test_what_every_source_disputes_is_deprecated_and_no_plain_triple(view: ox.Store) -> None:
    assert rows(view, "wd:Q1 p:P463 [ wikibase:rank ?rank ]", "?rank") == [("DeprecatedRank",)]
    assert rows(view, "wd:Q1 wdt:P463 ?network", "?network") == []
    assert rows(view, "wd:Q1 p:P463 [ prov:wasDerivedFrom ?reference ]", "?reference") == []


def test_what_has_no_item_keeps_its_iri_and_is_named(view: ox.Store) -> None:
    assert rows(view, "?city p:P463 [ ps:P463 ?n ; pq:P1932 ?name ]", "?city ?n ?name") == [
        ("Q1", "id/organization/n", "Network"),
        ("Q2", "id/organization/n", "Network"),
    ]
    assert rows(view, "?city p:P190 [ ps:P190 wd:Q2 ; pq:P1932 ?name ]", "?name") == []


@pytest.mark.parametrize(
    ("earliest", "latest", "expression", "expected"),
    [
        ("2016-09-23", "2016-09-23", "2016-09-23", ("2016-09-23", 11)),
        ("2016-02-01", "2016-02-29", "2016-02", ("2016-02-01", 10)),
        ("2016-01-01", "2016-12-31", "2016", ("2016-01-01", 9)),
        ("1990-01-01", "1999-12-31", "199X", ("1990-01-01", 8)),
        ("1801-01-01", "1900-12-31", "1801/1900", ("1801-01-01", 7)),
        ("2016-01-01", "2016-12-31", "2016?", None),
        ("2015-01-01", "2017-12-31", "2016~", None),
        ("1991-01-01", "2000-12-31", "1991/2000", None),
        ("1800-01-01", "1899-12-31", "1800/1899", None),
        ("2016-02-01", "2016-02-28", "2016-02-01/2016-02-28", None),
        ("2016-03-20", "2017-03-20", "1395", None),
        (None, "2016-12-31", "../2016", None),
    ],
)
def test_a_precision_says_exactly_the_days_that_are_meant(
    earliest: str | None, latest: str | None, expression: str, expected: tuple[str, int] | None
) -> None:
    assert precise(earliest, latest, expression) == expected


def test_the_view_of_the_graph_is_the_same_each_time_and_no_part_of_the_graph(
    snapshot: Snapshot, store: ox.Store, tmp_path: Path
) -> None:
    quads = ox.Store()
    quads.bulk_load(path=snapshot.data, format=ox.RdfFormat.N_QUADS)
    write_view(quads, QUERIES, tmp_path / "again.nt")
    assert sorted(snapshot.view.read_text().splitlines()) == sorted((tmp_path / "again.nt").read_text().splitlines())
    assert snapshot.view.stat().st_size > 1 << 20
    assert not store.query("ASK { ?s <http://wikiba.se/ontology#rank> ?rank }")
