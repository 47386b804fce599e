"""Where the graph's own files lie: in a checkout, or inside the installed package."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path

from citydip.model.errors import NotFoundError
from citydip.model.settings import Settings

__all__ = ["IMPORTED", "Layout", "find_layout"]

IMPORTED = "world"
"""The folder of ``data`` that holds imported data sets, a folder each; hand-written files about them are
``data/world-*.ttl``."""

_PACKAGE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Layout:
    """The folders that a build reads, and the one that it writes.

    Args:
        root: folder with ``ontology``, ``shapes``, ``data`` and ``queries``.
        snapshots: folder of snapshots.
        imported: whether the imported data sets are part of the graph, and the files and descriptions about them.
    """

    root: Path
    snapshots: Path
    imported: bool = True

    def turtle_files(self) -> Iterator[Path]:
        """Yield every Turtle file, in a fixed order."""
        for folder in ("ontology", "shapes", "data"):
            yield from (path for path in sorted((self.root / folder).rglob("*.ttl")) if self._holds(path))

    def _holds(self, path: Path) -> bool:
        """Return whether a Turtle file of the folders is part of the graph."""
        parts = path.relative_to(self.root).parts
        about = parts[0] == "data" and (parts[1] == IMPORTED or parts[1].startswith(IMPORTED + "-"))
        return self.imported or not about

    def queries(self, folder: str) -> Iterator[Path]:
        """Yield the query files of a folder of ``queries``, in the order of their names."""
        yield from sorted((self.root / "queries" / folder).glob("*.rq"))

    def inputs(self) -> Iterator[Path]:
        """Yield every file that a build reads."""
        yield from self.turtle_files()
        yield from sorted((self.root / "queries").rglob("*.rq"))

    def relative(self, path: Path) -> str:
        """Return a path as findings show it: relative to the root where it lies below."""
        resolved = path.resolve()
        return resolved.relative_to(self.root).as_posix() if resolved.is_relative_to(self.root) else str(path)


def find_layout(settings: Settings) -> Layout:
    """Return the layout that the settings name, else that of the checkout, else that of the package.

    Raises:
        NotFoundError: the folder has no ``ontology/citydip.ttl``.
    """
    checkout = _PACKAGE.parent.parent
    home: Path | None = None
    if settings.root:
        root = Path(settings.root).resolve()
        home = root / "snapshots"
    elif (checkout / "ontology" / "citydip.ttl").is_file():
        root, home = checkout, checkout / "snapshots"
    else:
        root = _PACKAGE / "graph"
    if not (root / "ontology" / "citydip.ttl").is_file():
        raise NotFoundError(f"there is no ontology/citydip.ttl below {root}; set CITYDIP_ROOT to the graph's folder")
    if settings.snapshots:
        home = Path(settings.snapshots).resolve()
    # Asked for last: a user without a home, as in a container, has no cache either.
    return Layout(root, home or user_cache_path("citydip") / "snapshots", bool(settings.imported))
