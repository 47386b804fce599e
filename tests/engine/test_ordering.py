"""Patterns in the order that statistics tell give what they give in any other; and the order is the one expected."""

import itertools
from dataclasses import replace
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from citydip.engine import ordering, plans
from citydip.engine.rewrite import rewrite
from citydip.engine.statistics import Predicate, Statistics, gather, number_of
from citydip.model.terms import PREFIXES
from tests.engine.comparison import COLUMNS, check
from tests.engine.generated import PREDICATES, VARIABLES, nodes, queries, variables
from tests.engine.test_rewrite import ANY, patterns, plain_filters

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


SEQUENCE = f"{PREDICATES[0]}/{PREDICATES[1]}"
PLAIN = st.sampled_from((*PREDICATES, *PREDICATES, "?p", SEQUENCE))
PATHS = st.sampled_from((*PREDICATES, SEQUENCE, SEQUENCE, f"^{PREDICATES[1]}", *(f"{PREDICATES[2]}{m}" for m in "+*")))
NOTHING = st.just("")
NEW = ("?new", "_:new")
UNKNOWN = "<urn:x:9>"  # in no graph
bound = st.sampled_from(VARIABLES[:3])  # each of these is in the patterns
linked = st.builds(
    lambda v, p, w: f"{v} {p} {w}", bound, PLAIN, st.one_of(bound, st.sampled_from(NEW), st.sampled_from(NEW))
)
FILTERS = st.one_of(
    plain_filters(),
    st.builds(lambda v, n: f"FILTER ({v} != {n} && ISIRI({v}))", variables, nodes),
    st.builds(lambda v, w: f"FILTER ({v} >= 1 || {w} = {v})", variables, variables),
)
COLUMN = COLUMNS + "{{ {} }}"


@st.composite
def several_patterns(
    draw: DrawFn,
    *,
    verbs: SearchStrategy[str] = PLAIN,
    between: SearchStrategy[str] = NOTHING,
    behind: SearchStrategy[str] = NOTHING,
    forms: tuple[str, ...] = (COLUMN,),
    lengths: tuple[int, ...] = (2, 2, 3),
) -> str:
    """Make a query of some patterns that hang together, with something between and behind them."""
    names = (*VARIABLES, "?e", "?f")[: draw(st.sampled_from(lengths)) + 1]
    chain = []
    for one, other in draw(st.permutations(list(itertools.pairwise(names)))):
        ends = [one, other] if draw(st.booleans()) else [other, one]
        chain += [f"{ends[0]} {draw(verbs)} {ends[1]} .", draw(between)]
    return draw(st.sampled_from(forms)).format(" ".join([*chain, draw(behind)]))


