"""What the operator sees: counts and times for Prometheus, and one line of JSON for each request.

Neither holds the text of a query.
"""

import json
import sys
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

__all__ = ["Observations", "metrics_router"]

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Observations:
    """The counters of one application, and where its lines go.

    Args:
        access_log: empty for no lines, ``-`` for standard error, else the name of a file that lines are added to.
    """

    under_way: int
    """Requests that are being answered."""

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
        self.under_way = 0
        Gauge("citydip_requests_under_way", "Requests that are being answered.", registry=kept).set_function(
            lambda: self.under_way
        )
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


def metrics_router(observations: Observations) -> APIRouter:
    """Return the route that Prometheus reads."""
    router = APIRouter()

    @router.get("/metrics", summary="Counts and times, for Prometheus", include_in_schema=False)
    async def metrics() -> Response:
        return Response(generate_latest(observations.registry), media_type=CONTENT_TYPE_LATEST)

    return router
