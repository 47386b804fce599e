"""A network as its measures need it: nodes with names, and pairs of them; read from a plain edge list, or made."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from citydip.model.errors import ParameterError

__all__ = ["Links", "links_of", "read_edge_list"]

_MOST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Links:
    """A network without directions: each pair once.

    Args:
        names: the nodes, sorted.
        pairs: places of two nodes in ``names``, the lower first, sorted.
        weights: how many ties each pair has.
        loops: how many ties of a node with itself were left out.
    """

    names: list[str]
    pairs: list[tuple[int, int]]
    weights: list[int]
    loops: int = 0


def links_of(ties: Iterable[tuple[str, str]]) -> Links:
    """Return the network of ties; a pair that comes several times is one pair of that weight.

    Example:
        >>> links_of([("b", "a"), ("a", "b"), ("a", "c"), ("c", "c")])
        Links(names=['a', 'b', 'c'], pairs=[(0, 1), (0, 2)], weights=[2, 1], loops=1)
    """
    counts = Counter((min(tie), max(tie)) for tie in ties)
    names = sorted({name for pair in counts for name in pair})
    place = {name: number for number, name in enumerate(names)}
    loops = sum(count for (one, other), count in counts.items() if one == other)
    found = sorted(((place[one], place[other]), count) for (one, other), count in counts.items() if one != other)
    return Links(names, [pair for pair, _ in found], [count for _, count in found], loops)


def read_edge_list(lines: Iterable[str]) -> Links:
    """Return the network of an edge list: two names a line, with a tab, a comma or spaces between.

    The first line that is no comment decides: names may have spaces where tabs or commas stand between them. Lines
    that begin with ``#`` or ``%`` are comments.

    Raises:
        ParameterError: a line has not two names, or there is no line; the message has its number.

    Example:
        >>> read_edge_list(["# ties", "New York, Tokyo", "Tokyo, Paris"]).names
        ['New York', 'Paris', 'Tokyo']
    """
    ties: list[tuple[str, str]] = []
    sign: str | None = None
    for number, line in enumerate(lines, 1):
        text = line.strip("\ufeff\r\n ")
        if not text.strip() or text.lstrip().startswith(("#", "%")):
            continue
        if not ties:
            sign = next((s for s in "\t," if s in text), None)
        parts = [part.strip() for part in text.split(sign)]
        if len(parts) != 2 or not all(parts):
            between = {"\t": "a tab", ",": "a comma"}.get(sign or "", "spaces")
            raise ParameterError(
                f"line {number} must have two names with {between} between, not {text[:_MOST_SHOWN]!r}"
            )
        ties.append((parts[0], parts[1]))
    if not ties:
        raise ParameterError("the edge list is empty; write two names a line, such as: Tehran, Najaf")
    return links_of(ties)
