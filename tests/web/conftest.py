"""A real server, as a user would start it."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import httpx
import pytest

from citydip.curation.build import build
from citydip.curation.snapshot import Snapshot
from tests.conftest import copy_graph
from tests.differences import differs
from tests.stores import STORES

OPERATOR = "a-token-for-tests"
every_store = pytest.mark.every_store
"""The tests of a module run against the embedded store and against each of the others, where they use the server."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run tests against every store; what differs there is expected to differ.

    Other stores go on with a query when nobody waits for it any more, so that an endless one would slow all other
    tests: those run on the embedded store here, and on one that only pretends to be busy in `tests.web.test_store`.
    """
    item = metafunc.definition
    if "server" in metafunc.fixturenames and item.get_closest_marker("every_store"):
        names = STORES[:1] if item.get_closest_marker("endless") else STORES
        stores = [pytest.param(name, marks=differs(name, item.name)) for name in names]
        metafunc.parametrize("server", stores, indirect=True, scope="session")


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest, snapshot: Snapshot, stores: Callable[[str], str]) -> Iterator[str]:
    """Yield the address of a server over the snapshot, which asks the store that the parameter names."""
    options = ["--timeout", "5", "--workers", "2", "--operator-token", OPERATOR]
    options += ["--store", stores(getattr(request, "param", "embedded"))]
    with serving(snapshot.path.parent, *options) as address:
        yield address


@pytest.fixture(scope="session")
def newer(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Return a snapshot that differs from that of the checkout by one name, Wulumuqi for Urumqi."""
    layout = copy_graph(tmp_path_factory.mktemp("newer"))
    places = layout.root / "data" / "register" / "places.ttl"
    text = places.read_text()
    places.write_text(
        text.replace('skos:altLabel "Ürümqi"@en ;', 'skos:altLabel\n        "Wulumuqi"@en ,\n        "Ürümqi"@en ;')
    )
    assert places.read_text() != text
    return build(layout, None, lambda _: None)


@contextlib.contextmanager
def serving(snapshots: Path, *options: str, seconds: float = 30) -> Iterator[str]:
    """Run a server over a folder of snapshots, and give its address; a large graph may take more seconds to load."""
    with started(snapshots, *options) as (process, address):
        wait_until_ready(address, seconds)
        yield address
        process.terminate()
        assert process.wait(20) in (0, -signal.SIGTERM)


@contextlib.contextmanager
def started(
    snapshots: Path, *options: str, stderr: IO[str] | None = None
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start a server over a folder of snapshots; give its process, and the address that it says it has."""
    command = [sys.executable, "-m", "citydip", "serve", "--port", "0", "--snapshots", str(snapshots), *options]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CITYDIP_")}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr, text=True, env=environment) as process:
        assert process.stdout is not None
        address = ""
        for line in process.stdout:
            words = line.split()
            if words[:1] == ["page"]:
                address = words[1].rstrip("/")
            if words[:1] == ["endpoint"]:
                break
        try:
            assert address, "the server did not start"
            yield process, address
        finally:
            process.terminate()


def wait_until_ready(address: str, seconds: float = 30) -> None:
    """Return when a server answers queries; a large graph may take more seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(address + "/health/ready").status_code == 200:
                return
        time.sleep(0.1)
    raise AssertionError("the server did not become ready")
