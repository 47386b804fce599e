"""Search and suggestions over HTTP: for scripts as JSON, for people as a page that needs no script."""

import re
import shutil
import time
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from citydip.curation.snapshot import Snapshot, write_pointer
from citydip.services.search import LONGEST
from citydip.web.messages import say
from tests.web.conftest import serving

PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
IRI = "https://w3id.org/citydip/id/"


def find(server: str, text: str, **given: Any) -> httpx.Response:
    headers = given.pop("headers", {})
    return httpx.get(server + "/search", params={"q": text, **given}, headers=headers)


def test_scripts_get_json(server: str) -> None:
    answer = find(server, "قاليباف", lang="fa")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert body["version"] == answer.headers["citydip-version"]
    assert (body["query"], body["language"], body["more"]) == ("قاليباف", "fa", False)
    first = body["results"][0]
    assert first["id"] == IRI + "person/mohammad-bagher-ghalibaf"
    assert first["label"] == "محمدباقر قالیباف"
    assert first["kinds"][0]["label"] == "شخص"
    assert first["matched"] == {"text": "قالیباف", "language": "fa", "kind": "spelling", "how": "exact"}
    assert {facet: bool(values) for facet, values in body["facets"].items()} == {
        "kind": True,
        "country": True,
        "network": False,
    }


def test_people_get_a_page_that_says_what_matched(server: str) -> None:
    answer = find(server, "قاضیانتپ", headers=PAGE)
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["vary"].startswith("Accept, Accept-Language")
    assert "Gaziantep" in answer.text
    assert 'found by <bdi lang="fa">قاضیانتپ</bdi>' in answer.text


def test_the_page_can_be_used_without_a_script(server: str) -> None:
    empty = httpx.get(server + "/search", headers=PAGE)
    assert empty.status_code == 200
    assert re.search(r'<form [^>]*action="[^"]+/search"', empty.text)
    assert 'name="q"' in empty.text
    page = find(server, "tehran", headers=PAGE).text
    (following,) = re.findall(r'<a rel="next" href="([^"]+)"', page)
    second = httpx.get(unescape(following), headers=PAGE)
    assert '<ol class="results" start="21">' in second.text
    assert 'rel="prev"' in second.text
    by_kind = page.partition('id="by-kind"')[2].partition("</section>")[0]
    addresses = [unescape(address) for address in re.findall(r'href="([^"]+)"', by_kind)]
    assert addresses
    chosen = httpx.get(addresses[0], headers=PAGE).text
    assert say("facet-all", "en") in chosen


def test_what_is_asked_stands_in_the_page_as_text_only(server: str) -> None:
    page = find(server, '"><script>alert(1)</script>', headers=PAGE).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_pages_are_linked_in_headers(server: str) -> None:
    answer = find(server, "tehran", limit=5, kind="Agreement")
    links = dict(reversed(pair) for pair in re.findall(r'<([^>]+)>; rel="(\w+)"', answer.headers["link"]))
    assert set(links) == {"next"}
    second = httpx.get(links["next"])
    assert second.json()["offset"] == 5
    assert second.json()["total"] == answer.json()["total"]
    seen = [hit["id"] for page in (answer, second) for hit in page.json()["results"]]
    assert len(set(seen)) == len(seen)


def test_a_reader_without_a_choice_gets_the_language_of_the_browser(server: str) -> None:
    for headers, label in (({}, "Tehran"), ({"Accept-Language": "fa-IR,en;q=0.5"}, "تهران")):
        assert find(server, "Q3616", headers=headers).json()["results"][0]["label"] == label
    both = find(server, "Q3616", lang="en", headers={"Accept-Language": "fa"})
    assert both.json()["results"][0]["label"] == "Tehran"


def test_suggestions_are_few_and_say_what_they_are(server: str) -> None:
    answer = httpx.get(server + "/suggest", params={"q": "tehr", "limit": 5})
    body = answer.json()
    assert body["query"] == "tehr"
    assert len(body["suggestions"]) == 5
    assert body["suggestions"][0]["id"] == IRI + "city/tehran"
    assert body["suggestions"][0]["kinds"][0]["label"] == "city"
    cities = httpx.get(server + "/suggest", params={"q": "tehr", "kind": "City"}).json()["suggestions"]
    assert [hit["id"] for hit in cities] == [IRI + "city/tehran"]
    assert httpx.get(server + "/suggest", params={"q": ""}).json()["suggestions"] == []


