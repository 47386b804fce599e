"""Stores of others with the snapshot in them: real servers on loopback, one of each kind for all tests."""

import contextlib
import shutil
import socket
import subprocess
import sysconfig
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from citydip.curation.snapshot import Snapshot

__all__ = ["STORES", "running_store"]

STORES = ("embedded", "oxigraph", "virtuoso")
"""The stores that the same tests run against."""

LIMIT = 8
"""Seconds after which a store gives a query up, because it goes on when the one who asked has gone."""

VIRTUOSO = f"""[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
FileExtend = 200
[TempDatabase]
DatabaseFile = temporary.db
TransactionFile = temporary.trx
[Parameters]
ServerPort = 127.0.0.1:{{sql}}
ServerThreads = 10
NumberOfBuffers = 20000
MaxDirtyBuffers = 15000
CheckpointInterval = 0
DirsAllowed = .
[HTTPServer]
ServerPort = 127.0.0.1:{{web}}
ServerThreads = 10
[SPARQL]
ResultSetMaxRows = 10000000
MaxQueryExecutionTime = {LIMIT}
"""


@contextlib.contextmanager
def running_store(name: str, snapshot: Snapshot, folder: Path) -> Iterator[str]:
    """Give the address of a store with a snapshot in it; that of the embedded one is empty.

    Args:
        name: one of `STORES`.
        snapshot: what to load.
        folder: an empty folder for its files.
    """
    if name == "embedded":
        yield ""
        return
    start = {"oxigraph": _oxigraph, "virtuoso": _virtuoso}[name]
    with start(snapshot, folder) as address:
        yield address


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@contextlib.contextmanager
def _process(command: list[str], folder: Path, address: str) -> Iterator[None]:
    """Run a server until the block ends; begin the block when it answers queries."""
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, stdout=output, stderr=subprocess.STDOUT)
    try:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            with contextlib.suppress(httpx.TransportError):
                httpx.get(address, params={"query": "ASK {}"}).raise_for_status()
                break
            assert process.poll() is None, (folder / "output").read_text(errors="replace")
            time.sleep(0.05)
        yield
    finally:
        process.kill()
        process.wait()


@contextlib.contextmanager
def _oxigraph(snapshot: Snapshot, folder: Path) -> Iterator[str]:
    command = shutil.which("oxigraph", path=sysconfig.get_path("scripts")) or shutil.which("oxigraph")
    if command is None:
        pytest.skip("the oxigraph server is not installed")
    data = folder / "data"
    subprocess.run([command, "load", "--location", data, "--file", snapshot.data], check=True, capture_output=True)
    host = f"127.0.0.1:{_free_port()}"
    options = ["--location", str(data), "--bind", host, "--union-default-graph", "--timeout-s", str(LIMIT)]
    with _process([command, "serve-read-only", *options], folder, f"http://{host}/query"):
        yield f"http://{host}/query"


@contextlib.contextmanager
def _virtuoso(snapshot: Snapshot, folder: Path) -> Iterator[str]:
    command, client = shutil.which("virtuoso-t"), shutil.which("isql-vt")
    if command is None or client is None:
        pytest.skip("Virtuoso is not installed")
    sql, web = _free_port(), _free_port()
    (folder / "virtuoso.ini").write_text(VIRTUOSO.format(sql=sql, web=web))
    shutil.copy(snapshot.data, folder / "graph.nq")
    address = f"http://127.0.0.1:{web}/sparql"
    with _process([command, "+foreground", "+configfile", "virtuoso.ini"], folder, address):
        # Virtuoso's own graphs would be part of the default graph too: who asks over HTTP sees those of the snapshot.
        load = ["ld_dir ('.', 'graph.nq', 'urn:none');", "rdf_loader_run ();"]
        load += ["DB.DBA.RDF_DEFAULT_USER_PERMS_SET ('nobody', 0);"]
        load += [f"DB.DBA.RDF_GRAPH_USER_PERMS_SET ('{iri}', 'nobody', 1);" for iri in snapshot.graphs]
        log_in = [client, f"127.0.0.1:{sql}", "dba", "dba", "errors=stdout"]
        done = subprocess.run(log_in, input="\n".join(load), text=True, capture_output=True, check=True)
        assert "Error" not in done.stdout, done.stdout
        yield address
