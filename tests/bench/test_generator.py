"""The made-up graph is in our terms, the same each time, and the questions on it have answers that engines agree on."""

import csv
import io
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import Dataset

from bench.generator.__main__ import generate
from bench.mix import QUESTIONS
from citydip.curation.layout import find_layout
from citydip.engine.store import load
from citydip.model.settings import Settings
from citydip.model.terms import BASE, CD

SIZE = 40_000


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("made-up") / "graph.nq"
    assert SIZE <= generate(path, SIZE, 1) < 2 * SIZE
    return path


@pytest.fixture(scope="module")
def store(graph: Path) -> ox.Store:
    return load(graph)


@pytest.fixture(scope="module")
def dataset(graph: Path) -> Dataset:
    dataset = Dataset(default_union=True)
    dataset.parse(graph, format="nquads")
    return dataset


def test_the_same_seed_gives_the_same_file(graph: Path, tmp_path: Path) -> None:
    generate(tmp_path / "again.nq", SIZE, 1)
    assert (tmp_path / "again.nq").read_bytes() == graph.read_bytes()
    generate(tmp_path / "other.nq", SIZE, 2)
    assert (tmp_path / "other.nq").read_bytes() != graph.read_bytes()


def test_every_term_and_concept_is_one_of_the_ontology(store: ox.Store) -> None:
    ontology = ox.Store()
    for path in (find_layout(Settings()).root / "ontology").glob("*.ttl"):
        ontology.load(path=path, format=ox.RdfFormat.TURTLE)
    defined = {quad.subject.value for quad in ontology if isinstance(quad.subject, ox.NamedNode)}
    used = {quad.predicate.value for quad in store}
    used |= {
        q.object.value for q in store if q.predicate.value.endswith("#type") and isinstance(q.object, ox.NamedNode)
    }
    kinds = (
        "status",
        "confidence",
        "role",
        "agreement-type",
        "event-type",
        "post-kind",
        "assertion-kind",
        "source-kind",
    )
    concepts = tuple(f"{BASE}id/{kind}/" for kind in (*kinds, "calendar", "graph-kind"))
    used |= {
        q.object.value for q in store if isinstance(q.object, ox.NamedNode) and q.object.value.startswith(concepts)
    }
    ours = {iri for iri in used if iri.startswith((str(CD), *concepts))}
    assert len(ours) > 60
    assert ours - defined == set()


def test_a_few_cities_have_far_more_ties_than_most(store: ox.Store) -> None:
    degrees: dict[str, int] = {}
    for quad in store.quads_for_pattern(None, ox.NamedNode(str(CD.tiedWith)), None, None):
        degrees[str(quad.subject)] = degrees.get(str(quad.subject), 0) + 1
    counts = sorted(degrees.values())
    assert counts[-1] > 8 * counts[len(counts) // 2]


def test_there_are_twenty_questions() -> None:
    assert len(list(QUESTIONS.glob("*.rq"))) == 20


def by_engine(store: ox.Store, query: str) -> bytes:
    """Return rows as CSV.

    The solutions themselves stay in here: only the thread that made them may let them go, but the frames of those who
    ask rdflib are held by its exceptions, until a collection of garbage in whatever thread.
    """
    found = store.query(query)
    assert isinstance(found, ox.QuerySolutions)
    return found.serialize(format=ox.QueryResultsFormat.CSV) or b""


@pytest.mark.parametrize("path", sorted(QUESTIONS.glob("*.rq")), ids=lambda p: p.stem)
def test_a_question_has_the_same_rows_on_rdflib(path: Path, store: ox.Store, dataset: Dataset) -> None:
    query = path.read_text(encoding="utf-8")
    rows = by_engine(store, query)
    expected = dataset.query(query).serialize(format="csv") or b""
    assert rows.count(b"\n") > 1, "no rows"
    assert sorted(csv.reader(io.StringIO(rows.decode()))) == sorted(csv.reader(io.StringIO(expected.decode())))
