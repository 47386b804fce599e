"""What the guides tell users of OpenRefine's and Wikidata's tools to type, typed at a running server."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

GUIDES = ROOT / "docs" / "how-to"


def blocks(guide: str, language: str) -> list[str]:
    """Return the fenced blocks of a guide in a language; what follows a prompt, where there are prompts."""
    text = (GUIDES / f"{guide}.md").read_text(encoding="utf-8")
    found = re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    lines = "\n".join(found).splitlines()
    return [line.removeprefix("$ ") for line in lines if line.startswith("$ ")] or found


def typed(command: str, server: str, folder: Path) -> str:
    """Return what a command prints in a shell, with the address of the server in the place of that of the guide."""
    command = command.replace("https://HOST", server).replace("http://127.0.0.1:8000", server)
    environment = {**os.environ, "no_proxy": "127.0.0.1"}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    return done.stdout


def test_a_table_is_matched_and_filled_from_the_command_line(server: str, tmp_path: Path) -> None:
    matched, filled, draft = (json.loads(typed(one, server, tmp_path)) for one in blocks("match-a-spreadsheet", "sh"))
    assert matched["q0"].keys() == {"result"}
    assert 0 < len(filled["rows"]["city/tehran"]["partner"]) <= 5
    assert draft["results"][0]["candidates"][0]["id"] == "city/mashhad"


def test_the_standard_query_and_an_item_are_fetched_with_curl(server: str, tmp_path: Path) -> None:
    query = next(one for one in blocks("query-like-wikidata", "sparql") if "cd:" in one)
    (tmp_path / "query.rq").write_text(query, encoding="utf-8")
    standard, item, turtle = blocks("query-like-wikidata", "console")
    # jq is not on every machine; what it does here is one line.
    read = "python3 -c 'import json, sys; print(json.load(sys.stdin)[\"standard\"])'"
    told = typed(standard.replace("curl -G", "curl -sG").replace("jq -r .standard", read), server, tmp_path)
    assert "OPTIONAL" in told
    assert "SERVICE" not in told
    assert json.loads(typed(item, server, tmp_path))["entities"].keys() == {"Q3616"}
    assert "wd:Q3616" in typed(turtle, server, tmp_path)


def test_a_client_of_wikidata_reads_an_item(server: str) -> None:
    [script] = blocks("query-like-wikidata", "python")
    command = [sys.executable, "-c", script.replace("https://HOST", server)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.startswith("Tehran [")
    assert "'Q8684'" in done.stdout


def test_the_commands_for_quickstatements_compare_with_a_service(server: str, snapshot: Any, tmp_path: Path) -> None:
    commands = [one for one in blocks("give-back-to-wikidata", "") if one.startswith("citydip")]
    assert len(commands) == 5
    pages, out = tmp_path / "cache", tmp_path / "commands.txt"
    for command in commands:
        if "--endpoint" not in command:
            continue
        words = command.replace("https://query.wikidata.org/sparql", f"{server}/wikidata/sparql").split()[1:]
        words += ["--snapshots", str(snapshot.path.parent)]
        environment = {**os.environ, "XDG_CACHE_HOME": str(pages), "COLUMNS": "200"}
        done = subprocess.run(
            [sys.executable, "-m", "citydip", *words],
            cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert "nothing new" in done.stdout + done.stderr, "the service is this graph itself, which has all of it"
    assert out.read_text(encoding="utf-8") == "", "so there is nothing to give back"


@pytest.mark.parametrize("guide", ["match-a-spreadsheet", "query-like-wikidata", "give-back-to-wikidata"])
def test_the_guides_are_linked(guide: str) -> None:
    assert f"how-to/{guide}.md" in (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
