"""The served graph: a snapshot, its catalogue and its pool of workers, opened and closed together."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from citydip.curation.snapshot import Snapshot
from citydip.engine.binding import bind
from citydip.engine.guard import Guarded, guard
from citydip.engine.pool import Pool
from citydip.engine.run import QueryRequest
from citydip.model.errors import ParameterError
from citydip.model.queryfile import QueryFile
from citydip.model.settings import Settings
from citydip.services.catalogue import Catalogue, read_catalogue
from citydip.services.holding import Holding, store_address

__all__ = ["ServedGraph", "open_graph"]


@dataclass(frozen=True, slots=True)
class ServedGraph:
    """Everything that answers: open it with `open_graph`.

    Args:
        snapshot: what is served.
        catalogue: the queries that come with it.
        internal: the queries that pages are made of.
        pool: the workers.
        settings: limits.
        holding: what is known of the store that answers, where it is not the embedded one.
    """

    snapshot: Snapshot
    catalogue: Catalogue
    internal: Catalogue
    pool: Pool
    settings: Settings
    holding: Holding | None = None

    def guard(self, text: str) -> Guarded:
        """Return what a query is.

        Raises:
            QueryRefusedError: it is an update or asks another service.
            ParameterError: it is longer than the limit, or empty.
        """
        limit = self.settings.query_length << 10
        if len(text.encode()) > limit:
            raise ParameterError(f"the query is longer than {limit} bytes, the limit here")
        if not text.strip():
            raise ParameterError("the query is empty; send SPARQL in the parameter 'query' or in the body")
        return guard(text)

    async def rows(self, query: QueryFile, given: Mapping[str, str] | None = None) -> bytes:
        """Return the rows of a query file as SPARQL results JSON."""
        request = QueryRequest(query.text, self.guard(query.text), "json", bindings=bind(query, given or {}))
        async with self.pool.answer(request) as answer:
            return await answer.read()


@contextlib.asynccontextmanager
async def open_graph(snapshot: Snapshot, settings: Settings) -> AsyncIterator[ServedGraph]:
    """Open a snapshot for queries and close it again.

    Raises:
        SnapshotError: its data cannot be loaded.
        StoreError: the store that should answer does not hold them, or cannot be reached.
    """
    store = store_address(settings.store, snapshot.version)
    pool = Pool(snapshot.data, settings, store)
    holding = Holding(pool, snapshot) if store else None
    await pool.start()
    try:
        if holding is not None:
            await holding.check()
        catalogue, internal = (read_catalogue(snapshot, folder) for folder in ("catalogue", "internal"))
        yield ServedGraph(snapshot, catalogue, internal, pool, settings, holding)
    finally:
        if holding is not None:
            await holding.close()
        await pool.close()
