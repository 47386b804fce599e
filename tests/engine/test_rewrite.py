"""Rewritten queries give what the queries give, on any graph; and each rule finds what it is for."""

import os
from collections import Counter
from collections.abc import Callable

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from citydip.engine.rewrite import RULES, read_rules, rewrite
from citydip.engine.syntax import parse
from citydip.engine.tokens import tokens
from citydip.model.errors import ParameterError
from citydip.model.terms import PREFIXES
from tests.engine.generated import (
    LITERALS,
    NODES,
    PREDICATES,
    VARIABLES,
    Made,
    groups,
    literals,
    nodes,
    queries,
    variables,
)

EXAMPLES = int(os.environ.get("CITYDIP_EXAMPLES", "120"))
"""Queries that each rule is tried on; more are tried by hand, after a change of a rule."""

COLUMNS = "SELECT ?a ?b ?c ?d "


TERMS = {
    text: next(iter(ox.parse(f"<urn:s> <urn:p> {text} .", ox.RdfFormat.TURTLE))).object for text in (*NODES, *LITERALS)
}
quads = st.tuples(
    nodes, st.sampled_from(PREDICATES), st.one_of(nodes, nodes, literals), st.sampled_from(("urn:g:1", "urn:g:2"))
)


@st.composite
def stores(draw: DrawFn) -> ox.Store:
    """Make a graph of some triples, in up to two named graphs."""
    store = ox.Store()
    for subject, predicate, value, graph in draw(st.lists(quads, min_size=3, max_size=30)):
        verb = ox.NamedNode(predicate[1:-1])
        store.add(ox.Quad(TERMS[subject], verb, TERMS[value], ox.NamedNode(graph)))
    return store


def solutions(store: ox.Store, text: str, terms: dict[str, ox.NamedNode]) -> object:
    """Return the result of a query: a truth value, or how often there is each solution or triple."""
    substitutions = {ox.Variable(name): term for name, term in terms.items()} or None
    result = store.query(text, prefixes=PREFIXES, use_default_graph_as_union=True, substitutions=substitutions)
    if isinstance(result, ox.QueryBoolean):
        return bool(result)
    if isinstance(result, ox.QueryTriples):
        return set(map(str, result))
    names = [variable.value for variable in result.variables]
    return Counter(frozenset((name, str(row[name])) for name in names if row[name] is not None) for row in result)


def check(strategy: SearchStrategy[str], only: str | None, share: float, *, given_a: bool = False) -> None:
    """Hold that rewriting changes no result, and that it rewrites a share of the queries at least."""
    seen = fired = filled = 0
    off = RULES.keys() - {only} if only else ()
    terms = {"a": ox.NamedNode("urn:x:1")} if given_a else {}

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(stores(), strategy)
    def hold(store: ox.Store, text: str) -> None:
        nonlocal seen, fired, filled
        try:
            expected = solutions(store, text, terms)
        except (SyntaxError, RuntimeError):
            assume(False)  # a blank node in two parts of the query, or a bound variable that it lacks
        rewritten = rewrite(text, off=off, given=terms)
        seen += 1
        if rewritten.steps:
            fired += 1
            filled += bool(expected)
            assert solutions(store, rewritten.text, terms) == expected, rewritten.text

    hold()
    assert fired >= share * seen, f"rewrote {fired} of {seen}"
    assert filled >= fired / 20, f"only {filled} of {fired} results had anything in them"


def join(*parts: str) -> str:
    return " ".join(parts)


@st.composite
def patterns(draw: DrawFn, *, names: tuple[str, ...] = VARIABLES, least: int = 1, most: int = 3) -> str:
    """Make triple patterns, some of them with paths, blank nodes and several objects."""
    own = st.sampled_from(names)
    blank = st.just(f"_:b{draw(st.integers(0, 10**6))}")
    lines = []
    for _ in range(draw(st.integers(least, most))):
        verb = draw(
            st.sampled_from(
                (
                    *PREDICATES,
                    *PREDICATES,
                    "?p",
                    f"{PREDICATES[0]}/{PREDICATES[1]}",
                    f"^{PREDICATES[0]}/{PREDICATES[1]}?",
                    f"{PREDICATES[0]}|{PREDICATES[1]}/{PREDICATES[2]}",
                    f"({PREDICATES[0]}/{PREDICATES[1]})/{PREDICATES[2]}",
                    f"{PREDICATES[0]}+",
                )
            )
        )
        value = draw(st.one_of(own, own, nodes, literals, blank))
        more = draw(st.sampled_from(("", "", f" , {draw(own)}", f" ; {PREDICATES[1]} {draw(own)}")))
        lines.append(f"{draw(st.one_of(own, own, nodes, blank))} {verb} {value}{more}")
    return " . ".join(lines)


