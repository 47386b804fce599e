"""Measures of networks: small ones with known answers, and larger ones that networkx measures too."""

import math
import random

import igraph
import networkx as nx
import numpy as np
import pytest

from citydip.curation.networks.links import Links, links_of, read_edge_list
from citydip.curation.networks.measures import RANKS, communities, rank, stats
from citydip.model.errors import ParameterError


def of_networkx(graph: nx.Graph) -> Links:
    return links_of((f"n{one:04d}", f"n{other:04d}") for one, other in graph.edges)


def power_law(degrees: list[int], least: int) -> float:
    """Return the exponent by which the degrees from the least on are most likely, found by trying."""
    tail = [degree for degree in degrees if degree >= least]
    logs = sum(math.log(degree) for degree in tail)

    def unlikely(exponent: float) -> float:
        # Hurwitz's zeta, its end by the formula of Euler and Maclaurin.
        end = least + 2000
        zeta = sum(k**-exponent for k in range(least, end))
        zeta += end ** (1 - exponent) / (exponent - 1) + end**-exponent / 2 + exponent * end ** (-exponent - 1) / 12
        return len(tail) * math.log(zeta) + exponent * logs

    low, high = 1.01, 10.0
    for _ in range(100):
        a, b = low + (high - low) / 3, high - (high - low) / 3
        low, high = (low, b) if unlikely(a) < unlikely(b) else (a, high)
    return (low + high) / 2


def page_rank(graph: nx.Graph) -> dict[str, float]:
    """Return the stationary state of the walk whose matrix networkx gives."""
    matrix = nx.google_matrix(graph, alpha=0.85)
    state = np.full(len(graph), 1 / len(graph))
    for _ in range(500):
        state = state @ matrix
    return dict(zip(graph, np.asarray(state).ravel(), strict=True))


RANDOM = {
    "scale-free": nx.barabasi_albert_graph(400, 2, seed=1),
    "sparse": nx.gnm_random_graph(300, 260, seed=2),
    "clustered": nx.powerlaw_cluster_graph(200, 3, 0.6, seed=3),
}


def ninety_percent(distances: list[int]) -> float:
    """Return the distance within which nine tenths of the pairs lie, on a line between the whole distances about it."""
    share = [sum(d <= distance for d in distances) / len(distances) for distance in range(max(distances) + 1)]
    after = next(distance for distance, found in enumerate(share) if found >= 0.9)
    return after - (share[after] - 0.9) / (share[after] - share[after - 1])


@pytest.mark.parametrize("name", RANDOM)
def test_figures_agree_with_networkx_to_nine_digits(name: str) -> None:
    links = of_networkx(RANDOM[name])
    text = [f"{links.names[a]}\t{links.names[b]}" for a, b in links.pairs]
    random.Random(4).shuffle(text)
    assert read_edge_list(text) == links
    graph = nx.Graph([line.split("\t") for line in text])
    found = stats(read_edge_list(text))
    distances = [d for _, row in nx.all_pairs_shortest_path_length(graph) for d in row.values() if d]
    core = nx.core_number(graph)
    degrees = sorted(degree for _, degree in graph.degree)
    n, total = len(degrees), sum(degrees)
    expected = {
        "nodes": graph.number_of_nodes(),
        "edges": graph.number_of_edges(),
        "density": nx.density(graph),
        "degree_mean": total / n,
        "degree_max": max(degrees),
        "components": nx.number_connected_components(graph),
        "largest_component": max(map(len, nx.connected_components(graph))),
        "triangles": sum(nx.triangles(graph).values()) // 3,
        "clustering": nx.average_clustering(graph),
        "transitivity": nx.transitivity(graph),
        "assortativity": nx.degree_assortativity_coefficient(graph),
        "core_max": max(core.values()),
        "diameter": max(distances),
        "effective_diameter": ninety_percent(distances),
        "distance_mean": sum(distances) / len(distances),
        "gini": sum(abs(a - b) for a in degrees for b in degrees) / (2 * n * total),
    }
    for key, value in expected.items():
        assert found[key] == pytest.approx(value, rel=1e-9, abs=1e-9), key
    assert found["degree_distribution"] == [[k, v] for k, v in enumerate(nx.degree_histogram(graph)) if v]
    assert found["power_law_exponent"] == pytest.approx(power_law(degrees, found["power_law_minimum"]), rel=1e-4)


