"""Files that are made once for many who ask: one at a time, each in a process of its own.

So no request waits behind the making of another file, and its memory goes back when it has ended.
"""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any

from citydip.model.errors import ServiceBusyError
from citydip.model.settings import Settings

__all__ = ["AGAIN", "Making", "exports_folder", "running"]

AGAIN = 5
"""Seconds after which to ask again for a file that is being made."""


def exports_folder(settings: Settings, snapshots: Path) -> Path:
    """Return the folder in which what is made lies.

    Args:
        settings: ``exports`` may name another folder.
        snapshots: the folder of snapshots.
    """
    return Path(settings.exports).resolve() if settings.exports else snapshots / "exports"


class Making:
    """What is being made; close it at the end.

    Args:
        most: files that may wait to be made.
        busy: what is said to who asks for one more.
        wait: seconds that a request may wait for a file.
    """

    def __init__(self, most: int, busy: str, wait: float):
        self.most = most
        self.busy = busy
        self.wait = wait
        self._tasks: dict[Path, asyncio.Task[None]] = {}
        self._one = asyncio.Semaphore(1)

    async def made(self, path: Path, make: Callable[[], Coroutine[Any, Any, None]]) -> bool:
        """Make a file, or wait for it where it is being made; return whether that is done.

        Args:
            path: the file.
            make: makes it; what it raises is raised to all who wait.

        Raises:
            ServiceBusyError: too many others are to be made first.
        """
        task = self._tasks.get(path)
        if task is None:
            if len(self._tasks) >= self.most:
                raise ServiceBusyError(self.busy)
            task = self._tasks[path] = asyncio.create_task(self._alone(make))
            task.add_done_callback(lambda _: self._tasks.pop(path, None))
        # Others may wait for the same file, so that who goes away does not end its making.
        await asyncio.wait([task], timeout=self.wait)
        if task.done():
            task.result()
        return task.done()

    async def _alone(self, make: Callable[[], Coroutine[Any, Any, None]]) -> None:
        async with self._one:
            await make()

    async def close(self) -> None:
        """End what is being made."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@contextlib.asynccontextmanager
async def running(command: Sequence[str], more: Mapping[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a command whose standard error is read; it is interrupted where it has not ended at the end of the block.

    Args:
        command: its words.
        more: what its environment has besides.
    """
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, **more},
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGINT)
