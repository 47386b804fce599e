"""All files of the graph, parsed, in one store: a curated file is one named graph, and so is an imported data set.

The graph's IRI follows from the path: ``data/articles/x.ttl`` is ``graph/articles/x``, ``ontology/citydip.ttl``
is ``graph/ontology/citydip``. An imported data set is too large for one file; the files of its folder, such as
``data/world/cities/ir.ttl`` and ``data/world/cities/it-2.ttl``, are together the graph ``graph/world/cities``.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import pyoxigraph as ox
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.term import Node

from citydip.curation.layout import IMPORTED, Layout
from citydip.curation.progress import Progress, track, unseen
from citydip.curation.turtle import TurtleFile, open_turtle
from citydip.model.errors import TurtleSyntaxError
from citydip.model.findings import Finding
from citydip.model.terms import GRAPH

__all__ = ["Workspace", "graph_of", "open_workspace", "to_rdflib"]

_SET_DEPTH = 2
_BATCH = 1 << 15
"""How many triples go into the store at a time."""


@dataclass(slots=True)
class Workspace:
    """The parsed files of a layout.

    Args:
        layout: where they lie.
        files: parsed file by path, in the order of the layout.
        store: all triples, each in the graph of its file.
        findings: one for each file that could not be parsed.
    """

    layout: Layout
    files: dict[Path, TurtleFile]
    store: ox.Store
    findings: list[Finding]
    _by_graph: dict[str, list[TurtleFile]] = field(default_factory=dict)

    def files_below(self, *folders: str) -> list[TurtleFile]:
        """Return the files that lie in the folders of the root, or are named themselves."""
        roots = [self.layout.root / folder for folder in folders]
        return [file for path, file in self.files.items() if any(path.is_relative_to(r) for r in roots)]

    def rdflib_graph(self, *folders: str) -> Graph:
        """Return the triples of the folders as one rdflib graph."""
        graph = Graph()
        for file in self.files_below(*folders):
            for triple in file.triples:
                graph.add(_rdflib_triple(triple))
        return graph

    def place(self, rule: str, message: str, fix: str, subject: str, predicate: str | None = None) -> Finding:
        """Return a finding at the line where a subject, or one of its predicates, stands.

        A thing may have triples in several files; the one that has the predicate, else the first, is named.
        """
        homes = self._homes_of(subject)
        if not homes:
            return Finding(rule, message, fix)
        file = homes[0]
        for home in homes:
            if predicate and home.line_of(subject, predicate) != home.line_of(subject):
                file = home
                break
        line = file.line_of(subject, predicate)
        text = file.text.splitlines()[line - 1].strip() if line else None
        return Finding(rule, message, fix, self.layout.relative(file.path), line, None, text)

    def files_of(self, graph: str) -> list[TurtleFile]:
        """Return the files of a graph; none of a computed one."""
        if not self._by_graph:
            for path, file in self.files.items():
                self._by_graph.setdefault(graph_of(self.layout, path), []).append(file)
        return self._by_graph.get(graph, [])

    def graphs_about(self, node: ox.NamedNode | ox.BlankNode) -> set[str]:
        """Return the names of the graphs that say something of a thing."""
        quads = self.store.quads_for_pattern(node, None, None, None)
        return {quad.graph_name.value for quad in quads if isinstance(quad.graph_name, ox.NamedNode)}

    def _homes_of(self, subject: str) -> list[TurtleFile]:
        """Return the files in which a thing stands, in the order of the layout."""
        try:
            node = ox.NamedNode(subject)
        except ValueError:  # a blank node, or nothing
            return []
        order = {path: number for number, path in enumerate(self.files)}
        files = [file for graph in self.graphs_about(node) for file in self.files_of(graph)]
        files.sort(key=lambda file: order[file.path])
        placed = [file for file in files if file.line_of(subject) is not None]
        return placed or [file for file in files if any(triple.subject == node for triple in file.triples)]


def graph_of(layout: Layout, path: Path) -> str:
    """Return the IRI of the graph that a file is, or is a part of."""
    relative = path.resolve().relative_to(layout.root).with_suffix("")
    parts = relative.parts[1:] if relative.parts[0] == "data" else relative.parts
    whole = parts[0] == IMPORTED and len(parts) > _SET_DEPTH
    return str(GRAPH["/".join(parts[:_SET_DEPTH] if whole else parts)])


def open_workspace(layout: Layout, progress: Progress = unseen) -> Workspace:
    """Return the workspace of a layout; files that cannot be parsed become findings.

    Args:
        layout: where the files lie.
        progress: called with the share of the files that are read.

    Raises:
        OSError: a file cannot be read.
    """
    workspace = Workspace(layout, {}, ox.Store(), [])
    quads = _quads(workspace, progress)
    while batch := list(islice(quads, _BATCH)):
        workspace.store.bulk_extend(batch)
    return workspace


def _quads(workspace: Workspace, progress: Progress) -> Iterator[ox.Quad]:
    """Yield what the files hold, and note the files, or what is wrong with them.

    The triples of a file are not kept in Python, where a million of them take a gigabyte.
    """
    layout = workspace.layout
    for path in track(list(layout.turtle_files()), "reading files", progress):
        graph = graph_of(layout, path)
        label = "".join(c for c in graph.removeprefix(str(GRAPH)) if c.isalnum())
        node = ox.NamedNode(graph)
        try:
            file = open_turtle(path, label, None if layout.imported else _of_imported)
            triples = [] if _is_loaded(workspace.store, file, node) else file.triples
        except TurtleSyntaxError as error:
            name, fix = layout.relative(path), "mend the line that is shown"
            finding = Finding("syntax", error.message, fix, name, error.line, error.column, error.excerpt)
            workspace.findings.append(finding)
            continue
        workspace.files[path] = file
        yield from (ox.Quad(t.subject, t.predicate, t.object, node) for t in triples)
        file.forget()


def _is_loaded(store: ox.Store, file: TurtleFile, graph: ox.NamedNode) -> bool:
    """Let the store read a file itself where that gives the same; return whether it has."""
    if file.left_out is not None or not file.is_plain:
        return False
    try:
        store.bulk_load(file.text.encode(), format=ox.RdfFormat.TURTLE, to_graph=graph)
    except SyntaxError:
        # Read once more, to tell where the error is; with one, nothing else is checked.
        return False
    return True


def _of_imported(triple: ox.Triple) -> bool:
    """Return whether a triple describes an imported graph, as the manifest does."""
    return isinstance(triple.subject, ox.NamedNode) and triple.subject.value.startswith(str(GRAPH[IMPORTED]))


def to_rdflib(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> Node:
    """Return a term of the engine as a term of rdflib.

    Example:
        >>> to_rdflib(ox.Literal("شهر", language="fa"))
        rdflib.term.Literal('شهر', lang='fa')
    """
    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    if isinstance(term, ox.Literal):
        if term.language:
            return Literal(term.value, lang=term.language)
        datatype = term.datatype.value
        plain = datatype == "http://www.w3.org/2001/XMLSchema#string"
        return Literal(term.value, datatype=None if plain else URIRef(datatype))
    raise ValueError("quoted triples are not part of this graph")


def _rdflib_triple(triple: ox.Triple) -> tuple[Node, Node, Node]:
    return to_rdflib(triple.subject), to_rdflib(triple.predicate), to_rdflib(triple.object)
