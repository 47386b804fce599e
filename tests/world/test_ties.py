"""The ties of the world: as many as the lists have, each traced to its rows, none with a date."""

import csv
import json
import random
from collections import defaultdict
from pathlib import Path

import pyoxigraph as ox
import pytest

from citydip.curation.importers.importing import run_importer
from citydip.curation.importers.suspects import UNKNOWN_LATER
from citydip.curation.importers.ties import LISTS, SUSPECTS, TIES
from citydip.curation.layout import Layout
from citydip.curation.turtle import read_turtle
from citydip.model.queryfile import parse_query_file
from citydip.model.terms import CD, GRAPH, ID, PREFIXES, computed_graph
from tests.conftest import ROOT, run_query

TIES_OF = {
    "wikidata-2016": 14062,
    "wikidata-eu-2018": 13362,
    "wikipedia-2026": 20169,
    "wikipedia-2023": 11026,
    "wikipedia-2025": 6675,
}
TIES_IN_ALL, ATTESTED, LEFT_OUT, SAMPLE = 28379, 19582, 627, 50
SIZE = 14_000_000
SHARED = ROOT.parent / "shared" / "sources"

needs_tables = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared tables are not at hand")


def _nodes(store: ox.Store, predicate: str, value: ox.NamedNode | None, graph: str) -> set[str]:
    name, where = ox.NamedNode(str(CD[predicate])), ox.NamedNode(graph)
    return {quad.subject.value for quad in store.quads_for_pattern(None, name, value, where)}  # type: ignore[union-attr]


def _graph(name: str) -> str:
    return str(GRAPH[f"world/ties-{name}"])


def _id(kind: str, slug: str) -> ox.NamedNode:
    return ox.NamedNode(f"{ID}{kind}/{slug}")


@pytest.mark.parametrize(("name", "count"), TIES_OF.items())
def test_each_list_has_its_ties(world_store: ox.Store, name: str, count: int) -> None:
    assert len(_nodes(world_store, "hasEvidence", None, _graph(name))) == count


def test_the_ties_are_counted_and_so_are_those_that_two_lists_attest(world_store: ox.Store) -> None:
    graph = str(computed_graph("attestation"))
    assert len(_nodes(world_store, "hasAttestation", None, graph)) == TIES_IN_ALL
    assert len(_nodes(world_store, "hasAttestation", _id("attestation", "attested"), graph)) == ATTESTED


def test_only_attested_ties_give_the_shortcut_and_the_others_a_weaker_one(world_store: ox.Store) -> None:
    def pairs(rule: str, name: str) -> set[frozenset[str]]:
        graph, predicate = ox.NamedNode(str(computed_graph(rule))), ox.NamedNode(str(CD[name]))
        quads = list(world_store.quads_for_pattern(None, predicate, None, graph))
        found = {frozenset((q.subject.value, q.object.value)) for q in quads}  # type: ignore[union-attr]
        assert len(quads) == 2 * len(found)
        return found

    weak, sure = pairs("reportedly-twinned-with", "reportedlyTwinnedWith"), pairs("twinned-with", "twinnedWith")
    assert len(weak) == TIES_IN_ALL - ATTESTED
    # Agreements of curated files are among the sure ones, whether lists have the pair or not.
    assert ATTESTED <= len(sure) < ATTESTED + 100
    assert sure <= pairs("tied-with", "tiedWith")


@pytest.mark.parametrize(("licence", "count"), [("CC0", 17600), ("CC BY-SA 4.0", 20485)])
def test_the_graphs_of_one_licence_are_whole_without_the_others(
    world_store: ox.Store, licence: str, count: int
) -> None:
    whole: set[str] = set()
    told: set[str] = set()
    for listed in LISTS:
        if listed.licence == licence:
            parties = _nodes(world_store, "hasParty", None, _graph(listed.name))
            assert not whole & parties, "a tie is described twice under one licence"
            whole |= parties
            told |= _nodes(world_store, "hasEvidence", None, _graph(listed.name))
    assert whole == told
    assert len(whole) == count


