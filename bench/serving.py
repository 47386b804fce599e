"""Our server beside its peers, in one run on one graph: pace, isolation, large answers, memory, start and swap.

    python -m bench.serving GRAPH.nq --name 1m

writes ``bench/results/serving-1m.json``. The servers take turns in short rounds; what is compared are the medians
of the ratios within each round. The load comes from wrk, whose own cost is a few microseconds a request.
"""

import argparse
import asyncio
import contextlib
import json
import os
import statistics
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from bench import engines
from bench.engines import Server
from bench.facts import machine_facts, processor_seconds
from bench.load import download, hammer, light_queries, memory_peak, percentile
from citydip.curation.snapshot import write_pointer

__all__ = ["main"]

RESULTS = Path(__file__).parent / "results"
SMALL = "SELECT ?property ?value WHERE { <https://w3id.org/citydip/id/status/signed> ?property ?value }"
"""A small query that has a dozen rows in any graph of ours."""
ENDLESS = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER (?c != ?f && ?f != ?i) }"
"""A query that ends in nobody's lifetime."""
ROWS = "SELECT ?s ?p ?o WHERE { ?s ?p ?o } LIMIT "
TRIPLES = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT "
_COUNTS = ("light_answered", "light_failed", "endless_ended")
DEADLINE = 2.0
"""Seconds after which endless queries are killed, where the server can."""


def requests_per_second(servers: list[Server], rounds: int, seconds: int, *, vary: bool) -> dict[str, object]:
    """Return what each server answers in a second, and how many times as fast citydip is, within each round."""
    rates: dict[str, list[float]] = {server.name: [] for server in servers}
    failed = dict.fromkeys(rates, 0)
    for _ in range(rounds):
        for server in servers:
            hammered = hammer(server, SMALL, seconds, vary=vary)
            rates[server.name].append(hammered.per_second)
            failed[server.name] += hammered.failed
    return {
        name: {
            "per_second": statistics.median(taken),
            "failed": failed[name],
            "citydip_is_times_as_fast": statistics.median(
                [ours / theirs for ours, theirs in zip(rates["citydip"], taken, strict=True) if theirs]
            ),
        }
        for name, taken in rates.items()
    }


def of_rounds(taken: list[dict[str, float | None]]) -> dict[str, float | None]:
    """Return what several rounds say: medians of times of light queries, sums of counts, and the worst of the rest.

    Example:
        >>> of_rounds([{"light_p95_seconds": 0.3, "light_failed": 0}, {"light_p95_seconds": 0.1, "light_failed": 2}])
        {'light_p95_seconds': 0.2, 'light_failed': 2}
    """
    told: dict[str, float | None] = {}
    for key in taken[0]:
        values = [value for one in taken if (value := one[key]) is not None]
        whole = statistics.median if "_p" in key else sum if key in _COUNTS else max
        told[key] = whole(values) if values else None
    return told


def beside_endless(server: Server, seconds: float) -> dict[str, float | None]:
    """Return how light queries fare while two endless ones run, how late those end, and what they leave behind."""
    alone = asyncio.run(light_queries(server, SMALL, seconds / 2))
    done = threading.Event()
    late: list[float] = []

    def keep_one_running() -> None:
        while not done.is_set():
            began = time.perf_counter()
            try:
                engines.ask(server.url, ENDLESS, "application/sparql-results+json", 2 * seconds + 10)
            except urllib.error.HTTPError:
                late.append(time.perf_counter() - began - DEADLINE)
            except OSError:
                return

    clients = [threading.Thread(target=keep_one_running, daemon=True) for _ in range(2)]
    for client in clients:
        client.start()
    # Both are well past the moment at which a server can tell that they are slow.
    time.sleep(1)
    light = asyncio.run(light_queries(server, SMALL, seconds))
    together = asyncio.run(light_queries(server, SMALL, seconds, together=True))
    done.set()
    for client in clients:
        client.join(DEADLINE + 1)
    time.sleep(0.5)
    before = processor_seconds(server.pids)
    time.sleep(1)
    return {
        "light_alone_p95_seconds": percentile(alone.seconds, 0.95),
        "light_p50_seconds": percentile(light.seconds, 0.5),
        "light_p95_seconds": percentile(light.seconds, 0.95),
        "light_together_p95_seconds": percentile(together.seconds, 0.95),
        "light_answered": len(light.seconds) + len(together.seconds),
        "light_failed": light.failed + together.failed,
        "endless_ended": len(late),
        "endless_latest_after_deadline_seconds": max(late, default=None),
        "cores_busy_afterwards": round(processor_seconds(server.pids) - before, 3),
    }


