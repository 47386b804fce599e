"""Triples that shapes look at, and what lies around a thing in them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

import pyoxigraph as ox

from citydip.model.terms import PREFIXES

__all__ = ["Subject", "View"]

Subject = ox.NamedNode | ox.BlankNode
"""What something can be said of."""

_SUBCLASS = ox.NamedNode(PREFIXES["rdfs"] + "subClassOf")


class View:
    """Triples by the thing that they are about.

    These are the triples as they are written: a store would give back ``"1"^^xsd:positiveInteger`` as an integer.

    Args:
        triples: all of them; one may come twice.

    Example:
        >>> city, country = ox.NamedNode("http://x/tehran"), ox.NamedNode("http://x/iran")
        >>> view = View([ox.Triple(city, ox.NamedNode("http://x/in"), country)])
        >>> view.before([country], 1) == {city, country}
        True
    """

    def __init__(self, triples: Iterable[ox.Triple]):
        self._about: dict[Subject, list[ox.Triple]] = defaultdict(list)
        self._naming: dict[Subject, set[Subject]] = {}
        self.add(triples)

    def add(self, triples: Iterable[ox.Triple]) -> None:
        """Take in further triples."""
        self._naming = {}
        for triple in triples:
            if not isinstance(triple.subject, ox.Triple):
                self._about[triple.subject].append(triple)

    def triples(self) -> Iterator[ox.Triple]:
        """Yield all triples."""
        return (triple for triples in self._about.values() for triple in triples)

    def subjects(self) -> Collection[Subject]:
        """Return all things that something is said of."""
        return self._about.keys()

    def about(self, node: object) -> Collection[ox.Triple]:
        """Return what is said of a thing; nothing of a literal."""
        return self._about.get(node, ())  # type: ignore[call-overload, no-any-return]

    def classes(self) -> set[ox.Triple]:
        """Return which class is part of which."""
        return {triple for triple in self.triples() if triple.predicate == _SUBCLASS}

    def around(self, nodes: Iterable[Subject], steps: int) -> set[ox.Triple]:
        """Return what can be learnt of things by following so many properties, and the classes of all things."""
        found = self.classes()
        edge, seen = set(nodes), set[Subject]()
        for _ in range(steps):
            seen |= edge
            triples = [triple for node in edge for triple in self.about(node)]
            found.update(triples)
            edge = {t.object for t in triples if isinstance(t.object, ox.NamedNode | ox.BlankNode)} - seen
        return found

    def before(self, nodes: Collection[Subject], steps: int) -> set[Subject]:
        """Return things, and those that lead to them in so many steps."""
        found = edge = set(nodes)
        for _ in range(steps if nodes else 0):
            edge = {subject for node in edge for subject in self._subjects_of(node)} - found
            found = found | edge
        return found

    def _subjects_of(self, node: Subject) -> Collection[Subject]:
        if not self._naming:
            naming: dict[Subject, set[Subject]] = defaultdict(set)
            for subject, triples in self._about.items():
                for triple in triples:
                    if isinstance(triple.object, ox.NamedNode | ox.BlankNode):
                        naming[triple.object].add(subject)
            self._naming = dict(naming)
        return self._naming.get(node, ())
