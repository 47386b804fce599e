"""The pool: worker processes kept warm, queries sent to them, and whatever outlives its deadline killed.

A query that outlives its first slice moves to the slow lane: its place among the quick ones goes to a fresh
worker, and its process gets a lower priority, so that quick queries never wait behind slow ones. Each lane has as
many places as the pool has workers; where the slow lane is full, a slow query stays where it is.
"""

import asyncio
import contextlib
import json
import os
import re
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from citydip.engine import frames
from citydip.engine.frames import Tag
from citydip.engine.guard import Guarded
from citydip.model.errors import (
    CitydipError,
    ParameterError,
    QueryCrashError,
    QueryMemoryError,
    QuerySyntaxError,
    QueryTimeoutError,
    ServiceBusyError,
    SnapshotError,
)
from citydip.model.settings import Settings

__all__ = ["Answer", "Pool", "QueryRequest", "syntax_error"]

_SLICE = 0.25
"""Seconds after which a query counts as slow."""
_GRACE = 0.5
"""Seconds after its deadline at which a worker that has not ended itself is killed."""


@dataclass(frozen=True, slots=True)
class QueryRequest:
    """One query to run.

    Args:
        text: the query.
        guarded: what `citydip.engine.guard.guard` said of it.
        format: short name of the result format.
        timeout: seconds; None takes the pool's.
        bindings: terms by variable.
        default_graphs: IRIs that make up the default graph, overriding the query's own.
        named_graphs: IRIs that can be named, overriding the query's own.
    """

    text: str
    guarded: Guarded
    format: str
    timeout: float | None = None
    bindings: dict[str, dict[str, str]] = field(default_factory=dict)
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()


@dataclass(eq=False, slots=True)
class _Worker:
    """One worker process and the connection to it."""

    pid: int
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    ending: asyncio.Future[int]
    slow: bool = False

    def kill(self) -> None:
        # A process that has ended may have left its number to another one.
        if not self.ending.done():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
        self.writer.close()


class Answer:
    """The answer to one query, as it streams out of a worker."""

    def __init__(self, first: bytes | None, run: "_Run"):
        self._first = first
        self._run = run

    @property
    def pid(self) -> int:
        """Return the process that runs the query."""
        return self._run.worker.pid

    @property
    def stats(self) -> dict[str, Any]:
        """Return seconds and bytes, once the answer is whole; empty before."""
        return self._run.stats

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the result in pieces of about 64 kB.

        Raises:
            CitydipError: the query did not end well; what has come so far is not whole.
        """
        piece = self._first
        while piece is not None:
            yield piece
            piece = await self._run.next()

    async def read(self) -> bytes:
        """Return the whole result."""
        return b"".join([chunk async for chunk in self.chunks()])


class Pool:
    """Worker processes over one snapshot.

    Args:
        data: the file with the quads.
        settings: number of workers, queue, deadline and memory limit.
    """

    def __init__(self, data: Path, settings: Settings):
        self.data = data
        self.settings = settings
        self._idle: list[_Worker] = []
        self._places = asyncio.Semaphore(settings.workers)
        self._slow_places = asyncio.Semaphore(settings.workers)
        self._waiting = 0
        self._zygote: asyncio.subprocess.Process | None = None
        self._endings: dict[int, asyncio.Future[int]] = {}
        self._listener: asyncio.Task[None] | None = None
        self._spares: set[asyncio.Task[None]] = set()
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    @property
    def alive(self) -> bool:
        """Return whether the zygote is there to fork workers."""
        return self._zygote is not None and self._zygote.returncode is None

    async def start(self) -> None:
        """Load the data and fork the workers.

        Raises:
            SnapshotError: the data cannot be loaded.
        """
        self._folder = tempfile.TemporaryDirectory(prefix="citydip-")
        self._zygote = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "citydip.engine.zygote",
            str(self.data),
            self._address,
            str(self.settings.memory),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert self._zygote.stdout is not None  # noqa: S101 - asked for above
        line = await self._zygote.stdout.readline()
        if not line:
            await self.close()
            raise SnapshotError(f"{self.data} cannot be loaded; remove the snapshot and run: citydip build")
        self._listener = asyncio.create_task(self._listen(self._zygote.stdout))
        self._idle = [await self._fork() for _ in range(self.settings.workers)]

    async def close(self) -> None:
        """End all workers and the zygote."""
        if self._spares:
            await asyncio.wait(self._spares, timeout=5)
        for worker in self._idle:
            worker.writer.close()
        self._idle.clear()
        if self._zygote is not None:
            if self._zygote.stdin is not None:
                self._zygote.stdin.close()
            try:
                await asyncio.wait_for(self._zygote.wait(), 5)
            except TimeoutError:
                self._zygote.kill()
                await self._zygote.wait()
        if self._listener is not None:
            await self._listener
        if self._folder is not None:
            self._folder.cleanup()

    @property
    def _address(self) -> str:
        assert self._folder is not None  # noqa: S101 - made by start
        return str(Path(self._folder.name) / "zygote")

    async def _listen(self, stream: asyncio.StreamReader) -> None:
        """Note how workers ended, as the zygote tells it."""
        async for line in stream:
            message = json.loads(line)
            ending = self._endings.pop(message["ended"], None)
            if ending is not None:
                ending.set_result(message["signal"])

    async def _fork(self) -> _Worker:
        try:
            reader, writer = await asyncio.open_unix_connection(self._address, limit=1 << 18)
            pid = int.from_bytes(await reader.readexactly(4), "big")
        except (OSError, asyncio.IncompleteReadError):
            raise ServiceBusyError("no process can be started for the query; try again in a few seconds") from None
        ending = self._endings[pid] = asyncio.get_running_loop().create_future()
        return _Worker(pid, reader, writer, ending)

    @contextlib.asynccontextmanager
    async def answer(self, request: QueryRequest) -> AsyncIterator[Answer]:
        """Run a query and give its answer; leaving the block early kills the query.

        Raises:
            QuerySyntaxError: the query is not SPARQL.
            QueryTimeoutError: the deadline came before the first bytes.
            QueryMemoryError: the memory limit was hit before the first bytes.
            ServiceBusyError: too many queries are waiting.
        """
        timeout = min(request.timeout or self.settings.timeout, self.settings.timeout)
        worker = await self._take()
        run = _Run(worker, request, timeout)
        lane = asyncio.create_task(self._slow_lane(worker))
        try:
            yield Answer(await run.first(), run)
        finally:
            lane.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await lane
            self._give_back(worker, reusable=run.ended)

    async def _take(self) -> _Worker:
        """Return an idle worker, waiting for a place among the quick ones."""
        if self._places.locked() and self._waiting >= self.settings.queue:
            raise ServiceBusyError("too many queries are waiting; try again in a few seconds")
        self._waiting += 1
        try:
            await self._places.acquire()
        finally:
            self._waiting -= 1
        try:
            while self._idle:
                worker = self._idle.pop()
                if not worker.reader.at_eof():
                    return worker
                worker.writer.close()
            return await self._fork()
        except BaseException:
            self._places.release()
            raise

    def _give_back(self, worker: _Worker, *, reusable: bool) -> None:
        """Free the worker's place; keep the worker if it can serve again, else kill it."""
        if reusable and not worker.slow:
            self._idle.append(worker)
        else:
            worker.kill()
            if self.alive and len(self._idle) < self.settings.workers:
                spare = asyncio.create_task(self._spare())
                self._spares.add(spare)
                spare.add_done_callback(self._spares.discard)
        (self._slow_places if worker.slow else self._places).release()

    async def _spare(self) -> None:
        """Put a fresh worker in the place of one that is gone, before anybody asks for it."""
        with contextlib.suppress(ServiceBusyError):
            self._idle.append(await self._fork())

    async def _slow_lane(self, worker: _Worker) -> None:
        """Move a query that outlives its first slice out of the way of quick ones."""
        await asyncio.sleep(_SLICE)
        if self._slow_places.locked():
            return
        await self._slow_places.acquire()
        worker.slow = True
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, worker.pid, 10)
        self._places.release()


