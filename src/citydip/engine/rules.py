"""The rules of `citydip.engine.rewrite`, each in a function that returns edits, or none where it does not apply.

Every rule leaves the multiset of solutions as it is, on every graph; `tests/engine/test_rewrite.py` compares them on
graphs and queries made at random. The first sentence of a rule's description is what ``explain=1`` says of it.
"""

import re
from collections.abc import Callable, Sequence

from citydip.engine.cursor import iri_of
from citydip.engine.expressions import demands, equal_variables, listed, removed
from citydip.engine.grouping import counts_come_first
from citydip.engine.joins import Fresh, Pattern, chained, engine_order, patterns_of, variables_of
from citydip.engine.ordering import best_order, patterns_are_joined_in_order
from citydip.engine.places import Place, places
from citydip.engine.statistics import Statistics
from citydip.engine.structure import Bind, Element, Filter, Graph, Minus, Optional, Part, Query, Triples
from citydip.engine.tokens import Token, tokens

__all__ = [
    "RULES",
    "Edits",
    "Rule",
    "equal_sides_are_joined",
    "equal_variables_are_one",
    "exists_is_joined_in_order",
    "lists_are_values",
    "optional_is_joined_in_order",
]

Edits = list[tuple[Part, str]]
"""Parts of a query with the text that takes their place."""
Rule = Callable[[Query, frozenset[str], Statistics | None], Edits]
"""A rule: it takes a query, the variables that a request binds, and statistics of the graph, and returns edits."""

_ABSOLUTE = re.compile("<[A-Za-z][A-Za-z0-9+.-]*:")
_MOST = 40
"""Triple patterns that one rule puts in order: what is longer is left to the engine."""


def equal_variables_are_one(query: Query, given: frozenset[str], _: Statistics | None = None) -> Edits:
    """Two variables that a filter demands to be equal become one, where one of them cannot be a literal.

    The engine tests such a filter on every pair of solutions. Where both variables are certainly bound by triple
    patterns and one is a subject or a verb, equality is that of terms, so that the patterns can join on it. The
    variable that goes is bound again behind the patterns where anything else names it.
    """
    for place in places(query):
        if place.in_exists:
            continue
        for element in place.group.elements:
            for demand in demands(query.text, element) if isinstance(element, Filter) else ():
                pair = equal_variables(demand)
                if pair is None or pair[2] or given & {pair[0], pair[1]}:
                    continue
                ways = [_as_one(query, place, *names, removed(demand)) for names in (pair[:2], pair[1::-1])]
                if any(ways):
                    # Fewer edits: nothing else names the variable that goes.
                    return min((edits for edits in ways if edits), key=lambda edits: sum("BIND" in e[1] for e in edits))
    return []


def _as_one(query: Query, place: Place, kept: str, gone: str, removal: tuple[Part, str]) -> Edits:
    elements = place.group.elements
    having = [i for i, e in enumerate(elements) if isinstance(e, Triples) and gone in e.visible]
    both = [e for e in elements if isinstance(e, Triples) and {kept, gone} & e.visible]
    if (
        not having
        or not any(kept in e.visible for e in both)
        or not any(_no_literal(query, e, kept, gone) for e in both)
    ):
        return []
    before = elements[: having[-1]]
    if any({kept, gone} & variables_of(e.of(query.text)) for e in before if not isinstance(e, Filter | Triples)):
        return []
    named = [token for token in tokens(query.text) if token.key == "variable" and token.text[1:] == gone]
    within = [elements[i] for i in having]
    inside = [token for token in named if any(e.start <= token.start < e.end for e in within)]
    demanded = sum(removal[0].start <= token.start < removal[0].end for token in named)
    edits: Edits = [(Part(token.start, token.end), f"?{kept}") for token in inside]
    is_needed = place.starred or len(named) > len(inside) + demanded
    if is_needed:
        end = elements[having[-1]].end
        edits.append((Part(end, end), f" BIND (?{kept} AS ?{gone})"))
    return [*edits, removal]


def _no_literal(query: Query, element: Triples, *names: str) -> bool:
    """Return whether one of some variables is a subject or a verb."""
    for subject in element.subjects:
        for triple in subject.triples or ():
            if triple.is_path and not _goes_forward(triple.verb.of(query.text)):
                continue
            parts = [triple.subject] if triple.is_path else [triple.subject, triple.verb]
            if any(part.of(query.text)[0] in "?$" and part.of(query.text)[1:] in names for part in parts):
                return True
    return False


