"""Workers that can be killed: deadlines, memory, clients that go away, and the quick beside the slow."""

import asyncio
import contextlib
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from citydip.engine.guard import guard
from citydip.engine.lanes import Lanes
from citydip.engine.pool import Pool
from citydip.engine.run import QueryRequest, syntax_error
from citydip.model.errors import (
    ParameterError,
    QueryMemoryError,
    QueryStoppedError,
    QuerySyntaxError,
    QueryTimeoutError,
    ServiceBusyError,
    SnapshotError,
)
from citydip.model.settings import Settings

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
HUNGRY = "SELECT DISTINCT ?a ?d ?g { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?g ?d ?a"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data") / "graph.nq"
    lines = (f'<http://x/s{i}> <http://x/p{i % 7}> "value {i}" <http://x/g{i % 3}> .\n' for i in range(3000))
    path.write_text("".join(lines))
    return path


@contextlib.asynccontextmanager
async def opened(data: Path, **settings: float) -> AsyncIterator[Pool]:
    pool = Pool(data, Settings(**settings))  # type: ignore[arg-type]
    await pool.start()
    try:
        yield pool
    finally:
        await pool.close()


def request(text: str, form: str = "json", timeout: float | None = None, **more: tuple[str, ...]) -> QueryRequest:
    return QueryRequest(text, guard(text), form, timeout, **more)  # type: ignore[arg-type]


async def ask(
    pool: Pool, text: str, form: str = "json", timeout: float | None = None, **more: tuple[str, ...]
) -> bytes:
    async with pool.answer(request(text, form, timeout, **more)) as answer:
        return await answer.read()


def gone(pid: int) -> bool:
    """Return whether a process runs no more (a zombie does not run)."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state == "Z"


def open_files_allowed(pid: int) -> list[str]:
    """Return the soft and hard limit of files that a process may open."""
    limits = Path(f"/proc/{pid}/limits").read_text()
    (files,) = [line for line in limits.splitlines() if line.startswith("Max open files")]
    return files.split()[3:5]


def ends_first(pid: int) -> int:
    """Return how readily the system ends a process where memory is short: at 1000, before any other."""
    return int(Path(f"/proc/{pid}/oom_score_adj").read_text())


async def until_gone(pid: int, seconds: float = 1.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if gone(pid):
            return True
        await asyncio.sleep(0.02)
    return False


async def until(condition: Callable[[], bool], seconds: float = 10) -> None:
    """Wait until a condition holds; fail where it does not in time."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to that"
        await asyncio.sleep(0.005)


