"""What the tests of the imported data sets share: the whole graph, built once."""

import json
import shutil

import pyoxigraph as ox
import pytest

from citydip.curation.columns import write_columns
from citydip.curation.compute import compute
from citydip.curation.layout import Layout
from citydip.curation.snapshot import COLUMNS, Snapshot, snapshot_path, write_pointer
from citydip.curation.workspace import Workspace, open_workspace
from citydip.engine.columns.answering import ByColumns
from citydip.engine.store import load
from tests.conftest import ROOT


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Return all files of the checkout with what the rules make of them; tests only read it."""
    workspace = open_workspace(Layout(ROOT, tmp_path_factory.mktemp("world")))
    assert workspace.findings == []
    _, findings = compute(workspace, lambda line: None)
    assert findings == []
    return workspace


@pytest.fixture(scope="session")
def world_snapshot(world: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Return a snapshot of the whole graph for a server: without the check of it, its index and its Wikidata view."""
    folder, version = tmp_path_factory.mktemp("world"), "0123456789abcdef"
    path = snapshot_path(folder, version)
    path.mkdir()
    world.store.dump(path / "graph.nq", format=ox.RdfFormat.N_QUADS)
    with (path / "graph.nq").open("rb") as quads:
        write_columns(quads, path / COLUMNS)
    shutil.copytree(ROOT / "queries", path / "queries")
    (path / "snapshot.json").write_text(json.dumps({"version": version, "quads": len(world.store), "graphs": {}}))
    write_pointer(folder, version)
    return Snapshot.open(path)


@pytest.fixture(scope="session")
def world_store(world_snapshot: Snapshot) -> ox.Store:
    """Return a store with the whole graph as a server loads it; tests only read it."""
    return load(world_snapshot.data)


@pytest.fixture(scope="session")
def world_columns(world_snapshot: Snapshot) -> ByColumns:
    """Return what answers by the columns of the whole graph."""
    columns = ByColumns.open(world_snapshot.columns)
    assert columns is not None
    return columns
