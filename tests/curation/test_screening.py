"""Data with planted faults of every kind: what is found quickly is what pyshacl finds, no more and no less.

The faults are the failing examples of all shapes (``tests/shapes``), values that engines read in different ways, and
random damage; the good data around them are copies of the nodes that the examples start from.
"""

from collections.abc import Iterable
from functools import cache

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import RDF, Graph, Literal, URIRef
from rdflib.term import Node

from citydip.curation.constraints import SET_CHECKS, VALUE_CHECKS
from citydip.curation.screening import Screen, reach
from citydip.curation.shacl import ONTOLOGY_SHAPES, Violation, quick_violations, violations
from citydip.curation.view import Subject, View
from citydip.curation.workspace import to_rdflib
from citydip.model.terms import CD, PREFIXES, SSSOM
from tests.curation import test_shapes as examples

COPIES = 2
PROPERTY_RUNS = 12
XSD = PREFIXES["xsd"]
# Values that pyshacl and the quick engine read in different ways, and some that both refuse.
STRANGE = [
    *(
        ox.Literal(text)
        for text in ("a\n", "a\rb", "\x1cabc", "abc\x85", "\u00a0a", "a\u2028b", "", "ſ", "unKnown", "12\n")
    ),
    *(ox.Literal(text, language="fa") for text in ("", "تهران\n", "\x1fتهران", " تهران")),
    *(ox.Literal(text, language=code) for text, code in (("A", "en-GB"), ("A", "de"), ("A\t", "en"))),
    *(
        ox.Literal(text, datatype=ox.NamedNode(XSD + name))
        for name in ("integer", "nonNegativeInteger", "positiveInteger", "decimal", "boolean", "double", "gYear")
        for text in (
            "5",
            "05",
            "+5",
            "-5",
            "-0",
            " 5 ",
            "5.0",
            "5e3",
            "abc",
            "",
            "9" * 30,
            "1_000",
            "٥",
            "INF",
            ".5",
            "5.",
        )
    ),
    *(
        ox.Literal(text, datatype=ox.NamedNode(XSD + "date"))
        for text in ("2017-04-23", "2017-4-23", "2017-02-29", "12017-01-01", "-0044-03-15", "0000-01-01", "2017-04-23Z")
    ),
]
VALUED = [
    *(
        ox.NamedNode(str(CD[name]))
        for name in ("population", "editionNumber", "statedGregorian", "isoCode", "hasParty")
    ),
    *(ox.NamedNode(PREFIXES["oa"] + name) for name in ("start", "end", "exact")),
    *(ox.NamedNode(str(SSSOM[name])) for name in ("confidence", "mapping_date", "author_label")),
    ox.NamedNode(PREFIXES["rdfs"] + "label"),
    ox.NamedNode(PREFIXES["skos"] + "altLabel"),
]


def _term(node: Node) -> ox.NamedNode | ox.Literal:
    if isinstance(node, URIRef):
        return ox.NamedNode(node)
    assert isinstance(node, Literal), "the examples have no blank nodes"
    if node.language:
        return ox.Literal(node, language=node.language)
    return ox.Literal(node, datatype=ox.NamedNode(node.datatype)) if node.datatype else ox.Literal(node)


def _triples(graph: Iterable[tuple[Node, Node, Node]]) -> list[ox.Triple]:
    return [ox.Triple(ox.NamedNode(str(s)), ox.NamedNode(str(p)), _term(o)) for s, p, o in graph]


def _copy(graph: Graph, number: int) -> list[ox.Triple]:
    """Return the things of a graph under other names; concepts keep theirs."""
    mine = {s for s in graph.subjects() if (s, RDF.type, None) in graph and s not in examples._ontology().subjects()}

    def name(node: Node) -> Node:
        return node + examples._suffix(node, 10_000 + number) if node in mine and isinstance(node, URIRef) else node

    return _triples((name(s), p, name(o)) for s, p, o in graph)


