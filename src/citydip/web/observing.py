"""What the operator sees: counts and times for Prometheus, and one line of JSON for each request.

Neither holds the text of a query.
"""

import json
import sys
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

__all__ = ["Observations", "metrics_router"]

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


@dataclass(slots=True)
class _Counted:
    """The requests of one route that ended with one status; each time has a place among ``_SECONDS``, or after them."""

    requests: int = 0
    seconds: float = 0.0
    sent: int = 0
    times: list[int] = field(default_factory=lambda: [0] * (len(_SECONDS) + 1))


class Observations(Collector):
    """The counters of one application, and where its lines go.

    Each request is counted in plain numbers; they become metrics where somebody reads them.

    Args:
        access_log: empty for no lines, ``-`` for standard error, else the name of a file that lines are added to.
    """

    def __init__(self, access_log: str):
        self.access_log = access_log
        self.registry = CollectorRegistry()
        self.under_way = 0
        """Requests that are being answered."""
        self._counted: dict[tuple[str, int], _Counted] = {}
        self.registry.register(self)
        self.services = Counter(
            "citydip_service_requests", "SERVICE clauses, by what came of them.", ("outcome",), registry=self.registry
        )

    def count_service(self, outcome: str) -> None:
        """Count a question to another service: ``answered``, ``kept``, ``failed`` or ``timeout``."""
        self.services.labels(outcome).inc()

    def count(self, route: str, status: int, seconds: float, size: int) -> None:
        """Count one request."""
        counted = self._counted.get((route, status))
        if counted is None:
            counted = self._counted[route, status] = _Counted()
        counted.requests += 1
        counted.seconds += seconds
        counted.sent += size
        counted.times[bisect_left(_SECONDS, seconds)] += 1

    def collect(self) -> Iterator[Metric]:
        """Yield what was counted, as Prometheus takes it."""
        requests = CounterMetricFamily("citydip_requests", "Requests answered.", labels=("route", "status"))
        seconds = HistogramMetricFamily("citydip_request_seconds", "Time to the end of an answer.", labels=("route",))
        sent = CounterMetricFamily("citydip_sent_bytes", "Bytes of answers.", labels=("route",))
        routes: dict[str, list[_Counted]] = {}
        for (route, status), counted in self._counted.items():
            requests.add_metric((route, str(status)), counted.requests)
            routes.setdefault(route, []).append(counted)
        for route, all_counted in routes.items():
            up_to = accumulate(map(sum, zip(*(counted.times for counted in all_counted), strict=True)))
            bounds = [*map(str, map(float, _SECONDS)), "+Inf"]
            taken = sum(counted.seconds for counted in all_counted)
            seconds.add_metric((route,), list(zip(bounds, up_to, strict=True)), taken)
            sent.add_metric((route,), sum(counted.sent for counted in all_counted))
        yield from (requests, seconds, sent)
        yield GaugeMetricFamily("citydip_requests_under_way", "Requests that are being answered.", self.under_way)

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
