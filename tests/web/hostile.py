"""What hostile tests share: raw requests and answers, a server that is watched, a listener that must stay alone."""

import contextlib
import http.client
import resource
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

from citydip.curation.snapshot import Snapshot
from tests.web.conftest import started, wait_until_ready

BROKEN = 0
"""Stands for a connection that the server broke before the end of its answer."""
PORT = "PORTS"
"""Stands in requests for the port of the listener; it has five digits, as the number has."""
OPTIONS = ("--timeout", "2", "--workers", "2", "--memory", "256", "--queue", "8")
QUICK = 1.0
"""Seconds within which the server must answer a small query, whatever it was asked before."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: status, headers in lower case, body."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


def connect(address: str) -> socket.socket:
    parts = urlsplit(address)
    return socket.create_connection((str(parts.hostname), int(parts.port or 80)), timeout=10)


def exchange(address: str, request: bytes) -> Answer:
    """Send the bytes of a request over a connection of its own, and return the answer."""
    with connect(address) as connection:
        # A server that refuses a request need not read it to its end.
        with contextlib.suppress(ConnectionError):
            connection.sendall(request)
        return receive(connection, request.partition(b" ")[0].decode("latin-1"))


def receive(connection: socket.socket, method: str = "GET") -> Answer:
    with contextlib.closing(http.client.HTTPResponse(connection, method=method)) as response:
        try:
            response.begin()
            body = response.read()
        except (http.client.HTTPException, ConnectionError):
            return Answer(BROKEN, {}, b"")
        return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, body)


def head(method: str, target: str, *headers: str, host: str = "Host: localhost") -> bytes:
    """Return the head of a request; headers stand as they are sent."""
    return "\r\n".join([f"{method} {target} HTTP/1.1", *filter(None, [host]), *headers, "", ""]).encode()


def get(target: str, *headers: str, method: str = "GET") -> bytes:
    return head(method, target, *headers)


def post(target: str, content_type: str, body: str | bytes, *headers: str, method: str = "POST") -> bytes:
    content = body if isinstance(body, bytes) else body.encode()
    lines = [f"Content-Type: {content_type}"] if content_type else []
    return head(method, target, *lines, f"Content-Length: {len(content)}", *headers) + content


def sparql(query: str | bytes, *headers: str, **params: str) -> bytes:
    """Return a request that posts a query as it is."""
    target = "/sparql?" + urlencode(params) if params else "/sparql"
    return post(target, "application/sparql-query", query, *headers)


def in_address(query: str, path: str = "/sparql") -> str:
    return f"{path}?query={quote(query, safe='')}"


class Listener:
    """A listener on this machine that counts who connects."""

    def __init__(self) -> None:
        self.visits = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.settimeout(0.2)
        self.port: int = self._socket.getsockname()[1]
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._listen)

    def __enter__(self) -> "Listener":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        self._socket.close()

    def _listen(self) -> None:
        while not self._ended.is_set():
            with contextlib.suppress(TimeoutError):
                connection, _ = self._socket.accept()
                self.visits += 1
                connection.close()


@dataclass(frozen=True, slots=True)
class Use:
    """What a server and its processes use: processes, open files, mebibytes of memory."""

    processes: int
    files: int
    mebibytes: int


class Watched:
    """A server whose processes, open files, memory and standard error are watched."""

    def __init__(self, address: str, pid: int, log: Path, listener: Listener) -> None:
        self.address = address
        self.pid = pid
        self.log = log
        self.listener = listener
        self.at_first = self.use()

    def ask(self, request: bytes) -> Answer:
        return exchange(self.address, request.replace(PORT.encode(), f"{self.listener.port:05d}".encode()))

    def must_be_there(self) -> None:
        """Assert that the server answers a small query at once."""
        began = time.monotonic()
        answer = self.ask(sparql("ASK {}"))
        seconds = time.monotonic() - began
        assert (answer.status, answer.text) == (200, '{"head":{},"boolean":true}')
        assert seconds < QUICK, f"a small query took {seconds:.2f} s"

    def use(self) -> Use:
        """Return what the server and all its descendants use now."""
        pids = family(self.pid)
        files = sum(entries(Path(f"/proc/{pid}/fd")) for pid in pids)
        return Use(len(pids), files, memory(self.pid) + memory(pids[1]))

    def loud(self) -> list[str]:
        """Return what standard error holds of tracebacks."""
        return [line for line in self.log.read_text(errors="replace").splitlines() if "Traceback" in line]


def family(pid: int) -> list[int]:
    """Return a process and its descendants that still run, each before its children."""
    children: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, parent = status.read_text().rpartition(")")[2].split()[:2]
            if state != "Z":
                children.setdefault(int(parent), []).append(int(status.parent.name))
    found = [pid]
    for known in found:
        found += sorted(children.get(known, []))
    return found


def entries(folder: Path) -> int:
    """Return how much lies in a folder; a process that has just ended has nothing any more."""
    try:
        return sum(1 for _ in folder.iterdir())
    except OSError:
        return 0


def memory(pid: int) -> int:
    """Return the mebibytes that a process holds in memory."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * resource.getpagesize() >> 20


@contextlib.contextmanager
def watching(snapshot: Snapshot, folder: Path, *options: str) -> Iterator[Watched]:
    """Start a server with narrow limits over a snapshot, warm it up, and watch it."""
    log = folder / "stderr"
    with (
        Listener() as listener,
        log.open("w") as stderr,
        started(snapshot.path.parent, *OPTIONS, *options, stderr=stderr) as (process, address),
    ):
        wait_until_ready(address)
        for request in (
            sparql("ASK { ?s ?p ?o }"),
            sparql("SELECT * { ?s ?p ?o }", "Accept-Encoding: gzip"),
            sparql("SELECT * { ?s ?p ?o } LIMIT 1000", format="html"),
            sparql("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }", "Accept-Encoding: br"),
            sparql("nonsense"),
            sparql("ASK { ?s ?p ?o }", explain="1"),
            get("/", "Accept: text/html"),
            get("/sparql"),
            get("/static/style.css"),
        ):
            exchange(address, request)
        yield Watched(address, process.pid, log, listener)
        process.terminate()
        process.wait(20)
