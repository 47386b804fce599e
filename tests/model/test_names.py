"""Folding: spellings that mean the same are equal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citydip.model.names import fold, fold_words, persian_digits


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("شهرهاي اسلامي", "شهرهای اسلامی"),
        ("سرمايه‌گذاري", "سرمایه گذاری"),
        ("شهردار كرج", "شهردار کرج"),
        ("معصومی‌فر", "معصومی فر"),
        ("معصومیفر", "معصومی‌فر"),
        ("۱۳۹۵", "1395"),
        ("١٣٩٥", "۱۳۹۵"),
        ("برنامهٔ اسکان", "برنامه اسکان"),
        ("برنامۀ اسکان", "برنامه اسکان"),
        ("آسیا", "اسیا"),
        ("محمّد", "محمد"),
        ("Topbaş", "TOPBAS"),
        ("Şahin", "sahin"),
        ("Ürümqi", "Urumqi"),
        ("Malmö", "malmo"),
        ("Łódź", "lodz"),
        ("UCLG-MEWA", "uclg mewa"),
        ("Straße", "strasse"),
    ],
)
def test_spellings_of_one_name_fold_to_one_form(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("قزوین", "قزون"), ("Tabriz", "Tabris"), ("تهران", "طهران")])
def test_different_names_stay_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(st.text())
def test_folding_twice_changes_nothing(name: str) -> None:
    assert fold(fold(name)) == fold(name)


@given(st.integers(0, 10**9))
def test_persian_digits_fold_back_to_the_number(number: int) -> None:
    assert fold(persian_digits(str(number))) == str(number)


@pytest.mark.parametrize("name", ["قاضي\u200cانتپ", "قاضی انتپ", "قاضی-انتپ", "  قاضی ,انتپ"])
def test_words_are_parted_by_spaces_marks_and_the_non_joiner(name: str) -> None:
    assert fold_words(name) == ["قاضی", "انتپ"]
