"""Dates as sources give them: what each written form can mean."""

from datetime import date, timedelta

import pytest
from convertdate import persian
from hypothesis import given
from hypothesis import strategies as st

from citydip.model.calendars import Calendar, day_text, first_day, from_gregorian, month_length, weekday
from citydip.model.dates import Bounds, Offset, bounds_of, offset_of, shift, text_of

SH, GREG, ISL = Calendar.SOLAR_HIJRI, Calendar.GREGORIAN, Calendar.ISLAMIC
days = st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31))


@pytest.mark.parametrize(
    ("expression", "calendar", "earliest", "latest"),
    [
        ("1392", SH, "2013-03-21", "2014-03-20"),
        ("1392-03", SH, "2013-05-22", "2013-06-21"),
        ("1392-06", SH, "2013-08-23", "2013-09-22"),
        ("1395-07-02", SH, "2016-09-23", "2016-09-23"),
        ("1395-10-14T11:13", SH, "2017-01-03", "2017-01-03"),
        ("1396-02-03", SH, "2017-04-23", "2017-04-23"),
        ("1395-12-30", SH, "2017-03-20", "2017-03-20"),
        ("1395-22", SH, "2016-06-21", "2016-09-21"),
        ("1392-XX", SH, "2013-03-21", "2014-03-20"),
        ("1392-03-XX", SH, "2013-05-22", "2013-06-21"),
        ("139X", SH, "2011-03-21", "2021-03-20"),
        ("1395~", SH, "2015-03-21", "2018-03-20"),
        ("1395?", SH, "2016-03-20", "2017-03-20"),
        ("1395-01~", SH, "2016-02-20", "2016-05-20"),
        ("1395-11-12/1395-11-22", SH, "2017-01-31", "2017-02-10"),
        ("2013-10-01/2013-10-04", GREG, "2013-10-01", "2013-10-04"),
        ("2015", GREG, "2015-01-01", "2015-12-31"),
        ("2016-02", GREG, "2016-02-01", "2016-02-29"),
        ("2016-02-28~", GREG, "2016-02-27", "2016-02-29"),
        ("2016-21", GREG, "2016-03-01", "2016-06-21"),
        ("2016-24", GREG, "2016-12-01", "2017-03-21"),
        ("20XX", GREG, "2000-01-01", "2099-12-31"),
        ("../2013-10", GREG, None, "2013-10-31"),
        ("2013-10/..", GREG, "2013-10-01", None),
        ("/2013-10", GREG, None, "2013-10-31"),
        ("../..", GREG, None, None),
        ("1439-09", ISL, "2018-05-16", "2018-06-14"),
    ],
)
def test_a_written_date_means_an_interval_of_gregorian_days(
    expression: str, calendar: Calendar, earliest: str | None, latest: str | None
) -> None:
    bounds = bounds_of(expression, calendar)
    assert [str(b) if b else None for b in (bounds.earliest, bounds.latest)] == [earliest, latest]


def test_an_islamic_day_has_a_day_of_room_for_the_sighting_of_the_moon() -> None:
    bounds = bounds_of("1439-09-10", ISL)
    assert bounds.earliest is not None
    assert bounds.latest is not None
    assert bounds.earliest <= date(2018, 5, 25) <= bounds.latest
    assert bounds.latest - bounds.earliest == timedelta(days=2)


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "1395-13",
        "1395-07-32",
        "1395-12-31",
        "1396-12-30",
        "95",
        "1395/7/2",
        "1395-XX-02",
        "13XX-02",
        "next week",
        "1395-22-01",
    ],
)
def test_what_is_no_date_is_refused(expression: str) -> None:
    with pytest.raises(ValueError, match=r"date|day|season|decade"):
        bounds_of(expression, SH)


def test_an_interval_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="end before"):
        bounds_of("2014/2013", GREG)


@pytest.mark.parametrize(
    ("anchor", "offset", "calendar", "earliest", "latest"),
    [
        ("1397-03-04", "-1 year", SH, "2017-03-21", "2018-03-20"),
        ("1396/1397", "-1 year", SH, "2016-03-20", "2018-03-20"),
        ("1397-03-04", "-1 year month 2", SH, "2017-04-21", "2017-05-21"),
        ("1395-10-14", "-2 month", SH, "2016-10-22", "2016-11-20"),
        ("1395-01-15", "-1 month", SH, "2016-02-20", "2016-03-19"),
        ("2013-09-24", "+1 week", SH, "2013-09-28", "2013-10-04"),
        ("2013-09-24", "+1 week", GREG, "2013-09-30", "2013-10-06"),
        ("1395-10-14", "0 day", SH, "2017-01-03", "2017-01-03"),
        ("../..", "-1 year", SH, None, None),
    ],
)
def test_a_relative_date_is_counted_from_its_anchor(
    anchor: str, offset: str, calendar: Calendar, earliest: str | None, latest: str | None
) -> None:
    own = GREG if anchor.startswith("20") else SH
    bounds = shift(bounds_of(anchor, own), offset_of(offset), calendar)
    assert [str(b) if b else None for b in (bounds.earliest, bounds.latest)] == [earliest, latest]


