"""The measures of cities as a graph that says by itself what it means, how it was made, and of which data."""

from pathlib import Path

import networkx as nx
import pyoxigraph as ox
import pytest

from citydip.curation.networks.links import links_of
from citydip.curation.networks.measures import LIBRARY, of_nodes, stats
from citydip.curation.networks.measuring import add_measures
from citydip.curation.networks.publishing import MEASURES, NAME, Measured, as_quads, name_of
from citydip.curation.networks.ties import Selection
from citydip.curation.workspace import open_workspace
from citydip.model.holding import read_moment
from citydip.model.terms import CD, PREFIXES
from tests.conftest import copy_graph
from tests.services.test_network_measures import page_rank

CITY = "https://w3id.org/citydip/id/city/"
LINKS = links_of([(CITY + a, CITY + b) for a, b in ("ab", "bc", "ca", "cd", "xy", "xy")])
CHOSEN = Selection(countries=("IR",), divisions=("division:gilan",), as_of=read_moment("2000"))


def measured() -> Measured:
    rows, modularity = of_nodes(LINKS)
    return Measured({**stats(LINKS), "reciprocity": None, "modularity": modularity}, rows)


def loaded(text: str) -> ox.Store:
    store = ox.Store()
    store.load(text.encode(), format=ox.RdfFormat.N_QUADS)
    return store


STORE = loaded(as_quads(measured(), Selection()))


def asked(query: str, store: ox.Store = STORE, *, union: bool = True) -> list[tuple[str, ...]]:
    names = ("rdf", "rdfs", "skos", "prov")
    prefixes = {
        "qb": "http://purl.org/linked-data/cube#",
        "m": f"{NAME}#",
        "city": CITY,
        "schema": "https://schema.org/",
    }
    prefixes |= {name: PREFIXES[name] for name in names}
    found = store.query(query, use_default_graph_as_union=union, prefixes=prefixes)
    assert isinstance(found, ox.QuerySolutions)
    return [tuple(term.value for term in row) for row in found]


def test_the_measures_of_a_city_can_be_queried() -> None:
    query = """SELECT ?degree ?strength ?core ?component {
        ?o m:city CITY ; m:degree ?degree ; m:strength ?strength ; m:core ?core ; m:component ?component }"""
    assert asked(query.replace("CITY", "city:c")) == [("3", "3", "2", "1")]
    assert asked(query.replace("CITY", "city:x")) == [("1", "2", "1", "2")]
    (ranks,) = asked("SELECT (SUM(?rank) AS ?whole) { ?o m:pagerank ?rank }")
    assert abs(float(ranks[0]) - 1) < 1e-9
    assert asked("SELECT (COUNT(*) AS ?n) { ?o a qb:Observation ; m:community ?number }") == [("6",)]


def test_the_figures_of_the_whole_network_can_be_queried() -> None:
    query = "SELECT ?n ?d ?q { ?network m:network-nodes ?n ; m:network-density ?d ; m:network-modularity ?q }"
    ((nodes, density, modularity),) = asked(query)
    assert nodes == "6"
    assert float(density) == pytest.approx(1 / 3, abs=1e-12)
    assert 0 < float(modularity) < 1
    # What has no value is not said.
    assert asked("SELECT ?r { ?network m:network-reciprocity ?r }") == []


def test_everything_stands_in_one_graph_that_tells_library_selection_and_terms() -> None:
    assert {quad.graph_name.value for quad in STORE} == {str(NAME)}
    query = """SELECT ?name ?number { ?data a qb:DataSet ; prov:wasGeneratedBy ?made .
        ?made prov:used m:selection ; prov:wasAssociatedWith ?agent .
        ?agent schema:name ?name ; schema:softwareVersion ?number }"""
    assert asked(query) == [tuple(LIBRARY.split())]
    assert sorted(asked("SELECT ?grade { m:selection m:selected-grades ?grade }")) == [("attested",), ("signed",)]
    for key in MEASURES:
        assert len(asked(f"SELECT ?label {{ m:{key} a qb:MeasureProperty ; rdfs:label ?label }}")) == 2
        assert len(asked(f"SELECT ?words {{ m:{key} skos:definition ?words }}")) == 2
    unnamed = "SELECT ?p { ?x ?p ?value FILTER (STRSTARTS(STR(?p), STR(m:)) && NOT EXISTS { ?p rdfs:label ?name }) }"
    assert asked(unnamed) == []


def test_another_selection_is_another_graph_that_tells_what_was_chosen_of_which_version() -> None:
    text = as_quads(measured(), CHOSEN, "0123456789abcdef")
    name = name_of(CHOSEN, "0123456789abcdef")
    store = loaded(text)
    assert {quad.graph_name.value for quad in store} == {str(name)} != {str(NAME)}
    query = """SELECT ?v ?c ?d ?t { ?data schema:version ?v .
        ?s m:selected-countries ?c ; m:selected-divisions ?d ; m:selected-as-of ?t }"""
    assert asked(query, store) == [("0123456789abcdef", "IR", "https://w3id.org/citydip/id/division/gilan", "2000")]


def test_the_same_ties_give_the_same_text() -> None:
    again = links_of([(CITY + b, CITY + a) for a, b in ("xy", "cd", "ca", "bc", "ab", "yx")])
    assert as_quads(Measured(measured().figures, of_nodes(again)[0]), Selection()) == as_quads(measured(), Selection())


def test_the_measures_of_the_snapshot_are_those_of_networkx_on_its_tied_cities(store: ox.Store) -> None:
    own = nx.Graph()
    own.add_edges_from(asked(f"SELECT ?one ?other {{ ?one <{CD.tiedWith}> ?other }}", store, union=False))
    expected = {
        "degree": dict(own.degree()),
        "core": nx.core_number(own),
        "pagerank": page_rank(own),
        "clustering": nx.clustering(own),
        "closeness": nx.closeness_centrality(own),
        "betweenness": nx.betweenness_centrality(own),
    }
    assert own.number_of_nodes() > 10
    for key, values in expected.items():
        found = {
            city: float(value)
            for city, value in asked(f"SELECT ?c ?v {{ ?o m:city ?c ; m:{key} ?v }}", store, union=False)
        }
        assert found == pytest.approx(values, rel=1e-9, abs=1e-12), key
    for key, value in {
        "nodes": own.number_of_nodes(),
        "edges": own.number_of_edges(),
        "density": nx.density(own),
        "triangles": sum(nx.triangles(own).values()) // 3,
        "assortativity": nx.degree_assortativity_coefficient(own),
        "components": nx.number_connected_components(own),
    }.items():
        ((found_value,),) = asked(f"SELECT ?v {{ ?network m:network-{key} ?v }}", store, union=False)
        assert float(found_value) == pytest.approx(value, rel=1e-9), key


def test_what_was_measured_is_kept_until_a_tie_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = open_workspace(copy_graph(tmp_path / "graph"))
    asked_for = []

    def counted(links: object) -> object:
        asked_for.append(links)
        return of_nodes(links)  # type: ignore[arg-type]

    monkeypatch.setattr("citydip.curation.networks.measuring.of_nodes", counted)
    memory = tmp_path / "memory"
    memory.mkdir()
    first = add_measures(workspace, memory)
    assert add_measures(workspace, memory) == first
    assert len(asked_for) == 1
    # What somebody has changed in the folder is not believed.
    (kept,) = memory.iterdir()
    kept.write_text(kept.read_text().replace("core", "bore"))
    assert add_measures(workspace, memory) == first
    assert len(asked_for) == 2
