"""Pages, queries, streams and errors through each proxy, under a path of its own and with TLS ending there."""

import contextlib
import json
import shutil
import signal
import subprocess
import threading
import time
from http.client import HTTPSConnection
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest
from rdflib import RDF, Graph, Namespace, URIRef

from citydip.curation.snapshot import Snapshot
from tests.web.proxy.proxies import (
    CITIES,
    ENDLESS,
    ENDLESS_ROWS,
    JSON,
    Proxy,
    Replica,
    assert_problem,
    proxy_of,
    until,
)

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
LARGE = "SELECT * { ?a a ?b . ?c a ?d } LIMIT 60000"


def links(page: httpx.Response) -> list[str]:
    """Return all addresses of this service that a page leads to, as a browser follows them from there."""
    parts = [part for mark in ('href="', 'src="', 'action="') for part in page.text.split(mark)[1:]]
    found = [part.split('"', 1)[0].replace("&amp;", "&") for part in parts]
    return [
        urljoin(str(page.url), link)
        for link in found
        if not link.startswith(("https://creativecommons.org/", "https://w3id.org/", "data:", "#"))
    ]


def test_links_of_pages_begin_with_the_public_address_and_lead_somewhere(client: httpx.Client, proxy: Proxy) -> None:
    seen = set()
    for path in ("/", "/sparql", "/sparql?query=DESCRIBE+city:mashhad", "/nothing"):
        page = client.get(path, headers=BROWSER)
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        found = links(page)
        assert found
        seen.update(found)
    assert [link for link in seen if not link.startswith(proxy.public + "/")] == []
    for link in seen - {link for link in seen if "/nothing" in link}:
        assert client.get(link, headers=BROWSER, follow_redirects=True).status_code == 200, link


def test_links_of_a_pages_own_version_stay_in_that_version(
    client: httpx.Client, proxy: Proxy, snapshot: Snapshot
) -> None:
    begin = f"{proxy.public}/version/{snapshot.version}"
    for path in ("", "/", "/sparql"):
        page = client.get(f"/version/{snapshot.version}{path}", headers=BROWSER)
        assert page.status_code == 200
        found = links(page)
        assert [link for link in found if not link.startswith(begin + "/")] == []
        for link in found:
            assert client.get(link, headers=BROWSER, follow_redirects=True).status_code == 200, link


def test_the_service_description_names_the_public_address(
    client: httpx.Client, proxy: Proxy, snapshot: Snapshot
) -> None:
    for prefix in ("", f"/version/{snapshot.version}"):
        answer = client.get(prefix + "/sparql")
        graph = Graph().parse(data=answer.text, format="turtle")
        service = URIRef(f"{proxy.public}{prefix}/sparql")
        assert (service, RDF.type, SD.Service) in graph
        assert (service, SD.endpoint, service) in graph


def test_the_description_of_the_addresses_begins_at_the_public_address(client: httpx.Client, proxy: Proxy) -> None:
    document = client.get("/openapi.json").json()
    assert [server["url"] for server in document["servers"]] == [proxy.public]


def test_no_redirect_leads_out_of_the_path(client: httpx.Client, proxy: Proxy, snapshot: Snapshot) -> None:
    bare = client.get(proxy.root + "/citydip")
    assert (bare.status_code, bare.headers["location"]) == (308, "/citydip/")
    for path in ("/health/live/", "/openapi.json/", "/static", f"/version/{snapshot.version}/health/live/"):
        answer = client.get(path)
        target = answer.headers.get("location")
        assert target is None or target.startswith(proxy.public + "/"), target


def test_without_a_public_address_links_follow_the_name_and_the_scheme_of_the_client(
    kind: str, snapshot: Snapshot, certificate: Path, tmp_path: Path
) -> None:
    bare = proxy_of(kind)(tmp_path / "bare", certificate, snapshot.path.parent)
    replica = Replica(snapshot.path.parent, port=bare.replicas[0].port)
    replica.start()
    try:
        with bare.running(), bare.client() as client:
            claimed = {"X-Forwarded-Proto": "gopher"}
            described = [client.get("/sparql", headers=headers).text for headers in ({}, claimed)]
    finally:
        replica.stop(signal.SIGTERM)
    # The path that the proxy takes off cannot be known: that is what --public-url is for.
    service = URIRef(f"{bare.root}/sparql")
    for text in described:
        assert (service, SD.endpoint, service) in Graph().parse(data=text, format="turtle")


def test_what_is_not_there_says_where_to_begin(client: httpx.Client, proxy: Proxy) -> None:
    assert client.get("/nothing", headers=JSON).json()["detail"].endswith(f"begin at {proxy.public}/")


def test_plain_http_is_sent_to_tls_with_method_and_query(proxy: Proxy) -> None:
    answer = httpx.post(f"http://127.0.0.1:{proxy.plain_port}/citydip/sparql?format=csv")
    assert answer.status_code == 308
    assert answer.headers["location"] == "https://127.0.0.1/citydip/sparql?format=csv"


