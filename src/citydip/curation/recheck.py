"""What the last check saw, so that the next one looks again only at what an edit can affect.

A thing has to be looked at again where something that its shapes look at was changed: a triple about itself, or about
what it leads to. So the texts of the last check are kept; what was said of a thing then and now tells whether it was
changed, and whoever leads to a changed thing in as many steps as shapes look is looked at again, with whatever was
wrong last time. All else passed, and nothing that it passed by has changed.

The folder is safe to delete: then the next check looks at everything.
"""

import hashlib
import importlib.metadata
import json
import shutil
import sys
import tempfile
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from citydip.curation.turtle import TurtleFile
from citydip.curation.view import Subject, View
from citydip.curation.workspace import Workspace, graph_of
from citydip.model.errors import TurtleSyntaxError
from citydip.model.terms import PREFIXES

__all__ = ["DataView", "Memory", "Seen", "basis_of", "changed_things", "digest_of", "things_to_check"]

_CODE = Path(__file__).resolve().parent.parent
_LIBRARIES = ("pyshacl", "rdflib", "pyoxigraph")
_CLASSES = (ox.NamedNode(PREFIXES["rdfs"] + "subClassOf"), ox.NamedNode(PREFIXES["rdf"] + "type"))


@dataclass(frozen=True, slots=True)
class Seen:
    """What a check saw.

    Args:
        basis: a digest of all that judges; see ``basis_of``.
        files: digest of each file by its path below the root.
        neat: digests of the files that are in the one format.
        wrong: things with findings of shapes.
    """

    basis: str
    files: dict[str, str]
    neat: frozenset[str]
    wrong: frozenset[str]


