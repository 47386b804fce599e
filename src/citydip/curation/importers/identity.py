"""Which item of Wikidata is which city: SSSOM mappings with their evidence, compared with what other tables record.

=================================================================  =================================================
another table places the item                                      the mapping is
=================================================================  =================================================
within 25 km of the city, or nowhere, and in its country           exact
within 25 km, but in another country (a border, a disputed city)   exact, with a note
farther off in the same country, or in another without a place     close, with a note
farther off in another country                                     left out, and listed in the report
=================================================================  =================================================

Where several records place the item, the nearest counts: each of the tables has faults of its own. Who's On First says
only under which country it files a place, which is wrong too often along borders, so it is not compared with.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from citydip.curation.importers.curated import Curated
from citydip.curation.importers.gathered import City, Gathered, Outside
from citydip.curation.importers.importing import Run
from citydip.curation.importers.tables import Row, Table
from citydip.model.geography import NEAR, distance
from citydip.model.names import persian_digits
from citydip.model.terms import CD, PREFIXES, SSSOM

__all__ = ["LOCODE", "MAPPINGS", "NATURAL_EARTH", "write_mappings"]

MAPPINGS = "wikidata-mappings"
"""The data set of the mappings, below ``data/world``."""

_PLACE = {"lat": "degrees north; may be empty", "lon": "degrees east; may be empty"}
_ITEM = {"wikidata_qid": "item of Wikidata; may be empty"}
NATURAL_EARTH = Table(
    "natural-earth-places/places.csv",
    _ITEM | _PLACE | {"country_iso2": "code of the country, or -99"},
    aside=True,
)
LOCODE = Table(
    "locode-wikidata/map.csv", _ITEM | _PLACE | {"locode": "code of the country, and of the place"}, aside=True
)

_MADE = "2026-11-22"
"""The day on which the spine's items were gathered."""
_SOURCES = {
    "loc": ("un-locode-wikidata", "CompositeMatching"),
    "ne": ("natural-earth", "MappingChaining"),
    "wof": ("whos-on-first", "MappingChaining"),
    "wof_la": ("whos-on-first", "MappingChaining"),
    "l3v-graph": ("sister-city-graph-2016", "StructuralMatching"),
    "bothness": ("bothness-twin-cities", "MappingChaining"),
}
"""The source of each mark of the column ``sources``, and how it joins a GeoNames number to an item."""
_TITLES = {
    "natural-earth": "Natural Earth",
    "un-locode-wikidata": "UN/LOCODE",
}

_TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")
_NOTE = ox.NamedNode(PREFIXES["skos"] + "editorialNote")
_DERIVED_FROM = ox.NamedNode(PREFIXES["prov"] + "wasDerivedFrom")
_EXACT, _CLOSE = ox.NamedNode(PREFIXES["skos"] + "exactMatch"), ox.NamedNode(PREFIXES["skos"] + "closeMatch")
_MAPPING = ox.NamedNode(str(SSSOM.Mapping))
_WKT = ox.NamedNode(PREFIXES["geo"] + "wktLiteral")
_DATE = ox.Literal(_MADE, datatype=ox.NamedNode(PREFIXES["xsd"] + "date"))
_AUTHOR = ox.Literal("citydip founders")


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What other tables say of an item.

    Args:
        record: the record that counts; None where no table has one.
        apart: how far from the city it is, in kilometres; None where the record has no place.
        abroad: whether it is in another country.
    """

    record: Outside | None = None
    apart: float | None = None
    abroad: bool = False

    @property
    def far(self) -> bool:
        """Return whether the item lies elsewhere."""
        return self.apart is not None and self.apart > NEAR

    @property
    def exact(self) -> bool:
        """Return whether the item can be taken for the city."""
        return not self.far and not (self.abroad and self.apart is None)


def write_mappings(run: Run, curated: Curated, gathered: Gathered) -> None:
    """Read the tables to compare with, and write a mapping for each item of a city.

    Args:
        run: the run.
        curated: what the curated files know; an item that they give a city is not written again.
        gathered: the cities.

    Raises:
        NotFoundError: a table is not there.
        ParameterError: a table is not what is known.
    """
    _read_outside(run, gathered)
    for city in gathered.cities():
        part = city.row["country_iso2"].lower()
        run.parts[MAPPINGS].add(part, _mappings(run, curated, gathered, city))


def _read_outside(run: Run, gathered: Gathered) -> None:
    for row in run.reading.read(NATURAL_EARTH):
        country = row["country_iso2"].removeprefix("-99")
        gathered.add_outside(row["wikidata_qid"], Outside("natural-earth", country, _place(row)))
    for row in run.reading.read(LOCODE):
        record = Outside("un-locode-wikidata", row["locode"][:2], _place(row))
        gathered.add_outside(row["wikidata_qid"], record)


def _place(row: Row) -> tuple[float, float] | None:
    try:
        return float(row["lon"]), float(row["lat"])
    except ValueError:
        return None


def _mappings(run: Run, curated: Curated, gathered: Gathered, city: City) -> Iterator[ox.Triple]:
    """Yield the mappings of a city, and count them."""
    item = city.row["wikidata_qid"]
    number = city.row["geonames_id"]
    for other in re.findall(r"Q[1-9][0-9]*", city.row["alt_qids"]):
        run.figures["mappings to a further item"] += 1
        mapping = _Writer(f"{number}-wikidata-{other.lower()}", city.iri, other)
        yield from mapping.triples(_CLOSE, "UnspecifiedMatching")
        yield from mapping.note(
            "Another item of the same place, mostly that of the municipality.",
            "شناسهٔ دیگری از همین جا، بیشتر از آن شهرداری یا بخش.",
        )
    if not item:
        return
    if city.iri in curated.wikidata:
        run.figures["items that a curated file gives"] += 1
        if curated.wikidata[city.iri] != item:
            _list(run, "items other than those of the curated files", city, item)
        return
    verdict = _judge(city, gathered.outside(item))
    if verdict.abroad or not verdict.exact:
        title = "items left out" if verdict.far and verdict.abroad else "items that another table places elsewhere"
        _list(run, title, city, item, verdict)
    if verdict.far and verdict.abroad:
        return
    marks = _marks(city.row)
    mapping = _Writer(f"{number}-wikidata", city.iri, item)
    run.figures["mappings, exact" if verdict.exact else "mappings, close"] += 1
    yield from mapping.triples(_EXACT if verdict.exact else _CLOSE, _justification(marks))
    yield from mapping.evidence(sorted({_SOURCES[mark][0] for mark in marks}))
    if verdict.record:
        # A near record of the right country goes before a nearer one of another.
        country = verdict.record.country if verdict.far or verdict.abroad else city.row["country_iso2"]
        yield from mapping.comparison(verdict.record, country)
        if verdict.far or verdict.abroad:
            yield from mapping.note(*_words(verdict))


def _judge(city: City, records: list[Outside]) -> _Verdict:
    """Return what the records of other tables say of a city's item."""
    country = city.row["country_iso2"]
    if not records:
        return _Verdict()
    placed = [(distance(*city.place, *record.place), record) for record in records if record.place]
    if not placed:
        record = min(records, key=lambda record: record.country != country)
        return _Verdict(record, None, record.country not in ("", country))
    apart, nearest = min(placed, key=lambda pair: pair[0])
    near = {record.country for away, record in placed if away <= NEAR} or {nearest.country}
    return _Verdict(nearest, apart, not near & {"", country})