def _goes_forward(path: str) -> bool:
    """Return whether a path begins with a triple that has its beginning as subject: another may begin at a literal."""
    return {token.key for token in tokens(path)} <= {"iri", "name", "A", "/", "+", "(", ")", "end"}


def lists_are_values(query: Query, given: frozenset[str], _: Statistics | None = None) -> Edits:
    """A filter that demands one of some IRIs becomes a table of them, which the engine joins first.

    It stands for ``?x IN (a, b)``, ``?x = a`` and ``?x = a || ?x = b`` where something in the group certainly binds
    the variable; the table comes right behind it, each IRI once. Literals stay in filters: they are equal by value.
    Where the engine has something better to begin with, such as a constant in another pattern, the filter stays.
    """
    edits: Edits = []
    for place in places(query):
        if place.in_exists or place.bound or given:
            continue
        for element in place.group.elements:
            for demand in demands(query.text, element) if isinstance(element, Filter) else ():
                found = listed(demand)
                if found is None or not _leads(query, place, found[0]):
                    continue
                binder = next((e for e in place.group.elements if found[0] in e.certain), None)
                iris: dict[str | None, str] = {}
                for token in found[1]:
                    iris.setdefault(_absolute(query, token), token.text)
                if binder is not None and None not in iris:
                    table = " ".join(iris.values())
                    edits += [removed(demand), (Part(binder.end, binder.end), f" VALUES ?{found[0]} {{ {table} }}")]
    return edits


def _leads(query: Query, place: Place, name: str) -> bool:
    """Return whether a few terms for a variable are a good beginning: it is a subject, or nothing else is better.

    A class is no better beginning: it has as many things as there are.
    """
    better = False
    for element in place.group.elements:
        if isinstance(element, Filter | Optional | Minus | Bind):
            continue
        if not isinstance(element, Triples):
            # A table, a sub-query or a group may be small.
            better = better or not isinstance(element, Graph)
            continue
        for subject in element.subjects:
            for triple in subject.triples or ():
                parts = [part.of(query.text) for part in (triple.subject, triple.verb, triple.object)]
                if parts[0][0] in "?$" and parts[0][1:] == name:
                    return True
                better = better or parts[0][0] not in "?$_[" or (parts[2][0] not in "?$_[" and parts[1] != "a")
    return not better


def _absolute(query: Query, token: Token) -> str | None:
    """Return the full IRI of a token; None where it is relative, or may be shortened when it is resolved."""
    iri = iri_of(query, token) or ""
    is_full = token.key == "name" or _ABSOLUTE.match(token.text)
    return iri if is_full and "/." not in iri else None


def equal_sides_are_joined(query: Query, given: frozenset[str], _: Statistics | None = None) -> Edits:
    """Patterns that only a filter ``?x = ?y`` or ``STR(?x) = STR(?y)`` ties to each other are joined by a key.

    The engine tests the filter on every pair of solutions. Each side gets the key in a new variable, by which the
    engine joins with a table in memory. Of texts the key is the text; where a term has none, the sides get different
    IRIs, as such terms never were equal. Of terms it is the term, but one and the same for all literals, which are
    equal by value: there the filter stays.
    """
    for place in places(query):
        if place.in_exists or place.starred or place.bound or given:
            continue
        if not all(isinstance(e, Triples | Filter | Optional | Minus | Bind) for e in place.group.elements):
            # Something else may have fewer solutions than each of the sides.
            continue
        for element in place.group.elements:
            for demand in demands(query.text, element) if isinstance(element, Filter) else ():
                pair = equal_variables(demand)
                if pair:
                    edits = _two_sides(query, place, *pair)
                    if edits:
                        return [*edits, removed(demand)] if pair[2] else edits
    return []


def _two_sides(query: Query, place: Place, one: str, other: str, as_texts: bool) -> Edits:
    fresh = Fresh(query.text)
    elements: list[Triples] = []
    patterns: list[Pattern] = []
    for element in place.group.elements:
        if isinstance(element, Triples):
            found = patterns_of(query, element, fresh)
            if found is None:
                return []
            elements.append(element)
            patterns += found
        elif not isinstance(element, Filter):
            break
    sides = _components(patterns)
    mine = next((side for side in sides if any(one in p.variables for p in side)), None)
    yours = next((side for side in sides if any(other in p.variables for p in side)), None)
    if mine is None or yours is None or mine is yours:
        return []
    key = fresh.variable()
    # With COALESCE the engine knows that the key is bound, and only then joins by it.
    form = "STR(?{0})" if as_texts else "IF(ISLITERAL(?{0}), <urn:x-citydip:literal>, ?{0})"
    groups = [
        f"{{ {' . '.join(map(str, side))} BIND (COALESCE({form.format(name)}, <urn:x-citydip:{number}>) AS {key}) }}"
        for number, (side, name) in enumerate(((mine, one), (yours, other)))
    ]
    rest = [str(p) for side in sides if side is not mine and side is not yours for p in side]
    text = " ".join([*groups, " . ".join(rest)])
    return [(elements[0], text), *((element, "") for element in elements[1:])]


