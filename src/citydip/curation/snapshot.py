"""Opening snapshots: what both the builder and the services know of their form."""

import contextlib
import json
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from citydip.model.errors import SnapshotError

__all__ = [
    "COLUMNS",
    "INDEX",
    "POINTER",
    "UNION",
    "VIEW",
    "Snapshot",
    "is_version",
    "kept_snapshots",
    "snapshot_path",
    "write_pointer",
]

COLUMNS = "graph.columns"
"""The name of the folder with the columns of the graph."""
UNION = "graph.nt"
"""The name of the file with the union of graphs."""
INDEX = "search.sqlite"
"""The name of the file with the search index."""
VIEW = "wikidata.nt"
"""The name of the file with the Wikidata view."""
POINTER = "current"
"""The name of the link that points to the newest snapshot."""
_VERSION = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An opened snapshot; its directory is never written to.

    Args:
        path: the directory.
        version: 16 hexadecimal digits over its content.
        quads: how many quads it holds.
        graphs: how many triples each named graph holds, by IRI.
    """

    path: Path
    version: str
    quads: int
    graphs: dict[str, int]

    @property
    def data(self) -> Path:
        """Return the file with all quads."""
        return self.path / "graph.nq"

    @property
    def index(self) -> Path:
        """Return the file with the search index; it may be missing."""
        return self.path / INDEX

    @property
    def view(self) -> Path:
        """Return the file with the Wikidata view; it may be missing."""
        return self.path / VIEW

    @property
    def union(self) -> Path:
        """Return the file with the union of graphs; it may be missing."""
        return self.path / UNION

    @property
    def columns(self) -> Path:
        """Return the folder with the columns of the graph; it may be missing."""
        return self.path / COLUMNS

    def queries(self, folder: str) -> list[Path]:
        """Return the query files of a folder (``catalogue``, ``internal``)."""
        return sorted((self.path / "queries" / folder).glob("*.rq"))

    @classmethod
    def open(cls, path: Path) -> "Snapshot":
        """Open a snapshot directory, or the one that a link points to.

        Raises:
            SnapshotError: the directory is not there or not whole.
        """
        path = path.resolve()
        try:
            about = json.loads((path / "snapshot.json").read_text(encoding="utf-8"))
            snapshot = cls(path, about["version"], about["quads"], about["graphs"])
        except (OSError, ValueError, KeyError) as error:
            raise SnapshotError(f"{path} is not a snapshot; build one with: citydip build") from error
        if snapshot.version != path.name or not snapshot.data.is_file():
            raise SnapshotError(f"{path} is not whole; remove it and run: citydip build")
        return snapshot


def is_version(name: str) -> bool:
    """Return whether a name has the form of a version.

    Example:
        >>> is_version("3fc1a3e298e1fc97"), is_version("current")
        (True, False)
    """
    return _VERSION.fullmatch(name) is not None


def kept_snapshots(folder: Path) -> list[Snapshot]:
    """Return the whole snapshots of a folder, those whose data were written last first.

    Args:
        folder: folder of snapshots; it may be missing.
    """
    found = []
    for path in folder.iterdir() if folder.is_dir() else ():
        if is_version(path.name) and not path.is_symlink():
            with contextlib.suppress(SnapshotError, OSError):
                snapshot = Snapshot.open(path)
                found.append((snapshot.data.stat().st_mtime_ns, snapshot.version, snapshot))
    return [snapshot for *_, snapshot in sorted(found, reverse=True)]


def snapshot_path(folder: Path, version: str) -> Path:
    """Return where the snapshot of a version lies."""
    return folder / version


def write_pointer(folder: Path, version: str) -> None:
    """Let ``current`` point to a version, in one step that no reader sees half done."""
    temporary = Path(tempfile.mkdtemp(prefix=".pointing-", dir=folder))
    try:
        link = temporary / POINTER
        link.symlink_to(version)
        os.replace(link, folder / POINTER)  # noqa: PTH105 - replaces a link, not what it points to
    finally:
        temporary.rmdir()
