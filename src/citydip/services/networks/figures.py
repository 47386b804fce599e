"""Pictures of the network as SVG: the same ties always give the same picture, and no outside font is needed."""

import math
from collections import Counter
from collections.abc import Sequence

from citydip.curation.networks.ties import Tie, TieNetwork
from citydip.model.errors import NotFoundError, ParameterError
from citydip.model.names import abridged
from citydip.services.networks.drawing import FAINT, FILL, INK, Sheet
from citydip.services.networks.spatial import draw_ego, draw_map, pairs_of_countries

__all__ = ["FIGURES", "as_png", "draw"]

FIGURES = ("degrees", "years", "countries", "map", "ego")
"""The names of figures."""
_WIDE, _HIGH, _EDGE = 640, 360, 60
_TOP, _RIGHT = 14, 24
_COUNTRIES = 25
_CELL, _NAMES, _CODES = 20, 150, 28


def draw(
    name: str,
    network: TieNetwork,
    ties: Sequence[Tie],
    *,
    language: str = "en",
    city: str = "",
    version: str = "",
) -> str:
    """Return a figure of ties as SVG.

    Args:
        name: one of `FIGURES`.
        network: the whole network, which knows the cities.
        ties: those that are drawn.
        language: of its words, ``en`` or ``fa``.
        city: IRI of the city in the middle of the figure ``ego``.
        version: of the data, which stands below the picture; empty for none.

    Raises:
        NotFoundError: there is no such figure, or the city has none of the ties.
        ParameterError: the figure needs a city.
    """
    sheet = Sheet(language, version)
    if name == "degrees":
        return _degrees(sheet, ties)
    if name == "years":
        return _years(sheet, ties)
    if name == "countries":
        return _countries(sheet, network, ties)
    if name == "map":
        return draw_map(sheet, network, ties)
    if name == "ego":
        return draw_ego(sheet, network, ties, city)
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


def _axes(sheet: Sheet, across: str, up: str) -> list[str]:
    bottom = _HIGH - _EDGE
    return [
        f'<path d="M{_EDGE} {_TOP}V{bottom}H{_WIDE - _RIGHT}" fill="none" stroke="{INK}"/>',
        sheet.text((_WIDE - _RIGHT + _EDGE) / 2, _HIGH - 16, sheet.say(across)),
        sheet.text(0, 0, sheet.say(up), more=f' transform="translate(16 {(bottom + _TOP) / 2:.0f}) rotate(-90)"'),
    ]


def _level(sheet: Sheet, y: float, number: int) -> str:
    """Return a line across the picture, and what it stands for."""
    line = f'<path d="M{_EDGE} {y:.1f}H{_WIDE - _RIGHT}" stroke="{FAINT}" stroke-width=".5"/>'
    return line + sheet.text(_EDGE - 8, y + 4, sheet.number(number), "end")


def _degrees(sheet: Sheet, ties: Sequence[Tie]) -> str:
    pairs = {tie.cities for tie in ties}
    counts = Counter(Counter(iri for pair in pairs for iri in pair).values())
    right = max(math.ceil(math.log10(max(counts, default=1) + 1)), 1)
    top = max(math.ceil(math.log10(max(counts.values(), default=1) + 1)), 1)

    def at(degree: float, count: float) -> tuple[float, float]:
        x = _EDGE + (_WIDE - _RIGHT - _EDGE) * math.log10(degree) / right
        return x, _HIGH - _EDGE - (_HIGH - _EDGE - _TOP) * math.log10(count) / top

    parts = [_level(sheet, at(1, 10**power)[1], 10**power) for power in range(top + 1)]
    parts += [
        sheet.text(at(10**power, 1)[0], _HIGH - _EDGE + 18, sheet.number(10**power)) for power in range(right + 1)
    ]
    parts += _axes(sheet, "degree", "cities")
    for degree, count in sorted(counts.items()):
        x, y = at(degree, count)
        label = f"<title>{degree}: {count}</title>"
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{FILL}">{label}</circle>')
    return sheet.whole((0, 0, _WIDE, _HIGH), sheet.say("degrees"), parts)


def _step(most: int, lines: int) -> int:
    """Return the round number at whose multiples there are at most so many lines up to a number."""
    step = 1
    while most / step > lines:
        # 1, 2, 5, 10, 20, 50 and so on.
        step = step * 5 // 2 if str(step).startswith("2") else step * 2
    return step


