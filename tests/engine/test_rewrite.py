"""Rewritten queries give what the queries give, on any graph; and each rule finds what it is for."""

from collections import Counter
from collections.abc import Callable
from typing import cast

import pyoxigraph as ox
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from citydip.engine.rewrite import _rewritten, read_rules, rewrite
from citydip.engine.rules import RULES, Edits, lists_are_values
from citydip.engine.statistics import Statistics
from citydip.engine.structure import Query
from citydip.engine.syntax import parse
from citydip.engine.tokens import tokens
from citydip.model.errors import ParameterError
from citydip.model.terms import PREFIXES
from tests.engine.comparison import COLUMNS, EXAMPLES, check, solutions
from tests.engine.generated import (
    PREDICATES,
    VARIABLES,
    Made,
    groups,
    literals,
    nodes,
    queries,
    variables,
)


def join(*parts: str) -> str:
    return " ".join(parts)


@st.composite
def patterns(
    draw: DrawFn, *, names: tuple[str, ...] = VARIABLES, least: int = 1, most: int = 3, constants: bool = True
) -> str:
    """Make triple patterns, some of them with paths, blank nodes and several objects."""
    own = st.sampled_from(names)
    blank = st.just(f"_:b{draw(st.integers(0, 12))}")
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
        value = draw(st.one_of(own, own, own, own, *([nodes, literals] if constants else []), blank))
        more = draw(st.sampled_from(("", "", f" , {draw(own)}", f" ; {PREDICATES[1]} {draw(own)}")))
        lines.append(f"{draw(st.one_of(own, own, own, *([nodes] if constants else []), blank))} {verb} {value}{more}")
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
                st.builds(lambda v, p: f"FILTER ({v} = 1 || EXISTS {{ {p} }})", variables, patterns()),
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
    check(with_exists(), "exists")


def test_a_path_that_may_begin_at_a_literal_makes_no_two_variables_one() -> None:
    store = ox.Store()
    store.update("INSERT DATA { <urn:x:1> <urn:p:1> 1 , 1.0 }")
    for path in ("^<urn:p:1>", "^<urn:p:1>/<urn:p:2>?", "<urn:p:2>*", "!<urn:p:2>|^<urn:p:1>"):
        text = f"SELECT ?a ?b {{ ?a {path} ?c . ?d <urn:p:1> ?a , ?b FILTER (?a = ?b) }}"
        assert rewrite(text, off=RULES.keys() - {"equal-variables"}).text == text
        assert sum(cast(Counter[object], solutions(store, text, {})).values()) == 4
    text = "SELECT ?a { ?a <urn:p:1>/a+ ?c . ?d ?e ?b FILTER (?a = ?b) }"
    assert rewrite(text, off=RULES.keys() - {"equal-variables"}).rules == ("equal-variables",)


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
                f"{name} = {terms[0]} && {draw(variables)} = {draw(nodes)} || {name} = {terms[-1]}",
            )
        )
    )
    more = draw(
        st.sampled_from(("", "", f" && {draw(variables)} != {terms[0]}", f" && ({draw(variables)} = {terms[0]})"))
    )
    return f"FILTER (({demand}){more})"


@st.composite
def around(
    draw: DrawFn, filters: Callable[[list[str]], SearchStrategy[str]], needed: int = 1, *, constants: bool = True
) -> str:
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
    first = draw(patterns(least=needed, constants=constants))
    names = sorted({token.text for token in tokens(first) if token.key == "variable"} - {"?p"})
    any_name = draw(st.integers(0, 3)) == 0
    named = list(VARIABLES) if any_name or not names else names
    elements = [f"{first} .", draw(filters(named))]
    for part in draw(st.lists(other, max_size=2)):
        elements.insert(draw(st.integers(0, len(elements))), part)
    start = draw(
        st.sampled_from((COLUMNS, COLUMNS, "SELECT * ", "SELECT DISTINCT ?a ?c ", "SELECT (COUNT(*) AS ?n) ", "ASK "))
    )
    text = join(*elements)
    if draw(st.integers(0, 3)):
        return f"{start} {{ {text} }}"
    return f"{start} {{ {draw(patterns())} . OPTIONAL {{ {text} }} }}"


def test_lists_of_iris_become_values_without_changing_any_result() -> None:
    check(around(demands, constants=False), "values")


@st.composite
def equalities(draw: DrawFn, names: list[str]) -> str:
    """Make a filter that demands two variables to be equal, perhaps with more."""
    one, other = draw(st.permutations(names if len(names) > 1 else VARIABLES))[:2]
    more = draw(st.sampled_from(("", f" && {draw(variables)} != {draw(nodes)}", f" || {one} = {draw(nodes)}")))
    return f"FILTER ({one} = {other}{more})"


