"""Other services in queries, from outside: a real server whose operator has listed some addresses.

The same attacks as on a server that asks nobody, and those that only a list makes possible: neither may reach anybody
who is not listed, nor let a listed service do harm.
"""

import contextlib
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from citydip.curation.snapshot import Snapshot
from tests.services.other import (
    Other,
    Received,
    Send,
    bomb,
    deep,
    endless,
    fixed,
    other_service,
    redirect,
    response,
    rows,
    slow,
)
from tests.web.hostile import Answer, Watched, connect, get, head, in_address, receive, sparql, watching
from tests.web.test_hostile import FEDERATION, HTML, UPDATES, Case, acceptable, must_calm_down

OPTIONS = ("--service-private", "1", "--service-timeout", "1", "--service-size", "1", "--service-rows", "1000")
PATTERN = "{ ?s ?p ?o FILTER(!isBlank(?s) && !isBlank(?o)) }"


def uri(value: str) -> dict[str, dict[str, str]]:
    return {"s": {"type": "uri", "value": value}}


def literal(value: str, **more: str) -> dict[str, dict[str, str]]:
    return {"s": {"type": "literal", "value": value, **more}}


def big(received: Received, send: Send) -> None:
    """Answer with a row too many."""
    send(response(rows(*[uri("http://x/s")] * 1001)))


