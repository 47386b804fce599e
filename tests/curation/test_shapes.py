"""Each shape tells in plain words what is wrong, flags the examples that break it, and leaves all others alone.

The examples are in ``tests/shapes``, one file for each file of ``shapes``. An example is a node of ``world.ttl``
(``ontology-world.ttl`` for the shapes of the ontology) with one change; ``things.yaml`` tells how to read them.
Shapes that are only parts of others (``english-text``, ``with-topic`` …) are tried as if they had targets.
All examples of one kind are checked in one run of the validator, because a run costs more than an example.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeAlias

import pytest
import yaml
from rdflib import OWL, RDF, RDFS, SH, BNode, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from citydip.curation.shacl import ONTOLOGY_SHAPES, violations
from citydip.curation.turtle import read_turtle
from citydip.curation.workspace import to_rdflib
from citydip.model.terms import BASE, CD, PREFIXES, shorten

ROOT = Path(__file__).parents[2]
EXAMPLES = Path(__file__).parents[1] / "shapes"
SHAPE = Namespace(BASE + "shapes/")
KINDS = (SH.NodeShape, SH.PropertyShape)
TARGETS = (SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf, SH.targetNode)
LISTS = (SH["or"], SH["and"], SH.xone)
INNER = (SH["not"], SH.qualifiedValueShape, SH.node)

# SHACL core, without what this project does not use; sh:sparql is missing on purpose: rules across records
# are check queries.
CORE = {
    *(RDF.type, SH.message, SH.path, SH.property, *TARGETS, *LISTS, *INNER),
    *(SH["class"], SH.datatype, SH.nodeKind, SH["in"], SH.hasValue, SH.closed, SH.ignoredProperties),
    *(SH.minCount, SH.maxCount, SH.qualifiedMinCount, SH.qualifiedMaxCount),
    *(SH.minInclusive, SH.maxInclusive, SH.minExclusive, SH.maxExclusive, SH.minLength, SH.maxLength),
    *(SH.pattern, SH.flags, SH.languageIn, SH.uniqueLang),
    *(SH.disjoint, SH.equals, SH.lessThan, SH.lessThanOrEquals),
}


@dataclass(frozen=True, slots=True)
class Example:
    """One example of a shape.

    Args:
        family: the file that it stands in, without its ending.
        shape: the local name of the shape.
        passes: whether the shape lets it pass.
        words: what it shows.
        change: how it differs from a node of the world: like, iri, set, add, without, also; or node, a literal.
    """

    family: str
    shape: str
    passes: bool
    words: str
    change: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        """Return the name under which pytest shows it."""
        return f"{self.shape}: {self.words}"


def _read_examples() -> Iterator[Example]:
    for path in sorted(EXAMPLES.glob("*.yaml")):
        for shape, entry in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            common = {"like": entry["like"]} if "like" in entry else {}
            for verdict in ("passes", "fails"):
                for words, change in entry.get(verdict, {}).items():
                    merged = tuple((common | change).items())
                    yield Example(path.stem, shape, verdict == "passes", words, merged)


ALL = tuple(_read_examples())


@cache
def _file(path: Path) -> tuple[tuple[Node, Node, Node], ...]:
    triples = read_turtle(path).triples
    return tuple((to_rdflib(t.subject), to_rdflib(t.predicate), to_rdflib(t.object)) for t in triples)


def _graph(*paths: Path) -> Graph:
    graph = Graph()
    for path in paths:
        for triple in _file(path):
            graph.add(triple)
    return graph


def _families() -> list[str]:
    return sorted(path.stem for path in (ROOT / "shapes").glob("*.ttl"))


def _shapes(*, of_ontology: bool) -> Graph:
    """Return a fresh graph of shapes: the validator writes to the one that it is given."""
    names = [name for name in _families() if (name == ONTOLOGY_SHAPES) == of_ontology]
    return _graph(*(ROOT / "shapes" / f"{name}.ttl" for name in names))


@cache
def _every_shape() -> Graph:
    return _shapes(of_ontology=True) + _shapes(of_ontology=False)


def _names() -> list[str]:
    graph = _every_shape()
    found = {s for kind in KINDS for s in graph.subjects(RDF.type, kind)}
    return sorted(str(s).removeprefix(SHAPE) for s in found)


@cache
def _parts() -> frozenset[str]:
    """Return the names of the shapes that only stand inside others."""
    graph = _every_shape()
    held = set(graph.objects(None, SH.property))
    return frozenset(
        name
        for name in _names()
        if SHAPE[name] not in held and not any(graph.value(SHAPE[name], target) for target in TARGETS)
    )


@cache
def _ontology() -> Graph:
    return _graph(*sorted((ROOT / "ontology").glob("*.ttl")))


@cache
def _world(*, of_ontology: bool) -> Graph:
    """Return the nodes that the examples start from, and what the ontology says of classes and concepts."""
    if of_ontology:
        return _graph(EXAMPLES / "ontology-world.ttl")
    world = _graph(EXAMPLES / "world.ttl")
    for triple in _ontology():
        if triple[1] in (RDFS.subClassOf, RDF.type):
            world.add(triple)
    return world


def _expand(name: str) -> URIRef:
    if name.startswith("<"):
        return URIRef(name[1:-1])
    if name == "a":
        return RDF.type
    prefix, _, local = name.partition(":")
    return URIRef(PREFIXES[prefix] + local)


CHANGES = {"like", "iri", "set", "add", "without", "also", "node"}
HEAD = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in PREFIXES.items())


def _parse(subject: URIRef, predicates: str) -> list[tuple[Node, Node, Node]]:
    return _parse_whole(f"<{subject}> {predicates} .")


def _parse_whole(text: str) -> list[tuple[Node, Node, Node]]:
    triples = read_turtle(EXAMPLES, HEAD + text).triples
    return [(to_rdflib(t.subject), to_rdflib(t.predicate), to_rdflib(t.object)) for t in triples]


def _suffix(like: URIRef, number: int) -> str:
    """Return an ending that keeps an IRI apart from its copies and in the spelling of its kind."""
    if "#" not in like:
        return f"-{number}"
    return "Case" + "".join("b" + "aeiouy"[int(digit)] for digit in _base_six(number))


def _base_six(number: int) -> str:
    return (_base_six(number // 6) if number >= 6 else "") + str(number % 6)


def _build(example: Example, number: int) -> tuple[Node, list[tuple[Node, Node, Node]]]:
    """Return the node of an example and its triples."""
    change = dict(example.change)
    assert set(change) <= CHANGES, f"a comma outside quotes? {change}"
    if "node" in change:
        return _parse(URIRef("urn:x"), f"rdf:value {change['node']}")[0][2], []
    world = _world(of_ontology=example.family == ONTOLOGY_SHAPES)
    like = _expand(change["like"])
    focus = _expand(change["iri"]) if "iri" in change else like + _suffix(like, number)
    old = [(focus, p, o) for p, o in world.predicate_objects(like)]
    assert old, f"the world has no {change['like']}"
    new = _parse(focus, change["set"]) if "set" in change else []
    gone = {p for _, p, _ in new} | {_expand(name) for name in change.get("without", "").split()}
    added = _parse(focus, change["add"]) if "add" in change else []
    added += _parse_whole(change.get("also", ""))
    return focus, [t for t in old if t[1] not in gone] + new + added


@cache
def _nodes() -> dict[Example, tuple[Node, list[tuple[Node, Node, Node]]]]:
    return {example: _build(example, number) for number, example in enumerate(ALL)}


# The messages of each shape that flags a node.
Flags: TypeAlias = dict[Node, dict[str, set[str]]]


@cache
def _run(*, of_ontology: bool, parts: bool) -> tuple[Graph, Flags]:
    """Check all examples of one kind, and return the graph and what was flagged."""
    shapes = _shapes(of_ontology=of_ontology)
    if parts:
        for target in TARGETS:
            shapes.remove((None, target, None))
    data = Graph()
    data += _world(of_ontology=of_ontology)
    for example, (focus, triples) in _nodes().items():
        if (example.family == ONTOLOGY_SHAPES) == of_ontology and (example.shape in _parts()) == parts:
            for triple in triples:
                data.add(triple)
            if parts:
                shapes.add((SHAPE[example.shape], SH.targetNode, focus))
    flags: Flags = defaultdict(lambda: defaultdict(set))
    for node, _, shape, message, _ in violations(data, shapes):
        flags[node][shape.removeprefix(SHAPE)].add(message)
    return data, flags


def _flags(example: Example) -> dict[str, set[str]]:
    """Return what flags an example; of parts, which share literals, only the part itself."""
    parts = example.shape in _parts()
    flags = _run(of_ontology=example.family == ONTOLOGY_SHAPES, parts=parts)[1].get(_nodes()[example][0], {})
    return {shape: messages for shape, messages in flags.items() if not parts or shape == example.shape}


def _message(name: str) -> str:
    return str(_every_shape().value(SHAPE[name], SH.message))


@pytest.mark.parametrize("example", [e for e in ALL if e.passes], ids=str)
def test_no_shape_flags_a_passing_example(example: Example) -> None:
    assert _flags(example) == {}


@pytest.mark.parametrize("example", [e for e in ALL if not e.passes], ids=str)
def test_a_failing_example_is_flagged_by_its_shape_alone_with_its_own_message(example: Example) -> None:
    assert _flags(example) == {example.shape: {_message(example.shape)}}


@pytest.mark.parametrize("of_ontology", [False, True], ids=["world", "ontology-world"])
def test_the_world_of_the_examples_passes(of_ontology: bool) -> None:
    flags = _run(of_ontology=of_ontology, parts=False)[1]
    assert [str(node) for node in flags if (node, None, None) in _world(of_ontology=of_ontology)] == []


def test_the_ontology_passes() -> None:
    found = violations(_graph(*sorted((ROOT / "ontology").glob("*.ttl"))), _shapes(of_ontology=True))
    assert [f"{shorten(str(node))}: {message}" for node, _, _, message, _ in found] == []


@pytest.mark.parametrize("name", _names())
def test_every_shape_has_a_passing_and_a_failing_example(name: str) -> None:
    assert {e.passes for e in ALL if e.shape == name} == {True, False}, "add them to tests/shapes"


def test_examples_stand_in_the_file_of_their_shape() -> None:
    home = {
        str(s).removeprefix(SHAPE): family
        for family in _families()
        for s, p, o in _file(ROOT / "shapes" / f"{family}.ttl")
        if p == RDF.type and o in KINDS
    }
    wrong = {f"{e.family}.yaml: {e.shape}" for e in ALL if home.get(e.shape) != e.family}
    assert sorted(wrong) == []


def test_no_two_examples_share_a_name() -> None:
    nodes = Counter(node for node, triples in _nodes().values() if triples)
    taken = {
        node
        for example, (node, triples) in _nodes().items()
        if triples and (node, None, None) in _world(of_ontology=example.family == ONTOLOGY_SHAPES)
    }
    assert [str(node) for node, uses in nodes.items() if uses > 1 or node in taken] == []


def _looked_at(name: str, data: Graph) -> set[Node]:
    """Return the nodes that a shape looks at, by its own targets or those of the shapes that hold it."""
    graph = _every_shape()
    found: set[Node] = set()
    for shape in [SHAPE[name], *graph.subjects(SH.property, SHAPE[name])]:
        for target in graph.objects(shape, SH.targetClass):
            for kind in data.transitive_subjects(RDFS.subClassOf, target):
                found |= set(data.subjects(RDF.type, kind))
        for predicate in graph.objects(shape, SH.targetSubjectsOf):
            assert isinstance(predicate, URIRef)
            found |= set(data.subjects(predicate))
    return found


@pytest.mark.parametrize("family", _families())
def test_shapes_look_at_their_passing_examples(family: str) -> None:
    """A shape that never looks at an example cannot be said to pass it."""
    unseen = []
    for name in {e.shape for e in ALL if e.family == family} - _parts():
        if _every_shape().value(SHAPE[name], SH.maxCount) == Literal(0):
            continue
        data = _run(of_ontology=family == ONTOLOGY_SHAPES, parts=False)[0]
        nodes = {_nodes()[e][0] for e in ALL if e.shape == name and e.passes}
        if not nodes & _looked_at(name, data):
            unseen.append(name)
    assert sorted(unseen) == []


def test_every_shape_is_named_once_in_lower_case() -> None:
    graph = _every_shape()
    subjects = [s for s in set(graph.subjects()) if not graph.value(s, RDF.first)]
    assert [s for s in subjects if isinstance(s, BNode)] == []
    assert [s for s in subjects if not re.fullmatch(SHAPE + "[a-z]+(-[a-z]+)*", str(s))] == []
    uses = Counter(s for f in _families() for s in {t[0] for t in _file(ROOT / "shapes" / f"{f}.ttl")})
    assert [s for s, files in uses.items() if files > 1] == []


def test_every_shape_that_is_spoken_of_exists() -> None:
    graph = _every_shape()
    spoken = {o for predicate in (SH.property, *INNER) for o in graph.objects(None, predicate)}
    for predicate in LISTS:
        for head in graph.objects(None, predicate):
            spoken |= set(Collection(graph, head))
    assert sorted(str(s) for s in spoken if s not in {SHAPE[name] for name in _names()}) == []


def test_shapes_use_shacl_core_alone() -> None:
    used = {p for s, p, _ in _every_shape() if isinstance(s, URIRef)}
    assert sorted(shorten(str(p)) for p in used - CORE) == []


@pytest.mark.parametrize("name", _names())
def test_a_message_tells_in_one_sentence_what_is_wrong_and_in_one_what_to_do(name: str) -> None:
    """No default message can surface: every shape that can be the source of a result has its own."""
    messages = list(_every_shape().objects(SHAPE[name], SH.message))
    assert len(messages) == 1
    assert isinstance(messages[0], Literal)
    assert messages[0].language == "en"
    wrong, _, fix = messages[0].partition(". ")
    assert re.fullmatch(r"[A-Z][^.]+", wrong)
    assert re.fullmatch(r"[A-Z].*[^.]\.", fix)
    assert ". " not in fix


def test_the_message_of_a_property_shape_names_its_property() -> None:
    graph = _every_shape()
    silent = []
    for shape, path in graph.subject_objects(SH.path):
        steps = [path] if isinstance(path, URIRef) else list(Collection(graph, path))
        fix = _message(str(shape).removeprefix(SHAPE)).partition(". ")[2]
        if not any(shorten(str(step)) in fix for step in steps):
            silent.append(shorten(str(shape)))
    assert silent == []


def test_results_that_people_see_have_the_message_of_their_shape() -> None:
    for of_ontology in (False, True):
        for flags in _run(of_ontology=of_ontology, parts=False)[1].values():
            for shape, messages in flags.items():
                assert messages == {_message(shape)}


def _terms(*, computed: bool) -> dict[URIRef, Node | None]:
    """Return the properties of the ontology with their domains."""
    graph = _ontology()
    kinds = (OWL.ObjectProperty, OWL.DatatypeProperty)
    found = {p for kind in kinds for p in graph.subjects(RDF.type, kind) if isinstance(p, URIRef)}
    marked = set(graph.subjects(CD.computed, Literal(True)))
    # The seal is written by a program, but into the curated file.
    marked.discard(CD.quoteSeal)
    return {p: graph.value(p, RDFS.domain) for p in sorted(found) if (p in marked) == computed}


def test_every_computed_property_is_refused_in_curated_files() -> None:
    graph = _every_shape()
    refused = {
        path
        for shape, path in graph.subject_objects(SH.path)
        if graph.value(shape, SH.maxCount) == Literal(0) and graph.value(shape, SH.targetSubjectsOf) == path
    }
    assert [shorten(p) for p in _terms(computed=True) if p not in refused] == []


def test_every_property_with_a_domain_is_refused_on_other_things() -> None:
    graph = _every_shape()
    bound = {(p, graph.value(shape, SH["class"])) for shape, p in graph.subject_objects(SH.targetSubjectsOf)}
    terms = _terms(computed=False)
    assert [shorten(p) for p, domain in terms.items() if domain and (p, domain) not in bound] == []


def test_statements_may_have_every_property_of_statements_and_no_other() -> None:
    graph, ontology = _every_shape(), _ontology()
    statements = set(ontology.transitive_subjects(RDFS.subClassOf, CD.Statement))
    meant = {p for p, domain in _terms(computed=False).items() if domain in statements}
    listed = graph.value(SHAPE.statement, SH.ignoredProperties)
    assert listed is not None
    held = {graph.value(p, SH.path) for p in graph.objects(SHAPE.statement, SH.property)}
    allowed = {p for p in set(Collection(graph, listed)) | held if str(p).startswith(CD)}
    assert {shorten(str(p)) for p in allowed ^ meant} == set()
