"""The endpoint as clients meet it: a real server, real requests."""

import csv
import io
import json
import socket
import threading
import time
import xml.etree.ElementTree as ET
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pyoxigraph as ox
import pytest
from rdflib import Graph, URIRef
from rdflib.compare import isomorphic
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import CSV, JSON, JSONLD, N3, POST, RDFXML, TSV, TURTLE, XML, SPARQLWrapper

from citydip.curation.snapshot import Snapshot
from citydip.model.terms import CD, ID
from tests.web.conftest import OPERATOR, every_store

pytestmark = every_store

MAYORS = """PREFIX cd: <https://w3id.org/citydip/ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?person ?en ?fa ?city WHERE {
  ?person cd:mayorOf ?city ; rdfs:label ?en, ?fa .
  FILTER (LANG(?en) = "en" && LANG(?fa) = "fa")
} ORDER BY ?person"""
TIES = "CONSTRUCT { ?a cd:tiedWith ?b } WHERE { ?a cd:tiedWith ?b }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


def get(server: str, query: str, accept: str | None = None, **params: str) -> httpx.Response:
    headers = {"Accept": accept} if accept else {}
    return httpx.get(server + "/sparql", params={"query": query, **params}, headers=headers, timeout=30)


def test_a_script_gets_the_mayors_with_persian_and_english_labels(server: str) -> None:
    endpoint = SPARQLWrapper(server + "/sparql", returnFormat=JSON)
    endpoint.setQuery(MAYORS)
    results = endpoint.queryAndConvert()
    assert isinstance(results, dict)
    rows = results["results"]["bindings"]
    labels = {(row["en"]["value"], row["fa"]["value"], row["city"]["value"].rsplit("/", 1)[1]) for row in rows}
    assert labels >= {
        ("Masoud Nosrati", "مسعود نصرتی", "qazvin"),
        ("Mohammad Bagher Ghalibaf", "محمدباقر قالیباف", "tehran"),
        ("Kadir Topbaş", "قدیر توپباش", "istanbul"),
        ("Mohammadreza Ghalandar Sharif", "محمدرضا قلندر شریف", "mashhad"),
        ("Ilham Sabir", "ایلهام صبیر", "urumqi"),
        ("Fatma Şahin", "فاطما شاهین", "gaziantep"),
        ("Lan Shaomin", "Lan Shaomin", "nanjing"),
    }
    assert len(labels) == 46


@pytest.mark.parametrize("form", [JSON, XML, CSV, TSV, TURTLE, N3, RDFXML, JSONLD])
def test_the_wrapper_of_python_reads_every_format_by_both_methods(server: str, form: str) -> None:
    endpoint = SPARQLWrapper(server + "/sparql", returnFormat=form)
    graph = form in (TURTLE, N3, RDFXML, JSONLD)
    endpoint.setQuery("PREFIX cd: <https://w3id.org/citydip/ontology#> " + TIES if graph else MAYORS)
    by_get = endpoint.query().response.read()
    endpoint.setMethod(POST)
    assert endpoint.query().response.read() == by_get
    assert by_get


def test_rdflib_asks_it_as_a_store(server: str) -> None:
    graph = Graph(SPARQLStore(server + "/sparql"))
    cities = set(graph.objects(URIRef(ID["person/kadir-topbas"]), CD.mayorOf))
    assert cities == {ID["city/istanbul"]}


def test_the_three_ways_of_asking_give_one_answer(server: str) -> None:
    url = server + "/sparql"
    answers = [
        httpx.get(url, params={"query": MAYORS}),
        httpx.post(url, data={"query": MAYORS}),
        httpx.post(url, content=MAYORS, headers={"Content-Type": "application/sparql-query"}),
        httpx.post(url + "/", content=MAYORS, headers={"Content-Type": "application/sparql-query; charset=utf-8"}),
    ]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        (None, "application/sparql-results+json"),
        ("application/json", "application/sparql-results+json"),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("text/csv", "text/csv"),
        ("text/tab-separated-values", "text/tab-separated-values"),
        ("text/csv;q=0.1, text/tab-separated-values;q=0.2", "text/tab-separated-values"),
        (BROWSER, "text/html"),
    ],
)
def test_rows_come_in_the_format_that_is_asked_for(server: str, accept: str | None, content_type: str) -> None:
    answer = get(server, MAYORS, accept)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == content_type + "; charset=utf-8"
    # A page is in the language of its reader; rows are the same for everybody.
    language = {"Accept-Language"} if content_type == "text/html" else set()
    assert set(answer.headers["vary"].replace(" ", "").split(",")) == {"Accept", "Accept-Encoding"} | language
    assert "قدیر توپباش" in answer.text