@st.composite
def plain_filters(draw: DrawFn) -> str:
    """Make a filter that names variables which may or may not be bound."""
    one, other, value = draw(variables), draw(variables), draw(st.one_of(nodes, literals))
    forms = (f"{one} != {other}", f"{one} = {value}", f"ISIRI({one}) || {one} = {value}", f"BOUND({one})", f"{one} < 2")
    return f"FILTER ({draw(st.sampled_from(forms))})"


@st.composite
def with_exists(draw: DrawFn) -> str:
    """Make a query with an EXISTS of several patterns, filters and more."""
    word = draw(st.sampled_from(("FILTER EXISTS", "FILTER NOT EXISTS", "BIND (EXISTS", "FILTER (?a = 1 || !EXISTS")))
    inner = draw(
        st.lists(
            st.one_of(
                patterns(),
                patterns(least=2),
                plain_filters(),
                st.builds(lambda p: f"OPTIONAL {{ {p} }}", patterns()),
                st.builds(lambda p, q: f"{{ {p} }} UNION {{ {q} }}", patterns(), patterns()),
                st.builds(lambda p: f"MINUS {{ {p} }}", patterns()),
                st.builds(lambda v, n: f"VALUES {v} {{ {n} UNDEF }}", variables, nodes),
                st.builds(lambda p, q: f"FILTER NOT EXISTS {{ {p} . {q} }}", patterns(), patterns()),
            ),
            min_size=1,
            max_size=3,
        )
    )
    dotted = " ".join(f"{part} ." if "?" in part[:2] or part[0] in "<_" else part for part in inner)
    end = {"BIND (EXISTS": " AS ?e)", "FILTER (?a = 1 || !EXISTS": ")"}.get(word, "")
    optional = draw(st.sampled_from(("", f"OPTIONAL {{ {draw(patterns())} }}")))
    columns = "SELECT ?a ?b ?c ?d ?e " if "BIND" in word else COLUMNS
    return join(columns, "{", draw(patterns()), ".", optional, word, "{", dotted, "}" + end, "}")


def test_exists_is_rewritten_without_changing_any_result() -> None:
    check(with_exists(), "exists", 0.5)


@st.composite
def demands(draw: DrawFn, names: list[str]) -> str:
    """Make a filter that demands one of some IRIs, perhaps with more, perhaps with literals in it."""
    name = draw(st.sampled_from(names))
    terms = draw(st.lists(nodes, min_size=1, max_size=3)) + draw(st.sampled_from(([], [], [], ["1"])))
    demand = draw(
        st.sampled_from(
            (
                f"{name} IN ({', '.join(terms)})",
                f"{name} = {terms[0]}",
                f"{terms[0]} = {name}",
                f"({name} = {terms[0]}) || {terms[-1]} = {name} || {name} IN ({terms[0]})",
                f"{name} NOT IN ({', '.join(terms)})",
                f"{name} = {terms[0]} || {draw(variables)} = {terms[0]}",
            )
        )
    )
    more = draw(
        st.sampled_from(("", "", f" && {draw(variables)} != {terms[0]}", f" && ({draw(variables)} = {terms[0]})"))
    )
    return f"FILTER (({demand}){more})"


