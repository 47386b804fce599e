"""What the build adds: the bounds of dates, and the shortcut triples of the rules in ``queries/compute``.

Each rule is a CONSTRUCT query whose triples go into a graph of its own, ``graph/computed/<rule>``. Rules run in
the order of the number in their header (``#+ order: 2``), so that one can use what another has computed.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from citydip.curation.progress import Progress, track, unseen
from citydip.curation.workspace import Workspace
from citydip.model.calendars import Calendar, from_gregorian, weekday
from citydip.model.dates import Bounds, bounds_of, offset_of, shift, text_of
from citydip.model.findings import Finding
from citydip.model.queryfile import QueryFile, parse_query_file
from citydip.model.terms import CD, ID, PREFIXES, computed_graph

__all__ = ["DATES_RULE", "Computed", "compute", "compute_dates", "read_rules"]

DATES_RULE = "dates"
"""The one rule that is a program and not a query: SPARQL has no calendars."""

_LINES = ox.RdfFormat.N_TRIPLES
_XSD_DATE = ox.NamedNode(PREFIXES["xsd"] + "date")
_LABEL = ox.NamedNode(PREFIXES["rdfs"] + "label")


@dataclass(frozen=True, slots=True)
class Computed:
    """What one rule has computed.

    Args:
        rule: its name.
        title: what it computes, by language (``en``, ``fa``).
        count: how many triples.
    """

    rule: str
    title: dict[str, str]
    count: int


def compute(
    workspace: Workspace, say: Callable[[str], None], progress: Progress = unseen
) -> tuple[list[Computed], list[Finding]]:
    """Add all computed graphs to the store of a workspace.

    Args:
        workspace: the parsed files; its store is added to.
        say: called with a line for each rule, to show progress.
        progress: called with the share of the rules that have run.

    Returns:
        What each rule computed, and findings for dates and rules that are wrong.
    """
    findings: list[Finding] = []
    dates = "".join(f"{triple} .\n" for triple in compute_dates(workspace, findings))
    title = {"en": "Bounds and words of dates", "fa": "کرانه‌ها و متن تاریخ‌ها"}
    done = [_add(workspace, DATES_RULE, title, dates.encode())]
    for rule in track(read_rules(workspace), "computing", progress):
        if not rule.fields.get("order", "1").isdigit():
            message = f"order must be a whole number, not {rule.fields['order']!r}"
            findings.append(Finding(rule.name, message, "mend the header", f"queries/compute/{rule.name}.rq", 1))
            continue
        try:
            result = workspace.store.query(rule.text, use_default_graph_as_union=True, prefixes=PREFIXES)
        except SyntaxError as error:
            findings.append(Finding(rule.name, str(error), "mend the query", f"queries/compute/{rule.name}.rq"))
            continue
        if not isinstance(result, ox.QueryTriples):
            fix = "write it as CONSTRUCT"
            findings.append(
                Finding(rule.name, "a rule must be a CONSTRUCT query", fix, f"queries/compute/{rule.name}.rq")
            )
            continue
        titles = {"en": rule.title("en"), "fa": rule.title("fa")}
        done.append(_add(workspace, rule.name, titles, result.serialize(format=_LINES) or b""))
        say(f"computed {rule.name}: {done[-1].count} triples")
    return done, findings


def read_rules(workspace: Workspace) -> list[QueryFile]:
    """Return the rules of ``queries/compute`` in the order in which they run."""
    paths = workspace.layout.queries("compute")
    rules = [parse_query_file(path.stem, path.read_text(encoding="utf-8")) for path in paths]
    return sorted(rules, key=lambda rule: (rule.fields.get("order", "1").zfill(9), rule.name))


def _add(workspace: Workspace, rule: str, title: dict[str, str], triples: bytes) -> Computed:
    """Add a computed graph to the store, without making Python objects of its triples.

    Args:
        workspace: its store is added to.
        rule: its name.
        title: what it computes, by language.
        triples: what it computed, as N-Triples, one a line; equal ones count once.
    """
    lines = set(triples.splitlines(keepends=True))
    graph = ox.NamedNode(str(computed_graph(rule)))
    workspace.store.bulk_load(b"".join(lines), format=_LINES, to_graph=graph)
    return Computed(rule, title, len(lines))


@dataclass(slots=True)
class _Date:
    """A date node as it stands in the files."""

    iri: str
    calendar: Calendar
    expression: str | None = None
    anchor: str | None = None
    offset: str | None = None
    stated_day: str | None = None
    stated_weekday: str | None = None


def _property(name: str) -> ox.NamedNode:
    return ox.NamedNode(str(CD[name]))


def _read_dates(store: ox.Store) -> dict[str, _Date]:
    def value(subject: ox.NamedNode, name: str) -> str | None:
        for quad in store.quads_for_pattern(subject, _property(name), None, None):
            if isinstance(quad.object, ox.NamedNode | ox.Literal):
                return quad.object.value
        return None

    kind = ox.NamedNode(PREFIXES["rdf"] + "type")
    dates = {}
    for quad in store.quads_for_pattern(None, kind, _property("Date"), None):
        node = quad.subject
        if not isinstance(node, ox.NamedNode):
            continue
        slug = (value(node, "hasCalendar") or "").removeprefix(str(ID) + "calendar/")
        if slug in set(Calendar):
            fields = ("expression", "relativeTo", "offset", "statedGregorian", "statedWeekday")
            dates[node.value] = _Date(node.value, Calendar(slug), *(value(node, f) for f in fields))
    return dates


def compute_dates(workspace: Workspace, findings: list[Finding]) -> Iterator[ox.Triple]:
    """Yield bounds, words and weekday of every date.

    Args:
        workspace: the parsed files.
        findings: gets one for each date that cannot be read, or that disagrees with what its source states.
    """
    dates = _read_dates(workspace.store)
    for date in sorted(dates.values(), key=lambda d: d.iri):
        try:
            bounds = _resolve(date, dates, ())
            _compare(date, bounds)
        except ValueError as error:
            fix = "mend the date's expression, offset, stated day or weekday"
            predicate = getattr(error, "predicate", "expression" if date.expression else "offset")
            findings.append(workspace.place("date", str(error), fix, date.iri, str(CD[predicate])))
            continue
        yield from _date_triples(date, bounds)


def _resolve(date: _Date, dates: dict[str, _Date], seen: tuple[str, ...]) -> Bounds:
    if date.expression:
        return bounds_of(date.expression, date.calendar)
    if not date.anchor or not date.offset:
        raise ValueError("the date has neither an expression nor an anchor with an offset")
    if date.iri in seen or date.anchor not in dates:
        raise ValueError("the date is counted from itself, or from something that is no date")
    anchor = _resolve(dates[date.anchor], dates, (*seen, date.iri))
    return shift(anchor, offset_of(date.offset), date.calendar)


class _StatedError(ValueError):
    """What a source states of a date disagrees with what the date means."""

    def __init__(self, predicate: str, message: str):
        super().__init__(message)
        self.predicate = predicate


def _compare(date: _Date, bounds: Bounds) -> None:
    if date.stated_day:
        low, high = (str(b) if b else None for b in (bounds.earliest, bounds.latest))
        if (low and date.stated_day < low) or (high and date.stated_day > high):
            raise _StatedError(
                "statedGregorian",
                f"the stated day {date.stated_day} lies outside {low} to {high}, which the date means",
            )
    if date.stated_weekday:
        if not bounds.day:
            raise _StatedError("statedWeekday", "a weekday is stated, but the date is not one day")
        name = weekday(bounds.day, "en")
        if name != date.stated_weekday:
            raise _StatedError("statedWeekday", f"the date is a {name}, not a {date.stated_weekday} as stated")


def _date_triples(date: _Date, bounds: Bounds) -> Iterator[ox.Triple]:
    node = ox.NamedNode(date.iri)
    if bounds.earliest:
        yield ox.Triple(node, _property("earliestDay"), ox.Literal(str(bounds.earliest), datatype=_XSD_DATE))
    if bounds.latest:
        yield ox.Triple(node, _property("latestDay"), ox.Literal(str(bounds.latest), datatype=_XSD_DATE))
    for language in ("en", "fa"):
        texts = {}
        for calendar in (Calendar.SOLAR_HIJRI, Calendar.GREGORIAN):
            own = date.expression if calendar is date.calendar else None
            texts[calendar] = text_of(bounds, calendar, language, own)
        yield ox.Triple(node, _property("solarHijriText"), ox.Literal(texts[Calendar.SOLAR_HIJRI], language=language))
        yield ox.Triple(node, _property("gregorianText"), ox.Literal(texts[Calendar.GREGORIAN], language=language))
        own_text = texts.get(date.calendar) or text_of(bounds, date.calendar, language, date.expression)
        yield ox.Triple(node, _LABEL, ox.Literal(own_text, language=language))
        if bounds.day:
            yield ox.Triple(node, _property("weekday"), ox.Literal(weekday(bounds.day, language), language=language))
    if bounds.day:
        year, month, day = from_gregorian(Calendar.SOLAR_HIJRI, bounds.day)
        yield ox.Triple(node, _property("solarHijriValue"), ox.Literal(f"{year:04d}-{month:02d}-{day:02d}"))
