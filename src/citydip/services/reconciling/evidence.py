"""How what a row says of a thing agrees with what the graph says: the second half of every match.

Each comparison gives a number from -1, they disagree, to 1, they agree; None where the graph knows nothing of it. What
is missing is unknown and never counts against a thing.
"""

import re
from collections.abc import Callable, Mapping, Sequence

from rapidfuzz.distance import Indel

from citydip.model.geography import NEAR, distance
from citydip.model.names import fold, fold_words
from citydip.model.terms import expand, shorten
from citydip.services.reconciling.candidates import About
from citydip.services.reconciling.properties import IDENTIFIERS, Value
from citydip.services.reconciling.query import Condition, Given

__all__ = ["INDEXED", "agreement", "agreement_of_values", "point_of"]

INDEXED = ("country", "division", "network", "coordinates", "population", "type", *IDENTIFIERS)
"""Properties that the search index knows; others are asked of the graph."""
_FAR = 4 * NEAR
_NUMBER = r"[-+]?\d{1,3}(?:\.\d+)?"
_PAIR = re.compile(rf"({_NUMBER})\s*[,;\s]\s*({_NUMBER})")
_WKT = re.compile(rf"(?i:(?:<[^>]*>\s*)?point)\s*\(\s*({_NUMBER})\s+({_NUMBER})\s*\)")
_PERIOD = re.compile(r"(\d{4})(-\d\d)?(-\d\d)?(T.*)?")


def point_of(text: str) -> tuple[float, float] | None:
    """Return latitude and longitude of a text, or None; WKT writes the longitude first, people the latitude.

    Example:
        >>> point_of("35.7, 51.4") == point_of("POINT(51.4 35.7)") == (35.7, 51.4)
        True
    """
    pair, wkt = _PAIR.fullmatch(text.strip()), _WKT.fullmatch(text.strip())
    if pair:
        point = float(pair[1]), float(pair[2])
    elif wkt:
        point = float(wkt[2]), float(wkt[1])
    else:
        return None
    return point if abs(point[0]) <= 90 and abs(point[1]) <= 180 else None


def agreement(condition: Condition, thing: About, resolved: Mapping[str, set[int]]) -> float | None:
    """Return how a row's value of an indexed property agrees with the thing.

    Args:
        condition: what the row says; of its property in `INDEXED`.
        thing: what the index knows.
        resolved: the numbers of the things that the row's texts name.
    """
    compare: Callable[[Given], float | None]
    if condition.property == "coordinates":
        compare = lambda given: _near(point_of(given.text), thing.point)  # noqa: E731
    elif condition.property == "population":
        compare = lambda given: _number(given.text, str(thing.population)) if thing.population else None  # noqa: E731
    else:
        facet = {"division": "within", "type": "kind"}.get(condition.property, condition.property)
        known = thing.within if facet == "within" else thing.facets.get(facet, set())
        compare = lambda given: _among(resolved.get(given.iri or given.text, set()), known)  # noqa: E731
    return _quantified(condition, [compare(given) for given in condition.values])


def agreement_of_values(condition: Condition, values: Sequence[Value]) -> float | None:
    """Return how a row's value agrees with the values that the graph has of the property."""
    if not values:
        return None
    found = [max(_value(given, value) for value in values) for given in condition.values]
    agreed = _quantified(condition, list(found))
    # Of partners, mayors or dates the graph knows some; that one is not among them is no contradiction.
    return agreed if agreed is None or agreed > 0 or condition.quantifier == "none" else None


def _quantified(condition: Condition, found: Sequence[float | None]) -> float | None:
    known = [one for one in found if one is not None]
    if not known:
        return None
    if condition.quantifier == "none":
        return -max(known)
    return min(known) if condition.quantifier == "all" else max(known)


def _among(wanted: set[int], known: set[int]) -> float | None:
    """Return whether a thing has one of the values; what the row says that nobody knows says nothing."""
    if not wanted or not known:
        return None
    return 1.0 if wanted & known else -1.0


def _near(one: tuple[float, float] | None, other: tuple[float, float] | None) -> float | None:
    """Return 1 for what is as near as records of one city are, -1 from four times that on."""
    if one is None or other is None:
        return None
    apart = distance(one[1], one[0], other[1], other[0])
    return max(-1.0, min(1.0, 1 - 2 * (apart - NEAR) / (_FAR - NEAR)))


def _number(text: str, other: str) -> float | None:
    """Return 1 for equal numbers, 0 where one is twice the other, -1 from four times on."""
    try:
        one, two = abs(float(text.replace(",", ""))), abs(float(other))
    except ValueError:
        return None
    small, large = sorted((one, two))
    return 1.0 if one == two else max(-1.0, (2 if small > large / 2 else 4) * (small / large - 0.5))


def _value(given: Given, value: Value) -> float:
    """Return how a value of a row agrees with one of the graph; below a likeness of a half it is another one."""
    if given.iri:
        return 1.0 if value.iri == expand(given.iri) else -1.0
    period = _period(given.text)
    if period and value.earliest:
        return 1.0 if period[0] <= (value.latest or value.earliest) and value.earliest <= period[1] else -0.5
    if value.datatype in ("integer", "decimal", "double"):
        return _number(given.text, value.text) or 0.0
    asked = fold(given.text)
    if asked and asked in (fold(value.iri), fold(shorten(value.iri)) if value.iri else ""):
        return 1.0
    likeness = max((_texts(given.text, text) for text in value.names or (value.text,)), default=0.0)
    return 1.0 if likeness > 0.99 else max(-1.0, 4 * likeness - 3)


def _texts(one: str, other: str) -> float:
    """Return how like two texts are, from 0 to 1; words may stand in any order, or some be missing."""
    words, others = set(fold_words(one)), set(fold_words(other))
    if not words or not others:
        return 0.0
    if words == others or fold(one) == fold(other):
        return 1.0
    if words < others or others < words:
        return 0.9
    return Indel.normalized_similarity(" ".join(sorted(words)), " ".join(sorted(others)))


def _period(text: str) -> tuple[str, str] | None:
    """Return the first and last day that a year, month or day has.

    Example:
        >>> _period("1998"), _period("1998-05")
        (('1998-01-01', '1998-12-31'), ('1998-05-01', '1998-05-31'))
    """
    found = _PERIOD.fullmatch(text.strip())
    if not found:
        return None
    year, month, day = found[1], found[2] or "", found[3] or ""
    return f"{year}{month or '-01'}{day or '-01'}", f"{year}{month or '-12'}{day or '-31'}"
