"""SHACL validation by pyshacl, with findings in plain words at file and line."""

from collections.abc import Iterator

from pyshacl import validate
from rdflib import RDF, RDFS, SH, Graph, URIRef
from rdflib.term import Node

from citydip.curation.workspace import Workspace
from citydip.model.findings import Finding
from citydip.model.terms import shorten

__all__ = ["check_ontology", "check_shapes", "violations"]

ONTOLOGY_SHAPES = "ontology"
"""The name of the shapes file that is about the ontology itself."""


def check_shapes(workspace: Workspace) -> Iterator[Finding]:
    """Yield the findings of the shapes of things and statements on the data."""
    shapes = Graph()
    for file in workspace.files_below("shapes"):
        if file.path.stem != ONTOLOGY_SHAPES:
            shapes += workspace.rdflib_graph(f"shapes/{file.path.name}")
    data = workspace.rdflib_graph("data")
    # Classes and concepts are part of what the shapes ask about.
    ontology = workspace.rdflib_graph("ontology")
    for triple in ontology:
        if triple[1] in (RDFS.subClassOf, RDF.type):
            data.add(triple)
    yield from _findings(workspace, data, shapes)


def check_ontology(workspace: Workspace) -> Iterator[Finding]:
    """Yield the findings of the shapes of the ontology: names and documentation."""
    shapes = workspace.rdflib_graph(f"shapes/{ONTOLOGY_SHAPES}.ttl")
    yield from _findings(workspace, workspace.rdflib_graph("ontology"), shapes)


def violations(data: Graph, shapes: Graph) -> Iterator[tuple[Node, Node | None, str, str, Node | None]]:
    """Yield focus node, path, shape name, message and value of each violation, in a fixed order.

    Args:
        data: what is checked.
        shapes: the shapes; a fresh graph for each run, because the validator writes to it.
    """
    if not len(shapes):
        return
    _, report, _ = validate(data, shacl_graph=shapes, advanced=False, inplace=True, inference="none", meta_shacl=False)
    if not isinstance(report, Graph):
        raise TypeError("the validator gave no report graph")
    rows = []
    for result in report.subjects(RDF.type, SH.ValidationResult):
        focus = report.value(result, SH.focusNode)
        shape = report.value(result, SH.sourceShape)
        messages = sorted(str(m) for m in report.objects(result, SH.resultMessage))
        path, value = report.value(result, SH.resultPath), report.value(result, SH.value)
        rows.append(
            (
                str(focus),
                str(path),
                str(shape),
                messages[0] if messages else "",
                str(value),
                (focus, path, shape, value),
            )
        )
    for *_, message, _, (focus, path, shape, value) in sorted(rows, key=lambda row: row[:5]):
        if focus is not None:
            yield focus, path, str(shape), message, value


def _findings(workspace: Workspace, data: Graph, shapes: Graph) -> Iterator[Finding]:
    for focus, path, shape, message, value in violations(data, shapes):
        wrong, _, fix = message.partition(". ")
        shown = f"{shorten(str(focus))}: {wrong}"
        if isinstance(value, URIRef) and value != focus:
            shown += f" ({shorten(value)})"
        rule = shape.rsplit("/", 1)[-1].rsplit("#", 1)[-1]
        predicate = str(path) if isinstance(path, URIRef) else None
        yield workspace.place(rule, shown, fix or "see the shape", str(focus), predicate)
