"""What is said of an imported city: names, place, division, and which other city has its name."""

import re
from collections.abc import Iterator

import pyoxigraph as ox

from citydip.curation.importers.countries import Countries
from citydip.curation.importers.curated import Curated
from citydip.curation.importers.gathered import City, Gathered, Homonyms
from citydip.curation.importers.importing import Run
from citydip.model.names import slug
from citydip.model.terms import CD, PREFIXES

__all__ = ["Places"]

_QUALIFIED = re.compile(r"^(?P<name>[^،,(]+?)\s*(?:[،,]|[(]).*$")
"""A name as the title of an encyclopedia page: what follows a comma, or stands in brackets, tells pages apart."""
_MARKS = "\u200b\u200c\u200d\u200e\u200f\ufeff "
_PERSIAN = str.maketrans("يىك٠١٢٣٤٥٦٧٨٩0123456789", "ییک۰۱۲۳۴۵۶۷۸۹۰۱۲۳۴۵۶۷۸۹")
_STAND_IN = re.compile(r"(none|null|nil|unknown|unnamed)", re.IGNORECASE)
"""A name that readers, and the shape of labels, would take for a missing one: None is a town in Piedmont."""
_OTHER_LETTERS = re.compile(r"[0-9A-Za-z]")

_TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")
_LABEL = ox.NamedNode(PREFIXES["rdfs"] + "label")
_HIDDEN = ox.NamedNode(PREFIXES["skos"] + "hiddenLabel")
_POINT = ox.NamedNode(PREFIXES["geo"] + "asWKT")
_WKT = ox.NamedNode(PREFIXES["geo"] + "wktLiteral")
_INTEGER = ox.NamedNode(PREFIXES["xsd"] + "integer")
_CITY, _DIVISION = ox.NamedNode(str(CD.City)), ox.NamedNode(str(CD.AdministrativeDivision))
_GEONAMES = ox.NamedNode(str(CD.geonamesIdentifier))
_LOCATED_IN = ox.NamedNode(str(CD.locatedIn))
_POPULATION = ox.NamedNode(str(CD.population))
_SHARES_NAME, _POSSIBLY_IDENTICAL = ox.NamedNode(str(CD.sharesNameWith)), ox.NamedNode(str(CD.possiblyIdenticalTo))


class Places:
    """Writes cities and their divisions, and counts what it leaves out in the figures of the run.

    Args:
        run: the run.
        curated: what the curated files know.
        countries: IRI of each code.
        gathered: all cities; where the curated ones of a division lie in a curated one, that is the division of all.
    """

    def __init__(self, run: Run, curated: Curated, countries: Countries, gathered: Gathered):
        self._figures = run.figures
        self._curated = curated
        self._countries = countries
        found: dict[tuple[str, str], set[str]] = {}
        for city in gathered.cities():
            division = curated.divisions.get(city.iri)
            if city.known and city.division and division:
                found.setdefault((city.row["country_iso2"], city.division), set()).add(division)
        self._divisions = {key: divisions.pop() for key, divisions in found.items() if len(divisions) == 1}

    def triples(self, city: City) -> Iterator[ox.Triple]:
        """Yield what is said of a city, and of its division."""
        node, row = ox.NamedNode(city.iri), city.row
        yield ox.Triple(node, _GEONAMES, ox.Literal(row["geonames_id"]))
        self._figures["cities of the curated files"] += city.known
        labels = self._curated.labels.get(city.iri, {}) if city.known else {}
        for language in ("ar",) if city.known else ("fa", "ar"):
            if language not in labels:
                yield from self._names(node, row[f"name_{language}"], language)
        if city.known:
            return
        yield ox.Triple(node, _TYPE, _CITY)
        name = row["name_en"]
        if _STAND_IN.fullmatch(name):
            yield ox.Triple(node, _HIDDEN, ox.Literal(name, language="en"))
            name += f", {city.division or row['country_iso2']}"
        yield ox.Triple(node, _LABEL, ox.Literal(name, language="en"))
        if row["name_geonames"] not in ("", row["name_en"]):
            # GeoNames does not say in which language it shows a name.
            yield ox.Triple(node, _HIDDEN, ox.Literal(row["name_geonames"], language="und"))
        if row["population"]:
            yield ox.Triple(node, _POPULATION, ox.Literal(row["population"], datatype=_INTEGER))
        yield ox.Triple(node, _POINT, ox.Literal(f"POINT({row['lon']} {row['lat']})", datatype=_WKT))
        yield from self._location(node, row["country_iso2"], city.division)

    def homonyms(self, pair: Homonyms) -> Iterator[ox.Triple]:
        """Yield what is said of two cities of one name: that they are two, or that they may be one."""
        predicate = _SHARES_NAME if pair.told_apart else _POSSIBLY_IDENTICAL
        one, other = ox.NamedNode(pair.one.iri), ox.NamedNode(pair.other.iri)
        yield ox.Triple(one, predicate, other)
        yield ox.Triple(other, predicate, one)

    def _location(self, node: ox.NamedNode, code: str, name: str) -> Iterator[ox.Triple]:
        country = ox.NamedNode(str(self._countries.iri(code)))
        if not name:
            self._figures["cities without a division"] += 1
            yield ox.Triple(node, _LOCATED_IN, country)
            return
        curated = self._divisions.get((code, name))
        division = ox.NamedNode(curated or f"{PREFIXES['division']}{code.lower()}-{slug(name)}")
        yield ox.Triple(node, _LOCATED_IN, division)
        if not curated:
            yield ox.Triple(division, _TYPE, _DIVISION)
            yield ox.Triple(division, _LABEL, ox.Literal(name, language="en"))
            yield ox.Triple(division, _LOCATED_IN, country)

    def _names(self, node: ox.NamedNode, given: str, language: str) -> Iterator[ox.Triple]:
        """Yield the name of a city, and what the table has where the name is only a part of it.

        «نوکیا، فنلاند» is labelled «نوکیا», and is found by both.
        """
        if not given:
            return
        if _OTHER_LETTERS.search(given):
            self._figures[f"names in other letters left out, {language}"] += 1
            return
        given = given.strip(_MARKS)
        qualified = _QUALIFIED.match(given)
        name = (qualified["name"] if qualified else given).strip(_MARKS)
        if language == "fa":
            name = name.translate(_PERSIAN)
        self._figures[f"names, {language}"] += 1
        yield ox.Triple(node, _LABEL, ox.Literal(name, language=language))
        if name != given:
            yield ox.Triple(node, _HIDDEN, ox.Literal(given, language=language))
