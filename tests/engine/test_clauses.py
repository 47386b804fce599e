"""The SERVICE clauses of a query: what they ask, where they may stand, and what stands for them."""

import pyoxigraph as ox
import pytest

from citydip.engine.clauses import clauses_of, filled, original_place
from citydip.engine.guard import guard
from citydip.model.errors import QueryRefusedError

A = "http://a.example/sparql"
P = "{ ?s ?p ?o }"


def test_a_clause_is_asked_as_a_query_of_its_own_with_the_names_that_it_uses() -> None:
    text = (
        "# SERVICE?\nBASE <http://base/> PREFIX x: <rel/> PREFIX unused: <http://u/>\n"
        f"select ?s {{ ?s cd:cites ?t . service silent <{A}> {{ ?s x:p 'SERVICE', <q>; a city:x FILTER(?f = 1) }} }}"
    )
    (clause,) = clauses_of(text, [A])
    assert clause.part.of(text).startswith("service silent")
    assert clause.part.of(text).endswith("FILTER(?f = 1) }")
    assert (clause.address, clause.silent, clause.variables) == (A, True, ("s",))
    assert clause.query.splitlines() == [
        "BASE <http://base/>",
        "PREFIX city: <https://w3id.org/citydip/id/city/>",
        "PREFIX x: <http://base/rel/>",
        "SELECT *",
        "{ ?s x:p 'SERVICE', <q>; a city:x FILTER(?f = 1) }",
    ]
    assert isinstance(ox.Store().query(clause.query), ox.QuerySolutions)


@pytest.mark.parametrize(
    ("inside", "variables"),
    [
        ("{ ?s ?p ?o }", "o p s"),
        ("{}", ""),
        ("{ ?s a 'x' FILTER(?f = 1) MINUS { ?m a 'x' } FILTER NOT EXISTS { ?e a ?s } }", "s"),
        ("{ SELECT ?a (COUNT(?b) AS ?n) { ?a a ?b } GROUP BY ?a }", "a n"),
        (
            "{ ?s a ?x BIND(1 AS ?b) OPTIONAL { ?o a 1 } { ?u a 1 } UNION { ?v a 1 } GRAPH ?g { ?w a 1 } }",
            "b g o s u v w x",
        ),
        ("{ VALUES (?a ?b) { (1 2) } }", "a b"),
    ],
)
def test_what_a_clause_may_bind_is_what_is_in_scope(inside: str, variables: str) -> None:
    (clause,) = clauses_of(f"ASK {{ SERVICE <{A}> {inside} }}", [A])
    assert " ".join(clause.variables) == variables
    found = ox.Store().query(clause.query)
    assert isinstance(found, ox.QuerySolutions)
    assert {name.value for name in found.variables} == set(clause.variables)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?s ?p ?o }",
        "SELECT ?service { ?service ?p 'SERVICE' }",
        "SELECT * { ?s sd:Service ?o } # SERVICE <http://x/> {}",
        "this is no query, and has SERVICE in it",
        f"SELECT * {{ SERVICE <{A}> {P}",
        f"ASK {{ SERVICEx:x {P} }}",
        f"ASK {{ ?s ?p 'a }} SERVICE <{A}> {P} ",
    ],
)
def test_what_has_no_clause_that_can_be_read_asks_nothing(text: str) -> None:
    assert clauses_of(text, [A]) == ()


REFUSED = {
    "another host": "<http://b.example/sparql>",
    "another port": "<http://a.example:8080/sparql>",
    "the port that is meant anyway": "<http://a.example:80/sparql>",
    "another scheme": "<https://a.example/sparql>",
    "a slash more": "<http://a.example/sparql/>",
    "large letters": "<http://A.example/sparql>",
    "a large scheme": "<HTTP://a.example/sparql>",
    "a user": "<http://user@a.example/sparql>",
    "an empty user": "<http://@a.example/sparql>",
    "another host behind a user": "<http://a.example@b.example/sparql>",
    "a query string": "<http://a.example/sparql?x=y>",
    "an empty query string": "<http://a.example/sparql?>",
    "a fragment": "<http://a.example/sparql#x>",
    "a dot": "<http://a.example/./sparql>",
    "two dots": "<http://a.example/x/../sparql>",
    "a percent sign": "<http://a.example/s%70arql>",
    "an escape": "<http://a.example/s\\u0070arql>",
    "a long escape": "<http://a.example/s\\U00000070arql>",
    "a full stop behind the host": "<http://a.example./sparql>",
    "two slashes": "<http://a.example//sparql>",
    "a part of it": "<http://a.example/spar>",
    "more": "<http://a.example/sparql2>",
    "nothing": "<>",
    "a variable": "?x",
    "a relative address": "<sparql>",
    "an address without a scheme": "<//a.example/sparql>",
    "a name without a prefix that is known": "nobody:sparql",
    "a name that leads elsewhere": "x:other",
    "a name of a larger whole": "x:sparql/",
    "a file": "<file:///etc/passwd>",
}


@pytest.mark.parametrize("silent", ["", "SILENT "])
@pytest.mark.parametrize("name", REFUSED)
def test_an_address_that_is_not_the_listed_one_letter_by_letter_is_refused(name: str, silent: str) -> None:
    text = f"BASE <http://a.example/> PREFIX x: <http://a.example/> ASK {{ SERVICE {silent}{REFUSED[name]} {P} }}"
    with pytest.raises(QueryRefusedError, match="SERVICE is refused"):
        guard(filled(text, clauses_of(text, [A])))


