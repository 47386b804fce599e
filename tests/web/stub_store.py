"""A store that answers as it is told: by the name in ``<urn:do:NAME>`` of a query, and well where there is none."""

import json
import select
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

from citydip.curation.snapshot import Snapshot

__all__ = ["SECRET", "StubStore", "stub_store"]

SECRET = "what nobody outside should read"
_JSON = "application/sparql-results+json"
_ROW = {"x": {"type": "literal", "value": "one"}}


class StubStore:
    """What a stub knows and has seen.

    Args:
        snapshot: what it says it holds.
    """

    def __init__(self, snapshot: Snapshot):
        self.graphs = dict(snapshot.graphs)
        self.default = snapshot.quads
        self.address = ""
        self.asked: list[tuple[str, dict[str, list[str]], dict[str, str]]] = []
        self.stalled = threading.Event()
        self.left = threading.Event()
        self.elsewhere = threading.Event()

    def rows(self, query: str) -> list[dict[str, dict[str, str]]]:
        if "GROUP BY ?graph" in query:
            return [
                {"graph": {"type": "uri", "value": iri}, "count": {"type": "literal", "value": str(count)}}
                for iri, count in self.graphs.items()
            ]
        if "COUNT(*) AS ?count" in query:
            return [{"count": {"type": "literal", "value": str(self.default)}}]
        return [_ROW]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    store: StubStore

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.store.asked.append((self.path, form, dict(self.headers.items())))
        query = form["query"][0]
        name = query.partition("<urn:do:")[2].partition(">")[0]
        if name.isdigit():
            self.answer(SECRET.encode(), "text/plain", int(name))
        elif name:
            getattr(self, name.replace("-", "_"))()
        else:
            rows = self.store.rows(query)
            self.answer(json.dumps({"head": {"vars": list(rows[0])}, "results": {"bindings": rows}}).encode())

    def do_GET(self) -> None:
        """Take note of who follows a redirect."""
        self.store.elsewhere.set()
        self.answer(b'{"head":{},"boolean":true}')

    def answer(self, body: bytes, kind: str = _JSON, status: int = 200, length: int = 0, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(length or len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def redirect(self) -> None:
        self.answer(b"", status=302, Location=self.store.address + "/elsewhere")

    def page(self) -> None:
        self.answer(f"<p>{SECRET}</p>".encode(), "text/html")

    def garbage(self) -> None:
        self.answer(f'{{"head": {SECRET}'.encode())

    def part(self) -> None:
        self.answer(b'{"head":{"vars":[]},"results":{"bindings":[]}}', X_SPARQL_MaxRows="10")

    def short(self) -> None:
        """End in the middle of rows."""
        self.answer(b'{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"literal"', length=10000)
        self.close_connection = True

    def short_graph(self) -> None:
        """End between two triples."""
        self.answer(b"<urn:a> <urn:b> <urn:c> .\n", "application/n-triples", length=10000)
        self.close_connection = True

    def endless_line(self) -> None:
        """Break off after more than a result that is held back."""
        row = b'{"x":{"type":"literal","value":"' + b"x" * 1000 + b'"}},'
        self.answer(b'{"head":{"vars":["x"]},"results":{"bindings":[' + row * 3000, length=1 << 30)
        self.close_connection = True

    def unframed(self) -> None:
        self.protocol_version = "HTTP/1.0"
        self.wfile.write(b"HTTP/1.0 200 OK\r\nContent-Type: application/n-triples\r\n\r\n<urn:a> <urn:b> <urn:c> .\n")
        self.close_connection = True

    def bang(self) -> None:
        """Break off before the status."""
        self.close_connection = True

    def nodes(self) -> None:
        """Name blank nodes as Virtuoso does."""
        node = '{ "b": { "type": "bnode", "value": "nodeID://b%d" }, "t": {"type": "literal", "value": "nodeID://b1"} }'
        rows = ",".join(node % number for number in range(3000))
        self.answer(f'{{"head":{{"vars":["b","t"]}},"results":{{"bindings":[{rows}]}}}}'.encode())

    def truth(self) -> None:
        """Answer ASK as Virtuoso does."""
        row = {"__ASK_RETVAL": {"type": "typed-literal", "datatype": "urn:integer", "value": "1"}}
        self.answer(json.dumps({"head": {"vars": list(row)}, "results": {"bindings": [row]}}).encode())

    def stall(self) -> None:
        """Say nothing until the one who asks has gone."""
        self.store.stalled.set()
        select.select([self.connection], [], [], 20)
        self.store.left.set()
        self.close_connection = True

    def log_message(self, *args: object) -> None:
        pass


@contextmanager
def stub_store(snapshot: Snapshot) -> Iterator[StubStore]:
    """Run a stub that says it holds a snapshot."""
    store = StubStore(snapshot)
    handler = type("Handler", (_Handler,), {"store": store})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    store.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield store
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
