"""A store at an address: what is sent to it, and what becomes of all that it can answer."""

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx
import pytest

from citydip.curation.snapshot import Snapshot
from citydip.engine.guard import guard
from citydip.engine.limits import Limits
from citydip.engine.remote import FILES
from citydip.engine.run import QueryRequest
from citydip.model.errors import QueryTimeoutError
from citydip.model.settings import Settings
from citydip.services.graph import ServedGraph, open_graph
from tests.web.conftest import serving, started, wait_until_ready
from tests.web.stub_store import SECRET, StubStore, stub_store

SIMPLE = "SELECT ?x { ?x ?p ?o }"
PASSWORD = "open-sesame"


@pytest.fixture(scope="module")
def stub(snapshot: Snapshot) -> Iterator[StubStore]:
    with stub_store(snapshot) as store:
        yield store


@pytest.fixture(scope="module")
def server(stub: StubStore, snapshot: Snapshot) -> Iterator[str]:
    address = stub.address.replace("//", f"//reader:{PASSWORD}@") + "/{version}/sparql?a=b"
    with contextlib.ExitStack() as stack:
        with pytest.MonkeyPatch.context() as environment:
            # Nobody asked for a proxy between the service and its store.
            environment.setenv("http_proxy", "http://127.0.0.1:1/")
            options = ["--timeout", "3", "--workers", "2", "--store", address]
            _, here = stack.enter_context(started(snapshot.path.parent, *options))
        wait_until_ready(here)
        yield here


def ask(server: str, query: str, **params: str | Sequence[str]) -> httpx.Response:
    headers = {"Accept": "application/json, application/n-triples"}
    return httpx.get(server + "/sparql", params={"query": query, **params}, headers=headers, timeout=20)


def do(name: str) -> str:
    return f"SELECT ?x {{ ?x ?p <urn:do:{name}> }}"


def test_a_query_reaches_the_store_whole_and_once(server: str, stub: StubStore, snapshot: Snapshot) -> None:
    stub.asked.clear()
    query = "# a comment: SELECT\nSELECT ?x { ?x a cd:City ; rdfs:label 'مشهد'@fa }"
    graphs = ["https://w3id.org/citydip/graph/gazetteer", "https://w3id.org/citydip/graph/manifest"]
    answer = ask(server, query, **{"default-graph-uri": graphs, "named-graph-uri": graphs[0]})
    assert answer.json()["results"]["bindings"] == [{"x": {"type": "literal", "value": "one"}}]
    ((path, form, headers),) = stub.asked
    assert path == f"/{snapshot.version}/sparql?a=b"
    assert form["query"][0].endswith(query)
    assert form["query"][0].startswith("PREFIX cd: <https://w3id.org/citydip/ontology#> PREFIX rdfs: <")
    assert (form["default-graph-uri"], form["named-graph-uri"]) == (graphs, graphs[:1])
    assert set(form) == {"query", "default-graph-uri", "named-graph-uri"}
    assert headers["Accept"].startswith("application/sparql-results+json")
    assert headers["Authorization"] == "Basic cmVhZGVyOm9wZW4tc2VzYW1l"
    ask(server, "CONSTRUCT WHERE { ?x a cd:City }")
    assert stub.asked[1][2]["Accept"].startswith("application/n-triples")


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("SELECT *\nWHERE { ?s ?p }", 400),
        ("DROP ALL", 403),
        ("ASK { SERVICE <http://127.0.0.1:1/> {} }", 403),
    ],
)
def test_what_is_refused_never_reaches_the_store(query: str, status: int, server: str, stub: StubStore) -> None:
    stub.asked.clear()
    answer = ask(server, query)
    assert answer.status_code == status
    if "WHERE" in query:
        assert (answer.json()["line"], answer.json()["column"]) == (2, 16)
    assert stub.asked == []


