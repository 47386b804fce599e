"""Opening a graph: what was begun before is used, or ended."""

import asyncio

from citydip.curation.snapshot import Snapshot
from citydip.model.settings import Settings
from citydip.services import graph
from citydip.services.graph import load_ahead, open_graph


def test_the_graph_that_is_loading_already_is_the_one_that_is_opened(snapshot: Snapshot) -> None:
    async def run() -> None:
        await load_ahead(snapshot, Settings(workers=1))
        (begun,) = graph._AHEAD
        async with open_graph(snapshot, Settings(workers=1)) as opened:
            assert opened.pool is begun
            assert not graph._AHEAD

    asyncio.run(run())


def test_what_was_begun_for_other_limits_is_ended(snapshot: Snapshot) -> None:
    async def run() -> None:
        await load_ahead(snapshot, Settings(workers=2))
        (begun,) = graph._AHEAD
        async with open_graph(snapshot, Settings(workers=1)) as opened:
            assert opened.pool is not begun
            assert not begun.alive

    asyncio.run(run())
