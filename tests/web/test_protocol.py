"""What the protocol has besides queries and answers: conditions, compression, descriptions, graphs, stopping."""

import threading
import time

import httpx
import pyoxigraph as ox
import pytest
from rdflib import RDF, Graph, Namespace, URIRef
from rdflib.compare import isomorphic

from citydip.curation.snapshot import Snapshot
from tests.web.conftest import OPERATOR, every_store

pytestmark = every_store

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
ALL_CITIES = "SELECT ?city ?label { ?city a cd:City ; rdfs:label ?label } ORDER BY ?city ?label"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
NAME = "a-name-nobody-guesses"


def get(server: str, query: str, headers: dict[str, str] | None = None, **params: str) -> httpx.Response:
    return httpx.get(server + "/sparql", params={"query": query, **params}, headers=headers, timeout=30)


def test_an_answer_that_the_client_has_is_not_sent_again(server: str, snapshot: Snapshot) -> None:
    first = get(server, ALL_CITIES)
    tag = first.headers["etag"]
    assert tag.startswith(f'W/"{snapshot.version}-')
    again = get(server, ALL_CITIES, {"If-None-Match": tag})
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["etag"] == tag
    assert get(server, ALL_CITIES, {"If-None-Match": '"another"'}).status_code == 200


def test_the_tag_tells_query_format_and_data_set_apart(server: str) -> None:
    tags = {
        get(server, ALL_CITIES).headers["etag"],
        get(server, ALL_CITIES + " LIMIT 1").headers["etag"],
        get(server, ALL_CITIES, format="csv").headers["etag"],
        get(server, ALL_CITIES, None, **{"default-graph-uri": "https://w3id.org/citydip/graph/gazetteer"}).headers[
            "etag"
        ],
    }
    assert len(tags) == 4


@pytest.mark.parametrize("function", ["NOW()", "RAND()", "UUID()", "STRUUID()", "bnode()"])
def test_an_answer_that_changes_from_run_to_run_has_no_tag(server: str, function: str) -> None:
    assert "etag" not in get(server, f"SELECT ({function} AS ?x) {{}}").headers


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd"])
def test_answers_are_compressed_as_the_client_likes(server: str, encoding: str) -> None:
    with httpx.stream(
        "GET", server + "/sparql", params={"query": ALL_CITIES}, headers={"Accept-Encoding": encoding}
    ) as answer:
        raw = b"".join(answer.iter_raw())
        assert answer.headers["content-encoding"] == encoding
        assert "Accept-Encoding" in answer.headers["vary"]
    assert len(raw) < len(get(server, ALL_CITIES, {"Accept-Encoding": "identity"}).content) / 2


def test_without_a_query_the_endpoint_describes_itself(server: str, snapshot: Snapshot) -> None:
    answer = httpx.get(server + "/sparql")
    assert answer.headers["content-type"] == "text/turtle; charset=utf-8"
    graph = Graph().parse(data=answer.text, format="turtle")
    service = URIRef(server + "/sparql")
    assert (service, RDF.type, SD.Service) in graph
    assert (service, SD.endpoint, service) in graph
    assert (service, SD.feature, SD.UnionDefaultGraph) in graph
    assert {str(name) for name in graph.objects(None, SD.name)} == set(snapshot.graphs)
    assert len(set(graph.objects(service, SD.resultFormat))) == 10


@pytest.mark.parametrize(
    ("accept", "form"),
    [("application/ld+json", "json-ld"), ("application/rdf+xml", "xml"), ("application/n-triples", "nt")],
)
def test_the_description_is_negotiated(server: str, accept: str, form: str) -> None:
    turtle = Graph().parse(data=httpx.get(server + "/sparql").text, format="turtle")
    other = httpx.get(server + "/sparql", headers={"Accept": accept})
    assert other.headers["content-type"].startswith(accept)
    assert isomorphic(turtle, Graph().parse(data=other.text, format=form))


def test_a_named_graph_can_be_fetched_by_name_and_at_its_address(server: str, snapshot: Snapshot) -> None:
    name = "https://w3id.org/citydip/graph/gazetteer"
    indirect = httpx.get(server + "/graph", params={"graph": name}, headers={"Accept": "application/n-triples"})
    direct = httpx.get(server + "/graph/gazetteer", headers={"Accept": "application/n-triples"})
    assert indirect.status_code == 200
    assert sorted(indirect.text.splitlines()) == sorted(direct.text.splitlines())
    assert len(set(direct.text.splitlines())) == snapshot.graphs[name]
    head = httpx.head(server + "/graph/gazetteer")
    assert (head.status_code, head.content) == (200, b"")


