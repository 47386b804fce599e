"""The command line as a user meets it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from citydip.curation.check import MEMORY
from citydip.curation.snapshot import Snapshot

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


def run(*arguments: str, given: str | None = None, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run ``citydip`` with arguments."""
    command = [sys.executable, "-m", "citydip", *arguments]
    return subprocess.run(command, input=given, capture_output=True, text=True, timeout=120, check=False, cwd=cwd)


@pytest.fixture(scope="module")
def at(snapshot: Snapshot) -> list[str]:
    return ["--snapshots", str(snapshot.path.parent)]


def test_help_names_every_command() -> None:
    shown = run("--help").stdout
    assert all(name in shown for name in ("check", "fmt", "anchor", "build", "queries", "query", "serve"))
    assert run("--version").stdout == "citydip 0.1.0\n"


def test_a_query_on_the_command_line_prints_a_table(at: list[str]) -> None:
    done = run("query", "SELECT ?person { ?person cd:mayorOf city:istanbul }", *at)
    assert done.returncode == 0
    assert "person:kadir-topbas" in done.stdout
    assert "1 row" in done.stdout


def test_a_query_may_come_from_a_file_a_name_or_standard_input(at: list[str], tmp_path: Path) -> None:
    text = "SELECT ?person { ?person cd:mayorOf city:istanbul }"
    (tmp_path / "mayor.rq").write_text(text)
    from_file = run("query", str(tmp_path / "mayor.rq"), "--format", "csv", *at)
    from_input = run("query", "-", "--format", "csv", *at, given=text)
    assert from_file.stdout == from_input.stdout
    assert from_file.stdout.splitlines()[1].endswith("kadir-topbas")
    by_name = run("query", "sister-cities-of", "--param", "city=city:najaf", "--format", "json", *at)
    assert "مشهد" in by_name.stdout


@pytest.mark.parametrize(
    ("form", "beginning"), [("csv", "x\n1\n"), ("tsv", "?x\n1\n"), ("json", '{"head"'), ("xml", "<?xml")]
)
def test_rows_in_every_format(at: list[str], form: str, beginning: str) -> None:
    assert run("query", "SELECT ?x { VALUES ?x { 1 } }", "--format", form, *at).stdout.startswith(beginning)


def test_a_graph_is_printed_as_turtle_and_a_truth_value_as_a_word(at: list[str]) -> None:
    graph = run("query", "CONSTRUCT { ?a cd:tiedWith ?b } { ?a cd:tiedWith ?b }", *at).stdout
    assert "city:semnan cd:tiedWith city:urumqi ." in graph
    assert run("query", "ASK { city:najaf cd:twinnedWith city:mashhad }", *at).stdout == "yes\n"


def test_a_query_as_of_a_time(at: list[str]) -> None:
    def rows(*more: str) -> int:
        return len(run("query", "agreements", "--format", "csv", *more, *at).stdout.splitlines())

    certain, possible = rows("--as-of", "2016"), rows("--as-of", "2016-12-31", "--wanted", "possible")
    assert 1 < certain < possible < rows()
    assert ",held" in run("query", "mayors", "--as-of", "2016", "--wanted", "all", "--format", "csv", *at).stdout


def test_rows_with_places_are_printed_as_geojson(at: list[str]) -> None:
    found = json.loads(run("query", "cities-with-coordinates", "--format", "geojson", *at).stdout)
    assert found["features"][0]["geometry"]["type"] == "Point"


def test_a_syntax_error_shows_line_column_and_a_caret(at: list[str]) -> None:
    done = run("query", "SELECT *\nWHERE { ?s ?p }", *at)
    assert done.returncode == 1
    assert done.stdout == ""
    assert "line 2, column 16" in done.stderr
    assert "WHERE { ?s ?p }\n               ^" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["query", "mayor"], "did you mean mayors"),
        (["query", "no-such-thing"], "citydip queries"),
        (["query", "missing.rq"], "there is no file missing.rq"),
        (["query", "SELECT ?x {}", "--param", "x"], "NAME=VALUE"),
        (["query", "SELECT ?x {}", "--param", "x=1"], "no parameter 'x'"),
        (["query", "sister-cities-of", "--param", "city=Najaf"], "must be an IRI or a prefixed name"),
        (["query", "find-by-name"], "needs the parameter text, such as USLG"),
        (["query", "letters", "--as-of", "2016"], "letters cannot be asked as of a time"),
        (["query", "mayors", "--as-of", "lately"], "2016-12-31 or a year"),
        (["query", "mayors", "--format", "geojson"], "there are json, xml, csv, tsv"),
        (["query", "SELECT ?x {}", "--format", "pdf"], "there are json, xml, csv, tsv"),
        (["query", "INSERT DATA { <a:b> <a:b> <a:b> }"], "cannot be updated"),
        (
            ["query", "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", "--timeout", "0.5"],
            "stopped after 0.5 s",
        ),
    ],
)
def test_what_cannot_be_done_says_why_in_one_line(at: list[str], arguments: list[str], words: str) -> None:
    done = run(*arguments, *at)
    assert done.returncode == 1
    assert words in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


