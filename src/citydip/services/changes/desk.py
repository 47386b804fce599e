"""Changes between versions for many who ask: compared once, in a process of its own, one pair after the other.

So no request waits behind a comparison, and its memory goes back when it has ended. What is kept is a file, of which
each request reads the page that it shows.
"""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from citydip.curation.changes.keeping import Changes, kept_path, open_changes
from citydip.curation.snapshot import Snapshot
from citydip.model.errors import ChangesBusyError, ChangesError
from citydip.model.settings import Settings
from citydip.services.changes.choosing import changes_folder
from citydip.services.making import AGAIN, Making, running

__all__ = ["ChangesDesk"]

T = TypeVar("T")
_WAITING = 8
"""Pairs of versions that may wait to be compared."""


class ChangesDesk:
    """The changes between the versions of a folder of snapshots; close it at the end.

    Args:
        snapshots: the folder of snapshots.
        settings: where files are kept (``exports``), and how long a request may wait for one (``timeout``).
    """

    def __init__(self, snapshots: Path, settings: Settings):
        self.snapshots = snapshots
        self.settings = settings
        self.folder = changes_folder(settings, snapshots)
        self._making = Making(_WAITING, "too many versions are being compared; ask again later", settings.timeout)

    async def read(self, old: Snapshot, new: Snapshot, read: Callable[[Changes], T]) -> T:
        """Return what a function reads of the changes between two versions, which are compared first where need be.

        Args:
            old: the older version.
            new: the newer version.
            read: called in a thread, with the open changes.

        Raises:
            ChangesBusyError: they are being compared, and that is not done yet.
            ChangesError: they cannot be compared here.
            ServiceBusyError: too many others are to be compared first.
        """
        path = kept_path(self.folder, old.version, new.version)

        def opened() -> T:
            with open_changes(path) as changes:
                return read(changes)

        try:
            return await asyncio.to_thread(opened)
        except OSError:
            await self._made(old, new, path)
        try:
            return await asyncio.to_thread(opened)
        except OSError:
            raise ChangesError("the changes were computed, and are not there any more; ask again") from None

    async def _made(self, old: Snapshot, new: Snapshot, path: Path) -> None:
        if not await self._making.made(path, lambda: self._compare(old, new)):
            words = f"versions {old.version} and {new.version} are being compared; ask again in {AGAIN} s"
            raise ChangesBusyError(words, AGAIN)

    async def _compare(self, old: Snapshot, new: Snapshot) -> None:
        """Let ``citydip changes`` compare two versions and keep what it finds."""
        command = [sys.executable, "-m", "citydip", "changes", old.version, new.version, "--most", "0"]
        command += ["--snapshots", str(self.snapshots)]
        async with running(command, {"CITYDIP_EXPORTS": self.settings.exports}) as process:
            _, said = await process.communicate()
        if process.returncode != 0:
            lines = said.decode(errors="replace").strip().splitlines()
            raise ChangesError(f"the versions cannot be compared: {lines[-1] if lines else 'the process ended'}")

    async def close(self) -> None:
        """End what is being compared."""
        await self._making.close()
