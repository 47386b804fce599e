"""Every case of the W3C test suite of the SPARQL 1.1 Protocol, by its name there.

Source: https://github.com/w3c/rdf-tests, ``sparql11/data-sparql11/protocol/manifest.ttl``. Cases of queries hold as
they stand. An update is refused with 403 and a sentence, well-formed or not, and the data stay what they were: this
service has no write side. The suite's graphs are those of its manifest, each with one triple about itself.
"""

import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from citydip.model.terms import BASE
from tests.web.conftest import serving

DATA = "http://kasei.us/2009/09/sparql/data/data{}.rdf"
DATA0, DATA1, DATA2, DATA3 = map(DATA.format, range(4))
FORM, QUERY, UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"
TRUTH = ("application/sparql-results+xml", "application/sparql-results+json")
ROWS = (*TRUTH, "text/tab-separated-values", "text/csv")
GRAPH = ("application/rdf+xml", "text/turtle", "application/n-triples", "text/html", "application/ld+json")
QUADS = "".join(
    f"<{iri}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://xmlns.com/foaf/0.1/Document> <{iri}> .\n"
    for iri in (DATA0, DATA1, DATA2, DATA3)
)
IN_BOTH = f"ASK {{ <{DATA1}> a ?type . <{DATA2}> a ?type . }}"
IN_EACH = f"ASK {{ GRAPH ?g1 {{ <{DATA1}> a ?type }} GRAPH ?g2 {{ <{DATA2}> a ?type }} }}"
FULL = f"ASK {{ <{DATA3}> a ?type GRAPH ?g1 {{ <{DATA1}> a ?type }} GRAPH ?g2 {{ <{DATA2}> a ?type }} }}"
CONFLICT = f"ASK FROM <{DATA3}> {{ GRAPH ?g1 {{ <{DATA1}> a ?type }} GRAPH ?g2 {{ <{DATA2}> a ?type }} }}"
INSERT = "INSERT { GRAPH <http://example.org/test/> { ?s a ?type } } WHERE { ?s a ?type }"

Pairs = Sequence[tuple[str, str]]


def form(*pairs: tuple[str, str]) -> str:
    """Return parameters as a form."""
    return "&".join(f"{name}={quote(value, safe='')}" for name, value in pairs)


@dataclass(frozen=True)
class Case:
    """A request of the suite, and what it must get.

    Args:
        name: as in the suite.
        method: HTTP method.
        address: parameters of the address.
        kind: Content-Type of the body; None sends none.
        body: the body.
        expected: content types of which one must come, with 200; or the class of status.
        status: the status that we give where the suite leaves it open.
    """

    name: str
    method: str = "POST"
    address: Pairs = ()
    kind: str | None = None
    body: bytes = b""
    expected: tuple[str, ...] = ()
    status: int = 200


def queried(name: str, expected: tuple[str, ...], query: str, *more: tuple[str, str]) -> Case:
    """Return a query by POST with a form."""
    return Case(name, kind=FORM, body=form(("query", query), *more).encode(), expected=expected)


def updated(name: str, update: str, *address: tuple[str, str]) -> Case:
    """Return an update by POST with a form."""
    return Case(name, address=address, kind=FORM, body=form(("update", update)).encode(), status=403)


DEFAULT0, DEFAULT1, DEFAULT2 = (("default-graph-uri", iri) for iri in (DATA0, DATA1, DATA2))
DEFAULT3 = ("default-graph-uri", DATA3)
NAMED = (("named-graph-uri", DATA1), ("named-graph-uri", DATA2))
USING0, USING1, USING2 = (("using-graph-uri", iri) for iri in (DATA0, DATA1, DATA2))
ASK = ("query", "ASK {}")

