"""Measures of a network without directions, by igraph; docs/explanation/network-measures.md defines each.

Pairs count once, whatever their weight, but for the strength. The same network always gives the same values:
nodes and pairs are sorted, and what chances decide in the search for communities has a fixed seed.
"""

import math
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import igraph

from citydip.curation.networks.links import Links
from citydip.model.errors import ParameterError

__all__ = ["FIGURES", "LIBRARY", "RANKS", "communities", "effective_diameter", "gini", "of_nodes", "rank", "stats"]

LIBRARY = f"igraph {igraph.__version__}"
"""What computes, with its version."""
FIGURES: dict[str, dict[str, str]] = {
    "nodes": {"en": "Cities", "fa": "شهرها"},
    "edges": {"en": "Pairs of tied cities", "fa": "جفت شهرهای پیوسته"},
    "ties": {"en": "Ties", "fa": "پیوندها"},
    "loops": {"en": "Ties of one with itself, left out", "fa": "پیوند با خود، کنار گذاشته"},
    "density": {"en": "Density", "fa": "چگالی"},
    "degree_mean": {"en": "Mean degree", "fa": "میانگین درجه"},
    "degree_max": {"en": "Greatest degree", "fa": "بیشترین درجه"},
    "strength_max": {"en": "Greatest strength", "fa": "بیشترین توان"},
    "components": {"en": "Components", "fa": "مؤلفه‌ها"},
    "largest_component": {"en": "Largest component", "fa": "بزرگ‌ترین مؤلفه"},
    "triangles": {"en": "Triangles", "fa": "مثلث‌ها"},
    "clustering": {"en": "Mean clustering", "fa": "میانگین خوشگی"},
    "transitivity": {"en": "Transitivity", "fa": "تراگذری"},
    "assortativity": {"en": "Assortativity by degree", "fa": "همسان‌گزینی درجه"},
    "core_max": {"en": "Innermost core", "fa": "درونی‌ترین هسته"},
    "diameter": {"en": "Diameter", "fa": "قطر"},
    "effective_diameter": {"en": "Effective diameter (90 %)", "fa": "قطر مؤثر (۹۰ درصد)"},
    "distance_mean": {"en": "Mean distance", "fa": "میانگین فاصله"},
    "gini": {"en": "Gini coefficient of degrees", "fa": "ضریب جینی درجه‌ها"},
    "power_law_exponent": {"en": "Power-law exponent", "fa": "نمای قانون توانی"},
    "power_law_minimum": {"en": "Least degree of the power law", "fa": "کمترین درجهٔ قانون توانی"},
    "power_law_distance": {"en": "Distance from the power law", "fa": "فاصله از قانون توانی"},
    "reciprocity": {"en": "Reciprocity", "fa": "دوسویگی"},
    "compared_ties": {"en": "Ties looked for on both sides", "fa": "پیوندهای جسته در هر دو سو"},
    "mutual_ties": {"en": "Ties found on both sides", "fa": "پیوندهای یافته در هر دو سو"},
}
"""The names of the figures of a whole network, in their order."""

_SEED = 1
_EFFECTIVE = 0.9
_DIGITS = 12
"""Digits that are given; what chances of the processor decide comes after."""


def stats(links: Links) -> dict[str, Any]:
    """Return the figures of a whole network by name; None where one has no value, as an assortativity of equals."""
    graph = _graph(links)
    nodes, pairs = graph.vcount(), graph.ecount()
    degrees: list[int] = graph.degree()
    components = graph.connected_components()
    distances = graph.path_length_hist(directed=False)
    counts = [int(count) for _, _, count in distances.bins()]
    fit = igraph.power_law_fit(degrees, p_precision=0.5) if len(set(degrees)) > 2 else None
    return {
        "nodes": nodes,
        "edges": pairs,
        "ties": sum(links.weights),
        "loops": links.loops,
        "density": _number(graph.density()),
        "degree_mean": _number(2 * pairs / nodes if nodes else math.nan),
        "degree_max": max(degrees, default=0),
        "strength_max": max(_strengths(graph, links), default=0),
        "components": len(components),
        "largest_component": max(components.sizes(), default=0),
        "triangles": len(graph.list_triangles()),
        "clustering": _number(graph.transitivity_avglocal_undirected(mode="zero")),
        "transitivity": _number(graph.transitivity_undirected()),
        "assortativity": _number(graph.assortativity_degree(directed=False) if len(set(degrees)) > 1 else math.nan),
        "core_max": max(graph.coreness(), default=0),
        "diameter": len(counts),
        "effective_diameter": effective_diameter(counts),
        "distance_mean": _number(distances.mean if counts else math.nan),
        "gini": gini(degrees),
        "power_law_exponent": _number(fit.alpha if fit else math.nan),
        "power_law_minimum": int(fit.xmin) if fit else None,
        "power_law_distance": _number(fit.D if fit else math.nan),
        "degree_distribution": [[degree, degrees.count(degree)] for degree in sorted(set(degrees))],
    }


