"""Tools for Wikidata find what they look for: the endpoint, entities at their addresses, and JSON that clients read."""

import csv
import io
import json
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest
import rdflib
from wikibaseintegrator.datatypes import GlobeCoordinate, Time
from wikibaseintegrator.entities import ItemEntity
from wikidata.client import Client
from wikidata.entity import EntityId

from citydip.curation.build import build
from citydip.curation.snapshot import VIEW, Snapshot
from tests.conftest import copy_graph
from tests.web.conftest import serving

TEHRAN = "Q3616"
WKT = "http://www.opengis.net/ont/geosparql#wktLiteral"


def asked(server: str, query: str, **headers: str) -> list[dict[str, str]]:
    answer = httpx.get(
        f"{server}/wikidata/sparql", params={"query": query, "format": "csv"}, headers=headers, timeout=30
    )
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_a_query_for_wikidata_runs_as_it_is_written(server: str) -> None:
    query = """#defaultView:Map
    SELECT ?twin ?twinLabel ?where WHERE {
      wd:Q3616 wdt:P190 ?twin. ?twin wdt:P625 ?where.
      SERVICE wikibase:label { bd:serviceParam wikibase:language "[AUTO_LANGUAGE],en". }
    }"""
    rows = {row["twinLabel"]: row for row in asked(server, query, **{"Accept-Language": "en"})}
    assert rows["Seoul"] == {
        "twin": "http://www.wikidata.org/entity/Q8684",
        "twinLabel": "Seoul",
        "where": "Point(126.9784 37.566)",
    }
    assert "سئول" in {row["twinLabel"] for row in asked(server, query, **{"Accept-Language": "fa"})}
    answer = httpx.post(
        f"{server}/wikidata/sparql",
        content=query,
        headers={"Content-Type": "application/sparql-query", "Accept": "application/sparql-results+json"},
    )
    places = [row["where"] for row in answer.json()["results"]["bindings"]]
    assert {place["datatype"] for place in places} == {WKT}


def test_the_standard_query_declares_what_it_uses_and_the_page_keeps_comments(server: str) -> None:
    query = '#defaultView:Map\nSELECT ?a WHERE { ?a wdt:P31 wd:Q515; wdt:P625 ?p. hint:Query hint:optimizer "None". }'
    told = httpx.get(f"{server}/wikidata/sparql", params={"query": query, "explain": "1"}).json()
    assert told["query"] == query
    assert "#defaultView:Map" in told["standard"]
    assert told["standard"].startswith("PREFIX hint: <")
    assert "optimizer" not in told["standard"]
    page = httpx.get(f"{server}/wikidata/sparql", params={"query": query}, headers={"Accept": "text/html"}).text
    assert "#defaultView:Map" in page
    assert 'action="' + server + '/wikidata/sparql"' in page


def test_it_has_the_limits_and_the_errors_of_the_endpoint(server: str) -> None:
    def problem(query: str) -> dict[str, str]:
        found = httpx.get(f"{server}/wikidata/sparql", params={"query": query}).json()
        return {key: found[key] for key in ("type", "detail")} | {"line": str(found.get("line"))}

    assert problem("INSERT DATA { wd:Q1 wdt:P1 1 }")["type"].endswith("/query-refused")
    assert problem("SELECT * { SERVICE <http://x/> { ?s ?p ?o } }")["type"].endswith("/query-refused")
    assert problem("SELECT * {\n ?s ?p }")["line"] == "2"
    assert (
        "radius"
        in problem('SELECT * { SERVICE wikibase:around { ?a wdt:P625 ?b . bd:serviceParam wikibase:center "x" } }')[
            "detail"
        ]
    )
    slow = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    answer = httpx.get(f"{server}/wikidata/sparql", params={"query": slow, "timeout": "0.3"}, timeout=30)
    assert answer.status_code == 504


def test_the_same_words_asked_of_both_endpoints_are_two_questions(server: str) -> None:
    query = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    of_view = asked(server, query)
    of_graph = httpx.get(f"{server}/sparql", params={"query": query, "format": "csv"}).text.splitlines()[1]
    assert of_view[0]["n"] != of_graph
    assert asked(server, query) == of_view


def test_the_graph_itself_has_nothing_of_the_view(server: str) -> None:
    answer = httpx.get(f"{server}/sparql", params={"query": "ASK { ?s wikibase:rank ?rank }"})
    assert answer.json()["boolean"] is False


