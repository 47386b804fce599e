"""The names of classes, properties and concepts, which every page needs: read once for each version."""

import json
from dataclasses import dataclass, field

from citydip.model.terms import CD
from citydip.services.graph import ServedGraph

__all__ = ["Vocabulary", "read_vocabulary"]


@dataclass(slots=True)
class Vocabulary:
    """What the terms are called, and how classes and properties lie below one another.

    Args:
        labels: labels of each term by language, by the term's IRI.
        above: the classes directly above each class.
        over: the properties directly above each property.
    """

    labels: dict[str, dict[str, str]] = field(default_factory=dict)
    above: dict[str, set[str]] = field(default_factory=dict)
    over: dict[str, set[str]] = field(default_factory=dict)

    def is_a(self, kind: str, name: str) -> bool:
        """Return whether a class is, or lies below, a class of this ontology.

        Args:
            kind: the IRI of a class.
            name: such as ``Statement``.
        """
        wanted, seen, left = str(CD[name]), {kind}, [kind]
        while left:
            at = left.pop()
            if at == wanted:
                return True
            for above in self.above.get(at, ()):
                if above not in seen:
                    seen.add(above)
                    left.append(above)
        return False

    def links_about(self, predicate: str) -> bool:
        """Return whether a property leads from a statement to what the statement is about."""
        return str(CD.about) in self.over.get(predicate, ())


async def read_vocabulary(graph: ServedGraph) -> Vocabulary:
    """Return the vocabulary of a served graph."""
    vocabulary = Vocabulary()
    for row in json.loads(await graph.rows(graph.internal["vocabulary"]))["results"]["bindings"]:
        term = row["term"]["value"]
        if "label" in row:
            vocabulary.labels.setdefault(term, {})[row["label"].get("xml:lang", "")] = row["label"]["value"]
        if "above" in row:
            vocabulary.above.setdefault(term, set()).add(row["above"]["value"])
        if "super" in row:
            vocabulary.over.setdefault(term, set()).add(row["super"]["value"])
    return vocabulary
