"""The engines and servers that are measured: each started over the same file, found by its address, and ended again.

Peers are looked for on the path and in the folder of the programs that ``CITYDIP_BENCH_PEERS`` names:
``oxigraph`` and ``rdflib-endpoint`` come from PyPI, ``virtuoso-t`` and ``isql-vt`` from the distribution.
"""

import contextlib
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from citydip.curation.columns import write_columns, write_union
from citydip.curation.layout import find_layout
from citydip.curation.snapshot import COLUMNS, UNION, write_pointer
from citydip.model.settings import Settings

__all__ = [
    "Server",
    "ask",
    "citydip",
    "fastapi_thread",
    "find_program",
    "free_port",
    "make_snapshot",
    "oxigraph",
    "rdflib_endpoint",
    "virtuoso",
]

_BENCH = Path(__file__).parent
_PATIENCE = 900.0
"""Seconds within which a server must be ready."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that is running.

    Args:
        name: of the engine.
        url: of its endpoint.
        process: the first of its processes.
        ready_seconds: from its start to its first answer, without loading where that is a step of its own.
        load_seconds: of loading, where that is a step of its own.
    """

    name: str
    url: str
    process: subprocess.Popen[bytes]
    ready_seconds: float
    load_seconds: float = 0.0

    @property
    def pids(self) -> list[int]:
        """Return all processes of the server, the first one first."""
        found, todo = [], [self.process.pid]
        while todo:
            pid = todo.pop()
            found.append(pid)
            for task in Path(f"/proc/{pid}/task").glob("*/children"):
                with contextlib.suppress(OSError):
                    todo += [int(child) for child in task.read_text().split()]
        return found


def find_program(name: str) -> str | None:
    """Return the path of a peer's program, or None where it is not installed."""
    places = os.pathsep.join(filter(None, (os.environ.get("CITYDIP_BENCH_PEERS", ""), os.environ.get("PATH", ""))))
    return shutil.which(name, path=places)


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ask(url: str, query: str, accept: str, timeout: float | None = None) -> bytes:
    """Return what an endpoint answers to a query sent by POST.

    Raises:
        OSError: it answers with an error, not in time or not at all.
    """
    request = urllib.request.Request(
        url,
        urlencode({"query": query}).encode(),
        {"Accept": accept, "Content-Type": "application/x-www-form-urlencoded"},
    )
    with urllib.request.urlopen(request, timeout=timeout) as answer:
        return bytes(answer.read())


