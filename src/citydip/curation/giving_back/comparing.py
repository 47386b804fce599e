"""Our statements beside those of Wikidata: what is new there, what contradicts it, and what only Wikidata has.

QuickStatements finds a statement by its item, property and main value alone. What it would put into the wrong statement
is not written for it, but told.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from citydip.curation.giving_back.ours import Offer, Ours
from citydip.curation.giving_back.statements import Item, Snak, Statement, Time, Url
from citydip.curation.giving_back.theirs import Found, Period, Theirs
from citydip.model.calendars import Calendar
from citydip.model.dates import bounds_of

__all__ = ["Missing", "Outcome", "Verdict", "commands", "compare", "contradictions", "missing", "shown_times"]


class Outcome(StrEnum):
    """What merging a statement of ours does at Wikidata."""

    NEW = "new statement"
    REFERENCE = "new reference"
    QUALIFIER = "new qualifier"
    CONFLICT = "conflict"
    BY_HAND = "by hand"
    KNOWN = "nothing new"
    UNSEEN = "not compared"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a statement of ours.

    Args:
        outcome: what merging it does.
        offer: the statement.
        reason: why, or with what it conflicts; empty where there is no more to say.
        theirs: the statement of Wikidata that it meets.
        command: what is written for QuickStatements; None: nothing.
    """

    outcome: Outcome
    offer: Offer
    reason: str = ""
    theirs: Found | None = None
    command: Statement | None = None


@dataclass(frozen=True, slots=True)
class Missing:
    """A statement of Wikidata on a thing of ours that this graph does not have.

    Args:
        found: the statement.
        thing: the IRI of the thing of ours that it is about.
        value: the IRI of the thing of ours that its value is; empty where this graph lacks that too.
    """

    found: Found
    thing: str
    value: str


def compare(ours: Ours, theirs: Theirs) -> list[Verdict]:
    """Return what becomes of each statement that may go back."""
    by_subject: defaultdict[tuple[str, str], list[Found]] = defaultdict(list)
    for found in theirs.found:
        by_subject[found.subject, found.property].append(found)
    said = Counter(_main(offer.statement) for offer in ours.offers)
    return [_verdict(offer, theirs, by_subject, said[_main(offer.statement)]) for offer in ours.offers]


def commands(verdicts: Iterable[Verdict]) -> list[Statement]:
    """Return what is written for QuickStatements."""
    return [verdict.command for verdict in verdicts if verdict.command]


