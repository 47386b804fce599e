"""Load on a server and what comes of it: requests a second, times of light queries, large answers, memory."""

import asyncio
import http.client
import re
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from urllib.parse import quote, urlencode, urlsplit

from bench.engines import Server, find_program
from bench.facts import process_memory

__all__ = ["Download", "Hammered", "Light", "download", "hammer", "light_queries", "memory_peak", "percentile"]

_SCRIPT = Path(__file__).parent / "vary.lua"
_ROWS = "application/sparql-results+json"


@dataclass(frozen=True, slots=True)
class Hammered:
    """What wrk found.

    Args:
        per_second: requests that were answered.
        failed: answers that were no 200, and connections that broke.
    """

    per_second: float
    failed: int


def hammer(server: Server, query: str, seconds: int, *, vary: bool, connections: int = 8) -> Hammered:
    """Send a small query as fast as wrk can, over some connections that stay open.

    Args:
        server: which is asked.
        query: a query without LIMIT.
        seconds: how long.
        vary: whether each request is another query; else it is the same each time.
        connections: how many.

    Raises:
        RuntimeError: wrk is not installed.
    """
    program = find_program("wrk")
    if program is None:
        raise RuntimeError("wrk is not installed: apt install wrk")
    url = server.url if vary else f"{server.url}?query={quote(query + ' LIMIT 1000')}"
    command = [program, "-t1", f"-c{connections}", f"-d{seconds}", "-H", f"Accept: {_ROWS}"]
    command += ["-s", str(_SCRIPT), url, "--", quote(query)] if vary else [url]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", told)
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", told)
    broken = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", told)
    failed = (int(refused[1]) if refused else 0) + (sum(map(int, broken.groups())) if broken else 0)
    return Hammered(float(rate[1]) if rate else 0.0, failed)


@dataclass(slots=True)
class Light:
    """How light queries fared.

    Args:
        seconds: of each that was answered.
        failed: how many were not, or not within ten seconds.
    """

    seconds: list[float] = field(default_factory=list)
    failed: int = 0


async def light_queries(
    server: Server, query: str, seconds: float, *, clients: int = 4, pause: float = 0.02, together: bool = False
) -> Light:
    """Send small queries, each another one, from some clients that pause between them; over raw connections.

    Args:
        server: which is asked.
        query: a query without LIMIT.
        seconds: how long.
        clients: how many.
        pause: seconds between an answer and the next query, on average.
        together: whether each pause is as long as the others, so that all clients ask at the same moments; else it is
            any time, as with people who do not know of each other.
    """
    parts = urlsplit(server.url)
    light = Light()
    until = time.monotonic() + seconds

    async def client(number: int) -> None:
        asked = 0
        chance = Random(number)
        while time.monotonic() < until:
            reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
            try:
                while time.monotonic() < until:
                    asked += 1
                    text = f"{query} LIMIT {1000 + number * 1_000_000_000 + asked}"
                    head = f"GET {parts.path}?query={quote(text)} HTTP/1.1\r\nHost: {parts.netloc}\r\nAccept: {_ROWS}"
                    began = time.perf_counter()
                    writer.write(head.encode() + b"\r\n\r\n")
                    async with asyncio.timeout(10):
                        await _read_answer(reader)
                    light.seconds.append(time.perf_counter() - began)
                    await asyncio.sleep(pause if together else chance.expovariate(1 / pause))
            except (OSError, TimeoutError, asyncio.IncompleteReadError):
                light.failed += 1
            finally:
                writer.close()

    await asyncio.gather(*(client(number) for number in range(clients)))
    return light


async def _read_answer(reader: asyncio.StreamReader) -> None:
    """Read one answer to its end.

    Raises:
        OSError: it is no 200.
    """
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = re.search(rb"content-length: (\d+)", head)
    if length:
        await reader.readexactly(int(length[1]))
    else:
        while size := int((await reader.readuntil(b"\r\n")).strip(), 16):
            await reader.readexactly(size + 2)
        await reader.readuntil(b"\r\n")
    if b" 200 " not in head.partition(b"\r\n")[0]:
        raise OSError("not answered")


def percentile(values: list[float], share: float) -> float | None:
    """Return the value that a share of all does not exceed.

    Example:
        >>> percentile([3.0, 1.0, 2.0], 0.5)
        2.0
    """
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] if values else None


@dataclass(frozen=True, slots=True)
class Download:
    """One large answer.

    Args:
        seconds: until its last byte.
        first_byte_seconds: until the first byte of its body.
        size: bytes of its body.
        memory: most bytes that all processes of the server took meanwhile.
    """

    seconds: float
    first_byte_seconds: float
    size: int
    memory: int


def download(server: Server, query: str, accept: str, limit: float) -> Download:
    """Fetch a large answer, uncompressed.

    Raises:
        OSError: it fails, or takes longer than the limit.
    """
    parts = urlsplit(server.url)
    with memory_peak(server) as peak:
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=limit)
        body = urlencode({"query": query})
        headers = {"Accept": accept, "Content-Type": "application/x-www-form-urlencoded", "Accept-Encoding": "identity"}
        began = time.perf_counter()
        connection.request("POST", parts.path, body, headers)
        answer = connection.getresponse()
        if answer.status != 200:
            raise OSError(f"{answer.status}: {answer.read(200)!r}")
        size, first = 0, 0.0
        while piece := answer.read1(1 << 16):
            first = first or time.perf_counter() - began
            size += len(piece)
            if time.perf_counter() - began > limit:
                raise OSError(f"not ended within {limit:g} s")
        seconds = time.perf_counter() - began
        connection.close()
    return Download(seconds, first, size, peak())


@contextmanager
def memory_peak(server: Server) -> Iterator[Callable[[], int]]:
    """Watch the memory of a server's processes, ten times a second; call what is given for the most seen."""
    most = 0
    done = threading.Event()

    def watch() -> None:
        nonlocal most
        while not done.wait(0.1):
            with suppress(OSError):
                most = max(most, process_memory(server.pids))

    most = process_memory(server.pids)
    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield lambda: most
    finally:
        done.set()
        watching.join()
