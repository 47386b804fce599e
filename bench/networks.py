"""How long the measures of the network take, and how much memory, on the whole graph and on a random network.

    python bench/networks.py [FOLDER OF SNAPSHOTS]

writes ``bench/results/networks.json``. The random network has 11,000 nodes and 28,000 pairs, grown by preferential
attachment, and is the same in every run. Each measure runs in a process of its own, as it does for a request; times
include its start.
"""

import asyncio
import json
import platform
import random
import resource
import sys
import time
from pathlib import Path
from typing import Any

from citydip.curation.networks.links import Links, links_of
from citydip.curation.networks.measures import LIBRARY, RANKS
from citydip.curation.networks.ties import GRADES, Selection
from citydip.curation.snapshot import Snapshot
from citydip.model.settings import Settings
from citydip.services.graph import open_graph
from citydip.services.networks.computing import measure_apart
from citydip.services.networks.desk import NetworkDesk
from citydip.services.networks.figures import as_png, draw

RESULTS = Path(__file__).parent / "results" / "networks.json"
LONGEST = 600.0


def grown(nodes: int, pairs: int) -> Links:
    """Return a network in which those that have many ties get more."""
    chance = random.Random(1)
    ends = [0, 1]
    found = {(0, 1)}
    new = 2
    while len(found) < pairs:
        one = new if new < nodes else chance.randrange(nodes)
        new = min(new + 1, nodes)
        other = chance.choice(ends)
        pair = (min(one, other), max(one, other))
        if one != other and pair not in found:
            found.add(pair)
            ends += pair
    return links_of((f"n{one:05d}", f"n{other:05d}") for one, other in found)


async def measured(links: Links) -> dict[str, Any]:
    """Return the seconds of each measure of a network."""
    seconds = {}
    for what, by in [("stats", ""), ("communities", ""), *(("rank", by) for by in RANKS)]:
        began = time.monotonic()
        await measure_apart(what, links, by=by, seconds=LONGEST, memory=2048)
        seconds[by or what] = round(time.monotonic() - began, 2)
        print(by or what, seconds[by or what], flush=True)
    return {"nodes": len(links.names), "pairs": len(links.pairs), "seconds": seconds}


async def main(snapshots: Path) -> None:
    snapshot = Snapshot.open(snapshots / "current")
    results: dict[str, Any] = {
        "platform": platform.platform(),
        "python": platform.python_version(),
        "library": LIBRARY,
        "version": snapshot.version,
    }
    async with open_graph(snapshot, Settings(workers=1, timeout=LONGEST)) as graph:
        desk = NetworkDesk(graph)
        began = time.monotonic()
        network = await desk.network()
        results["read"] = round(time.monotonic() - began, 2)
        print("read", results["read"], flush=True)
        for name, selection in (("standard", Selection()), ("all", Selection(grades=GRADES))):
            ties = network.select(selection)
            results[name] = await measured(network.links(ties))
        began = time.monotonic()
        as_png(draw("map", network, network.select(Selection())))
        results["map"] = round(time.monotonic() - began, 2)
    results["random"] = await measured(grown(11_000, 28_000))
    # Linux counts kilobytes.
    results["largest_process_mib"] = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10
    RESULTS.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1] if len(sys.argv) > 1 else "snapshots")))