def contradictions(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Return what contradicts Wikidata."""
    return [verdict for verdict in verdicts if verdict.outcome is Outcome.CONFLICT]


def missing(ours: Ours, theirs: Theirs) -> list[Missing]:
    """Return what Wikidata says of things of ours and this graph does not, however weakly; not what is deprecated."""
    lacking = []
    for found in theirs.found:
        if found.deprecated or not found.value or found.subject not in ours.things:
            continue
        keys = {(found.subject, found.property, found.value, place) for place in (found.places or {""})}
        if found.property == "P39":
            # An office of one city alone is the same as mayor with the city beside it.
            keys |= {(found.subject, "P39", "Q30185", place) for place in found.places}
        if not keys & ours.says:
            lacking.append(Missing(found, ours.things[found.subject], ours.things.get(found.value, "")))
    return lacking


def _main(statement: Statement) -> tuple[str, str, str]:
    return statement.subject, statement.property, _qid(statement)


def _qid(statement: Statement) -> str:
    return statement.value.qid if isinstance(statement.value, Item) else ""


def _place(statement: Statement) -> str:
    return next((v.qid for name, v in statement.qualifiers if name == "P1001" and isinstance(v, Item)), "")


def _verdict(offer: Offer, theirs: Theirs, by_subject: dict[tuple[str, str], list[Found]], times_said: int) -> Verdict:
    ours = offer.statement
    if ours.subject not in theirs.items:
        return Verdict(Outcome.UNSEEN, offer, f"what Wikidata says of {ours.subject} was not looked at")
    if times_said > 1:
        return Verdict(Outcome.BY_HAND, offer, "this graph says it several times, with other qualifiers")
    there = by_subject.get((ours.subject, ours.property), [])
    place = _place(ours)
    same = [f for f in there if (place in f.places if place else f.value == _qid(ours))]
    if ours.property == "P39" and not same and not theirs.positions:
        return Verdict(Outcome.UNSEEN, offer, "the pages of a refresh do not have all positions of a person")
    if same:
        return _met(offer, same, there)
    return _lacking(offer, there, by_subject.get((_qid(ours), ours.property), []))


def _lacking(offer: Offer, there: list[Found], inverse: list[Found]) -> Verdict:
    """Return what becomes of a statement that Wikidata lacks."""
    ours = offer.statement
    if any(f.value == _qid(ours) for f in there):
        return Verdict(Outcome.BY_HAND, offer, "QuickStatements would put it into the statement on another place")
    against = _against(ours, there, inverse)
    if against:
        return Verdict(Outcome.CONFLICT, offer, against[0], against[1])
    return Verdict(Outcome.NEW, offer, "", None, ours)


def _met(offer: Offer, same: list[Found], there: list[Found]) -> Verdict:
    """Return what becomes of a statement that Wikidata has."""
    ours, found = offer.statement, same[0]
    if len(same) > 1:
        return Verdict(Outcome.BY_HAND, offer, f"Wikidata says it {len(same)} times", found)
    if found.deprecated:
        return Verdict(Outcome.CONFLICT, offer, "Wikidata has it as deprecated", found)
    if reason := _disagreement(ours, found):
        return Verdict(Outcome.CONFLICT, offer, reason, found)
    if sum(f.value == found.value for f in there) > 1:
        return Verdict(Outcome.BY_HAND, offer, "Wikidata has the same value in another statement too", found)
    seen = {_page(address) for address in found.addresses}
    references = tuple(each for each in ours.references if not _pages(each) & seen)
    qualifiers = _further(ours, found)
    value = Item(found.value)
    command = Statement(ours.subject, ours.property, value, qualifiers, references)
    if not (references or qualifiers):
        return Verdict(Outcome.KNOWN, offer, "", found)
    return Verdict(Outcome.REFERENCE if references else Outcome.QUALIFIER, offer, "", found, command)


def _pages(reference: tuple[Snak, ...]) -> set[str]:
    return {_page(value.text) for _, value in reference if isinstance(value, Url)}


def _page(address: str) -> str:
    """Return an address as it is compared: without scheme, ``www.``, fragment and last slash."""
    return re.sub(r"^https?://(www\.)?", "", address.partition("#")[0]).rstrip("/")


_BOUNDS = {"P580": ("P1319", "P8555"), "P582": ("P8554", "P1326"), "P585": ("P1319", "P1326")}


def _further(ours: Statement, found: Found) -> tuple[Snak, ...]:
    """Return the qualifiers that the statement of Wikidata lacks; where it has a time, ours would be a second one."""
    has = {*found.times, *(bound for name in found.times for bound in _BOUNDS[name])}
    if found.places:
        has.add("P1001")
    if "P580" in found.times:
        # A day of signing beside a start says no more than the start does, where both agree.
        start = found.times["P580"]
        points = _periods(ours, "P585")
        has |= {"P585"} if points and all(_agree(p, s) for p in points for s in start) else set()
    return tuple((name, value) for name, value in ours.qualifiers if name not in has)


def _disagreement(ours: Statement, found: Found) -> str:
    """Return how the times of two statements of the same contradict each other; empty where they do not."""
    for name, word in (("P580", "start"), ("P582", "end"), ("P585", "point in time")):
        here, there = _periods(ours, name), found.times.get(name, [])
        if here and there and not any(_agree(one, other) for one in here for other in there):
            return f"another {word}: here {_shown(here)}, at Wikidata {_shown(there)}"
    ended_here = any(name == "P582" for name, _ in ours.qualifiers)
    if ended_here and "P582" not in found.times:
        return f"ended here ({_shown(_periods(ours, 'P582'))}), without an end at Wikidata"
    if "P582" in found.times and not ended_here:
        return f"ended at Wikidata ({_shown(found.times['P582'])}), without an end here"
    return ""


def _against(ours: Statement, there: list[Found], inverse: list[Found]) -> tuple[str, Found] | None:
    """Return what speaks against a statement that Wikidata lacks: the other side of a tie, or another mayor."""
    if ours.property == "P190":
        for found in inverse:
            if found.value == ours.subject:
                reason = "deprecated" if found.deprecated else _disagreement(ours, found)
                if reason:
                    return f"on the page of the other city: {reason}", found
    if ours.property == "P6":
        for found in there:
            if not found.deprecated and _overlap(ours, found):
                return f"Wikidata has {found.value or 'somebody'} for that time: {shown_times(found)}", found
    return None


def _overlap(ours: Statement, found: Found) -> bool:
    """Return whether two times in an office certainly overlap by more than a day: all four ends are known."""
    mine = [_periods(ours, name) for name in ("P580", "P582")]
    other = [found.times.get(name, []) for name in ("P580", "P582")]
    if not all(len(each) == 1 for each in (*mine, *other)):
        return False
    (_, my_start), (my_end, _) = mine[0][0], mine[1][0]
    (_, its_start), (its_end, _) = other[0][0], other[1][0]
    if my_start is None or my_end is None or its_start is None or its_end is None:
        return False
    return max(my_start, its_start) < min(my_end, its_end)


def _periods(statement: Statement, name: str) -> list[Period]:
    """Return when a qualifier of ours can be; where it is not exact, between its bounds."""
    exact = [_period(value) for prop, value in statement.qualifiers if prop == name and isinstance(value, Time)]
    if exact:
        return exact
    others = {prop for prop, _ in statement.qualifiers}
    if name == "P585" and others & {"P580", "P582", "P8554", "P8555"}:
        return []
    if (name == "P580" and "P8555" not in others) or (name == "P582" and "P8554" not in others):
        return []
    first, last = (
        [_period(value) for prop, value in statement.qualifiers if prop == bound and isinstance(value, Time)]
        for bound in _BOUNDS[name]
    )
    return [(first[0][0] if first else None, last[0][1] if last else None)] if first or last else []


def _period(time: Time) -> Period:
    year, month, _ = time.day.split("-")
    texts = {11: time.day, 10: f"{year}-{month}", 9: year, 8: f"{year[:3]}X", 7: f"{year}/{int(year) + 99:04d}"}
    bounds = bounds_of(texts[time.precision], Calendar.GREGORIAN)
    return bounds.earliest, bounds.latest


def _agree(one: Period, other: Period) -> bool:
    """Return whether two times can be the same."""
    (first, last), (begin, end) = one, other
    return not ((last and begin and last < begin) or (end and first and end < first))


def _shown(periods: list[Period]) -> str:
    return ", ".join(_shown_period(first, last) for first, last in periods)


def _shown_period(first: date | None, last: date | None) -> str:
    if first is None and last is None:
        return "unknown"
    if first == last:
        return str(first)
    return f"{first or 'unknown'} to {last or 'unknown'}"


def shown_times(found: Found) -> str:
    """Return the times of a statement of Wikidata in words."""
    words = {"P580": "start", "P582": "end", "P585": "at"}
    return "; ".join(f"{words[name]} {_shown(periods)}" for name, periods in sorted(found.times.items()))
