"""A picture of the ontology: kinds of statements in the middle, what they are about before, what they rest on after.

It is drawn of the classes, and of the domains and ranges of the properties. A property that many kinds of statements
have is drawn once, from the class of all statements. Coordinates are those of a reader from left to right; a page for
a reader from right to left turns them over.
"""

from dataclasses import dataclass, field

from citydip.model.terms import CD, PREFIXES
from citydip.services.browsing import TermEntry
from citydip.services.codebook import Codebook

__all__ = ["Box", "Diagram", "Line", "diagram_of"]

WIDTH = 1020
ROW = 30
"""The height of a row with the space below it."""
BOX = 24
"""The height of a box."""
_COLUMNS = ((0, 230), (400, 230), (800, 220))
"""Where the three columns begin and how wide they are."""
_INDENT = 22
_COMMON = 5
"""A property that more kinds of statements have is drawn from the class of all statements."""
_CONCEPT = PREFIXES["skos"] + "Concept"
_STATEMENT, _EVIDENCE, _SOURCE, _DATE = (str(CD[name]) for name in ("Statement", "Evidence", "Source", "Date"))


@dataclass(slots=True)
class Line:
    """Properties that lead from one class to another.

    Args:
        target: the class that they lead to.
        properties: their IRIs.
        path: how the line runs, as SVG writes it.
    """

    target: str
    properties: list[str]
    path: str = ""


@dataclass(slots=True)
class Box:
    """A class.

    Args:
        iri: the class.
        x: its left side.
        y: its upper side.
        width: how wide it is.
        lower: whether it lies below the class of the box above it.
        lines: what leads from it.
    """

    iri: str
    x: int
    y: int
    width: int
    lower: bool = False
    lines: list[Line] = field(default_factory=list)


@dataclass(slots=True)
class Diagram:
    """The picture.

    Args:
        boxes: the classes, column by column.
        width: of the whole.
        height: of the whole.
    """

    boxes: list[Box]
    width: int
    height: int


def diagram_of(book: Codebook) -> Diagram:
    """Return the picture of an ontology."""
    lines = _lines(book)
    things = _things(book)
    concepts = [c.iri for c in book.classes() if _CONCEPT in book.above(c.iri)]
    aims = {line.target for found in lines.values() for line in found}
    bases = [_EVIDENCE, _SOURCE, _DATE, *(iri for iri in concepts if iri in aims)]
    rows = {iri: number for number, (iri, _) in enumerate(things)}
    kinds = sorted(
        (c.iri for c in book.classes() if _STATEMENT in book.above(c.iri)), key=lambda iri: _middle(lines, rows, iri)
    )
    columns = [things, [(_STATEMENT, False), *((iri, False) for iri in kinds)], [(iri, False) for iri in bases]]
    tallest = max(map(len, columns))
    boxes = [
        Box(
            iri,
            x + _INDENT * lower,
            round((tallest - len(column)) * ROW / 2) + ROW * number,
            width - _INDENT * lower,
            lower,
        )
        for (x, width), column in zip(_COLUMNS, columns, strict=True)
        for number, (iri, lower) in enumerate(column)
    ]
    places = {box.iri: box for box in reversed(boxes)}
    for box in boxes:
        # Statements about statements would be lines along their own column.
        led = [line for line in lines.get(box.iri, ()) if line.target in places and places[box.iri] is box]
        box.lines = [line for line in led if box.iri == _EVIDENCE or places[line.target].x != box.x]
        for line in box.lines:
            line.path = _path(box, places[line.target])
    return Diagram(boxes, WIDTH, tallest * ROW)


def _things(book: Codebook) -> list[tuple[str, bool]]:
    """Return the classes of things in their order, each with whether it lies below the one before."""
    aside = {_STATEMENT, _EVIDENCE, _SOURCE, _DATE}
    found: list[tuple[str, bool]] = []
    seen: set[str] = set()
    tops = [c for c in book.classes() if not book.above(c.iri) and c.iri not in aside]
    for top in sorted(tops, key=lambda c: (-len(book.below(c.iri)), c.iri)):
        children = [iri for iri in sorted(book.below(top.iri)) if iri not in seen]
        found += [(top.iri, False), *((iri, True) for iri in children)]
        seen.update(children)
    return found


def _lines(book: Codebook) -> dict[str, list[Line]]:
    """Return the lines from the classes of statements and evidence, by class."""
    between: dict[tuple[str, str], list[str]] = {}
    for entry in book.properties("ObjectProperty"):
        if entry.text("cd:computed") or not entry.to("rdfs:range"):
            continue
        target = entry.to("rdfs:range")[0]
        for kind in _kinds(book, entry):
            between.setdefault((kind, target), []).append(entry.iri)
    between[_EVIDENCE, _SOURCE] = [PREFIXES["oa"] + "hasSource"]
    found: dict[str, list[Line]] = {}
    for (kind, target), properties in sorted(between.items()):
        found.setdefault(kind, []).append(Line(target, sorted(properties)))
    return found


def _kinds(book: Codebook, entry: TermEntry) -> list[str]:
    """Return the classes from which a property is drawn: kinds of statements, or the class of them all."""
    domain = next(iter(entry.to("rdfs:domain")), "")
    above = book.above(domain)
    if _STATEMENT in above:
        return [domain]
    if any(_STATEMENT in book.above(one) for one in above):
        return above
    if domain != _STATEMENT:
        return []
    users = [kind for kind, _ in book.users(entry.iri) if _STATEMENT in book.above(kind)]
    return users if 0 < len(users) <= _COMMON else [_STATEMENT]


def _middle(lines: dict[str, list[Line]], rows: dict[str, int], iri: str) -> tuple[float, str]:
    """Return where a class should stand so that few lines cross: at the mean of the rows that it leads to."""
    led = [rows[line.target] for line in lines.get(iri, ()) if line.target in rows]
    return (sum(led) / len(led) if led else len(rows), iri)


def _path(box: Box, other: Box) -> str:
    """Return the curve from one box to another."""
    up, down = box.y + BOX / 2, other.y + BOX / 2
    if other.x + other.width < box.x:
        start, end = box.x, other.x + other.width
    elif other.x > box.x + box.width:
        start, end = box.x + box.width, other.x
    else:
        return f"M{box.x + box.width - 30} {box.y + BOX}V{other.y}"
    middle = (start + end) / 2
    return f"M{start} {up:g}C{middle:g} {up:g} {middle:g} {down:g} {end} {down:g}"