async def cancel(*tasks: asyncio.Task[bytes]) -> None:
    """Cancel tasks, and wait until they have ended, however that was."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def test_rows_truth_and_graphs_come_in_their_formats(data: Path) -> None:
    async def run() -> None:
        async with opened(data, workers=1) as pool:
            rows = json.loads(await ask(pool, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"))
            assert rows["results"]["bindings"][0]["n"]["value"] == "3000"
            assert await ask(pool, "ASK { ?s <http://x/p1> ?o }", "csv") == b"true"
            graph = await ask(pool, "CONSTRUCT { ?s a <http://x/C> } { ?s <http://x/p1> 'value 1' }", "ntriples")
            assert graph.split() == [
                b"<http://x/s1>",
                b"<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>",
                b"<http://x/C>",
                b".",
            ]

    asyncio.run(run())


def test_the_default_graph_is_the_union_unless_the_query_or_the_request_names_one(data: Path) -> None:
    async def run() -> None:
        count = "SELECT (COUNT(*) AS ?n) {} {{ ?s ?p ?o }}"
        async with opened(data, workers=1) as pool:

            async def n(text: str, **more: tuple[str, ...]) -> int:
                return int((await ask(pool, text, "csv", None, **more)).split()[1])

            assert await n(count.format("")) == 3000
            assert await n(count.format("FROM <http://x/g1>")) == 1000
            assert await n(count.format("FROM <http://x/g1> FROM <http://x/g2>")) == 2000
            assert await n(count.format("FROM <http://x/nothing>")) == 0
            assert await n(count.format(""), default_graphs=("http://x/g1",)) == 1000
            assert await n(count.format("FROM <http://x/g1>"), default_graphs=("http://x/g1", "http://x/g2")) == 2000
            assert await n(count.format(""), named_graphs=("http://x/g1",)) == 0
            named = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
            assert await n(named) == 3000
            assert await n(named, named_graphs=("http://x/g1",)) == 1000
            assert await n(named.replace("{ GRAPH", "FROM NAMED <http://x/g2> { GRAPH")) == 1000

    asyncio.run(run())


def test_a_syntax_error_has_its_place_and_the_worker_goes_on(data: Path) -> None:
    async def run() -> None:
        async with opened(data, workers=1) as pool:
            with pytest.raises(QuerySyntaxError) as caught:
                await ask(pool, "SELECT *\nWHERE { ?s ?p }")
            assert (caught.value.line, caught.value.column) == (2, 16)
            assert caught.value.excerpt == "WHERE { ?s ?p }\n               ^"
            async with pool.answer(request("ASK {}")) as one:
                first = one.pid
                await one.read()
            async with pool.answer(request("ASK {}")) as two:
                assert two.pid == first
                await two.read()

    asyncio.run(run())


@pytest.mark.parametrize(
    "query",
    [
        ENDLESS,
        "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a",
        "ASK { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER (STR(?a) = CONCAT(STR(?i), STR(?d), 'x')) }",
    ],
)
def test_a_query_past_its_deadline_is_killed_and_its_process_gone_within_a_second(data: Path, query: str) -> None:
    async def run() -> None:
        async with opened(data, workers=1) as pool:
            worker = pool._idle[0].pid
            began = time.monotonic()
            with pytest.raises(QueryTimeoutError, match=r"after 0\.5 s"):
                await ask(pool, query, timeout=0.5)
            assert time.monotonic() - began < 1.5
            assert await until_gone(worker)
            assert await ask(pool, "ASK {}", "csv") == b"true"

    asyncio.run(run())


def test_the_deadline_of_the_settings_cannot_be_exceeded(data: Path) -> None:
    async def run() -> None:
        async with opened(data, workers=1, timeout=0.3) as pool:
            with pytest.raises(QueryTimeoutError, match=r"after 0\.3 s"):
                await ask(pool, ENDLESS, timeout=60)

    asyncio.run(run())


def test_a_query_that_eats_memory_is_killed_and_the_next_is_answered(data: Path) -> None:
    async def run() -> None:
        async with opened(data, workers=1, memory=64, timeout=60) as pool:
            with pytest.raises(QueryMemoryError, match="memory limit"):
                await ask(pool, HUNGRY)
            assert await ask(pool, "ASK {}", "csv") == b"true"

    asyncio.run(run())


def test_whoever_stops_waiting_stops_the_query(data: Path) -> None:
    async def run() -> None:
        async with opened(data, workers=1, timeout=60) as pool:
            worker = pool._idle[0].pid
            task = asyncio.create_task(ask(pool, ENDLESS))
            await asyncio.sleep(0.1)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert await until_gone(worker)
            assert await ask(pool, "ASK {}", "csv") == b"true"

    asyncio.run(run())


def test_whoever_leaves_in_the_middle_of_a_large_answer_stops_it(data: Path) -> None:
    async def run() -> None:
        async with opened(data, workers=1, timeout=60) as pool:
            async with pool.answer(request("SELECT * { ?a ?b ?c . ?d ?e ?f }", "csv")) as answer:
                worker = answer.pid
                async for chunk in answer.chunks():
                    assert chunk
                    break
            assert await until_gone(worker)

    asyncio.run(run())


def test_quick_queries_do_not_wait_behind_slow_ones(data: Path) -> None:
    async def run() -> None:
        async with opened(data, workers=2, timeout=5) as pool:
            slow = [asyncio.create_task(ask(pool, ENDLESS)) for _ in range(2)]
            await asyncio.sleep(0.5)
            for _ in range(20):
                assert await asyncio.wait_for(ask(pool, "ASK {}", "csv"), 2) == b"true"
            assert not any(task.done() for task in slow)
            await cancel(*slow)

    asyncio.run(run())


def test_a_query_that_finds_no_slow_place_gets_one_when_it_is_free(data: Path) -> None:
    async def run() -> None:
        async with opened(data, workers=1, timeout=60) as pool:
            tasks = [asyncio.create_task(ask(pool, ENDLESS))]
            await until(lambda: [query.slow for query in pool.running()] == [True])
            tasks.append(asyncio.create_task(ask(pool, ENDLESS)))
            await asyncio.sleep(0.3)
            first, second = pool.running()
            assert (first.slow, second.slow) == (True, False)
            assert pool.stop(first.id)
            await until(lambda: [query.slow for query in pool.running()] == [True])
            assert await ask(pool, "ASK {}", "csv") == b"true"
            await cancel(*tasks)

    asyncio.run(run())


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such priorities")
def test_a_slow_query_gets_a_lower_priority_and_its_worker_serves_no_other(data: Path) -> None:
    async def run() -> None:
        async with opened(data, workers=1, timeout=60) as pool:
            worker = pool._idle[0]
            task = asyncio.create_task(ask(pool, ENDLESS))
            await until(lambda: os.getpriority(os.PRIO_PROCESS, worker.pid) == 10)
            await cancel(task)
            assert await until_gone(worker.pid)
            assert await ask(pool, "ASK {}", "csv") == b"true"

    asyncio.run(run())


PROCESSORS = len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1
several = pytest.mark.skipif(PROCESSORS < 2, reason="there is one processor only, or the system keeps none apart")


@several
def test_slow_queries_leave_one_processor_alone_while_quick_ones_come(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("citydip.engine.cores._CALM", 1)

    async def run() -> None:
        async with opened(data, workers=2, timeout=60) as pool:
            slow = [asyncio.create_task(ask(pool, ENDLESS)) for _ in range(2)]
            await until(lambda: [query.slow for query in pool.running()] == [True, True])

            def used() -> list[int]:
                return [len(os.sched_getaffinity(query.pid)) for query in pool.running()]

            assert used() == [PROCESSORS, PROCESSORS]
            # However busy the machine is, those that come now are quick.
            monkeypatch.setattr("citydip.engine.pool._QUICK", 60)
            began = time.monotonic()
            while time.monotonic() < began + 2:
                await ask(pool, "ASK {}")
                assert used() == [PROCESSORS - 1, PROCESSORS - 1]
            slow.append(asyncio.create_task(ask(pool, ENDLESS)))
            await until(lambda: len(pool.running()) == 3)
            await until(lambda: used() == [PROCESSORS] * 3)
            await cancel(*slow)

    asyncio.run(run())


def test_workers_that_ask_another_store_leave_no_processor_alone(data: Path) -> None:
    async def run() -> None:
        async with opened(data, workers=1) as pool:
            lanes = Lanes(Settings(store="http://127.0.0.1:9/sparql"))
            slow, quick = pool._idle[0], await pool._fork()
            await lanes.take()
            await lanes.take()
            lanes.take_slow(slow)
            lanes.leave(quick, quick=True)
            assert not lanes._cores.kept
            quick.kill()

    asyncio.run(run())


@several
def test_a_worker_that_was_slow_and_is_used_again_runs_anywhere(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("citydip.engine.pool._QUICK", 0.0)
    monkeypatch.setattr("citydip.engine.pool._STEP", 60)

    async def run() -> None:
        async with opened(data, workers=1, timeout=60) as pool:
            worker = pool._idle[0]
            async with pool.answer(request("SELECT * { ?s ?p ?o }")) as answer:
                await until(lambda: worker.slow)
                pool.lanes._cores.note_quick()
                assert len(os.sched_getaffinity(worker.pid)) == PROCESSORS - 1
                await answer.read()
            assert pool._idle == [worker]
            assert len(os.sched_getaffinity(worker.pid)) == PROCESSORS
            assert not worker.slow

    asyncio.run(run())


def test_beside_slow_queries_no_more_quick_ones_run_than_there_are_processors(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("citydip.engine.cores.processors", lambda: ({0, 1}, {0}))
    monkeypatch.setattr("citydip.engine.cores._CALM", 2)

    async def run() -> None:
        async with opened(data, workers=4, timeout=60) as pool:
            slow = asyncio.create_task(ask(pool, ENDLESS))
            await until(lambda: [query.slow for query in pool.running()] == [True])
            monkeypatch.setattr("citydip.engine.pool._QUICK", 60)
            await ask(pool, "ASK {}")
            quick = [asyncio.create_task(ask(pool, ENDLESS)) for _ in range(3)]
            await asyncio.sleep(0.05)
            assert len(pool.running()) == 3
            # No quick query has ended for a while: all places are free again.
            await until(lambda: len(pool.running()) == 4)
            await cancel(slow, *quick)

    asyncio.run(run())


def test_a_full_queue_refuses_at_once(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("citydip.engine.pool._QUICK", 60)

    async def run() -> None:
        async with opened(data, workers=1, queue=1, timeout=5) as pool:
            tasks = [asyncio.create_task(ask(pool, ENDLESS)) for _ in range(2)]
            await asyncio.sleep(0.05)
            with pytest.raises(ServiceBusyError):
                await ask(pool, "ASK {}")
            await cancel(*tasks)
            assert await ask(pool, "ASK {}", "csv") == b"true"

    asyncio.run(run())


def test_pools_that_share_their_places_run_no_more_queries_together(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("citydip.engine.pool._QUICK", 60)

    async def run() -> None:
        async with opened(data, workers=1, queue=0) as one:
            other = Pool(data, one.settings, lanes=one.lanes)
            await other.start()
            try:
                async with one.answer(request("SELECT * { ?s ?p ?o }")):
                    with pytest.raises(ServiceBusyError):
                        await ask(other, "ASK { }")
                assert b"true" in await ask(other, "ASK { }")
                assert b"true" in await ask(one, "ASK { }")
            finally:
                await other.close()

    asyncio.run(run())


def test_a_worker_that_somebody_else_kills_is_replaced(data: Path) -> None:
    async def run() -> None:
        async with opened(data, workers=1) as pool:
            os.kill(pool._idle[0].pid, 9)
            await asyncio.sleep(0.1)
            assert await ask(pool, "ASK {}", "csv") == b"true"
            task = asyncio.create_task(ask(pool, ENDLESS))
            await asyncio.sleep(0.1)
            running = [pid for pid in pool._endings if not pool._endings[pid].done()]
            for pid in running:
                os.kill(pid, 9)
            with pytest.raises(QueryMemoryError, match="the system ended the process that ran the query"):
                await task

    asyncio.run(run())


@pytest.mark.skipif(not Path("/proc/self/oom_score_adj").exists(), reason="the system does not choose what it ends")
def test_a_system_without_memory_ends_queries_and_not_what_they_are_forked_from(data: Path) -> None:
    async def run() -> None:
        async with opened(data, workers=1) as pool:
            assert pool._zygote is not None
            assert ends_first(os.getpid()) == ends_first(pool._zygote.pid)
            assert ends_first(pool._idle[0].pid) == 1000

    asyncio.run(run())


def test_a_worker_that_has_taken_much_memory_gives_place_to_a_fresh_one(data: Path) -> None:
    async def run() -> None:
        async with opened(data, workers=1) as pool:
            first = pool._idle[0]
            for _ in range(3):
                await ask(pool, "SELECT * { ?s ?p ?o } LIMIT 100")
            assert pool._idle == [first]
            # Twenty doublings of 256 bytes are as many as the worker may take, and more are on the way there.
            doubled = " ".join(f"BIND (CONCAT(?v{n}, ?v{n}) AS ?v{n + 1})" for n in range(19))
            large = f'SELECT (STRLEN(?v19) AS ?n) {{ BIND ("{"x" * 256}" AS ?v0) {doubled} }}'
            assert (await ask(pool, large, "csv")).split() == [b"n", b"134217728"]
            assert first.spent
            assert await until_gone(first.pid)
            await until(lambda: bool(pool._idle))
            assert pool._idle != [first]
            assert await ask(pool, "ASK {}", "csv") == b"true"

    asyncio.run(run())


def test_a_running_query_is_listed_and_can_be_stopped_by_its_name(data: Path) -> None:
    async def run() -> None:
        async with opened(data, workers=1, timeout=60) as pool:
            named = QueryRequest(ENDLESS, guard(ENDLESS), "json", id="a-name-of-its-own", client="127.0.0.1")

            async def endless() -> None:
                async with pool.answer(named) as answer:
                    await answer.read()

            task = asyncio.create_task(endless())
            await asyncio.sleep(0.4)
            (running,) = pool.running()
            assert (running.id, running.client, running.slow) == ("a-name-of-its-own", "127.0.0.1", True)
            assert running.seconds > 0.3
            with pytest.raises(ParameterError, match="is running already"):
                await endless()
            assert not pool.stop("another-name")
            assert pool.stop("a-name-of-its-own")
            with pytest.raises(QueryStoppedError):
                await task
            assert await until_gone(running.pid)
            assert pool.running() == []

    asyncio.run(run())


def test_a_worker_can_open_no_file_and_no_connection(data: Path) -> None:
    async def run() -> None:
        async with opened(data, workers=1) as pool:
            assert open_files_allowed(pool._idle[0].pid) == ["0", "0"]

    asyncio.run(run())


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such processes")
def test_a_worker_that_is_asked_lets_the_web_process_go_on(data: Path) -> None:
    async def run() -> None:
        async with opened(data, workers=1) as pool:
            assert os.sched_getscheduler(pool._idle[0].pid) == os.SCHED_BATCH

    asyncio.run(run())


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such priorities")
def test_workers_of_data_that_were_loaded_in_the_background_are_as_any_process(data: Path) -> None:
    async def run() -> None:
        pool = Pool(data, Settings(workers=1))
        await pool.begin_loading(niceness=10)
        await pool.start()
        (worker,) = pool._idle
        assert os.getpriority(os.PRIO_PROCESS, worker.pid) == 0
        assert os.sched_getaffinity(worker.pid) == os.sched_getaffinity(0)
        await pool.close()

    asyncio.run(run())


def test_data_can_be_loading_before_they_are_waited_for(data: Path) -> None:
    async def run() -> None:
        pool = Pool(data, Settings(workers=1))
        await pool.begin_loading()
        begun = pool._zygote
        await pool.start()
        assert pool._zygote is begun
        assert b"true" in await ask(pool, "ASK { ?s ?p ?o }")
        await pool.close()

    asyncio.run(run())


def test_nothing_is_left_when_the_pool_closes(data: Path) -> None:
    async def run() -> list[int]:
        async with opened(data, workers=3) as pool:
            assert pool._zygote is not None
            return [pool._zygote.pid, *(worker.pid for worker in pool._idle)]

    pids = asyncio.run(run())
    assert asyncio.run(_all_gone(pids))


async def _all_gone(pids: list[int]) -> bool:
    return all([await until_gone(pid, 2) for pid in pids])


def test_data_that_cannot_be_loaded_say_so(tmp_path: Path) -> None:
    broken = tmp_path / "graph.nq"
    broken.write_text("this is not N-Quads\n")

    async def run() -> None:
        async with opened(broken, workers=1):
            pass

    with pytest.raises(SnapshotError, match="cannot be loaded"):
        asyncio.run(run())


def test_a_syntax_message_without_a_place_points_to_the_beginning() -> None:
    error = syntax_error("something else", "ASK {}")
    assert (error.line, error.column, error.message) == (1, 1, "something else")
    assert syntax_error("error at 1:5: expected one of A, B", "ASK {}").message.endswith("with one of: A, B")