def _marks(row: Row) -> list[str]:
    """Return who gives a row its item.

    Example of the column: ``geonames | qid:l3v-graph (was Q115256: loc)+bothness | in:etmun``.
    """
    found = re.search(r"(?:^|\|)\s*qid:([^|]*)", row["sources"])
    marks = re.sub(r"\([^)]*\)", "", found[1]).split("+") if found else []
    return [mark.strip() for mark in marks if mark.strip() in _SOURCES]


def _justification(marks: list[str]) -> str:
    ways = {_SOURCES[mark] for mark in marks}
    if len({source for source, _ in ways}) > 1:
        return "CompositeMatching"
    return next(iter(ways))[1] if ways else "UnspecifiedMatching"


def _words(verdict: _Verdict) -> tuple[str, str]:
    """Return what speaks against an item, in English and Persian."""
    record = verdict.record
    assert record is not None  # noqa: S101 - tells the type checker what the caller has made sure of
    title = _TITLES[record.source]
    if verdict.far:
        away = round(verdict.apart or 0)
        return (
            f"{title} places this item {away} km from the city.",
            f"{title} این شناسه را در {persian_digits(str(away))} کیلومتری شهر می‌داند.",
        )
    return (
        f"{title} has this item under the country code {record.country}.",
        f"{title} این شناسه را زیر کد کشور {record.country} دارد.",
    )


def _list(run: Run, title: str, city: City, item: str, verdict: _Verdict | None = None) -> None:
    """Add a row to a table of the report."""
    row: dict[str, str | int] = {
        "geonames": city.row["geonames_id"],
        "name": city.row["name_en"],
        "country": city.row["country_iso2"],
        "item": item,
        "line": city.row.line,
    }
    if verdict and verdict.record:
        row |= {"by": verdict.record.source, "there": verdict.record.country}
        row |= {"kilometres": round(verdict.apart)} if verdict.apart is not None else {}
    run.tables.setdefault(title, []).append(row)


class _Writer:
    """Writes one mapping.

    Args:
        name: the end of its IRI.
        city: IRI of the city.
        item: of Wikidata.
    """

    def __init__(self, name: str, city: str, item: str):
        self._node = ox.NamedNode(PREFIXES["mapping"] + name)
        self._city = ox.NamedNode(city)
        self._item = ox.NamedNode(PREFIXES["wd"] + item)

    def triples(self, predicate: ox.NamedNode, justification: str) -> Iterator[ox.Triple]:
        yield ox.Triple(self._node, _TYPE, _MAPPING)
        values: dict[str, ox.NamedNode | ox.Literal] = {
            "subject_id": self._city,
            "predicate_id": predicate,
            "object_id": self._item,
            "mapping_justification": ox.NamedNode(PREFIXES["semapv"] + justification),
            "mapping_date": _DATE,
            "author_label": _AUTHOR,
        }
        for name, value in values.items():
            yield ox.Triple(self._node, ox.NamedNode(str(SSSOM[name])), value)

    def evidence(self, sources: list[str]) -> Iterator[ox.Triple]:
        for source in sources:
            yield ox.Triple(self._node, _DERIVED_FROM, ox.NamedNode(PREFIXES["source"] + source))

    def comparison(self, record: Outside, country: str) -> Iterator[ox.Triple]:
        source = ox.NamedNode(PREFIXES["source"] + record.source)
        yield ox.Triple(self._node, ox.NamedNode(str(CD.comparedWith)), source)
        if country:
            yield ox.Triple(self._node, ox.NamedNode(str(CD.recordedCountryCode)), ox.Literal(country))
        if record.place:
            point = ox.Literal("POINT({} {})".format(*record.place), datatype=_WKT)
            yield ox.Triple(self._node, ox.NamedNode(str(CD.recordedPoint)), point)

    def note(self, english: str, persian: str) -> Iterator[ox.Triple]:
        yield ox.Triple(self._node, _NOTE, ox.Literal(english, language="en"))
        yield ox.Triple(self._node, _NOTE, ox.Literal(persian, language="fa"))
