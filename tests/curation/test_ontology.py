"""The ontology is consistent with the data under OWL 2 RL, and says so when a fact is broken."""

import pytest
from owlrl import DeductiveClosure, OWLRL_Semantics
from owlrl.Namespaces import ERRNS
from rdflib import OWL, RDF, RDFS, Graph, Literal, URIRef

from citydip.curation.layout import find_layout
from citydip.curation.workspace import Workspace, open_workspace
from citydip.model.terms import CD, ID
from tests.conftest import CURATED

PERSON, CITY = ID["person/kadir-topbas"], ID["city/istanbul"]


@pytest.fixture(scope="module")
def workspace() -> Workspace:
    return open_workspace(find_layout(CURATED))


@pytest.fixture(scope="module")
def ontology(workspace: Workspace) -> Graph:
    return workspace.rdflib_graph("ontology/citydip.ttl")


def closed(graph: Graph) -> Graph:
    """Return the closure of a graph under the OWL 2 RL rules."""
    DeductiveClosure(OWLRL_Semantics).expand(graph)
    return graph


def errors(graph: Graph) -> list[str]:
    """Return the contradictions that the closure has found."""
    return sorted(str(message) for message in graph.objects(None, ERRNS.error))


def test_the_ontology_is_consistent_with_all_data(workspace: Workspace) -> None:
    # Labels and quotations say nothing that a class or property axiom could contradict, and are half of all triples.
    graph = Graph()
    for triple in workspace.rdflib_graph("ontology/citydip.ttl") + workspace.rdflib_graph("data"):
        if not isinstance(triple[2], Literal):
            graph.add(triple)
    assert len(graph) > 8000
    assert errors(closed(graph)) == []
    assert (ID["tenure/topbas-mayor-of-istanbul"], CD.about, PERSON) in graph


@pytest.mark.parametrize(
    "broken",
    [
        [(PERSON, RDF.type, CD.Person), (PERSON, RDF.type, CD.City)],
        [(CITY, RDF.type, CD.City), (CITY, CD.holdsPost, ID["post/mayor-of-istanbul"])],
        [(PERSON, RDF.type, CD.Person), (CITY, CD.locatedIn, PERSON)],
        [(ID["x/a"], RDF.type, CD.Membership), (ID["x/a"], RDF.type, CD.Designation)],
        [
            (ID["x/a"], RDF.type, CD.Prospect),
            (ID["x/b"], CD.hasOrganization, ID["x/a"]),
            (ID["x/a"], RDF.type, CD.Organization),
        ],
        [(CITY, RDF.type, CD.City), (CITY, CD.twinnedWith, CITY)],
    ],
    ids=[
        "person-and-city",
        "a-city-in-a-post",
        "inside-a-person",
        "two-kinds-of-statement",
        "prospect-that-exists",
        "twinned-with-itself",
    ],
)
def test_a_broken_fact_is_a_contradiction(ontology: Graph, broken: list[tuple[URIRef, URIRef, URIRef]]) -> None:
    graph = Graph()
    for triple in ontology:
        if not isinstance(triple[2], Literal):
            graph.add(triple)
    assert errors(closed(graph)) == []
    for triple in broken:
        graph.add(triple)
    assert errors(closed(graph)) != []


def test_properties_infer_what_they_say(ontology: Graph) -> None:
    graph = Graph()
    for triple in ontology:
        if not isinstance(triple[2], Literal):
            graph.add(triple)
    mashhad, najaf, unit, body = (ID[f"x/{name}"] for name in ("mashhad", "najaf", "unit", "body"))
    graph.add((mashhad, CD.twinnedWith, najaf))
    graph.add((unit, CD.partOf, body))
    graph.add((body, CD.actsForCity, mashhad))
    graph.add((mashhad, CD.locatedIn, ID["x/province"]))
    graph.add((ID["x/province"], CD.locatedIn, ID["x/country"]))
    closed(graph)
    assert (najaf, CD.twinnedWith, mashhad) in graph
    assert (najaf, CD.tiedWith, mashhad) in graph
    assert (mashhad, RDF.type, CD.City) in graph
    assert (unit, CD.actsForCity, mashhad) in graph
    assert (ID["x/country"], CD.contains, mashhad) in graph
    assert errors(graph) == []


def test_alignments_speak_of_our_terms_and_nothing_depends_on_them(workspace: Workspace, ontology: Graph) -> None:
    alignments = workspace.rdflib_graph("ontology/alignments.ttl")
    ours = {s for s in ontology.subjects(RDF.type) if str(s).startswith(str(CD))}
    assert set(alignments.subjects()) <= ours
    assert not any(str(o).startswith(str(CD)) for o in alignments.objects())
    outside = {str(o) for p in (RDFS.subClassOf, RDFS.subPropertyOf) for o in ontology.objects(None, p)}
    assert all(iri.startswith((str(CD), "http://www.w3.org/2004/02/skos/core#")) for iri in outside)


def test_every_term_of_ours_that_the_data_use_is_defined(workspace: Workspace) -> None:
    defined = {str(s) for s in workspace.rdflib_graph("ontology").subjects(RDF.type)}
    data = workspace.rdflib_graph("data")
    used = {str(t) for triple in data for t in (triple[1], triple[2]) if str(t).startswith(str(CD))}
    assert used <= defined


def test_object_properties_have_things_and_datatype_properties_have_literals(
    workspace: Workspace, ontology: Graph
) -> None:
    data = workspace.rdflib_graph("data")
    objects, literals = (set(ontology.subjects(RDF.type, kind)) for kind in (OWL.ObjectProperty, OWL.DatatypeProperty))
    for _, predicate, value in data:
        assert not (predicate in objects and isinstance(value, Literal)), (predicate, value)
        assert not (predicate in literals and not isinstance(value, Literal)), (predicate, value)
