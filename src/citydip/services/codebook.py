"""The codebook: each class, property and concept with what it means, which values it may have, and where it is used.

What terms mean stands in the ontology, what is demanded of their values in the shapes, and how often they are used in
the statistics that the build writes, so that nothing but the uses of concepts is counted here.
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from citydip.model.errors import NotFoundError
from citydip.model.terms import CD, PREFIXES
from citydip.services.browsing import TermEntry, terms
from citydip.services.graph import ServedGraph
from citydip.services.things import Node

__all__ = ["Codebook", "Rule", "Use", "read_codebook", "uses_of"]

_OWL = PREFIXES["owl"]
_SH = PREFIXES["sh"]
_USES = 8
"""Uses of a term that its page shows."""
_CONCEPT = PREFIXES["skos"] + "Concept"


@dataclass(slots=True)
class Rule:
    """What a shape demands of the values of a property.

    Args:
        shape: the IRI of the shape.
        kind: the class for whose things it holds; empty where it holds wherever the property is used.
        classes: of one of which each value must be.
        datatypes: of which each value must be.
        choices: the values that are allowed; empty where it names none.
        languages: the languages that texts must be in.
        limits: least and most of a number, by ``minInclusive`` and ``maxInclusive``.
        pattern: what a text must match.
        least: how many values there must be.
        most: how many there may be; None for any number.
    """

    shape: str
    kind: str = ""
    classes: list[str] = field(default_factory=list)
    datatypes: list[str] = field(default_factory=list)
    choices: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    limits: dict[str, str] = field(default_factory=dict)
    pattern: str = ""
    least: int = 0
    most: int | None = None

    def note(self, aspect: str, value: str) -> None:
        """Take in one part of the shape, by the name of its property such as ``maxCount``."""
        lists = {"class": self.classes, "datatype": self.datatypes, "in": self.choices, "languageIn": self.languages}
        if aspect in lists:
            if value not in lists[aspect]:
                lists[aspect].append(value)
        elif aspect == "minCount":
            self.least = int(value)
        elif aspect == "maxCount":
            self.most = int(value)
        elif aspect == "pattern":
            self.pattern = value
        else:
            self.limits[aspect] = value

    @property
    def amount(self) -> tuple[str, int]:
        """Return how many values there are, and the number in it.

        It is ``one`` or ``exact``, ``some`` (one or more) or ``least``, ``most``, or ``any``.

        Example:
            >>> Rule("", least=1, most=1).amount, Rule("", least=2).amount
            (('one', 1), ('least', 2))
        """
        if self.most is not None:
            exact = "one" if self.most == 1 else "exact"
            return (exact if self.least == self.most else "most", self.most)
        if self.least > 1:
            return "least", self.least
        return ("some", 1) if self.least else ("any", 0)


@dataclass(frozen=True, slots=True)
class Use:
    """A use of a term in the data.

    Args:
        subject: a thing.
        value: what a property leads to from there; the thing itself for a class.
    """

    subject: Node
    value: Node


@dataclass(slots=True)
class Codebook:
    """Every term, and how terms hang together in the data.

    Args:
        entries: the terms by their IRIs.
        rules: what shapes demand of the values of each property.
        counts: triples by the class of the subject and the property.
        leads: triples by class, property, and the class or datatype that they lead to.
    """

    entries: dict[str, TermEntry]
    rules: dict[str, list[Rule]] = field(default_factory=dict)
    counts: dict[tuple[str, str], int] = field(default_factory=dict)
    leads: dict[tuple[str, str], dict[str, int]] = field(default_factory=dict)

    def entry(self, name: str) -> TermEntry:
        """Return a class or property by its name, such as ``City``.

        Raises:
            NotFoundError: the ontology has no such term; the error names those that are near.
        """
        found = self.entries.get(str(CD[name]))
        if found is None:
            message = f"the ontology has no term {name[:80]!r}; all of them stand at /ontology"
            raise NotFoundError(message, str(CD[name]))
        return found

    def classes(self) -> list[TermEntry]:
        """Return the classes."""
        return [entry for entry in self.entries.values() if _OWL + "Class" in entry.kinds]

    def properties(self, name: str) -> list[TermEntry]:
        """Return the properties of a kind, ``ObjectProperty`` or ``DatatypeProperty``."""
        return [entry for entry in self.entries.values() if _OWL + name in entry.kinds]

    def schemes(self) -> list[tuple[TermEntry, list[TermEntry]]]:
        """Return the concept schemes, each with its concepts."""
        scheme = PREFIXES["skos"] + "ConceptScheme"
        heads = [entry for entry in self.entries.values() if scheme in entry.kinds]
        return [(head, [e for e in self.entries.values() if head.iri in e.to("skos:inScheme")]) for head in heads]

    def concepts_of(self, kind: str) -> list[TermEntry]:
        """Return the concepts of a class, which are the values that a property leading to that class may have."""
        if _CONCEPT not in self.above(kind):
            return []
        return [entry for entry in self.entries.values() if kind in entry.kinds]

    def above(self, kind: str) -> list[str]:
        """Return the classes directly above a class: those of this ontology, and the class of all concepts."""
        above = self.entries[kind].to("rdfs:subClassOf") if kind in self.entries else []
        return [iri for iri in above if iri in self.entries or iri == _CONCEPT]

    def below(self, iri: str) -> list[str]:
        """Return the classes or properties directly below one."""
        names = ("rdfs:subClassOf", "rdfs:subPropertyOf")
        return [entry.iri for entry in self.entries.values() if any(iri in entry.to(name) for name in names)]

    def most_used(self, kind: str) -> str:
        """Return a class itself where things are of it, else the one with the most things among those below it.

        Example:
            Nothing is a mere ``cd:Actor``; most actors are persons or cities.
        """
        found, left = {kind}, [kind]
        while left:
            lower = [iri for iri in self.below(left.pop()) if iri not in found]
            found.update(lower)
            left += lower
        return kind if self.entries[kind].uses else max(sorted(found), key=lambda iri: self.entries[iri].uses)

    def users(self, predicate: str) -> list[tuple[str, int]]:
        """Return the classes whose things have a property, with the number of triples, the most frequent first."""
        return _ranked((kind, count) for (kind, used), count in self.counts.items() if used == predicate)

    def used_with(self, kind: str) -> list[tuple[str, int]]:
        """Return the properties that things of a class have, with the number of triples, the most frequent first."""
        return _ranked((used, count) for (one, used), count in self.counts.items() if one == kind)

    def targets(self, predicate: str) -> list[str]:
        """Return the classes and datatypes that a property leads to, the most frequent first."""
        found: dict[str, int] = defaultdict(int)
        for (_, used), targets in self.leads.items():
            for target, count in targets.items() if used == predicate else ():
                found[target] += count
        return [target for target, _ in _ranked(found.items())]

    def demanded(self, kind: str) -> dict[str, Rule]:
        """Return the rules for the things of a class, by property; what holds of a class above holds here too."""
        found: dict[str, Rule] = {}
        left = [kind]
        while left:
            at = left.pop(0)
            for term, rules in self.rules.items():
                for rule in rules:
                    if rule.kind == at:
                        found.setdefault(term, rule)
            left += self.above(at)
        return found


def _ranked(counts: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    return sorted(counts, key=lambda pair: (-pair[1], pair[0]))


async def read_codebook(graph: ServedGraph) -> Codebook:
    """Return the codebook of a served graph."""
    entries, rules, parts, concepts = await asyncio.gather(
        terms(graph), _rows(graph, "term-rules"), _rows(graph, "partitions"), _rows(graph, "concept-uses")
    )
    book = Codebook({entry.iri: entry for entry in entries})
    for row in concepts:
        if row["term"] in book.entries:
            book.entries[row["term"]].uses = int(row["count"])
    found: dict[tuple[str, str, str], Rule] = {}
    for row in rules:
        key = (row["term"], row["shape"], row.get("kind", ""))
        if key not in found:
            found[key] = Rule(row["shape"], row.get("kind", ""))
            book.rules.setdefault(row["term"], []).append(found[key])
        found[key].note(row["aspect"].removeprefix(_SH), row["value"])
    for given in book.rules.values():
        given.sort(key=lambda rule: (rule.kind, rule.shape))
    for row in parts:
        part = row["kind"], row["property"]
        if "target" in row:
            book.leads.setdefault(part, {})[row["target"]] = int(row["count"])
        else:
            book.counts[part] = int(row["count"])
    return book


async def uses_of(graph: ServedGraph, iri: str) -> list[Use]:
    """Return a few uses of a class or property, by their names."""
    answer = await graph.rows(graph.internal["examples-of-term"], {"term": f"<{iri}>"})
    found: dict[tuple[str, str], Use] = {}
    for row in json.loads(answer)["results"]["bindings"]:
        key = row["subject"]["value"], row["object"]["value"]
        use = found.setdefault(key, Use(_node(row["subject"]), _node(row["object"])))
        for node, name in ((use.subject, "subjectLabel"), (use.value, "objectLabel")):
            if name in row:
                labels = node.aspects.setdefault(PREFIXES["rdfs"] + "label", {})
                labels.setdefault(row[name].get("xml:lang", ""), row[name]["value"])
    return [found[key] for key in sorted(list(found)[:_USES])]


def _node(term: dict[str, Any]) -> Node:
    return Node(term["value"], term["type"] == "uri", term.get("datatype", ""), term.get("xml:lang", ""))


async def _rows(graph: ServedGraph, name: str) -> list[dict[str, str]]:
    answer = await graph.rows(graph.internal[name])
    bindings = json.loads(answer)["results"]["bindings"]
    return [{variable: term["value"] for variable, term in row.items()} for row in bindings]