MADE: dict[str, SearchStrategy[str]] = {
    "filters": several_patterns(between=FILTERS, forms=(COLUMN, "SELECT * {{ {} }}")),
    "tables": several_patterns(
        between=st.one_of(
            NOTHING,
            st.builds(lambda v, n, m: f"VALUES {v} {{ {n} {m} {n} }}", variables, nodes, nodes),
            st.builds(lambda v, n, m: f"VALUES {v} {{ {n} UNDEF }} FILTER ({v} != {m})", variables, nodes, nodes),
            st.builds(lambda v, w, n: f"VALUES ({v} {w}) {{ ({n} UNDEF) ({n} {n}) }}", variables, variables, nodes),
        )
    ),
    "paths": several_patterns(
        verbs=PATHS,
        between=st.one_of(NOTHING, st.builds(lambda v, n: f"VALUES {v} {{ {n} {UNKNOWN} }}", variables, nodes)),
        forms=(COLUMN, "SELECT * {{ {} }}", "SELECT (COUNT(DISTINCT *) AS ?n) {{ {} }}"),
    ),
    "exists": several_patterns(behind=st.builds(lambda p, q: f"FILTER EXISTS {{ {p} . {q} }}", linked, linked)),
    "exists in a graph": several_patterns(
        behind=st.builds(lambda p: f"FILTER EXISTS {{ {p} }}", linked),
        forms=(COLUMNS + "{{ GRAPH ?d {{ {} }} }}", COLUMNS + "{{ GRAPH <urn:g:1> {{ {} }} }}"),
    ),
    "exists with a filter": several_patterns(
        behind=st.one_of(
            st.builds(
                lambda v, p, w, n: f"FILTER (EXISTS {{ {v} {p} {w} FILTER ({v} != {n} && ISIRI({w})) }})",
                *(bound, PLAIN, bound, nodes),
            ),
            st.builds(lambda p, v, w: f"FILTER EXISTS {{ {p} FILTER ({v} != {w}) }}", linked, bound, bound),
        )
    ),
    "exists of what may be unbound": several_patterns(
        behind=st.one_of(
            st.builds(
                lambda v, p, q: f"OPTIONAL {{ {v} {p} ?new }} FILTER EXISTS {{ {v} {q} ?new }}", bound, PLAIN, PLAIN
            ),
            st.builds(lambda v, q: f"BIND (STR({v}) AS ?new) FILTER EXISTS {{ {v} {q} ?new }}", bound, PLAIN),
        ),
    ),
    "not exists": several_patterns(behind=st.builds(lambda p: f"FILTER NOT EXISTS {{ {p} }}", linked)),
    "branches": several_patterns(
        between=st.one_of(NOTHING, NOTHING, FILTERS, linked.map(lambda text: text + " .")),
        behind=st.one_of(
            NOTHING,
            st.builds(lambda p: f"FILTER EXISTS {{ {p} }}", linked),
            st.builds(lambda p: f"OPTIONAL {{ {p} }}", patterns()),
        ),
        forms=(
            COLUMN,
            "SELECT * {{ {} }}",
            COLUMNS + "{{ GRAPH ?g {{ {} }} }}",
            "SELECT (COUNT(DISTINCT *) AS ?n) {{ {} }}",
        ),
        lengths=(4, 5),
    ),
    "what stands behind": several_patterns(
        between=st.one_of(NOTHING, FILTERS),
        behind=st.one_of(
            st.builds(lambda p: f"OPTIONAL {{ {p} }}", patterns()),
            st.builds(lambda p, q: f"OPTIONAL {{ {p} }} {q}", linked, linked),
            st.builds(lambda p, q: f"MINUS {{ {p} }} {q}", linked, linked),
            st.builds(lambda v, w: f"BIND (STR({v}) AS ?e) FILTER (BOUND({w}))", variables, variables),
        ),
    ),
    "what stands around": several_patterns(
        between=st.one_of(NOTHING, NOTHING, FILTERS),
        forms=(
            COLUMNS + "FROM <urn:g:1> {{ {} }}",
            COLUMNS + "{{ GRAPH ?d {{ {} }} }}",
            "SELECT ?a (COUNT(*) AS ?n) {{ {} }} GROUP BY ?a",
            "SELECT DISTINCT ?a ?b {{ {} }}",
            COLUMNS + "{{ {{ SELECT ?a ?b {{ {} }} }} ?a ?q ?b }}",
            COLUMNS + "{{ {{ {} }} UNION {{ ?a ?b ?c }} }}",
            COLUMNS + "{{ ?a <urn:p:1> ?b MINUS {{ {} }} }}",
            "CONSTRUCT {{ ?a ?p ?b }} {{ {} }}",
        ),
    ),
}
"""Queries by what the rule must take care of in them."""
ALL_MADE = st.one_of(*MADE.values())


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Apply the rule also where the order is no better than that of the engine: a result must be the same then, too."""
    monkeypatch.setattr(ordering, "_GAIN", 0.0)
    monkeypatch.setattr(ordering, "_LEAST", -float("inf"))
    monkeypatch.setattr(plans, "_WORTH", -float("inf"))
    monkeypatch.setattr(plans, "_BETTER", float("inf"))


@pytest.fixture
def joining(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take each EXISTS that can be joined for dearer when it is tested for each row."""
    tests = ordering._tests

    def dear(*given: Any) -> list[Any]:
        return [replace(test, each=1e12) for test in tests(*given)]

    monkeypatch.setattr(ordering, "_tests", dear)


@pytest.mark.usefixtures("eager", "joining")
@pytest.mark.parametrize("care", MADE)
def test_patterns_are_put_in_order_without_changing_any_result(care: str) -> None:
    check(MADE[care], "order", known=any_statistics())


@pytest.mark.usefixtures("eager", "joining")
def test_patterns_are_put_in_order_without_changing_any_result_where_the_request_binds_a_variable() -> None:
    in_exists = MADE["exists"].map(lambda text: text.replace("?a", "?e").replace("?new", "?a"))
    check(st.one_of(ALL_MADE, in_exists), "order", given_a=True, known=any_statistics())


@pytest.mark.usefixtures("eager")
def test_all_rules_together_change_no_result_with_any_statistics() -> None:
    made = st.one_of(ANY, ALL_MADE, queries().map(lambda m: m.text).filter(lambda text: "LIMIT" not in text))
    check(made, None, known=any_statistics())


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
        ("what stands behind may be a better beginning", f"SELECT ?a {{ {{ {LONG} }} ?e cd:partOf city:x }}"),
        (
            "so it may where there are alternatives",
            f"SELECT ?a {{ {{ {LONG} }} UNION {{ ?a ?p ?e }} ?e cd:partOf ?f }}",
        ),
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
        "INSERT DATA { <x:a> a <x:C> ; <x:day> '2020-01-01'^^<" + XSD + "date> ; <x:n> 5 , 7 ."
        " <x:b> a <x:C> , <x:D> ; <x:n> 7 , 'text' GRAPH <x:g> { <x:b> <x:n> 7 } }"
    )
    found = gather(store)
    assert found.triples == 8
    numbers = found.predicates["x:n"]
    assert numbers == Predicate(4, 2, 3, numbers.shares, numbers.points, out=4.0, into=1.5)
    assert found.predicates["x:n"].shares['"text"'] == 0.25
    assert found.predicates[PREFIXES["rdf"] + "type"].shares == {"<x:C>": 2 / 3, "<x:D>": 1 / 3}
    assert set(found.predicates["x:day"].points) == {2020.0}
    assert Statistics.of(found.as_dict()).predicates == found.predicates
    assert gather(ox.Store()).triples == 0
    counts = {name: int(predicate.count) for name, predicate in found.predicates.items()}
    assert gather(store, counts).as_dict() == found.as_dict()


def test_statistics_of_many_triples_are_estimated_from_some() -> None:
    store = ox.Store()
    store.bulk_extend(
        ox.Quad(ox.NamedNode(f"x:s{i}"), ox.NamedNode("x:p"), ox.NamedNode(f"x:o{i % 3}")) for i in range(5000)
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
