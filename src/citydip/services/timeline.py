"""The timeline of a thing: its dated statements on an axis of years, and how many there are over time.

A day is where the earliest and the latest day that a date can mean are; what is between them is open. An end that
nobody states is not drawn as one: the line goes on and fades. A day on which something is only attested is neither
its start nor its end. Positions are hundredths of the width, from the beginning of the axis.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from citydip.services.pages import Section, tone
from citydip.services.things import Described

__all__ = ["Bar", "Entry", "Timeline", "timeline_of"]

_POINTS = ("cd:signedOn", "cd:datedOn", "cd:decidedOn")
_STEPS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500)
_MOST_TICKS = 8
_MOST_BARS = 60
_FEWEST_FOR_BARS = 6
"""Entries, and years, without which bars would say nothing."""
_HIJRI = 621.22
"""The year 0 of the Solar Hijri calendar, in years of the Gregorian one: it begins at the March equinox."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A dated statement.

    Args:
        statement: what is dated.
        section: the key of the section of the page that it stands in.
        tone: what its status means, as `pages.tone` says.
        shape: ``point``, ``span`` or ``attested``.
        first: where the earliest of its days is.
        last: where the latest of its days is.
        starts: whether a source says when it begins; else the line fades before ``first``.
        ends: whether a source says when it ends; else the line fades after ``last``.
    """

    statement: Described
    section: str
    tone: str
    shape: str
    first: float
    last: float
    starts: bool
    ends: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """How many statements begin within some years.

    Args:
        year: the first of them, as the axis counts.
        left: where it begins.
        width: how wide it is.
        parts: tone, lower end and height of each part, the latter two in hundredths of the highest bar.
        count: how many.
    """

    year: int
    left: float
    width: float
    parts: list[tuple[str, float, float]]
    count: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """A timeline.

    Args:
        entries: by day.
        ticks: years of the axis, as they are counted, each with its place.
        bars: how many entries there are over time; empty where there are few.
        undated: how many statements have no date.
    """

    entries: list[Entry]
    ticks: list[tuple[int, float]]
    bars: list[Bar]
    undated: int


def timeline_of(sections: Iterable[Section], *, hijri: bool = False) -> Timeline | None:
    """Return the timeline of the sections of a page; None where nothing has a date.

    Args:
        sections: statements by subject.
        hijri: whether the axis counts years of the Solar Hijri calendar, not of the Gregorian one.
    """
    dated: list[tuple[Section, Described, _Times]] = []
    undated = 0
    for section in sections:
        for statement in section.statements:
            times = _times(statement)
            if times is None:
                undated += 1
            else:
                dated.append((section, statement, times))
    if not dated:
        return None
    origin = _HIJRI if hijri else 0.0
    first = math.floor(min(times.first for _, _, times in dated) - origin)
    last = math.ceil(max(times.last for _, _, times in dated) - origin)
    last = max(last, first + 1)

    def at(year: float) -> float:
        return round(100 * (year - origin - first) / (last - first), 2)

    entries = [
        Entry(
            statement,
            section.key,
            tone(statement.status),
            times.shape,
            at(times.first),
            at(times.last),
            times.starts,
            times.ends,
        )
        for section, statement, times in sorted(dated, key=lambda d: (d[2].first, d[2].last, d[1].iri))
    ]
    step = next((step for step in _STEPS if (last - first) / step <= _MOST_TICKS), _STEPS[-1])
    ticks = [(year, at(year + origin)) for year in range(-(-first // step) * step, last + 1, step)]
    return Timeline(entries, ticks, _bars(entries, first, last), undated)


@dataclass(frozen=True, slots=True)
class _Times:
    shape: str
    first: float
    last: float
    starts: bool = True
    ends: bool = True


def _times(statement: Described) -> _Times | None:
    points = [day for name in _POINTS for day in _days(statement, name)]
    if points:
        return _Times("point", min(points), max(points))
    starts, ends = _days(statement, "cd:startsOn"), _days(statement, "cd:endsOn")
    if starts or ends:
        both = [*starts, *ends]
        return _Times("span", min(both), max(both), starts=bool(starts), ends=bool(ends))
    attested = _days(statement, "cd:attestedOn")
    return _Times("attested", min(attested), max(attested)) if attested else None


def _days(statement: Described, name: str) -> list[float]:
    """Return the earliest and the latest day of a property's dates, in years."""
    found = []
    for node in statement.all(name):
        for bound in ("cd:earliestDay", "cd:latestDay"):
            try:
                day = date.fromisoformat(node.text(bound))
            except ValueError:
                continue
            found.append(day.year + (day.timetuple().tm_yday - 1) / 366)
    return found


def _bars(entries: list[Entry], first: int, last: int) -> list[Bar]:
    years = last - first
    if len(entries) < _FEWEST_FOR_BARS or years < _FEWEST_FOR_BARS:
        return []
    step = next((step for step in _STEPS if years / step <= _MOST_BARS), _STEPS[-1])
    counts: dict[int, dict[str, int]] = {}
    for entry in entries:
        # What lies at the very end of the axis belongs to its last year.
        bar = min(int(entry.first * years / 100 / step + 1e-6), (years - 1) // step)
        tones = counts.setdefault(bar, {})
        tones[entry.tone] = tones.get(entry.tone, 0) + 1
    highest = max(sum(tones.values()) for tones in counts.values())
    bars = []
    for number, tones in sorted(counts.items()):
        parts: list[tuple[str, float, float]] = []
        below = 0
        for name in ("done", "said", "open", "ended"):
            if name in tones:
                parts.append((name, round(100 * below / highest, 1), round(100 * tones[name] / highest, 1)))
                below += tones[name]
        left = 100 * number * step / years
        width = min(100 * step / years, 100 - left)
        bars.append(Bar(first + number * step, round(left, 2), round(width, 2), parts, below))
    return bars