@cache
def _good(*, of_ontology: bool) -> tuple[ox.Triple, ...]:
    world = examples._world(of_ontology=of_ontology)
    return tuple(_triples(world) + [t for number in range(COPIES) for t in _copy(world, number)])


@cache
def _faults(*, of_ontology: bool) -> tuple[tuple[ox.Triple, ...], ...]:
    """Return the triples of each failing example."""
    return tuple(
        tuple(_triples(triples))
        for example, (_, triples) in examples._nodes().items()
        if not example.passes
        and (example.family == ONTOLOGY_SHAPES) == of_ontology
        and example.shape not in examples._parts()
    )


def _shapes(*, of_ontology: bool = False) -> Graph:
    return examples._shapes(of_ontology=of_ontology)


def _rdflib(triples: Iterable[ox.Triple]) -> Graph:
    graph = Graph()
    for t in triples:
        graph.add((to_rdflib(t.subject), to_rdflib(t.predicate), to_rdflib(t.object)))
    return graph


def _slow(triples: Iterable[ox.Triple], *, of_ontology: bool = False) -> list[Violation]:
    return list(violations(_rdflib(triples), _shapes(of_ontology=of_ontology)))


def _quick(triples: Iterable[ox.Triple], *, of_ontology: bool = False) -> list[Violation]:
    return list(quick_violations(View(triples), _shapes(of_ontology=of_ontology)))


def _planted(*, of_ontology: bool) -> list[ox.Triple]:
    faults = _faults(of_ontology=of_ontology)
    return [*_good(of_ontology=of_ontology), *(triple for fault in faults for triple in fault)]


@cache
def _expected(*, of_ontology: bool) -> list[Violation]:
    return _slow(_planted(of_ontology=of_ontology), of_ontology=of_ontology)


@pytest.mark.parametrize("of_ontology", [False, True], ids=["world", "ontology"])
def test_planted_faults_of_every_shape_give_the_same_findings(of_ontology: bool) -> None:
    expected = _expected(of_ontology=of_ontology)
    flagged = {str(focus) for focus, *_ in expected}
    harmless = [f for f in _faults(of_ontology=of_ontology) if not flagged & {str(t.subject)[1:-1] for t in f}]
    assert harmless == []
    assert _quick(_planted(of_ontology=of_ontology), of_ontology=of_ontology) == expected


@pytest.mark.parametrize("of_ontology", [False, True], ids=["world", "ontology"])
def test_good_data_is_not_suspect(of_ontology: bool) -> None:
    """It would be no gain if it were."""
    good, shapes = _good(of_ontology=of_ontology), _shapes(of_ontology=of_ontology)
    assert Screen(shapes, View(good)).suspects() == set()


def test_our_shapes_are_made_of_proven_terms() -> None:
    assert reach(_shapes()) is not None
    assert reach(_shapes(of_ontology=True)) is not None


