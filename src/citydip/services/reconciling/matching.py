"""Matching rows of a table with things of the graph, a batch at a time.

`citydip.services.reconciling.candidates` finds what a row may mean, `citydip.services.reconciling.evidence` compares
the rest of the row, and `citydip.services.reconciling.score` decides. Rows do not depend on one another; they are only
asked together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from citydip.services.graph import ServedGraph
from citydip.services.labelling import chosen_values, labels_of
from citydip.services.reconciling.candidates import (
    About,
    Named,
    Row,
    about,
    find_exact,
    find_like,
    find_near,
    read_row,
    resolve,
)
from citydip.services.reconciling.evidence import INDEXED, agreement, agreement_of_values, point_of
from citydip.services.reconciling.extension import values_of
from citydip.services.reconciling.properties import IDENTIFIERS, property_named
from citydip.services.reconciling.query import Candidate, Condition, Given, Query
from citydip.services.reconciling.score import decide, prominence, score
from citydip.services.search import Looking

__all__ = ["match"]

_SETTLED = 0.96
_MOST_WEIGHED = 25
"""Candidates of a row whose evidence is asked of the graph."""


@dataclass(slots=True)
class _Found:
    """A row with what the index knows of its candidates.

    Args:
        row: the row.
        things: its best candidates, by number.
        evidence: how each property agrees, by number and property.
    """

    row: Row
    things: dict[int, About]
    evidence: dict[int, dict[str, float]]


async def match(graph: ServedGraph, queries: Sequence[Query], languages: Sequence[str]) -> list[list[Candidate]]:
    """Return the candidates of each row, the best first, with at most one that is surely meant.

    Args:
        graph: what is matched with.
        queries: the rows.
        languages: of the labels, the reader's first.

    Raises:
        ParameterError: a row asks for a class or a property that there is not.
        CitydipError: the graph does not answer in time.
    """
    for query in queries:
        for condition in query.conditions:
            property_named(condition.property)
    timeout = graph.settings.reconcile_timeout
    found = await graph.search.run(lambda looking: _find(looking, queries), timeout)
    await _ask_evidence(graph, found)
    return await graph.search.run(lambda looking: [_weigh(looking, one, languages) for one in found], timeout)


def _find(looking: Looking, queries: Sequence[Query]) -> list[_Found]:
    texts = {
        given.iri or given.text
        for query in queries
        for condition in query.conditions
        if condition.property in INDEXED
        for given in condition.values
    }
    resolved = resolve(looking, texts) if texts else {}
    classes = {iri for query in queries for iri in query.types}
    kinds = {iri: chosen_values(looking.connection, "kind", [iri]) for iri in sorted(classes)}
    rows = []
    for query in queries:
        wanted = set[int]().union(*(kinds[iri] for iri in query.types))
        rows.append(read_row(query, wanted, _said(query, "country", resolved)))
    find_exact(looking, rows)
    resolved |= resolve(looking, {place for row in rows for one in row.readings for place in one.places})
    known = about(looking, {thing for row in rows for thing in row.found})
    last = looking.vocabulary.things["last"]
    found = []
    for row in rows:
        one = _compare(row, known, resolved, last)
        if not _is_settled(one):
            find_like(looking, row)
            find_near(looking, row, _points(row))
            new = row.found.keys() - known.keys()
            known |= about(looking, new) if new else {}
            one = _compare(row, known, resolved, last)
        found.append(one)
    return found


def _points(row: Row) -> list[tuple[float, float]]:
    """Return the points that a row says."""
    given = [value.text for c in row.query.conditions if c.property == "coordinates" for value in c.values]
    return [point for point in map(point_of, given) if point]


def _said(query: Query, name: str, resolved: Mapping[str, set[int]]) -> set[int]:
    """Return the things that a row says by a property, where it says them positively."""
    given = [v for c in query.conditions if c.property == name and c.quantifier != "none" for v in c.values]
    return set[int]().union(*(resolved.get(value.iri or value.text, set()) for value in given))


def _compare(row: Row, known: Mapping[int, About], resolved: Mapping[str, set[int]], last: int) -> _Found:
    """Return a row with its best candidates, and how the properties that the index knows agree with them.

    Args:
        row: the row.
        known: what the index knows of things, by number.
        resolved: the numbers of the things that the row's texts name.
        last: number of the last thing; statements follow it.
    """
    evidence: dict[int, dict[str, float]] = {}
    for thing, named in row.found.items():
        told = evidence.setdefault(thing, {})
        conditions = [one for one in row.query.conditions if one.property in INDEXED]
        if named.reading and named.reading.places:
            places = Condition("place in the text", tuple(Given(place) for place in named.reading.places))
            agreed = _in_places(places, known[thing], resolved)
            if agreed is not None:
                told["text"] = agreed
        for condition in conditions:
            if condition.property in IDENTIFIERS:
                told[condition.property] = 1.0 if named.kind < 0 else -1.0
                continue
            agreed = agreement(condition, known[thing], resolved)
            if agreed is not None:
                told[condition.property] = agreed
            if condition.required and (agreed or 0) <= 0:
                evidence.pop(thing)
                break

    def rank(thing: int) -> tuple[float, float, int]:
        told = sum(evidence[thing].values())
        return -(row.found[thing].likeness + 0.2 * told), -prominence(known[thing]), thing

    def is_wanted(thing: int) -> bool:
        # A statement is named after what it is about: only who asks for statements means one.
        others = not row.kinds or (thing <= last and not row.query.types_only)
        return bool(known[thing].facets.get("kind")) and (others or _is_of_kind(row, known[thing]))

    best = sorted(filter(is_wanted, evidence), key=rank)[:_MOST_WEIGHED]
    return _Found(row, {thing: known[thing] for thing in best}, {thing: evidence[thing] for thing in best})


def _in_places(places: Condition, thing: About, resolved: Mapping[str, set[int]]) -> float | None:
    """Return whether a thing lies in a place that its row's text names after it."""
    named = set[int]().union(*(resolved.get(given.text, set()) for given in places.values))
    lies = thing.within | thing.facets.get("country", set())
    return None if not named or not lies else 1.0 if named & lies else -1.0


