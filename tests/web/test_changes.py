"""What changed between two versions, asked of a real server that keeps two."""

import json
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from xml.etree import ElementTree as ET

import httpx
import pyoxigraph as ox
import pytest

from citydip.curation.snapshot import Snapshot, write_pointer
from citydip.model.terms import CD, ID
from tests.web.conftest import serving

ATOM = {"a": "http://www.w3.org/2005/Atom"}
URUMQI = str(ID["city/urumqi"])
SENTENCES = {
    "en": "City “Urumqi”: new other name: “Wulumuqi” (source: Names of places).",
    "fa": "شهر «ارومچی»: نام دیگر تازه: «Wulumuqi» (en) (منبع: ",
}


@pytest.fixture(scope="module")
def folder(snapshot: Snapshot, newer: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with both snapshots, of which the newer is current."""
    folder = tmp_path_factory.mktemp("kept")
    for each in (snapshot, newer):
        shutil.copytree(each.path, folder / each.version)
    write_pointer(folder, newer.version)
    return folder


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[str]:
    with serving(folder, "--workers", "2") as address:
        yield address


def get(server: str, accept: str = "application/json", path: str = "/changes", **params: str) -> httpx.Response:
    return httpx.get(server + path, params=params, headers={"Accept": accept}, timeout=60)


def test_the_version_before_and_the_current_one_are_compared(server: str, snapshot: Snapshot, newer: Snapshot) -> None:
    answer = get(server)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    body = answer.json()
    assert (body["from"], body["to"], body["things"]) == (snapshot.version, newer.version, 1)
    assert [(c["class"], c["kind"], c["things"], c["aspects"]) for c in body["counts"]] == [
        (str(CD.City), "changed", 1, {"names": 1})
    ]
    (change,) = body["changes"]
    assert change["thing"] == URUMQI
    assert change["sentence"]["en"] == SENTENCES["en"]
    assert change["sentence"]["fa"].startswith(SENTENCES["fa"])
    assert change["removed"] == []
    assert change["added"] == [
        (
            f'<{URUMQI}> <http://www.w3.org/2004/02/skos/core#altLabel> "Wulumuqi"@en'
            " <https://w3id.org/citydip/graph/register/places> ."
        )
    ]


def test_the_other_way_round_is_the_mirror(server: str, snapshot: Snapshot, newer: Snapshot) -> None:
    there = get(server, **{"from": snapshot.version, "to": newer.version}).json()["changes"]
    back = get(server, **{"from": newer.version, "to": snapshot.version}).json()["changes"]
    assert [each["removed"] for each in back] == [each["added"] for each in there] != [[]]
    assert "no longer other name" in back[0]["sentence"]["en"]


def test_a_version_and_itself_differ_by_nothing(server: str, newer: Snapshot) -> None:
    body = get(server, **{"from": newer.version, "to": newer.version}).json()
    assert (body["things"], body["counts"], body["changes"]) == (0, [], [])
    page = get(server, "text/html", **{"from": newer.version, "to": newer.version})
    assert "Nothing that people or imports say has changed." in page.text


@pytest.mark.parametrize("language", ["en", "fa"])
def test_the_page_tells_the_sentences_and_leads_to_the_thing(server: str, language: str) -> None:
    page = get(server, "text/html,*/*;q=0.1", lang=language)
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["content-language"] == language
    assert SENTENCES[language] in page.text
    assert f'href="/page/city/urumqi?lang={language}"' in page.text
    assert "+ &lt;https://w3id.org/citydip/id/city/urumqi&gt;" in page.text


def test_the_footer_and_the_front_page_lead_there(server: str, snapshot: Snapshot) -> None:
    front = get(server, "text/html", "/").text
    assert 'href="/changes">What changed' in front
    assert f'href="/changes?from={snapshot.version}">what changed since' in front
    assert get(server, "text/html", f"/changes?from={snapshot.version}").status_code == 200
    assert f"[What changed]({server}/changes)" in get(server, path="/llms.txt").text


@pytest.mark.parametrize(
    ("name", "media", "form"),
    [("turtle", "text/turtle", ox.RdfFormat.TURTLE), ("jsonld", "application/ld+json", ox.RdfFormat.JSON_LD)],
)
def test_changes_are_change_sets_in_rdf(
    server: str, snapshot: Snapshot, newer: Snapshot, name: str, media: str, form: ox.RdfFormat
) -> None:
    answer = get(server, media)
    assert answer.headers["content-type"].startswith(media)
    assert get(server, format=name).content == answer.content
    store = ox.Store()
    store.load(answer.content, format=form)
    found = store.query(
        f"""PREFIX cs: <http://purl.org/vocab/changeset/schema#> PREFIX cd: <{CD}>
        PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> PREFIX prov: <http://www.w3.org/ns/prov#>
        SELECT ?thing ?value ?old ?new {{
          ?change a cs:ChangeSet, cd:VersionChange ; cs:subjectOfChange ?thing ; cd:changesThing ?thing ;
            cd:olderVersion ?old ; cd:newerVersion ?new ;
            cd:hasVersionChangeKind <{ID}version-change-kind/names-changed> ;
            cs:addition [ a rdf:Statement ; rdf:subject ?thing ; rdf:object ?value ] .
          ?now prov:wasRevisionOf ?was . FILTER (STRENDS(STR(?now), ?new) && STRENDS(STR(?was), ?old))
        }}"""
    )
    assert isinstance(found, ox.QuerySolutions)
    rows = [[row[i].value for i in range(4)] for row in found]
    assert rows == [[URUMQI, "Wulumuqi", snapshot.version, newer.version]]


def test_the_feed_is_atom(server: str, snapshot: Snapshot, newer: Snapshot) -> None:
    answer = get(server, "application/atom+xml", lang="fa")
    assert answer.headers["content-type"] == "application/atom+xml"
    feed = ET.fromstring(answer.content)
    changes = f"https://w3id.org/citydip/version/{newer.version}/changes?from={snapshot.version}"
    assert feed.findtext("a:id", namespaces=ATOM) == changes
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == "fa"
    (entry,) = feed.findall("a:entry", ATOM)
    assert entry.findtext("a:id", namespaces=ATOM) == changes + "#city-urumqi"
    assert str(entry.findtext("a:title", namespaces=ATOM)).startswith(SENTENCES["fa"])
    for each in (feed, entry):
        assert str(each.findtext("a:updated", namespaces=ATOM)).endswith("+00:00")
    links = [each.get("href", "") for each in feed.iter(f"{{{ATOM['a']}}}link")]
    assert all(httpx.get(link).status_code == 200 for link in links)
    assert len(links) == 4


def test_an_answer_that_is_known_is_not_sent_again(server: str, snapshot: Snapshot, newer: Snapshot) -> None:
    first = get(server)
    assert first.headers["cache-control"] == "no-cache"
    again = httpx.get(server + "/changes", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    fixed = get(server, path=f"/version/{newer.version}/changes", **{"from": snapshot.version})
    assert "immutable" in fixed.headers["cache-control"]
    assert fixed.json()["changes"] == first.json()["changes"]


def test_a_version_that_is_not_kept_is_told_with_those_that_are(
    server: str, snapshot: Snapshot, newer: Snapshot
) -> None:
    for name in ("from", "to"):
        answer = get(server, **{name: "0123456789abcdef"})
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
        problem = answer.json()
        assert problem["type"] == "https://w3id.org/citydip/problem/version-not-kept"
        assert set(problem["available"]) == {snapshot.version, newer.version}
        assert newer.version in problem["detail"]
    assert get(server, "text/html", to="../../etc").status_code == 404


@pytest.mark.parametrize(
    "params",
    [
        {"page": "0"},
        {"limit": "1001"},
        {"kind": "lost"},
        {"format": "pdf"},
        {"all": "yes"},
        {"before": "x"},
        {"page": "1e9"},
    ],
)
def test_what_cannot_be_read_is_told(server: str, params: dict[str, str]) -> None:
    answer = get(server, **params)
    assert answer.status_code == 400
    assert next(iter(params)) in answer.json()["detail"]
    assert httpx.get(server + "/changes?page=1&page=2").status_code == 400
    assert get(server, "image/png").status_code == 406


def test_filters_and_pages(server: str) -> None:
    assert get(server, kind="added").json()["changes"] == []
    assert len(get(server, **{"class": "cd:City"}).json()["changes"]) == 1
    assert get(server, **{"class": "cd:Tie"}).json()["listed"] == 0
    beyond = get(server, page="7", limit="1")
    assert beyond.json()["changes"] == []
    assert 'rel="prev"' in beyond.headers["link"]
    assert 'rel="next"' not in beyond.headers["link"]


def test_what_is_compared_is_kept_and_compared_once(folder: Path, server: str, snapshot: Snapshot) -> None:
    kept = folder / "exports" / "changes"
    shutil.rmtree(kept)
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: get(server), range(6)))
        alive = [get(server, path="/health/live").status_code for _ in range(5)]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert alive == [200] * 5
    (file,) = kept.iterdir()
    written = file.stat().st_mtime_ns
    assert get(server).status_code == 200
    assert file.stat().st_mtime_ns == written


def test_one_version_alone_has_nothing_to_be_compared_with(newer: Snapshot, tmp_path: Path) -> None:
    shutil.copytree(newer.path, tmp_path / newer.version)
    write_pointer(tmp_path, newer.version)
    with serving(tmp_path, "--workers", "1") as server:
        page = get(server, "text/html")
        assert page.status_code == 200
        assert f"Only one version is kept here, {newer.version}" in page.text
        assert "/changes" not in get(server, path="/llms.txt").text
        answer = get(server)
        assert (answer.status_code, answer.json()["available"]) == (404, [newer.version])
        assert "only one version is kept" in answer.json()["detail"]


def test_a_folder_that_cannot_be_written_to_is_told(folder: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "a file"
    blocked.write_text("")
    with serving(folder, "--workers", "1", "--exports", str(blocked)) as server:
        answer = get(server)
        assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[-1]) == (503, "no-changes")
        assert "CITYDIP_EXPORTS" in answer.json()["detail"]
        assert json.loads(get(server, path="/health/live").text) == {"alive": True}
