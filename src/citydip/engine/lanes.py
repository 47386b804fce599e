"""The places for queries: so many quick ones and as many slow ones at a time, and a line of those who wait."""

import asyncio
from collections import deque

from citydip.engine.cores import Cores
from citydip.engine.run import Worker
from citydip.model.errors import ServiceBusyError
from citydip.model.settings import Settings

__all__ = ["Lanes"]


class Lanes:
    """The places of one or several pools; a query takes a quick one, and gives it up for a slow one when it is slow.

    Args:
        settings: ``workers`` places in either lane, and how many may wait, and for how long.
    """

    def __init__(self, settings: Settings):
        self.settings = settings
        self._quick = self._slow = 0
        self._queue: deque[asyncio.Future[None]] = deque()
        self._cores = Cores(self._admit)

    @property
    def _room(self) -> bool:
        """Return whether a quick place is free: beside slow queries there are no more of them than processors."""
        workers = self.settings.workers
        return self._quick < (min(workers, self._cores.count) if self._cores.kept else workers)

    async def take(self) -> None:
        """Take a quick place, waiting for one.

        Raises:
            ServiceBusyError: too many are waiting, or this one has waited as long as a query may run.
        """
        if self._room:
            self._quick += 1
            return
        if len(self._queue) >= self.settings.queue:
            raise ServiceBusyError("too many queries are waiting; try again in a few seconds")
        loop = asyncio.get_running_loop()
        turn = loop.create_future()
        self._queue.append(turn)
        clock = loop.call_later(self.settings.timeout, _give_up, turn)
        try:
            await turn
        except (asyncio.CancelledError, ServiceBusyError):
            if turn in self._queue:
                self._queue.remove(turn)
            if not turn.cancelled() and turn.exception() is None:
                # The place came in the same moment.
                self.free()
            raise
        finally:
            clock.cancel()

    def free(self) -> None:
        """Give a quick place back."""
        self._quick -= 1
        self._admit()

    def take_slow(self, worker: Worker) -> None:
        """Change the quick place of a worker for a slow one, where there is one."""
        if self._slow < self.settings.workers:
            self._slow += 1
            worker.slow = True
            self._cores.add(worker)
            self.free()

    def leave(self, worker: Worker, *, quick: bool) -> None:
        """Give back whatever place a worker has.

        Args:
            worker: which.
            quick: whether its query has ended as it should; it was quick then, unless it has a slow place.
        """
        if worker.slow:
            worker.slow = False
            self._slow -= 1
            self._cores.remove(worker)
        else:
            self.free()
            # Workers that ask another store take hardly any of a processor's time.
            if quick and not self.settings.store:
                self._cores.note_quick()

    def _admit(self) -> None:
        """Give the places that are free to those who have waited for the longest."""
        while self._queue and self._room:
            turn = self._queue.popleft()
            if not turn.done():
                self._quick += 1
                turn.set_result(None)


def _give_up(turn: asyncio.Future[None]) -> None:
    """End the waiting for a place."""
    if not turn.done():
        turn.set_exception(ServiceBusyError("no worker has become free for the query; try again in a few seconds"))
