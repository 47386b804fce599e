"""Clients that people use, each as its own documentation or source says, against a real server.

Python clients and curl run themselves. Of the others, which would need Java, R or a browser, the requests are sent
as their source builds them, and the answer is read as they read it.
"""

import csv
import io
import json
import subprocess
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import pandas as pd
import pyoxigraph as ox
import pytest
import requests
from rdflib import RDF, RDFS, ConjunctiveGraph, Graph, Literal, URIRef, Variable
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import JSON, POST, POSTDIRECTLY, RDFXML, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed

from citydip.curation.snapshot import Snapshot
from citydip.model.terms import CD, GRAPH, ID
from tests.conftest import ROOT

TOPBAS = URIRef(ID["person/kadir-topbas"])
ISTANBUL = URIRef(ID["city/istanbul"])
with (ROOT / "tests" / "catalogue" / "golden" / "mayors.csv").open(encoding="utf-8", newline="") as known:
    MAYORS = [(row["actor"], row["city"]) for row in csv.DictReader(known) if row["named"] == "true"]
CITIES = {city for _, city in MAYORS}
ROWS = "SELECT DISTINCT ?city WHERE { ?person cd:mayorOf ?city } ORDER BY ?city"
NAMES = 'SELECT ?name WHERE { city:istanbul rdfs:label ?name FILTER (LANG(?name) = "fa") }'
TRIPLES = "CONSTRUCT { ?person cd:mayorOf ?city } WHERE { ?person cd:mayorOf ?city }"
FORM = "application/x-www-form-urlencoded"


class TestSPARQLWrapper:
    """https://sparqlwrapper.readthedocs.io/en/latest/main.html#how-to-use."""

    @pytest.mark.parametrize("how", ["GET", POST, POSTDIRECTLY])
    def test_a_select_is_converted(self, server: str, how: str) -> None:
        endpoint = SPARQLWrapper(server + "/sparql")
        endpoint.setReturnFormat(JSON)
        if how == POSTDIRECTLY:
            endpoint.setMethod(POST)
            endpoint.setRequestMethod(POSTDIRECTLY)
        else:
            endpoint.setMethod(how)
        endpoint.setQuery(ROWS)
        results: Any = endpoint.queryAndConvert()
        assert {row["city"]["value"] for row in results["results"]["bindings"]} == CITIES

    def test_an_ask_a_construct_and_a_default_graph(self, server: str) -> None:
        endpoint = SPARQLWrapper(server + "/sparql", returnFormat=JSON, defaultGraph=str(GRAPH["gazetteer"]))
        endpoint.setQuery("ASK WHERE { ?person cd:mayorOf ?city }")
        truth: Any = endpoint.queryAndConvert()
        assert truth["boolean"] is False
        endpoint = SPARQLWrapper(server + "/sparql", returnFormat=RDFXML)
        endpoint.setQuery(TRIPLES)
        graph: Any = endpoint.queryAndConvert()
        assert {str(city) for city in graph.objects()} == CITIES

    def test_a_syntax_error_is_its_own_exception(self, server: str) -> None:
        endpoint = SPARQLWrapper(server + "/sparql")
        endpoint.setQuery("SELECT WHERE")
        with pytest.raises(QueryBadFormed, match="query-syntax"):
            endpoint.query()