equal_literals = st.builds(
    lambda p, q, between: join(COLUMNS, "{ ?a", p, "?c .", between, "?b", q, "?d FILTER (?c = ?d) }"),
    *(st.sampled_from(PREDICATES), st.sampled_from(PREDICATES), st.sampled_from(("", "?a ?p ?b ."))),
)


def test_equal_variables_become_one_without_changing_any_result() -> None:
    check(st.one_of(around(equalities, 2), equal_literals), "equal-variables")


@st.composite
def equal_sides(draw: DrawFn) -> str:
    """Make a query of patterns that nothing but the equality of two texts or terms ties to each other."""
    sides = draw(patterns(names=("?a", "?b"), most=2)), draw(patterns(names=("?c", "?d"), most=2))
    sides = sides[0].replace("?p", "?p1"), sides[1].replace("?p", "?p2")
    between = draw(st.sampled_from((" . ", " . OPTIONAL { ?a <urn:p:1> ?x } ", " FILTER (ISLITERAL(?b)) ")))
    demand = draw(st.sampled_from(("STR(?{}) = STR(?{})", "STR(?{}) = STR(?{}) && true", "?{} = ?{}")))
    names = [
        draw(st.sampled_from([name for name in pair if f"?{name}" in side] or [pair[0]]))
        for pair, side in zip(("ab", "cd"), sides, strict=True)
    ]
    more = draw(st.sampled_from(("", "MINUS { ?a <urn:p:2> ?c }", "FILTER (?a != ?c)", "OPTIONAL { ?d <urn:p:3> ?x }")))
    start = draw(st.sampled_from((COLUMNS, COLUMNS, "SELECT * ")))
    return join(start, "{", sides[0], between, sides[1], f"FILTER ({demand.format(*names)})", more, "}")


def test_patterns_with_equal_texts_or_terms_are_joined_without_changing_any_result() -> None:
    check(equal_sides(), "equal-sides")


@st.composite
def with_optional(draw: DrawFn) -> str:
    """Make a query with an OPTIONAL that begins with what is constant."""
    constant = f"{draw(variables)} {draw(st.sampled_from(PREDICATES))} {draw(nodes)}"
    optional = f"OPTIONAL {{ {constant} . {draw(patterns())} . {draw(st.sampled_from(('', draw(plain_filters()))))} }}"
    between = draw(st.sampled_from(("", f"OPTIONAL {{ {draw(patterns())} }}", draw(plain_filters()))))
    start = draw(st.sampled_from((COLUMNS, COLUMNS, "SELECT * ")))
    return join(start, "{", draw(patterns()), ".", between, optional, "}")


def test_optional_is_rewritten_without_changing_any_result() -> None:
    check(with_optional(), "optional")


ANY = st.one_of(
    queries().map(lambda made: made.text).filter(lambda text: "LIMIT" not in text and "DESCRIBE" not in text),
    groups().map(lambda made: COLUMNS + made.text),
    with_exists(),
    around(demands, constants=False),
    around(equalities, 2),
    with_optional(),
)


def test_all_rules_together_change_no_result_of_any_query() -> None:
    check(ANY, None)


def test_no_rule_changes_a_result_where_the_request_binds_a_variable() -> None:
    check(ANY, None, given_a=True)


def accepts(text: str) -> bool:
    try:
        ox.Store().query(text, prefixes=PREFIXES)
    except SyntaxError:
        return False
    return True


@pytest.mark.filterwarnings("ignore")  # of hypothesis, which cannot keep the example
def test_a_rule_that_changes_results_does_not_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    def twice(query: Query, given: frozenset[str], _: Statistics | None) -> Edits:
        return [(part, text.replace("{ ", "{ <urn:x:1> ")) for part, text in lists_are_values(query, given)]

    _rewritten.cache_clear()
    monkeypatch.setitem(RULES, "values", twice)
    with pytest.raises(AssertionError, match="VALUES"):
        check(around(demands, constants=False), "values", phases=(Phase.generate,))
    _rewritten.cache_clear()


@settings(max_examples=EXAMPLES, deadline=None)
@given(ANY, st.data())
def test_a_broken_query_breaks_no_rule_and_none_makes_an_error_of_what_is_none(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(at, min(at + 5, len(text))))
    broken = text[:at] + data.draw(st.text(alphabet="{}()[]<>'\"?$:._a1 #\n;,|&=*/^@!", max_size=4)) + text[end:]
    rewritten = rewrite(broken)
    if rewritten.steps and accepts(broken):
        assert accepts(rewritten.text), rewritten.text


