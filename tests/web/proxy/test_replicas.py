"""Two replicas behind each proxy: either may be away, be killed or be too busy, and clients notice nothing of it."""

import contextlib
import signal
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from citydip.curation.snapshot import Snapshot
from tests.web.conftest import started, wait_until_ready
from tests.web.proxy.proxies import CITIES, ENDLESS, JSON, Proxy, Replica, assert_problem, proxy_of, until

SLOW = "SELECT (COUNT(*) AS ?n) { { SELECT * { ?a a ?b } LIMIT 500 } ?c a ?d }"


def test_when_no_replica_is_there_the_client_is_told_to_come_back(
    kind: str, snapshot: Snapshot, certificate: Path, tmp_path: Path
) -> None:
    alone = proxy_of(kind)(tmp_path / "alone", certificate, snapshot.path.parent)
    asked: list[tuple[str, str, str]] = [
        ("GET", "/sparql", CITIES),
        ("POST", "/sparql", CITIES),
        ("DELETE", "/queries/x", ""),
    ]

    def ask(what: tuple[str, str, str]) -> httpx.Response:
        method, path, query = what
        with alone.client() as client:
            if method == "POST":
                return client.post(path, data={"query": query})
            return client.request(method, path, params={"query": query} if query else None)

    with alone.running(), ThreadPoolExecutor() as threads:
        answers = list(threads.map(ask, asked))
    for answer in answers:
        assert_problem(answer, 503)
        assert answer.headers["retry-after"] == "2"
        assert answer.headers["cache-control"] == "no-store"