class TestRdflib:
    """https://rdflib.readthedocs.io/en/stable/apidocs/rdflib.plugins.stores/#rdflib.plugins.stores.sparqlstore.SPARQLStore."""

    @pytest.mark.parametrize("form", ["xml", "json", "csv", "tsv"])
    @pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
    def test_a_query_in_every_format_and_by_every_method(self, server: str, method: str, form: str) -> None:
        store = SPARQLStore(server + "/sparql", returnFormat=form, method=method)
        assert {str(row[0]) for row in Graph(store).query(ROWS)} == CITIES  # type: ignore[index]

    def test_a_graph_is_searched_by_pattern(self, server: str) -> None:
        graph = Graph(SPARQLStore(server + "/sparql"))
        assert set(graph.objects(TOPBAS, CD.mayorOf)) == {ISTANBUL}
        assert (TOPBAS, CD.mayorOf, ISTANBUL) in graph
        assert (ISTANBUL, CD.mayorOf, TOPBAS) not in graph
        assert Literal("استانبول", lang="fa") in set(graph.objects(ISTANBUL, RDFS.label))

    def test_bindings_and_namespaces_are_given_from_outside(self, server: str) -> None:
        graph = Graph(SPARQLStore(server + "/sparql"))
        rows = graph.query(
            "SELECT ?person ?city WHERE { ?person our:mayorOf ?city }",
            initNs={"our": str(CD)},
            initBindings={"city": ISTANBUL},
        )
        assert list(rows) == [(TOPBAS, ISTANBUL)]

    def test_limit_offset_and_order_are_attributes(self, server: str) -> None:
        graph = Graph(SPARQLStore(server + "/sparql"))
        everything = sorted(graph.subjects(CD.mayorOf), key=str)
        graph.LIMIT, graph.OFFSET, graph.ORDERBY = 2, 1, Variable("s")  # type: ignore[attr-defined]
        assert list(graph.subjects(CD.mayorOf)) == everything[1:3]

    @pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")
    def test_a_named_graph_is_a_context(self, server: str, snapshot: Snapshot) -> None:
        store = SPARQLStore(server + "/sparql")
        gazetteer = Graph(store, identifier=URIRef(GRAPH["gazetteer"]))
        assert len(gazetteer) == snapshot.graphs[str(GRAPH["gazetteer"])]
        together = ConjunctiveGraph(store)
        assert set(together.get_context(gazetteer.identifier).subjects(RDF.type)) == set(gazetteer.subjects(RDF.type))
        assert len(set(together.subjects(CD.mayorOf))) == len({person for person, _ in MAYORS})
        assert list(gazetteer.subjects(CD.mayorOf)) == []
        names = {str(name) for name in store.contexts()}
        assert str(GRAPH["gazetteer"]) in names

    def test_a_construct_and_a_describe_give_graphs(self, server: str) -> None:
        graph = Graph(SPARQLStore(server + "/sparql", returnFormat="application/rdf+xml"))
        made = graph.query(TRIPLES).graph
        assert made is not None
        assert {str(city) for city in made.objects()} == CITIES
        described = graph.query(f"DESCRIBE <{TOPBAS}>").graph
        assert described is not None
        assert (TOPBAS, CD.mayorOf, ISTANBUL) in described


class TestPandas:
    """https://pandas.pydata.org/docs/reference/api/pandas.read_csv.html, https://requests.readthedocs.io."""

    def test_rows_become_a_frame(self, server: str) -> None:
        answer = requests.get(server + "/sparql", params={"query": ROWS}, headers={"Accept": "text/csv"}, timeout=30)
        answer.raise_for_status()
        frame = pd.read_csv(io.StringIO(answer.text))
        assert list(frame.columns) == ["city"]
        assert set(frame["city"]) == CITIES

    def test_an_address_is_a_file_to_pandas(self, server: str) -> None:
        address = f"{server}/sparql?format=csv&query={quote(NAMES)}"
        assert list(pd.read_csv(address)["name"]) == ["استانبول"]

    def test_json_becomes_a_frame(self, server: str) -> None:
        answer = requests.post(
            server + "/sparql", data={"query": ROWS}, headers={"Accept": "application/json"}, timeout=30
        )
        frame = pd.json_normalize(answer.json()["results"]["bindings"])
        assert set(frame["city.value"]) == CITIES
        raw = pd.read_json(io.StringIO(answer.text))
        assert len(raw["results"]["bindings"]) == len(CITIES)

    def test_numbers_and_empty_cells_are_what_they_are(self, server: str) -> None:
        query = 'SELECT ?n ?t { VALUES (?n ?t) { (1 "NA") (UNDEF "") (2.5 UNDEF) } }'
        answer = requests.get(server + "/sparql", params={"query": query, "format": "csv"}, timeout=30)
        frame = pd.read_csv(io.StringIO(answer.text), keep_default_na=False, na_values={"n": [""]})
        assert sorted(frame["n"].dropna()) == [1, 2.5]
        assert sorted(frame["t"]) == ["", "", "NA"]

    def test_requests_sees_an_error(self, server: str) -> None:
        answer = requests.get(server + "/sparql", params={"query": "SELECT"}, timeout=30)
        with pytest.raises(requests.HTTPError, match="400"):
            answer.raise_for_status()
        assert answer.json()["line"] == 1


