"""The spine: every city that a list of ties, members or designations names, or an article, with its place and names.

Other importers find a city by the GeoNames number that this one writes for each of them, curated or not. Of a city
that the curated files know, little else is said: its Arabic name, its item of Wikidata where they have none, and which
other city has its name.
"""

import re
from collections import Counter

from citydip.curation.importers.countries import Countries
from citydip.curation.importers.curated import Curated, read_curated
from citydip.curation.importers.gathered import Gathered
from citydip.curation.importers.identity import LOCODE, MAPPINGS, NATURAL_EARTH, write_mappings
from citydip.curation.importers.importing import DataSet, Importer, Run
from citydip.curation.importers.places import Places
from citydip.curation.importers.spine import CITIES, city_iri
from citydip.curation.importers.tables import Row, Table

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


def _make(run: Run) -> None:
    curated = read_curated(run.layout)
    countries = Countries(curated)
    with Gathered() as gathered:
        for row in run.reading.read(SPINE):
            reason = _refused(row, countries) or _gather(gathered, curated, row)
            if reason:
                run.reading.leave(row, reason, f"{row['geonames_id']} {row['name_en']}")
        run.say("writing cities and countries")
        codes = _write_cities(run, Places(run, curated, countries, gathered), gathered)
        codes |= set(curated.countries)
        run.figures["countries"] = len(codes)
        run.parts[COUNTRIES].add(COUNTRIES, countries.triples(codes))
        run.say("comparing items of Wikidata with other tables")
        write_mappings(run, curated, gathered)


def _refused(row: Row, countries: Countries) -> str | None:
    """Return why a row is not imported, or None."""
    faults = (
        (re.fullmatch(r"[1-9][0-9]*", row["geonames_id"]) is None, "it has no GeoNames number"),
        (not row["name_en"], "it has no name"),
        (countries.iri(row["country_iso2"]) is None, "its country is no code of ISO 3166-1"),
        (not (_is_degrees(row["lat"], 90) and _is_degrees(row["lon"], 180)), "its coordinates are no degrees"),
        (not re.fullmatch("[0-9]*", row["population"]), "its population is no whole number"),
        (not re.fullmatch("(Q[1-9][0-9]*)?", row["wikidata_qid"]), "its item of Wikidata is no Q and a number"),
    )
    return next((reason for wrong, reason in faults if wrong), None)


def _is_degrees(text: str, most: int) -> bool:
    return re.fullmatch(r"-?[0-9]+([.][0-9]+)?", text) is not None and abs(float(text)) <= most


def _gather(gathered: Gathered, curated: Curated, row: Row) -> str | None:
    """Add the city of a row, or return why it is not added."""
    known = curated.cities.get(row["geonames_id"])
    iri = known or city_iri(row["name_en"], row["geonames_id"])
    added = gathered.add(iri, known=known is not None, row=row)
    return None if added else "its GeoNames number has had a row already"


def _write_cities(run: Run, places: Places, gathered: Gathered) -> set[str]:
    """Write the cities and which of them share a name; return the codes of their countries."""
    rates: dict[str, Counter[str]] = {}
    for city in gathered.cities():
        code = city.row["country_iso2"]
        run.parts[CITIES].add(code.lower(), places.triples(city))
        rate = rates.setdefault(code, Counter())
        rate["cities"] += 1
        for name, column in (("wikidata", "wikidata_qid"), ("fa", "name_fa"), ("ar", "name_ar")):
            rate[name] += bool(city.row[column])
    run.figures["cities"] = sum(rate["cities"] for rate in rates.values())
    run.tables["rows with an item and names, by country"] = [
        {"country": code, **{name: rate[name] for name in ("cities", "wikidata", "fa", "ar")}}
        for code, rate in sorted(rates.items())
    ]
    for pair in gathered.homonyms():
        part = pair.one.row["country_iso2"].lower()
        run.parts[CITIES].add(part, places.homonyms(pair))
        title = "cities of one name told apart" if pair.told_apart else "cities of one name that may be one city"
        run.tables.setdefault(title, []).append(
            {
                "name": pair.one.row["name_en"],
                "country": pair.one.row["country_iso2"],
                "division": pair.one.row["admin1"],
                "geonames": pair.one.row["geonames_id"],
                "other": pair.other.row["geonames_id"],
                "kilometres": round(pair.apart),
            }
        )
    return set(rates)


CITIES_IMPORTER = Importer(
    "cities",
    "Import the cities that the lists name, with their places, countries, names and items of Wikidata.",
    (SPINE, NATURAL_EARTH, LOCODE),
    (
        DataSet(CITIES, "Cities by way of GeoNames (geonames.org, CC BY 4.0), made by: citydip import cities"),
        DataSet(
            COUNTRIES,
            "Names and languages of countries from Unicode CLDR (Unicode License v3), made by: citydip import cities",
        ),
        DataSet(MAPPINGS, "Cities and items of Wikidata (CC0), made by: citydip import cities"),
    ),
    _make,
)
"""Cities, countries and mappings; first of all importers, because the others look cities up."""
