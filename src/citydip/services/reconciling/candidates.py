"""The things that rows of a table may mean, from the search index: identifiers first, then names, then what is like.

The whole batch is asked at once where that can be. Only rows whose name no thing has as it is, or none that fits what
else the row says, are looked for one by one among names that are spelt otherwise.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil

from rapidfuzz import process
from rapidfuzz.distance import OSA

from citydip.curation.search_index import JOINED
from citydip.model.names import fold_words
from citydip.model.sounds import consonants, romanize
from citydip.model.terms import expand
from citydip.services.index_queries import COUNTRY, KEYS, SOUND, WORDED
from citydip.services.matching import Wanted, allowed, sound_cost
from citydip.services.reconciling.names import Reading, likeness, readings, spoken_likeness, without_kind
from citydip.services.reconciling.properties import IDENTIFIERS
from citydip.services.reconciling.query import Query
from citydip.services.search import Looking

__all__ = ["About", "Named", "Row", "about", "find_exact", "find_like", "find_near", "read_row", "resolve"]

_COUNTRY_WORDS = 3
_MOST_NAMES = 80
"""Names with the words of a row that are compared with it."""
_MOST_WORDS_LIKE = 12
_WORTH_LOOKING_ON = 0.8
"""Where no name is so like the row's, single words may be spelt otherwise, too."""

_IDENTIFIERS = "SELECT key, thing, scheme, text FROM identifier WHERE key IN (SELECT value FROM json_each(?))"
_ADDRESSES = "SELECT iri, id FROM thing WHERE iri IN (SELECT value FROM json_each(?))"
_AROUND = (
    "SELECT name.thing, name.text, name.key, name.kind FROM place JOIN name ON name.thing = place.thing "
    "WHERE place.latitude BETWEEN ? AND ? AND place.longitude BETWEEN ? AND ? LIMIT 2000"
)
_SPOKEN_IN = (
    "SELECT name, spoken.thing, sounds FROM facet JOIN spoken ON spoken.thing = facet.thing "
    "WHERE facet = 'country' AND value IN (SELECT value FROM json_each(?))"
)
_NAME = "SELECT text, kind FROM name WHERE id = ?"
_SOUNDS_ALIKE, _SOUNDS_ALIKE_THERE = 0.6, 0.5
"""How alike names must sound to be candidates: anywhere, and among the few of a country that the row says."""
_MOST_SOUNDS = 20
_SHORTEST = 3
_FEW_WORDS, _MANY_WORDS = 2, 7
"""Names of so many words are looked for without one of them, too."""
_BOX = 0.15
"""Degrees around a point."""
_CODE = 0.7
"""What a code is worth that may be none."""
_NO_NAME = 0.5
"""How like a name is that the row does not have."""
_NAMES = "SELECT key, thing, kind, text FROM name WHERE key IN (SELECT value FROM json_each(?))"


@dataclass(frozen=True, slots=True)
class Named:
    """Why a thing is a candidate.

    Args:
        likeness: of its name, from 0 to 1.
        text: the name or identifier.
        kind: position in `citydip.curation.naming.NAME_KINDS`; -1 is an identifier.
        reading: the reading of the row's text that it answers; None for an identifier of another column.
    """

    likeness: float
    text: str
    kind: int
    reading: Reading | None = None


@dataclass(slots=True)
class About:
    """What the index knows of a thing.

    Args:
        iri: the thing.
        statements: how many statements are about it.
        facets: numbers of its kinds, countries and networks.
        within: numbers of the places that it lies in.
        point: latitude and longitude.
        population: of a place.
    """

    iri: str
    statements: int
    facets: dict[str, set[int]] = field(default_factory=dict)
    within: set[int] = field(default_factory=set)
    point: tuple[float, float] | None = None
    population: int = 0


