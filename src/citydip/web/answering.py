"""Running a query and answering with its result: whole, as a stream, or as a page.

A result streams as it comes, where its format can say at the end that it was cut. Of all others the end is waited
for, so that a header can say it.
"""

import asyncio
import json
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import IO, Any

from fastapi import Request
from fastapi.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from citydip.engine.formats import Format, Kind, formats_for
from citydip.engine.run import Answer, QueryRequest
from citydip.model.errors import AnswerCutError, CitydipError, ServiceBusyError
from citydip.services.answers import Answers, Kept
from citydip.web.budget import Budget
from citydip.web.headers import CACHE_HEADER, CUT_HEADER, SERVICE_AGE_HEADER
from citydip.web.protocol import TooLargeError
from citydip.web.querypage import show_query
from citydip.web.versioned import graph_of, is_pinned

__all__ = ["Make", "run_query"]

Make = Callable[[bytes, dict[str, str]], Awaitable[Response]]
"""What makes a response of a whole result and the headers that it has so far."""

_HELD_BACK = 1 << 18
"""Bytes of a result that are held back, so that an error early on still gets its status."""
_SHOWN = 1000
"""Rows that a page shows."""
_SHOWN_CELLS = 50_000
"""Cells that a page shows: of a table with very many columns it shows fewer rows."""
_LARGEST_PAGE = 8 << 20
"""Bytes of a result that a page can be made of."""
_LARGEST_MADE = 16 << 20
"""Bytes of a result that a file of another form can be made of."""
_PIECE = 1 << 16
_SOON = 0.02
"""Seconds after which a query is worth stopping when its client goes away."""


class _ClientGoneError(Exception):
    """The client went away before its answer was ready."""


async def run_query(
    request: Request,
    query: QueryRequest,
    form: Format | None,
    headers: dict[str, str],
    *,
    tag: str | None = None,
    whole: bool = False,
    make: Make | None = None,
) -> Response:
    """Run a query and answer with its result.

    Args:
        request: what is answered.
        query: what to run.
        form: format of the answer; None for a page, or for what is made of it.
        headers: further headers.
        tag: what the answer is kept by for the next who asks; None where it differs from run to run.
        whole: whether an answer that was cut is an error.
        make: makes the response of the whole result, where the result is not sent as it is.

    Raises:
        CitydipError: the query did not end well.
        AnswerCutError: the answer was cut, and is wanted whole or not at all.
    """
    state = request.scope["state"]
    state["query"] = query.id
    answers: Answers = request.app.answers
    kept = answers.find(tag)
    if kept is not None:
        state["stats"] = {**kept.stats, "cached": True}
        state["replayable"] = _is_replayable(request, form, make)
        headers[CACHE_HEADER] = "citydip; hit"
        _tell_cut(kept.stats, query, headers, whole=whole)
        return await _respond(request, query, form, kept.body, headers, make)
    try:
        async with _Paid(request, query) as paid:
            return await _run(request, paid, form, headers, tag=tag, whole=whole, make=make)
    except _ClientGoneError:
        return Response(status_code=499)
    except asyncio.CancelledError:
        # The server is going down and has waited long enough. The query is one that can be asked again.
        raise ServiceBusyError("the service is restarting; try again in a few seconds") from None


def _is_replayable(request: Request, form: Format | None, make: Make | None) -> bool:
    return form is not None and make is None and not is_pinned(request)


class _Paid:
    """A query that runs for a client, who pays for it when it ends: with the block, or later where it is kept open.

    Args:
        request: what is answered.
        query: what to run.

    Raises:
        BudgetError: the client has nothing left.
    """

    def __init__(self, request: Request, query: QueryRequest):
        self.budget: Budget = request.app.budget
        self.budget.check(query.client)
        self.query = query
        self.answering = graph_of(request).answer(query)
        self.began = time.monotonic()
        self.begun = self.kept_open = False

    async def begin(self) -> Answer:
        """Return the answer as it begins."""
        answer = await self.answering.__aenter__()
        self.begun = True
        return answer

    async def __aenter__(self) -> "_Paid":
        return self

    async def __aexit__(self, *error: Any) -> None:
        if self.kept_open:
            return
        try:
            if self.begun:
                await self.answering.__aexit__(*error)
        finally:
            self.budget.draw(self.query.client, time.monotonic() - self.began)


async def _run(
    request: Request,
    paid: _Paid,
    form: Format | None,
    headers: dict[str, str],
    *,
    tag: str | None,
    whole: bool,
    make: Make | None,
) -> Response:
    query, state = paid.query, request.scope["state"]
    most = _LARGEST_MADE if make else _LARGEST_PAGE if form is None else _HELD_BACK
    with _Watch(request):
        answer = await paid.begin()
        if answer.service_age is not None:
            headers[SERVICE_AGE_HEADER] = f"{answer.service_age:.0f}"
        state["stats"] = answer.stats
        held, ended = await answer.beginning(most)
    if ended:
        _tell_cut(answer.stats, query, headers, whole=whole)
        if tag is not None and (not answer.stats["cut"] or query.limits.page):
            answers: Answers = request.app.answers
            answers.keep(tag, Kept(held, dict(answer.stats)))
            state["replayable"] = _is_replayable(request, form, make)
        return await _respond(request, query, form, held, headers, make)
    if make is not None:
        raise TooLargeError("the result is too large for this form; ask for csv, or for a part with limit")
    if form is None:
        raise TooLargeError("the result is too large for a page; add a LIMIT, or ask for it with format=csv")
    if form.marked and not whole and not query.limits.page:
        return _Stream(held, answer, paid, headers=headers, media_type=form.content_type)
    with _Watch(request):
        file = await _store(held, answer.chunks())
    try:
        _tell_cut(answer.stats, query, headers, whole=whole)
    except AnswerCutError:
        file.close()
        raise
    return StreamingResponse(_read(file), headers=headers, media_type=form.content_type)


