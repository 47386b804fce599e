"""Changes between two versions, computed once and kept: a file of SQLite, since both versions never change.

======================  =====================================================================
``about``               the two versions, and the counts by class, kind and aspect, as JSON
``change``              one row for each thing, in the order in which changes are listed
======================  =====================================================================
"""

import contextlib
import json
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from citydip import __version__
from citydip.curation.changes.comparing import differences
from citydip.curation.changes.dump import Dump
from citydip.curation.changes.naming import Names
from citydip.curation.changes.succession import read_succession
from citydip.curation.changes.telling import Change, Teller
from citydip.curation.changes.words import TOLD_RANK
from citydip.curation.progress import Progress, unseen
from citydip.curation.snapshot import Snapshot

__all__ = ["Changes", "Count", "keep_changes", "kept_path", "open_changes", "write_changes"]

_FORM = 1
"""The form of the file; another one is written anew."""
_KEPT = 32
"""Pairs of versions that are kept."""
_STEP = 1 << 21
_TABLES = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE change (
  number INTEGER PRIMARY KEY, rank INTEGER NOT NULL, klass TEXT NOT NULL, kind TEXT NOT NULL, iri TEXT NOT NULL,
  aspects TEXT NOT NULL, names TEXT NOT NULL, sentences TEXT NOT NULL, sources TEXT NOT NULL, becomes TEXT NOT NULL,
  removed TEXT NOT NULL, added TEXT NOT NULL
);
CREATE TEMPORARY TABLE found AS SELECT * FROM change;
"""
_ORDERED = """
INSERT INTO change (rank, klass, kind, iri, aspects, names, sentences, sources, becomes, removed, added)
SELECT rank, klass, kind, iri, aspects, names, sentences, sources, becomes, removed, added FROM found
ORDER BY rank, klass, kind, iri
"""
_COLUMNS = "iri, kind, aspects, klass, rank, names, sentences, sources, becomes, removed, added"
_PLACE = "CREATE INDEX place ON change (klass, kind, number)"


@dataclass(frozen=True, slots=True)
class Count:
    """How many things of a class a kind of change befell.

    Args:
        klass: the IRI of the class; empty for things without one.
        names: what the class is called, by language.
        rank: its place among changes.
        kind: one of `citydip.curation.changes.words.KINDS`.
        things: how many.
        aspects: of how many of them each aspect changed.
    """

    klass: str
    names: dict[str, str]
    rank: int
    kind: str
    things: int
    aspects: dict[str, int]


def kept_path(folder: Path, old: str, new: str) -> Path:
    """Return where the changes between two versions are kept; other software may tell them in other words."""
    return folder / f"{old}-{new}-{__version__}-{_FORM}.sqlite"


def keep_changes(old: Snapshot, new: Snapshot, folder: Path, progress: Progress = unseen) -> Path:
    """Return the file with the changes between two versions, which is written where it is not there.

    Args:
        old: the older version.
        new: the newer version.
        folder: where such files are kept; the oldest are removed beyond a number of them.
        progress: as in `write_changes`.

    Raises:
        OSError: the folder cannot be written to.
    """
    path = kept_path(folder, old.version, new.version)
    if path.is_file():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".comparing-", dir=folder) as temporary:
        write_changes(old, new, Path(temporary) / path.name, progress)
        (Path(temporary) / path.name).replace(path)
    others = sorted((each for each in folder.glob("*.sqlite") if each != path), key=lambda each: each.stat().st_mtime)
    for each in others[: max(len(others) + 1 - _KEPT, 0)]:
        each.unlink(missing_ok=True)
    return path


def write_changes(old: Snapshot, new: Snapshot, path: Path, progress: Progress = unseen) -> None:
    """Compare two versions and write what changed to a new file.

    Args:
        old: the older version.
        new: the newer version.
        path: the file; it must not be there.
        progress: called with the share that is read, and the name of the step.
    """
    size = max(old.data.stat().st_size, 1)
    told = 0

    def seen(done: int) -> None:
        nonlocal told
        if done - told >= _STEP:
            told = done
            progress(done / size, "comparing versions")

    counts: dict[tuple[int, str, str], tuple[int, Counter[str]]] = {}
    with (
        contextlib.closing(sqlite3.connect(path)) as database,
        Dump(old.data) as before,
        Dump(new.data) as after,
        old.data.open("rb") as olds,
        new.data.open("rb") as news,
    ):
        # The file is put into its place when it is whole, so a crash needs no journal.
        database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = FILE;")
        database.executescript(_TABLES)
        names = Names(before, after)
        teller = Teller(names, read_succession(before, after))
        changes = (teller.tell(difference) for difference in differences(olds, news, seen))
        rows = (_counted(change, counts) for change in changes)
        database.executemany(f"INSERT INTO found ({_COLUMNS}) VALUES ({', '.join('?' * 11)})", rows)  # noqa: S608 - the names are the constants above
        database.execute(_ORDERED)
        database.execute(_PLACE)
        kept = [
            Count(klass, {tag: names.name(klass, tag) for tag in ("en", "fa")} if klass else {}, rank, kind, n, dict(a))
            for (rank, klass, kind), (n, a) in sorted(counts.items())
        ]
        about = {"from": old.version, "to": new.version, "quads": [old.quads, new.quads]}
        about["counts"] = [[c.klass, c.names, c.rank, c.kind, c.things, c.aspects] for c in kept]
        database.executemany("INSERT INTO about VALUES (?, ?)", [(k, json.dumps(v)) for k, v in about.items()])
        database.commit()
    progress(1.0, "comparing versions")


def _counted(change: Change, counts: dict[tuple[int, str, str], tuple[int, Counter[str]]]) -> tuple[object, ...]:
    """Return a change as a row, and count it."""
    key = (change.rank, change.klass, change.kind)
    things, aspects = counts.get(key, (0, Counter()))
    aspects.update(change.aspects)
    counts[key] = (things + 1, aspects)
    texts = (json.dumps(each, ensure_ascii=False) for each in (change.names, change.sentences))
    lists = (" ".join(each) for each in (change.sources, change.becomes))
    aspect = " ".join(change.aspects)
    return (
        *(change.iri, change.kind, aspect, change.klass, change.rank),
        *(*texts, *lists, change.removed, change.added),
    )


class Changes:
    """The changes between two versions, as they are kept; open them with `open_changes`.

    Args:
        database: the open file.
    """

    def __init__(self, database: sqlite3.Connection):
        self._database = database
        about = {name: json.loads(value) for name, value in database.execute("SELECT name, value FROM about")}
        self.old: str = about["from"]
        self.new: str = about["to"]
        self.quads: tuple[int, int] = (about["quads"][0], about["quads"][1])
        self.counts = [Count(*row) for row in about["counts"]]

    @property
    def total(self) -> int:
        """Return how many things changed."""
        return sum(count.things for count in self.counts)

    def count(self, klass: str = "", kind: str = "", *, every: bool = False) -> int:
        """Return how many changes `page` can give.

        Args:
            klass: as in `page`.
            kind: as in `page`.
            every: as in `page`.
        """
        return sum(
            count.things
            for count in self.counts
            if (every or klass or count.rank < TOLD_RANK) and klass in ("", count.klass) and kind in ("", count.kind)
        )

    def page(
        self, first: int = 0, most: int = -1, *, klass: str = "", kind: str = "", every: bool = False
    ) -> Iterator[Change]:
        """Yield changes in their order: agreements and ties first, what others rest on last.

        Args:
            first: how many to pass over.
            most: how many to give; -1 is all.
            klass: only of things of this class; an IRI.
            kind: only of this kind.
            every: also of evidence, mappings, terms and the like, where no class is named.
        """
        wanted = (
            f"SELECT {_COLUMNS} FROM change WHERE (:every OR rank < {TOLD_RANK}) AND (:klass = '' OR klass = :klass)"  # noqa: S608 - the names are constants
            " AND (:kind = '' OR kind = :kind) ORDER BY number LIMIT :most OFFSET :first"
        )
        given = {"every": every or bool(klass), "klass": klass, "kind": kind, "most": most, "first": first}
        for (
            iri,
            kind_,
            aspects,
            klass_,
            rank,
            names,
            sentences,
            sources,
            becomes,
            removed,
            added,
        ) in self._database.execute(wanted, given):
            yield Change(
                *(iri, kind_, tuple(aspects.split()), klass_, rank, json.loads(names), json.loads(sentences)),
                *(tuple(sources.split()), tuple(becomes.split()), removed, added),
            )


@contextlib.contextmanager
def open_changes(path: Path) -> Iterator[Changes]:
    """Open the kept changes between two versions.

    Args:
        path: the file that `write_changes` wrote.

    Raises:
        OSError: there is no such file.
    """
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}")
    with contextlib.closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
        yield Changes(database)