def test_all_graphs_together_are_the_default_graph(server: str) -> None:
    answer = httpx.get(server + "/graph?default", headers={"Accept": "application/n-triples"}, timeout=30)
    triples = {str(quad) for quad in ox.parse(answer.content, format=ox.RdfFormat.N_TRIPLES)}
    assert len(triples) == int(get(server, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", format="csv").text.split()[1])


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/graph?x=1", 400),
        ("/graph?default&graph=https://w3id.org/citydip/graph/gazetteer", 400),
        ("/graph?graph=http://example.org/none", 404),
        ("/graph/none", 404),
    ],
)
def test_a_graph_that_is_not_there_says_so(server: str, path: str, status: int) -> None:
    answer = httpx.get(server + path, headers={"Accept": "application/json"})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_graphs_cannot_be_written(server: str) -> None:
    for method in ("PUT", "POST", "DELETE", "PATCH"):
        assert httpx.request(method, server + "/graph/gazetteer", content="").status_code == 405


def test_each_query_has_a_name_and_says_its_limit(server: str) -> None:
    one, two = get(server, "ASK {}"), get(server, "ASK {}", timeout="1.5")
    assert one.headers["citydip-query"] != two.headers["citydip-query"]
    assert one.headers["citydip-timeout"] == "5"
    assert two.headers["citydip-timeout"] == "1.5"
    assert get(server, "ASK {}", timeout="600").headers["citydip-timeout"] == "5"


@pytest.mark.endless
def test_a_query_that_fails_has_its_name_too(server: str) -> None:
    failed = get(server, "SELECT nothing", {"Accept": "application/json"}, **{"query-id": NAME})
    assert (failed.status_code, failed.headers["citydip-query"]) == (400, NAME)
    late = get(server, ENDLESS, {"Accept": "application/json"}, timeout="0.3")
    assert late.status_code == 504
    assert late.headers["citydip-query"]


@pytest.mark.parametrize("name", ["short", "with spaces in it indeed", "x" * 65])
def test_a_name_that_could_be_guessed_is_refused(server: str, name: str) -> None:
    assert get(server, "ASK {}", {"Accept": "application/json"}, **{"query-id": name}).status_code == 400


@pytest.mark.endless
def test_who_started_a_query_can_stop_it_and_the_operator_sees_it(server: str) -> None:
    answers: list[httpx.Response] = []
    asking = threading.Thread(
        target=lambda: answers.append(get(server, ENDLESS, {"Accept": "application/json"}, **{"query-id": NAME}))
    )
    asking.start()
    operator = {"Authorization": f"Bearer {OPERATOR}"}
    listed: list[dict[str, object]] = []
    end = time.monotonic() + 3
    while not listed and time.monotonic() < end:
        listed = httpx.get(server + "/queries/running", headers=operator).json()
    assert [(row["id"], row["client"]) for row in listed] == [(NAME, "127.0.0.1")]
    assert httpx.get(server + "/queries/running").status_code == 403
    assert httpx.delete(server + "/queries/another-name-nobody-guesses").status_code == 404
    assert httpx.delete(server + f"/queries/{NAME}").status_code == 204
    asking.join()
    assert answers[0].status_code == 409
    assert "was stopped" in answers[0].json()["detail"]
    assert httpx.get(server + "/queries/running", headers=operator).json() == []


def test_a_result_that_is_too_large_for_a_page_says_what_to_do(server: str) -> None:
    answer = get(server, "SELECT * { ?a a ?b . ?c a ?d } LIMIT 200000", {"Accept": "text/html"})
    assert answer.status_code == 413
    assert "add a LIMIT" in answer.text


@pytest.mark.parametrize("path", ["/nothing", "/sparql?query=DROP+ALL", "/graph/none"])
def test_people_get_errors_as_pages(server: str, path: str) -> None:
    answer = httpx.get(server + path, headers={"Accept": "text/html"})
    assert 400 <= answer.status_code < 500
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert f"Status {answer.status_code}" in answer.text
