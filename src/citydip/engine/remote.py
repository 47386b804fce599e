"""A store at an address: a SPARQL 1.1 endpoint that answers in the place of the embedded store.

A worker asks it through SPARQLWrapper and waits. So deadline, memory limit and stopping are those of the worker, and
what the store sends is read into terms and written by the same writers as the embedded store's, so that every format,
datatype and language is the same. What is not a whole answer is an error, never a shorter answer.

Sources: https://www.w3.org/TR/sparql11-protocol/, https://virtuoso.openlinksw.com/ (its headers).
"""

import http.client
import io
import re
import resource
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any, cast
from urllib.parse import unquote, urlsplit, urlunsplit

import pyoxigraph as ox
from SPARQLWrapper import POST, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import (
    EndPointNotFound,
    QueryBadFormed,
    SPARQLWrapperException,
    Unauthorized,
    URITooLong,
)

from citydip.engine.limits import Limits, Written
from citydip.engine.store import Opened, open_query
from citydip.engine.wording import worded
from citydip.model.errors import CitydipError, ParameterError, QueryTimeoutError, ServiceBusyError, StoreError

__all__ = ["FILES", "RemoteStore"]

FILES = 32
"""Files that a worker may have open: its connections, and what looking up a name and a certificate takes."""

_ROWS = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "application/json": ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "application/xml": ox.QueryResultsFormat.XML,
    "text/xml": ox.QueryResultsFormat.XML,
}
_GRAPHS = {
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "text/plain": ox.RdfFormat.N_TRIPLES,
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
}
_WANTED_ROWS = "application/sparql-results+json, application/sparql-results+xml;q=0.8"
_WANTED_GRAPH = "application/n-triples, text/turtle;q=0.8, application/rdf+xml;q=0.5"
_NODES = {
    "application/sparql-results+json": re.compile(rb'("bnode"\s*,\s*"value"\s*:\s*")nodeID://'),
    "application/sparql-results+xml": re.compile(rb"(<bnode>)nodeID://"),
}
"""Virtuoso names blank nodes ``nodeID://b1``, which is no label in any format; they become ``b1``."""
_LONGEST = 64
"""More bytes than those patterns take."""
_TRUTH = {"1": b"true", "true": b"true", "0": b"false", "false": b"false"}


class RemoteStore:
    """A SPARQL 1.1 endpoint, asked with nothing but HTTP: no redirect, no proxy, no other scheme.

    Args:
        address: its address, perhaps with a name and a password for HTTP Basic.
    """

    def __init__(self, address: str):
        parts = urlsplit(address)
        self.address = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
        self.user, self.password = unquote(parts.username or ""), unquote(parts.password or "")
        self.nothing = ox.Store()
        # An opener without handlers for redirects and proxies: what they would do cannot happen. Certificates are
        # read now, because a worker cannot open their files.
        opener = urllib.request.OpenerDirector()
        for handler in (
            urllib.request.HTTPHandler(),
            urllib.request.HTTPSHandler(context=ssl.create_default_context()),
            urllib.request.HTTPDefaultErrorHandler(),
            urllib.request.HTTPErrorProcessor(),
        ):
            opener.add_handler(handler)
        urllib.request.install_opener(opener)

    def open_query(self, request: dict[str, Any]) -> Opened:
        """Ask a query; the form of the request is that of `citydip.engine.store.open_query`.

        Raises:
            SyntaxError: the query is not SPARQL.
            ValueError: an IRI of the data set is none, or the format cannot carry what the query gives.
            CitydipError: the store does not answer, or not with a result.
        """
        with _nothing_opened():
            kind = open_query(self.nothing, request).result
            sent = {**request, "query": worded(request["query"], request.get("bindings", {})), "bindings": {}}
            try:
                open_query(self.nothing, sent)
            except SyntaxError:
                raise ParameterError(
                    "the query gives a value to a parameter, which no store at an address takes"
                ) from None
        graph = isinstance(kind, ox.QueryTriples)
        answer = self._ask(sent, "CONSTRUCT" if graph else "SELECT", _WANTED_GRAPH if graph else _WANTED_ROWS)
        media_type = answer.headers.get_content_type()
        body = _Body(answer, None if graph else _NODES.get(media_type))
        if "X-SPARQL-MaxRows" in answer.headers or "X-SQL-State" in answer.headers or answer.status != 200:
            raise StoreError("the store that answers gives only a part of the result; ask for less with LIMIT")
        source = cast("IO[bytes]", body)
        with _told(body):
            if graph and media_type in _GRAPHS:
                triples = (quad.triple for quad in ox.parse(source, format=_GRAPHS[media_type]))
                return _RemoteOpened(triples, request["format"], body)
            if not graph and media_type in _ROWS:
                rows = ox.parse_query_results(source, _ROWS[media_type])
                if isinstance(kind, ox.QueryBoolean) and isinstance(rows, ox.QuerySolutions):
                    rows = _truth(rows)
                return _RemoteOpened(rows, request["format"], body)
        raise StoreError(f"the store that answers sends {media_type}, which is no form of this result")

    def _ask(self, request: dict[str, Any], form: str, wanted: str) -> http.client.HTTPResponse:
        wrapper = SPARQLWrapper(self.address, agent="citydip")
        wrapper.setMethod(POST)
        wrapper.setOnlyConneg(True)
        wrapper.addCustomHttpHeader("Accept", wanted)
        if self.user:
            wrapper.setCredentials(self.user, self.password)
        for name in ("default_graphs", "named_graphs"):
            for iri in request.get(name, ()):
                wrapper.addParameter(name.replace("_", "-").removesuffix("s") + "-uri", iri)
        # Set, not guessed: the wrapper's own guess takes long where a query is long.
        wrapper.queryString = request["query"]
        wrapper.queryType = form
        try:
            response: http.client.HTTPResponse = wrapper.query().response
        except SPARQLWrapperException as error:
            raise _refusal(_STATUS.get(type(error), 500)) from error
        except urllib.error.HTTPError as error:
            raise _refusal(error.code) from error
        except (OSError, http.client.HTTPException) as error:
            raise StoreError("the store that answers cannot be reached; try again in a few seconds") from error
        return response


