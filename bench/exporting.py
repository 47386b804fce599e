"""Every export of a snapshot: time, processor time, memory and size, each made by a process of its own.

    python -m bench.exporting [SNAPSHOTS] --name world

writes ``bench/results/exports-world.json``. Memory is the most that the process held at a time (peak resident set).
With ``--only ties.csv --only ties.parquet`` these alone are measured anew, and the others stay as they are.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.facts import machine_facts
from citydip.curation.snapshot import Snapshot
from citydip.services.exporting.forms import EXPORTS

__all__ = ["main"]

RESULTS = Path(__file__).parent / "results"
PACKED = ("graph.nq.gz", "graph.nq.zst")


def measure(snapshots: Path, name: str, folder: Path) -> dict[str, object]:
    """Return what the making of an export takes."""
    path = folder / name
    command = [sys.executable, "-m", "citydip", "export", name, "--out", str(path), "--snapshots", str(snapshots)]
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - began
    if process.returncode:
        raise SystemExit(f"{name} could not be made; try: {' '.join(command[2:])}")
    size = path.stat().st_size
    path.unlink()
    return {
        "export": name,
        "seconds": round(seconds, 1),
        "processor_seconds": round(used.ru_utime + used.ru_stime, 1),
        "memory_mib": round(used.ru_maxrss / 1024),
        "mib": round(size / (1 << 20), 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the exports of a snapshot.")
    parser.add_argument("snapshots", type=Path, nargs="?", default=Path("snapshots"))
    parser.add_argument("--name", default="world")
    parser.add_argument("--only", action="append", choices=[*EXPORTS, *PACKED], help="one of several exports")
    given = parser.parse_args()
    snapshots = given.snapshots.resolve()
    snapshot = Snapshot.open(snapshots / "current")
    path = RESULTS / f"exports-{given.name}.json"
    names = given.only or [*EXPORTS, *PACKED]
    known = json.loads(path.read_text(encoding="utf-8"))["exports"] if given.only else []
    result: dict[str, object] = {**machine_facts(), "graph": given.name, "quads": snapshot.quads}
    with tempfile.TemporaryDirectory(prefix="bench-exports-") as folder:
        measured = {name: measure(snapshots, name, Path(folder)) for name in names}
    result["exports"] = [measured.pop(row["export"], row) for row in known] + list(measured.values())
    result["load_at_end"] = round(os.getloadavg()[0], 2)
    path.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    sys.stdout.write(path.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
