"""The codebook: what each term means, which values it may have, where it is used; and the picture of them all."""

import re

import httpx
import pytest

from citydip.curation.layout import Layout
from citydip.curation.workspace import open_workspace
from citydip.model.languages import INTERFACE
from citydip.model.terms import BASE, CD, PREFIXES
from tests.conftest import ROOT


def page(server: str, path: str, language: str = "en") -> str:
    answer = httpx.get(server + path, params={"lang": language}, headers={"Accept": "text/html"}, timeout=30)
    assert answer.status_code == 200, path
    return answer.text


@pytest.fixture(scope="module")
def meanings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """Return the definitions of all terms of the ontology in each language, by their IRIs."""
    workspace = open_workspace(Layout(ROOT, tmp_path_factory.mktemp("terms"), imported=False))
    graph = workspace.rdflib_graph("ontology")
    rows = graph.query(
        "SELECT ?term ?text { ?term rdfs:isDefinedBy ?ontology ; skos:definition ?text }",
        initNs={"rdfs": PREFIXES["rdfs"], "skos": PREFIXES["skos"]},
    )
    found: dict[str, dict[str, str]] = {}
    for term, text in rows:  # type: ignore[misc]
        found.setdefault(str(term), {})[getattr(text, "language", "")] = str(text)
    assert len(found) > 350
    return found


def shown(text: str) -> str:
    """Return a text as a page has it, without marks."""
    plain = re.sub(r"<[^>]*>", "", re.sub(r"</t[dh]>", " ", text))
    for sign, letter in (("&#39;", "'"), ("&#34;", '"'), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        plain = plain.replace(sign, letter)
    return re.sub(r"\s+", " ", plain)


@pytest.mark.parametrize("language", INTERFACE)
def test_three_pages_have_the_definition_of_every_term(
    server: str, meanings: dict[str, dict[str, str]], language: str
) -> None:
    parts = ("/ontology", "/ontology/properties", "/ontology/concepts")
    words = " ".join(shown(page(server, part, language)) for part in parts)
    missing = [term for term, texts in meanings.items() if re.sub(r"\s+", " ", texts[language]) not in words]
    assert missing == []


def test_whoever_follows_the_iri_of_a_term_finds_it(server: str, meanings: dict[str, dict[str, str]]) -> None:
    text = page(server, "/ontology")
    for iri in meanings:
        anchor = iri.partition("#")[2]
        assert not anchor or f'id="{anchor}"' in text, iri


def test_every_class_and_property_has_a_page_with_its_definition(
    server: str, meanings: dict[str, dict[str, str]]
) -> None:
    terms = sorted(iri for iri in meanings if iri.startswith(str(CD)))
    assert len(terms) > 200
    # Every fifth, in the two languages by turns; all are made in the same way.
    for number, iri in enumerate(terms[::5]):
        language = INTERFACE[number % len(INTERFACE)]
        text = page(server, "/codebook/" + iri.removeprefix(str(CD)), language)
        assert re.sub(r"\s+", " ", meanings[iri][language]) in shown(text), iri
        assert f'rel="canonical" href="{iri}"' in text


def test_a_property_says_its_values_where_it_is_used_and_by_example(server: str) -> None:
    text = page(server, "/codebook/hasStatus")
    words = shown(text)
    assert "Of each statement: status, exactly one" in words
    assert re.search(r"signed \d+", words)
    assert re.search(r"Said of assertion [1-9]", words)
    assert "/page/status/signed" in text
    examples = text.partition('id="uses"')[2]
    assert len(re.findall(r"<li>.*?/page/.*?→.*?/page/status/.*?</li>", examples)) > 3
    assert "exactly one" in shown(page(server, "/codebook/hasCalendar"))
    assert "Monday" in page(server, "/codebook/statedWeekday")


def test_a_class_says_what_is_said_of_its_things(server: str) -> None:
    words = shown(page(server, "/codebook/Agreement"))
    assert re.search(r"has status status, exactly one shape [1-9]", words), "what every statement must have"
    assert re.search(r"signed on date, 1 at most shape [1-9]", words)
    assert "has party city, exactly 2 shape" in shown(page(server, "/codebook/Tie"))
    assert re.search(r"has party actor [1-9]", words), "what holds of ties does not hold of agreements"
    text = page(server, "/codebook/Actor")
    assert "/codebook/Organization" in text
    assert re.search(r'id="uses".*?/page/(person|post|organization|city|country|group)/', text, re.DOTALL)


@pytest.mark.parametrize("language", INTERFACE)
def test_a_concept_has_its_definition_on_its_own_page(
    server: str, meanings: dict[str, dict[str, str]], language: str
) -> None:
    for name in ("status/signed", "status/proposed", "role/speaker", "scheme/status"):
        assert meanings[f"{BASE}id/{name}"][language] in shown(page(server, f"/page/{name}", language))


@pytest.mark.parametrize("language", INTERFACE)
def test_the_picture_is_drawn_of_the_ontology_and_leads_to_its_terms(server: str, language: str) -> None:
    found = re.search(r'<svg class="diagram".*?</svg>', page(server, "/ontology", language), re.DOTALL)
    assert found
    picture = found[0]
    assert re.search(r"<title[^>]*>[^<]+</title>\s*<desc[^>]*>[^<]+</desc>", picture)
    boxes = re.findall(r'<a href="[^"]*/codebook/(\w+)[^"]*">', picture)
    assert len(boxes) == len(set(boxes)) > 40
    for name in ("Statement", "Agreement", "Tie", "Actor", "City", "Event", "Place", "Evidence", "Source", "Date"):
        assert name in boxes
    assert len(re.findall(r"<path d=", picture)) > 40
    edges = [(float(x), float(w)) for x, w in re.findall(r'<rect x="([\d.]+)" y="[\d.]+" width="(\d+)"', picture)]
    assert len(edges) == len(boxes)
    assert all(x >= 0 and x + w <= 1020 for x, w in edges)
    actor = edges[boxes.index("Actor")][0]
    assert (actor == 0) == (language == "en"), "a reader from right to left begins at the right"


def test_links_to_terms_lead_to_their_own_pages(server: str) -> None:
    text = page(server, "/page/agreement/mashhad-najaf")
    assert '<p class="kind"><a href="/codebook/Agreement?lang=en">' in text


def test_what_is_no_term_is_404(server: str) -> None:
    answer = httpx.get(server + "/codebook/Nothing", headers={"Accept": "application/json"}, timeout=30)
    assert answer.status_code == 404
    assert "/ontology" in answer.json()["detail"]


def test_a_term_is_not_made_anew_for_who_has_it(server: str) -> None:
    first = httpx.get(server + "/codebook/City", headers={"Accept": "text/html"}, timeout=30)
    headers = {"Accept": "text/html", "If-None-Match": first.headers["etag"]}
    assert httpx.get(server + "/codebook/City", headers=headers, timeout=30).status_code == 304
