"""The structure of a query, and the places of its parts."""

import time
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from citydip.engine.structure import (
    Bind,
    Element,
    Filter,
    Graph,
    Group,
    Optional,
    Part,
    Query,
    Service,
    SubSelect,
    Triples,
    Union,
    Values,
    edited,
    walk,
)
from citydip.engine.syntax import parse
from citydip.engine.tokens import tokens
from citydip.model.terms import PREFIXES
from tests.engine.generated import Made, queries

QUERIES = sorted(Path(__file__).parents[2].glob("queries/*/*.rq"))
BEGINNINGS = {
    "Bind": ("BIND",),
    "Filter": ("FILTER",),
    "Graph": ("GRAPH",),
    "Group": ("{",),
    "Minus": ("MINUS",),
    "Optional": ("OPTIONAL",),
    "Service": ("SERVICE",),
    "SubSelect": ("SELECT",),
    "Union": ("{",),
    "Values": ("VALUES",),
}


def parsed(text: str) -> Query:
    query = parse(text)
    assert query is not None, text
    return query


def names(found: Iterable[Element]) -> list[str]:
    return [type(element).__name__ for element in found]


def only(text: str, kind: type[Element]) -> Element:
    found = [element for element in walk(parsed(text)) if isinstance(element, kind)]
    assert len(found) == 1
    return found[0]


def assert_places_are_right(query: Query) -> None:
    """Assert that parts lie where their text is, and that nothing but dots lies between the elements of a group."""
    text = query.text
    for element in walk(query):
        own = element.of(text)
        assert own == own.strip()
        assert own.upper().startswith(BEGINNINGS.get(type(element).__name__, ("",)))
        if isinstance(element, Group):
            at = element.start + 1
            for inner in element.elements:
                assert {token.key for token in tokens(text[at : inner.start])} <= {".", "end"}
                at = inner.end
            assert {token.key for token in tokens(text[at : element.end - 1])} <= {".", "end"}
            assert text[element.end - 1] == "}"
        if isinstance(element, Triples):
            for subject in element.subjects:
                for triple in subject.triples or ():
                    assert element.start <= triple.start < triple.end <= subject.end <= element.end
    for modifier, word in ((query.modifiers.limit_at, "LIMIT"), (query.modifiers.offset_at, "OFFSET")):
        assert modifier is None or modifier.of(text).upper().startswith(word)


def accepts(text: str) -> bool:
    """Return whether the engine can read a query."""
    try:
        ox.Store().query(text, prefixes=PREFIXES)
    except SyntaxError:
        return False
    return True


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_every_query_of_the_graph_is_read(path: Path) -> None:
    assert_places_are_right(parsed(path.read_text(encoding="utf-8")))


@given(queries())
def test_the_structure_is_that_of_which_the_text_was_made(made: Made) -> None:
    assert accepts(made.text), made.text
    query = parsed(made.text)
    assert names(walk(query)) == list(made.kinds)
    assert_places_are_right(query)


@given(queries())
def test_a_query_stays_what_it_is_when_each_part_is_replaced_by_itself(made: Made) -> None:
    query = parsed(made.text)
    assert query.where is not None
    parts = [element for element in query.where.elements if type(element) is not Triples]
    assert edited(made.text, [(part, part.of(made.text)) for part in parts]) == made.text


@given(queries(), st.data())
def test_a_broken_query_has_a_structure_or_none_and_breaks_nothing(made: Made, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(made.text)))
    end = data.draw(st.integers(at, min(at + 5, len(made.text))))
    text = made.text[:at] + data.draw(st.text(alphabet="{}()[]<>'\"?$:._a1 #\n;,|&=*/^@", max_size=4)) + made.text[end:]
    query = parse(text)
    if query is not None:
        assert_places_are_right(query)


@given(st.text(max_size=200))
def test_no_text_breaks_it(text: str) -> None:
    assert parse(text) is None or "{" in text or "DESCRIBE" in text.upper()


