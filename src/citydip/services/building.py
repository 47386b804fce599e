"""Snapshots for services: open the one that is asked for, or build it when there is none."""

from collections.abc import Callable

from citydip.curation.layout import find_layout
from citydip.curation.progress import Progress, unseen
from citydip.curation.snapshot import POINTER, Snapshot
from citydip.model.settings import Settings

__all__ = ["open_or_build"]


def open_or_build(settings: Settings, say: Callable[[str], None], progress: Progress = unseen) -> Snapshot:
    """Return the current snapshot, building one when there is none.

    Args:
        settings: where files and snapshots lie.
        say: called with a line for each step of a build.
        progress: called with the share of a step of the build that is done, and its name.

    Raises:
        CheckError: there was none, and the checks of the build have findings.
        SnapshotError: the current snapshot is not whole.
    """
    layout = find_layout(settings)
    current = layout.snapshots / POINTER
    if current.exists():
        built = current.lstat().st_mtime
        if any(path.stat().st_mtime > built for path in layout.inputs()):
            say("files have changed since the snapshot was built; to serve them: citydip build")
        return Snapshot.open(current)
    # The validator takes a second to import, and serving does not need it.
    from citydip.curation.build import build  # noqa: PLC0415

    say("there is no snapshot yet: building one")
    return build(layout, None, say, progress=progress)
