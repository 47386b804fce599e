"""What a build says of the graph: counts are those that SPARQL gives, examples give what the catalogue gives."""

import io
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from citydip.curation.description import DESCRIBING
from citydip.curation.examples import standalone
from citydip.curation.partitions import WHOLE, count, partition_triples
from citydip.curation.snapshot import Snapshot
from citydip.engine.guard import guard
from citydip.engine.store import open_query
from citydip.model.queryfile import parse_query_file
from citydip.model.terms import PREFIXES
from citydip.services.catalogue import Catalogue
from tests.catalogue.test_golden import FORMS, GOLDEN, PATHS

PARTS = """
SELECT ?class ?property ?target ?datatype ?number WHERE {
  ?whole void:classPartition ?things .
  ?things void:class ?class .
  {
    ?things void:entities ?number
  } UNION {
    ?things void:propertyPartition ?uses .
    ?uses void:property ?property .
    {
      ?uses void:triples ?number
    } UNION {
      ?uses void:classPartition [ void:class ?target ; void:triples ?number ]
    } UNION {
      ?uses void-ext:datatypePartition [ void-ext:datatype ?datatype ; void:triples ?number ]
    }
  }
}"""
COUNTED = {
    "things": "SELECT ?class (COUNT(DISTINCT ?s) AS ?number) { ?s a ?class } GROUP BY ?class",
    "uses": "SELECT ?class ?property (COUNT(*) AS ?number) { ?s a ?class ; ?property ?o } GROUP BY ?class ?property",
    "leads": """SELECT ?class ?property ?target (COUNT(*) AS ?number) { ?s a ?class ; ?property ?o . ?o a ?target }
        GROUP BY ?class ?property ?target""",
    "values": """SELECT ?class ?property ?datatype (COUNT(*) AS ?number)
        { ?s a ?class ; ?property ?o BIND (DATATYPE(?o) AS ?datatype) FILTER (isLiteral(?o)) }
        GROUP BY ?class ?property ?datatype""",
}
"""The same numbers, counted by the engine in the data themselves."""


def rows(store: ox.Store, query: str, graphs: list[str]) -> Iterator[dict[str, str]]:
    """Yield the rows of a query over graphs."""
    found = store.query(query, prefixes=PREFIXES, default_graph=[ox.NamedNode(iri) for iri in graphs])
    assert isinstance(found, ox.QuerySolutions)
    names = [variable.value for variable in found.variables]
    for row in found:
        yield {name: row[name].value for name in names if isinstance(row[name], ox.NamedNode | ox.Literal)}


def content(snapshot: Snapshot) -> list[str]:
    """Return the graphs that are described."""
    return [iri for iri in snapshot.graphs if iri not in DESCRIBING]


def test_every_count_is_the_one_that_a_query_gives(store: ox.Store, snapshot: Snapshot) -> None:
    described = {frozenset(row.items()) for row in rows(store, PARTS, list(DESCRIBING))}
    counted = {
        frozenset(row.items()) for query in COUNTED.values() for row in rows(store, query, content(snapshot)) if row
    }
    assert len(counted) > 1000
    assert described == counted


def test_the_whole_is_counted_without_what_describes_it(store: ox.Store, snapshot: Snapshot) -> None:
    query = """SELECT (COUNT(*) AS ?triples) (COUNT(DISTINCT ?s) AS ?distinctSubjects)
        (COUNT(DISTINCT ?p) AS ?properties) (COUNT(DISTINCT ?class) AS ?classes)
        { ?s ?p ?o BIND (IF(?p = rdf:type && isIRI(?o), ?o, ?none) AS ?class) }"""
    (expected,) = rows(store, query, content(snapshot))
    whole = {
        quad.predicate.value.rpartition("#")[2]: quad.object.value
        for quad in store.quads_for_pattern(WHOLE, None, None, None)
        if isinstance(quad.object, ox.Literal)
    }
    assert {name: whole[name] for name in expected} == expected
    parts = """SELECT ?property ?number { ?whole void:propertyPartition ?p ; void:classPartition ?any .
        ?p void:property ?property ; void:triples ?number }"""
    counted = "SELECT ?property (COUNT(*) AS ?number) { ?s ?property ?o } GROUP BY ?property"
    described = {frozenset(row.items()) for row in rows(store, parts, list(DESCRIBING))}
    assert {frozenset(row.items()) for row in rows(store, counted, content(snapshot))} <= described


def test_a_triple_of_two_graphs_counts_once_and_a_thing_of_two_classes_in_both() -> None:
    data = b"""<x:a> a <x:City>, <x:Capital> ; <x:near> <x:b> ; <x:name> "A"@en, "a" . <x:b> a <x:City> ."""
    triples = [quad.triple for quad in ox.parse(data, format=ox.RdfFormat.TURTLE)]
    graphs = ox.NamedNode("x:first"), ox.NamedNode("x:second")
    store = ox.Store()
    store.extend(ox.Quad(t.subject, t.predicate, t.object, graph) for t in triples for graph in graphs)
    found = count(store)
    assert (found.triples, found.subjects) == (6, 2)
    assert found.things == {"x:City": 2, "x:Capital": 1}
    assert found.leads == {("x:City", "x:near", "x:City"): 1, ("x:Capital", "x:near", "x:City"): 1}
    assert sum(found.values.values()) == 4
    names = {triple.subject for triple in partition_triples(found)}
    assert len(names) == 1 + len(found.properties) + sum(
        len(part) for part in (found.things, found.uses, found.leads, found.values)
    )


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_an_example_gives_without_parameters_what_the_catalogue_expects(path: Path, store: ox.Store) -> None:
    query = parse_query_file(path.stem, path.read_text(encoding="utf-8"))
    text = standalone(query)
    name, ending = FORMS[guard(text).kind]
    output = io.BytesIO()
    open_query(store, {"query": text, "format": name}).write(output)
    lines = output.getvalue().decode().splitlines()
    expected = (GOLDEN / f"{query.name}{ending}").read_text(encoding="utf-8").splitlines()
    assert (sorted(set(lines)) if ending == ".nt" else lines) == expected


def test_an_example_shows_its_parameters_where_they_can_be_changed(catalogue: Catalogue) -> None:
    text = standalone(catalogue["agreements-of-actor"])
    assert (
        "WHERE {\n  VALUES ?actor { <https://w3id.org/citydip/id/organization/world-assembly-of-islamic-cities> }\n"
        in text
    )


def test_what_describes_does_not_pass_for_what_is_described(store: ox.Store, snapshot: Snapshot) -> None:
    found = "SELECT DISTINCT ?s { ?s a ?class FILTER (STRSTARTS(STR(?class), STR(cd:))) }"
    labelled = "SELECT DISTINCT ?s { ?s rdfs:label ?label FILTER (!STRSTARTS(STR(?s), STR(graph:))) }"
    for query in (found, labelled):
        subjects = {row["s"] for row in rows(store, query, list(DESCRIBING))}
        assert subjects <= {WHOLE.value}
        assert rows(store, query, content(snapshot))
