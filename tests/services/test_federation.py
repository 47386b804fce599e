"""Queries that ask other services: what they answer, what they refuse, and what is kept."""

import asyncio
import contextlib
import io
import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pyoxigraph as ox
import pytest

from citydip.engine.run import QueryRequest
from citydip.engine.store import open_query
from citydip.model.errors import (
    CitydipError,
    QueryRefusedError,
    QuerySyntaxError,
    QueryTimeoutError,
    ServiceFailedError,
    ServiceTimeoutError,
)
from citydip.model.settings import Settings
from citydip.services.federation import Federation, Filled
from tests.services.other import Other, Received, Send, fixed, other_service, real, response, rows, slow

HERE = """
PREFIX x: <http://x/>
INSERT DATA { GRAPH <http://g/1> { x:tehran x:mayor x:zakani . x:seoul x:mayor x:oh . x:karaj x:mayor x:nobody } }
"""


def federation(other: Other, *paths: str, count: Callable[[str], object] = lambda _: None, **more: Any) -> Federation:
    services = ",".join(other.at(path) for path in paths or ("/sparql",))
    return Federation(Settings(services=services, service_private=1, **more), count)


def fill(asked: Federation, *queries: str, timeout: float | None = None) -> list[Filled]:
    async def ask() -> list[Filled]:
        return [await asked.fill(QueryRequest(text, asked.guard(text), "json", timeout)) for text in queries]

    return asyncio.run(ask())


def solutions(filled: Filled) -> list[str]:
    """Return the rows of a filled query on the graph here, in an order of their own."""
    store = ox.Store()
    store.update(HERE)
    store.update("INSERT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }")
    output = io.BytesIO()
    request = filled.request
    open_query(store, {"query": request.text, "format": "json"}).write(output)
    found = json.loads(output.getvalue())["results"]["bindings"]
    return sorted(
        " ".join(f"{name}={term['value'].removeprefix('http://x/')}" for name, term in sorted(row.items()))
        for row in found
    )


def answer(text: str, **more: Any) -> list[str]:
    """Return the rows of a query in which <here> is the other service."""
    with other_service() as other:
        asked = federation(other, **more)
        (filled,) = fill(asked, "PREFIX x: <http://x/> " + text.replace("<here>", f"<{other.at('/sparql')}>"))
        return solutions(filled)


TWINS = "SERVICE <here> { ?a x:twin ?b FILTER(!isBlank(?b)) }"
NAMES = "SERVICE SILENT <here> { ?a x:name ?n FILTER(!isBlank(?a)) }"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"SELECT * {{ {TWINS} }}", ["a=tehran b=london", "a=tehran b=seoul"]),
        (f"SELECT * {{ ?a x:mayor ?m . {TWINS} }}", ["a=tehran b=london m=zakani", "a=tehran b=seoul m=zakani"]),
        (f"SELECT * {{ ?b x:mayor ?m {TWINS} . }}", ["a=tehran b=seoul m=oh"]),
        (
            f"SELECT ?a ?b {{ ?a x:mayor ?m OPTIONAL {{ {TWINS} FILTER(?b != x:london) }} }}",
            ["a=karaj", "a=seoul", "a=tehran b=seoul"],
        ),
        (f"SELECT ?a {{ ?a x:mayor ?m MINUS {{ {TWINS} }} }}", ["a=karaj", "a=seoul"]),
        (f"SELECT ?a {{ {{ ?a x:mayor x:oh }} UNION {{ {TWINS} }} }}", ["a=seoul", "a=tehran", "a=tehran"]),
        (
            f"SELECT * {{ {{ SELECT ?a (COUNT(?b) AS ?k) {{ {TWINS} }} GROUP BY ?a }} ?a x:mayor ?m }}",
            ["a=tehran k=2 m=zakani"],
        ),
        (f"SELECT * {{ {TWINS} FILTER(?b = x:seoul) BIND(STR(?a) AS ?t) }}", ["a=tehran b=seoul t=tehran"]),
        (f"SELECT * {{ {TWINS} ?b x:mayor ?m . {NAMES} FILTER(LANG(?n) = 'fa') }}", ["a=tehran b=seoul m=oh n=تهران"]),
        (
            f"SELECT ?n {{ {NAMES} FILTER(LANG(?n) = 'en') }} ORDER BY ?n LIMIT 9",
            ["n=Seoul", 'n=Tehran\n"the" capital'],
        ),
        ("SELECT ?d { SERVICE <here> { x:seoul x:size ?n } BIND(DATATYPE(?n) AS ?d) }", ["d=millions"]),
        ("SELECT * { SERVICE <here> { x:tehran x:twin x:seoul } ?a x:mayor x:oh }", ["a=seoul"]),
        ("SELECT * { SERVICE <here> { x:tehran x:twin x:karaj } ?a x:mayor x:oh }", []),
        (
            "SELECT * { SERVICE <here> { ?a x:size ?n OPTIONAL { ?a x:twin ?b } } }",
            ["a=seoul n=9.4", "a=tehran b=london n=9", "a=tehran b=seoul n=9"],
        ),
        (
            "SELECT * { SERVICE <here> { SELECT ?a (SUM(?n) AS ?k) { ?a x:size ?n } GROUP BY ?a } FILTER(BOUND(?k)) }",
            ["a=tehran k=9"],
        ),
        (f"SELECT * FROM <http://g/1> {{ ?b x:mayor ?m . {TWINS} }}", ["a=tehran b=seoul m=oh"]),
        (f"SELECT ?b FROM <http://g/2> {{ {TWINS} OPTIONAL {{ ?b ?p ?m }} }}", ["b=london", "b=seoul"]),
        ("SELECT * { service<here>{?a x:mayor ?m} }", []),
    ],
)  # fmt: skip
def test_the_answer_of_another_service_is_joined_with_what_is_here(text: str, expected: list[str]) -> None:
    assert answer(text) == sorted(expected)


