"""The SPARQL endpoint: the read side of the SPARQL 1.1 Protocol.

Source: https://www.w3.org/TR/sparql11-protocol/
"""

import asyncio
import functools
import secrets
from collections.abc import Callable, Sequence
from dataclasses import asdict
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import JSONResponse, Response

from citydip.engine.formats import Format, Kind, format_named, formats_for
from citydip.engine.guard import Guarded
from citydip.engine.labels import Labelled, labelled
from citydip.engine.limits import Limits
from citydip.engine.paging import has_pages, passing_over
from citydip.engine.run import QueryRequest
from citydip.model.errors import NotFoundError, ParameterError, QuerySyntaxError
from citydip.model.languages import accepted_languages
from citydip.model.negotiation import choose
from citydip.services.answers import tag_of
from citydip.services.description import service_description
from citydip.web.answering import run_query
from citydip.web.conditional import is_known
from citydip.web.explaining import explained
from citydip.web.headers import QUERY_HEADER, TIMEOUT_HEADER
from citydip.web.problems import problem
from citydip.web.protocol import Asked, read_request
from citydip.web.querypage import show_query
from citydip.web.reader import language_of
from citydip.web.rendering import base_url
from citydip.web.versioned import cache_control, graph_of, is_pinned

__all__ = ["answer_query", "choose_format", "endpoint", "not_acceptable", "router"]

router = APIRouter()

"""What caches may do with an answer of a version that its address names."""
_VARY = "Accept, Accept-Encoding"
_LONGEST_REMEMBERED = 1000
"""Characters of a header Accept whose choice is remembered."""
_LONGEST_LABELLED = 32 << 10
"""Letters that a query with a label service may have: it is taken apart."""
_LONGEST_ADDRESS = 8000
"""Characters of an address that everything on its way takes."""


@router.get("/sparql", summary="Run a query", operation_id="query_get", response_class=Response)
@router.post("/sparql", summary="Run a query", operation_id="query_post", response_class=Response)
@router.head("/sparql", include_in_schema=False)
@router.api_route("/sparql/", methods=["GET", "HEAD", "POST"], include_in_schema=False, response_class=Response)
async def endpoint(request: Request) -> Response:
    """Answer a query, in the format that ``format=`` or the Accept header asks for."""
    return await answer_query(request, "/sparql", labelled)


async def answer_query(request: Request, path: str, standard: Callable[[str, Sequence[str]], Labelled]) -> Response:
    """Answer a request of the protocol.

    Args:
        request: what is answered; its graph is what is asked.
        path: of the endpoint.
        standard: writes a query in standard SPARQL, with the languages of who asks.

    Raises:
        CitydipError: it cannot be answered.
    """
    graph = graph_of(request)
    request.scope["state"]["route"] = path
    asked = await read_request(request, graph.settings.query_length << 12)
    if asked.query is None:
        return _without_query(request, asked, path)
    # A long query takes too long to read for everybody else to wait.
    text = await asyncio.to_thread(passing_over, asked.query, asked.offset) if asked.offset else asked.query
    labels = await _labels(request, text, standard)
    sent = labels.text
    guarded = graph.guard(sent)
    if asked.explain:
        return await explained(graph, labels, asked, guarded)
    html, form = choose_format(request, guarded.kind, asked.formats)
    if form is None:
        return not_acceptable(request, guarded.kind)
    query = QueryRequest(
        sent,
        guarded,
        form.name,
        min(asked.timeout or graph.settings.timeout, graph.settings.timeout),
        default_graphs=asked.default_graphs,
        named_graphs=asked.named_graphs,
        limits=_limits(request, asked, guarded, path),
        id=asked.name or secrets.token_urlsafe(16),
        client=request.client.host if request.client else "",
        original=text if labels.edits else "",
    )
    request.scope["state"]["query"] = query.id
    # The script of a page asks for the same rows again, so that the answer is kept for both.
    tag = tag_of(graph.snapshot.version + graph.name, query, form.name)
    headers = {
        "Vary": f"{_VARY}, Accept-Language" if html or labels.automatic else _VARY,
        "Cache-Control": cache_control(request) if tag else "no-cache",
        QUERY_HEADER: query.id,
        TIMEOUT_HEADER: f"{query.timeout:g}",
    }
    if tag is not None:
        headers["ETag"] = f'{tag[:-1]}-{language_of(request)}"' if html else tag
        if is_known(headers["ETag"], request.headers.get("if-none-match")):
            return Response(status_code=304, headers=headers)
    try:
        return await run_query(request, query, None if html else form, headers, tag=tag, whole=asked.whole)
    except QuerySyntaxError as error:
        raise labels.in_original(error) from None
    finally:
        if labels.automatic:
            # What answers the next one of this address looks at no languages.
            request.scope["state"]["replayable"] = False


