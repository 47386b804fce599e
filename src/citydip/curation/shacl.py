"""SHACL validation: the findings of pyshacl, in plain words at file and line, found quickly."""

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import TypeAlias

import pyoxigraph as ox
from pyshacl import validate
from rdflib import RDF, SH, BNode, Graph, Literal, URIRef
from rdflib.term import Node

from citydip.curation.progress import Progress, unseen
from citydip.curation.recheck import DataView
from citydip.curation.screening import Screen, reach
from citydip.curation.view import Subject, View
from citydip.curation.workspace import Workspace, to_rdflib
from citydip.model.findings import Finding
from citydip.model.terms import shorten

__all__ = ["Violation", "check_ontology", "check_shapes", "data_shapes", "quick_violations", "violations"]

ONTOLOGY_SHAPES = "ontology"
"""The name of the shapes file that is about the ontology itself."""

Violation: TypeAlias = tuple[Node, Node | None, str, str, Node | None]
"""Focus node, path (None where it is not one property), shape name, message and value."""


def check_shapes(
    workspace: Workspace,
    again: Callable[[int], Collection[Subject] | None] = lambda _: None,
    wrong: set[Subject] | None = None,
    progress: Progress = unseen,
) -> Iterator[Finding]:
    """Yield the findings of the shapes of things and statements on the data.

    Args:
        workspace: the files.
        again: called with the number of properties that shapes follow from a thing; gives the things that are to be
            looked at, or None for all.
        wrong: gets the things that have findings.
        progress: called with the share of the things that were looked at.
    """
    shapes = data_shapes(workspace)
    steps = reach(shapes)
    among = None if steps is None else again(steps)
    found = list(quick_violations(DataView(workspace), shapes, among, progress))
    if wrong is not None:
        wrong |= {_thing(focus) for focus, *_ in found if not isinstance(focus, Literal)}
    yield from _findings(workspace, found)


def data_shapes(workspace: Workspace) -> Graph:
    """Return the shapes of things and statements, as a fresh graph."""
    shapes = Graph()
    for file in workspace.files_below("shapes"):
        if file.path.stem != ONTOLOGY_SHAPES:
            shapes += workspace.rdflib_graph(f"shapes/{file.path.name}")
    return shapes


def _thing(focus: Node) -> Subject:
    return ox.BlankNode(str(focus)) if isinstance(focus, BNode) else ox.NamedNode(str(focus))


def check_ontology(workspace: Workspace) -> Iterator[Finding]:
    """Yield the findings of the shapes of the ontology: names and documentation."""
    shapes = workspace.rdflib_graph(f"shapes/{ONTOLOGY_SHAPES}.ttl")
    ontology = (triple for file in workspace.files_below("ontology") for triple in file.triples)
    yield from _findings(workspace, quick_violations(View(ontology), shapes))


def quick_violations(
    view: View, shapes: Graph, among: Collection[Subject] | None = None, progress: Progress = unseen
) -> Iterator[Violation]:
    """Yield what ``violations`` gives for all data of a view, or only for some focus nodes, in the same order.

    Args:
        view: the data.
        shapes: the shapes; a fresh graph for each run.
        among: the focus nodes that are looked at; None looks at all.
        progress: called with the share of the things that were looked at.
    """
    steps = reach(shapes)
    found = None if steps is None else Screen(shapes, view).suspects(among, progress)
    if found is not None and not found:
        return
    data = Graph()
    for triple in view.triples() if steps is None else view.around(found or (), steps):
        data.add((to_rdflib(triple.subject), to_rdflib(triple.predicate), to_rdflib(triple.object)))
    # What is not suspect itself may be there in part only, and look wrong.
    names = None if found is None else {to_rdflib(node) for node in found}
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