def _is_of_kind(row: Row, thing: About) -> bool:
    return bool(row.kinds & thing.facets.get("kind", set()))


def _is_settled(found: _Found) -> bool:
    """Return whether a row has a candidate of the very name that fits all else that it says."""

    def fits(thing: int) -> bool:
        named = found.row.found[thing]
        kind = found.row.kinds or named.reading is None or named.reading.kind in ("", "City")
        return bool(kind) and named.likeness > _SETTLED and all(value > 0 for value in found.evidence[thing].values())

    return any(map(fits, found.evidence))


async def _ask_evidence(graph: ServedGraph, found: Sequence[_Found]) -> None:
    """Compare the properties that only the graph knows: one question for each property of the whole batch."""
    names = sorted({c.property for one in found for c in one.row.query.conditions if c.property not in INDEXED})
    for name in names:
        asking = [(one, c) for one in found for c in one.row.query.conditions if c.property == name]
        iris = {thing.iri for one, _ in asking for thing in one.things.values()}
        values = await values_of(graph, property_named(name), sorted(iris)) if iris else {}
        for one, condition in asking:
            for number, thing in list(one.things.items()):
                agreed = agreement_of_values(condition, values.get(thing.iri, ()))
                if agreed is not None:
                    one.evidence[number][name] = agreed
                if condition.required and (agreed or 0) <= 0:
                    del one.things[number]


def _weigh(looking: Looking, found: _Found, languages: Sequence[str]) -> list[Candidate]:
    row = found.row
    candidates = []
    for number, thing in found.things.items():
        named = row.found[number]
        candidate = Candidate(number, thing.iri)
        of_type = _is_of_kind(row, thing) if row.kinds else _fits_reading(looking, named, thing)
        score(candidate, named, thing, found.evidence[number], of_type)
        candidates.append(candidate)
    candidates.sort(key=lambda one: (-one.score, one.number))
    decide(candidates)
    best = candidates[: max(row.query.limit, 1)]
    _show(looking, best, found.things, languages)
    return best


def _fits_reading(looking: Looking, named: Named, thing: About) -> bool | None:
    """Return whether a thing is of the kind that the text names; None where it names none."""
    if named.reading is None or not named.reading.kind:
        return None
    return bool(chosen_values(looking.connection, "kind", [named.reading.kind]) & thing.facets.get("kind", set()))


def _show(
    looking: Looking, candidates: Sequence[Candidate], things: Mapping[int, About], languages: Sequence[str]
) -> None:
    """Set what a client shows of candidates: label, classes, and where they lie."""
    facets = {one.number: things[one.number].facets for one in candidates}
    values = {value for of_thing in facets.values() for name in ("kind", "country") for value in of_thing.get(name, ())}
    shown = labels_of(looking.connection, sorted({*facets, *values}), languages)
    for one in candidates:
        own = shown[one.number][0]
        one.name, one.language = own.label, own.language
        kinds = [shown[kind][0] for kind in sorted(facets[one.number].get("kind", ()))]
        one.types = tuple((kind.iri, kind.label) for kind in kinds)
        countries = [shown[country][0].label for country in sorted(facets[one.number].get("country", ()))]
        one.description = ", ".join([*(kind.label for kind in kinds), *countries[:3]])
