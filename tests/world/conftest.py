"""What the tests of the imported data sets share: the whole graph, built once."""

import pyoxigraph as ox
import pytest

from citydip.curation.compute import compute
from citydip.curation.layout import Layout
from citydip.curation.workspace import Workspace, open_workspace
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
def world_store(world: Workspace, tmp_path_factory: pytest.TempPathFactory) -> ox.Store:
    """Return a store with the whole graph as a server loads it; tests only read it."""
    data = tmp_path_factory.mktemp("world") / "graph.nq"
    world.store.dump(data, format=ox.RdfFormat.N_QUADS)
    return load(data)
