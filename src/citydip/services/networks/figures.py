"""Pictures of the network as SVG: the same ties always give the same picture, and no outside font is needed."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape, quoteattr

from citydip.curation.networks.ties import City, Tie, TieNetwork
from citydip.model.errors import NotFoundError, ParameterError
from citydip.model.names import abridged
from citydip.model.projection import HEIGHT, WIDTH, great_circle, project

__all__ = ["FIGURES", "as_png", "draw"]

FIGURES = ("degrees", "years", "countries", "map", "ego")
"""The names of figures."""
_INK, _FAINT, _FILL = "#1d3557", "#c9d1dc", "#2a6f97"
_WIDE, _HIGH, _EDGE = 640, 400, 60
_COUNTRIES = 25
_LINES = 600
_NEIGHBOURS = 80
_WORDS = {
    "degrees": {"en": ("Degree", "Cities"), "fa": ("درجه", "شهرها")},
    "years": {"en": ("Year", "Ties"), "fa": ("سال", "پیوندها")},
    "countries": {"en": ("Ties by country and country", ""), "fa": ("پیوندها کشور به کشور", "")},
    "map": {"en": ("Ties on the map", ""), "fa": ("پیوندها روی نقشه", "")},
    "ego": {"en": ("Partners of {name}", ""), "fa": ("طرف‌های پیوند {name}", "")},
}


def draw(name: str, network: TieNetwork, ties: Sequence[Tie], *, language: str = "en", city: str = "") -> str:
    """Return a figure of ties as SVG.

    Args:
        name: one of `FIGURES`.
        network: the whole network, which knows the cities.
        ties: those that are drawn.
        language: of its words, ``en`` or ``fa``.
        city: IRI of the city in the middle of the figure ``ego``.

    Raises:
        NotFoundError: there is no such figure, or the city has none of the ties.
        ParameterError: the figure needs a city.
    """
    if name == "degrees":
        return _degrees(ties, language)
    if name == "years":
        return _years(ties, language)
    if name == "countries":
        return _countries(network, ties, language)
    if name == "map":
        return _map(network, ties, language)
    if name == "ego":
        return _ego(network, ties, language, city)
    raise NotFoundError(f"there is no figure {name[:40]!r}; there are: {', '.join(FIGURES)}")


def as_png(svg: str, width: int = 1280) -> bytes:
    """Return a figure as PNG.

    Args:
        svg: the figure.
        width: in pixels.

    Raises:
        ParameterError: the library that draws it is not installed.
    """
    try:
        import resvg_py  # noqa: PLC0415 - an extra
    except ImportError:
        raise ParameterError(
            "PNG needs a library that is not installed: pip install 'citydip[figures]'; SVG needs none"
        ) from None
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, width=width, background="#ffffff"))


def _sheet(view: str, title: str, parts: Iterable[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view}" role="img" font-family="sans-serif" '
        f'font-size="12" fill="{_INK}"><title>{escape(title)}</title>{"".join(parts)}</svg>\n'
    )


def _text(x: float, y: float, words: str, anchor: str = "middle", more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{more}>{escape(words)}</text>'


def _axes(name: str, language: str) -> list[str]:
    across, up = _WORDS[name][language]
    bottom = _HIGH - _EDGE
    return [
        f'<path d="M{_EDGE} 20V{bottom}H{_WIDE - 20}" fill="none" stroke="{_INK}"/>',
        _text((_WIDE + _EDGE) / 2, _HIGH - 15, across),
        _text(0, 0, up, more=f' transform="translate(18 {bottom / 2:.0f}) rotate(-90)"'),
    ]


def _degrees(ties: Sequence[Tie], language: str) -> str:
    pairs = {tie.cities for tie in ties}
    counts = Counter(Counter(iri for pair in pairs for iri in pair).values())
    parts = _axes("degrees", language)
    right = max(math.ceil(math.log10(max(counts, default=1) + 1)), 1)
    top = max(math.ceil(math.log10(max(counts.values(), default=1) + 1)), 1)

    def at(degree: float, count: float) -> tuple[float, float]:
        x = _EDGE + (_WIDE - 20 - _EDGE) * math.log10(degree) / right
        return x, _HIGH - _EDGE - (_HIGH - _EDGE - 20) * math.log10(count) / top

    for power in range(right + 1):
        parts.append(_text(at(10**power, 1)[0], _HIGH - _EDGE + 18, f"{10**power:,}"))
    for power in range(top + 1):
        parts.append(_text(_EDGE - 8, at(1, 10**power)[1] + 4, f"{10**power:,}", "end"))
    for degree, count in sorted(counts.items()):
        x, y = at(degree, count)
        label = f"<title>{degree}: {count}</title>"
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{_FILL}">{label}</circle>')
    return _sheet(f"0 0 {_WIDE} {_HIGH}", " / ".join(_WORDS["degrees"][language]), parts)


def _years(ties: Sequence[Tie], language: str) -> str:
    counts: Counter[int] = Counter()
    for tie in ties:
        days = [b.earliest for b in tie.dates.get("startsOn") or tie.dates.get("signedOn", []) if b.earliest]
        if days:
            counts[min(days).year] += 1
    parts = _axes("years", language)
    if counts:
        first, last, most = min(counts), max(counts), max(counts.values())
        wide = (_WIDE - 20 - _EDGE) / (last - first + 1)
        for year, count in sorted(counts.items()):
            high = (_HIGH - _EDGE - 30) * count / most
            x, y = _EDGE + (year - first) * wide, _HIGH - _EDGE - high
            label = f"<title>{year}: {count}</title>"
            box = f'x="{x:.1f}" y="{y:.1f}" width="{max(wide - 1, 0.5):.1f}" height="{high:.1f}"'
            parts.append(f'<rect {box} fill="{_FILL}">{label}</rect>')
        step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 1000) if (last - first) / step <= 10)
        for year in range(-(-first // step) * step, last + 1, step):
            parts.append(_text(_EDGE + (year - first + 0.5) * wide, _HIGH - _EDGE + 18, str(year)))
        parts.append(_text(_EDGE - 8, 34, str(most), "end"))
    return _sheet(f"0 0 {_WIDE} {_HIGH}", " / ".join(_WORDS["years"][language]), parts)


def _pairs_of_countries(network: TieNetwork, ties: Sequence[Tie]) -> Counter[tuple[str, str]]:
    counts: Counter[tuple[str, str]] = Counter()
    for pair in {tie.cities for tie in ties}:
        one, other = sorted(network.cities.get(iri, City()).country for iri in pair)
        if one:
            counts[one, other] += 1
    return counts


def _countries(network: TieNetwork, ties: Sequence[Tie], language: str) -> str:
    counts = _pairs_of_countries(network, ties)
    totals: Counter[str] = Counter()
    for (one, other), count in counts.items():
        totals.update({one: count} if one == other else {one: count, other: count})
    shown = sorted(totals, key=lambda code: (-totals[code], code))[:_COUNTRIES]
    most = max(counts.values(), default=1)
    cell, left, top = 20, 150, 40
    parts = []
    for row, one in enumerate(shown):
        y = top + row * cell
        parts.append(_text(left - 6, y + 14, abridged(network.countries.get(one, {}).get(language, one), 20), "end"))
        parts.append(_text(left + (row + 0.5) * cell, top - 8, one, more=' font-size="10"'))
        for column, other in enumerate(shown):
            count = counts[min(one, other), max(one, other)]
            # By the logarithm: a few pairs of countries have a hundred times as many ties as most.
            share = math.log1p(count) / math.log1p(most)
            label = f"<title>{one} – {other}: {count}</title>"
            box = f'x="{left + column * cell}" y="{y}" width="{cell - 1}" height="{cell - 1}"'
            fill = f'fill="{_FILL}" fill-opacity="{share:.2f}"' if count else f'fill="{_FAINT}" fill-opacity=".35"'
            parts.append(f"<rect {box} {fill}>{label}</rect>")
    side = len(shown) * cell
    return _sheet(f"0 0 {left + side + 20} {top + side + 20}", _WORDS["countries"][language][0], parts)


def _map(network: TieNetwork, ties: Sequence[Tie], language: str) -> str:
    points = {iri: city.point for iri, city in network.cities.items() if city.point}
    shown = sorted({points[iri] for tie in ties for iri in tie.cities if iri in points})
    middles: dict[str, list[tuple[float, float]]] = {}
    for iri in sorted({iri for tie in ties for iri in tie.cities if iri in points}):
        middles.setdefault(network.cities[iri].country, []).append(points[iri])
    counts = _pairs_of_countries(network, ties)
    parts = []
    for (one, other), count in sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))[:_LINES]:
        if one == other or one not in middles or other not in middles:
            continue
        lines = great_circle(_middle(middles[one]), _middle(middles[other]), 6)
        path = "".join("M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in (project(*p) for p in line)) for line in lines)
        label = f"<title>{one} – {other}: {count}</title>"
        look = f'stroke="{_FILL}" stroke-opacity=".3" stroke-width="{0.4 + math.sqrt(count) / 5:.1f}"'
        parts.append(f'<path d="{path}" fill="none" {look}>{label}</path>')
    dots = "".join("M{:.1f} {:.1f}h0".format(*project(*point)) for point in shown)
    parts.append(f'<path d="{dots}" stroke="{_INK}" stroke-opacity=".7" stroke-width="1.6" stroke-linecap="round"/>')
    return _sheet(f"0 0 {WIDTH:.0f} {HEIGHT:.0f}", _WORDS["map"][language][0], parts)


def _middle(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Return the point that lies in the middle by longitude and by latitude; islands far away do not move it."""
    ordered = sorted(points), sorted(points, key=lambda point: point[1])
    return ordered[0][len(points) // 2][0], ordered[1][len(points) // 2][1]


def _ego(network: TieNetwork, ties: Sequence[Tie], language: str, city: str) -> str:
    if not city:
        raise ParameterError("the figure 'ego' needs a city, such as https://w3id.org/citydip/id/city/isfahan")
    pairs = {tie.cities for tie in ties}
    partners = sorted({one if other == city else other for one, other in pairs if city in (one, other)})
    if not partners:
        raise NotFoundError(f"{city[:120]} has none of the ties that are chosen; look for it by name at /search")

    def name(iri: str) -> str:
        names = network.cities.get(iri, City()).names
        return names.get(language) or names.get("en") or iri.rpartition("/")[2]

    # Those of one country stand together.
    partners = sorted(partners, key=lambda iri: (network.cities.get(iri, City()).country, iri))[:_NEIGHBOURS]
    radius = 260
    places = {iri: 2 * math.pi * number / len(partners) for number, iri in enumerate(partners)}
    spots = {iri: (radius * math.cos(angle), radius * math.sin(angle)) for iri, angle in places.items()}
    parts = []
    for one, other in sorted(pairs):
        if one in spots and other in spots:
            (x1, y1), (x2, y2) = spots[one], spots[other]
            path = f"M{x1:.1f} {y1:.1f}Q{(x1 + x2) / 5:.1f} {(y1 + y2) / 5:.1f} {x2:.1f} {y2:.1f}"
            parts.append(f'<path d="{path}" fill="none" stroke="{_FAINT}"/>')
    for iri, (x, y) in spots.items():
        left = x < -1e-9
        turn = math.degrees(places[iri]) + (180 if left else 0)
        more = f" transform={quoteattr(f'translate({x:.1f} {y:.1f}) rotate({turn:.1f})')}"
        parts.append(f'<path d="M0 0L{x:.1f} {y:.1f}" stroke="{_FILL}" stroke-opacity=".5"/>')
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{_FILL}"/>')
        parts.append(_text(-10 if left else 10, 4, abridged(name(iri), 24), "end" if left else "start", more))
    parts.append('<circle r="9"/>' + _text(0, -14, name(city), more=' font-weight="bold"'))
    return _sheet("-450 -450 900 900", _WORDS["ego"][language][0].format(name=name(city)), parts)
