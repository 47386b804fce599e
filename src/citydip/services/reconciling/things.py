"""What a reconciliation client shows: a thing in short, the classes and properties that can be chosen, suggestions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from citydip.curation.naming import NAME_KINDS
from citydip.model.names import fold
from citydip.model.terms import CD, ID, expand
from citydip.services.browsing import TermEntry, terms
from citydip.services.graph import ServedGraph
from citydip.services.labelling import labels_of, names_of
from citydip.services.reconciling.candidates import about
from citydip.services.reconciling.properties import PROPERTIES
from citydip.services.search import Looking, Question

__all__ = ["Choice", "Short", "describe", "iri_of", "proposed", "read_choices", "short_id", "suggest", "suggest_things"]

_CLASS, _PROPERTY = "http://www.w3.org/2002/07/owl#Class", "Property"


@dataclass(frozen=True, slots=True)
class Choice:
    """A class or property that a user may choose.

    Args:
        id: what it is called in requests.
        label: in the reader's language where there is one.
        language: of the label.
        description: what it means.
    """

    id: str
    label: str
    language: str
    description: str


@dataclass(frozen=True, slots=True)
class Short:
    """A thing in short.

    Args:
        iri: the thing.
        label: its name.
        language: of the label.
        types: its classes: IRI and label.
        others: its other names, with their languages.
        places: labels of the places that it lies in.
        population: of a place; 0 where it is not known.
        point: latitude and longitude.
        statements: how many statements are about it.
    """

    iri: str
    label: str
    language: str
    types: tuple[tuple[str, str], ...]
    others: tuple[tuple[str, str], ...]
    places: tuple[str, ...]
    population: int
    point: tuple[float, float] | None
    statements: int

    @property
    def description(self) -> str:
        """Return what tells the thing from its namesakes."""
        return ", ".join([*(label for _, label in self.types), *self.places])


def short_id(iri: str) -> str:
    """Return what a thing or class is called in requests: the end of its IRI, or all of it.

    Example:
        >>> short_id("https://w3id.org/citydip/id/city/tehran"), short_id(str(CD.City))
        ('city/tehran', 'City')
    """
    return iri.removeprefix(str(ID)).removeprefix(str(CD))


def iri_of(identifier: str) -> str:
    """Return the IRI of a thing, however it is written.

    Example:
        >>> iri_of("city/tehran") == iri_of("city:tehran") == iri_of("https://w3id.org/citydip/id/city/tehran")
        True
    """
    full = expand(identifier)
    return full if ":" in full else str(ID) + full


async def describe(graph: ServedGraph, iris: Sequence[str], languages: Sequence[str]) -> dict[str, Short]:
    """Return things in short, by IRI; what is not in the graph is not there.

    Args:
        graph: what is asked.
        iris: the things.
        languages: of the labels, the reader's first.
    """
    return await graph.search.run(lambda looking: _describe(looking, iris, languages))


async def suggest_things(
    graph: ServedGraph, prefix: str, kinds: Sequence[str], languages: tuple[str, ...], offset: int, limit: int
) -> list[Short]:
    """Return the things that go by a name that may be unfinished, the best first.

    Args:
        graph: what is asked.
        prefix: what has been typed; an identifier is found, too.
        kinds: classes of which a thing must have one; none for any.
        languages: of the labels.
        offset: things to pass over.
        limit: things to give.

    Raises:
        ParameterError: there is no such class.
    """
    if "/" in prefix and not prefix.startswith("http"):
        prefix = iri_of(prefix)
    chosen = {"kind": tuple(kinds)} if kinds else {}
    found = await graph.search.ask(Question(prefix, languages, chosen, offset, limit, facets=False))
    iris = [hit.thing.iri for hit in found.hits]
    described = await describe(graph, iris, languages)
    return [described[iri] for iri in iris]


async def read_choices(graph: ServedGraph, languages: Sequence[str]) -> tuple[list[Choice], list[Choice]]:
    """Return the classes and the properties that can be chosen; the properties with names of their own come first."""
    entries = sorted(await terms(graph), key=lambda entry: (-entry.uses, entry.iri))
    classes = [_choice(entry, languages) for entry in entries if _CLASS in entry.kinds]
    own = []
    for one in PROPERTIES.values():
        language = next((language for language in languages if language in one.labels), "en")
        own.append(Choice(one.id, one.labels[language], language, one.description))
    others = [_choice(entry, languages, "cd:") for entry in entries if any(k.endswith(_PROPERTY) for k in entry.kinds)]
    return classes, own + others


def suggest(choices: Iterable[Choice], prefix: str) -> list[Choice]:
    """Return the choices whose name or identifier has words that begin as was typed; all where nothing was.

    Example:
        >>> choices = [Choice("City", "city", "en", ""), Choice("CityNetwork", "city network", "en", "")]
        >>> [one.id for one in suggest(choices, "netw")]
        ['CityNetwork']
    """
    wanted = fold(prefix)

    def place(one: Choice) -> int:
        texts = (one.id, one.id.rpartition(":")[2], one.label)
        if wanted in map(fold, texts):
            return 0
        if any(fold(text).startswith(wanted) for text in texts):
            return 1
        return 2 if any(fold(word).startswith(wanted) for word in one.label.split()) else 3

    return sorted((one for one in choices if place(one) < 3), key=place)


def proposed(choices: Iterable[Choice], kind: str) -> list[Choice]:
    """Return the properties with names of their own that things of a class have; of no class, all.

    Args:
        choices: the properties.
        kind: a class, by its local name; empty for none.
    """
    wanted = {one.id for one in PROPERTIES.values() if not kind or not one.kinds or kind in one.kinds}
    return [one for one in choices if one.id in wanted]


def _choice(entry: TermEntry, languages: Sequence[str], prefix: str = "") -> Choice:
    labels = entry.text("rdfs:label") or {"": short_id(entry.iri)}
    language = next((one for one in (*languages, "en", *labels) if one in labels), "")
    definitions = entry.text("skos:definition")
    local = entry.iri.removeprefix(str(CD))
    description = definitions.get(language) or definitions.get("en", "")
    return Choice(prefix + local if local != entry.iri else f"<{entry.iri}>", labels[language], language, description)


def _describe(looking: Looking, iris: Sequence[str], languages: Sequence[str]) -> dict[str, Short]:
    marks = ",".join("?" * len(iris))
    query = f"SELECT id FROM thing WHERE iri IN ({marks})"  # noqa: S608 - only marks are put in
    numbers = [number for (number,) in looking.connection.execute(query, list(iris))]
    known = about(looking, numbers)
    values = {value for thing in known.values() for value in (*thing.facets.get("kind", ()), *thing.within)}
    shown = labels_of(looking.connection, sorted({*numbers, *values}), languages)
    names = names_of(looking.connection, numbers)
    found = {}
    for number, thing in known.items():
        own = shown[number][0]
        others = {
            (text, language) for kind, language, text, _ in names.get(number, ()) if NAME_KINDS[kind] != "spelling"
        }
        kinds = [shown[kind][0] for kind in sorted(thing.facets.get("kind", ()))]
        found[thing.iri] = Short(
            thing.iri,
            own.label,
            own.language,
            tuple((kind.iri, kind.label) for kind in kinds),
            tuple(sorted(others - {(own.label, own.language)}, key=lambda other: (other[1], other[0]))),
            tuple(shown[place][0].label for place in sorted(thing.within, reverse=True)),
            thing.population,
            thing.point,
            thing.statements,
        )
    return found
