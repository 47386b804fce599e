"""The rule `count-first`: what is counted is counted before its keys get their labels."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from citydip.engine.estimates import Estimator, Rows
from citydip.engine.joins import Fresh, Pattern, chained, has_no_length, in_order, patterns_of, variables_of
from citydip.engine.plans import cheapest
from citydip.engine.statistics import Statistics
from citydip.engine.structure import Element, Filter, Part, Query, Service, Triples
from citydip.engine.tokens import tokens

__all__ = ["counts_come_first"]

Edits = list[tuple[Part, str]]
_KEPT = 0.8
"""What part of the rows a pattern must keep to be joined after counting: others make less to count."""
_FEWER = 2.0
"""How many times fewer groups than rows there must be."""
_LEAST = 500
"""Rows that must be saved."""
_AGGREGATES = frozenset({"COUNT", "SUM", "AVG", "MIN", "MAX", "SAMPLE", "GROUP_CONCAT", "EXISTS"})


@dataclass(frozen=True, slots=True)
class _Count:
    """A column that is a number of rows, or of different terms.

    Args:
        at: its expression.
        variable: what is counted; None: rows.
        outside: the aggregate that makes the column of the numbers of the parts.
    """

    at: Part
    variable: str | None
    outside: str


def counts_come_first(query: Query, given: frozenset[str], statistics: Statistics | None) -> Edits:
    """What a GROUP BY counts is counted before patterns are joined that only say more of its keys.

    The engine looks the label of a city up for each of its ties, and groups by the label then. Patterns all of whose
    variables are keys, and what stands behind all patterns, can be joined when each key has its number: a key that they
    give several times counts as often. The rule applies to COUNT alone, where statistics tell that there are clearly
    fewer groups than rows, and that those patterns would not leave fewer rows to count.
    """
    keys, counts = _keys(query), _counts(query)
    if statistics is None or given or not keys or not counts or query.where is None:
        return []
    fresh = Fresh(query.text)
    run, behind = _leading(query.where.elements)
    patterns = [pattern for element in run for pattern in patterns_of(query, element, fresh) or ()]
    is_plain = all(subject.triples is not None for element in run for subject in element.subjects)
    if not is_plain or any(map(has_no_length, patterns)) or any(isinstance(e, Service) for e in behind):
        return []
    found = _split(Estimator(query, statistics, ()), patterns, keys)
    if found is None:
        return []
    first, later = found
    inner = frozenset().union(*(pattern.variables for pattern in first))
    hidden = inner - keys
    filters = [element for element in behind if isinstance(element, Filter)]
    inside = [f for f in filters if not f.expression.exists and f.expression.variables <= inner]
    outside = [element for element in behind if element not in inside]
    others = [element for element in outside if not isinstance(element, Filter)]
    joined = [*(pattern.variables for pattern in later), *(_named(query, element) for element in others)]
    counted = {count.variable for count in counts} - {None}
    if not counted <= hidden or any(hidden & _named(query, element) for element in outside):
        return []
    if not any(inner & names for names in joined):
        return []
    movable = [f for f in filters if f in outside and not f.expression.exists]
    return _edits(query, run, _SubQuery(first, inside, inner & keys, fresh), later, movable, counts)


@dataclass(frozen=True, slots=True)
class _SubQuery:
    patterns: list[Pattern]
    filters: list[Filter]
    keys: frozenset[str]
    fresh: Fresh


def _edits(
    query: Query,
    run: list[Triples],
    first: _SubQuery,
    later: list[Pattern],
    filters: list[Filter],
    counts: list[_Count],
) -> Edits:
    text, fresh = query.text, first.fresh
    edits: Edits = [(element, "") for element in run[1:]] + [(f.expression, "(true)") for f in first.filters]
    columns = []
    for count in counts:
        number = fresh.variable()
        columns.append(f"({count.at.of(text)} AS {number})")
        edits.append((count.at, f"{count.outside}({number})"))
    names = " ".join(f"?{name}" for name in sorted(first.keys))
    inside = " ".join([" . ".join(map(str, first.patterns)), *(element.of(text) for element in first.filters)])
    pieces = [f"{{ SELECT {names} {' '.join(columns)} {{ {inside} }} GROUP BY {names} }}"]
    if later:
        waiting = list(filters)
        pieces.append(chained(text, in_order(later, first.keys), waiting, set(first.keys), first=False))
        edits += [(f.expression, "(true)") for f in filters if f not in waiting]
    return [(run[0], " ".join(pieces) + " "), *edits]


def _keys(query: Query) -> frozenset[str]:
    """Return the variables by which a query groups; none where it groups by anything else, or has a HAVING."""
    modifiers = query.modifiers
    if query.select is None or not modifiers.grouped:
        return frozenset()
    found = tokens(modifiers.of(query.text))
    names = []
    at = 2
    while found[at].key == "variable":
        names.append(found[at].text[1:])
        at += 1
    rest = found[at:]
    if [token.key for token in found[:2]] != ["GROUP", "BY"] or rest[0].key not in ("ORDER", "LIMIT", "OFFSET", "end"):
        return frozenset()
    known = {*names, *(column.variable for column in query.select.projected)}
    ordered = {token.text[1:] for token in rest if token.key == "variable"}
    unclear = {token.key for token in rest} & (_AGGREGATES | {"HAVING", "GROUP"})
    return frozenset() if unclear or not ordered <= known else frozenset(names)


def _counts(query: Query) -> list[_Count]:
    """Return the columns that count; none where there are columns that neither count nor are keys."""
    keys, found = _keys(query), []
    for column in query.select.projected if query.select else ():
        if column.expression is None:
            if column.variable not in keys:
                return []
            continue
        at = column.expression
        match [(token.key, token.text) for token in tokens(at.of(query.text))][:-1]:
            case [("COUNT", _), ("(", _), ("*", _), (")", _)]:
                found.append(_Count(at, None, "SUM"))
            case [("COUNT", _), ("(", _), ("variable", name), (")", _)]:
                found.append(_Count(at, name[1:], "SUM"))
            case [("COUNT", _), ("(", _), ("DISTINCT", _), ("variable", name), (")", _)]:
                found.append(_Count(at, name[1:], "MAX"))
            case _:
                return []
    return found


def _leading(elements: Sequence[Element]) -> tuple[list[Triples], list[Element]]:
    """Return the patterns with which a group begins, filters left out, and all the rest, those filters included."""
    run: list[Triples] = []
    behind: list[Element] = []
    for element in elements:
        if isinstance(element, Triples) and all(isinstance(other, Filter) for other in behind):
            run.append(element)
        else:
            behind.append(element)
    return run, behind


def _named(query: Query, element: Element) -> frozenset[str]:
    """Return the variables that an element names, at any depth."""
    return variables_of(element.of(query.text)) | element.visible


def _split(
    estimator: Estimator, patterns: list[Pattern], keys: frozenset[str]
) -> tuple[list[Pattern], list[Pattern]] | None:
    """Return the patterns to count and those to join then; None where that would not save enough."""
    first = [pattern for pattern in patterns if not pattern.variables <= keys]
    way = cheapest(estimator, first, Rows()) if first else None
    if way is None:
        return None
    rows = way[1]
    later = []
    for pattern in patterns:
        if pattern in first:
            continue
        joined = estimator.joined(rows, pattern)
        if not pattern.variables & rows.domains.keys() or joined.count >= rows.count * _KEPT:
            later.append(pattern)
        else:
            first.append(pattern)
            rows = joined
    names = rows.domains.keys() & keys
    groups = min(rows.count, prod(rows.domains[name] for name in names))
    saved = rows.count - groups
    return (first, later) if names and rows.count >= groups * _FEWER and saved >= _LEAST else None
