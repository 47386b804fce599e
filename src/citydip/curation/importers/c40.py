"""C40: the member cities of the list on its site, which gives names and nothing else.

The table joins each name to a place, mostly by way of another table, which states no licence. Those joins are
not used: a name is the largest city of that name, and the report says where the table has another place.
"""

import pyoxigraph as ox

from citydip.curation.importers.importing import DataSet, Importer, Run
from citydip.curation.importers.known_cities import KnownCities, KnownCity, read_known_cities
from citydip.curation.importers.members import (
    NO_PERSIAN_NAME,
    Membership,
    Named,
    date,
    evidence,
    membership,
    named_city,
)
from citydip.curation.importers.nodes import Value, both, describe, text
from citydip.curation.importers.tables import Row, Table

__all__ = ["C40_IMPORTER", "MEMBERS"]

MEMBERS = Table(
    "c40-members/members.csv",
    {
        "city_as_listed": "name on the page",
        "geonames": "number of the place that the table takes it for; only compared with",
    },
)

_NAME = "c40"
_COMMON = "common"
_SOURCE = "source:c40-member-cities"
_NETWORK = Named("organization:c40", "C40", "C۴۰")
_DATE = "c40-member-cities"
_SPELLED = {
    "Delhi NCT": "Delhi",
    "Dhaka (North & South)": "Dhaka",
    "Durban (eThekwini)": "Durban",
    "Tel Aviv – Yafo": "Tel Aviv",
    "Tshwane": "Pretoria",
    "Washington, DC": "Washington",
}
"""The name in the graph, by that of the page, where no spelling of it leads there."""
_NUMBERLESS = {"Ekurhuleni": ("ekurhuleni-za", "za")}
"""What no city of the graph is: the last part of its IRI, and its country."""

_HOW = both(
    "The page gives no country; the name is taken for the largest city of that name.",
    "صفحه کشوری نمی‌آورد؛ نام از آنِ بزرگ‌ترین شهر با این نام دانسته شده است.",
)
_NO_CITY = both(
    "The page gives no country, and no city of the graph has the name.",
    "صفحه کشوری نمی‌آورد و هیچ شهری در این گراف این نام را ندارد.",
)
_EKURHULENI = both(
    "A metropolitan municipality of South Africa, formed of several towns; no city of this graph is that place. "
    + NO_PERSIAN_NAME[0].value,  # type: ignore[union-attr]
    "شهرداری کلان‌شهری در آفریقای جنوبی که از چند شهر پدید آمده است؛ در میان شهرهای این گراف چنین مکانی نیست. "
    + NO_PERSIAN_NAME[1].value,  # type: ignore[union-attr]
)
_GROUND = both(
    "The page bears no date. It has members of 2023 or later, and was read by 22 November 2026.",
    "صفحه تاریخ ندارد. اعضای سال ۲۰۲۳ یا پس از آن را دارد و تا ۲۲ نوامبر ۲۰۲۶ خوانده شده است.",
)


def _make(run: Run) -> None:
    cities = read_known_cities(run.layout)
    run.parts[_NAME].add(_COMMON, date(_DATE, "2023/2026-11-22", ground=_GROUND))
    for row in run.reading.read(MEMBERS):
        name = row["city_as_listed"]
        known = cities.largest(_SPELLED.get(name, name))
        if known is not None:
            _compare(run, row, known)
            run.parts[_NAME].add(known.country, _triples(row, named_city(known), known.number, _HOW))
        elif name in _NUMBERLESS:
            key, country = _NUMBERLESS[name]
            run.parts[_NAME].add(country, _triples(row, Named(f"city:{key}", name, name), key, _NO_CITY))
            run.parts[_NAME].add(country, _numberless(cities, name))
        else:
            run.reading.leave(row, "no city of the graph has its name", name)
            continue
        run.figures["members"] += 1


def _compare(run: Run, row: Row, known: KnownCity) -> None:
    """Count whether the table takes a name for the same place."""
    if row["geonames"] == known.number:
        run.figures["the same place as in the table"] += 1
    else:
        name, other = row["city_as_listed"], row["geonames"] or "none"
        run.figures[f"another place than in the table: {name} is {known.number}, not {other}"] += 1


def _numberless(cities: KnownCities, name: str) -> list[ox.Triple]:
    key, country = _NUMBERLESS[name]
    return list(
        describe(
            f"city:{key}",
            {
                "a": "cd:City",
                "cd:locatedIn": cities.countries[country],
                "rdfs:label": text(name, "en"),
                "skos:editorialNote": _EKURHULENI,
            },
        )
    )


def _triples(row: Row, city: Named, key: str, note: list[Value]) -> list[ox.Triple]:
    """Return the membership of a row and its evidence."""
    name = f"c40-{key}"
    proof = evidence(name, _SOURCE, row, listed_as=row["city_as_listed"], note=note)
    says = Membership(name, city, _NETWORK, "status:in-force", [f"evidence:{name}"], attested=f"date:{_DATE}")
    return [*proof, *membership(says)]


C40_IMPORTER = Importer(
    "c40",
    "Member cities of C40, from the list on its site.",
    (MEMBERS,),
    (DataSet(_NAME, "Member cities of C40, made by: citydip import c40"),),
    _make,
)
"""Makes ``data/world/c40``."""
