"""Figures with places: the map of ties between countries, and a city among its partners."""

import math
from collections import Counter
from collections.abc import Sequence
from xml.sax.saxutils import quoteattr

from citydip.curation.networks.ties import City, Tie, TieNetwork
from citydip.model.errors import NotFoundError, ParameterError
from citydip.model.names import abridged
from citydip.model.projection import WIDTH, great_circle, project
from citydip.services.networks.drawing import FAINT, FILL, INK, LAND, Sheet, land

__all__ = ["draw_ego", "draw_map", "pairs_of_countries"]

_LINES, _FEW = 600, 100
_STEP = 3
"""Degrees between the points of a line."""
_SOUTH = -57
"""The latitude at which the map ends: no city lies beyond."""
_NEIGHBOURS = 80
_RADIUS, _LETTER, _LONGEST = 260, 6.6, 24
_HALO = ' stroke="#fff" stroke-width="3" paint-order="stroke"'


def pairs_of_countries(network: TieNetwork, ties: Sequence[Tie]) -> Counter[tuple[str, str]]:
    """Return how many pairs of tied cities two countries have, by their codes in the order of the alphabet."""
    counts: Counter[tuple[str, str]] = Counter()
    for pair in {tie.cities for tie in ties}:
        one, other = sorted(network.cities.get(iri, City()).country for iri in pair)
        if one:
            counts[one, other] += 1
    return counts


def draw_map(sheet: Sheet, network: TieNetwork, ties: Sequence[Tie]) -> str:
    """Return the map: a point for each city, and a line between two countries, the wider the more ties they have."""
    points = {iri: city.point for iri, city in network.cities.items() if city.point}
    tied = sorted({iri for tie in ties for iri in tie.cities if iri in points})
    middles: dict[str, list[tuple[float, float]]] = {}
    for iri in tied:
        middles.setdefault(network.cities[iri].country, []).append(points[iri])
    counts = {
        pair: count
        for pair, count in pairs_of_countries(network, ties).items()
        if pair[0] != pair[1] and middles.keys() >= set(pair)
    }
    parts = [f'<path d="{land()}" fill="{LAND}"/>']
    for (one, other), count in sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))[:_LINES]:
        lines = great_circle(_middle(middles[one]), _middle(middles[other]), _STEP)
        path = "".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in (project(*p) for p in line)) for line in lines)
        parts.append(
            f'<path d="{path}" fill="none" {_look(count, len(counts))}><title>{one} – {other}: {count}</title></path>'
        )
    dots = "".join("M{:.1f} {:.1f}h0".format(*project(*points[iri])) for iri in tied)
    parts.append(f'<path d="{dots}" stroke="{INK}" stroke-opacity=".55" stroke-width="1.3" stroke-linecap="round"/>')
    high = project(0, _SOUTH)[1]
    most = max(counts.values(), default=0)
    for place, count in enumerate(sorted({count for count in (1, 10, 100, 1000) if count < most} | {most} - {0})):
        y = high - 14 - 18 * place
        parts.append(f'<path d="M24 {y - 4:.1f}h36" {_look(count, len(counts))}/>')
        parts.append(sheet.text(68, y, f"{sheet.say('ties')}: {sheet.number(count)}", "start", _HALO))
    note = sheet.say("of-pairs", some=sheet.number(_LINES), all=sheet.number(len(counts)))
    return sheet.whole((0, 0, WIDTH, high), sheet.say("map"), parts, note if len(counts) > _LINES else "")


def _look(count: int, lines: int) -> str:
    # Many lines lie over one another; few must be seen one by one.
    clear = 0.3 if lines > _FEW else 0.7
    return f'stroke="{FILL}" stroke-opacity="{clear}" stroke-width="{0.4 + math.sqrt(count) / 5:.1f}"'


def _middle(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Return the point that lies in the middle by longitude and by latitude; islands far away do not move it."""
    ordered = sorted(points), sorted(points, key=lambda point: point[1])
    return ordered[0][len(points) // 2][0], ordered[1][len(points) // 2][1]


def draw_ego(sheet: Sheet, network: TieNetwork, ties: Sequence[Tie], city: str) -> str:
    """Return a city among its partners, with the ties between these; those of one country stand together.

    Raises:
        NotFoundError: the city has none of the ties.
        ParameterError: no city is given.
    """
    if not city:
        raise ParameterError("the figure 'ego' needs a city, such as https://w3id.org/citydip/id/city/isfahan")
    pairs = {tie.cities for tie in ties}
    partners = {one if other == city else other for one, other in pairs if city in (one, other)}
    if not partners:
        raise NotFoundError(f"{city[:120]} has none of the ties that are chosen; look for it by name at /search")

    def name(iri: str) -> str:
        names = network.cities.get(iri, City()).names
        return names.get(sheet.language) or names.get("en") or iri.rpartition("/")[2]

    shown = sorted(partners, key=lambda iri: (network.cities.get(iri, City()).country, iri))[:_NEIGHBOURS]
    places = {iri: 2 * math.pi * number / len(shown) for number, iri in enumerate(shown)}
    spots = {iri: (_RADIUS * math.cos(angle), _RADIUS * math.sin(angle)) for iri, angle in places.items()}
    parts = []
    for one, other in sorted(pairs):
        if one in spots and other in spots:
            (x1, y1), (x2, y2) = spots[one], spots[other]
            path = f"M{x1:.1f} {y1:.1f}Q{(x1 + x2) / 5:.1f} {(y1 + y2) / 5:.1f} {x2:.1f} {y2:.1f}"
            parts.append(f'<path d="{path}" fill="none" stroke="{FAINT}"/>')
    labels = {iri: abridged(name(iri), _LONGEST) for iri in shown}
    for iri, (x, y) in spots.items():
        left = x < -1e-9
        turn = math.degrees(places[iri]) + (180 if left else 0)
        more = f" transform={quoteattr(f'translate({x:.1f} {y:.1f}) rotate({turn:.1f})')}"
        parts.append(f'<path d="M0 0L{x:.1f} {y:.1f}" stroke="{FILL}" stroke-opacity=".5"/>')
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{FILL}"/>')
        parts.append(sheet.text(-10 if left else 10, 4, labels[iri], "end" if left else "start", more))
    middle = name(city)
    parts.append('<circle r="9"/>' + sheet.text(0, -14, middle, more=' font-weight="bold" font-size="14"' + _HALO))
    extent = _RADIUS + 20 + _LETTER * max(map(len, labels.values()))
    note = sheet.say("of-partners", some=sheet.number(_NEIGHBOURS), all=sheet.number(len(partners)))
    view = (-extent, -extent, 2 * extent, 2 * extent)
    return sheet.whole(view, sheet.say("ego", name=middle), parts, note if len(partners) > _NEIGHBOURS else "")
