"""Whether queries and what rewriting makes of them have the same results, on graphs made at random."""

import os
from collections import Counter
from collections.abc import Collection
from random import Random

import pyoxigraph as ox
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from citydip.engine.rewrite import rewrite
from citydip.engine.rules import RULES
from citydip.engine.statistics import Statistics
from citydip.model.terms import PREFIXES
from tests.engine.generated import LITERALS, NODES, PREDICATES

EXAMPLES = int(os.environ.get("CITYDIP_EXAMPLES", "120"))
"""Queries that each rule is tried on; more are tried by hand, after a change of a rule."""

FILLED = 10
"""One of so many results has something in it, at least."""
SIZES = (6, 18, 40)
GRAPHS = ("<urn:g:1>", "<urn:g:2>")

COLUMNS = "SELECT ?a ?b ?c ?d "
NOT_KNOWN: SearchStrategy[Statistics | None] = st.none()


TERMS = {
    text: next(iter(ox.parse(f"<urn:s> <urn:p> {text} .", ox.RdfFormat.TURTLE))).object for text in (*NODES, *LITERALS)
}


def made_graphs(seed: int) -> list[ox.Store]:
    """Make graphs of few, some and many triples, each in one or both of two named graphs."""
    made = Random(seed)
    blank = ox.BlankNode()
    stores = []
    for size in SIZES:
        store = ox.Store()
        for _ in range(size):
            subject = made.choice((*(TERMS[text] for text in NODES), blank))
            value = made.choice((*(TERMS[text] for text in (*NODES, *NODES, *LITERALS)), blank))
            verb, graph = (ox.NamedNode(made.choice(some)[1:-1]) for some in (PREDICATES, GRAPHS))
            store.add(ox.Quad(subject, verb, value, graph))
        stores.append(store)
    return stores


def solutions(store: ox.Store, text: str, terms: dict[str, ox.NamedNode]) -> object:
    """Return the result of a query: a truth value, or how often there is each solution or triple."""
    substitutions: dict[ox.Variable, ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple] | None
    substitutions = {ox.Variable(name): term for name, term in terms.items()} or None
    result = store.query(text, prefixes=PREFIXES, use_default_graph_as_union=True, substitutions=substitutions)
    if isinstance(result, ox.QueryBoolean):
        return bool(result)
    if isinstance(result, ox.QueryTriples):
        return set(map(str, result))
    names = [variable.value for variable in result.variables]
    return Counter(frozenset((name, str(row[name])) for name in names if row[name] is not None) for row in result)


def check(
    strategy: SearchStrategy[str],
    only: str | None,
    *,
    given_a: bool = False,
    known: SearchStrategy[Statistics | None] = NOT_KNOWN,
    phases: Collection[Phase] = tuple(Phase),
) -> None:
    """Hold that rewriting changes no result: each example is a query that is rewritten, others do not count.

    Args:
        strategy: makes queries.
        only: the one rule that is applied; None: all.
        given_a: whether the request binds a term to ``?a``.
        known: makes statistics.
        phases: what hypothesis does; without shrinking, it fails at once.
    """
    filled: list[bool] = []
    off = RULES.keys() - {only} if only else ()
    terms = {"a": ox.NamedNode("urn:x:1")} if given_a else {}

    @settings(
        max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None, phases=phases
    )
    @given(st.integers(0, 1 << 32), strategy, known)
    def hold(seed: int, text: str, statistics: Statistics | None) -> None:
        rewritten = rewrite(text, off=off, given=terms, statistics=statistics)
        assume(rewritten.steps)
        graphs = made_graphs(seed)
        try:
            expected = [solutions(store, text, terms) for store in graphs]
        except (SyntaxError, RuntimeError):
            assume(False)  # a blank node in two parts of the query, or a bound variable that it lacks
        filled.append(any(expected))
        assert [solutions(store, rewritten.text, terms) for store in graphs] == expected, rewritten.text

    hold()
    assert len(filled) >= EXAMPLES / 2, f"only {len(filled)} queries were rewritten"
    assert sum(filled) >= len(filled) / FILLED, f"only {sum(filled)} of {len(filled)} results had anything in them"
