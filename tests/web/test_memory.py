"""Where there is no memory left, a query ends, and the service goes on."""

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from citydip.curation.snapshot import Snapshot
from tests.web.conftest import started, wait_until_ready
from tests.web.hostile import family

# It takes more and more, and its own limit is higher than what the machine has.
HUNGRY = "SELECT DISTINCT ?a ?d ?g { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?g ?d ?a"
ROOM = 300 << 20
LIMITS = {"memory.limit_in_bytes": ("memory.memsw.limit_in_bytes", ROOM), "memory.max": ("memory.swap.max", 0)}
"""The file of a control group that limits its memory, and the one for swapping, in either version of them."""


def limited(root: Path) -> Path | None:
    """Return a new control group whose processes have little memory; None where nobody here may make one."""
    group = root / f"citydip-{os.getpid()}"
    with contextlib.suppress(OSError):
        group.mkdir()
        for limit, (swapping, most) in LIMITS.items():
            if (group / limit).exists():
                (group / limit).write_text(str(ROOM))
                with contextlib.suppress(OSError):
                    (group / swapping).write_text(str(most))
                return group
        group.rmdir()
    return None


@pytest.fixture
def small_machine() -> Iterator[Path]:
    """Yield a control group with 300 MiB for all that its processes ask for from now on."""
    roots = (Path("/sys/fs/cgroup/memory"), Path("/sys/fs/cgroup"))
    group = next(filter(None, map(limited, roots)), None)
    if group is None:
        pytest.skip("this system lets nobody here limit the memory of processes")
    yield group
    end = time.monotonic() + 10
    while (group / "cgroup.procs").read_text() and time.monotonic() < end:
        time.sleep(0.05)
    group.rmdir()


def test_a_query_that_the_machine_has_no_memory_for_ends_and_nothing_else(
    snapshot: Snapshot, small_machine: Path
) -> None:
    with started(snapshot.path.parent, "--workers", "1", "--memory", "65536") as (process, address):
        wait_until_ready(address)
        # The named graphs are there when they have answered.
        for query in ("ASK { ?s ?p ?o }", "ASK { GRAPH ?g { ?s ?p ?o } }"):
            assert httpx.get(address + "/sparql", params={"query": query}, timeout=30).status_code == 200
        for pid in family(process.pid):
            (small_machine / "cgroup.procs").write_text(str(pid))
        before = children(process.pid)
        answer = httpx.get(address + "/sparql", params={"query": HUNGRY}, timeout=60)
        assert answer.status_code == 507
        assert "the system ended the process that ran the query" in answer.json()["detail"]
        for query in ("SELECT * { ?s ?p ?o } LIMIT 3", "SELECT ?g { GRAPH ?g { ?s ?p ?o } } LIMIT 3"):
            assert httpx.get(address + "/sparql", params={"query": query}, timeout=30).status_code == 200
        assert process.poll() is None
        assert children(process.pid) == before
        process.terminate()
        process.wait(20)


def children(pid: int) -> list[str]:
    """Return the processes that a process has started."""
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
