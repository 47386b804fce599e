"""The search index of a snapshot: one SQLite file that says which things go by which names.

=============  =====================================================================================================
table          what a row is
=============  =====================================================================================================
``about``      a fact of the file itself: the version of the snapshot, the last number of a thing that is no statement
``thing``      a thing; those that more statements are about have smaller numbers, statements have larger ones
``name``       a name, with its folded form without spaces (``key``) and its consonants (``sound``)
``identifier`` an identifier, folded
``place``      where a thing lies, in degrees, and how many live there; NULL is what is not known
``within``     a place that a thing lies in, directly or not
``facet``      a kind, country or network of a thing
``subclass``   that a class is below another one
``word``       a word that stands in names, and its consonants
``spoken``     a short name in rough Latin letters, as it sounds; statements have none
``wording``    full text of the names by their words (FTS5); its rows are those of ``name``
``spelling``   full text of the keys in pieces of three letters (FTS5, trigram); its rows are those of ``name``
=============  =====================================================================================================

Names have the order of their things, so the rows of any table come in the order in which results are shown.

The file follows from ``graph.nq`` alone. It is no part of the snapshot's digest, because another version of SQLite
writes the same rows in other bytes.

Of the tokenizers of FTS5 ``ascii`` parts words at ASCII punctuation and spaces only. Folded words have none, so they
are kept as they are; ``unicode61`` would part them at letters that are newer than its tables.
"""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyoxigraph as ox

from citydip.curation.naming import Listed, list_things, superclasses
from citydip.model.names import fold_words
from citydip.model.sounds import consonants, romanize

__all__ = ["FORMAT", "JOINED", "is_current", "spelled", "write_index"]

FORMAT = 2
"""The form of the file; a service reads only its own."""
JOINED = 4
"""Names of up to so many words are found without their spaces, and by their sound, too."""

_SCHEMA = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE thing (id INTEGER PRIMARY KEY, iri TEXT NOT NULL UNIQUE, statements INTEGER NOT NULL);
CREATE TABLE name (
    id INTEGER PRIMARY KEY, thing INTEGER NOT NULL, kind INTEGER NOT NULL, language TEXT NOT NULL,
    text TEXT NOT NULL, key TEXT NOT NULL, sound TEXT NOT NULL
);
CREATE TABLE identifier (key TEXT, thing INTEGER, scheme TEXT, text TEXT, PRIMARY KEY (key, thing, scheme, text))
    WITHOUT ROWID;
CREATE TABLE place (thing INTEGER PRIMARY KEY, latitude REAL, longitude REAL, population INTEGER);
CREATE TABLE within (thing INTEGER, place INTEGER, PRIMARY KEY (thing, place)) WITHOUT ROWID;
CREATE TABLE facet (thing INTEGER, facet TEXT, value INTEGER, PRIMARY KEY (thing, facet, value)) WITHOUT ROWID;
CREATE TABLE subclass (class INTEGER, below INTEGER, PRIMARY KEY (class, below)) WITHOUT ROWID;
CREATE TABLE word (id INTEGER PRIMARY KEY, word TEXT NOT NULL, sound TEXT NOT NULL);
CREATE TABLE spoken (name INTEGER PRIMARY KEY, thing INTEGER NOT NULL, sounds TEXT NOT NULL);
CREATE VIRTUAL TABLE wording USING fts5(words, content='', columnsize=0, detail=none, tokenize='ascii');
CREATE VIRTUAL TABLE spelling
    USING fts5(key, content='', columnsize=0, detail=none, tokenize='trigram case_sensitive 1');
