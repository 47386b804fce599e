"""Triples by what they are about, in a temporary file, so that an export needs no memory for all of them at once."""

import contextlib
import json
import re
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from types import TracebackType

__all__ = ["Shelf"]

_OBJECT = re.compile(rb"<([^<>]*)> \.\n")
_CACHE = 4096
"""Kibibytes of the file that stay in memory."""


class Shelf:
    r"""What is said of each thing; use it as a context, for its file goes at the end.

    Args:
        lines: triples, one a line, those about a thing one after the other.

    Example:
        >>> lines = [b"<x:a> <x:p> <x:b> .\n", b"<x:b> <x:p> <x:c> .\n", b"<x:d> <x:p> <x:a> .\n"]
        >>> with Shelf(lines) as shelf:
        ...     shelf.things(["x:"]), shelf.around(["x:a"]).count(b"\n")
        (['x:a', 'x:b', 'x:d'], 2)
    """

    def __init__(self, lines: Iterable[bytes]):
        self._folder = tempfile.TemporaryDirectory(prefix="citydip-")
        self._connection = sqlite3.connect(Path(self._folder.name) / "shelf.sqlite", isolation_level=None)
        # It is read by nobody else, and never again.
        for pragma in ("journal_mode = OFF", "synchronous = OFF", f"cache_size = -{_CACHE}", "temp_store = FILE"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.execute("CREATE TABLE said (about TEXT PRIMARY KEY, triples BLOB) WITHOUT ROWID")
        try:
            self._connection.execute("BEGIN")
            self._connection.executemany("INSERT INTO said VALUES (?, ?)", _by_thing(lines))
            self._connection.execute("COMMIT")
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> "Shelf":
        """Return the shelf."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove its file."""
        self.close()

    def close(self) -> None:
        """Remove its file."""
        self._connection.close()
        with contextlib.suppress(OSError):
            self._folder.cleanup()

    def things(self, beginnings: Iterable[str]) -> list[str]:
        """Return the IRIs of things that begin so, in order."""
        found: set[str] = set()
        for beginning in beginnings:
            rows = self._connection.execute(
                "SELECT about FROM said WHERE about >= ? AND about < ?", [beginning, beginning + "\U0010ffff"]
            )
            found.update(iri for (iri,) in rows)
        return sorted(found)

    def around(self, things: Iterable[str]) -> bytes:
        """Return what is said of things, of what it leads to, of what that leads to, and so on."""
        edge, seen, parts = set(things), set[str](), list[bytes]()
        while edge:
            seen |= edge
            rows = self._connection.execute(
                "SELECT triples FROM said WHERE about IN (SELECT value FROM json_each(?))", [json.dumps(sorted(edge))]
            )
            edge = set()
            for (triples,) in rows:
                parts.append(triples)
                edge.update(iri.decode() for iri in _OBJECT.findall(triples))
            edge -= seen
        return b"".join(parts)


def _by_thing(lines: Iterable[bytes]) -> Iterator[tuple[str, bytes]]:
    for about, triples in groupby(lines, key=lambda line: line.split(b" ", 1)[0]):
        yield about[1:-1].decode(), b"".join(triples)
