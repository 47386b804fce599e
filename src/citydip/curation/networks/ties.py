"""The ties between cities as one network, and the part of it that somebody wants to see."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from citydip.curation.networks.links import Links, links_of
from citydip.model.dates import Bounds
from citydip.model.errors import ParameterError
from citydip.model.geography import point_of
from citydip.model.holding import Course, Moment, State, Wanted, state_in
from citydip.model.terms import ID, expand

__all__ = [
    "GRADES",
    "STANDARD",
    "TYPES",
    "City",
    "Selection",
    "Tie",
    "TieNetwork",
    "cities_of",
    "countries_of",
    "is_country_code",
    "network_of",
    "reciprocity",
]

GRADES = ("signed", "attested", "reported")
"""What speaks for a tie: an agreement that is signed; two lists or more; one list alone."""
STANDARD = ("signed", "attested")
"""The grades that `cd:tiedWith` is computed of."""
TYPES = ("sister-city", "friendship-and-cooperation", "memorandum-of-understanding", "cooperation-memorandum")
"""Kinds of ties. What lists report are sister cities."""
_DIVISION, _REGION = f"{ID}division/", f"{ID}world-region/"
_AREA = re.compile("[0-9]{3}")
_GONE = ("ended", "suspended")
_SIGNED = ("signed", "in-force", *_GONE)


@dataclass(frozen=True, slots=True)
class City:
    """A city of the network: its names by language, its point, its country's ISO code, and IRIs of what it lies in."""

    names: dict[str, str] = field(default_factory=dict)
    point: tuple[float, float] | None = None
    country: str = ""
    divisions: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()


@dataclass(slots=True)
class Tie:
    """A tie between two cities.

    Args:
        cities: their IRIs, in the order of the alphabet.
        grade: one of `GRADES`.
        types: some of `TYPES`; several where the source leaves it open.
        statuses: of the agreement, such as ``signed``.
        dates: bounds by property, such as ``startsOn``.
        sides: the cities in whose entries lists have it, by list.
    """

    cities: tuple[str, str]
    grade: str
    types: set[str] = field(default_factory=set)
    statuses: set[str] = field(default_factory=set)
    dates: dict[str, list[Bounds]] = field(default_factory=dict)
    sides: dict[str, set[str]] = field(default_factory=dict)

    @property
    def over(self) -> bool:
        """Return whether it is said to be over."""
        return bool(self.statuses) and self.statuses <= set(_GONE)

    def state(self, moment: Moment) -> State:
        """Return whether it held in a time."""
        starts = self.dates.get("startsOn") or self.dates.get("signedOn", [])
        ends, attested = self.dates.get("endsOn", []), self.dates.get("attestedOn", [])
        return state_in(Course(starts, ends, attested, over=self.over), moment.first, moment.last)


