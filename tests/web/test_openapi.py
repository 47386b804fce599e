"""The OpenAPI document says what is true: requests made from it at random get what it says, and nothing else."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from citydip.curation.snapshot import Snapshot
from citydip.model.settings import Settings
from citydip.web import protocol
from citydip.web.app import create_app
from citydip.web.openapi import OPERATIONS
from tests.conftest import ROOT
from tests.web.conftest import OPERATOR, serving

CHECKS = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
]
OVERLOAD = (503, 504, 507)
"""What a server may answer for lack of time, room or memory."""
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
QUERIES = [
    "SELECT ?person ?city WHERE { ?person cd:mayorOf ?city }",
    "SELECT * WHERE { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 50",
    ENDLESS,
    "ASK { city:najaf cd:twinnedWith city:mashhad }",
    "CONSTRUCT WHERE { ?a cd:tiedWith ?b }",
    "DESCRIBE city:najaf",
    "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
    "INSERT DATA { <x:a> <x:b> <x:c> }",
]
ACCEPTED = [
    None,
    "*/*",
    "text/html",
    "text/csv",
    "application/sparql-results+json",
    "application/rdf+xml;q=0.5, text/turtle",
    "image/png",
]

DOCUMENT: dict[str, Any] = create_app(Settings()).openapi()
OF_QUERIES = r"^/queries/(?!\{name\}$|running$)"
"""The paths of the queries of the catalogue: one each, all answered by the same code."""
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT).exclude(path_regex=OF_QUERIES)
CATALOGUE = schemathesis.openapi.from_dict(DOCUMENT).include(path_regex=OF_QUERIES)
# What is tried of one of them in every way there is would be tried a hundred times over.
CATALOGUE.config.phases.coverage.enabled = False


@schemathesis.serializer("application/sparql-query")
def serialize_query(context: object, value: object) -> bytes:
    """Send what was made for a query as its text."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


