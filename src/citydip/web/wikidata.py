"""What tools for Wikidata look for: an endpoint in its model, and entities at their usual addresses.

Source: https://www.wikidata.org/wiki/Wikidata:Data_access
"""

import json
import re
import secrets

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from citydip.engine.binding import bind
from citydip.engine.entities import entity_of
from citydip.engine.formats import FORMATS, Format
from citydip.engine.limits import Limits
from citydip.engine.run import QueryRequest
from citydip.engine.wikidata import as_standard
from citydip.model.errors import NotFoundError
from citydip.model.negotiation import choose
from citydip.model.terms import BASE, PREFIXES
from citydip.services.answers import tag_of
from citydip.services.graph import ServedGraph
from citydip.web.answering import run_query
from citydip.web.problems import problem
from citydip.web.rendering import base_url
from citydip.web.sparql import answer_query
from citydip.web.versioned import graph_of

__all__ = ["router"]

router = APIRouter()

_ITEM = re.compile(r"Q[1-9][0-9]{0,11}")
_ENDINGS = ("json", "ttl", "nt", "rdf", "jsonld")
_OFFERED = {
    "application/json": "json",
    "text/html": "html",
    "text/turtle": "ttl",
    "application/n-triples": "nt",
    "application/rdf+xml": "rdf",
    "application/ld+json": "jsonld",
}


@router.get("/wikidata/sparql", summary="Run a query on the Wikidata view", response_class=Response)
@router.post(
    "/wikidata/sparql",
    summary="Run a query on the Wikidata view",
    operation_id="wikidata_query_post",
    response_class=Response,
)
@router.head("/wikidata/sparql", include_in_schema=False)
async def endpoint(request: Request) -> Response:
    """Answer a query that is written for Wikidata's query service."""
    request.state.graph = await graph_of(request).wikidata()
    return await answer_query(request, "/wikidata/sparql", as_standard)


@router.get("/entity/{item}", summary="An item of Wikidata: leads to its page or its data", status_code=303)
@router.head("/entity/{item}", include_in_schema=False)
async def entity(request: Request, item: str) -> Response:
    """Lead to what the Accept header, or the ending of the name, asks for; without either to the JSON."""
    name, _, ending = item.partition(".")
    if ending and ending not in (*_ENDINGS, "html"):
        raise NotFoundError(f"there is no such form of an entity; there are: {', '.join((*_ENDINGS, 'html'))}")
    headers = {"Vary": "Accept", "Cache-Control": "no-cache"}
    wanted = f"text/{ending}" if ending == "html" else choose(request.headers.get("accept"), list(_OFFERED))
    if wanted is None:
        detail = "none of the formats that you accept is there; there are: " + ", ".join(_OFFERED)
        return problem(request, 406, "not-acceptable", detail, available=list(_OFFERED))
    form = ending or _OFFERED[wanted]
    thing = await _thing(await graph_of(request).wikidata(), name)
    if form == "html":
        target = f"{base_url(request)}/page/{thing.removeprefix(BASE + 'id/')}"
    else:
        target = f"{base_url(request)}/wiki/Special:EntityData/{name}.{form}"
    return RedirectResponse(target, 303, headers)


@router.get("/wiki/Special:EntityData/{name}", summary="The data of an item of Wikidata", response_class=Response)
@router.head("/wiki/Special:EntityData/{name}", include_in_schema=False)
async def entity_data(request: Request, name: str) -> Response:
    """Answer what this graph says of an item, in Wikidata's model; without an ending as the Accept header asks."""
    item, _, ending = name.partition(".")
    offered = {media_type: form for media_type, form in _OFFERED.items() if form != "html"}
    form = ending or offered.get(choose(request.headers.get("accept"), list(offered)) or "", "json")
    if form not in _ENDINGS:
        raise NotFoundError(f"there is no such form of an entity; there are: {', '.join(_ENDINGS)}")
    view = request.state.graph = await graph_of(request).wikidata()
    thing = await _thing(view, item)
    query = _request(request, view, item, _format("nt" if form == "json" else form).name)
    links = f'<{thing}>; rel="describes", <{base_url(request)}/graphs>; rel="license"'
    headers = {"Vary": "Accept", "Cache-Control": "no-cache", "Link": links}
    if form != "json":
        tag = tag_of(view.snapshot.version + view.name, query, form)
        return await run_query(request, query, _format(form), headers, tag=tag)
    async with view.answer(query) as answer:
        found = entity_of(item, await answer.read())
    return Response(
        json.dumps({"entities": {item: found}}, ensure_ascii=False), headers=headers, media_type="application/json"
    )


def _format(extension: str) -> Format:
    return next(form for form in FORMATS if form.graph and form.extension == extension)


def _request(request: Request, view: ServedGraph, item: str, form: str) -> QueryRequest:
    query = view.internal["wikidata-entity"]
    return QueryRequest(
        query.text,
        view.guard(query.text),
        form,
        bindings=bind(query, {"item": f"<{PREFIXES['wd']}{item}>"}),
        limits=Limits(view.settings.rows, view.settings.size << 20),
        id=secrets.token_urlsafe(16),
        client=request.client.host if request.client else "",
    )


async def _thing(view: ServedGraph, item: str) -> str:
    """Return the thing of this graph that an item is.

    Raises:
        NotFoundError: the graph has none that is that item.
    """
    if _ITEM.fullmatch(item):
        answer = await view.rows(view.internal["wikidata-thing"], {"item": f"<{PREFIXES['wd']}{item}>"})
        for row in json.loads(answer)["results"]["bindings"]:
            return str(row["thing"]["value"])
    raise NotFoundError(f"nothing here is the item {item[:40]!r} of Wikidata; look for it by name at /search")
