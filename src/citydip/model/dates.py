"""Dates as sources give them, and the earliest and latest Gregorian day that they can mean.

A date is written in Extended Date/Time Format (EDTF, ISO 8601-2) level 1, in its own calendar, or as an
offset from an anchor. Its bounds are what a query compares; a bound that is not known is None, never a guess:

==================  =======================================================================
written             meaning
==================  =======================================================================
``1392``            the year, in its calendar
``1392-03``         the month
``1395-07-02``      the day; ``T11:13`` may follow
``1395-22``         a season: 21 spring, 22 summer, 23 autumn, 24 winter
``139X``            a decade; ``1392-XX``, ``1392-03-XX``: unspecified parts
``1392~``           about: one unit of the precision of room on either side (``%`` too)
``1392?``           uncertain: the bounds are those of the date itself
``A/B``             from some day of A to some day of B; ``..`` or nothing: open or unknown
==================  =======================================================================
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from citydip.model.calendars import Calendar, day_text, first_day, from_gregorian, month_length, month_text
from citydip.model.names import persian_digits

__all__ = ["Bounds", "Offset", "bounds_of", "offset_of", "shift", "text_of"]

_POINT = re.compile(
    r"(?P<year>\d{4}|\d{3}X|\d{2}XX)"
    r"(?:-(?P<month>\d{2}|XX)(?:-(?P<day>\d{2}|XX)(?:T(?P<time>\d{2}:\d{2}))?)?)?"
    r"(?P<mark>[?~%]?)"
)
_OFFSET = re.compile(r"(?P<count>[+-]?\d+) (?P<unit>day|week|month|year)(?: month (?P<month>\d{1,2}))?")
_SEASONS_EN = {21: "spring", 22: "summer", 23: "autumn", 24: "winter"}
_SEASONS_FA = {21: "بهار", 22: "تابستان", 23: "پاییز", 24: "زمستان"}
# A Gregorian season is reckoned from the first of its first month (meteorologists) or from the equinox or
# solstice (almanacs); the bounds hold both: (first month, first day, last month, last day).
_GREGORIAN_SEASONS = {21: (3, 1, 6, 21), 22: (6, 1, 9, 23), 23: (9, 1, 12, 22), 24: (12, 1, 3, 21)}


@dataclass(frozen=True, slots=True)
class Bounds:
    """The earliest and latest Gregorian day that a date can mean; None where it is not known.

    Raises:
        ValueError: the earliest day is after the latest.
    """

    earliest: date | None = None
    latest: date | None = None

    def __post_init__(self) -> None:
        """Refuse bounds that exclude every day."""
        if self.earliest and self.latest and self.earliest > self.latest:
            raise ValueError(f"the date would begin on {self.earliest} and end before, on {self.latest}")

    @property
    def day(self) -> date | None:
        """Return the day, where there is only one."""
        return self.earliest if self.earliest == self.latest else None


@dataclass(frozen=True, slots=True)
class Offset:
    """How far a relative date lies from its anchor: a count of calendar units, and perhaps a month of that year."""

    count: int
    unit: str
    month: int | None = None


def bounds_of(expression: str, calendar: Calendar) -> Bounds:
    """Return the bounds of a date expression of a calendar.

    Raises:
        ValueError: the expression is not in the subset above, or names a day that does not exist.

    Example:
        >>> bounds_of("1392-06", Calendar.SOLAR_HIJRI)
        Bounds(earliest=datetime.date(2013, 8, 23), latest=datetime.date(2013, 9, 22))
        >>> bounds_of("../2013-10", Calendar.GREGORIAN)
        Bounds(earliest=None, latest=datetime.date(2013, 10, 31))
    """
    first, slash, last = expression.partition("/")
    if not slash:
        return _point(expression, calendar)
    start = Bounds() if first in ("", "..") else _point(first, calendar)
    end = Bounds() if last in ("", "..") else _point(last, calendar)
    return Bounds(start.earliest, end.latest)


def offset_of(text: str) -> Offset:
    """Return an offset such as ``-1 year`` or ``+1 week``; ``-1 year month 2`` is the second month of last year.

    Raises:
        ValueError: the text has another form.

    Example:
        >>> offset_of("-1 year")
        Offset(count=-1, unit='year', month=None)
    """
    found = _OFFSET.fullmatch(text)
    month = int(found["month"]) if found and found["month"] else None
    if not found or (month and (found["unit"] != "year" or month > 12)):
        raise ValueError(f"an offset is written like '-1 year', '-1 year month 2', '+2 week' or '0 day', not {text!r}")
    return Offset(int(found["count"]), found["unit"], month)


def shift(anchor: Bounds, offset: Offset, calendar: Calendar) -> Bounds:
    """Return the bounds of a date that lies an offset from an anchor, in whole units of the calendar.

    "Last year" from some day of 1397 is all of 1396. An anchor that is itself an interval gives all
    that any of its days would give. Weeks begin on Saturday in the Solar Hijri and Islamic calendars, on Monday in
    the Gregorian.

    Example:
        >>> shift(bounds_of("1397-03-04", Calendar.SOLAR_HIJRI), Offset(-1, "year"), Calendar.SOLAR_HIJRI)
        Bounds(earliest=datetime.date(2017, 3, 21), latest=datetime.date(2018, 3, 20))
    """
    earliest = _unit(anchor.earliest, offset, calendar)[0] if anchor.earliest else None
    latest = _unit(anchor.latest, offset, calendar)[1] if anchor.latest else None
    return Bounds(earliest, latest)


def _unit(day: date, offset: Offset, calendar: Calendar) -> tuple[date, date]:
    """Return the first and last day of the unit that lies an offset from a day."""
    if offset.unit == "day":
        moved = day + timedelta(days=offset.count)
        return moved, moved
    if offset.unit == "week":
        first_weekday = 0 if calendar is Calendar.GREGORIAN else 5
        start = day - timedelta(days=(day.weekday() - first_weekday) % 7) + timedelta(weeks=offset.count)
        return start, start + timedelta(days=6)
    year, month, _ = from_gregorian(calendar, day)
    if offset.unit == "month":
        year, month = divmod(year * 12 + month - 1 + offset.count, 12)
        return _month(calendar, year, month + 1)
    if offset.month:
        return _month(calendar, year + offset.count, offset.month)
    return _year(calendar, year + offset.count)


def _year(calendar: Calendar, year: int) -> tuple[date, date]:
    return first_day(calendar, year), _month(calendar, year, 12)[1]


def _month(calendar: Calendar, year: int, month: int) -> tuple[date, date]:
    last = month_length(calendar, year, month)
    return first_day(calendar, year, month), first_day(calendar, year, month, last)


def _point(text: str, calendar: Calendar) -> Bounds:
    found = _POINT.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is not a date; write it like 1395, 1395-07, 1395-07-02, 1395~ or 1392/1395")
    year, month, day = found["year"], found["month"], found["day"]
    room = 1 if found["mark"] in ("~", "%") else 0
    if "X" in year:
        if month or room:
            raise ValueError(f"{text!r}: a decade or century stands alone")
        low, high = int(year.replace("X", "0")), int(year.replace("X", "9"))
        return Bounds(_year(calendar, low)[0], _year(calendar, high)[1])
    number = int(year)
    if month in (None, "XX"):
        if day not in (None, "XX"):
            raise ValueError(f"{text!r}: a day needs its month")
        return Bounds(_year(calendar, number - room)[0], _year(calendar, number + room)[1])
    if 21 <= int(month) <= 24:
        return _season(calendar, number, int(month), text, has_day=day is not None)
    if day in (None, "XX"):
        first_day(calendar, number, int(month))
        return _around(calendar, number, int(month), room)
    middle = first_day(calendar, number, int(month), int(day))
    room = max(room, 1 if calendar is Calendar.ISLAMIC else 0)
    return Bounds(middle - timedelta(days=room), middle + timedelta(days=room))


def _around(calendar: Calendar, year: int, month: int, room: int) -> Bounds:
    before, after = (divmod(year * 12 + month - 1 + step, 12) for step in (-room, room))
    return Bounds(_month(calendar, before[0], before[1] + 1)[0], _month(calendar, after[0], after[1] + 1)[1])


def _season(calendar: Calendar, year: int, season: int, text: str, *, has_day: bool) -> Bounds:
    if has_day or calendar is Calendar.ISLAMIC:
        raise ValueError(f"{text!r}: a season has no days, and the Islamic calendar has no seasons")
    if calendar is Calendar.SOLAR_HIJRI:
        start = (season - 21) * 3 + 1
        return Bounds(_month(calendar, year, start)[0], _month(calendar, year, start + 2)[1])
    first_month, first, last_month, last = _GREGORIAN_SEASONS[season]
    return Bounds(date(year, first_month, first), date(year + (last_month < first_month), last_month, last))


def text_of(bounds: Bounds, calendar: Calendar, language: str, expression: str | None = None) -> str:
    """Return a date in words of a calendar: as short as its expression allows, else from day to day.

    Args:
        bounds: what the date can mean.
        calendar: the calendar to write in.
        language: ``en`` or ``fa``.
        expression: the date's own expression, where it is of that calendar.

    Example:
        >>> text_of(bounds_of("1392-03", Calendar.SOLAR_HIJRI), Calendar.SOLAR_HIJRI, "en", "1392-03")
        'Khordad 1392'
    """
    persian = language == "fa"
    short = _short(expression, calendar, language) if expression else None
    if short:
        return short
    if bounds.day:
        text = day_text(calendar, bounds.day, language)
        time = _POINT.fullmatch(expression or "")
        if time and time["time"]:
            text += f" - {persian_digits(time['time'])}" if persian else f", {time['time']}"
        return text
    earliest, latest = (day_text(calendar, d, language) if d else None for d in (bounds.earliest, bounds.latest))
    if earliest and latest:
        return f"از {earliest} تا {latest}" if persian else f"{earliest} to {latest}"
    if earliest:
        return f"{earliest} یا پس از آن" if persian else f"{earliest} or later"
    if latest:
        return f"{latest} یا پیش از آن" if persian else f"{latest} or earlier"
    return "تاریخ نامعلوم" if persian else "date unknown"


def _short(expression: str, calendar: Calendar, language: str) -> str | None:
    """Return a year, month or season in words; None for days, intervals and decades."""
    found = _POINT.fullmatch(expression)
    if not found or found["day"] or "X" in expression:
        return None
    persian = language == "fa"
    year, month = int(found["year"]), int(found["month"] or 0)
    if not month:
        text = persian_digits(str(year)) if persian else str(year)
    elif month > 12:
        name = (_SEASONS_FA if persian else _SEASONS_EN)[month]
        text = f"{name} {persian_digits(str(year)) if persian else year}"
    else:
        text = month_text(calendar, year, month, language)
    if found["mark"] == "~":
        return f"حدود {text}" if persian else f"about {text}"
    if found["mark"]:
        return f"{text} (نامطمئن)" if persian else f"{text} (uncertain)"
    return text
