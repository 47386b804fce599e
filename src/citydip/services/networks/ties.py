"""The ties between cities as one network, and the part of it that somebody wants to see."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from citydip.model.dates import Bounds
from citydip.model.errors import ParameterError
from citydip.model.holding import Course, Moment, State, Wanted, state_in
from citydip.services.mapping import point_of
from citydip.services.networks.links import Links, links_of

__all__ = ["GRADES", "STANDARD", "TYPES", "City", "Selection", "Tie", "TieNetwork", "network_of", "reciprocity"]

GRADES = ("signed", "attested", "reported")
"""What speaks for a tie: an agreement that is signed; two lists or more; one list alone."""
STANDARD = ("signed", "attested")
"""The grades that `cd:tiedWith` is computed of."""
TYPES = ("sister-city", "friendship-and-cooperation", "memorandum-of-understanding", "cooperation-memorandum")
"""Kinds of ties. What lists report are sister cities."""
_GONE = ("ended", "suspended")
_SIGNED = ("signed", "in-force", *_GONE)


@dataclass(frozen=True, slots=True)
class City:
    """A city of the network: its names by language, where it lies, and its country's ISO code."""

    names: dict[str, str] = field(default_factory=dict)
    point: tuple[float, float] | None = None
    country: str = ""


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
        countries: ISO codes; ties of which a city lies in one of them; empty: all.
        as_of: a day or a year; None: what is not over.
        wanted: which of the ties as of then.

    Raises:
        ParameterError: there is no such type, grade or code.
    """

    types: tuple[str, ...] = ()
    grades: tuple[str, ...] = STANDARD
    countries: tuple[str, ...] = ()
    as_of: Moment | None = None
    wanted: Wanted = Wanted.CERTAIN

    def __post_init__(self) -> None:
        """Refuse what does not exist."""
        for name, given, known in (("type of tie", self.types, TYPES), ("grade", self.grades, GRADES)):
            for value in given:
                if value not in known:
                    raise ParameterError(f"there is no {name} {value[:40]!r}; there are: {', '.join(known)}")
        for code in self.countries:
            if len(code) != 2 or not code.isascii() or not code.isupper():
                raise ParameterError(f"a country is given by its ISO 3166 code, such as IR, not {code[:40]!r}")

    def as_dict(self) -> dict[str, Any]:
        """Return it as an answer tells it; equal selections give equal dictionaries."""
        return {
            "tie_types": sorted(set(self.types)),
            "grades": sorted(set(self.grades)),
            "countries": sorted(set(self.countries)),
            "as_of": self.as_of.text if self.as_of else None,
            "wanted": str(self.wanted) if self.as_of else None,
        }


@dataclass(frozen=True, slots=True)
class TieNetwork:
    """All ties, with the cities that they join by IRI, and the names of countries by ISO code."""

    ties: list[Tie]
    cities: dict[str, City]
    countries: dict[str, dict[str, str]] = field(default_factory=dict)

    def select(self, selection: Selection) -> list[Tie]:
        """Return the ties that are wanted."""
        return [tie for tie in self.ties if self._is_wanted(tie, selection)]

    def _is_wanted(self, tie: Tie, selection: Selection) -> bool:
        if tie.grade not in selection.grades or (selection.types and not tie.types & set(selection.types)):
            return False
        codes = {self.cities[city].country for city in tie.cities if city in self.cities}
        if selection.countries and not codes & set(selection.countries):
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
    cities: Sequence[Mapping[str, Any]],
    countries: Sequence[Mapping[str, Any]],
) -> TieNetwork:
    """Return the network that the rows of the five internal queries ``network-…`` tell of."""
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
    names: dict[str, dict[str, str]] = {}
    for row in countries:
        names.setdefault(row["code"]["value"], {})[row["label"]["xml:lang"]] = row["label"]["value"]
    return TieNetwork(kept, _cities(cities), names)


def _cities(rows: Sequence[Mapping[str, Any]]) -> dict[str, City]:
    found: dict[str, City] = {}
    for row in rows:
        iri = row["city"]["value"]
        point = point_of(row["point"]["value"]) if "point" in row else None
        # Of two countries, as of a city that changed hands, the first by code counts.
        code = row["code"]["value"] if "code" in row else ""
        city = found.get(iri) or City(point=point, country=code)
        if code and code < city.country:
            city = City(city.names, city.point, code)
        if "label" in row:
            city.names.setdefault(row["label"]["xml:lang"], row["label"]["value"])
        found[iri] = city
    return found


def _local(iri: str) -> str:
    return iri.rpartition("#")[2].rpartition("/")[2]
