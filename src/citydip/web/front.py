"""What every request meets first, in one pass: its version of the graph, answers that are kept, headers, counts.

It stands before the framework, whose way of a layer for each would cost a small query more than its answer. The SPARQL
endpoint reads its requests itself and is called from here; its route is there to be described.
"""

import secrets
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope, Send
from starlette_compress import CompressMiddleware

from citydip.model.errors import CitydipError
from citydip.services.answers import Answers, Kept
from citydip.services.changes.desk import ChangesDesk
from citydip.services.exporting.prepared import Prepared
from citydip.services.versions import Versions
from citydip.web.budget import Budget
from citydip.web.exporting import sent_whole
from citydip.web.headers import ALWAYS, PREFLIGHT, VERSION_HEADER
from citydip.web.observing import Observations
from citydip.web.problems import answer_gone, answer_problem, answer_unexpected
from citydip.web.replay import kept_headers, key_of, replayed_headers
from citydip.web.versioned import choose_version

__all__ = ["Application"]

_VERSION = VERSION_HEADER.lower().encode()
_METHODS = ("GET", "HEAD", "POST")


class Application(FastAPI):
    """The framework's application, what its routes share, and before it what every request meets first.

    Once it has its routes, `begin` tells it the rest.
    """

    versions: Versions
    prepared: Prepared
    changes: ChangesDesk
    budget: Budget
    answers: Answers

    def begin(self, endpoint: Callable[[Request], Awaitable[Response]], observations: Observations) -> None:
        """Note what answers a request at ``/sparql``, and where to count and write."""
        self.endpoint = endpoint
        self.observations = observations
        self.compressing = CompressMiddleware(self._answer)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request and note how it ended."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        began = time.monotonic()
        scope["app"] = self
        scope.setdefault("state", {})
        exchange = _Exchange(scope, send, self.budget)
        self.observations.under_way += 1
        try:
            if scope["method"] == "GET":
                await self._replay(scope, receive, exchange)
            elif scope["method"] == "OPTIONS":
                await exchange.send({"type": "http.response.start", "status": 204, "headers": PREFLIGHT})
                await exchange.send({"type": "http.response.body", "body": b""})
            else:
                await self._pass_on(scope, receive, exchange.send)
        finally:
            self.observations.under_way -= 1
            exchange.note(self.observations, time.monotonic() - began)

    async def _replay(self, scope: Scope, receive: Receive, exchange: "_Exchange") -> None:
        """Answer as before where the answer is kept; else keep it where it may be."""
        versions, answers = self.versions, self.answers
        version = versions.current.snapshot.version
        key = key_of(scope, version) if answers.size else None
        kept = answers.find(key)
        if kept is not None:
            scope["state"] |= {
                "graph": versions.current,
                "query": secrets.token_urlsafe(16),
                "stats": {**kept.stats, "cached": True},
                "route": "/queries/{name}" if scope["path"].startswith("/queries/") else "/sparql",
            }
            await exchange.replay(kept)
            return
        await self._pass_on(scope, receive, exchange.send)
        told = scope["state"]
        # Most queries are never asked again, so that one is kept as it was sent when it has been. What goes out in
        # several messages is too large for that, and a new version may have come in between.
        again = key and told.get("replayable") and told["stats"].get("cached")
        if key and again and exchange.messages == 1 and told["graph"].snapshot.version == version:
            answers.keep(key, Kept(exchange.body, told["stats"], kept_headers(exchange.headers)))

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, compressed as the client likes."""
        # The endpoint says itself that encodings are chosen; what compresses takes long to see that there is none.
        if scope["path"].endswith("/sparql") and b"accept-encoding" not in [name for name, _ in scope["headers"]]:
            await self._answer(scope, receive, send)
        else:
            await self.compressing(sent_whole(scope), receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the endpoint, or let the framework answer."""
        try:
            scope = await choose_version(scope)
        except CitydipError as error:
            await (await answer_problem(Request(scope), error))(scope, receive, send)
            return
        if scope["path"] != scope.get("root_path", "") + "/sparql" or scope["method"] not in _METHODS:
            await super().__call__(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            response = await self._ask(request)
        except Exception as error:  # noqa: BLE001 - whatever it is, the client gets an answer, and the log the error
            response = await answer_unexpected(request, error)
        await response(scope, receive, send)

    async def _ask(self, request: Request) -> Response:
        try:
            return await self.endpoint(request)
        except CitydipError as error:
            return await answer_problem(request, error)
        except ClientDisconnect as error:
            return await answer_gone(request, error)


class _Exchange:
    """A request, and what is noted of its answer while that is sent."""

    __slots__ = ("body", "budget", "forward", "headers", "messages", "scope", "size", "status", "whole")

    def __init__(self, scope: Scope, send: Send, budget: Budget):
        self.scope = scope
        self.budget = budget
        self.forward = send
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.messages = 0
        self.body = b""
        self.size = 0
        self.whole = False

    async def send(self, message: Message) -> None:
        """Send a message of the answer; its headers get those that every answer has."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = self.headers = [*message.get("headers", ()), *ALWAYS, *self._own_headers()]
        elif message["type"] == "http.response.body":
            self.body = message.get("body", b"")
            self.messages += 1
            self.size += len(self.body)
            self.whole = not message.get("more_body", False)
        await self.forward(message)

    def _own_headers(self) -> list[tuple[bytes, bytes]]:
        """Return the version of the data, and what is left to a client that asks a query."""
        state = self.scope["state"]
        headers: list[tuple[bytes, bytes]] = []
        if "query" in state and self.scope.get("client"):
            headers = self.budget.headers(self.scope["client"][0])
        graph = state.get("graph")
        if graph is not None:
            headers.append((_VERSION, graph.snapshot.version.encode()))
        return headers

    async def replay(self, kept: Kept) -> None:
        """Send an answer as it was sent before."""
        self.status, self.size, self.whole = 200, len(kept.body), True
        headers = replayed_headers(kept, self.scope["state"]["query"])
        await self.forward({"type": "http.response.start", "status": 200, "headers": headers})
        await self.forward({"type": "http.response.body", "body": kept.body})

    def note(self, observations: Observations, seconds: float) -> None:
        """Count the answer, and write a line for it."""
        scope, state = self.scope, self.scope["state"]
        # Only routes that there are become labels: a flood of unknown paths must not fill the memory.
        matched = state.get("route") or getattr(scope.get("route"), "path", "") or "other"
        observations.count(matched, self.status, seconds, self.size)
        if not observations.access_log:
            return
        graph, stats = state.get("graph"), state.get("stats", {})
        client = scope.get("client")
        observations.write(
            {
                "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
                "client": client[0] if client else None,
                "method": scope["method"],
                "path": scope["path"],
                "status": self.status,
                "seconds": round(seconds, 4),
                "bytes": self.size,
                "whole": self.whole,
                "query": state.get("query"),
                "rows": stats.get("rows"),
                "cut": stats.get("cut") or None,
                "cached": stats.get("cached", False) if stats else None,
                "version": graph.snapshot.version if graph is not None else None,
            }
        )