ODD = [
    "SELECT*{?s?p?o}",
    "select?s where{?s a cd:City.filter(?s!=city:tehran)}limit 1",
    "SELECT (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p HAVING (COUNT(*) > 1) ORDER BY DESC(?n) ?p LIMIT 5 OFFSET 2",
    "SELECT (SUM(?o) + 1 AS ?n) (GROUP_CONCAT(?o; SEPARATOR='}') AS ?all) { ?s ?p ?o } GROUP BY (STR(?s) AS ?t)",
    "SELECT * { [] a cd:City ; rdfs:label ?l }",
    "SELECT * { [ a cd:City ] rdfs:label ?l . [ cd:hasParty ?c ] . ?x cd:hasParty [ a cd:City ; ] , (1 ?y [] ()) }",
    "SELECT * { (1 2) ?p () . _:b ?p _:b ; }",
    "SELECT * { ?s ^cd:hasParty/(cd:a|!(cd:b|^cd:c))*/cd:d? ?o ; !a ?x ; !^cd:c ?y ; a|cd:x ?z ; cd:p+ 5 }",
    "SELECT * { ?s ?p -1, +2.5, .5e3, 1.e2, 'x'@en-GB, 'y'^^xsd:string, '''a'b''', true, FALSE . }",
    "SELECT * { ?s ?p 1.FILTER(true).?s ?q 1 . FILTER NOT EXISTS { ?s ?p 2 } . }",
    "SELECT * { { } UNION { { } } . { } }",
    "SELECT * { VALUES (?a ?b) { (1 UNDEF) ('x' <y>) } VALUES () { () () } VALUES ?c { } }",
    "SELECT * { ?s ?p ?o FILTER regex(?o, 'a') FILTER(EXISTS { ?s a ?c } || !EXISTS { ?s a ?d }) }",
    "SELECT * { ?s ?p ?o FILTER xsd:boolean(?o) FILTER <http://www.w3.org/2001/XMLSchema#boolean>(?o) }",
    "SELECT (EXISTS { ?s ?q ?r } AS ?e) { ?s ?p ?o } ORDER BY EXISTS { ?s ?p 1 } (NOT EXISTS { ?s ?p 2 })",
    "SELECT * { SELECT * { SELECT ?s { ?s ?p ?o } LIMIT 1 } OFFSET 1 } VALUES ?s { <a> }",
    "SELECT * { ?s ?p ?o FILTER(?a<?b&&?c>?d) }",
    "SELECT * { ?s ?p ?o FILTER(?a <?b && ?c> ?d) }",
    "SELECT * { ?s ?p ?o FILTER(?o-1 = ?a -1 && ?b*-1=1) }",
    "BASE <http://x/a/> PREFIX : <b#> PREFIX a.b: <../c> ASK { :x a.b:y <z> ; a.b: : }",
    "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 1",
    "CONSTRUCT { ?s ?p [ a ?o ] } FROM <http://g> WHERE { ?s ?p ?o }",
    "CONSTRUCT { } { }",
    "DESCRIBE city:tehran ?s <http://x> FROM NAMED <g> { ?s ?p ?o } ORDER BY ?s",
    "DESCRIBE city:tehran",
    "DESCRIBE * { ?s ?p ?o } LIMIT 1",
    "ASK FROM <g> FROM NAMED <h> { GRAPH <h> { ?s ?p ?o } GRAPH ?g { } }",
    "SELECT * { ?s ?p \\u0041 }",
    "SELECT * { ?s ?p <http://x/\\u0041> ; cd:a\\-b%20c.d ?o }",
    "SELECT * { <<( ?s ?p ?o )>> ?q ?r }",
    "SELECT * { << ?s ?p ?o >> ?q ?r . ?s ?p ?o {| ?q ?r |} }",
    "SELECT * { ?s ?p ?o LATERAL { ?s ?q ?r } }",
    "SELECT * { ?شهر ?p 'تهران'@fa }",
    "SELECT REDUCED ?s ?s { ?s ?p ?o } GROUP BY ?s ?s",
    "PREFIX select: <http://x/> SELECT * { ?s select:where select:filter . ?filter ?optional ?union }",
    "",
    "{}",
    "SELECT * {",
    "SELECT * { } }",
    "SELECT { }",
    "INSERT DATA { <a> <b> <c> }",
    "SELECT * { BIND(1 AS ?x } )",
    "SELECT * { BIND(?x) }",
    "ASK { ?s ?p 'open }",
    "ASK { ?s ?p ?o LIMIT }",
    "SELECT * { ?s ?p ?o } LIMIT 1 LIMIT 2",
    "SELECT * { ?s ?p ?o } ORDER BY",
]
UNREAD = {"\\u0041 }", "<<", "?a<?b&&", "?a <?b && ?c> ?d", "FILTER(?o-1"}
"""Beginnings of what the engine may read and this parser need not."""


