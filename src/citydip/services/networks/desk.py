"""Asking for the measures of a part of the network of a version; what was asked before is answered at once."""

import asyncio
import json
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, cast

from citydip.curation.networks.measures import LIBRARY, RANKS
from citydip.curation.networks.publishing import Measured
from citydip.curation.networks.ties import (
    City,
    Selection,
    Tie,
    TieNetwork,
    cities_of,
    countries_of,
    network_of,
    reciprocity,
)
from citydip.engine.run import QueryRequest
from citydip.model.errors import ServiceBusyError
from citydip.services.graph import ServedGraph
from citydip.services.networks.computing import measure_apart
from citydip.services.networks.published import Figures, is_published, read_cities, read_figures, read_most
from citydip.services.networks.regions import Regions, regions_of
from citydip.services.networks.reports import rank_rows

__all__ = ["NetworkDesk"]

_MOST_KEPT = 64
"""Results that are kept for a version."""
_AT_ONCE = 2
"""Networks that are measured side by side."""
_WAITING = 16


class NetworkDesk:
    """The network of one served version.

    The build has measured the standard selection, so its measures are read; those of others are made when asked for.

    Args:
        graph: the served version.
    """

    def __init__(self, graph: ServedGraph):
        self.graph = graph
        self._read: dict[str, asyncio.Task[Any]] = {}
        self._known: OrderedDict[str, asyncio.Task[Any]] = OrderedDict()
        self._places = asyncio.Semaphore(_AT_ONCE)
        self._waiting = 0

    async def network(self) -> TieNetwork:
        """Return the whole network, which is read once."""
        return cast(TieNetwork, await self._once("network", self._read_network))

    async def cities(self) -> Mapping[str, City]:
        """Return the cities that have ties, by IRI; they are read once."""
        return cast(Mapping[str, City], await self._once("cities", self._read_cities))

    async def countries(self) -> Mapping[str, dict[str, str]]:
        """Return the names of countries by ISO code and language."""
        return cast(Mapping[str, dict[str, str]], await self._once("countries", self._read_countries))

    async def regions(self) -> Regions:
        """Return the world regions, which are read once."""
        return cast(Regions, await self._once("regions", self._read_regions))

    async def choose(self, selection: Selection) -> Selection:
        """Return a selection with the IRIs of its regions, which may be given by code or name.

        Raises:
            ParameterError: there is no such region.
        """
        return (await self.regions()).choose(selection) if selection.regions or selection.within else selection

    async def library(self, selection: Selection) -> str:
        """Return what measures a part of the network, or has measured it, with its version."""
        return (await self._figures()).library if self._is_published(selection) else LIBRARY

    async def stats(self, selection: Selection) -> dict[str, Any]:
        """Return the figures of a part of the network, with reciprocity."""
        if self._is_published(selection):
            return (await self._figures()).values
        ties = await self.ties(selection)
        figures: dict[str, Any] = await self._measured("stats", selection, ties)
        return figures | reciprocity(ties, await self.network())

    async def rank(self, selection: Selection, by: str) -> list[tuple[str, float]]:
        """Return the cities of a part of the network with a measure, the greatest first.

        Raises:
            ParameterError: there is no such measure.
        """
        if self._is_published(selection) and by in RANKS:
            rows = await self.of_nodes(selection)
            return sorted(((row["node"], row[by]) for row in rows), key=lambda pair: (-pair[1], pair[0]))
        ties = await self.ties(selection)
        return [(name, value) for name, value in await self._measured("rank", selection, ties, by)]

    async def most(self, selection: Selection, count: int) -> list[dict[str, Any]]:
        """Return rows of the most tied cities of a part of the network, with their names.

        Args:
            selection: the ties.
            count: how many cities at most, up to twenty.
        """
        if self._is_published(selection):
            ranked, cities = await self._once("most", lambda: read_most(self.graph))
            return rank_rows(ranked[:count], cities)
        return rank_rows((await self.rank(selection, "degree"))[:count], await self.cities())

    async def communities(self, selection: Selection) -> tuple[list[list[str]], float | None]:
        """Return the communities of a part of the network, the largest first, and their modularity."""
        if self._is_published(selection):
            groups: dict[int, list[str]] = {}
            for row in await self.of_nodes(selection):
                groups.setdefault(row["community"], []).append(row["node"])
            return [sorted(groups[number]) for number in sorted(groups)], (await self._figures()).modularity
        ties = await self.ties(selection)
        found, modularity = await self._measured("communities", selection, ties)
        return found, modularity

    async def of_nodes(self, selection: Selection) -> list[dict[str, Any]]:
        """Return every measure of each city of a part of the network."""
        if self._is_published(selection):
            return cast(list[dict[str, Any]], await self._once("of_nodes", lambda: read_cities(self.graph)))
        return (await self._nodes(selection))[0]

    async def measured(self, selection: Selection) -> Measured:
        """Return all that is measured of a part of the network, as it is published."""
        if self._is_published(selection):
            figures = await self._figures()
            return Measured({**figures.values, "modularity": figures.modularity}, await self.of_nodes(selection))
        rows, modularity = await self._nodes(selection)
        return Measured({**await self.stats(selection), "modularity": modularity}, rows)

    async def ties(self, selection: Selection) -> list[Tie]:
        """Return the ties that are wanted.

        Raises:
            ParameterError: no city of the network lies in a division.
        """
        network = await self.network()
        return await asyncio.to_thread(network.select, selection)

    def _is_published(self, selection: Selection) -> bool:
        return selection.is_standard and is_published(self.graph)

    async def _figures(self) -> Figures:
        return cast(Figures, await self._once("figures", lambda: read_figures(self.graph)))

    async def _nodes(self, selection: Selection) -> tuple[list[dict[str, Any]], float | None]:
        rows, modularity = await self._measured("nodes", selection, await self.ties(selection))
        return rows, modularity

    async def _once(self, name: str, read: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        """Return what is read once, unless it fails; who goes away takes nothing from others who ask the same."""
        task = self._read.get(name)
        if task is None or (task.done() and task.exception()):
            task = self._read[name] = asyncio.create_task(read())
        return await asyncio.shield(task)

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

    async def _read_network(self) -> TieNetwork:
        answers = [await self._rows(f"network-{name}") for name in ("ties", "dates", "sides")]
        cities, countries = await self.cities(), await self.countries()

        def read() -> TieNetwork:
            ties, dates, sides = (json.loads(answer)["results"]["bindings"] for answer in answers)
            return network_of(ties, dates, sides, cities, countries)

        return await asyncio.to_thread(read)

    async def _read_cities(self) -> Mapping[str, City]:
        answers = [await self._rows(f"network-{name}") for name in ("cities", "places", "countries")]
        return await asyncio.to_thread(lambda: cities_of(*(json.loads(a)["results"]["bindings"] for a in answers)))

    async def _read_countries(self) -> Mapping[str, dict[str, str]]:
        return countries_of(json.loads(await self._rows("network-countries"))["results"]["bindings"])

    async def _read_regions(self) -> Regions:
        if "network-regions" not in self.graph.internal:
            # A version that was built before there were regions has none.
            return Regions({}, {})
        return regions_of(json.loads(await self._rows("network-regions"))["results"]["bindings"])

    async def _rows(self, name: str) -> bytes:
        """Return the rows of an internal query; `ServedGraph.rows` would keep these megabytes."""
        query = self.graph.internal[name]
        async with self.graph.answer(QueryRequest(query.text, self.graph.guard(query.text), "json")) as answer:
            return await answer.read()
