"""The ego network of a thing: those that it is tied with or belongs to, in a circle, and the ties among them.

The same data always give the same picture. Neighbours that are tied with each other stand close together.
"""

import math
from dataclasses import dataclass

from citydip.services.pages import tone
from citydip.services.things import Node, Thing

__all__ = ["Circle", "Neighbour", "neighbours_of"]

_MOST = 90
"""How many neighbours a circle has room for."""
_RADIUS = 300.0
_FEWEST = 3
_ORDER = ("ended", "said", "open", "done")


@dataclass(frozen=True, slots=True)
class Neighbour:
    """One of those around a thing.

    Args:
        node: who.
        tone: what the surest tie with it means, as `pages.tone` says.
        ties: how many statements join the two.
        member: whether the thing is a member of it, rather than tied with it.
        x: its place, from the middle to the right.
        y: its place, from the middle down.
        turn: degrees by which its name is turned.
        left: whether its name ends at its place, and does not begin there.
    """

    node: Node
    tone: str
    ties: int
    member: bool
    x: float
    y: float
    turn: float
    left: bool


@dataclass(frozen=True, slots=True)
class Circle:
    """The picture of an ego network; the thing itself is in the middle, at 0 and 0.

    Args:
        neighbours: around it.
        between: the lines among them, as the data of SVG paths.
        count: how many neighbours there are, shown or not.
        joined: how many pairs of all neighbours are tied with each other.
    """

    neighbours: list[Neighbour]
    between: list[str]
    count: int
    joined: int


def neighbours_of(thing: Thing) -> Circle | None:
    """Return the ego network of a thing; None where it has too few neighbours for a picture."""
    found: dict[str, Node] = {}
    tones: dict[str, str] = {}
    ties: dict[str, int] = {}
    members: set[str] = set()
    for statement in thing.statements:
        parties = {node.value: node for node in statement.all("cd:hasParty")}
        if thing.iri in parties:
            others = parties
        elif any(node.value == thing.iri for node in statement.all("cd:hasMember")):
            others = {node.value: node for node in statement.all("cd:hasOrganization")}
            members |= others.keys()
        else:
            continue
        how = tone(statement.status)
        for iri, node in others.items():
            if iri == thing.iri:
                continue
            found.setdefault(iri, node)
            ties[iri] = ties.get(iri, 0) + 1
            tones[iri] = max(tones.get(iri, how), how, key=_ORDER.index)
    if len(found) < _FEWEST:
        return None
    pairs = sorted({(a, b) for a, b in thing.between if a in found and b in found and a != b})
    joined: dict[str, set[str]] = {iri: set() for iri in found}
    for a, b in pairs:
        joined[a].add(b)
        joined[b].add(a)
    first = sorted(found, key=lambda iri: (-_ORDER.index(tones[iri]), -len(joined[iri]), -ties[iri], iri))[:_MOST]
    places = {iri: number for number, iri in enumerate(_in_order(first, joined))}
    angle = {iri: 2 * math.pi * place / len(places) - math.pi / 2 for iri, place in places.items()}
    neighbours = [_neighbour(found[iri], angle[iri], tones[iri], ties[iri], member=iri in members) for iri in places]
    lines = [_line(angle[a], angle[b]) for a, b in pairs if a in angle and b in angle]
    return Circle(neighbours, lines, len(found), len(pairs))


def _in_order(shown: list[str], joined: dict[str, set[str]]) -> list[str]:
    """Return neighbours so that each comes after one that it is tied with, where there is one."""
    left = dict.fromkeys(sorted(shown, key=lambda iri: (-len(joined[iri]), iri)))
    ordered: list[str] = []
    while left:
        queue = [next(iter(left))]
        while queue:
            iri = queue.pop()
            if iri in left:
                del left[iri]
                ordered.append(iri)
                queue += sorted((other for other in joined[iri] if other in left), key=lambda o: (-len(joined[o]), o))
    return ordered


def _neighbour(node: Node, angle: float, how: str, ties: int, *, member: bool) -> Neighbour:
    left = math.cos(angle) < -1e-9
    turn = math.degrees(angle) + (180 if left else 0)
    x, y = _RADIUS * math.cos(angle), _RADIUS * math.sin(angle)
    return Neighbour(node, how, ties, member, round(x, 1), round(y, 1), round(turn, 1), left)


def _line(start: float, end: float) -> str:
    """Return a line between two places of the circle, bent towards its middle."""
    ends = [(_RADIUS * math.cos(angle), _RADIUS * math.sin(angle)) for angle in (start, end)]
    (x1, y1), (x2, y2) = ends
    bend = 0.45
    return f"M{x1:.1f} {y1:.1f}Q{bend * (x1 + x2) / 2:.1f} {bend * (y1 + y2) / 2:.1f} {x2:.1f} {y2:.1f}"
