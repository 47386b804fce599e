"""What a filter demands: its parts that must all be true, and the simple forms that rules look for."""

from collections.abc import Sequence

from citydip.engine.structure import Filter, Part
from citydip.engine.tokens import Token, tokens

__all__ = ["Demand", "demands", "equal_variables", "listed", "named", "removed"]

Demand = list[Token]
"""A part of a filter that must be true, as tokens with their places in the query; brackets around it are left out."""


def demands(text: str, element: Filter) -> list[Demand]:
    """Return what a filter demands, one by one: the parts that ``&&`` joins at any depth of brackets.

    Args:
        text: the query.
        element: one of its filters.
    """
    start = element.expression.start
    waiting: list[Demand] = [
        [
            Token(token.key, token.text, token.start + start, token.end + start)
            for token in tokens(element.expression.of(text))[:-1]
        ]
    ]
    found = []
    while waiting:
        part = _bare(waiting.pop())
        parts = _split(part, "&")
        if len(parts) > 1 and len(_split(part, "|")) == 1:
            waiting += reversed(parts)
        else:
            found.append(part)
    return found


def named(demand: Demand) -> frozenset[str]:
    """Return the variables that a demand names."""
    return frozenset(token.text[1:] for token in demand if token.key == "variable")


def removed(demand: Demand) -> tuple[Part, str]:
    """Return the edit that takes a demand away."""
    return Part(demand[0].start, demand[-1].end), "true"


def listed(demand: Demand) -> tuple[str, list[Token]] | None:
    """Return the variable and the IRIs one of which it must be, or None where the demand is of another form.

    The forms are ``?x IN (a, b)``, ``?x = a``, and ``||`` between such.
    """
    variables = set()
    found: list[Token] = []
    for part in _split(demand, "|"):
        one = _bare(part)
        match [token.key for token in one]:
            case ["variable", "=", "iri" | "name"]:
                variable, iris = one[0], one[2:]
            case ["iri" | "name", "=", "variable"]:
                variable, iris = one[2], one[:1]
            case ["variable", "IN", "(", *_, ")"]:
                variable, inside = one[0], one[3:-1]
                iris = inside[::2]
                if not inside or any(token.key != "," for token in inside[1::2]) or inside[-1].key == ",":
                    return None
            case _:
                return None
        if any(token.key not in ("iri", "name") for token in iris):
            return None
        variables.add(variable.text[1:])
        found += iris
    return (variables.pop(), found) if len(variables) == 1 else None


def equal_variables(demand: Demand) -> tuple[str, str, bool] | None:
    """Return the two variables that must be equal, and whether as texts (``STR(?x) = STR(?y)``)."""
    match demand:
        case [one, equals, other] if (one.key, equals.key, other.key) == ("variable", "=", "variable"):
            return (one.text[1:], other.text[1:], False) if one.text[1:] != other.text[1:] else None
        case [_, _, one, _, _, _, _, other, _] if [token.key for token in demand] == [
            "STR", "(", "variable", ")", "=", "STR", "(", "variable", ")"
        ]:  # fmt: skip
            return (one.text[1:], other.text[1:], True) if one.text[1:] != other.text[1:] else None
    return None


def _bare(part: Sequence[Token]) -> Demand:
    """Return a part without the brackets that stand around all of it."""
    found = list(part)
    while len(found) > 2 and found[0].key == "(" and found[-1].key == ")":
        depth = 0
        for token in found[:-1]:
            depth += (token.key in "([{") - (token.key in ")]}")
            if not depth:
                return found
        found = found[1:-1]
    return found


def _split(part: Demand, mark: str) -> list[Demand]:
    """Return the parts between the operators ``&&`` or ``||`` that stand in no brackets."""
    parts: list[Demand] = [[]]
    depth = 0
    for token in part:
        depth += (token.key in "([{") - (token.key in ")]}")
        if depth or token.key != mark:
            parts[-1].append(token)
        elif parts[-1]:
            parts.append([])
    return parts