"""
_INDEXES = """
CREATE INDEX name_thing ON name (thing);
CREATE INDEX name_key ON name (key, thing);
CREATE INDEX name_sound ON name (sound, thing) WHERE sound <> '';
CREATE INDEX spoken_thing ON spoken (thing);
CREATE INDEX place_latitude ON place (latitude, longitude);
CREATE INDEX word_sound ON word (sound) WHERE sound <> '';
INSERT INTO wording (wording) VALUES ('optimize');
INSERT INTO spelling (spelling) VALUES ('optimize');
ANALYZE;
"""


def write_index(store: ox.Store, path: Path, version: str) -> None:
    """Write the search index of a graph.

    Args:
        store: the graph.
        path: where to write; there must be no such file yet.
        version: version of the snapshot.

    Raises:
        OSError: the file cannot be written.
    """
    things = list_things(store)
    numbers = {thing.iri: number for number, thing in enumerate(things, 1)}
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _SCHEMA)
        connection.execute("BEGIN")
        last = sum(not thing.is_statement for thing in things)
        facts = [("version", version), ("last", str(last))]
        connection.executemany("INSERT INTO about VALUES (?, ?)", facts)
        rows = ((numbers[thing.iri], thing.iri, thing.statements) for thing in things)
        connection.executemany("INSERT INTO thing VALUES (?, ?, ?)", rows)
        connection.executemany("INSERT INTO identifier VALUES (?, ?, ?, ?)", _identifiers(things))
        connection.executemany("INSERT INTO place VALUES (?, ?, ?, ?)", _places(things))
        within = ((numbers[t.iri], numbers[place]) for t in things for place in t.within if place in numbers)
        connection.executemany("INSERT INTO within VALUES (?, ?)", within)
        connection.executemany("INSERT INTO facet VALUES (?, ?, ?)", _facets(things, numbers))
        pairs = sorted(
            (numbers[upper], numbers[name])
            for name, above in superclasses(store).items()
            for upper in above
            if upper in numbers and name in numbers
        )
        connection.executemany("INSERT INTO subclass VALUES (?, ?)", pairs)
        _write_names(connection, things)
        connection.execute("COMMIT")
        connection.executescript(_INDEXES)
        connection.execute(f"PRAGMA user_version = {FORMAT:d}")
    finally:
        connection.close()
    with path.open("rb") as file:
        os.fsync(file.fileno())


def is_current(path: Path, version: str) -> bool:
    """Return whether a file is the search index of a version, in the form that is read here."""
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    except sqlite3.Error:
        return False
    try:
        form = connection.execute("PRAGMA user_version").fetchone()
        about = connection.execute("SELECT value FROM about WHERE name = 'version'").fetchone()
    except sqlite3.Error:
        return False
    finally:
        connection.close()
    return bool(form == (FORMAT,) and about == (version,))


def spelled(words: Sequence[str]) -> list[str]:
    """Return what a name is found by: its words, and for a short one what they are without spaces.

    Example:
        >>> spelled(["san", "francisco"])
        ['san', 'francisco', 'sanfrancisco']
    """
    return [*words, "".join(words)] if 1 < len(words) <= JOINED else list(words)


def _identifiers(things: list[Listed]) -> Iterator[tuple[str, int, str, str]]:
    for number, thing in enumerate(things, 1):
        for scheme, text in thing.identifiers:
            yield "".join(fold_words(text)), number, scheme, text


def _places(things: list[Listed]) -> Iterator[tuple[int, float | None, float | None, int | None]]:
    for number, thing in enumerate(things, 1):
        if thing.point or thing.population:
            yield number, *(thing.point or (None, None)), thing.population or None


def _facets(things: list[Listed], numbers: dict[str, int]) -> Iterator[tuple[int, str, int]]:
    for number, thing in enumerate(things, 1):
        for facet, values in (("kind", thing.kinds), ("country", thing.countries), ("network", thing.networks)):
            for value in values:
                yield number, facet, numbers[value]


def _write_names(connection: sqlite3.Connection, things: list[Listed]) -> None:
    seen: dict[str, str] = {}
    row = 0
    for number, thing in enumerate(things, 1):
        for name in thing.names:
            words = fold_words(name.text)
            if not words:
                continue
            row += 1
            found_by = spelled(words)
            short = len(words) <= JOINED
            sound = consonants(words) if short else ""
            key = "".join(words)
            fields = (row, number, name.kind, name.language, name.text, key, sound)
            connection.execute("INSERT INTO name VALUES (?, ?, ?, ?, ?, ?, ?)", fields)
            if short and not thing.is_statement:
                connection.execute("INSERT INTO spoken VALUES (?, ?, ?)", (row, number, romanize(words)))
            connection.execute("INSERT INTO wording (rowid, words) VALUES (?, ?)", (row, " ".join(found_by)))
            connection.execute("INSERT INTO spelling (rowid, key) VALUES (?, ?)", (row, key))
            for word in found_by:
                if word not in seen:
                    seen[word] = consonants([word])
    rows = ((number, word, sound) for number, (word, sound) in enumerate(seen.items(), 1))
    connection.executemany("INSERT INTO word VALUES (?, ?, ?)", rows)
