"""How well and how fast rows are matched: the gold file against a snapshot, on one core.

    python -m bench.reconciling SNAPSHOT --name world [--show]

writes ``bench/results/reconciling-world.json``: precision of what is matched, recall at 5, and the time that 1,000 rows
take. Each row of ``tests/reconcile/gold.csv`` has a thing that is meant, or none where nothing in the graph is meant.
Rows without an answer count for precision: to match them is wrong.
"""

import argparse
import asyncio
import csv
import json
import os
import sys
import time
from collections import Counter
from pathlib import Path

from bench.facts import machine_facts
from citydip.curation.snapshot import Snapshot
from citydip.model.settings import Settings
from citydip.services.graph import ServedGraph, open_graph
from citydip.services.reconciling.matching import match
from citydip.services.reconciling.query import Candidate, Condition, Given, Query
from citydip.services.reconciling.things import short_id

__all__ = ["GOLD", "main", "measure", "read_gold"]

GOLD = Path(__file__).parents[1] / "tests" / "reconcile" / "gold.csv"
RESULTS = Path(__file__).parent / "results"
ROWS = 1000
BATCH = 200
_NOT_CONDITIONS = frozenset({"text", "type", "answer", "source"})


def read_gold(path: Path = GOLD) -> list[tuple[Query, str, str]]:
    """Return the rows: what is asked, what is meant (empty for nothing), and where the row is from."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = []
    for row in rows:
        given = {name: value for name, value in row.items() if name not in _NOT_CONDITIONS and value}
        conditions = tuple(Condition(name, (Given(value),)) for name, value in given.items())
        query = Query(row["text"], (row["type"],) if row["type"] else (), conditions=conditions)
        found.append((query, row["answer"], row["source"]))
    return found


async def measure(graph: ServedGraph, gold: list[tuple[Query, str, str]]) -> tuple[dict[str, object], list[str]]:
    """Return the figures, and a line for each row that was not answered as it should be."""
    answers = await _in_batches(graph, [query for query, _, _ in gold])
    faults: list[str] = []
    counts: Counter[str] = Counter()
    for (query, answer, source), candidates in zip(gold, answers, strict=True):
        ids = [short_id(one.iri) for one in candidates[:5]]
        matched = [short_id(one.iri) for one in candidates if one.match]
        counts["matched"] += len(matched)
        counts["matched rightly"] += matched == [answer]
        counts["with an answer"] += bool(answer)
        counts["found"] += bool(answer) and answer in ids
        if matched not in ([], [answer]) or (answer and answer not in ids):
            kind = "WRONG" if matched not in ([], [answer]) else "MISSED"
            said = {one.property: one.values[0].text for one in query.conditions}
            best = [(one.score, short_id(one.iri), one.features["name"]) for one in candidates[:2]]
            faults.append(f"{kind} {query.text!r} {query.types} {said} -> {answer or 'nothing'} ({source}); got {best}")
    rows = [query for query, _, _ in gold]
    many = (rows * (ROWS // len(rows) + 1))[:ROWS]
    wall, work = time.perf_counter(), time.process_time()
    await _in_batches(graph, many)
    figures: dict[str, object] = {
        "rows": len(gold),
        "rows_with_an_answer": counts["with an answer"],
        "matched": counts["matched"],
        "precision": round(counts["matched rightly"] / counts["matched"], 4),
        "recall_at_5": round(counts["found"] / counts["with an answer"], 4),
        "matched_share": round(counts["matched rightly"] / counts["with an answer"], 4),
        "seconds_for_1000_rows": round(time.perf_counter() - wall, 2),
        "processor_seconds_for_1000_rows": round(time.process_time() - work, 2),
        "batch": BATCH,
    }
    return figures, faults


async def _in_batches(graph: ServedGraph, rows: list[Query]) -> list[list[Candidate]]:
    found = []
    for begin in range(0, len(rows), BATCH):
        found += await match(graph, rows[begin : begin + BATCH], ("en",))
    return found


async def _run(snapshot: Path) -> tuple[dict[str, object], list[str]]:
    settings = Settings(workers=1, reconcile_timeout=120)
    async with open_graph(Snapshot.open(snapshot), settings) as graph:
        await match(graph, [Query("warm up")], ("en",))
        return await measure(graph, read_gold())


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the matching of rows.")
    parser.add_argument("snapshot", type=Path)
    parser.add_argument("--name", default="world")
    parser.add_argument("--show", action="store_true", help="show the rows that were not answered as they should be")
    given = parser.parse_args()
    # The worker processes inherit the one core.
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    facts = machine_facts()
    figures, faults = asyncio.run(_run(given.snapshot))
    result = {**facts, "graph": given.name, "load_at_end": round(os.getloadavg()[0], 2), **figures}
    path = RESULTS / f"reconciling-{given.name}.json"
    path.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    sys.stdout.write("".join(f"{fault}\n" for fault in faults) if given.show else "")
    sys.stdout.write(path.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