@given(queries())
def test_what_is_rewritten_can_be_read_again(made: Made) -> None:
    assert parse(rewrite(made.text).text) is not None


def test_a_rule_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(ParameterError, match="there is no rule 'exist'; the rules are: equal-variables, values"):
        read_rules("values, exist")
    assert read_rules("all") == {*RULES, "columns"}
    assert read_rules("") == frozenset()


@pytest.mark.parametrize(
    ("rule", "before", "after"),
    [
        (
            "exists",
            "ASK { ?c a ?d FILTER NOT EXISTS { ?a a cd:Venue ; cd:hasParty/cd:partOf ?c FILTER (?a != <x>) } }",
            (
                "ASK { ?c a ?d FILTER NOT EXISTS { ?x_1 cd:partOf ?c LATERAL { ?a cd:hasParty ?x_1 FILTER (?a != <x>) }"
                " LATERAL { ?a a cd:Venue } FILTER (true) } }"
            ),
        ),
        (
            "optional",
            "ASK { ?c a cd:City OPTIONAL { ?a cd:hasStatus status:signed ; cd:hasParty ?c } }",
            "ASK { ?c a cd:City OPTIONAL { ?a cd:hasParty ?c LATERAL { ?a cd:hasStatus status:signed } } }",
        ),
        (
            "values",
            "ASK { ?a cd:hasStatus ?s . FILTER (BOUND(?a) && (?s = <x:x> || ?s IN (<x:y>, <x:x>))) }",
            "ASK { ?a cd:hasStatus ?s . VALUES ?s { <x:x> <x:y> } FILTER (BOUND(?a) && (true)) }",
        ),
        (
            "equal-variables",
            "SELECT ?a { ?a cd:hasParty ?p . ?c a cd:City FILTER (?p = ?c) }",
            "SELECT ?a { ?a cd:hasParty ?p . ?p a cd:City FILTER (true) }",
        ),
        (
            "equal-variables",
            "SELECT * { ?a cd:hasParty ?p . ?c a cd:City FILTER (?p = ?c) OPTIONAL { ?p ?q ?r } }",
            "SELECT * { ?a cd:hasParty ?p . ?p a cd:City BIND (?p AS ?c) FILTER (true) OPTIONAL { ?p ?q ?r } }",
        ),
        (
            "equal-sides",
            "SELECT ?a ?b { ?a rdfs:label ?l . ?b skos:altLabel ?m . FILTER (STR(?l) = STR(?m)) }",
            (
                "SELECT ?a ?b { { ?a rdfs:label ?l BIND (COALESCE(STR(?l), <urn:x-citydip:0>) AS ?x_1) }"
                " { ?b skos:altLabel ?m BIND (COALESCE(STR(?m), <urn:x-citydip:1>) AS ?x_1) } FILTER (true) }"
            ),
        ),
    ],
)
def test_what_each_rule_makes_of_its_shape(rule: str, before: str, after: str) -> None:
    rewritten = rewrite(before)
    assert (rewritten.rules, " ".join(rewritten.text.split())) == ((rule,), after)
    assert rule not in rewrite(before, off={rule}).rules