@pytest.mark.parametrize(
    ("accept", "content_type", "form"),
    [
        (None, "text/turtle", ox.RdfFormat.TURTLE),
        ("application/n-triples", "application/n-triples", ox.RdfFormat.N_TRIPLES),
        ("application/ld+json", "application/ld+json", ox.RdfFormat.JSON_LD),
        ("application/rdf+xml", "application/rdf+xml", ox.RdfFormat.RDF_XML),
        ("application/trig", "application/trig", ox.RdfFormat.TRIG),
        ("application/n-quads", "application/n-quads", ox.RdfFormat.N_QUADS),
    ],
)
def test_graphs_come_in_the_format_that_is_asked_for(
    server: str, accept: str | None, content_type: str, form: ox.RdfFormat
) -> None:
    answer = get(server, TIES, accept)
    assert answer.headers["content-type"] == content_type + "; charset=utf-8"
    triples = {(q.subject.value, q.object.value) for q in ox.parse(answer.content, format=form)}
    assert (str(ID["city/mashhad"]), str(ID["city/najaf"])) in triples
    assert len(triples) == 106


def test_every_graph_format_carries_the_same_triples(server: str) -> None:
    query = (
        "CONSTRUCT { ?s ?p ?o } WHERE { GRAPH <https://w3id.org/citydip/graph/articles/semnan-silk-road> { ?s ?p ?o } }"
    )
    media_types = {
        "turtle": "text/turtle",
        "xml": "application/rdf+xml",
        "nt": "application/n-triples",
        "json-ld": "application/ld+json",
    }
    graphs = [Graph().parse(data=get(server, query, accept).text, format=name) for name, accept in media_types.items()]
    assert len(graphs[0]) > 100
    assert all(isomorphic(graphs[0], other) for other in graphs[1:])


def test_datatypes_and_languages_are_exact_in_every_row_format(server: str) -> None:
    first, second = '("یک"@fa 1.5 "2017-01-03"^^xsd:date <http://x/a>)', '("a,\\"b\\"\\n" UNDEF true "x")'
    query = f"SELECT * {{ VALUES (?a ?b ?c ?d) {{ {first} {second} }} }}"
    rows = get(server, query).json()["results"]["bindings"]
    assert rows[0]["a"] == {"type": "literal", "xml:lang": "fa", "value": "یک"}
    assert rows[0]["b"] == {"type": "literal", "datatype": "http://www.w3.org/2001/XMLSchema#decimal", "value": "1.5"}
    assert rows[0]["d"] == {"type": "uri", "value": "http://x/a"}
    assert "b" not in rows[1]
    table = list(csv.DictReader(io.StringIO(get(server, query, format="csv").text)))
    assert table[1]["a"] == 'a,"b"\n'
    assert '"یک"@fa' in get(server, query, format="tsv").text
    root = ET.fromstring(get(server, query, format="xml").text)
    assert len(root.findall(".//{*}result")) == 2


@pytest.mark.parametrize(
    ("query", "form", "text"), [("ASK { ?s ?p ?o }", "csv", "true"), ("ASK { <x:a> <x:b> <x:c> }", "tsv", "false")]
)
def test_a_truth_value_is_one_word_in_tables(server: str, query: str, form: str, text: str) -> None:
    assert get(server, query, format=form).text.strip() == text


def test_describe_tells_what_is_known_of_a_thing(server: str) -> None:
    answer = get(server, "DESCRIBE <https://w3id.org/citydip/id/person/kadir-topbas>")
    assert "mayorOf" in answer.text


def test_prefixes_need_no_declaration(server: str) -> None:
    rows = get(server, "SELECT ?p { ?p cd:mayorOf city:istanbul }").json()["results"]["bindings"]
    assert rows[0]["p"]["value"].endswith("kadir-topbas")


