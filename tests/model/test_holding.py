"""Whether something held in a time, by dates that are themselves uncertain."""

from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citydip.model.dates import Bounds
from citydip.model.errors import ParameterError
from citydip.model.holding import Course, State, Wanted, read_moment, state_in


def day(year: int) -> date:
    return date(year, 6, 15)


def year(number: int) -> Bounds:
    return Bounds(date(number, 1, 1), date(number, 12, 31))


Y1990, Y1995, Y2000, Y2005 = (year(number) for number in (1990, 1995, 2000, 2005))
SINCE_1990_OR_LATER, BY_1990 = Bounds(date(1990, 1, 1), None), Bounds(None, date(1990, 12, 31))
YEARS = (1989, 1990, 1993, 1995, 1997, 2000, 2003, 2005, 2007)
# One letter for each of these years, at its middle: held, not held, unknown.
COURSES = {
    "nothing is known": (Course(), "?????????"),
    "over, and nothing else is known": (Course(over=True), "?????????"),
    "a start": (Course([Y1990]), "-?+++++++"),
    "a start and no end yet": (Course([Y1990], lasting=False), "-????????"),
    "a start, over on an unknown day": (Course([Y1990], over=True), "-????????"),
    "a start not before": (Course([SINCE_1990_OR_LATER]), "-????????"),
    "a start not after": (Course([BY_1990]), "??+++++++"),
    "a start without bounds": (Course([Bounds()]), "?????????"),
    "an end": (Course(ends=[Y2000]), "??????---"),
    "an end not after": (Course(ends=[Bounds(None, Y2000.latest)]), "??????---"),
    "an end not before": (Course(ends=[Bounds(Y2000.earliest, None)]), "?????????"),
    "a start and an end": (Course([Y1990], [Y2000]), "-?+++?---"),
    "a start, and an end not before": (Course([Y1990], [Bounds(Y2000.earliest, None)]), "-?+++????"),
    "a start, and an end not after": (Course([Y1990], [Bounds(None, Y2000.latest)]), "-?????---"),
    "a start and an end, over as well": (Course([Y1990], [Y2000], over=True), "-?+++?---"),
    "attested": (Course(attested=[Y1995]), "????+++++"),
    "attested and not lasting": (Course(attested=[Y1995], lasting=False), "?????????"),
    "attested twice and not lasting": (Course(attested=[Y1990, Y2000], lasting=False), "??+++????"),
    "attested, then over": (Course(attested=[Y1995], over=True), "?????????"),
    "attested between a start and an end": (Course([Y1990], [Y2005], [Y2000]), "-?+++++?-"),
    "a start, over, attested later": (Course([Y1990], attested=[Y2000], over=True), "-?+++????"),
    "two starts": (Course([Y1990, Y2000]), "-?????+++"),
    "two ends": (Course([Y1990], [Y2000, Y2005]), "-?+++???-"),
    "one of two starts without bounds": (Course([Y1990, Bounds()]), "?????????"),
    "an end before the start": (Course([Y2000], [Y1990]), "?????????"),
    "attested before the start": (Course([Y2000], attested=[Y1990]), "?????????"),
    "attested after the end": (Course([Y1990], [Y1995], [Y2005]), "?????????"),
}
LETTERS = {State.HELD: "+", State.NOT_HELD: "-", State.UNKNOWN: "?"}


@pytest.mark.parametrize("name", COURSES)
def test_of_every_kind_of_course(name: str) -> None:
    course, expected = COURSES[name]
    assert "".join(LETTERS[state_in(course, day(y), day(y))] for y in YEARS) == expected


def test_the_bounds_themselves_belong_to_a_course() -> None:
    one_day = Bounds(date(2000, 2, 29), date(2000, 2, 29))
    states = [
        state_in(Course([one_day], [one_day]), d, d) for d in (date(2000, 2, 28), date(2000, 2, 29), date(2000, 3, 1))
    ]
    assert states == [State.NOT_HELD, State.HELD, State.NOT_HELD]


def test_a_year_is_held_when_some_day_of_it_is() -> None:
    moments = [read_moment(text) for text in ("1989", "1990", "2000", "2001")]
    states = [state_in(Course([Y1990], [Y2000]), moment.first, moment.last) for moment in moments]
    assert states == [State.NOT_HELD, State.HELD, State.HELD, State.NOT_HELD]


SPAN = range(5)
ORIGIN = date(2000, 1, 1)


@st.composite
def periods(draw: st.DrawFn) -> Bounds:
    low, high = sorted(draw(st.tuples(st.sampled_from(SPAN), st.sampled_from(SPAN))))
    known = draw(st.tuples(st.booleans(), st.booleans()))
    return Bounds(ORIGIN + timedelta(low) if known[0] else None, ORIGIN + timedelta(high) if known[1] else None)


def within(number: int, bounds: Bounds) -> bool:
    low, high = bounds.earliest or date.min, bounds.latest or date.max
    return low <= ORIGIN + timedelta(number) <= high


@given(
    st.lists(periods(), max_size=1),
    st.lists(periods(), max_size=1),
    st.lists(periods(), max_size=2),
    st.booleans(),
    st.booleans(),
    st.sampled_from(SPAN),
    st.sampled_from(SPAN),
)
def test_it_is_what_all_possible_courses_have_in_common(
    starts: list[Bounds], ends: list[Bounds], attested: list[Bounds], over: bool, lasting: bool, one: int, other: int
) -> None:
    first, last = sorted((one, other))
    # Days before and after all bounds stand for everything beyond them.
    room = range(-2, len(SPAN) + 2)
    for_ever = max(room) + 1
    endless = lasting and not over and not ends
    found = set()
    for start, end in product(room, [for_ever] if endless else room):
        possible = start <= end and all(within(start, b) for b in starts)
        possible = possible and (endless or all(within(end, b) for b in ends))
        if possible and all(any(within(a, b) for a in range(start, end + 1)) for b in attested):
            found.add(start <= last and end >= first)
    expected = {frozenset({True}): State.HELD, frozenset({False}): State.NOT_HELD}.get(frozenset(found), State.UNKNOWN)
    course = Course(starts, ends, attested, over, lasting)
    assert state_in(course, ORIGIN + timedelta(first), ORIGIN + timedelta(last)) is expected


@pytest.mark.parametrize(
    "text", ["", "16", "2016-1-1", "2016-13-01", "2016-02-30", "0000", "20160101", "۲۰۱۶", "W", "2016-W01-1"]
)
def test_a_time_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ParameterError, match="2016-12-31 or a year"):
        read_moment(text)


def test_what_is_wanted() -> None:
    taken = {wanted: [str(state) for state in State if wanted.takes(state)] for wanted in Wanted}
    assert taken == {"certain": ["held"], "possible": ["held", "unknown"], "all": ["held", "not held", "unknown"]}
