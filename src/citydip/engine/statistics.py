"""How much there is of what in a graph, by which `citydip.engine.ordering` puts patterns in order.

Counts of predicates and classes are exact. What else there is to know of a predicate comes from its first thousand
triples, so that it is exact for small graphs and cheap for large ones. Wrong statistics make queries slow, not wrong.
"""

import re
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from math import exp, sqrt
from typing import Any

import pyoxigraph as ox

from citydip.model.terms import PREFIXES

__all__ = ["Predicate", "Statistics", "gather", "number_of"]

_SAMPLE = 1000
"""Triples of a predicate that are looked at, as the queries below have it."""
_FEW = 20
"""Triples of a predicate whose subjects and objects are looked at, as the queries below have it."""
_MOST = 500
"""Predicates that are looked at, the commonest ones: those of a graph with more of them hardly matter."""
_KINDS = 50
"""Different objects up to which it is noted how common each is."""
_POINTS = 32
"""Points of a distribution of numbers or days."""
_TYPE = PREFIXES["rdf"] + "type"
_DAY = re.compile(r"(-?\d{4,})(?:-(\d\d))?(?:-(\d\d))?(?![\d.])")


@dataclass(frozen=True, slots=True)
class Predicate:
    """What there is of one predicate.

    Args:
        count: its triples.
        subjects: about how many different subjects they have.
        objects: about how many different objects.
        shares: the share of its triples that each object has, by its text in N-Triples; empty where there are many.
        points: numbers or days that its objects are, sorted, at equal distances of rank; empty where they are none.
        out: about how many triples, of any predicate, its subjects have.
        into: about how many triples have its objects, up to some hundreds.
    """

    count: float
    subjects: float
    objects: float
    shares: dict[str, float] = field(default_factory=dict)
    points: tuple[float, ...] = ()
    out: float = 5.0
    into: float = 5.0


@dataclass(frozen=True, slots=True, eq=False)
class Statistics:
    """What there is in a graph.

    Args:
        triples: how many.
        predicates: by IRI.
    """

    triples: float
    predicates: dict[str, Predicate]

    def as_dict(self) -> dict[str, Any]:
        """Return them as plain data."""
        return asdict(self)

    @staticmethod
    def of(data: dict[str, Any]) -> "Statistics":
        """Return the statistics that plain data tells.

        Example:
            >>> Statistics.of(Statistics(5, {"urn:p": Predicate(5, 2, 4)}).as_dict()).predicates["urn:p"].objects
            4
        """
        return Statistics(data["triples"], {name: Predicate(**values) for name, values in data["predicates"].items()})


_COUNT = "SELECT ?k (COUNT(*) AS ?n) { ?s ?k ?o } GROUP BY ?k"
_CLASSES = "SELECT ?k (COUNT(*) AS ?n) { ?s rdf:type ?k } GROUP BY ?k"
# In these the predicate is the prefix p: itself.
_DIFFERENT = """SELECT (COUNT(DISTINCT ?s) AS ?k) (COUNT(DISTINCT ?o) AS ?n) (SAMPLE(?o) AS ?some) {
  SELECT ?s ?o { ?s p: ?o } LIMIT 1000
}"""
_SHARES = "SELECT ?k (COUNT(*) AS ?n) { SELECT ?s ?k { ?s p: ?k } LIMIT 1000 } GROUP BY ?k"
_OBJECTS = "SELECT ?o { ?s p: ?o } LIMIT 1000"
_OUT = "SELECT (COUNT(*) AS ?n) { SELECT ?r { { SELECT ?s { ?s p: ?o } LIMIT 20 } ?s ?q ?r } LIMIT 2000 }"
_OWN = """SELECT ?n (COUNT(?o) AS ?k) {
  { SELECT ?s (COUNT(*) AS ?n) { SELECT ?s { ?s p: ?r } LIMIT 50 } GROUP BY ?s } LATERAL { ?s p: ?o }
} GROUP BY ?s ?n"""
_INTO = "SELECT (COUNT(*) AS ?n) { SELECT ?r { { SELECT ?o { ?s p: ?o } LIMIT 20 } ?r ?q ?o } LIMIT 2000 }"


