"""Creative cities: the members of the UNESCO Creative Cities Network, each with the title and the field it joined for.

A row is two statements, the title and the membership, which share their evidence. What it rests on is said
apart: the list, which has the city and its field, and the page, or the order of the list, which gives the round.
Titles of Iranian cities that pages of the curated facts report too are statements of their own there, so a reader
sees two witnesses, and neither changes the other.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from citydip.curation.importers.creative_places import PLACES, Place
from citydip.curation.importers.importing import DataSet, Importer, Run
from citydip.curation.importers.known_cities import KnownCities, read_known_cities
from citydip.curation.importers.members import (
    NO_PERSIAN_NAME,
    Membership,
    Named,
    date,
    evidence,
    known_pages,
    membership,
    named_city,
    page,
)
from citydip.curation.importers.nodes import Value, both, describe, persian, text
from citydip.curation.importers.tables import Row, Table
from citydip.model.names import slug

__all__ = ["CREATIVE_CITIES_IMPORTER", "MEMBERS"]

MEMBERS = Table(
    "unesco-creative-cities/members.csv",
    {
        "city": "name on the list of UNESCO",
        "iso2": "code of ISO 3166-1; may be empty",
        "field": "the field of the title, in English",
        "round": "year of the round, or 2004-2014",
        "date_designated": "day of the announcement; empty for 2004-2014",
        "round_basis": "page: a page names the city with its round; block: its place in the order of the list",
        "round_source": "address of that page",
        "unesco_page": "address of the city's page at UNESCO; empty for 2025, which the list does not have yet",
        "geonames": "number of the place in GeoNames; may be empty",
    },
)

_NAME = "creative-cities"
_COMMON = "common"
"""The part with what rows share: dates and pages."""
_SOURCE = "source:unesco-creative-cities"
_NETWORK = Named(
    "organization:unesco-creative-cities-network", "the UNESCO Creative Cities Network", "شبکهٔ شهرهای خلاق یونسکو"
)
_LIST_DATE = "unesco-creative-cities-list"
_ADDRESS = re.compile(r"https?://[^ ]+")
_FIELDS = {
    "Architecture": "معماری",
    "Crafts and Folk Art": "صنایع دستی و هنرهای مردمی",
    "Design": "طراحی",
    "Film": "فیلم",
    "Gastronomy": "خوراک‌شناسی",
    "Literature": "ادبیات",
    "Media Arts": "هنرهای رسانه‌ای",
    "Music": "موسیقی",
}
"""Persian name of each field, as the concepts have it, by its English one."""

_BY_PAGE = both(
    "The page names the city with the round; the row of the table of creative cities says which page.",
    "این صفحه شهر را با دورهٔ آن نام می‌برد؛ سطر جدول شهرهای خلاق می‌گوید کدام صفحه.",
)
_BY_ORDER = both(
    "No page at hand names the city with its round. The round is concluded from the city's place in the order of the "
    "list, in which each round is one block of the announced size.",
    "هیچ صفحه‌ای در دست شهر را با دورهٔ آن نام نمی‌برد. دوره از جای شهر در ترتیب فهرست برمی‌آید که در آن هر دوره یک "
    "دسته به اندازهٔ اعلام‌شده است.",
)
_PLACE = both(
    "The list does not tell which place of the name it is; this page does.",
    "فهرست نمی‌گوید کدام مکان از میان هم‌نام‌ها است؛ این صفحه می‌گوید.",
)
_NO_NUMBER = both(
    "The list names it as a city. The cities of this graph have no such place, so it stands here without number and "
    "coordinates; it may be a municipality or an island. " + NO_PERSIAN_NAME[0].value,  # type: ignore[union-attr]
    "فهرست آن را شهر می‌نامد. در میان شهرهای این گراف چنین مکانی نیست، پس اینجا بی‌شماره و بی‌مختصات آمده است؛ شاید "
    "شهرداری یا جزیره باشد. " + NO_PERSIAN_NAME[1].value,  # type: ignore[union-attr]
)
_INTERVAL = both(
    "The list has these cities in one block, whose rounds are not told apart.",
    "فهرست این شهرها را در یک دسته دارد و دوره‌های آن از هم جدا نیست.",
)
_OF_THE_LIST = both(
    "The day on which the list was read at the site of UNESCO.", "روزی که فهرست در پایگاه یونسکو خوانده شده است."
)


@dataclass(frozen=True, slots=True)
class _City:
    """The city of a row.

    Args:
        city: with its names.
        part: the file that its statements go into.
        key: what its nodes are named after.
        place: what was read by hand, or None.
    """

    city: Named
    part: str
    key: str
    place: Place | None


def _make(run: Run) -> None:
    cities = read_known_cities(run.layout)
    pages = known_pages(run.layout)
    common = run.parts[_NAME]
    common.add(_COMMON, date(_LIST_DATE, "2024-10-01", ground=_OF_THE_LIST))
    for row in run.reading.read(MEMBERS):
        found = _city(cities, row)
        reason = found if isinstance(found, str) else _refused(row)
        if isinstance(found, str) or reason:
            run.reading.leave(row, str(reason), f"{row['city']}, {row['field']}, {row['round']}")
            continue
        run.figures["designations"] += 1
        run.figures[f"round by {row['round_basis']}"] += 1
        run.figures["cities without a GeoNames number in the table"] += found.place is not None
        if found.place and found.place.english:
            run.figures["cities without a GeoNames number in the graph"] += 1
            run.parts[_NAME].add(found.part, _numberless(found.city, cities.countries[found.part]))
        common.add(_COMMON, _round_date(row))
        run.parts[_NAME].add(found.part, _statements(row, found, _evidence(run, row, found, pages)))


def _city(cities: KnownCities, row: Row) -> _City | str:
    """Return the city of a row, or why there is none."""
    place = None if row["geonames"] else PLACES.get((row["city"], row["round"]))
    number = row["geonames"] or (place.number if place else "")
    if number:
        known = cities.by_number.get(number)
        if known is None:
            return "its GeoNames number is not that of a city of the graph"
        return _City(named_city(known), known.country, number, place)
    if place is None:
        return "the table does not tell which place it is"
    if place.country not in cities.countries:
        return "its country is not in the graph"
    key = f"{slug(place.english)}-{place.country}"
    return _City(Named(f"city:{key}", place.english, place.english), place.country, key, place)


def _refused(row: Row) -> str | None:
    """Return why a row is not imported, or None."""
    if row["field"] not in _FIELDS:
        return "its field is none of the eight"
    if row["round_basis"] not in {"page", "block"}:
        return "it does not say what its round rests on"
    if row["round_basis"] == "page" and not _ADDRESS.match(row["round_source"]):
        return "its round has no page"
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", row["date_designated"]) and row["round"] != "2004-2014":
        return "its round has no day"
    return None


def _numberless(city: Named, country: str) -> Iterator[ox.Triple]:
    yield from describe(
        city.node,
        {
            "a": "cd:City",
            "cd:locatedIn": country,
            "rdfs:label": text(city.english, "en"),
            "skos:editorialNote": _NO_NUMBER,
        },
    )


def _round_name(row: Row) -> str:
    return f"unesco-creative-cities-{row['date_designated'] or row['round']}"


def _round_date(row: Row) -> Iterator[ox.Triple]:
    if row["date_designated"]:
        return date(_round_name(row), row["date_designated"])
    return date(_round_name(row), row["round"].replace("-", "/"), written=row["round"], ground=_INTERVAL)


def _evidence(run: Run, row: Row, found: _City, pages: dict[str, str]) -> list[str]:
    """Write the evidence of a row, and return its prefixed names."""
    add, name = run.parts[_NAME].add, f"unesco-creative-city-{found.key}"

    def source(address: str) -> str:
        if address not in pages:
            pages[address], triples = page(address)
            add(_COMMON, triples)
        return pages[address]

    add(found.part, evidence(name, _SOURCE, row, listed_as=row["city"]))
    names = [name, f"{name}-round"]
    if row["round_basis"] == "page":
        match = _ADDRESS.match(row["round_source"])
        by_page = source(match.group() if match else "")
        add(found.part, evidence(names[1], by_page, row, note=_BY_PAGE))
    else:
        add(found.part, evidence(names[1], _SOURCE, row, confidence="confidence:implied", note=_BY_ORDER))
    place = found.place
    if place and place.page:
        names.append(f"{name}-place")
        note: list[Value] = both(*place.disputed) if place.disputed else _PLACE
        confidence = "confidence:disputed" if place.disputed else "confidence:stated"
        add(found.part, evidence(names[2], source(place.page), row, confidence=confidence, note=note))
    return [f"evidence:{name}" for name in names]


def _statements(row: Row, found: _City, proofs: list[str]) -> Iterator[ox.Triple]:
    """Yield the title and the membership of a row."""
    city, field, when = found.city, row["field"], row["round"].replace("-", "–")
    attested = f"date:{_LIST_DATE}" if row["unesco_page"] else None
    name = f"unesco-creative-city-{found.key}"
    yield from describe(
        f"designation:{name}",
        {
            "a": "cd:Designation",
            "cd:attestedOn": attested,
            "cd:awardedBy": "organization:unesco",
            "cd:hasCreativeField": f"creative-field:{slug(field)}",
            "cd:hasDesignee": city.node,
            "cd:hasEvidence": proofs,
            "cd:hasStatus": "status:in-force",
            "cd:startsOn": f"date:{_round_name(row)}",
            "cd:title": both("creative city", "شهر خلاق"),
            "cd:underProgramme": _NETWORK.node,
            "rdfs:label": both(
                f"{city.english}: UNESCO Creative City of {field}, round of {when}",
                f"{city.persian}: شهر خلاق یونسکو در {_FIELDS[field]}، دورهٔ {persian(when)}",
            ),
            "rdfs:seeAlso": ox.NamedNode(row["unesco_page"]) if row["unesco_page"] else None,
        },
    )
    member = Named(city.node, f"{city.english} ({field})", f"{city.persian} ({_FIELDS[field]})")
    yield from membership(
        Membership(
            name,
            member,
            _NETWORK,
            "status:in-force",
            proofs,
            starts=f"date:{_round_name(row)}",
            attested=attested,
        )
    )


CREATIVE_CITIES_IMPORTER = Importer(
    "creative-cities",
    "Members of the UNESCO Creative Cities Network, with field and round.",
    (MEMBERS,),
    (DataSet(_NAME, "Creative cities of UNESCO, made by: citydip import creative-cities"),),
    _make,
)
"""Makes ``data/world/creative-cities``."""