def test_nothing_that_fits_is_406_with_what_there_is(server: str) -> None:
    answer = get(server, "ASK {}", "image/png")
    assert answer.status_code == 406
    assert "text/csv" in answer.json()["available"]


@pytest.mark.parametrize(
    ("params", "status", "words"),
    [
        ({"query": "SELECT * { ?s ?p"}, 400, "cannot be read"),
        ({"query": ""}, 400, "empty"),
        ({"query": ["ASK {}", "ASK {}"]}, 400, "given 2 times"),
        ({"query": "ASK {}", "format": "png"}, 400, "there are json, xml, csv, tsv"),
        ({"query": "ASK {}", "timeout": "soon"}, 400, "timeout must be"),
        ({"query": "ASK {}", "timeout": "-1"}, 400, "timeout must be"),
        ({"query": "DROP ALL"}, 403, "curated files are the only way in"),
        ({"query": "ASK { SERVICE <http://127.0.0.1:1/> {} }"}, 403, "SERVICE is refused"),
        ({"update": "CLEAR ALL"}, 403, "curated files are the only way in"),
    ],
)
def test_what_cannot_be_answered_says_why(server: str, params: dict[str, str], status: int, words: str) -> None:
    answer = httpx.get(server + "/sparql", params=params, headers={"Accept": "application/json"})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["access-control-allow-origin"] == "*"
    problem = answer.json()
    assert words in problem["detail"]
    assert problem["status"] == status
    assert "oxigraph" not in answer.text.lower()
    assert "Traceback" not in answer.text


def test_a_syntax_error_has_line_column_and_a_caret(server: str) -> None:
    problem = get(server, "SELECT *\nWHERE { ?s ?p }", "application/json").json()
    assert (problem["line"], problem["column"]) == (2, 16)
    assert problem["excerpt"].endswith("\n               ^")


def test_a_body_of_another_type_is_415_and_a_huge_one_413(server: str) -> None:
    url = server + "/sparql"
    assert httpx.post(url, json={"query": "ASK {}"}).status_code == 415
    assert httpx.post(url, content="ASK {}").status_code == 415
    assert "send a query" in httpx.post(url, data={"format": "csv"}).json()["detail"]
    update = httpx.post(url, content="CLEAR ALL", headers={"Content-Type": "application/sparql-update"})
    assert update.status_code == 403
    huge = httpx.post(url, content=b"#" * (2 << 20), headers={"Content-Type": "application/sparql-query"})
    assert huge.status_code == 413
    assert httpx.post(url, content=b"\xff", headers={"Content-Type": "application/sparql-query"}).status_code == 400


def test_every_answer_names_the_version_and_is_open_to_scripts(server: str, snapshot: Snapshot) -> None:
    answers = [get(server, query) for query in ("ASK {}", "nonsense")]
    answers += [httpx.get(server + path) for path in ("/", "/nothing")]
    for answer in answers:
        assert answer.headers["citydip-version"] == snapshot.version
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "citydip-version" in answer.headers["access-control-expose-headers"].lower()
        assert "access-control-allow-credentials" not in answer.headers
    preflight = httpx.options(
        server + "/sparql", headers={"Origin": "http://x", "Access-Control-Request-Method": "POST"}
    )
    assert preflight.status_code == 204
    assert "POST" in preflight.headers["access-control-allow-methods"]


def test_head_has_the_headers_of_get_and_no_body(server: str) -> None:
    by_get, by_head = (httpx.request(m, server + "/sparql", params={"query": "ASK {}"}) for m in ("GET", "HEAD"))
    assert by_head.content == b""
    for name in ("content-type", "content-length", "vary", "citydip-version"):
        assert by_get.headers[name] == by_head.headers[name]


def test_a_method_that_is_not_known_is_405_with_those_that_are(server: str) -> None:
    answer = httpx.put(server + "/sparql", content="x")
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]


