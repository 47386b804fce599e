"""What each constraint of a shape asks of a thing and its values, for the quick look over data.

The answers are those of pyshacl, or ``Unclear`` where rdflib may read a value otherwise than it is written, such as
"05"^^xsd:integer, which it takes for 5. Patterns are matched by the same library as in pyshacl.
"""

import re
from collections.abc import Callable, Collection
from decimal import Decimal
from typing import Protocol, TypeAlias

import pyoxigraph as ox
from rdflib import SH, Graph, Literal, URIRef
from rdflib.term import Node

from citydip.model.terms import PREFIXES

__all__ = [
    "SET_CHECKS",
    "VALUE_CHECKS",
    "Asked",
    "Check",
    "SetCheck",
    "Term",
    "Unclear",
    "Values",
    "is_plain",
    "path_of",
]

Term: TypeAlias = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Values: TypeAlias = Collection[Term]
Check: TypeAlias = Callable[[Term], bool]
"""Whether one value is right."""
SetCheck: TypeAlias = Callable[[Term, Values], bool]
"""Whether a thing and its values together are right."""


class Unclear(Exception):  # noqa: N818 - it is an answer, not an error
    """pyshacl must say."""


class Asked(Protocol):
    """What constraints ask: the data, and other shapes."""

    shapes: Graph

    def prepare(self, shape: Node) -> Check:
        """Return what tells whether a thing conforms to another shape."""

    def classes_of(self, node: Term) -> frozenset[str]:
        """Return the classes that a thing is of, and all above them."""

    def properties_of(self, node: Term) -> Collection[ox.NamedNode]:
        """Return the properties that a thing has."""

    def follow(self, path: list[ox.NamedNode], node: Term) -> Values:
        """Return the values of a path.

        Raises:
            Unclear: one of them is not plain.
        """


_XSD = PREFIXES["xsd"]
_DAY = r"(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31"
_DATE = ox.NamedNode(_XSD + "date")
_ANY = re.compile(r".*", re.DOTALL)
# Values that rdflib reads as they are written: no spare zeros, signs and spaces.
_NUMBERS = {
    ox.NamedNode(_XSD + "integer"): re.compile(r"0|-?[1-9][0-9]{0,17}"),
    ox.NamedNode(_XSD + "nonNegativeInteger"): re.compile(r"0|[1-9][0-9]{0,17}"),
    ox.NamedNode(_XSD + "positiveInteger"): re.compile(r"[1-9][0-9]{0,17}"),
    ox.NamedNode(_XSD + "decimal"): re.compile(r"-?(?:0|[1-9][0-9]{0,8})\.[0-9]{1,5}"),
}
_FORMS = _NUMBERS | {
    **dict.fromkeys(map(ox.NamedNode, (_XSD + "string", _XSD + "anyURI", PREFIXES["geo"] + "wktLiteral")), _ANY),
    ox.NamedNode(_XSD + "boolean"): re.compile(r"true|false"),
    ox.NamedNode(_XSD + "duration"): re.compile(r"P[1-9][0-9]?Y"),
    _DATE: re.compile(rf"[1-9][0-9]{{3}}-(?:{_DAY})"),
}
_LANGUAGE = re.compile(r"[a-z]+(?:-[a-z0-9]+)*")
_KINDS = {ox.NamedNode: "IRI", ox.BlankNode: "BlankNode", ox.Literal: "Literal"}


def is_plain(term: Term) -> bool:
    """Return whether rdflib reads a term as it is written.

    Example:
        >>> integer = ox.NamedNode("http://www.w3.org/2001/XMLSchema#integer")
        >>> is_plain(ox.Literal("5", datatype=integer)), is_plain(ox.Literal("05", datatype=integer))
        (True, False)
    """
    if not isinstance(term, ox.Literal):
        return True
    if term.language:
        return term.direction is None and _LANGUAGE.fullmatch(term.language) is not None
    form = _FORMS.get(term.datatype)
    return form is not None and form.fullmatch(term.value) is not None


def path_of(shapes: Graph, shape: Node) -> list[ox.NamedNode]:
    """Return the properties that lead from a thing to the values that a shape looks at; none for the thing itself."""
    path = shapes.value(shape, SH.path)
    steps = [] if path is None else [path] if isinstance(path, URIRef) else shapes.items(path)
    return [ox.NamedNode(str(step)) for step in steps]


def _term(node: Node) -> Term:
    if isinstance(node, Literal):
        if node.language:
            return ox.Literal(str(node), language=node.language)
        return ox.Literal(str(node), datatype=None if node.datatype is None else ox.NamedNode(node.datatype))
    return ox.NamedNode(node) if isinstance(node, URIRef) else ox.BlankNode(str(node))


def _is_true(node: Node) -> bool:
    return isinstance(node, Literal) and node.value is True


def _property(asked: Asked, _: Node, given: Node) -> Check:
    return asked.prepare(given)


def _not(asked: Asked, _: Node, given: Node) -> Check:
    inner = asked.prepare(given)
    return lambda value: not inner(value)


def _or(asked: Asked, _: Node, given: Node) -> Check:
    parts = [asked.prepare(part) for part in asked.shapes.items(given)]
    return lambda value: any(part(value) for part in parts)


def _and(asked: Asked, _: Node, given: Node) -> Check:
    parts = [asked.prepare(part) for part in asked.shapes.items(given)]
    return lambda value: all(part(value) for part in parts)


def _xone(asked: Asked, _: Node, given: Node) -> Check:
    parts = [asked.prepare(part) for part in asked.shapes.items(given)]
    return lambda value: sum(part(value) for part in parts) == 1


