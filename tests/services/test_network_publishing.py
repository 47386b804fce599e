"""The measures of cities as a graph that says by itself what it means, how it was made, and of which data."""

import pyoxigraph as ox

from citydip.services.networks.links import links_of
from citydip.services.networks.measures import LIBRARY, of_nodes
from citydip.services.networks.publishing import MEASURES, NAME, as_quads

CITY = "https://w3id.org/citydip/id/city/"
LINKS = links_of([(CITY + a, CITY + b) for a, b in ("ab", "bc", "ca", "cd", "xy", "xy")])
QUADS = as_quads(of_nodes(LINKS), "0123456789abcdef")


def asked(query: str) -> list[tuple[str, ...]]:
    store = ox.Store()
    store.load(QUADS.encode(), format=ox.RdfFormat.N_QUADS)
    prefixes = {"qb": "http://purl.org/linked-data/cube#", "m": f"{NAME}#", "city": CITY}
    found = store.query(query, use_default_graph_as_union=True, prefixes=prefixes)
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


def test_everything_stands_in_one_graph_that_tells_version_library_and_terms() -> None:
    assert QUADS.splitlines()
    assert all(line.endswith(f" <{NAME}> .") for line in QUADS.splitlines())
    name, number = LIBRARY.split()
    for text in ('"0123456789abcdef"', f'"{name}"', f'"{number}"'):
        assert text in QUADS
    for key in MEASURES:
        labels = asked(
            f"SELECT ?label {{ m:{key} a qb:MeasureProperty ; rdfs:label ?label }}".replace(
                "rdfs:label", "<http://www.w3.org/2000/01/rdf-schema#label>"
            )
        )
        definitions = asked(f"SELECT ?d {{ m:{key} <http://www.w3.org/2004/02/skos/core#definition> ?d }}")
        assert len(labels) == len(definitions) == 2


def test_the_same_ties_give_the_same_text() -> None:
    again = links_of([(CITY + b, CITY + a) for a, b in ("xy", "cd", "ca", "bc", "ab", "yx")])
    assert as_quads(of_nodes(again), "0123456789abcdef") == QUADS