@pytest.mark.parametrize("text", ["last year", "1 decade", "-1 month month 2", "-1 year month 13"])
def test_what_is_no_offset_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="an offset is written like"):
        offset_of(text)


@pytest.mark.parametrize("year", [1277, 1304, *range(1388, 1410), 1437, 1498])
def test_new_year_agrees_with_the_equinox_as_a_second_library_has_it(year: int) -> None:
    assert first_day(SH, year) == date(*(int(part) for part in persian.to_gregorian(year, 1, 1)))


@given(days)
def test_weekdays_are_those_of_the_gregorian_day(day: date) -> None:
    assert weekday(day, "en") == day.strftime("%A")


@given(days, st.sampled_from([SH, GREG]))
def test_a_day_written_and_read_is_the_same_day(day: date, calendar: Calendar) -> None:
    year, month, number = from_gregorian(calendar, day)
    assert bounds_of(f"{year:04d}-{month:02d}-{number:02d}", calendar) == Bounds(day, day)


@given(days, st.sampled_from(list(Calendar)))
def test_a_day_lies_in_its_month_and_its_month_in_its_year(day: date, calendar: Calendar) -> None:
    year, month, number = from_gregorian(calendar, day)
    assert 1 <= number <= month_length(calendar, year, month)
    in_month, in_year = bounds_of(f"{year:04d}-{month:02d}", calendar), bounds_of(f"{year:04d}", calendar)
    assert in_month.earliest is not None
    assert in_month.latest is not None
    assert in_year.earliest is not None
    assert in_year.latest is not None
    assert in_year.earliest <= in_month.earliest <= day <= in_month.latest <= in_year.latest


@given(days, st.integers(-50, 50), st.sampled_from(["day", "week", "month", "year"]), st.sampled_from(list(Calendar)))
def test_shifting_there_and_back_covers_the_day(day: date, count: int, unit: str, calendar: Calendar) -> None:
    there = shift(Bounds(day, day), Offset(count, unit), calendar)
    back = shift(there, Offset(-count, unit), calendar)
    assert back.earliest is not None
    assert back.latest is not None
    assert back.earliest <= day <= back.latest


@pytest.mark.parametrize(
    ("expression", "calendar", "written_in", "language", "text"),
    [
        ("1395-10-14T11:13", SH, SH, "en", "Tuesday 14 Dey 1395, 11:13"),
        ("1395-10-14T11:13", SH, SH, "fa", "سه‌شنبه ۱۴ دی ۱۳۹۵ - ۱۱:۱۳"),
        ("2016-09-23", GREG, SH, "en", "Friday 2 Mehr 1395"),
        ("2016-09-23", GREG, SH, "fa", "جمعه ۲ مهر ۱۳۹۵"),
        ("1392-03", SH, SH, "en", "Khordad 1392"),
        ("1395-22", SH, SH, "fa", "تابستان ۱۳۹۵"),
        ("1395~", SH, SH, "en", "about 1395"),
        ("1395?", SH, SH, "en", "1395 (uncertain)"),
        ("1392-03", SH, GREG, "en", "Wednesday 22 May 2013 to Friday 21 June 2013"),
        ("../2013-10", GREG, GREG, "en", "Thursday 31 October 2013 or earlier"),
        ("2013-10/..", GREG, GREG, "fa", "سه‌شنبه ۱ اکتبر ۲۰۱۳ یا پس از آن"),
        ("../..", GREG, GREG, "en", "date unknown"),
        ("../..", GREG, GREG, "fa", "تاریخ نامعلوم"),
    ],
)
def test_dates_in_words(expression: str, calendar: Calendar, written_in: Calendar, language: str, text: str) -> None:
    own = expression if written_in is calendar else None
    assert text_of(bounds_of(expression, calendar), written_in, language, own) == text


def test_a_day_in_words_has_its_weekday() -> None:
    assert day_text(SH, date(2017, 4, 23), "en") == "Sunday 3 Ordibehesht 1396"
    assert day_text(SH, date(2017, 4, 23), "fa") == "یکشنبه ۳ اردیبهشت ۱۳۹۶"