class TestCurl:
    """https://curl.se/docs/manpage.html."""

    @staticmethod
    def run(*options: str) -> subprocess.CompletedProcess[bytes]:
        command = ["curl", "--silent", "--show-error", *options]
        return subprocess.run(command, capture_output=True, timeout=60, check=False)

    def read(self, *options: str) -> str:
        done = self.run(*options)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    def test_a_form_is_posted(self, server: str) -> None:
        table = self.read("--data-urlencode", f"query={ROWS}", "-H", "Accept: text/csv", server + "/sparql")
        assert set(table.split()[1:]) == CITIES

    def test_with_get_it_is_an_address(self, server: str) -> None:
        table = self.read("-G", "--data-urlencode", f"query={NAMES}", "-d", "format=tsv", server + "/sparql")
        assert table == '?name\n"استانبول"@fa\n'

    def test_a_file_is_sent_as_it_is(self, server: str, tmp_path: Path) -> None:
        file = tmp_path / "query.rq"
        file.write_text("# mayors\n" + ROWS, encoding="utf-8")
        as_form = self.read("--data-urlencode", f"query@{file}", "-d", "format=csv", server + "/sparql")
        as_body = self.read(
            "-H", "Content-Type: application/sparql-query", "--data-binary", f"@{file}", server + "/sparql?format=csv"
        )
        assert as_form == as_body
        assert set(as_body.split()[1:]) == CITIES

    def test_it_asks_for_compression_and_undoes_it(self, server: str) -> None:
        query = "SELECT * { ?s a ?class } ORDER BY ?s ?class LIMIT 500"
        options = ("-G", "--data-urlencode", f"query={query}", server + "/sparql")
        plain = self.read(*options)
        with_head = self.read("--compressed", "-i", *options)
        head, _, body = with_head.partition("\r\n\r\n")
        assert "content-encoding:" in head.lower()
        assert body == plain

    def test_an_error_fails_and_can_be_read_all_the_same(self, server: str) -> None:
        options = ("-G", "--data-urlencode", "query=SELECT", server + "/sparql")
        plain = self.run("--fail", *options)
        assert (plain.returncode, plain.stdout) == (22, b"")
        told = self.run("--fail-with-body", *options)
        assert told.returncode == 22
        assert json.loads(told.stdout)["status"] == 400

    def test_head_and_conditions(self, server: str) -> None:
        options = ("-G", "--data-urlencode", f"query={ROWS}", server + "/sparql")
        head = self.read("--head", *options)
        tag = next(line for line in head.splitlines() if line.lower().startswith("etag:")).partition(":")[2].strip()
        status = self.read("-o", "/dev/null", "-w", "%{http_code}", "-H", f"If-None-Match: {tag}", *options)
        assert status == "304"


