"""What an editor completes: the classes, properties and concepts of the graph, the most used first."""

from dataclasses import dataclass

from citydip.model.terms import PREFIXES, shorten
from citydip.services.browsing import TermEntry, terms
from citydip.services.graph import ServedGraph

__all__ = ["Completion", "completions"]


@dataclass(frozen=True, slots=True)
class Completion:
    """A term that can be completed.

    Args:
        name: as it is written, such as ``cd:hasParty``.
        kind: ``class``, ``property`` or ``concept``.
        labels: by language.
        definitions: by language.
        uses: how many things a class has, or triples a property.
    """

    name: str
    kind: str
    labels: dict[str, str]
    definitions: dict[str, str]
    uses: int


async def completions(graph: ServedGraph) -> list[Completion]:
    """Return the terms that have a prefixed name, the most used first."""
    found = []
    for entry in await terms(graph):
        name = shorten(entry.iri)
        if not name.startswith("<"):
            labels = entry.text("rdfs:label") or entry.text("skos:prefLabel")
            found.append(Completion(name, _kind(entry), labels, entry.text("skos:definition"), entry.uses))
    return sorted(found, key=lambda completion: (-completion.uses, completion.name))


def _kind(entry: TermEntry) -> str:
    owl = PREFIXES["owl"]
    if owl + "Class" in entry.kinds:
        return "class"
    return "property" if any(kind.startswith(owl) for kind in entry.kinds) else "concept"