@pytest.mark.parametrize(
    ("path", "query", "words"),
    [
        ("/search", "", "'q'"),
        ("/suggest", "", "'q'"),
        ("/search", "q=a&q=b", "2 times"),
        ("/search", "q=a&limit=0", "limit"),
        ("/search", "q=a&limit=101", "from 1 to 100"),
        ("/suggest", "q=a&limit=21", "from 1 to 20"),
        ("/search", "q=a&offset=-1", "offset"),
        ("/search", "q=a&offset=1001", "from 0 to 1000"),
        ("/search", "q=a&lang=f1", "lang"),
        ("/search", "q=a&format=xml", "json or html"),
        ("/search", "q=a&kind=Towne", "no kind 'Towne'"),
        ("/search", "q=a&country=Atlantis", "no country"),
        ("/search", "q=a" + "&network=x" * 21, "20 times"),
        ("/search", f"q={'a' * (LONGEST + 1)}", str(LONGEST)),
        ("/suggest", f"q={'a' * (LONGEST + 1)}", str(LONGEST)),
    ],
)
def test_what_cannot_be_understood_is_a_problem_that_says_so(server: str, path: str, query: str, words: str) -> None:
    answer = httpx.get(f"{server}{path}?{query}")
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert words in answer.json()["detail"]


@pytest.mark.parametrize("path", ["/search", "/suggest"])
def test_other_types_are_not_acceptable(server: str, path: str) -> None:
    answer = httpx.get(server + path, params={"q": "a"}, headers={"Accept": "image/png"})
    assert answer.status_code == 406
    assert "application/json" in answer.json()["available"]


@pytest.mark.parametrize("path", ["/search", "/suggest"])
def test_who_has_an_answer_is_not_sent_it_again(server: str, path: str) -> None:
    first = httpx.get(server + path, params={"q": "tehran"})
    assert first.headers["cache-control"] == "no-cache"
    tag = first.headers["etag"]
    again = httpx.get(server + path, params={"q": "tehran"}, headers={"If-None-Match": tag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    for params, headers in (
        ({"q": "tehra"}, {}),
        ({"q": "tehran", "limit": "3"}, {}),
        ({"q": "tehran", "kind": "City"}, {}),
        ({"q": "tehran"}, {"Accept-Language": "fa"}),
    ):
        assert httpx.get(server + path, params=params, headers=headers).headers["etag"] != tag
    named = httpx.get(f"{server}/version/{first.headers['citydip-version']}{path}", params={"q": "tehran"})
    assert "immutable" in named.headers["cache-control"]


@pytest.mark.parametrize("path", ["/search", "/suggest"])
def test_head_is_answered_as_get_without_a_body(server: str, path: str) -> None:
    got, head = (httpx.request(method, server + path, params={"q": "tehran"}) for method in ("GET", "HEAD"))
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == got.headers["etag"]
    assert got.headers["access-control-allow-origin"] == "*"


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(st.characters(codec="utf-8"), max_size=LONGEST), st.sampled_from(["/search", "/suggest"]), st.booleans())
def test_any_text_gets_an_answer(server: str, text: str, path: str, page: bool) -> None:
    answer = httpx.get(server + path, params={"q": text}, headers=PAGE if page and path == "/search" else {})
    assert answer.status_code == 200, text


def test_the_front_page_leads_to_the_search(server: str) -> None:
    page = httpx.get(server + "/", headers=PAGE).text
    (form,) = re.findall(r'<form [^>]*role="search"[^>]*>', page)
    (action,) = re.findall(r'action="([^"]+)"', form)
    assert urlsplit(action).path == "/search"


@pytest.fixture
def folder(snapshot: Snapshot, newer: Snapshot, tmp_path: Path) -> Path:
    """Return a folder with both snapshots, of which the older is current."""
    for each in (snapshot, newer):
        shutil.copytree(each.path, tmp_path / each.version)
    write_pointer(tmp_path, snapshot.version)
    return tmp_path


def test_the_index_is_swapped_with_its_snapshot(folder: Path, snapshot: Snapshot, newer: Snapshot) -> None:
    with serving(folder, "--workers", "1", "--watch", "0.2", "--versions", "1") as server:
        before = find(server, "Wulumuqi")
        assert before.headers["citydip-version"] == snapshot.version
        assert "exact" not in {hit["matched"]["how"] for hit in before.json()["results"]}
        write_pointer(folder, newer.version)
        end = time.monotonic() + 60
        while (after := find(server, "Wulumuqi")).headers["citydip-version"] != newer.version:
            assert after.status_code == 200
            assert time.monotonic() < end, "the new version is not served"
            time.sleep(0.05)
        first = after.json()["results"][0]
        assert (first["id"], first["matched"]["how"]) == (IRI + "city/urumqi", "exact")
        assert after.headers["etag"] != before.headers["etag"]
        old = httpx.get(f"{server}/version/{snapshot.version}/search", params={"q": "Wulumuqi"})
        assert old.json()["version"] == snapshot.version
        assert old.json()["results"] == before.json()["results"]


def test_a_snapshot_without_an_index_is_served_but_for_the_search(snapshot: Snapshot, tmp_path: Path) -> None:
    shutil.copytree(snapshot.path, tmp_path / snapshot.version)
    (tmp_path / snapshot.version / "search.sqlite").unlink()
    write_pointer(tmp_path, snapshot.version)
    with serving(tmp_path, "--workers", "1") as server:
        answer = find(server, "tehran")
        assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (503, "no-index")
        assert "citydip build" in answer.json()["detail"]
        assert httpx.get(server + "/sparql", params={"query": "ASK {}"}).status_code == 200