@pytest.mark.parametrize(
    ("why", "text"),
    [
        ("a literal is equal by value", "ASK { ?s ?p ?o FILTER (?o IN (1, 2)) }"),
        ("one of the list is a literal", "ASK { ?s ?p ?o FILTER (?o IN (<x:x>, 1)) }"),
        ("a relative IRI may be the same as another one", "ASK { ?s ?p ?o FILTER (?o IN (<x>, <x:y>)) }"),
        ("so may one with dots", "ASK { ?s ?p ?o FILTER (?o IN (<http://x/a/../b>, <http://x/b>)) }"),
        (
            "a constant is a better beginning",
            "ASK { ?a cd:hasParty city:yazd ; cd:hasStatus ?s FILTER (?s IN (<x:y>)) }",
        ),
        ("so is a table", "ASK { VALUES ?c { <x:z> } ?a cd:hasParty ?c ; cd:hasStatus ?s FILTER (?s IN (<x:y>)) }"),
        ("so is what is bound before", "ASK { ?a ?p ?c OPTIONAL { ?c cd:hasStatus ?s FILTER (?s IN (<x:y>)) } }"),
        (
            "a table may be smaller than both sides",
            "ASK { ?a ?p ?b . ?c ?q ?d FILTER (STR(?b) = STR(?d)) VALUES ?a { 1 } }",
        ),
        ("nothing certainly binds the variable", "ASK { ?s ?p ?o OPTIONAL { ?s ?q ?t } FILTER (?t = <x:x>) }"),
        ("it is no demand", "ASK { ?s ?p ?o FILTER (?o = <x:x> || ?s = <x:y>) }"),
        ("it is the opposite", "ASK { ?s ?p ?o FILTER (?o NOT IN (<x:x>)) FILTER (!(?o = <x:y>)) }"),
        ("both variables may be literals", "ASK { ?s ?p ?o . ?s ?q ?u FILTER (?o = ?u) }"),
        ("a new variable would show", "SELECT * { ?a rdfs:label ?l . ?b skos:altLabel ?m FILTER (STR(?l) = STR(?m)) }"),
        ("the patterns are tied already", "ASK { ?a rdfs:label ?l . ?a skos:altLabel ?m FILTER (STR(?l) = STR(?m)) }"),
        ("one pattern needs no order", "ASK { ?s ?p ?o FILTER NOT EXISTS { ?o ?q ?s } }"),
        ("the order is right already", "ASK { ?s ?p ?o OPTIONAL { ?s cd:partOf ?t . ?t rdfs:label ?l } }"),
        ("brackets join the patterns", "ASK { ?s ?p ?o FILTER EXISTS { ?s ?q [ a ?o ] . ?s ?p ?t } }"),
        ("it cannot be read", "ASK { ?s ?p ?o FILTER EXISTS { ?s ?q ?r . ?r ?s } "),
        ("it is very long", "ASK { ?s ?p ?o FILTER (?o = <x:x>) } #" + "." * 40_000),
    ],
)
def test_what_no_rule_is_for_stays_as_it_is(why: str, text: str) -> None:
    assert rewrite(text).text == text, why


def test_a_variable_that_the_request_binds_is_left_to_it() -> None:
    text = "SELECT ?s { ?s ?p ?o FILTER (?s = <x:x>) }"
    assert rewrite(text).rules == ("values",)
    assert rewrite(text, given={"s"}).text == text
    equal = "SELECT ?a { ?a cd:hasParty ?p . ?c a cd:City FILTER (?p = ?c) }"
    assert rewrite(equal).rules == ("equal-variables",)
    assert rewrite(equal, given={"p"}).text == rewrite(equal, given={"c"}).text == equal


def test_a_blank_node_is_the_same_behind_a_filter() -> None:
    text = "SELECT ?b ?c { _:n <x:p> ?b FILTER (ISLITERAL(?b)) _:n <x:q> ?c FILTER (STR(?b) = STR(?c)) }"
    assert rewrite(text).text == text, "the blank node ties the patterns to each other"
    tied = rewrite("ASK { ?s ?p ?o FILTER EXISTS { _:n a ?s FILTER (?s != <x:y>) _:n ?p ?o } }").text
    assert tied.count("?x_1 ") == 2


def test_new_variables_are_new() -> None:
    text = "ASK { ?x_1 a ?x_ FILTER EXISTS { ?x_1 cd:partOf/cd:partOf ?y } }"
    assert "?x__1" in rewrite(text).text


def test_literals_that_are_equal_by_value_stay_equal_where_patterns_are_joined_by_a_key() -> None:
    store = ox.Store()
    store.update("INSERT DATA { <x:a> <x:p> 1 , <x:c> . <x:b> <x:q> 1.0 , '1' , <x:c> }")
    text = "SELECT ?o ?u { ?s <x:p> ?o . ?t <x:q> ?u FILTER (?o = ?u) }"
    rewritten = rewrite(text)
    assert rewritten.rules == ("equal-sides",)
    assert solutions(store, rewritten.text, {}) == solutions(store, text, {})
    assert sum(solutions(store, text, {}).values()) == 2  # type: ignore[attr-defined]


def test_queries_that_differ_in_the_numbers_of_their_ends_are_rewritten_once() -> None:
    text = "SELECT ?s { ?s a ?c FILTER (?c = cd:City) } ORDER BY ?s"
    rewritten = rewrite(text)
    assert rewritten.rules == ("values",)
    before = _rewritten.cache_info().misses
    for number in range(3):
        end = f" LIMIT {number}\noffset  {number * 1000} \n"
        limited = rewrite(text + end)
        assert limited.text == rewritten.text + end
        assert [(step.before, step.after) for step in limited.steps] == [(text + end, rewritten.text + end)]
    assert _rewritten.cache_info().misses == before + 1
