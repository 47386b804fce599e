"""The served graph: a snapshot, its catalogue and its pool of workers, opened and closed together."""

import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass

from citydip.curation.snapshot import Snapshot
from citydip.engine.binding import bind
from citydip.engine.formats import Format, Kind, format_named
from citydip.engine.guard import Guarded, guard
from citydip.engine.pool import Answer, Pool, QueryRequest
from citydip.model.errors import ParameterError
from citydip.model.queryfile import QueryFile
from citydip.model.settings import Settings
from citydip.services.catalogue import Catalogue, read_catalogue

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
    """

    snapshot: Snapshot
    catalogue: Catalogue
    internal: Catalogue
    pool: Pool
    settings: Settings

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

    @contextlib.asynccontextmanager
    async def ask(
        self,
        text: str,
        form: Format,
        *,
        guarded: Guarded | None = None,
        bindings: Mapping[str, dict[str, str]] | None = None,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        timeout: float | None = None,  # noqa: ASYNC109 - the limit of the query's process, not of this call
    ) -> AsyncIterator[Answer]:
        """Run a query; see `citydip.engine.pool.Pool.answer` for the errors.

        Args:
            text: SPARQL.
            form: format of the result.
            guarded: what `guard` said, where it was asked already.
            bindings: terms by variable.
            default_graphs: IRIs of the graphs that make up the default graph; empty: all.
            named_graphs: IRIs of the graphs that can be named; empty: all.
            timeout: seconds; at most the limit of the settings.
        """
        request = QueryRequest(
            text,
            guarded or self.guard(text),
            form.name,
            timeout,
            dict(bindings or {}),
            tuple(default_graphs),
            tuple(named_graphs),
        )
        async with self.pool.answer(request) as answer:
            yield answer

    async def rows(self, query: QueryFile, given: Mapping[str, str] | None = None) -> bytes:
        """Return the rows of a query file as SPARQL results JSON."""
        form = format_named("json", Kind.ROWS)
        async with self.ask(query.text, form, bindings=bind(query, given or {})) as answer:
            return await answer.read()


@contextlib.asynccontextmanager
async def open_graph(snapshot: Snapshot, settings: Settings) -> AsyncIterator[ServedGraph]:
    """Open a snapshot for queries and close it again.

    Raises:
        SnapshotError: its data cannot be loaded.
    """
    pool = Pool(snapshot.data, settings)
    await pool.start()
    try:
        catalogue, internal = (read_catalogue(snapshot, folder) for folder in ("catalogue", "internal"))
        yield ServedGraph(snapshot, catalogue, internal, pool, settings)
    finally:
        await pool.close()
