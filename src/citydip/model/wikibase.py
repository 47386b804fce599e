"""How Wikidata writes what a graph says: its namespaces, and dates with the precision that it knows.

Sources: https://www.mediawiki.org/wiki/Wikibase/Indexing/RDF_Dump_Format, https://www.wikidata.org/wiki/Help:Dates
"""

from calendar import monthrange
from datetime import date

from citydip.model.terms import BASE

__all__ = ["GREGORIAN", "OWN", "SOMEVALUE", "WIKIDATA_PREFIXES", "precise"]

_WIKIDATA = "http://www.wikidata.org/"
WIKIDATA_PREFIXES: dict[str, str] = {
    "bd": "http://www.bigdata.com/rdf#",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "geof": "http://www.opengis.net/def/function/geosparql/",
    "hint": "http://www.bigdata.com/queryHints#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "p": f"{_WIKIDATA}prop/",
    "pq": f"{_WIKIDATA}prop/qualifier/",
    "pqv": f"{_WIKIDATA}prop/qualifier/value/",
    "pr": f"{_WIKIDATA}prop/reference/",
    "prov": "http://www.w3.org/ns/prov#",
    "prv": f"{_WIKIDATA}prop/reference/value/",
    "ps": f"{_WIKIDATA}prop/statement/",
    "psv": f"{_WIKIDATA}prop/statement/value/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "http://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "wd": f"{_WIKIDATA}entity/",
    "wdref": f"{_WIKIDATA}reference/",
    "wds": f"{_WIKIDATA}entity/statement/",
    "wdt": f"{_WIKIDATA}prop/direct/",
    "wdv": f"{_WIKIDATA}value/",
    "wikibase": "http://wikiba.se/ontology#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
"""The prefixes that Wikidata's query service knows without being told, as far as there is anything behind them here."""

OWN = BASE + "wikidata/"
"""What the names of statements, values and references of this graph begin with: they are not Wikidata's."""
SOMEVALUE = BASE + ".well-known/genid/"
"""What the names of values begin with of which no more is known than that they are."""
GREGORIAN = WIKIDATA_PREFIXES["wd"] + "Q1985727"
"""The proleptic Gregorian calendar, in which all days are told; the other calendars of this graph Wikidata lacks."""

_MONTH, _DAY = 10, 11
_OF_YEARS = {1: 9, 10: 8, 100: 7}
"""The precision of so many years. Wikidata counts decades from the year 0 and centuries from the year 1."""


def precise(earliest: str | None, latest: str | None, expression: str = "") -> tuple[str, int] | None:
    """Return the first day of a date and its precision at Wikidata; None where no precision says what is meant.

    A year of another calendar is no year of the Gregorian one, and what is about or uncertain is not exact.

    Args:
        earliest: the first Gregorian day that it can be.
        latest: the last one.
        expression: the date in Extended Date/Time Format.

    Example:
        >>> precise("2016-09-23", "2016-09-23"), precise("2016-01-01", "2016-12-31")
        (('2016-09-23', 11), ('2016-01-01', 9))
        >>> precise("2013-03-21", "2014-03-20", "1392") is None
        True
    """
    if not earliest or not latest or any(sign in expression for sign in "?~%"):
        return None
    if earliest == latest:
        return earliest, _DAY
    first, last = date.fromisoformat(earliest), date.fromisoformat(latest)
    whole = first.day == 1 and last.day == monthrange(last.year, last.month)[1]
    years = last.year - first.year + 1
    precision = None
    if whole and (first.year, first.month) == (last.year, last.month):
        precision = _MONTH
    elif whole and (first.month, last.month) == (1, 12):
        begins = {1: True, 10: first.year % 10 == 0, 100: first.year % 100 == 1}
        precision = _OF_YEARS[years] if begins.get(years) else None
    return (earliest, precision) if precision else None