@pytest.mark.parametrize("term", [*VALUE_CHECKS, *SET_CHECKS], ids=str)
def test_every_constraint_is_among_the_planted_faults(term: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever overlooked one of the constraints would overlook some of the faults."""
    if term in VALUE_CHECKS:
        monkeypatch.setitem(VALUE_CHECKS, term, lambda *_: lambda _: True)
    else:
        monkeypatch.setitem(SET_CHECKS, term, lambda *_: lambda *_: True)
    missed = set()
    for of_ontology in (False, True):
        screen = Screen(_shapes(of_ontology=of_ontology), View(_planted(of_ontology=of_ontology)))
        found = {str(to_rdflib(node)) for node in screen.suspects()}
        missed |= {str(focus) for focus, *_ in _expected(of_ontology=of_ontology)} - found
    assert missed


def test_shapes_of_other_terms_are_left_to_pyshacl() -> None:
    text = """@prefix sh: <http://www.w3.org/ns/shacl#> .
    <urn:s> a sh:NodeShape ; sh:targetSubjectsOf <urn:p> ; sh:property <urn:r> .
    <urn:r> a sh:PropertyShape ; sh:path [ sh:inversePath <urn:p> ] ; sh:minCount 1 ; sh:message "Nobody. Mend it." ."""
    shapes = Graph().parse(data=text, format="turtle")
    assert reach(shapes) is None
    node, other, p = ox.NamedNode("urn:a"), ox.NamedNode("urn:b"), ox.NamedNode("urn:p")
    found = list(quick_violations(View([ox.Triple(node, p, other), ox.Triple(other, p, other)]), shapes))
    assert [(str(focus), message) for focus, _, _, message, _ in found] == [("urn:a", "Nobody. Mend it.")]


def test_shapes_that_contain_themselves_have_no_reach() -> None:
    text = "@prefix sh: <http://www.w3.org/ns/shacl#> . <urn:s> a sh:NodeShape ; sh:not <urn:s> ."
    assert reach(Graph().parse(data=text, format="turtle")) is None


def test_values_that_engines_read_in_different_ways_are_judged_by_pyshacl() -> None:
    """Each value stands for each property on a thing of its own, in place of the good one, and some beside it."""
    world = examples._world(of_ontology=False)
    data = _triples(world)
    for predicate in VALUED:
        like = next(s for s, p, _ in world if str(p) == predicate.value and (s, RDF.type, None) in world)
        old = _triples((like, p, o) for p, o in world.predicate_objects(like))
        for number, value in enumerate(STRANGE):
            alone = [t for t in old if t.predicate != predicate]
            for kept in (alone, old) if number % 4 == 0 else (alone,):
                node = ox.NamedNode(
                    f"{like}-{number}-{len(kept)}-{predicate.value.rsplit('/')[-1].rsplit('#')[-1].lower()}"
                )
                data += [ox.Triple(node, t.predicate, t.object) for t in kept]
                data.append(ox.Triple(node, predicate, value))
    expected = _slow(data)
    assert {focus for focus, path, *_ in expected if path is not None}
    assert _quick(data) == expected


@st.composite
def _damaged(draw: st.DrawFn) -> list[ox.Triple]:
    """Draw good data with some failing examples, strange values, missing and misdirected triples."""
    triples = _triples(examples._world(of_ontology=False))
    for fault in draw(st.lists(st.sampled_from(_faults(of_ontology=False)), max_size=20)):
        triples += fault
    things = sorted({t.subject for t in triples if "/id/" in str(t.subject)}, key=str)
    for value in draw(st.lists(st.sampled_from(STRANGE), max_size=5)):
        triples.append(ox.Triple(draw(st.sampled_from(things)), draw(st.sampled_from(VALUED)), value))
    mine = [number for number, triple in enumerate(triples) if triple.subject in set(things)]
    for number in draw(st.lists(st.sampled_from(mine), max_size=10, unique=True)):
        old = triples[number]
        new = draw(st.sampled_from([None, *things[:: len(things) // 20]]))
        triples[number] = triples[0] if new is None else ox.Triple(old.subject, old.predicate, new)
    return triples


@given(_damaged())
@settings(max_examples=PROPERTY_RUNS, deadline=None)
def test_random_damage_gives_the_same_findings(triples: list[ox.Triple]) -> None:
    assert _quick(triples) == _slow(triples)


@given(_damaged(), st.data())
@settings(max_examples=PROPERTY_RUNS, deadline=None)
def test_some_things_have_the_findings_that_they_have_among_all(triples: list[ox.Triple], data: st.DataObject) -> None:
    view = View(triples)
    everyone = sorted({t.subject for t in triples}, key=str)
    some: set[Subject] = set(data.draw(st.lists(st.sampled_from(everyone), min_size=1, max_size=200)))
    names = {str(to_rdflib(node)) for node in some}
    found = list(quick_violations(view, _shapes(), some))
    assert found == [row for row in _slow(triples) if str(row[0]) in names]