def test_an_address_may_be_a_name_with_a_prefix() -> None:
    for name in ("x:sparql", "full:"):
        text = f"PREFIX x: <http://a.example/> PREFIX full: <{A}> ASK {{ SERVICE {name} {P} }}"
        assert [clause.address for clause in clauses_of(text, [A])] == [A]


def test_one_address_that_is_not_listed_among_others_refuses_the_query() -> None:
    with pytest.raises(QueryRefusedError, match=r"SERVICE is refused for <http://b\.example/>: .*a\.example"):
        clauses_of(f"ASK {{ SERVICE <{A}> {P} {{ OPTIONAL {{ SERVICE <http://b.example/> {P} }} }} }}", [A])


S = f"SERVICE <{A}> {P}"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"ASK {{ SERVICE <{A}> {{ {S} }} }}", "inside SERVICE"),
        (f"ASK {{ SERVICE <{A}> {{ OPTIONAL {{ {S} }} }} }}", "inside SERVICE"),
        (f"ASK {{ SERVICE <{A}> {{ ?s ?p ?o FILTER EXISTS {{ {S} }} }} }}", "inside SERVICE"),
        (f"ASK {{ GRAPH ?g {{ {S} }} }}", "inside GRAPH"),
        (f"ASK {{ GRAPH <x:g> {{ ?s ?p ?o {{ {S} }} }} }}", "inside GRAPH"),
        (f"ASK {{ ?s ?p ?o FILTER EXISTS {{ {S} }} }}", "inside EXISTS"),
        (f"ASK {{ ?s ?p ?o FILTER NOT EXISTS {{ ?s ?p ?o {{ {S} }} }} }}", "inside EXISTS"),
        (f"ASK {{ ?s ?p ?o FILTER(1 = 1 && EXISTS {{ {S} }}) }}", "inside EXISTS"),
        (f"ASK {{ BIND(EXISTS {{ {S} }} AS ?x) }}", "inside EXISTS"),
        (f"SELECT (EXISTS {{ {S} }} AS ?x) {{}}", "inside EXISTS"),
        (f"SELECT ?s {{ ?s ?p ?o }} ORDER BY (EXISTS {{ {S} }})", "inside EXISTS"),
        (f"SELECT ?s {{ ?s ?p ?o }} GROUP BY ?s HAVING (EXISTS {{ {S} }})", "inside EXISTS"),
        (f"ASK {{ {{ SELECT (EXISTS {{ {S} }} AS ?x) {{}} }} }}", "inside EXISTS"),
        (f"ASK {{ {{ SELECT ?s {{ ?s ?p ?o }} ORDER BY (EXISTS {{ {S} }}) }} }}", "inside EXISTS"),
        (f"ASK {{ {S * 9} }}", "more than 8 times"),
        (f"ASK {{ SERVICE <{A}> {{ ?s ?p ' SERVICE <http://b/> {{' }} }}", "looks like another SERVICE"),
    ],
)
def test_a_clause_stands_only_where_its_answer_can_stand_for_it(text: str, reason: str) -> None:
    with pytest.raises(QueryRefusedError, match=reason):
        clauses_of(text, [A])


@pytest.mark.parametrize(
    "text",
    [
        f"SELECT * {{ {S} }}",
        f"SELECT*{{{S}}}LIMIT 1",
        f"ASK {{ OPTIONAL {{ {S} }} MINUS {{ {S} }} {{ {S} }} UNION {{ {S} }} }}",
        f"ASK {{ {{ SELECT ?s {{ {S} }} LIMIT 1 }} }}",
        f"CONSTRUCT {{ ?s ?p ?o }} {{ {S} }}",
        f"DESCRIBE ?s {{ {S} }}",
        f"ASK {{ ?a ?b ?c . {S} . ?d ?e ?f }}",
        f"ASK {{ {S * 8} }}",
        f"ASK {{ ?a ?b '''SERVICE''' # SERVICE\n {S} }}",
    ],
)
def test_wherever_else_it_stands_it_is_found_and_the_rest_asks_nothing(text: str) -> None:
    clauses = clauses_of(text, [A])
    assert len(clauses) == text.count(f"<{A}>")
    rest = filled(text, clauses)
    guard(rest)
    assert A not in rest
    assert rest.count("VALUES () {}") == len(clauses)
    ox.Store().query(rest)


@pytest.mark.parametrize("first", ["", "x", "VALUES " + "(\u2028)" * 40])
@pytest.mark.parametrize("second", ["", "x", "VALUES " + "(\u2028)" * 40])
def test_a_place_in_the_filled_query_is_found_again(first: str, second: str) -> None:
    text = f"ASK {{ ?1 ?2 'é'\n {S}\n . ?3 ?4 ?5 {{ {S} ?6 ?7 ?8 }} ?9 ?a\n ?b }}"
    clauses = clauses_of(text, [A])
    whole = filled(text, clauses, [first, second])

    def found(at: int) -> str:
        line, column = whole.count("\n", 0, at) + 1, at - whole.rfind("\n", 0, at)
        line, column = original_place(text, clauses, [first, second], line, column)
        return text.split("\n")[line - 1][column - 1 :]

    for mark in "123456789ab":
        assert found(whole.index("?" + mark)).startswith("?" + mark)
    for answer in (first, second):
        for at in range(len(answer)):
            assert found(whole.index(answer) + at).startswith("SERVICE")
