"""The registers of the made-up world: places, bodies, posts, events; what statements are about."""

from dataclasses import dataclass
from random import Random

import pyoxigraph as ox

from bench.generator.names import LOCAL, Name, make_name
from bench.generator.writing import LABEL, Quads, cd, computed, graph, integer, text, thing
from citydip.curation.layout import Layout
from citydip.model.terms import CD, SSSOM

__all__ = ["City", "World", "make_world"]

_PLACES, _GAZETTEER = graph("register/places"), graph("gazetteer")
_ACTORS, _PEOPLE, _EVENTS = graph("register/actors"), graph("register/people"), graph("register/events")
_WKT = "http://www.opengis.net/ont/geosparql#"
_SKOS = "http://www.w3.org/2004/02/skos/core#"
_EVENT_TYPES = ("summit", "congress", "forum", "conference", "festival", "general-assembly", "session")


@dataclass(frozen=True, slots=True)
class City:
    """A city, with the terms of what belongs to it."""

    number: int
    name: Name
    term: str
    municipality: str
    post: str


@dataclass(frozen=True, slots=True)
class World:
    """Everything that statements can be about."""

    cities: list[City]
    networks: list[str]
    events: list[str]
    media: list[str]


def skewed(random: Random, length: int, power: float = 2.0) -> int:
    """Return a position below a length; low ones come far more often, as a few cities are in all the news."""
    return int(length * random.random() ** power)