def _tell_cut(stats: dict[str, Any], query: QueryRequest, headers: dict[str, str], *, whole: bool) -> None:
    """Say in headers that an answer was cut, and where the rest is; of a page, where the next one is.

    Raises:
        AnswerCutError: it was, and is wanted whole.
    """
    cut, rows = stats["cut"], stats["rows"]
    if not cut:
        return
    if query.limits.page:
        if cut != "rows":
            raise AnswerCutError("the rows of this page are too large together; ask for fewer of them with limit")
        following = f'<{query.limits.next}>; rel="next"'
        headers["Link"] = f"{headers['Link']}, {following}" if "Link" in headers else following
        return
    if whole:
        raise AnswerCutError(
            f"the answer is larger than the limit of {cut} here, which lets {rows} rows or triples through; "
            "ask for less, or for parts with LIMIT and OFFSET"
        )
    headers[CUT_HEADER] = f"{cut}; rows={rows}"
    if query.limits.next:
        headers["Link"] = f'<{query.limits.after(rows)}>; rel="next"'


class _Watch:
    """Ends the task that enters it when the client goes away; work that is done soon is not watched.

    Raises:
        _ClientGoneError: the client went away.
    """

    __slots__ = ("gone", "request", "task", "timer", "watcher")

    def __init__(self, request: Request):
        self.request = request
        self.gone = False
        self.watcher: asyncio.Task[None] | None = None

    def __enter__(self) -> None:
        loop = asyncio.get_running_loop()
        self.task = asyncio.current_task(loop)
        self.timer = loop.call_later(_SOON, self.begin)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.timer.cancel()
        if self.watcher is not None:
            self.watcher.cancel()
        if self.gone and self.task is not None:
            self.task.uncancel()
            if kind is asyncio.CancelledError:
                raise _ClientGoneError

    def begin(self) -> None:
        self.watcher = asyncio.create_task(_gone(self.request))
        self.watcher.add_done_callback(self.end)

    def end(self, watcher: asyncio.Task[None]) -> None:
        if not watcher.cancelled() and self.task is not None:
            self.gone = True
            self.task.cancel()


async def _gone(request: Request) -> None:
    """Return when the client has gone away."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _store(held: bytes, chunks: AsyncIterator[bytes]) -> IO[bytes]:
    """Return a file with a whole result, which nothing else can find and which goes when it is closed."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - it is closed when it has been sent
    try:
        file.write(held)
        async for chunk in chunks:
            file.write(chunk)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


async def _read(file: IO[bytes]) -> AsyncIterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece


class _Stream(StreamingResponse):
    """A result that has begun. Where it fails, or is not taken in time, the connection breaks before its end.

    So nobody takes it for whole, and no client keeps a worker by not reading.

    Args:
        held: the beginning of the result.
        answer: where the rest comes from.
        paid: what is to be closed at the end.
        headers: headers of the response.
        media_type: content type.
    """

    def __init__(
        self,
        held: bytes,
        answer: Answer,
        paid: _Paid,
        *,
        headers: dict[str, str],
        media_type: str,
    ):
        super().__init__(_joined(held, answer.chunks()), headers=headers, media_type=media_type)
        self.answer = answer
        self.paid = paid
        paid.kept_open = True

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.paid.kept_open = False
        async with self.paid:
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


class _Whole(Response):
    """A result that is all there, with headers that are written once.

    Args:
        body: the result.
        headers: all headers of the response but its length.
    """

    def __init__(self, body: bytes, headers: dict[str, str]):
        self.status_code = 200
        self.body = body
        self.background = None
        self.raw_headers = [
            (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()
        ]
        self.raw_headers.append((b"content-length", b"%d" % len(body)))


async def _respond(
    request: Request, query: QueryRequest, form: Format | None, body: bytes, headers: dict[str, str], make: Make | None
) -> Response:
    """Return a result that is all there."""
    if make is not None:
        return await make(body, headers)
    if form is not None:
        return _Whole(body, headers | {"Content-Type": form.content_type})
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
    result["cut"] = CUT_HEADER in headers
    formats = [f.name for f in formats_for(kind)]
    standard = query.text if query.original else ""
    sent = query.original or query.text
    return show_query(
        request,
        sent,
        result=result,
        formats=formats,
        headers=headers,
        standard=standard,
        path=getattr(request.state, "route", "/sparql"),
    )
