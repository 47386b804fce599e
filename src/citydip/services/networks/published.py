"""What the build has measured of the network, read back from the graph that it published."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from citydip.curation.networks.measures import FIGURES
from citydip.curation.networks.publishing import MEASURES, NAME, figure_term
from citydip.curation.networks.ties import City
from citydip.services.graph import ServedGraph

__all__ = ["Figures", "is_published", "read_cities", "read_figures", "read_most"]


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of the whole network.

    Args:
        values: by name; None where one has no value.
        modularity: of its communities.
        library: what measured them, with its version.
    """

    values: dict[str, Any]
    modularity: float | None
    library: str


def is_published(graph: ServedGraph) -> bool:
    """Return whether the snapshot has the measures of its network; one that is older has not."""
    return str(NAME) in graph.snapshot.graphs


async def read_figures(graph: ServedGraph) -> Figures:
    """Return the figures of the network, with the distribution of degrees."""
    known: dict[str, Any] = {}
    library = ""
    for row in await _rows(graph, "measured-figures"):
        if "library" in row:
            library = f"{row['library']['value']} {row['number']['value']}"
        else:
            known[row["figure"]["value"]] = _number(row["value"])
    values = {key: known.get(str(figure_term(key))) for key in FIGURES}
    rows = await _rows(graph, "measured-degrees")
    values["degree_distribution"] = [[int(row["degree"]["value"]), int(row["cities"]["value"])] for row in rows]
    return Figures(values, known.get(str(figure_term("modularity"))), library)


async def read_cities(graph: ServedGraph) -> list[dict[str, Any]]:
    """Return every measure of each city: a row with its IRI as ``node``."""
    return [
        {"node": row["node"]["value"], **{key: _number(row[key]) for key in MEASURES}}
        for row in await _rows(graph, "measured-cities")
    ]


async def read_most(graph: ServedGraph) -> tuple[list[tuple[str, float]], dict[str, City]]:
    """Return the twenty most tied cities with their degrees, and their names by IRI."""
    degrees: dict[str, float] = {}
    cities: dict[str, City] = {}
    for row in await _rows(graph, "measured-most"):
        iri = row["city"]["value"]
        degrees[iri] = _number(row["degree"])
        city = cities.setdefault(iri, City())
        if "label" in row:
            city.names[row["label"]["xml:lang"]] = row["label"]["value"]
    return list(degrees.items()), cities


def _number(value: Mapping[str, str]) -> float:
    return int(value["value"]) if value["datatype"].endswith("#integer") else float(value["value"])


async def _rows(graph: ServedGraph, name: str) -> list[dict[str, dict[str, str]]]:
    found: list[dict[str, dict[str, str]]] = json.loads(await graph.rows(graph.internal[name]))["results"]["bindings"]
    return found
