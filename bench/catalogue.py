"""Every catalogue query on the engine and on rdflib's own, in one run on one graph; and how long the build takes.

    python bench/catalogue.py

writes ``bench/results/catalogue.json``. Only the ratios carry over to other machines.
"""

import io
import json
import platform
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pyoxigraph as ox
from rdflib import Dataset, URIRef
from rdflib.plugins.sparql import prepareQuery
from rich.console import Console
from rich.progress import track

from citydip.curation.build import build
from citydip.curation.layout import Layout, find_layout
from citydip.engine.binding import Term, bind
from citydip.engine.statistics import gather
from citydip.engine.store import Opened, load, open_query
from citydip.model.queryfile import QueryFile
from citydip.model.settings import Settings
from citydip.model.terms import PREFIXES
from citydip.services.catalogue import read_catalogue

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


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        snapshot = build(Layout(find_layout(Settings()).root, Path(folder)), None, lambda _: None)
        built = time.perf_counter() - began
        began = time.perf_counter()
        store = load(snapshot.data)
        # As the zygote does it.
        ask = partial(open_query, store, statistics=gather(store))
        loaded = time.perf_counter() - began
        began = time.perf_counter()
        dataset = Dataset(default_union=True)
        dataset.parse(snapshot.data, format="nquads")
        loaded_rdflib = time.perf_counter() - began
        catalogue = read_catalogue(snapshot, "catalogue")
        rows: list[dict[str, Any]] = []
        for query in track(list(catalogue), "measuring", console=Console(stderr=True)):
            terms = bind(query, {})
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
    path = Path(__file__).parent / "results" / "catalogue.json"
    path.write_text(json.dumps(result, indent=1) + "\n")
    summary = {name: value for name, value in result.items() if name != "queries"}
    sys.stdout.write(json.dumps(summary, indent=1) + "\n")


if __name__ == "__main__":
    main()
