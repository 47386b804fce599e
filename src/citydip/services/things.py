"""A thing as its page shows it: what stands on it, the statements about it with their evidence, and what leads to it.

It is read with at most three queries, whatever kind of thing it is.
"""

import asyncio
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from citydip.model.errors import NotFoundError
from citydip.model.terms import CD, PREFIXES, shorten
from citydip.services.graph import ServedGraph

__all__ = ["Described", "Node", "Thing", "gather_rows", "read_thing"]

_LABEL = PREFIXES["rdfs"] + "label"
_TYPE = PREFIXES["rdf"] + "type"
_STATUS = str(CD.hasStatus)


@dataclass(slots=True)
class Node:
    """The other end of a triple.

    Args:
        value: IRI or text.
        is_iri: whether it is an IRI.
        datatype: the datatype of a literal that has one.
        language: the language of a text; empty where it has none.
        aspects: what is known of it, by property: texts by language, such as its labels.
        graphs: the named graphs that say so.
    """

    value: str
    is_iri: bool
    datatype: str = ""
    language: str = ""
    aspects: dict[str, dict[str, str]] = field(default_factory=dict)
    graphs: list[str] = field(default_factory=list)

    @property
    def labels(self) -> dict[str, str]:
        """Return its labels by language; a literal is its own label."""
        return self.aspects.get(_LABEL, {}) if self.is_iri else {self.language: self.value}

    def text(self, name: str) -> str:
        """Return an aspect that has no language, such as ``cd:earliestDay``; empty where there is none."""
        prefix, _, local = name.partition(":")
        return next(iter(self.aspects.get(PREFIXES[prefix] + local, {}).values()), "")

    def texts(self, name: str) -> dict[str, str]:
        """Return an aspect by language, such as ``cd:gregorianText``."""
        prefix, _, local = name.partition(":")
        return self.aspects.get(PREFIXES[prefix] + local, {})


@dataclass(slots=True)
class Described:
    """Something with its properties.

    Args:
        iri: its IRI.
        properties: the nodes that each property leads to, in the order of their values.
        evidence: the evidence of a statement.
    """

    iri: str
    properties: dict[str, list[Node]] = field(default_factory=dict)
    evidence: list["Described"] = field(default_factory=list)

    def all(self, name: str) -> list[Node]:
        """Return what a property leads to, by its prefixed name such as ``cd:hasParty``."""
        prefix, _, local = name.partition(":")
        return self.properties.get(PREFIXES[prefix] + local, [])

    def one(self, name: str) -> Node | None:
        """Return the first that a property leads to; None where there is none."""
        return next(iter(self.all(name)), None)

    @property
    def labels(self) -> dict[str, str]:
        """Return its labels by language."""
        return {node.language: node.value for node in self.properties.get(_LABEL, ())}

    @property
    def kinds(self) -> list[str]:
        """Return the IRIs of its classes."""
        return [node.value for node in self.properties.get(_TYPE, ())]

    @property
    def status(self) -> str:
        """Return the name of its status concept, such as ``signed``; empty where it has none."""
        return next((node.value.rsplit("/", 1)[-1] for node in self.properties.get(_STATUS, ())), "")

    @property
    def begins(self) -> str:
        """Return the earliest day of the date by which statements are put in order; empty where none is known."""
        for name in ("cd:signedOn", "cd:datedOn", "cd:startsOn", "cd:decidedOn", "cd:attestedOn", "cd:endsOn"):
            days = [node.text("cd:earliestDay") for node in self.all(name)]
            if any(days):
                return min(filter(None, days))
        return ""


