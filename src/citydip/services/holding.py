"""Whether a store at an address holds a snapshot: as many triples in each graph, and all of them in the default graph.

The version that answers name is the snapshot's. A store that holds something else would make that a lie, so it is
asked before it is used, and again from time to time while it is.
"""

import asyncio
import contextlib
import json
import time
from urllib.parse import urlsplit

from citydip.curation.snapshot import Snapshot
from citydip.engine.guard import guard
from citydip.engine.pool import Pool
from citydip.engine.run import QueryRequest
from citydip.model.errors import CitydipError, ParameterError, ServiceBusyError, StoreError

__all__ = ["Holding", "store_address"]

_BY_GRAPH = "SELECT ?graph (COUNT(*) AS ?count) WHERE { GRAPH ?graph { ?s ?p ?o } } GROUP BY ?graph"
_DEFAULT = "SELECT (COUNT(*) AS ?count) WHERE { ?s ?p ?o }"
_PATIENCE = 2.0
"""Seconds that a question whether all is well may take; what was last known is the answer then."""
_SELDOM = 100
"""How many times longer than the counting took its result is believed: it takes a hundredth of the store's time."""


def store_address(pattern: str, version: str) -> str:
    """Return the address of the store that holds a version, from the setting ``store``.

    Raises:
        ParameterError: the setting is not the address of an endpoint.

    Example:
        >>> store_address("http://127.0.0.1:8890/{version}/sparql", "4bc9677f500f5f14")
        'http://127.0.0.1:8890/4bc9677f500f5f14/sparql'
    """
    address = pattern.replace("{version}", version)
    parts = urlsplit(address)
    if address and (parts.scheme not in ("http", "https") or not parts.hostname or parts.fragment):
        raise ParameterError("CITYDIP_STORE must be the http or https address of a SPARQL endpoint, or empty")
    return address


class Holding:
    """What is known of a store that should hold a snapshot.

    Args:
        pool: workers that ask the store.
        snapshot: what it should hold.
    """

    def __init__(self, pool: Pool, snapshot: Snapshot):
        self.pool = pool
        self.snapshot = snapshot
        self.problem = ""
        self._again = 0.0
        self._looking: asyncio.Task[None] | None = None

    async def check(self) -> None:
        """Count what the store holds.

        Raises:
            StoreError: it holds something else than the snapshot.
            CitydipError: it does not answer.
        """
        rows = await self._rows(_BY_GRAPH)
        found = {row["graph"]["value"]: int(row["count"]["value"]) for row in rows}
        for graph, count in self.snapshot.graphs.items():
            if found.get(graph, 0) != count:
                raise self._wrong(f"{graph} has {found.get(graph, 0)} triples there and {count} in the snapshot")
        if len(found) > len(self.snapshot.graphs):
            raise self._wrong(f"it has another graph, {min(found.keys() - self.snapshot.graphs.keys())}")
        (whole,) = await self._rows(_DEFAULT)
        if int(whole["count"]["value"]) != self.snapshot.quads:
            raise self._wrong(
                f"its default graph has {whole['count']['value']} triples and must have all {self.snapshot.quads}"
            )

    def _wrong(self, difference: str) -> StoreError:
        return StoreError(
            f"the store at CITYDIP_STORE does not hold version {self.snapshot.version}: {difference}; "
            "docs/how-to/use-another-store.md says how to load it"
        )

    async def _rows(self, query: str) -> list[dict[str, dict[str, str]]]:
        async with self.pool.answer(QueryRequest(query, guard(query), "json")) as answer:
            rows: list[dict[str, dict[str, str]]] = json.loads(await answer.read())["results"]["bindings"]
            return rows

    async def look(self) -> str:
        """Return what is wrong, or nothing; what was found a short while ago is believed."""
        if self._looking is None and time.monotonic() >= self._again:
            self._looking = asyncio.create_task(self._look())
        if self._looking is not None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(self._looking), _PATIENCE)
        return self.problem

    async def _look(self) -> None:
        began = time.monotonic()
        try:
            await self.check()
            self.problem = ""
        except ServiceBusyError:
            # Its queries keep it busy: that is no reason to send them elsewhere all at once.
            pass
        except CitydipError as error:
            self.problem = str(error)
        finally:
            now = time.monotonic()
            self._again = now + (1 if self.problem else max(_SELDOM * (now - began), 1))
            self._looking = None

    async def close(self) -> None:
        """Stop asking."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)
