"""A quick look over data: which things may break a shape.

pyshacl tells in full what is wrong, and takes a third of a millisecond for each triple. Nearly all data is right, so
this module first finds the few things that may be wrong, and pyshacl is asked about these alone. All findings are
pyshacl's; what is here must only never pass over what pyshacl would find:

- Shapes of other terms than those in ``PROVEN``, for which the tests show both to agree, are left to pyshacl.
- So is a thing where the answer hangs on a value that rdflib may read otherwise: it is suspect in any case.
"""

from collections.abc import Collection, Mapping
from functools import lru_cache

import pyoxigraph as ox
from rdflib import RDF, SH, Graph
from rdflib.term import Node

from citydip.curation.constraints import SET_CHECKS, VALUE_CHECKS, Check, Term, Unclear, Values, is_plain, path_of
from citydip.curation.progress import Progress, track, unseen
from citydip.curation.view import Subject, View

__all__ = ["PROVEN", "Screen", "reach"]

PROVEN = {
    *(RDF.type, RDF.first, RDF.rest, SH.message, SH.path, SH.targetClass, SH.targetSubjectsOf),
    *(SH.flags, SH.ignoredProperties, SH.qualifiedMinCount, *VALUE_CHECKS, *SET_CHECKS),
}
"""The terms of shapes for which this module is known to agree with pyshacl."""

_LISTS = (SH["or"], SH["and"], SH.xone)
_INNER = (SH.property, SH["not"], SH.qualifiedValueShape)
_TYPE = ox.NamedNode(str(RDF.type))


def reach(shapes: Graph) -> int | None:
    """Return how many properties, one after the other, shapes follow from a thing; None where that is not known.

    Example:
        >>> text = "[] a sh:NodeShape ; sh:property [ sh:path sh:in ; sh:class sh:Shape ] ."
        >>> reach(Graph().parse(data="@prefix sh: <http://www.w3.org/ns/shacl#> ." + text, format="turtle"))
        2
    """
    kinds = {SH.NodeShape, SH.PropertyShape}
    if not PROVEN.issuperset(shapes.predicates()) or not kinds.issuperset(shapes.objects(None, RDF.type)):
        return None
    try:
        return max((_steps(shapes, shape) for shape in set(shapes.subjects())), default=1)
    except RecursionError:
        return None  # a shape is part of itself


def _steps(shapes: Graph, shape: Node) -> int:
    own = len(path_of(shapes, shape))
    inner = [part for term in _INNER for part in shapes.objects(shape, term)]
    inner += [part for term in _LISTS for head in shapes.objects(shape, term) for part in shapes.items(head)]
    # The class of a thing is one property away from it, and every shape looks at the thing itself.
    further = max((_steps(shapes, part) for part in inner), default=0)
    return max(own + max(further, int((shape, SH["class"], None) in shapes)), 1)


class Screen:
    """Shapes, made ready to be asked which things may break them.

    Args:
        shapes: the shapes, with a reach.
        view: the data.
    """

    def __init__(self, shapes: Graph, view: View):
        self.shapes = shapes
        self._view = view
        self._ready: dict[Node, Check] = {}
        self._chosen: dict[tuple[frozenset[str], frozenset[ox.NamedNode]], list[Check]] = {}
        self._above: dict[Term, frozenset[str]] = {}
        self._parents: dict[Term, list[Term]] = {}
        for triple in view.classes():
            self._parents.setdefault(triple.subject, []).append(triple.object)
        # What is said of a thing and what it is are asked again and again, by one shape after the other.
        self._said = lru_cache(maxsize=1 << 12)(self._read)
        self.classes_of = lru_cache(maxsize=1 << 16)(self._classify)

    def suspects(self, among: Collection[Subject] | None = None, progress: Progress = unseen) -> set[Subject]:
        """Return the things that may break a shape: all that do, and few others.

        Args:
            among: look at these things alone; None looks at all.
            progress: called with the share of the things that were looked at.
        """
        things = self._view.subjects() if among is None else among
        return {node for node in track(things, "checking shapes", progress) if not self._passes(node)}

    def _passes(self, node: Subject) -> bool:
        try:
            return all(check(node) for check in self._checks_of(node))
        except Unclear:
            return False

    def _checks_of(self, node: Subject) -> list[Check]:
        """Return the checks of the shapes that are about a thing: things of the same make have the same."""
        key = self.classes_of(node), frozenset(self._said(node)[0])
        if key not in self._chosen:
            names, predicates = key
            about = {s for s, o in self.shapes.subject_objects(SH.targetClass) if str(o) in names}
            used = {predicate.value for predicate in predicates}
            about |= {s for s, o in self.shapes.subject_objects(SH.targetSubjectsOf) if str(o) in used}
            self._chosen[key] = [self.prepare(shape) for shape in about]
        return self._chosen[key]

    def _read(self, node: Term) -> tuple[Mapping[ox.NamedNode, Values], frozenset[ox.NamedNode]]:
        """Return the values of a thing by property, and the properties with a value that is not plain."""
        said: dict[ox.NamedNode, set[Term]] = {}
        odd = set[ox.NamedNode]()
        for triple in self._view.about(node):
            said.setdefault(triple.predicate, set()).add(triple.object)
            if not is_plain(triple.object):
                odd.add(triple.predicate)
        return said, frozenset(odd)

    def _classify(self, node: Term) -> frozenset[str]:
        """Return the classes that a thing is of, and all above them."""
        return frozenset[str]().union(*(self._upwards(kind) for kind in self._said(node)[0].get(_TYPE, ())))

    def _upwards(self, kind: Term) -> frozenset[str]:
        if kind not in self._above:
            found, edge = set[Term](), {kind}
            while edge:
                found |= edge
                edge = {parent for node in edge for parent in self._parents.get(node, ())} - found
            self._above[kind] = frozenset(node.value for node in found if isinstance(node, ox.NamedNode))
        return self._above[kind]

    def properties_of(self, node: Term) -> Collection[ox.NamedNode]:
        """Return the properties that a thing has."""
        return self._said(node)[0]

    def follow(self, path: list[ox.NamedNode], node: Term) -> Values:
        """Return the values of a path.

        Raises:
            Unclear: one of them is not plain.
        """
        edge: Values = (node,)
        for predicate in path:
            reached = set[Term]()
            for start in edge:
                said, odd = self._said(start)
                if predicate in odd:
                    raise Unclear
                reached.update(said.get(predicate, ()))
            edge = reached
        return edge

    def prepare(self, shape: Node) -> Check:
        """Return a function that tells whether a thing, or a value, conforms to a shape."""
        if shape not in self._ready:
            self._ready[shape] = self._made(shape)
        return self._ready[shape]

    def _made(self, shape: Node) -> Check:
        path, follow = path_of(self.shapes, shape), self.follow
        given = list(self.shapes.predicate_objects(shape))
        checks = [VALUE_CHECKS[term](self, shape, o) for term, o in given if term in VALUE_CHECKS]
        sets = [SET_CHECKS[term](self, shape, o) for term, o in given if term in SET_CHECKS]

        def conforms(node: Term) -> bool:
            values = follow(path, node)
            for check in checks:
                for value in values:
                    if not check(value):
                        return False
            return all(check(node, values) for check in sets)

        return conforms
