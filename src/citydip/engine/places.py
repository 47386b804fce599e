"""The groups of a query in which rules may look, each with what they must know of its surroundings."""

from collections.abc import Iterator
from dataclasses import dataclass

from citydip.engine.structure import (
    Bind,
    Expression,
    Filter,
    Graph,
    Group,
    Lateral,
    Minus,
    Optional,
    Query,
    Select,
    SubSelect,
    Union,
)

__all__ = ["Place", "places"]


@dataclass(frozen=True, slots=True)
class Place:
    """A group and where it stands.

    Args:
        group: the group.
        bound: variables that are likely bound when the engine comes to the group, by what stands before it.
        in_exists: whether it stands inside an EXISTS, at any depth.
        is_optional: whether it is that of an OPTIONAL.
        starred: whether a new variable in it would show in the result, or count as part of a row.
        beside: variables that are bound beside the group, before or behind it: the engine may begin there.
    """

    group: Group
    bound: frozenset[str]
    in_exists: bool = False
    is_optional: bool = False
    starred: bool = False
    beside: frozenset[str] = frozenset()


def places(query: Query) -> Iterator[Place]:
    """Yield every group of a query, outer ones first.

    The groups of SERVICE belong to another engine and are left out; so are sub-queries inside EXISTS.
    """
    waiting: list[Place] = []
    starred = _shows_all(query.text, query.select) if query.select else query.form == "DESCRIBE"
    if query.where:
        waiting.append(Place(query.where, frozenset(), starred=starred))
        waiting += _of_expressions(_expressions(query.select, query), query.where.visible)
    while waiting:
        place = waiting.pop()
        yield place
        waiting += reversed(list(_inside(query.text, place)))


def _inside(text: str, place: Place) -> Iterator[Place]:
    bound = place.bound
    joined = [e for e in place.group.elements if not isinstance(e, Filter | Optional | Minus | Bind)]
    for element in place.group.elements:
        beside = place.beside.union(*(other.certain for other in joined if other is not element))
        match element:
            case Group():
                yield Place(element, bound, place.in_exists, starred=place.starred, beside=beside)
            case Union():
                for group in element.groups:
                    yield Place(group, bound, place.in_exists, starred=place.starred, beside=beside)
            case Graph():
                yield Place(element.group, bound, place.in_exists, starred=place.starred, beside=beside)
            case Optional() | Minus() | Lateral():
                optional = isinstance(element, Optional)
                yield Place(element.group, bound, place.in_exists, optional, place.starred)
            case Filter() | Bind():
                yield from _of_expressions([element.expression], place.bound | place.group.visible)
            case SubSelect() if not place.in_exists:
                where = element.select.where
                yield Place(where, frozenset(), starred=_shows_all(text, element.select))
                yield from _of_expressions(_expressions(element.select, element.select), where.visible)
        bound |= element.certain


def _of_expressions(expressions: list[Expression], bound: frozenset[str]) -> Iterator[Place]:
    for expression in expressions:
        for exists in expression.exists:
            yield Place(exists.group, bound, in_exists=True)


def _expressions(select: Select | None, modified: Query | Select) -> list[Expression]:
    projected = select.projected if select else ()
    return [column.expression for column in projected if column.expression] + list(modified.modifiers.expressions)


def _shows_all(text: str, select: Select) -> bool:
    """Return whether a SELECT shows or counts all variables."""
    counted = "".join(expression.of(text).upper() for expression in _expressions(select, select))
    return select.star or ("DISTINCT" in counted and "*" in counted)
