"""How well a name answers what was asked: the one place where that is decided.

==========  ===========================================================================================
how         a name of the thing
==========  ===========================================================================================
``exact``   is what was asked, but for case, marks, spaces and forms of letters; or it is its identifier
``prefix``  begins with it
``alike``   is it as a whole, with a letter or two wrong, or as it is spelt in another script
``words``   has all its words, in any order; the last one may be unfinished
``inside``  has it inside its words
``close``   has all its words, with some letters wrong or otherwise spelt
==========  ===========================================================================================

They rank in this order, but that statements, whose labels are sentences with the names of many things in them, come
after all things whose names have what was asked as it was asked. Where a name is exactly what was asked, names that
only sound like it come last.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from rapidfuzz.distance import OSA, Indel

from citydip.curation.search_index import spelled
from citydip.model.names import fold_words
from citydip.model.sounds import consonants, romanize

__all__ = ["MOST_WORDS", "How", "Wanted", "allowed", "grade", "letters_cost", "sound_cost", "want"]

MOST_WORDS = 12
"""Words of a question that count; longer ones are looked for by their beginning."""


class How(IntEnum):
    """How a name answers, the best first."""

    EXACT = 0
    PREFIX = 1
    ALIKE = 2
    WORDS = 3
    INSIDE = 4
    CLOSE = 5


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked, made ready for comparing.

    Args:
        text: as it was asked.
        words: folded.
        key: the words without spaces.
    """

    text: str
    words: tuple[str, ...]
    key: str


def want(text: str) -> Wanted:
    """Return what a text asks for.

    Example:
        >>> want("Kadir Topbaş").key
        'kadirtopbas'
    """
    words = fold_words(text)
    # Half of a surrogate pair is in no name, and cannot be written.
    text = text.encode("utf-8", "replace").decode("utf-8")
    return Wanted(text, tuple(words[:MOST_WORDS]), "".join(words))


def allowed(word: str) -> int:
    """Return how many letters of a word may be wrong: none of a short one or of a number, else one or two.

    Example:
        >>> [allowed(word) for word in ("qom", "mashad", "isphahan", "2013th")]
        [0, 1, 2, 0]
    """
    if len(word) < 4 or any(letter.isdigit() for letter in word):
        return 0
    return 1 if len(word) < 7 else 2


def sound_cost(one: Sequence[str], other: Sequence[str]) -> float | None:
    """Return how differently two names sound that have the same consonants; None where they do not sound alike.

    Two names in one script may differ little. Of two in different scripts, one may lack its short vowels.

    Args:
        one: folded words of a name.
        other: those of the other.

    Example:
        >>> sound_cost(["qalibaf"], ["قالیباف"])
        0.0
        >>> sound_cost(["sari"], ["sur"]) is None
        True
    """
    sound = consonants(one)
    if len(sound) < 2 or sound != consonants(other):
        return None
    cost = Indel.normalized_distance(romanize(one), romanize(other))
    same_script = "".join(one).isascii() == "".join(other).isascii()
    most = 0.2 if same_script else 0.25 if len(sound) < 3 else 0.34
    return cost if cost <= most else None


def letters_cost(key: str, other: str) -> float | None:
    """Return which part of the letters of two keys differs; None where that is more than a fifth.

    Example:
        >>> letters_cost("mashad", "mashhad"), letters_cost("perm", "kerm")
        (0.16666666666666666, None)
    """
    most = min(allowed(key), len(key) // 5)
    distance = OSA.distance(key, other, score_cutoff=most)
    return distance / max(len(key), 1) if distance <= most else None


def grade(wanted: Wanted, name: str) -> tuple[How, float]:
    """Return how a name answers, and how far it is from what was asked; what answers in no other way is ``close``.

    Example:
        >>> grade(want("tehran mayor"), "Mayor of Tehran")
        (<How.WORDS: 3>, 0.0)
        >>> grade(want("mashad"), "Mashhad") < grade(want("mashad"), "Mashhad Municipality")
        True
    """
    words = fold_words(name)
    key, found_by = "".join(words), spelled(words)
    *whole, last = wanted.words
    if key == wanted.key:
        return How.EXACT, 0.0
    if key.startswith(wanted.key):
        return How.PREFIX, 0.0
    costs = [cost for cost in (sound_cost(wanted.words, words), letters_cost(wanted.key, key)) if cost is not None]
    if costs:
        return How.ALIKE, min(costs)
    has_words = set(whole).issubset(found_by) and any(word.startswith(last) for word in found_by)
    if has_words or any(word.startswith(wanted.key) for word in found_by):
        return How.WORDS, 0.0
    if wanted.key in key or all(any(word in other for other in found_by) for word in wanted.words):
        return How.INSIDE, 0.0
    return How.CLOSE, sum(min(_distance(word, other) for other in found_by) for word in wanted.words) + len(words) / 100


def _distance(word: str, other: str) -> float:
    """Return how far a word of a name is from one that was asked."""
    if other.startswith(word):
        return 0.0
    distance = float(OSA.distance(word, other))
    return distance if sound_cost([word], [other]) is None else min(distance, 1.0)
