"""Changes between versions for many who ask: compared once, in a process of its own, one pair after the other.

So no request waits behind a comparison, and its memory goes back when it has ended. What is kept is a file, of which
each request reads the page that it shows.
"""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from citydip.curation.changes.keeping import Changes, kept_path, open_changes
from citydip.curation.snapshot import Snapshot
from citydip.model.errors import ChangesBusyError, ChangesError, ServiceBusyError
from citydip.model.settings import Settings
from citydip.services.changes.choosing import changes_folder

__all__ = ["ChangesDesk"]

T = TypeVar("T")
_WAITING = 8
"""Pairs of versions that may wait to be compared."""
_AGAIN = 5
"""Seconds after which to ask again for changes that are being computed."""


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
        self._making: dict[Path, asyncio.Task[None]] = {}
        self._one = asyncio.Semaphore(1)

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
        task = self._making.get(path)
        if task is None:
            if len(self._making) >= _WAITING:
                raise ServiceBusyError("too many versions are being compared; ask again later")
            task = self._making[path] = asyncio.create_task(self._compare(old, new))
            task.add_done_callback(lambda _: self._making.pop(path, None))
        # Others may wait for the same changes, so that who goes away does not end their making.
        await asyncio.wait([task], timeout=self.settings.timeout)
        if not task.done():
            words = f"versions {old.version} and {new.version} are being compared; ask again in {_AGAIN} s"
            raise ChangesBusyError(words, _AGAIN)
        task.result()

    async def _compare(self, old: Snapshot, new: Snapshot) -> None:
        """Let ``citydip changes`` compare two versions and keep what it finds."""
        command = [sys.executable, "-m", "citydip", "changes", old.version, new.version, "--most", "0"]
        async with self._one:
            process = await asyncio.create_subprocess_exec(
                *command,
                *("--snapshots", str(self.snapshots)),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.PIPE,
                env=os.environ | {"CITYDIP_EXPORTS": self.settings.exports},
            )
            try:
                _, said = await process.communicate()
            finally:
                if process.returncode is None:
                    with contextlib.suppress(ProcessLookupError):
                        process.send_signal(signal.SIGINT)
        if process.returncode != 0:
            lines = said.decode(errors="replace").strip().splitlines()
            raise ChangesError(f"the versions cannot be compared: {lines[-1] if lines else 'the process ended'}")

    async def close(self) -> None:
        """End what is being compared."""
        tasks = list(self._making.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
