"""The page on coverage: what was imported, what was left out and why, and where ties were looked for."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from babel import Locale

__all__ = ["coverage"]

_SHOWN = 40
"""How many rows of a table the page shows; all are in the report beside the data."""
_LOOKED = """\
A city without a tie in this graph is in one of two states, and only this page tells which.

- **Looked, and no tie found**: a list covers the city's country, and has none for the city.
- **Not looked**: no list covers it, or the list could not be joined to it.

| list | where it looked | where it did not |
|---|---|---|
| Wikidata, September 2016 | what a crawl from Weimar along P190 reached | whatever is not connected to Weimar |
| Wikidata, March 2018 | cities of the European Union of 2018, as the side that asserts | Greece, Malta, Luxembourg; \
cities elsewhere only as partners |
| Wikipedia, May 2023 | articles and lists in English, cities known by name alone | homonyms are \
merged, so it only attests |
| Wikipedia, 2025 | matched to pairs that another list has | it adds no pair of its own |
| Wikipedia, February 2026 | the lists of six continents and their 81 country pages | most lists of US states and \
of the Netherlands, which are elsewhere |

No list has dates, and none says that a tie has ended: a pair of 2016 that is not in the list of 2026 may have ended, or
may have been missed. The lists copy from one another, so two of them are weaker than two witnesses.

No source here tells which languages a city speaks, so `ties-by-language` goes by the official languages of countries.
Regions of the world are those of UN M49 as Unicode CLDR has them, and a city is in the region of its country: all of
Russia is in Eastern Europe, and all of Türkiye in Western Asia. A query sees one version of the graph;
[what changed between two](../how-to/see-what-changed.md) is told by `citydip changes` and `/changes`, and by
`changes-between-versions` where a release told it.

Which states broke off diplomatic relations is told of the pairs that were looked up in pages, and of no other:
`broken-relations` lists them, and `ties-across-broken-relations` has the ties of their cities.
"""


def coverage(root: Path) -> str:
    """Return the page.

    Args:
        root: the folder with ``data``.
    """
    world = root / "data" / "world"
    reports = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(world.glob("*/report.json"))]
    shipped = [report for report in reports if report["importer"] not in ("etmun", "urbact", "wikidata")]
    parts = ["# Coverage\n\nWhat the imported data sets hold, what was left out and why, and where nobody has looked."]
    parts.append("## Data sets\n\n" + _table(("importer", "table", "rows", "imported"), _rows_of(shipped)))
    graphs = ((n, f"{s['subjects']:,}", f"{s['triples']:,}") for r in shipped for n, s in r["data sets"].items())
    parts.append("## Graphs\n\n" + _table(("graph", "subjects", "triples"), graphs))
    parts.append("## Looked, and not looked\n\n" + _LOOKED)
    parts.append("## By country\n\n" + _by_country(world))
    parts += [part for report in shipped for part in _details(report)]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    names = list(head)
    lines = [f"| {' | '.join(names)} |", f"|{'---|' * len(names)}"]
    lines += [f"| {' | '.join(str(cell).replace('|', '¦') for cell in row)} |" for row in rows]
    return "\n".join(lines)


def _rows_of(reports: list[dict[str, Any]]) -> Iterator[tuple[str, str, str, str]]:
    for report in reports:
        left = Counter(row["table"] for group in report["left out"] for row in group["rows"])
        for table, rows in report["rows"].items():
            yield report["importer"], f"`{table}`", f"{rows:,}", f"{rows - left[table]:,}"


def _by_country(world: Path) -> str:
    country: dict[str, str] = {}
    for path in sorted((world / "cities").glob("*.ttl")):
        for number in re.findall(r'cd:geonamesIdentifier "(\d+)"', path.read_text(encoding="utf-8")):
            country[number] = path.stem.partition("-")[0].upper()
    lists: dict[tuple[str, str], int] = Counter()
    for folder in sorted(world.glob("ties-*")):
        found = set()
        for path in sorted(folder.glob("*.ttl")):
            found |= set(re.findall(r"^tie:(\d+)-(\d+)$", path.read_text(encoding="utf-8"), re.MULTILINE))
        for pair in found:
            lists[pair] += 1
    ties: dict[str, Counter[str]] = defaultdict(Counter)
    tied: dict[str, set[str]] = defaultdict(set)
    for pair, count in lists.items():
        for here in {country[number] for number in pair}:
            ties[here]["attested" if count > 1 else "reported"] += 1
        for number in pair:
            tied[country[number]].add(number)
    names = Locale("en").territories
    cities = Counter(country.values())
    rows = (
        (
            f"{names.get(code, code)} ({code})",
            f"{cities[code]:,}",
            f"{len(tied[code]):,}",
            f"{ties[code]['attested']:,}",
            f"{ties[code]['reported']:,}",
        )
        for code in sorted(cities, key=lambda code: (-cities[code], code))
    )
    head = ("country or territory", "cities", "with a tie in a list", "ties attested", "ties reported by one list")
    words = "A tie counts in each country that it touches. A city without one was named by another list, or in a page."
    return f"{words}\n\n{_table(head, rows)}"


def _details(report: dict[str, Any]) -> Iterator[str]:
    lines = [f"## {report['importer'].capitalize()}", ""]
    lines.append(_table(("what", "count"), ((name, f"{count:,}") for name, count in report["figures"].items())))
    yield "\n".join(lines)
    for group in report["left out"]:
        rows = ((f"`{row['table']}`", row["line"], row["what"]) for row in group["rows"][:_SHOWN])
        yield f"### Left out: {group['reason']} ({group['count']:,})\n\n" + _table(("table", "line", "what"), rows)
    for name, found in report.get("tables", {}).items():
        title = f"### {name[:1].upper()}{name[1:]} ({len(found):,})"
        if not found:
            yield title + "\n\nNone."
            continue
        shown = found if "country" in name else found[:_SHOWN]
        yield f"{title}\n\n" + _table(found[0], (row.values() for row in shown))
        if len(shown) < len(found):
            yield f"The first {len(shown)} of {len(found):,}; all are in the report beside the data."
