"""Every catalogue query on the engine and on rdflib's own, in one run on one graph; and how long the build takes.

    python -m bench.catalogue

writes ``bench/results/catalogue.json``. Only the ratios carry over to other machines.

    python -m bench.catalogue snapshots --name world

writes ``bench/results/catalogue-world.json``: what each query takes on the graph of a snapshot, which may be too large
for rdflib. Each is asked in a process of its own, forked from one that has the graph, as a server's workers are.
"""

import argparse
import gc
import io
import json
import os
import platform
import resource
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pyoxigraph as ox
from rdflib import Dataset, URIRef
from rdflib.plugins.sparql import prepareQuery
from rich.console import Console
from rich.progress import track

from bench.facts import machine_facts
from citydip.curation.build import build
from citydip.curation.layout import Layout, find_layout
from citydip.curation.snapshot import Snapshot
from citydip.engine.binding import Term, bind
from citydip.engine.formats import Kind
from citydip.engine.guard import guard
from citydip.engine.store import Loaded, Opened, names_graphs
from citydip.model.queryfile import QueryFile
from citydip.model.settings import Settings
from citydip.model.terms import PREFIXES
from citydip.services.catalogue import read_catalogue

__all__ = ["BUDGET", "Spent", "main", "spend"]

RESULTS = Path(__file__).parent / "results"
BUDGET = 10
"""Seconds of processor that a query of the catalogue may take on the whole graph; one that takes more never ends."""
ROUNDS = 5
LIMIT = 6.0
"""Seconds for two runs of a query on rdflib; one that takes longer is left out of the comparison."""