class Memory:
    """A folder that keeps what the last check saw.

    Args:
        folder: where; it need not exist.
    """

    def __init__(self, folder: Path):
        self._folder = folder

    def recall(self, basis: str) -> Seen | None:
        """Return what the last check saw, or None where nothing is kept, where it was changed, or judged otherwise.

        Args:
            basis: a digest of all that judges now.
        """
        try:
            kept = json.loads((self._folder / "seen.json").read_text(encoding="utf-8"))
            told, digest = kept["seen"], kept["digest"]
            if digest != digest_of(told) or told["basis"] != basis:
                return None
            return Seen(basis, told["files"], frozenset(told["neat"]), frozenset(told["wrong"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def text(self, digest: str) -> str | None:
        """Return the text of a digest, or None where it is not kept, or was changed."""
        try:
            text = (self._folder / "texts" / digest).read_bytes().decode("utf-8")
        except (OSError, ValueError):
            return None
        return text if hashlib.sha256(text.encode()).hexdigest() == digest else None

    def keep(self, seen: Seen, files: Iterable[TurtleFile]) -> None:
        """Keep what a check saw; where the folder cannot be written, the next check looks at everything."""
        texts = self._folder / "texts"
        wanted = {file.digest: file for file in files}
        told = {"basis": seen.basis, "files": seen.files, "neat": sorted(seen.neat), "wrong": sorted(seen.wrong)}
        try:
            texts.mkdir(parents=True, exist_ok=True)
            there = {path.name for path in texts.iterdir()}
            for digest in wanted.keys() - there:
                _replace(texts / digest, wanted[digest].text)
            _replace(self._folder / "seen.json", json.dumps({"seen": told, "digest": digest_of(told)}))
            for name in there - wanted.keys():
                (texts / name).unlink(missing_ok=True)
        except OSError:
            shutil.rmtree(self._folder, ignore_errors=True)


def _replace(path: Path, text: str) -> None:
    """Write a file in one step, so that no reader sees half of it."""
    with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8", newline="") as file:
        file.write(text)
    Path(file.name).replace(path)


def basis_of(workspace: Workspace) -> str:
    """Return a digest of all that judges data: ontology, shapes, classes, code, libraries, and which files count.

    Where any of that is another, the whole is checked.
    """
    parts = [sys.version, str(workspace.layout.imported)]
    parts += [f"{name} {importlib.metadata.version(name)}" for name in _LIBRARIES]
    for folder in ("curation", "model"):
        parts += [path.read_text(encoding="utf-8") for path in sorted((_CODE / folder).glob("*.py"))]
    parts += [file.digest for file in workspace.files_below("ontology", "shapes")]
    parts += sorted(str(quad.triple) for quad in workspace.store.quads_for_pattern(None, _CLASSES[0], None, None))
    return digest_of(parts)


def digest_of(parts: object) -> str:
    """Return a digest of what can be written as JSON."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def things_to_check(workspace: Workspace, seen: Seen, memory: Memory, steps: int) -> set[Subject] | None:
    """Return the things that have to be looked at again; None for all.

    Args:
        workspace: the files.
        seen: what the last check saw.
        memory: where its texts are.
        steps: how many properties shapes follow from a thing.
    """
    changed = changed_things(workspace, seen, memory)
    if changed is None:
        return None
    wrong = {ox.BlankNode(name[2:]) if name.startswith("_:") else ox.NamedNode(name[1:-1]) for name in seen.wrong}
    return DataView(workspace).before(changed, steps - 1) | wrong


def changed_things(workspace: Workspace, seen: Seen, memory: Memory) -> set[Subject] | None:
    """Return the things of which something else is said than the last check saw; None where that cannot be known."""
    now = {workspace.layout.relative(path): file for path, file in workspace.files.items()}
    changed: set[Subject] = set()
    for name in seen.files.keys() | now.keys():
        file, digest = now.get(name), seen.files.get(name)
        if file is not None and file.digest == digest:
            continue
        text = None if digest is None else memory.text(digest)
        if digest is not None and text is None:
            return None
        new = set() if file is None else set(file.written)
        try:
            old = set() if text is None else set(TurtleFile(Path(name), text, file.label if file else "").written)
        except TurtleSyntaxError:
            return None
        changed |= {triple.subject for triple in old ^ new if not isinstance(triple.subject, ox.Triple)}
    return changed


class DataView(View):
    """What the shapes of data look at: all data, and the classes of the ontology.

    The files of a graph are parsed when something is asked of a thing that it speaks of.

    Args:
        workspace: the files.
    """

    def __init__(self, workspace: Workspace):
        super().__init__(())
        self._workspace = workspace
        graphs = {folder: self._graphs(folder) for folder in ("ontology", "data")}
        self._ontology, self._data = graphs["ontology"], graphs["data"]
        self._missing = self._ontology | self._data

    def _graphs(self, folder: str) -> set[str]:
        return {graph_of(self._workspace.layout, file.path) for file in self._workspace.files_below(folder)}

    def subjects(self) -> Collection[Subject]:
        """Return all things that something is said of."""
        self._read(set(self._missing))
        return super().subjects()

    def triples(self) -> Iterator[ox.Triple]:
        """Yield all triples."""
        self._read(set(self._missing))
        return super().triples()

    def about(self, node: object) -> Collection[ox.Triple]:
        """Return what is said of a thing; nothing of a literal."""
        if self._missing and isinstance(node, ox.NamedNode | ox.BlankNode):
            self._read(self._workspace.graphs_about(node) & self._missing)
        return super().about(node)

    def classes(self) -> set[ox.Triple]:
        """Return which class is part of which."""
        quads = self._workspace.store.quads_for_pattern(None, _CLASSES[0], None, None)
        names = {ox.NamedNode(graph) for graph in self._ontology | self._data}
        return {quad.triple for quad in quads if quad.graph_name in names}

    def before(self, nodes: Collection[Subject], steps: int) -> set[Subject]:
        """Return things, and those that lead to them in so many steps."""
        found = edge = set(nodes)
        for _ in range(steps):
            quads = (q for node in edge for q in self._workspace.store.quads_for_pattern(None, None, node, None))
            edge = {q.subject for q in quads if not isinstance(q.subject, ox.Triple)} - found
            found = found | edge
        return found

    def _read(self, graphs: set[str]) -> None:
        for graph in graphs:
            for file in self._workspace.files_of(graph):
                whole = graph in self._data
                self.add(triple for triple in file.triples if whole or triple.predicate in _CLASSES)
        self._missing -= graphs
