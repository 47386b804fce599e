"""How a text can be read as a name, and how like a name it is: the first half of every match.

Lists and news write more than a name: "Springfield, Illinois", "City of Kazan", "شهرداری مشهد". Each such text has
several readings; what a reading leaves out is kept as a hint of the place or the kind of thing that is meant.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from citydip.model.names import fold_words
from citydip.model.sounds import consonants
from citydip.services.matching import MOST_WORDS, Wanted, letters_cost, sound_cost

__all__ = ["Reading", "likeness", "readings", "spoken_likeness", "without_kind"]

_CITY = frozenset(
    "city town ville stadt ciudad cidade citta comune comuna miasto village villa orasul capital".split()
    + "شهر مدینه город г місто مقدس اشرف معلی منوره مکرمه المقدسه الاشرف المنوره المکرمه".split()
)
_MUNICIPALITY = frozenset(
    "municipality municipal municipio prefeitura alcaldia intendencia ayuntamiento gemeente belediyesi".split()
    + "buyuksehir government council corporation administration metropolitan metropolitano".split()
    + "district distrito kommune kommun شهرداری بلدیه муниципалитет".split()
)
_JOINING = frozenset("of de di da do del la the".split())
_ARTICLES = frozenset("al el an ar as ash ad az at ath".split())
_SHORT = 4
_TITLES = frozenset("mr mrs ms dr eng sir prof دکتر مهندس آقای اقای خانم سید".split())
_ABBREVIATED = {"st": "saint", "ste": "sainte", "mt": "mount", "ft": "fort", "sta": "santa", "sto": "santo"}
_FOREIGN = (("дж", "ж"), ("цз", "ж"), ("г", "h"), ("х", "h"))
"""How Russian writes foreign sounds that it does not have: the j of Jakarta and of Jiaxing, the h of Tehran."""
_SOUND_WORTH = {0: 0.0, 1: 0.0, 2: 0.82, 3: 0.9}
"""What the same sound is worth across scripts, by the number of consonants; few consonants are shared by many names."""
_BRACKETS = re.compile(r"^(?P<name>[^()\[\]]*\S)\s*[(\[](?P<rest>[^()\[\]]+)[)\]]\s*$")
_PARTS = re.compile(r"\s*[,،;/|]\s*|\s+[-–—]\s+")
_SPOKEN = 0.95
"""What is left of the likeness of a name that only sounds alike."""
_OTHER_WORDS = 0.95
"""What is left of the likeness of a name that is compared word by word."""
_LEFT_OUT = 0.97
"""What is left of the likeness of a name where words of the text are left out."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a text.

    Args:
        wanted: the name, made ready for comparing.
        places: names of places that the rest of the text may name.
        kind: ``City`` or ``Municipality`` where the rest says so.
        worth: what is left of a likeness that this reading has, from 0 to 1.
    """

    wanted: Wanted
    places: tuple[str, ...] = ()
    kind: str = ""
    worth: float = 1.0


def readings(text: str) -> list[Reading]:
    """Return the ways to read a text, the whole first; none where it has no letters.

    Example:
        >>> [(one.wanted.key, one.places, one.kind) for one in readings("Kansas City, Missouri")]
        [('kansascitymissouri', (), ''), ('kansascity', ('Missouri',), ''), ('kansas', ('Missouri',), 'City')]
    """
    found = {"": Reading(_wanted(text, fold_words(text)))}
    for name, places in _split(text):
        words = fold_words(name)
        worth = _LEFT_OUT if places else 1.0
        if words and places:
            found.setdefault("".join(words), Reading(_wanted(name, words), places, "", worth))
        left, kind = without_kind(words)
        if left and left != words:
            key = "".join(left)
            found.setdefault(key, Reading(_wanted(name, left), places, kind, worth * _LEFT_OUT))
    whole = found.pop("")
    for one in (whole, *found.values()):
        written = one.wanted.words
        for other, worth in (
            (tuple(_ABBREVIATED.get(word, word) for word in written), 1.0),
            (tuple(map(_as_spoken, written)), 0.99),
            (tuple(word for word in written if word not in _JOINING), 0.99),
            (tuple(_without_article(written)), _LEFT_OUT),
        ):
            if other and other != written:
                wanted = _wanted(one.wanted.text, other)
                found = {**found, wanted.key: Reading(wanted, one.places, one.kind, one.worth * worth)}
    return [one for one in (whole, *found.values()) if one.wanted.words]


def likeness(wanted: Wanted, text: str, key: str) -> float:
    """Return how like a name is to what was asked, from 0 to 1, which is the same name however it is written.

    Args:
        wanted: what was asked.
        text: the name as it is written.
        key: the name, folded, without spaces.

    Example:
        >>> from citydip.services.matching import want
        >>> likeness(want("mashhad"), "Mashhad", "mashhad")
        1.0
        >>> likeness(want("ghalibaf mohammad"), "Mohammad Ghalibaf", "mohammadghalibaf")
        0.97
    """
    if key == wanted.key:
        return 1.0
    words = fold_words(text)
    if len(words) > 1 and sorted(words) == sorted(wanted.words):
        return _LEFT_OUT
    letters, sound = letters_cost(wanted.key, key), sound_cost(wanted.words, words)
    found = [_of_words(wanted.words, words)]
    if letters is not None:
        found.append(1 - letters)
    if sound is not None:
        # Across scripts nothing more can be the same; within one script, letters are otherwise that need not be.
        across = _SOUND_WORTH.get(len(consonants(words)), 0.95)
        found.append(min(across, 1.0 if wanted.key.isascii() != key.isascii() else 0.92) - sound / 2)
    return max(found)


def spoken_likeness(one: str, other: str) -> float:
    """Return how alike two names sound that are written in rough Latin letters; it is never the same name.

    Example:
        >>> spoken_likeness("pusan", "busan")
        0.76
    """
    return _SPOKEN * OSA.normalized_similarity(one, other)


def _wanted(text: str, words: Sequence[str]) -> Wanted:
    return Wanted(text, tuple(words[:MOST_WORDS]), "".join(words))


def _split(text: str) -> list[tuple[str, tuple[str, ...]]]:
    """Return the text as a name, and as a name with places after it."""
    found: list[tuple[str, tuple[str, ...]]] = [(text, ())]
    bracket = _BRACKETS.match(text)
    if bracket:
        found.append((bracket["name"], tuple(part for part in _PARTS.split(bracket["rest"]) if part)))
    name, *rest = [part for part in _PARTS.split(text) if part] or [""]
    if rest:
        found.append((name, tuple(rest)))
    return found


def without_kind(words: Sequence[str]) -> tuple[list[str], str]:
    """Return folded words without those that say what kind of thing it is, and that kind.

    Example:
        >>> without_kind(["tehran", "municipality"])
        (['tehran'], 'Municipality')
    """
    left, kind = list(words), ""
    for _ in words:
        before = len(left)
        for named, kinds in (("Municipality", _MUNICIPALITY), ("City", _CITY), ("", _TITLES)):
            if len(left) > 1 and left[0] in kinds:
                left, kind = left[1:], kind or named
                while len(left) > 1 and left[0] in _JOINING:
                    left = left[1:]
            elif len(left) > 1 and left[-1] in kinds and named:
                left, kind = left[:-1], kind or named
        if len(left) == before:
            break
    return left, kind


def _as_spoken(word: str) -> str:
    """Return a Russian word with the sounds that are meant by the letters of a foreign name."""
    for letters, sound in _FOREIGN:
        word = word.replace(letters, sound)
    return word


def _without_article(words: Sequence[str]) -> list[str]:
    """Return the words without Arabic articles: An Najaf is Najaf, and القاهرة may be قاهره."""
    left = list(words[1:]) if len(words) > 1 and words[0] in _ARTICLES else list(words)
    return [word.removeprefix("ال") if len(word) > _SHORT else word for word in left]


def _of_words(asked: Sequence[str], words: Sequence[str]) -> float:
    """Return how like two names are word by word, whatever the order; what one has too many counts by its letters."""
    short, long = sorted((asked, words), key=len)
    left, same, total = list(long), 0.0, 0
    for word in short:
        cost, number = min((_word_cost(word, other), number) for number, other in enumerate(left))
        letters = max(len(word), len(left.pop(number)))
        same, total = same + (1 - cost) * letters, total + letters
    return _OTHER_WORDS * same / max(total + sum(map(len, left)), 1)


def _word_cost(one: str, other: str) -> float:
    if one == other:
        return 0.0
    letters = letters_cost(one, other)
    sound = sound_cost([one], [other])
    known = [cost for cost in (letters, None if sound is None else 0.1 + sound / 2) if cost is not None]
    return min(known) if known else max(0.5, OSA.normalized_distance(one, other))
