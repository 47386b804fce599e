"""Workers over further files of a snapshot, started when somebody asks for the first time."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from citydip.curation.snapshot import Snapshot
from citydip.engine.lanes import Lanes
from citydip.engine.pool import Pool
from citydip.engine.run import Answer, QueryRequest
from citydip.model.errors import NotFoundError, ServiceBusyError
from citydip.model.settings import Settings

__all__ = ["Standby", "WikidataView"]


class Standby:
    """Workers over a file, which are started when they are asked for.

    Args:
        data: the file.
        settings: limits.
        lanes: the places for queries, where other workers share them.
    """

    def __init__(self, data: Path, settings: Settings, lanes: Lanes | None = None):
        self.data = data
        self.settings = settings
        self.lanes = lanes
        self._pool: Pool | None = None
        self._starting: asyncio.Task[Pool] | None = None

    async def open(self) -> Pool:
        """Return the workers, starting them where they are not there; who waits for them and goes ends nothing.

        Raises:
            SnapshotError: the file cannot be loaded.
        """
        if self._pool is not None and self._pool.alive:
            return self._pool
        if self._starting is None or self._starting.done():
            self._starting = asyncio.create_task(self._start())
        return await asyncio.shield(self._starting)

    async def _start(self) -> Pool:
        broken, self._pool = self._pool, None
        if broken is not None:
            await broken.close()
        pool = Pool(self.data, self.settings, lanes=self.lanes)
        try:
            await pool.start()
        except BaseException:
            await pool.close()
            raise
        self._pool = pool
        return pool

    @contextlib.asynccontextmanager
    async def answer(self, request: QueryRequest) -> AsyncIterator[Answer]:
        """Run a query and give its answer, as `Pool.answer` does, once there are workers.

        Raises:
            ServiceBusyError: loading takes longer than a query may.
        """
        try:
            async with asyncio.timeout(self.settings.timeout):
                pool = await self.open()
        except TimeoutError:
            raise ServiceBusyError("the graphs are still being loaded; try again in a few seconds") from None
        async with pool.answer(request) as answer:
            yield answer

    def running(self) -> Pool | None:
        """Return the workers if there are any."""
        return self._pool if self._pool is not None and self._pool.alive else None

    async def close(self) -> None:
        """End the workers."""
        if self._starting is not None and not self._starting.done():
            self._starting.cancel()
            await asyncio.gather(self._starting, return_exceptions=True)
        pool, self._pool = self._pool, None
        if pool is not None:
            await pool.close()


class WikidataView(Standby):
    """The workers over the Wikidata view of a snapshot.

    Args:
        snapshot: what it is a view of.
        settings: limits.
        lanes: the places for queries, which those on the graph share.
    """

    def __init__(self, snapshot: Snapshot, settings: Settings, lanes: Lanes | None = None):
        super().__init__(snapshot.view, settings, lanes)

    async def open(self) -> Pool:
        """Return the workers, starting them where they are not there.

        Raises:
            NotFoundError: the snapshot has no view, or the operator serves none.
            SnapshotError: the view cannot be loaded.
        """
        if not self.settings.wikidata:
            raise NotFoundError("the Wikidata view is switched off here; ask /sparql instead")
        if not self.data.is_file():
            raise NotFoundError("this version has no Wikidata view; ask a newer one, or /sparql instead")
        return await super().open()