@pytest.mark.parametrize(
    ("name", "status", "words"),
    [
        ("400", 400, "cannot read this query"),
        ("401", 502, "its operator must"),
        ("403", 502, "its operator must"),
        ("404", 502, "its operator must"),
        ("413", 502, "its operator must"),
        ("414", 502, "its operator must"),
        ("408", 504, "gave the query up"),
        ("504", 504, "gave the query up"),
        ("429", 503, "busy"),
        ("503", 503, "busy"),
        ("500", 502, "failed at this query"),
        ("501", 502, "failed at this query"),
        ("206", 502, "only a part"),
        ("part", 502, "only a part"),
        ("redirect", 502, "its operator must"),
        ("page", 502, "text/html, which is no form of this result"),
        ("garbage", 502, "what is no result"),
        ("short", 502, "broke"),
        ("bang", 502, "cannot be reached"),
    ],
)
def test_what_is_no_whole_answer_is_an_error_that_says_so(
    name: str, status: int, words: str, server: str, stub: StubStore
) -> None:
    answer = ask(server, do(name))
    assert answer.status_code == status
    problem = answer.json()
    assert words in problem["detail"]
    assert problem["status"] == status
    for hidden in (SECRET, PASSWORD, stub.address, "127.0.0.1", "SPARQLWrapper", "Traceback"):
        assert hidden not in answer.text
    assert not stub.elsewhere.is_set()
    assert ask(server, SIMPLE).status_code == 200


@pytest.mark.parametrize(("name", "words"), [("short-graph", "broke"), ("unframed", "where its answers end")])
def test_a_graph_that_ends_too_early_is_never_taken_for_whole(name: str, words: str, server: str) -> None:
    answer = ask(server, f"CONSTRUCT {{ ?x ?p ?o }} WHERE {{ ?x ?p ?o , <urn:do:{name}> }}")
    assert answer.status_code == 502
    assert words in answer.json()["detail"]


def test_an_answer_that_breaks_off_late_breaks_the_connection(server: str) -> None:
    with (
        httpx.stream("GET", server + "/sparql", params={"query": do("endless-line")}) as answer,
        pytest.raises(httpx.RemoteProtocolError),
    ):
        answer.read()
    assert ask(server, SIMPLE).json()["results"]["bindings"] == [{"x": {"type": "literal", "value": "one"}}]


def test_blank_nodes_and_truth_values_of_virtuoso_become_what_they_mean(server: str) -> None:
    answer = ask(server, do("nodes").replace("?x {", "?b ?t {"))
    rows = answer.json()["results"]["bindings"]
    assert [row["b"] for row in rows] == [{"type": "bnode", "value": f"b{number}"} for number in range(3000)]
    assert {row["t"]["value"] for row in rows} == {"nodeID://b1"}
    assert ask(server, "ASK { ?x ?p <urn:do:truth> }").json()["boolean"] is True


def test_the_deadline_ends_the_waiting_and_the_connection_to_the_store(server: str, stub: StubStore) -> None:
    stub.left.clear()
    answer = ask(server, do("stall"), timeout="0.5")
    assert answer.status_code == 504
    assert "stopped after 0.5 s" in answer.json()["detail"]
    assert stub.left.wait(1)


def test_a_client_that_goes_away_ends_the_connection_to_the_store(server: str, stub: StubStore) -> None:
    stub.left.clear()
    stub.asked.clear()
    host, port = server.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        path = httpx.URL("/sparql", params={"query": do("stall")})
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        end = time.monotonic() + 5
        while not stub.asked and time.monotonic() < end:
            time.sleep(0.02)
        assert stub.asked
    assert stub.left.wait(1)


def test_a_store_that_holds_something_else_is_not_ready(server: str, stub: StubStore, snapshot: Snapshot) -> None:
    assert wait_for(server, 200)["ready"] is True
    stub.default -= 1
    body = wait_for(server, 503)
    problem = str(body["problem"])
    assert f"does not hold version {snapshot.version}: its default graph has {snapshot.quads - 1}" in problem
    assert PASSWORD not in problem
    stub.default += 1
    assert wait_for(server, 200) == {"ready": True, "version": snapshot.version, "workers": 2}