class Busy(BaseHTTPRequestHandler):
    """Stands where a replica could, and says that it is ready but has too much to do."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.do_POST()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        problem = b'{"status": 503, "detail": "busy"}'
        self.send_response(200 if self.path == "/health/ready" else 503)
        self.send_header("Content-Type", "application/problem+json")
        self.send_header("Content-Length", str(len(problem)))
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Retry-After", "2")
        self.end_headers()
        self.wfile.write(problem)

    def log_request(self, code: object = "-", size: object = "-") -> None:
        """Say nothing."""


@contextlib.contextmanager
def busy(replica: Replica) -> Iterator[None]:
    """Answer at the address of a replica that does not run."""
    with ThreadingHTTPServer(("127.0.0.1", replica.port), Busy) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


def test_where_one_replica_is_busy_the_other_one_answers(
    kind: str, snapshot: Snapshot, certificate: Path, tmp_path: Path
) -> None:
    proxy = proxy_of(kind)(tmp_path / "busy", certificate, snapshot.path.parent)
    first, second = proxy.replicas
    with busy(first), proxy.running(), proxy.client() as client:
        second.start()
        try:
            for _ in range(10):
                assert client.get("/sparql", params={"query": CITIES}).status_code == 200
                assert client.post("/sparql", data={"query": CITIES}).status_code == 200
        finally:
            second.stop(signal.SIGTERM)
        with busy(second):
            for answer in (
                client.get("/sparql", params={"query": CITIES}),
                client.post("/sparql", data={"query": "x"}),
            ):
                assert_problem(answer, 503)
                assert answer.headers["retry-after"] == "2"


@pytest.mark.parametrize("kind", ["caddy"])
def test_caddy_is_as_new_as_its_configuration_says(kind: str) -> None:
    said = subprocess.run([str(proxy_of(kind).command), "version"], check=True, capture_output=True, text=True).stdout
    version = tuple(int(part) for part in said.split()[0].removeprefix("v").split("."))
    assert version >= (2, 11, 7), "an older one, found before that of the environment, cannot do what is tested here"


def test_a_query_is_stopped_whichever_replica_runs_it(client: httpx.Client, proxy: Proxy) -> None:
    for turn in range(4):
        name = f"to-be-stopped-in-turn-{turn}"
        answers: list[httpx.Response] = []

        def ask(name: str = name, answers: list[httpx.Response] = answers) -> None:
            with proxy.client() as own:
                answers.append(own.post("/sparql", data={"query": ENDLESS, "query-id": name}, headers=JSON))

        asking = threading.Thread(target=ask)
        asking.start()
        assert until(lambda: any(replica.running() for replica in proxy.replicas))
        assert client.delete(f"/queries/{name}").status_code == 204
        asking.join()
        assert answers[0].status_code == 409
    assert_problem(client.delete("/queries/nobody-runs-a-query-of-this-name"), 404)


def test_a_client_that_goes_away_stops_its_query(proxy: Proxy) -> None:
    with proxy.client() as client, pytest.raises(httpx.ReadTimeout):
        client.get("/sparql", params={"query": ENDLESS}, timeout=1)
    assert until(lambda: not any(replica.running() for replica in proxy.replicas), 2)


class Load:
    """Four clients that ask without a pause, by GET and by POST, for a quick answer and for one that takes a while."""

    def __init__(self, proxy: Proxy) -> None:
        self.proxy = proxy
        self.answers: Counter[tuple[str, int]] = Counter()
        self.broken = 0
        self.wrong: list[str] = []
        self._done = threading.Event()
        with proxy.client() as client:
            self.expected = {query: client.post("/sparql", data={"query": query}).text for query in (CITIES, SLOW)}

    def __enter__(self) -> "Load":
        kinds = [("GET", CITIES), ("POST", CITIES), ("GET", SLOW), ("POST", SLOW)]
        self._threads = [threading.Thread(target=self._ask, args=kind) for kind in kinds]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        for thread in self._threads:
            thread.join()

    def _ask(self, method: str, query: str) -> None:
        with self.proxy.client() as client:
            while not self._done.is_set():
                try:
                    by_get, by_post = ({"query": query}, None) if method == "GET" else (None, {"query": query})
                    answer = client.request(method, "/sparql", params=by_get, data=by_post)
                    self.answers[method, answer.status_code] += 1
                    if answer.status_code != 200 or answer.text != self.expected[query]:
                        self.wrong.append(f"{method} {answer.status_code} {answer.text[:200]}")
                except httpx.HTTPError as error:
                    if "without sending complete message body" in str(error):
                        self.broken += 1
                    else:
                        self.wrong.append(f"{method} {error!r}")


def restart_under_load(replica: Replica, other: Replica, how: signal.Signals) -> None:
    """End a replica while it answers, and bring it back."""
    asked = replica.answered()
    assert until(lambda: replica.answered() > asked + 20 and replica.running(), 30), "it is not asked"
    replica.stop(how)
    left = other.answered()
    assert until(lambda: other.answered() > left + 20, 30), "the other one is not asked"
    replica.start()
    # A request that has tried this replica while it was away does not try it again: the other one must not go before
    # these have their answers. So says docs/how-to/deploy.md.
    begun = {row["id"] for row in other.running()}
    assert until(lambda: not begun & {row["id"] for row in other.running()}, 30)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_replica_that_ends_under_load_loses_no_request(proxy: Proxy, how: signal.Signals) -> None:
    with Load(proxy) as load:
        for replica, other in zip(proxy.replicas, reversed(proxy.replicas), strict=True):
            restart_under_load(replica, other, how)
    assert load.wrong == []
    assert load.answers["GET", 200] > 100
    assert load.answers["POST", 200] > 100
    # A process that is killed between the first and the last byte of an answer takes the rest with it. No proxy can
    # mend that, but the client can tell, and asks again. A process that is asked to end breaks none.
    assert load.broken <= (2 if how is signal.SIGKILL else 0)


def test_whoever_waits_when_the_server_ends_is_told_to_ask_again(snapshot: Snapshot) -> None:
    options = ["--workers", "1", "--timeout", "1"]
    answers: list[httpx.Response] = []
    with started(snapshot.path.parent, *options) as (process, address):
        wait_until_ready(address)

        def ask() -> None:
            answers.append(httpx.post(address + "/sparql", data={"query": ENDLESS}, headers=JSON, timeout=30))

        threads = [threading.Thread(target=ask) for _ in range(10)]
        for thread in threads:
            thread.start()
        assert until(lambda: answers)
        process.terminate()
        for thread in threads:
            thread.join()
    # 504 for those that were run, and 503 for those that were not: that sends a proxy on to the next replica.
    assert Counter(answer.status_code for answer in answers).keys() == {503, 504}
    for answer in answers:
        assert_problem(answer, answer.status_code)
        assert (answer.headers.get("retry-after") is not None) == (answer.status_code == 503)