@dataclass(slots=True)
class Row:
    """A row that is looked for.

    Args:
        query: what it says.
        readings: of its text.
        kinds: numbers of the classes that are wanted, those below them among them; empty for any.
        countries: numbers of the countries that it says.
        found: candidates, by number.
    """

    query: Query
    readings: list[Reading]
    kinds: set[int]
    countries: set[int]
    found: dict[int, Named] = field(default_factory=dict)

    def note(self, thing: int, named: Named) -> None:
        """Keep a candidate; of two names of one thing, the one that is more like the row's."""
        known = self.found.get(thing)
        if known is None or named.likeness > known.likeness:
            self.found[thing] = named


def resolve(looking: Looking, texts: Iterable[str]) -> dict[str, set[int]]:
    """Return the things that texts name exactly: by identifier, address or any name; statements are none."""
    keys = {text: "".join(fold_words(text)) for text in texts}
    addresses = {expand(text): text for text in keys}
    found: dict[str, set[int]] = {text: set() for text in keys}
    by_key: dict[str, set[int]] = {}
    wanted = json.dumps(sorted({key for key in keys.values() if key}))
    for key, thing, *_ in looking.connection.execute(_IDENTIFIERS, [wanted]):
        by_key.setdefault(key, set()).add(thing)
    for key, thing, *_ in looking.connection.execute(_NAMES, [wanted]):
        if thing <= looking.vocabulary.things["last"]:
            by_key.setdefault(key, set()).add(thing)
    for iri, thing in looking.connection.execute(_ADDRESSES, [json.dumps(sorted(addresses))]):
        found[addresses[iri]].add(thing)
    for text, key in keys.items():
        found[text] |= by_key.get(key, set())
    parts = {text: [part.strip() for part in text.split(",") if part.strip()] for text in found if "," in text}
    unknown = {text: several for text, several in parts.items() if not found[text] and several}
    named = resolve(looking, {part for several in unknown.values() for part in several}) if unknown else {}
    for text, several in unknown.items():
        # "England, United Kingdom" is written from the small to the large.
        found[text] = next((named[part] for part in reversed(several) if named[part]), set())
    return found


def find_exact(looking: Looking, rows: Sequence[Row]) -> None:
    """Note the things that have the identifier or the name that a row has, for all rows at once."""
    for row in rows:
        row.readings = [*row.readings, *_without_country(looking, row.readings)]
    codes = _note_identified(looking, rows)
    named: dict[str, list[tuple[Row, Reading]]] = {}
    for row in rows:
        for reading in row.readings:
            named.setdefault(reading.wanted.key, []).append((row, reading))
    last = looking.vocabulary.things["last"]
    for key, thing, kind, text in looking.connection.execute(_NAMES, [json.dumps(sorted(named))]):
        for row, reading in named[key]:
            if thing <= last or row.kinds:
                row.note(thing, Named(reading.worth, text, kind, reading))
    for row, thing, scheme, text in codes:
        row.note(thing, Named(1.0, text, -1) if _is_code(row, scheme) else Named(_CODE, text, 1))
    looking.check()


def _note_identified(looking: Looking, rows: Sequence[Row]) -> list[tuple[Row, int, str, str]]:
    """Note the things whose identifier or address rows have; return row, thing, scheme and text of possible codes."""
    identified: dict[str, list[Row]] = {}
    addresses: dict[str, list[Row]] = {}
    for row in rows:
        texts = [row.query.text]
        texts += [v.text for c in row.query.conditions if c.property in IDENTIFIERS for v in c.values]
        for text in filter(None, map(str.strip, texts)):
            addresses.setdefault(expand(text), []).append(row)
            for key in {"".join(fold_words(text)), "".join(fold_words(text.rstrip("/").rpartition("/")[2]))}:
                identified.setdefault(key, []).append(row)
    codes = []
    for key, thing, scheme, text in looking.connection.execute(_IDENTIFIERS, [json.dumps(sorted(identified))]):
        for row in identified[key]:
            if scheme in ("iso", "locode") and not any(c.property == scheme for c in row.query.conditions):
                codes.append((row, thing, scheme, text))
            else:
                row.note(thing, Named(1.0, text, -1))
    for iri, thing in looking.connection.execute(_ADDRESSES, [json.dumps(sorted(addresses))]):
        for row in addresses[iri]:
            row.note(thing, Named(1.0, iri, -1))
    return codes


