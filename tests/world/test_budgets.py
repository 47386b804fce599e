"""Every query of the catalogue ends on the whole graph: none takes more of the processor than its budget.

The budget is several times what the slowest query takes, so it says nothing of how fast one is
(`docs/reference/numbers.md` does); a query that is over it is one that does not end in practice.
"""

import gc
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from bench.catalogue import BUDGET, spend
from citydip.engine.columns.answering import ByColumns
from citydip.engine.statistics import gather
from citydip.engine.store import Opened, open_query
from citydip.model.queryfile import parse_query_file
from tests.conftest import ROOT

PATHS = sorted((ROOT / "queries" / "catalogue").glob("*.rq"))
# The forked process asks and ends; it takes no lock that a thread of this one may hold.
pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")

ENDLESS = """#+ title: All triples, three times
SELECT (COUNT(*) AS ?rows)
WHERE {
  ?a ?b ?c .
  ?d ?e ?f .
  ?g ?h ?i .
}
"""


@pytest.fixture(scope="module")
def ask(world_store: ox.Store, world_columns: ByColumns) -> Callable[[dict[str, Any]], Opened]:
    """Return what opens a query on the whole graph, as a worker does it."""
    statistics = gather(world_store)
    gc.freeze()
    return partial(open_query, world_store, statistics=statistics, columns=world_columns)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_query_of_the_catalogue_ends_within_its_budget_on_the_whole_graph(
    path: Path, ask: Callable[[dict[str, Any]], Opened]
) -> None:
    spent = spend(ask, parse_query_file(path.stem, path.read_text(encoding="utf-8")))
    assert spent.size is not None, (
        f"{path.name} was ended after {spent.seconds:.1f} s of processor; it may take {BUDGET}. "
        "docs/how-to/make-a-slow-query-fast.md says what to look for"
    )


def test_a_query_that_does_not_end_is_ended_and_found(ask: Callable[[dict[str, Any]], Opened]) -> None:
    spent = spend(ask, parse_query_file("endless", ENDLESS), budget=1)
    assert spent.size is None
    assert 0.5 < spent.seconds < 5


def test_a_query_that_fails_is_not_taken_for_one_that_ends() -> None:
    def fail(request: dict[str, Any]) -> Opened:
        raise ValueError(request)

    assert spend(fail, parse_query_file("endless", ENDLESS)).size is None
