"""What is counted before its keys get their labels is as much as when it is counted after that."""

import pytest
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from citydip.engine import grouping
from citydip.engine.rewrite import rewrite
from citydip.engine.statistics import Predicate, Statistics
from citydip.model.terms import PREFIXES
from tests.engine.comparison import check
from tests.engine.generated import PREDICATES, nodes
from tests.engine.test_ordering import GRAPH, any_statistics

CD, RDFS = PREFIXES["cd"], PREFIXES["rdfs"]
LABELLED = Statistics(
    GRAPH.triples, {**GRAPH.predicates, RDFS + "label": Predicate(30_000, 10_000, 20_000), CD + "x": Predicate(1, 1, 1)}
)


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Apply the rule also where it saves nothing: a result must be the same then, too."""
    monkeypatch.setattr(grouping, "_KEPT", 0.0)
    monkeypatch.setattr(grouping, "_FEWER", 0.0)
    monkeypatch.setattr(grouping, "_LEAST", -float("inf"))


KEYS = ("?k", "?l", "?m")
HIDDEN = ("?a", "?b")
keys = st.sampled_from(KEYS)
verbs = st.sampled_from((*PREDICATES, *PREDICATES, f"{PREDICATES[0]}/{PREDICATES[1]}", "?m"))
terms = st.one_of(keys, keys, nodes)


@st.composite
def counting(draw: DrawFn) -> str:
    """Make a query that groups and counts, with patterns of keys, and with more behind them."""
    hidden = draw(st.sampled_from(("?a", "?a", "_:a")))
    lines = [f"{draw(st.sampled_from(('?k', '?k', '?l')))} {draw(verbs)} ?a ."]
    lines += draw(st.lists(st.builds(lambda v, t: f"?k {v} {t} .", verbs, terms), max_size=2))
    lines += draw(st.lists(st.builds(lambda v, t: f"{t} {v} {hidden} .", verbs, terms), max_size=1))
    lines += draw(st.lists(st.sampled_from(("?a <urn:p:2> ?b .", "?b <urn:p:1> ?k .")), max_size=1))
    filters = st.sampled_from(
        ("FILTER (?a != ?k)", "FILTER (ISIRI(?l))", "FILTER (?l != ?k)", "FILTER (BOUND(?l) || ?a = 1)")
    )
    exists = st.builds(
        lambda word, v, w: f"FILTER {word} {{ {v} <urn:p:1> {w} }}",
        st.sampled_from(("EXISTS", "NOT EXISTS")),
        keys,
        st.sampled_from(("?new", "?l", "?a")),
    )
    lines = draw(st.permutations([*lines, *draw(st.lists(filters, max_size=2))]))
    behind = st.one_of(
        st.builds(lambda v, t, u: f"OPTIONAL {{ {t} {v} {u} }}", verbs, keys, st.sampled_from((*KEYS, "?new", "?b"))),
        st.builds(lambda v, t: f"MINUS {{ {t} {v} <urn:x:1> }}", verbs, keys),
        st.builds(lambda t: f"BIND (STR({t}) AS ?n)", keys),
        st.builds(lambda v, w: f"{{ ?k {v} ?l }} UNION {{ ?k {w} ?l }}", verbs, verbs),
        st.builds(lambda v, n: f"VALUES {v} {{ {n} UNDEF {n} }}", keys, nodes),
        st.builds(lambda v: f"{{ SELECT ?k {{ ?k {v} ?a }} }}", verbs),
        st.builds(lambda v: f"?k {v} ?l .", verbs),
        exists,
    )
    lines += draw(st.lists(behind, max_size=2))
    by = " ".join(draw(st.sampled_from((("?k",), ("?k", "?l"), ("?k", "?l", "?n"), ("?l", "?m"), ("?k", "?m"), KEYS))))
    counts = ("COUNT(?a)", "COUNT(DISTINCT ?a)", "count( * )", "COUNT(DISTINCT ?b)", "COUNT(?l)")
    columns = draw(st.lists(st.sampled_from(counts), min_size=1, max_size=2))
    told = " ".join(f"({column} AS ?count{number})" for number, column in enumerate(columns))
    end = draw(st.sampled_from(("", " ORDER BY DESC(?count0)", " ORDER BY COUNT(?a) ", " VALUES ?k { <urn:x:1> }")))
    return f"SELECT {by} {told} {{ {' '.join(lines)} }} GROUP BY {by}{end}"


@pytest.mark.usefixtures("eager")
def test_counting_first_changes_no_result() -> None:
    check(counting(), "count-first", known=any_statistics())


@pytest.mark.usefixtures("eager")
def test_counting_first_changes_no_result_beside_other_rules() -> None:
    check(counting(), None, known=any_statistics())


PARTIES = "?city ^cd:hasParty ?agreement"


def counted(group: str, by: str = "?city ?name", count: str = "COUNT(?agreement)", end: str = "") -> str:
    return f"SELECT {by} ({count} AS ?n) {{ {group} }} GROUP BY {by}{end}"


@pytest.mark.parametrize(
    ("group", "count", "after"),
    [
        (
            f"{PARTIES} ; rdfs:label ?name FILTER (LANG(?name) = 'en')",
            "COUNT(?agreement)",
            (
                "SELECT ?city ?name (SUM(?x_1) AS ?n) { { SELECT ?city (COUNT(?agreement) AS ?x_1) "
                "{ ?city ^cd:hasParty ?agreement } GROUP BY ?city } "
                "LATERAL { ?city rdfs:label ?name FILTER (LANG(?name) = 'en') } FILTER (true) } GROUP BY ?city ?name"
            ),
        ),
        (
            f"{PARTIES} . OPTIONAL {{ ?city rdfs:label ?name }}",
            "COUNT(DISTINCT ?agreement)",
            (
                "SELECT ?city ?name (MAX(?x_1) AS ?n) { { SELECT ?city (COUNT(DISTINCT ?agreement) AS ?x_1) "
                "{ ?city ^cd:hasParty ?agreement } GROUP BY ?city } OPTIONAL { ?city rdfs:label ?name } } "
                "GROUP BY ?city ?name"
            ),
        ),
    ],
)
def test_labels_are_looked_up_for_what_has_been_counted(group: str, count: str, after: str) -> None:
    query = counted(group, count=count)
    rewritten = rewrite(query, statistics=LABELLED)
    assert rewritten.rules == ("count-first",)
    assert " ".join(rewritten.text.split()) == after
    assert rewrite(query, off={"count-first"}, statistics=LABELLED).text == query
    assert rewrite(query).text == query


LABEL = f"{PARTIES} ; rdfs:label ?name"


@pytest.mark.parametrize(
    ("why", "query"),
    [
        ("few things have it, so that there is less to count", counted(f"{PARTIES} ; cd:x ?name")),
        ("each key is counted once", counted("?agreement cd:signedOn ?city . ?agreement rdfs:label ?name")),
        ("nothing is joined afterwards", counted(PARTIES, by="?city")),
        ("a filter compares what is counted with a label", counted(f"{LABEL} FILTER (STR(?agreement) != ?name)")),
        ("it counts labels", counted(LABEL, count="COUNT(?name)")),
        ("it does not count", counted(LABEL, count="MIN(?agreement)")),
        ("it groups by something computed", counted(LABEL).replace("GROUP BY ?city", "GROUP BY (STR(?city) AS ?t)")),
        ("it demands a number", counted(LABEL, end=" HAVING (COUNT(?agreement) > 1)")),
        ("it orders by another number", counted(LABEL, end=" ORDER BY COUNT(DISTINCT ?agreement)")),
    ],
)
def test_what_cannot_be_counted_first_stays(why: str, query: str) -> None:
    assert rewrite(counted(LABEL), statistics=LABELLED).rules == ("count-first",)
    assert "count-first" not in rewrite(query, statistics=LABELLED).rules, why
    assert rewrite(counted(LABEL), given={"city"}, statistics=LABELLED).text == counted(LABEL)
