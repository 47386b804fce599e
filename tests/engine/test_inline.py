"""The answers of other services, written as VALUES."""

import json
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from citydip.engine.clauses import clauses_of, filled
from citydip.engine.guard import guard
from citydip.engine.inline import UnusableAnswerError, nothing_but_one_solution, values_of
from tests.engine.generated import NODES, PREDICATES, Made, groups

XSD = "http://www.w3.org/2001/XMLSchema#"


def answer(rows: list[Any]) -> bytes:
    return json.dumps({"head": {"vars": []}, "results": {"bindings": rows}}).encode()


def engine_reads(values: str) -> list[list[ox.NamedNode | ox.Literal | None]]:
    found = ox.Store().query(f"SELECT * {{ {values} }}")
    assert isinstance(found, ox.QuerySolutions)
    return [[row[name] for name in found.variables] for row in found]


TEXTS = st.text(max_size=20) | st.text(alphabet="\\\"'\n\r\tuU0041 <>{}#", max_size=20)
IRIS = st.text(alphabet="aZ09é市/#?%&'()*+,;=:@!$-._~", max_size=20).map(lambda text: "x:" + text)
LANGUAGES = st.sampled_from(["en", "fa", "fa-IR", "zh-Hans", "de-DE-1996", "ku-arab-ir", "x-private"])


def is_iri(text: str) -> bool:
    try:
        ox.NamedNode(text)
    except ValueError:
        return False
    return True


TERMS = (
    st.builds(lambda iri: {"type": "uri", "value": iri}, IRIS.filter(is_iri))
    | st.builds(lambda text: {"type": "literal", "value": text}, TEXTS)
    | st.builds(lambda text, tag: {"type": "literal", "value": text, "xml:lang": tag}, TEXTS, LANGUAGES)
    | st.builds(
        lambda text, iri: {"type": "literal", "value": text, "datatype": iri},
        TEXTS,
        st.just(XSD + "string") | IRIS.filter(is_iri),
    )
)
ROWS = st.lists(st.fixed_dictionaries({}, optional={"a": TERMS, "b": TERMS}), max_size=5)


def as_term(term: dict[str, str] | None) -> ox.NamedNode | ox.Literal | None:
    if term is None:
        return None
    if term["type"] == "uri":
        return ox.NamedNode(term["value"])
    if "datatype" in term:
        return ox.Literal(term["value"], datatype=ox.NamedNode(term["datatype"]))
    return ox.Literal(term["value"], language=term.get("xml:lang"))


@given(ROWS)
def test_the_engine_reads_the_very_terms_that_came(rows: list[dict[str, dict[str, str]]]) -> None:
    values = values_of(answer(rows), ["a", "b"], 5)
    assert engine_reads(values) == [[as_term(row.get(name)) for name in ("a", "b")] for row in rows]
    # And the guard sees as many tokens as the engine, so that nothing in an answer can pass for a keyword.
    assert guard(f"SELECT * {{ {values} }} # SERVICE").kind == "rows"


@given(TEXTS)
def test_no_text_ends_its_string(text: str) -> None:
    for made in (text, text + "' } SERVICE <x:> {} #", text + '" } SERVICE <x:> {} #', text + "\\"):
        values = values_of(answer([{"a": {"type": "literal", "value": made}}]), ["a"], 1)
        guard(f"SELECT * {{ {values} }}")
        assert engine_reads(values) == [[ox.Literal(made)]]


@pytest.mark.parametrize(
    ("value", "datatype"),
    [
        ("01", "integer"),
        ("99999999999999999999", "integer"),
        ("nothing", "integer"),
        ("1.50", "decimal"),
        ("1e3", "double"),
        ("yes", "boolean"),
        ("2016-02-31", "date"),
        ("24:00:00", "time"),
        ("P1Y", "duration"),
    ],
)
def test_the_text_of_numbers_and_dates_is_kept_up_to_the_engine(value: str, datatype: str) -> None:
    term = {"type": "literal", "value": value, "datatype": XSD + datatype}
    assert values_of(answer([{"a": term}]), ["a"], 1) == f'VALUES (?a) {{ ("{value}"^^<{XSD}{datatype}>) }}'


def test_what_is_not_bound_stays_so_and_rows_that_are_equal_stay_two() -> None:
    one = {"type": "uri", "value": "x:1"}
    values = values_of(answer([{"a": one}, {}, {"b": one}, {"a": one}]), ["a", "b"], 4)
    assert values == "VALUES (?a ?b) { (<x:1> UNDEF) (UNDEF UNDEF) (UNDEF <x:1>) (<x:1> UNDEF) }"
    assert len(engine_reads(values)) == 4


def test_an_answer_without_variables_is_so_many_solutions() -> None:
    assert engine_reads(values_of(answer([{}, {}]), [], 2)) == [[], []]
    assert engine_reads(values_of(answer([]), [], 2)) == []
    assert engine_reads(values_of(answer([]), ["a"], 2)) == []
    assert engine_reads(nothing_but_one_solution([])) == [[]]
    assert engine_reads(nothing_but_one_solution(["a", "b"])) == [[None, None]]


