"""``citydip cite`` as a user meets it: what the web cites, in the same words."""

import json

import httpx
import pytest

from citydip.curation.snapshot import Snapshot
from citydip.services.citing import CITATIONS
from tests.cli.test_commands import run
from tests.web.conftest import serving


def test_the_command_cites_as_the_web_does(snapshot: Snapshot) -> None:
    at = ("--snapshots", str(snapshot.path.parent))
    base = "https://w3id.org/citydip"
    with serving(snapshot.path.parent, "--workers", "1") as server:
        for what, path in {
            "city:isfahan": "city/isfahan",
            "<https://w3id.org/citydip/id/agreement/mashhad-gaza>": "agreement/mashhad-gaza",
            "query/mayors": "query/mayors",
            "version": "version",
        }.items():
            for form in CITATIONS:
                there = httpx.get(f"{server}/cite/{path}", params={"format": form, "lang": "en"}).text
                here = run("cite", what, "--format", form, *at)
                assert here.returncode == 0, here.stderr
                assert here.stdout.split() == there.replace(server, base).split(), (what, form)


def test_a_citation_names_version_sources_and_permanent_address(snapshot: Snapshot) -> None:
    at = ("--snapshots", str(snapshot.path.parent))
    (item,) = json.loads(run("cite", "agreement:mashhad-gaza", "--format", "csl", "--lang", "fa", *at).stdout)
    assert item["version"] == snapshot.version
    assert "مشهد" in item["title"]
    assert "rests on" in item["note"]
    assert item["URL"].startswith(f"https://w3id.org/citydip/version/{snapshot.version}/page/agreement/")
    assert snapshot.version in run("cite", "--data-version", snapshot.version, *at).stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("city:nowhere",), "nowhere"),
        (("query/mayor",), "mayors"),
        (("https://w3id.org/citydip/graph/sources",), "neither a thing, a query nor the data"),
        (("city:isfahan", "--format", "endnote"), "endnote"),
    ],
)
def test_what_cannot_be_cited_is_told(snapshot: Snapshot, arguments: tuple[str, ...], said: str) -> None:
    done = run("cite", *arguments, "--snapshots", str(snapshot.path.parent))
    assert done.returncode
    assert said in done.stderr
    assert "Traceback" not in done.stderr