@pytest.mark.parametrize("name", RANDOM)
def test_ranks_agree_with_networkx_to_nine_digits(name: str) -> None:
    links = of_networkx(RANDOM[name])
    graph = nx.Graph([(links.names[a], links.names[b]) for a, b in links.pairs])
    expected = {
        "degree": dict(graph.degree),
        "strength": dict(graph.degree),
        "core": nx.core_number(graph),
        "pagerank": page_rank(graph),
        "clustering": nx.clustering(graph),
        "closeness": nx.closeness_centrality(graph),
        "betweenness": nx.betweenness_centrality(graph),
    }
    assert expected.keys() == RANKS.keys()
    for by, values in expected.items():
        found = rank(links, by)
        assert dict(found) == pytest.approx(values, rel=1e-9, abs=1e-9), by
        assert found == sorted(found, key=lambda pair: (-pair[1], pair[0]))


def test_communities_have_the_modularity_that_networkx_finds_in_them() -> None:
    links = of_networkx(RANDOM["clustered"])
    graph = nx.Graph([(links.names[a], links.names[b]) for a, b in links.pairs])
    groups, modularity = communities(links)
    assert sorted(name for group in groups for name in group) == links.names
    assert modularity == pytest.approx(nx.community.modularity(graph, groups), rel=1e-9)
    # Leiden is not worse than greedy merging.
    assert modularity > nx.community.modularity(graph, nx.community.greedy_modularity_communities(graph))
    assert communities(links) == (groups, modularity)


def test_what_chance_decides_leaves_other_uses_of_chance_alone() -> None:
    links = of_networkx(RANDOM["sparse"])
    random.seed(5)
    first = igraph.Graph.GRG(20, 0.4).get_edgelist()
    communities(links)
    random.seed(5)
    assert igraph.Graph.GRG(20, 0.4).get_edgelist() == first


def test_a_triangle_with_a_tail_and_a_pair() -> None:
    links = read_edge_list(["a b", "b c", "c a", "c d", "d e", "x y", "x y", "x x"])
    found = stats(links)
    assert [found[key] for key in ("nodes", "edges", "ties", "loops")] == [7, 6, 7, 1]
    assert [found[key] for key in ("components", "largest_component", "triangles")] == [2, 5, 1]
    assert found["core_max"] == 2
    assert found["diameter"] == 3
    # Distances: 6 of one, 3 of two (a-d, b-d, c-e), 2 of three (a-e, b-e); nine tenths of 11 is 9.9, 0.9 of the last 2.
    assert found["effective_diameter"] == pytest.approx(2 + 0.9 / 2)
    assert found["clustering"] == pytest.approx((1 + 1 + 1 / 3) / 7)
    assert found["transitivity"] == pytest.approx(3 / 6)
    assert found["degree_distribution"] == [[1, 3], [2, 3], [3, 1]]
    assert rank(links, "strength")[0] == ("c", 3)
    assert dict(rank(links, "strength"))["x"] == 2
    assert dict(rank(links, "degree"))["x"] == 1
    assert communities(links)[0][-1] == ["x", "y"]


def test_a_star_and_a_ring_of_equals() -> None:
    star = links_of(("hub", f"leaf{number}") for number in range(9))
    assert rank(star, "betweenness")[0] == ("hub", 1.0)
    assert rank(star, "closeness")[0] == ("hub", 1.0)
    assert stats(star)["assortativity"] == pytest.approx(-1)
    ring = links_of((str(number), str((number + 1) % 6)) for number in range(6))
    found = stats(ring)
    assert (found["gini"], found["diameter"], found["triangles"]) == (0, 3, 0)
    # What is undefined has no value rather than a wrong one.
    assert (found["assortativity"], found["power_law_exponent"], found["power_law_minimum"]) == (None, None, None)


def test_a_network_without_ties_has_figures() -> None:
    found = stats(Links([], [], []))
    assert (found["nodes"], found["density"], found["effective_diameter"], found["gini"]) == (0, None, None, None)
    assert communities(Links([], [], [])) == ([], None)
    assert all(rank(Links([], [], []), by) == [] for by in RANKS)


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        (["a b"], ["a", "b"]),
        (["# about", "% about", "", "a\tb c"], ["a", "b c"]),
        (["\ufeffNew York,Tokyo\r\n"], ["New York", "Tokyo"]),
        (["تهران، نجف"], ["تهران،", "نجف"]),
    ],
)
def test_an_edge_list_is_read(lines: list[str], names: list[str]) -> None:
    assert read_edge_list(lines).names == names


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["a b", "# c", "c"], "line 3 must have two names with spaces between, not 'c'"),
        (["a,b", "c,"], "line 2 must have two names with a comma between"),
        (["a\tb", "c d"], "line 2 must have two names with a tab between"),
        (["a b 3"], "line 1 must"),
        (["# nothing"], "the edge list is empty"),
    ],
)
def test_a_bad_line_is_told_by_its_number(lines: list[str], said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        read_edge_list(lines)


def test_an_unknown_measure_is_refused_with_those_there_are() -> None:
    with pytest.raises(ParameterError, match="by 'fame'; there are: degree"):
        rank(links_of([("a", "b")]), "fame")
