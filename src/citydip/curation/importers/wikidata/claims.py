"""Statements of Wikidata, read from the rows of the queries in ``queries/wikidata``.

A statement comes as a row with value and rank, one for each qualifier of time, and one for each part of a reference.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from citydip.curation.importers.wikidata.asking import Row
from citydip.curation.importers.wikidata.times import UNKNOWN, Time
from citydip.model.terms import PREFIXES

__all__ = [
    "DEPRECATED",
    "END",
    "POINT",
    "PREFERRED",
    "START",
    "Claim",
    "Item",
    "Reference",
    "qid",
    "read_claims",
    "read_items",
]

_ENTITY = PREFIXES["wd"]
_STATEMENT = _ENTITY + "statement/"
_CLAIM = "http://www.wikidata.org/prop/"
_REFERENCE = "http://www.wikidata.org/reference/"
_STATED_IN, _ADDRESS, _RETRIEVED = (f"{_CLAIM}reference/{name}" for name in ("P248", "P854", "P813"))

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")

START, END, POINT = (f"{_CLAIM}qualifier/{name}" for name in ("P580", "P582", "P585"))
"""The qualifiers of time: start, end, point in time."""
PREFERRED, DEPRECATED = (f"http://wikiba.se/ontology#{name}Rank" for name in ("Preferred", "Deprecated"))
"""The ranks that are not the usual one."""


@dataclass(slots=True)
class Reference:
    """A reference of a statement.

    Args:
        pages: addresses, and items that it is stated in.
        retrieved: the days on which somebody looked there.
    """

    pages: set[str] = field(default_factory=set)
    retrieved: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Claim:
    """A statement of Wikidata.

    Args:
        item: the QID of the city that it is about.
        predicate: such as ``P190``.
        statement: the identifier of the statement, in small letters.
        object: the QID of its value, or of the person who holds the office; empty where Wikidata says it is unknown.
        rank: the IRI of its rank.
        times: by IRI of the qualifier.
        references: by hash of the reference.
    """

    item: str
    predicate: str
    statement: str
    object: str
    rank: str
    times: dict[str, set[Time]] = field(default_factory=dict)
    references: dict[str, Reference] = field(default_factory=dict)

    @property
    def page(self) -> str:
        """Return the QID of the item on whose page the statement stands."""
        return self.object if self.predicate == "P39" else self.item


@dataclass(slots=True)
class Item:
    """What Wikidata says of an item besides statements with qualifiers.

    Args:
        labels: by language.
        points: coordinates as text, such as ``Point(51.4 35.7)``.
        countries: ISO 3166-1 code by QID of the country; empty where the country has none.
    """

    labels: dict[str, str] = field(default_factory=dict)
    points: set[str] = field(default_factory=set)
    countries: dict[str, str] = field(default_factory=dict)


def qid(iri: str) -> str:
    """Return the QID of the IRI of an item; empty for any other IRI.

    Example:
        >>> qid("http://www.wikidata.org/entity/Q3616"), qid("http://www.wikidata.org/.well-known/genid/8d14fa93")
        ('Q3616', '')
    """
    name = iri.removeprefix(_ENTITY)
    return name if name != iri and name[:1] == "Q" and name[1:].isdecimal() else ""


def read_claims(rows: Iterable[Row]) -> list[Claim]:
    """Return the statements of the rows, in an order of their own.

    Raises:
        KeyError: a row lacks what the query selects.
    """
    claims: dict[tuple[str, str], Claim] = {}
    details: list[tuple[tuple[str, str], Row]] = []
    for row in rows:
        key = qid(row["item"]["value"]), row["statement"]["value"].removeprefix(_STATEMENT).lower()
        if "object" in row:
            predicate = row["claim"]["value"].removeprefix(_CLAIM)
            claims[key] = Claim(key[0], predicate, key[1], qid(row["object"]["value"]), row["rank"]["value"])
        else:
            details.append((key, row))
    for key, row in details:
        # What is said of no value, or of another office, has details and no row of its own.
        if key in claims:
            _add(claims[key], row)
    return sorted(claims.values(), key=lambda claim: (claim.item, claim.predicate, claim.statement))


def _add(claim: Claim, row: Row) -> None:
    about, value = row["about"]["value"], row["value"]["value"]
    if about in (START, END, POINT):
        time = UNKNOWN
        if "precision" in row:
            time = Time(value, int(row["precision"]["value"]), row["calendar"]["value"])
        claim.times.setdefault(about, set()).add(time)
        return
    reference = claim.references.setdefault(row["reference"]["value"].removeprefix(_REFERENCE), Reference())
    if about == _RETRIEVED and _DAY.fullmatch(value.partition("T")[0]):
        reference.retrieved.add(value.partition("T")[0])
    if about in (_ADDRESS, _STATED_IN) and row["value"]["type"] == "uri" and "/.well-known/genid/" not in value:
        reference.pages.add(value)


def read_items(rows: Iterable[Row], items: dict[str, Item]) -> None:
    """Add what the rows say to the items, by QID."""
    for row in rows:
        item = items.setdefault(qid(row["item"]["value"]), Item())
        about, value = row["about"]["value"], row["value"]
        if about == PREFIXES["rdfs"] + "label":
            item.labels[value["xml:lang"].lower()] = value["value"]
        elif about == PREFIXES["wdt"] + "P625" and value["type"] == "literal":
            item.points.add(value["value"])
        elif about == PREFIXES["wdt"] + "P17" and qid(value["value"]):
            item.countries[qid(value["value"])] = row["code"]["value"] if "code" in row else ""
