"""Made-up names in three languages: the same syllables in Latin, Persian and (as many cities have) a local spelling."""

from random import Random

__all__ = ["Name", "make_name"]

_SYLLABLES = (
    ("ba", "با"), ("bar", "بر"), ("dan", "دان"), ("dar", "دار"), ("du", "دو"), ("el", "ال"), ("far", "فر"),
    ("gor", "گر"), ("ha", "ها"), ("is", "ایس"), ("jan", "جان"), ("ka", "کا"), ("kar", "کار"), ("la", "لا"),
    ("lin", "لین"), ("mar", "مار"), ("mi", "می"), ("mon", "مون"), ("na", "نا"), ("nur", "نور"), ("or", "اور"),
    ("pa", "پا"), ("ra", "را"), ("ran", "ران"), ("sa", "سا"), ("sha", "شا"), ("ta", "تا"), ("tor", "تور"),
    ("ul", "اول"), ("va", "وا"), ("vin", "وین"), ("zan", "زان"),
)  # fmt: skip
_ENDINGS = {"ar": "iya", "de": "burg", "es": "illa", "fr": "ville", "tr": "kent", "zh": "zhou"}

LOCAL = tuple(_ENDINGS)
"""The languages of local spellings."""


class Name:
    """A name in English and Persian, with its slug.

    Args:
        english: in Latin letters.
        persian: in Persian letters.
    """

    __slots__ = ("english", "persian")

    def __init__(self, english: str, persian: str):
        self.english = english
        self.persian = persian

    def local(self, language: str) -> str:
        """Return the name as its own country spells it."""
        return self.english + _ENDINGS[language]


def make_name(random: Random, syllables: int = 3) -> Name:
    """Return a name of so many syllables; several things may get the same one, as in the world."""
    chosen = [_SYLLABLES[int(random.random() * len(_SYLLABLES))] for _ in range(syllables)]
    return Name("".join(c[0] for c in chosen).capitalize(), "".join(c[1] for c in chosen))
