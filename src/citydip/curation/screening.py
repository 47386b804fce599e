"""A quick look over data: which things may break a shape.

pyshacl tells in full what is wrong, and takes a third of a millisecond for each triple. Nearly all data is right, so a
quick engine (pyshifty, written in Rust) first finds the few things that may be wrong, and pyshacl is asked about these
alone. All findings are pyshacl's; the quick engine must only never pass over what pyshacl would find:

- It is asked only where shapes are made of the terms in ``PROVEN``, for which the tests show both to agree.
- The two read some values in different ways: "05"^^xsd:integer is 5 for rdflib, and a line break at the end is no end
  for other patterns than Python's. Whoever has a value that is not written plainly is suspect in any case.
"""

import re
from collections.abc import Collection

import pyoxigraph as ox
import shifty
from rdflib import RDF, SH, Graph, URIRef
from rdflib.term import Node

from citydip.curation.view import Subject, View
from citydip.model.terms import PREFIXES

__all__ = ["PROVEN", "reach", "suspects"]

_LISTS = (SH["or"], SH["and"], SH.xone)
_INNER = (SH.property, SH["not"], SH.qualifiedValueShape)
PROVEN = {
    *(RDF.type, RDF.first, RDF.rest, SH.message, SH.path, SH.targetClass, SH.targetSubjectsOf, *_LISTS, *_INNER),
    *(SH["class"], SH.datatype, SH.nodeKind, SH["in"], SH.hasValue, SH.closed, SH.ignoredProperties),
    *(SH.minCount, SH.maxCount, SH.qualifiedMinCount, SH.minInclusive, SH.maxInclusive),
    *(SH.pattern, SH.flags, SH.languageIn, SH.uniqueLang, SH.disjoint, SH.lessThan, SH.lessThanOrEquals),
}
"""The terms of shapes for which both engines are known to agree."""

_XSD = PREFIXES["xsd"]
_TEXT = r'"(?:[^"\\\x00-\x1f\x7f]|\\["\\])*"'
_DAY = r"(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31"
# Objects that both engines read alike, as N-Triples writes them: no control characters, no spare zeros and signs.
_PLAIN = (
    "<[^>]*>",
    _TEXT + "(?:@[a-zA-Z]+(?:-[a-zA-Z0-9]+)*)?",
    _TEXT + rf"\^\^<(?:{_XSD}anyURI|{PREFIXES['geo']}wktLiteral)>",
    rf'"(?:0|-?[1-9][0-9]{{0,17}})"\^\^<{_XSD}integer>',
    rf'"(?:0|[1-9][0-9]{{0,17}})"\^\^<{_XSD}nonNegativeInteger>',
    rf'"[1-9][0-9]{{0,17}}"\^\^<{_XSD}positiveInteger>',
    rf'"-?(?:0|[1-9][0-9]{{0,8}})\.[0-9]{{1,5}}"\^\^<{_XSD}decimal>',
    rf'"(?:true|false)"\^\^<{_XSD}boolean>',
    rf'"[1-9][0-9]{{3}}-(?:{_DAY})"\^\^<{_XSD}date>',
)
_ODD = re.compile(rf"^(?:(<[^>]*>) <[^>]*> (?!(?:{'|'.join(_PLAIN)}) \.$)|(_:\S+) )".encode(), re.MULTILINE)


def suspects(view: View, shapes: Graph, steps: int, among: Collection[Subject] | None = None) -> set[Subject]:
    """Return the things that may break a shape: all that do, and few others.

    Args:
        view: the data.
        shapes: the shapes, made of ``PROVEN`` terms.
        steps: their reach.
        among: look at these things alone; None looks at all.
    """
    triples = view.triples() if among is None else view.around(among, steps)
    data = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""
    result = shifty.validate_algebra(
        data,
        shapes.serialize(format="nt", encoding="utf-8"),
        graph_mode="data",
        infer=False,
        sort_results=False,
        on_unsupported="error",
    )
    found = {_node(violation.focus_node) for violation in result.violations}
    odd = {_node((named or blank).decode()) for named, blank in _ODD.findall(data)}
    found |= view.before(odd, steps - 1)
    return found if among is None else found & set(among)


def _node(text: str) -> Subject:
    return ox.BlankNode(text[2:]) if text.startswith("_:") else ox.NamedNode(text[1:-1])


def reach(shapes: Graph) -> int | None:
    """Return how many properties, one after the other, shapes follow from a thing; None where there may be no end.

    Example:
        >>> text = "[] a sh:NodeShape ; sh:property [ sh:path sh:in ; sh:class sh:Shape ] ."
        >>> reach(Graph().parse(data="@prefix sh: <http://www.w3.org/ns/shacl#> ." + text, format="turtle"))
        2
    """
    if not PROVEN.issuperset(shapes.predicates()):
        return None
    try:
        return max((_steps(shapes, shape) for shape in set(shapes.subjects())), default=1)
    except RecursionError:
        return None  # a shape is part of itself


def _steps(shapes: Graph, shape: Node) -> int:
    path = shapes.value(shape, SH.path)
    own = 0 if path is None else 1 if isinstance(path, URIRef) else len(list(shapes.items(path)))
    inner = [part for term in _INNER for part in shapes.objects(shape, term)]
    inner += [part for term in _LISTS for head in shapes.objects(shape, term) for part in shapes.items(head)]
    # The class of a thing is one property away from it, and every shape looks at the thing itself.
    further = max((_steps(shapes, part) for part in inner), default=0)
    return max(own + max(further, int((shape, SH["class"], None) in shapes)), 1)
