"""Plans of joins: which order is the cheapest, what is better computed once, and how the engine is told.

A plan is a list of triple patterns and tables, in the order in which they are joined.
"""

from collections.abc import Sequence
from math import inf

from citydip.engine.estimates import Estimator, Rows, Table
from citydip.engine.expressions import Demand, named
from citydip.engine.joins import Fresh, Pattern

__all__ = ["Item", "chain_of", "cheapest", "with_tables"]

Item = Pattern | Table

_STARTS = 5
"""Beginnings that are tried."""
_WORTH = 20_000
"""Rows that a plan must cost, for better ones to be looked for: that takes some milliseconds itself."""
_BETTER = 0.85
"""What part of its cost a plan with one more table may have at most."""
_LEAST = 2
"""Patterns that make a branch."""
_LARGEST = 300_000
"""Rows that a table may have: it is held in memory."""


def cheapest(
    estimator: Estimator, items: Sequence[Item], start: Rows, limit: float = inf
) -> tuple[list[Item], Rows] | None:
    """Return the cheapest order found with what it gives; None where nothing ties the items, or all cost too much.

    Args:
        estimator: tells what joins give.
        items: at least one.
        start: what there is before them.
        limit: what it must cost less than.
    """
    possible = [item for item in items if item.variables & start.domains.keys()] or items
    firsts = sorted(possible, key=lambda item: estimator.joined(start, item).count)[:_STARTS]
    best = None
    for first in firsts:
        way = _greedy(estimator, items, first, start, limit)
        if way is not None:
            best, limit = way, way[1].cost
    return best


def _greedy(
    estimator: Estimator, items: Sequence[Item], first: Item, start: Rows, limit: float
) -> tuple[list[Item], Rows] | None:
    rows = estimator.joined(start, first)
    ordered = [first]
    left = [item for item in items if item is not first]
    while left:
        tied = [item for item in left if item.variables & rows.domains.keys()]
        if not tied:
            return None
        ways = [(estimator.joined(rows, item), item) for item in tied]
        rows, item = min(ways, key=lambda way: way[0].count)
        if rows.cost >= limit:
            return None
        left = [other for other in left if other is not item]
        ordered.append(item)
    return ordered, rows


def with_tables(estimator: Estimator, ordered: list[Item], fresh: Fresh) -> tuple[list[Item], Rows, float]:
    """Return a plan in which branches are tables where that is cheaper, what it gives, and how much it saves.

    A branch hangs on the other patterns by one variable alone. Where very many rows come to that variable, it is
    cheaper to compute the branch once and to join its table than to look it up for each row.

    Args:
        estimator: tells what joins give.
        ordered: the plan so far.
        fresh: the new variables of the query: a table does not show them.
    """
    rows = Rows()
    for item in ordered:
        rows = estimator.joined(rows, item)
    before = rows.cost
    tables = _branches(estimator, ordered, fresh) if before > _WORTH else []
    while tables:
        ways = []
        for branch, table in tables:
            items = [*(item for item in ordered if item not in branch), table]
            way = cheapest(estimator, items, Rows(), rows.cost * _BETTER)
            if way is not None and way[1].count < _LARGEST * 10:
                ways.append(way)
        if not ways:
            break
        ordered, rows = min(ways, key=lambda way: way[1].cost)
        tables = [(branch, table) for branch, table in tables if all(item in ordered for item in branch)]
    return ordered, rows, before - rows.cost


def _branches(estimator: Estimator, items: list[Item], fresh: Fresh) -> list[tuple[list[Item], Table]]:
    """Return branches of two patterns to half of all, each with its table."""
    found: list[tuple[list[Item], Table]] = []
    for name in sorted(frozenset[str]().union(*(item.variables for item in items))):
        for branch in _components(items, name):
            if not _LEAST <= len(branch) <= len(items) / 2 or any(branch == other for other, _ in found):
                continue
            rest = [item for item in items if item not in branch]
            way = cheapest(estimator, branch, Rows())
            if way is not None and way[1].count <= _LARGEST:
                found.append((branch, _table(estimator, way, rest, fresh)))
    return found


def _components(items: list[Item], without: str) -> list[list[Item]]:
    """Return items that other variables than one connect; only those that have that one, too."""
    parts: list[tuple[set[str], list[Item]]] = []
    for item in items:
        names = set(item.variables - {without})
        touched = [part for part in parts if part[0] & names]
        joined = [other for part in touched for other in part[1]] + [item]
        for part in touched:
            names |= part[0]
        parts = [part for part in parts if part not in touched] + [(names, joined)]
    return [part for _, part in parts if any(without in item.variables for item in part)]


def _table(estimator: Estimator, way: tuple[list[Item], Rows], rest: list[Item], fresh: Fresh) -> Table:
    ordered, rows = way
    names = frozenset().union(*(item.variables for item in ordered))
    needed = frozenset().union(*(item.variables for item in rest))
    shown = frozenset(name for name in names if name in needed or not fresh.has_made(name))
    inside = [demand for number, demand in enumerate(estimator.demands) if number in rows.tested]
    chain = chain_of(estimator.query.text, ordered, inside)
    return Table(
        f"{{ SELECT {_listed(shown)} {{ {chain} }} }}",
        shown,
        rows.count,
        rows.cost,
        {name: rows.domains[name] for name in shown},
        rows.tested,
    )


def _listed(names: frozenset[str] | set[str]) -> str:
    return " ".join(f"?{name}" for name in sorted(names))


def chain_of(text: str, items: Sequence[Item], wanted: Sequence[Demand], *, wrapped: bool = True) -> str:
    """Return items as a chain of joins in their order, each demand as early as its variables are bound.

    What stands before a table becomes a sub-query: the engine could evaluate it anew for each row of the table.

    Args:
        text: the query.
        items: patterns and tables.
        wanted: demands of filters; those that a table has in it are left out.
        wrapped: whether there may be sub-queries.
    """
    within = frozenset[int]().union(*(item.tested for item in items if isinstance(item, Table)))
    waiting = [demand for number, demand in enumerate(wanted) if number not in within]
    pieces: list[str] = []
    known: set[str] = set()
    is_looped = False  # whether the engine could evaluate what there is so far for each row of something else
    for item in items:
        if isinstance(item, Table) and is_looped and wrapped:
            ready, waiting = _ready(text, waiting, known)
            pieces = [f"{{ SELECT {_listed(known)} {{ {' '.join([*pieces, *ready])} }} }}"]
            is_looped = False
        known |= item.variables
        if isinstance(item, Table):
            pieces.append(str(item))
            continue
        ready, waiting = _ready(text, waiting, known)
        inner = " ".join([str(item), *ready])
        if pieces:
            pieces.append(f"LATERAL {{ {inner} }}")
        else:
            pieces.append(f"{{ {inner} }}" if ready else inner)
        is_looped = True
    return " ".join([*pieces, *_ready(text, waiting, None)[0]])


def _ready(text: str, waiting: list[Demand], known: set[str] | None) -> tuple[list[str], list[Demand]]:
    """Return the demands that name no other variables than those known, as filters, and those that must wait."""
    ready = [demand for demand in waiting if known is None or named(demand) <= known]
    filters = [f"FILTER ({text[demand[0].start : demand[-1].end]})" for demand in ready]
    return filters, [demand for demand in waiting if demand not in ready]