def median_seconds(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Return the median of several runs after one that does not count."""
    work()
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def within(seconds: float, work: Callable[[], float]) -> float | None:
    """Return what work returns, or None when it takes too long."""

    def stop(*_: object) -> None:
        raise TimeoutError

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return work()
    except TimeoutError:
        return None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def on_engine(
    ask: Callable[[dict[str, Any]], Opened], query: QueryFile, terms: dict[str, Term]
) -> Callable[[], object]:
    opened = ask({"query": query.text, "format": "json", "bindings": terms})
    name = "ntriples" if isinstance(opened.result, ox.QueryTriples) else "json"
    request = {"query": query.text, "format": name, "bindings": terms}
    return lambda: ask(request).write(io.BytesIO())


def on_rdflib(dataset: Dataset, query: QueryFile, terms: dict[str, Term]) -> Callable[[], object]:
    from rdflib import Literal  # noqa: PLC0415

    prepared = prepareQuery(query.text, initNs=PREFIXES)
    bindings = {
        name: URIRef(t["value"])
        if t["type"] == "uri"
        else Literal(t["value"], datatype=URIRef(t["datatype"]) if "datatype" in t else None)
        for name, t in terms.items()
    }
    return lambda: list(dataset.query(prepared, initBindings=bindings))


@dataclass(frozen=True, slots=True)
class Spent:
    """What a query took.

    Args:
        seconds: of processor, until it had written its answer, or was ended.
        size: bytes of the answer; None where there is none.
    """

    seconds: float
    size: int | None


def spend(ask: Callable[[dict[str, Any]], Opened], query: QueryFile, budget: int = BUDGET) -> Spent:
    """Ask a query with its defaults in a forked process, which the system ends when it has used up its budget.

    Args:
        ask: opens a query on a store that is loaded in this process.
        query: the query.
        budget: whole seconds of processor, the reading of the query and the writing of the answer included.
    """
    form = "ntriples" if guard(query.text).kind is Kind.GRAPH else "json"
    request = {"query": query.text, "format": form, "bindings": bind(query, query.sample)}
    reading, writing = os.pipe()
    process = os.fork()
    if not process:
        # Whatever happens here, nothing of it may return into the program that was forked.
        try:
            gc.disable()
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            resource.setrlimit(resource.RLIMIT_CPU, (budget, budget))
            answer = io.BytesIO()
            ask(request).write(answer)
            os.write(writing, str(len(answer.getvalue())).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as told:
        size = told.read()
    used = os.wait4(process, 0)[2]
    return Spent(used.ru_utime + used.ru_stime, int(size) if size else None)


def as_workers_do(snapshot: Snapshot) -> Callable[[dict[str, Any]], Opened]:
    """Return what opens a query on the union of a snapshot, or where it names graphs on all of it."""
    union, graphs = Loaded.of(snapshot.union), Loaded.of(snapshot.data)
    return lambda request: (graphs if names_graphs(request["query"]) else union).open_query(request)


def on_snapshot(snapshot: Snapshot) -> list[dict[str, Any]]:
    """Return what each query of the catalogue takes on the graph of a snapshot: the median of three times."""
    ask = as_workers_do(snapshot)
    gc.freeze()
    rows = []
    for query in track(list(read_catalogue(snapshot, "catalogue")), "measuring", console=Console(stderr=True)):
        spent = sorted((spend(ask, query) for _ in range(3)), key=lambda spent: spent.seconds)[1]
        rows.append({"query": query.name, "processor_seconds": round(spent.seconds, 3), "bytes": spent.size})
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the queries of the catalogue.")
    parser.add_argument("snapshots", type=Path, nargs="?", help="a folder of snapshots; none: the checkout is built")
    parser.add_argument("--name", default="world")
    given = parser.parse_args()
    if not given.snapshots:
        beside_rdflib()
        return
    snapshot = Snapshot.open(given.snapshots / "current")
    result: dict[str, Any] = {**machine_facts(), "graph": given.name, "quads": snapshot.quads, "budget": BUDGET}
    result["queries"] = on_snapshot(snapshot)
    result["load_at_end"] = round(os.getloadavg()[0], 2)
    path = RESULTS / f"catalogue-{given.name}.json"
    path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(path.read_text(encoding="utf-8"))


def beside_rdflib() -> None:
    """Build the checkout, ask each query of the engine and of rdflib, and write the result."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        snapshot = build(Layout(find_layout(Settings()).root, Path(folder)), None, lambda _: None)
        built = time.perf_counter() - began
        began = time.perf_counter()
        ask = as_workers_do(snapshot)
        loaded = time.perf_counter() - began
        began = time.perf_counter()
        dataset = Dataset(default_union=True)
        dataset.parse(snapshot.data, format="nquads")
        loaded_rdflib = time.perf_counter() - began
        catalogue = read_catalogue(snapshot, "catalogue")
        rows: list[dict[str, Any]] = []
        for query in track(list(catalogue), "measuring", console=Console(stderr=True)):
            terms = bind(query, query.sample)
            ours = median_seconds(on_engine(ask, query, terms))
            theirs = within(LIMIT, partial(median_seconds, on_rdflib(dataset, query, terms), 1))
            rows.append({"query": query.name, "seconds": ours, "rdflib_seconds": theirs})
    compared = [r for r in rows if r["rdflib_seconds"]]
    result = {
        "python": platform.python_version(),
        "triples": snapshot.quads,
        "build_seconds": built,
        "load_seconds": loaded,
        "rdflib_load_seconds": loaded_rdflib,
        "geometric_mean_seconds": statistics.geometric_mean([r["seconds"] for r in rows]),
        "worst_seconds": max(r["seconds"] for r in rows),
        "geometric_mean_ratio_to_rdflib": statistics.geometric_mean(
            [r["seconds"] / r["rdflib_seconds"] for r in compared]
        ),
        "compared": len(compared),
        "queries": rows,
    }
    path = RESULTS / "catalogue.json"
    path.write_text(json.dumps(result, indent=1) + "\n")
    summary = {name: value for name, value in result.items() if name != "queries"}
    sys.stdout.write(json.dumps(summary, indent=1) + "\n")


if __name__ == "__main__":
    main()
