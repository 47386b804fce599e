"""The map of a thing: its ties as lines along great circles, or its members, on the sheet of the base map."""

from collections.abc import Iterable
from dataclasses import dataclass

from citydip.model.geography import point_of
from citydip.model.projection import HEIGHT, WIDTH, great_circle, project
from citydip.services.pages import other_parties, tone
from citydip.services.things import Described, Node, Thing

__all__ = ["Line", "Sheet", "map_of"]

_MARGIN = 40.0
_SMALLEST = 150.0
"""The smallest width that is shown: more nearly, the coasts would have too few points."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line or a point of a map.

    Args:
        node: the place that it leads to.
        path: the line as the data of an SVG path; empty for a point.
        x: where the place lies, from the left.
        y: where the place lies, from the top.
        tone: what the status of the tie means, as `pages.tone` says.
    """

    node: Node
    path: str
    x: float
    y: float
    tone: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A map.

    Args:
        view: left, top, width and height of the part of the sheet that is shown.
        lines: what lies on it, the least sure first.
        here: where the thing itself lies; None where it has no place.
        missing: how many of the others have no known place.
    """

    view: tuple[float, float, float, float]
    lines: list[Line]
    here: tuple[float, float] | None
    missing: int


def map_of(thing: Thing) -> Sheet | None:
    """Return the map of the ties of a thing, or of its members; None where there is nothing to show."""
    place = thing.one("geo:asWKT")
    start = point_of(place.value) if place else None
    found: dict[str, Line] = {}
    missing: set[str] = set()
    order = ("ended", "said", "open", "done")
    for statement in thing.statements:
        how = tone(statement.status)
        for node in _others(statement, thing.iri):
            end = point_of(node.text("geo:asWKT"))
            if end is None:
                missing.add(node.value)
                continue
            known = found.get(node.value)
            if known is None or order.index(how) > order.index(known.tone):
                path = _path(start, end) if start else ""
                found[node.value] = Line(node, path, *project(*end), how)
    if not found:
        return None
    lines = sorted(found.values(), key=lambda line: (order.index(line.tone), line.node.value))
    here = project(*start) if start else None
    points = [(line.x, line.y) for line in lines] + ([here] if here else [])
    crosses = any(line.path.count("M") > 1 for line in lines)
    return Sheet(_view(points, whole=crosses), lines, here, len(missing))


def _others(statement: Described, iri: str) -> list[Node]:
    members = [node for node in statement.all("cd:hasMember") if node.value != iri]
    return [*other_parties(statement, iri), *members]


def _path(start: tuple[float, float], end: tuple[float, float]) -> str:
    parts = []
    for line in great_circle(start, end):
        points = [project(*point) for point in line]
        parts.append("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points))
    return "".join(parts)


def _view(points: Iterable[tuple[float, float]], *, whole: bool) -> tuple[float, float, float, float]:
    """Return the part of the sheet that shows all points, of the sheet's own shape."""
    if whole:
        return 0.0, 0.0, WIDTH, HEIGHT
    xs, ys = zip(*points, strict=True)
    left, right = min(xs) - _MARGIN, max(xs) + _MARGIN
    top, bottom = min(ys) - _MARGIN, max(ys) + _MARGIN
    width = min(max(right - left, (bottom - top) * WIDTH / HEIGHT, _SMALLEST), WIDTH)
    height = width * HEIGHT / WIDTH
    x = min(max((left + right - width) / 2, 0.0), WIDTH - width)
    y = min(max((top + bottom - height) / 2, 0.0), HEIGHT - height)
    return round(x, 1), round(y, 1), round(width, 1), round(height, 1)
