"""SHACL validation: the findings of pyshacl, in plain words at file and line, found quickly."""

from collections.abc import Collection, Iterable, Iterator
from itertools import chain
from typing import TypeAlias

import pyoxigraph as ox
from pyshacl import validate
from rdflib import RDF, RDFS, SH, Graph, URIRef
from rdflib.term import Node

from citydip.curation.screening import Screen, reach
from citydip.curation.view import Subject, View
from citydip.curation.workspace import Workspace, to_rdflib
from citydip.model.findings import Finding
from citydip.model.terms import shorten

__all__ = ["Violation", "check_ontology", "check_shapes", "quick_violations", "violations"]

ONTOLOGY_SHAPES = "ontology"
"""The name of the shapes file that is about the ontology itself."""

_CLASSES = {ox.NamedNode(str(RDFS.subClassOf)), ox.NamedNode(str(RDF.type))}

Violation: TypeAlias = tuple[Node, Node | None, str, str, Node | None]
"""Focus node, path (None where it is not one property), shape name, message and value."""


def check_shapes(workspace: Workspace) -> Iterator[Finding]:
    """Yield the findings of the shapes of things and statements on the data."""
    shapes = Graph()
    for file in workspace.files_below("shapes"):
        if file.path.stem != ONTOLOGY_SHAPES:
            shapes += workspace.rdflib_graph(f"shapes/{file.path.name}")
    # Classes and concepts are part of what the shapes ask about.
    ontology = (t for file in workspace.files_below("ontology") for t in file.triples if t.predicate in _CLASSES)
    data = (triple for file in workspace.files_below("data") for triple in file.triples)
    yield from _findings(workspace, quick_violations(View(chain(ontology, data)), shapes))


def check_ontology(workspace: Workspace) -> Iterator[Finding]:
    """Yield the findings of the shapes of the ontology: names and documentation."""
    shapes = workspace.rdflib_graph(f"shapes/{ONTOLOGY_SHAPES}.ttl")
    ontology = (triple for file in workspace.files_below("ontology") for triple in file.triples)
    yield from _findings(workspace, quick_violations(View(ontology), shapes))


def quick_violations(view: View, shapes: Graph, among: Collection[Subject] | None = None) -> Iterator[Violation]:
    """Yield what ``violations`` gives for all data of a view, or only for some focus nodes, in the same order.

    Args:
        view: the data.
        shapes: the shapes; a fresh graph for each run.
        among: the focus nodes that are looked at; None looks at all.
    """
    steps = reach(shapes)
    found = None if steps is None else Screen(shapes, view).suspects(among)
    if found is not None and not found:
        return
    data = Graph()
    for triple in view.triples() if steps is None else view.around(found or (), steps):
        data.add((to_rdflib(triple.subject), to_rdflib(triple.predicate), to_rdflib(triple.object)))
    wanted = found if among is None else among
    names = None if wanted is None else {to_rdflib(node) for node in wanted}
    yield from (row for row in violations(data, shapes) if names is None or row[0] in names)


def violations(data: Graph, shapes: Graph) -> Iterator[Violation]:
    """Yield each violation that pyshacl finds, in a fixed order.

    Args:
        data: what is checked.
        shapes: the shapes; a fresh graph for each run, because the validator writes to it.
    """
    if not len(shapes):
        return
    _, report, _ = validate(data, shacl_graph=shapes, advanced=False, inplace=True, inference="none", meta_shacl=False)
    if not isinstance(report, Graph):
        raise TypeError("the validator gave no report graph")
    rows: list[Violation] = []
    for result in report.subjects(RDF.type, SH.ValidationResult):
        focus, shape = report.value(result, SH.focusNode), report.value(result, SH.sourceShape)
        path, value = report.value(result, SH.resultPath), report.value(result, SH.value)
        messages = sorted(str(message) for message in report.objects(result, SH.resultMessage))
        if focus is not None:
            # The node of a path of several properties has another name in each run.
            known = path if isinstance(path, URIRef) else None
            rows.append((focus, known, str(shape), messages[0] if messages else "", value))
    yield from sorted(rows, key=lambda row: tuple(map(str, row)))


def _findings(workspace: Workspace, found: Iterable[Violation]) -> Iterator[Finding]:
    for focus, path, shape, message, value in found:
        wrong, _, fix = message.partition(". ")
        shown = f"{shorten(str(focus))}: {wrong}"
        if isinstance(value, URIRef) and value != focus:
            shown += f" ({shorten(value)})"
        rule = shape.rsplit("/", 1)[-1].rsplit("#", 1)[-1]
        yield workspace.place(rule, shown, fix or "see the shape", str(focus), None if path is None else str(path))