TRUE = [
    Case("query_get", "GET", [ASK, DEFAULT0], expected=TRUTH),
    queried("query_post_form", TRUTH, "ASK {}", DEFAULT0),
    Case("query_post_direct", address=[DEFAULT0], kind=QUERY, body=b"ASK {}", expected=TRUTH),
    queried("query_dataset_default_graph", TRUTH, f"ASK {{ <{DATA1}> ?p ?o }}", DEFAULT1),
    Case("query_dataset_default_graphs_get", "GET", [("query", IN_BOTH), DEFAULT1, DEFAULT2], expected=TRUTH),
    queried("query_dataset_default_graphs_post", TRUTH, IN_BOTH, DEFAULT1, DEFAULT2),
    queried("query_dataset_named_graphs_post", TRUTH, IN_EACH, *NAMED),
    Case("query_dataset_named_graphs_get", "GET", [("query", IN_EACH), *NAMED], expected=TRUTH),
    queried("query_dataset_full", TRUTH, FULL, DEFAULT3, *NAMED),
    queried("query_multiple_dataset", TRUTH, CONFLICT, *NAMED),
]
CONTENT = [
    queried("query_content_type_select", ROWS, "SELECT (1 AS ?value) {}", DEFAULT0),
    queried("query_content_type_ask", TRUTH, "ASK {}", DEFAULT0),
    queried("query_content_type_describe", GRAPH, "DESCRIBE <http://example.org/>", DEFAULT0),
    queried("query_content_type_construct", GRAPH, "CONSTRUCT { <s> <p> 1 } WHERE {}", DEFAULT0),
]
BAD = [
    Case("bad_query_method", "PUT", [ASK, DEFAULT0], status=405),
    Case("bad_multiple_queries", "GET", [ASK, ("query", "SELECT * {}"), DEFAULT0], status=400),
    Case("bad_query_wrong_media_type", address=[DEFAULT0], kind="text/plain", body=b"ASK {}", status=415),
    Case("bad_query_missing_form_type", body=form(ASK, DEFAULT0).encode(), status=415),
    Case("bad_query_missing_direct_type", address=[DEFAULT0], body=b"ASK {}", status=415),
    Case(
        "bad_query_non_utf8",
        address=[DEFAULT0],
        kind=f"{QUERY}; charset=UTF-16",
        body="ASK {}".encode("utf-16"),
        status=415,
    ),
    Case("bad_query_syntax", "GET", [("query", "ASK {"), DEFAULT0], status=400),
]
UPDATES = [
    updated("update_dataset_default_graph", INSERT, USING1),
    updated("update_dataset_default_graphs", INSERT, USING1, USING2),
    updated("update_dataset_named_graphs", INSERT, USING1, USING2),
    Case(
        "update_dataset_full",
        address=[("update", INSERT), USING1, ("using-named-graph-uri", DATA2)],
        kind=FORM,
        status=403,
    ),
    updated("update_post_form", "CLEAR ALL"),
    Case("update_post_direct", kind=UPDATE, body=b"CLEAR ALL", status=403),
    updated("update_base_uri", "INSERT DATA { GRAPH <http://example.org/test/> { <http://x/s> <http://x/p> <test> } }"),
    Case("bad_update_get", "GET", [("update", "CLEAR ALL"), USING0], status=403),
    Case(
        "bad_multiple_updates",
        address=[USING0],
        kind=FORM,
        body=form(("update", "CLEAR ALL"), ("update", "CLEAR DEFAULT")).encode(),
        status=403,
    ),
    updated("bad_update_syntax", "CLEAR XYZ", USING0),
    updated("bad_update_dataset_conflict", f"WITH <{DATA1}> DELETE {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o }}", USING0),
]
BAD_UPDATES = [
    Case("bad_update_wrong_media_type", address=[USING0], kind="text/plain", body=b"CLEAR NAMED", status=415),
    Case("bad_update_missing_form_type", address=[USING0], body=b"CLEAR NAMED", status=415),
    Case(
        "bad_update_non_utf8",
        address=[USING0],
        kind=f"{UPDATE}; charset=UTF-16",
        body="CLEAR NAMED".encode("utf-16"),
        status=415,
    ),
]
SUITE = """
query_get query_post_form query_post_direct query_dataset_default_graph query_dataset_default_graphs_get
query_dataset_default_graphs_post query_dataset_named_graphs_post query_dataset_named_graphs_get query_dataset_full
query_multiple_dataset query_content_type_select query_content_type_ask query_content_type_describe
query_content_type_construct update_dataset_default_graph update_dataset_default_graphs update_dataset_named_graphs
update_dataset_full update_post_form update_post_direct update_base_uri bad_query_method bad_multiple_queries
bad_query_wrong_media_type bad_query_missing_form_type bad_query_missing_direct_type bad_query_non_utf8
bad_query_syntax bad_update_get bad_multiple_updates bad_update_wrong_media_type bad_update_missing_form_type
bad_update_non_utf8 bad_update_syntax bad_update_dataset_conflict
"""
"""The entries of the suite's manifest."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield the address of a server over the graphs of the suite."""
    folder = tmp_path_factory.mktemp("w3c")
    write_snapshot(folder, QUADS)
    with serving(folder, "--workers", "1", "--timeout", "5") as address:
        yield address


def write_snapshot(folder: Path, quads: str) -> None:
    """Write a snapshot with some quads and without queries, and let ``current`` point to it."""
    version = "0" * 16
    (folder / version).mkdir()
    (folder / version / "graph.nq").write_text(quads, encoding="utf-8")
    graphs = {line.split()[-2].strip("<>"): 1 for line in quads.splitlines()}
    about = {"version": version, "quads": len(quads.splitlines()), "graphs": graphs}
    (folder / version / "snapshot.json").write_text(json.dumps(about), encoding="utf-8")
    (folder / "current").symlink_to(version)


def send(server: str, case: Case) -> httpx.Response:
    """Send the request of a case as the suite has it."""
    address = f"{server}/sparql" + (f"?{form(*case.address)}" if case.address else "")
    headers = {"Content-Type": case.kind} if case.kind else {}
    return httpx.request(case.method, address, content=case.body or None, headers=headers)


