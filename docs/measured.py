"""The page of numbers: what bench/ has measured, beside peers in the same run, as ratios."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parents[1] / "bench" / "results"
Result = dict[str, Any]
SHOWN = 0.3
"""Seconds of processor from which on a query of the catalogue is named."""
PEERS = ("oxigraph", "fastapi-thread", "rdflib-endpoint")


def numbers() -> str:
    """Return the page, without its head."""
    head = "# Numbers\n\nEach is measured beside peers in one run, taking turns; only ratios carry over to other "
    head += "machines. [Measure](../how-to/measure.md) says how.\n\n"
    parts = [head]
    found = {path.stem: json.loads(path.read_text()) for path in sorted(RESULTS.glob("*-*.json"))}
    parts += facts(found)
    for name, title in (("ours", "the curated graph"), ("1m", "a made-up graph of 1 million triples")):
        if f"serving-{name}" in found:
            parts += serving(title, found[f"serving-{name}"])
    for name, title in (("1m", "1 million"), ("10m", "10 million")):
        if f"mix-{name}" in found:
            parts += mix(title, found[f"mix-{name}"])
    if "pages-world" in found:
        parts += pages(found["pages-world"])
    parts += searches({name: result for name, result in found.items() if name.startswith("search-")})
    parts += matchings({name: result for name, result in found.items() if name.startswith("reconciling-")})
    if "catalogue-world" in found:
        parts += catalogue(found["catalogue-world"])
    if "building-world" in found:
        parts += building(found["building-world"])
    if "exports-world" in found:
        parts += exports(found["exports-world"])
    if {"mix-1m", "mix-10m"} <= found.keys():
        parts += growth(found["mix-1m"], found["mix-10m"])
    return "".join(parts)


def facts(found: dict[str, Result]) -> Iterator[str]:
    """Yield what machine and versions each result comes from."""
    yield "| result | when | cores | memory | load before and after |\n|---|---|---|---|---|\n"
    versions: dict[str, list[str]] = {}
    for name, result in found.items():
        told = ", ".join(f"{package} {version}" for package, version in result["versions"].items())
        versions.setdefault(told, []).append(f"`{name}`")
        load = f"{result['load_at_begin']:g}, {result['load_at_end']:g}"
        yield row(f"`{name}`", result["date"][:16], str(result["cores"]), f"{result['memory_gib']:g} GiB", load)
    for told, names in versions.items():
        yield f"\nVersions in {', '.join(names)}: {told}.\n"
    yield (
        "\nA load well above zero before a run means that others used the machine meanwhile. `fastapi-thread` is "
        "`bench/fastapi_thread.py`, FastAPI calling pyoxigraph in a thread; rdflib-endpoint runs over oxrdflib; the "
        "oxigraph server and Virtuoso keep the graph on disk, with buffers for all of it.\n"
    )


def catalogue(result: Result) -> Iterator[str]:
    """Yield the table of a run of bench.catalogue on a snapshot: the slowest queries, and how fast the others are."""
    queries = sorted(result["queries"], key=lambda of: -of["processor_seconds"])
    shown = [of for of in queries if of["processor_seconds"] >= SHOWN]
    yield f"\n## The catalogue on the whole graph, {result['quads']:,} quads\n\n"
    yield f"Seconds of processor of each of the {len(queries)} queries with its defaults, in a process of its own, "
    yield f"until the answer is written. Each has a budget of {result['budget']} s, which a test holds.\n\n"
    yield row("query", "seconds of processor", "answer, KiB") + row(*["---"] * 3)
    for of in shown:
        yield row(f"`{of['query']}`", f"{of['processor_seconds']:.2f}", f"{of['bytes'] / 1024:,.0f}")
    yield f"\nThe other {len(queries) - len(shown)} take less than {SHOWN:g} s each.\n"


def exports(result: Result) -> Iterator[str]:
    """Yield the table of a run of bench.exporting."""
    yield f"\n## Exports of the whole graph, {result['quads']:,} quads\n\nEach is made by a process of its own; "
    yield "memory is the most that it held at a time.\n\n"
    yield row("export", "seconds", "of processor time", "memory, MiB", "size, MiB") + row(*["---"] * 5)
    for of in result["exports"]:
        numbers = (f"{of['seconds']:g}", f"{of['processor_seconds']:g}", str(of["memory_mib"]), f"{of['mib']:g}")
        yield row(f"`{of['export']}`", *numbers)


def serving(title: str, result: Result) -> Iterator[str]:
    """Yield the tables of one run of bench.serving."""
    yield f"\n## Serving {title}\n\ncitydip is so many times as fast as the peer "
    yield f"(requests a second by {result['load_generator']}):\n\n"
    yield row("", "citydip", *PEERS) + row(*["---"] * 5)
    for key, what in (("small", "small query, never the same"), ("repeated", "small query, repeated")):
        of = result[key]
        ratios = [f"{of[peer]['citydip_is_times_as_fast']:.2f}×" for peer in PEERS]
        yield row(what, f"{of['citydip']['per_second']:,.0f}/s", *ratios)
    for key, what in (("rows_100k", "100,000 rows as JSON"), ("triples_1m", "up to 1 M triples as N-Triples")):
        ours = result["large"]["citydip"][key]
        cells = []
        for peer in PEERS:
            theirs = result["large"][peer][key]
            cells.append("failed" if "error" in theirs else f"{theirs['seconds'] / ours['seconds']:.2f}×")
        shown = (
            f"{ours['seconds']:.2f} s, first byte after {1000 * ours['first_byte_seconds']:.0f} ms"
            if "seconds" in ours
            else "failed"
        )
        yield row(what, shown, *cells)
    yield "\nMost memory of all processes together during a large answer (what they share counted once):\n\n"
    yield row("", "citydip", *PEERS) + row(*["---"] * 5)
    for key, what in (("rows_100k", "100,000 rows"), ("triples_1m", "up to 1 M triples")):
        taken = [result["large"][name][key].get("memory") for name in ("citydip", *PEERS)]
        yield row(what, *(f"{memory / (1 << 20):,.0f} MiB" if memory else "failed" for memory in taken))
    yield "\nLight queries while two endless ones run, until killed where the server can kill them:\n\n"
    yield row(
        "server",
        "p95, asked at any time",
        "as a multiple of citydip's",
        "p95, four at the same moment",
        "as a multiple of citydip's",
        "not answered",
        "killed ones answered after their deadline",
        "cores busy afterwards",
    )
    yield row(*["---"] * 8)
    ours = result["beside_endless"]["citydip"]
    for name, told in result["beside_endless"].items():
        late = told["endless_latest_after_deadline_seconds"]
        times: list[str] = []
        for key in ("light_p95_seconds", "light_together_p95_seconds"):
            p95 = told[key]
            times += ["none", "∞"] if p95 is None else [f"{1000 * p95:.1f} ms", f"{p95 / ours[key]:.2f}×"]
        after = "never killed" if late is None else f"at most {1000 * late:.0f} ms"
        yield row(name, *times, str(told["light_failed"]), after, f"{told['cores_busy_afterwards']:.2f}")
    swap = result["swap"]
    ready = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in result["ready_seconds"].items())
    yield f"\nFrom start to the first answer: {ready} (oxigraph without loading, which is a step of its own). "
    yield (
        f"{swap['swaps']} new versions swapped in under load: {swap['failed_requests']} requests failed, "
        f"{swap['seconds_to_swap']:.2f} s from the new pointer to the first answer of the new version.\n"
    )


def mix(title: str, result: Result) -> Iterator[str]:
    """Yield the table of one run of bench.mix."""
    names = [name for name in result["summary"] if name != "citydip"]
    yield f"\n## Twenty questions at {title} triples\n\n"
    yield "citydip (over HTTP, no cache) takes so many times as long as the other engine:\n\n"
    yield row("question", "citydip", *names) + row(*["---"] * (len(names) + 2))
    for question in result["questions"]:
        engines = question["engines"]
        ours = engines["citydip"]
        cells = []
        for name in names:
            theirs = engines[name]
            if theirs["seconds"] is None:
                cells.append(refusal(theirs["error"]))
            elif ours["seconds"] is None:
                cells.append(f"({1000 * theirs['seconds']:,.0f} ms)")
            else:
                other = "" if theirs["digest"] == ours["digest"] else ", other rows"
                cells.append(f"{ours['seconds'] / theirs['seconds']:.2f}×{other}")
        shown = refusal(ours["error"]) if ours["seconds"] is None else f"{1000 * ours['seconds']:,.1f} ms"
        yield row(f"`{question['question']}`: {question['about']}", shown, *cells)
    summary = result["summary"]
    shared = [
        f"{summary[name]['citydip_takes_times_as_long']:.2f}× ({summary[name]['compared']})"
        if summary[name]["compared"]
        else "none"
        for name in names
    ]
    ours = summary["citydip"]
    yield row(
        "**geometric mean** (of the questions that both answer)",
        f"{1000 * ours['geometric_mean_seconds']:,.1f} ms",
        *shared,
    )
    worst = [f"{summary[name]['worst_seconds'] / ours['worst_seconds']:.2f}× ours" for name in names]
    yield row("**worst answered**, and the other's worst", f"{ours['worst_seconds']:.2f} s", *worst)
    yield f"\nLimit for each question: {result['limit_seconds']:g} s. "
    yield "Where the rows are other ones, the engine rounds: Virtuoso keeps coordinates in 32 bits.\n"


def pages(result: Result) -> Iterator[str]:
    """Yield the table of a run of bench.pages."""
    cities = result["cities"]
    yield "\n## Pages of the whole graph\n\nEach made anew for each request, in both languages; the cities are those "
    yield f"with most ties ({cities[-1]['ties']} to {cities[0]['ties']}).\n\n"
    yield row("page", "median", "worst", "kB without drawings", "kB sent") + row(*["---"] * 5)
    for entry in (*cities[:5], *result["others"]):
        size = (entry["bytes"] - entry["bytes_of_drawings"]) / 1000
        times = (f"{entry['median_ms']:.0f} ms", f"{entry['worst_ms']:.0f} ms")
        yield row(f"`{entry['page']}`", *times, f"{size:.0f}", f"{entry['bytes_sent'] / 1000:.0f}")
    worst = max(entry["worst_ms"] for entry in cities)
    largest = max(entry["bytes"] - entry["bytes_of_drawings"] for entry in cities) / 1000
    yield f"\nOf {len(cities)} cities the slowest page took {worst:.0f} ms, the largest has {largest:.0f} kB without "
    yield "its drawings.\n"


def searches(found: dict[str, Result]) -> Iterator[str]:
    """Yield the table of the runs of bench.search."""
    if not found:
        return
    yield "\n## Search\n\n500 questions of ten kinds, one after the other: exact names, beginnings, typos, spellings, "
    yield "identifiers, two names that nothing has together. Suggestions are the first ten results, without counts.\n\n"
    yield row("", *found) + row(*["---"] * (len(found) + 1))
    rows = {
        "things": lambda result: f"{result['things']:,}",
        "names": lambda result: f"{result['names']:,}",
        "building the index, of processor time": lambda result: f"{result['build']['processor_seconds']:.1f} s",
        "size of the index": lambda result: f"{result['build']['mebibytes']:.0f} MiB",
        "memory of the search": lambda result: f"{result['memory_mib']:.0f} MiB",
        "search, p50 and p95 and longest": lambda result: times_of(result["search"]["wall"]),
        "the same, of processor time": lambda result: times_of(result["search"]["processor"]),
        "suggestions": lambda result: times_of(result["suggest"]["wall"]),
        "four at once": lambda result: f"{result['four_at_once']['questions_per_second']:,}/s",
        "how long the event loop waits meanwhile": lambda result: times_of(result["four_at_once"]["event_loop_waits"]),
    }
    for title, shown in rows.items():
        yield row(title, *map(shown, found.values()))


def matchings(found: dict[str, Result]) -> Iterator[str]:
    """Yield the table of the runs of bench.reconciling."""
    if not found:
        return
    yield "\n## Matching\n\nThe rows of `tests/reconcile/gold.csv`, on one core, in batches of 200. Precision is the "
    yield "share of what is matched that is right, recall the share of the rows with an answer that have it among the "
    yield "first five candidates. [How rows are matched](../explanation/matching.md) says where the rows are from.\n\n"
    yield row("", *found) + row(*["---"] * (len(found) + 1))
    rows = {
        "rows, and those that mean something": lambda result: f"{result['rows']:,}, {result['rows_with_an_answer']:,}",
        "precision": lambda result: f"{result['precision']:.3f}",
        "recall at 5": lambda result: f"{result['recall_at_5']:.3f}",
        "rows matched rightly": lambda result: f"{result['matched_share']:.3f}",
        "1,000 rows": lambda result: f"{result['seconds_for_1000_rows']:.1f} s",
    }
    for title, shown in rows.items():
        yield row(title, *map(shown, found.values()))


def times_of(told: Result) -> str:
    """Return the times of a run."""
    return f"{told['p50_ms']:.1f}, {told['p95_ms']:.1f}, {told['max_ms']:.1f} ms"


def building(result: Result) -> Iterator[str]:
    """Yield the table of bench.building."""
    sizes = result["sizes"]
    yield "\n## Building\n\nMade-up cities, ties and mappings, and the whole graph: built from nothing, "
    yield "and checked again after an edit of one file. Seconds of processor time, and how many times as many as in "
    yield "the column before.\n\n"
    titles = [f"{'the whole, ' if name == 'whole' else ''}{size['triples']:,} triples" for name, size in sizes.items()]
    yield row("", *titles) + row(*["---"] * (len(sizes) + 1))
    yield row("with what is computed", *(f"{size['build']['quads']:,}" for size in sizes.values()))
    yield row("build: all checks, rules, snapshot", *seconds_of(sizes, "build"))
    for part, title in PARTS_OF_BUILD.items():
        yield row(f"– {title}", *seconds_of(sizes, "build", part))
    yield row("all checks after an edit of one file", *seconds_of(sizes, "recheck"))
    yield row("shapes by pyshacl alone", *seconds_of(sizes, "pyshacl"))
    yield row("load the snapshot, and the union of its graphs", *seconds_of(sizes, "load"))
    yield row("load it by rdflib, without the union", *seconds_of(sizes, "rdflib"))
    for step, title in (("build", "build"), ("recheck", "check after an edit"), ("load", "load"), ("rdflib", "rdflib")):
        told = [size[step].get("memory") for size in sizes.values()]
        yield row(f"most memory: {title}", *(f"{taken / (1 << 20):,.0f} MiB" if taken else "" for taken in told))
    yield f"\nA peer is stopped after {result['limit_seconds']} s. Findings of shapes are those of "
    yield "pyshacl, as the tests show on planted faults of every kind. After an edit only shapes and format of what it "
    yield "can affect are checked; rules and check queries are about all records together, and always run.\n"


PARTS_OF_BUILD = {
    "read": "reading the files",
    "format": "format, manifest, quotations",
    "shapes": "shapes",
    "rules": "rules",
    "checks": "check queries",
    "snapshot": "description, snapshot, search index",
}


def seconds_of(sizes: dict[str, Result], step: str, part: str = "") -> Iterator[str]:
    """Yield the seconds of a step, or of a part of it, at each size, with the growth among those that are made up."""
    before = None
    for name, size in sizes.items():
        told = size[step]
        seconds = told["parts"][part] if part else told.get("processor_seconds")
        if seconds is None:
            yield refusal(told["error"])
        else:
            grown = f" ({seconds / before:.1f}×)" if before and name != "whole" else ""
            yield f"{seconds:.1f} s{grown}"
        before = seconds


def refusal(error: str) -> str:
    """Return in two words why an engine has not answered."""
    slow = any(word in error for word in ("not ended", "timed out", "504", "stopped after"))
    return "did not end" if slow else "refused"


def growth(small: Result, large: Result) -> Iterator[str]:
    """Yield how the times grow from one graph to the other, and what grows worse than it."""
    times = large["quads"] / small["quads"]
    names = [name for name in large["summary"] if name in small["summary"]]
    yield "\n## What grows, and how\n\n"
    yield f"Times at 10 million triples over those at 1 million, which are {times:.0f} times fewer. "
    yield f"Above {times:.0f}× a question grows worse than linearly; the last column says what of it does.\n\n"
    yield (
        "Questions that citydip leaves to its engine have a part that depends on the machine: a worker copies the "
        "pages of the graph that it is the first to walk through ([why](../explanation/architecture.md"
        "#queries-run-in-processes-that-can-be-killed)), and the more of the memory is taken, the longer that takes. "
        "Ten million triples take nearly all of this machine's, with the peers' copies beside them.\n\n"
    )
    days = [result["date"][:10] for result in (small, large)]
    if days[0] != days[1]:
        yield (
            f"The larger graph was measured on {days[1]}, the smaller on {days[0]}: citydip has changed in between, so "
            "its column here tells two versions apart rather than how one of them grows.\n\n"
        )
    yield row("question", *names, "rows", "what grows") + row(*["---"] * (len(names) + 3))
    for before, after in zip(small["questions"], large["questions"], strict=True):
        cells = []
        for name in names:
            one, ten = before["engines"][name]["seconds"], after["engines"][name]["seconds"]
            cells.append(f"{ten / one:.0f}×" if one and ten else "did not end" if one else "–")
        rows = [e["rows"] for e in after["engines"].values() if "rows" in e]
        rows_before = [e["rows"] for e in before["engines"].values() if "rows" in e]
        grown = f"{max(rows) / max(rows_before):.0f}×" if rows and rows_before and max(rows_before) else ""
        yield row(f"`{before['question']}`", *cells, grown, after["grows"])


def row(*cells: str) -> str:
    """Return a row of a table."""
    return "| " + " | ".join(cells) + " |\n"
