"""Which classes there are, which properties their things have, and what these lead to: VoID partitions with counts.

Editors complete classes and properties from them without asking the data (https://www.w3.org/TR/void/#class-property-partitions).
What a property leads to is said as the SIB editor reads it: a class partition for things, and for literals a datatype
partition (http://ldf.fi/void-ext). Counted are the triples of the union of all graphs that are described, each once;
a thing of two classes is counted in both.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
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


def count(triples: Iterable[ox.Triple]) -> Statistics:
    """Return the statistics of triples; one that comes twice counts once.

    Example:
        >>> city, kind = ox.NamedNode("http://x/tehran"), ox.NamedNode("http://x/City")
        >>> count([ox.Triple(city, _TYPE, kind)] * 2).things
        Counter({'http://x/City': 1})
    """
    distinct = set(triples)
    classes: defaultdict[object, set[str]] = defaultdict(set)
    for triple in distinct:
        if triple.predicate == _TYPE and isinstance(triple.object, ox.NamedNode):
            classes[triple.subject].add(triple.object.value)
    found = Statistics(len(distinct), len({triple.subject for triple in distinct}))
    for kinds in classes.values():
        found.things.update(kinds)
    for triple in distinct:
        predicate = triple.predicate.value
        found.properties[predicate] += 1
        for kind in classes.get(triple.subject, ()):
            found.uses[kind, predicate] += 1
            if isinstance(triple.object, ox.Literal):
                found.values[kind, predicate, triple.object.datatype.value] += 1
            for target in classes.get(triple.object, ()):
                found.leads[kind, predicate, target] += 1
    return found


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
