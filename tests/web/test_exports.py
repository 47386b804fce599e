"""Exports over HTTP: made once, whole or in ranges, with checksums that hold."""

import base64
import gzip
import hashlib
import html
import subprocess
from pathlib import Path

import httpx
import pytest

from citydip.curation.snapshot import Snapshot
from citydip.services.citing import CITATIONS
from citydip.services.exporting.forms import EXPORTS
from citydip.services.exporting.licences import LICENCES
from tests.web.conftest import serving, started, wait_until_ready
from tests.web.test_site import Reading


@pytest.fixture(scope="module")
def place(snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder for the exports of a server."""
    return tmp_path_factory.mktemp("exports")


@pytest.fixture(scope="module")
def server(snapshot: Snapshot, place: Path):  # type: ignore[no-untyped-def]
    with serving(snapshot.path.parent, "--exports", str(place), "--workers", "1", "--timeout", "120") as address:
        yield address


def test_the_list_names_every_export_and_says_what_is_made(server: str) -> None:
    httpx.get(server + "/export/events.csv", timeout=130).raise_for_status()
    listed = httpx.get(server + "/export").json()
    assert [export["name"] for export in listed["exports"]] == list(EXPORTS)
    events = next(export for export in listed["exports"] if export["name"] == "events.csv")
    file = events["files"][0]
    answer = httpx.get(file["url"])
    assert file["made"]
    assert (file["size"], file["sha256"]) == (len(answer.content), hashlib.sha256(answer.content).hexdigest())


@pytest.mark.parametrize("language", ["en", "fa"])
def test_a_browser_gets_a_page_that_says_what_each_export_is_and_for_which_tools(server: str, language: str) -> None:
    file = httpx.get(server + "/export/events.csv", timeout=130)
    asked = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    page = httpx.get(server + "/export", params={"lang": language}, headers=asked)
    assert (page.status_code, page.headers["content-language"]) == (200, language)
    assert "Accept" in page.headers["vary"]
    reading = Reading(page.text)
    assert (reading.wrong, reading.open, reading.headings.count(1)) == ([], [], 1)
    links = {link.removeprefix(server) for link in reading.links}
    for export in EXPORTS.values():
        assert f"/export/{export.name}" in links
        assert not export.packed or f"/export/{export.name}.zst" in links
        assert html.escape(export.title[language]) in page.text
        assert export.kind == "about" or export.tools
        assert all(f'<bdi dir="ltr">{tool}</bdi>' in page.text for tool in export.tools)
    assert hashlib.sha256(file.content).hexdigest() in page.text
    assert {LICENCES["CC-BY-4.0"], "/export/SHA256SUMS", "/export/attribution.txt"} <= links
    front = httpx.get(server + "/", headers=asked, params={"lang": language}).text
    assert f'href="/export?lang={language}"' in front


def test_who_asks_for_anything_gets_the_list_as_json(server: str) -> None:
    for accept in ("*/*", "application/json", "text/html;q=0.5, application/json", "image/png"):
        listed = httpx.get(server + "/export", headers={"Accept": accept})
        assert listed.headers["content-type"] == "application/json", accept


def test_an_export_is_whole_with_checksum_version_and_licence(server: str, snapshot: Snapshot) -> None:
    answer = httpx.get(server + "/export/graph.nt", headers={"Accept-Encoding": "gzip, br, zstd"}, timeout=130)
    assert answer.status_code == 200
    assert "content-encoding" not in answer.headers
    assert answer.headers["content-type"].startswith("application/n-triples")
    digest = hashlib.sha256(answer.content).digest()
    assert answer.headers["repr-digest"] == f"sha-256=:{base64.b64encode(digest).decode()}:"
    assert answer.headers["etag"] == f'"{digest.hex()}"'
    assert answer.headers["content-disposition"].endswith(f'"citydip-{snapshot.version}-graph.nt"')
    assert answer.headers["citydip-version"] == snapshot.version
    assert 'rel="license"' in answer.headers["link"]
    assert "GeoNames" in httpx.get(server + "/export/attribution.txt", timeout=130).text
    packed = httpx.get(server + "/export/graph.nt.gz", timeout=130)
    assert packed.headers["content-type"] == "application/gzip"
    assert gzip.decompress(packed.content) == answer.content


def test_checksums_are_those_that_sha256sum_reads(server: str, tmp_path: Path) -> None:
    for name in ("people.csv", "tables.md"):
        (tmp_path / name).write_bytes(httpx.get(f"{server}/export/{name}", timeout=130).content)
    sums = httpx.get(server + "/export/SHA256SUMS").text
    mine = [line for line in sums.splitlines() if line.endswith(("  people.csv", "  tables.md"))]
    (tmp_path / "SHA256SUMS").write_text("\n".join(mine) + "\n")
    done = subprocess.run(
        ["sha256sum", "--check", "SHA256SUMS"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.stdout == "people.csv: OK\ntables.md: OK\n"


def test_a_download_goes_on_where_it_stopped(server: str) -> None:
    address = server + "/export/ties.csv"
    whole = httpx.get(address, timeout=130)
    half = len(whole.content) // 2
    first = httpx.get(address, headers={"Range": f"bytes=0-{half - 1}"})
    rest = httpx.get(address, headers={"Range": f"bytes={half}-", "If-Range": first.headers["etag"]})
    assert (first.status_code, rest.status_code) == (206, 206)
    assert first.content + rest.content == whole.content
    assert rest.headers["content-range"] == f"bytes {half}-{len(whole.content) - 1}/{len(whole.content)}"
    assert rest.headers["repr-digest"] == whole.headers["repr-digest"]
    other = httpx.get(address, headers={"Range": f"bytes={half}-", "If-Range": '"another"'})
    assert (other.status_code, other.content) == (200, whole.content)
    known = httpx.get(address, headers={"If-None-Match": whole.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")
    assert httpx.get(address, headers={"Range": "bytes=-7"}).content == whole.content[-7:]
    for unread in ("bytes=", "lines=1-2", "bytes=9-3", "bytes=0-1,5-6", "bytes=a-b"):
        assert httpx.get(address, headers={"Range": unread}).content == whole.content
    beyond = httpx.get(address, headers={"Range": f"bytes={len(whole.content)}-"})
    assert beyond.status_code == 416
    assert beyond.json()["type"].endswith("/range")
    assert beyond.headers["content-range"] == f"bytes */{len(whole.content)}"
    head = httpx.head(address)
    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["content-length"]) == len(whole.content)


def test_a_selection_is_a_file_of_its_own(server: str) -> None:
    everything = httpx.get(server + "/export/ties.csv", timeout=130).text
    some = httpx.get(server + "/export/ties.csv", params={"country": "CN", "status": "signed"}, timeout=130)
    assert 1 < len(some.text.splitlines()) < len(everything.splitlines())
    assert some.headers["etag"] == httpx.get(server + "/export/ties.csv?status=signed&country=cn").headers["etag"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/export/ties.xlsx", 404),
        ("/export/..%2Fties.csv", 404),
        ("/export/ties.csv?country=Iran", 400),
        ("/export/ties.csv?colour=red", 400),
        ("/export/ties.csv?type=--out%3Dx", 400),
        ("/export/cities.csv?on=2016-01-01", 400),
        ("/frames/nothing.jsonld", 404),
    ],
)
def test_what_makes_no_sense_is_a_problem_that_says_what_to_do(server: str, path: str, status: int) -> None:
    answer = httpx.get(server + path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


def test_the_context_and_a_frame_are_json_ld(server: str) -> None:
    context = httpx.get(server + "/context.jsonld")
    assert context.headers["content-type"].startswith("application/ld+json")
    assert context.json()["@context"]["Tie"] == {"@id": "cd:Tie"}
    assert httpx.get(server + "/frames/tie.jsonld").json()["@type"] == "Tie"


def test_a_version_in_the_path_never_changes(server: str, snapshot: Snapshot) -> None:
    answer = httpx.get(f"{server}/version/{snapshot.version}/export/events.csv", timeout=130)
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]


def test_who_does_not_wait_long_enough_is_told_to_come_again(snapshot: Snapshot, tmp_path: Path) -> None:
    with serving(snapshot.path.parent, "--exports", str(tmp_path), "--timeout", "0.05", "--workers", "1") as address:
        answer = httpx.get(address + "/export/graph.ttl")
        assert answer.status_code == 503
        assert answer.json()["type"].endswith("/export-in-making")
        assert int(answer.headers["retry-after"]) > 0
    # The server has ended, and nothing half made is left.
    assert not list(tmp_path.rglob(".making-*"))
    assert not list(tmp_path.rglob("graph.ttl"))


def test_a_server_that_cannot_write_says_so(snapshot: Snapshot, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with started(snapshot.path.parent, "--exports", str(tmp_path / "file" / "x"), "--workers", "1") as (_, address):
        wait_until_ready(address)
        answer = httpx.get(address + "/export/events.csv", timeout=60)
        assert answer.status_code == 503
        assert "CITYDIP_EXPORTS" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("path", "words"), [("city/semnan", "Semnan"), ("version", "knowledge graph"), ("query/mayors", "ayors")]
)
def test_things_queries_and_versions_are_cited(server: str, snapshot: Snapshot, path: str, words: str) -> None:
    for form, media_type in CITATIONS.items():
        answer = httpx.get(f"{server}/cite/{path}", params={"format": form, "lang": "en", "content": "en"})
        assert answer.headers["content-type"].startswith(media_type)
        assert words in answer.text
        assert snapshot.version in answer.text
    # What is cited can be read.
    (item,) = httpx.get(f"{server}/cite/{path}?format=csl").json()
    assert httpx.get(item["URL"], follow_redirects=True).status_code == 200
    assert httpx.get(server + "/cite/query/nothing").status_code == 404
