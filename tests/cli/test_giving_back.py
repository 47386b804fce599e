"""``citydip export quickstatements`` and ``citydip export sssom`` as a user runs them."""

import csv
import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from citydip.cli.main import app
from citydip.curation.snapshot import Snapshot
from citydip.model.errors import ParameterError
from tests.curation.giving_back.reading import read_csv, read_v1
from tests.curation.wikidata.conftest import CONTACT, DAY
from tests.curation.wikidata.double import At, Item, Statement, running_double

ISTANBUL = [
    Statement("P190", "Q3616", "t1", qualifiers=[("P580", At("1999-00-00", 9))]),
    Statement("P190", "Q84", "t2"),
]
WIKIDATA = {"Q406": Item({"en": "Istanbul"}, ISTANBUL), "Q3616": Item({"en": "Tehran"})}


def run(snapshot: Snapshot, *words: str) -> Result:
    """Run the command on the curated graph."""
    return CliRunner().invoke(app, ["export", *words, "--snapshots", str(snapshot.path.parent)])


@pytest.fixture(autouse=True)
def _current(snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITYDIP_IMPORTED", "0")


def test_a_live_service_gives_commands_and_three_reports(snapshot: Snapshot, tmp_path: Path) -> None:
    with running_double(WIKIDATA) as double:
        ask = ["--endpoint", double.address, "--contact", CONTACT, "--pause", "0", "--date", DAY]
        ask += ["--cache", str(tmp_path), "--page", "500"]

        def shown(*words: str) -> str:
            result = run(snapshot, "quickstatements", *ask, *words)
            assert result.exit_code == 0, result.output
            return result.stdout

        v1, v2 = read_v1(shown()), read_csv(shown("--format", "v2"))
        preview = list(csv.DictReader(io.StringIO(shown("--show", "preview", "--format", "csv"))))
        against = json.loads(shown("--show", "contradictions", "--format", "json"))
        lacking = json.loads(shown("--show", "missing", "--format", "json"))
        withheld = json.loads(shown("--show", "withheld", "--format", "json"))
        table = shown("--show", "contradictions")
        # A page of what is given, one of all items for what is lacking; each is asked for once and kept.
        assert len(double.requests) == 2
    assert v1 == v2
    assert len(v1) > 50
    assert all(statement.references for statement in v1)
    assert [(row["item"], row["value"]) for row in against] == [("Q406", "Q3616"), ("Q3616", "Q406")]
    assert against[0]["reason"] == "another start: here 2006-01-01 to 2006-12-31, at Wikidata 1999-01-01 to 1999-12-31"
    assert against[0]["name"] == "Istanbul"
    assert "another start" in table
    assert [(row["item"], row["value"], row["thing here"]) for row in lacking] == [("Q406", "Q84", "city:istanbul")]
    assert {row["outcome"] for row in preview} == {"new statement", "conflict"}
    assert sum(row["outcome"] == "new statement" for row in preview) == len(v1)
    assert {row["reason"] for row in withheld} >= {"its source is an imported list"}


def test_the_commands_go_into_a_file(snapshot: Snapshot, tmp_path: Path) -> None:
    facts = tmp_path / "wikidata.ttl"
    facts.write_text('<http://www.wikidata.org/entity/Q3616> <urn:label> "Tehran" .')
    out = tmp_path / "commands.txt"
    result = run(snapshot, "quickstatements", "--wikidata", str(facts), "--out", str(out))
    assert result.exit_code == 0, result.output
    assert result.stdout == ""
    assert {statement.subject for statement in read_v1(out.read_text())} == {"Q3616"}
    assert "not compared" in result.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "either --wikidata FILE, or --endpoint ADDRESS"),
        (["--endpoint", "http://127.0.0.1:1/"], "contact must be an e-mail"),
        (["--endpoint", "http://127.0.0.1:1/", "--contact", CONTACT, "--date", "soon"], "--date must be a day"),
        (["--show", "preview", "--format", "v1"], "--show preview is written as table, csv, json"),
        (["--format", "json"], "--show commands is written as v1, v2"),
    ],
)
def test_what_is_missing_is_said(snapshot: Snapshot, words: list[str], message: str) -> None:
    result = run(snapshot, "quickstatements", *words)
    assert result.exit_code == 1
    assert isinstance(result.exception, ParameterError)
    assert message in str(result.exception)


def test_mappings_are_written_as_sssom(snapshot: Snapshot) -> None:
    result = run(snapshot, "sssom")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("# curie_map:\n")
    assert "city:tehran\tTehran\tskos:exactMatch\twd:Q3616\tsemapv:" in result.stdout
