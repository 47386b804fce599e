"""Times of Wikidata as dates of this graph.

A time of Wikidata has a precision (6 millennium, 7 century, 8 decade, 9 year, 10 month, 11 day, more is finer) and a
calendar, Gregorian or Julian. Its RDF gives a timestamp whose digits beyond the precision mean nothing. A Julian day
has been converted to a Gregorian one there, though the calendar still says Julian; a Julian month or year has not.

Sources: https://www.wikidata.org/wiki/Help:Dates, https://phabricator.wikimedia.org/T246731, and Wikibase, which
counts centuries from the year 1 (1900 lies in the 19th) and decades from the year 0.
"""

import re
from calendar import monthrange
from dataclasses import dataclass

from citydip.model.calendars import Calendar, from_julian
from citydip.model.dates import bounds_of

__all__ = ["UNKNOWN", "UNKNOWN_DATE", "Dated", "Time", "dated"]

JULIAN = "http://www.wikidata.org/entity/Q1985786"
GREGORIAN = "http://www.wikidata.org/entity/Q1985727"
_STAMP = re.compile(r"(\d{4})-(\d{2})-(\d{2})T")
_MILLENNIUM, _CENTURY, _DECADE, _YEAR, _MONTH = range(6, 11)


@dataclass(frozen=True, slots=True, order=True)
class Time:
    """A time as the RDF of Wikidata has it.

    Args:
        value: the timestamp; empty where Wikidata says that there is a time, but not which.
        precision: how much of it is meant.
        calendar: the IRI of its calendar.
    """

    value: str
    precision: int
    calendar: str


UNKNOWN = Time("", 0, "")
"""A time that Wikidata says to be unknown."""


@dataclass(frozen=True, slots=True, order=True)
class Dated:
    """A time as this graph has it.

    Args:
        expression: in Extended Date/Time Format, in the Gregorian calendar.
        julian: whether it stands in the Julian calendar at Wikidata.
    """

    expression: str
    julian: bool = False

    @property
    def slug(self) -> str:
        """Return a name for the node of the date."""
        text = "unknown" if self == UNKNOWN_DATE else self.expression.replace("/", "-to-").lower()
        return f"wikidata-julian-{text}" if self.julian else f"wikidata-{text}"


UNKNOWN_DATE = Dated("../..")
"""A date of which nothing is known but that there is one."""


def dated(time: Time) -> Dated | None:
    """Return a time as a date of this graph; None where it has no place there, as before the year 1.

    Example:
        >>> dated(Time("1989-05-12T00:00:00Z", 10, GREGORIAN))
        Dated(expression='1989-05', julian=False)
        >>> dated(Time("1900-01-01T00:00:00Z", 7, GREGORIAN))
        Dated(expression='1801/1900', julian=False)
    """
    if time == UNKNOWN:
        return UNKNOWN_DATE
    found = _STAMP.match(time.value)
    if not found or time.precision <= _MILLENNIUM or time.calendar not in (GREGORIAN, JULIAN):
        return None
    year, month, day = (int(part) for part in found.groups())
    julian = time.calendar == JULIAN
    try:
        if julian and time.precision <= _MONTH:
            expression = _julian(year, month, time.precision)
        else:
            expression = _gregorian(year, month, day, time.precision)
        bounds_of(expression, Calendar.GREGORIAN)
    except ValueError:
        return None
    return Dated(expression, julian)


def _gregorian(year: int, month: int, day: int, precision: int) -> str:
    if precision == _CENTURY:
        first, last = _years(year, precision)
        return f"{first:04d}/{last:04d}"
    if precision == _DECADE:
        return f"{year // 10:03d}X"
    if precision == _YEAR:
        return f"{year:04d}"
    if precision == _MONTH:
        return f"{year:04d}-{month:02d}"
    return f"{year:04d}-{month:02d}-{day:02d}"


def _julian(year: int, month: int, precision: int) -> str:
    """Return the Gregorian days from the first to the last one of a Julian month, year, decade or century."""
    if precision == _MONTH:
        # In the Julian calendar every fourth year is a leap year, as is 2000 in the Gregorian one.
        last_day = monthrange(2000 + year % 4, month)[1]
        first, last = from_julian(year, month, 1), from_julian(year, month, last_day)
    else:
        first_year, last_year = _years(year, precision)
        first, last = from_julian(first_year, 1, 1), from_julian(last_year, 12, 31)
    return f"{first}/{last}"


def _years(year: int, precision: int) -> tuple[int, int]:
    if precision == _CENTURY:
        first = (year - 1) // 100 * 100 + 1
        return first, first + 99
    if precision == _DECADE:
        return year // 10 * 10, year // 10 * 10 + 9
    return year, year
