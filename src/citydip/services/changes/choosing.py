"""Which two versions to compare, of those that are kept."""

from collections.abc import Sequence
from pathlib import Path

from citydip.curation.snapshot import POINTER, Snapshot, kept_snapshots
from citydip.model.errors import VersionMissingError
from citydip.model.settings import Settings
from citydip.services.making import exports_folder

__all__ = ["changes_folder", "choose_versions"]


def changes_folder(settings: Settings, snapshots: Path) -> Path:
    """Return the folder in which changes between versions are kept: beside the exports that are made.

    Args:
        settings: ``exports`` may name another folder.
        snapshots: the folder of snapshots.
    """
    return exports_folder(settings, snapshots) / "changes"


def choose_versions(folder: Path, old: str = "", new: str = "") -> tuple[Snapshot, Snapshot]:
    """Return the two versions to compare.

    Args:
        folder: folder of snapshots.
        old: the version to begin from; empty for the one that was written before the other.
        new: the version to end with; empty for the current one.

    Raises:
        VersionMissingError: one of them is not kept; or there is none before.
        SnapshotError: there is no current version.
    """
    kept = kept_snapshots(folder)
    known = [snapshot.version for snapshot in kept]
    after = _named(kept, new or Snapshot.open(folder / POINTER).version)
    if old:
        return _named(kept, old), after
    earlier = known[known.index(after.version) + 1 :]
    if not earlier:
        only = len(known) == 1
        words = "only one version is kept" if only else f"no version is kept that was written before {after.version}"
        raise VersionMissingError(f"{words}, so nothing can be compared; kept: {', '.join(known)}", known)
    return _named(kept, earlier[0]), after


def _named(kept: Sequence[Snapshot], version: str) -> Snapshot:
    for snapshot in kept:
        if snapshot.version == version:
            return snapshot
    known = [snapshot.version for snapshot in kept]
    listed = ", ".join(known) or "none"
    raise VersionMissingError(f"version {version[:40]!r} is not kept; kept, the newest first: {listed}", known)
