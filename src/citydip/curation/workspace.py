"""All files of the graph, parsed, in one store: a curated file is one named graph, and so is an imported data set.

The graph's IRI follows from the path: ``data/articles/x.ttl`` is ``graph/articles/x``, ``ontology/citydip.ttl``
is ``graph/ontology/citydip``. An imported data set is too large for one file; the files of its folder, such as
``data/world/cities/ir.ttl`` and ``data/world/cities/it-2.ttl``, are together the graph ``graph/world/cities``.
"""

from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.term import Node

from citydip.curation.layout import IMPORTED, Layout
from citydip.curation.turtle import TurtleFile, read_turtle
from citydip.model.errors import TurtleSyntaxError
from citydip.model.findings import Finding
from citydip.model.terms import GRAPH

__all__ = ["Workspace", "graph_of", "open_workspace", "to_rdflib"]

_SET_DEPTH = 2


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
    _homes: dict[str, list[Path]] = field(default_factory=dict)

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
        if not self._homes:
            for path, file in self.files.items():
                for node in {t.subject.value for t in file.triples if isinstance(t.subject, ox.NamedNode)}:
                    self._homes.setdefault(node, []).append(path)
        homes = [self.files[path] for path in self._homes.get(subject, ())]
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


def graph_of(layout: Layout, path: Path) -> str:
    """Return the IRI of the graph that a file is, or is a part of."""
    relative = path.resolve().relative_to(layout.root).with_suffix("")
    parts = relative.parts[1:] if relative.parts[0] == "data" else relative.parts
    whole = parts[0] == IMPORTED and len(parts) > _SET_DEPTH
    return str(GRAPH["/".join(parts[:_SET_DEPTH] if whole else parts)])


def open_workspace(layout: Layout) -> Workspace:
    """Return the workspace of a layout; files that cannot be parsed become findings.

    Raises:
        OSError: a file cannot be read.
    """
    files: dict[Path, TurtleFile] = {}
    findings: list[Finding] = []
    store = ox.Store()
    for path in layout.turtle_files():
        try:
            file = read_turtle(path)
        except TurtleSyntaxError as error:
            findings.append(
                Finding(
                    "syntax",
                    error.message,
                    "mend the line that is shown",
                    layout.relative(path),
                    error.line,
                    error.column,
                    error.excerpt,
                )
            )
            continue
        iri = graph_of(layout, path)
        files[path] = file
        if not layout.imported:
            file.triples = [triple for triple in file.triples if not _of_imported(triple)]
        file.triples = _stable(file.triples, iri)
        name = ox.NamedNode(iri)
        store.bulk_extend(ox.Quad(t.subject, t.predicate, t.object, name) for t in file.triples)
    return Workspace(layout, files, store, findings)


def _of_imported(triple: ox.Triple) -> bool:
    """Return whether a triple describes an imported graph, as the manifest does."""
    return isinstance(triple.subject, ox.NamedNode) and triple.subject.value.startswith(str(GRAPH[IMPORTED]))


def _stable(triples: list[ox.Triple], graph: str) -> list[ox.Triple]:
    """Return the triples with blank nodes named by their canonical form, so that two builds are equal.

    Source: RDF Dataset Canonicalization (RDFC-1.0), https://www.w3.org/TR/rdf-canon/
    """
    if not any(isinstance(term, ox.BlankNode) for t in triples for term in (t.subject, t.object)):
        return triples
    dataset = ox.Dataset(ox.Quad(t.subject, t.predicate, t.object) for t in triples)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    label = "".join(c for c in graph.removeprefix(str(GRAPH)) if c.isalnum())

    def renamed(
        term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple,
    ) -> ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple:
        return ox.BlankNode(label + term.value) if isinstance(term, ox.BlankNode) else term

    return [ox.Triple(renamed(q.subject), q.predicate, renamed(q.object)) for q in dataset]  # type: ignore[arg-type]


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
