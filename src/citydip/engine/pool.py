"""The pool: worker processes kept warm, queries sent to them, and whatever outlives its deadline killed.

A query that is not quick moves to the slow lane: its place among the quick ones goes to a fresh worker. It runs on
all processors but one while quick queries come, and its process gets a lower priority after a while, so that quick
queries never wait behind slow ones. Each lane has as many places as the pool has workers; a slow query for which there
is none stays where it is until one is free.
"""

import asyncio
import contextlib
import json
import os
import sys
import tempfile
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, TypeVar

from citydip.engine.frames import Channel, Tag
from citydip.engine.lanes import Lanes
from citydip.engine.rewrite import read_rules
from citydip.engine.run import Answer, QueryRequest, Run, RunningQuery, Worker
from citydip.engine.statistics import Statistics
from citydip.model.errors import ParameterError, QueryStoppedError, ServiceBusyError, SnapshotError
from citydip.model.settings import Settings

__all__ = ["Pool"]

_Result = TypeVar("_Result")
_LONGEST_LINE = 1 << 26
"""Bytes of a line of the zygote; the first one holds the statistics of the graph."""
_QUICK = 0.05
"""Seconds after which a query counts as slow."""
_STEP = 0.2
"""Seconds after which a slow query gets a lower priority. Its worker keeps that, and so serves no other query."""
_NICENESS = 10
"""Of what is slow: quick queries go before it, and it still gets on where these never end."""