def cell(**term: object) -> bytes:
    return answer([{"a": term}])


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "is no SPARQL result"),
        (b"\xff\xfe", "is no SPARQL result"),
        (b"null", "is no SPARQL result"),
        (b"[]", "is no SPARQL result"),
        (b"{}", "is no SPARQL result"),
        (b'{"head": {}, "boolean": true}', "is no SPARQL result"),
        (b'{"head": {"vars": []}, "results": {"bindings": {}}}', "is no SPARQL result"),
        (b'{"head": {"vars": []}, "results": {"bindings": [1]}}', "is no SPARQL result"),
        (answer([{}])[:-1] + b', "citydip": {"cut": "rows", "rows": 1}}', "was cut by that service"),
        (answer([{}])[:-1], "is no SPARQL result"),
        (answer([{}]) + b"}", "is no SPARQL result"),
        (b"[" * 1_000_000, "is no SPARQL result"),
        (b'{"a":' * 1_000_000, "is no SPARQL result"),
        (b"9" * 100_000, "is no SPARQL result"),
        (answer([{"a": None}]), "an IRI or a literal that is none"),
        (answer([{"a": []}]), "an IRI or a literal that is none"),
        (cell(type="uri"), "an IRI or a literal that is none"),
        (cell(type="uri", value="relative"), "an IRI or a literal that is none"),
        (cell(type="uri", value="http://x/> } SERVICE <http://y/> {} #"), "an IRI or a literal that is none"),
        (cell(type="uri", value="http://x/\\u003e"), "an IRI or a literal that is none"),
        (cell(type="uri", value=5), "an IRI or a literal that is none"),
        (cell(type="literal", value="a", datatype="http://x/> }"), "an IRI or a literal that is none"),
        (cell(type="literal", value="a", datatype=None), "an IRI or a literal that is none"),
        (cell(type="literal", value="a", **{"xml:lang": "en } #"}), "an IRI or a literal that is none"),
        (cell(type="literal", value="a", **{"xml:lang": ""}), "an IRI or a literal that is none"),
        (b'{"head":{"vars":[]},"results":{"bindings":[{"a":{"type":"literal","value":"\\ud800"}}]}}', "that is none"),
        (cell(type="literal", value=5), "neither IRIs nor literals"),
        (cell(type="literal", value="a", **{"xml:lang": "ar", "its:dir": "rtl"}), "neither IRIs nor literals"),
        (cell(type="triple", value={}), "neither IRIs nor literals"),
        (cell(type=["uri"], value="x:a"), "neither IRIs nor literals"),
        (cell(type="bnode", value="b0"), "has blank nodes"),
        (answer([{"b": {"type": "uri", "value": "x:a"}}]), "variables that it was not asked for"),
        (answer([{"a ?b } #": {"type": "uri", "value": "x:a"}}]), "variables that it was not asked for"),
        (answer([{}] * 6), "has 6 rows, too many"),
    ],
)
def test_what_is_no_answer_is_told(body: bytes, reason: str) -> None:
    with pytest.raises(UnusableAnswerError, match=reason):
        values_of(body, ["a"], 5)


def test_rows_of_very_many_variables_count_for_as_many() -> None:
    names = [f"v{i}" for i in range(1000)]
    assert values_of(answer([{}] * 200), names, 10_000).count("UNDEF") == 200_000
    with pytest.raises(UnusableAnswerError, match="201 rows, too many of 1000 values each"):
        values_of(answer([{}] * 201), names, 10_000)


TRIPLES = st.lists(
    st.builds(
        lambda *parts: " ".join(parts) + " .",
        st.sampled_from(NODES),
        st.sampled_from(PREDICATES),
        st.sampled_from([*NODES, '"1"', '"x"@en', '"x"']),
    ),
    min_size=4,
    max_size=8,
)
PLACES = st.sampled_from(
    ["{}", "OPTIONAL {{ {} }}", "MINUS {{ {} }}", "{{ {} }} UNION {{ ?a ?b ?c }}", "{{ SELECT ?a ?b {{ {} }} }}"]
)


AROUND = st.sampled_from(
    [
        "",
        "?a ?x ?b .",
        "?b <urn:p:1> ?d .",
        "{ ?c ?y ?a } UNION { ?d ?y ?b }",
        "OPTIONAL { ?a ?z ?d }",
        "VALUES ?a { <urn:x:1> <urn:x:2> UNDEF }",
    ]
)


@given(TRIPLES, TRIPLES, AROUND, groups(1), AROUND, PLACES)
def test_what_is_joined_is_what_the_same_triples_here_would_give(
    here: list[str], there: list[str], before: str, asked: Made, after: str, place: str
) -> None:
    """A graph of its own that holds the triples of the other service is the measure, as the specification has it."""
    # In filters and BIND inside GRAPH the engine sees variables from outside, so that it is no measure of those.
    assume(not {"Graph", "Filter", "Bind"}.intersection(asked.kinds))
    text = f"SELECT * {{ {before} {place.format('SERVICE <x:there> ' + asked.text)} {after} }}"
    clauses = clauses_of(text, ["x:there"])
    assert len(clauses) == 1
    service, whole = ox.Store(), ox.Store()
    service.load("\n".join(there).encode(), ox.RdfFormat.TURTLE)
    whole.load("\n".join(here).encode(), ox.RdfFormat.TURTLE)
    whole.load("\n".join(there).encode(), ox.RdfFormat.TURTLE, to_graph=ox.NamedNode("x:there"))
    body = solutions(service, clauses[0].query).serialize(format=ox.QueryResultsFormat.JSON)
    assert body is not None
    values = values_of(body, clauses[0].variables, 10_000)
    got = solutions(whole, filled(text, clauses, [values]))
    expected = solutions(whole, text.replace("SERVICE <x:there>", "GRAPH <x:there>"))
    names = sorted(expected.variables, key=str)
    assert sorted(got.variables, key=str) == names
    assert rows_of(got, names) == rows_of(expected, names)


def rows_of(found: ox.QuerySolutions, names: list[ox.Variable]) -> list[str]:
    return sorted(str([row[name] for name in names]) for row in found)


def solutions(store: ox.Store, query: str) -> ox.QuerySolutions:
    found = store.query(query)
    assert isinstance(found, ox.QuerySolutions)
    return found
