"""What the graph knows already: its cities by their Wikidata items, its mayors' posts, its names."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from citydip.curation.layout import Layout
from citydip.curation.turtle import read_turtle
from citydip.model.errors import NotFoundError, ParameterError
from citydip.model.names import fold
from citydip.model.terms import CD, PREFIXES, SSSOM

__all__ = ["OurCity", "Ours", "choose", "read_ours"]

_KEPT = {
    "geonames": str(CD.geonamesIdentifier),
    "place": str(CD.locatedIn),
    "code": str(CD.isoCode),
    "point": PREFIXES["geo"] + "asWKT",
    "for": str(CD.postFor),
    "kind": str(CD.hasPostKind),
    "subject": str(SSSOM.subject_id),
    "object": str(SSSOM.object_id),
    "match": str(SSSOM.predicate_id),
    "label": PREFIXES["rdfs"] + "label",
    "alternative": PREFIXES["skos"] + "altLabel",
}
_NAMES = {iri: name for name, iri in _KEPT.items()}
_NAMED = (PREFIXES["person"], PREFIXES["organization"])
_POINT = re.compile(r"POINT ?\((-?[0-9.]+) (-?[0-9.]+)\)")


@dataclass(frozen=True, slots=True)
class OurCity:
    """A city of the graph that has an item at Wikidata.

    Args:
        iri: its IRI.
        geonames: its GeoNames number.
        country: ISO 3166-1 code of its country in small letters; empty where it is not known.
        english: its English label.
        persian: its Persian label; empty where none is known.
        point: longitude and latitude, where they are known.
    """

    iri: str
    geonames: str
    country: str
    english: str
    persian: str
    point: tuple[float, float] | None

    @property
    def slug(self) -> str:
        """Return the last part of its IRI."""
        return self.iri.rpartition("/")[2]


@dataclass(slots=True)
class Ours:
    """What the graph knows.

    Args:
        cities: by QID.
        things: IRIs of persons and organizations by QID.
        posts: the mayor's post by the city's IRI.
        names: persons and organizations by the folded form of each of their names.
        labels: label of persons and organizations by IRI and language.
    """

    cities: dict[str, OurCity] = field(default_factory=dict)
    things: dict[str, str] = field(default_factory=dict)
    posts: dict[str, str] = field(default_factory=dict)
    names: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    labels: dict[str, dict[str, str]] = field(default_factory=dict)


class _Facts:
    """Values by subject of the predicates that matter here."""

    def __init__(self) -> None:
        self.values: dict[str, dict[str, list[str]]] = {name: defaultdict(list) for name in _KEPT if name != "label"}
        self.labels: dict[str, dict[str, str]] = defaultdict(dict)

    def one(self, name: str, subject: str) -> str:
        """Return a value of a subject; empty where there is none."""
        return next(iter(self.values[name].get(subject, ())), "")

    def country(self, place: str) -> str:
        """Return the code of the country that a place lies in."""
        seen: set[str] = set()
        while place and place not in seen:
            if code := self.one("code", place):
                return code.lower()
            seen.add(place)
            place = self.one("place", place)
        return ""


def read_ours(layout: Layout, without: Iterable[str]) -> Ours:
    """Return what the graph's files say.

    Args:
        layout: where they lie.
        without: data sets of ``data/world`` that are not read, because they are what is written.

    Raises:
        NotFoundError: no city has a mapping to Wikidata.
        TurtleSyntaxError: a file is not Turtle.
    """
    facts = _read(layout, without)
    ours = Ours()
    for mapping, (subject, *_) in facts.values["subject"].items():
        item = facts.one("object", mapping)
        if item.startswith(PREFIXES["wd"]) and facts.one("match", mapping) == PREFIXES["skos"] + "exactMatch":
            _add(ours, facts, subject, item.removeprefix(PREFIXES["wd"]))
    if not ours.cities:
        raise NotFoundError("no city has a mapping to Wikidata; import cities first, or map some in data/mappings.ttl")
    for post, kinds in facts.values["kind"].items():
        if PREFIXES["post-kind"] + "mayor" in kinds:
            ours.posts.update(dict.fromkeys(facts.values["for"].get(post, ()), post))
    for thing, labels in facts.labels.items():
        if thing.startswith(_NAMED):
            ours.labels[thing] = labels
            for name in [*labels.values(), *facts.values["alternative"].get(thing, ())]:
                ours.names[fold(name)].add(thing)
    return ours


def _read(layout: Layout, without: Iterable[str]) -> _Facts:
    facts = _Facts()
    left_out = [layout.root / "data" / "world" / name for name in without]
    for path in sorted((layout.root / "data").rglob("*.ttl")):
        if path.parent in left_out:
            continue
        for triple in read_turtle(path).triples:
            name = _NAMES.get(triple.predicate.value)
            if name == "label":
                facts.labels[triple.subject.value][triple.object.language or ""] = triple.object.value  # type: ignore[union-attr]
            elif name:
                facts.values[name][triple.subject.value].append(triple.object.value)  # type: ignore[union-attr]
    return facts


def _add(ours: Ours, facts: _Facts, subject: str, item: str) -> None:
    if not subject.startswith(PREFIXES["city"]):
        ours.things[item] = subject
        return
    found = _POINT.fullmatch(facts.one("point", subject))
    labels = facts.labels.get(subject, {})
    geonames = facts.one("geonames", subject)
    if geonames and "en" in labels:
        point = (float(found[1]), float(found[2])) if found else None
        city = OurCity(subject, geonames, facts.country(subject), labels["en"], labels.get("fa", ""), point)
        ours.cities[item] = city


def choose(ours: Ours, wanted: Sequence[str]) -> list[str]:
    """Return the QIDs of cities, sorted by number.

    Args:
        ours: what the graph knows.
        wanted: countries such as ``ir``, cities such as ``city:tehran``, or items such as ``Q3616``; none: all.

    Raises:
        ParameterError: one of them is no such thing, or no city with an item fits it.
    """
    chosen: set[str] = set() if wanted else set(ours.cities)
    for word in wanted:
        iri = PREFIXES["city"] + word.removeprefix("city:")
        fit = {
            item
            for item, city in ours.cities.items()
            if word == item or city.iri in (iri, word) or (len(word) == 2 and word.lower() == city.country)
        }
        if not fit:
            raise ParameterError(
                f"no city with an item at Wikidata fits {word!r}; "
                "name a country such as ir, a city such as city:tehran, or an item such as Q3616"
            )
        chosen |= fit
    return sorted(chosen, key=lambda item: int(item[1:]))
