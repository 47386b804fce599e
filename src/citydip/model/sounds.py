"""How a name sounds, roughly, whatever script it is written in.

Persian and Arabic write no short vowels, and Latin spellings of their names differ in vowels and in a few
consonants: Qalibaf and Ghalibaf are قالیباف, Esfahan and Isfahan are اصفهان. What all spellings share is the order of
the consonants. Names with the same consonants are candidates; how alike they are with vowels decides.

This is a key for finding, not a transliteration: nobody sees it. ق, غ, ک and their Latin spellings are one sound here,
so are ژ, ج, zh and j.
"""

import functools
import re
from collections.abc import Iterable

__all__ = ["consonants", "romanize"]

_ARABIC = dict(
    zip(
        "ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهیءڤۆێەڕڵھہےٹڈڑں",
        "a b p t s j c h x d z r z j s $ s z t z - k f k k g l m n u h i - u u i a r l h h i t d r n".split(),
        strict=True,
    )
)
_CYRILLIC = dict(
    zip(
        "абвгдежзийклмнопрстуфхцчшщъыьэюяіїєґ",
        "a b u g d e j z i i k l m n o p r s t u f x s c $ $ - i - e u a i i e g".split(),
        strict=True,
    )
)
_LETTERS = str.maketrans({letter: sound.replace("-", "") for letter, sound in (_ARABIC | _CYRILLIC).items()})
_INITIAL = {"و": "v", "ی": "y", "в": "v", "v": "v", "w": "v", "y": "y"}
"""Letters that are consonants at the beginning of a word, and vowels or nearly so elsewhere."""
_LATIN = {
    "sch": "$", "tch": "c", "sh": "$", "ch": "c", "zh": "j", "dj": "j", "kh": "x", "gh": "k", "ph": "f", "th": "t",
    "dh": "d", "ck": "k", "oo": "u", "ou": "u", "ee": "i", "q": "k", "c": "k", "x": "ks", "w": "u", "v": "u", "y": "i",
}  # fmt: skip
_SPELLINGS = re.compile("|".join(_LATIN))
_DOUBLED = re.compile(r"(.)\1+")
_VOWELS = str.maketrans("", "", "aeiou")


def romanize(words: Iterable[str]) -> str:
    """Return a rough Latin form of a name, without spaces, for comparing.

    Letters of other scripts than Latin, Arabic and Cyrillic stay as they are.

    Args:
        words: the name's words as `citydip.model.names.fold_words` gives them.

    Example:
        >>> [romanize([word]) for word in ("ghalibaf", "qalibaf", "قالیباف")]
        ['kalibaf', 'kalibaf', 'kalibaf']
    """
    return "".join(map(_sound, words))


def consonants(words: Iterable[str]) -> str:
    """Return the consonants of a name as they sound; empty where it has none.

    Args:
        words: the name's words as `citydip.model.names.fold_words` gives them.

    Example:
        >>> {consonants([word]) for word in ("isfahan", "esfahan", "اصفهان")}
        {'sfhn'}
        >>> consonants(["محمد", "باقر"]) == consonants(["mohammad", "bagher"])
        True
    """
    return "".join(_sound(word).translate(_VOWELS) for word in words)


@functools.lru_cache(maxsize=1 << 14)
def _sound(word: str) -> str:
    first = _INITIAL.get(word[0], "")
    rest = word[1:] if first else word
    sounds = _SPELLINGS.sub(lambda found: _LATIN[found[0]], rest) if rest.isascii() else rest.translate(_LETTERS)
    whole = _DOUBLED.sub(r"\1", first + sounds)
    # At the end of a word it is not heard: Urmia is ارومیه, Shah is شاه.
    return whole.removesuffix("h") if len(whole) > 1 else whole