def media_type(answer: httpx.Response) -> str:
    """Return the media type of an answer without its parameters."""
    return answer.headers["content-type"].partition(";")[0]


def data(server: str) -> str:
    """Return everything that the service holds."""
    return httpx.get(
        server + "/sparql", params={"query": "SELECT * { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g", "format": "csv"}
    ).text


def test_no_case_of_the_suite_is_missing() -> None:
    names = [case.name for case in (*TRUE, *CONTENT, *BAD, *UPDATES, *BAD_UPDATES)]
    assert sorted(names) == sorted(SUITE.split())


@pytest.mark.parametrize("case", TRUE, ids=lambda case: case.name)
def test_a_query_is_true(server: str, case: Case) -> None:
    answer = send(server, case)
    assert answer.status_code == 200, answer.text
    assert media_type(answer) in case.expected
    assert answer.json()["boolean"] is True


@pytest.mark.parametrize("case", TRUE, ids=lambda case: case.name)
@pytest.mark.parametrize("accept", TRUTH)
def test_a_query_is_true_in_both_formats_of_the_suite(server: str, case: Case, accept: str) -> None:
    address = f"{server}/sparql?{form(*case.address)}"
    headers = {"Accept": accept} | ({"Content-Type": case.kind} if case.kind else {})
    answer = httpx.request(case.method, address, content=case.body, headers=headers)
    assert media_type(answer) == accept
    truth = (
        answer.json()["boolean"] if accept.endswith("json") else ET.fromstring(answer.text).findtext(".//{*}boolean")
    )
    assert truth in (True, "true")


@pytest.mark.parametrize(
    "query", [IN_BOTH, IN_EACH, FULL, f"ASK {{ <{DATA1}> ?p ?o }}"], ids=["both", "each", "full", "one"]
)
def test_what_is_true_of_its_graphs_is_false_of_others(server: str, query: str) -> None:
    case = queried("", TRUTH, query, DEFAULT0, ("named-graph-uri", DATA0))
    assert send(server, case).json()["boolean"] is False


@pytest.mark.parametrize("case", CONTENT, ids=lambda case: case.name)
def test_an_answer_has_an_appropriate_content_type(server: str, case: Case) -> None:
    answer = send(server, case)
    assert answer.status_code == 200, answer.text
    assert media_type(answer) in case.expected


@pytest.mark.parametrize("case", BAD, ids=lambda case: case.name)
def test_a_bad_query_is_refused(server: str, case: Case) -> None:
    answer = send(server, case)
    assert answer.status_code == case.status
    assert answer.json()["detail"]


@pytest.mark.parametrize("case", UPDATES, ids=lambda case: case.name)
def test_an_update_is_refused_with_a_sentence(server: str, case: Case) -> None:
    before = data(server)
    assert before.count("\n") == 5
    answer = send(server, case)
    assert answer.status_code == 403
    assert "curated files are the only way in" in answer.json()["detail"]
    assert data(server) == before


@pytest.mark.parametrize("case", BAD_UPDATES, ids=lambda case: case.name)
def test_a_bad_update_is_refused_too(server: str, case: Case) -> None:
    before = data(server)
    answer = send(server, case)
    assert answer.status_code == case.status
    assert answer.json()["detail"]
    assert data(server) == before


def test_a_query_in_the_address_of_an_empty_post_is_taken(server: str) -> None:
    # As the manifest itself writes query_post_form down.
    answer = send(server, Case("", address=[ASK, DEFAULT0]))
    assert answer.json()["boolean"] is True


def test_a_body_says_its_encoding_where_it_is_not_ours(server: str) -> None:
    latin = Case("", kind=f'{QUERY}; charset="ISO-8859-1"', body="ASK { ?s ?p 'é' }".encode("latin-1"))
    answer = send(server, latin)
    assert answer.status_code == 415
    assert "UTF-8" in answer.json()["detail"]
    for kind in (f"{QUERY};charset=utf-8", f'{QUERY}; charset="UTF-8"', f"{FORM}; charset=UTF-8"):
        body = b"ASK {}" if kind.startswith(QUERY) else b"query=ASK+%7B%7D"
        assert send(server, Case("", kind=kind, body=body)).status_code == 200


def test_a_relative_name_is_one_of_this_graph_on_every_server(server: str) -> None:
    query = "CONSTRUCT { <id/city/tehran> <ontology#p> <#o> } WHERE {}"
    answer = httpx.post(server + "/sparql", data={"query": query}, headers={"Accept": "application/n-triples"})
    assert answer.text == f"<{BASE}id/city/tehran> <{BASE}ontology#p> <{BASE}#o> .\n"
    own = httpx.get(server + "/sparql", params={"query": f"BASE <http://x/> {query}", "format": "ntriples"})
    assert own.text == "<http://x/id/city/tehran> <http://x/ontology#p> <http://x/#o> .\n"