def test_the_three_ways_of_asking_give_the_replicas_answer(client: httpx.Client, proxy: Proxy) -> None:
    expected = httpx.get(proxy.replicas[0].address + "/sparql", params={"query": CITIES})
    answers = [
        client.get("/sparql", params={"query": CITIES}),
        client.post("/sparql", data={"query": CITIES}),
        client.post("/sparql", content=CITIES, headers={"Content-Type": "application/sparql-query"}),
    ]
    for answer in answers:
        assert (answer.status_code, answer.content) == (200, expected.content)
        for name in ("content-type", "citydip-version", "access-control-allow-origin", "vary", "etag"):
            assert answer.headers[name] == expected.headers[name]


@pytest.mark.parametrize("media_type", ["text/csv", "text/tab-separated-values", "application/sparql-results+xml"])
def test_the_format_is_chosen_through_the_proxy(client: httpx.Client, media_type: str) -> None:
    answer = client.get("/sparql", params={"query": CITIES}, headers={"Accept": media_type})
    assert answer.headers["content-type"] == media_type + "; charset=utf-8"
    assert "https://w3id.org/citydip/id/city/mashhad" in answer.text


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd", "identity", None])
def test_an_answer_is_compressed_by_the_service_as_the_client_likes(
    client: httpx.Client, proxy: Proxy, encoding: str | None
) -> None:
    seen = []
    for begin in (proxy.public, proxy.replicas[0].address):
        request = client.build_request("GET", begin + "/sparql", params={"query": CITIES})
        del request.headers["accept-encoding"]
        if encoding is not None:
            request.headers["accept-encoding"] = encoding
        answer = client.send(request, stream=True)
        raw = b"".join(answer.iter_raw())
        # The first ten bytes of gzip tell when it was made.
        seen.append((answer.headers.get("content-encoding"), answer.headers["etag"], answer.headers["vary"], raw[10:]))
    assert seen[0] == seen[1]
    assert seen[0][0] == (None if encoding in ("identity", None) else encoding)


def test_head_has_the_headers_and_no_body(client: httpx.Client) -> None:
    by_get, by_head = (client.request(method, "/sparql", params={"query": CITIES}) for method in ("GET", "HEAD"))
    assert (by_head.status_code, by_head.content) == (200, b"")
    for name in ("content-type", "etag", "citydip-version"):
        assert by_head.headers[name] == by_get.headers[name]


