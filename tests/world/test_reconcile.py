"""Matching rows with the whole graph: all rows that were matched by hand."""

import asyncio
import shutil
from pathlib import Path

import pyoxigraph as ox

from bench.reconciling import measure, read_gold
from citydip.curation.search_index import write_index
from citydip.curation.snapshot import Snapshot
from citydip.curation.workspace import Workspace
from citydip.model.settings import Settings
from citydip.services.graph import open_graph
from tests.conftest import ROOT


def test_rows_are_matched_rightly(world: Workspace, world_store: ox.Store, tmp_path: Path) -> None:
    snapshot = Snapshot(tmp_path, "world", 0, {})
    # The store that tests ask holds each triple once more, without its graph; a snapshot does not.
    world.store.dump(snapshot.data, format=ox.RdfFormat.N_QUADS)
    write_index(world_store, snapshot.index, snapshot.version)
    shutil.copytree(ROOT / "queries", tmp_path / "queries")

    async def ask() -> tuple[dict[str, object], list[str]]:
        async with open_graph(snapshot, Settings(workers=1, reconcile_timeout=120)) as graph:
            return await measure(graph, read_gold())

    figures, faults = asyncio.run(ask())
    told = "\n".join(faults)
    assert float(str(figures["rows_with_an_answer"])) > 400
    assert float(str(figures["precision"])) >= 0.98, told
    assert float(str(figures["recall_at_5"])) >= 0.97, told
