"""What the front page tells of the whole graph: how big it is, and what is newest by the dates that are known.

When a statement came into the graph is not recorded. What is known is when agreements were signed and sources
published, as sources say, and when each graph was issued, as its description says.
"""

import asyncio
import json
from dataclasses import dataclass, field
from datetime import date

from citydip.model.calendars import Calendar, day_text
from citydip.model.languages import INTERFACE
from citydip.model.terms import CD, PREFIXES
from citydip.services.graph import ServedGraph
from citydip.services.things import Node

__all__ = ["Overview", "Recent", "read_overview"]

_LABEL = PREFIXES["rdfs"] + "label"
_TEXTS = {"gregorian": str(CD.gregorianText), "hijri": str(CD.solarHijriText)}
_CALENDARS = {"gregorian": Calendar.GREGORIAN, "hijri": Calendar.SOLAR_HIJRI}


@dataclass(frozen=True, slots=True)
class Recent:
    """Something with its day.

    Args:
        thing: an agreement, source or graph.
        day: its date, as pages show dates.
        first: the earliest Gregorian day that the date can mean.
    """

    thing: Node
    day: Node
    first: str


@dataclass(slots=True)
class Overview:
    """What the front page tells.

    Args:
        figures: how many there are, by what is counted.
        recent: what is newest, the latest first, by ``agreements``, ``sources`` and ``graphs``.
    """

    figures: dict[str, int]
    recent: dict[str, list[Recent]] = field(default_factory=dict)


async def read_overview(graph: ServedGraph) -> Overview:
    """Return the overview of a served graph."""
    counted, dated = await asyncio.gather(graph.rows(graph.internal["figures"]), graph.rows(graph.internal["recent"]))
    rows = json.loads(counted)["results"]["bindings"]
    found = Overview({row["figure"]["value"]: int(row["count"]["value"]) for row in rows})
    known: dict[tuple[str, str], Recent] = {}
    for row in json.loads(dated)["results"]["bindings"]:
        kind, iri, day = row["list"]["value"], row["thing"]["value"], row["day"]["value"]
        if (kind, iri) not in known:
            known[kind, iri] = Recent(Node(iri, is_iri=True), Node(day, is_iri=False, aspects=_texts(day)), day)
            found.recent.setdefault(kind, []).append(known[kind, iri])
        entry, language = known[kind, iri], row["label"].get("xml:lang", "")
        entry.thing.aspects.setdefault(_LABEL, {})[language] = row["label"]["value"]
        for name, predicate in _TEXTS.items():
            if name in row:
                entry.day.aspects[predicate][language] = row[name]["value"]
    for entries in found.recent.values():
        entries.sort(key=lambda entry: entry.thing.value)
        entries.sort(key=lambda entry: entry.first, reverse=True)
    return found


def _texts(day: str) -> dict[str, dict[str, str]]:
    """Return a Gregorian day in words, as nodes of dates carry them."""
    given = date.fromisoformat(day)
    return {
        predicate: {language: day_text(_CALENDARS[name], given, language) for language in INTERFACE}
        for name, predicate in _TEXTS.items()
    }
