"""Whole graphs, read only: the SPARQL 1.1 Graph Store HTTP Protocol.

Source: https://www.w3.org/TR/sparql11-http-rdf-update/
"""

import secrets

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from citydip.engine.formats import Kind
from citydip.engine.limits import Limits
from citydip.engine.run import QueryRequest
from citydip.model.errors import NotFoundError, ParameterError
from citydip.model.terms import GRAPH
from citydip.web.answering import run_query
from citydip.web.linked import show_thing, state_of
from citydip.web.rendering import base_url
from citydip.web.sparql import choose_format, not_acceptable
from citydip.web.versioned import graph_of

__all__ = ["router"]

router = APIRouter()

_ALL = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"


@router.get("/graph", summary="A whole graph, by its name", response_class=Response)
@router.head("/graph", include_in_schema=False)
async def indirect(request: Request) -> Response:
    """Answer the graph that ``graph=`` names, or all of them together with ``default``."""
    if not request.url.query:
        return _whole(request)
    names = request.query_params.getlist("graph")
    whole = "default" in request.query_params
    if len(names) + whole != 1:
        raise ParameterError("name one graph with graph=IRI, or all of them together with default")
    return await _graph(request, names[0] if names else None)


def _whole(request: Request) -> Response:
    """Lead from the name of the whole graph to the list of its parts, or to the graph that describes them."""
    html, form = choose_format(request, Kind.GRAPH, ())
    target = "/graphs" if html else f"/graph/computed/description?format={form.name}" if form else ""
    if not target:
        return not_acceptable(request, Kind.GRAPH)
    return RedirectResponse(base_url(request) + target, 303, {"Vary": "Accept", "Cache-Control": "no-cache"})


@router.get("/graph/{path:path}", summary="A whole graph, at its own address", response_class=Response)
@router.head("/graph/{path:path}", include_in_schema=False)
async def direct(request: Request, path: str) -> Response:
    """Answer the graph whose own address ends with the path."""
    return await _graph(request, str(GRAPH) + path)


async def _described(request: Request, name: str) -> None:
    """Refuse a graph of which nothing is known; a rule that finds nothing has one that is described and empty.

    Raises:
        NotFoundError: there is no such graph.
    """
    try:
        await state_of(request, name if name.startswith(str(GRAPH)) else "")
    except NotFoundError:
        raise NotFoundError(f"there is no graph {name}; the service description lists all of them") from None


async def _graph(request: Request, name: str | None) -> Response:
    served = graph_of(request)
    html, form = choose_format(request, Kind.GRAPH, request.query_params.getlist("format"))
    if html and name is not None:
        return await show_thing(request, name, f"graph/{name.removeprefix(str(GRAPH))}")
    if name is not None and name not in served.snapshot.graphs:
        await _described(request, name)
    if form is None:
        return not_acceptable(request, Kind.GRAPH)
    query = QueryRequest(
        _ALL,
        served.guard(_ALL),
        form.name,
        default_graphs=(name,) if name else (),
        limits=Limits(served.settings.rows, served.settings.size << 20),
        id=secrets.token_urlsafe(16),
        client=request.client.host if request.client else "",
    )
    base = base_url(request)
    headers = {
        "Vary": "Accept",
        "Cache-Control": "no-cache",
        "Link": f'<{base}/dcat>; rel="describedby", <{base}/graphs>; rel="license"',
    }
    return await run_query(request, query, None if html else form, headers)
