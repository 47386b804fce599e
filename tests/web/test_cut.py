"""Answers that are too large say so, and answers that are asked for again are kept."""

import csv
import io
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest

from citydip.curation.snapshot import Snapshot
from citydip.web.messages import say
from tests.web.conftest import serving

PREDICATES = "SELECT DISTINCT ?p { ?s ?p ?o } ORDER BY ?p"
NAMES = "CONSTRUCT { ?s rdfs:label ?name } WHERE { ?s rdfs:label ?name }"
WIDE = 'SELECT ?s ("%s" AS ?x) { ?s a ?class }' % ("x" * 50_000)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("log") / "access.jsonl"


@pytest.fixture(scope="module")
def small(snapshot: Snapshot, log: Path) -> Iterator[httpx.Client]:
    """Yield a client of a server that lets 100 rows through, or 4 MiB."""
    options = ("--workers", "1", "--rows", "100", "--size", "4", "--access-log", str(log))
    with serving(snapshot.path.parent, *options) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield client


def ask(client: httpx.Client, query: str, **params: str) -> httpx.Response:
    return client.get("/sparql", params={"query": query, **params})


def values(answer: httpx.Response) -> list[str]:
    return [row["p"]["value"] for row in answer.json()["results"]["bindings"]]


@pytest.mark.parametrize("form", ["json", "xml", "csv", "tsv"])
def test_a_table_that_is_cut_says_so_in_a_header(small: httpx.Client, form: str) -> None:
    answer = ask(small, "SELECT * { ?s ?p ?o }", format=form)
    assert answer.status_code == 200
    assert answer.headers["citydip-cut"] == "rows; rows=100"
    assert "citydip-cut" in answer.headers["access-control-expose-headers"].lower()
    assert "link" not in answer.headers
    if form == "csv":
        assert len(list(csv.reader(io.StringIO(answer.text)))) == 101


@pytest.mark.parametrize("form", ["turtle", "ntriples", "jsonld", "rdfxml", "trig", "nquads"])
def test_a_graph_that_is_cut_says_so_in_a_header(small: httpx.Client, form: str) -> None:
    answer = ask(small, NAMES, format=form)
    assert answer.headers["citydip-cut"] == "rows; rows=100"


def test_an_answer_that_just_fits_is_whole(small: httpx.Client) -> None:
    answer = ask(small, "SELECT * { ?s ?p ?o } LIMIT 100", format="csv")
    assert len(answer.text.splitlines()) == 101
    assert "citydip-cut" not in answer.headers


def test_the_parts_of_an_ordered_answer_link_to_the_next_and_make_up_the_whole(
    small: httpx.Client, server: str
) -> None:
    whole = values(httpx.get(server + "/sparql", params={"query": PREDICATES, "format": "json"}))
    assert len(whole) > 100
    answer = ask(small, PREDICATES, format="json")
    got = values(answer)
    while "link" in answer.headers:
        link = re.fullmatch('<(.*)>; rel="next"', answer.headers["link"])
        assert link
        assert answer.json()["citydip"]["next"] == link[1]
        assert f"/version/{answer.headers['citydip-version']}/" in link[1]
        answer = small.get(link[1])
        got += values(answer)
    assert "citydip-cut" not in answer.headers
    assert got == whole


def test_a_part_of_a_limited_answer_ends_where_its_limit_is(small: httpx.Client) -> None:
    answer = ask(small, PREDICATES + " LIMIT 105", format="json")
    rest = small.get(answer.json()["citydip"]["next"])
    assert (len(values(answer)), len(values(rest))) == (100, 5)
    assert "citydip-cut" not in rest.headers


def test_offset_needs_an_order(small: httpx.Client) -> None:
    answer = ask(small, "SELECT * { ?s ?p ?o }", offset="10")
    assert answer.status_code == 400
    assert "ORDER BY" in answer.json()["detail"]


@pytest.mark.parametrize("params", [{"offset": "-1"}, {"offset": "x"}, {"partial": "no"}])
def test_a_parameter_that_cannot_be_read_is_an_error(small: httpx.Client, params: dict[str, str]) -> None:
    assert ask(small, PREDICATES, **params).status_code == 400


@pytest.mark.parametrize("query", ["SELECT * { ?s ?p ?o }", NAMES, WIDE])
def test_who_wants_an_answer_whole_or_not_at_all_gets_an_error(small: httpx.Client, query: str) -> None:
    answer = ask(small, query, partial="error")
    assert answer.status_code == 413
    assert answer.json()["type"].endswith("/answer-cut")
    whole = ask(small, "SELECT * { ?s ?p ?o } LIMIT 3", partial="error", format="json")
    assert len(whole.json()["results"]["bindings"]) == 3


def test_a_large_answer_that_can_carry_a_mark_streams_and_is_marked(small: httpx.Client) -> None:
    answer = ask(small, WIDE, format="json")
    assert "citydip-cut" not in answer.headers
    got = json.loads(answer.text)
    assert got["citydip"]["cut"] == "bytes"
    assert len(got["results"]["bindings"]) == got["citydip"]["rows"] > 70
    assert len(answer.text) < 4.1 * 2**20


def test_a_large_answer_that_cannot_is_held_back_until_its_end_is_known(small: httpx.Client) -> None:
    answer = ask(small, WIDE, format="csv")
    rows = list(csv.reader(io.StringIO(answer.text)))
    assert answer.headers["citydip-cut"] == f"bytes; rows={len(rows) - 1}"
    assert 1 << 20 < len(answer.content) <= 4 << 20


