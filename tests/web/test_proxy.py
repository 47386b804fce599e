"""nginx as deploy/nginx.conf sets it up, with TLS and under a path of its own, in front of two replicas.

Everything runs on this machine's loopback: the ports and the certificate are replaced, the rest is what an operator
installs.
"""

import contextlib
import getpass
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from http.client import HTTPSConnection
from pathlib import Path

import httpx
import pytest
from rdflib import RDF, Graph, Namespace, URIRef

from citydip.curation.snapshot import Snapshot
from tests.conftest import ROOT
from tests.web.conftest import OPERATOR, started, wait_until_ready

NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
OPENSSL = shutil.which("openssl")
pytestmark = pytest.mark.skipif(not (NGINX and OPENSSL), reason="nginx and openssl are not installed")

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
JSON = {"Accept": "application/json"}
OPERATOR_HEADER = {"Authorization": f"Bearer {OPERATOR}"}
CITIES = "SELECT ?city ?label { ?city a cd:City ; rdfs:label ?label } ORDER BY ?city ?label"
LARGE = "SELECT * { ?a a ?b . ?c a ?d } LIMIT 60000"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
ENDLESS_ROWS = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
SLOW = "SELECT (COUNT(*) AS ?n) { { SELECT * { ?a a ?b } LIMIT 500 } ?c a ?d }"

MAIN = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
user {user} {user};
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


class Replica:
    """A server behind the proxy that can be stopped and started again at the same address."""

    def __init__(self, snapshots: Path, public: str) -> None:
        self.snapshots = snapshots
        self.public = public
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._stack = contextlib.ExitStack()

    def start(self) -> None:
        options = ["--port", str(self.port), "--public-url", self.public, "--operator-token", OPERATOR]
        options += ["--workers", "2", "--timeout", "20", "--budget", "0", "--cache", "0"]
        self.process, said = self._stack.enter_context(started(self.snapshots, *options))
        assert said == self.public
        wait_until_ready(self.address)

    def stop(self, how: signal.Signals) -> None:
        self.process.send_signal(how)
        assert self.process.wait(20) in (0, -how)
        self._stack.close()

    def running(self) -> list[dict[str, object]]:
        rows: list[dict[str, object]] = httpx.get(self.address + "/queries/running", headers=OPERATOR_HEADER).json()
        return rows

    def answered(self) -> int:
        """Return how many answers of the endpoint its metrics count."""
        lines = httpx.get(self.address + "/metrics").text.splitlines()
        beginning = 'citydip_requests_total{route="/sparql"'
        return int(sum(float(line.split()[-1]) for line in lines if line.startswith(beginning)))


class Proxy:
    """nginx over some replicas."""

    def __init__(self, folder: Path, trust: ssl.SSLContext, replicas: Callable[[str], list[Replica]]) -> None:
        self.trust = trust
        self.port, self.plain_port = free_port(), free_port()
        self.root = f"https://127.0.0.1:{self.port}"
        self.public = self.root + "/citydip"
        self.replicas = replicas(self.public)
        self.folder = folder

    def client(self, source: str = "127.0.0.1") -> httpx.Client:
        transport = httpx.HTTPTransport(verify=self.trust, local_address=source)
        return httpx.Client(transport=transport, base_url=self.public, timeout=30)

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        site = (ROOT / "deploy" / "nginx.conf").read_text()
        replaced = {
            "listen 80;": f"listen 127.0.0.1:{self.plain_port};",
            "listen [::]:80;": "",
            "listen 443 ssl;": f"listen 127.0.0.1:{self.port} ssl;",
            "listen [::]:443 ssl;": "",
            "server 127.0.0.1:7878 ": f"server 127.0.0.1:{self.replicas[0].port} ",
            "server 127.0.0.1:7879 ": f"server 127.0.0.1:{self.replicas[1].port} ",
            "/etc/ssl/example.org/fullchain.pem": f"{self.folder.parent}/certificate.pem",
            "/etc/ssl/example.org/key.pem": f"{self.folder.parent}/key.pem",
        }
        for before, after in replaced.items():
            assert site.count(before) == 1, before
            site = site.replace(before, after)
        (self.folder / "site.conf").write_text(site)
        (self.folder / "nginx.conf").write_text(MAIN.format(folder=self.folder, user=getpass.getuser()))
        log = self.folder / "error.log"
        command = [str(NGINX), "-p", str(self.folder), "-e", str(log), "-c", str(self.folder / "nginx.conf")]
        with subprocess.Popen(command) as process:
            try:
                self._wait(process)
                yield
            finally:
                process.terminate()
        assert process.returncode == 0
        assert not [line for line in log.read_text().splitlines() if any(f"[{w}]" in line for w in SERIOUS)]

    def _wait(self, process: "subprocess.Popen[bytes]") -> None:
        end = time.monotonic() + 10
        while time.monotonic() < end and process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
                return
            time.sleep(0.05)
        raise AssertionError((self.folder / "error.log").read_text())


