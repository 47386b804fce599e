"""A double of Wikidata's query service: an HTTP server on loopback that speaks its RDF model and its bad days.

Items are given as Python data: labels, and statements with rank, qualifiers and references. They become RDF as Wikibase
writes it (statement, value and reference nodes, direct claims of the best rank), in a store that answers SPARQL.

Sources: https://www.mediawiki.org/wiki/Wikibase/Indexing/RDF_Dump_Format,
https://www.mediawiki.org/wiki/Wikidata_Query_Service/Blank_Node_Skolemization, https://phabricator.wikimedia.org/T246731.
"""

import contextlib
import gzip
import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs

import pyoxigraph as ox
from convertdate import julian

__all__ = [
    "SOME",
    "At",
    "Double",
    "Fault",
    "Item",
    "Request",
    "Statement",
    "Url",
    "cut",
    "dripping",
    "dropped",
    "held",
    "running_double",
    "slow",
    "status",
    "text",
]

_WD = "http://www.wikidata.org/"
_WIKIBASE = "http://wikiba.se/ontology#"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_RDFS_LABEL = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_DERIVED = ox.NamedNode("http://www.w3.org/ns/prov#wasDerivedFrom")


class _Some:
    """A value that is there but not known."""


SOME = _Some()


@dataclass(frozen=True, slots=True)
class At:
    """A time as it is entered: in its calendar, with zeros for what is not known."""

    value: str
    precision: int = 11
    is_julian: bool = False


@dataclass(frozen=True, slots=True)
class Url:
    """An address."""

    value: str


Value = str | At | Url | _Some
"""A QID, a time, an address, or an unknown value."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement: property and value, identifier, rank, qualifiers and references."""

    predicate: str
    value: Value
    number: str
    rank: str = "Normal"
    qualifiers: Sequence[tuple[str, Value]] = ()
    references: Sequence[Sequence[tuple[str, Value]]] = ()


@dataclass(slots=True)
class Item:
    """An item: its labels, its statements, its coordinates and its ISO 3166-1 code."""

    labels: Mapping[str, str]
    statements: list[Statement] = field(default_factory=list)
    point: str = ""
    code: str = ""


def _node(path: str) -> ox.NamedNode:
    return ox.NamedNode(_WD + path)


def _wikibase(name: str) -> ox.NamedNode:
    return ox.NamedNode(_WIKIBASE + name)


def _hash(*parts: object) -> str:
    return hashlib.sha1(repr(parts).encode(), usedforsecurity=False).hexdigest()


def _stamp(at: At) -> ox.Literal:
    """Return the timestamp of a time: what is not known is the first, and a Julian day becomes a Gregorian one."""
    year, month, day = (max(int(part), 1) for part in at.value.split("-"))
    if at.precision < 11:
        day = 1
    if at.precision < 10:
        month = 1
    if at.is_julian and at.precision >= 11:
        year, month, day = julian.to_gregorian(year, month, day)
    return ox.Literal(f"{year:04d}-{month:02d}-{day:02d}T00:00:00Z", datatype=ox.NamedNode(_XSD + "dateTime"))


def triples_of(items: Mapping[str, Item]) -> Iterator[ox.Triple]:
    """Yield the RDF of items, by QID."""
    for name, item in items.items():
        subject = _node(f"entity/{name}")
        for language, label in item.labels.items():
            yield ox.Triple(subject, _RDFS_LABEL, ox.Literal(label, language=language))
        if item.point:
            point = ox.Literal(item.point, datatype=ox.NamedNode("http://www.opengis.net/ont/geosparql#wktLiteral"))
            yield ox.Triple(subject, _node("prop/direct/P625"), point)
        if item.code:
            yield ox.Triple(subject, _node("prop/direct/P297"), ox.Literal(item.code))
        for statement in item.statements:
            rivals = [other.rank for other in item.statements if other.predicate == statement.predicate]
            best = "Preferred" if "Preferred" in rivals else "Normal"
            yield from _statement(subject, name, statement, best=statement.rank == best)


def _statement(subject: ox.NamedNode, name: str, statement: Statement, *, best: bool) -> Iterator[ox.Triple]:
    node = _node(f"entity/statement/{name}-{statement.number}")
    yield ox.Triple(subject, _node(f"prop/{statement.predicate}"), node)
    yield ox.Triple(node, _wikibase("rank"), _wikibase(f"{statement.rank}Rank"))
    yield from _value(node, "statement", statement.predicate, statement.value)
    if best:
        yield ox.Triple(node, _TYPE, _wikibase("BestRank"))
        for triple in _value(subject, "direct", statement.predicate, statement.value):
            if triple.subject == subject and "/direct/value" not in triple.predicate.value:
                yield triple
    for predicate, value in statement.qualifiers:
        yield from _value(node, "qualifier", predicate, value)
    for reference in statement.references:
        referred = _node(f"reference/{_hash(*reference)}")
        yield ox.Triple(node, _DERIVED, referred)
        for predicate, value in reference:
            yield from _value(referred, "reference", predicate, value)


