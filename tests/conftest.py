"""What all tests share: a snapshot of the checkout, built once, a store with its quads, and a runner of queries.

They are of the curated graph. The imported data sets take a minute to build; tests of them are in ``tests/world``.
"""

import contextlib
import io
import json
import os
import shutil
from collections.abc import Callable, Generator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, settings

from citydip.curation.build import build
from citydip.curation.compute import compute
from citydip.curation.layout import Layout
from citydip.curation.snapshot import Snapshot
from citydip.curation.workspace import open_workspace
from citydip.engine.binding import bind
from citydip.engine.statistics import Statistics, gather
from citydip.engine.store import load, open_query
from citydip.model.queryfile import QueryFile
from citydip.model.settings import Settings
from citydip.model.terms import shorten
from citydip.services.catalogue import Catalogue, read_catalogue
from tests.stores import running_store

ROOT = Path(__file__).resolve().parent.parent
CURATED = Settings(imported=0)
"""The settings of a checkout without its imported data sets."""

# A slow machine is no failure of what is tested.
settings.register_profile("citydip", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("citydip")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--regenerate``, which writes expected results anew, to be reviewed as a diff."""
    parser.addoption("--regenerate", action="store_true", help="write the expected results of the catalogue anew")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI only what needs the folder of inputs may be skipped; whatever else is skipped could have been installed."""
    report = yield
    expected = hasattr(report, "wasxfail")
    if report.skipped and not expected and os.environ.get("CI") and "shared" not in str(report.longrepr):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped in CI: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Return a snapshot of what is curated in the checkout, built once for all tests."""
    return build(Layout(ROOT, tmp_path_factory.mktemp("snapshots"), imported=False), None, lambda line: None)


def copy_graph(root: Path, *left_out: str) -> Layout:
    """Copy the files of the curated graph to where a test may spoil them, and return their layout.

    Args:
        root: the folder to copy to.
        *left_out: names of folders and files that are not copied.
    """
    for folder in ("ontology", "shapes", "data", "queries"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("world", "world-*.ttl", *left_out))
    return Layout(root, root / "snapshots", imported=False)


@pytest.fixture(scope="session")
def store(snapshot: Snapshot) -> ox.Store:
    """Return a store with the snapshot's quads; tests only read it."""
    return load(snapshot.data)


@pytest.fixture(scope="session")
def articles_store(tmp_path_factory: pytest.TempPathFactory) -> ox.Store:
    """Return a store of what the articles say, without the facts of other pages, and what the rules make of it."""
    workspace = open_workspace(copy_graph(tmp_path_factory.mktemp("articles"), "facts"))
    compute(workspace, lambda line: None)
    return workspace.store


@pytest.fixture(scope="session")
def statistics(store: ox.Store) -> Statistics:
    """Return the statistics of that store, by which a server puts patterns in order."""
    return gather(store)


@pytest.fixture(scope="session")
def catalogue(snapshot: Snapshot) -> Catalogue:
    """Return the snapshot's own catalogue."""
    return read_catalogue(snapshot, "catalogue")


@pytest.fixture(scope="session")
def stores(snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Generator[Callable[[str], str]]:
    """Return what gives the address of a store with the snapshot in it, by its name; each is started once."""
    with contextlib.ExitStack() as stack:

        @cache
        def started(name: str) -> str:
            return stack.enter_context(running_store(name, snapshot, tmp_path_factory.mktemp(name)))

        yield started


def run_query(store: ox.Store, query: QueryFile, params: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the rows of a query: values by column, without the columns that a row leaves empty.

    IRIs are shortened to prefixed names such as ``city:tehran``; literals stand without language and datatype.

    Args:
        store: where to ask.
        query: a SELECT query.
        params: its parameters as written on a command line; the others take their defaults.
    """
    output = io.BytesIO()
    request: dict[str, Any] = {"query": query.text, "format": "json", "bindings": bind(query, params)}
    if next(store.quads_for_pattern(None, None, None, ox.DefaultGraph()), None) is None:
        # A store that was not loaded from a snapshot has no union; the engine makes one of all graphs.
        names = [graph.value for graph in store.named_graphs() if isinstance(graph, ox.NamedNode)]
        request |= {"default_graphs": names, "named_graphs": names}
    open_query(store, request).write(output)
    return [
        {name: shorten(term["value"]) if term["type"] == "uri" else term["value"] for name, term in row.items()}
        for row in json.loads(output.getvalue())["results"]["bindings"]
    ]