def large_answers(server: Server, rounds: int, limit: float) -> dict[str, object]:
    """Return what a table of 100,000 rows and a graph of a million triples cost, the best of some rounds."""
    told: dict[str, object] = {}
    forms = ("application/sparql-results+json", "application/n-triples")
    for name, query, count, accept in (
        ("rows_100k", ROWS, 100_000, forms[0]),
        ("triples_1m", TRIPLES, 1_000_000, forms[1]),
    ):
        try:
            # Each round asks for one more, so that no cache has the answer.
            fetched = [download(server, f"{query}{count + more}", accept, limit) for more in range(rounds)]
        except OSError as error:
            told[name] = {"error": str(error)}
            continue
        best = min(fetched, key=lambda one: one.seconds)
        first = min(one.first_byte_seconds for one in fetched)
        told[name] = asdict(best) | {"first_byte_seconds": first, "memory": max(one.memory for one in fetched)}
    return told


def swap_under_load(data: Path, folder: Path, swaps: int) -> dict[str, object]:
    """Return how new versions are swapped in while eight clients ask without pause."""
    twin = folder / ("twin-" + data.name)
    if not twin.exists():
        twin.symlink_to(data.resolve())
    versions = [engines.make_snapshot(twin, folder / "snapshots"), engines.make_snapshot(data, folder / "snapshots")]
    with engines.citydip(folder / "snapshots", watch=0.1, cache=0) as server:
        failed = 0
        taken = []

        def load() -> None:
            nonlocal failed
            failed += hammer(server, SMALL, swaps * 4, vary=True).failed

        client = threading.Thread(target=load)
        with memory_peak(server) as peak:
            client.start()
            for number in range(swaps):
                began = time.perf_counter()
                write_pointer(folder / "snapshots", versions[number % 2])
                while _version(server) != versions[number % 2]:
                    time.sleep(0.02)
                taken.append(time.perf_counter() - began)
                time.sleep(1)
            client.join()
        return {
            "swaps": swaps,
            "failed_requests": failed,
            "seconds_to_swap": statistics.median(taken),
            "memory_peak": peak(),
        }


def _version(server: Server) -> str:
    with urllib.request.urlopen(server.url.removesuffix("/sparql") + "/health/ready") as answer:
        return str(answer.headers["Citydip-Version"])


def _measure(data: Path, folder: Path, rounds: int, seconds: int) -> dict[str, object]:
    engines.make_snapshot(data, folder / "snapshots")
    settings: dict[str, str | float] = {"timeout": 120, "cache": 64}
    told: dict[str, object] = {}
    with contextlib.ExitStack() as stack:
        starting: list[Callable[[], contextlib.AbstractContextManager[Server]]] = [
            lambda: engines.citydip(folder / "snapshots", **settings),
            lambda: engines.oxigraph(data, folder / "oxigraph"),
            lambda: engines.fastapi_thread(data),
            lambda: engines.rdflib_endpoint(data),
        ]
        servers = [stack.enter_context(start()) for start in starting]
        told["ready_seconds"] = {server.name: server.ready_seconds for server in servers}
        _say("small queries, each another one")
        told["small"] = requests_per_second(servers, rounds, seconds, vary=True)
        _say("the same query again and again")
        told["repeated"] = requests_per_second(servers, rounds, seconds, vary=False)
        _say("large answers")
        told["large"] = {
            server.name: large_answers(server, 1 if "rdf" in server.name else rounds, 180) for server in servers
        }
    # Each server is alone here: one that does not stop a query would burden those after it.
    alone: list[Callable[[], contextlib.AbstractContextManager[Server]]] = [
        lambda: engines.citydip(folder / "snapshots", timeout=DEADLINE, cache=0),
        lambda: engines.oxigraph(data, folder / "oxigraph"),
        lambda: engines.fastapi_thread(data),
        lambda: engines.rdflib_endpoint(data),
    ]
    isolation: dict[str, list[dict[str, float | None]]] = {}
    for number in range(rounds):
        for start in alone:
            with start() as server:
                _say(f"light queries beside endless ones: {server.name}, {number + 1} of {rounds}")
                isolation.setdefault(server.name, []).append(beside_endless(server, seconds * 2))
    told["beside_endless"] = {name: of_rounds(taken) for name, taken in isolation.items()}
    _say("swaps under load")
    told["swap"] = swap_under_load(data, folder, 4)
    return told


def _say(what: str) -> None:
    sys.stderr.write(f"{what}\n")


def main() -> None:
    parser = argparse.ArgumentParser(description="Our server beside its peers.")
    parser.add_argument("data", type=Path, help="N-Quads")
    parser.add_argument("--name", required=True, help="name of the result")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each measure")
    parser.add_argument("--seconds", type=int, default=4, help="seconds of a round")
    given = parser.parse_args()
    facts = machine_facts()
    with tempfile.TemporaryDirectory(dir=given.data.parent) as folder:
        told = _measure(given.data, Path(folder), given.rounds, given.seconds)
    result = {**facts, "load_generator": "wrk, 1 thread, 8 connections", **told}
    result["load_at_end"] = round(os.getloadavg()[0], 2)
    (RESULTS / f"serving-{given.name}.json").write_text(json.dumps(result, indent=1) + "\n")
    sys.stdout.write(json.dumps(told, indent=1) + "\n")


if __name__ == "__main__":
    main()