@dataclass(slots=True)
class Thing(Described):
    """A thing with all that its page needs.

    Args:
        incoming: what leads to it, by property, of many the first; statements about it are not among them.
        counts: how much leads to it, by property; ``cd:about`` tells of statements.
        statements: the statements about it, of many the first, by day and then by name.
        between: pairs of those that it is tied with which are tied with each other.
    """

    incoming: dict[str, list[Node]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    statements: list[Described] = field(default_factory=list)
    between: list[tuple[str, str]] = field(default_factory=list)

    @property
    def sources(self) -> dict[str, Node]:
        """Return the sources of all evidence by IRI."""
        found = {}
        for described in (self, *self.statements):
            for evidence in described.evidence:
                for source in evidence.all("oa:hasSource"):
                    found[source.value] = source
        return found


async def read_thing(graph: ServedGraph, iri: str, *, facts_only: bool = False) -> Thing:
    """Return a thing.

    Args:
        graph: where to ask.
        iri: its IRI.
        facts_only: whether statements about it are not read.

    Raises:
        NotFoundError: the graph says nothing about it.
    """
    names = ("page-facts",) if facts_only else ("page-facts", "page-statements", "page-evidence")
    given = {"thing": f"<{iri}>"}
    answers = await asyncio.gather(*(graph.rows(graph.internal[name], given) for name in names))
    # A city with hundreds of ties has thousands of rows: everybody else would wait while they are read.
    thing = await asyncio.to_thread(_thing, iri, *answers)
    if not thing.properties and not thing.incoming:
        raise NotFoundError(f"the graph says nothing about {shorten(iri)}; look for it by name at /search", iri)
    return thing


def _thing(iri: str, facts: bytes, statements: bytes = b"", evidence: bytes = b"") -> Thing:
    thing = Thing(iri)
    own = _Gatherer(thing.properties)
    incoming = _Gatherer(thing.incoming)
    for row in _rows(facts):
        if row["direction"]["value"] == "count":
            thing.counts[row["predicate"]["value"]] = int(row["count"]["value"])
            continue
        if row["direction"]["value"] == "between":
            thing.between.append((row["predicate"]["value"], row["other"]["value"]))
            continue
        node = (own if row["direction"]["value"] == "out" else incoming).add(row)
        if "graph" in row and row["graph"]["value"] not in node.graphs:
            node.graphs.append(row["graph"]["value"])
    found: dict[str, tuple[Described, _Gatherer]] = {}
    for row in _rows(statements):
        _gather(found, row["statement"]["value"], row)
    proofs: dict[str, tuple[Described, _Gatherer]] = {}
    proves: dict[str, dict[str, None]] = {}
    for row in _rows(evidence):
        if "statement" in row:
            proves.setdefault(row["statement"]["value"], {})[row["evidence"]["value"]] = None
        else:
            _gather(proofs, row["evidence"]["value"], row)
    for name, statement in [(iri, thing), *((name, statement) for name, (statement, _) in found.items())]:
        own_proofs = [proofs[proof][0] for proof in sorted(proves.get(name, ())) if proof in proofs]
        # The words of a source come before what is known without them.
        statement.evidence = sorted(own_proofs, key=lambda proof: proof.one("oa:hasSelector") is None)
    thing.statements = sorted(
        (statement for statement, _ in found.values()),
        key=lambda s: (s.begins or "9", s.labels.get("en", ""), s.iri),
    )
    for described in (thing, *thing.statements, *(proof for proof, _ in proofs.values())):
        _sort(described.properties)
    _sort(thing.incoming)
    return thing


def gather_rows(rows: Iterable[dict[str, Any]], name: str) -> list[Described]:
    """Return what rows describe.

    Args:
        rows: of a result, each with a predicate and what it leads to.
        name: the variable for what is described.
    """
    found: dict[str, tuple[Described, _Gatherer]] = {}
    for row in rows:
        _gather(found, row[name]["value"], row)
    for described, _ in found.values():
        _sort(described.properties)
    return [described for described, _ in found.values()]


def _rows(answer: bytes) -> Iterator[dict[str, Any]]:
    if answer:
        yield from json.loads(answer)["results"]["bindings"]


def _gather(found: dict[str, tuple[Described, "_Gatherer"]], name: str, row: dict[str, Any]) -> None:
    if name not in found:
        described = Described(name)
        found[name] = (described, _Gatherer(described.properties))
    found[name][1].add(row)


class _Gatherer:
    """Makes nodes of rows; several rows tell of one node."""

    def __init__(self, properties: dict[str, list[Node]]):
        self.properties = properties
        self.known: dict[tuple[str, str, bool, str, str], Node] = {}

    def add(self, row: dict[str, Any]) -> Node:
        """Note what a row tells and return its node."""
        other, predicate = row["other"], row["predicate"]["value"]
        parts = (other["value"], other["type"] == "uri", other.get("datatype", ""), other.get("xml:lang", ""))
        node = self.known.get((predicate, *parts))
        if node is None:
            node = self.known[predicate, *parts] = Node(*parts)
            self.properties.setdefault(predicate, []).append(node)
        if "aspect" in row:
            texts = node.aspects.setdefault(row["aspect"]["value"], {})
            texts.setdefault(row["text"].get("xml:lang", ""), row["text"]["value"])
        return node


def _sort(properties: dict[str, list[Node]]) -> None:
    for nodes in properties.values():
        nodes.sort(key=lambda n: (n.text("cd:earliestDay") or "9", n.labels.get("en", ""), n.value, n.language))