class _Run:
    """One query on one worker: frames in, chunks out, and the reason when it ends badly."""

    def __init__(self, worker: _Worker, request: QueryRequest, timeout: float):
        self.worker = worker
        self.request = request
        self.timeout = timeout
        self.deadline = time.monotonic() + timeout
        self.ended = False
        self.stats: dict[str, Any] = {}

    async def first(self) -> bytes | None:
        """Send the request and return the first piece of the result; None where the result is empty."""
        request = self.request
        message = {
            "query": request.text,
            "format": request.format,
            "bindings": request.bindings,
            "default_graphs": request.default_graphs,
            "named_graphs": request.named_graphs,
            "has_dataset": request.guarded.has_dataset,
            "timeout": self.timeout,
        }
        self.worker.writer.write(frames.pack(Tag.REQUEST, message))
        return await self.next()

    async def next(self) -> bytes | None:
        """Return the next piece of the result, or None at its end."""
        while True:
            left = self.deadline + _GRACE - time.monotonic()
            try:
                received = await asyncio.wait_for(frames.read_frame(self.worker.reader), max(left, 0))
            except TimeoutError:
                raise self._too_long() from None
            if received is None:
                raise await self._reason()
            tag, payload = received
            if tag is Tag.DATA:
                return payload
            if tag is Tag.END:
                self.ended = True
                self.stats = json.loads(payload)
                return None
            if tag is Tag.ERROR:
                self.ended = True
                raise self._error(json.loads(payload))

    def _too_long(self) -> QueryTimeoutError:
        return QueryTimeoutError(
            f"the query was stopped after {self.timeout:g} s, the limit it had; "
            "add a LIMIT, name more of what you look for, or ask for parts"
        )

    async def _reason(self) -> CitydipError:
        """Return why the worker has gone."""
        try:
            number = await asyncio.wait_for(asyncio.shield(self.worker.ending), 1)
        except TimeoutError:
            number = 0
        if number == signal.SIGALRM:
            return self._too_long()
        if number in (signal.SIGABRT, signal.SIGSEGV, signal.SIGBUS):
            return QueryMemoryError(
                "the query was stopped at its memory limit; sort or group fewer rows, or add a LIMIT"
            )
        return QueryCrashError("the process that ran the query ended; try again")

    def _error(self, error: dict[str, str]) -> CitydipError:
        if error["error"] == "syntax":
            return syntax_error(error["message"], self.request.text)
        return ParameterError(f"the query cannot be answered: {error['message']}")


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