def test_prefixes_of_this_graph_are_known_to_the_other_service_as_well() -> None:
    with other_service() as other:
        (filled,) = fill(federation(other), f"SELECT * {{ SERVICE <{other.at('/sparql')}> {{ ?a rdfs:label ?b }} }}")
        assert "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>" in other.received[0].query
        assert "PREFIX city:" not in other.received[0].query
        assert solutions(filled) == []


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("SERVICE <here> { ?a x:twin ?b }", "has blank nodes"),
        ("SERVICE <here> { ?a ?b ?c, ?d }", "too many of 4 values each"),
        ("SERVICE <here> { ?s nobody:x ?o }", "cannot be reached"),
    ],
)
def test_an_answer_that_cannot_be_used_fails_the_query_or_is_nothing_where_the_query_is_silent(
    query: str, reason: str
) -> None:
    with pytest.raises(ServiceFailedError, match=reason):
        answer(f"SELECT * {{ ?s x:mayor x:oh {query} }}", service_rows=10)
    silent = query.replace("SERVICE", "SERVICE SILENT")
    assert answer(f"SELECT * {{ ?s x:mayor x:oh {silent} }}", service_rows=10) == ["s=seoul"]


def test_a_silent_failure_binds_nothing_and_hides_nothing() -> None:
    with other_service(gone=fixed(response(b"", status="410 Gone"))) as other:
        silent = f"SERVICE SILENT <{other.at('/gone')}> {{ ?a <http://x/mayor> ?z FILTER(?y = 1) }}"
        asked = federation(other, "/gone")
        texts = [
            f"SELECT * {{ ?a <http://x/mayor> ?m {silent} BIND(1 AS ?y) FILTER(!BOUND(?z)) }}",
            f"SELECT * {{ ?a <http://x/mayor> ?m MINUS {{ {silent} }} }}",
        ]
        bound, minus = (solutions(filled) for filled in fill(asked, *texts))
    assert bound == ["a=karaj m=nobody y=1", "a=seoul m=oh y=1", "a=tehran m=zakani y=1"]
    assert minus == ["a=karaj m=nobody", "a=seoul m=oh", "a=tehran m=zakani"]


def test_nothing_is_asked_before_the_whole_query_is_allowed() -> None:
    with other_service() as other:
        asked = federation(other)
        here = f"SERVICE <{other.at('/sparql')}> {{ ?s ?p ?o }}"
        for text in (
            f"ASK {{ {here} SERVICE <{other.at('/other')}> {{ ?s ?p ?o }} }}",
            f"ASK {{ {here} FILTER EXISTS {{ {here} }} }}",
            f"ASK {{ {here} SERVICEx:x {{ ?s ?p ?o }} }}",
            f"ASK {{ {here} # SERVICE\n true{here} }}",
            f"INSERT {{ ?s ?p ?o }} WHERE {{ {here} }}",
            f"ASK {{ {here} }} # {'x' * 70_000}",
            f"ASK {{ SERVICE <{other.at('/sparql')}> {{ ?s ?p true.SERVICE:x {{ ?s ?p ?o }} }} }}",
            f"ASK {{ SERVICE <{other.at('/sparql')}> {{ SERVICE:x ?p ?o }} }}",
            f"ASK {{ SERVICE <{other.at('/sparql')}> {{ ?s ?p ?o LOAD <http://x/> }} }}",
        ):
            with pytest.raises((QueryRefusedError, QuerySyntaxError)):
                fill(asked, text)
        assert other.received == []


