"""Asking for the measures of a part of the network of a version; what was asked before is answered at once."""

import asyncio
import json
from collections import OrderedDict
from typing import Any

from citydip.engine.run import QueryRequest
from citydip.model.errors import ServiceBusyError
from citydip.services.graph import ServedGraph
from citydip.services.networks.computing import measure_apart
from citydip.services.networks.ties import Selection, Tie, TieNetwork, network_of, reciprocity

__all__ = ["NetworkDesk"]

_MOST_KEPT = 64
"""Results that are kept for a version."""
_AT_ONCE = 2
"""Networks that are measured side by side."""
_WAITING = 16


class NetworkDesk:
    """The network of one served version.

    Args:
        graph: the served version.
    """

    def __init__(self, graph: ServedGraph):
        self.graph = graph
        self._network: asyncio.Task[TieNetwork] | None = None
        self._known: OrderedDict[str, asyncio.Task[Any]] = OrderedDict()
        self._places = asyncio.Semaphore(_AT_ONCE)
        self._waiting = 0

    async def network(self) -> TieNetwork:
        """Return the whole network, which is read once."""
        if self._network is None or (self._network.done() and self._network.exception()):
            self._network = asyncio.create_task(self._read())
        return await asyncio.shield(self._network)

    async def stats(self, selection: Selection) -> dict[str, Any]:
        """Return the figures of a part of the network, with reciprocity."""
        ties = await self.ties(selection)
        figures: dict[str, Any] = await self._measured("stats", selection, ties)
        return figures | reciprocity(ties, await self.network())

    async def rank(self, selection: Selection, by: str) -> list[tuple[str, float]]:
        """Return the cities of a part of the network with a measure, the greatest first.

        Raises:
            ParameterError: there is no such measure.
        """
        ties = await self.ties(selection)
        return [(name, value) for name, value in await self._measured("rank", selection, ties, by)]

    async def communities(self, selection: Selection) -> tuple[list[list[str]], float | None]:
        """Return the communities of a part of the network, the largest first, and their modularity."""
        ties = await self.ties(selection)
        groups, modularity = await self._measured("communities", selection, ties)
        return groups, modularity

    async def of_nodes(self, selection: Selection) -> list[dict[str, Any]]:
        """Return the measures of each city of a part of the network that take no more than a moment."""
        rows: list[dict[str, Any]] = await self._measured("nodes", selection, await self.ties(selection))
        return rows

    async def ties(self, selection: Selection) -> list[Tie]:
        """Return the ties that are wanted."""
        network = await self.network()
        return await asyncio.to_thread(network.select, selection)

    async def _measured(self, what: str, selection: Selection, ties: list[Tie], by: str = "") -> Any:
        key = json.dumps([what, by, selection.as_dict()])
        task = self._known.get(key)
        if task is None or (task.done() and task.exception()):
            if self._waiting >= _WAITING:
                raise ServiceBusyError("too many networks are being measured; try again in a few seconds")
            task = self._known[key] = asyncio.create_task(self._measure(what, ties, by))
            while len(self._known) > _MOST_KEPT:
                self._known.popitem(last=False)
        self._known.move_to_end(key)
        # Who goes away takes nothing from others who have asked the same.
        return await asyncio.shield(task)

    async def _measure(self, what: str, ties: list[Tie], by: str) -> Any:
        settings = self.graph.settings
        links = (await self.network()).links(ties)
        self._waiting += 1
        try:
            async with self._places:
                return await measure_apart(what, links, by=by, seconds=settings.timeout, memory=settings.memory)
        finally:
            self._waiting -= 1

    async def _read(self) -> TieNetwork:
        names = ("network-ties", "network-dates", "network-sides", "network-cities", "network-countries")
        answers = [await self._rows(name) for name in names]
        return await asyncio.to_thread(lambda: network_of(*(json.loads(a)["results"]["bindings"] for a in answers)))

    async def _rows(self, name: str) -> bytes:
        """Return the rows of an internal query; `ServedGraph.rows` would keep these megabytes."""
        query = self.graph.internal[name]
        async with self.graph.answer(QueryRequest(query.text, self.graph.guard(query.text), "json")) as answer:
            return await answer.read()