FINE = response(rows(uri("http://x/s")))
XML = "application/sparql-results+xml"
BAD = {
    "slow": (slow, 504, "did not answer within 1 s"),
    "silent": (lambda *_: time.sleep(3), 504, "did not answer within 1 s"),
    "endless": (endless, 502, "more than 1048576 bytes"),
    "bomb": (bomb, 502, "more than 1048576 bytes"),
    "big": (big, 502, "too many"),
    "page": (fixed(response(b"<html>", "text/html")), 502, "something else"),
    "xml": (
        fixed(response(b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', XML)),
        502,
        "something",
    ),
    "xml_as_json": (fixed(response(b'<!DOCTYPE a [<!ENTITY b "x">]><a>&b;</a>')), 502, "is no SPARQL result"),
    "malformed": (fixed(response(b'{"head": {"vars": ["s"]}, "results": ')), 502, "is no SPARQL result"),
    "truth": (fixed(response(b'{"head": {}, "boolean": true}')), 502, "is no SPARQL result"),
    "deep_lists": (deep(b"[", 500_000), 502, "is no SPARQL result"),
    "deep_objects": (deep(b'{"a":', 200_000), 502, "is no SPARQL result"),
    "deep_triples": (deep(b'{"type":"triple","value":{"subject":', 29_000), 502, "is no SPARQL result"),
    "blank": (fixed(response(rows({"s": {"type": "bnode", "value": "b"}}))), 502, "has blank nodes"),
    "evil_iri": (fixed(response(rows(uri("http://x/> } LOAD <file:///etc/passwd> #")))), 502, "that is none"),
    "evil_tag": (fixed(response(rows(literal("a", **{"xml:lang": "en } DROP ALL #"})))), 502, "that is none"),
    "evil_name": (fixed(response(rows({"s} SERVICE <http://x/> {} #": uri("x:a")["s"]}))), 502, "not asked for"),
    "cut": (fixed(FINE[:-5]), 502, "broke off"),
    "gone": (fixed(response(b"", status="410 Gone")), 502, "status 410"),
    "to_metadata": (redirect("http://169.254.169.254/latest/meta-data/"), 502, "not public"),
    "to_mapped": (redirect("http://[::ffff:7f00:1]/"), 502, "not public"),
    "to_unlisted": (redirect("/unlisted"), 502, "not on the operator's list"),
    "to_file": (redirect("file:///etc/passwd"), 502, "not on the operator's list"),
    "round": (redirect("/round"), 502, "sends on and on"),
}
EVIL = "a\" } SERVICE <http://127.0.0.1/> { ?s ?p '''\n\\u0022 <script>alert(1)</script>"


@pytest.fixture(scope="module")
def other() -> Iterator[Other]:
    answering = {name: answer for name, (answer, _, _) in BAD.items()}
    evil = fixed(response(rows(literal(EVIL), literal(EVIL, datatype="http://x/#'"))))
    with other_service(unlisted=fixed(FINE), moved=redirect("/sparql"), evil=evil, **answering) as service:
        yield service


@pytest.fixture(scope="module")
def watched(snapshot: Snapshot, other: Other, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    listed = [other.at(f"/{path}") for path in ("sparql", "moved", "evil", *BAD)]
    listed += ["http://169.254.169.254/latest/meta-data/", "http://[::ffff:7f00:1]/"]
    with watching(snapshot, tmp_path_factory.mktemp("services"), "--services", ",".join(listed), *OPTIONS) as server:
        yield server


@pytest.fixture(autouse=True)
def nobody_else(request: pytest.FixtureRequest, watched: Watched, other: Other) -> Iterator[None]:
    """After each test the server must answer at once, and must have asked nobody who is not listed."""
    other.received.clear()
    yield
    watched.must_be_there()
    assert watched.listener.visits == 0, "somebody was connected to"
    assert "/unlisted" not in other.paths()


def ask(watched: Watched, query: str, *headers: str, **params: str) -> Answer:
    return watched.ask(sparql(query, *headers, **params))


def wait_until_asked(other: Other) -> None:
    """Return when a question has come to the other service."""
    end = time.monotonic() + 5
    while not other.received:
        assert time.monotonic() < end, "nobody was asked"
        time.sleep(0.01)


class TestAnswers:
    """What a listed service answers becomes part of the result, which says so."""

    QUERY = "SELECT ?s ?name {{ SERVICE <{}> {{ ?s <http://x/name> ?name FILTER(lang(?name) = 'fa') }} }}"

    def test_the_result_says_how_old_the_answer_is_and_that_it_may_be_another_next_time(
        self, watched: Watched, other: Other
    ) -> None:
        query = self.QUERY.format(other.at("/sparql"))
        first = ask(watched, query, format="csv")
        assert (first.status, first.text.splitlines()) == (200, ["s,name", "http://x/tehran,تهران"])
        assert first.headers["citydip-service-age"] == "0"
        assert "citydip-service-age" in first.headers["access-control-expose-headers"].lower()
        time.sleep(1.1)
        second = ask(watched, query, format="csv")
        assert second.body == first.body
        assert int(second.headers["citydip-service-age"]) >= 1
        assert len(other.received) == 1
        for answer in (first, second):
            assert "etag" not in answer.headers
            assert answer.headers["cache-control"] == "no-cache"

    def test_a_version_that_never_changes_is_no_promise_for_another_service(
        self, watched: Watched, other: Other, snapshot: Snapshot
    ) -> None:
        query = self.QUERY.format(other.at("/moved"))
        answer = watched.ask(get(in_address(query, f"/version/{snapshot.version}/sparql"), "If-None-Match: *"))
        assert answer.status == 200
        assert "etag" not in answer.headers
        assert answer.headers["cache-control"] == "no-cache"
        pinned = watched.ask(get(in_address("ASK {}", f"/version/{snapshot.version}/sparql")))
        assert "immutable" in pinned.headers["cache-control"]
        assert "citydip-service-age" not in pinned.headers

    def test_it_is_never_an_answer_from_an_earlier_time(self, watched: Watched, other: Other) -> None:
        query = self.QUERY.format(other.at("/sparql"))
        for request in (get(in_address(query)), get(in_address("ASK {}")), sparql(query), sparql("ASK {}")):
            found = [watched.ask(request).headers for _ in range(3)]
            kept = [headers.get("cache-status") for headers in found]
            asked = "citydip-service-age" in found[0]
            assert kept[1:] == ([None, None] if asked else ["citydip; hit"] * 2)
            assert all(("citydip-service-age" in headers) is asked for headers in found)

    def test_it_joins_with_the_graph_here(self, watched: Watched, other: Other) -> None:
        join = f"SERVICE <{other.at('/sparql')}> {{ VALUES ?label {{ 'Tehran'@en }} }}"
        answer = ask(watched, f"SELECT ?city {{ {join} ?city a cd:City ; rdfs:label ?label }}", format="csv")
        assert answer.text.split() == ["city", "https://w3id.org/citydip/id/city/tehran"]

    def test_a_page_shows_the_query_as_it_was_asked(self, watched: Watched, other: Other) -> None:
        answer = ask(watched, self.QUERY.format(other.at("/sparql")), HTML)
        assert answer.status == 200
        assert "تهران" in answer.text
        assert "SERVICE &lt;" in answer.text
        assert "VALUES" not in answer.text

    def test_an_error_stands_where_it_is_in_the_query_as_it_was_asked(self, watched: Watched, other: Other) -> None:
        query = f"SELECT * {{ SERVICE <{other.at('/sparql')}> {{ ?s ?p 9 }} ?s nobody:x 'y' }}"
        answer = ask(watched, query)
        told = json.loads(answer.text)
        assert (answer.status, told["line"], told["column"]) == (400, 1, query.index(" 'y'") + 1)
        assert told["excerpt"].splitlines()[0] == query

    def test_the_description_names_the_services(self, watched: Watched, other: Other) -> None:
        answer = watched.ask(get("/sparql", "Accept: text/turtle"))
        assert "sd:BasicFederatedQuery" in answer.text
        assert f"SERVICE may name {other.at('/sparql')}, " in answer.text

    def test_what_came_of_the_questions_is_counted(self, watched: Watched, other: Other) -> None:
        def counted() -> dict[str, float]:
            text = watched.ask(get("/metrics")).text
            found = re.findall(r'^citydip_service_requests_total\{outcome="(\w+)"\} (\S+)', text, re.MULTILINE)
            return {outcome: float(number) for outcome, number in found}

        before = counted()
        fresh = f"ASK {{ SERVICE <{other.at('/sparql')}> {{ ?s ?p {time.time_ns()} }} }}"
        for query in (fresh, fresh, f"ASK {{ SERVICE SILENT <{other.at('/gone')}> {PATTERN} }}"):
            assert ask(watched, query).status == 200
        after = counted()
        risen = {outcome: after[outcome] - before.get(outcome, 0) for outcome in ("answered", "kept", "failed")}
        assert risen == {"answered": 1, "kept": 1, "failed": 1}

    def test_explaining_a_query_tells_what_would_be_asked_and_asks_nothing(
        self, watched: Watched, other: Other
    ) -> None:
        address = other.at("/sparql")
        told = json.loads(ask(watched, f"ASK {{ SERVICE SILENT <{address}> {{ ?s a cd:City }} }}", explain="1").text)
        (service,) = told["services"]
        assert (service["address"], service["silent"]) == (address, True)
        assert service["query"].splitlines()[-3:] == [
            "PREFIX cd: <https://w3id.org/citydip/ontology#>",
            "SELECT *",
            "{ ?s a cd:City }",
        ]
        assert json.loads(ask(watched, "ASK {}", explain="1").text)["services"] == []
        refused = ask(watched, f"ASK {{ SERVICE <{other.at('/unlisted')}> {PATTERN} }}", explain="1")
        assert (refused.status, other.received) == (403, [])

    def test_head_asks_as_get_does(self, watched: Watched, other: Other) -> None:
        answer = watched.ask(head("HEAD", in_address(self.QUERY.format(other.at("/sparql")))))
        assert (answer.status, answer.body) == (200, b"")
        assert "citydip-service-age" in answer.headers

    def test_texts_that_would_be_something_else_stay_texts(self, watched: Watched, other: Other) -> None:
        answer = ask(watched, f"SELECT ?s {{ SERVICE <{other.at('/evil')}> {{ ?s ?s ?s }} }}", format="tsv")
        assert answer.status == 200
        assert answer.text.count("SERVICE <http://127.0.0.1/>") == 2
        page = ask(watched, f"SELECT ?s {{ SERVICE <{other.at('/evil')}> {{ ?s ?s ?s }} }}", HTML)
        assert "<script>" not in page.text
        assert "&lt;script&gt;" in page.text


@pytest.mark.parametrize("case", [*FEDERATION, *UPDATES], ids=lambda case: case.name)
def test_what_is_refused_where_nobody_is_listed_is_refused_here_too(watched: Watched, case: Case) -> None:
    answer = watched.ask(case.request)
    assert acceptable(answer), answer
    assert answer.status in (case.status if isinstance(case.status, tuple) else (case.status,)), answer.text[:500]
    assert case.words in answer.text
    assert case.without not in answer.text


NEAR = {
    "another path": "http://127.0.0.1:{port}/unlisted",
    "no path": "http://127.0.0.1:{port}",
    "a slash more": "http://127.0.0.1:{port}/sparql/",
    "another port": "http://127.0.0.1:{listener}/sparql",
    "another host": "http://localhost:{port}/sparql",
    "another way to write the host": "http://127.1:{port}/sparql",
    "the host as one number": "http://2130706433:{port}/sparql",
    "the host in hexadecimal": "http://0x7f000001:{port}/sparql",
    "the host within IPv6": "http://[::ffff:127.0.0.1]:{port}/sparql",
    "a user": "http://user:word@127.0.0.1:{port}/sparql",
    "a listed host as a user": "http://127.0.0.1:{port}@127.0.0.1:{listener}/sparql",
    "a scheme in large letters": "HTTP://127.0.0.1:{port}/sparql",
    "another scheme": "https://127.0.0.1:{port}/sparql",
    "a path in large letters": "http://127.0.0.1:{port}/SPARQL",
    "a percent sign": "http://127.0.0.1:{port}/s%70arql",
    "an escape": "http://127.0.0.1:{port}/s\\u0070arql",
    "two dots": "http://127.0.0.1:{port}/x/../sparql",
    "a query string": "http://127.0.0.1:{port}/sparql?",
    "a fragment": "http://127.0.0.1:{port}/sparql#",
    "two addresses": "http://127.0.0.1:{port}/sparql,http://127.0.0.1:{port}/moved",
    "no scheme": "//127.0.0.1:{port}/sparql",
    "a part of the base": "sparql",
    "nothing": "",
}


@pytest.mark.parametrize("silent", ["", "SILENT"])
@pytest.mark.parametrize("name", NEAR)
def test_an_address_near_a_listed_one_is_not_it(watched: Watched, other: Other, name: str, silent: str) -> None:
    address = NEAR[name].format(port=other.port, listener=watched.listener.port)
    base = f"BASE <http://127.0.0.1:{other.port}/>"
    answer = ask(watched, f"{base} ASK {{ SERVICE {silent} <{address}> {PATTERN} }}")
    assert (answer.status, "SERVICE is refused" in answer.text) == (403, True)
    assert other.received == []


HIDDEN = {
    "at a variable": "VALUES ?x {{ <{listed}> }} SERVICE ?x {p}",
    "joined with its name": "SERVICE:x {p}",
    "joined with its prefix": "SERVICEx:x {p}",
    "joined with SILENT": "SERVICESILENT <{listed}> {p}",
    "joined with a word": "?s ?p trueSERVICE <{listed}> {p}",
    "beside a listed one": "SERVICE <{listed}> {p} SERVICE <{closed}> {p}",
    "in a listed one": "SERVICE <{listed}> {{ SERVICE <{closed}> {p} }}",
    "in a condition of a listed one": "SERVICE <{listed}> {{ ?s ?p ?o FILTER EXISTS {{ SERVICE <{closed}> {p} }} }}",
    "joined, in a listed one": "SERVICE <{listed}> {{ ?s ?p true.SERVICE:x {p} }}",
    "in a string of a listed one": "SERVICE <{listed}> {{ VALUES ?x {{ '''a' }} SERVICE <{closed}> {p} # ''' }} }}",
    "in a condition": "?s ?p ?o FILTER EXISTS {{ SERVICE <{listed}> {p} }}",
    "in a graph": "GRAPH ?g {{ SERVICE <{listed}> {p} }}",
    "nine times": "{nine}",
}


@pytest.mark.parametrize("name", HIDDEN)
def test_a_listed_address_opens_no_way_for_others(watched: Watched, other: Other, name: str) -> None:
    listed, closed = other.at("/sparql"), f"http://127.0.0.1:{watched.listener.port}/"
    nine = f"SERVICE <{listed}> {PATTERN}" * 9
    text = HIDDEN[name].format(listed=listed, closed=closed, p=PATTERN, nine=nine)
    answer = ask(watched, f"PREFIX : <{closed}> PREFIX x: <{closed}> ASK {{ {text} }}")
    assert (answer.status, "SERVICE is refused" in answer.text) == (403, True), answer.text
    assert other.received == []


@pytest.mark.parametrize("name", BAD)
def test_a_bad_answer_fails_the_query_with_a_sentence_and_is_nothing_where_silent(
    watched: Watched, other: Other, name: str
) -> None:
    _, status, reason = BAD[name]
    address = other.at(f"/{name}")
    began = time.monotonic()
    answer = ask(watched, f"SELECT * {{ SERVICE <{address}> {{ ?s a ?s }} }}")
    assert time.monotonic() - began < 1.9
    assert (answer.status, reason in answer.text) == (status, True), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert f"problem/service-{'timeout' if status == 504 else 'failed'}" in answer.text
    assert not re.search(r"httpx|pyoxigraph|json\.|Errno|root:|line \d", answer.text)
    silent = ask(watched, f"SELECT ?s (1 AS ?one) {{ SERVICE SILENT <{address}> {{ ?s a ?s }} }}", format="csv")
    assert (silent.status, silent.text.split()) == (200, ["s,one", ",1"])


def test_the_time_of_a_query_covers_the_asking(watched: Watched, other: Other) -> None:
    began = time.monotonic()
    answer = ask(watched, f"ASK {{ SERVICE SILENT <{other.at('/silent')}> {PATTERN} }}", timeout="0.3")
    assert time.monotonic() - began < 0.9
    assert answer.status == 504
    assert "the services that it asks were too slow" in answer.text


def test_a_query_can_be_stopped_while_a_service_is_asked(watched: Watched, other: Other) -> None:
    name = "a-query-that-waits-for-another-service"
    request = sparql(f"ASK {{ SERVICE <{other.at('/slow')}> {PATTERN} }}", **{"query-id": name})
    with connect(watched.address) as connection:
        connection.sendall(request)
        wait_until_asked(other)
        assert ("running already" in watched.ask(request).text, len(other.received)) == (True, 1)
        assert watched.ask(get(f"/queries/{name}", method="DELETE")).status == 204
        answer = receive(connection)
    assert (answer.status, "stopped by who started it" in answer.text) == (409, True)
    assert watched.ask(get(f"/queries/{name}", method="DELETE")).status == 404


def test_the_services_are_not_asked_by_a_request_that_cannot_be_answered(watched: Watched, other: Other) -> None:
    query = f"SELECT * {{ SERVICE <{other.at('/sparql')}> {PATTERN} }}"
    assert ask(watched, query, "Accept: image/png").status == 406
    assert ask(watched, query, format="nothing").status == 400
    assert ask(watched, query + "}").status == 403
    assert other.received == []


def test_clients_that_leave_while_a_service_is_asked_leave_nothing_behind(watched: Watched, other: Other) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(20):
            connection = stack.enter_context(connect(watched.address))
            connection.sendall(sparql(f"ASK {{ SERVICE <{other.at('/slow')}> {PATTERN} }}"))
        wait_until_asked(other)
        time.sleep(0.2)
        assert len(other.received) <= 8
    must_calm_down(watched)


def test_an_address_on_the_list_that_leads_into_the_own_network_is_not_asked(
    snapshot: Snapshot, other: Other, tmp_path: Path
) -> None:
    listed = [f"http://{host}:{other.port}/sparql" for host in ("127.0.0.1", "localhost", "0x7f.1", "[::1]", "0")]
    with watching(snapshot, tmp_path, "--services", ",".join(listed)) as server:
        for address in listed:
            answer = ask(server, f"ASK {{ SERVICE <{address}> {PATTERN} }}")
            assert (answer.status, "an address that is not public" in answer.text) == (502, True), answer.text
            silent = ask(server, f"ASK {{ SERVICE SILENT <{address}> {PATTERN} }}")
            assert (silent.status, '"boolean":true' in silent.text) == (200, True)
    assert other.received == []


def test_in_the_end_nothing_is_left_behind(watched: Watched) -> None:
    must_calm_down(watched)
    assert watched.use().mebibytes < watched.at_first.mebibytes + 200
    assert watched.loud() == [], watched.log.read_text(errors="replace")[-4000:]