@dataclass(frozen=True, slots=True)
class Selection:
    """Which ties are wanted.

    Args:
        types: some of `TYPES`; empty: all.
        grades: some of `GRADES`.
        countries: ISO codes; ties of which a city lies in one of them, of the divisions or of the regions; empty: all.
        divisions: of countries, such as ``division:isfahan-province`` or an IRI.
        regions: of the world, by IRI; by code or name, `citydip.services.networks.regions` finds the IRI.
        within: ISO codes, and regions by M49 code or IRI; ties whose cities both lie in one of these; empty: all.
        as_of: a day or a year; None: what is not over.
        wanted: which of the ties as of then.

    Raises:
        ParameterError: there is no such type, grade or code, or what should be a division is none.
    """

    types: tuple[str, ...] = ()
    grades: tuple[str, ...] = STANDARD
    countries: tuple[str, ...] = ()
    divisions: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    as_of: Moment | None = None
    wanted: Wanted = Wanted.CERTAIN

    def __post_init__(self) -> None:
        """Refuse what does not exist."""
        for name, given, known in (("type of tie", self.types, TYPES), ("grade", self.grades, GRADES)):
            for value in given:
                if value not in known:
                    raise ParameterError(f"there is no {name} {value[:40]!r}; there are: {', '.join(known)}")
        for text in self.divisions:
            if not expand(text).startswith(_DIVISION):
                raise ParameterError(f"a division is given such as division:isfahan-province, not {text[:40]!r}")
        for code in self.countries:
            if not is_country_code(code):
                raise ParameterError(f"a country is given by its ISO 3166 code, such as IR, not {code[:40]!r}")
        for code in self.within:
            if not is_country_code(code) and not _AREA.fullmatch(code) and not expand(code).startswith(_REGION):
                raise ParameterError(
                    "within takes a country by its ISO 3166 code, such as IR, or a world region by its M49 code or "
                    f"IRI, such as 145 or world-region:western-asia, not {code[:40]!r}"
                )

    @property
    def is_standard(self) -> bool:
        """Return whether these are the ties that nobody has chosen otherwise."""
        return self.as_dict() == Selection().as_dict()

    def as_dict(self) -> dict[str, Any]:
        """Return it as an answer tells it; equal selections give equal dictionaries."""
        return {
            "tie_types": sorted(set(self.types)),
            "grades": sorted(set(self.grades)),
            "countries": sorted(set(self.countries)),
            "divisions": sorted(set(map(expand, self.divisions))),
            "regions": sorted(set(map(expand, self.regions))),
            "within": sorted(set(map(expand, self.within))),
            "as_of": self.as_of.text if self.as_of else None,
            "wanted": str(self.wanted) if self.as_of else None,
        }


@dataclass(frozen=True, slots=True)
class TieNetwork:
    """All ties, with the cities that they join by IRI, and the names of countries by ISO code."""

    ties: list[Tie]
    cities: Mapping[str, City]
    countries: Mapping[str, dict[str, str]] = field(default_factory=dict)

    def select(self, selection: Selection) -> list[Tie]:
        """Return the ties that are wanted.

        Raises:
            ParameterError: no city of the network lies in a division.
        """
        divisions = set(map(expand, selection.divisions))
        for unknown in sorted(divisions - {iri for city in self.cities.values() for iri in city.divisions}):
            raise ParameterError(f"no city that has a tie lies in {unknown[:200]}; /search finds divisions by name")
        places = {*selection.countries, *divisions, *map(expand, selection.regions)}
        within = set(map(expand, selection.within))
        return [tie for tie in self.ties if self._is_wanted(tie, selection, places, within)]

    def _is_wanted(self, tie: Tie, selection: Selection, places: set[str], within: set[str]) -> bool:
        if tie.grade not in selection.grades or (selection.types and not tie.types & set(selection.types)):
            return False
        cities = [self.cities.get(iri, City()) for iri in tie.cities]
        if places and not any(places & {city.country, *city.divisions, *city.regions} for city in cities):
            return False
        if within and not all(within & {city.country, *city.regions} for city in cities):
            return False
        if selection.as_of is None:
            return not tie.over
        return selection.wanted.takes(tie.state(selection.as_of))

    def links(self, ties: Iterable[Tie]) -> Links:
        """Return the network of some ties, its nodes named by the IRIs of cities."""
        return links_of(tie.cities for tie in ties)


def reciprocity(ties: Iterable[Tie], network: TieNetwork) -> dict[str, Any]:
    """Return of how many ties both sides speak, of those where a list that has the tie has looked at both.

    A list has looked at a city when it has an entry for it; the entry may lack this tie.

    Args:
        ties: some ties of the network.
        network: all of it, which tells what lists have looked at.
    """
    entries: dict[str, set[str]] = {}
    for tie in network.ties:
        for source, cities in tie.sides.items():
            entries.setdefault(source, set()).update(cities)
    compared = [tie for tie in ties if any(set(tie.cities) <= entries[source] for source in tie.sides)]
    both = sum(1 for tie in compared if set(tie.cities) <= set().union(*tie.sides.values()))
    share = round(both / len(compared), 12) if compared else None
    return {"reciprocity": share, "compared_ties": len(compared), "mutual_ties": both}


