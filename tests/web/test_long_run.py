"""A service under mixed load for a long time leaks neither memory, nor processes, nor file handles.

In CI it runs for some seconds. ``LONG_RUN=3600`` makes it an hour, and ``LONG_RUN_PAUSE=0.1`` lets each client rest
that many seconds between two requests::

    LONG_RUN=3600 LONG_RUN_PAUSE=0.1 python -m pytest -s tests/web/test_long_run.py

What is used is compared between a first third of the time, in which pools, caches and the allocator fill up, and the
end. The bound has a part for what comes and goes by chance, and a part for each request; a leak of some kilobytes a
request is found in seconds, one of some hundred bytes in an hour.
"""

import contextlib
import itertools
import os
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest

from citydip.curation.snapshot import Snapshot
from tests.web.conftest import started, wait_until_ready
from tests.web.hostile import connect, entries, family, in_address, sparql
from tests.web.hostile import get as raw_get

SECONDS = float(os.environ.get("LONG_RUN", "20"))
PAUSE = float(os.environ.get("LONG_RUN_PAUSE", "0"))
CLIENTS = 4
OPTIONS = ("--timeout", "20", "--workers", "2", "--memory", "512", "--queue", "16", "--cache", "1", "--watch", "0")
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
LARGE = "SELECT * { ?s ?p ?o }"
CITIES = "SELECT ?city ?label { ?city a cd:City ; rdfs:label ?label } ORDER BY ?city ?label"
BUSY = 503
ALLOCATOR = {"MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_TRIM_THRESHOLD_": "65536"}
"""Settings of the C library (mallopt(3))."""
PROCESSES = 7
"""One speaks HTTP, one has the union and one the named graphs, and either of these two workers."""
KIBIBYTES_BY_CHANCE = 6 << 10
BYTES_A_REQUEST = 512


@dataclass(frozen=True, slots=True)
class Use:
    """What a server uses: kibibytes of its processes, how many there are, their files and threads.

    Args:
        web: memory of the process that speaks HTTP.
        zygote: memory of the one that forks workers.
        worker: memory of the largest worker.
        processes: how many there are.
        files: open files of the first two; each worker has some of its own.
        threads: threads of the first process.
    """

    web: int
    zygote: int
    worker: int
    processes: int
    files: int
    threads: int


def use(pid: int) -> Use:
    """Return what a server and its descendants use now."""
    pids = family(pid)
    resident = [status(p, "VmRSS") for p in pids]
    files = sum(entries(Path(f"/proc/{p}/fd")) for p in pids[:2])
    return Use(resident[0], resident[1], max(resident[2:], default=0), len(pids), files, status(pid, "Threads"))