def test_every_tie_joins_two_cities_has_one_status_and_no_date(world_store: ox.Store) -> None:
    said: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for listed in LISTS:
        for quad in world_store.quads_for_pattern(None, None, None, ox.NamedNode(_graph(listed.name))):
            said[quad.subject.value].add((quad.predicate.value, quad.object.value))  # type: ignore[union-attr]
    ties = {iri: facts for iri, facts in said.items() if iri.startswith(f"{ID}tie/")}
    assert len(ties) == TIES_IN_ALL
    for facts in ties.values():
        parties = [o for p, o in facts if p == str(CD.hasParty)]
        assert len(parties) == 2
        assert [o for p, o in facts if p == str(CD.hasStatus)] == [f"{ID}status/reported"]
    predicates = {p for facts in ties.values() for p, _ in facts}
    assert predicates == {PREFIXES["rdf"] + "type", *(str(CD[n]) for n in ("hasParty", "hasStatus", "hasEvidence"))}


@pytest.mark.parametrize(("name", "one", "both"), [("wikidata-eu-2018", 5515, 7847), ("wikipedia-2023", 8206, 2820)])
def test_a_directed_list_tells_for_each_tie_on_how_many_sides_it_stands(
    world_store: ox.Store, name: str, one: int, both: int
) -> None:
    predicate, graph = ox.NamedNode(str(CD.hasEvidence)), ox.NamedNode(_graph(name))
    sides: defaultdict[str, list[str]] = defaultdict(list)
    for quad in world_store.quads_for_pattern(None, predicate, None, graph):
        sides[quad.subject.value].append(quad.object.value)  # type: ignore[union-attr]
    numbers = [len(found) for found in sides.values()]
    assert (numbers.count(1), numbers.count(2)) == (one, both)
    known = _nodes(world_store, "onSideOf", None, _graph(name))
    assert {evidence for found in sides.values() for evidence in found} <= known


def test_the_tracked_files_are_small() -> None:
    sizes = [path.stat().st_size for name in TIES_OF for path in (ROOT / f"data/world/ties-{name}").glob("*.ttl")]
    assert len(sizes) > 300
    assert max(sizes) <= 1_000_000
    assert sum(sizes) < SIZE


def test_what_is_left_out_and_what_looks_wrong_is_told() -> None:
    report = json.loads((ROOT / "data/world/ties-wikidata-2016/report.json").read_text(encoding="utf-8"))
    assert [group["count"] for group in report["left out"]] == [LEFT_OUT]
    assert len(report["left out"][0]["rows"]) == LEFT_OUT
    assert report["figures"]["ties"] == TIES_IN_ALL
    suspects = {(row["tie"], row["reason"]) for row in report["tables"][SUSPECTS]}
    # Mashhad and Munich, Tehran and Jerusalem: only Wikidata of 2016 has them.
    assert {("tie:124665-2867714", UNKNOWN_LATER), ("tie:112931-281184", UNKNOWN_LATER)} <= suspects
    assert len(suspects) > 1000


def test_two_lists_are_said_to_be_weaker_than_two_witnesses() -> None:
    notes = {
        triple.subject.value: triple.object.value  # type: ignore[union-attr]
        for triple in read_turtle(ROOT / "data/world-sources.ttl").triples
        if triple.predicate.value == PREFIXES["skos"] + "editorialNote"
        and isinstance(triple.object, ox.Literal)
        and triple.object.language == "en"
    }
    for name in TIES_OF:
        note = notes[f"{ID}source/sister-cities-{name}"]
        assert note.startswith("Grade: list")
        assert "two lists are weaker than two witnesses" in note


