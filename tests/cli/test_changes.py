"""``citydip changes`` as a user meets it."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree as ET

import pyoxigraph as ox
import pytest

from citydip.curation.snapshot import write_pointer
from tests.curation.changes.made import KNOWN, quads_of, snapshot_of

OLD, NEW = "a" * 16, "b" * 16
SUSPENDED = KNOWN.replace("cd:hasStatus status:in-force", "cd:hasStatus status:suspended")
SENTENCE = "Tie “Tie of Hamburg and Rasht”: status changed from “in force” to “suspended” (source: A list)."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with two versions, of which the newer is current."""
    evidence = "evidence:other a cd:Evidence ; oa:hasSource source:list ."
    for number, (version, text) in enumerate([(OLD, KNOWN), (NEW, SUSPENDED + evidence)]):
        path = snapshot_of(tmp_path, version, quads_of(text)).data
        os.utime(path, (time.time() + number, time.time() + number))
    write_pointer(tmp_path, NEW)
    return tmp_path


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "citydip", "changes", *arguments, "--snapshots", str(folder)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CITYDIP_")}
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120, check=False)


def test_counts_come_first_and_then_sentences(folder: Path) -> None:
    done = run(folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        f"Changes from version {OLD} to {NEW}",
        "",
        "tie: 1 changed (1 status changed)",
        "cd:Evidence: 1 added",
        "",
        SENTENCE,
    ]
    persian = run(folder, OLD, NEW, "--lang", "fa").stdout
    assert "پیوند: ۱ تغییرکرده (۱ تغییر وضعیت)" in persian
    assert "وضعیت از «برقرار» به «معلق» تغییر کرد" in persian


def test_both_versions_can_be_named_and_changed_over(folder: Path) -> None:
    assert "from “suspended” to “in force”" in run(folder, NEW, OLD).stdout
    same = run(folder, NEW, NEW)
    assert same.stdout.splitlines()[-1] == "Nothing that curators or importers say has changed."


def test_what_is_told_one_by_one_can_be_chosen(folder: Path) -> None:
    assert "New cd:Evidence: “evidence:other”" in run(folder, "--all").stdout
    assert SENTENCE not in run(folder, "--class", "cd:City").stdout
    assert SENTENCE not in run(folder, "--kind", "added").stdout
    cut = run(folder, "--all", "--most", "1")
    assert SENTENCE in cut.stdout
    assert "New cd:Evidence" not in cut.stdout
    assert "1 more are not shown" in cut.stderr


def test_every_format_is_what_it_says(folder: Path) -> None:
    body = json.loads(run(folder, "--format", "json").stdout)
    assert [change["sentence"]["en"] for change in body["changes"]] == [SENTENCE]
    assert [len(body["changes"][0][each]) for each in ("removed", "added")] == [1, 1]
    feed = ET.fromstring(run(folder, "--format", "atom").stdout)
    assert [entry.text for entry in feed.iterfind("{*}entry/{*}title")] == [SENTENCE]
    for name, form in (("turtle", ox.RdfFormat.TURTLE), ("jsonld", ox.RdfFormat.JSON_LD)):
        triples = {str(triple.object) for triple in ox.parse(run(folder, "--format", name).stdout, format=form)}
        assert f'"{SENTENCE}"@en' in triples


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("0123456789abcdef",), f"kept, the newest first: {NEW}, {OLD}"),
        (("", OLD), f"no version is kept that was written before {OLD}"),
        (("--kind", "lost"), "--kind must be one of added, removed"),
        (("--lang", "de"), "--lang must be en or fa"),
        (("--release", "A Name"), "lower-case letters, digits and hyphens"),
    ],
)
def test_what_cannot_be_done_is_told(folder: Path, arguments: tuple[str, ...], words: str) -> None:
    done = run(folder, *arguments)
    assert done.returncode == 1
    assert words in " ".join(done.stderr.split())


def test_one_version_alone_is_told(tmp_path: Path) -> None:
    snapshot_of(tmp_path, OLD, quads_of(KNOWN))
    write_pointer(tmp_path, OLD)
    done = run(tmp_path)
    assert done.returncode == 1
    assert "only one version is kept" in done.stderr
