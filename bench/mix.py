"""The mix of twenty research questions through each engine, in one run on one graph.

    python -m bench.mix GRAPH.nq --name 1m

writes ``bench/results/mix-1m.json``. The engines take turns at each question, so that whatever else the machine
does falls on all of them; only the ratios carry over to other machines. All times are those of rows in CSV.
"""

import argparse
import contextlib
import csv
import gc
import hashlib
import io
import json
import os
import signal
import statistics
import sys
import tempfile
import time
import urllib.error
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
from rdflib import Dataset

from bench import engines
from bench.facts import machine_facts
from citydip.engine.store import load

__all__ = ["RefusedError", "main"]

QUESTIONS = Path(__file__).parent / "questions"
RESULTS = Path(__file__).parent / "results"
ROUNDS = 5
QUICK = 3.0
"""Seconds; a question that takes longer is asked only once."""


class RefusedError(Exception):
    """The engine does not answer the question; the message says why, in its own words."""


@dataclass(frozen=True, slots=True)
class Engine:
    """Something to ask.

    Args:
        name: of the engine.
        run: asks a query and returns seconds and rows in CSV; raises `RefusedError`.
        load_seconds: how long the graph took to load.
    """

    name: str
    run: Callable[[str], tuple[float, bytes]]
    load_seconds: float


