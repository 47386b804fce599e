"""The times of a statement: from when, until when, and on which days besides."""

from collections.abc import Callable
from dataclasses import dataclass

from citydip.curation.importers.wikidata.claims import END, POINT, START, Claim
from citydip.curation.importers.wikidata.times import UNKNOWN_DATE, Dated, dated
from citydip.model.calendars import Calendar
from citydip.model.dates import bounds_of, text_of

__all__ = ["Period", "period_of"]


@dataclass(frozen=True, slots=True)
class Period:
    """The times of one or more statements that agree.

    Args:
        start: when it begins.
        end: when it ends.
        points: when it is said to hold.
    """

    start: Dated | None = None
    end: Dated | None = None
    points: frozenset[Dated] = frozenset()

    def __bool__(self) -> bool:
        """Return whether any time is known."""
        return bool(self.start or self.end or self.points)

    @property
    def backwards(self) -> bool:
        """Return whether it ends for certain before it begins."""
        if not self.start or not self.end:
            return False
        begins = bounds_of(self.start.expression, Calendar.GREGORIAN).earliest
        ends = bounds_of(self.end.expression, Calendar.GREGORIAN).latest
        return bool(begins and ends and ends < begins)

    def agrees(self, other: "Period") -> bool:
        """Return whether two periods may be one: neither start nor end differ, and together they run forwards."""
        pairs = ((self.start, other.start), (self.end, other.end))
        return all(one is None or two is None or one == two for one, two in pairs) and not self.joined(other).backwards

    def joined(self, other: "Period") -> "Period":
        """Return one period of two that agree."""
        return Period(self.start or other.start, self.end or other.end, self.points | other.points)

    def words(self, language: str) -> str:
        """Return the period in words, to stand behind a label; empty where nothing is known.

        Example:
            >>> Period(Dated("1999"), Dated("2003-06")).words("en")
            ', from 1999 to June 2003'
        """
        start, end = (_words(at, language) if at else "" for at in (self.start, self.end))
        if language == "fa":
            return (f"، از {start}" if start else "") + (f"{'' if start else '،'} تا {end}" if end else "")
        return (f", from {start}" if start else "") + (f"{'' if start else ','} to {end}" if end else "")


def _words(at: Dated, language: str) -> str:
    if at == UNKNOWN_DATE:
        return "تاریخی نامعلوم" if language == "fa" else "an unknown date"
    bounds = bounds_of(at.expression, Calendar.GREGORIAN)
    return text_of(bounds, Calendar.GREGORIAN, language, at.expression)


def period_of(claim: Claim, leave: Callable[[str, Claim, str], None]) -> Period:
    """Return the times of a statement.

    Args:
        claim: the statement.
        leave: called for each time that is left out, with the reason and what it is.
    """

    def times(qualifier: str) -> list[Dated]:
        found = []
        for time in sorted(claim.times.get(qualifier, ())):
            at = dated(time)
            if at:
                found.append(at)
            else:
                leave("a date that the graph cannot express", claim, f"{time.value} (precision {time.precision})")
        return found

    def single(qualifier: str, reason: str) -> Dated | None:
        found = times(qualifier)
        for further in found[1:]:
            leave(reason, claim, further.expression)
        return found[0] if found else None

    period = Period(
        single(START, "a second start of one statement"),
        single(END, "a second end of one statement"),
        frozenset(times(POINT)),
    )
    if period.backwards and period.start and period.end:
        leave("an end before its start", claim, f"{period.start.expression} to {period.end.expression}")
        return Period(points=period.points)
    return period
