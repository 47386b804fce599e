"""What a source says, by speaker: the first part of it, and how much there is in all."""

import json
from dataclasses import dataclass, field

from citydip.services.graph import ServedGraph
from citydip.services.things import Described, Node, gather_rows

__all__ = ["Said", "Saying", "read_saying"]


@dataclass(slots=True)
class Saying:
    """What one speaker says in a source.

    Args:
        speaker: who; None for the source itself.
        count: how many statements there are in all.
        statements: those of them that are shown, each with its quotations under ``oa:exact``.
    """

    speaker: Node | None
    count: int = 0
    statements: list[Described] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Said:
    """What a source says.

    Args:
        sayings: by speaker, the source itself first and then who says most.
    """

    sayings: list[Saying]

    @property
    def count(self) -> int:
        """Return how many statements there are in all; one that two speakers make counts for each."""
        return sum(saying.count for saying in self.sayings)

    @property
    def shown(self) -> int:
        """Return how many of them are shown."""
        return sum(len(saying.statements) for saying in self.sayings)


async def read_saying(graph: ServedGraph, iri: str) -> Said:
    """Return what a source says.

    Args:
        graph: where to ask.
        iri: the source.
    """
    answer = await graph.rows(graph.internal["page-said"], {"thing": f"<{iri}>"})
    found: dict[str, Saying] = {}
    rows: dict[str, list[dict[str, dict[str, str]]]] = {}
    for row in json.loads(answer)["results"]["bindings"]:
        name = row["speaker"]["value"]
        if "count" not in row:
            rows.setdefault(name, []).append(row)
            continue
        saying = found.setdefault(name, Saying(None if name == iri else Node(name, is_iri=True)))
        saying.count = int(row["count"]["value"])
        if saying.speaker is not None and "text" in row:
            labels = saying.speaker.aspects.setdefault(row["aspect"]["value"], {})
            labels.setdefault(row["text"].get("xml:lang", ""), row["text"]["value"])
    for name, saying in found.items():
        statements = gather_rows(rows.get(name, []), "statement")
        saying.statements = sorted(statements, key=lambda s: (s.begins or "9", s.labels.get("en", ""), s.iri))
    ordered = sorted(found.items(), key=lambda item: (item[0] != iri, -item[1].count, item[0]))
    return Said([saying for _, saying in ordered if saying.count])
