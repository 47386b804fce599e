"""The Wikidata view of a snapshot: its own workers, started when somebody asks for the first time."""

import asyncio

from citydip.curation.snapshot import Snapshot
from citydip.engine.pool import Pool
from citydip.model.errors import NotFoundError
from citydip.model.settings import Settings

__all__ = ["WikidataView"]


class WikidataView:
    """The workers over the Wikidata view of a snapshot.

    Args:
        snapshot: what it is a view of.
        settings: limits.
    """

    def __init__(self, snapshot: Snapshot, settings: Settings):
        self.snapshot = snapshot
        self.settings = settings
        self._pool: Pool | None = None
        self._opening = asyncio.Lock()

    async def open(self) -> Pool:
        """Return the workers, starting them where they are not there.

        Raises:
            NotFoundError: the snapshot has no view, or the operator serves none.
            SnapshotError: the view cannot be loaded.
        """
        async with self._opening:
            if self._pool is not None and self._pool.alive:
                return self._pool
            if not self.settings.wikidata:
                raise NotFoundError("the Wikidata view is switched off here; ask /sparql instead")
            if not self.snapshot.view.is_file():
                raise NotFoundError("this version has no Wikidata view; ask a newer one, or /sparql instead")
            await self.close()
            pool = Pool(self.snapshot.view, self.settings)
            await pool.start()
            self._pool = pool
            return pool

    def running(self) -> Pool | None:
        """Return the workers if there are any."""
        return self._pool

    async def close(self) -> None:
        """End the workers."""
        pool, self._pool = self._pool, None
        if pool is not None:
            await pool.close()
