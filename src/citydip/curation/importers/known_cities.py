"""The cities and countries of the graph by name and number, for lists that give no numbers."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import pyoxigraph as ox

from citydip.curation.importers.spine import read_spine
from citydip.curation.layout import Layout
from citydip.curation.turtle import read_turtle
from citydip.model.names import fold
from citydip.model.terms import CD, PREFIXES, shorten

__all__ = ["KnownCities", "KnownCity", "read_known_cities"]

_LABEL = PREFIXES["rdfs"] + "label"
_NAMES = {_LABEL, PREFIXES["skos"] + "altLabel", PREFIXES["skos"] + "hiddenLabel"}
_POPULATION = str(CD.population)
_ISO_CODE = str(CD.isoCode)


@dataclass(frozen=True, slots=True)
class KnownCity:
    """A city of the graph.

    Args:
        name: its prefixed name, such as ``city:tehran``.
        country: ISO 3166-1 code in small letters.
        number: in GeoNames; empty where it is not known.
        english: its English label.
        persian: its Persian label, or None where no file has one.
        population: its inhabitants; 0 where they are not known.
        names: all its names, folded.
    """

    name: str
    country: str
    number: str
    english: str
    persian: str | None
    population: int
    names: frozenset[str]


@dataclass(slots=True)
class KnownCities:
    """The cities of the graph, and its countries.

    Args:
        by_number: city by GeoNames number.
        countries: prefixed name of a country by its code in small letters.
    """

    by_number: dict[str, KnownCity]
    countries: dict[str, str]
    _by_name: dict[str, list[KnownCity]] = field(default_factory=dict)

    def named(self, name: str) -> list[KnownCity]:
        """Return the cities of a name in any spelling, the largest first."""
        if not self._by_name:
            for city in self.by_number.values():
                for known in city.names:
                    self._by_name.setdefault(known, []).append(city)
        return sorted(self._by_name.get(fold(name), []), key=lambda city: (-city.population, int(city.number)))

    def largest(self, name: str, country: str | None = None) -> KnownCity | None:
        """Return the largest city of a name, in one country or in the world; None where there is none."""
        cities = (city for city in self.named(name) if country is None or city.country == country)
        return next(cities, None)


def read_known_cities(layout: Layout) -> KnownCities:
    """Return the cities of the spine, with the names that the curated files or the spine's have for them.

    Raises:
        NotFoundError: the cities of the spine are not imported yet.
    """
    spine = read_spine(layout)
    wanted = {city.iri for city in spine.values()}
    labels: dict[str, dict[str, str]] = defaultdict(dict)
    names: dict[str, set[str]] = defaultdict(set)
    population: dict[str, int] = {}
    countries: dict[str, str] = {}
    for triple in _triples(layout):
        subject, predicate, value = triple.subject.value, triple.predicate.value, triple.object  # type: ignore[union-attr]
        if predicate == _ISO_CODE and isinstance(value, ox.Literal):
            countries[value.value.lower()] = shorten(subject)
        if subject not in wanted or not isinstance(value, ox.Literal):
            continue
        if predicate in _NAMES:
            names[subject].add(fold(value.value))
        if predicate == _LABEL:
            labels[subject][value.language or ""] = value.value
        elif predicate == _POPULATION:
            population[subject] = int(value.value)
    by_number = {}
    for number, city in spine.items():
        label = labels[city.iri]
        by_number[number] = KnownCity(
            shorten(city.iri),
            city.country,
            number,
            label.get("en", shorten(city.iri)),
            label.get("fa"),
            population.get(city.iri, 0),
            frozenset(names[city.iri] - {""}),
        )
    return KnownCities(by_number, countries)


def _triples(layout: Layout) -> Iterator[ox.Triple]:
    data = layout.root / "data"
    curated = [data / "register" / "places.ttl", data / "gazetteer.ttl"]
    paths = [path for path in curated if path.is_file()]
    for name in ("cities", "countries"):
        paths += sorted((data / "world" / name).glob("*.ttl"))
    for path in paths:
        yield from read_turtle(path).triples
