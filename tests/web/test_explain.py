"""explain=1 tells what would be done with a query, and runs nothing."""

import time
from typing import Any

import httpx
from rdflib import RDF

from citydip.curation.snapshot import Snapshot
from tests.web.conftest import serving

SLOW = """SELECT ?city WHERE {
  ?city a cd:City .
  FILTER NOT EXISTS { ?agreement a cd:Agreement . ?agreement cd:hasParty ?city }
}"""
ENDLESS = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER (?c = city:tehran) OPTIONAL { ?j ?k ?l . ?m ?n ?o } }"


def explained(server: str, query: str, **more: str) -> dict[str, Any]:
    answer = httpx.get(f"{server}/sparql", params={"query": query, "explain": "1", **more})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-cache"
    told = answer.json()
    assert isinstance(told, dict)
    return told


def test_it_tells_how_a_query_is_read_and_rewritten(server: str) -> None:
    told = explained(server, SLOW, timeout="2")
    assert (told["form"], told["result"], told["query"]) == ("SELECT", "rows", SLOW)
    assert [rule["rule"] for rule in told["rules"]] == ["exists"]
    [rule] = told["rules"]
    assert (rule["before"], rule["after"]) == (SLOW, told["rewritten"])
    assert "?agreement cd:hasParty ?city LATERAL { ?agreement a cd:Agreement }" in str(told["rewritten"])
    assert rule["what"].endswith(".")
    limits = {"seconds": 2, "memory": 2 << 30, "rows": 2_000_000, "bytes": 512 << 20}
    assert told["limits"] == limits
    assert "text/csv" in told["formats"]
    assert told["off"] == []


def test_the_rewritten_query_is_the_one_that_runs(server: str) -> None:
    rewritten = explained(server, SLOW)["rewritten"]
    answers = [
        httpx.get(f"{server}/sparql", params={"query": query, "format": "csv"}).text.splitlines()
        for query in (SLOW, str(rewritten))
    ]
    assert sorted(answers[0]) == sorted(answers[1])
    assert len(answers[0]) > 10


def test_the_order_of_patterns_follows_the_statistics_of_the_served_graph(server: str) -> None:
    query = """SELECT ?statement ?status {
      ?statement a ?class ; cd:hasStatus ?status . ?class rdfs:subClassOf+ cd:Statement
    }"""
    told = explained(server, query)
    assert [rule["rule"] for rule in told["rules"]] == ["order"]
    assert "LATERAL { ?statement " in " ".join(told["rewritten"].split())
    answers = [
        httpx.get(f"{server}/sparql", params={"query": text, "format": "csv"}).text.splitlines()
        for text in (query, told["rewritten"])
    ]
    assert sorted(answers[0]) == sorted(answers[1])
    assert len(answers[0]) > 1


MANY = "SELECT ?class (COUNT(?name) AS ?n) { ?thing rdfs:label ?name ; a ?class } GROUP BY ?class ORDER BY ?class"


def test_it_tells_the_order_of_joins_by_columns(server: str, snapshot: Snapshot) -> None:
    told = explained(server, MANY)["columns"]
    assert {part["pattern"] for part in told} == {"?thing rdfs:label ?name", f"?thing <{RDF.type}> ?class"}
    assert told[0]["rows"] > 1000
    assert explained(server, SLOW)["columns"] is None, "it is done before a plan is made"
    assert explained(server, MANY, **{"default-graph-uri": "urn:g"})["columns"] is None, "columns have the union alone"
    with serving(snapshot.path.parent, "--rewrites-off", "columns") as address:
        assert explained(address, MANY)["columns"] is None
        answers = [httpx.get(f"{at}/sparql", params={"query": MANY, "format": "csv"}).text for at in (server, address)]
    assert answers[0] == answers[1]
    assert len(answers[0].splitlines()) > 50


def test_it_runs_nothing(server: str) -> None:
    began = time.monotonic()
    told = explained(server, ENDLESS)
    assert time.monotonic() - began < 4, "the server's deadline for queries is 5 s"
    assert told["form"] == "SELECT"


def test_it_is_asked_in_both_ways_of_posting(server: str) -> None:
    form = httpx.post(f"{server}/sparql", data={"query": SLOW, "explain": "1"})
    direct = httpx.post(
        f"{server}/sparql?explain=1", content=SLOW, headers={"content-type": "application/sparql-query"}
    )
    assert form.json() == direct.json() == explained(server, SLOW)


def test_a_query_that_no_rule_is_for_stays_as_it_is(server: str) -> None:
    text = "CONSTRUCT { ?s ?p ?o } FROM <urn:g> FROM NAMED cd:x WHERE { ?s ?p ?o }"
    told = explained(server, text)
    assert (told["rewritten"], told["rules"], told["result"]) == (text, [], "graph")
    named = ["https://w3id.org/citydip/ontology#x"]
    assert told["dataset"] == {"from": "query", "default": ["urn:g"], "named": named}
    assert "text/turtle" in told["formats"]


def test_the_data_set_of_the_request_is_told(server: str) -> None:
    told = explained(server, "ASK {}", **{"default-graph-uri": "urn:a"})
    assert told["dataset"] == {"from": "request", "default": ["urn:a"], "named": []}
    assert explained(server, "ASK {}")["dataset"] == {
        "from": "service", "default": "the union of all graphs", "named": "all graphs"
    }  # fmt: skip


def test_what_is_refused_is_refused_here_too(server: str) -> None:
    for query, status in (("INSERT DATA { <a> <b> <c> }", 403), ("ASK { ?s ?p 'open }", 400), ("", 400)):
        answer = httpx.get(f"{server}/sparql", params={"query": query, "explain": "1"})
        assert answer.status_code == status, query
    answer = httpx.get(f"{server}/sparql", params={"query": "ASK {}", "explain": "perhaps"})
    assert answer.status_code == 400
    assert "explain must be 0 or 1" in answer.text


def test_what_cannot_be_read_has_no_form(server: str) -> None:
    told = explained(server, "this is no query")
    assert (told["form"], told["rules"]) == (None, [])


def test_an_error_is_told_of_the_query_as_it_was_sent(server: str) -> None:
    broken = SLOW.replace("}\n}", "}\n  FILTER (STRLEN(?city, 2) > 1)\n}")
    assert explained(server, broken)["rules"], "this query is rewritten before the engine finds its mistake"
    answer = httpx.get(f"{server}/sparql", params={"query": broken}, headers={"accept": "application/json"})
    assert answer.status_code == 400
    told = answer.json()
    assert told["line"] == 4
    assert told["excerpt"].splitlines()[0].strip() == "FILTER (STRLEN(?city, 2) > 1)"


def test_the_operator_can_switch_rules_off(snapshot: Snapshot) -> None:
    with serving(snapshot.path.parent, "--rewrites-off", "values, exists") as address:
        told = explained(address, SLOW)
        assert (told["off"], told["rules"]) == (["exists", "values"], [])
