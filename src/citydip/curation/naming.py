"""What the graph calls its things, and what they are looked for by: names, identifiers, kind, country and networks.

Everything is listed that has a name and is of a class of the ontology, and the terms of the ontology themselves. Left
out are evidence and dates: there are more of them than of all else, and each is found from the statement that has it.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from citydip.model.terms import BASE, CD, PREFIXES

__all__ = ["NAME_KINDS", "Listed", "Name", "list_things", "superclasses"]

NAME_KINDS = ("label", "other name", "spelling")
"""What a name is: the one that is shown, another one, or one that only a source writes."""

_KIND_OF = {
    PREFIXES["rdfs"] + "label": 0,
    PREFIXES["skos"] + "prefLabel": 0,
    PREFIXES["skos"] + "altLabel": 1,
    PREFIXES["skos"] + "hiddenLabel": 2,
}
_IDENTIFIERS = {
    str(CD.wikidataIdentifier): "wikidata",
    str(CD.geonamesIdentifier): "geonames",
    str(CD.isoCode): "iso",
    str(CD.unLocode): "locode",
    PREFIXES["dcterms"] + "identifier": "identifier",
}
_LEADS_TO_PLACE = ("locatedIn", "atPlace", "actsForCity", "mayorOf", "hasParty", "hasMember")
"""Properties whose object's country is the subject's country too."""
_UNLISTED = frozenset({str(CD.Evidence), str(CD.Date)})
_POINT = re.compile(r"POINT *\((-?[0-9.]+) +(-?[0-9.]+)\)")
_TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")
_SUBCLASS = ox.NamedNode(PREFIXES["rdfs"] + "subClassOf")
_SUBPROPERTY = ox.NamedNode(PREFIXES["rdfs"] + "subPropertyOf")


@dataclass(frozen=True, slots=True, order=True)
class Name:
    """One name of a thing.

    Args:
        kind: position in `NAME_KINDS`.
        language: its language, or nothing.
        text: as it is written.
    """

    kind: int
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A thing and what it is looked for by.

    Args:
        iri: the thing.
        is_statement: whether it is a statement itself, so that its label is a sentence.
        statements: how many statements are about it.
        population: of a city; 0 where it is not known.
        point: latitude and longitude of a place, in degrees; None where they are not known.
        names: by kind and language.
        identifiers: what kind of identifier, and its text.
        kinds: its classes, the most specific ones only.
        countries: in which it lies, or its parties do.
        within: the places that it lies in, its countries among them.
        networks: that it is a member of.
    """

    iri: str
    is_statement: bool
    statements: int
    population: int
    point: tuple[float, float] | None
    names: tuple[Name, ...]
    identifiers: tuple[tuple[str, str], ...]
    kinds: tuple[str, ...]
    countries: tuple[str, ...]
    within: tuple[str, ...]
    networks: tuple[str, ...]


def list_things(store: ox.Store) -> list[Listed]:
    """Return all things that can be found by name: those that most statements are about first, statements last.

    Things that only stand for a kind, country or network of others are there too, even without a name.
    """
    above = superclasses(store)
    names = _names(store)
    classes = {iri: _classes(types, above) for iri, types in _links(store, _TYPE).items()}
    listed = {iri for iri in names if classes.get(iri) or iri.startswith(str(CD))}
    countries = _countries(store, listed)
    networks = _links(store, ox.NamedNode(str(CD.memberOf)))
    kept = {iri: classes.get(iri, ()) for iri in listed}
    for values in (kept, countries, networks):
        listed = listed.union(*(found for iri, found in values.items() if iri in kept))
    within = _links(store, ox.NamedNode(str(CD.locatedIn)))
    statements = _statements(store, listed)
    identifiers = _identifiers(store)
    population = {iri: int(value) for iri, value in _values(store, CD.population) if value.isdigit()}
    points = _points(store)
    things = [
        Listed(
            iri,
            any(str(CD.Statement) in {kind, *above.get(kind, ())} for kind in kept.get(iri, ())),
            statements.get(iri, 0),
            population.get(iri, 0),
            points.get(iri),
            tuple(names.get(iri, ())) if iri in kept else (),
            tuple(sorted(identifiers.get(iri, ()))) if iri in kept else (),
            kept.get(iri, ()),
            tuple(sorted(countries.get(iri, ()))),
            tuple(sorted(_above(iri, within))),
            tuple(sorted(networks.get(iri, ()))),
        )
        for iri in listed
    ]
    return sorted(things, key=lambda thing: (thing.is_statement, -thing.statements, -thing.population, thing.iri))


