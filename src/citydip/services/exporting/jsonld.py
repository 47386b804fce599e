"""JSON-LD: the graph as it streams, the context that names its terms, and frames that give it the form of a tree.

Source: https://www.w3.org/TR/json-ld11/, https://www.w3.org/TR/json-ld11-framing/
"""

import json
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import IO, Any

import pyoxigraph as ox

from citydip.curation.snapshot import Snapshot
from citydip.model.errors import NotFoundError
from citydip.model.terms import BASE, CD, GRAPH, PREFIXES, shorten

__all__ = ["CONTEXT", "FRAMES", "context_of", "frame_of", "write_jsonld"]

CONTEXT = BASE + "context.jsonld"
"""The address of the context."""

FRAMES: dict[str, dict[str, Any]] = {
    "city": {"@type": "City"},
    "tie": {
        "@type": "Tie",
        "hasParty": {"@embed": "@always"},
        "hasEvidence": {"@embed": "@always", "hasSource": {"@embed": "@always"}},
    },
    "agreement": {
        "@type": "Agreement",
        "hasParty": {"@embed": "@always"},
        "hasEvidence": {"@embed": "@always", "hasSource": {"@embed": "@always"}},
    },
    "membership": {
        "@type": "Membership",
        "hasMember": {"@embed": "@always"},
        "hasOrganization": {"@embed": "@always"},
    },
    "event": {"@type": "Event", "organizedBy": {"@embed": "@always"}},
    "tenure": {"@type": "Tenure", "hasHolder": {"@embed": "@always"}, "hasPost": {"@embed": "@always"}},
}
"""What each frame asks for, by its name."""

_OWL = PREFIXES["owl"]
_RDF_TYPE = PREFIXES["rdf"] + "type"
_RANGE = PREFIXES["rdfs"] + "range"
_STRING = PREFIXES["xsd"] + "string"
_XSD = PREFIXES["xsd"]


def write_jsonld(quads: Iterable[ox.Quad], output: IO[bytes], words: str) -> None:
    """Write quads as JSON-LD, a node on a line, so that a file of any size can be read line by line.

    The context stands in the file itself, so that no program has to fetch anything to read it.

    Args:
        quads: in the order of their graphs, and in each graph of their subjects.
        output: where to.
        words: licences and attribution; JSON has no comments, so they stand in the context, which no triple is made of.
    """
    context = [{"@version": 1.1} | PREFIXES, {"attribution": None}]
    output.write(b'{"@context": ' + _bytes(context) + b',\n"attribution": ' + _bytes(words) + b',\n"@graph": [')
    for number, (graph, inside) in enumerate(groupby(quads, lambda quad: quad.graph_name)):
        name = _id(graph) if isinstance(graph, ox.NamedNode) else None
        output.write(b",\n" if number else b"\n")
        output.write((b'{"@id": ' + _bytes(name) + b', "@graph": [\n') if name else b'{"@graph": [\n')
        for position, node in enumerate(_nodes(inside)):
            output.write((b",\n" if position else b"") + _bytes(node))
        output.write(b"\n]}")
    output.write(b"\n]}\n")


def _bytes(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _nodes(quads: Iterable[ox.Quad]) -> Iterator[dict[str, Any]]:
    for subject, about in groupby(quads, lambda quad: quad.subject):
        node: dict[str, Any] = {"@id": _id(subject)}
        for quad in about:
            if quad.predicate.value == _RDF_TYPE and not isinstance(quad.object, ox.Literal):
                node.setdefault("@type", []).append(_id(quad.object))
            else:
                node.setdefault(_id(quad.predicate), []).append(_value(quad.object))
        yield node


def _id(term: object) -> str:
    """Return a name or a blank node as it stands in JSON-LD."""
    if not isinstance(term, ox.NamedNode):
        return str(term)
    short = shorten(term.value)
    return term.value if short.startswith("<") else short


def _value(term: object) -> Any:
    if not isinstance(term, ox.Literal):
        return {"@id": _id(term)}
    if term.language:
        return {"@value": term.value, "@language": term.language}
    if term.datatype.value == _STRING:
        return term.value
    return {"@value": term.value, "@type": _id(term.datatype)}


def context_of(snapshot: Snapshot) -> dict[str, Any]:
    """Return the JSON-LD context of a snapshot's terms: prefixes, classes and properties with their types.

    Raises:
        OSError: the data cannot be read.
    """
    ending = f" <{GRAPH['ontology/citydip']}> .\n".encode()
    with snapshot.data.open("rb") as file:
        text = b"".join(line for line in file if line.endswith(ending))
    terms: dict[str, Any] = {}
    ranges: dict[str, str] = {}
    kinds: dict[str, set[str]] = {}
    for quad in ox.parse(text, format=ox.RdfFormat.N_QUADS):
        if not isinstance(quad.subject, ox.NamedNode) or not quad.subject.value.startswith(str(CD)):
            continue
        name, value = quad.subject.value.removeprefix(str(CD)), getattr(quad.object, "value", "")
        if quad.predicate.value == _RDF_TYPE:
            kinds.setdefault(name, set()).add(value.removeprefix(_OWL))
        elif quad.predicate.value == _RANGE:
            ranges[name] = value
    for name, types in sorted(kinds.items()):
        term: dict[str, str] = {"@id": f"cd:{name}"}
        if "ObjectProperty" in types:
            term["@type"] = "@id"
        elif "DatatypeProperty" in types and ranges.get(name, "").startswith(_XSD) and ranges[name] != _STRING:
            term["@type"] = "xsd:" + ranges[name].removeprefix(_XSD)
        terms[name] = term
    general = {
        "id": "@id",
        "type": "@type",
        "label": {"@id": "rdfs:label", "@container": "@language"},
        "hasSource": {"@id": "oa:hasSource", "@type": "@id"},
        "hasSelector": {"@id": "oa:hasSelector", "@type": "@id"},
        "exact": {"@id": "oa:exact"},
    }
    return {"@context": {"@version": 1.1} | PREFIXES | general | terms}


def frame_of(name: str) -> dict[str, Any]:
    """Return a frame, which gives descriptions of things of a kind the form of a tree.

    Raises:
        NotFoundError: there is no frame of that name.
    """
    if name not in FRAMES:
        raise NotFoundError(f"there is no frame named {name!r}; there are: {', '.join(FRAMES)}")
    return {"@context": CONTEXT, **FRAMES[name]}
