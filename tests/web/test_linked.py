"""Linked data: each IRI of the graph leads to a page for people and to data for machines, and both are about it."""

import json
import re

import httpx
import pyoxigraph as ox
import pytest

from citydip.curation.snapshot import Snapshot
from citydip.model.terms import BASE
from tests.iris import BROWSER, is_told, local, names, sample_of

REPLACED = ox.NamedNode("http://purl.org/dc/terms/isReplacedBy")
FORMS = {
    "text/turtle": ("ttl", ox.RdfFormat.TURTLE),
    "application/n-triples": ("nt", ox.RdfFormat.N_TRIPLES),
    "application/ld+json": ("jsonld", ox.RdfFormat.JSON_LD),
    "application/rdf+xml": ("rdf", ox.RdfFormat.RDF_XML),
}


def get(server: str, path: str, accept: str = BROWSER, **headers: str) -> httpx.Response:
    return httpx.get(server + path, headers={"Accept": accept, **headers}, timeout=30)


@pytest.fixture(scope="module")
def sample(store: ox.Store) -> list[str]:
    """Return IRIs of every kind, 500 or more in all."""
    chosen = sample_of(store, 500)
    assert len(chosen) >= 500
    return chosen


def test_every_iri_leads_to_a_page_about_it(server: str, sample: list[str]) -> None:
    with httpx.Client(headers={"Accept": BROWSER}, follow_redirects=True, timeout=30) as client:
        for iri in sample:
            page = client.get(server + local(iri))
            assert page.status_code == 200, iri
            assert page.headers["content-type"] == "text/html; charset=utf-8", iri
            assert names(page.text, iri), iri


@pytest.mark.parametrize("accept", ["text/turtle", "application/ld+json"])
def test_every_iri_leads_to_data_about_it(server: str, sample: list[str], accept: str) -> None:
    with httpx.Client(headers={"Accept": accept}, follow_redirects=True, timeout=30) as client:
        for iri in sample:
            data = client.get(server + local(iri))
            assert data.status_code == 200, iri
            assert data.headers["content-type"].startswith(accept), iri
            assert is_told(iri, data, FORMS[accept][1]), iri


def test_what_was_replaced_leads_to_what_has_replaced_it(server: str, store: ox.Store) -> None:
    retired = {q.subject.value: q.object.value for q in store.quads_for_pattern(None, REPLACED, None, None)}  # type: ignore[union-attr]
    assert retired
    for iri, replacement in retired.items():
        led = get(server, local(iri))
        assert (led.status_code, led.headers["location"]) == (301, server + local(replacement))


@pytest.mark.parametrize(
    ("accept", "target"),
    [
        (BROWSER, "/page/city/rasht"),
        ("*/*", "/page/city/rasht"),
        ("text/turtle", "/data/city/rasht.ttl"),
        ("application/rdf+xml;q=0.5, application/ld+json", "/data/city/rasht.jsonld"),
        ("text/html;q=0, */*;q=0.1", "/data/city/rasht.ttl"),
    ],
)
def test_a_thing_is_no_document_and_leads_to_one(server: str, accept: str, target: str) -> None:
    led = get(server, "/id/city/rasht", accept)
    assert led.status_code == 303
    assert led.headers["location"] == server + target
    assert "accept" in led.headers["vary"].lower()
    assert httpx.head(server + "/id/city/rasht", headers={"Accept": accept}).headers["location"] == server + target


@pytest.mark.parametrize("ending", ["ttl", "nt", "jsonld", "rdf", "html"])
def test_an_ending_is_stronger_than_what_is_accepted(server: str, ending: str) -> None:
    led = get(server, f"/id/city/rasht.{ending}", "image/png")
    target = "/page/city/rasht" if ending == "html" else f"/data/city/rasht.{ending}"
    assert (led.status_code, led.headers["location"]) == (303, server + target)


def test_nothing_that_fits_is_406_with_what_there_is(server: str) -> None:
    answer = get(server, "/id/city/rasht", "image/png")
    assert answer.status_code == 406
    assert "text/turtle" in answer.text


def test_all_formats_say_the_same(server: str) -> None:
    graphs = []
    for media, (ending, form) in FORMS.items():
        data = get(server, f"/data/city/rasht.{ending}", "*/*")
        assert data.headers["content-type"].startswith(media)
        graphs.append({q.triple for q in ox.parse(data.content, format=form)})
    assert len(graphs[0]) > 100
    assert all(graph == graphs[0] for graph in graphs)


def test_data_hold_statements_and_their_evidence(server: str) -> None:
    data = get(server, "/data/agreement/mashhad-najaf", "application/n-triples").text
    for part in ("/id/evidence/", "/id/quote/", "نجف", "ontology#hasStatus"):
        assert part in data


@pytest.mark.parametrize("path", ["/page/city/rasht", "/data/city/rasht.ttl", "/ontology", "/browse", "/graphs"])
def test_who_has_it_already_is_told_so(server: str, path: str) -> None:
    first = get(server, path)
    assert first.status_code == 200
    tag = first.headers["etag"]
    again = get(server, path, **{"If-None-Match": tag})
    assert again.status_code == 304
    assert again.content == b""
    other = get(server, path, **{"If-None-Match": 'W/"other"'})
    assert other.status_code == 200


def test_a_page_says_where_its_data_and_licence_are(server: str) -> None:
    page = get(server, "/page/city/rasht")
    links = page.headers["link"]
    for part in ('rel="alternate"; type="text/turtle"', 'rel="describedby"', 'rel="license"', 'rel="describes"'):
        assert part in links
    assert f'<link rel="alternate" type="text/turtle" href="{server}/data/city/rasht.ttl">' in page.text
    assert "Accept-Language" in page.headers["vary"]