def superclasses(store: ox.Store) -> dict[str, set[str]]:
    """Return all classes of the ontology that a class is below of, by class."""
    direct = _links(store, _SUBCLASS)
    return {name: {upper for upper in _above(name, direct) if upper.startswith(str(CD))} for name in direct}


def _above(name: str, direct: Mapping[str, set[str]]) -> set[str]:
    """Return all that links lead to from one thing, over any number of them."""
    todo, above = [name], set[str]()
    while todo:
        new = direct.get(todo.pop(), set()) - above
        above |= new
        todo.extend(new)
    return above


def _names(store: ox.Store) -> dict[str, list[Name]]:
    """Return the names by thing, sorted."""
    found: dict[str, set[Name]] = defaultdict(set)
    for predicate, kind in _KIND_OF.items():
        for quad in store.quads_for_pattern(None, ox.NamedNode(predicate), None, None):
            subject, value = quad.subject, quad.object
            if isinstance(subject, ox.NamedNode) and subject.value.startswith(BASE) and isinstance(value, ox.Literal):
                found[subject.value].add(Name(kind, value.language or "", value.value))
    return {iri: sorted(names) for iri, names in found.items()}


def _links(store: ox.Store, predicate: ox.NamedNode) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for quad in store.quads_for_pattern(None, predicate, None, None):
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode):
            found[quad.subject.value].add(quad.object.value)
    return dict(found)


def _values(store: ox.Store, predicate: str) -> Iterator[tuple[str, str]]:
    for quad in store.quads_for_pattern(None, ox.NamedNode(str(predicate)), None, None):
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.Literal):
            yield quad.subject.value, quad.object.value


def _points(store: ox.Store) -> dict[str, tuple[float, float]]:
    """Return latitude and longitude of places; WKT writes the longitude first."""
    found = {}
    for iri, value in _values(store, PREFIXES["geo"] + "asWKT"):
        point = _POINT.fullmatch(value)
        if point:
            found[iri] = (float(point[2]), float(point[1]))
    return found


def _classes(types: set[str], above: dict[str, set[str]]) -> tuple[str, ...]:
    """Return the classes of the ontology that no other one of them is below of, or none for what is not listed."""
    own = {name for name in types if name.startswith(str(CD))}
    if own & _UNLISTED:
        return ()
    return tuple(sorted(own - set().union(*(above.get(name, set()) for name in own))))


def _countries(store: ox.Store, listed: set[str]) -> dict[str, set[str]]:
    """Return the countries of things: each by itself, all others by what leads to them."""
    leads: dict[str, set[str]] = defaultdict(set)
    for name in _LEADS_TO_PLACE:
        for iri, targets in _links(store, ox.NamedNode(str(CD[name]))).items():
            leads[iri] |= targets
    found = {
        quad.subject.value: {quad.subject.value}
        for quad in store.quads_for_pattern(None, _TYPE, ox.NamedNode(str(CD.Country)), None)
        if isinstance(quad.subject, ox.NamedNode)
    }

    def countries_of(iri: str, seen: tuple[str, ...]) -> set[str]:
        if iri in found or iri in seen:
            return found.get(iri, set())
        reached = set().union(*(countries_of(target, (*seen, iri)) for target in leads.get(iri, ())))
        if not seen:
            found[iri] = reached
        return reached

    return {iri: countries for iri in sorted(listed) if (countries := countries_of(iri, ()))}


def _identifiers(store: ox.Store) -> dict[str, set[tuple[str, str]]]:
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for predicate, scheme in _IDENTIFIERS.items():
        for iri, value in _values(store, predicate):
            found[iri].add((scheme, value))
    return found


def _statements(store: ox.Store, listed: set[str]) -> dict[str, int]:
    """Return how many statements (what has evidence) are about each thing, by the properties below ``cd:about``."""
    properties = {iri for iri, above in _links(store, _SUBPROPERTY).items() if str(CD.about) in above}
    counts: dict[str, int] = defaultdict(int)
    for statement in _links(store, ox.NamedNode(str(CD.hasEvidence))):
        about = {
            quad.object.value
            for quad in store.quads_for_pattern(ox.NamedNode(statement), None, None, None)
            if quad.predicate.value in properties and isinstance(quad.object, ox.NamedNode)
        }
        for iri in about & listed:
            counts[iri] += 1
    return counts
