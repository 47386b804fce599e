"""A budget of query time for each client, so that one cannot use up what is there for all.

A client may use so many seconds of query time in a minute. The budget fills up steadily; a query may begin while
anything is left, and what it takes is drawn when it ends.
"""

import math
import time
from collections import OrderedDict

from citydip.model.errors import CitydipError

__all__ = ["Budget", "BudgetError"]

_MINUTE = 60.0
_HEADERS = (b"ratelimit-limit", b"ratelimit-remaining", b"ratelimit-reset")
_MOST_CLIENTS = 10_000
"""How many clients are remembered; those that have not asked for the longest are forgotten, with a full budget."""


class BudgetError(CitydipError):
    """The client has used up its budget.

    Args:
        seconds: how long until it may ask again.
    """

    status = 429
    kind = "budget"

    def __init__(self, seconds: int):
        super().__init__(f"you have used up your query time for now; ask again in {seconds} s")
        self.seconds = seconds


class Budget:
    """The budgets of all clients.

    Args:
        per_minute: seconds of query time in a minute; 0 sets no limit.
    """

    def __init__(self, per_minute: float):
        self.per_minute = per_minute
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def left(self, client: str) -> float:
        """Return the seconds that a client has left.

        Example:
            >>> Budget(60).left("192.0.2.1")
            60.0
        """
        left, then = self._left.get(client, (self.per_minute, time.monotonic()))
        filled = (time.monotonic() - then) * self.per_minute / _MINUTE
        return float(min(self.per_minute, left + filled))

    def headers(self, client: str) -> list[tuple[bytes, bytes]]:
        """Return what tells a client how much it has, is left, and in how many seconds it will have all again.

        Example:
            >>> Budget(60).headers("192.0.2.1")[1]
            (b'ratelimit-remaining', b'60')
        """
        if not self.per_minute:
            return []
        left = max(self.left(client), 0)
        values = (self.per_minute, math.floor(left), math.ceil((self.per_minute - left) * _MINUTE / self.per_minute))
        return [(name, f"{value:g}".encode()) for name, value in zip(_HEADERS, values, strict=True)]

    def check(self, client: str) -> None:
        """Raise where a client has nothing left.

        Raises:
            BudgetError: it says when to ask again.
        """
        if not self.per_minute:
            return
        left = self.left(client)
        if left <= 0:
            # A second's worth is what a client should find when it comes back.
            raise BudgetError(math.ceil((1 - left) * _MINUTE / self.per_minute))

    def draw(self, client: str, seconds: float) -> None:
        """Take what a query has used."""
        if not self.per_minute:
            return
        self._left[client] = (self.left(client) - seconds, time.monotonic())
        self._left.move_to_end(client)
        if len(self._left) > _MOST_CLIENTS:
            self._left.popitem(last=False)