JENA_ROWS = (
    "application/sparql-results+json,application/sparql-results+xml;q=0.9,text/tab-separated-values;q=0.7,"
    "text/csv;q=0.5,application/json;q=0.2,application/xml;q=0.2,*/*;q=0.1"
)
JENA_GRAPH = "text/turtle,application/n-triples;q=0.9,application/ld+json;q=0.8,application/rdf+xml;q=0.7,*/*;q=0.3"
RDF4J_ROWS = (
    "text/csv;q=0.8, application/x-sparqlstar-results+json;q=0.8, application/sparql-results+json;q=0.8, "
    "application/json;q=0.8, application/sparql-results+xml, application/xml, text/tab-separated-values;q=0.8, "
    "application/x-binary-rdf-results-table"
)
COMUNICA_ROWS = "application/sparql-results+json;q=1.0,application/sparql-results+xml;q=0.7"
YASQE_ROWS = "application/sparql-results+json,*/*;q=0.9"


@dataclass(frozen=True)
class Request:
    """A request as a client builds it.

    Args:
        client: who sends it.
        source: where that is written down.
        accept: its Accept header; None sends none.
        expected: the media type that it must get.
        query: what it asks.
        method: GET, or POST for a form.
        more: further parameters that it sends.
    """

    client: str
    source: str
    accept: str | None
    expected: str
    query: str = ROWS
    method: str = "GET"
    more: tuple[tuple[str, str], ...] = ()


JSON_TYPE, XML_TYPE = "application/sparql-results+json", "application/sparql-results+xml"
REQUESTS = [
    Request("YASGUI", "zazuko/Yasgui packages/yasqe/src/defaults.ts", YASQE_ROWS, JSON_TYPE, method="POST"),
    Request("YASGUI by GET", "zazuko/Yasgui packages/yasqe/src/sparql.ts", YASQE_ROWS, JSON_TYPE),
    Request(
        "YASGUI, a graph",
        "zazuko/Yasgui packages/yasqe/src/defaults.ts",
        "application/n-triples,*/*;q=0.9",
        "application/n-triples",
        TRIPLES,
        "POST",
    ),
    Request("Jena, rsparql", "apache/jena WebContent.java defaultSparqlResultsHeader", JENA_ROWS, JSON_TYPE),
    Request("Jena, a long query", "apache/jena QueryExecHTTP.java", JENA_ROWS, JSON_TYPE, method="POST"),
    Request("Jena, a graph", "apache/jena WebContent.java", JENA_GRAPH, "text/turtle", TRIPLES),
    Request(
        "RDF4J",
        "eclipse-rdf4j/rdf4j SPARQLProtocolSession.java",
        RDF4J_ROWS,
        XML_TYPE,
        more=(("queryLn", "SPARQL"), ("infer", "true"), ("timeout", "4")),
    ),
    Request(
        "RDF4J, a long query",
        "eclipse-rdf4j/rdf4j SPARQLProtocolSession.java",
        RDF4J_ROWS,
        XML_TYPE,
        method="POST",
        more=(("queryLn", "SPARQL"), ("infer", "false")),
    ),
    Request(
        "Comunica",
        "rubensworks/fetch-sparql-endpoint.js lib/SparqlEndpointFetcher.ts",
        COMUNICA_ROWS,
        JSON_TYPE,
        method="POST",
    ),
    Request(
        "Comunica, a graph",
        "rubensworks/fetch-sparql-endpoint.js lib/SparqlEndpointFetcher.ts",
        "text/turtle",
        "text/turtle",
        TRIPLES,
        "POST",
    ),
    Request(
        "scripts written for Wikidata",
        "https://www.wikidata.org/wiki/Wikidata:SPARQL_query_service/queries/examples",
        None,
        JSON_TYPE,
        more=(("format", "json"),),
    ),
    Request(
        "OpenRefine, SPARQL import",
        "OpenRefine/SparqlExtension SPARQLQueryResultPreviewReader.java",
        None,
        JSON_TYPE,
        more=(("format", "json"),),
    ),
    Request(
        "OpenRefine, RDF extension",
        "stkenny/grefine-rdf-extension RemoteQueryExecutor.java, which asks through Jena",
        JENA_ROWS,
        JSON_TYPE,
        more=(("default-graph-uri", str(GRAPH["computed/mayor-of"])),),
    ),
    Request(
        "scripts written for Virtuoso",
        "https://docs.openlinksw.com/virtuoso/rdfsparqlprotocolendpoint/",
        None,
        JSON_TYPE,
        more=(("format", "application/sparql-results+json"), ("timeout", "3"), ("should-sponge", "")),
    ),
]


