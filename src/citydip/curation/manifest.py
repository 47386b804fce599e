"""The manifest: each graph is described, and each description has its graph.

``data/manifest.ttl`` describes what is curated, ``data/world-manifest.ttl`` what is imported.
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
    PREFIXES["dcterms"] + "license": "dcterms:license",
    PREFIXES["dcterms"] + "creator": "dcterms:creator",
    str(CD.hasGraphKind): "cd:hasGraphKind",
}


def check_manifest(workspace: Workspace) -> Iterator[Finding]:
    """Yield a finding for each file without a description, each description without a file or without its parts."""
    described: dict[str, set[str]] = {}
    manifests = workspace.files_below("data/manifest.ttl", "data/world-manifest.ttl")
    if not manifests:
        yield Finding("manifest", "there is no data/manifest.ttl", "write one; see CONTRIBUTING.md")
        return
    for triple in (triple for manifest in manifests for triple in manifest.triples):
        if isinstance(triple.subject, ox.NamedNode) and triple.subject.value.startswith(str(GRAPH)):
            language = triple.object.language or "" if isinstance(triple.object, ox.Literal) else ""
            parts = described.setdefault(triple.subject.value, set())
            parts |= {triple.predicate.value, triple.predicate.value + "@" + language}
    there: set[str] = set()
    for path in workspace.files:
        name = workspace.layout.relative(path)
        graph = graph_of(workspace.layout, path)
        if graph not in described and graph not in there:
            home = "data/world-manifest.ttl" if graph.startswith(str(GRAPH[IMPORTED])) else "data/manifest.ttl"
            fix = f"add <{graph}> with title, licence, creator and kind to {home}"
            yield Finding("manifest", f"{name} is not described in the manifest", fix, name, 1)
        there.add(graph)
    for iri, predicates in described.items():
        if iri not in there:
            fix = "remove the description, or restore the file"
            yield workspace.place("manifest", "the manifest describes a file that is not there", fix, iri)
        for predicate, words in _NEEDED.items():
            if predicate not in predicates:
                yield workspace.place("manifest", f"the description lacks {words}", f"add {words}", iri)
