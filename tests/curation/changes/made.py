"""Two versions of a small graph, written by hand as Turtle and made into snapshots."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyoxigraph as ox

from citydip.curation.changes.keeping import Changes, keep_changes, open_changes
from citydip.curation.changes.telling import Change
from citydip.curation.snapshot import Snapshot
from citydip.model.terms import GRAPH, PREFIXES

__all__ = ["KNOWN", "compared", "quads_of", "snapshot_of", "told"]

KNOWN = """
cd:Tie rdfs:label "tie"@en, "پیوند"@fa .
cd:City rdfs:label "city"@en, "شهر"@fa .
status:in-force rdfs:label "in force"@en, "برقرار"@fa .
status:suspended rdfs:label "suspended"@en, "معلق"@fa .
status:ended rdfs:label "ended"@en, "پایان‌یافته"@fa .
city:hamburg a cd:City ; rdfs:label "Hamburg"@en, "هامبورگ"@fa .
city:rasht a cd:City ; rdfs:label "Rasht"@en, "رشت"@fa .
evidence:list a cd:Evidence ; oa:hasSource source:list .
source:list a cd:Source ; rdfs:label "A list"@en, "یک فهرست"@fa .
tie:a a cd:Tie ; rdfs:label "Tie of Hamburg and Rasht"@en, "پیوند هامبورگ و رشت"@fa ;
  cd:hasParty city:hamburg, city:rasht ; cd:hasStatus status:in-force ; cd:hasEvidence evidence:list .
"""
"""What both versions of most tests say."""


def quads_of(turtle: str, graph: str = "facts/test") -> list[bytes]:
    """Return the sorted lines of N-Quads that a Turtle text means in a graph; our prefixes are known."""
    head = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
    triples = ox.parse(head + turtle, format=ox.RdfFormat.TURTLE)
    name = ox.NamedNode(str(GRAPH[graph]))
    quads = (ox.Quad(t.subject, t.predicate, t.object, name) for t in triples)
    return sorted(set((ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b"").splitlines(keepends=True)))


def snapshot_of(folder: Path, version: str, *lines: list[bytes]) -> Snapshot:
    """Write a snapshot of quads, and nothing else that a build writes."""
    path = folder / version
    path.mkdir(parents=True)
    quads = sorted({line for each in lines for line in each})
    (path / "graph.nq").write_bytes(b"".join(quads))
    about = {"version": version, "quads": len(quads), "graphs": {}}
    (path / "snapshot.json").write_text(json.dumps(about))
    return Snapshot.open(path)


@contextmanager
def compared(folder: Path, old: list[bytes], new: list[bytes]) -> Iterator[Changes]:
    """Yield the changes between two versions that are given as quads."""
    before, after = snapshot_of(folder, "0" * 16, old), snapshot_of(folder, "1" * 16, new)
    with open_changes(keep_changes(before, after, folder / "changes")) as changes:
        yield changes


def told(folder: Path, old: str, new: str) -> dict[str, Change]:
    """Return the changes between two versions that are given as Turtle, by the last part of the things' IRIs."""
    with compared(folder, quads_of(old), quads_of(new)) as changes:
        return {change.iri.rsplit("/", 1)[-1]: change for change in changes.page(every=True)}
