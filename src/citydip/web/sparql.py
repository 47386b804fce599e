"""The SPARQL endpoint: the read side of the SPARQL 1.1 Protocol.

Source: https://www.w3.org/TR/sparql11-protocol/
"""

import asyncio
import json
import math
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import asdict
from typing import TypeVar

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from citydip.engine.formats import Format, Kind, format_named, formats_for
from citydip.engine.run import Answer, QueryRequest
from citydip.model.errors import CitydipError, NotFoundError, ParameterError, ServiceBusyError
from citydip.model.negotiation import choose
from citydip.services.description import service_description
from citydip.web.budget import Budget
from citydip.web.conditional import entity_tag, is_known
from citydip.web.headers import QUERY_HEADER, SERVICE_AGE_HEADER, TIMEOUT_HEADER
from citydip.web.problems import problem
from citydip.web.protocol import Asked, TooLargeError, read_request
from citydip.web.rendering import base_url, render
from citydip.web.versioned import graph_of, is_pinned

__all__ = ["choose_format", "not_acceptable", "router", "run_query"]

router = APIRouter()
_Result = TypeVar("_Result")

_HELD_BACK = 1 << 20
"""Bytes of a result that are held back, so that an error early on still gets its status."""
_SHOWN = 1000
"""Rows that a page shows."""
_SHOWN_CELLS = 50_000
"""Cells that a page shows: of a table with very many columns it shows fewer rows."""
_LARGEST_PAGE = 8 << 20
"""Bytes of a result that a page can be made of."""


_FOR_EVER = "public, max-age=31536000, immutable"
"""What caches may do with an answer of a version that its address names."""


class _ClientGoneError(Exception):
    """The client went away before its answer was ready."""


@router.get("/sparql", summary="Run a query", operation_id="query_get", response_class=Response)
@router.post("/sparql", summary="Run a query", operation_id="query_post", response_class=Response)
@router.head("/sparql", include_in_schema=False)
@router.api_route("/sparql/", methods=["GET", "HEAD", "POST"], include_in_schema=False, response_class=Response)
async def endpoint(request: Request) -> Response:
    """Answer a query, in the format that ``format=`` or the Accept header asks for."""
    graph = graph_of(request)
    asked = await read_request(request, graph.settings.query_length << 12)
    if asked.query is None:
        return _without_query(request, asked)
    guarded = graph.guard(asked.query)
    html, form = choose_format(request, guarded.kind, asked.formats)
    if form is None:
        return not_acceptable(request, guarded.kind)
    query = QueryRequest(
        asked.query,
        guarded,
        form.name,
        min(asked.timeout or graph.settings.timeout, graph.settings.timeout),
        default_graphs=asked.default_graphs,
        named_graphs=asked.named_graphs,
        id=asked.name or secrets.token_urlsafe(16),
        client=request.client.host if request.client else "",
    )
    # What other services say may be different the next time.
    tag = None if guarded.clauses else entity_tag(graph.snapshot.version, asked, "html" if html else form.media_type)
    headers = {
        "Vary": "Accept",
        "Cache-Control": _FOR_EVER if is_pinned(request) and tag else "no-cache",
        QUERY_HEADER: query.id,
        TIMEOUT_HEADER: f"{query.timeout:g}",
    }
    if tag is not None:
        headers["ETag"] = tag
        if is_known(tag, request.headers.get("if-none-match")):
            return Response(status_code=304, headers=headers)
    return await run_query(request, query, None if html else form, headers)


def _without_query(request: Request, asked: Asked) -> Response:
    """Answer with what the service is: as a page to write a query on, or as its description."""
    if request.method == "POST":
        raise ParameterError("send a query in the parameter 'query', or in the body as application/sparql-query")
    html, form = choose_format(request, Kind.GRAPH, asked.formats)
    if html:
        return render(request, "query.html", {"query": "", "result": None, "formats": []})
    if form is None:
        return not_acceptable(request, Kind.GRAPH)
    text = service_description(graph_of(request), base_url(request) + "/sparql", form)
    return Response(text, headers={"Vary": "Accept", "Cache-Control": "no-cache"}, media_type=form.content_type)


async def run_query(request: Request, query: QueryRequest, form: Format | None, headers: dict[str, str]) -> Response:
    """Run a query and answer with its result: whole, as a stream, or (without a format) as a page."""
    graph = graph_of(request)
    request.state.query = query.id
    budget: Budget = request.app.state.budget
    budget.check(query.client)
    began = time.monotonic()
    stack = AsyncExitStack()
    stack.callback(lambda: budget.draw(query.client, time.monotonic() - began))
    try:
        answer = await _unless_gone(request, stack.enter_async_context(graph.answer(query)))
        if answer.service_age is not None:
            headers[SERVICE_AGE_HEADER] = str(math.floor(answer.service_age))
        chunks = answer.chunks()
        held, whole = await _unless_gone(request, _hold_back(chunks, everything=form is None))
    except _ClientGoneError:
        await stack.aclose()
        return Response(status_code=499)
    except asyncio.CancelledError:
        # The server is going down and has waited long enough. The query is one that can be asked again.
        await stack.aclose()
        raise ServiceBusyError("the service is restarting; try again in a few seconds") from None
    except BaseException:
        await stack.aclose()
        raise
    if form is not None and not whole:
        return _Stream(held, chunks, answer, stack, headers=headers, media_type=form.content_type)
    await stack.aclose()
    if form is None:
        return _page(request, query, held, headers)
    return Response(held, headers=headers, media_type=form.content_type)