@pytest.mark.endless
def test_a_query_past_its_deadline_is_killed_while_others_are_served(server: str) -> None:
    killed: list[httpx.Response] = []
    threads = [threading.Thread(target=lambda: killed.append(get(server, ENDLESS, timeout="2"))) for _ in range(2)]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    began = time.monotonic()
    for _ in range(10):
        assert get(server, "ASK { ?s ?p ?o }").json()["boolean"] is True
    assert time.monotonic() - began < 1.4, "quick queries waited for the slow ones"
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in killed] == [504, 504]
    assert all("stopped after 2 s" in answer.json()["detail"] for answer in killed)


def running(server: str) -> list[int]:
    """Return the processes that run queries of the server, as the operator sees them."""
    listed = httpx.get(server + "/queries/running", headers={"Authorization": f"Bearer {OPERATOR}"}).json()
    return [row["pid"] for row in listed]


def works(pid: int) -> bool:
    """Return whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.endless
def test_a_client_that_goes_away_stops_its_query(server: str) -> None:
    host, port = server.removeprefix("http://").split(":")
    body = f"query={ENDLESS}".encode()
    with socket.create_connection((host, int(port))) as connection:
        kind = "Content-Type: application/x-www-form-urlencoded"
        head = f"POST /sparql HTTP/1.1\r\nHost: x\r\n{kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        connection.sendall(head.encode() + body)
        end = time.monotonic() + 2
        pids: list[int] = []
        while not pids and time.monotonic() < end:
            pids = running(server)
        (pid,) = pids
        assert works(pid)
    end = time.monotonic() + 1
    while works(pid) and time.monotonic() < end:
        time.sleep(0.02)
    assert not works(pid)


def test_a_large_answer_streams_and_is_whole(server: str) -> None:
    query = "SELECT * { ?a a ?b . ?c a ?d } LIMIT 60000"
    with httpx.stream("GET", server + "/sparql", params={"query": query, "format": "csv"}) as answer:
        assert answer.headers["transfer-encoding"] == "chunked"
        lines = sum(chunk.count(b"\n") for chunk in answer.iter_bytes())
    assert lines == 60001


@pytest.mark.endless
def test_an_answer_that_is_cut_in_the_middle_breaks_the_connection(server: str) -> None:
    query = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    params = {"query": query, "format": "json", "timeout": "3"}
    with httpx.stream("GET", server + "/sparql", params=params) as answer:
        assert answer.status_code == 200
        with pytest.raises(httpx.RemoteProtocolError):
            answer.read()


def test_the_front_page_says_what_how_big_and_how(server: str) -> None:
    page = httpx.get(server + "/", headers={"Accept": BROWSER})
    assert page.status_code == 200
    for words in ("city diplomacy", "statements", "/sparql", "SPARQLWrapper", "licence"):
        assert words in page.text
    assert "گراف دانش" in httpx.get(server + "/?lang=fa", headers={"Accept": BROWSER}).text
    links = [part.split('"', 1)[0] for part in page.text.split('class="run" href="')[1:]]
    assert len(links) == 3
    for link in links:
        result = httpx.get(urljoin(server, link.replace("&amp;", "&")), headers={"Accept": BROWSER})
        assert result.status_code == 200
        assert "<td" in result.text
        assert "0 rows" not in result.text


def test_pages_ask_no_other_host(server: str) -> None:
    for path in ("/", "/sparql"):
        page = httpx.get(server + path, headers={"Accept": BROWSER}).text
        markers = ('src="', '<link rel="stylesheet" href="')
        loaded = [part.split('"', 1)[0] for marker in markers for part in page.split(marker)[1:]]
        assert loaded
        assert all(link.startswith(server) for link in loaded)


def test_hostile_values_are_shown_and_not_run(server: str) -> None:
    page = get(server, 'SELECT ?x { VALUES ?x { "<script>alert(1)</script>" } }', BROWSER)
    assert "<script>" not in page.text
    assert "&lt;script&gt;" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_health_tells_alive_and_ready_apart(server: str, snapshot: Snapshot) -> None:
    assert httpx.get(server + "/health/live").json() == {"alive": True}
    assert httpx.get(server + "/health/ready").json()["version"] == snapshot.version


def test_the_api_document_is_valid_json(server: str) -> None:
    assert "/sparql" in json.loads(httpx.get(server + "/openapi.json").text)["paths"]
