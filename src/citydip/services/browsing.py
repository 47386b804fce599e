"""Lists: kinds with their counts, the things of a kind, the cities of a country, the named graphs, the terms."""

import json
from dataclasses import dataclass, field
from typing import Any

from citydip.model.errors import NotFoundError
from citydip.model.terms import BASE, CD, PREFIXES
from citydip.services.graph import ServedGraph

__all__ = [
    "Listed",
    "NamedGraph",
    "TermEntry",
    "cities_of_country",
    "countries",
    "is_listed",
    "kinds",
    "named_graphs",
    "terms",
    "things_of_kind",
]

_UNLISTED = frozenset({"Evidence", "Date", "Tie", "City", "Country"})
"""Kinds that are no use as a list: they are met on the pages of what they are about, or have a list of their own."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of a list.

    Args:
        iri: the thing.
        labels: by language.
        place: what it lies in, by language.
        count: how many things it stands for; 0 where it stands for itself.
    """

    iri: str
    labels: dict[str, str]
    place: dict[str, str] = field(default_factory=dict)
    count: int = 0


@dataclass(slots=True)
class NamedGraph:
    """What is known of a named graph, from the manifest and the build.

    Args:
        iri: its name.
        titles: by language.
        kind: the IRI of its kind.
        licence: the IRI of its licence.
        rights: whom to name.
        issued: the day.
        triples: how many it holds.
        sources: what it was derived from, by IRI, with labels by language.
    """

    iri: str
    titles: dict[str, str] = field(default_factory=dict)
    kind: str = ""
    licence: str = ""
    rights: str = ""
    issued: str = ""
    triples: int = 0
    sources: dict[str, dict[str, str]] = field(default_factory=dict)


@dataclass(slots=True)
class TermEntry:
    """A class, property or concept, as the page of terms shows it.

    Args:
        iri: the term.
        kinds: the IRIs of what it is.
        texts: labels, definitions and the like: text by language, by property.
        links: other terms that it is linked to, by property.
        uses: how many things a class has, or triples a property.
    """

    iri: str
    kinds: list[str] = field(default_factory=list)
    texts: dict[str, dict[str, str]] = field(default_factory=dict)
    links: dict[str, list[str]] = field(default_factory=dict)
    uses: int = 0

    def text(self, name: str) -> dict[str, str]:
        """Return texts by language of a property such as ``skos:definition``."""
        prefix, _, local = name.partition(":")
        return self.texts.get(PREFIXES[prefix] + local, {})

    def to(self, name: str) -> list[str]:
        """Return what a property such as ``rdfs:domain`` leads to."""
        prefix, _, local = name.partition(":")
        return self.links.get(PREFIXES[prefix] + local, [])


async def _rows(graph: ServedGraph, name: str, **given: str) -> list[dict[str, Any]]:
    answer = await graph.rows(graph.internal[name], given)
    rows: list[dict[str, Any]] = json.loads(answer)["results"]["bindings"]
    return rows


def _labels(row: dict[str, Any], start: str = "") -> dict[str, str]:
    return {lang: row[start + lang]["value"] for lang in ("en", "fa") if start + lang in row}


def is_listed(name: str) -> bool:
    """Return whether there is a list of the things of a class, such as ``Person``."""
    return name not in _UNLISTED


async def kinds(graph: ServedGraph) -> list[Listed]:
    """Return the kinds of things that can be listed, with how many there are of each."""
    rows = await _rows(graph, "kinds")
    return [
        Listed(row["kind"]["value"], {}, count=int(row["count"]["value"]))
        for row in rows
        if row["kind"]["value"].removeprefix(str(CD)) not in _UNLISTED
    ]


async def countries(graph: ServedGraph) -> list[Listed]:
    """Return the countries, with how many cities the graph has in each."""
    rows = await _rows(graph, "countries-with-cities")
    return [Listed(row["thing"]["value"], _labels(row), count=int(row["count"]["value"])) for row in rows]


async def things_of_kind(graph: ServedGraph, name: str) -> list[Listed]:
    """Return the things of a class of the ontology, such as ``Person``.

    Raises:
        NotFoundError: there is no such kind, or it has no list.
    """
    if name in _UNLISTED or not name.isalpha():
        raise NotFoundError(f"there is no list of {name!r}; the lists that there are stand at /browse")
    rows = await _rows(graph, "things-of-kind", kind=f"<{CD[name]}>")
    if not rows:
        raise NotFoundError(f"there is nothing of the kind {name!r}; the lists that there are stand at /browse")
    return _once(rows)


async def cities_of_country(graph: ServedGraph, slug: str) -> list[Listed]:
    """Return the cities of a country by the last part of its IRI, such as ``iran``.

    Raises:
        NotFoundError: the graph knows no city there.
    """
    rows = await _rows(graph, "cities-of-a-country", country=f"<{BASE}id/country/{slug}>")
    if not rows:
        raise NotFoundError(f"the graph knows no city in a country {slug!r}; the countries stand at /browse")
    return _once(rows)


def _once(rows: list[dict[str, Any]]) -> list[Listed]:
    found: dict[str, Listed] = {}
    for row in rows:
        iri = row["thing"]["value"]
        found.setdefault(iri, Listed(iri, _labels(row), _labels(row, "place_")))
    return list(found.values())


async def named_graphs(graph: ServedGraph) -> list[NamedGraph]:
    """Return the named graphs, by their names."""
    found: dict[str, NamedGraph] = {}
    fields = {
        str(CD.hasGraphKind): "kind",
        PREFIXES["dcterms"] + "license": "licence",
        PREFIXES["dcterms"] + "rights": "rights",
        PREFIXES["dcterms"] + "issued": "issued",
    }
    for row in await _rows(graph, "graphs"):
        iri, predicate, other = row["graph"]["value"], row["predicate"]["value"], row["other"]
        entry = found.setdefault(iri, NamedGraph(iri))
        if predicate in fields:
            setattr(entry, fields[predicate], other["value"])
        elif predicate == PREFIXES["dcterms"] + "title":
            entry.titles[other.get("xml:lang", "")] = other["value"]
        elif predicate == PREFIXES["void"] + "triples":
            entry.triples = int(other["value"])
        else:
            labels = entry.sources.setdefault(other["value"], {})
            if "text" in row:
                labels[row["text"].get("xml:lang", "")] = row["text"]["value"]
    return sorted(found.values(), key=lambda entry: entry.iri)


async def terms(graph: ServedGraph) -> list[TermEntry]:
    """Return the terms of the ontology and its concepts, by their names."""
    found: dict[str, TermEntry] = {}
    for row in await _rows(graph, "terms"):
        entry = found.setdefault(row["term"]["value"], TermEntry(row["term"]["value"]))
        predicate, other = row["predicate"]["value"], row["other"]
        if predicate == PREFIXES["rdf"] + "type":
            if other["value"] not in entry.kinds:
                entry.kinds.append(other["value"])
        elif other["type"] == "uri":
            links = entry.links.setdefault(predicate, [])
            if other["value"] not in links:
                links.append(other["value"])
        elif other["type"] == "literal":
            entry.texts.setdefault(predicate, {}).setdefault(other.get("xml:lang", ""), other["value"])
    for row in await _rows(graph, "uses"):
        if row["term"]["value"] in found:
            found[row["term"]["value"]].uses = int(row["count"]["value"])
    return list(found.values())