def test_the_questions_of_researchers_are_answered(world_store: ox.Store) -> None:
    def ask(name: str, **params: str) -> list[dict[str, str]]:
        text = (ROOT / "queries/catalogue" / f"{name}.rq").read_text(encoding="utf-8")
        return run_query(world_store, parse_query_file(name, text), params)

    isfahan = ask("sister-cities-by-source")
    freiburg = [row for row in isfahan if row["other"] == "city:freiburg-im-breisgau"]
    assert {row["source"] for row in freiburg} >= {f"source:sister-cities-{name}" for name in TIES_OF}
    assert {row["side"] for row in freiburg if "side" in row} == {"city:isfahan", "city:freiburg-im-breisgau"}
    assert len(ask("most-connected-cities")) == 100
    iran = ask("cities-of-country-by-ties")
    assert [row["city"] for row in iran[:2]] == ["city:tehran", "city:isfahan"]
    between = ask("ties-between-countries", country="country:france", other_country="country:germany")
    assert len(between) > 1000
    assert {(row["country"], row["other_country"]) for row in between} == {("country:france", "country:germany")}
    alone = ask("one-sided-ties")
    assert 100 < len(alone) < 200
    assert len(ask("ties-of-one-list", list="source:sister-cities-wikidata-2016")) > 10


@pytest.fixture(scope="module")
def rows() -> dict[str, list[dict[str, str]]]:
    """Return the rows of each table, by the folder that it lies in."""
    folders = ("merged", "wikidata-eu-2018", "wikipedia-2023")
    found = {}
    for folder in folders:
        with (SHARED / f"sister-cities-{folder}" / "pairs.csv").open(encoding="utf-8", newline="") as table:
            found[folder] = list(csv.DictReader(table))
    return found


@needs_tables
def test_fifty_ties_are_traced_to_their_rows(world_store: ox.Store, rows: dict[str, list[dict[str, str]]]) -> None:
    merged = [row for row in rows["merged"] if row["n_sources"] != "1" or row["in_wikipedia-2023"] != "1"]
    assert len(merged) == TIES_IN_ALL
    identifier = ox.NamedNode(str(CD.geonamesIdentifier))
    for row in random.Random(20261122).sample(merged, SAMPLE):
        ends = sorted((row["geonames_a"], row["geonames_b"]), key=int)
        tie = _id("tie", "-".join(ends))
        parties = {
            quad.object for quad in world_store.quads_for_pattern(tie, ox.NamedNode(str(CD.hasParty)), None, None)
        }
        numbers = {
            quad.object.value  # type: ignore[union-attr]
            for party in parties
            for quad in world_store.quads_for_pattern(party, identifier, None, None)  # type: ignore[arg-type]
        }
        assert numbers == set(ends)
        for name in TIES_OF:
            found = world_store.quads_for_pattern(
                tie, ox.NamedNode(str(CD.hasEvidence)), None, ox.NamedNode(_graph(name))
            )
            evidence = {quad.object.value.removeprefix(f"{ID}evidence/") for quad in found}  # type: ignore[union-attr]
            if row[f"in_{name}"] == "0":
                expected = set()
            elif name in rows:
                expected = {
                    f"{name}-{own['geonames_a']}"
                    for own in rows[name]
                    if {own["geonames_a"], own["geonames_b"]} == set(ends)
                }
                assert expected
            else:
                expected = {name}
            assert evidence == expected, (row, name)


@needs_tables
def test_running_the_importer_again_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "data/world").mkdir(parents=True)
    (tmp_path / "data/world/cities").symlink_to(ROOT / "data/world/cities")
    run_importer(TIES, Layout(tmp_path, tmp_path), SHARED, lambda line: None, lambda share, table: None)
    for name in TIES_OF:
        new = {path.name: path.read_bytes() for path in (tmp_path / f"data/world/ties-{name}").iterdir()}
        assert new == {path.name: path.read_bytes() for path in (ROOT / f"data/world/ties-{name}").iterdir()}
