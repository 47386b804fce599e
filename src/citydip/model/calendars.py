"""Days of the three calendars of the sources, as Gregorian days and in words.

Solar Hijri is the official calendar of Iran; Islamic dates are those of the arithmetical calendar, from which
a sighting of the moon may differ by a day, so a single Islamic day is given a day of room on either side.
Solar Hijri conversions are those of jdatetime (its 33-year rule agrees with the equinox for the years 1277 to 1498,
which the tests check against convertdate), Islamic ones those of convertdate.
"""

from datetime import date
from enum import StrEnum

import jdatetime
from convertdate import islamic, julian

from citydip.model.names import persian_digits

__all__ = [
    "Calendar",
    "day_text",
    "first_day",
    "from_gregorian",
    "from_julian",
    "month_length",
    "month_text",
    "weekday",
]


class Calendar(StrEnum):
    """A calendar in which a source gives dates; the value is its slug in the concept scheme."""

    SOLAR_HIJRI = "solar-hijri"
    GREGORIAN = "gregorian"
    ISLAMIC = "islamic"


_MONTHS_EN = {
    Calendar.SOLAR_HIJRI: "Farvardin Ordibehesht Khordad Tir Mordad Shahrivar Mehr Aban Azar Dey Bahman Esfand",
    Calendar.GREGORIAN: "January February March April May June July August September October November December",
    Calendar.ISLAMIC: "Muharram Safar Rabi-al-awwal Rabi-al-thani Jumada-al-awwal Jumada-al-thani Rajab Shaban "
    "Ramadan Shawwal Dhu-al-qadah Dhu-al-hijjah",
}
_MONTHS_FA = {
    Calendar.SOLAR_HIJRI: "فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند",
    Calendar.GREGORIAN: "ژانویه فوریه مارس آوریل مه ژوئن ژوئیه اوت سپتامبر اکتبر نوامبر دسامبر",
    Calendar.ISLAMIC: "محرم صفر ربیع‌الاول ربیع‌الثانی جمادی‌الاول جمادی‌الثانی رجب شعبان رمضان شوال ذی‌القعده ذی‌الحجه",
}
_WEEKDAYS_EN = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_WEEKDAYS_FA = "دوشنبه سه‌شنبه چهارشنبه پنجشنبه جمعه شنبه یکشنبه".split()


def first_day(calendar: Calendar, year: int, month: int = 1, day: int = 1) -> date:
    """Return the Gregorian day of a date of a calendar.

    Raises:
        ValueError: there is no such day in that calendar.

    Example:
        >>> first_day(Calendar.SOLAR_HIJRI, 1395, 7, 2)
        datetime.date(2016, 9, 23)
    """
    if not 1 <= month <= 12 or not 1 <= day <= month_length(calendar, year, month):
        raise ValueError(f"there is no day {year:04d}-{month:02d}-{day:02d} in the {calendar} calendar")
    if calendar is Calendar.GREGORIAN:
        return date(year, month, day)
    if calendar is Calendar.SOLAR_HIJRI:
        converted: date = jdatetime.date(year, month, day).togregorian()
        return converted
    return date(*(int(part) for part in islamic.to_gregorian(year, month, day)))


def month_length(calendar: Calendar, year: int, month: int) -> int:
    """Return the number of days of a month.

    Example:
        >>> month_length(Calendar.SOLAR_HIJRI, 1395, 12)
        30
    """
    if calendar is Calendar.GREGORIAN:
        following = date(year + (month == 12), month % 12 + 1, 1)
        return (following - date(year, month, 1)).days
    if calendar is Calendar.SOLAR_HIJRI:
        return 30 if month == 12 and jdatetime.date(year, 1, 1).isleap() else jdatetime.j_days_in_month[month - 1]
    return int(islamic.month_length(year, month))


def from_gregorian(calendar: Calendar, day: date) -> tuple[int, int, int]:
    """Return year, month and day of a Gregorian day in a calendar.

    Example:
        >>> from_gregorian(Calendar.SOLAR_HIJRI, date(2017, 1, 3))
        (1395, 10, 14)
    """
    if calendar is Calendar.GREGORIAN:
        return day.year, day.month, day.day
    if calendar is Calendar.SOLAR_HIJRI:
        converted = jdatetime.date.fromgregorian(date=day)
        return converted.year, converted.month, converted.day
    year, month, number = islamic.from_gregorian(day.year, day.month, day.day)
    return int(year), int(month), int(number)


def from_julian(year: int, month: int, day: int) -> date:
    """Return the Gregorian day of a day of the Julian calendar, from the year 1.

    Raises:
        ValueError: there is no such day, or no Gregorian one of the years 1 to 9999.

    Example:
        >>> from_julian(1498, 6, 22)
        datetime.date(1498, 7, 1)
    """
    return date(*(int(part) for part in julian.to_gregorian(year, month, day)))


def month_text(calendar: Calendar, year: int, month: int, language: str) -> str:
    """Return a month in words, in English (``en``) or Persian (``fa``).

    Example:
        >>> month_text(Calendar.SOLAR_HIJRI, 1392, 3, "en")
        'Khordad 1392'
    """
    names = (_MONTHS_FA if language == "fa" else _MONTHS_EN)[calendar].split()
    text = f"{names[month - 1]} {year}"
    return persian_digits(text) if language == "fa" else text


def day_text(calendar: Calendar, day: date, language: str) -> str:
    """Return a Gregorian day in words of a calendar, with its weekday.

    Example:
        >>> day_text(Calendar.SOLAR_HIJRI, date(2016, 9, 23), "en")
        'Friday 2 Mehr 1395'
        >>> day_text(Calendar.SOLAR_HIJRI, date(2016, 9, 23), "fa")
        'جمعه ۲ مهر ۱۳۹۵'
    """
    year, month, number = from_gregorian(calendar, day)
    rest = month_text(calendar, year, month, language)
    if language == "fa":
        return f"{_WEEKDAYS_FA[day.weekday()]} {persian_digits(str(number))} {rest}"
    return f"{_WEEKDAYS_EN[day.weekday()]} {number} {rest}"


def weekday(day: date, language: str) -> str:
    """Return the day of the week.

    Example:
        >>> weekday(date(2017, 4, 23), "fa")
        'یکشنبه'
    """
    return (_WEEKDAYS_FA if language == "fa" else _WEEKDAYS_EN)[day.weekday()]