SERIOUS = ("emerg", "alert", "crit")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a certificate that says who 127.0.0.1 is."""
    folder = tmp_path_factory.mktemp("proxy")
    command = f"{OPENSSL} req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=127.0.0.1"
    command += " -addext subjectAltName=IP:127.0.0.1 -addext keyUsage=digitalSignature,keyCertSign"
    where = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")]
    subprocess.run([*command.split(), *where], check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def trust(folder: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=folder / "certificate.pem")


@pytest.fixture(scope="module")
def proxy(snapshot: Snapshot, folder: Path, trust: ssl.SSLContext) -> Iterator[Proxy]:
    """Yield nginx over two replicas that run."""
    snapshots = snapshot.path.parent
    (folder / "running").mkdir()
    proxy = Proxy(folder / "running", trust, lambda public: [Replica(snapshots, public) for _ in range(2)])
    with proxy.running():
        for replica in proxy.replicas:
            replica.start()
        try:
            yield proxy
        finally:
            for replica in proxy.replicas:
                replica.stop(signal.SIGTERM)


@pytest.fixture
def client(proxy: Proxy) -> Iterator[httpx.Client]:
    with proxy.client() as client:
        yield client


def links(page: str) -> list[str]:
    """Return all addresses of this service that a page leads to."""
    parts = [part for mark in ('href="', 'src="', 'action="') for part in page.split(mark)[1:]]
    found = [part.split('"', 1)[0].replace("&amp;", "&") for part in parts]
    return [link for link in found if not link.startswith(("https://creativecommons.org/", "data:"))]


def test_links_of_pages_begin_with_the_public_address_and_lead_somewhere(client: httpx.Client, proxy: Proxy) -> None:
    seen = set()
    for path in ("/", "/sparql", "/sparql?query=DESCRIBE+city:mashhad", "/nothing"):
        page = client.get(path, headers=BROWSER)
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        found = links(page.text)
        assert found
        seen.update(found)
    assert [link for link in seen if not link.startswith(proxy.public + "/")] == []
    for link in seen:
        assert client.get(link, headers=BROWSER).status_code == 200, link


def test_links_of_a_pages_own_version_stay_in_that_version(
    client: httpx.Client, proxy: Proxy, snapshot: Snapshot
) -> None:
    begin = f"{proxy.public}/version/{snapshot.version}"
    for path in ("", "/", "/sparql"):
        page = client.get(f"/version/{snapshot.version}{path}", headers=BROWSER)
        assert page.status_code == 200
        found = links(page.text)
        assert [link for link in found if not link.startswith(begin + "/")] == []
        for link in found:
            assert client.get(link, headers=BROWSER).status_code == 200, link


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
    # The first is refused by the service, the second by nginx.
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


def assert_problem(answer: httpx.Response, status: int) -> None:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers.get_list("access-control-allow-origin") == ["*"]
    assert answer.json()["status"] == status


def test_when_no_replica_is_there_the_client_is_told_to_come_back(
    snapshot: Snapshot, folder: Path, trust: ssl.SSLContext
) -> None:
    (folder / "alone").mkdir()
    alone = Proxy(folder / "alone", trust, lambda public: [Replica(snapshot.path.parent, public) for _ in range(2)])
    with alone.running(), alone.client() as client:
        answer = client.get("/sparql", params={"query": CITIES})
    assert_problem(answer, 503)
    assert answer.headers["retry-after"] == "2"


def test_counts_of_one_replica_are_not_shown_to_all(client: httpx.Client) -> None:
    assert client.get("/metrics").status_code == 404


def until(condition: Callable[[], object], seconds: float = 5) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


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


def test_a_query_is_stopped_whichever_replica_runs_it(client: httpx.Client, proxy: Proxy) -> None:
    for turn in range(4):
        name = f"to-be-stopped-in-turn-{turn}"
        answers: list[httpx.Response] = []

        def ask(name: str = name, answers: list[httpx.Response] = answers) -> None:
            with proxy.client() as own:
                answers.append(own.post("/sparql", data={"query": ENDLESS, "query-id": name}, headers=JSON))

        asking = threading.Thread(target=ask)
        asking.start()
        assert until(lambda: any(replica.running() for replica in proxy.replicas))
        assert client.delete(f"/queries/{name}").status_code == 204
        asking.join()
        assert answers[0].status_code == 409
    assert_problem(client.delete("/queries/nobody-runs-a-query-of-this-name"), 404)


def test_a_client_that_goes_away_stops_its_query(proxy: Proxy) -> None:
    with proxy.client() as client, pytest.raises(httpx.ReadTimeout):
        client.get("/sparql", params={"query": ENDLESS}, timeout=1)
    assert until(lambda: not any(replica.running() for replica in proxy.replicas), 2)


class Load:
    """Four clients that ask without a pause, by GET and by POST, for a quick answer and for one that takes a while."""

    def __init__(self, proxy: Proxy) -> None:
        self.proxy = proxy
        self.answers: Counter[tuple[str, int]] = Counter()
        self.broken = 0
        self.wrong: list[str] = []
        self._done = threading.Event()
        with proxy.client() as client:
            self.expected = {query: client.post("/sparql", data={"query": query}).text for query in (CITIES, SLOW)}

    def __enter__(self) -> "Load":
        kinds = [("GET", CITIES), ("POST", CITIES), ("GET", SLOW), ("POST", SLOW)]
        self._threads = [threading.Thread(target=self._ask, args=kind) for kind in kinds]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        for thread in self._threads:
            thread.join()

    def _ask(self, method: str, query: str) -> None:
        with self.proxy.client() as client:
            while not self._done.is_set():
                try:
                    by_get, by_post = ({"query": query}, None) if method == "GET" else (None, {"query": query})
                    answer = client.request(method, "/sparql", params=by_get, data=by_post)
                    self.answers[method, answer.status_code] += 1
                    if answer.status_code != 200 or answer.text != self.expected[query]:
                        self.wrong.append(f"{method} {answer.status_code} {answer.text[:200]}")
                except httpx.HTTPError as error:
                    if "without sending complete message body" in str(error):
                        self.broken += 1
                    else:
                        self.wrong.append(f"{method} {error!r}")


def restart_under_load(replica: Replica, other: Replica, how: signal.Signals) -> None:
    """End a replica while it answers, and bring it back."""
    asked = replica.answered()
    assert until(lambda: replica.answered() > asked + 20 and replica.running(), 30), "it is not asked"
    replica.stop(how)
    left = other.answered()
    assert until(lambda: other.answered() > left + 20, 30), "the other one is not asked"
    replica.start()
    # A request that has tried this replica while it was away does not try it again: the other one must not go before
    # these have their answers. So says docs/how-to/deploy.md.
    begun = {row["id"] for row in other.running()}
    assert until(lambda: not begun & {row["id"] for row in other.running()}, 30)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_replica_that_ends_under_load_loses_no_request(proxy: Proxy, how: signal.Signals) -> None:
    with Load(proxy) as load:
        for replica, other in zip(proxy.replicas, reversed(proxy.replicas), strict=True):
            restart_under_load(replica, other, how)
    assert load.wrong == []
    assert load.answers["GET", 200] > 100
    assert load.answers["POST", 200] > 100
    # A process that is killed between the first and the last byte of an answer takes the rest with it. No proxy can
    # mend that, but the client can tell, and asks again. A process that is asked to end breaks none.
    assert load.broken <= (2 if how is signal.SIGKILL else 0)


def test_whoever_waits_when_the_server_ends_is_told_to_ask_again(snapshot: Snapshot) -> None:
    options = ["--workers", "1", "--timeout", "1"]
    answers: list[httpx.Response] = []
    with started(snapshot.path.parent, *options) as (process, address):
        wait_until_ready(address)

        def ask() -> None:
            answers.append(httpx.post(address + "/sparql", data={"query": ENDLESS}, headers=JSON, timeout=30))

        threads = [threading.Thread(target=ask) for _ in range(10)]
        for thread in threads:
            thread.start()
        assert until(lambda: answers)
        process.terminate()
        for thread in threads:
            thread.join()
    # 504 for those that were run, and 503 for those that were not: that sends a proxy on to the next replica.
    assert Counter(answer.status_code for answer in answers).keys() == {503, 504}
    for answer in answers:
        assert_problem(answer, answer.status_code)
        assert (answer.headers.get("retry-after") is not None) == (answer.status_code == 503)
