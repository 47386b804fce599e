"""The whole graph takes no more memory than operators are told to have for it."""

import httpx

from bench.facts import process_memory
from citydip.curation.snapshot import Snapshot
from tests.project.test_deploy import BASE, GRAPH
from tests.web.conftest import started, wait_until_ready
from tests.web.hostile import family


def test_named_graphs_take_three_times_their_file_and_all_files_what_the_limits_are_made_for(
    world_snapshot: Snapshot,
) -> None:
    size = world_snapshot.data.stat().st_size
    with started(world_snapshot.path.parent, "--workers", "2") as (process, address):
        wait_until_ready(address, 120)
        answer = httpx.get(address + "/sparql", params={"query": "ASK { GRAPH ?g { ?s ?p ?o } }"}, timeout=30)
        assert answer.status_code == 200
        taken = process_memory(family(process.pid))
    assert size < taken < 3.3 * size + (BASE << 20)
    # With the files of the union and of the Wikidata view, it was seven times the size when it was measured.
    assert 8 * size <= GRAPH << 20, "the graph has grown: raise GRAPH and the limits in deploy/"