@router.delete("/queries/{name}", summary="Stop a running query", status_code=204, response_class=Response)
async def stop(request: Request, name: str) -> Response:
    """Stop the query of a name, which only who started it knows."""
    graph = graph_of(request)
    if not graph.pool.stop(name):
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
    rows = [asdict(query) for query in graph.pool.running()]
    return JSONResponse(rows, headers={"Cache-Control": "no-store"})


def choose_format(request: Request, kind: Kind, named: Sequence[str]) -> tuple[bool, Format | None]:
    """Return whether a page is wanted, and the format of the result (None: nothing fits)."""
    if named and "html" not in named:
        return False, format_named(named, kind)
    formats = formats_for(kind)
    offered = {f.media_type: f for f in formats}
    for form in formats:
        for alias in form.aliases:
            offered.setdefault(alias, form)
    # Browsers accept XML nearly as much as pages, and anything at all: the page comes last in the offer.
    chosen = "text/html" if named else choose(request.headers.get("accept"), [*offered, "text/html"])
    if chosen == "text/html":
        return True, formats[0]
    return False, offered[chosen] if chosen else None


def not_acceptable(request: Request, kind: Kind) -> Response:
    """Answer that nothing fits, with what there is."""
    offered = [f.media_type for f in formats_for(kind)]
    detail = "none of the formats that you accept can carry this result; there are: " + ", ".join(offered)
    return problem(request, 406, "not-acceptable", detail, available=offered)


async def _unless_gone(request: Request, work: Awaitable[_Result]) -> _Result:
    """Return the result of work, stopping it when the client goes away.

    Raises:
        _ClientGoneError: the client went away first.
    """
    task = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise _ClientGoneError
        return task.result()
    finally:
        gone.cancel()
        if not task.done():
            task.cancel()
            await asyncio.wait({task})


async def _gone(request: Request) -> None:
    """Return when the client has gone away."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _hold_back(chunks: AsyncIterator[bytes], *, everything: bool) -> tuple[bytes, bool]:
    """Return the beginning of a result, and whether that is all of it."""
    held = bytearray()
    async for chunk in chunks:
        held += chunk
        if everything and len(held) > _LARGEST_PAGE:
            raise TooLargeError("the result is too large for a page; add a LIMIT, or ask for it with format=csv")
        if len(held) > _HELD_BACK and not everything:
            return bytes(held), False
    return bytes(held), True


class _Stream(StreamingResponse):
    """A result that has begun. Where it fails, or is not taken in time, the connection breaks before its end.

    So nobody takes it for whole, and no client keeps a worker by not reading.

    Args:
        held: the beginning of the result.
        chunks: the rest.
        answer: where the rest comes from.
        stack: what is to be closed at the end.
        headers: headers of the response.
        media_type: content type.
    """

    def __init__(
        self,
        held: bytes,
        chunks: AsyncIterator[bytes],
        answer: Answer,
        stack: AsyncExitStack,
        *,
        headers: dict[str, str],
        media_type: str,
    ):
        super().__init__(_joined(held, chunks), headers=headers, media_type=media_type)
        self.answer = answer
        self.stack = stack

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with self.stack:
            await super().__call__(scope, receive, send)

    async def stream_response(self, send: Send) -> None:
        # A response that lacks its last message is what tells the server to break the connection.
        with suppress(CitydipError, TimeoutError):
            async with asyncio.timeout(self.answer.seconds_left):
                await super().stream_response(send)


async def _joined(held: bytes, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield held
    async for chunk in chunks:
        yield chunk


def _page(request: Request, query: QueryRequest, body: bytes, headers: dict[str, str]) -> Response:
    kind = query.guarded.kind
    if kind is Kind.GRAPH:
        result: dict[str, object] = {"kind": "graph", "text": body.decode("utf-8")}
    else:
        parsed = json.loads(body)
        if kind is Kind.TRUTH:
            result = {"kind": "truth", "value": parsed["boolean"]}
        else:
            names, rows = parsed["head"]["vars"], parsed["results"]["bindings"]
            shown = rows[: min(_SHOWN, _SHOWN_CELLS // max(len(names), 1))]
            result = {"kind": "rows", "names": names, "rows": shown, "count": len(rows)}
    formats = [f.name for f in formats_for(kind)]
    return render(request, "query.html", {"query": query.text, "result": result, "formats": formats}, headers=headers)
