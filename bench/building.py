"""How long building, validating, loading and rechecking take, how much memory they take, and how that grows.

    python -m bench.building

Three made-up folders (``bench.generator.folder``), and the whole graph of the checkout. Each step runs in a process of
its own. Two peers run in turn with it over the same data: pyshacl alone with the same shapes, and rdflib's parser
with the same quads. A peer that takes more than ``--limit`` seconds of processor time is stopped.
"""

import argparse
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

from rdflib import Dataset, Graph

from bench.facts import machine_facts
from bench.generator.folder import make_folder
from citydip.curation.build import build
from citydip.curation.check import check
from citydip.curation.layout import Layout, find_layout
from citydip.curation.recheck import DataView
from citydip.curation.shacl import data_shapes, violations
from citydip.curation.snapshot import POINTER, Snapshot
from citydip.curation.workspace import open_workspace, to_rdflib
from citydip.engine.store import load
from citydip.model.settings import Settings

RESULT = Path(__file__).parent / "results" / "building-world.json"
SIZES = {"10k": 11_500, "100k": 114_000, "1m": 1_140_000}
WHOLE = "whole"
LIMIT = 40
PARTS = {
    "reading files": "read",
    "checking their format": "format",
    "checking shapes": "shapes",
    "computing": "rules",
    "running check queries": "checks",
    "describing the graph": "snapshot",
}
"""The parts of a build by the words with which its lines begin or end."""

Told = dict[str, Any]


def measured(run: Callable[[], Told]) -> Told:
    """Return what a step tells, with its seconds, its seconds of processor, and what its process took at most."""
    began, worked = time.perf_counter(), time.process_time()
    told = run()
    return told | {
        "seconds": round(time.perf_counter() - began, 2),
        "processor_seconds": round(time.process_time() - worked, 2),
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }


class SlowError(BaseException):
    """A peer has used up its time; no peer catches this."""


def limited(run: Callable[[], Told], limit: int) -> Told:
    """Return what ``measured`` gives, or that the step was stopped after so many seconds of processor time."""

    def stop(_: int, __: object) -> None:
        raise SlowError

    signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, limit)
    try:
        return measured(run)
    except SlowError:
        return {"error": f"stopped after {limit} s"}
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def run_build(layout: Layout) -> Told:
    """Build from nothing; with the seconds of processor of each part."""
    marks = [("", time.process_time())]

    def say(line: str) -> None:
        part = next((part for words, part in PARTS.items() if line.startswith(words) or line.endswith(words)), None)
        if part:
            marks.append((part, time.process_time()))

    quads = build(layout, None, say, full=True).quads
    marks.append(("", time.process_time()))
    parts = {part: round(end - began, 2) for (part, began), (_, end) in pairwise(marks) if part}
    return {"quads": quads, "parts": parts}


def run_recheck(layout: Layout, _: int) -> Told:
    """Check after an edit of one file."""
    edit(layout.root)
    return measured(lambda: {"findings": len(check(layout, None, lambda _: None).findings)})


def run_load(layout: Layout, _: int) -> Told:
    """Load the snapshot as a server does."""
    data = Snapshot.open(layout.snapshots / POINTER).data
    return measured(lambda: {"quads": len(load(data))})


def run_rdflib(layout: Layout, limit: int) -> Told:
    """Load the snapshot's quads by rdflib."""
    data = Snapshot.open(layout.snapshots / POINTER).data
    return limited(lambda: {"quads": len(Dataset().parse(data, format="nquads"))}, limit)


def run_pyshacl(layout: Layout, limit: int) -> Told:
    """Validate by pyshacl alone; reading the files is not measured."""
    workspace = open_workspace(layout)
    data, shapes = Graph(), data_shapes(workspace)
    for triple in DataView(workspace).triples():
        data.add((to_rdflib(triple.subject), to_rdflib(triple.predicate), to_rdflib(triple.object)))
    return limited(lambda: {"triples": len(data), "findings": len(list(violations(data, shapes)))}, limit)


STEPS: dict[str, Callable[[Layout, int], Told]] = {
    "build": lambda layout, _: measured(lambda: run_build(layout)),
    "recheck": run_recheck,
    "load": run_load,
    "rdflib": run_rdflib,
    "pyshacl": run_pyshacl,
}


def edit(root: Path) -> None:
    """Change the English label of one thing, in a curated file where there is one."""
    articles = sorted((root / "data" / "articles").glob("*.ttl"))
    path = (articles or sorted((root / "data" / "world" / "cities").glob("*.ttl")))[0]
    before, label, after = path.read_text(encoding="utf-8").partition('"@en')
    path.write_text(f"{before} {time.time_ns()}{label}{after}", encoding="utf-8")


def run_step(name: str, root: Path, limit: int) -> Told:
    """Run a step in a process of its own."""
    command = [sys.executable, "-m", "bench.building", "--step", name, "--folder", str(root), "--limit", str(limit)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    told: Told = json.loads(done.stdout)
    return told


def run_size(name: str, root: Path, limit: int) -> Told:
    """Make the folder of a size and return the figures of all steps on it."""
    if name == WHOLE:
        layout = find_layout(Settings())
        for folder in ("ontology", "shapes", "queries", "data"):
            shutil.copytree(layout.root / folder, root / folder)
        found: Told = {"triples": sum(len(file.triples) for file in open_workspace(layout).files_below("data"))}
    else:
        found = {"triples": make_folder(root, SIZES[name])}
    for step in STEPS:
        found[step] = run_step(step, root, limit)
        sys.stderr.write(f"{name} {step}: {found[step]}\n")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure building, validating, loading and rechecking.")
    parser.add_argument("--folder", type=Path, help="where the folders go; none: a temporary one")
    parser.add_argument("--step", choices=STEPS, help="run this step alone on the folder")
    parser.add_argument("--only", nargs="+", choices=[*SIZES, WHOLE], help="sizes to run; the result is printed only")
    parser.add_argument("--limit", type=int, default=LIMIT, help="seconds of processor after which a peer is stopped")
    given = parser.parse_args()
    if given.step:
        layout = Layout(given.folder, given.folder / "snapshots")
        print(json.dumps(STEPS[given.step](layout, given.limit)))
        return
    facts = machine_facts()
    with tempfile.TemporaryDirectory() as temporary:
        folder = (given.folder or Path(temporary)).resolve()
        sizes = {name: run_size(name, folder / name, given.limit) for name in given.only or [*SIZES, WHOLE]}
    result = facts | {"limit_seconds": given.limit, "sizes": sizes, "load_at_end": round(os.getloadavg()[0], 2)}
    if given.only:
        print(json.dumps(result, indent=1))
    else:
        RESULT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
