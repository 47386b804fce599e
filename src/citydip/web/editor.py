"""What the query page asks for: examples of the catalogue with their parameters filled in, and terms to complete."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from citydip.model.errors import ParameterError
from citydip.model.holding import Wanted, read_moment
from citydip.model.languages import fallback
from citydip.model.negotiation import choose
from citydip.model.terms import PREFIXES
from citydip.model.timed import as_of_query
from citydip.services.completing import completions
from citydip.services.examples import example_text, values_of_example
from citydip.web.browsing import page_headers
from citydip.web.conditional import is_known
from citydip.web.querypage import show_query
from citydip.web.rendering import open_reader
from citydip.web.versioned import graph_of

__all__ = ["router"]

router = APIRouter()

_QUERY_TYPE = "application/sparql-query"


@router.get("/editor/examples/{name}", summary="A query of the catalogue in the editor", response_class=Response)
@router.head("/editor/examples/{name}", include_in_schema=False)
async def example(request: Request, name: str) -> Response:
    """Show a query of the catalogue with its parameters filled in, or answer its text."""
    query = graph_of(request).catalogue[name]
    as_of, wanted = (request.query_params.get(key, "").strip() for key in ("asOf", "wanted"))
    if wanted and wanted not in set(Wanted):
        raise ParameterError("wanted must be certain, possible or all")
    if as_of:
        query = as_of_query(query, read_moment(as_of), Wanted(wanted or Wanted.CERTAIN))
    reader = await open_reader(request)
    headers = page_headers(request, reader)
    given = dict(request.query_params)
    text = example_text(query, given)
    chosen = choose(request.headers.get("accept"), [_QUERY_TYPE, "text/html"])
    headers["ETag"] = headers["ETag"].replace('W/"', f'W/"{"t" if chosen == _QUERY_TYPE else "h"}-')
    if is_known(headers["ETag"], request.headers.get("if-none-match")):
        return Response(status_code=304, headers=headers)
    if chosen == _QUERY_TYPE:
        return Response(text, media_type=f"{_QUERY_TYPE}; charset=utf-8", headers=headers)
    return show_query(request, text, example=query, values=values_of_example(query, given), headers=headers)


@router.get("/editor/terms", summary="Prefixes and terms that an editor completes", response_class=JSONResponse)
@router.head("/editor/terms", include_in_schema=False)
async def terms(request: Request) -> Response:
    """List prefixes, and the classes, properties and concepts by how often they are used."""
    reader = await open_reader(request)
    headers = page_headers(request, reader)
    if is_known(headers["ETag"], request.headers.get("if-none-match")):
        return Response(status_code=304, headers=headers)

    def text(texts: dict[str, str]) -> str:
        return (fallback(texts, reader.content) or ("", ""))[0]

    found = [
        {
            "name": term.name,
            "kind": term.kind,
            "label": text(term.labels),
            "definition": text(term.definitions),
            "uses": term.uses,
        }
        for term in await completions(graph_of(request))
    ]
    return JSONResponse({"prefixes": PREFIXES, "terms": found}, headers=headers)