@st.composite
def around(draw: DrawFn, filters: Callable[[list[str]], SearchStrategy[str]], needed: int = 1) -> str:
    """Make a query with patterns, such a filter, and other elements before, between and behind them."""
    other = st.one_of(
        st.builds(lambda p: f"OPTIONAL {{ {p} }}", patterns()),
        st.builds(lambda p: f"MINUS {{ {p} }}", patterns()),
        st.builds(lambda p, q: f"{{ {p} }} UNION {{ {q} }}", patterns(), patterns()),
        st.builds(lambda v, n, m: f"VALUES {v} {{ {n} {m} {n} UNDEF }}", variables, nodes, nodes),
        st.builds(lambda p: f"FILTER NOT EXISTS {{ {p} }}", patterns()),
        st.builds(lambda p: f"GRAPH ?g {{ {p} }}", patterns()),
        st.builds(lambda p: f"{{ SELECT * {{ {p} }} }}", patterns()),
        st.builds(lambda p: f"{p} .", patterns()),
        plain_filters(),
    )
    first = draw(patterns(least=needed))
    names = sorted({token.text for token in tokens(first) if token.key == "variable"} - {"?p"})
    elements = [f"{first} .", draw(filters(names or list(VARIABLES)))]
    for part in draw(st.lists(other, max_size=2)):
        elements.insert(draw(st.integers(0, len(elements))), part)
    start = draw(
        st.sampled_from((COLUMNS, COLUMNS, "SELECT * ", "SELECT DISTINCT ?a ?c ", "SELECT (COUNT(*) AS ?n) ", "ASK "))
    )
    text = join(*elements)
    if draw(st.booleans()):
        return f"{start} {{ {text} }}"
    return f"{start} {{ {draw(patterns())} . OPTIONAL {{ {text} }} }}"


def test_lists_of_iris_become_values_without_changing_any_result() -> None:
    check(around(demands), "values", 0.3)


@st.composite
def equalities(draw: DrawFn, names: list[str]) -> str:
    """Make a filter that demands two variables to be equal, perhaps with more."""
    one, other = draw(st.permutations(names if len(names) > 1 else VARIABLES))[:2]
    more = draw(st.sampled_from(("", f" && {draw(variables)} != {draw(nodes)}", f" || {one} = {draw(nodes)}")))
    return f"FILTER ({one} = {other}{more})"


def test_equal_variables_become_one_without_changing_any_result() -> None:
    check(around(equalities, 2), "equal-variables", 0.2)


@st.composite
def equal_texts(draw: DrawFn) -> str:
    """Make a query of patterns that nothing but the equality of two texts ties to each other."""
    sides = draw(patterns(names=("?a", "?b"), most=2)), draw(patterns(names=("?c", "?d"), most=2))
    sides = sides[0].replace("?p", "?p1"), sides[1].replace("?p", "?p2")
    between = draw(st.sampled_from((" . ", " . OPTIONAL { ?a <urn:p:1> ?x } ", " FILTER (ISLITERAL(?b)) ")))
    demand = draw(st.sampled_from(("STR(?{}) = STR(?{})", "STR(?{}) = STR(?{}) && true")))
    names = draw(st.sampled_from("ab")), draw(st.sampled_from("cd"))
    more = draw(st.sampled_from(("", "MINUS { ?a <urn:p:2> ?c }", "FILTER (?a != ?c)", "OPTIONAL { ?d <urn:p:3> ?x }")))
    return join(COLUMNS, "{", sides[0], between, sides[1], f"FILTER ({demand.format(*names)})", more, "}")


def test_patterns_with_equal_texts_are_joined_without_changing_any_result() -> None:
    check(equal_texts(), "equal-texts", 0.15)


@st.composite
def with_optional(draw: DrawFn) -> str:
    """Make a query with an OPTIONAL that begins with what is constant."""
    constant = f"{draw(variables)} {draw(st.sampled_from(PREDICATES))} {draw(nodes)}"
    optional = f"OPTIONAL {{ {constant} . {draw(patterns())} . {draw(st.sampled_from(('', draw(plain_filters()))))} }}"
    between = draw(st.sampled_from(("", f"OPTIONAL {{ {draw(patterns())} }}", draw(plain_filters()))))
    return join(COLUMNS, "{", draw(patterns()), ".", between, optional, "}")


def test_optional_is_rewritten_without_changing_any_result() -> None:
    check(with_optional(), "optional", 0.2)


ANY = st.one_of(
    queries().map(lambda made: made.text).filter(lambda text: "LIMIT" not in text and "DESCRIBE" not in text),
    groups().map(lambda made: COLUMNS + made.text),
    with_exists(),
    around(demands),
    around(equalities, 2),
    with_optional(),
)


def test_all_rules_together_change_no_result_of_any_query() -> None:
    check(ANY, None, 0.25)


def test_no_rule_changes_a_result_where_the_request_binds_a_variable() -> None:
    check(ANY, None, 0.2, given_a=True)


@given(queries())
def test_what_is_rewritten_can_be_read_again(made: Made) -> None:
    assert parse(rewrite(made.text).text) is not None