def test_services_are_asked_side_by_side_and_the_same_question_once_in_a_while() -> None:
    def late(received: Received, send: Send) -> None:
        time.sleep(0.5)
        real(received, send)

    counted: list[str] = []
    with other_service(late=late, later=late) as other:
        asked = federation(other, "/late", "/later", count=counted.append)
        clauses = "".join(f"SERVICE <{other.at(path)}> {{ ?s ?p 9 }} " for path in ("/late", "/later"))
        began = time.monotonic()
        first, second = fill(asked, f"SELECT * {{ {clauses} }}", f"SELECT ?s {{ {clauses} }}")
        assert time.monotonic() - began < 0.95
        assert solutions(first) == ["p=size s=tehran"]
        assert solutions(second) == ["s=tehran"]
        assert sorted(other.paths()) == ["/late", "/later"]
    assert counted == ["answered", "answered", "kept", "kept"]
    assert 0 <= first.age < second.age < 5


def test_an_answer_is_kept_no_longer_than_the_operator_says() -> None:
    with other_service() as other:
        text = f"SELECT * {{ SERVICE <{other.at('/sparql')}> {{ ?s ?p 9 }} }}"
        fill(federation(other, service_cache=0.0), text, text)
        assert len(other.received) == 2
        asked = federation(other, service_cache=0.2)
        fill(asked, text, text)
        assert len(other.received) == 3
        time.sleep(0.25)
        fill(asked, text)
        assert len(other.received) == 4


def test_kept_answers_take_no_more_than_so_many_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("citydip.services.federation._MOST_KEPT", 150)
    with other_service() as other:
        texts = [f"SELECT * {{ SERVICE <{other.at('/sparql')}> {{ ?s ?p {n} }} }}" for n in range(5)]
        asked = federation(other)
        fill(asked, *texts, texts[4], texts[0])
        assert [received.query[-4:] for received in other.received] == [f" {n} }}" for n in (0, 1, 2, 3, 4, 0)]
        assert 0 < asked._size <= 150


def test_a_failure_is_not_kept() -> None:
    answers = iter([response(b"", status="503 Busy"), response(rows({"s": {"type": "uri", "value": "http://x/s"}}))])
    with other_service(wavering=lambda _, send: send(next(answers))) as other:
        text = f"SELECT * {{ SERVICE SILENT <{other.at('/wavering')}> {{ ?s a 1 }} }}"
        failed, fine = fill(federation(other, "/wavering"), text, text)
    assert (solutions(failed), solutions(fine)) == ([""], ["s=s"])


def test_the_time_of_the_query_covers_the_asking_and_the_service_has_its_own() -> None:
    counted: list[str] = []
    with other_service(slow=slow) as other:
        text = f"SELECT * {{ SERVICE SILENT <{other.at('/slow')}> {{ ?s ?p ?o }} }}"
        with pytest.raises(QueryTimeoutError, match=r"after 0\.2 s, .*the services that it asks"):
            fill(federation(other, "/slow", service_timeout=5.0), text, timeout=0.2)
        asked = federation(other, "/slow", service_timeout=0.2, count=counted.append)
        (filled,) = fill(asked, text, timeout=2)
        assert solutions(filled) == [""]
        assert filled.request.timeout is not None
        assert 1 < filled.request.timeout <= 1.8
        with pytest.raises(ServiceTimeoutError):
            fill(asked, text.replace("SILENT", ""), timeout=2)
    assert counted == ["timeout", "timeout"]


def test_when_one_service_fails_the_others_are_left() -> None:
    with other_service(slow=slow, gone=fixed(response(b"", status="410 Gone"))) as other:
        asked = federation(other, "/slow", "/gone")
        text = f"ASK {{ SERVICE <{other.at('/slow')}> {{ ?s ?p 1 }} SERVICE <{other.at('/gone')}> {{ ?s ?p 1 }} }}"
        began = time.monotonic()
        with pytest.raises(ServiceFailedError, match="status 410"):
            fill(asked, text)
        assert time.monotonic() - began < 2


def test_an_error_of_the_filled_query_is_shown_in_the_query_as_it_was_asked() -> None:
    with other_service() as other:
        text = f"SELECT * {{ SERVICE <{other.at('/sparql')}> {{ ?s ?p 9 }}\n ?s ?p nobody:x }}"
        (filled,) = fill(federation(other), text)
        line, column = 2, 8
        error = QuerySyntaxError("no such prefix", line=line, column=column, text=filled.request.text)
        assert filled.in_original(error).excerpt == " ?s ?p nobody:x }\n       ^"


def test_a_query_without_service_is_as_it_was() -> None:
    with other_service() as other:
        asked = federation(other)
        assert asked.guard("ASK { ?s ?p 'SERVICE' } # SERVICE").clauses == ()
        with contextlib.suppress(CitydipError):
            assert replace(asked.guard("SELECT * { ?s ?p ?o }")).kind == "rows"
        assert list(asked.services) == [other.at("/sparql")]
