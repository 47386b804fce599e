"""The query page without scripts: it runs queries, fills in examples, and tells scripts what they need."""

import json
import re
from html import unescape

import httpx
import pytest

from citydip.web.editor_messages import EDITOR_MESSAGES

BROWSER = {"Accept": "text/html,application/xhtml+xml"}


def page(server: str, path: str, **query: str) -> str:
    answer = httpx.get(server + path, params=query, headers=BROWSER)
    assert answer.status_code == 200
    return answer.text


def written(text: str) -> str:
    """Return the query in the text field of a page."""
    found = re.search(r'<textarea id="query"[^>]*>\n(.*?)</textarea>', text, re.DOTALL)
    assert found
    return unescape(found[1])


def test_a_query_keeps_every_letter_and_its_result_stands_below(server: str) -> None:
    query = '\n# first </textarea>\nSELECT ?name WHERE { city:rasht rdfs:label ?name FILTER (LANG(?name) = "en") }'
    text = page(server, "/sparql", query=query, lang="en")
    assert written(text) == query
    assert re.search(r"<td><span[^>]*>Rasht</span>\s*</td>", text)
    assert "Rows: 1." in text


def test_the_page_speaks_the_language_of_the_reader_and_is_kept_apart_for_each(server: str) -> None:
    query = {"query": "ASK { city:najaf cd:twinnedWith city:mashhad }"}
    english, persian = (
        httpx.get(server + "/sparql", params=query, headers=BROWSER | {"Accept-Language": language})
        for language in ("en", "fa")
    )
    assert '<p class="truth">Yes</p>' in english.text
    assert '<p class="truth">آری</p>' in persian.text
    assert "Accept-Language" in english.headers["vary"]
    assert english.headers["etag"] != persian.headers["etag"]


def test_a_page_and_the_data_of_a_query_are_not_taken_for_each_other(server: str) -> None:
    query = {"query": "SELECT ?a WHERE { ?a cd:twinnedWith ?b } ORDER BY ?a"}
    as_page = httpx.get(server + "/sparql", params=query, headers=BROWSER)
    as_json = httpx.get(server + "/sparql", params=query, headers={"Accept": "application/sparql-results+json"})
    assert as_page.headers["etag"] != as_json.headers["etag"]
    assert as_page.headers["content-type"].startswith("text/html")
    assert as_json.json()["results"]["bindings"]
    again = {"If-None-Match": as_page.headers["etag"]}
    assert httpx.get(server + "/sparql", params=query, headers=BROWSER | again).status_code == 304


def test_things_in_a_result_lead_to_their_pages(server: str) -> None:
    text = page(server, "/sparql", query="SELECT ?c WHERE { ?c cd:twinnedWith city:mashhad }")
    assert '<a href="/page/city/najaf">city:najaf</a>' in text


def test_an_example_is_filled_in_by_its_form(server: str) -> None:
    text = page(server, "/editor/examples/mayor-of-city", city="city:tehran", lang="en")
    assert "<https://w3id.org/citydip/id/city/tehran>" in written(text)
    assert '<label for="parameter-city">' in text
    assert 'value="city:tehran"' in text
    rows = page(server, "/sparql", query=written(text), lang="en")
    assert "<table>" in rows


def test_an_example_is_a_text_for_programs(server: str) -> None:
    answer = httpx.get(server + "/editor/examples/mayors", headers={"Accept": "application/sparql-query"})
    assert answer.headers["content-type"].startswith("application/sparql-query")
    assert answer.text.startswith("#+ title: Mayors\n")
    known = {"Accept": "application/sparql-query", "If-None-Match": answer.headers["etag"]}
    assert httpx.get(server + "/editor/examples/mayors", headers=known).status_code == 304


@pytest.mark.parametrize(
    ("path", "status"), [("/editor/examples/nothing", 404), ("/editor/examples/mayor-of-city?city=no+iri", 400)]
)
def test_what_is_no_example_says_so(server: str, path: str, status: int) -> None:
    answer = httpx.get(server + path)
    assert answer.status_code == status
    assert answer.json()["detail"]


