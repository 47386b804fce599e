"""The embedded store: loading a snapshot's triples, and opening a query on them."""

import io
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

import pyoxigraph as ox

from citydip.engine.binding import term_of
from citydip.engine.limits import Limits, Triples, Written, write_rows
from citydip.engine.rewrite import COLUMNS, rewrite
from citydip.engine.statistics import Statistics, gather
from citydip.model.columns import columns_beside
from citydip.model.quads import triples_of
from citydip.model.terms import BASE, PREFIXES

if TYPE_CHECKING:
    from citydip.engine.columns.answering import ByColumns

__all__ = ["Loaded", "Opened", "load", "names_graphs", "open_query", "warm"]

_RESULTS = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}
_GRAPHS = {
    "turtle": ox.RdfFormat.TURTLE,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdfxml": ox.RdfFormat.RDF_XML,
    "trig": ox.RdfFormat.TRIG,
    "nquads": ox.RdfFormat.N_QUADS,
}


_BY_NAMESPACE = {namespace: prefix for prefix, namespace in PREFIXES.items()}
_PREFIX = re.compile(r"[\w\-]*\Z", re.ASCII)
_LONGEST_PREFIX = max(map(len, PREFIXES))
_NAMES_GRAPHS = re.compile(r"(?<![?$:])(?:GRAPH|FROM)", re.IGNORECASE)
"""What each query has in it that asks named graphs: the engine takes keywords that stand close to other words."""
_COMMENT = re.compile(r"^\s*#.*", re.MULTILINE)
"""A line that is a comment, where no text goes over several lines."""
_READ = 1 << 16
"""Bytes of a file that are read at a time."""
_READABLE = 5000
"""Triples up to which a graph in Turtle or TriG is put in order."""


def load(data: Path) -> ox.Store:
    """Return a store in memory with the quads of a file, and their union as its default graph.

    The engine can take all graphs together for the default graph itself, but then a triple that two of them hold is
    there twice, and counts are wrong. Held once more, without its graph, each triple is there once, as it should be.

    Args:
        data: N-Quads, one a line, equal triples one after the other; or N-Triples (``.nt``), which have no graphs.

    Raises:
        OSError: the file cannot be read.
    """
    # In memory, `bulk_load` takes longer than `load`, and more memory.
    store = ox.Store()
    if data.suffix == ".nt":
        # The build has written these triples with the same library: its terms need not be looked at again.
        store.load(path=data, format=ox.RdfFormat.N_TRIPLES, lenient=True)
        return store
    with data.open("rb") as quads:
        # Read at once with the quads, a blank node is the same one in the union and in its graph.
        store.load(cast("IO[bytes]", _Union(quads)), format=ox.RdfFormat.N_QUADS)
    return store


@dataclass(frozen=True, slots=True)
class Loaded:
    """A store with what belongs to it, as workers share it.

    Args:
        store: what `load` has loaded.
        columns: the columns of its default graph, where they lie beside the file.
        statistics: those of its default graph.
    """

    store: ox.Store
    columns: "ByColumns | None"
    statistics: Statistics

    @staticmethod
    def of(data: Path) -> "Loaded":
        """Load a file, and open the columns that lie beside it."""
        with ThreadPoolExecutor(1) as threads:
            loading = threads.submit(load, data)
            # It takes its time to import, which it may as well do while the graph is loading.
            from citydip.engine.columns.answering import ByColumns  # noqa: PLC0415

            columns = ByColumns.open(columns_beside(data))
            store = loading.result()
        warm(store)
        return Loaded(store, columns, gather(store, columns.columns.counts() if columns else None))

    def open_query(self, request: dict[str, Any]) -> "Opened":
        """Open a query, as the function `open_query` does."""
        return open_query(self.store, request, self.statistics, self.columns)


