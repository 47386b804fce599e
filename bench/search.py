"""The search on a made-up graph of 60,000 things with some 200,000 names, or on any other: time, size and memory.

    python -m bench.search [GRAPH.nq] --name made-up

writes ``bench/results/search-made-up.json``: what the index takes to build and to keep, and how long 500 questions of
ten kinds take, one after the other and four side by side. Names of the made-up graph are of the same 32 syllables, so
that each has far more neighbours than a real one.
"""

import argparse
import asyncio
import gc
import json
import multiprocessing
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random

import pyoxigraph as ox

from bench.facts import machine_facts, process_memory
from bench.generator.names import LOCAL, make_name
from citydip.curation.layout import find_layout
from citydip.curation.search_index import write_index
from citydip.curation.snapshot import Snapshot
from citydip.engine.store import load
from citydip.model.settings import Settings
from citydip.model.terms import CD, PREFIXES
from citydip.services.search import Question, Search

__all__ = ["main", "make_graph", "make_questions"]

RESULTS = Path(__file__).parent / "results"
CITIES = 27_600
TIES = 30_000
EACH = 50
_PREFIXES = {
    name: PREFIXES[name] for name in ("rdfs", "skos", "rdf", "city", "country", "tie", "organization", "evidence")
}
_OTHERWISE = (("k", "q"), ("u", "oo"), ("i", "ee"), ("v", "w"), ("q", "gh"), ("a", "e"))


def make_graph(seed: int) -> ox.Store:
    """Return a store with a made-up world and the classes of the ontology."""
    random, store = Random(seed), ox.Store()
    ontology = find_layout(Settings()).root / "ontology" / "citydip.ttl"
    store.bulk_extend(
        ox.Quad(t.subject, t.predicate, t.object) for t in ox.parse(path=ontology, format=ox.RdfFormat.TURTLE)
    )
    store.bulk_extend(_world(random))
    return store


def _world(random: Random) -> Iterator[ox.Quad]:
    def quad(subject: str, predicate: str, value: ox.NamedNode | ox.Literal) -> ox.Quad:
        return ox.Quad(_node(subject), _node(predicate), value)

    def described(thing: str, kind: str, english: str, persian: str) -> Iterator[ox.Quad]:
        yield quad(thing, "rdf:type", ox.NamedNode(str(CD[kind])))
        yield quad(thing, "rdfs:label", ox.Literal(english, language="en"))
        yield quad(thing, "rdfs:label", ox.Literal(persian, language="fa"))

    for number in range(195):
        name = make_name(random, 4)
        yield from described(f"country:n{number}", "Country", name.english, name.persian)
    for number in range(300):
        name = make_name(random)
        label = f"Network of {name.english} Cities"
        yield from described(f"organization:n{number}", "CityNetwork", label, f"شبکهٔ شهرهای {name.persian}")
    names = [make_name(random, 3 + (number % 3 == 0)) for number in range(CITIES)]
    for number, name in enumerate(names):
        city, local = f"city:c{number}", LOCAL[number % len(LOCAL)]
        yield from described(city, "City", name.english, name.persian)
        yield quad(city, "rdfs:label", ox.Literal(name.persian.replace("ی", "ي"), language="ar"))
        yield quad(city, "skos:altLabel", ox.Literal(name.local(local), language=local))
        yield quad(city, "skos:hiddenLabel", ox.Literal(f"شهر {name.persian}", language="fa"))
        yield quad(city, "cd:locatedIn", _node(f"country:n{number % 195}"))
        yield quad(city, "cd:geonamesIdentifier", ox.Literal(str(100_000 + number)))
        yield quad(city, "cd:wikidataIdentifier", ox.Literal(f"Q{1000 + number}"))
        for _ in range(number % 4 == 0):
            yield quad(city, "cd:memberOf", _node(f"organization:n{random.randrange(300)}"))
    for number in range(TIES):
        tie = f"tie:t{number}"
        one, other = (int(CITIES * random.random() ** 2) for _ in range(2))
        label = f"{names[one].english} and {names[other].english} are sister cities"
        yield from described(tie, "Tie", label, f"{names[one].persian} و {names[other].persian} خواهرخوانده‌اند")
        yield quad(tie, "cd:hasParty", _node(f"city:c{one}"))
        yield quad(tie, "cd:hasParty", _node(f"city:c{other}"))
        yield quad(tie, "cd:hasEvidence", _node("evidence:list"))


def _node(name: str) -> ox.NamedNode:
    prefix, _, local = name.partition(":")
    return ox.NamedNode((str(CD) if prefix == "cd" else _PREFIXES[prefix]) + local)


def make_questions(index: Path, seed: int) -> dict[str, list[str]]:
    """Return fifty questions of each kind, made of the names of an index."""
    random = Random(seed)
    connection = sqlite3.connect(index)
    latin = "SELECT text FROM name WHERE kind = 0 AND language = 'en' AND sound <> '' ORDER BY id"
    names = [text for (text,) in connection.execute(latin)]
    persian = [text for (text,) in connection.execute(latin.replace("'en'", "'fa'"))]
    known = [text for (text,) in connection.execute("SELECT text FROM identifier ORDER BY text")]
    connection.close()
    some = {
        name: [random.choice(names) for _ in range(EACH)] for name in ("exact", "typo", "otherwise", "two", "words")
    }
    return {
        "exact": some["exact"],
        "persian": [random.choice(persian).replace("ی", "ي").replace("ک", "ك") for _ in range(EACH)],
        "letters": [random.choice(names)[: 1 + number % 2] for number in range(EACH)],
        "prefix": [random.choice(names)[: 3 + number % 4] for number in range(EACH)],
        "persian prefix": [random.choice(persian)[: 2 + number % 4] for number in range(EACH)],
        "typo": [_wrong(random, name) for name in some["typo"]],
        "otherwise spelt": [_otherwise(random, name) for name in some["otherwise"]],
        "two names": [f"{name} {random.choice(names)}" for name in some["two"]],
        "words": [f"sister {name[:5]}" for name in some["words"]],
        "identifier": [random.choice(known) for _ in range(EACH)],
    }