def test_every_query_of_the_catalogue_is_on_the_page_in_the_language_of_the_reader(server: str) -> None:
    english, persian = page(server, "/sparql", lang="en"), page(server, "/sparql", lang="fa")
    links = re.findall(r'<a href="[^"]*/editor/examples/([a-z-]+)', english)
    assert len(links) == len(set(links)) > 40
    assert "Sister-city ties</a>" in english
    assert "پیوندهای خواهرخواندگی</a>" in persian


def test_an_editor_completes_terms_by_use_with_names_in_the_language_of_the_content(server: str) -> None:
    told = httpx.get(server + "/editor/terms", params={"content": "fa"}).json()
    assert told["prefixes"]["cd"] == "https://w3id.org/citydip/ontology#"
    terms = {term["name"]: term for term in told["terms"]}
    assert terms["cd:hasParty"] | {"uses": 0, "definition": ""} == {
        "name": "cd:hasParty",
        "kind": "property",
        "label": "طرف دارد",
        "definition": "",
        "uses": 0,
    }
    assert {term["kind"] for term in told["terms"]} == {"class", "property", "concept"}
    uses = [term["uses"] for term in told["terms"]]
    assert uses == sorted(uses, reverse=True)
    assert uses[0] > 0


def test_scripts_are_told_where_they_are_and_what_to_say(server: str) -> None:
    text = page(server, "/sparql", lang="fa")
    found = re.search(r'<script type="application/json" id="page-data">(.*?)</script>', text, re.DOTALL)
    assert found
    told = json.loads(found[1])
    assert told["base"] == server
    assert told["messages"]["table"] == "جدول"
    assert told["prefixes"]["city"] == "https://w3id.org/citydip/id/city/"
    assert told["run"] is False
    version = httpx.get(server + "/sparql", params={"query": "ASK {}"}).headers["citydip-version"]
    pinned = page(server, f"/version/{version}/editor/examples/mayors", lang="en")
    found = re.search(r'id="page-data">(.*?)</script>', pinned, re.DOTALL)
    assert found
    told = json.loads(found[1])
    assert (told["root"], told["base"], told["run"]) == (server, f"{server}/version/{version}", True)


def test_every_text_of_the_page_is_in_both_languages_and_fills_in_the_same() -> None:
    for key, texts in EDITOR_MESSAGES.items():
        assert texts.keys() == {"en", "fa"}, key
        assert len({tuple(sorted(re.findall(r"{(\w+)}", text))) for text in texts.values()}) == 1, key


def test_the_page_of_a_source_gives_what_it_says_by_speaker(server: str) -> None:
    text = page(server, "/page/source/qazvin-municipality-islamic-cities", lang="en")
    assert re.search(r"said by <a href=\"[^\"]*/page/person/masoud-nosrati", text)
    counts = [int(count) for count in re.findall(r'<h3 id="speaker-\d+">.*?<span class="count">(\d+)</span>', text)]
    total = re.search(r"(\d+) statements rest on it", text)
    assert total
    assert int(total[1]) == sum(counts) > 100
    assert text.count('<ul class="said-list">') == len(counts)


def test_the_page_of_an_event_marks_who_was_only_invited(server: str) -> None:
    text = page(server, "/page/event/uclg-world-congress-rabat-2013", lang="en")
    row = re.search(r'<tr class="only-invited">(.*?)</tr>', text, re.DOTALL)
    assert row
    assert "no source says that they came" in row[1]
    assert "Ghalibaf" in row[1]


def test_pages_have_their_pictures_without_scripts(server: str) -> None:
    city = page(server, "/page/city/tehran", lang="fa")
    assert city.count('<svg class="circle"') == 1
    assert '<svg class="strip' in city
    assert '<svg class="map"' in page(server, "/page/organization/league-of-historical-cities")
