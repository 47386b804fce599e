"""The rows of the spine while they are gathered: on the disk, so that memory does not grow with them."""

import json
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType

from citydip.curation.importers.tables import Row
from citydip.model.geography import NEAR, distance
from citydip.model.names import fold, slug

__all__ = ["City", "Gathered", "Homonyms", "Outside"]

_NO_NAME = re.compile(r"[0-9A-Z]{1,3}|.*[?].*")
"""A division that is only a code of GeoNames, or whose name has lost letters."""

_TABLES = """
CREATE TABLE city (
  number INTEGER PRIMARY KEY, iri TEXT, known INTEGER, folded TEXT, country TEXT, item TEXT, data TEXT
);
CREATE INDEX by_name ON city (folded, country);
CREATE INDEX by_item ON city (item);
CREATE TABLE outside (item TEXT, source TEXT, country TEXT, longitude REAL, latitude REAL);
CREATE INDEX outside_by_item ON outside (item);
"""


@dataclass(frozen=True, slots=True)
class City:
    """A row of the spine with its IRI.

    Args:
        iri: the city's IRI.
        known: whether it is of the curated files.
        row: the row.
    """

    iri: str
    known: bool
    row: Row

    @property
    def division(self) -> str:
        """Return the name of the first-level division; empty where the row has none."""
        name = self.row["admin1"]
        return "" if not slug(name) or _NO_NAME.fullmatch(name) else name

    @property
    def place(self) -> tuple[float, float]:
        """Return longitude and latitude in degrees."""
        return float(self.row["lon"]), float(self.row["lat"])


@dataclass(frozen=True, slots=True)
class Outside:
    """What another table records of an item of Wikidata.

    Args:
        source: the slug of the source, such as ``natural-earth``.
        country: code of ISO 3166-1; empty where it has none.
        place: longitude and latitude in degrees, or None.
    """

    source: str
    country: str
    place: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Homonyms:
    """Two cities of one name and country.

    Args:
        one: the city with the lower number.
        other: the other.
        apart: how far apart they lie, in kilometres.
    """

    one: City
    other: City
    apart: float

    @property
    def told_apart(self) -> bool:
        """Return whether they are two places for certain: they lie apart, or are two items of Wikidata."""
        items = {self.one.row["wikidata_qid"], self.other.row["wikidata_qid"]} - {""}
        return self.apart > NEAR or len(items) > 1


class Gathered:
    """The cities of a run, and what other tables record of their items.

    Example:
        >>> row = Row("cities.csv", 2, {"geonames_id": "118743", "name_en": "Rasht", "country_iso2": "IR",
        ...     "wikidata_qid": "Q180544"})
        >>> with Gathered() as gathered:
        ...     gathered.add("https://w3id.org/citydip/id/city/rasht", known=True, row=row)
        ...     gathered.add("https://w3id.org/citydip/id/city/rasht", known=True, row=row)
        ...     [city.row["name_en"] for city in gathered.cities()]
        True
        False
        ['Rasht']
    """

    def __init__(self) -> None:
        # An empty name is a file of its own that SQLite keeps on the disk and removes itself.
        self._data = sqlite3.connect("")
        self._data.executescript(_TABLES)

    def __enter__(self) -> "Gathered":
        """Begin gathering."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Drop what was gathered."""
        self._data.close()

    def add(self, iri: str, *, known: bool, row: Row) -> bool:
        """Add a city, and return whether its GeoNames number is new."""
        values = (int(row["geonames_id"]), iri, known, fold(row["name_en"]), row["country_iso2"], row["wikidata_qid"])
        data = json.dumps([row.table, row.line, row.values], ensure_ascii=False)
        done = self._data.execute("INSERT OR IGNORE INTO city VALUES (?, ?, ?, ?, ?, ?, ?)", (*values, data))
        return done.rowcount > 0

    def add_outside(self, item: str, record: Outside) -> bool:
        """Add what another table records of an item, and return whether a city has this item.

        Args:
            item: such as ``Q3616``.
            record: what the table has.
        """
        if not item or self._data.execute("SELECT 1 FROM city WHERE item = ?", (item,)).fetchone() is None:
            return False
        values = (item, record.source, record.country, *(record.place or (None, None)))
        self._data.execute("INSERT INTO outside VALUES (?, ?, ?, ?, ?)", values)
        return True

    def cities(self) -> Iterator[City]:
        """Yield the cities in the order of their numbers."""
        for row in self._data.execute("SELECT iri, known, data FROM city ORDER BY number"):
            yield _city(*row)

    def outside(self, item: str) -> list[Outside]:
        """Return what other tables record of an item, the same once."""
        query = "SELECT DISTINCT source, country, longitude, latitude FROM outside WHERE item = ? ORDER BY 1, 2, 3, 4"
        return [
            Outside(source, country, None if longitude is None else (longitude, latitude))
            for source, country, longitude, latitude in self._data.execute(query, (item,))
        ]

    def homonyms(self) -> Iterator[Homonyms]:
        """Yield the pairs of one name and country that no division tells apart, or that lie near each other."""
        pairs = self._data.execute(
            "SELECT a.iri, a.known, a.data, b.iri, b.known, b.data FROM city a JOIN city b"
            " ON a.folded = b.folded AND a.country = b.country AND a.number < b.number"
            " ORDER BY a.country, a.folded, a.number, b.number"
        )
        for values in pairs:
            one, other = _city(*values[:3]), _city(*values[3:])
            found = Homonyms(one, other, distance(*one.place, *other.place))
            if one.division == other.division or not (one.division and other.division) or found.apart <= NEAR:
                yield found


def _city(iri: str, known: int, data: str) -> City:
    return City(iri, bool(known), Row(*json.loads(data)))
