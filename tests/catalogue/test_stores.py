"""Every catalogue query on every store: the same answer as the embedded store's, or a difference that is explained."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from citydip.curation.snapshot import Snapshot
from citydip.engine.binding import bind
from citydip.engine.formats import Kind
from citydip.engine.guard import guard
from citydip.engine.run import QueryRequest
from citydip.model.errors import CitydipError
from citydip.model.queryfile import QueryFile
from citydip.model.settings import Settings
from citydip.services.catalogue import Catalogue
from citydip.services.graph import open_graph
from tests.catalogue.test_golden import FORMS, GOLDEN, PATHS
from tests.differences import QUERIES, UNSTEADY, Difference
from tests.stores import STORES

Answers = dict[str, list[str] | str]
"""What a store gives by query: lines, or why it gives nothing."""


@pytest.fixture(scope="session")
def answers(snapshot: Snapshot, stores: Callable[[str], str]) -> Callable[[str], Answers]:
    """Return what gives all answers of a store, each asked as the service asks it."""
    known: dict[str, Answers] = {}

    async def ask(address: str) -> Answers:
        found: Answers = {}
        async with open_graph(snapshot, Settings(store=address, workers=1, timeout=20)) as graph:
            for query in graph.catalogue:
                guarded = guard(query.text)
                request = QueryRequest(query.text, guarded, FORMS[guarded.kind][0], bindings=bind(query, query.sample))
                try:
                    async with graph.pool.answer(request) as answer:
                        found[query.name] = (await answer.read()).decode().splitlines()
                except CitydipError as error:
                    found[query.name] = str(error)
        return found

    def of_store(name: str) -> Answers:
        if name not in known:
            known[name] = asyncio.run(ask(stores(name)))
        return known[name]

    return of_store


def expected(query: QueryFile) -> list[str]:
    return (GOLDEN / f"{query.name}{FORMS[guard(query.text).kind][1]}").read_text(encoding="utf-8").splitlines()


def compared(ours: list[str], theirs: list[str] | str, kind: Kind) -> Difference:
    """Return how an answer differs."""
    if isinstance(theirs, str):
        return Difference.REFUSED
    if kind is Kind.GRAPH:
        theirs = sorted(set(theirs))
    if ours == theirs:
        return Difference.NONE
    if sorted(ours) == sorted(theirs):
        return Difference.ORDER
    return Difference.VALUES if len(ours) == len(theirs) else Difference.ROWS


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
@pytest.mark.parametrize("store", STORES[1:])
def test_a_query_gives_the_same_on_another_store(
    store: str, path: Path, answers: Callable[[str], Answers], catalogue: Catalogue
) -> None:
    query = catalogue[path.stem]
    theirs = answers(store)[query.name]
    found = compared(expected(query), theirs, guard(query.text).kind)
    wanted, reason = QUERIES.get(store, {}).get(query.name, (Difference.NONE, ""))
    steady = (store, query.name) not in UNSTEADY
    assert found == wanted or (not steady and found is Difference.NONE), (
        f"{query.name} on {store}: {reason or 'the same was expected'}; it gives:\n{theirs}"
    )