def names_graphs(text: str) -> bool:
    """Return whether a query may ask for named graphs: it has a GRAPH or FROM outside its comments.

    Example:
        >>> names_graphs("SELECT * { GRAPH ?g { ?s ?p ?o } }"), names_graphs("SELECT ?graph { ?graph ?p ?from }")
        (True, False)
    """
    upper = text.upper()
    names = _NAMES_GRAPHS.search(text) if "GRAPH" in upper or "FROM" in upper else None
    if names and "#" in text and '"""' not in text and "'''" not in text:
        names = _NAMES_GRAPHS.search(_COMMENT.sub("", text))
    return names is not None


class _Union(io.RawIOBase):
    """N-Quads as a file, and with them their triples, each once where equal ones come one after the other.

    Args:
        quads: a file of N-Quads, each with a graph that is an IRI.
    """

    def __init__(self, quads: IO[bytes]):
        super().__init__()
        self.quads = quads
        self.rest = b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        while not self.rest:
            lines = self.quads.readlines(_READ)
            if not lines:
                return b""
            self.rest = b"".join([*lines, *triples_of(lines)])
        size = len(self.rest) if size < 0 else size
        given, self.rest = self.rest[:size], self.rest[size:]
        return given


def warm(store: ox.Store) -> None:
    """Parse and run one small query of each form, so that the first user does not wait for that."""
    for query in ("SELECT * { ?s ?p ?o } LIMIT 1", "ASK { ?s ?p ?o }", "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o } LIMIT 1"):
        name = "turtle" if query.startswith("C") else "json"
        opened = open_query(store, {"query": query, "format": name})
        opened.write(io.BytesIO())


@dataclass(frozen=True, slots=True)
class Opened:
    """A query that the engine has parsed and begun.

    Args:
        result: its lazy result.
        format: short name of the format to write it in.
    """

    result: ox.QuerySolutions | ox.QueryBoolean | Iterable[ox.Triple]
    format: str

    def write(self, output: IO[bytes], limits: Limits | None = None) -> Written:
        """Evaluate the query and write its result, up to the limits.

        Args:
            output: where to.
            limits: how large the result may be; None: as large as it is.
        """
        limits = limits or Limits()
        if not isinstance(self.result, ox.QuerySolutions | ox.QueryBoolean):
            return _write_graph(self.result, output, self.format, limits)
        form = _RESULTS[self.format]
        if isinstance(self.result, ox.QueryBoolean):
            self.result.serialize(output, form)
            return Written()
        solutions = self.result
        return write_rows(lambda file: solutions.serialize(file, form), output, self.format, limits)


class _Counted(io.RawIOBase):
    """A file that counts what is written to another one."""

    def __init__(self, output: IO[bytes]):
        super().__init__()
        self.output = output
        self.total = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.output.write(data)
        self.total += len(data)
        return len(data)


def _write_graph(triples: Iterable[ox.Triple], output: IO[bytes], name: str, limits: Limits) -> Written:
    counted = _Counted(output)
    file = cast("IO[bytes]", counted)
    fitting = Triples(triples, limits, lambda: counted.total)
    form = _GRAPHS[name]
    if name in ("turtle", "trig"):
        _write_readable(fitting, file, form)
    else:
        ox.serialize(fitting, file, form)
    written = fitting.written
    if written.cut and name == "rdfxml":
        output.write(b"\n<!-- " + limits.comment(written) + b" -->\n")
    elif written.cut and name != "jsonld":
        output.write(b"# " + limits.comment(written) + b"\n")
    return written


def _write_readable(triples: Iterator[ox.Triple], output: IO[bytes], form: ox.RdfFormat) -> None:
    """Write a graph for people: with the prefixes that it uses, in order, each triple once.

    What is larger than some thousand triples streams as it comes, without prefixes.
    """
    beginning = list(islice(triples, _READABLE))
    if len(beginning) == _READABLE:
        ox.serialize(chain(beginning, triples), output, form)
        return
    beginning = sorted(set(beginning), key=_order)
    lines = (ox.serialize(beginning, format=form, prefixes=_prefixes_of(beginning)) or b"").splitlines(keepends=True)
    # The engine writes prefixes in an order of its own that changes from run to run.
    head = sum(1 for line in lines if line.startswith(b"@prefix "))
    output.write(b"".join(sorted(lines[:head]) + lines[head:]))


