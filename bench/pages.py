"""The pages of the site on a snapshot: time, processor time and size, of the cities with most ties and of others.

    python -m bench.pages [SNAPSHOTS] --name world

writes ``bench/results/pages-world.json``. A page is asked as a browser asks it, over HTTP, in both languages; none is
kept by the server, which answers 304 to who has it and else makes it anew.
"""

import argparse
import gzip
import json
import os
import re
import sys
import time
import urllib.request
from pathlib import Path

from bench import engines
from bench.facts import machine_facts, process_memory, processor_seconds
from bench.load import percentile

__all__ = ["main"]

RESULTS = Path(__file__).parent / "results"
_MOST_TIED = (
    "SELECT ?city (COUNT(?other) AS ?ties) { ?city cd:tiedWith ?other }"
    " GROUP BY ?city ORDER BY DESC(?ties) ?city LIMIT 30"
)
_OTHERS = (
    "/",
    "/browse",
    "/browse/cities/italy",
    "/search?q=Springfield",
    "/page/organization/c40",
    "/page/organization/unesco-creative-cities-network",
    "/page/source/sister-cities-wikidata-2016",
    "/page/country/iran",
    "/ontology",
    "/graphs",
)


def _page(url: str) -> tuple[float, bytes]:
    request = urllib.request.Request(url, headers={"Accept": "text/html", "Accept-Encoding": "gzip"})
    began = time.perf_counter()
    with urllib.request.urlopen(request, timeout=60) as answer:
        body = bytes(answer.read())
    return time.perf_counter() - began, body


def _measure(server: engines.Server, site: str, path: str, rounds: int) -> dict[str, object]:
    """Return what a page takes; the first time is told apart, for the names of terms may have to be read."""
    times, work, sent, page = [], [], 0, b""
    for round_ in range(rounds):
        for language in ("en", "fa"):
            before = {pid: processor_seconds([pid]) for pid in server.pids}
            seconds, body = _page(f"{site}{path}{'&' if '?' in path else '?'}lang={language}&round={round_}")
            times.append(seconds)
            # A worker that has ended meanwhile takes what it has used with it.
            work.append(sum(processor_seconds([pid]) - used for pid, used in before.items() if pid in server.pids))
            sent = max(sent, len(body))
            page = max(page, gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body, key=len)
    drawn = sum(len(found) for found in re.findall(rb"(?s)<svg.*?</svg>", page))
    return {
        "page": path,
        "median_ms": round(1000 * (percentile(times, 0.5) or 0), 1),
        "worst_ms": round(1000 * max(times), 1),
        "processor_ms": round(1000 * sum(work) / len(work), 1),
        "bytes": len(page),
        "bytes_of_drawings": drawn,
        "bytes_sent": sent,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the pages of the site.")
    parser.add_argument("snapshots", type=Path, nargs="?", default=Path("snapshots"))
    parser.add_argument("--name", default="world")
    parser.add_argument("--rounds", type=int, default=4)
    given = parser.parse_args()
    result: dict[str, object] = {**machine_facts(), "graph": given.name}
    with engines.citydip(given.snapshots.resolve()) as server:
        site = server.url.removesuffix("/sparql")
        rows = json.loads(engines.ask(server.url, _MOST_TIED, "application/sparql-results+json"))["results"]["bindings"]
        cities = ["/page/" + row["city"]["value"].partition("/id/")[2] for row in rows]
        _measure(server, site, cities[-1], 1)
        result["ready_seconds"] = round(server.ready_seconds, 2)
        result["cities"] = [
            {"ties": int(row["ties"]["value"]), **_measure(server, site, path, given.rounds)}
            for row, path in zip(rows, cities, strict=True)
        ]
        result["others"] = [_measure(server, site, path, given.rounds) for path in _OTHERS]
        result["memory_mib"] = round(process_memory(server.pids) / (1 << 20))
    result["load_at_end"] = round(os.getloadavg()[0], 2)
    path = RESULTS / f"pages-{given.name}.json"
    path.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    sys.stdout.write(path.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
