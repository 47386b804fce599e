"""The served graph: a snapshot, its catalogue and its pool of workers, opened and closed together."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from citydip.curation.snapshot import Snapshot
from citydip.engine.binding import bind
from citydip.engine.guard import Guarded, guard
from citydip.engine.lanes import Lanes
from citydip.engine.pool import Pool
from citydip.engine.run import Answer, QueryRequest, RunningQuery
from citydip.engine.store import names_graphs
from citydip.model.errors import NotFoundError, ParameterError, QuerySyntaxError
from citydip.model.queryfile import QueryFile
from citydip.model.settings import Settings
from citydip.services.catalogue import Catalogue, read_catalogue
from citydip.services.federation import Federation
from citydip.services.holding import Holding, store_address
from citydip.services.search import Search
from citydip.services.viewing import Standby, WikidataView

__all__ = ["ServedGraph", "load_ahead", "open_graph"]

T = TypeVar("T")
_AHEAD: list[Pool] = []
"""The workers of the graph that is opened next, where it is loading already."""


@dataclass(frozen=True, slots=True)
class ServedGraph:
    """Everything that answers: open it with `open_graph`.

    Args:
        snapshot: what is served.
        catalogue: the queries that come with it.
        internal: the queries that pages are made of.
        pool: the workers.
        search: finds things by name.
        settings: limits.
        federation: the other services that queries may ask; None for none.
        holding: what is known of the store that answers, where it is not the embedded one.
        view: its Wikidata view.
        graphs: the workers that know the named graphs, where those of the pool know their union alone.
        name: what is asked: empty for the graph itself, ``wikidata`` for its view.
        whole: the graph that this is a view of; None for the graph itself.
        kept: what was read once, by what reads it.
    """

    snapshot: Snapshot
    catalogue: Catalogue
    internal: Catalogue
    pool: Pool
    search: Search
    settings: Settings
    federation: Federation | None = None
    holding: Holding | None = None
    view: WikidataView | None = None
    graphs: Standby | None = None
    name: str = ""
    whole: "ServedGraph | None" = None
    kept: dict[object, Any] = field(default_factory=dict)

    async def wikidata(self) -> "ServedGraph":
        """Return the Wikidata view of the graph, with the same limits; it asks no other service.

        Raises:
            NotFoundError: there is none.
        """
        if self.view is None:
            raise NotFoundError("there is no Wikidata view here; ask /sparql instead")
        pool = await self.view.open()
        return replace(self, pool=pool, federation=None, holding=None, graphs=None, name="wikidata", whole=self)

    def _pools(self) -> list[Pool]:
        """Return all workers that there are now, those of views included."""
        others = [standby.running() for standby in (self.graphs, self.view) if standby]
        return [self.pool, *(pool for pool in others if pool)]

    def stop(self, query: str) -> bool:
        """Stop a running query of the graph or its view; return whether there was one of that name."""
        return sum(pool.stop(query) for pool in self._pools()) > 0

    def running(self) -> list[RunningQuery]:
        """Return what is running now on the graph and its view, the oldest first."""
        return sorted((query for pool in self._pools() for query in pool.running()), key=lambda query: -query.seconds)

    async def drained(self) -> None:
        """Wait until nothing is running, or about to."""
        for pool in self._pools():
            await pool.drained()

    def guard(self, text: str) -> Guarded:
        """Return what a query is.

        Raises:
            QueryRefusedError: it is an update, or asks another service that the operator does not allow.
            ParameterError: it is longer than the limit, or empty.
        """
        limit = self.settings.query_length << 10
        if len(text.encode()) > limit:
            raise ParameterError(f"the query is longer than {limit} bytes, the limit here")
        if not text.strip():
            raise ParameterError("the query is empty; send SPARQL in the parameter 'query' or in the body")
        return self.federation.guard(text) if self.federation else guard(text)

    def answer(self, request: QueryRequest) -> AbstractAsyncContextManager[Answer]:
        """Run a query and give its answer, as `Pool.answer` does; the services that it asks are asked first."""
        return self._federated(request) if request.guarded.clauses else self._workers(request).answer(request)

    def _workers(self, request: QueryRequest) -> Pool | Standby:
        """Return the workers that can answer a query."""
        if self.graphs is None or not (request.default_graphs or request.named_graphs or names_graphs(request.text)):
            return self.pool
        return self.graphs.running() or self.graphs

    @contextlib.asynccontextmanager
    async def _federated(self, request: QueryRequest) -> AsyncIterator[Answer]:
        federation = self.federation
        assert federation is not None  # noqa: S101 - it has found the clauses
        with self.pool.held():
            filled = await self.pool.prepare(request, lambda: federation.fill(request))
            try:
                async with self._workers(filled.request).answer(filled.request) as answer:
                    answer.service_age = filled.age
                    yield answer
            except QuerySyntaxError as error:
                raise filled.in_original(error) from None

    async def rows(self, query: QueryFile, given: Mapping[str, str] | None = None) -> bytes:
        """Return the rows of a query file as SPARQL results JSON."""
        request = QueryRequest(query.text, self.guard(query.text), "json", bindings=bind(query, given or {}))
        async with self.answer(request) as answer:
            return await answer.read()

    async def once(self, read: Callable[["ServedGraph"], Awaitable[T]]) -> T:
        """Return what a function reads of the whole graph, which is read once, for a version never changes.

        Example:
            ``await graph.once(read_vocabulary)``
        """
        if read not in self.kept:
            self.kept[read] = await read(self.whole or self)
        found: T = self.kept[read]
        return found


async def load_ahead(snapshot: Snapshot, settings: Settings) -> None:
    """Begin to load the snapshot that `open_graph` opens next in this event loop; there is other work meanwhile.

    Args:
        snapshot: what is opened next.
        settings: limits.
    """
    pool = _workers_of(snapshot, settings)
    _AHEAD.append(pool)
    # Nobody is served yet who would have to wait for that.
    await pool.begin_loading(niceness=0)


def _workers_of(snapshot: Snapshot, settings: Settings, lanes: Lanes | None = None) -> Pool:
    """Return workers over the union of a snapshot's graphs, or over all of it where it has no file for that."""
    store = store_address(settings.store, snapshot.version)
    return Pool(snapshot.data if store or not snapshot.union.is_file() else snapshot.union, settings, store, lanes)