@pytest.mark.parametrize("text", ODD)
def test_of_what_is_odd_all_is_read_that_the_engine_reads(text: str) -> None:
    query = parse(text)
    if query is not None:
        assert_places_are_right(query)
    elif not any(part in text for part in UNREAD):
        assert not accepts(text)


def test_variables_are_told_that_are_visible_and_those_that_are_certainly_bound() -> None:
    query = parsed(
        "SELECT * { ?a ?b 1 OPTIONAL { ?a ?b ?c } MINUS { ?a ?b ?d } FILTER (?e = 1) BIND (1 AS ?f)"
        " { ?g ?h 1 } UNION { ?g ?i 1 } VALUES (?j ?k) { (1 UNDEF) } { SELECT ?l (1 AS ?m) { ?l ?n 1 } }"
        " GRAPH ?o { ?p a 1 } SERVICE <urn:x> { ?q a ?r } FILTER EXISTS { ?s ?t 1 } }"
    )
    assert query.where is not None
    assert query.where.visible == frozenset("abcfghijklmopqr")
    assert query.where.certain == frozenset("abgjlop")


def test_what_follows_the_group_is_told_and_where_more_can_be_put() -> None:
    text = "SELECT * { ?s ?p ?o } ORDER BY ?s LIMIT 10 OFFSET 5 # the end\nVALUES ?s { <a> }"
    modifiers = parsed(text).modifiers
    assert (modifiers.ordered, modifiers.grouped, modifiers.limit, modifiers.offset) == (True, False, 10, 5)
    assert text[: modifiers.end].endswith("OFFSET 5")
    plain = parsed("SELECT * { ?s ?p ?o } # LIMIT 1\n")
    assert plain.modifiers.limit is None
    assert edited(plain.text, [(Part(plain.modifiers.end, plain.modifiers.end), " LIMIT 2")]) == (
        "SELECT * { ?s ?p ?o } LIMIT 2 # LIMIT 1\n"
    )
    assert plain.values is None
    assert parsed(text).values is not None


def test_the_limit_of_a_sub_query_is_not_that_of_the_query() -> None:
    query = parsed("SELECT * { { SELECT * { ?s ?p ?o } ORDER BY ?s LIMIT 1 } }")
    assert (query.modifiers.limit, query.modifiers.ordered) == (None, False)
    sub = only(query.text, SubSelect)
    assert isinstance(sub, SubSelect)
    assert (sub.select.modifiers.limit, sub.select.modifiers.ordered) == (1, True)


@pytest.mark.parametrize(
    ("prologue", "name", "address"),
    [
        ("", "<http://a/sparql>", "http://a/sparql"),
        ("BASE <http://a/b/>", "<../sparql>", "http://a/sparql"),
        ("PREFIX x: <http://a/>", "x:sparql", "http://a/sparql"),
        ("BASE <http://a/> PREFIX x: <b#>", "x:s\\-t", "http://a/b#s-t"),
        ("", "<http://\\u0061/>", "http://a/"),
        ("", "wd:Q1", "http://www.wikidata.org/entity/Q1"),
        ("", "nobody:x", None),
    ],
)
def test_the_address_of_a_service_is_told_in_full(prologue: str, name: str, address: str | None) -> None:
    text = prologue + f" SELECT * {{ SERVICE SILENT {name} {{ ?s ?p ?o }} }}"
    service = only(text, Service)
    assert isinstance(service, Service)
    assert (service.silent, service.address, service.variable) == (True, address, None)
    assert service.group.of(text) == "{ ?s ?p ?o }"
    assert service.name.of(text) == name
    assert parsed(text).prologue.of(text) == prologue + " "


def test_a_service_that_a_variable_names_is_told_by_it() -> None:
    service = only("SELECT * { ?s ?p ?o SERVICE ?s { ?o ?q ?r } }", Service)
    assert isinstance(service, Service)
    assert (service.silent, service.address, service.variable) == (False, None, "s")


