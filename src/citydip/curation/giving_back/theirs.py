"""What Wikidata says already: asked of a service, or read from a file or from the pages of a refresh."""

import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pyoxigraph as ox

from citydip.curation.giving_back.rows import load_file, query_text
from citydip.curation.importers.wikidata.asking import Row, read_rows
from citydip.curation.importers.wikidata.claims import qid
from citydip.curation.importers.wikidata.pages import Pages, bound
from citydip.curation.importers.wikidata.times import UNKNOWN, Time, dated
from citydip.curation.layout import Layout
from citydip.model.calendars import Calendar
from citydip.model.dates import bounds_of
from citydip.model.errors import ParameterError, RefreshError
from citydip.model.terms import PREFIXES

__all__ = ["Found", "Period", "Theirs", "ask_service", "read_file", "read_pages"]

_PROP = "http://www.wikidata.org/prop/"
_TIMES = {f"{_PROP}qualifier/{name}": name for name in ("P580", "P582", "P585")}
_PLACES = {f"{_PROP}qualifier/P1001", f"{_PROP}qualifier/P642", f"{_PROP}direct/P1313"}
_ADDRESSES = {f"{_PROP}reference/P854", f"{_PROP}reference/P248"}
_MAYOR = "Q30185"

Period = tuple[date | None, date | None]
"""The first and the last day that a time can be; None where it is not known."""


@dataclass(slots=True)
class Found:
    """A statement of Wikidata.

    Args:
        subject: the QID of its item.
        property: such as ``P190``.
        value: the QID of its value; empty where it is unknown or none.
        statement: its identifier.
        deprecated: whether its rank says that it is wrong.
        times: by property of the qualifier.
        places: the QIDs of the places that a position is of.
        addresses: of its references: addresses of pages, and IRIs of items that it is stated in.
    """

    subject: str
    property: str
    value: str
    statement: str
    deprecated: bool = False
    times: dict[str, list[Period]] = field(default_factory=dict)
    places: set[str] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Theirs:
    """What Wikidata says.

    Args:
        items: the QIDs that were looked at.
        found: the statements on them.
        positions: whether all positions of a person are there; in the pages of a refresh only those of a city are.
    """

    items: set[str] = field(default_factory=set)
    found: list[Found] = field(default_factory=list)
    positions: bool = True


def ask_service(
    layout: Layout, pages: Pages, items: Sequence[str], size: int, progress: Callable[[int, int], object]
) -> Theirs:
    """Return what a service says of items, page by page; pages that have come on this day are not asked for again.

    Args:
        layout: where the query lies.
        pages: pages that are kept, and who is asked for the others.
        items: QIDs.
        size: how many items a request asks about.
        progress: called with pages done and pages in all.

    Raises:
        RefreshError: the service does not give all pages.
        OSError: a page cannot be kept.
    """
    query, rows = query_text(layout, "statements"), []
    batches = [items[at : at + size] for at in range(0, len(items), size)]
    for number, batch in enumerate(batches):
        rows += pages.fetch(_about(query, batch))
        progress(number + 1, len(batches))
    return Theirs(set(items), _statements(rows, pages.service.endpoint))


def read_file(layout: Layout, path: Path) -> Theirs:
    """Return what a file of RDF in Wikidata's model says, such as a part of its dump in N-Triples or Turtle.

    Args:
        layout: where the query lies.
        path: the file.

    Raises:
        ParameterError: it is no RDF, or says nothing of any item.
        OSError: it cannot be read.
    """
    try:
        store = load_file(path)
    except (SyntaxError, ValueError) as error:
        raise ParameterError(
            f"{path} cannot be read as RDF ({error}); give N-Triples (.nt) or Turtle (.ttl)"
        ) from error
    subjects = {quad.subject.value for quad in store if isinstance(quad.subject, ox.NamedNode)}
    items = sorted(item for item in map(qid, subjects) if item)
    if not items:
        raise ParameterError(f"{path} says nothing of any item of Wikidata; give statements in Wikidata's own model")
    out = io.BytesIO()
    solutions = store.query(_about(query_text(layout, "statements"), items), use_default_graph_as_union=True)
    assert isinstance(solutions, ox.QuerySolutions)  # noqa: S101 - the query is SELECT
    solutions.serialize(out, ox.QueryResultsFormat.JSON)
    return Theirs(set(items), _statements(read_rows(out.getvalue()), str(path)))


def read_pages(folder: Path) -> Theirs:
    """Return what the kept pages of a refresh say: the folder of one day in the cache of ``citydip import wikidata``.

    Raises:
        ParameterError: the folder has no such pages.
        OSError: one cannot be read.
    """
    items: set[str] = set()
    rows: list[Row] = []
    for path in sorted(folder.glob("*.json")):
        try:
            page = read_rows(path.read_bytes())
        except ValueError as error:
            raise ParameterError(f"{path} is no page of a refresh ({error}); remove it") from error
        items |= {qid(row["item"]["value"]) for row in page if "item" in row}
        rows += [row for row in page if "statement" in row]
    if not items:
        raise ParameterError(
            f"{folder} has no pages; give the folder of a day below the cache of citydip import wikidata"
        )
    found = _statements(rows, str(folder))
    for statement in found:
        if statement.property == "P39":
            # A row of the refresh is about the city, and the person is its value; which office it is, it does not say.
            statement.places.add(statement.subject)
            statement.subject, statement.value = statement.value, _MAYOR
    return Theirs(items - {""}, found, positions=False)


def _about(query: str, items: Iterable[str]) -> str:
    return bound(query, {"item": [ox.NamedNode(PREFIXES["wd"] + item) for item in items]})


def _statements(rows: Sequence[Row], source: str) -> list[Found]:
    """Return the statements of rows of ``queries/giving-back/statements.rq``, or of those of a refresh."""
    found: dict[tuple[str, str], Found] = {}
    try:
        for row in rows:
            if "object" in row:
                item, name = _key(row)
                deprecated = row["rank"]["value"].endswith("#DeprecatedRank")
                prop = row["claim"]["value"].removeprefix(_PROP)
                found[item, name] = Found(item, prop, qid(row["object"]["value"]), name, deprecated)
        for row in rows:
            if "about" in row and "object" not in row and _key(row) in found:
                _add(found[_key(row)], row)
    except (KeyError, ValueError) as error:
        raise RefreshError(f"{source} has a row that the query cannot give ({error}); take it anew") from error
    return sorted(found.values(), key=lambda each: (each.subject, each.property, each.statement))


def _key(row: Row) -> tuple[str, str]:
    return qid(row["item"]["value"]), row["statement"]["value"].rpartition("/")[2]


def _add(statement: Found, row: Row) -> None:
    about, value = row["about"]["value"], row["value"]["value"]
    if about in _TIMES:
        time = UNKNOWN
        if "precision" in row:
            time = Time(value, int(row["precision"]["value"]), row["calendar"]["value"])
        period = _period(time)
        periods = statement.times.setdefault(_TIMES[about], [])
        if period not in periods:
            periods.append(period)
    elif about in _PLACES and qid(value):
        statement.places.add(qid(value))
    elif about in _ADDRESSES and row["value"]["type"] == "uri":
        statement.addresses.add(value)


def _period(time: Time) -> Period:
    known = dated(time)
    if known is None:
        return None, None
    bounds = bounds_of(known.expression, Calendar.GREGORIAN)
    return bounds.earliest, bounds.latest
