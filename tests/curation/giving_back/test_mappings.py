"""Mappings as SSSOM: each with justification, author and date, and valid by the library of the standard."""

import csv
import io
import subprocess
import sys
from pathlib import Path

import pytest

from citydip.curation.giving_back.mappings import as_sssom, read_mappings
from citydip.curation.snapshot import Snapshot
from citydip.model.errors import ParameterError
from tests.curation.giving_back.conftest import layout_of


def validate(path: Path) -> "subprocess.CompletedProcess[str]":
    """Run the library of the standard on a file; in a process of its own, for it patches others."""
    words = [sys.executable, "-m", "sssom.cli", "validate", str(path)]
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture(scope="module")
def table(snapshot: Snapshot) -> str:
    return as_sssom(read_mappings(layout_of(snapshot.path.parent), snapshot), snapshot.version, "2026-11-22")


def rows(table: str) -> list[dict[str, str]]:
    lines = [line for line in table.splitlines() if not line.startswith("#")]
    return list(csv.DictReader(io.StringIO("\n".join(lines)), delimiter="\t"))


def test_each_mapping_has_justification_author_and_date(table: str) -> None:
    found = rows(table)
    assert len(found) > 200
    for row in found:
        assert row["mapping_justification"].startswith("semapv:")
        assert row["author_label"]
        assert row["mapping_date"].startswith("20")
        assert row["predicate_id"].startswith("skos:")
    tehran = [row for row in found if row["subject_id"] == "city:tehran"]
    assert {row["object_id"] for row in tehran} == {"wd:Q3616", "geonames:112931/"}
    assert {row["subject_label"] for row in tehran} == {"Tehran"}


def test_the_header_says_what_the_set_is(table: str, snapshot: Snapshot) -> None:
    head = [line for line in table.splitlines() if line.startswith("#")]
    assert head[0] == "# curie_map:"
    assert '#   wd: "http://www.wikidata.org/entity/"' in head
    assert '# license: "https://creativecommons.org/licenses/by/4.0/"' in head
    assert f'# mapping_set_version: "{snapshot.version}"' in head
    assert '# mapping_set_id: "https://w3id.org/citydip/mappings"' in head
    prefixes = {line.split(":")[0].removeprefix("#   ") for line in head[1:] if line.startswith("#   ")}
    used = {row[name].split(":")[0] for row in rows(table) for name in ("subject_id", "predicate_id", "object_id")}
    assert used <= prefixes


def test_the_library_of_the_standard_finds_nothing_wrong(table: str, tmp_path: Path) -> None:
    path = tmp_path / "mappings.sssom.tsv"
    path.write_text(table, encoding="utf-8")
    found = validate(path)
    # A mapping that is not well-formed is left out with a warning, and the rest is valid.
    assert (found.returncode, "not well-formed" in found.stderr) == (0, False), found.stderr
    path.write_text(table.replace("\t2026-11-22\t", "\tsoon\t", 1), encoding="utf-8")
    assert "not well-formed" in validate(path).stderr
    path.write_text(table.replace("#   geonames:", "#   another:"), encoding="utf-8")
    assert validate(path).returncode != 0


def test_an_iri_that_no_prefix_shortens_says_where_to_add_one() -> None:
    row = {"subject": "urn:x", "predicate": "urn:y", "object": "urn:z", "justification": "urn:j", "author": "a"}
    with pytest.raises(ParameterError, match="no prefix shortens urn:x"):
        as_sssom([{**row, "date": "2026-11-22"}], "v", "2026-11-22")
