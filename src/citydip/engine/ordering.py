"""The rule `order`: patterns in the order in which statistics say that there is the least to do."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import prod

from citydip.engine.estimates import Estimator, Rows, Table
from citydip.engine.expressions import Demand, demands, named, removed
from citydip.engine.joins import Fresh, Pattern, engine_order, has_no_length, in_order, patterns_of
from citydip.engine.places import Place, places
from citydip.engine.plans import Item, chain_of, cheapest, with_tables
from citydip.engine.statistics import Statistics
from citydip.engine.structure import (
    Bind,
    Element,
    Filter,
    Graph,
    Minus,
    Optional,
    Part,
    Query,
    Triples,
    Values,
    walk,
)

__all__ = ["best_order", "patterns_are_joined_in_order"]

Edits = list[tuple[Part, str]]
_MOST = 20
"""Patterns that are put in order: what is longer is left to the engine."""
_GAIN = 1.6
"""How many times cheaper the order must be than that of the engine."""
_LEAST = 500
"""Rows that must be saved."""


@dataclass(frozen=True, slots=True)
class _Test:
    """A filter that is an EXISTS.

    Args:
        element: the filter.
        table: the different solutions of its patterns, as far as what stands outside names their variables.
        each: what it costs for each row that is tested.
    """

    element: Filter
    table: Table
    each: float


def patterns_are_joined_in_order(query: Query, given: frozenset[str], statistics: Statistics | None) -> Edits:
    """Patterns are joined beginning with the fewest triples, then with what has the fewest rows, by statistics.

    The engine orders patterns by what is constant in them and cannot know how many triples there are. As a chain of
    LATERAL they are joined one by one in an order chosen by the sizes of predicates and classes and by what filters
    keep; each filter stands where its variables are bound. What is in an EXISTS, and patterns that hang on one variable
    alone, may be computed once instead of for each row, as a sub-query that is joined. The rule applies where the
    estimate is clearly better than that of the engine's own order, and not where a LIMIT without ORDER BY or an ASK
    lets the engine stop early.
    """
    if statistics is None or _stops_early(query):
        return []
    edits: Edits = []
    fresh = Fresh(query.text)
    for place in places(query):
        if not place.in_exists and not place.is_optional:
            edits += _in_place(query, place, given, statistics, fresh)
    return edits


def _stops_early(query: Query) -> bool:
    if query.form in ("ASK", "DESCRIBE") or query.where is None:
        return True
    modifiers = query.modifiers
    if query.form == "CONSTRUCT" and "{" not in query.text[query.prologue.end : query.where.start]:
        return True  # its group is its template
    return modifiers.limit is not None and not modifiers.ordered and not modifiers.grouped


def _in_place(query: Query, place: Place, given: frozenset[str], statistics: Statistics, fresh: Fresh) -> Edits:
    elements = place.group.elements
    if not all(isinstance(e, Triples | Values | Filter | Optional | Minus | Bind) for e in elements):
        return []
    run: list[Triples | Values] = []
    for element in elements:
        if isinstance(element, Triples | Values):
            run.append(element)
        elif not isinstance(element, Filter):
            break
    before = fresh.count
    items = _items(query, run, fresh)
    if items is None or (place.starred and fresh.count > before):
        return []
    certain = frozenset().union(*(item.variables for item in items))
    if (place.bound | place.beside) & certain:
        # The engine may look it up for each row of what stands beside it.
        return []
    filters = _filters(query, elements, certain)
    wanted = [demand for found, _ in filters for demand in found]
    tests = _tests(query, place, certain, given, statistics, fresh)
    ordered = _best(Estimator(query, statistics, wanted), items, given, tests, fresh)
    if ordered is None:
        return []
    text = chain_of(query.text, ordered, wanted, wrapped=not _names_graphs(query))
    gone: Edits = [(element, "FILTER (true)" if isinstance(element, Values) else "") for element in run[1:]]
    joined: Edits = [(test.element.expression, "(true)") for test in tests if test.table in ordered]
    return [(run[0], text + " "), *gone, *_removals(filters), *joined]


def _items(query: Query, run: Sequence[Triples | Values], fresh: Fresh) -> list[Item] | None:
    """Return patterns and tables; None where they are too few or many, or cannot be put in another order."""
    items: list[Item] = []
    for element in run:
        if isinstance(element, Values):
            if element.certain != element.visible or not element.rows:
                return None
            items.append(Table(element.of(query.text), element.certain, len(element.rows)))
            continue
        patterns = patterns_of(query, element, fresh)
        if patterns is None or any(map(has_no_length, patterns)):
            return None
        items += patterns
    return items if any(isinstance(item, Pattern) for item in items) and len(items) <= _MOST else None


def _filters(
    query: Query, elements: tuple[Element, ...], certain: frozenset[str]
) -> list[tuple[list[Demand], tuple[Filter, bool]]]:
    """Return what filters demand of some variables, with each filter, and whether that is all it demands."""
    found = []
    for element in elements:
        if isinstance(element, Filter) and not element.expression.exists:
            every = demands(query.text, element)
            movable = [demand for demand in every if named(demand) and named(demand) <= certain]
            if movable:
                found.append((movable, (element, len(movable) == len(every))))
    return found


def _removals(filters: list[tuple[list[Demand], tuple[Filter, bool]]]) -> Edits:
    edits: Edits = []
    for movable, (element, is_all) in filters:
        edits += [(element.expression, "(true)")] if is_all else [removed(demand) for demand in movable]
    return edits


def _tests(
    query: Query, place: Place, certain: frozenset[str], given: frozenset[str], statistics: Statistics, fresh: Fresh
) -> list[_Test]:
    """Return the filters of a group that are an EXISTS of patterns and filters alone, each with its table."""
    if _names_graphs(query):
        return []
    outside = place.group.visible | place.bound
    found = []
    for element in place.group.elements:
        if not isinstance(element, Filter) or element.exists is None or element.exists.negated:
            continue
        group = element.exists.group
        run = [inner for inner in group.elements if isinstance(inner, Triples)]
        others = [inner for inner in group.elements if not isinstance(inner, Triples)]
        items = _items(query, run, fresh)
        if items is None or not all(isinstance(inner, Filter) for inner in others):
            continue
        names = frozenset().union(*(item.variables for item in items))
        shared = names & outside
        filters = _filters(query, group.elements, names)
        is_whole = len(filters) == len(others) and all(is_all for _, (_, is_all) in filters)
        if not is_whole or not shared or not shared <= certain or names & given:
            continue
        wanted = [demand for demands_of, _ in filters for demand in demands_of]
        estimator = Estimator(query, statistics, wanted)
        alone = cheapest(estimator, items, Rows())
        each = cheapest(estimator, items, Rows(domains=dict.fromkeys(shared, 1.0)))
        if alone is None or each is None:
            continue
        names_text = " ".join(f"?{name}" for name in sorted(shared))
        text = f"{{ SELECT DISTINCT {names_text} {{ {chain_of(query.text, alone[0], wanted)} }} }}"
        size = min(alone[1].count, prod(alone[1].domains[name] for name in shared))
        table = Table(text, shared, size, alone[1].cost + alone[1].count)
        found.append(_Test(element, table, each[1].cost))
    return found


def _names_graphs(query: Query) -> bool:
    """Return whether there is a GRAPH: a variable that names one would have to reach into a sub-query."""
    return any(isinstance(element, Graph) for element in walk(query))


def _best(
    estimator: Estimator, items: list[Item], given: frozenset[str], tests: list[_Test], fresh: Fresh
) -> list[Item] | None:
    """Return the cheapest order found; None where that of the engine is about as good, or patterns are not tied."""
    start = Rows(domains=dict.fromkeys(given, 1.0))
    patterns = [item for item in items if isinstance(item, Pattern)]
    tables = [item for item in items if isinstance(item, Table)]
    theirs = start
    engines: list[Item] = [*tables, *engine_order(patterns, frozenset().union(*(table.variables for table in tables)))]
    for item in engines:
        theirs = estimator.joined(theirs, item)
    each = sum(test.each for test in tests)
    theirs_cost = theirs.cost + theirs.count * each
    if theirs_cost <= _LEAST:
        return None
    ways = []
    for more in [(), *([[test.table for test in tests]] if tests else [])]:
        way = cheapest(estimator, [*items, *more], start)
        if way is not None and len(way[0]) > 1:
            ways.append((way[1].cost + (0 if more else way[1].count * each), way[0]))
    if not ways:
        return None
    cost, ordered = min(ways, key=lambda way: way[0])
    if not given and not _names_graphs(estimator.query):
        found = with_tables(estimator, ordered, fresh)
        ordered, cost = found[0], cost - found[2]
    return ordered if cost * _GAIN < theirs_cost and theirs_cost - cost > _LEAST else None


def best_order(
    query: Query, patterns: list[Pattern], bound: Iterable[str], statistics: Statistics | None
) -> list[Pattern]:
    """Return patterns in the order in which each finds little, given the variables that are bound before.

    Args:
        query: the query.
        patterns: at least one.
        bound: those variables.
        statistics: those of the graph; without them, or where nothing ties the patterns, constants tell the order.
    """
    if statistics:
        found = cheapest(Estimator(query, statistics, ()), list(patterns), Rows(domains=dict.fromkeys(bound, 1.0)))
        if found:
            return [item for item in found[0] if isinstance(item, Pattern)]
    return in_order(patterns, bound)