class Pool:
    """Worker processes over one snapshot.

    Args:
        data: the file with the quads.
        settings: number of workers, queue, deadline and memory limit.
        store: address of a SPARQL endpoint that holds the same quads and is asked instead; empty: none.
        lanes: the places for its queries, where another pool shares them; None: its own.
    """

    def __init__(self, data: Path, settings: Settings, store: str = "", lanes: Lanes | None = None):
        self.data = data
        self.settings = settings
        self.store = store
        self.lanes = lanes or Lanes(settings)
        # The rules are made for the embedded engine; another one gets a query as it was asked.
        self.off = tuple(sorted(read_rules("all" if store else settings.rewrites_off)))
        self.statistics: Statistics | None = None
        self._idle: list[Worker] = []
        self._zygote: asyncio.subprocess.Process | None = None
        self._endings: dict[int, asyncio.Future[int]] = {}
        self._listener: asyncio.Task[None] | None = None
        self._spares: set[asyncio.Task[None]] = set()
        self._running: dict[str, Run] = {}
        self._held = 0
        self._preparing: dict[str, asyncio.Task[Any]] = {}
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    @property
    def alive(self) -> bool:
        """Return whether the zygote is there to fork workers."""
        return self._zygote is not None and self._zygote.returncode is None

    async def begin_loading(self, *, niceness: int = _NICENESS) -> None:
        """Let the data be loaded; `start` waits for that.

        Args:
            niceness: of loading: as a rule, queries are running meanwhile that are waited for.
        """
        self._folder = tempfile.TemporaryDirectory(prefix="citydip-")
        self._zygote = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "citydip.engine.zygote",
            str(self.data),
            self._address,
            str(self.settings.memory),
            str(niceness),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=_LONGEST_LINE,
            env={**os.environ, "CITYDIP_STORE": self.store},
        )

    async def start(self) -> None:
        """Load the data and fork the workers.

        Raises:
            SnapshotError: the data cannot be loaded.
        """
        if self._zygote is None:
            await self.begin_loading()
        assert self._zygote is not None and self._zygote.stdout is not None  # noqa: PT018, S101 - asked for above
        line = await self._zygote.stdout.readline()
        if not line:
            await self.close()
            raise SnapshotError(f"{self.data} cannot be loaded; remove the snapshot and run: citydip build")
        told = json.loads(line)["statistics"]
        self.statistics = Statistics.of(told) if told else None
        self._listener = asyncio.create_task(self._listen(self._zygote.stdout))
        self._idle = [await self._fork() for _ in range(self.settings.workers)]

    async def close(self) -> None:
        """End all workers and the zygote."""
        if self._spares:
            await asyncio.wait(self._spares, timeout=5)
        for worker in self._idle:
            worker.channel.close()
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

    async def _fork(self) -> Worker:
        loop = asyncio.get_running_loop()
        channel = Channel(loop)
        try:
            await loop.create_unix_connection(lambda: channel, self._address)
            ready = await channel.next()
        except OSError:
            ready = None
        except BaseException:
            # A worker ends when its connection does: none is left behind where nobody waits for it any more.
            channel.close()
            raise
        if ready is None or ready[0] is not Tag.READY:
            channel.close()
            raise ServiceBusyError("no process can be started for the query; try again in a few seconds")
        pid = int.from_bytes(ready[1], "big")
        ending = self._endings[pid] = loop.create_future()
        return Worker(pid, channel, ending)

    def answer(self, request: QueryRequest) -> AbstractAsyncContextManager[Answer]:
        """Run a query and give its answer; leaving the block early kills the query.

        Raises:
            QuerySyntaxError: the query is not SPARQL.
            QueryTimeoutError: the deadline came before the first bytes.
            QueryMemoryError: the memory limit was hit before the first bytes.
            QueryStoppedError: somebody who knows its name has stopped it.
            ServiceBusyError: too many queries are waiting, or this one has waited as long as one may run.
            ParameterError: another query of this name is running.
        """
        return _Turn(self, request)

    async def begin(self, request: QueryRequest) -> Run:
        """Return a query on a worker, to which it has not been sent yet; `end` gives the worker back."""
        timeout = min(request.timeout or self.settings.timeout, self.settings.timeout)
        self._check_name(request)
        worker = await self._take()
        run = self._running[request.id] = Run(worker, request, timeout, self.off)
        self._quiet.clear()
        run.wait(_QUICK, self._outlive, run)
        return run

    def end(self, run: Run) -> None:
        """Take the worker of a query back, and kill it where the query has not ended."""
        run.close()
        del self._running[run.request.id]
        self._settle()
        self._give_back(run.worker, reusable=run.ended and not run.stopped and not run.overdue)

    def running(self) -> list[RunningQuery]:
        """Return what is running now, the oldest first."""
        return [
            RunningQuery(run.request.id, run.request.client, run.seconds, run.worker.pid, run.worker.slow)
            for run in self._running.values()
        ]

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Keep the pool open for a query that is not running yet."""
        self._held += 1
        self._quiet.clear()
        try:
            yield
        finally:
            self._held -= 1
            self._settle()

    async def prepare(self, request: QueryRequest, work: Callable[[], Coroutine[Any, Any, _Result]]) -> _Result:
        """Do what a query needs before it can run, and return the result; the query can be stopped meanwhile.

        Args:
            request: the query.
            work: what to do.

        Raises:
            QueryStoppedError: somebody who knows its name has stopped it.
            ParameterError: another query of this name is running.
        """
        self._check_name(request)
        task = asyncio.create_task(work())
        self._preparing[request.id] = task
        try:
            return await task
        except asyncio.CancelledError:
            current = asyncio.current_task()
            if current is None or current.cancelling():
                raise
            raise QueryStoppedError from None
        finally:
            del self._preparing[request.id]

    def _check_name(self, request: QueryRequest) -> None:
        if request.id in self._running or request.id in self._preparing:
            raise ParameterError(f"a query named {request.id!r} is running already; give each its own name")

    def _settle(self) -> None:
        if not self._running and not self._held:
            self._quiet.set()

    async def drained(self) -> None:
        """Wait until nothing is running, or about to."""
        await self._quiet.wait()

    def stop(self, name: str) -> bool:
        """Stop a running query; return whether there was one of that name."""
        if name in self._preparing:
            return self._preparing[name].cancel()
        run = self._running.get(name)
        if run is None:
            return False
        run.stopped = True
        run.worker.kill()
        return True

    async def _take(self) -> Worker:
        """Return an idle worker, waiting for a place among the quick ones."""
        await self.lanes.take()
        try:
            while self._idle:
                worker = self._idle.pop()
                if not worker.channel.gone:
                    return worker
                worker.channel.close()
            return await self._fork()
        except BaseException:
            self.lanes.free()
            raise

    def _give_back(self, worker: Worker, *, reusable: bool) -> None:
        """Free the worker's place; keep as many workers as there are places, and kill the worker if it is past use."""
        room = len(self._idle) + len(self._spares) < self.settings.workers
        self.lanes.leave(worker, quick=reusable)
        if reusable and not worker.low and not worker.spent and room:
            self._idle.append(worker)
        else:
            worker.kill()
            if self.alive and room:
                spare = asyncio.create_task(self._spare())
                self._spares.add(spare)
                spare.add_done_callback(self._spares.discard)

    async def _spare(self) -> None:
        """Put a fresh worker in the place of one that is gone, before anybody asks for it."""
        with contextlib.suppress(ServiceBusyError):
            self._idle.append(await self._fork())

    def _outlive(self, run: Run) -> None:
        """Move a query out of the way of quick ones, the more so the longer it runs; end it where it is overdue."""
        worker = run.worker
        if not run.seconds_left:
            run.end_overdue()
            return
        if not worker.slow:
            self.lanes.take_slow(worker)
        elif not worker.low:
            worker.lower(_NICENESS)
        run.wait(run.seconds_left if worker.low else min(_STEP, run.seconds_left), self._outlive, run)


class _Turn(AbstractAsyncContextManager[Answer]):
    """What `Pool.answer` returns: a query from when it begins until its worker is free again."""

    def __init__(self, pool: Pool, request: QueryRequest):
        self.pool = pool
        self.request = request

    async def __aenter__(self) -> Answer:
        self.run = await self.pool.begin(self.request)
        try:
            return Answer(await self.run.first(), self.run)
        except BaseException:
            self.pool.end(self.run)
            raise

    async def __aexit__(self, *_: object) -> None:
        self.pool.end(self.run)
