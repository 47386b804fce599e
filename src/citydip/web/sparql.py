"""The SPARQL endpoint: the read side of the SPARQL 1.1 Protocol.

Source: https://www.w3.org/TR/sparql11-protocol/
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse

from citydip.engine.formats import Format, Kind, format_named, formats_for
from citydip.model.errors import ParameterError, QueryRefusedError
from citydip.model.negotiation import choose
from citydip.services.graph import ServedGraph
from citydip.web.problems import problem
from citydip.web.rendering import render

__all__ = ["router"]

router = APIRouter()
_Result = TypeVar("_Result")

_HELD_BACK = 1 << 20
"""Bytes of a result that are held back, so that an error early on still gets its status."""
_SHOWN = 1000
"""Rows that a page shows."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request of the protocol."""

    query: str | None
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    format: str | None
    timeout: float | None


class _ClientGoneError(Exception):
    """The client went away before its answer was ready."""


@router.get("/sparql", summary="Run a query", operation_id="query_get", response_class=Response)
@router.post("/sparql", summary="Run a query", operation_id="query_post", response_class=Response)
@router.head("/sparql", include_in_schema=False)
@router.api_route("/sparql/", methods=["GET", "HEAD", "POST"], include_in_schema=False, response_class=Response)
async def endpoint(request: Request) -> Response:
    """Answer a query, in the format that ``format=`` or the Accept header asks for."""
    graph: ServedGraph = request.app.state.graph
    asked = await _read(request, graph.settings.query_length << 12)
    if asked.query is None:
        if choose(request.headers.get("accept"), ["application/json", "text/html"]) == "text/html":
            return render(request, "query.html", {"query": "", "result": None, "formats": []})
        raise ParameterError("send a query in the parameter 'query', or in the body as application/sparql-query")
    guarded = graph.guard(asked.query)
    html, form = _choose_format(request, guarded.kind, asked.format)
    if form is None:
        return _not_acceptable(request, guarded.kind)
    stack = AsyncExitStack()
    try:
        answer = await _unless_gone(
            request,
            stack.enter_async_context(
                graph.ask(
                    asked.query,
                    form,
                    guarded=guarded,
                    default_graphs=asked.default_graphs,
                    named_graphs=asked.named_graphs,
                    timeout=asked.timeout,
                )
            ),
        )
        chunks = answer.chunks()
        held, whole = await _unless_gone(request, _hold_back(chunks, everything=html))
    except _ClientGoneError:
        await stack.aclose()
        return Response(status_code=499)
    except BaseException:
        await stack.aclose()
        raise
    headers = {"Vary": "Accept", "Cache-Control": "no-cache"}
    if html:
        await stack.aclose()
        return _page(request, asked.query, guarded.kind, held)
    if whole:
        await stack.aclose()
        return Response(held, headers=headers, media_type=form.content_type)
    return StreamingResponse(_stream(held, chunks, stack), headers=headers, media_type=form.content_type)


def _choose_format(request: Request, kind: Kind, named: str | None) -> tuple[bool, Format | None]:
    """Return whether a page is wanted, and the format of the result (None: nothing fits)."""
    if named and named != "html":
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


def _not_acceptable(request: Request, kind: Kind) -> Response:
    offered = [f.media_type for f in formats_for(kind)]
    detail = "none of the formats that you accept can carry this result; there are: " + ", ".join(offered)
    return problem(request, 406, "not-acceptable", detail, available=offered)


async def _read(request: Request, largest: int) -> _Asked:
    """Return what a request asks, from its address and its body.

    Raises:
        ParameterError: a parameter is malformed or given twice, or the body is of an unknown type.
        QueryRefusedError: it is an update.
    """
    pairs = list(request.query_params.multi_items())
    if request.method == "POST":
        content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        body = await _body(request, largest)
        if content_type == "application/x-www-form-urlencoded":
            try:
                pairs += parse_qsl(body, keep_blank_values=True, max_num_fields=200, errors="strict")
            except ValueError as error:
                raise ParameterError(f"the form cannot be read: {error}") from None
        elif content_type == "application/sparql-query":
            pairs.append(("query", body))
        elif content_type == "application/sparql-update":
            pairs.append(("update", body))
        else:
            raise _UnsupportedTypeError(
                "send the query as application/x-www-form-urlencoded or application/sparql-query, "
                f"not as {content_type or 'a body without a type'}"
            )
    if any(name == "update" for name, _ in pairs):
        raise QueryRefusedError("this graph cannot be updated over the network: curated files are the only way in")
    return _Asked(
        _once(pairs, "query"),
        tuple(value for name, value in pairs if name == "default-graph-uri"),
        tuple(value for name, value in pairs if name == "named-graph-uri"),
        _once(pairs, "format") or _once(pairs, "output"),
        _seconds(_once(pairs, "timeout")),
    )


class _UnsupportedTypeError(ParameterError):
    """The body has a type that the protocol does not know."""

    status = 415


class _TooLargeError(ParameterError):
    """The body is larger than any query may be."""

    status = 413


async def _body(request: Request, largest: int) -> str:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > largest:
            raise _TooLargeError(f"the body is larger than {largest} bytes, the limit here")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise ParameterError("the body is not UTF-8") from None


def _once(pairs: list[tuple[str, str]], name: str) -> str | None:
    values = [value for key, value in pairs if key == name]
    if len(values) > 1:
        raise ParameterError(f"the parameter {name!r} is given {len(values)} times; give it once")
    return values[0] if values else None


def _seconds(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        value = float(text)
    except ValueError:
        value = 0
    if not 0 < value < float("inf"):
        raise ParameterError(f"timeout must be a number of seconds above 0, not {text!r}")
    return value


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
        if len(held) > _HELD_BACK and not everything:
            return bytes(held), False
    return bytes(held), True


async def _stream(held: bytes, chunks: AsyncIterator[bytes], stack: AsyncExitStack) -> AsyncIterator[bytes]:
    """Yield a result that has begun; where it fails, the connection breaks, and nobody takes it for whole."""
    async with stack:
        yield held
        async for chunk in chunks:
            yield chunk


def _page(request: Request, query: str, kind: Kind, body: bytes) -> Response:
    if kind is Kind.GRAPH:
        result: dict[str, object] = {"kind": "graph", "text": body.decode("utf-8")}
    else:
        parsed = json.loads(body)
        if kind is Kind.TRUTH:
            result = {"kind": "truth", "value": parsed["boolean"]}
        else:
            rows = parsed["results"]["bindings"]
            result = {"kind": "rows", "names": parsed["head"]["vars"], "rows": rows[:_SHOWN], "count": len(rows)}
    formats = [f.name for f in formats_for(kind)]
    return render(request, "query.html", {"query": query, "result": result, "formats": formats})
