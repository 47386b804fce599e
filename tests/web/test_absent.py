"""What is not there, or no more: 404 names what is near, 301 leads to what took its place, 410 says that it is gone."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from citydip.curation.snapshot import Snapshot, write_pointer
from citydip.model.languages import INTERFACE
from citydip.model.terms import BASE
from citydip.web.messages import say
from tests.web.conftest import serving

MISSPELT = {
    "city/mashad": "city/mashhad",
    "person/masud-nosrati": "person/masoud-nosrati",
    "city/teheran": "city/tehran",
    "country/irn": "country/iran",
    "cty/isfahan": "city/isfahan",
}
GONE = {
    "city/gone-elsewhere": "http://www.wikidata.org/entity/Q1",
    "city/gone-for-good": "",
    "city/moved": BASE + "id/city/rasht",
}


@pytest.mark.parametrize("folder", ["id", "page", "data", "cite"])
def test_a_misspelt_name_is_404_with_what_is_near(server: str, folder: str) -> None:
    for wrong, right in MISSPELT.items():
        answer = httpx.get(f"{server}/{folder}/{wrong}", headers={"Accept": "application/json"}, timeout=30)
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
        suggestions = answer.json()["suggestions"]
        assert 0 < len(suggestions) <= 5
        assert suggestions[0]["id"] == f"{BASE}id/{right}", wrong
        assert suggestions[0]["label"]


@pytest.mark.parametrize("language", INTERFACE)
def test_the_page_of_a_misspelt_name_links_to_what_is_near(server: str, language: str) -> None:
    for folder in ("id", "page"):
        address = f"{server}/{folder}/city/mashad"
        answer = httpx.get(address, params={"lang": language}, headers={"Accept": "text/html"}, timeout=30)
        assert answer.status_code == 404
        assert say("near", language) in answer.text
        assert say("problem-not-found", language) in answer.text
        name = {"en": "Mashhad", "fa": "مشهد"}[language]
        assert f'<a href="/page/city/mashhad?lang={language}">{name}</a>' in answer.text


def test_a_misspelt_term_is_404_with_what_is_near(server: str) -> None:
    answer = httpx.get(server + "/codebook/agreemnt", headers={"Accept": "application/json"}, timeout=30)
    assert answer.status_code == 404
    assert answer.json()["suggestions"][0]["id"] == BASE + "ontology#Agreement"
    page = httpx.get(server + "/codebook/agreemnt", headers={"Accept": "text/html"}, timeout=30)
    assert 'href="/codebook/Agreement"' in page.text


def test_nothing_is_near_to_nonsense(server: str) -> None:
    answer = httpx.get(server + "/page/city/zzqqxxwwvv", headers={"Accept": "application/json"}, timeout=30)
    assert answer.status_code == 404
    assert answer.json()["suggestions"] == []


@pytest.fixture(scope="module")
def retiring(snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield the address of a server over the snapshot with three cities that are retired."""
    folder = tmp_path_factory.mktemp("retiring")
    shutil.copytree(snapshot.path, folder / snapshot.version)
    write_pointer(folder, snapshot.version)
    lines = []
    for name, replacement in GONE.items():
        thing = f"<{BASE}id/{name}>"
        true = '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>'
        lines.append(f"{thing} <http://www.w3.org/2002/07/owl#deprecated> {true} <{BASE}graph/register/places> .\n")
        if replacement:
            link = f"<http://purl.org/dc/terms/isReplacedBy> <{replacement}>"
            lines.append(f"{thing} {link} <{BASE}graph/register/places> .\n")
    # What follows from the graph would not have these.
    (folder / snapshot.version / "graph.nt").unlink()
    shutil.rmtree(folder / snapshot.version / "graph.columns")
    data: Path = folder / snapshot.version / "graph.nq"
    data.write_text(data.read_text(encoding="utf-8") + "".join(lines), encoding="utf-8")
    with serving(folder, "--workers", "1", "--imported", "0") as address:
        yield address


def test_what_was_retired_is_410_and_says_where_to_look(retiring: str) -> None:
    for name in ("city/gone-elsewhere", "city/gone-for-good"):
        answer = httpx.get(f"{retiring}/id/{name}", headers={"Accept": "text/turtle, application/json"}, timeout=30)
        assert answer.status_code == 410
        assert answer.headers["content-type"] == "application/problem+json"
        detail = answer.json()["detail"]
        assert (GONE[name] or "nothing here has taken its place") in detail
        page = httpx.get(f"{retiring}/id/{name}", headers={"Accept": "text/html", "Accept-Language": "fa"}, timeout=30)
        assert page.status_code == 410
        assert say("problem-gone", "fa") in page.text


def test_what_was_replaced_leads_on_for_people_and_machines(retiring: str) -> None:
    for accept in ("text/html", "text/turtle", "application/ld+json"):
        led = httpx.get(f"{retiring}/id/city/moved", headers={"Accept": accept}, timeout=30)
        assert led.status_code == 301
        assert led.headers["location"] == f"{retiring}/id/city/rasht"