def _is_code(row: Row, scheme: str) -> bool:
    """Return whether the text of a row that is a code is surely meant as one."""
    if scheme == "iso":
        # Two letters in a table are rarely the code of a country: NA may be anything.
        return bool(row.kinds)
    # SEOUL is a code of Oulu, too: a name goes before a code, and a code is written in capital letters.
    return row.query.text.isupper() and all(named.likeness < 1 for named in row.found.values())


def find_like(looking: Looking, row: Row) -> None:
    """Note the things that have a name like that of a row: in the row's countries and of its kinds where it says so."""
    shared: dict[str, object] = {"kind": None, "country": None, "network": None}
    shared |= {"kind": json.dumps(sorted(row.kinds))} if row.kinds and row.query.types_only else {}
    shared |= {"country": json.dumps(sorted(row.countries))} if row.countries else {}
    for reading in row.readings:
        wanted = reading.wanted
        near = looking.vocabulary.near(wanted.key, min(allowed(wanted.key), len(wanted.key) // 5), looking.check)
        _compare(looking, row, reading, looking.connection.execute(KEYS, {**shared, "keys": json.dumps(list(near))}))
        sound = consonants(wanted.words)
        if len(sound) > 1 and len(wanted.words) <= JOINED:
            _compare(looking, row, reading, looking.connection.execute(SOUND, {**shared, "sound": sound}))
        _by_words(looking, row, reading, shared, _match([[word] for word in wanted.words]))
        looking.check()
    if all(named.likeness < _WORTH_LOOKING_ON for named in row.found.values()):
        for reading in row.readings[-2:]:
            words = reading.wanted.words
            others = [[word, *_spelt(looking, word)] for word in words]
            if any(len(alike) > 1 for alike in others):
                _by_words(looking, row, reading, shared, _match(others))
            if _FEW_WORDS < len(words) <= _MANY_WORDS:
                for number in range(len(words)):
                    rest = [[word] for place, word in enumerate(words) if place != number]
                    _by_words(looking, row, reading, shared, _match(rest))
        _by_sound(looking, row)


def find_near(looking: Looking, row: Row, points: Sequence[tuple[float, float]]) -> None:
    """Note the places around the points that a row says, whatever their names; how like these are is said, too."""
    for latitude, longitude in points:
        box = (latitude - _BOX, latitude + _BOX, longitude - 2 * _BOX, longitude + 2 * _BOX)
        for thing, text, key, kind in looking.connection.execute(_AROUND, box):
            for reading in row.readings:
                _compare(looking, row, reading, [(thing, text, key, kind)])
            if not row.readings:
                row.note(thing, Named(_NO_NAME, text, kind))


def _by_sound(looking: Looking, row: Row) -> None:
    """Note the things whose names sound most like that of a row: in its countries, or anywhere."""
    own: dict[int, tuple[list[int], list[int], list[str]]] = {}
    if row.countries:
        for name, thing, sound in looking.connection.execute(_SPOKEN_IN, [json.dumps(sorted(row.countries))]):
            names, things, sounds = own.setdefault(len(sound), ([], [], []))
            names.append(name)
            things.append(thing)
            sounds.append(sound)
    spoken = own if row.countries else looking.vocabulary.spoken
    least = _SOUNDS_ALIKE_THERE if row.countries else _SOUNDS_ALIKE
    for reading in row.readings:
        asked = romanize(reading.wanted.words)
        if len(asked) < _SHORTEST:
            continue
        best: list[tuple[float, int, int]] = []
        for length in range(ceil(len(asked) * least), int(len(asked) / least) + 1):
            looking.check()
            names, things, sounds = spoken.get(length, ([], [], []))
            found = process.extract(
                asked, sounds, scorer=OSA.normalized_similarity, score_cutoff=least, limit=_MOST_SOUNDS
            )
            best += [(spoken_likeness(asked, sound), names[number], things[number]) for sound, _, number in found]
        for like, name, thing in sorted(best, reverse=True)[:_MOST_SOUNDS]:
            text, kind = looking.connection.execute(_NAME, [name]).fetchone()
            row.note(thing, Named(like * reading.worth, text, kind, reading))


def about(looking: Looking, things: Collection[int]) -> dict[int, About]:
    """Return what the index knows of things, by number."""
    numbers = json.dumps(sorted(things))
    among = "IN (SELECT value FROM json_each(?))"
    run = looking.connection.execute
    found = {
        thing: About(iri, statements)
        for thing, iri, statements in run(f"SELECT id, iri, statements FROM thing WHERE id {among}", [numbers])  # noqa: S608
    }
    for thing, facet, value in run(f"SELECT thing, facet, value FROM facet WHERE thing {among}", [numbers]):  # noqa: S608
        found[thing].facets.setdefault(facet, set()).add(value)
    for thing, place in run(f"SELECT thing, place FROM within WHERE thing {among}", [numbers]):  # noqa: S608
        found[thing].within.add(place)
    query = f"SELECT thing, latitude, longitude, population FROM place WHERE thing {among}"  # noqa: S608
    for thing, latitude, longitude, population in run(query, [numbers]):
        found[thing].point = None if latitude is None else (latitude, longitude)
        found[thing].population = population or 0
    return found


def _without_country(looking: Looking, known: Sequence[Reading]) -> list[Reading]:
    """Return readings of a text whose first or last words name a country: "Shiraz Iran" may be Shiraz."""
    found = []
    words = known[0].wanted.words if known else ()
    for count in range(1, min(_COUNTRY_WORDS, len(words) - 1) + 1):
        for country, rest in ((words[-count:], words[:-count]), (words[:count], words[count:])):
            key = "".join(rest)
            is_country = looking.connection.execute(COUNTRY, {"key": "".join(country)}).fetchone()
            if is_country and key not in {one.wanted.key for one in known}:
                found.append(Reading(Wanted(known[0].wanted.text, tuple(rest), key), (" ".join(country),), "", 0.97))
    return found


def _compare(looking: Looking, row: Row, reading: Reading, names: Iterable[tuple[int, str, str, int]]) -> None:
    last = looking.vocabulary.things["last"]
    for thing, text, key, kind in names:
        if thing <= last or row.kinds:
            like = likeness(reading.wanted, text, key) * reading.worth
            left, named = without_kind(fold_words(text)) if row.kinds else ([], "")
            if named == "Municipality":
                # Who asks for municipalities may leave the word out.
                like = max(like, 0.97 * likeness(reading.wanted, " ".join(left), "".join(left)) * reading.worth)
            row.note(thing, Named(like, text, kind, reading))


def _by_words(looking: Looking, row: Row, reading: Reading, shared: Mapping[str, object], match: str) -> None:
    """Compare the names that FTS5 finds by words, whatever their order."""
    parts = [looking.vocabulary.things, *([looking.vocabulary.statements] if row.kinds else [])]
    for part in parts:
        given = {**shared, **part, "match": match, "most": _MOST_NAMES}
        _compare(looking, row, reading, looking.connection.execute(WORDED + " LIMIT :most", given))


def _match(words: Sequence[Sequence[str]]) -> str:
    return " AND ".join("(" + " OR ".join(f'"{word}"' for word in alike) + ")" for alike in words)


def _spelt(looking: Looking, word: str) -> list[str]:
    """Return the words of the vocabulary that may be meant by one, the nearest first."""
    near = list(looking.vocabulary.near(word, allowed(word), looking.check))[:_MOST_WORDS_LIKE]
    sound = consonants([word])
    if len(sound) > 1:
        rows = looking.connection.execute("SELECT word FROM word WHERE sound = ? AND sound <> '' ORDER BY id", [sound])
        alike = (other for (other,) in rows if other != word and sound_cost([word], [other]) is not None)
        near += [other for _, other in zip(range(_MOST_WORDS_LIKE), alike, strict=False)]
    return list(dict.fromkeys(near))


def read_row(query: Query, kinds: set[int], countries: set[int]) -> Row:
    """Return a row that is made ready to be looked for."""
    return Row(query, readings(query.text), kinds, countries)