def test_the_catalogue_can_be_listed_by_tag() -> None:
    listed = run("queries").stdout.splitlines()
    assert len(listed) >= 40
    assert any(line.startswith("mayors ") for line in listed)
    assert 0 < len(run("queries", "--tag", "ties").stdout.splitlines()) < len(listed)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Return a graph of one file with two faults."""
    for folder in ("shapes", "data", "queries/checks", "queries/compute"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "ontology").mkdir()
    (tmp_path / "ontology" / "citydip.ttl").write_text("")
    (tmp_path / "data" / "x.ttl").write_text("<urn:b> a <urn:C> .\n<urn:a> a <urn:C> .\n")
    return tmp_path


def test_check_prints_findings_and_its_status_tells(small: Path) -> None:
    done = run("check", "--root", str(small))
    assert done.returncode == 1
    assert "data/x.ttl:1: the file is not in the one format [format]" in done.stdout
    assert "to mend it: run: citydip fmt" in done.stdout


def test_findings_as_json_and_as_sarif(small: Path) -> None:
    found = json.loads(run("check", "--root", str(small), "--format", "json").stdout)
    assert {f["rule"] for f in found} == {"format", "manifest"}
    sarif = json.loads(run("check", "--root", str(small), "--format", "sarif").stdout)
    assert sarif["version"] == "2.1.0"
    (run_,) = sarif["runs"]
    assert {r["id"] for r in run_["tool"]["driver"]["rules"]} == {"format", "manifest"}
    placed = [r for r in run_["results"] if r["ruleId"] == "format"]
    location = placed[0]["locations"][0]["physicalLocation"]
    assert location["artifactLocation"]["uri"] == "data/x.ttl"
    assert location["region"]["startLine"] == 1


def test_fmt_checks_formats_and_then_rests(small: Path) -> None:
    at_root = ["--root", str(small)]
    assert run("fmt", "--check", *at_root).returncode == 1
    assert run("fmt", *at_root).stdout.splitlines()[-1] == "formatted data/x.ttl"
    assert run("fmt", "--check", *at_root).returncode == 0
    assert run("fmt", *at_root).stdout == ""


def test_fmt_shows_what_it_cannot_read(small: Path) -> None:
    (small / "data" / "x.ttl").write_text("<urn:a> <urn:p> .\n")
    done = run("fmt", "--root", str(small))
    assert done.returncode == 1
    assert "data/x.ttl:1:17" in done.stderr


def test_build_writes_nothing_where_a_check_fails(small: Path) -> None:
    done = run("build", "--root", str(small), "--snapshots", str(small / "snapshots"))
    assert done.returncode == 1
    assert "nothing was written" in done.stderr
    assert {path.name for path in (small / "snapshots").iterdir()} <= {MEMORY}


def test_a_folder_that_is_no_graph_is_said_to_be_none(tmp_path: Path) -> None:
    done = run("check", "--root", str(tmp_path))
    assert done.returncode == 1
    assert "CITYDIP_ROOT" in done.stderr


def test_a_snapshot_that_is_older_than_the_files_is_said_to_be(snapshot: Snapshot, at: list[str]) -> None:
    link = snapshot.path.parent / "current"
    assert "files have changed" not in run("query", "ASK {}", *at).stderr
    os.utime(link, (1, 1), follow_symlinks=False)
    try:
        assert "files have changed since the snapshot was built" in run("query", "ASK {}", *at).stderr
    finally:
        os.utime(link, follow_symlinks=False)


def test_serve_on_a_taken_port_says_so(at: list[str]) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = run("serve", "--port", str(taken.getsockname()[1]), *at)
    assert done.returncode == 1
    assert "choose another with --port" in done.stderr


def test_serve_without_a_rule_that_there_is_not_says_which_there_are(at: list[str]) -> None:
    done = run("serve", "--port", "0", "--rewrites-off", "exist", *at)
    assert done.returncode != 0
    assert "there is no rule 'exist'; the rules are: equal-variables, values" in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


def test_a_broken_snapshot_is_not_served(snapshot: Snapshot, tmp_path: Path) -> None:
    shutil.copytree(snapshot.path.parent, tmp_path / "snapshots", symlinks=True)
    (tmp_path / "snapshots" / snapshot.version / "graph.nq").unlink()
    done = run("serve", "--port", "0", "--snapshots", str(tmp_path / "snapshots"))
    assert done.returncode == 1
    assert "not whole" in done.stderr
