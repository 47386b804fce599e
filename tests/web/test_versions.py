"""New data without a gap, and old data at its own address."""

import contextlib
import os
import shutil
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from citydip.curation.snapshot import Snapshot, write_pointer
from tests.web.conftest import serving, started, wait_until_ready

COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"


@pytest.fixture
def folder(snapshot: Snapshot, newer: Snapshot, tmp_path: Path) -> Path:
    """Return a folder with both snapshots, of which the older is current."""
    for each in (snapshot, newer):
        shutil.copytree(each.path, tmp_path / each.version)
    write_pointer(tmp_path, snapshot.version)
    return tmp_path


@pytest.fixture
def server(folder: Path) -> Iterator[str]:
    with serving(folder, "--workers", "2", "--watch", "0.2", "--versions", "1") as address:
        yield address


def ask(server: str, path: str = "/sparql", query: str = COUNT) -> httpx.Response:
    return httpx.get(server + path, params={"query": query, "format": "csv"}, timeout=20)


def counted(answer: httpx.Response) -> int:
    return int(answer.text.split()[1])


def distinct(snapshot: Snapshot) -> int:
    """Return how many triples all graphs of a snapshot have together."""
    return len({line.rsplit(b" <", 1)[0] for line in snapshot.data.read_bytes().splitlines()})


def test_a_swap_under_load_fails_no_request_and_mixes_no_versions(
    server: str, folder: Path, snapshot: Snapshot, newer: Snapshot
) -> None:
    expected = {each.version: distinct(each) for each in (snapshot, newer)}
    assert len(set(expected.values())) == 2
    seen: Counter[str] = Counter()
    wrong: list[str] = []
    done = threading.Event()

    def load() -> None:
        while not done.is_set():
            try:
                answer = ask(server)
                version = answer.headers["citydip-version"]
                seen[version] += 1
                if answer.status_code != 200 or counted(answer) != expected[version]:
                    wrong.append(f"{answer.status_code} {version} {answer.text}")
            except httpx.HTTPError as error:
                wrong.append(repr(error))

    threads = [threading.Thread(target=load) for _ in range(4)]
    for thread in threads:
        thread.start()
    time.sleep(1)
    write_pointer(folder, newer.version)
    # What is new is loaded beside quick queries only when these leave the time for it, and here they never pause.
    end = time.monotonic() + 60
    while seen[newer.version] < 50 and time.monotonic() < end:
        time.sleep(0.1)
    done.set()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert seen[snapshot.version] > 10
    assert seen[newer.version] >= 50
    assert httpx.get(server + "/health/ready").json()["version"] == newer.version


def test_an_old_version_answers_at_its_own_address_for_ever(
    server: str, folder: Path, snapshot: Snapshot, newer: Snapshot
) -> None:
    for each in (newer, snapshot):
        answer = ask(server, f"/version/{each.version}/sparql")
        assert counted(answer) == distinct(each)
        assert answer.headers["citydip-version"] == each.version
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert ask(server).headers["cache-control"] == "no-cache"
    page = httpx.get(f"{server}/version/{newer.version}/", headers={"Accept": "text/html"})
    assert newer.version in page.text
    assert f'class="run" href="/version/{newer.version}/queries/' in page.text


def test_all_versions_together_have_as_many_places_as_one(folder: Path, newer: Snapshot) -> None:
    endless = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    with serving(folder, "--workers", "1", "--queue", "0", "--timeout", "5") as server:
        other = f"/version/{newer.version}/sparql"
        assert (ask(server).status_code, ask(server, other).status_code) == (200, 200)
        told: list[int] = []
        threads = [threading.Thread(target=lambda: told.append(ask(server, other, endless).status_code)) for _ in "ab"]
        for thread in threads:
            thread.start()
            time.sleep(0.5)
        # One of them has the slow place, the other the quick one; what was answered before needs none.
        assert ask(server, query="ASK {}").status_code == 503
        for thread in threads:
            thread.join()
        assert told == [504, 504]
        assert ask(server, query="ASK {}").status_code == 200


@pytest.mark.parametrize("name", ["0000000000000000", "%2e%2e", "current", ""])
def test_a_version_that_is_not_there_is_404(server: str, name: str) -> None:
    assert ask(server, f"/version/{name}/sparql").status_code == 404


def test_a_broken_snapshot_is_passed_over(server: str, folder: Path, snapshot: Snapshot, newer: Snapshot) -> None:
    (folder / newer.version / "graph.nq").unlink()
    write_pointer(folder, newer.version)
    time.sleep(1)
    answer = ask(server)
    assert (answer.status_code, answer.headers["citydip-version"]) == (200, snapshot.version)


def test_a_graph_whose_process_is_gone_is_opened_again(folder: Path, newer: Snapshot) -> None:
    with started(folder, "--workers", "1", "--watch", "0.2") as (process, server):
        wait_until_ready(server)
        assert ask(server, f"/version/{newer.version}/sparql").status_code == 200
        for child in children(process.pid):
            os.kill(child, signal.SIGKILL)
        wait_until_ready(server)
        assert ask(server).status_code == 200
        assert ask(server, f"/version/{newer.version}/sparql").status_code == 200
        # What is left of the old ones goes away: two versions stay, and the named graphs of the current one.
        end = time.monotonic() + 10
        while len(children(process.pid)) != 3 and time.monotonic() < end:
            time.sleep(0.1)
        assert len(children(process.pid)) == 3


GRAPHS = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"


def test_named_graphs_are_loaded_in_a_process_of_their_own_which_comes_back(folder: Path, snapshot: Snapshot) -> None:
    with started(folder, "--workers", "1") as (process, server):
        wait_until_ready(server)
        everything = len(snapshot.data.read_bytes().splitlines())
        assert counted(ask(server, query=GRAPHS)) == everything
        assert len(children(process.pid)) == 2
        union, graphs = sorted(children(process.pid))
        os.kill(graphs, signal.SIGKILL)
        end = time.monotonic() + 10
        while len(children(process.pid)) > 1 and time.monotonic() < end:
            time.sleep(0.1)
        assert counted(ask(server)) == distinct(snapshot), "what needs no named graph is answered on"
        assert counted(ask(server, query=GRAPHS)) == everything
        assert union in children(process.pid)


def test_a_version_without_a_file_of_its_union_is_served_by_one_process(folder: Path, snapshot: Snapshot) -> None:
    (folder / snapshot.version / "graph.nt").unlink()
    with started(folder, "--workers", "1") as (process, server):
        wait_until_ready(server)
        assert counted(ask(server)) == distinct(snapshot)
        assert counted(ask(server, query=GRAPHS)) == len(snapshot.data.read_bytes().splitlines())
        assert len(children(process.pid)) == 1


def children(pid: int) -> list[int]:
    """Return the processes that a process has started, but for those that have ended."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
            if int(parent) == pid and state != "Z":
                found.append(int(stat.parent.name))
    return found