def with_query(given: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Return parameters with a query that can be run in the place of most of those made at random."""

    def put(query: object) -> dict[str, Any]:
        return {**given, "query": query} | ({"timeout": 0.2} if query == ENDLESS else {})

    return st.sampled_from([*QUERIES, given["query"]]).map(put)


@SCHEMA.hook
def flatmap_query(context: object, query: dict[str, Any] | None) -> st.SearchStrategy[dict[str, Any] | None]:
    return with_query(query) if query and "query" in query else st.just(query)


@SCHEMA.hook
def flatmap_body(context: object, body: Any) -> st.SearchStrategy[Any]:
    if isinstance(body, str):
        return st.sampled_from([*(q for q in QUERIES if q != ENDLESS), body])
    return with_query(body) if isinstance(body, dict) and "query" in body else st.just(body)


@SCHEMA.hook
@CATALOGUE.hook
def flatmap_headers(context: object, headers: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(ACCEPTED).map(lambda accept: {**(headers or {}), **({"Accept": accept} if accept else {})})


@pytest.fixture(scope="module")
def own_server(snapshot: Snapshot) -> Iterator[str]:
    """Yield the address of a server of these tests alone: what they stop is nobody else's."""
    options = ("--timeout", "5", "--workers", "2", "--operator-token", OPERATOR)
    with serving(snapshot.path.parent, *options) as address:
        yield address


SEEN: Counter[tuple[str, int]] = Counter()
"""How often each operation was answered with each status."""


@SCHEMA.parametrize()
@settings(max_examples=50, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_what_it_promises_holds(case: schemathesis.Case[Any], own_server: str) -> None:
    answer = case.call(base_url=own_server, timeout=20, allow_redirects=False)
    SEEN[case.operation.label, answer.status_code] += 1
    assert answer.status_code < 500 or answer.status_code in OVERLOAD, answer.text
    case.validate_response(answer, checks=CHECKS)


@CATALOGUE.parametrize()
@settings(max_examples=4, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_what_it_promises_of_each_query_holds(case: schemathesis.Case[Any], own_server: str) -> None:
    answer = case.call(base_url=own_server, timeout=20, allow_redirects=False)
    SEEN["GET /queries/…", answer.status_code] += 1
    assert answer.status_code < 500 or answer.status_code in OVERLOAD, answer.text
    case.validate_response(answer, checks=CHECKS)


@pytest.mark.parametrize(
    ("path", "statuses"),
    [
        ("/queries/…", {200, 400, 406}),
        ("/queries", {200, 400, 406}),
        ("/sparql", {200, 400, 403, 406, 415, 504}),
        ("/graph", {200, 400, 404}),
        ("/graph/{path}", {200, 404}),
        ("/queries/{name}", {404, 405}),
        ("/queries/running", {403}),
        ("/health/ready", {200}),
        ("/page/{path}", {200, 404}),
        ("/id/{path}", {303, 404, 406}),
    ],
)
def test_the_requests_at_random_were_not_all_alike(path: str, statuses: set[int]) -> None:
    seen = {status for label, status in SEEN if label.partition(" ")[2] == path}
    assert statuses <= seen, f"{path} was answered with {sorted(seen)} only"


def test_every_operation_is_described_in_full() -> None:
    operations = {(path, method) for path, item in DOCUMENT["paths"].items() for method in item}
    queries = {(f"/queries/{path.stem}", "get") for path in (ROOT / "queries" / "catalogue").glob("*.rq")}
    assert len(queries) >= 100
    assert operations == set(OPERATIONS) | queries, "say in web/openapi.py what an operation takes and answers"
    for path, method in operations:
        operation = DOCUMENT["paths"][path][method]
        assert operation["summary"]
        assert operation["tags"]
        assert all(parameter.get("$ref") or parameter["description"] for parameter in operation.get("parameters", ()))
    assert DOCUMENT["info"]["description"]


def test_what_it_refers_to_is_there() -> None:
    text = json.dumps(DOCUMENT)
    for kind, name in set(re.findall(r'"#/components/(\w+)/([^"]+)"', text)):
        assert name in DOCUMENT["components"][kind]
    assert "422" not in text


def test_its_parameters_are_those_that_the_service_reads(own_server: str) -> None:
    documented = {parameter.get("name") for parameter in DOCUMENT["paths"]["/sparql"]["get"]["parameters"]}
    source = Path(protocol.__file__).read_text(encoding="utf-8")
    read = {*protocol._READ, *re.findall(r'name == "([a-z-]+)"', source)} - {"update"}
    assert {"query", "default-graph-uri", "named-graph-uri", "timeout", "query-id"} <= read
    assert read <= documented
    form = DOCUMENT["paths"]["/sparql"]["post"]["requestBody"]["content"]["application/x-www-form-urlencoded"]
    assert read <= set(form["schema"]["properties"])


@pytest.mark.parametrize("name", ["rows", "truth", "graph"])
def test_its_examples_can_be_run(own_server: str, name: str) -> None:
    get, post = (DOCUMENT["paths"]["/sparql"][method] for method in ("get", "post"))
    text = get["parameters"][0]["examples"][name]["value"]
    form = post["requestBody"]["content"]["application/x-www-form-urlencoded"]["examples"][name]["value"]
    answers = [
        httpx.get(own_server + "/sparql", params={"query": text}),
        httpx.post(own_server + "/sparql", data=form),
        httpx.post(own_server + "/sparql", content=text, headers={"Content-Type": "application/sparql-query"}),
    ]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1


def test_an_explanation_is_as_it_says(own_server: str) -> None:
    told = httpx.get(own_server + "/sparql", params={"query": QUERIES[0], "explain": "1"})
    assert told.headers["content-type"] == "application/json"
    schema = DOCUMENT["components"]["schemas"]["Explanation"]
    assert set(told.json()) == set(schema["required"]) == set(schema["properties"])


def test_it_names_the_limits_of_this_server() -> None:
    document = create_app(Settings(timeout=7, query_length=3)).openapi()
    described = {p.get("name"): p.get("description") for p in document["paths"]["/sparql"]["get"]["parameters"]}
    assert "at most 7" in described["timeout"]
    assert "at most 3 KiB" in described["query"]


def test_the_operator_finds_what_it_describes(own_server: str) -> None:
    """Compare a listed query with the schema that says what one has."""
    headers = {"Authorization": f"Bearer {OPERATOR}"}
    with ThreadPoolExecutor() as threads:
        asked = threads.submit(httpx.get, own_server + "/sparql", params={"query": ENDLESS, "timeout": "2"})
        rows: list[dict[str, Any]] = []
        while not rows and not asked.done():
            rows = httpx.get(own_server + "/queries/running", headers=headers).json()
        assert asked.result().status_code == 504
    schema = DOCUMENT["components"]["schemas"]["RunningQuery"]
    assert [set(row) for row in rows] == [set(schema["required"])]


def test_the_operation_of_a_query_has_its_parameters_with_their_types() -> None:
    def parameters(name: str) -> dict[str, dict[str, Any]]:
        found = DOCUMENT["paths"][f"/queries/{name}"]["get"]["parameters"]
        return {parameter["name"]: parameter for parameter in found if "name" in parameter}

    members = parameters("network-members")
    assert members["organization"]["schema"]["default"] == "organization:unesco-creative-cities-network"
    assert members["since"]["schema"]["format"] == "date"
    assert members["since"]["example"] == "2015-01-01"
    assert parameters("edition-and-host-of-event")["year"]["schema"]["type"] == "integer"
    assert parameters("statements-by-confidence")["confidence"]["schema"]["enum"][0] == "confidence:disputed"
    assert parameters("find-by-name")["text"]["required"] is True
    assert "geojson" in parameters("cities-with-coordinates")["format"]["schema"]["enum"]
    assert {"page", "limit", "asOf", "wanted"} <= set(members)
    assert not {"page", "limit", "asOf"} & set(parameters("city-tie-graph"))


def test_the_document_is_valid() -> None:
    assert DOCUMENT["openapi"].startswith("3.1")
    schemathesis.openapi.from_dict(DOCUMENT).validate()
    names = [item["operationId"] for path in DOCUMENT["paths"].values() for item in path.values()]
    assert len(names) == len(set(names))
