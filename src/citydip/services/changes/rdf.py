"""Changes between two versions in RDF: change sets, each with the statements that came and went.

Each change is a ``cs:ChangeSet`` of the Changeset vocabulary, and a ``cd:VersionChange`` of ours, which says of what
kind it is. That one version came from the other is told with PROV-O.

Source: https://vocab.org/changeset/, https://www.w3.org/TR/prov-o/
"""

import hashlib
import re
from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from citydip.curation.changes.naming import read_lines
from citydip.curation.changes.recording import kinds_of
from citydip.curation.changes.telling import Change
from citydip.model.terms import BASE, CD, ID, PREFIXES, VOID

__all__ = ["change_iri", "change_triples", "changes_iri", "serialize", "version_iri"]

_CS = PREFIXES["cs"]
_RDF, _DCTERMS, _PROV = PREFIXES["rdf"], PREFIXES["dcterms"], PREFIXES["prov"]
_TYPE = ox.NamedNode(_RDF + "type")
_OTHERS = re.compile(r"[^A-Za-z0-9-]+")
_SHOWN = ("cd", "cs", "dcterms", "prov", "rdf", "rdfs", "void", "xsd")


def version_iri(version: str) -> str:
    """Return the IRI of a version, under which it is served."""
    return f"{BASE}version/{version}"


def changes_iri(old: str, new: str) -> str:
    """Return the IRI of the changes from one version to another."""
    return f"{version_iri(new)}/changes?from={old}"


def change_iri(old: str, new: str, thing: str) -> str:
    """Return the IRI of what became of a thing from one version to another.

    Example:
        >>> change_iri("0a", "0b", "https://w3id.org/citydip/id/tie/1-2").partition("#")[2]
        'tie-1-2'
    """
    own = thing.removeprefix(str(ID))
    name = _OTHERS.sub("-", own) if own != thing else "thing-" + hashlib.sha256(thing.encode()).hexdigest()[:16]
    return f"{changes_iri(old, new)}#{name}"


def change_triples(changes: Iterable[Change], old: str, new: str) -> Iterator[ox.Triple]:
    """Yield changes as triples.

    Args:
        changes: what became of things.
        old: the older version.
        new: the newer version.
    """
    node = ox.NamedNode
    for change in changes:
        if change.iri.startswith("_:"):
            continue
        subject, thing = node(change_iri(old, new, change.iri)), node(change.iri)
        pairs: list[tuple[str, ox.NamedNode | ox.Literal]] = [
            (_RDF + "type", node(_CS + "ChangeSet")),
            (_RDF + "type", node(str(CD.VersionChange))),
            (_CS + "subjectOfChange", thing),
            (str(CD.changesThing), thing),
            *((str(CD.hasVersionChangeKind), node(each)) for each in kinds_of(change)),
            *((str(CD.becomesThing), node(each)) for each in change.becomes),
            *((_DCTERMS + "source", node(each)) for each in change.sources),
            *((_DCTERMS + "description", ox.Literal(text, language=tag)) for tag, text in change.sentences.items()),
            (str(CD.olderVersion), ox.Literal(old)),
            (str(CD.newerVersion), ox.Literal(new)),
        ]
        if change.klass:
            pairs.append((str(CD.changesThingOfClass), node(change.klass)))
        for predicate, value in pairs:
            yield ox.Triple(subject, node(predicate), value)
        parts = list(_statements(subject.value, change))
        for name, statement, _ in parts:
            yield ox.Triple(subject, node(_CS + name), statement)
        for _, statement, quad in parts:
            yield ox.Triple(statement, _TYPE, node(_RDF + "Statement"))
            yield ox.Triple(statement, node(_RDF + "subject"), quad.subject)
            yield ox.Triple(statement, node(_RDF + "predicate"), quad.predicate)
            yield ox.Triple(statement, node(_RDF + "object"), quad.object)
            yield ox.Triple(statement, node(str(VOID.inDataset)), quad.graph_name)  # type: ignore[arg-type] # a snapshot names all graphs
    yield ox.Triple(node(version_iri(new)), node(_PROV + "wasRevisionOf"), node(version_iri(old)))


def _statements(subject: str, change: Change) -> Iterator[tuple[str, ox.NamedNode, ox.Quad]]:
    """Yield the statements that went and came, each with a name; those about lists have no IRIs, and are left out."""
    for name, text in (("removal", change.removed), ("addition", change.added)):
        for number, quad in enumerate(read_lines([text.encode()]), 1):
            if isinstance(quad.object, ox.NamedNode | ox.Literal):
                yield name, ox.NamedNode(f"{subject}-{name}-{number}"), quad


def serialize(triples: Iterable[ox.Triple], form: ox.RdfFormat) -> bytes:
    """Return triples in a format, with the prefixes that they need."""
    prefixes = {name: PREFIXES[name] for name in _SHOWN}
    text = ox.serialize(triples, format=form, prefixes=prefixes) or b""
    if form is not ox.RdfFormat.TURTLE:
        return text
    # The engine writes prefixes in another order each time.
    lines = text.splitlines(keepends=True)
    count = sum(line.startswith(b"@prefix ") for line in lines)
    return b"".join(sorted(lines[:count]) + lines[count:])
