"""A refresh from Wikidata: pages in, two data sets out, and a report of what has changed.

``world/wikidata`` holds ties, memberships and tenures as Wikidata states them on the day of the run.
``world/wikidata-items`` holds labels, coordinates and countries of our cities' items, in Wikidata's own terms and about
its own items, so that nothing of ours has two coordinates.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import pyoxigraph as ox

from citydip.curation.importers.importing import REPORT
from citydip.curation.importers.nodes import Value, both, describe, text
from citydip.curation.importers.parts import Parts
from citydip.curation.importers.wikidata.claims import Claim, Item, read_claims, read_items
from citydip.curation.importers.wikidata.difference import compare, read_folder, tell
from citydip.curation.importers.wikidata.identity import check_city, check_names
from citydip.curation.importers.wikidata.ours import Ours, choose, read_ours
from citydip.curation.importers.wikidata.pages import Pages, bound
from citydip.curation.importers.wikidata.report import RefreshReport
from citydip.curation.importers.wikidata.times import Dated
from citydip.curation.importers.wikidata.writing import COMMON, SOURCE, Writing
from citydip.curation.layout import Layout
from citydip.model.errors import ParameterError, RefreshError
from citydip.model.queryfile import parse_query_file
from citydip.model.terms import PREFIXES, shorten

__all__ = ["ITEMS", "STATEMENTS", "Wanted", "refresh"]

STATEMENTS = "wikidata"
"""The data set of ties, memberships and tenures."""
ITEMS = "wikidata-items"
"""The data set of labels, coordinates and countries."""

_HEADERS = {
    STATEMENTS: "Ties, memberships and tenures as Wikidata states them (CC0). Written by citydip import wikidata.",
    ITEMS: "Labels, coordinates and countries of items of Wikidata (CC0). Written by citydip import wikidata.",
}
_ZERO = ox.NamedNode("https://creativecommons.org/publicdomain/zero/1.0/")
_LANGUAGE = re.compile(r"[a-z]{2,12}(-[a-z0-9]{1,8})*")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a run is to bring.

    Args:
        day: the day of the run, such as ``2026-11-22``.
        languages: of labels; English is always among them.
        cities: what the run is limited to, as `citydip.curation.importers.wikidata.ours.choose` takes it.
        page: how many items a request asks about.

    Raises:
        ParameterError: a language is none, or a page has no item.
    """

    day: str
    languages: tuple[str, ...] = ("en", "fa", "ar")
    cities: tuple[str, ...] = ()
    page: int = 50

    def __post_init__(self) -> None:
        """Refuse what would not be a query."""
        for language in self.languages:
            if not _LANGUAGE.fullmatch(language):
                raise ParameterError(f"a language is written like fa or zh-hans, not {language!r}")
        if self.page < 1:
            raise ParameterError("a page needs at least one item")


@dataclass(slots=True)
class _Asking:
    """Asking page by page.

    Args:
        layout: where the queries lie.
        pages: who gives the pages.
        wanted: what is asked for.
        progress: called with pages done, pages in all as far as they are known, and what is asked.
    """

    layout: Layout
    pages: Pages
    wanted: Wanted
    progress: Callable[[int, int, str], object]
    done: int = 0
    total: int = 0

    def batches(self, items: Sequence[str]) -> list[Sequence[str]]:
        """Return items page by page."""
        return [items[at : at + self.wanted.page] for at in range(0, len(items), self.wanted.page)]

    def query(self, name: str) -> str:
        """Return a query of ``queries/wikidata``."""
        text_ = (self.layout.root / "queries" / "wikidata" / f"{name}.rq").read_text(encoding="utf-8")
        return parse_query_file(name, text_).body

    def claims(self, name: str, items: Sequence[str]) -> list[Claim]:
        """Return the statements of items."""
        query = self.query(name)
        found: list[Claim] = []
        for batch in self.batches(items):
            page = self.pages.fetch(bound(query, {"item": _nodes(batch)}))
            with _lacking(name):
                found += read_claims(page)
            self._step(name)
        return found

    def items(self, items: Sequence[str], found: dict[str, Item]) -> None:
        """Add what Wikidata says of items."""
        query = self.query("items")
        languages = [ox.Literal(code) for code in sorted({"en", "mul", *self.wanted.languages})]
        for batch in self.batches(items):
            page = self.pages.fetch(bound(query, {"item": _nodes(batch), "language": languages}))
            with _lacking("items"):
                read_items(page, found)
            self._step("items")

    def _step(self, name: str) -> None:
        self.done += 1
        self.progress(self.done, self.total, name)


