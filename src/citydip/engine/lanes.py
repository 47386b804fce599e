"""The places for queries: so many quick ones and as many slow ones at a time, and a line of those who wait."""

import asyncio
from collections import deque

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
        self._quick = self._slow = settings.workers
        self._queue: deque[asyncio.Future[None]] = deque()

    async def take(self) -> None:
        """Take a quick place, waiting for one.

        Raises:
            ServiceBusyError: too many are waiting, or this one has waited as long as a query may run.
        """
        if self._quick:
            self._quick -= 1
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
        """Give a quick place to who has waited for the longest."""
        while self._queue:
            turn = self._queue.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._quick += 1

    def take_slow(self) -> bool:
        """Change a quick place for a slow one; return whether there was one."""
        if not self._slow:
            return False
        self._slow -= 1
        self.free()
        return True

    def free_slow(self) -> None:
        """Give a slow place back."""
        self._slow += 1


def _give_up(turn: asyncio.Future[None]) -> None:
    """End the waiting for a place."""
    if not turn.done():
        turn.set_exception(ServiceBusyError("no worker has become free for the query; try again in a few seconds"))