def test_each_triple_pattern_is_told_alone() -> None:
    text = "ASK { ?s a ?c, ?d ; ^cd:p/cd:q 'x'@en . [] ?p ?o }"
    found = only(text, Triples)
    assert isinstance(found, Triples)
    told = [
        (t.subject.of(text), t.verb.of(text), t.object.of(text), t.is_path)
        for subject in found.subjects
        for t in subject.triples or ()
    ]
    assert told == [
        ("?s", "a", "?c", False),
        ("?s", "a", "?d", False),
        ("?s", "^cd:p/cd:q", "'x'@en", True),
        ("[]", "?p", "?o", False),
    ]


@pytest.mark.parametrize("subject", ["[] ?p 1 ; ?q 2", "[ ?p 1 ]", "[ ?p 1 ] ?q 2", "?s ?p (1 2)", "?s ?p [ ?q 1 ]"])
def test_patterns_that_brackets_join_are_not_told_alone(subject: str) -> None:
    found = only(f"ASK {{ {subject} . }}", Triples)
    assert isinstance(found, Triples)
    assert found.subjects[0].triples is None


@pytest.mark.parametrize("form", ["FILTER EXISTS {}", "FILTER(EXISTS {})", "FILTER ((NOT EXISTS { }))"])
def test_a_filter_that_is_nothing_but_exists_is_told(form: str) -> None:
    found = only(f"ASK {{ {form} }}", Filter)
    assert isinstance(found, Filter)
    assert found.exists is not None
    assert found.exists.negated is ("NOT" in form)


@pytest.mark.parametrize("form", ["FILTER(!EXISTS {})", "FILTER(EXISTS {} || true)", "FILTER(1 = 1 && EXISTS {})"])
def test_a_filter_with_more_than_exists_is_another_filter(form: str) -> None:
    found = only(f"ASK {{ {form} }}", Filter)
    assert isinstance(found, Filter)
    assert found.exists is None
    assert len(found.expression.exists) == 1


def test_each_kind_of_element_is_told() -> None:
    text = (
        "ASK { ?s ?p ?o OPTIONAL { } MINUS { } { } UNION { } GRAPH <g> { } SERVICE <s> { } BIND (1 AS ?x)"
        " VALUES ?y { 1 } FILTER (true) { SELECT * { } } { } }"
    )
    query = parsed(text)
    assert query.where is not None
    assert names(query.where.elements) == [
        "Triples", "Optional", "Minus", "Union", "Graph", "Service", "Bind", "Values", "Filter", "Group", "Group"
    ]  # fmt: skip
    kinds = {Optional: 1, Union: 1, Graph: 1, Bind: 1, Values: 1, SubSelect: 1}
    for kind, count in kinds.items():
        assert sum(isinstance(element, kind) for element in walk(query)) == count


def deep(opening: str, middle: str, closing: str, times: int) -> str:
    return "ASK { " + opening * times + middle + closing * times + " }"


@pytest.mark.parametrize("opening", ["{ ", "OPTIONAL { ", "FILTER NOT EXISTS { ", "{ SELECT * "])
def test_nesting_is_followed_as_deep_as_the_guard_allows_and_no_deeper(opening: str) -> None:
    inner = "{ }" if "SELECT" in opening else ""
    assert parse(deep(opening, inner, " }", 98)) is not None
    assert parse(deep(opening, inner, " }", 101)) is None


@pytest.mark.parametrize(
    "part", ["?s ?p ?o . ", "FILTER (?a = 1) ", "{ } UNION ", "{ ?s ?p ?o } ", "[", "(", "?s a ?b ; ", "a.b.", "1."]
)
def test_reading_takes_time_in_proportion_to_the_length(part: str) -> None:
    def seconds(query: str) -> float:
        began = time.process_time()
        parse(query)
        return time.process_time() - began

    short, long = seconds("ASK {" + part * 2_000 + "}"), seconds("ASK {" + part * 20_000 + "}")
    assert long < max(100 * short, 2)


def test_edits_that_overlap_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="overlap"):
        edited("abc", [(Part(0, 2), "x"), (Part(1, 3), "y")])


def test_values_are_told_by_row() -> None:
    text = "ASK { VALUES (?a ?b) { (1 UNDEF) (<x> 'y'@en) } }"
    table = only(text, Values)
    assert isinstance(table, Values)
    assert table.variables == ("a", "b")
    assert [[cell.of(text) if cell else None for cell in row] for row in table.rows] == [["1", None], ["<x>", "'y'@en"]]
    assert table.certain == {"a"}
