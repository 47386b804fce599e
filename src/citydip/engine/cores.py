"""The processors: slow queries run on all of them, or on all but one while quick queries come."""

import asyncio
import os
import sys
import time
from collections.abc import Callable

from citydip.engine.run import Worker

__all__ = ["Cores", "processors"]

_CALM = 0.25
"""Seconds without a quick query after which slow ones may run anywhere again."""


def processors() -> tuple[set[int], set[int]]:
    """Return the processors that this process may use, and those of them that what is slow uses beside quick queries.

    Both are empty where the system does not tell; the second is, too, where there is only one processor.
    """
    known = os.sched_getaffinity(0) if sys.platform == "linux" else set()
    return known, known - {max(known, default=0)}


class Cores:
    """Which processors slow queries run on.

    A quick query takes less than a millisecond, but several where it must wait until the system takes a processor from
    a slow one, and where it finds what it needs no longer in the caches of that processor.

    Args:
        freed: called when slow queries may run anywhere again.
    """

    def __init__(self, freed: Callable[[], None]):
        self._all, self._most = processors()
        self._freed = freed
        self._slow: set[Worker] = set()
        self._last_quick = 0.0
        self.count = len(self._all)
        self.kept = False
        """Whether one of them is kept for quick queries just now."""

    def add(self, worker: Worker) -> None:
        """Take note of a worker whose query is slow."""
        self._slow.add(worker)
        if self.kept:
            worker.run_on(self._most)

    def remove(self, worker: Worker) -> None:
        """Forget a worker whose query was slow: it may run anywhere."""
        self._slow.remove(worker)
        if self.kept:
            worker.run_on(self._all)

    def note_quick(self) -> None:
        """Take note that a query was quick: others like it are likely to come."""
        if not self._slow or not self._most:
            return
        self._last_quick = time.monotonic()
        if not self.kept:
            self.kept = True
            for worker in self._slow:
                worker.run_on(self._most)
            asyncio.get_running_loop().call_later(_CALM, self._look)

    def _look(self) -> None:
        """Let slow queries run anywhere where no quick one has come for a while, or none of them is left."""
        calm = time.monotonic() - self._last_quick
        if self._slow and calm < _CALM:
            asyncio.get_running_loop().call_later(_CALM - calm, self._look)
            return
        self.kept = False
        for worker in self._slow:
            worker.run_on(self._all)
        self._freed()
