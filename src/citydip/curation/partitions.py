"""Which classes there are, which properties their things have, and what these lead to: VoID partitions with counts.

Editors complete classes and properties from them without asking the data (https://www.w3.org/TR/void/#class-property-partitions).
What a property leads to is said as the SIB editor reads it: a class partition for things, and for literals a datatype
partition (http://ldf.fi/void-ext). Counted are the triples of the union of all graphs that are described, each once;
a thing of two classes is counted in both.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import pyoxigraph as ox

from citydip.model.terms import GRAPH, PREFIXES, VOID, shorten

__all__ = ["PARTITIONS", "WHOLE", "Statistics", "count", "partition_triples"]

WHOLE = ox.NamedNode(str(GRAPH).rstrip("/"))
"""The whole graph: the data set that is described."""
PARTITIONS = str(GRAPH["computed/partitions"])
"""The graph that the partitions go into."""

_TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")
_EXTENSION = PREFIXES["void-ext"]


@dataclass(slots=True)
class Statistics:
    """What is counted of a set of triples.

    Args:
        triples: how many there are.
        subjects: how many things something is said of.
        things: how many things each class has.
        properties: how many triples each property has.
        uses: how many triples have a subject of a class and a property.
        leads: how many of these lead to a thing of a class.
        values: how many of these lead to a literal of a datatype.
    """

    triples: int = 0
    subjects: int = 0
    things: Counter[str] = field(default_factory=Counter)
    properties: Counter[str] = field(default_factory=Counter)
    uses: Counter[tuple[str, str]] = field(default_factory=Counter)
    leads: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    values: Counter[tuple[str, str, str]] = field(default_factory=Counter)


def count(store: ox.Store) -> Statistics:
    """Return the statistics of what the graphs of a store say together; a triple that is in two counts once.

    Example:
        >>> city, kind = ox.NamedNode("http://x/tehran"), ox.NamedNode("http://x/City")
        >>> store = ox.Store()
        >>> store.extend(ox.Quad(city, _TYPE, kind, ox.NamedNode(f"http://x/{graph}")) for graph in (1, 2))
        >>> count(store).things
        Counter({'http://x/City': 1})
    """
    classes = _classes(store)
    found, nothing = Statistics(), frozenset[str]()
    # Things of the same classes are counted together, and told apart by class at the end.
    alike: Counter[tuple[frozenset[str], ox.NamedNode, ox.NamedNode | None, frozenset[str]]] = Counter()
    for subject in {quad.subject for quad in store}:
        kinds = classes.get(subject, nothing)
        found.subjects += 1
        found.things.update(kinds)
        said = {(quad.predicate, quad.object) for quad in store.quads_for_pattern(subject, None, None, None)}
        found.triples += len(said)
        for predicate, value in said:
            datatype = value.datatype if isinstance(value, ox.Literal) else None
            alike[kinds, predicate, datatype, classes.get(value, nothing)] += 1
    for (kinds, used, datatype, targets), number in alike.items():
        name = used.value
        found.properties[name] += number
        for kind in kinds:
            found.uses[kind, name] += number
            if datatype is not None:
                found.values[kind, name, datatype.value] += number
            for target in targets:
                found.leads[kind, name, target] += number
    return found


def _classes(store: ox.Store) -> dict[object, frozenset[str]]:
    """Return the classes of each thing; things of the same classes share one set."""
    classes: defaultdict[object, set[str]] = defaultdict(set)
    for quad in store.quads_for_pattern(None, _TYPE, None, None):
        if isinstance(quad.object, ox.NamedNode):
            classes[quad.subject].add(quad.object.value)
    known: dict[frozenset[str], frozenset[str]] = {}
    return {node: known.setdefault(kinds, kinds) for node, kinds in ((n, frozenset(k)) for n, k in classes.items())}


def partition_triples(found: Statistics) -> Iterator[ox.Triple]:
    """Yield the description of the whole graph by its classes and properties."""
    yield _number(WHOLE, "triples", found.triples)
    yield _number(WHOLE, "distinctSubjects", found.subjects)
    yield _number(WHOLE, "classes", len(found.things))
    yield _number(WHOLE, "properties", len(found.properties))
    for predicate, number in found.properties.items():
        part = _part(predicate)
        yield ox.Triple(WHOLE, _void("propertyPartition"), part)
        yield ox.Triple(part, _void("property"), ox.NamedNode(predicate))
        yield _number(part, "triples", number)
    for kind, number in found.things.items():
        part = _part(kind)
        yield ox.Triple(WHOLE, _void("classPartition"), part)
        yield ox.Triple(part, _void("class"), ox.NamedNode(kind))
        yield _number(part, "entities", number)
    for (kind, predicate), number in found.uses.items():
        part = _part(kind, predicate)
        yield ox.Triple(_part(kind), _void("propertyPartition"), part)
        yield ox.Triple(part, _void("property"), ox.NamedNode(predicate))
        yield _number(part, "triples", number)
    for names, number in found.leads.items():
        part = _part(*names)
        yield ox.Triple(_part(*names[:2]), _void("classPartition"), part)
        yield ox.Triple(part, _void("class"), ox.NamedNode(names[2]))
        yield _number(part, "triples", number)
    for names, number in found.values.items():
        part = _part(*names)
        yield ox.Triple(_part(*names[:2]), ox.NamedNode(_EXTENSION + "datatypePartition"), part)
        yield ox.Triple(part, ox.NamedNode(_EXTENSION + "datatype"), ox.NamedNode(names[2]))
        yield _number(part, "triples", number)


def _void(name: str) -> ox.NamedNode:
    return ox.NamedNode(str(VOID[name]))


def _number(subject: ox.NamedNode, name: str, number: int) -> ox.Triple:
    return ox.Triple(subject, _void(name), ox.Literal(number))


def _part(*iris: str) -> ox.NamedNode:
    """Return the name of the partition of a class, a property, or a path of them."""
    return ox.NamedNode(PARTITIONS + "#" + "/".join(map(_word, iris)))


def _word(iri: str) -> str:
    """Return a short word for an IRI: its prefixed name, or a digest where no prefix fits."""
    short = shorten(iri)
    return hashlib.sha256(iri.encode()).hexdigest()[:16] if short.startswith("<") else short.replace(":", ".", 1)
