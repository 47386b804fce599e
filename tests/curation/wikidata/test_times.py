"""Times of Wikidata become dates of the graph with the same precision, and never with more."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citydip.curation.importers.wikidata.periods import Period
from citydip.curation.importers.wikidata.times import GREGORIAN, JULIAN, UNKNOWN, UNKNOWN_DATE, Dated, Time, dated
from citydip.model.calendars import Calendar, from_julian
from citydip.model.dates import bounds_of

TIMES = [
    ("1989-05-12T00:00:00Z", 14, "1989-05-12"),
    ("1989-05-12T00:00:00Z", 11, "1989-05-12"),
    ("1989-05-01T00:00:00Z", 10, "1989-05"),
    ("1989-01-01T00:00:00Z", 9, "1989"),
    ("1989-01-01T00:00:00Z", 8, "198X"),
    ("0985-01-01T00:00:00Z", 8, "098X"),
    ("1900-01-01T00:00:00Z", 7, "1801/1900"),
    ("1901-01-01T00:00:00Z", 7, "1901/2000"),
    ("2000-01-01T00:00:00Z", 6, None),
    ("-0044-03-15T00:00:00Z", 11, None),
    ("12000-01-01T00:00:00Z", 9, None),
    ("0000-01-01T00:00:00Z", 9, None),
    ("1989-02-30T00:00:00Z", 11, None),
    ("t123", 11, None),
]


@pytest.mark.parametrize(("value", "precision", "expression"), TIMES)
def test_a_gregorian_time_keeps_its_precision(value: str, precision: int, expression: str | None) -> None:
    found = dated(Time(value, precision, GREGORIAN))
    assert (found.expression if found else None) == expression
    assert found is None or not found.julian


JULIAN_TIMES = [
    # The service has turned the day into a Gregorian one, whatever its calendar says.
    ("1498-07-01T00:00:00Z", 11, "1498-07-01"),
    ("1500-02-01T00:00:00Z", 10, "1500-02-10/1500-03-10"),
    ("1501-02-01T00:00:00Z", 10, "1501-02-11/1501-03-10"),
    ("1500-01-01T00:00:00Z", 9, "1500-01-10/1501-01-10"),
    ("1505-01-01T00:00:00Z", 8, "1500-01-10/1510-01-10"),
    ("1500-01-01T00:00:00Z", 7, "1401-01-10/1501-01-10"),
]


@pytest.mark.parametrize(("value", "precision", "expression"), JULIAN_TIMES)
def test_a_julian_time_becomes_gregorian_days(value: str, precision: int, expression: str) -> None:
    found = dated(Time(value, precision, JULIAN))
    assert found == Dated(expression, julian=True)
    assert found.slug.startswith("wikidata-julian-")


def test_a_time_of_another_calendar_is_none() -> None:
    assert dated(Time("1989-05-12T00:00:00Z", 11, "http://www.wikidata.org/entity/Q1")) is None


def test_an_unknown_time_is_a_date_of_which_nothing_is_known() -> None:
    assert dated(UNKNOWN) == UNKNOWN_DATE
    bounds = bounds_of(UNKNOWN_DATE.expression, Calendar.GREGORIAN)
    assert bounds.earliest is None
    assert bounds.latest is None


@given(st.dates(min_value=date(101, 1, 1), max_value=date(9899, 12, 31)), st.integers(7, 14))
def test_the_day_lies_within_its_date_at_every_precision(day: date, precision: int) -> None:
    found = dated(Time(f"{day}T00:00:00Z", precision, GREGORIAN))
    assert found
    bounds = bounds_of(found.expression, Calendar.GREGORIAN)
    assert bounds.earliest
    assert bounds.latest
    assert bounds.earliest <= day <= bounds.latest


@given(st.integers(2, 9990), st.integers(1, 12), st.integers(9, 10))
def test_a_julian_month_or_year_is_as_long_as_it_was(year: int, month: int, precision: int) -> None:
    found = dated(Time(f"{year:04d}-{month:02d}-01T00:00:00Z", precision, JULIAN))
    assert found
    bounds = bounds_of(found.expression, Calendar.GREGORIAN)
    assert bounds.earliest
    assert bounds.latest
    begins = from_julian(year, month if precision == 10 else 1, 1)
    following = (year, month + 1) if precision == 10 and month < 12 else (year + 1, 1)
    assert (bounds.earliest, bounds.latest) == (begins, from_julian(*following, 1) - timedelta(days=1))


PERIODS = [
    (Period(Dated("1999")), Period(Dated("1999"), Dated("2003")), True),
    (Period(Dated("1999")), Period(end=Dated("2003")), True),
    (Period(Dated("1999")), Period(), True),
    (Period(Dated("1999")), Period(Dated("2000")), False),
    (Period(Dated("1999"), Dated("2003")), Period(Dated("1999"), Dated("2004")), False),
    (Period(Dated("1999")), Period(end=Dated("1998")), False),
    (Period(points=frozenset({Dated("1999")})), Period(points=frozenset({Dated("2000")})), True),
]


@pytest.mark.parametrize(("one", "other", "agree"), PERIODS)
def test_periods_agree_where_neither_start_nor_end_differ(one: Period, other: Period, agree: bool) -> None:
    assert one.agrees(other) is agree
    assert other.agrees(one) is agree
    if agree:
        assert one.joined(other) == other.joined(one)


def test_a_period_is_told_in_both_languages() -> None:
    period = Period(Dated("1999"), UNKNOWN_DATE)
    assert period.words("en") == ", from 1999 to an unknown date"
    assert period.words("fa") == "، از ۱۹۹۹ تا تاریخی نامعلوم"
    assert Period(end=Dated("2003")).words("en") == ", to 2003"
    assert Period().words("fa") == ""