def values(answer: httpx.Response) -> set[str]:
    """Return the cities of an answer, read as its content type says."""
    media_type = answer.headers["content-type"].partition(";")[0]
    if media_type == JSON_TYPE:
        return {row["city"]["value"] for row in answer.json()["results"]["bindings"]}
    if media_type == XML_TYPE:
        return {uri.text or "" for uri in ET.fromstring(answer.text).findall(".//{*}binding[@name='city']/{*}uri")}
    form = ox.RdfFormat.from_media_type(media_type)
    assert form is not None
    return {
        quad.object.value for quad in ox.parse(answer.content, format=form) if isinstance(quad.object, ox.NamedNode)
    }


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda request: request.client)
def test_a_request_as_its_client_builds_it(server: str, request_: Request) -> None:
    headers = {"Accept": request_.accept or "*/*"}
    pairs = [("query", request_.query), *request_.more]
    with httpx.Client(headers=headers) as client:
        if request_.accept is None:
            del client.headers["accept"]
        if request_.method == "POST":
            kind = {"Content-Type": f"{FORM}; charset=utf-8"}
            answer = client.post(server + "/sparql", content=urlencode(pairs), headers=kind)
        else:
            answer = client.get(server + "/sparql?" + urlencode(pairs))
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].partition(";")[0] == request_.expected
    assert values(answer) == CITIES


class TestR:
    """The package SPARQL: https://github.com/cran/SPARQL/blob/master/R/SPARQL.R, by RCurl's getURL and XML."""

    # What URLencode of R leaves as it is: unreserved characters, and without ``reserved = TRUE`` reserved ones too.
    UNRESERVED = "-._~"
    RESERVED = UNRESERVED + "!$&'()*+,;=:/?@#[]"

    @pytest.mark.parametrize("extra", ["", "&output=xml", "&format=xml&timeout=3"])
    def test_rows_come_as_xml(self, server: str, extra: str) -> None:
        address = f"{server}/sparql?query={quote(ROWS, safe=self.UNRESERVED)}{extra}"
        answer = httpx.get(address, headers={"Accept": XML_TYPE})
        assert answer.headers["content-type"].startswith(XML_TYPE)
        names = [name.get("name") for name in ET.fromstring(answer.text).findall("{*}head/{*}variable")]
        assert names == ["city"]
        assert values(answer) == CITIES

    def test_its_first_versions_leave_reserved_characters_as_they_are(self, server: str) -> None:
        query = "SELECT ?city WHERE { ?person cd:mayorOf ?city ; a ?class . } GROUP BY ?city"
        host, _, port = server.removeprefix("http://").partition(":")
        target = f"/sparql?query={quote(query, safe=self.RESERVED)}"
        assert "?city" in target
        done = subprocess.run(
            ["curl", "-s", "--globoff", "-H", f"Accept: {XML_TYPE}", f"http://{host}:{port}{target}"],
            capture_output=True,
            timeout=60,
            check=True,
        )
        found = ET.fromstring(done.stdout).findall(".//{*}binding[@name='city']/{*}uri")
        assert {uri.text for uri in found} == CITIES

    def test_an_address_is_a_file_to_read_csv(self, server: str) -> None:
        address = f"{server}/sparql?format=csv&query={quote(NAMES, safe='')}"
        answer = httpx.get(address, headers={"User-Agent": "R (4.3.1 x86_64-pc-linux-gnu x86_64 linux-gnu)"})
        assert answer.text.replace("\r", "") == "name\nاستانبول\n"
