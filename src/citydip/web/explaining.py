"""``explain=1``: what would be done with a query, told and not done."""

import asyncio

from fastapi.responses import JSONResponse

from citydip.engine.guard import Guarded
from citydip.engine.labels import Labelled
from citydip.services.explanation import Dataset, explain
from citydip.services.graph import ServedGraph
from citydip.web.protocol import Asked

__all__ = ["explained"]


async def explained(graph: ServedGraph, labels: Labelled, asked: Asked, guarded: Guarded) -> JSONResponse:
    """Answer with a document that tells what would be done with a query."""
    dataset = Dataset(asked.default_graphs, asked.named_graphs)
    # A long query takes too long to read for everybody else to wait.
    told = await asyncio.to_thread(explain, graph, labels, guarded, dataset, asked.timeout)
    return JSONResponse(told, headers={"Cache-Control": "no-cache"})
