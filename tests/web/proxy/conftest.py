"""Each proxy over two replicas that run."""

import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from citydip.curation.snapshot import Snapshot
from tests.web.proxy.proxies import KINDS, Proxy, proxy_of


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a certificate that says who 127.0.0.1 is."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("certificate")
    command = f"{openssl} req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=127.0.0.1"
    command += " -addext subjectAltName=IP:127.0.0.1 -addext keyUsage=digitalSignature,keyCertSign"
    where = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")]
    subprocess.run([*command.split(), *where], check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module", params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Return the name of a proxy."""
    return str(request.param)


@pytest.fixture(scope="module")
def proxy(
    kind: str, snapshot: Snapshot, certificate: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Proxy]:
    """Yield a proxy over two replicas that run."""
    proxy = proxy_of(kind)(tmp_path_factory.mktemp(kind) / "running", certificate, snapshot.path.parent)
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
    """Yield a client that asks through the proxy."""
    with proxy.client() as client:
        yield client
