"""Whether something held in a time, told from uncertain dates: it did, it did not, or it is unknown.

A statement has dates of three kinds: when it began, when it ended, and when somebody attests that it held. Each is a
period of days in which the one day lies (`citydip.model.dates.Bounds`), open where a source does not say. An end
is the last day on which it held. What is answered is what follows from the dates and from nothing else, but for one
thing: what is lasting goes on until a source says that it is over.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from citydip.model.dates import Bounds
from citydip.model.errors import ParameterError

__all__ = ["Course", "Moment", "State", "Wanted", "read_moment", "state_in"]


class State(StrEnum):
    """Whether something held."""

    HELD = "held"
    NOT_HELD = "not held"
    UNKNOWN = "unknown"


class Wanted(StrEnum):
    """Which statements a reader wants of a time."""

    CERTAIN = "certain"
    POSSIBLE = "possible"
    ALL = "all"

    def takes(self, state: State) -> bool:
        """Return whether statements of a state are wanted.

        Example:
            >>> [Wanted.POSSIBLE.takes(state) for state in State]
            [True, False, True]
        """
        return self is Wanted.ALL or state is State.HELD or (self is Wanted.POSSIBLE and state is State.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, or a whole year.

    Args:
        text: as it was asked for.
        first: its first day.
        last: its last day.
    """

    text: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Course:
    """What sources say of when something held.

    Args:
        starts: when it began; several where sources differ.
        ends: the last day on which it held; several where sources differ.
        attested: days on which a source says that it held.
        over: whether a source says that it is over, with or without a day.
        lasting: whether it is taken to go on until a source says that it is over, as an agreement is, and a
            mayor's time in office is not.
    """

    starts: Sequence[Bounds] = ()
    ends: Sequence[Bounds] = ()
    attested: Sequence[Bounds] = ()
    over: bool = False
    lasting: bool = True


def read_moment(text: str) -> Moment:
    """Return the day or the year that a text names, in the Gregorian calendar.

    Raises:
        ParameterError: it names neither.

    Example:
        >>> read_moment("2016").last
        datetime.date(2016, 12, 31)
    """
    try:
        if not text.isascii():
            raise ValueError
        if len(text) == 4 and text.isdigit():
            return Moment(text, date(int(text), 1, 1), date(int(text), 12, 31))
        if len(text) != 10 or not text.replace("-", "").isdigit() or text.count("-") != 2:
            raise ValueError
        day = date.fromisoformat(text)
    except ValueError:
        raise ParameterError(f"a time is a day such as 2016-12-31 or a year such as 2016, not {text[:40]!r}") from None
    return Moment(text, day, day)


def state_in(course: Course, first: date, last: date) -> State:
    """Return whether something held on a day, or on some day of a time.

    It held when that is so wherever in their periods the start, the end and the attested days lie, as long as it
    began before it ended, and the attested days are between. It did not hold when that is so nowhere. Where sources
    differ on a start or an end, it lies between the earliest and the latest of what they say; where dates cannot
    all be true, nothing is known.

    Args:
        course: what sources say.
        first: the first day of the time.
        last: its last day; the same for a day.

    Example:
        >>> since_1995 = Course(starts=[Bounds(date(1995, 1, 1), date(1995, 12, 31))])
        >>> [str(state_in(since_1995, day, day)) for day in (date(1994, 6, 1), date(1995, 6, 1), date(1996, 6, 1))]
        ['not held', 'unknown', 'held']
    """
    start, end = _hull(course.starts), _hull(course.ends)
    begins, ends = start.earliest or date.min, end.latest or date.max
    # Day by day, a start lies before the end and before what is attested, and an end after them.
    begun = min(start.latest or date.max, ends, *(day.latest or date.max for day in course.attested))
    runs = max(end.earliest or date.min, begins, *(day.earliest or date.min for day in course.attested))
    if course.lasting and not course.ends and not course.over:
        runs = date.max
    if begins > begun or runs > ends:
        return State.UNKNOWN
    if begun <= last and runs >= first:
        return State.HELD
    return State.NOT_HELD if begins > last or ends < first else State.UNKNOWN


def _hull(dates: Sequence[Bounds]) -> Bounds:
    """Return the bounds that hold all dates; open on a side where one of them is, and where there is none."""
    earliest = [bounds.earliest for bounds in dates if bounds.earliest]
    latest = [bounds.latest for bounds in dates if bounds.latest]
    return Bounds(
        min(earliest) if dates and len(earliest) == len(dates) else None,
        max(latest) if dates and len(latest) == len(dates) else None,
    )