@contextlib.contextmanager
def _running(
    name: str,
    command: list[str],
    url: str,
    *,
    load_seconds: float = 0.0,
    environment: dict[str, str] | None = None,
    folder: Path | None = None,
) -> Iterator[Server]:
    """Start a server, wait until it answers, and end it with all its processes."""
    began = time.monotonic()
    process = subprocess.Popen(
        command,
        env={**os.environ, **(environment or {})},
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while True:
            with contextlib.suppress(OSError):
                ask(url, "ASK { ?s ?p ?o }", "application/sparql-results+json", 30)
                break
            if process.poll() is not None or time.monotonic() - began > _PATIENCE:
                raise RuntimeError(f"{name} has not started: {' '.join(command)}")
            time.sleep(0.02)
        yield Server(name, url, process, time.monotonic() - began, load_seconds)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def make_snapshot(data: Path, folder: Path) -> str:
    """Make a file of quads a snapshot that citydip can serve, and the current one; return its version.

    Args:
        data: N-Quads.
        folder: folder of snapshots.
    """
    version = hashlib.sha256(str(data.absolute()).encode()).hexdigest()[:16]
    path = folder / version
    if not path.exists():
        path.mkdir(parents=True)
        (path / "graph.nq").hardlink_to(data.resolve())
        with data.open("rb") as lines:
            write_columns(lines, path / COLUMNS)
        with data.open("rb") as lines:
            write_union(lines, path / UNION)
        shutil.copytree(find_layout(Settings()).root / "queries", path / "queries")
        with data.open("rb") as lines:
            quads = sum(1 for _ in lines)
        about = {"version": version, "quads": quads, "graphs": {}}
        (path / "snapshot.json").write_text(json.dumps(about))
    write_pointer(folder, version)
    return version


@contextlib.contextmanager
def citydip(snapshots: Path, **settings: str | float) -> Iterator[Server]:
    """Serve the current snapshot of a folder with citydip."""
    port = free_port()
    given = {f"CITYDIP_{name.upper()}": str(value) for name, value in settings.items()}
    environment = {"CITYDIP_SNAPSHOTS": str(snapshots), **given}
    command = [sys.executable, "-m", "citydip", "serve", "--port", str(port)]
    with _running("citydip", command, f"http://127.0.0.1:{port}/sparql", environment=environment) as server:
        yield server


@contextlib.contextmanager
def oxigraph(data: Path, folder: Path, *arguments: str) -> Iterator[Server]:
    """Serve a file with the ``oxigraph`` server, from disk as it does it."""
    program = find_program("oxigraph")
    if program is None:
        raise RuntimeError("oxigraph is not installed: pip install oxigraph, and name its folder")
    began = time.monotonic()
    if not folder.exists():
        subprocess.run(
            [program, "load", "--location", str(folder), "--file", str(data)], check=True, stderr=subprocess.DEVNULL
        )
    loaded = time.monotonic() - began
    port = free_port()
    command = [program, "serve-read-only", "--location", str(folder), "--bind", f"127.0.0.1:{port}"]
    command += ["--union-default-graph", *arguments]
    with _running("oxigraph", command, f"http://127.0.0.1:{port}/query", load_seconds=loaded) as server:
        yield server


@contextlib.contextmanager
def rdflib_endpoint(data: Path) -> Iterator[Server]:
    """Serve a file with rdflib-endpoint over oxrdflib, the fastest store that it can use."""
    program = find_program("rdflib-endpoint")
    if program is None:
        raise RuntimeError("rdflib-endpoint is not installed: pip install 'rdflib-endpoint[cli]' oxrdflib uvicorn")
    port = free_port()
    command = [program, "serve", "--host", "127.0.0.1", "--port", str(port), "--store", "Oxigraph", str(data)]
    with _running("rdflib-endpoint", command, f"http://127.0.0.1:{port}/") as server:
        yield server


@contextlib.contextmanager
def fastapi_thread(data: Path) -> Iterator[Server]:
    """Serve a file with the usual small server: FastAPI that calls pyoxigraph in a thread."""
    port = free_port()
    command = [sys.executable, str(_BENCH / "fastapi_thread.py"), str(data), str(port)]
    with _running("fastapi-thread", command, f"http://127.0.0.1:{port}/sparql") as server:
        yield server


_VIRTUOSO = """
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
MaxCheckpointRemap = 2000
[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx
[Parameters]
ServerPort = {sql}
LiteMode = 0
ServerThreads = 20
CheckpointInterval = 0
NumberOfBuffers = 170000
MaxDirtyBuffers = 127500
MaxQueryMem = 2G
DirsAllowed = ., {data}
AdjustVectorSize = 1
ThreadsPerQuery = 2
AsyncQueueMaxThreads = 4
[HTTPServer]
ServerPort = {http}
ServerThreads = 16
[SPARQL]
ResultSetMaxRows = 100000000
MaxQueryExecutionTime = 0
MaxQueryCostEstimationTime = 0
"""


@contextlib.contextmanager
def virtuoso(data: Path, folder: Path) -> Iterator[Server]:
    """Serve a file with Virtuoso, with buffers for all of it in memory.

    Ten million triples take 800 of their 1,300 MiB.
    """
    program, client = find_program("virtuoso-t"), find_program("isql-vt")
    if program is None or client is None:
        raise RuntimeError("Virtuoso is not installed: apt install virtuoso-opensource-7-bin")
    sql, http = free_port(), free_port()
    fresh = not (folder / "loaded").exists()
    folder.mkdir(parents=True, exist_ok=True)
    text = _VIRTUOSO.format(sql=sql, http=http, data=data.resolve().parent)
    (folder / "virtuoso.ini").write_text(text)
    command = [program, "+configfile", str(folder / "virtuoso.ini"), "+foreground"]

    def run(statement: str) -> None:
        line = [client, f"127.0.0.1:{sql}", "dba", "dba", f"exec={statement}"]
        subprocess.run(line, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    with _running("virtuoso", command, f"http://127.0.0.1:{http}/sparql", folder=folder) as server:
        began = time.monotonic()
        if fresh:
            run(f"ld_dir('{data.resolve().parent}', '{data.name}', 'urn:bench')")
            run("rdf_loader_run()")
            run("checkpoint")
            (folder / "loaded").touch()
        loaded = time.monotonic() - began
        yield Server(server.name, server.url, server.process, server.ready_seconds, loaded)
        with contextlib.suppress(subprocess.CalledProcessError):
            run("shutdown")