def effective_diameter(counts: Sequence[int]) -> float | None:
    """Return the distance within which nine tenths of the joined pairs lie, interpolated between whole distances.

    Args:
        counts: how many pairs have the distance 1, 2 and so on.

    Example:
        >>> effective_diameter([5, 5])
        1.8
    """
    wanted, before = _EFFECTIVE * sum(counts), 0
    for distance, count in enumerate(counts, 1):
        if before + count >= wanted and count:
            return _number(distance - 1 + (wanted - before) / count)
        before += count
    return None


def gini(values: Sequence[float]) -> float | None:
    """Return how unequal values are: 0 where all are equal, near 1 where one has all.

    Example:
        >>> gini([1, 1, 1, 1]), gini([0, 0, 0, 1])
        (0.0, 0.75)
    """
    total, count = sum(values), len(values)
    if not total:
        return None
    ranked = sum(place * value for place, value in enumerate(sorted(values), 1))
    return _number(2 * ranked / (count * total) - (count + 1) / count)


def rank(links: Links, by: str) -> list[tuple[str, float]]:
    """Return the nodes with a measure of each, the greatest first, equals by name.

    Args:
        links: the network.
        by: a name in `RANKS`.

    Raises:
        ParameterError: there is no such measure.
    """
    if by not in RANKS:
        raise ParameterError(f"nodes cannot be ranked by {by!r}; there are: {', '.join(RANKS)}")
    values = [round(value, _DIGITS) for value in RANKS[by](_graph(links), links)]
    return sorted(zip(links.names, values, strict=True), key=lambda pair: (-pair[1], pair[0]))


def communities(links: Links) -> tuple[list[list[str]], float | None]:
    """Return the communities that the Leiden algorithm finds, the largest first, and their modularity."""
    graph = _graph(links)
    if not graph.ecount():
        return [[name] for name in links.names], None
    igraph.set_random_number_generator(random.Random(_SEED))  # noqa: S311 - no secret
    try:
        found = graph.community_leiden(objective_function="modularity", n_iterations=-1)
    finally:
        igraph.set_random_number_generator(random)
    groups = [sorted(links.names[node] for node in group) for group in found]
    return sorted(groups, key=lambda group: (-len(group), group[0])), _number(found.modularity)


def of_nodes(links: Links) -> tuple[list[dict[str, Any]], float | None]:
    """Return every measure of each node, a row with its name and measures, and the modularity of the communities.

    Components and communities are numbered from 1, the largest first.
    """
    graph = _graph(links)
    parts = [[links.names[node] for node in part] for part in graph.connected_components()]
    parts.sort(key=lambda part: (-len(part), min(part)))
    groups, modularity = communities(links)
    columns: dict[str, Mapping[str, float]] = {by: dict(rank(links, by)) for by in RANKS}
    columns["component"] = {name: number for number, part in enumerate(parts, 1) for name in part}
    columns["community"] = {name: number for number, group in enumerate(groups, 1) for name in group}
    rows = [{"node": name, **{key: values[name] for key, values in columns.items()}} for name in links.names]
    return rows, modularity


def _graph(links: Links) -> igraph.Graph:
    return igraph.Graph(n=len(links.names), edges=links.pairs)


def _number(value: float) -> float | None:
    return None if math.isnan(value) else round(value, _DIGITS)


def _strengths(graph: igraph.Graph, links: Links) -> list[int]:
    # igraph gives floating numbers, and takes no empty list of weights.
    if not links.pairs:
        return [0] * graph.vcount()
    return [int(value) for value in graph.strength(weights=links.weights)]


def _betweenness(graph: igraph.Graph, _: Links) -> list[float]:
    pairs = (graph.vcount() - 1) * (graph.vcount() - 2) / 2
    return [value / pairs if pairs > 0 else 0.0 for value in graph.betweenness(directed=False)]


def _closeness(graph: igraph.Graph, _: Links) -> list[float]:
    components = graph.connected_components()
    sizes = components.sizes()
    others = max(graph.vcount() - 1, 1)
    values = graph.closeness(normalized=True)
    joined = [(sizes[group] - 1) / others for group in components.membership]
    return [share * value if share else 0.0 for share, value in zip(joined, values, strict=True)]


def _clustering(graph: igraph.Graph, _: Links) -> list[float]:
    found: list[float] = graph.transitivity_local_undirected(mode="zero")
    return found


RANKS: dict[str, Callable[[igraph.Graph, Links], Sequence[float]]] = {
    "degree": lambda graph, _: graph.degree(),
    "strength": _strengths,
    "core": lambda graph, _: graph.coreness(),
    "pagerank": lambda graph, _: graph.pagerank(directed=False),
    "clustering": _clustering,
    "closeness": _closeness,
    "betweenness": _betweenness,
}
"""What nodes can be ranked by."""