def make_world(quads: Quads, random: Random, size: int, layout: Layout) -> World:
    """Write the registers of a graph of about so many triples, and return what is in them."""
    _write_concepts(quads, layout)
    divisions = _write_countries(quads, random, size)
    cities = [_write_city(quads, random, number, divisions) for number in range(max(60, size // 125))]
    networks = [_write_network(quads, random, number) for number in range(max(8, size // 12_000))]
    events = [_write_event(quads, random, number) for number in range(max(10, size // 2_500))]
    media = []
    for number in range(max(5, size // 20_000)):
        name = make_name(random)
        media.append(thing("organization", f"m{number}"))
        quads.describe(
            _ACTORS, media[-1], (cd("MediaOrganization"),), f"{name.english} News", f"خبرگزاری {name.persian}"
        )
    return World(cities, networks, events, media)


def _write_concepts(quads: Quads, layout: Layout) -> None:
    """Write the statuses, types and roles that statements name, from the ontology."""
    where, labels = graph("ontology/concepts"), computed("labels")
    data = layout.root / "ontology" / "concepts.ttl"
    for triple in ox.parse(path=data, format=ox.RdfFormat.TURTLE):
        quads.add(where, str(triple.subject), str(triple.predicate), str(triple.object))
        if triple.predicate.value == _SKOS + "prefLabel":
            quads.add(labels, str(triple.subject), LABEL, str(triple.object))


def _write_countries(quads: Quads, random: Random, size: int) -> list[str]:
    divisions = []
    for number in range(min(195, max(12, size // 5_000))):
        country, name = thing("country", f"n{number}"), make_name(random, 4)
        quads.describe(_PLACES, country, (cd("Country"),), name.english, name.persian)
        quads.add(_GAZETTEER, country, cd("isoCode"), text(f"X{number}"))
        quads.add(_GAZETTEER, country, cd("wikidataIdentifier"), text(f"Q9{number}"))
        for part in range(1 + skewed(random, 20)):
            division, name = thing("division", f"n{number}-{part}"), make_name(random)
            quads.describe(
                _GAZETTEER,
                division,
                (cd("AdministrativeDivision"),),
                f"{name.english} Province",
                f"استان {name.persian}",
            )
            quads.add(_GAZETTEER, division, cd("locatedIn"), country)
            divisions.append(division)
    return divisions


def _write_city(quads: Quads, random: Random, number: int, divisions: list[str]) -> City:
    name, term = make_name(random), thing("city", f"c{number}")
    language = LOCAL[number % len(LOCAL)]
    quads.describe(_PLACES, term, (cd("City"),), name.english, name.persian)
    quads.add(_PLACES, term, LABEL, text(name.local(language), language))
    if number % 5 == 0:
        other = make_name(random)
        quads.add(_PLACES, term, f"<{_SKOS}altLabel>", text(other.english, "en"))
        quads.add(_PLACES, term, f"<{_SKOS}hiddenLabel>", text(other.persian.replace("ی", "ي"), "fa"))
    point = f"POINT({random.uniform(-180, 180):.5f} {random.uniform(-60, 75):.5f})"
    quads.add(_GAZETTEER, term, f"<{_WKT}asWKT>", f'"{point}"^^<{_WKT}wktLiteral>')
    quads.add(_GAZETTEER, term, cd("locatedIn"), divisions[skewed(random, len(divisions))])
    quads.add(_GAZETTEER, term, cd("population"), integer(int(20_000 / (1 - random.random()) ** 0.9)))
    quads.add(_GAZETTEER, term, cd("geonamesIdentifier"), text(str(100_000 + number)))
    quads.add(_GAZETTEER, term, cd("wikidataIdentifier"), text(f"Q{1000 + number}"))
    _write_mapping(quads, term, number)
    municipality, post = thing("organization", f"municipality-of-c{number}"), thing("post", f"mayor-of-c{number}")
    quads.describe(
        _ACTORS, municipality, (cd("Municipality"),), f"{name.english} Municipality", f"شهرداری {name.persian}"
    )
    quads.add(_ACTORS, municipality, cd("administers"), term)
    quads.add(computed("acts-for-city"), municipality, cd("actsForCity"), term)
    quads.describe(_PEOPLE, post, (cd("Post"),), f"Mayor of {name.english}", f"شهردار {name.persian}")
    quads.add(_PEOPLE, post, cd("hasPostKind"), thing("post-kind", "mayor"))
    quads.add(_PEOPLE, post, cd("postFor"), term)
    quads.add(_PEOPLE, post, cd("postIn"), municipality)
    quads.add(computed("acts-for-city"), post, cd("actsForCity"), term)
    return City(number, name, term, municipality, post)


def _write_mapping(quads: Quads, city: str, number: int) -> None:
    where, mapping = graph("mappings"), thing("mapping", f"c{number}-wikidata")
    quads.add(where, mapping, "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>", f"<{SSSOM}Mapping>")
    quads.add(where, mapping, f"<{SSSOM}subject_id>", city)
    quads.add(where, mapping, f"<{SSSOM}predicate_id>", f"<{_SKOS}exactMatch>")
    quads.add(where, mapping, f"<{SSSOM}object_id>", f"<http://www.wikidata.org/entity/Q{1000 + number}>")
    quads.add(where, mapping, f"<{SSSOM}author_label>", text("a generator"))


def _write_network(quads: Quads, random: Random, number: int) -> str:
    """Write a network with its sections, their units and so on, up to four deep."""
    network, name = thing("organization", f"network-{number}"), make_name(random)
    quads.describe(
        _ACTORS, network, (cd("CityNetwork"),), f"Network of {name.english} Cities", f"شبکهٔ شهرهای {name.persian}"
    )
    parts = [network]
    for count in range(4 + skewed(random, 40)):
        part, whole = thing("organization", f"network-{number}-part-{count}"), parts[skewed(random, len(parts), 0.7)]
        quads.describe(
            _ACTORS,
            part,
            (cd("OrganizationalUnit"),),
            f"Section {count} of {name.english}",
            f"بخش {count} {name.persian}",
        )
        quads.add(computed("part-of"), part, cd("partOf"), whole)
        parts.append(part)
    return network


def _write_event(quads: Quads, random: Random, number: int) -> str:
    event, name = thing("event", f"e{number}"), make_name(random)
    series, kind = thing("series", f"s{number // 6}"), _EVENT_TYPES[number % len(_EVENT_TYPES)]
    if number % 6 == 0:
        quads.describe(_EVENTS, series, (cd("EventSeries"),), f"{name.english} series", f"سلسلهٔ {name.persian}")
    quads.describe(
        _EVENTS, event, (cd("Event"),), f"{name.english} {kind} {number % 6 + 1}", f"رویداد {name.persian} {number}"
    )
    quads.add(_EVENTS, event, cd("hasEventType"), thing("event-type", kind))
    quads.add(computed("edition-of"), event, f"<{CD}editionOf>", series)
    return event
