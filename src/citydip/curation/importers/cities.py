"""The spine: every city that a list of ties, members or designations names, or an article, with its place and names.

Other importers find a city by the GeoNames number that this one writes for each of them, curated or not. Of a city
that the curated files know, nothing else is said but its Arabic name.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pyoxigraph as ox

from citydip.curation.importers.countries import Countries
from citydip.curation.importers.curated import Curated, read_curated
from citydip.curation.importers.importing import DataSet, Importer, Run
from citydip.curation.importers.spine import CITIES, city_iri
from citydip.curation.importers.tables import Row, Table
from citydip.model.names import slug
from citydip.model.terms import CD, PREFIXES

__all__ = ["CITIES_IMPORTER", "COUNTRIES", "SPINE"]

COUNTRIES = "countries"
"""The data set of the countries, below ``data/world``; it is one file."""

SPINE = Table(
    "cities-spine/cities.csv",
    {
        "geonames_id": "number of the place in GeoNames; one row each",
        "wikidata_qid": "item of the same place in Wikidata; may be empty",
        "name_en": "name in English, or in Latin letters",
        "name_geonames": "the name that GeoNames shows",
        "name_fa": "name in Persian; may be empty",
        "name_ar": "name in Arabic; may be empty",
        "country_iso2": "code of ISO 3166-1, or XK",
        "admin1": "name of the first-level division; a code where GeoNames has no name",
        "lat": "degrees north",
        "lon": "degrees east",
        "population": "inhabitants; may be empty",
        "alt_qids": "another item of the same place, mostly the municipality; may be empty",
        "sources": "who says so: qid:, fa: and ar: with names of sources joined by +, in: with lists",
    },
)

_CODE = re.compile(r"[0-9A-Z]{1,3}|.*[?].*")
"""A division that is only a number of GeoNames, or whose name has lost letters."""
_QUALIFIED = re.compile(r"^(?P<name>[^،,(]+?)\s*(?:[،,]|[(]).*$")
"""A name as the title of an encyclopedia page: what follows a comma, or stands in brackets, tells pages apart."""
_MARKS = "\u200b\u200c\u200d\u200e\u200f\ufeff "
_PERSIAN = str.maketrans("يىك٠١٢٣٤٥٦٧٨٩0123456789", "ییک۰۱۲۳۴۵۶۷۸۹۰۱۲۳۴۵۶۷۸۹")
_LATIN_OR_DIGIT = re.compile(r"[0-9A-Za-z]")

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


@dataclass(slots=True)
class _Making:
    """What one run knows while it reads.

    Args:
        run: the run.
        curated: what the curated files know.
        countries: IRI of each code.
        divisions: curated division by code of the country and name in the table.
        codes: the codes that rows use.
        seen: the GeoNames numbers that rows have had.
    """

    run: Run
    curated: Curated
    countries: Countries
    divisions: dict[tuple[str, str], str]
    codes: set[str] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)


def _make(run: Run) -> None:
    curated = read_curated(run.layout)
    making = _Making(run, curated, Countries(curated), _curated_divisions(run, curated))
    for row in run.reading.read(SPINE):
        reason = _refused(making, row)
        if reason:
            run.reading.leave(row, reason, f"{row['geonames_id']} {row['name_en']}")
            continue
        making.seen.add(row["geonames_id"])
        making.codes.add(row["country_iso2"])
        run.figures["cities"] += 1
        run.parts[CITIES].add(row["country_iso2"].lower(), _city(making, row))
    codes = making.codes | set(curated.countries)
    run.figures["countries"] = len(codes)
    run.parts[COUNTRIES].add(COUNTRIES, making.countries.triples(codes))


def _curated_divisions(run: Run, curated: Curated) -> dict[tuple[str, str], str]:
    """Return the curated division for each that the table names, where the curated cities agree on it."""
    found: dict[tuple[str, str], set[str]] = {}
    for row in run.reading.read(SPINE):
        division = curated.divisions.get(curated.cities.get(row["geonames_id"], ""))
        if division:
            found.setdefault((row["country_iso2"], row["admin1"]), set()).add(division)
    run.reading.rows.clear()
    run.reading.left_out.clear()
    return {key: divisions.pop() for key, divisions in found.items() if len(divisions) == 1}


def _refused(making: _Making, row: Row) -> str | None:
    """Return why a row is not imported, or None."""
    faults = (
        (re.fullmatch(r"[1-9][0-9]*", row["geonames_id"]) is None, "it has no GeoNames number"),
        (row["geonames_id"] in making.seen, "its GeoNames number has had a row already"),
        (not row["name_en"], "it has no name"),
        (making.countries.iri(row["country_iso2"]) is None, "its country is no code of ISO 3166-1"),
        (not (_is_degrees(row["lat"], 90) and _is_degrees(row["lon"], 180)), "its coordinates are no degrees"),
        (not re.fullmatch("[0-9]*", row["population"]), "its population is no whole number"),
    )
    return next((reason for wrong, reason in faults if wrong), None)


def _is_degrees(text: str, most: int) -> bool:
    return re.fullmatch(r"-?[0-9]+([.][0-9]+)?", text) is not None and abs(float(text)) <= most


def _city(making: _Making, row: Row) -> Iterator[ox.Triple]:
    """Yield what is said of the city of a row, and of its division."""
    number = row["geonames_id"]
    known = making.curated.cities.get(number)
    node = ox.NamedNode(known or city_iri(row["name_en"], number))
    yield ox.Triple(node, _GEONAMES, ox.Literal(number))
    labels = making.curated.labels.get(known, {}) if known else {}
    making.run.figures["cities of the curated files"] += bool(known)
    for language in ("fa", "ar"):
        if language not in labels and not (known and language == "fa"):
            yield from _names(making, node, row, language)
    if known:
        return
    yield ox.Triple(node, _TYPE, _CITY)
    yield ox.Triple(node, _LABEL, ox.Literal(row["name_en"], language="en"))
    if row["name_geonames"] not in ("", row["name_en"]):
        # GeoNames does not say in which language it shows a name.
        yield ox.Triple(node, _HIDDEN, ox.Literal(row["name_geonames"], language="und"))
    if row["population"]:
        yield ox.Triple(node, _POPULATION, ox.Literal(row["population"], datatype=_INTEGER))
    yield ox.Triple(node, _POINT, ox.Literal(f"POINT({row['lon']} {row['lat']})", datatype=_WKT))
    country = ox.NamedNode(str(making.countries.iri(row["country_iso2"])))
    if not row["admin1"] or _CODE.fullmatch(row["admin1"]) or not slug(row["admin1"]):
        making.run.figures["cities without a division"] += 1
        yield ox.Triple(node, _LOCATED_IN, country)
        return
    curated = making.divisions.get((row["country_iso2"], row["admin1"]))
    division = ox.NamedNode(curated or f"{PREFIXES['division']}{row['country_iso2'].lower()}-{slug(row['admin1'])}")
    yield ox.Triple(node, _LOCATED_IN, division)
    if not curated:
        yield ox.Triple(division, _TYPE, _DIVISION)
        yield ox.Triple(division, _LABEL, ox.Literal(row["admin1"], language="en"))
        yield ox.Triple(division, _LOCATED_IN, country)


def _names(making: _Making, node: ox.NamedNode, row: Row, language: str) -> Iterator[ox.Triple]:
    """Yield the name of a city in a language, and what the table has where the name is a part of it.

    Example of a row: «نوکیا، فنلاند» is labelled «نوکیا», and is found by both.
    """
    given = row[f"name_{language}"]
    if not given:
        return
    if _LATIN_OR_DIGIT.search(given):
        making.run.figures[f"names in other letters left out, {language}"] += 1
        return
    qualified = _QUALIFIED.match(given)
    name = (qualified["name"] if qualified else given).strip(_MARKS)
    if language == "fa":
        name = name.translate(_PERSIAN)
    making.run.figures[f"names, {language}"] += 1
    yield ox.Triple(node, _LABEL, ox.Literal(name, language=language))
    if name != given.strip(_MARKS):
        yield ox.Triple(node, _HIDDEN, ox.Literal(given.strip(_MARKS), language=language))


CITIES_IMPORTER = Importer(
    "cities",
    "Import the cities that the lists name, with their places, countries and names.",
    (SPINE,),
    (
        DataSet(CITIES, "Cities by way of GeoNames (geonames.org, CC BY 4.0), made by: citydip import cities"),
        DataSet(COUNTRIES, "Names of countries from Unicode CLDR (Unicode License v3), made by: citydip import cities"),
    ),
    _make,
)
"""Cities and countries; first of all importers, because the others look cities up."""