@contextlib.asynccontextmanager
async def open_graph(
    snapshot: Snapshot, settings: Settings, federation: Federation | None = None, lanes: Lanes | None = None
) -> AsyncIterator[ServedGraph]:
    """Open a snapshot for queries and close it again.

    It is open when the union of graphs is loaded; the named graphs are loaded when the first query asks for them.

    Args:
        snapshot: what to open.
        settings: limits.
        federation: the other services that queries may ask; None for none.
        lanes: the places for queries, where other graphs share them; None: its own.

    Raises:
        SnapshotError: its data cannot be loaded.
        StoreError: the store that should answer does not hold them, or cannot be reached.
    """
    pool = _workers_of(snapshot, settings, lanes)
    if _AHEAD:
        begun = _AHEAD.pop()
        if (begun.data, begun.settings) == (pool.data, settings):
            begun.lanes = pool.lanes
            pool = begun
        else:
            await begun.close()
    graphs = Standby(snapshot.data, settings, pool.lanes) if pool.data == snapshot.union else None
    holding = Holding(pool, snapshot) if pool.store else None
    search = Search(snapshot, settings)
    view = WikidataView(snapshot, settings, pool.lanes)
    await pool.start()
    try:
        if holding is not None:
            await holding.check()
        catalogue, internal = (read_catalogue(snapshot, folder) for folder in ("catalogue", "internal"))
        yield ServedGraph(snapshot, catalogue, internal, pool, search, settings, federation, holding, view, graphs)
    finally:
        if holding is not None:
            await holding.close()
        await view.close()
        if graphs is not None:
            await graphs.close()
        await search.close()
        await pool.close()