def _in_child(work: Callable[[], bytes], limit: float) -> tuple[float, bytes]:
    """Do work in a forked process that a limit can end, as citydip's workers do; its start does not count."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        signal.setitimer(signal.ITIMER_REAL, limit)
        try:
            began = time.perf_counter()
            rows = work()
            told = f"{time.perf_counter() - began} ".encode() + rows
        except Exception as error:
            told = b"! " + str(error).encode()
        with os.fdopen(write, "wb") as file:
            file.write(told)
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as file:
        told = file.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        if os.WTERMSIG(status) == signal.SIGALRM:
            raise RefusedError(f"not ended within {limit:g} s")
        raise RuntimeError(f"killed by signal {os.WTERMSIG(status)}: is there too little memory? Leave an engine out")
    seconds, _, rows = told.partition(b" ")
    if seconds == b"!":
        raise RefusedError(rows.decode()[:200])
    return float(seconds), rows


@contextlib.contextmanager
def _raw(data: Path, limit: float) -> Iterator[Engine]:
    """The engine itself, in memory, with no server around it."""
    began = time.monotonic()
    store = load(data)
    loaded = time.monotonic() - began
    gc.collect()
    gc.freeze()

    def work(query: str) -> bytes:
        written = io.BytesIO()
        result = store.query(query)
        assert isinstance(result, ox.QuerySolutions)
        result.serialize(written, format=ox.QueryResultsFormat.CSV)
        return written.getvalue()

    yield Engine("pyoxigraph", lambda query: _in_child(lambda: work(query), limit), loaded)


@contextlib.contextmanager
def _rdflib(data: Path, limit: float) -> Iterator[Engine]:
    """The store and engine of rdflib itself."""
    began = time.monotonic()
    dataset = Dataset(default_union=True)
    dataset.parse(data, format="nquads")
    loaded = time.monotonic() - began

    def work(query: str) -> bytes:
        return dataset.query(query).serialize(format="csv") or b""

    yield Engine("rdflib", lambda query: _in_child(lambda: work(query), limit), loaded)


@contextlib.contextmanager
def _server(starting: contextlib.AbstractContextManager[engines.Server], limit: float) -> Iterator[Engine]:
    with starting as server:

        def run(query: str) -> tuple[float, bytes]:
            began = time.perf_counter()
            try:
                rows = engines.ask(server.url, query, "text/csv", limit + 5)
            except urllib.error.HTTPError as error:
                raise RefusedError(f"{error.code}: {error.read().decode(errors='replace')[:200]}") from None
            except OSError as error:
                raise RefusedError(str(error)) from None
            seconds = time.perf_counter() - began
            if seconds > limit:
                # The oxigraph server then ends the rows where it is, and says nothing.
                raise RefusedError(f"not ended within {limit:g} s")
            return seconds, rows

        yield Engine(server.name, run, server.load_seconds or server.ready_seconds)


def _digest(rows: bytes) -> str:
    """Return a digest of rows in any order, so that engines can be seen to agree."""
    parsed = sorted(csv.reader(io.StringIO(rows.decode())))
    return hashlib.sha256(repr(parsed).encode()).hexdigest()[:16]


def _measure(running: list[Engine], query: str) -> dict[str, dict[str, object]]:
    """Ask each engine in turn, several times; return what each took and gave."""
    times: dict[str, list[float]] = {engine.name: [] for engine in running}
    told: dict[str, dict[str, object]] = {}
    for round_ in range(ROUNDS + 1):
        for engine in running:
            taken = times[engine.name]
            if "error" in told.get(engine.name, {}) or (taken and max(taken) > QUICK):
                continue
            try:
                seconds, rows = engine.run(query)
            except RefusedError as error:
                told[engine.name] = {"seconds": None, "error": str(error)}
                continue
            taken.append(seconds)
            if not round_:
                told[engine.name] = {"rows": rows.count(b"\n") - 1, "digest": _digest(rows)}
    for name, taken in times.items():
        if "error" not in told[name]:
            # The first run fills caches and does not count, where there are others.
            told[name]["seconds"] = statistics.median(taken[1:] or taken)
    return told


def _summary(questions: list[dict[str, object]], names: list[str]) -> dict[str, dict[str, object]]:
    """Return for each engine its mean, its worst, and how citydip compares on what both answer."""

    def seconds(question: dict[str, object], name: str) -> float | None:
        answers = question["engines"]
        assert isinstance(answers, dict)
        found = answers[name]["seconds"]
        return None if found is None else float(found)

    summary: dict[str, dict[str, object]] = {}
    for name in names:
        taken = [s for q in questions if (s := seconds(q, name)) is not None]
        both = [
            (ours, theirs)
            for q in questions
            if (ours := seconds(q, "citydip")) is not None and (theirs := seconds(q, name)) is not None
        ]
        summary[name] = {
            "answered": len(taken),
            "geometric_mean_seconds": statistics.geometric_mean(taken) if taken else None,
            "worst_seconds": max(taken) if taken else None,
            "citydip_takes_times_as_long": statistics.geometric_mean([a / b for a, b in both]) if both else None,
            "compared": len(both),
        }
    return summary


def main() -> None:
    parser = argparse.ArgumentParser(description="The mix of questions through each engine.")
    parser.add_argument("data", type=Path, help="N-Quads")
    parser.add_argument("--name", required=True, help="name of the result")
    parser.add_argument("--limit", type=float, default=60.0, help="seconds for a question")
    parser.add_argument("--without", nargs="*", default=[], help="engines to leave out")
    parser.add_argument("--stores", type=Path, help="folder that keeps what peers have loaded")
    given = parser.parse_args()
    facts = machine_facts()
    with tempfile.TemporaryDirectory() as temporary, contextlib.ExitStack() as stack:
        stores = given.stores or Path(temporary)
        snapshots = stores / f"snapshots-{given.name}"
        engines.make_snapshot(given.data, snapshots)
        limit = given.limit
        starting: dict[str, Callable[[], contextlib.AbstractContextManager[Engine]]] = {
            "citydip": lambda: _server(engines.citydip(snapshots, timeout=limit, cache=0), limit),
            "oxigraph": lambda: _server(
                engines.oxigraph(given.data, stores / f"oxigraph-{given.name}", "--timeout-s", f"{limit:.0f}"), limit
            ),
            "virtuoso": lambda: _server(engines.virtuoso(given.data, stores / f"virtuoso-{given.name}"), limit),
            "pyoxigraph": lambda: _raw(given.data, limit),
            "rdflib": lambda: _rdflib(given.data, limit),
        }
        running = []
        for name, start in starting.items():
            if name not in given.without:
                sys.stderr.write(f"starting {name}\n")
                running.append(stack.enter_context(start()))
        questions: list[dict[str, object]] = []
        for path in sorted(QUESTIONS.glob("*.rq")):
            query = path.read_text(encoding="utf-8")
            # The first two lines of a question say what it asks and what of it grows.
            about, grows = (line.removeprefix("# ").rstrip(".") for line in query.splitlines()[:2])
            measured = _measure(running, query)
            questions.append({"question": path.stem, "about": about, "grows": grows, "engines": measured})
            sys.stderr.write(f"{path.stem}: " + json.dumps({n: m["seconds"] for n, m in measured.items()}) + "\n")
        result = {
            **facts,
            "quads": sum(1 for _ in given.data.open("rb")),
            "limit_seconds": limit,
            "load_seconds": {engine.name: engine.load_seconds for engine in running},
            "summary": _summary(questions, [engine.name for engine in running]),
            "load_at_end": round(os.getloadavg()[0], 2),
            "questions": questions,
        }
    (RESULTS / f"mix-{given.name}.json").write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")
    sys.stdout.write(json.dumps(result["summary"], indent=1) + "\n")


if __name__ == "__main__":
    main()