def test_what_the_client_has_is_not_sent_again(client: httpx.Client) -> None:
    tag = client.get("/sparql", params={"query": CITIES}).headers["etag"]
    again = client.get("/sparql", params={"query": CITIES}, headers={"If-None-Match": tag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert again.headers["access-control-allow-origin"] == "*"


def test_a_preflight_is_answered(client: httpx.Client) -> None:
    answer = client.options("/sparql", headers={"Origin": "http://x", "Access-Control-Request-Method": "POST"})
    assert answer.status_code == 204
    assert "POST" in answer.headers["access-control-allow-methods"]


def test_a_query_of_48_kib_fits_into_the_address(client: httpx.Client) -> None:
    answer = client.get("/sparql", params={"query": "ASK {" + " " * 48_000 + "}"})
    assert answer.json()["boolean"] is True


def test_a_large_answer_streams_and_is_whole(client: httpx.Client) -> None:
    asked = {"query": LARGE}
    for method in ("GET", "POST"):
        by_get, by_post = (asked, None) if method == "GET" else (None, asked)
        headers = {"Accept": "text/csv"}
        with client.stream(method, "/sparql", headers=headers, params=by_get, data=by_post) as answer:
            assert answer.headers["transfer-encoding"] == "chunked"
            lines = sum(chunk.count(b"\n") for chunk in answer.iter_bytes())
        assert lines == 60001


def test_an_answer_is_passed_on_as_it_comes_and_a_cut_one_is_not_taken_for_whole(client: httpx.Client) -> None:
    began = time.monotonic()
    params = {"query": ENDLESS_ROWS, "format": "json", "timeout": "3"}
    with client.stream("GET", "/sparql", params=params, headers={"Accept-Encoding": "identity"}) as answer:
        chunks = answer.iter_bytes()
        next(chunks)
        assert time.monotonic() - began < 2, "the beginning was held back"
        with pytest.raises(httpx.RemoteProtocolError):
            for _ in chunks:
                pass


def test_curl_can_tell_that_an_answer_was_cut(proxy: Proxy) -> None:
    # It speaks HTTP/2 where the proxy does, as browsers do: an answer breaks off in another way there.
    curl = shutil.which("curl")
    if curl is None:
        pytest.skip("curl is not installed")
    command = [curl, "--silent", "--cacert", str(proxy.certificate), "--get", proxy.public + "/sparql"]
    command += ["--data-urlencode", f"query={ENDLESS_ROWS}", "--data", "format=json&timeout=3"]
    done = subprocess.run(command, check=False, capture_output=True, timeout=30)
    assert done.stdout
    assert done.returncode in (18, 92), done.stderr


@pytest.mark.parametrize(
    ("path", "params", "status"),
    [
        ("/sparql", {"query": "SELECT * { ?s ?p"}, 400),
        ("/sparql", {"query": "DROP ALL"}, 403),
        ("/nothing", {}, 404),
        ("/version/0000000000000000/sparql", {"query": "ASK {}"}, 404),
        ("/sparql", {"query": ENDLESS, "timeout": "0.5"}, 504),
    ],
)
def test_errors_are_the_services_own(
    client: httpx.Client, snapshot: Snapshot, path: str, params: dict[str, str], status: int
) -> None:
    answer = client.get(path, params=params, headers=JSON)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers.get_list("access-control-allow-origin") == ["*"]
    assert answer.headers["citydip-version"] == snapshot.version
    assert answer.json()["status"] == status


def test_a_body_that_is_too_large_is_refused_as_the_service_does_it(client: httpx.Client) -> None:
    # The first by the service, the second by nginx; Caddy leaves both to the service.
    for size in (1_500_000, 3_000_000):
        headers = {"Content-Type": "application/sparql-query"}
        assert_problem(client.post("/sparql", content=b"#" * size, headers=headers), 413)


def test_an_address_that_is_too_long_says_what_to_do(proxy: Proxy) -> None:
    # The client of the other tests would not send it.
    with contextlib.closing(HTTPSConnection("127.0.0.1", proxy.port, context=proxy.trust)) as connection:
        connection.request("GET", "/citydip/sparql?query=ASK{" + "+" * 100_000 + "}")
        answer = connection.getresponse()
        problem = json.loads(answer.read())
    assert (answer.status, problem["status"]) == (414, 414)
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["content-type"] == "application/problem+json"
    assert "by POST" in problem["detail"]


def test_an_address_of_half_a_mebibyte_is_refused(proxy: Proxy, kind: str) -> None:
    with contextlib.closing(HTTPSConnection("127.0.0.1", proxy.port, context=proxy.trust)) as connection:
        # nginx may answer, and go away, before all of it is sent; its answer is there to be read nevertheless.
        with contextlib.suppress(OSError):
            connection.request("GET", "/citydip/sparql?query=ASK{" + "+" * 500_000 + "}")
        # Caddy 2.11.7 reads no more than max_header_size, and has no setting for what it then says.
        assert connection.getresponse().status == {"nginx": 414, "caddy": 431}[kind]


@pytest.mark.parametrize("path", ["/metrics", "/metrics?x", "/%6Detrics", "/metrics/", "//metrics", "/x/../metrics"])
def test_counts_of_one_replica_are_not_shown_to_all(proxy: Proxy, path: str) -> None:
    # The client of the other tests would tidy the address.
    with contextlib.closing(HTTPSConnection("127.0.0.1", proxy.port, context=proxy.trust)) as connection:
        connection.request("GET", "/citydip" + path)
        answer = connection.getresponse()
        assert answer.status in (307, 308, 404)
        assert b"citydip_requests" not in answer.read()


def test_the_replica_sees_the_client_and_not_what_it_claims_to_be(proxy: Proxy) -> None:
    name = "seen-as-the-client-it-is"
    with proxy.client("127.0.0.2") as client:
        params = {"query": ENDLESS, "query-id": name, "timeout": "10"}
        asking = threading.Thread(
            target=client.get, args=("/sparql",), kwargs={"params": params, "headers": {"X-Forwarded-For": "192.0.2.9"}}
        )
        asking.start()
        assert until(lambda: any(replica.running() for replica in proxy.replicas))
        assert [row["client"] for replica in proxy.replicas for row in replica.running()] == ["127.0.0.2"]
        assert client.delete(f"/queries/{name}").status_code == 204
        asking.join()


def test_the_access_log_names_the_client_and_not_what_it_claims_to_be(proxy: Proxy) -> None:
    with proxy.client("127.0.0.3") as client:
        headers = {"X-Forwarded-For": "192.0.2.9", "X-Real-IP": "192.0.2.9", "Forwarded": "for=192.0.2.9"}
        assert client.get("/health/live", headers=headers).status_code == 200

    def logged() -> list[dict[str, object]]:
        lines = proxy.access_log.read_text().splitlines()
        return [line for line in map(json.loads, lines) if line["client"] == "127.0.0.3"]

    assert until(logged)
    assert [(line["path"], line["status"]) for line in logged()] == [("/health/live", 200)]
    assert "192.0.2.9" not in proxy.access_log.read_text()
