"""Patterns in the order that statistics tell give what they give in any other; and the order is the one expected."""

import itertools

import pyoxigraph as ox
import pytest
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from citydip.engine import ordering
from citydip.engine.rewrite import rewrite
from citydip.engine.statistics import Predicate, Statistics, gather, number_of
from citydip.model.terms import PREFIXES
from tests.engine.generated import PREDICATES, VARIABLES, nodes, queries, variables
from tests.engine.test_rewrite import ANY, COLUMNS, check, patterns, plain_filters

CD, XSD = PREFIXES["cd"], PREFIXES["xsd"]
sizes = st.sampled_from((0.0, 1.0, 10.0, 1000.0, 100_000.0))


@st.composite
def any_statistics(draw: DrawFn) -> Statistics:
    """Make statistics that are those of no graph: they may only choose the order."""
    shares = st.dictionaries(nodes, st.sampled_from((0.0, 0.1, 1.0)), max_size=2)
    points = st.sampled_from(((), (0.0, 1.0, 2.0)))
    predicates = {
        name[1:-1]: Predicate(draw(sizes), draw(sizes), draw(sizes), draw(shares), draw(points)) for name in PREDICATES
    }
    return Statistics(draw(sizes), predicates)


@st.composite
def several_patterns(draw: DrawFn) -> str:
    """Make a query of patterns that hang together, with tables, filters and more between and behind them."""
    names = draw(st.permutations(VARIABLES))
    verbs = st.sampled_from((*PREDICATES, *PREDICATES, "?p", f"{PREDICATES[0]}/{PREDICATES[1]}", f"{PREDICATES[2]}+"))
    chain = []
    for one, other in itertools.pairwise(names):
        ends = [one, other] if draw(st.booleans()) else [other, one]
        chain.append(f"{ends[0]} {draw(verbs)} {ends[1]} .")
    kept = draw(st.sampled_from((2, 2, len(chain))))
    nothing = st.just("")  # so often that most results have something in them
    between = st.one_of(
        *([nothing] * 6),
        plain_filters(),
        st.builds(lambda v, n: f"FILTER ({v} != {n} && ISIRI({v}))", variables, nodes),
        st.builds(lambda v, one, other: f"VALUES {v} {{ {one} {other} }} .", variables, nodes, nodes),
        st.builds(lambda v, n: f"VALUES {v} {{ {n} UNDEF }}", variables, nodes),
        st.builds(lambda v, w: f"FILTER ({v} >= 1 && {w} < 5)", variables, variables),
        patterns(names=tuple(names[:2]), most=1).map(lambda text: text + " ."),
    )
    linked = st.builds(
        lambda v, p, w: f"{v} {p} {w}", variables, verbs, st.one_of(variables, st.just("?new"), st.just("_:new"), nodes)
    )
    behind = st.one_of(
        *([nothing] * 6),
        plain_filters(),
        st.builds(lambda p: f"OPTIONAL {{ {p} }}", patterns()),
        st.builds(lambda p: f"MINUS {{ {p} }}", patterns()),
        st.builds(lambda p: f"FILTER NOT EXISTS {{ {p} }}", patterns()),
        st.builds(lambda p, q: f"FILTER EXISTS {{ {p} . {q} }}", linked, st.one_of(plain_filters(), linked)),
        st.builds(lambda p, q: f"FILTER (EXISTS {{ {p} {q} }})", linked, plain_filters()),
        st.builds(lambda v: f"BIND (STR({v}) AS ?e) FILTER (BOUND(?e))", variables),
    )
    text = " ".join(part for line in chain[:kept] for part in (line, draw(between)))
    whole = f"{text} {draw(behind)} {draw(behind)}"
    form = draw(
        st.sampled_from(
            (
                COLUMNS + "{{ {} }}",
                COLUMNS + "{{ {} }}",
                "SELECT * {{ {} }}",
                COLUMNS + "FROM <urn:g:1> {{ {} }}",
                COLUMNS + "{{ GRAPH ?d {{ {} }} }}",
                COLUMNS + "{{ GRAPH <urn:g:1> {{ {} }} }}",
                "SELECT ?a (COUNT(*) AS ?n) {{ {} }} GROUP BY ?a",
                "SELECT DISTINCT ?a ?b {{ {} }}",
                COLUMNS + "{{ {{ SELECT ?a ?b {{ {} }} }} ?a ?q ?b }}",
                COLUMNS + "{{ {{ {} }} UNION {{ ?a ?b ?c }} }}",
                COLUMNS + "{{ ?a <urn:p:1> ?b MINUS {{ {} }} }}",
                "CONSTRUCT {{ ?a ?p ?b }} {{ {} }}",
            )
        )
    )
    return form.format(whole)


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Apply the rule also where the order is no better than that of the engine: a result must be the same then, too."""
    monkeypatch.setattr(ordering, "_GAIN", 0.0)
    monkeypatch.setattr(ordering, "_LEAST", -float("inf"))


@pytest.mark.usefixtures("eager")
def test_patterns_are_put_in_order_without_changing_any_result() -> None:
    check(several_patterns(), "order", 0.2, known=any_statistics())


@pytest.mark.usefixtures("eager")
def test_patterns_are_put_in_order_without_changing_any_result_where_the_request_binds_a_variable() -> None:
    check(several_patterns(), "order", 0.1, given_a=True, known=any_statistics())


@pytest.mark.usefixtures("eager")
def test_all_rules_together_change_no_result_with_any_statistics() -> None:
    made = st.one_of(ANY, several_patterns(), queries().map(lambda m: m.text).filter(lambda text: "LIMIT" not in text))
    check(made, None, 0.15, known=any_statistics())


GRAPH = Statistics(
    50_000,
    {
        CD + "signedOn": Predicate(10_000, 10_000, 6_000),
        CD + "earliestDay": Predicate(10_000, 10_000, 10_000, {}, tuple(2000 + i / 2 for i in range(40))),
        CD + "hasParty": Predicate(20_000, 10_000, 7_000),
        CD + "hosts": Predicate(300, 300, 200),
        PREFIXES["rdf"] + "type": Predicate(30_000, 30_000, 2, {f"<{CD}Agreement>": 0.4, f"<{CD}Mission>": 0.0001}),
    },
)


@pytest.mark.parametrize(
    ("why", "before", "after"),
    [
        (
            "a filter leaves few days",
            (
                "SELECT ?a { ?a a cd:Agreement ; cd:signedOn/cd:earliestDay ?day "
                'FILTER (?day >= "2019-01-01"^^xsd:date && ?day < "2019-07-01"^^xsd:date) }'
            ),
            (
                '{ ?x_1 cd:earliestDay ?day FILTER (?day >= "2019-01-01"^^xsd:date)'
                ' FILTER (?day < "2019-07-01"^^xsd:date) } LATERAL { ?a cd:signedOn ?x_1 }'
                " LATERAL { ?a a cd:Agreement } FILTER (true)"
            ),
        ),
        (
            "a predicate is rare",
            "SELECT ?a { ?a a cd:Agreement ; cd:hasParty ?c . ?c cd:hosts ?e OPTIONAL { ?e cd:partOf ?f } }",
            ("?c cd:hosts ?e LATERAL { ?a cd:hasParty ?c } LATERAL { ?a a cd:Agreement } OPTIONAL { ?e cd:partOf ?f }"),
        ),
        (
            "a class is rare",
            "SELECT ?a { ?a cd:signedOn city:x ; cd:hasParty ?b . ?b a cd:Mission }",
            None,
        ),
        (
            "a table is a beginning",
            "SELECT ?a { ?a a cd:Agreement . ?a cd:hasParty ?c . VALUES ?c { city:x } . FILTER (?a != ?c) }",
            None,
        ),
    ],
)
def test_the_order_begins_where_there_is_least(why: str, before: str, after: str | None) -> None:
    rewritten = rewrite(before, statistics=GRAPH)
    if after is None:
        assert rewritten.text == before, why
        return
    assert rewritten.rules == ("order",)
    assert " ".join(rewritten.text.split()) == f"SELECT ?a {{ {after} }}", why
    assert rewrite(before, off={"order"}, statistics=GRAPH).text == before
    assert rewrite(before).text == before


LONG = "?a a cd:Agreement ; cd:hasParty ?c . ?c cd:hosts ?e"


@pytest.mark.parametrize(
    ("why", "text"),
    [
        ("the first found ends it", f"ASK {{ {LONG} }}"),
        ("a few rows end it", f"SELECT ?a {{ {LONG} }} LIMIT 10"),
        ("the group is the template", f"CONSTRUCT WHERE {{ {LONG} }}"),
        ("something else may be a better beginning", f"SELECT ?a {{ {LONG} {{ SELECT ?a {{ ?a ?p ?o }} LIMIT 1 }} }}"),
        ("a path may have no length", f"SELECT ?a {{ {LONG} . ?e cd:partOf* ?f }}"),
        ("brackets join the patterns", f"SELECT ?a {{ {LONG} . ?e ?p [ a ?f ] }}"),
        ("nothing ties the patterns", f"SELECT ?a {{ {LONG} . ?x cd:hosts ?y }}"),
        ("a new variable would show", f"SELECT * {{ {LONG} . ?e cd:partOf/cd:partOf ?f }}"),
        ("a table has gaps", f"SELECT ?a {{ {LONG} VALUES (?a ?c) {{ (UNDEF city:x) }} }}"),
    ],
)
def test_what_is_better_left_to_the_engine_stays(why: str, text: str) -> None:
    assert rewrite(f"SELECT ?a {{ {LONG} }}", statistics=GRAPH).rules == ("order",)
    assert rewrite(text, statistics=GRAPH).text == text, why


def test_statistics_count_what_is_there() -> None:
    store = ox.Store()
    store.update(
        "INSERT DATA { GRAPH <x:g> { <x:a> a <x:C> ; <x:day> '2020-01-01'^^<" + XSD + "date> ; <x:n> 5 , 7 ."
        " <x:b> a <x:C> , <x:D> ; <x:n> 7 } GRAPH <x:h> { <x:b> <x:n> 'text' } }"
    )
    found = gather(store)
    assert found.triples == 8
    assert found.predicates["x:n"] == Predicate(4, 2, 3, found.predicates["x:n"].shares, found.predicates["x:n"].points)
    assert found.predicates["x:n"].shares['"text"'] == 0.25
    assert found.predicates[PREFIXES["rdf"] + "type"].shares == {"<x:C>": 2 / 3, "<x:D>": 1 / 3}
    assert set(found.predicates["x:day"].points) == {2020.0}
    assert Statistics.of(found.as_dict()).predicates == found.predicates
    assert gather(ox.Store()).triples == 0


def test_statistics_of_many_triples_are_estimated_from_some() -> None:
    store = ox.Store()
    store.bulk_extend(
        ox.Quad(ox.NamedNode(f"x:s{i}"), ox.NamedNode("x:p"), ox.NamedNode(f"x:o{i % 3}"), ox.NamedNode("x:g"))
        for i in range(5000)
    )
    found = gather(store).predicates["x:p"]
    assert (found.count, found.subjects, found.objects) == (5000, 5000, 3)
    assert sum(found.shares.values()) == pytest.approx(1)


@pytest.mark.parametrize(
    ("text", "kind", "number"),
    [("2020-07-01", "date", 2020.5), ("-0044", "gYear", -44), ("1e3", "double", 1000), ("x", "integer", None)],
)
def test_numbers_and_days_have_an_order(text: str, kind: str, number: float | None) -> None:
    assert number_of(text, XSD + kind) == number
    assert number_of("x", XSD + "string") is None
