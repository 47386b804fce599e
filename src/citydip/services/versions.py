"""The versions that are served: the current one, swapped without a gap, and older ones on demand.

A request keeps the graph that it began with to its end, so each answer is wholly of one version. A graph that is no
longer current is closed when its last query has ended.
"""

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import AsyncIterator
from pathlib import Path

from citydip.curation.snapshot import POINTER, Snapshot, is_version, kept_snapshots, snapshot_path
from citydip.engine.lanes import Lanes
from citydip.model.errors import CitydipError, NotFoundError, SnapshotError
from citydip.model.settings import Settings
from citydip.services.federation import Federation
from citydip.services.graph import ServedGraph, open_graph
from citydip.services.viewing import Standby

__all__ = ["Versions", "serve_versions"]


class Versions:
    """The open graphs of a folder of snapshots; use `serve_versions` to make and close one.

    Args:
        folder: folder of snapshots.
        settings: limits; ``versions`` says how many older ones may be open at once.
        federation: the other services that queries of all versions may ask; None for none.
    """

    def __init__(self, folder: Path, settings: Settings, federation: Federation | None = None):
        self.folder = folder
        self.settings = settings
        self.federation = federation
        self._open: OrderedDict[str, tuple[ServedGraph, contextlib.AsyncExitStack]] = OrderedDict()
        # A machine has so many processors and so much memory for all versions together.
        self._lanes = Lanes(settings)
        self._current = ""
        self._opening = asyncio.Lock()
        self._warming: asyncio.Task[None] | None = None
        self._closing: set[asyncio.Task[None]] = set()

    @property
    def current(self) -> ServedGraph:
        """Return the graph that new requests get."""
        return self._open[self._current][0]

    async def refresh(self) -> bool:
        """Swap to the snapshot that ``current`` points to; return whether that was another one, or had to be reopened.

        The new graph is loaded and warmed before it is swapped in.

        Raises:
            SnapshotError: the snapshot is not whole; the one that was served is served on.
        """
        async with self._opening:
            snapshot = Snapshot.open(self.folder / POINTER)
            if snapshot.version == self._current and self.current.pool.alive:
                return False
            await self._hold(snapshot, self.settings)
            graphs = self._open[snapshot.version][0].graphs
            if graphs and self._current:
                # What is served already answers until this is ready for all queries.
                await graphs.open()
            elif graphs:
                self._warming = asyncio.create_task(_warm(graphs))
            self._current = snapshot.version
            self._shrink()
            return True

    async def version(self, name: str) -> ServedGraph:
        """Return the graph of a version, opening it where it is not open.

        Raises:
            NotFoundError: there is no snapshot of that version.
        """
        path = snapshot_path(self.folder, name)
        if not self._is_open(name):
            if self.settings.store and "{version}" not in self.settings.store:
                raise NotFoundError(f"version {name} is not served here; only the current one is, {self._current}")
            async with self._opening:
                if not self._is_open(name):
                    if not is_version(name) or not path.is_dir():
                        raise NotFoundError(f"there is no version {name}; the current one is {self._current}")
                    await self._hold(Snapshot.open(path), self.settings)
                    self._shrink(keep=name)
        self._open.move_to_end(name)
        return self._open[name][0]

    def kept(self, most: int = 5) -> list[Snapshot]:
        """Return the versions in the folder that are not the current one, those written last first.

        Args:
            most: how many.
        """
        if self.settings.store and "{version}" not in self.settings.store:
            return []
        return [snapshot for snapshot in kept_snapshots(self.folder) if snapshot.version != self._current][:most]

    def _is_open(self, name: str) -> bool:
        """Return whether a version is open, and the process that its workers come from is there."""
        return name in self._open and self._open[name][0].pool.alive

    async def _hold(self, snapshot: Snapshot, settings: Settings) -> None:
        name = snapshot.version
        if not self._is_open(name):
            stack = contextlib.AsyncExitStack()
            graph = await stack.enter_async_context(open_graph(snapshot, settings, self.federation, self._lanes))
            broken = self._open.get(name)
            self._open[name] = (graph, stack)
            if broken:
                self._retire(*broken)

    def _shrink(self, keep: str = "") -> None:
        """Begin to close the versions that have not been asked for the longest, down to the limit."""
        older = [name for name in self._open if name not in (self._current, keep)]
        surplus = len(older) + bool(keep and keep != self._current) - self.settings.versions
        for name in older[: max(surplus, 0)]:
            self._retire(*self._open.pop(name))

    def _retire(self, graph: ServedGraph, stack: contextlib.AsyncExitStack) -> None:
        """Begin to close a graph that no new request gets."""
        task = asyncio.create_task(_drain(graph, stack))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def watch(self, seconds: float) -> None:
        """Look for a new snapshot every so many seconds, for ever; one that cannot be opened is passed over."""
        while True:
            await asyncio.sleep(seconds)
            with contextlib.suppress(CitydipError, OSError):
                await self.refresh()

    async def close(self) -> None:
        """Close all graphs."""
        if self._warming is not None:
            self._closing.add(self._warming)
        for task in self._closing:
            task.cancel()
        await asyncio.gather(*self._closing, return_exceptions=True)
        for _, stack in self._open.values():
            await stack.aclose()
        self._open.clear()


async def _warm(graphs: Standby) -> None:
    """Load the named graphs before somebody asks for them; who does is told of what goes wrong."""
    with contextlib.suppress(CitydipError):
        await graphs.open()


async def _drain(graph: ServedGraph, stack: contextlib.AsyncExitStack) -> None:
    """Close a graph when its queries have ended, at the latest after the longest that one may take."""
    try:
        # A request that has just taken this graph may not have begun its query yet.
        await asyncio.sleep(1)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(graph.drained(), graph.settings.timeout + 1)
    finally:
        await stack.aclose()


@contextlib.asynccontextmanager
async def serve_versions(
    folder: Path, settings: Settings, federation: Federation | None = None
) -> AsyncIterator[Versions]:
    """Open the current snapshot of a folder, and swap to newer ones as they come.

    Args:
        folder: folder of snapshots.
        settings: limits.
        federation: the other services that queries may ask; None for none.

    Raises:
        SnapshotError: there is no whole snapshot.
    """
    versions = Versions(folder, settings, federation)
    watching: asyncio.Task[None] | None = None
    try:
        if not await versions.refresh():
            raise SnapshotError(f"there is no snapshot in {folder}; build one with: citydip build")
        if settings.watch:
            watching = asyncio.create_task(versions.watch(settings.watch))
        yield versions
    finally:
        if watching is not None:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
        await versions.close()