def network_of(
    ties: Sequence[Mapping[str, Any]],
    dates: Sequence[Mapping[str, Any]],
    sides: Sequence[Mapping[str, Any]],
    cities: Mapping[str, City],
    countries: Mapping[str, dict[str, str]],
) -> TieNetwork:
    """Return the network that the rows of the internal queries ``network-ties``, ``-dates`` and ``-sides`` tell of."""
    found: dict[tuple[str, str, str], Tie] = {}
    by_name: dict[str, list[Tie]] = {}
    for row in ties:
        name, key = row["tie"]["value"], (row["tie"]["value"], row["one"]["value"], row["other"]["value"])
        if key not in found:
            grade = _local(row["attestation"]["value"]) if "attestation" in row else "signed"
            found[key] = Tie((key[1], key[2]), grade)
            by_name.setdefault(name, []).append(found[key])
        found[key].types.add(_local(row["type"]["value"]) if "type" in row else "")
        if "status" in row:
            found[key].statuses.add(_local(row["status"]["value"]))
    for tie in found.values():
        tie.types = tie.types - {""} or ({"sister-city"} if tie.grade != "signed" else set())
    for row in dates:
        bounds = Bounds(*(date.fromisoformat(row[b]["value"]) if b in row else None for b in ("earliest", "latest")))
        for tie in by_name.get(row["tie"]["value"], ()):
            tie.dates.setdefault(_local(row["property"]["value"]), []).append(bounds)
    for row in sides:
        for tie in by_name.get(row["tie"]["value"], ()):
            if row["city"]["value"] in tie.cities:
                tie.sides.setdefault(row["source"]["value"], set()).add(row["city"]["value"])
    # What is only proposed is no tie.
    kept = [tie for _, tie in sorted(found.items()) if tie.grade != "signed" or tie.statuses & set(_SIGNED)]
    return TieNetwork(kept, cities, countries)


def cities_of(
    cities: Sequence[Mapping[str, Any]], places: Sequence[Mapping[str, Any]], countries: Sequence[Mapping[str, Any]]
) -> dict[str, City]:
    """Return by IRI the cities that the rows of ``network-cities``, ``-places`` and ``-countries`` tell of."""
    lies_in: dict[str, set[str]] = {}
    for row in places:
        lies_in.setdefault(row["place"]["value"], set()).add(row["in"]["value"])
    codes = {row["country"]["value"]: row["code"]["value"] for row in countries}
    found: dict[str, City] = {}
    for row in cities:
        iri = row["city"]["value"]
        if iri not in found:
            around = _around(iri, lies_in)
            # Of two countries, as of a city that changed hands, the first by code counts.
            code = min((codes[place] for place in around if place in codes), default="")
            divisions = frozenset(place for place in around if place.startswith(_DIVISION))
            regions = frozenset(place for place in around if place.startswith(_REGION))
            point = point_of(row["point"]["value"]) if "point" in row else None
            found[iri] = City({}, point, code, divisions, regions)
        if "label" in row:
            found[iri].names.setdefault(row["label"]["xml:lang"], row["label"]["value"])
    return found


def _around(iri: str, lies_in: Mapping[str, set[str]]) -> set[str]:
    """Return all places that a place lies in."""
    found: set[str] = set()
    edge = {iri}
    while edge:
        edge = {place for inner in edge for place in lies_in.get(inner, ())} - found
        found |= edge
    return found


def countries_of(rows: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """Return the names of countries by code and language that the rows of ``network-countries`` tell of."""
    names: dict[str, dict[str, str]] = {}
    for row in rows:
        names.setdefault(row["code"]["value"], {})[row["label"]["xml:lang"]] = row["label"]["value"]
    return names


def is_country_code(text: str) -> bool:
    """Return whether a text has the form of an ISO 3166 code of two letters."""
    return len(text) == 2 and text.isascii() and text.isupper()


def _local(iri: str) -> str:
    return iri.rpartition("#")[2].rpartition("/")[2]
