"""Finding the things that a question is about, in a search index: from the best kind of answer to the weakest.

Each kind is one question to SQLite whose rows come in the order of the things, so that reading stops when enough are
found. Only what is spelt otherwise needs more: words of the vocabulary that are near, and names that have these.
"""

import json
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from citydip.curation.search_index import JOINED, spelled
from citydip.model.names import fold_words
from citydip.model.sounds import consonants
from citydip.model.terms import expand
from citydip.services.index_queries import (
    COUNTRY,
    EXACT,
    FACETS,
    IDENTIFIED,
    INSIDE,
    KEYS,
    LAST_NAME,
    LAST_THING,
    PREFIX,
    SOUND,
    WORDED,
)
from citydip.services.matching import How, Wanted, allowed, letters_cost, sound_cost

__all__ = ["ENOUGH", "Vocabulary", "find", "identifying", "read_vocabulary", "without_country"]

ENOUGH = 10
"""Results for which what was asked counts as well spelt; one is enough where it is exact."""
_PLENTY = 100
"""Results after which nobody needs those that have what was asked inside their words."""
_MOST_NEAR = 30
_COUNTRY_WORDS = 3
_MOST_CLOSE = 500
_LAST = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of all names.

    Args:
        alike: words by their number of letters and their first letter, and by that and their last one; those of the
            things that most is said about come first.
        things: the first and the last number of the things that are no statements, and of their names.
        statements: the same of those that are.
        spoken: names as they sound, by their number of letters: numbers of the names, of their things, and the sounds.
    """

    alike: Mapping[tuple[int, bool, str], list[str]]
    things: Mapping[str, int]
    statements: Mapping[str, int]
    spoken: Mapping[int, tuple[list[int], list[int], list[str]]]

    def near(self, word: str, most: int, check: Callable[[], None]) -> dict[str, float]:
        """Return the words in which so many letters are otherwise at most, and how many are; the nearest first.

        One wrong letter cannot be both the first and the last, so only words are compared that have one of them. Of
        two wrong letters that misses those which are the first and the last.

        Args:
            word: what to be near to; it is not in the result.
            most: letters that may be wrong, missing, too many, or swapped with their neighbour.
            check: called now and then; what it raises is passed on.
        """
        found: dict[str, float] = {}
        for last in (False, True) if most else ():
            for length in range(len(word) - most, len(word) + most + 1):
                check()
                words = self.alike.get((length, last, word[-1 if last else 0]), [])
                near = process.extract(word, words, scorer=OSA.distance, score_cutoff=most, limit=_MOST_NEAR)
                found |= {other: float(distance) for other, distance, _ in near if distance}
        return dict(sorted(found.items(), key=lambda pair: pair[1])[:_MOST_NEAR])


def read_vocabulary(connection: sqlite3.Connection) -> Vocabulary:
    """Return the words of a search index."""
    alike: dict[tuple[int, bool, str], list[str]] = {}
    for (word,) in connection.execute("SELECT word FROM word ORDER BY id"):
        for last in (False, True):
            alike.setdefault((len(word), last, word[-1 if last else 0]), []).append(word)
    (last,) = connection.execute(LAST_THING).fetchone()
    (last_name,) = connection.execute(LAST_NAME, [last]).fetchone()
    things = {"first": 1, "last": last, "first_name": 1, "last_name": last_name}
    end = 1 << 40
    statements = {"first": last + 1, "last": end, "first_name": last_name + 1, "last_name": end}
    spoken: dict[int, tuple[list[int], list[int], list[str]]] = {}
    for name, thing, sounds in connection.execute("SELECT name, thing, sounds FROM spoken ORDER BY name"):
        names, owners, texts = spoken.setdefault(len(sounds), ([], [], []))
        names.append(name)
        owners.append(thing)
        texts.append(sounds)
    return Vocabulary(alike, things, statements, spoken)


def find(
    connection: sqlite3.Connection,
    vocabulary: Vocabulary,
    wanted: Wanted,
    chosen: Mapping[str, Collection[int]],
    *,
    most: int,
    check: Callable[[], None],
) -> tuple[dict[int, How], bool]:
    """Return the things that answer, with how, in the order of their rank; and whether there are more.

    Args:
        connection: to a search index.
        vocabulary: its words.
        wanted: what is asked.
        chosen: numbers of the values, by facet, of which a thing must have one; a facet that is not there leaves all.
        most: things after which to stop.
        check: called now and then; what it raises is passed on.
    """
    found: dict[int, How] = {}
    if not wanted.words:
        return found, False
    shared: dict[str, object] = {name: json.dumps(sorted(chosen[name])) if name in chosen else None for name in FACETS}
    shared |= {"most": most + 1}
    for how, things in _stages(connection, vocabulary, wanted, shared, found, check):
        check()
        for thing in things:
            if thing not in found:
                if len(found) == most:
                    return found, True
                found[thing] = how
    return found, False


def _stages(
    connection: sqlite3.Connection,
    vocabulary: Vocabulary,
    wanted: Wanted,
    shared: Mapping[str, object],
    found: Mapping[int, How],
    check: Callable[[], None],
) -> Iterator[tuple[How, Iterable[int]]]:
    """Yield the things that answer in each way, the best way first; what was found before it decides on the next."""
    keys = identifying(wanted)
    named = {**shared, "key": wanted.key, "after": wanted.key + _LAST, "end": keys[1], "iri": keys[2]}
    yield How.EXACT, _things(connection.execute(IDENTIFIED, named))
    yield How.EXACT, _things(connection.execute(EXACT, named))
    exact = bool(found)
    yield How.PREFIX, _things(connection.execute(PREFIX, {**named, **vocabulary.things}))
    if not exact:
        near = vocabulary.near(wanted.key, min(allowed(wanted.key), len(wanted.key) // 5), check)
        yield How.ALIKE, _alike(connection, wanted, shared, near)
    for part in (vocabulary.things, vocabulary.statements):
        if part is vocabulary.statements:
            yield How.PREFIX, _things(connection.execute(PREFIX, {**named, **part}))
        yield How.WORDS, _things(connection.execute(WORDED, {**shared, **part, "match": _words_match(wanted)}))
        for words in _inside(wanted) if len(found) < _PLENTY else ():
            match = {"match": _pieces_match(words), "words": json.dumps(words)}
            yield How.INSIDE, _things(connection.execute(INSIDE, {**shared, **part, **match}))
    if exact:
        yield How.CLOSE, _alike(connection, wanted, shared, ())
    elif len(found) < ENOUGH:
        yield How.CLOSE, _otherwise(connection, vocabulary, wanted, shared, found, check)


def _alike(
    connection: sqlite3.Connection, wanted: Wanted, shared: Mapping[str, object], keys: Collection[str]
) -> list[int]:
    """Return the things a name of which sounds like what was asked, or is one of the keys; the most alike first."""
    costs: dict[int, float] = {}

    def note(thing: int, cost: float | None) -> None:
        if cost is not None:
            costs[thing] = min(cost, costs.get(thing, cost))

    for thing, _, key, _ in connection.execute(KEYS, {**shared, "keys": json.dumps(list(keys))}):
        note(thing, letters_cost(wanted.key, key))
    sound = consonants(wanted.words)
    if len(sound) > 1 and len(wanted.words) <= JOINED:
        for thing, text, *_ in connection.execute(SOUND, {**shared, "sound": sound}):
            note(thing, sound_cost(wanted.words, fold_words(text)))
    return sorted(costs, key=lambda thing: (costs[thing], thing))


def without_country(connection: sqlite3.Connection, wanted: Wanted) -> Iterator[tuple[Wanted, set[int]]]:
    """Yield what is left of a question whose first or last words name a country, and the numbers of the country.

    Example: of "Shiraz, Iran" what is left is Shiraz.
    """
    for count in range(1, min(_COUNTRY_WORDS, len(wanted.words) - 1) + 1):
        for words, rest in (
            (wanted.words[-count:], wanted.words[:-count]),
            (wanted.words[:count], wanted.words[count:]),
        ):
            countries = {thing for (thing,) in connection.execute(COUNTRY, {"key": "".join(words)})}
            if countries:
                yield Wanted(wanted.text, rest, "".join(rest)), countries


def identifying(wanted: Wanted) -> tuple[str, str, str]:
    """Return what was asked as an identifier may be: folded, folded from the last slash on, and as an IRI.

    Example:
        >>> identifying(Wanted("https://www.wikidata.org/wiki/Q3616", (), "httpswwwwikidataorgwikiq3616"))[1]
        'q3616'
    """
    end = wanted.text.strip().rstrip("/").rpartition("/")[2]
    return wanted.key, "".join(fold_words(end)), expand(wanted.text)


def _things(rows: sqlite3.Cursor) -> Iterator[int]:
    return (row[0] for row in rows)


def _phrase(text: str) -> str:
    """Return a text as FTS5 looks for it; folded text has no quotation marks."""
    return f'"{text}"'


def _words_match(wanted: Wanted) -> str:
    """Return the FTS5 query for names with all the words, the last of which may be unfinished."""
    *whole, last = wanted.words
    match = " AND ".join([*map(_phrase, dict.fromkeys(whole)), _phrase(last) + "*"])
    return f"({match}) OR {_phrase(wanted.key)}*" if 1 < len(wanted.words) <= JOINED else match


def _inside(wanted: Wanted) -> Iterator[Sequence[str]]:
    """Yield what may stand inside a name, where it is long enough: all the words together, and each of them."""
    if len(wanted.key) > 2:
        yield [wanted.key]
    if len(wanted.words) > 1 and max(map(len, wanted.words)) > 2:
        yield wanted.words


def _pieces_match(words: Sequence[str]) -> str:
    """Return the FTS5 query for the pieces of three letters that the words have."""
    pieces = dict.fromkeys(word[at : at + 3] for word in words for at in range(len(word) - 2))
    return " AND ".join(map(_phrase, pieces))


def _otherwise(
    connection: sqlite3.Connection,
    vocabulary: Vocabulary,
    wanted: Wanted,
    shared: Mapping[str, object],
    found: Collection[int],
    check: Callable[[], None],
) -> list[int]:
    """Return the things whose names have the words with letters wrong or otherwise spelt, the closest first."""
    costs: dict[int, float] = {}
    for most in (1, 2):
        # What is two letters off is worth looking for where there is nothing nearer.
        if most > 1 and (found or costs or all(allowed(word) < most for word in wanted.words)):
            break
        others = [_others(connection, vocabulary, word, min(most, allowed(word)), check) for word in wanted.words]
        match = _close_match(wanted, others)
        for part in (vocabulary.things, vocabulary.statements):
            given = {**shared, **part, "match": match, "close": _MOST_CLOSE}
            for thing, text, *_ in connection.execute(WORDED + " LIMIT :close", given):
                if thing not in found:
                    cost = _cost(wanted, others, fold_words(text))
                    costs[thing] = min(cost, costs.get(thing, cost))
            check()
    last = vocabulary.things["last"]
    return sorted(costs, key=lambda thing: (thing > last, costs[thing], thing))


def _others(
    connection: sqlite3.Connection, vocabulary: Vocabulary, word: str, most: int, check: Callable[[], None]
) -> dict[str, float]:
    """Return the words that may be meant by one that was asked, and how far they are from it."""
    others = vocabulary.near(word, most, check)
    sound = consonants([word])
    if len(sound) > 1:
        rows = connection.execute("SELECT word FROM word WHERE sound = ? AND sound <> '' ORDER BY id", [sound])
        alike = (other for (other,) in rows if other != word and sound_cost([word], [other]) is not None)
        for _, other in zip(range(_MOST_NEAR), alike, strict=False):
            others.setdefault(other, 1.0)
    return others


def _close_match(wanted: Wanted, others: Sequence[Collection[str]]) -> str:
    """Return the FTS5 query for names that have each word, or one of those that may be meant by it."""
    parts = []
    for number, (word, near) in enumerate(zip(wanted.words, others, strict=True), 1):
        unfinished = "*" if number == len(wanted.words) else ""
        parts.append(f"({' OR '.join([_phrase(word) + unfinished, *map(_phrase, near)])})")
    return " AND ".join(parts)


def _cost(wanted: Wanted, others: Sequence[Mapping[str, float]], words: Sequence[str]) -> float:
    """Return how far a name is from what was asked; of two that are as far, one that has nothing else is nearer."""
    cost = 0.0 if len(words) <= len(wanted.words) else 0.5
    for word, near in zip(wanted.words, others, strict=True):
        cost += min(near.get(other, 0.0) for other in spelled(words) if other in near or other.startswith(word))
    return cost
