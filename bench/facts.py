"""What a result must say of where it comes from: machine, versions, date, and how busy the machine was."""

import importlib.metadata
import os
import platform
import re
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.engines import find_program

__all__ = ["machine_facts", "process_memory", "processor_seconds"]

_PACKAGES = ("citydip", "pyoxigraph", "rdflib", "pyshacl", "fastapi", "starlette", "uvicorn", "uvloop", "httptools")
_TICK = os.sysconf("SC_CLK_TCK")


def machine_facts() -> dict[str, object]:
    """Return the facts that stand at the head of each result."""
    models = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "date": datetime.now(UTC).isoformat(timespec="minutes"),
        "cores": os.cpu_count(),
        "processor": models[0].partition(":")[2].strip() if models else platform.processor(),
        "memory_gib": round(pages / (1 << 30), 1),
        "python": platform.python_version(),
        "load_at_begin": round(os.getloadavg()[0], 2),
        "versions": {name: importlib.metadata.version(name) for name in _PACKAGES} | _programs(),
    }


def _programs() -> dict[str, str]:
    """Return the versions of the peers that are installed."""
    found = {}
    for name, arguments in (("oxigraph", ["--version"]), ("virtuoso-t", ["-?"]), ("wrk", ["-v"])):
        program = find_program(name)
        if program:
            told = subprocess.run([program, *arguments], check=False, capture_output=True, text=True)
            version = re.search(r"\d+(\.\d+)+", told.stdout + told.stderr)
            found[name] = version[0] if version else "unknown"
    endpoint = find_program("rdflib-endpoint")
    if endpoint:
        python = Path(endpoint).parent / "python"
        script = "import importlib.metadata as m; print(m.version('rdflib-endpoint'), m.version('oxrdflib'))"
        told = subprocess.run([str(python), "-c", script], check=False, capture_output=True, text=True)
        found["rdflib-endpoint"], _, found["oxrdflib"] = told.stdout.strip().partition(" ")
    return found


def process_memory(pids: Sequence[int]) -> int:
    """Return the bytes that processes take together; what they share is counted once (proportional set size)."""
    total = 0
    for pid in pids:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) << 10 for line in lines if line.startswith("Pss:"))
    return total


def processor_seconds(pids: Sequence[int]) -> float:
    """Return the seconds of processor time that processes have used."""
    total = 0.0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += (int(fields[11]) + int(fields[12])) / _TICK
    return total
