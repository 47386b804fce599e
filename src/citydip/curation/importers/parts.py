"""Writing a data set as formatted Turtle, one file for each part (a country) and more where one would be too long.

Statements are spooled to a temporary file and sorted there, so memory grows with the longest file and not with the
data set. The folder is replaced as a whole when all of it is written, and is left alone where nothing changed.
"""

import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType

import pyoxigraph as ox

from citydip.curation.formatting import format_triples
from citydip.model.terms import PREFIXES

__all__ = ["FILE_SIZE", "Parts"]

FILE_SIZE = 1_000_000
"""The size that no file exceeds, in bytes. It is measured on N-Triples, which are never shorter than Turtle."""


class Parts:
    """The files of a data set while they are gathered.

    Args:
        header: the comment at the head of each file, without number signs; one line.

    Example:
        >>> import tempfile
        >>> city = ox.NamedNode("https://w3id.org/citydip/id/city/rasht")
        >>> kind = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
        >>> what = ox.NamedNode("https://w3id.org/citydip/ontology#City")
        >>> with tempfile.TemporaryDirectory() as folder, Parts("Cities.") as parts:
        ...     parts.add("ir", [ox.Triple(city, kind, what)])
        ...     parts.write(Path(folder) / "cities")
        ...     [path.name for path in (Path(folder) / "cities").iterdir()]
        True
        ['ir.ttl']
    """

    def __init__(self, header: str):
        self.header = header
        # An empty name is a file of its own that SQLite keeps on the disk and removes itself.
        self._spool = sqlite3.connect("")
        self._spool.execute("CREATE TABLE statement (part TEXT, subject TEXT, text TEXT)")

    def __enter__(self) -> "Parts":
        """Begin gathering."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Drop what was gathered."""
        self._spool.close()

    def add(self, part: str, triples: Iterable[ox.Triple]) -> None:
        """Add triples to a part; the same triple twice is one.

        Args:
            part: the file's name without its number and ending, such as ``ir``.
            triples: with IRIs as subjects.
        """
        rows = ((part, triple.subject.value, f"{triple} .\n") for triple in triples)  # type: ignore[union-attr]
        self._spool.executemany("INSERT INTO statement VALUES (?, ?, ?)", rows)

    def subjects(self) -> int:
        """Return how many different subjects were added."""
        return int(self._spool.execute("SELECT count(DISTINCT subject) FROM statement").fetchone()[0])

    def triples(self) -> int:
        """Return how many different triples were added, each once for each part."""
        return int(
            self._spool.execute("SELECT count(*) FROM (SELECT DISTINCT part, subject, text FROM statement)").fetchone()[
                0
            ]
        )

    def read(self) -> Iterator[ox.Triple]:
        """Yield what was added, each triple once for each part."""
        for (text,) in self._spool.execute("SELECT DISTINCT text FROM statement ORDER BY part, subject, text"):
            for quad in ox.parse(text.encode(), format=ox.RdfFormat.N_TRIPLES):
                yield quad.triple

    def write(self, folder: Path, *, others: dict[str, str] | None = None) -> bool:
        """Replace a folder by what was gathered.

        Args:
            folder: for example ``data/world/cities``.
            others: texts of other files of the folder by name, such as ``report.json``.

        Returns:
            Whether anything changed.
        """
        folder.parent.mkdir(parents=True, exist_ok=True)
        new = Path(tempfile.mkdtemp(prefix=".importing-", dir=folder.parent))
        try:
            for name, text in self._files():
                (new / name).write_text(text, encoding="utf-8")
            for name, text in (others or {}).items():
                (new / name).write_text(text, encoding="utf-8")
            new.chmod(0o755)
            if _same(new, folder):
                return False
            old = Path(tempfile.mkdtemp(prefix=".replaced-", dir=folder.parent))
            if folder.exists():
                folder.rename(old / folder.name)
            new.rename(folder)
            shutil.rmtree(old)
            return True
        finally:
            shutil.rmtree(new, ignore_errors=True)

    def _files(self) -> Iterator[tuple[str, str]]:
        self._spool.execute("CREATE INDEX IF NOT EXISTS by_part ON statement (part, subject, text)")
        sizes = "SELECT part, sum(length(CAST(text AS BLOB))) FROM statement GROUP BY part ORDER BY part"
        for part, size in self._spool.execute(sizes).fetchall():
            pieces = list(self._pieces(part)) if size > FILE_SIZE else None
            if pieces is None:
                rows = self._spool.execute("SELECT DISTINCT text FROM statement WHERE part = ?", (part,))
                yield f"{part}.ttl", self._turtle(text for (text,) in rows)
                continue
            for number, (first, last) in enumerate(pieces, 1):
                rows = self._spool.execute(
                    "SELECT DISTINCT text FROM statement WHERE part = ? AND subject BETWEEN ? AND ?",
                    (part, first, last),
                )
                yield f"{part}-{number}.ttl", self._turtle(text for (text,) in rows)

    def _pieces(self, part: str) -> Iterator[tuple[str, str]]:
        """Yield the first and the last subject of each file of a part that is too long for one."""
        sizes = (
            "SELECT subject, sum(length(CAST(text AS BLOB))) FROM statement"
            " WHERE part = ? GROUP BY subject ORDER BY subject"
        )
        first, last, total = "", "", 0
        for subject, size in self._spool.execute(sizes, (part,)):
            if first and total + size > FILE_SIZE:
                yield first, last
                first, total = "", 0
            first, last, total = first or subject, subject, total + size
        yield first, last

    def _turtle(self, lines: Iterable[str]) -> str:
        parser = ox.parse("".join(lines).encode(), format=ox.RdfFormat.N_TRIPLES)
        triples = [ox.Triple(quad.subject, quad.predicate, quad.object) for quad in parser]
        return f"# {self.header}\n\n" + format_triples(triples, PREFIXES)


def _same(one: Path, other: Path) -> bool:
    """Return whether two folders hold the same files."""

    def names(folder: Path) -> set[str]:
        return {path.name for path in folder.iterdir()} if folder.is_dir() else set()

    return names(one) == names(other) and all(
        (one / name).read_bytes() == (other / name).read_bytes() for name in names(one)
    )
