"""The front page, and whether the service is alive and ready."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from citydip.services.overview import read_overview
from citydip.web.browsing import page_headers, unchanged
from citydip.web.rendering import base_url, open_reader, render
from citydip.web.versioned import graph_of

__all__ = ["router"]

router = APIRouter()

_EXAMPLES = ("mayors", "sister-cities", "open-proposals")
"""The catalogue queries that the front page shows."""
_CITIES = ("tehran", "isfahan", "mashhad", "istanbul")
"""The cities that the front page leads to, by the last part of their IRIs."""


@router.get("/", summary="The front page", response_class=Response)
@router.head("/", include_in_schema=False)
async def front(request: Request) -> Response:
    """Say what this is, how big it is, what is newest, and the ways in."""
    graph = graph_of(request)
    reader = await open_reader(request)
    kept = request.app.versions.kept()
    headers = page_headers(request, reader, *(snapshot.version for snapshot in kept))
    if known := unchanged(request, headers):
        return known
    context = {
        "overview": await graph.once(read_overview),
        "kept": kept,
        "root": base_url(request).removesuffix(f"/version/{graph.snapshot.version}"),
        "examples": [graph.catalogue[name] for name in _EXAMPLES],
        "catalogue": len(graph.catalogue),
        "cities": _CITIES,
    }
    return render(request, "front.html", context, headers=headers)


@router.get("/health/live", summary="Is the process alive?")
async def live() -> JSONResponse:
    """Answer without touching the data."""
    return JSONResponse({"alive": True})


@router.get("/health/ready", summary="Can queries be answered?")
async def ready(request: Request) -> JSONResponse:
    """Say which version is served, and whether its workers are there, and the store that they ask."""
    graph = graph_of(request)
    problem = "" if graph.holding is None else await graph.holding.look()
    ok = graph.pool.alive and not problem
    body = {"ready": ok, "version": graph.snapshot.version, "workers": graph.settings.workers}
    if problem:
        body["problem"] = problem
    return JSONResponse(body, 200 if ok else 503)
