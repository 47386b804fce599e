"""What a search index says of things that were found: labels in the reader's language, kinds, countries, networks."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from citydip.model.errors import ParameterError
from citydip.model.names import fold
from citydip.model.terms import CD, ID, expand, shorten
from citydip.services.index_queries import FACETS

__all__ = ["Counted", "Shown", "chosen_values", "count_facets", "facets_of", "labels_of", "names_of"]

_PLACES = {"kind": str(CD), "country": f"{ID}country/", "network": f"{ID}organization/"}
_WANTED = {
    "kind": "a class such as City, cd:City or its IRI",
    "country": "an ISO 3166 code such as IR, or an IRI such as country:iran",
    "network": "an IRI such as organization:uclg",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A thing as a reader sees it.

    Args:
        iri: the thing.
        label: its name in the first of the reader's languages that it has one in, else in English, else in any.
        language: of the label; empty where there is none and the label is the end of the IRI.
    """

    iri: str
    label: str
    language: str


@dataclass(frozen=True, slots=True)
class Counted:
    """A value of a facet.

    Args:
        value: the kind, country or network.
        count: how many of the things have it.
    """

    value: Shown
    count: int


def labels_of(
    connection: sqlite3.Connection, things: Sequence[int], languages: Sequence[str]
) -> dict[int, tuple[Shown, int]]:
    """Return things as a reader sees them, and how many statements are about each, by number."""
    chain = {language: place for place, language in enumerate(dict.fromkeys((*languages, "en")))}
    numbers = json.dumps(list(things))
    labels: dict[int, tuple[int, str, str]] = {}
    query = "SELECT thing, language, text FROM name WHERE thing IN (SELECT value FROM json_each(?)) AND kind = 0"
    for thing, language, text in connection.execute(query, [numbers]):
        place = chain.get(language, len(chain))
        if thing not in labels or (place, language, text) < labels[thing]:
            labels[thing] = (place, language, text)
    query = "SELECT id, iri, statements FROM thing WHERE id IN (SELECT value FROM json_each(?))"
    shown = {}
    for thing, iri, statements in connection.execute(query, [numbers]):
        _, language, text = labels.get(thing) or (0, "", shorten(iri))
        shown[thing] = (Shown(iri, text, language), statements)
    return shown


def names_of(connection: sqlite3.Connection, things: Sequence[int]) -> dict[int, list[tuple[int, str, str, str]]]:
    """Return the names of things: kind (a position in `NAME_KINDS`), language, text and key, by number."""
    names: dict[int, list[tuple[int, str, str, str]]] = {}
    query = "SELECT thing, kind, language, text, key FROM name WHERE thing IN (SELECT value FROM json_each(?))"
    for thing, *name in connection.execute(query, [json.dumps(list(things))]):
        names.setdefault(thing, []).append(tuple(name))
    return names


def facets_of(connection: sqlite3.Connection, things: Sequence[int]) -> dict[int, list[tuple[str, int]]]:
    """Return the facets of things and their values, by number."""
    facets: dict[int, list[tuple[str, int]]] = {}
    query = "SELECT thing, facet, value FROM facet WHERE thing IN (SELECT value FROM json_each(?))"
    for thing, facet, value in connection.execute(query, [json.dumps(list(things))]):
        facets.setdefault(thing, []).append((facet, value))
    return facets


def count_facets(
    connection: sqlite3.Connection, things: Sequence[int], languages: Sequence[str]
) -> dict[str, tuple[Counted, ...]]:
    """Return how many of the things have each value, by facet, the most frequent first."""
    query = "SELECT facet, value, COUNT(*) FROM facet WHERE thing IN (SELECT value FROM json_each(?)) GROUP BY 1, 2"
    rows = connection.execute(query, [json.dumps(list(things))]).fetchall()
    shown = labels_of(connection, sorted({value for _, value, _ in rows}), languages)
    counted: dict[str, list[Counted]] = {facet: [] for facet in FACETS}
    for facet, value, count in rows:
        counted[facet].append(Counted(shown[value][0], count))
    return {
        facet: tuple(sorted(values, key=lambda one: (-one.count, one.value.label, one.value.iri)))
        for facet, values in counted.items()
    }


def chosen_values(connection: sqlite3.Connection, facet: str, texts: Sequence[str]) -> set[int]:
    """Return the numbers of the values that a reader chose; of a class those of the classes below it too.

    Raises:
        ParameterError: there is no such value; the message says what one looks like.

    """
    values: set[int] = set()
    for text in texts:
        written = json.dumps([expand(text), _PLACES[facet] + text.strip()])
        query = "SELECT id FROM thing WHERE iri IN (SELECT value FROM json_each(?))"
        found = {number for (number,) in connection.execute(query, [written])}
        if facet == "country":
            query = "SELECT thing FROM identifier WHERE key = ? AND scheme = 'iso'"
            found |= {number for (number,) in connection.execute(query, [fold(text)])}
        if not found:
            raise ParameterError(f"there is no {facet} {text!r} here; it must be {_WANTED[facet]}")
        values |= found
    query = "SELECT below FROM subclass WHERE class IN (SELECT value FROM json_each(?))"
    return values.union(number for (number,) in connection.execute(query, [json.dumps(sorted(values))]))