def test_a_page_embeds_what_it_is_in_terms_of_schema_org(server: str) -> None:
    page = get(server, "/page/city/rasht").text
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found
    about = json.loads(found[1])
    assert about["@type"] == "City"
    assert about["@id"] == BASE + "id/city/rasht"
    assert "http://www.wikidata.org/entity/Q178373" in about["sameAs"]
    assert {"@language": "fa", "@value": "رشت"} in about["name"]


@pytest.mark.parametrize("path", ["/id/city/nowhere", "/page/city/nowhere", "/data/city/nowhere", "/shapes/nothing"])
def test_what_the_graph_does_not_know_is_404(server: str, path: str) -> None:
    answer = get(server, path, "application/json, text/turtle;q=0.5")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert "search" in answer.json()["detail"]


@pytest.mark.parametrize(
    "path", ["/page/city/rasht%0D%0AX-Evil:%201", "/id/city/%0Ax", "/page/%C3%A9%D8%AA", "/data/%0D%0Ax"]
)
def test_no_name_breaks_a_header(server: str, path: str) -> None:
    for headers in ({}, {"If-None-Match": "*"}):
        answer = get(server, path, **headers)
        assert answer.status_code == 404
        assert "x-evil" not in answer.headers


@pytest.mark.parametrize("path", ["/id/city/%3E", "/page/%22%3E%3Cscript%3E", "/data/a%20b", "/id/" + "x" * 3000])
def test_what_is_no_name_of_a_thing_is_refused(server: str, path: str) -> None:
    answer = get(server, path)
    assert answer.status_code in (400, 404)
    assert "<script>" not in answer.text


def test_what_a_version_says_is_for_ever(server: str, snapshot: Snapshot) -> None:
    page = get(server, f"/version/{snapshot.version}/page/city/rasht")
    assert page.status_code == 200
    assert "immutable" in page.headers["cache-control"]
    led = get(server, f"/version/{snapshot.version}/id/city/rasht", "text/turtle")
    assert led.headers["location"] == f"{server}/version/{snapshot.version}/data/city/rasht.ttl"


@pytest.mark.parametrize(
    ("form", "start"), [("text", "Mashhad and Najaf"), ("bibtex", "@misc{citydip-"), ("ris", "TY  - DATA\r\n")]
)
def test_a_citation_names_version_and_sources(server: str, snapshot: Snapshot, form: str, start: str) -> None:
    cited = get(server, f"/cite/agreement/mashhad-najaf?format={form}")
    assert cited.status_code == 200
    assert cited.text.startswith(start)
    for part in (snapshot.version, "Shabestan", BASE + "id/agreement/mashhad-najaf"):
        assert part in cited.text


def test_an_unknown_form_of_citation_is_refused_with_those_there_are(server: str) -> None:
    refused = get(server, "/cite/city/rasht?format=docx", "application/json")
    assert refused.status_code == 400
    assert "bibtex" in refused.json()["detail"]


def test_the_ontology_answers_as_a_page_and_as_data(server: str) -> None:
    page = get(server, "/ontology")
    assert 'id="twinnedWith"' in page.text
    led = get(server, "/ontology", "text/turtle")
    assert led.status_code == 303
    data = httpx.get(led.headers["location"], timeout=30)
    assert "ontology#twinnedWith" in data.text or "cd:twinnedWith" in data.text


def test_a_graph_is_a_page_to_people_and_itself_to_machines(server: str) -> None:
    page = get(server, "/graph/articles/mashhad-gaza")
    assert "text/html" in page.headers["content-type"]
    assert "creativecommons.org" in page.text
    data = get(server, "/graph/articles/mashhad-gaza", "application/n-triples")
    assert len(data.text.splitlines()) > 1000


def test_a_graph_of_a_rule_that_finds_nothing_is_empty_and_there(server: str, snapshot: Snapshot) -> None:
    name = "graph/computed/reportedly-twinned-with"
    assert BASE + name not in snapshot.graphs
    assert get(server, f"/{name}").status_code == 200
    data = get(server, f"/{name}", "application/n-triples")
    assert (data.status_code, data.text) == (200, "")
    assert 'rel="describedby"' in data.headers["link"]
    assert get(server, "/graph/computed/nothing", "application/n-triples").status_code == 404


def test_machines_find_what_they_look_for(server: str) -> None:
    assert f"Sitemap: {server}/sitemap.xml" in get(server, "/robots.txt").text
    index = get(server, "/sitemap.xml").text
    lists = re.findall(r"<loc>(.*?)</loc>", index)
    pages = [page for place in lists for page in re.findall(r"<loc>(.*?)</loc>", httpx.get(place, timeout=30).text)]
    assert f"{server}/page/city/rasht" in pages
    assert len(pages) == len(set(pages)) > 300
    assert "sparql" in get(server, "/llms.txt").text
    void = get(server, "/.well-known/void", "text/turtle")
    assert void.status_code == 302
    assert "void" in httpx.get(void.headers["location"], headers={"Accept": "text/turtle"}, timeout=30).text


def test_letters_of_any_script_in_an_address_are_answered(server: str) -> None:
    for headers in ({}, {"If-None-Match": "*"}):
        assert httpx.get(f"{server}/page/city/Āتهران", headers=headers).status_code in (304, 404)
    assert httpx.get(f"{server}/cite/city/tehran", params={"content": "Ā"}).status_code == 200
