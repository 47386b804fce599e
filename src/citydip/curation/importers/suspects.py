"""Ties that look wrong: a city taken for another of its name, or a tie that later lists do not know.

None of the reasons is proof, so the ties stay and the list is published for people to look at. Only ties that one
list alone reports are judged.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from citydip.model.names import slug

__all__ = [
    "LATER",
    "MANY",
    "NAMESAKE_OF_SAME_PARTNER",
    "STRONGER_NAMESAKE",
    "UNKNOWN_LATER",
    "Pair",
    "Suspect",
    "find_suspects",
]

City = tuple[str, str, str]
"""GeoNames number, name, and ISO 3166-1 code of the country."""

NAMESAKE_OF_SAME_PARTNER = "the partner is also tied with another city of this name"
"""One of the two is perhaps the other one, misread."""
STRONGER_NAMESAKE = "another city of this name has more ties, and more of them with the partner's country"
"""The tie is perhaps that of the other one."""
UNKNOWN_LATER = "a later list knows the ties of both cities, and not this one"
"""The tie has perhaps ended, or never was."""

LATER = {
    "wikidata-2016": ("wikidata-eu-2018", "wikipedia-2023", "wikipedia-2026"),
    "wikidata-eu-2018": ("wikipedia-2023", "wikipedia-2026"),
}
"""The lists that are younger than a list."""

MANY = 5
"""An undirected list with so many ties of a city is taken to know them all; fewer it may have met on other sides."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A pair of cities and the lists that report it.

    Args:
        one: the city with the lower GeoNames number.
        other: the other city.
        lists: the names of the lists.
    """

    one: City
    other: City
    lists: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suspect:
    """A tie that looks wrong.

    Args:
        tie: the short name of its IRI, such as ``tie:124665-2867714``.
        reason: the same words for each that is suspected for the same reason.
        what: its cities, and what speaks against it.
    """

    tie: str
    reason: str
    what: str


def find_suspects(pairs: Sequence[Pair], looked_at: Mapping[str, set[str]]) -> Iterator[Suspect]:
    """Yield the ties that look wrong, each with the reason; one tie may have several.

    Args:
        pairs: all ties.
        looked_at: the GeoNames numbers of the cities that a directed list has rows under, by the name of the list.

    Example:
        >>> sokol, other, valkeakoski = ("1", "Sokol", "RU"), ("2", "Sokol", "RU"), ("3", "Valkeakoski", "FI")
        >>> pairs = [Pair(sokol, valkeakoski, ("a", "b")), Pair(other, valkeakoski, ("a",))]
        >>> [suspect.what for suspect in find_suspects(pairs, {})]
        ['Sokol, RU (2) – Valkeakoski, FI (3); also tied: Sokol, RU (1)']
    """
    namesakes = _Namesakes(pairs)
    known = {name: looked_at.get(name) or _with_many(pairs, name) for names in LATER.values() for name in names}
    for pair in pairs:
        if len(pair.lists) > 1:
            continue
        for end, partner in ((pair.one, pair.other), (pair.other, pair.one)):
            yield from namesakes.suspects(pair, end, partner)
        silent = [name for name in LATER.get(pair.lists[0], ()) if {pair.one[0], pair.other[0]} <= known[name]]
        if silent:
            yield _suspect(pair, UNKNOWN_LATER, f"reported by {pair.lists[0]}, not by {', '.join(silent)}")


def _with_many(pairs: Sequence[Pair], name: str) -> set[str]:
    ties = Counter(end[0] for pair in pairs if name in pair.lists for end in (pair.one, pair.other))
    return {geonames for geonames, count in ties.items() if count >= MANY}


class _Namesakes:
    """The cities of one name, and how they are tied."""

    def __init__(self, pairs: Sequence[Pair]):
        self._named: defaultdict[str, set[City]] = defaultdict(set)
        self._ties: defaultdict[City, set[City]] = defaultdict(set)
        self._countries: defaultdict[City, Counter[str]] = defaultdict(Counter)
        for pair in pairs:
            for end, partner in ((pair.one, pair.other), (pair.other, pair.one)):
                self._named[slug(end[1]) or end[1]].add(end)
                self._ties[end].add(partner)
                self._countries[end][partner[2]] += 1

    def suspects(self, pair: Pair, end: City, partner: City) -> Iterator[Suspect]:
        """Yield what the namesakes of an end say against a tie."""
        others = sorted(self._named[slug(end[1]) or end[1]] - {end, partner}, key=lambda city: int(city[0]))
        tied = [city for city in others if partner in self._ties[city]]
        stronger = [city for city in others if city not in tied and self._stronger(city, end, partner[2])]
        if tied:
            yield _suspect(pair, NAMESAKE_OF_SAME_PARTNER, f"also tied: {_words(tied)}")
        if stronger:
            yield _suspect(pair, STRONGER_NAMESAKE, f"perhaps meant: {_words(stronger)}")

    def _stronger(self, city: City, end: City, country: str) -> bool:
        # The tie that is judged is no witness for its own end.
        with_country = self._countries[end][country] - 1
        return len(self._ties[city]) > len(self._ties[end]) and self._countries[city][country] > with_country


def _suspect(pair: Pair, reason: str, against: str) -> Suspect:
    what = f"{_words([pair.one])} – {_words([pair.other])}; {against}"
    return Suspect(f"tie:{pair.one[0]}-{pair.other[0]}", reason, what)


def _words(cities: Sequence[City]) -> str:
    return ", ".join(f"{name}, {country} ({geonames})" for geonames, name, country in cities)
