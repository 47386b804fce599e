"""The build of the real graph: the same input gives the same version, and a fault gives nothing but findings."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from citydip.curation.build import build
from citydip.curation.check import MEMORY, check
from citydip.curation.layout import Layout
from citydip.curation.snapshot import POINTER, Snapshot
from citydip.model.errors import CheckError, SnapshotError
from citydip.model.findings import Finding
from tests.conftest import copy_graph

FALSE_TIE = """
agreement:false-tie
    a cd:Agreement ;
    cd:hasAgreementType agreement-type:sister-city ;
    cd:hasParty
        city:mashhad ,
        city:gaza ;
    cd:hasStatus status:signed ;
    rdfs:label
        "Mashhad and Gaza are sister cities"@en ,
        "مشهد و غزه خواهرخوانده‌اند"@fa ;
    .
"""


def silent(_: str) -> None:
    """Say nothing."""


@pytest.fixture
def copy(tmp_path: Path) -> Layout:
    """Return a copy of the graph's files that a test may spoil."""
    return copy_graph(tmp_path)


def edit(layout: Layout, name: str, change: Callable[[str], str]) -> list[str]:
    """Change a file, and return its new lines."""
    path = layout.root / name
    before = path.read_text(encoding="utf-8")
    after = change(before)
    assert after != before
    path.write_text(after, encoding="utf-8")
    return after.splitlines()


def without_line(text: str, marker: str, beginning: str) -> str:
    """Return a text without the first line after a marker that begins so."""
    lines = text.splitlines(keepends=True)
    at = next(i for i, line in enumerate(lines) if line.startswith(marker))
    gone = next(i for i in range(at, len(lines)) if lines[i].strip().startswith(beginning))
    return "".join(lines[:gone] + lines[gone + 1 :])


def without_block(text: str, subject: str) -> str:
    """Return a formatted Turtle text without one subject."""
    blocks = text.split("\n\n")
    return "\n\n".join(block for block in blocks if not block.startswith(subject + "\n"))


def one_identifier_twice(text: str) -> str:
    """Return the gazetteer with the identifier of its first city on its second one too."""
    first, second = re.findall(r'cd:geonamesIdentifier "(\d+)"', text)[:2]
    return text.replace(f'"{second}"', f'"{first}"', 1)


def test_the_same_input_gives_the_same_version_and_another_gives_another(copy: Layout) -> None:
    first = build(copy, None, silent)
    shutil.rmtree(copy.snapshots)
    second = build(copy, None, silent)
    assert first.version == second.version
    assert Snapshot.open(copy.snapshots / POINTER) == second
    edit(copy, "data/register/places.ttl", lambda text: text.replace('"Qazvin"@en', '"Kazvin"@en'))
    third = build(copy, None, silent)
    assert third.version != second.version
    there = {path.name for path in copy.snapshots.iterdir()} - {MEMORY}
    assert there == {second.version, third.version, POINTER}
    assert Snapshot.open(copy.snapshots / POINTER).version == third.version


def test_every_fault_is_found_at_its_line_and_nothing_is_written(copy: Layout) -> None:
    article = "data/articles/semnan-silk-road.ttl"
    edit(copy, article, lambda text: without_line(text, "tenure:", "cd:hasPost"))
    edit(copy, article, lambda text: re.sub(r'(oa:exact "[^"]*)شهر', r"\1شهذ", text, count=1))
    lines = edit(copy, article, lambda text: text.replace("\nassertion:", FALSE_TIE + "\nassertion:", 1))
    with pytest.raises(CheckError) as caught:
        build(copy, None, silent)
    assert {path.name for path in copy.snapshots.iterdir()} <= {MEMORY}
    findings = caught.value.findings
    assert {finding.file for finding in findings} == {article}

    def lines_of(word: str) -> set[str]:
        found = [f.line for f in findings if word in f"{f.rule} {f.message} {f.fix}"]
        return {lines[number - 1].strip().partition(" ")[0] for number in found if number}

    assert lines_of("cd:hasPost") == {"tenure:fatma-sahin-mayor-of-gaziantep"}
    assert lines_of("quote-seal") == {"oa:exact"}
    assert lines_of("cd:hasEvidence") == {"agreement:false-tie"}


def test_a_syntax_error_is_found_alone_with_line_column_and_the_line(copy: Layout) -> None:
    build_before = build(copy, None, silent)
    name = "data/register/places.ttl"
    lines = edit(
        copy, name, lambda text: text.replace("city:isfahan\n    a cd:City ;", "city:isfahan\n    a cd:City", 1)
    )
    with pytest.raises(CheckError) as caught:
        build(copy, None, silent)
    (finding,) = caught.value.findings
    assert finding.rule == "syntax"
    assert finding.file == name
    assert finding.line is not None
    assert finding.column is not None
    assert finding.text is not None
    assert finding.text.splitlines()[0] == lines[finding.line - 1]
    assert Snapshot.open(copy.snapshots / POINTER) == build_before


@pytest.mark.parametrize(
    ("name", "change", "rule"),
    [
        ("data/register/places.ttl", lambda text: text.replace("    a cd:City ;\n", "    a  cd:City ;\n", 1), "format"),
        ("data/manifest.ttl", lambda text: without_block(text, "graph:gazetteer"), "manifest"),
        ("data/gazetteer.ttl", one_identifier_twice, "identifier-used-twice"),
        ("data/register/people.ttl", lambda text: text.replace("n:semnan-m", "n:no-m", 1), "dangling-reference"),
    ],
)
def test_rules_across_files_find_their_faults(copy: Layout, name: str, change: Callable[[str], str], rule: str) -> None:
    edit(copy, name, change)
    findings: list[Finding] = check(copy, None, silent).findings
    assert rule in {finding.rule for finding in findings}
    assert all(finding.fix and finding.message for finding in findings)


def test_a_snapshot_that_is_not_whole_is_not_opened(copy: Layout) -> None:
    snapshot = build(copy, None, silent)
    about = json.loads((snapshot.path / "snapshot.json").read_text())
    assert about["quads"] == sum(about["graphs"].values()) == len(snapshot.data.read_bytes().splitlines())
    (snapshot.path / "graph.nq").unlink()
    with pytest.raises(SnapshotError, match="not whole"):
        Snapshot.open(snapshot.path)
    with pytest.raises(SnapshotError, match="citydip build"):
        Snapshot.open(copy.root)
