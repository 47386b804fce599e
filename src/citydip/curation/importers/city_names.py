"""What cities are called in more languages, and their UN/LOCODE codes, from tables that know their items of Wikidata.

A row counts where it has the item that the spine has for the city, so that no name is joined by name. Names that the
city has already, however they are written, are left out.

A code of UN/LOCODE counts where all of this holds; the others may be guesses of the table:

- its item is a city's, and no other item has a better witness,
- it begins with the code of the city's country,
- the table places it within 25 km of the city; or joins it to the item by Wikidata, or by name and place; or two of its
  parts have the pair, the name has the letters of the code in their order, and no other city of the country has it.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import pyoxigraph as ox

from citydip.curation.importers.curated import read_curated
from citydip.curation.importers.importing import DataSet, Importer, Run
from citydip.curation.importers.spine import read_spine
from citydip.curation.importers.tables import Row, Table
from citydip.model.geography import NEAR, distance
from citydip.model.names import fold
from citydip.model.terms import CD, PREFIXES

__all__ = ["CITY_NAMES_IMPORTER"]

_NAMES, _CODES = "city-names", "locodes"
_JOIN = {"geonames_id": "number of the place in GeoNames", "wikidata_qid": "item of Wikidata; may be empty"}
_LANGUAGES = ("en", "de", "es", "fr", "pt", "ru", "zh")
SPINE = Table(
    "cities-spine/cities.csv",
    _JOIN
    | {
        "name_en": "name in English, or in Latin letters",
        "name_geonames": "the name that GeoNames shows",
        "name_fa": "name in Persian; may be empty",
        "name_ar": "name in Arabic; may be empty",
        "country_iso2": "code of ISO 3166-1, or XK",
        "lat": "degrees north",
        "lon": "degrees east",
    },
    aside=True,
)
NATURAL_EARTH = Table(
    "natural-earth-places/places.csv",
    _JOIN | {f"name_{language}": f"name in the language {language}; may be empty" for language in _LANGUAGES},
    aside=True,
)
WHOS_ON_FIRST = Table(
    "whosonfirst-concordances/places.csv",
    _JOIN
    | {
        "name": "the name that is shown, mostly that of the place itself",
        "name_eng": "name in English; may be empty",
        "name_tur": "name in Turkish; may be empty",
    },
    aside=True,
)
LOCODE = Table(
    "locode-wikidata/map.csv",
    {
        "locode": "code of the country, and of the place",
        "wikidata_qid": "item of Wikidata",
        "lat": "degrees north; may be empty",
        "lon": "degrees east; may be empty",
        "found_in": "the tables that have the pair, joined by +",
    },
    aside=True,
)
_WITNESSES = {"P1937-2022", "match1"}
"""Tables whose pairs are no guesses: the property of Wikidata, and the join by name and place."""
_WOF_NAMES = (("name", "und"), ("name_eng", "en"), ("name_tur", "tr"))

_OTHER, _HIDDEN = (ox.NamedNode(PREFIXES["skos"] + name) for name in ("altLabel", "hiddenLabel"))
_LOCODE = ox.NamedNode(str(CD.unLocode))


@dataclass(slots=True)
class _City:
    """A city of the spine.

    Args:
        iri: its IRI.
        part: the file that it lies in: ISO 3166-1 code in small letters.
        number: in GeoNames.
        place: longitude and latitude.
        name: in English or Latin letters, folded.
        known: all its names, folded.
    """

    iri: str
    part: str
    number: str
    place: tuple[float, float]
    name: str
    known: set[str] = field(default_factory=set)


def _make(run: Run) -> None:
    cities = _read_cities(run)
    run.say("reading names")
    large = set()
    for row in run.reading.read(NATURAL_EARTH):
        if row["wikidata_qid"] in cities:
            large.add(cities[row["wikidata_qid"]].iri)
        names = ((row[f"name_{language}"], language) for language in _LANGUAGES)
        _add_names(run, cities, row, names)
    for row in run.reading.read(WHOS_ON_FIRST):
        city = cities.get(row["wikidata_qid"])
        # Names of small places in other languages are often those of something else.
        columns = _WOF_NAMES if city and city.iri in large else _WOF_NAMES[:1]
        _add_names(run, cities, row, ((row[column], language) for column, language in columns))
    run.say("reading codes")
    _add_codes(run, cities)


def _read_cities(run: Run) -> dict[str, _City]:
    """Return the cities that have an item, by item."""
    spine, labels = read_spine(run.layout), read_curated(run.layout).labels
    cities = {}
    for row in run.reading.read(SPINE):
        found = spine.get(row["geonames_id"])
        if not found or not row["wikidata_qid"]:
            continue
        names = [row[name] for name in ("name_en", "name_geonames", "name_fa", "name_ar")]
        names += labels.get(found.iri, {}).values()
        place = float(row["lon"]), float(row["lat"])
        part = row["country_iso2"].lower()
        known = {fold(name) for name in names}
        cities[row["wikidata_qid"]] = _City(found.iri, part, row["geonames_id"], place, fold(row["name_en"]), known)
    return cities


def _add_names(run: Run, cities: dict[str, _City], row: Row, names: Iterator[tuple[str, str]]) -> None:
    city = cities.get(row["wikidata_qid"])
    if city is None or city.number != row["geonames_id"]:
        return
    for text, language in names:
        key = fold(text)
        if not key or key in city.known or re.search(r"[0-9?]", text):
            continue
        if language != "zh":
            # Chinese is written in two scripts that do not differ in every name; both may be looked for.
            city.known.add(key)
        run.figures[f"names, {language}"] += 1
        # Nobody says in which language a name of the place itself is.
        predicate = _HIDDEN if language == "und" else _OTHER
        name = ox.Literal(text, language=language)
        run.parts[_NAMES].add(city.part, [ox.Triple(ox.NamedNode(city.iri), predicate, name)])


def _add_codes(run: Run, cities: dict[str, _City]) -> None:
    rows = [row for row in run.reading.read(LOCODE) if re.fullmatch("[A-Z]{2}[A-Z2-9]{3}", row["locode"])]
    items = Counter(row["locode"] for row in rows)
    sure = Counter(row["locode"] for row in rows if _is_sure(row) and row["wikidata_qid"] in cities)
    namesakes = Counter((city.part, city.name) for city in cities.values())
    for row in rows:
        city = cities.get(row["wikidata_qid"])
        if city is None:
            continue
        alone = items[row["locode"]] == 1 or (sure[row["locode"]] == 1 and _is_sure(row))
        reason = _refused(row, city, alone=alone, namesakes=namesakes[city.part, city.name])
        run.figures[f"codes left out: {reason}" if reason else "codes"] += 1
        if not reason:
            code = ox.Literal(row["locode"])
            run.parts[_CODES].add(city.part, [ox.Triple(ox.NamedNode(city.iri), _LOCODE, code)])


def _is_sure(row: Row) -> bool:
    return bool(_WITNESSES & set(row["found_in"].split("+")))


def _refused(row: Row, city: _City, *, alone: bool, namesakes: int) -> str | None:
    """Return why a code is not taken for a city's, or None."""
    if not alone:
        return "it has several items"
    if row["locode"][:2].lower() != city.part:
        return "it is of another country"
    if row["lat"] and row["lon"]:
        apart = distance(*city.place, float(row["lon"]), float(row["lat"]))
        return "it lies elsewhere" if apart > NEAR else None
    told = "+" in row["found_in"] and namesakes == 1 and _abbreviates(row["locode"][2:], city.name)
    return None if _is_sure(row) or told else "it is joined by a guess"


def _abbreviates(letters: str, name: str) -> bool:
    """Return whether a name has these letters in this order.

    Example:
        >>> _abbreviates("THR", "tehran"), _abbreviates("SYZ", "shiraz")
        (True, False)
    """
    rest = iter(name)
    return all(letter in rest for letter in letters.lower())


CITY_NAMES_IMPORTER = Importer(
    "names",
    "Import further names of cities, and their UN/LOCODE codes, after the cities themselves.",
    (SPINE, NATURAL_EARTH, WHOS_ON_FIRST, LOCODE),
    (
        DataSet(_NAMES, "Further names of cities (Natural Earth; Who's On First), made by: citydip import names"),
        DataSet(_CODES, "UN/LOCODE codes of cities (OpenClimate, Apache-2.0), made by: citydip import names"),
    ),
    _make,
)
"""Makes ``data/world/city-names`` and ``data/world/locodes``."""
