"""What an operator relies on: budgets, metrics, the access log."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from citydip.curation.snapshot import Snapshot
from citydip.web.budget import Budget, BudgetError
from tests.web.conftest import serving

HEAVY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("log") / "access.jsonl"


@pytest.fixture(scope="module")
def server(snapshot: Snapshot, log: Path) -> Iterator[str]:
    options = ["--workers", "1", "--timeout", "1", "--budget", "2", "--access-log", str(log)]
    with serving(snapshot.path.parent, *options) as address:
        yield address


def ask(server: str, query: str) -> httpx.Response:
    return httpx.get(server + "/sparql", params={"query": query}, headers={"Accept": "application/json"})


def test_a_client_that_has_used_up_its_time_is_told_when_to_come_back(server: str) -> None:
    statuses = [ask(server, HEAVY).status_code for _ in range(3)]
    assert statuses in ([504, 504, 429], [504, 504, 504])
    refused = ask(server, "ASK {}")
    assert refused.status_code == 429
    assert refused.json()["title"] == "Your query time is used up for now"
    wait = int(refused.headers["retry-after"])
    assert 1 <= wait <= 120
    assert (refused.headers["ratelimit-limit"], refused.headers["ratelimit-remaining"]) == ("2", "0")
    assert 0 < int(refused.headers["ratelimit-reset"]) <= 120
    assert "RateLimit-Reset" in refused.headers["access-control-expose-headers"]
    assert "ratelimit-limit" not in httpx.get(server + "/health/ready").headers
    # Pages that need no query of the client's are served on.
    assert httpx.get(server + "/health/ready").status_code == 200
    assert httpx.get(server + "/").status_code == 200


def test_a_budget_fills_up_steadily(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    budget = Budget(30)
    budget.check("a")
    budget.draw("a", 40)
    with pytest.raises(BudgetError) as caught:
        budget.check("a")
    assert caught.value.seconds == 22
    budget.check("b")
    now[0] += 22
    budget.check("a")
    assert budget.left("a") == pytest.approx(1)
    now[0] += 1000
    assert budget.left("a") == 30


def test_no_budget_is_no_limit() -> None:
    budget = Budget(0)
    budget.draw("a", 1e9)
    budget.check("a")


def test_metrics_count_requests_by_route_and_status(server: str) -> None:
    httpx.get(server + "/health/live")
    httpx.get(server + "/some/path/that/is/not/there")
    text = httpx.get(server + "/metrics").text
    assert 'citydip_requests_total{route="/health/live",status="200"}' in text
    assert 'citydip_requests_total{route="other",status="404"}' in text
    assert "citydip_request_seconds_bucket" in text
    assert "not/there" not in text


def test_each_request_leaves_a_line_without_the_text_of_its_query(server: str, log: Path, snapshot: Snapshot) -> None:
    answer = httpx.get(server + "/", headers={"Accept": "text/html"})
    ask(server, "ASK { <urn:a-secret> ?p ?o }")
    time.sleep(0.2)
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    front = [line for line in lines if line["path"] == "/"][-1]
    assert (front["method"], front["status"], front["whole"]) == ("GET", 200, True)
    assert front["version"] == snapshot.version
    assert 0 < front["bytes"] <= len(answer.content)
    assert "a-secret" not in log.read_text()
