"""``citydip network`` as a user meets it."""

import csv
import json
from pathlib import Path

import pytest

from citydip.curation.networks.publishing import NAME
from citydip.curation.snapshot import Snapshot
from tests.cli.test_commands import run

EDGES = "# who is tied\nTehran,Najaf\nNajaf,Mashhad\nMashhad,Tehran\nTehran,Paris\n"


@pytest.fixture
def edges(tmp_path: Path) -> str:
    path = tmp_path / "edges.csv"
    path.write_text(EDGES)
    return str(path)


def test_an_edge_list_is_measured(edges: str) -> None:
    done = run("network", "stats", edges, "--format", "json")
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert [figures[key] for key in ("nodes", "edges", "triangles", "diameter")] == [4, 4, 1, 2]
    text = run("network", "stats", edges).stdout
    assert "Triangles" in text
    assert "degree_distribution" not in text


def test_the_nodes_of_an_edge_list_are_ranked_and_grouped(edges: str) -> None:
    ranked = list(csv.DictReader(run("network", "rank", edges, "--format", "csv").stdout.splitlines()))
    assert [(row["rank"], row["node"], row["value"]) for row in ranked] == [
        ("1", "Tehran", "3"),
        ("2", "Mashhad", "2"),
        ("2", "Najaf", "2"),
        ("4", "Paris", "1"),
    ]
    assert len(run("network", "rank", edges, "--by", "betweenness", "--limit", "2").stdout.splitlines()) == 3
    groups = json.loads(run("network", "communities", edges, "--format", "json").stdout)
    assert {row["node"] for row in groups["nodes"]} == {"Tehran", "Mashhad", "Najaf", "Paris"}


def test_a_bad_line_and_a_bad_option_are_told(tmp_path: Path, edges: str) -> None:
    bad = tmp_path / "bad.txt"
    bad.write_text("a b\nc\n")
    told = {
        ("stats", str(bad)): "bad.txt: line 2 must have two names",
        ("stats", edges, "--grade", "reported"): "an edge list has no types, grades, places",
        ("stats", edges, "--certain"): "together with --as-of",
        ("stats", "--as-of", "yesterday"): "a day such as 2016-12-31",
        ("rank", edges, "--by", "fame"): "there are: degree",
        ("stats", "--grade", "sure"): "there are: signed, attested, reported",
    }
    for arguments, message in told.items():
        done = run("network", *arguments)
        assert done.returncode, arguments
        assert message in done.stderr
        assert "Traceback" not in done.stderr


def test_the_ties_of_the_graph_are_measured(snapshot: Snapshot) -> None:
    at = ("--snapshots", str(snapshot.path.parent))
    figures = json.loads(run("network", "stats", "--format", "json", *at).stdout)
    assert figures["nodes"] > figures["components"] > 0
    assert "reciprocity" in figures
    ranked = json.loads(run("network", "rank", "--country", "IR", "--format", "json", "--limit", "3", *at).stdout)
    assert len(ranked) == 3
    assert all(row["node"].startswith("https://w3id.org/citydip/id/city/") and row["fa"] for row in ranked)
    then = json.loads(run("network", "stats", "--as-of", "1900", "--format", "json", *at).stdout)
    assert (then["nodes"], then["edges"]) == (0, 0)


def test_a_figure_is_drawn_to_a_file(snapshot: Snapshot, tmp_path: Path) -> None:
    at = ("--snapshots", str(snapshot.path.parent))
    svg, png = tmp_path / "degrees.svg", tmp_path / "ego.png"
    assert run("network", "figure", "degrees", "--out", str(svg), *at).returncode == 0
    assert svg.read_text().startswith("<svg")
    done = run("network", "figure", "ego", "--city", "city:isfahan", "--out", str(png), *at)
    assert done.returncode == 0, done.stderr
    assert png.read_bytes().startswith(b"\x89PNG")
    refused = run("network", "figure", "map", "--out", str(tmp_path / "map.gif"), *at)
    assert "ends in .svg or .png" in refused.stderr


def test_measures_are_published_as_a_graph(snapshot: Snapshot, tmp_path: Path) -> None:
    at = ("--snapshots", str(snapshot.path.parent))
    done = run("network", "publish", "--out", str(tmp_path / "measures.nq"), *at)
    assert done.returncode == 0, done.stderr
    lines = (tmp_path / "measures.nq").read_text().splitlines()
    assert sum("#Observation>" in line for line in lines) > 10
    # It is the graph of the snapshot.
    graph = f" <{NAME}> ."
    assert sorted(lines) == [line for line in snapshot.data.read_text().splitlines() if line.endswith(graph)]
    done = run("network", "publish", "--within", "IR", "--grade", "reported", "--out", str(tmp_path / "iran.nq"), *at)
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "iran.nq").read_text()
    assert f'"{snapshot.version}"' in text
    assert graph not in text


def test_ties_of_a_world_region_are_measured(snapshot: Snapshot) -> None:
    at = ("--snapshots", str(snapshot.path.parent), "--format", "json")
    whole, named, coded, inside = (
        json.loads(run("network", "stats", *chosen, *at).stdout)["edges"]
        for chosen in ((), ("--region", "Western Asia"), ("--region", "145"), ("--within", "142"))
    )
    assert 0 < named == coded < whole
    assert 0 < inside < whole
    done = run("network", "stats", "--region", "Atlantis", *at)
    assert done.returncode
    assert "there is no world region 'Atlantis'" in done.stderr
    assert "Traceback" not in done.stderr