@contextmanager
def _lacking(name: str) -> Iterator[None]:
    """Turn what a page lacks into an error that says so."""
    try:
        yield
    except (KeyError, ValueError) as error:
        message = f"a page of queries/wikidata/{name}.rq has a row that the query cannot give ({error})"
        raise RefreshError(f"{message}; look at --endpoint, and run with --fresh") from error


def _nodes(items: Sequence[str]) -> list[ox.NamedNode]:
    return [ox.NamedNode(PREFIXES["wd"] + item) for item in items]


def refresh(
    layout: Layout,
    pages: Pages,
    wanted: Wanted,
    say: Callable[[str], None],
    progress: Callable[[int, int, str], object],
) -> RefreshReport:
    """Ask for the statements of our cities, write them, and return the report, which lies beside them.

    Nothing is written before all pages are there. What a run does not change is left alone.

    Args:
        layout: where the graph's files lie.
        pages: pages that are kept, and who is asked for the others.
        wanted: what to bring.
        say: called with a line for each step.
        progress: called with pages done, pages in all as far as they are known, and what is asked.

    Raises:
        RefreshError: the service does not give all pages; what has come is kept.
        NotFoundError: no city has an item.
        ParameterError: what is wanted does not exist.
        OSError: a file cannot be written.
    """
    ours = read_ours(layout, (STATEMENTS, ITEMS))
    asked = choose(ours, wanted.cities)
    asking = _Asking(layout, pages, wanted, progress)
    asking.total = 3 * len(asking.batches(asked))
    say(f"asking {pages.service.endpoint} about {len(asked)} items, {asking.total} pages and more for persons")
    claims = [*asking.claims("statements", asked), *asking.claims("offices", asked)]
    items: dict[str, Item] = {}
    asking.items(asked, items)
    others = {claim.object for claim in claims if claim.predicate != "P190" and claim.object} - items.keys()
    named = sorted(others - ours.things.keys(), key=lambda item: int(item[1:]))
    asking.total += len(asking.batches(named))
    asking.items(named, items)
    say(f"{pages.asked} pages came, {pages.kept} were here; writing")
    with ExitStack() as stack:
        parts = {name: stack.enter_context(Parts(header)) for name, header in _HEADERS.items()}
        writing = Writing(ours, items, parts[STATEMENTS])
        writing.write(claims)
        writing.look(item for item in asked if item in items)
        _write_items(parts[ITEMS], ours, items, asked)
        _describe(writing, parts, wanted.day)
        report = _report(pages, wanted, asked, writing, parts)
        _write(layout, report, parts, ours, say)
    return report


def _write_items(parts: Parts, ours: Ours, items: dict[str, Item], asked: Sequence[str]) -> None:
    """Write what Wikidata says of our cities' items, in its own terms."""
    for name in asked:
        if name in items:
            item = items[name]
            point = PREFIXES["geo"] + "wktLiteral"
            says: dict[str, Value | Sequence[Value] | None] = {
                "schema:name": [text(label, code) for code, label in sorted(item.labels.items())],
                "wdt:P17": [f"wd:{country}" for country in sorted(item.countries)],
                "wdt:P625": [ox.Literal(place, datatype=ox.NamedNode(point)) for place in sorted(item.points)],
            }
            parts.add(ours.cities[name].country or "zz", describe(f"wd:{name}", says))


