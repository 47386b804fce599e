"""What the operator sees: counts and times for Prometheus, and one line of JSON for each request.

Neither holds the text of a query.
"""

import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Observations", "Observe", "metrics_router"]

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Observations:
    """The counters of one application, and where its lines go.

    Args:
        access_log: empty for no lines, ``-`` for standard error, else the name of a file that lines are added to.
    """

    def __init__(self, access_log: str):
        self.access_log = access_log
        self.registry = CollectorRegistry()
        kept = self.registry
        self.requests = Counter("citydip_requests", "Requests answered.", ("route", "status"), registry=kept)
        self.seconds = Histogram(
            "citydip_request_seconds", "Time to the end of an answer.", ("route",), buckets=_SECONDS, registry=kept
        )
        self.sent = Counter("citydip_sent_bytes", "Bytes of answers.", ("route",), registry=kept)
        self._counted: dict[tuple[str, int], tuple[Counter, Histogram, Counter]] = {}
        self.under_way = Gauge("citydip_requests_under_way", "Requests that are being answered.", registry=kept)
        self.services = Counter(
            "citydip_service_requests", "SERVICE clauses, by what came of them.", ("outcome",), registry=kept
        )

    def count_service(self, outcome: str) -> None:
        """Count a question to another service: ``answered``, ``kept``, ``failed`` or ``timeout``."""
        self.services.labels(outcome).inc()

    def count(self, route: str, status: int, seconds: float, size: int) -> None:
        """Count one request."""
        counted = self._counted.get((route, status))
        if counted is None:
            # To look the counters up by their labels takes longer than to count.
            counted = self._counted[route, status] = (
                self.requests.labels(route, str(status)),
                self.seconds.labels(route),
                self.sent.labels(route),
            )
        requests, times, sent = counted
        requests.inc()
        times.observe(seconds)
        sent.inc(size)

    def write(self, line: dict[str, Any]) -> None:
        """Write one line of the access log."""
        text = json.dumps(line, ensure_ascii=False) + "\n"
        if self.access_log == "-":
            sys.stderr.write(text)
        elif self.access_log:
            # Opened for each line, so that whatever rotates the file needs no signal.
            with Path(self.access_log).open("a", encoding="utf-8") as file:
                file.write(text)


class Observe:
    """ASGI middleware that counts, times and logs each request.

    Args:
        app: the application inside.
        observations: where to count and write.
    """

    def __init__(self, app: ASGIApp, observations: Observations):
        self.app = app
        self.observations = observations

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and note how it ended."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.monotonic()
        seen: dict[str, Any] = {"status": 0, "bytes": 0, "whole": False}

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen["status"] = message["status"]
            elif message["type"] == "http.response.body":
                seen["bytes"] += len(message.get("body", b""))
                seen["whole"] = not message.get("more_body", False)
            await send(message)

        self.observations.under_way.inc()
        try:
            await self.app(scope, receive, noting)
        finally:
            self.observations.under_way.dec()
            self._note(scope, seen, time.monotonic() - began)

    def _note(self, scope: Scope, seen: dict[str, Any], seconds: float) -> None:
        # Only routes that there are become labels: a flood of unknown paths must not fill the memory.
        matched = getattr(scope.get("route"), "path", "") or "other"
        self.observations.count(matched, seen["status"], seconds, seen["bytes"])
        if not self.observations.access_log:
            return
        state = scope.get("state", {})
        graph, stats = state.get("graph"), state.get("stats", {})
        client = scope.get("client")
        self.observations.write(
            {
                "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
                "client": client[0] if client else None,
                "method": scope["method"],
                "path": scope["path"],
                "status": seen["status"],
                "seconds": round(seconds, 4),
                "bytes": seen["bytes"],
                "whole": seen["whole"],
                "query": state.get("query"),
                "rows": stats.get("rows"),
                "cut": stats.get("cut") or None,
                "cached": stats.get("cached", False) if stats else None,
                "version": graph.snapshot.version if graph is not None else None,
            }
        )


def metrics_router(observations: Observations) -> APIRouter:
    """Return the route that Prometheus reads."""
    router = APIRouter()

    @router.get("/metrics", summary="Counts and times, for Prometheus", include_in_schema=False)
    async def metrics() -> Response:
        return Response(generate_latest(observations.registry), media_type=CONTENT_TYPE_LATEST)

    return router
