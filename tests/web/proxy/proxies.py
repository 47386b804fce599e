"""The proxies of deploy/ over replicas of the service: each runs as an operator would install it.

Everything is on this machine's loopback. The ports, the name and the certificate are replaced, and the rest is what
stands in deploy/nginx.conf and deploy/Caddyfile.
"""

import contextlib
import getpass
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sysconfig
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import httpx
import pytest

from tests.conftest import ROOT
from tests.web.conftest import OPERATOR, started, wait_until_ready

CITIES = "SELECT ?city ?label { ?city a cd:City ; rdfs:label ?label } ORDER BY ?city ?label"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
ENDLESS_ROWS = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
JSON = {"Accept": "application/json"}
OPERATOR_HEADER = {"Authorization": f"Bearer {OPERATOR}"}
KINDS = ("nginx", "caddy")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def until(condition: Callable[[], object], seconds: float = 5) -> bool:
    """Return whether a condition becomes true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


def assert_problem(answer: httpx.Response, status: int) -> None:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers.get_list("access-control-allow-origin") == ["*"]
    assert answer.json()["status"] == status


class Replica:
    """A server behind the proxy that can be stopped and started again at the same address."""

    def __init__(self, snapshots: Path, *options: str, port: int | None = None) -> None:
        self.snapshots = snapshots
        self.options = options
        self.port = port or free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._stack = contextlib.ExitStack()

    def start(self) -> None:
        options = ["--port", str(self.port), "--operator-token", OPERATOR, *self.options]
        options += ["--workers", "2", "--timeout", "20", "--budget", "0", "--cache", "0"]
        self.process, said = self._stack.enter_context(started(self.snapshots, *options))
        if "--public-url" in self.options:
            assert said == self.options[self.options.index("--public-url") + 1]
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


def replace_once(text: str, replaced: Mapping[str, str]) -> str:
    """Return a configuration with other names and addresses, each of which must stand in it once."""
    for before, after in replaced.items():
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    return text


class Proxy:
    """A proxy over two replicas, which need not run."""

    command: str | None = None

    def __init__(self, folder: Path, certificate: Path, snapshots: Path) -> None:
        folder.mkdir()
        self.folder = folder
        self.certificate = certificate / "certificate.pem"
        self.key = certificate / "key.pem"
        self.trust = ssl.create_default_context(cafile=self.certificate)
        self.port, self.plain_port = free_port(), free_port()
        self.root = f"https://127.0.0.1:{self.port}"
        self.public = self.root + "/citydip"
        self.log = folder / "error.log"
        self.access_log = folder / "access.log"
        options = ["--public-url", self.public, "--access-log", str(self.access_log)]
        self.replicas = [Replica(snapshots, *options) for _ in range(2)]

    def client(self, source: str = "127.0.0.1") -> httpx.Client:
        transport = httpx.HTTPTransport(verify=self.trust, local_address=source)
        return httpx.Client(transport=transport, base_url=self.public, timeout=30)

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Run the proxy."""
        with self.log.open("a") as log, self._start(log.fileno()) as process:
            try:
                self._wait(process)
                yield
            finally:
                process.terminate()
        assert process.returncode == 0
        assert [line for line in self.log.read_text().splitlines() if self._serious(line)] == []

    def _start(self, log: int) -> "subprocess.Popen[bytes]":
        raise NotImplementedError

    def _serious(self, line: str) -> bool:
        """Return whether a line of the log tells what must not be."""
        raise NotImplementedError

    def _wait(self, process: "subprocess.Popen[bytes]") -> None:
        end = time.monotonic() + 20
        while time.monotonic() < end and process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
                return
            time.sleep(0.05)
        raise AssertionError(self.log.read_text())


NGINX_MAIN = """
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


class Nginx(Proxy):
    """nginx with deploy/nginx.conf."""

    command = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")

    def _start(self, log: int) -> "subprocess.Popen[bytes]":
        replaced = {
            "listen 80;": f"listen 127.0.0.1:{self.plain_port};",
            "listen [::]:80;": "",
            "listen 443 ssl;": f"listen 127.0.0.1:{self.port} ssl;",
            "listen [::]:443 ssl;": "",
            "server 127.0.0.1:7878 ": f"server 127.0.0.1:{self.replicas[0].port} ",
            "server 127.0.0.1:7879 ": f"server 127.0.0.1:{self.replicas[1].port} ",
            "/etc/ssl/example.org/fullchain.pem": str(self.certificate),
            "/etc/ssl/example.org/key.pem": str(self.key),
        }
        site = replace_once((ROOT / "deploy" / "nginx.conf").read_text(), replaced)
        (self.folder / "site.conf").write_text(site)
        main = self.folder / "nginx.conf"
        main.write_text(NGINX_MAIN.format(folder=self.folder, user=getpass.getuser()))
        return subprocess.Popen([str(self.command), "-p", str(self.folder), "-e", str(self.log), "-c", str(main)])

    def _serious(self, line: str) -> bool:
        return any(f"[{word}]" in line for word in ("emerg", "alert", "crit"))


# No port but its own: neither 80 and 443, nor 2019, where Caddy takes orders.
CADDY_MAIN = """
{{
	admin off
	persist_config off
	http_port {plain_port}
	https_port {port}
	default_bind 127.0.0.1
	skip_install_trust
	storage file_system {folder}
	grace_period 5s
"""


class Caddy(Proxy):
    """Caddy with deploy/Caddyfile."""

    command = shutil.which("caddy", path=sysconfig.get_path("scripts")) or shutil.which("caddy")

    def _start(self, log: int) -> "subprocess.Popen[bytes]":
        options = CADDY_MAIN.format(port=self.port, plain_port=self.plain_port, folder=self.folder)
        replaced = {
            "\n{\n": options,
            "\nexample.org {": f"\n127.0.0.1 {{\n\ttls {self.certificate} {self.key}",
        }
        site = replace_once((ROOT / "deploy" / "Caddyfile").read_text(), replaced)
        for before, replica in zip(("127.0.0.1:7878", "127.0.0.1:7879"), self.replicas, strict=True):
            site = site.replace(before, f"127.0.0.1:{replica.port}")
        path = self.folder / "Caddyfile"
        path.write_text(site)
        environment = {**os.environ, "HOME": str(self.folder), "XDG_CONFIG_HOME": str(self.folder)}
        command = [str(self.command), "run", "--config", str(path), "--adapter", "caddyfile"]
        return subprocess.Popen(command, env=environment, stdout=log, stderr=log)

    def _serious(self, line: str) -> bool:
        return any(f'"level":"{word}"' in line for word in ("panic", "fatal", "dpanic"))


def proxy_of(kind: str) -> type[Proxy]:
    """Return a proxy by its name; skip the test where it is not installed."""
    found: dict[str, type[Proxy]] = {"nginx": Nginx, "caddy": Caddy}
    if found[kind].command is None:
        pytest.skip(f"{kind} is not installed")
    return found[kind]