def test_a_page_says_that_there_is_more(small: httpx.Client) -> None:
    page = ask(small, "SELECT * { ?s ?p ?o }", format="html").text
    assert say("row-count", "en", count=100) in page
    assert "There are more than that" in page
    assert "There are more than that" not in ask(small, "SELECT * { ?s ?p ?o } LIMIT 100", format="html").text


def test_an_answer_is_kept_for_who_asks_the_same_again(small: httpx.Client) -> None:
    first = ask(small, "SELECT ?s { ?s a cd:City } LIMIT 7 # once", format="json")
    again = ask(small, "SELECT ?s  { ?s a\ncd:City } LIMIT 7", format="json")
    assert "cache-status" not in first.headers
    assert again.headers["cache-status"] == "citydip; hit"
    assert again.content == first.content
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["citydip-query"] != first.headers["citydip-query"]


@pytest.mark.parametrize(
    ("query", "params"),
    [
        ("SELECT ?s { ?s a cd:City } LIMIT 8", {"format": "csv"}),
        ("SELECT ?s { ?s a cd:City } LIMIT 8", {"default-graph-uri": "https://w3id.org/citydip/graph/sources"}),
        ("SELECT ?s { ?s a cd:City } LIMIT 8", {"named-graph-uri": "https://w3id.org/citydip/graph/sources"}),
        ("SELECT ?s { ?s a cd:City } LIMIT 9", {}),
        ("SELECT ?s { ?s a 'cd: City' } LIMIT 8", {}),
        ("SELECT ?s { ?s a 'cd:  City' } LIMIT 8", {}),
    ],
)
def test_what_differs_is_asked_anew(small: httpx.Client, query: str, params: dict[str, str]) -> None:
    ask(small, "SELECT ?s { ?s a cd:City } LIMIT 8", format="json")
    assert "cache-status" not in ask(small, query, **params).headers


@pytest.mark.parametrize(
    "query", ["SELECT (NOW() AS ?t) {}", "SELECT (STRUUID() AS ?t) {}", "SELECT * { ?s ?p ?o }", "SELECT"]
)
def test_what_changes_or_was_cut_or_failed_is_not_kept(small: httpx.Client, query: str) -> None:
    answers = [ask(small, query, format="json") for _ in range(2)]
    assert all("cache-status" not in answer.headers for answer in answers)


def test_the_log_tells_rows_cuts_and_kept_answers(small: httpx.Client, log: Path) -> None:
    for query in ("SELECT ?s { ?s a cd:City } LIMIT 6", "SELECT ?s { ?s a cd:City } LIMIT 6", "SELECT * { ?s ?p ?o }"):
        ask(small, query, format="json")
    lines = [json.loads(line) for line in log.read_text().splitlines()[-3:]]
    assert [(line["rows"], line["cut"], line["cached"]) for line in lines] == [
        (6, None, False),
        (6, None, True),
        (100, "rows", False),
    ]
    # A large answer is logged when it ends.
    ask(small, WIDE, format="json")
    end = time.monotonic() + 5
    while (last := json.loads(log.read_text().splitlines()[-1]))["cut"] != "bytes" and time.monotonic() < end:
        time.sleep(0.05)
    assert last["cut"] == "bytes"


def test_answers_are_counted_whoever_gives_them(small: httpx.Client) -> None:
    def counted() -> float:
        lines = small.get("/metrics").text.splitlines()
        beginning = 'citydip_requests_total{route="/sparql",status="200"}'
        return sum(float(line.split()[-1]) for line in lines if line.startswith(beginning))

    before = counted()
    for _ in range(3):
        ask(small, "ASK { city:tehran a cd:City }", format="json")
    assert counted() == before + 3


@pytest.mark.parametrize("form", ["xml", "ntriples"])
def test_readers_take_a_marked_answer(small: httpx.Client, form: str) -> None:
    if form == "xml":
        table = ox.parse_query_results(ask(small, PREDICATES, format="xml").content, ox.QueryResultsFormat.XML)
        assert isinstance(table, ox.QuerySolutions)
        assert sum(1 for _ in table) == 100
    else:
        text = ask(small, NAMES, format="ntriples").content
        assert sum(1 for _ in ox.parse(text, ox.RdfFormat.N_TRIPLES)) == 100


def test_the_very_same_request_is_answered_as_before(small: httpx.Client) -> None:
    query = "SELECT ?city ?name { ?city a cd:City ; rdfs:label ?name } ORDER BY ?name LIMIT 90"
    # The first is computed, the second found by its query, and then as it was sent.
    first, *more = [ask(small, query, format="json") for _ in range(4)]
    for answer in more:
        assert answer.content == first.content
        differing = {"date", "citydip-query", "cache-status"}
        same = [pair for pair in answer.headers.multi_items() if pair[0] not in differing]
        assert same == [pair for pair in first.headers.multi_items() if pair[0] not in differing]
        assert answer.headers["cache-status"] == "citydip; hit"
    assert len({answer.headers["citydip-query"] for answer in (first, *more)}) == 4
    plain = small.get("/sparql", params={"query": query, "format": "json"}, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert first.headers["content-encoding"] in ("gzip", "br", "zstd")
    assert plain.content == first.content
    known = small.get("/sparql", params={"query": query, "format": "json"}, headers={"If-None-Match": "*"})
    assert known.status_code == 304
    assert small.head("/sparql", params={"query": query, "format": "json"}).content == b""


def test_what_a_request_accepts_tells_kept_answers_apart(small: httpx.Client) -> None:
    query = {"query": "SELECT ?city { ?city a cd:City } LIMIT 2"}
    for _ in range(2):
        for accepted in ("text/csv", "application/sparql-results+xml", "text/html"):
            answer = small.get("/sparql", params=query, headers={"Accept": accepted})
            assert answer.headers["content-type"].startswith(accepted)
