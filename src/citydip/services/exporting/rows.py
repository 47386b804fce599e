"""The rows of an export query, asked of a small store with only what the query speaks of.

A query names its predicates and languages, so other triples cannot matter to it. They are not loaded, and so
an export takes little memory, needs no server, and no limit of time can cut it. The header ``rows-of`` names the kinds
of things that have a row each, or several. Then the query asks a few thousand of these at a time, with what
they lead to, so that the memory does not grow with the graph.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import pyoxigraph as ox

from citydip.curation.snapshot import Snapshot
from citydip.engine.statistics import gather
from citydip.engine.store import open_query
from citydip.model.errors import SnapshotError
from citydip.model.quads import triples_of
from citydip.model.queryfile import QueryFile, parse_query_file
from citydip.model.terms import ID, PREFIXES
from citydip.services.exporting.quads import Tell, quad_lines
from citydip.services.exporting.shelf import Shelf

__all__ = ["Column", "columns_of", "export_query", "predicates_of", "rows_of"]

_NAME = re.compile(r"\b([a-z]+):([A-Za-z]\w*)|\ba\b")
_COLUMN = re.compile(r"#\+ column: (?P<name>\w+) (?P<type>\w+)(?P<list> list)? \| (?P<en>[^|]+) \| (?P<fa>[^|]+)")
_LANGUAGE = re.compile(r'LANG\(\?\w+\) = "([a-z-]+)"')
_TAGGED = re.compile(rb'"@[A-Za-z0-9-]+ \.\n$')
_BATCH = 20_000
_PORTION = 2000
"""Things that are asked of at a time."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Args:
        name: its name.
        type: ``anyURI``, ``string``, ``integer``, ``double`` or ``date``, as in XML Schema.
        several: whether a cell may hold several values, with spaces between.
        description: what it says, by language.
    """

    name: str
    type: str
    several: bool
    description: dict[str, str]


def export_query(snapshot: Snapshot, name: str) -> QueryFile:
    """Return the query of a table.

    Raises:
        SnapshotError: the snapshot was built before there were such queries.
    """
    path = snapshot.path / "queries" / "export" / f"{name}.rq"
    if not path.is_file():
        raise SnapshotError(
            f"version {snapshot.version} has no queries for tables; build a new one with: citydip build"
        )
    return parse_query_file(name, path.read_text(encoding="utf-8"))


def columns_of(query: QueryFile) -> tuple[Column, ...]:
    """Return the columns that the header of a query tells of, in their order."""
    found = (_COLUMN.fullmatch(line.strip()) for line in query.text.splitlines())
    return tuple(
        Column(m["name"], m["type"], bool(m["list"]), {"en": m["en"].strip(), "fa": m["fa"].strip()})
        for m in found
        if m
    )


def rows_of(snapshot: Snapshot, name: str, graphs: frozenset[str] | None, tell: Tell) -> Iterator[dict[str, str]]:
    """Yield the rows of a query, in its order: texts by variable, without those that are empty.

    Args:
        snapshot: what to ask.
        name: the query.
        graphs: the graphs that are asked; None is all.
        tell: called with the share of the data that has been read.

    Raises:
        SnapshotError: the snapshot has no such query.
    """
    query = export_query(snapshot, name)
    lines = _wanted(_of_things(quad_lines(snapshot.data, graphs, tell), query), query.body)
    kinds = query.fields.get("rows-of", "").split()
    if not kinds:
        store = ox.Store()
        for batch in _batches(lines):
            store.bulk_load(batch, format=ox.RdfFormat.N_TRIPLES)
        yield from _asked(store, query)
        return
    with Shelf(lines) as shelf:
        things = iter(shelf.things(f"{ID}{kind}/" for kind in kinds))
        while portion := list(islice(things, _PORTION)):
            store = ox.Store()
            store.bulk_load(shelf.around(portion), format=ox.RdfFormat.N_TRIPLES)
            # What they lead to may be of their kind; it has its turn in another portion.
            wanted = set(portion)
            yield from (row for row in _asked(store, query) if row[query.fields["key"].split()[0]] in wanted)


def _asked(store: ox.Store, query: QueryFile) -> Iterator[dict[str, str]]:
    result: Any = open_query(store, {"query": query.text, "format": "json"}, gather(store)).result
    names = [variable.value for variable in result.variables]
    for solution in result:
        yield {name: term.value for name in names if (term := solution[name]) is not None and term.value}


def predicates_of(body: str) -> frozenset[bytes]:
    """Return the IRIs in a query's body that may be predicates, in angle brackets.

    Example:
        >>> sorted(predicates_of("{ ?city a cd:City }"))[0]
        b'<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>'
    """
    found = set()
    for match in _NAME.finditer(re.sub(r"#[^\n>]*$|\"[^\"]*\"|<[^>]*>", "", body, flags=re.MULTILINE)):
        prefix = match[1]
        if prefix is None:
            found.add(PREFIXES["rdf"] + "type")
        elif prefix in PREFIXES:
            found.add(PREFIXES[prefix] + match[2])
    return frozenset(f"<{iri}>".encode() for iri in found)


def _languages(body: str) -> tuple[bytes, ...]:
    """Return how a text ends in N-Triples that is in a language which a query names."""
    return tuple(f'"@{language} .\n'.encode() for language in sorted(set(_LANGUAGE.findall(body))))


def _of_things(lines: Iterable[bytes], query: QueryFile) -> Iterator[bytes]:
    """Yield the lines whose subjects are of the kinds that a query tells of in its header; all where it tells none."""
    kinds = query.fields.get("things", "").split()
    beginnings = tuple(f"<{ID}{kind}/".encode() for kind in kinds) or (b"",)
    return (line for line in lines if line.startswith(beginnings))


def _wanted(lines: Iterable[bytes], body: str) -> Iterator[bytes]:
    """Yield as triples, each once, the lines with the predicates of a query whose texts are in its languages."""
    predicates, languages = predicates_of(body), _languages(body)
    for triple in triples_of(line for line in lines if line.split(b" ", 2)[1] in predicates):
        if not _TAGGED.search(triple[-20:]) or triple.endswith(languages):
            yield triple


def _batches(lines: Iterable[bytes]) -> Iterator[bytes]:
    batch: list[bytes] = []
    for line in lines:
        batch.append(line)
        if len(batch) == _BATCH:
            yield b"".join(batch)
            batch.clear()
    yield b"".join(batch)