_STATUS: dict[type[Exception], int] = {QueryBadFormed: 400, Unauthorized: 401, EndPointNotFound: 404, URITooLong: 414}


def _refusal(status: int) -> CitydipError:
    """Return the error that fits the status of a store's refusal."""
    if status == 400:
        return ParameterError(
            "the store that answers cannot read this query, though it is SPARQL; write it in another way"
        )
    if status in (429, 503):
        return ServiceBusyError("the store that answers is busy; try again in a few seconds")
    if status in (408, 504):
        return QueryTimeoutError("the store that answers gave the query up; add a LIMIT, or ask for parts")
    if status < 500:
        return StoreError(f"the store that answers refuses to ({status}); its operator must see to that")
    return StoreError("the store that answers failed at this query; write it in another way, or ask for less")


@contextmanager
def _nothing_opened() -> Iterator[None]:
    """Let this process open no file or connection for a while."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@contextmanager
def _told(body: "_Body") -> Iterator[None]:
    """Turn what goes wrong with a store's answer into an error that says so; let pass what goes wrong elsewhere."""
    try:
        yield
    except (SyntaxError, ValueError) as error:
        raise StoreError("the store that answers broke off, or sent what is no result; ask again") from error
    except OSError as error:
        if body.broken:
            raise StoreError("the connection to the store that answers broke; ask again") from error
        raise


@dataclass(frozen=True, slots=True)
class _RemoteOpened(Opened):
    """A query that a store has begun to answer.

    Args:
        body: what the store sends.
    """

    body: "_Body"

    def write(self, output: IO[bytes], limits: Limits | None = None) -> Written:
        """Read the answer and write it as a result, up to the limits."""
        with _told(self.body):
            return Opened.write(self, output, limits)


def _truth(rows: Iterable[ox.QuerySolution]) -> ox.QuerySolutions | ox.QueryBoolean:
    """Return the truth value that Virtuoso tells as one row of one number."""
    values = [value.value for row in rows for value in row if isinstance(value, ox.Literal)]
    if len(values) > 1 or any(value not in _TRUTH for value in values):
        raise ValueError("no truth value")
    text = b'{"head": {}, "boolean": %s}' % (_TRUTH[values[0]] if values else b"false")
    return ox.parse_query_results(text, ox.QueryResultsFormat.JSON)


class _Body(io.RawIOBase):
    """The body of an answer, which ends with an error where the connection ended too early.

    Args:
        answer: the answer.
        node: what comes before a blank node, and the beginning of its name that is taken away; None takes nothing.
    """

    def __init__(self, answer: http.client.HTTPResponse, node: re.Pattern[bytes] | None):
        super().__init__()
        self.answer = answer
        self.node = node
        self.ready = io.BytesIO()
        self.held = b""
        self.broken = False
        if answer.length is None and not answer.chunked:
            raise StoreError("the store that answers does not say where its answers end; it must speak HTTP/1.1")

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read some bytes into a buffer; 0 at the end."""
        size = self.ready.readinto(buffer)
        while not size:
            piece = self._piece(1 << 16)
            text = self.node.sub(rb"\1", self.held + piece) if self.node else piece
            # The end may be the beginning of a name that goes on in the next piece.
            end = max(len(text) - _LONGEST, 0) if self.node and piece else len(text)
            self.ready, self.held = io.BytesIO(text[:end]), text[end:]
            size = self.ready.readinto(buffer)
            if not piece:
                break
        return size

    def _piece(self, size: int) -> bytes:
        try:
            piece = self.answer.read(size)
        except (OSError, http.client.HTTPException) as error:
            self.broken = True
            raise OSError("the connection broke") from error
        self.broken = not piece and bool(self.answer.length)
        if self.broken:
            raise OSError("the connection ended before the answer")
        return piece
