"""The record of a release: a file that is part of the graph, and stays the same whatever else is kept."""

from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from citydip.curation.changes.keeping import Changes
from citydip.curation.changes.recording import kind_iri, record_triples, write_record
from citydip.curation.changes.words import ASPECTS, KINDS
from citydip.curation.check import check
from citydip.curation.formatting import format_turtle
from citydip.model.errors import ParameterError
from citydip.model.terms import CD, GRAPH, ID, PREFIXES
from tests.conftest import copy_graph
from tests.curation.changes.made import KNOWN, compared, quads_of

LABELS = (PREFIXES["skos"] + "prefLabel", PREFIXES["skos"] + "broader")


@pytest.fixture
def changes(tmp_path: Path) -> Iterator[Changes]:
    """Yield what changed when a tie was suspended, a city removed and a source added."""
    new = KNOWN.replace("cd:hasStatus status:in-force", "cd:hasStatus status:suspended")
    more = 'city:gone a cd:City ; rdfs:label "Gone"@en . '
    with compared(tmp_path, quads_of(KNOWN + more), quads_of(new)) as found:
        yield found


def objects(triples: list[ox.Triple], subject: str, name: str) -> set[str]:
    """Return what a property of ours leads to, without the namespace of things."""
    about, predicate = ox.NamedNode(f"{ID}{subject}"), ox.NamedNode(str(CD[name]))
    found = [t.object for t in triples if t.subject == about and t.predicate == predicate]
    return {term.value.removeprefix(str(ID)) for term in found if isinstance(term, ox.NamedNode | ox.Literal)}


def test_a_record_tells_each_change_with_its_release(changes: Changes) -> None:
    triples = list(record_triples(changes, "r1", "2026-11-22"))
    tie, city = "version-change/r1-tie-a", "version-change/r1-city-gone"
    assert objects(triples, tie, "changesThing") == {"tie/a"}
    assert objects(triples, tie, "hasVersionChangeKind") == {"version-change-kind/status-changed"}
    assert objects(triples, city, "hasVersionChangeKind") == {"version-change-kind/removed"}
    assert objects(triples, tie, "toldWith") == objects(triples, city, "toldWith") == {"release/r1"}
    assert objects(triples, "release/r1", "olderVersion") == {changes.old}
    told = [t.object for t in triples if t.subject == ox.NamedNode(f"{ID}{tie}")]
    assert {term.language for term in told if isinstance(term, ox.Literal)} == {"en", "fa"}


def test_a_record_and_its_description_pass_all_checks_and_are_left_out_of_changes(
    changes: Changes, tmp_path: Path
) -> None:
    layout = copy_graph(tmp_path / "graph")
    path = write_record(layout, changes, "r1", "2026-11-22")
    text = path.read_text()
    assert text == format_turtle(path, text)
    checked = check(layout, None, lambda _: None)
    assert checked.findings == []
    graph = ox.NamedNode(str(GRAPH["changes/r1"]))
    assert len(list(checked.workspace.store.quads_for_pattern(None, None, None, graph))) > 20
    with pytest.raises(ParameterError, match="a release is told once"):
        write_record(layout, changes, "r1", "2026-11-22")


def test_a_release_that_nobody_would_read_is_refused(changes: Changes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("citydip.curation.changes.recording._MOST", 1)
    with pytest.raises(ParameterError, match="CITYDIP_IMPORTED=0"):
        list(record_triples(changes, "r1", "2026-11-22"))


@pytest.mark.parametrize("name", ["", "A", "x/y", "-x", "x--y", "../x"])
def test_a_name_that_is_none_is_refused(changes: Changes, name: str) -> None:
    with pytest.raises(ParameterError):
        list(record_triples(changes, name, "2026-11-22"))


def test_the_kinds_are_concepts_of_the_ontology_with_the_same_words(store: ox.Store) -> None:
    scheme = ox.NamedNode(str(ID["scheme/version-change-kind"]))
    in_scheme = ox.NamedNode(PREFIXES["skos"] + "inScheme")
    concepts = {quad.subject.value for quad in store.quads_for_pattern(None, in_scheme, scheme, None)}  # type: ignore[union-attr]
    assert concepts == {kind_iri(name) for name in (*KINDS, *ASPECTS)}
    for name, words in (KINDS | ASPECTS).items():
        labels = store.quads_for_pattern(ox.NamedNode(kind_iri(name)), ox.NamedNode(LABELS[0]), None, None)
        found = {q.object.language: q.object.value for q in labels if isinstance(q.object, ox.Literal)}
        assert found == words
        wider = list(store.quads_for_pattern(ox.NamedNode(kind_iri(name)), ox.NamedNode(LABELS[1]), None, None))
        assert bool(wider) is (name in ASPECTS)