def _class(asked: Asked, _: Node, given: Node) -> Check:
    name = str(given)
    return lambda value: name in asked.classes_of(value)


def _datatype(_: Asked, __: Node, given: Node) -> Check:
    datatype = ox.NamedNode(str(given))
    return lambda value: isinstance(value, ox.Literal) and value.datatype == datatype


def _node_kind(_: Asked, __: Node, given: Node) -> Check:
    kinds = tuple(kind for kind, name in _KINDS.items() if name in str(given))
    return lambda value: isinstance(value, kinds)


def _in(asked: Asked, _: Node, given: Node) -> Check:
    members = {_term(item) for item in asked.shapes.items(given)}
    return lambda value: value in members


def _pattern(asked: Asked, shape: Node, given: Node) -> Check:
    flags = str(asked.shapes.value(shape, SH.flags) or "").lower()
    pattern = re.compile(str(given), (re.IGNORECASE if "i" in flags else 0) | (re.MULTILINE if "m" in flags else 0))
    return lambda value: isinstance(value, ox.NamedNode | ox.Literal) and pattern.search(value.value) is not None


def _language_in(asked: Asked, _: Node, given: Node) -> Check:
    languages = {str(item).lower() for item in asked.shapes.items(given)}

    def check(value: Term) -> bool:
        language = value.language if isinstance(value, ox.Literal) else None
        return language is not None and not languages.isdisjoint(("*", language, language.partition("-")[0]))

    return check


def _min_inclusive(_: Asked, __: Node, given: Node) -> Check:
    bound = _term(given)
    return lambda value: isinstance(value, ox.Literal) and _order(bound, value) >= 0


def _max_inclusive(_: Asked, __: Node, given: Node) -> Check:
    bound = _term(given)
    return lambda value: isinstance(value, ox.Literal) and _order(value, bound) >= 0


def _closed(asked: Asked, shape: Node, given: Node) -> Check:
    if not _is_true(given):
        return lambda _: True
    known = {step for part in asked.shapes.objects(shape, SH.property) for step in path_of(asked.shapes, part)}
    for head in asked.shapes.objects(shape, SH.ignoredProperties):
        known |= {ox.NamedNode(str(item)) for item in asked.shapes.items(head)}
    return lambda value: known.issuperset(asked.properties_of(value))


def _min_count(_: Asked, __: Node, given: Node) -> SetCheck:
    least = int(str(given))
    return lambda _, values: len(values) >= least


def _max_count(_: Asked, __: Node, given: Node) -> SetCheck:
    most = int(str(given))
    return lambda _, values: len(values) <= most


def _has_value(_: Asked, __: Node, given: Node) -> SetCheck:
    wanted = _term(given)
    return lambda _, values: wanted in values


def _unique_lang(_: Asked, __: Node, given: Node) -> SetCheck:
    if not _is_true(given):
        return lambda _, __: True

    def check(_: Term, values: Values) -> bool:
        languages = [value.language for value in values if isinstance(value, ox.Literal) and value.language]
        return len(languages) == len(set(languages))

    return check


def _qualified(asked: Asked, shape: Node, given: Node) -> SetCheck:
    inner, least = asked.prepare(given), int(str(asked.shapes.value(shape, SH.qualifiedMinCount)))
    return lambda _, values: sum(inner(value) for value in values) >= least


def _disjoint(asked: Asked, _: Node, given: Node) -> SetCheck:
    other = [ox.NamedNode(str(given))]
    return lambda node, values: set(values).isdisjoint(asked.follow(other, node))


def _less_than(asked: Asked, _: Node, given: Node) -> SetCheck:
    other = [ox.NamedNode(str(given))]
    return lambda node, values: all(_order(a, b) > 0 for a in values for b in asked.follow(other, node))


def _less_than_or_equals(asked: Asked, _: Node, given: Node) -> SetCheck:
    other = [ox.NamedNode(str(given))]
    return lambda node, values: all(_order(a, b) >= 0 for a in values for b in asked.follow(other, node))


def _order(low: Term, high: Term) -> int:
    """Return 1 where one literal is less than another, 0 where they are equal, else -1."""
    if not (isinstance(low, ox.Literal) and isinstance(high, ox.Literal) and is_plain(low) and is_plain(high)):
        raise Unclear
    if low.datatype in _NUMBERS and high.datatype in _NUMBERS:
        left, right = Decimal(low.value), Decimal(high.value)
        return (left < right) - (left > right)
    if low.datatype == high.datatype == _DATE:
        return (low.value < high.value) - (low.value > high.value)
    raise Unclear


VALUE_CHECKS: dict[Node, Callable[[Asked, Node, Node], Check]] = {
    SH.property: _property,
    SH["not"]: _not,
    SH["or"]: _or,
    SH["and"]: _and,
    SH.xone: _xone,
    SH["class"]: _class,
    SH.datatype: _datatype,
    SH.nodeKind: _node_kind,
    SH["in"]: _in,
    SH.pattern: _pattern,
    SH.languageIn: _language_in,
    SH.minInclusive: _min_inclusive,
    SH.maxInclusive: _max_inclusive,
    SH.closed: _closed,
}
"""By constraint, what makes the check of each value, of what is asked, the shape and what it gives."""

SET_CHECKS: dict[Node, Callable[[Asked, Node, Node], SetCheck]] = {
    SH.minCount: _min_count,
    SH.maxCount: _max_count,
    SH.hasValue: _has_value,
    SH.uniqueLang: _unique_lang,
    SH.qualifiedValueShape: _qualified,
    SH.disjoint: _disjoint,
    SH.lessThan: _less_than,
    SH.lessThanOrEquals: _less_than_or_equals,
}
"""By constraint, what makes the check of all values together."""