def _order(triple: ox.Triple) -> tuple[str, bool, str, str]:
    predicate = triple.predicate.value
    return str(triple.subject), predicate != PREFIXES["rdf"] + "type", predicate, str(triple.object)


def _prefixes_of(triples: Iterable[ox.Triple]) -> dict[str, str]:
    """Return the prefixes whose namespaces stand in triples, sorted."""
    used = set()
    for triple in triples:
        terms = [triple.subject, triple.predicate, triple.object]
        if isinstance(triple.object, ox.Literal):
            terms.append(triple.object.datatype)
        for term in terms:
            if isinstance(term, ox.NamedNode):
                end = max(term.value.rfind("#"), term.value.rfind("/")) + 1
                used.add(_BY_NAMESPACE.get(term.value[:end]))
    return {prefix: PREFIXES[prefix] for prefix in sorted(used - {None}, key=str) if prefix}


def open_query(
    store: ox.Store, request: dict[str, Any], statistics: Statistics | None = None, columns: "ByColumns | None" = None
) -> Opened:
    """Open a query on a store.

    The default graph is what the store has for it, unless the query or the request names a data set. Relative IRIs are
    relative to the graph's own namespace and not to an address of this server, so that every server answers the same.

    Args:
        store: where to ask.
        request: ``query``, ``format``, and perhaps ``bindings``, ``default_graphs``, ``named_graphs``
            and ``off`` (rules of rewriting that are not applied).
        statistics: those of the store, by which patterns are put in order.
        columns: those of its default graph, by which large joins are computed.

    Raises:
        SyntaxError: the query is not SPARQL.
        ValueError: an IRI of the data set is none, or the format cannot carry what the query gives.
    """
    default: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph] = [
        ox.NamedNode(iri) for iri in request.get("default_graphs", ())
    ]
    named: list[ox.NamedNode | ox.BlankNode] = [ox.NamedNode(iri) for iri in request.get("named_graphs", ())]
    bindings = {name: term_of(term) for name, term in request.get("bindings", {}).items()}
    off = request.get("off", ())

    def ask(text: str, asked: ox.Store) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        return asked.query(
            text,
            base_iri=BASE,
            prefixes=_prefixes_in(text),
            default_graph=default or ([] if named else None),
            named_graphs=named or ([] if default else None),
            substitutions={ox.Variable(name): term for name, term in bindings.items()} or None,
        )

    if columns and not default and not named and COLUMNS not in off and columns.can(request["query"], bindings, off):
        ask(request["query"], columns.scratch)  # It may have an error.
        found = columns.solutions(request["query"], bindings, off)
        if found is not None:
            return Opened(found, request["format"])
    rewritten = rewrite(request["query"], off, bindings, statistics)
    try:
        result = ask(rewritten.text, store)
    except SyntaxError:
        if not rewritten.steps:
            raise
        # What is told of an error is where it is in the query as it was sent.
        result = ask(request["query"], store)
    if isinstance(result, ox.QueryTriples) is not (request["format"] in _GRAPHS):
        raise ValueError("its form cannot be told; leave a space after each keyword")
    return Opened(result, request["format"])


def _prefixes_in(query: str) -> dict[str, str]:
    """Return the prefixes that a query may mean; telling the engine all of them takes longer than most queries."""
    if "\\" in query:
        # A prefix may be written with escapes.
        return PREFIXES
    found = {}
    for before in query.split(":")[:-1]:
        word = _PREFIX.search(before[-_LONGEST_PREFIX:])
        if word and word[0] in PREFIXES:
            found[word[0]] = PREFIXES[word[0]]
    return found