def gather(store: ox.Store, known: Mapping[str, int] | None = None) -> Statistics:
    """Return the statistics of a store's default graph, which is the union of all graphs as `load` makes it.

    Args:
        store: what they are of.
        known: how many triples each predicate has, where that need not be counted.
    """
    with ThreadPoolExecutor(2) as threads:
        # The engine lets other threads go on while it counts.
        classes = threads.submit(_counted, store, _CLASSES)
        counts = dict(known or {name[1:-1]: count for name, count in _counted(store, _COUNT).items()})
        ranked = sorted(counts, key=lambda iri: -counts[iri])
        looked_at = {
            iri: threads.submit(_predicate, store, iri, counts[iri], classes.result() if iri == _TYPE else {})
            for iri in ranked[:_MOST]
        }
    predicates = {iri: Predicate(counts[iri], counts[iri], counts[iri]) for iri in ranked[_MOST:]}
    predicates |= {iri: found.result() for iri, found in looked_at.items()}
    return Statistics(sum(counts.values()), predicates)


def _rows(store: ox.Store, query: str, iri: str) -> ox.QuerySolutions:
    rows = store.query(query, prefixes={"p": iri, "rdf": PREFIXES["rdf"]})
    assert isinstance(rows, ox.QuerySolutions)  # noqa: S101 - the queries here are SELECTs
    return rows


def _counted(store: ox.Store, query: str, iri: str = _TYPE) -> dict[str, int]:
    return {str(row["k"]): int(row["n"].value) for row in _rows(store, query, iri)}


def _predicate(store: ox.Store, iri: str, count: int, classes: dict[str, int]) -> Predicate:
    row = next(iter(_rows(store, _DIFFERENT, iri)))
    subjects, objects, some = int(row["k"].value), int(row["n"].value), row["some"]
    seen = min(count, _SAMPLE)
    shares = {key: number / count for key, number in classes.items()}
    if not shares and objects <= _KINDS:
        shares = {key: number / seen for key, number in _counted(store, _SHARES, iri).items()}
    points: tuple[float, ...] = ()
    if isinstance(some, ox.Literal) and number_of(some.value, some.datatype.value) is not None:
        points = _points(row["o"] for row in _rows(store, _OBJECTS, iri))
    out, into = (_number(store, query, iri) / min(count, _FEW) for query in (_OUT, _INTO))
    return Predicate(
        count,
        _subjects(store, iri, count) if subjects * 10 >= seen < count else subjects,
        _repeated(objects, seen, count),
        shares,
        points,
        max(out, 1),
        max(into, 1),
    )


def _subjects(store: ox.Store, iri: str, count: int) -> float:
    """Return about how many different subjects a predicate has: each triple counts as its part of those of its own."""
    found = [(int(row["n"].value), int(row["k"].value)) for row in _rows(store, _OWN, iri)]
    return count * sum(n / k for n, k in found) / sum(n for n, _ in found)


def _number(store: ox.Store, query: str, iri: str) -> int:
    return int(next(iter(_rows(store, query, iri)))["n"].value)


def _whole(different: int, seen: int, count: int) -> float:
    """Return about how many different terms there are: few in a sample are all that there are."""
    return different if different * 10 < seen else different * count / max(seen, 1)


def _repeated(different: int, seen: int, count: int) -> float:
    """Return about how many different terms there are that may come again anywhere.

    It is the geometric mean of two extremes: as many as in the sample in each part of all triples, and as many as make
    so many different ones likely where each triple draws one of them.

    Example:
        >>> round(_repeated(930, 1000, 20_000))
        11251
    """
    most = _whole(different, seen, count)
    if different in (most, seen):
        return most
    low, high = float(different), most
    while high - low > 1:
        middle = (low + high) / 2
        low, high = (middle, high) if middle * (1 - exp(-seen / middle)) < different else (low, middle)
    return sqrt(high * most)


def _points(terms: Iterable[Any]) -> tuple[float, ...]:
    numbers = [number_of(term.value, term.datatype.value) for term in terms if isinstance(term, ox.Literal)]
    ordered = sorted(number for number in numbers if number is not None)
    last = len(ordered) - 1
    return tuple(ordered[round(last * i / (_POINTS - 1))] for i in range(_POINTS)) if ordered else ()


def number_of(text: str, datatype: str) -> float | None:
    """Return a number that orders literals of a type as the engine does; a day is a year with decimals.

    Example:
        >>> number_of("2020-07-01", "http://www.w3.org/2001/XMLSchema#date")
        2020.5
    """
    kind = datatype.removeprefix(PREFIXES["xsd"])
    if kind in ("date", "dateTime", "gYear", "gYearMonth"):
        found = _DAY.match(text)
        if not found:
            return None
        year, month, day = (int(part or 1) for part in found.groups())
        return year + (month - 1) / 12 + (day - 1) / 372
    if kind in ("integer", "decimal", "double", "float", "int", "long", "nonNegativeInteger", "positiveInteger"):
        try:
            return float(text)
        except ValueError:
            return None
    return None