def wait_for(server: str, status: int) -> dict[str, object]:
    """Return what the server says of itself, once it says it with a status."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        answer = httpx.get(server + "/health/ready", timeout=20)
        if answer.status_code == status:
            body: dict[str, object] = answer.json()
            return body
        time.sleep(0.1)
    raise AssertionError(f"the server never said {status}")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("graph", "has 1 triples there"),
        ("more", "it has another graph, urn:x"),
        ("default", "its default graph has 0 triples"),
    ],
)
def test_nothing_is_served_from_a_store_that_holds_something_else(change: str, words: str, snapshot: Snapshot) -> None:
    with stub_store(snapshot) as stub:
        if change == "default":
            stub.default = 0
        else:
            stub.graphs[next(iter(stub.graphs)) if change == "graph" else "urn:x"] = 1
        ended = serve(snapshot, stub.address)
    assert ended.returncode == 1
    assert words in ended.stderr
    assert "use-another-store.md" in ended.stderr


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("http://127.0.0.1:1/sparql", "cannot be reached"),
        ("https://127.0.0.1:1/sparql", "cannot be reached"),
        ("file:///etc/passwd", "must be the http or https address"),
        ("sparql", "must be the http or https address"),
    ],
)
def test_a_store_that_is_not_there_is_told_of_at_once(address: str, words: str, snapshot: Snapshot) -> None:
    ended = serve(snapshot, address)
    assert ended.returncode == 1
    assert words in ended.stderr
    assert "Traceback" not in ended.stderr


def serve(snapshot: Snapshot, store: str) -> subprocess.CompletedProcess[str]:
    """Start a server that should give up at once."""
    command = [sys.executable, "-m", "citydip", "serve", "--port", "0", "--workers", "1", "--store", store]
    command += ["--snapshots", str(snapshot.path.parent)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CITYDIP_")}
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment, check=False)
    done.stderr = " ".join(done.stderr.split())
    return done


def test_versions_that_the_store_cannot_hold_are_not_there(snapshot: Snapshot) -> None:
    with stub_store(snapshot) as stub, serving(snapshot.path.parent, "--store", stub.address) as server:
        assert httpx.get(server + f"/version/{snapshot.version}/sparql?query=ASK+%7B%7D").status_code == 502
        answer = httpx.get(server + "/version/0123456789abcdef/sparql", headers={"Accept": "application/json"})
        assert answer.status_code == 404
        assert "only the current one" in answer.json()["detail"]


def test_a_worker_that_asks_a_store_is_confined_and_its_answers_are_cut(snapshot: Snapshot) -> None:
    async def watch(stub: StubStore) -> tuple[str, str, dict[str, object]]:
        async with open_graph(snapshot, Settings(store=stub.address, workers=1, timeout=5)) as graph:
            stalled = QueryRequest(do("stall"), guard(SIMPLE), "json", timeout=1)
            asking = asyncio.create_task(drain(graph, stalled))
            assert await asyncio.to_thread(stub.stalled.wait, 5)
            process = Path(f"/proc/{graph.pool.running()[0].pid}")
            limits, command = ((process / name).read_text() for name in ("limits", "cmdline"))
            with pytest.raises(QueryTimeoutError):
                await asking
            request = QueryRequest(do("nodes"), guard(SIMPLE), "csv", limits=Limits(rows=10))
            return limits, command, await drain(graph, request)

    with stub_store(snapshot) as stub:
        limits, command, stats = asyncio.run(watch(stub))
        address = stub.address
    files = next(line for line in limits.splitlines() if line.startswith("Max open files"))
    memory = next(line for line in limits.splitlines() if line.startswith("Max address space"))
    assert files.split()[3:5] == [str(FILES)] * 2
    assert "unlimited" not in memory
    assert address not in command
    assert (stats["rows"], stats["cut"]) == (10, "rows")


async def drain(graph: ServedGraph, request: QueryRequest) -> dict[str, object]:
    async with graph.pool.answer(request) as answer:
        await answer.read()
        return answer.stats