def status(pid: int, name: str) -> int:
    """Return a number of what the system knows of a process; 0 where it has just ended."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith(name + ":"):
                return int(line.split()[1])
    return 0


def leaks(before: Use, after: Use, requests: int) -> list[str]:
    """Return what has grown more than it may with so many requests."""
    room = KIBIBYTES_BY_CHANCE + requests * BYTES_A_REQUEST // 1024
    found = [
        f"{name} has grown by {grown} KiB in {requests} requests, {room} may be chance"
        for name in ("web", "zygote", "worker")
        if (grown := getattr(after, name) - getattr(before, name)) > room
    ]
    if after.processes > before.processes:
        found.append(f"there were {before.processes} processes, there are {after.processes}")
    if after.files > before.files + 2:
        found.append(f"there were {before.files} open files, there are {after.files}")
    # Work in threads is done by a pool of them, which is full at some time.
    if after.threads > before.threads + 8:
        found.append(f"there were {before.threads} threads, there are {after.threads}")
    return found


class Client:
    """One client that asks this and that, and notes what it got.

    Args:
        address: of the server.
        seed: decides what it asks.
    """

    numbers = itertools.count()

    def __init__(self, address: str, seed: int):
        self.address = address
        self.chance = random.Random(seed)
        self.seen: Counter[tuple[str, int]] = Counter()
        self.wrong: list[str] = []
        self.ways: list[tuple[int, str, Callable[[], int], set[int]]] = [
            (60, "small", lambda: self.ask(f"ASK {{ ?s ?p {self.new()} }}"), {200}),
            (30, "known", lambda: self.ask(CITIES, format="csv"), {200}),
            (3, "large", lambda: self.ask(f"{LARGE} LIMIT {12_000 + self.new() % 1000}", format="csv"), {200}),
            (2, "streamed", lambda: self.ask(f"{LARGE} LIMIT {12_000 + self.new() % 1000}", format="json"), {200}),
            (2, "graph", lambda: self.get("/graph/gazetteer?format=turtle"), {200}),
            (4, "page", lambda: self.ask(f"{LARGE} LIMIT {50 + self.new() % 50}", format="html"), {200}),
            (3, "front page", lambda: self.get("/", accept="text/html"), {200}),
            (2, "description", lambda: self.get("/sparql"), {200}),
            (4, "compressed", self.compressed, {200}),
            (4, "not modified", self.not_modified, {304}),
            (4, "syntax error", lambda: self.ask(f"SELECT {self.new()}"), {400}),
            (2, "refused", lambda: self.ask("DROP ALL"), {403}),
            (2, "not acceptable", lambda: self.ask(f"ASK {{ ?s ?p {self.new()} }}", accept="image/png"), {406}),
            (2, "not found", lambda: self.get(f"/nothing/{self.new()}"), {404}),
            (2, "killed", lambda: self.ask(ENDLESS, timeout="0.2"), {504}),
            (1, "stopped", self.stopped, {204, 404}),
            (3, "leaves at once", lambda: self.leave(sparql(ENDLESS)), {0}),
            (
                3,
                "leaves midway",
                lambda: self.leave(raw_get(in_address(f"{LARGE} OFFSET {self.new() % 99}")), 2000),
                {0},
            ),
            (2, "health", lambda: self.get("/health/ready"), {200}),
            (1, "metrics", lambda: self.get("/metrics"), {200}),
            (1, "document", lambda: self.get("/openapi.json"), {200}),
        ]

    def new(self) -> int:
        """Return a number that makes a query differ from all before."""
        return next(self.numbers)

    def run(self, end: threading.Event) -> None:
        """Ask once in every way, and then at random until the end."""
        weights = [weight for weight, *_ in self.ways]
        batch = self.chance.sample(self.ways, len(self.ways))
        while batch:
            with httpx.Client(base_url=self.address, timeout=30) as self.http:
                for _, name, way, expected in batch:
                    self.go(name, way, expected)
                    end.wait(PAUSE)
            batch = [] if end.is_set() else self.chance.choices(self.ways, weights, k=20)

    def go(self, name: str, way: Callable[[], int], expected: set[int]) -> None:
        """Ask in one way, and note what came back and whether it should have."""
        try:
            got = way()
        except (httpx.HTTPError, OSError) as error:
            self.wrong.append(f"{name}: {error!r}")
            return
        self.seen[name, got] += 1
        if got not in expected | {BUSY}:
            self.wrong.append(f"{name}: {got}")

    def get(self, path: str, accept: str = "*/*") -> int:
        return self.http.get(path, headers={"Accept": accept}).status_code

    def ask(self, query: str, accept: str = "application/json", **params: str) -> int:
        return self.http.post("/sparql", data={"query": query, **params}, headers={"Accept": accept}).status_code

    def compressed(self) -> int:
        encoding = self.chance.choice(["gzip", "br", "zstd"])
        params = {"query": f"{LARGE} LIMIT {500 + self.new() % 500}"}
        with self.http.stream("GET", "/sparql", params=params, headers={"Accept-Encoding": encoding}) as answer:
            size = sum(len(part) for part in answer.iter_raw())
            return answer.status_code if answer.status_code != 200 or size else 0

    def not_modified(self) -> int:
        first = self.http.get("/sparql", params={"query": CITIES})
        if first.status_code != 200:
            return first.status_code
        headers = {"If-None-Match": first.headers["etag"]}
        return self.http.get("/sparql", params={"query": CITIES}, headers=headers).status_code

    def stopped(self) -> int:
        """Let a query be stopped by its name, from another connection; perhaps it has not begun yet."""
        name = f"long-run-{self.new():012d}"
        with connect(self.address) as connection:
            connection.sendall(sparql(ENDLESS, **{"query-id": name}))
            time.sleep(0.05)
            return self.http.delete(f"/queries/{name}").status_code

    def leave(self, request: bytes, after: int = 0) -> int:
        """Go away before an answer has come, or after some bytes of it."""
        with connect(self.address) as connection:
            connection.sendall(request)
            while after > 0 and (part := connection.recv(after)):
                after -= len(part)
        return 0


@contextlib.contextmanager
def load(address: str) -> Iterator[list[Client]]:
    """Let clients ask as long as the block lasts."""
    end = threading.Event()
    clients = [Client(address, seed) for seed in range(CLIENTS)]
    threads = [threading.Thread(target=client.run, args=(end,)) for client in clients]
    for thread in threads:
        thread.start()
    try:
        yield clients
    finally:
        end.set()
        for thread in threads:
            thread.join()


def calm(pid: int, processes: int) -> Use:
    """Return what a server uses when it has ended what it had begun, or after ten seconds."""
    end = time.monotonic() + 10
    while time.monotonic() < end and len(family(pid)) != processes:
        time.sleep(0.1)
    # Connections that clients have closed are closed here a moment later.
    time.sleep(1)
    return use(pid)


def counted(clients: list[Client]) -> int:
    return sum(client.seen.total() for client in clients)


def test_mixed_load_leaves_nothing_behind(snapshot: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The allocator gives back at once what is freed, so that what it keeps for later does not look like a leak.
    for name, value in ALLOCATOR.items():
        monkeypatch.setenv(name, value)
    log = tmp_path / "stderr"
    with log.open("w") as stderr, started(snapshot.path.parent, *OPTIONS, stderr=stderr) as (process, address):
        wait_until_ready(address)
        at_first = calm(process.pid, PROCESSES)
        with load(address) as warming:
            time.sleep(SECONDS / 3)
        before = calm(process.pid, at_first.processes)
        with load(address) as clients:
            time.sleep(SECONDS * 2 / 3)
        after = calm(process.pid, at_first.processes)
        assert httpx.post(address + "/sparql", data={"query": "ASK {}"}).json()["boolean"] is True
        process.terminate()
        process.wait(20)
    requests = counted(clients)
    seen = sum((client.seen for client in clients), Counter[tuple[str, int]]())
    sys.stdout.write(f"\n{counted(warming)} requests, then {requests}: {dict(sorted(seen.items()))}\n")
    sys.stdout.write(f"at first {at_first}\nbefore   {before}\nafter    {after}\n")
    assert [line for client in (*warming, *clients) for line in client.wrong] == []
    assert {name for name, _ in seen} == {name for _, name, *_ in clients[0].ways}
    assert sum(number for (_, status), number in seen.items() if status == BUSY) < requests / 4
    said = log.read_text(errors="replace")
    assert "Traceback" not in said, said[-3000:]
    assert before.processes == at_first.processes == PROCESSES
    assert leaks(before, after, requests) == []


@pytest.mark.parametrize(
    ("grown", "word"),
    [
        ({"web": 8_000}, "web"),
        ({"zygote": 8_000}, "zygote"),
        ({"worker": 8_000}, "worker"),
        ({"processes": 1}, "processes"),
        ({"files": 3}, "files"),
        ({"threads": 9}, "threads"),
    ],
)
def test_what_would_be_a_leak_is_found(grown: dict[str, int], word: str) -> None:
    before = Use(100_000, 80_000, 90_000, 4, 30, 5)
    assert leaks(before, replace(before, web=107_000, files=32), 2000) == []
    (found,) = leaks(before, replace(before, **{name: getattr(before, name) + n for name, n in grown.items()}), 2000)
    assert word in found
