"""``citydip export`` as a user meets it."""

import hashlib
from pathlib import Path

import pytest

from citydip.curation.snapshot import Snapshot
from citydip.services.exporting.forms import EXPORTS
from tests.cli.test_commands import run


@pytest.fixture(scope="module")
def at(snapshot: Snapshot) -> list[str]:
    return ["--snapshots", str(snapshot.path.parent)]


def test_without_a_name_all_exports_are_listed() -> None:
    shown = run("export").stdout
    assert [line.split()[0] for line in shown.splitlines()] == list(EXPORTS)


def test_a_text_goes_to_standard_output_and_progress_does_not(at: list[str]) -> None:
    done = run("export", "events.csv", *at)
    assert done.returncode == 0
    assert done.stdout.startswith("event,name_en,")
    assert "events.csv: 100 %" in done.stderr


def test_a_file_comes_with_its_licences_and_its_checksum(at: list[str], tmp_path: Path) -> None:
    path = tmp_path / "graph.nt.gz"
    done = run("export", "graph.nt.gz", "--out", str(path), *at)
    digest, _, name = done.stdout.strip().partition("  ")
    assert (name, digest) == (str(path), hashlib.sha256(path.read_bytes()).hexdigest())
    assert "CC-BY-4.0" in (tmp_path / "graph.nt.gz.licence.txt").read_text(encoding="utf-8")
    assert {each.name for each in tmp_path.iterdir()} == {"graph.nt.gz", "graph.nt.gz.licence.txt"}


def test_ties_are_selected(at: list[str]) -> None:
    some = run("export", "ties.csv", "--country", "cn", "--type", "sister-city", *at).stdout.splitlines()
    everything = run("export", "ties.csv", *at).stdout.splitlines()
    assert 1 < len(some) < len(everything)
    assert set(some) < set(everything)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["ties.cvs"], "ties.csv"),
        (["ties.gpkg"], "--out"),
        (["graph.nt.gz"], "--out"),
        (["cities.csv", "--country", "IR"], "licence"),
        (["ties.csv", "--data-version", "0123456789abcdef"], "citydip build"),
        (["ties.csv", "--out", "/proc/ties.csv"], "cannot be written"),
    ],
)
def test_what_cannot_be_done_ends_with_1_and_says_what_to_do(at: list[str], arguments: list[str], words: str) -> None:
    done = run("export", *arguments, *at)
    assert done.returncode == 1
    assert words in done.stderr
    assert done.stdout == ""
