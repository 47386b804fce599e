"""Another SPARQL service, for tests: a real one over a small graph, and ones that answer as they should not."""

import contextlib
import functools
import gzip
import json
import socketserver
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import pyoxigraph as ox

RESULTS = "application/sparql-results+json"
GRAPH = """
@prefix x: <http://x/> .
x:tehran x:twin x:london , x:seoul ; x:name "تهران"@fa , "Tehran\\n\\"the\\" capital"@en ; x:size 9 .
x:seoul x:name "Seoul"@en ; x:size "9.4"^^x:millions .
x:tabriz x:twin [ x:name "a city without a name" ] .
"""


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it came."""

    path: str
    headers: dict[str, str]
    query: str


Send = Callable[[bytes], None]
Answering = Callable[[Received, Send], None]


def response(body: bytes, content_type: str = RESULTS, *headers: str, status: str = "200 OK") -> bytes:
    """Return a response with a length."""
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {content_type}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def rows(*found: dict[str, Any], names: str = "s") -> bytes:
    return json.dumps({"head": {"vars": names.split()}, "results": {"bindings": found}}).encode()


def fixed(answer: bytes) -> Answering:
    """Answer each request with the same bytes."""
    return lambda _, send: send(answer)


def redirect(address: str, status: str = "307 Temporary Redirect") -> Answering:
    return fixed(response(b"", "text/plain", f"Location: {address}", status=status))


def real(received: Received, send: Send) -> None:
    """Answer as a SPARQL service does."""
    store = ox.Store()
    store.load(GRAPH.encode(), ox.RdfFormat.TURTLE)
    found = store.query(received.query)
    assert isinstance(found, ox.QuerySolutions)
    send(response(found.serialize(format=ox.QueryResultsFormat.JSON) or b""))


def slow(received: Received, send: Send) -> None:
    """Answer a byte at a time, and never to the end."""
    send(b"HTTP/1.1 200 OK\r\nContent-Type: " + RESULTS.encode() + b"\r\n\r\n")
    while True:
        send(b" ")
        time.sleep(0.1)


def endless(received: Received, send: Send) -> None:
    """Answer with ever more rows."""
    row = b'{"s": {"type": "uri", "value": "http://x/s"}},' * 1000
    send(b"HTTP/1.1 200 OK\r\nContent-Type: " + RESULTS.encode() + b"\r\n\r\n")
    send(b'{"head": {"vars": ["s"]}, "results": {"bindings": [')
    while True:
        send(row)


def bomb(received: Received, send: Send) -> None:
    """Answer with little that unpacks to 50 MB."""
    send(_bomb())


@functools.cache
def _bomb() -> bytes:
    return response(gzip.compress(b" " * 50_000_000, 1), RESULTS, "Content-Encoding: gzip")


def deep(opening: bytes, times: int) -> Answering:
    """Answer with what is nested as deep as that."""
    return fixed(response(b'{"head": {"vars": ["s"]}, "results": {"bindings": [{"s": ' + opening * times))


@dataclass
class Other:
    """A server whose paths each answer in their own way; it notes what it is asked."""

    answering: dict[str, Answering]
    port: int = 0
    received: list[Received] = field(default_factory=list)

    def at(self, path: str, scheme: str = "http") -> str:
        """Return the address of a path."""
        return f"{scheme}://127.0.0.1:{self.port}{path}"

    def paths(self) -> list[str]:
        """Return the paths that were asked, in their order."""
        return [received.path for received in self.received]


@contextlib.contextmanager
def other_service(tls: ssl.SSLContext | None = None, /, **answering: Answering) -> Iterator[Other]:
    """Run a server; the names of the keywords are its paths, and ``sparql`` is a real service."""
    other = Other({"/sparql": real, **{f"/{name}": answer for name, answer in answering.items()}})

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            with contextlib.suppress(OSError):
                path = self.rfile.readline().decode("latin-1").split()[1]
                headers = {}
                while line := self.rfile.readline().decode("latin-1").strip():
                    name, _, value = line.partition(":")
                    headers[name.lower()] = value.strip()
                body = self.rfile.read(int(headers.get("content-length", "0"))).decode()
                received = Received(path, headers, parse_qs(body)["query"][0])
                other.received.append(received)
                other.answering[path](received, self.request.sendall)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False
        allow_reuse_address = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Say nothing of clients that do not trust this server."""

    with Server(("127.0.0.1", 0), Handler) as server:
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        other.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield other
        finally:
            server.shutdown()
            thread.join()