def _wrong(random: Random, name: str) -> str:
    at = random.randrange(len(name))
    return random.choice((name[:at] + name[at + 1 :], name[:at] + "x" + name[at:], name[:at] + "x" + name[at + 1 :]))


def _otherwise(random: Random, name: str) -> str:
    for one, other in random.sample(_OTHERWISE, 3):
        name = name.lower().replace(one, other)
    return name


def _figures(seconds: list[float]) -> dict[str, float]:
    ordered = sorted(1000 * value for value in seconds)
    return {
        "p50_ms": round(statistics.median(ordered), 2),
        "p95_ms": round(ordered[int(0.95 * len(ordered))], 2),
        "max_ms": round(ordered[-1], 2),
    }


def _ask(index: str, version: str, questions: dict[str, list[str]], seed: int, pipe: Connection) -> None:
    """Measure the search in a process of its own, whose memory is that of the search."""
    gc.collect()
    before = process_memory([os.getpid()])
    search = Search(Snapshot(Path(index).parent, version, 0, {}), Settings())
    began = time.perf_counter()
    search.ask_now(Question("a"))
    opened = time.perf_counter() - began
    mixed = [(kind, text) for kind, texts in questions.items() for text in texts]
    Random(seed).shuffle(mixed)
    result: dict[str, object] = {"open_seconds": round(opened, 3)}
    for name, facets, limit in (("search", True, 20), ("suggest", False, 10)):
        wall: dict[str, list[float]] = {kind: [] for kind in questions}
        worked: list[float] = []
        for kind, text in mixed:
            began, began_work = time.perf_counter(), time.thread_time()
            search.ask_now(Question(text, limit=limit, facets=facets))
            worked.append(time.thread_time() - began_work)
            wall[kind].append(time.perf_counter() - began)
        every = [seconds for found in wall.values() for seconds in found]
        kinds = {kind: _figures(found) for kind, found in wall.items()}
        result[name] = {"wall": _figures(every), "processor": _figures(worked), "wall_by_kind": kinds}
    result["four_at_once"] = asyncio.run(_side_by_side(search, [text for _, text in mixed]))
    result["memory_mib"] = round((process_memory([os.getpid()]) - before) / (1 << 20), 1)
    pipe.send(result)


async def _side_by_side(search: Search, texts: list[str]) -> dict[str, object]:
    """Ask four at once, and see how long the event loop is kept waiting meanwhile."""
    waits: list[float] = []

    async def tick() -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(0.002)
            waits.append(time.perf_counter() - began - 0.002)

    async def client(number: int) -> None:
        for text in texts[number::4]:
            await search.ask(Question(text))

    ticking = asyncio.create_task(tick())
    began = time.perf_counter()
    await asyncio.gather(*map(client, range(4)))
    seconds = time.perf_counter() - began
    ticking.cancel()
    await search.close()
    return {"questions_per_second": round(len(texts) / seconds), "event_loop_waits": _figures(waits)}


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the search.")
    parser.add_argument("graph", type=Path, nargs="?", help="N-Quads; without it a graph is made up")
    parser.add_argument("--name", default="made-up")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    facts = machine_facts()
    store = load(given.graph) if given.graph else make_graph(given.seed)
    with tempfile.TemporaryDirectory() as folder:
        index = Path(folder) / "search.sqlite"
        began, began_work = time.perf_counter(), time.process_time()
        write_index(store, index, "bench")
        build = {
            "seconds": round(time.perf_counter() - began, 1),
            "processor_seconds": round(time.process_time() - began_work, 1),
            "mebibytes": round(index.stat().st_size / (1 << 20), 1),
        }
        spawning = multiprocessing.get_context("spawn")
        reading, writing = spawning.Pipe(duplex=False)
        child = spawning.Process(
            target=_ask, args=(str(index), "bench", make_questions(index, given.seed), given.seed, writing)
        )
        child.start()
        writing.close()
        asked = reading.recv()
        child.join()
        result = {**facts, "graph": given.name, **_size(index), "build": build, **asked}
    result["load_at_end"] = round(os.getloadavg()[0], 2)
    path = RESULTS / f"search-{given.name}.json"
    path.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    sys.stdout.write(path.read_text(encoding="utf-8"))


def _size(index: Path) -> dict[str, int]:
    connection = sqlite3.connect(index)
    (things,) = connection.execute("SELECT COUNT(*) FROM thing").fetchone()
    (names,) = connection.execute("SELECT COUNT(*) FROM name").fetchone()
    (words,) = connection.execute("SELECT COUNT(*) FROM word").fetchone()
    connection.close()
    return {"things": things, "names": names, "words": words}


if __name__ == "__main__":
    main()