async def _labels(request: Request, text: str, standard: Callable[[str, Sequence[str]], Labelled]) -> Labelled:
    """Return a query in standard SPARQL."""
    if (standard is labelled and "SERVICE" not in text.upper()) or len(text) > _LONGEST_LABELLED:
        return Labelled(text)
    languages = accepted_languages(request.headers.get("accept-language"))
    return await asyncio.to_thread(standard, text, languages)


def _limits(request: Request, asked: Asked, guarded: Guarded, path: str) -> Limits:
    """Return how large the answer may be, and where its rest is: in the same version of the data."""
    graph = graph_of(request)
    rest = ""
    # A query that is too long for an address anyway is not taken apart: everybody else would wait for that.
    if guarded.ordered and len(asked.query or "") <= _LONGEST_ADDRESS and has_pages(asked.query or ""):
        version = "" if is_pinned(request) else f"/version/{graph.snapshot.version}"
        pairs = [("query", asked.query or ""), *(("format", name) for name in asked.formats)]
        pairs += [("default-graph-uri", iri) for iri in asked.default_graphs]
        pairs += [("named-graph-uri", iri) for iri in asked.named_graphs]
        rest = f"{base_url(request)}{version}{path}?{urlencode(pairs)}&offset="
    if len(rest) > _LONGEST_ADDRESS:
        rest = ""
    return Limits(graph.settings.rows, graph.settings.size << 20, rest, asked.offset)


def _without_query(request: Request, asked: Asked, path: str) -> Response:
    """Answer with what the service is: as a page to write a query on, or as its description."""
    if request.method == "POST":
        raise ParameterError("send a query in the parameter 'query', or in the body as application/sparql-query")
    html, form = choose_format(request, Kind.GRAPH, asked.formats)
    if html:
        return show_query(request, "", path=path)
    if form is None:
        return not_acceptable(request, Kind.GRAPH)
    text = service_description(graph_of(request), base_url(request) + path, form)
    return Response(text, headers={"Vary": _VARY, "Cache-Control": "no-cache"}, media_type=form.content_type)


@router.delete("/queries/{name}", summary="Stop a running query", status_code=204, response_class=Response)
async def stop(request: Request, name: str) -> Response:
    """Stop the query of a name, which only who started it knows."""
    graph = graph_of(request)
    if not graph.stop(name):
        if name in graph.catalogue:
            raise HTTPException(405)
        raise NotFoundError("no query of that name is running")
    return Response(status_code=204)


@router.get("/queries/running", summary="What is running now (for the operator)")
async def running(request: Request) -> Response:
    """List the running queries, for who has the operator's token."""
    graph = graph_of(request)
    token = graph.settings.operator_token
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if not token or not secrets.compare_digest(token.encode(), given.encode()):
        return problem(request, 403, "operator-only", "send the operator's token as Authorization: Bearer TOKEN")
    rows = [asdict(query) for query in graph.running()]
    return JSONResponse(rows, headers={"Cache-Control": "no-store"})


def choose_format(request: Request, kind: Kind, named: Sequence[str]) -> tuple[bool, Format | None]:
    """Return whether a page is wanted, and the format of the result (None: nothing fits)."""
    accept = request.headers.get("accept")
    # What is unusually long is not worth remembering.
    choice = _chosen if len(accept or "") < _LONGEST_REMEMBERED else _chosen.__wrapped__
    return choice(accept, kind, tuple(named))


@functools.lru_cache(maxsize=256)
def _chosen(accept: str | None, kind: Kind, named: tuple[str, ...]) -> tuple[bool, Format | None]:
    # Clients are of a few kinds, and each asks in the same way again and again.
    if named and "html" not in named:
        return False, format_named(named, kind)
    formats = formats_for(kind)
    offered = {f.media_type: f for f in formats}
    for form in formats:
        for alias in form.aliases:
            offered.setdefault(alias, form)
    # Browsers accept XML nearly as much as pages, and anything at all: the page comes last in the offer.
    chosen = "text/html" if named else choose(accept, [*offered, "text/html"])
    if chosen == "text/html":
        return True, formats[0]
    return False, offered[chosen] if chosen else None


def not_acceptable(request: Request, kind: Kind) -> Response:
    """Answer that nothing fits, with what there is."""
    offered = [f.media_type for f in formats_for(kind)]
    detail = "none of the formats that you accept can carry this result; there are: " + ", ".join(offered)
    return problem(request, 406, "not-acceptable", detail, available=offered)