def _years(sheet: Sheet, ties: Sequence[Tie]) -> str:
    counts: Counter[int] = Counter()
    for tie in ties:
        days = [b.earliest for b in tie.dates.get("startsOn") or tie.dates.get("signedOn", []) if b.earliest]
        if days:
            counts[min(days).year] += 1
    parts = []
    if counts:
        first, last, most = min(counts), max(counts), max(counts.values())
        wide = (_WIDE - _RIGHT - _EDGE) / (last - first + 1)
        high = (_HIGH - _EDGE - _TOP - 6) / most
        step = _step(most, 5)
        parts += [_level(sheet, _HIGH - _EDGE - high * number, number) for number in range(step, most + 1, step)]
        for year, count in sorted(counts.items()):
            x, y = _EDGE + (year - first) * wide, _HIGH - _EDGE - high * count
            label = f"<title>{year}: {count}</title>"
            box = f'x="{x:.1f}" y="{y:.1f}" width="{max(wide - 1, 0.5):.1f}" height="{high * count:.1f}"'
            parts.append(f'<rect {box} fill="{FILL}">{label}</rect>')
        step = _step(last - first, 10)
        for year in range(-(-first // step) * step, last + 1, step):
            parts.append(sheet.text(_EDGE + (year - first + 0.5) * wide, _HIGH - _EDGE + 18, sheet.year(year)))
    parts += _axes(sheet, "year", "ties")
    note = sheet.say("dated", some=sheet.number(counts.total()), all=sheet.number(len(ties)))
    return sheet.whole((0, 0, _WIDE, _HIGH), sheet.say("years"), parts, note)


def _countries(sheet: Sheet, network: TieNetwork, ties: Sequence[Tie]) -> str:
    counts = pairs_of_countries(network, ties)
    totals: Counter[str] = Counter()
    for (one, other), count in counts.items():
        totals.update({one: count} if one == other else {one: count, other: count})
    shown = sorted(totals, key=lambda code: (-totals[code], code))[:_COUNTRIES]
    most = max(counts.values(), default=1)
    left = _NAMES + _CODES
    parts = []
    for row, one in enumerate(shown):
        y = row * _CELL
        named = abridged(network.countries.get(one, {}).get(sheet.language, one), 20)
        parts.append(sheet.text(_NAMES - 4, y + 14, named, "end"))
        parts.append(sheet.text(_NAMES + _CODES / 2, y + 14, one, more=' font-size="10"'))
        parts.append(sheet.text(left + (row + 0.5) * _CELL, -6, one, more=' font-size="10"'))
        for column, other in enumerate(shown):
            count = counts[min(one, other), max(one, other)]
            parts.append(_cell(left + column * _CELL, y, count, most, f"{one} – {other}: {count}"))
    side = len(shown) * _CELL
    # The scale below: what some shades stand for.
    for place, count in enumerate(sorted({0, *(round(most ** (part / 4)) for part in range(5))} if counts else ())):
        x = left + place * 4 * _CELL
        parts.append(_cell(x, side + 14, count, most, str(count)))
        parts.append(sheet.text(x + _CELL + 4, side + 28, sheet.number(count), "start"))
    if counts:
        parts.append(sheet.text(_NAMES + _CODES - 8, side + 28, sheet.say("ties"), "end"))
    note = sheet.say("of-countries", some=sheet.number(len(shown)), all=sheet.number(len(totals)))
    view = (0, -22, left + max(side, 24 * _CELL) + 20, side + 22 + 44)
    return sheet.whole(view, sheet.say("countries"), parts, note if len(totals) > len(shown) else "")


def _cell(x: float, y: float, count: int, most: int, label: str) -> str:
    # By the logarithm: a few pairs of countries have a hundred times as many ties as most.
    share = math.log1p(count) / math.log1p(most)
    box = f'x="{x:.0f}" y="{y:.0f}" width="{_CELL - 1}" height="{_CELL - 1}"'
    fill = f'fill="{FILL}" fill-opacity="{share:.2f}"' if count else f'fill="{FAINT}" fill-opacity=".35"'
    return f"<rect {box} {fill}><title>{label}</title></rect>"