def _components(patterns: Sequence[Pattern]) -> list[list[Pattern]]:
    """Return patterns by what their variables connect."""
    sides: list[tuple[set[str], list[Pattern]]] = []
    for pattern in patterns:
        touched = [side for side in sides if side[0] & pattern.variables]
        names, joined = set(pattern.variables), [p for side in touched for p in side[1]] + [pattern]
        for side in touched:
            names |= side[0]
        sides = [side for side in sides if side not in touched] + [(names, joined)]
    return [joined for _, joined in sides]


def exists_is_joined_in_order(query: Query, given: frozenset[str], statistics: Statistics | None = None) -> Edits:
    """The patterns of an EXISTS are joined one by one, beginning with what the solution in question binds.

    The engine does not plan what stands in an EXISTS: for each solution it computes the patterns from scratch and
    joins them pair by pair. As a chain of LATERAL, each pattern finds only what goes with those before it. Sequence
    paths are taken apart, and filters stand where their variables are bound. Statistics tell the order where there are
    any.
    """
    edits: Edits = []
    fresh = Fresh(query.text)
    for place in places(query):
        if place.in_exists:
            edits += _chain(query, place, fresh, given, statistics)
    return edits


def _chain(query: Query, place: Place, fresh: Fresh, given: frozenset[str], statistics: Statistics | None) -> Edits:
    edits: Edits = []
    elements = place.group.elements
    waiting = [e for e in elements if isinstance(e, Filter) and e.expression.variables and not e.expression.exists]
    movable = list(waiting)
    known: set[str] = set()
    first = True
    changed = False
    for element in elements:
        if isinstance(element, Triples):
            patterns = patterns_of(query, element, fresh)
            if patterns is None or len(patterns) > _MOST:
                return []
            ordered = best_order(query, patterns, place.bound | known | given, statistics)
            edits.append((element, chained(query.text, ordered, waiting, known, first=first) + " "))
            changed = changed or len(patterns) > 1 or not first
        first = first and isinstance(element, Filter)
    edits += [(element.expression, "(true)") for element in movable if element not in waiting]
    return edits if changed else []


def optional_is_joined_in_order(query: Query, given: frozenset[str], statistics: Statistics | None = None) -> Edits:
    """The patterns of an OPTIONAL are joined beginning with what is bound before it.

    The engine computes an OPTIONAL for each solution before it, and plans its patterns as if nothing were bound: it
    begins with a class or a status and finds all its things, each time. The rule applies where it would do so.
    """
    edits: Edits = []
    fresh = Fresh(query.text)
    for place in places(query):
        if place.in_exists or place.starred or not place.is_optional:
            continue
        triples = [element for element in place.group.elements if isinstance(element, Triples)]
        simple = all(isinstance(e, Triples) or _is_plain(e) for e in place.group.elements)
        if len(triples) != 1 or not simple or not triples[0].visible & place.bound:
            continue
        patterns = patterns_of(query, triples[0], fresh)
        if patterns is None or not 1 < len(patterns) <= _MOST:
            continue
        ordered = best_order(query, patterns, place.bound | given, statistics)
        if ordered[0] != engine_order(patterns)[0] and ordered[0].variables & place.bound:
            edits.append((triples[0], chained(query.text, ordered, [], set(), first=True) + " "))
    return edits


def _is_plain(element: Element) -> bool:
    return isinstance(element, Filter) and not element.expression.exists


RULES: dict[str, Rule] = {
    "equal-variables": equal_variables_are_one,
    "values": lists_are_values,
    "equal-sides": equal_sides_are_joined,
    "count-first": counts_come_first,
    "order": patterns_are_joined_in_order,
    "exists": exists_is_joined_in_order,
    "optional": optional_is_joined_in_order,
}
"""The rules by name, in the order in which they are tried."""