def _value(subject: ox.NamedNode, kind: str, predicate: str, value: Value) -> Iterator[ox.Triple]:
    """Yield a value in its simple form, and that of a time in full."""
    simple = _node(f"prop/{kind}/{predicate}")
    if isinstance(value, _Some):
        yield ox.Triple(subject, simple, _node(f".well-known/genid/{_hash(subject.value, predicate)}"))
    elif isinstance(value, Url):
        yield ox.Triple(subject, simple, ox.NamedNode(value.value))
    elif isinstance(value, At):
        full = _node(f"value/{_hash(value)}")
        integer = ox.NamedNode(_XSD + "integer")
        yield ox.Triple(subject, simple, _stamp(value))
        yield ox.Triple(subject, _node(f"prop/{kind}/value/{predicate}"), full)
        yield ox.Triple(full, _wikibase("timeValue"), _stamp(value))
        yield ox.Triple(full, _wikibase("timePrecision"), ox.Literal(str(value.precision), datatype=integer))
        calendar = "Q1985786" if value.is_julian else "Q1985727"
        yield ox.Triple(full, _wikibase("timeCalendarModel"), _node(f"entity/{calendar}"))
    else:
        yield ox.Triple(subject, simple, _node(f"entity/{value}"))


@dataclass(slots=True)
class Request:
    """A request as the service saw it."""

    number: int
    agent: str
    accept: str
    query: str
    at_once: int


Fault = Callable[["_Handler", bytes], None]
"""What happens to a request in the place of an answer; it gets the answer that would have been right."""


@dataclass(slots=True)
class Double:
    """The service: where it is, what it was asked, and what is to go wrong at which request."""

    address: str
    store: ox.Store
    requests: list[Request] = field(default_factory=list)
    faults: dict[int, Fault] = field(default_factory=dict)
    packs: bool = True
    over: threading.Event = field(default_factory=threading.Event)
    _active: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def hold(self, items: Mapping[str, Item]) -> None:
        """Replace what the service knows."""
        self.store.clear()
        self.store.extend(ox.Quad(t.subject, t.predicate, t.object) for t in triples_of(items))

    def begin(self, headers: Any, query: str) -> int:
        """Note a request, and return its number."""
        with self._lock:
            self._active += 1
            number = len(self.requests) + 1
            agent, accept = headers.get("User-Agent", ""), headers.get("Accept", "")
            self.requests.append(Request(number, agent, accept, query, self._active))
            return number

    def end(self) -> None:
        """Note that a request is over."""
        with self._lock:
            self._active -= 1

    def answer(self, query: str) -> bytes:
        """Return the right answer."""
        return bytes(self.store.query(query).serialize(format=ox.QueryResultsFormat.JSON))  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    double: ClassVar[Double]

    def do_POST(self) -> None:
        double = self.double
        query = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())["query"][0]
        number = double.begin(self.headers, query)
        try:
            body = double.answer(query)
            fault = double.faults.get(number)
            # Whoever asks may have given up, or been killed.
            with contextlib.suppress(OSError):
                if fault:
                    fault(self, body)
                else:
                    self.reply(200, body)
        finally:
            double.end()

    def reply(self, code: int, body: bytes, **headers: str) -> None:
        """Answer, packed where the client takes that."""
        if self.double.packs and "gzip" in self.headers.get("Accept-Encoding", ""):
            body = gzip.compress(body)
            headers |= {"Content_Encoding": "gzip"}
        self.head(code, len(body), **headers)
        self.wfile.write(body)

    def head(self, code: int, length: int, **headers: str) -> None:
        """Send status and headers; an underscore stands for a hyphen."""
        self.send_response(code)
        for name, value in ({"Content_Type": "application/sparql-results+json"} | headers).items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is that of the base class
        """Say nothing."""


def status(code: int, **headers: str) -> Fault:
    """Refuse with a status."""
    return lambda handler, body: handler.reply(code, b"no", **headers)


def text(words: bytes, content_type: str = "application/sparql-results+json") -> Fault:
    """Answer with something else than a result, such as one that ends in an error message."""
    return lambda handler, body: handler.reply(200, words, Content_Type=content_type)


def cut(handler: _Handler, body: bytes) -> None:
    """Promise a whole answer and send half of it."""
    handler.head(200, len(body))
    handler.wfile.write(body[: len(body) // 2])
    handler.close_connection = True


def dropped(handler: _Handler, body: bytes) -> None:
    """Close the connection without a word."""
    handler.close_connection = True


def slow(seconds: float) -> Fault:
    """Wait before answering."""

    def wait(handler: _Handler, body: bytes) -> None:
        handler.double.over.wait(seconds)
        handler.reply(200, body)

    return wait


def dripping(handler: _Handler, body: bytes) -> None:
    """Send a byte now and then, so that nothing ever times out and nothing gets done."""
    handler.head(200, len(body))
    for at in range(len(body)):
        if handler.double.over.wait(0.1):
            break
        handler.wfile.write(body[at : at + 1])
        handler.wfile.flush()


def held(handler: _Handler, body: bytes) -> None:
    """Never answer."""
    handler.double.over.wait(60)
    handler.close_connection = True


@contextlib.contextmanager
def running_double(items: Mapping[str, Item]) -> Iterator[Double]:
    """Run the service on a free port of loopback."""

    class Handler(_Handler):
        pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    double = Double(f"http://127.0.0.1:{server.server_address[1]}/sparql", ox.Store())
    Handler.double = double
    double.hold(items)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield double
    finally:
        double.over.set()
        server.shutdown()
        thread.join()
        server.server_close()
