"""The manifest: each graph is described, and each description has its graph.

``data/manifest.ttl`` describes what is curated and what is imported. A data set that states no licence is neither
tracked nor passed on, so no tracked file tells of it: its folder describes it, and the description has
``cd:redistributable false`` and ``dcterms:rights`` in the place of a licence.
"""

from collections.abc import Iterator

import pyoxigraph as ox

from citydip.curation.layout import IMPORTED
from citydip.curation.workspace import Workspace, graph_of
from citydip.model.findings import Finding
from citydip.model.terms import CD, GRAPH, PREFIXES

__all__ = ["MANIFEST", "check_manifest"]

MANIFEST = str(GRAPH["manifest"])
"""The graph of the manifest itself."""

_NEEDED = {
    PREFIXES["dcterms"] + "title@en": "dcterms:title in English",
    PREFIXES["dcterms"] + "title@fa": "dcterms:title in Persian",
    PREFIXES["dcterms"] + "creator": "dcterms:creator",
    str(CD.hasGraphKind): "cd:hasGraphKind",
}
_LICENCE = PREFIXES["dcterms"] + "license"
_RIGHTS = PREFIXES["dcterms"] + "rights"
_REDISTRIBUTABLE = str(CD.redistributable)


def check_manifest(workspace: Workspace) -> Iterator[Finding]:
    """Yield a finding for each file without a description, each description without a file or without its parts."""
    if not workspace.files_below("data/manifest.ttl"):
        yield Finding("manifest", "there is no data/manifest.ttl", "write one; see CONTRIBUTING.md")
        return
    described = _described(workspace)
    there: set[str] = set()
    for path in workspace.files:
        name = workspace.layout.relative(path)
        graph = graph_of(workspace.layout, path)
        if graph not in described and graph not in there:
            fix = f"add <{graph}> with title, licence, creator and kind to data/manifest.ttl"
            yield Finding("manifest", f"{name} is not described in the manifest", fix, name, 1)
        there.add(graph)
    for iri, predicates in described.items():
        if iri not in there:
            fix = "remove the description, or restore the file"
            yield workspace.place("manifest", "the manifest describes a file that is not there", fix, iri)
        for words in _missing(predicates):
            yield workspace.place("manifest", f"the description lacks {words}", f"add {words}", iri)


def _described(workspace: Workspace) -> dict[str, set[str]]:
    """Return what the description of each graph has: predicates, with the language of a text and the value of a mark.

    The manifest describes any graph, and the files of an imported data set their own.
    """
    described: dict[str, set[str]] = {}
    for graph in {graph_of(workspace.layout, path) for path in workspace.files}:
        imported = graph.startswith(str(GRAPH[IMPORTED]) + "/")
        if graph != MANIFEST and not imported:
            continue
        name = ox.NamedNode(graph)
        for quad in workspace.store.quads_for_pattern(name if imported else None, None, None, name):
            subject, value = quad.subject, quad.object
            if isinstance(subject, ox.NamedNode) and subject.value.startswith(str(GRAPH)):
                more = value.language or value.value if isinstance(value, ox.Literal) else ""
                described.setdefault(subject.value, set()).update(
                    (quad.predicate.value, f"{quad.predicate.value}@{more}")
                )
    return described


def _missing(predicates: set[str]) -> Iterator[str]:
    """Yield what a description lacks, in words."""
    yield from (words for predicate, words in _NEEDED.items() if predicate not in predicates)
    withheld = f"{_REDISTRIBUTABLE}@false" in predicates
    if withheld and _RIGHTS not in predicates:
        yield "dcterms:rights, for it has no licence"
    if not withheld and _LICENCE not in predicates:
        yield "dcterms:license"
