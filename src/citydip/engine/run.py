"""One query on one worker: its request, its answer as it streams, and the reason when it ends badly."""

import asyncio
import contextlib
import json
import os
import re
import secrets
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

from citydip.engine import frames
from citydip.engine.frames import Channel, Tag
from citydip.engine.guard import Guarded
from citydip.engine.limits import Limits
from citydip.model.errors import (
    CitydipError,
    ParameterError,
    QueryCrashError,
    QueryMemoryError,
    QueryStoppedError,
    QuerySyntaxError,
    QueryTimeoutError,
    ServiceBusyError,
    StoreError,
)

__all__ = ["Answer", "QueryRequest", "Run", "RunningQuery", "Worker", "syntax_error"]

_OF_STORES = {error.kind: error for error in (ParameterError, QueryTimeoutError, ServiceBusyError, StoreError)}
"""What a worker that asks a store at an address says of it."""
_TOO_NESTED = "the query chains or nests more parts than there is memory to follow; ask in several queries"
_OUT_OF_MEMORY: dict[int, str] = {
    signal.SIGABRT: "the query was stopped at its memory limit; sort or group fewer rows, or add a LIMIT",
    signal.SIGSEGV: _TOO_NESTED,
    signal.SIGBUS: _TOO_NESTED,
    # Nobody here did it: it is what the system does where memory is short.
    signal.SIGKILL: "the system ended the process that ran the query, as it does when it has no memory left; "
    "try again, and if that does not help, sort or group fewer rows",
}
"""What to say of the signals that end a worker for want of memory."""
_GRACE = 0.2
"""Seconds after its deadline at which a worker is waited for no more: one with much memory takes long to end."""


@dataclass(slots=True)
class QueryRequest:
    """One query to run; nothing changes it. A frozen one takes five times as long to make.

    Args:
        text: the query.
        guarded: what `citydip.engine.guard.guard` said of it.
        format: short name of the result format.
        timeout: seconds; None takes the pool's.
        bindings: terms by variable.
        default_graphs: IRIs that make up the default graph, overriding the query's own.
        named_graphs: IRIs that can be named, overriding the query's own.
        limits: how large the answer may be.
        id: what the query is called while it runs; who knows it can stop it.
        client: who asks, for the operator's list.
        original: the query as it was sent, where it had to be written in standard SPARQL.
    """

    text: str
    guarded: Guarded
    format: str
    timeout: float | None = None
    bindings: dict[str, dict[str, str]] = field(default_factory=dict)
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)
    id: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    client: str = ""
    original: str = ""


@dataclass(frozen=True, slots=True)
class RunningQuery:
    """A query that is running now.

    Args:
        id: its name.
        client: who asked.
        seconds: how long it has been running.
        pid: the process that runs it.
        slow: whether it has moved to the slow lane.
    """

    id: str
    client: str
    seconds: float
    pid: int
    slow: bool


@dataclass(eq=False, slots=True)
class Worker:
    """One worker process and the connection to it.

    Args:
        pid: the process.
        channel: the connection.
        ending: done when the process has ended, with the signal that ended it.
        slow: whether its query has a place among the slow ones.
        low: whether its priority has been lowered, which nobody may take back.
        spent: whether it has said that it serves no other query.
    """

    pid: int
    channel: Channel
    ending: asyncio.Future[int]
    slow: bool = False
    low: bool = False
    spent: bool = False

    # A process that has ended may have left its number to another one: nothing is done to that.

    def kill(self) -> None:
        """End the process at once, and the connection with it."""
        if not self.ending.done():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
        self.channel.close()

    def lower(self, niceness: int) -> None:
        """Lower the priority of the process."""
        self.low = True
        if not self.ending.done():
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, self.pid, niceness)

    def run_on(self, processors: set[int]) -> None:
        """Let the process run on some processors only, where the system can do that."""
        if sys.platform == "linux" and not self.ending.done():
            with contextlib.suppress(OSError):
                os.sched_setaffinity(self.pid, processors)