@pytest.mark.parametrize(
    ("accept", "target"),
    [
        ("*/*", f"/wiki/Special:EntityData/{TEHRAN}.json"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "/page/city/tehran"),
        ("text/turtle", f"/wiki/Special:EntityData/{TEHRAN}.ttl"),
        ("application/rdf+xml", f"/wiki/Special:EntityData/{TEHRAN}.rdf"),
        ("application/ld+json", f"/wiki/Special:EntityData/{TEHRAN}.jsonld"),
    ],
)
def test_an_entity_leads_to_its_page_or_its_data(server: str, accept: str, target: str) -> None:
    answer = httpx.get(f"{server}/entity/{TEHRAN}", headers={"Accept": accept})
    assert (answer.status_code, answer.headers["location"]) == (303, server + target)
    assert answer.headers["vary"] == "Accept"
    assert httpx.get(server + target, headers={"Accept": accept}).status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/entity/Q9999999999", 404),
        ("/entity/tehran", 404),
        ("/entity/Q3616.pdf", 404),
        ("/wiki/Special:EntityData/Q9999999999.json", 404),
        ("/wiki/Special:EntityData/Q3616.pdf", 404),
        ("/wiki/Special:EntityData/P190.json", 404),
    ],
)
def test_what_is_not_there_is_said(server: str, path: str, status: int) -> None:
    answer = httpx.get(server + path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_each_form_of_the_data_holds_the_same(server: str) -> None:
    formats = {
        "ttl": ox.RdfFormat.TURTLE,
        "nt": ox.RdfFormat.N_TRIPLES,
        "rdf": ox.RdfFormat.RDF_XML,
        "jsonld": ox.RdfFormat.JSON_LD,
    }
    found = []
    for ending, form in formats.items():
        answer = httpx.get(f"{server}/wiki/Special:EntityData/{TEHRAN}.{ending}")
        assert answer.status_code == 200
        found.append({str(triple) for triple in ox.parse(answer.content, format=form)})
    assert len(found[0]) > 200
    assert all(triples == found[0] for triples in found)


def test_a_client_library_reads_every_entity(server: str) -> None:
    items = [row["item"].rpartition("/")[2] for row in asked(server, "SELECT ?item { ?item skos:exactMatch ?thing }")]
    assert len(items) > 100
    for item in items[::9]:
        entities = httpx.get(f"{server}/wiki/Special:EntityData/{item}.json").json()["entities"]
        entity = ItemEntity().from_json(entities[item])
        assert entity.id == item
        written = json.loads(json.dumps(entity.get_json()))
        statements = [c for claims in entities[item]["claims"].values() for c in claims]
        assert sum(map(len, written["claims"].values())) == len(statements) > 0


def test_a_client_library_gets_an_entity_over_the_network(server: str) -> None:
    client = Client(base_url=f"{server}/")
    tehran = client.get(EntityId(TEHRAN), load=True)
    assert str(tehran.label) == "Tehran"
    assert str(tehran.description) == "city in Iran"
    twins = tehran.getlist(client.get(EntityId("P190")))
    assert "Q8684" in {getattr(twin, "id", "") for twin in twins}


def test_the_json_has_dates_ranks_qualifiers_and_references(server: str) -> None:
    entity = ItemEntity().from_json(
        httpx.get(f"{server}/wiki/Special:EntityData/{TEHRAN}.json").json()["entities"][TEHRAN]
    )
    mayors = entity.claims.get("P6")
    assert {claim.rank.value for claim in mayors} == {"preferred", "normal"}
    [best] = [claim for claim in mayors if claim.rank.value == "preferred"]
    assert best.mainsnak.snaktype.value == "somevalue", "the mayor has no item"
    [named] = best.qualifiers.get("P1932")
    assert named.datavalue["value"] == "Alireza Zakani"
    [start] = best.qualifiers.get("P580")
    assert (start.datavalue["value"]["time"], start.datavalue["value"]["precision"]) == ("+2021-09-02T00:00:00Z", 11)
    assert best.references.references[0].snaks.get("P854")
    [tie] = [c for c in entity.claims.get("P190") if c.mainsnak.datavalue["value"]["id"] == "Q8684"]
    [year] = tie.qualifiers.get("P580")
    assert year.datavalue["value"]["time"] == "+1963-00-00T00:00:00Z", "what the precision leaves open is nought"
    assert year.datavalue["value"]["precision"] == 9
    assert year.datavalue["value"]["calendarmodel"] == "http://www.wikidata.org/entity/Q1985727"
    [place] = entity.claims.get("P625")
    assert isinstance(place, GlobeCoordinate)
    assert place.mainsnak.datavalue["value"]["precision"] is None
    assert Time(prop_nr="P580").DTYPE == "time"


def test_a_version_without_a_view_says_so(tmp_path: Path) -> None:
    layout = copy_graph(tmp_path)
    snapshot: Snapshot = build(layout, None, lambda _: None)
    (snapshot.path / VIEW).unlink()
    with serving(layout.snapshots, "--workers", "1") as address:
        answer = httpx.get(f"{address}/wikidata/sparql", params={"query": "ASK {}"})
        assert (answer.status_code, "no Wikidata view" in answer.json()["detail"]) == (404, True)
    build(layout, None, lambda _: None)
    assert snapshot.view.is_file(), "the next build writes what is missing"
    with serving(layout.snapshots, "--workers", "1", "--wikidata", "0") as address:
        answer = httpx.get(f"{address}/entity/{TEHRAN}")
        assert (answer.status_code, "switched off" in answer.json()["detail"]) == (404, True)


def test_the_view_says_what_it_is(server: str) -> None:
    told = rdflib.Graph().parse(
        data=httpx.get(f"{server}/wikidata/sparql", headers={"Accept": "text/turtle"}, timeout=30).text
    )
    service = rdflib.URIRef(f"{server}/wikidata/sparql")
    sd = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
    assert told.value(service, sd.endpoint) == service
    assert "Wikidata" in str(told.value(service, rdflib.RDFS.label))
    assert not list(told.subjects(rdflib.RDF.type, sd.NamedGraph))