def _describe(writing: Writing, parts: dict[str, Parts], day: str) -> None:
    """Write the source with its date, and what the two graphs are."""
    source: dict[str, Value | Sequence[Value] | None] = {
        "a": "cd:Source",
        "cd:hasSourceKind": "source-kind:data-set",
        "cd:publishedOn": writing.date(COMMON, Dated(day)),
        "dcterms:language": text("mul"),
        "dcterms:license": _ZERO,
        "dcterms:publisher": text("Wikidata"),
        "dcterms:title": text("Wikidata", "en"),
        "rdfs:label": both("Wikidata, as of the day of the refresh", "ویکی‌داده در روز تازه‌سازی"),
        "rdfs:seeAlso": ox.NamedNode("https://www.wikidata.org/"),
        "skos:editorialNote": both(
            "Taken from its query service; the date is that of the run.",
            "از سرویس پرس‌وجوی آن گرفته شده است و تاریخ آن روز گرفتن است.",
        ),
    }
    writing.add(COMMON, SOURCE, source)
    titles = {
        STATEMENTS: (
            both(
                "Ties, memberships and mayors as Wikidata states them", "پیوندها، عضویت‌ها و شهرداران به گفتهٔ ویکی‌داده"
            ),
            both(
                "Statements of P190, P463, P6 and P39 on items of our cities, with their times and references.",
                "گزاره‌های P190 و P463 و P6 و P39 دربارهٔ شهرهای این گراف، با زمان‌ها و ارجاع‌های آن‌ها.",
            ),
        ),
        ITEMS: (
            both("Items of cities at Wikidata", "مدخل شهرها در ویکی‌داده"),
            both(
                "Labels, coordinates and countries of the items of our cities, in Wikidata's own terms.",
                "برچسب‌ها، مختصات و کشور مدخل شهرهای ما، به اصطلاح‌های خود ویکی‌داده.",
            ),
        ),
    }
    for name, (title, description) in titles.items():
        about: dict[str, Value | Sequence[Value] | None] = {
            "a": ["dcat:Dataset", "void:Dataset"],
            "cd:hasGraphKind": "graph-kind:data-set",
            "dcterms:creator": text("The citydip founders"),
            "dcterms:description": description,
            "dcterms:issued": ox.Literal(day, datatype=ox.NamedNode(PREFIXES["xsd"] + "date")),
            "dcterms:license": _ZERO,
            "dcterms:title": title,
            "prov:wasDerivedFrom": SOURCE,
            "rdfs:label": title,
        }
        parts[name].add(COMMON, describe(f"graph:world/{name}", about))


def _report(
    pages: Pages, wanted: Wanted, asked: Sequence[str], writing: Writing, parts: dict[str, Parts]
) -> RefreshReport:
    findings = [
        finding for item in asked for finding in check_city(item, writing.items.get(item), writing.ours.cities[item])
    ]
    findings += check_names(writing.made, writing.items, writing.ours)
    return RefreshReport(
        pages.service.endpoint,
        wanted.day,
        wanted.cities,
        len(asked),
        {name: {"subjects": p.subjects(), "triples": p.triples()} for name, p in parts.items()},
        dict(sorted(writing.figures.items())),
        writing.left,
        findings,
    )


def _write(
    layout: Layout, report: RefreshReport, parts: dict[str, Parts], ours: Ours, say: Callable[[str], None]
) -> None:
    """Compare with what is there, and replace it where anything differs."""
    world = layout.root / "data" / "world"
    path = world / STATEMENTS / REPORT
    kept = path.read_text(encoding="utf-8") if path.is_file() else None
    asked = choose(ours, report.scope)
    names = {shorten(ours.cities[item].iri) for item in asked} | {f"wd:{item}" for item in asked}
    names |= {f"post:mayor-of-{ours.cities[item].slug}" for item in asked}
    names |= {shorten(ours.posts[ours.cities[item].iri]) for item in asked if ours.cities[item].iri in ours.posts}
    report.before = json.loads(kept)["date"] if kept else None
    for name, gathered in parts.items():
        report.changes |= compare(tell(read_folder(world / name)), tell(gathered.read()), names)
    for name, gathered in parts.items():
        folder = world / name
        changed = gathered.write(folder, others={REPORT: report.text(kept)} if name == STATEMENTS else {})
        say(f"{'wrote' if changed else 'unchanged:'} {layout.relative(folder)}, {gathered.subjects()} subjects")