class Run:
    """One query on one worker: frames in, chunks out, and the reason when it ends badly.

    Args:
        worker: which runs it.
        request: the query.
        timeout: seconds that it has.
        off: rules of rewriting that are not applied.
    """

    def __init__(self, worker: Worker, request: QueryRequest, timeout: float, off: tuple[str, ...] = ()):
        self.worker = worker
        self.off = off
        self.request = request
        self.timeout = timeout
        self.began = time.monotonic()
        self.ended = False
        self.stopped = False
        self.overdue = False
        self.clock: asyncio.TimerHandle | None = None
        self.stats: dict[str, Any] = {}

    @property
    def seconds(self) -> float:
        """Return for how long the query has been running."""
        return time.monotonic() - self.began

    @property
    def seconds_left(self) -> float:
        """Return the seconds until the worker is killed, should it not have ended itself at the deadline."""
        return max(self.timeout + _GRACE - self.seconds, 0)

    async def first(self) -> bytes | None:
        """Send the request and return the first piece of the result; None where the result is empty."""
        request = self.request
        message = {
            "query": request.text,
            "format": request.format,
            "bindings": request.bindings,
            "default_graphs": request.default_graphs,
            "named_graphs": request.named_graphs,
            "limits": request.limits.as_dict(),
            "timeout": self.timeout,
            "off": self.off,
        }
        self.worker.channel.send(frames.pack_request(message))
        return await self.next()

    async def next(self) -> bytes | None:
        """Return the next piece of the result, or None at its end."""
        received = await self.worker.channel.next()
        if received is None:
            raise await self._reason()
        tag, payload = received
        if tag is Tag.DATA:
            return payload
        self.ended = True
        if tag is Tag.ERROR:
            raise self._error(json.loads(payload))
        self.worker.spent = tag is Tag.LAST
        self.stats.update(frames.unpack_end(payload))
        return None

    def wait(self, seconds: float, then: Callable[..., None], *args: Any) -> None:
        """Do something after some seconds, should the query still be running; nothing else is waited for any more."""
        self.clock = self.worker.channel.loop.call_later(seconds, then, *args)

    def close(self) -> None:
        """Wait for nothing any more."""
        if self.clock is not None:
            self.clock.cancel()

    def end_overdue(self) -> None:
        """End a worker that has not ended itself at the deadline."""
        self.overdue = True
        self.worker.kill()

    def _too_long(self) -> QueryTimeoutError:
        return QueryTimeoutError(
            f"the query was stopped after {self.timeout:g} s, the limit it had; "
            "add a LIMIT, name more of what you look for, or ask for parts"
        )

    async def _reason(self) -> CitydipError:
        """Return why the worker has gone."""
        if self.stopped:
            return QueryStoppedError()
        if self.overdue:
            return self._too_long()
        try:
            number = await asyncio.wait_for(asyncio.shield(self.worker.ending), 1)
        except TimeoutError:
            number = 0
        if number == signal.SIGALRM:
            return self._too_long()
        if number in _OUT_OF_MEMORY:
            return QueryMemoryError(_OUT_OF_MEMORY[number])
        return QueryCrashError("the process that ran the query ended; try again")

    def _error(self, error: dict[str, str]) -> CitydipError:
        if error["error"] == "syntax":
            return syntax_error(error["message"], self.request.text)
        if error["error"] in _OF_STORES:
            return _OF_STORES[error["error"]](error["message"])
        return ParameterError(f"the query cannot be answered: {error['message']}")


class Answer:
    """The answer to one query, as it streams out of a worker."""

    def __init__(self, first: bytes | None, run: Run):
        self._first = first
        self._run = run
        self.service_age: float | None = None
        """Seconds since the oldest answer of another service came that is in this one; None where none is."""

    @property
    def pid(self) -> int:
        """Return the process that runs the query."""
        return self._run.worker.pid

    @property
    def seconds_left(self) -> float:
        """Return the seconds until the query is ended, whether its answer is whole or not."""
        return self._run.seconds_left

    @property
    def stats(self) -> dict[str, Any]:
        """Return seconds, bytes, rows, and the limit that cut it, once the answer has ended; empty before."""
        return self._run.stats

    async def beginning(self, most: int) -> tuple[bytes, bool]:
        """Return the beginning of the result, and whether that is all of it; `chunks` goes on after it.

        Args:
            most: bytes at which it may end before the result does.

        Raises:
            CitydipError: the query did not end well.
        """
        pieces, self._first = [self._first or b""], None
        size = len(pieces[0])
        while size <= most and not self._run.ended:
            piece = await self._run.next() or b""
            pieces.append(piece)
            size += len(piece)
        return b"".join(pieces), self._run.ended

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the result in pieces of about 64 kB.

        Raises:
            CitydipError: the query did not end well; what has come so far is not whole.
        """
        piece, self._first = self._first, None
        if piece is not None:
            yield piece
        while not self._run.ended:
            piece = await self._run.next()
            if piece is not None:
                yield piece

    async def read(self) -> bytes:
        """Return the whole result."""
        return b"".join([chunk async for chunk in self.chunks()])


_AT = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)
_LONGEST_LIST = 12


def syntax_error(message: str, text: str) -> QuerySyntaxError:
    """Return the error of a query that cannot be parsed, in plain words.

    Args:
        message: what the engine says.
        text: the query.

    Example:
        >>> error = syntax_error("error at 1:8: expected OPTIONAL", "SELECT WHERE {}")
        >>> print(error.excerpt)
        SELECT WHERE {}
               ^
    """
    found = _AT.match(message)
    if not found:
        return QuerySyntaxError(message, line=1, column=1, text=text)
    words = found[3].removeprefix("expected one of ").split(", ")
    if found[3].startswith("expected one of ") and len(words) <= _LONGEST_LIST:
        rest = "; it could go on with one of: " + ", ".join(words)
    elif found[3].startswith("expected one of "):
        rest = ""
    else:
        rest = ": " + found[3]
    line, column = int(found[1]), int(found[2])
    return QuerySyntaxError(f"the query cannot be read from here on{rest}", line=line, column=column, text=text)
