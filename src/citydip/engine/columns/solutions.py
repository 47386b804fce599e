"""Solutions of patterns as columns of numbers of terms, and their joins, many rows at once."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from citydip.engine.columns.store import Relation
from citydip.model.columns import SHIFT

__all__ = ["LeftError", "Numbers", "Solutions", "distinct", "joined", "matching", "numbered"]

Numbers = NDArray[np.int64]
_LOW = (1 << SHIFT) - 1
_MOST = 30_000_000
"""Numbers of terms that solutions may hold at a time; the engine, which holds one row at a time, does the rest."""


class LeftError(Exception):
    """This is left to the engine: there is too much to hold at once, or nothing here knows how terms compare."""


@dataclass(frozen=True, slots=True)
class Solutions:
    """Rows of solutions.

    Args:
        count: how many rows.
        columns: numbers of terms by variable; 0 is unbound.
    """

    count: int
    columns: dict[str, Numbers]

    @staticmethod
    def one() -> "Solutions":
        """Return the one solution that binds nothing."""
        return Solutions(1, {})

    def column(self, name: str) -> Numbers:
        """Return what a variable is in each row."""
        return self.columns[name] if name in self.columns else np.zeros(self.count, np.int64)

    def taken(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> "Solutions":
        """Return some rows, by their places or by a mask."""
        count = int(np.count_nonzero(rows)) if rows.dtype == np.bool_ else len(rows)
        if count * max(len(self.columns), 1) > _MOST:
            raise LeftError
        return Solutions(count, {name: column[rows] for name, column in self.columns.items()})

    def only(self, names: Iterable[str]) -> "Solutions":
        """Return the rows with some of the variables alone."""
        return Solutions(self.count, {name: self.columns[name] for name in names if name in self.columns})

    def bound(self, name: str, column: Numbers) -> "Solutions":
        """Return the rows with one variable more."""
        return Solutions(self.count, {**self.columns, name: column})

    def above(self, others: "Iterable[Solutions]") -> "Solutions":
        """Return these rows and those of others below."""
        every = [self, *others]
        names = dict.fromkeys(name for one in every for name in one.columns)
        count = sum(one.count for one in every)
        if count * max(len(names), 1) > _MOST:
            raise LeftError
        return Solutions(count, {name: np.concatenate([one.column(name) for one in every]) for name in names})


def matching(relation: Relation, first: int | Numbers, second: int | Numbers) -> NDArray[np.bool_]:
    """Return whether the relation has each pair, of which one may be the same for all."""
    sought = (np.asarray(first, np.int64) << SHIFT) | second
    at = np.searchsorted(relation.forward, sought)
    found: NDArray[np.bool_] = np.take(relation.forward, at, mode="clip") == sought if len(relation) else sought < 0
    return found


def joined(solutions: Solutions, relation: Relation, start: int | str, end: int | str) -> Solutions:
    """Return solutions joined with a triple pattern.

    Args:
        solutions: what there is before.
        relation: the triples of its predicate.
        start: its subject: a variable, or the number of a term.
        end: its object.

    Raises:
        LeftError: there would be too many rows.
    """
    known_start = isinstance(start, int) or start in solutions.columns
    known_end = isinstance(end, int) or end in solutions.columns
    if known_start and known_end:
        found = matching(relation, *(at if isinstance(at, int) else solutions.columns[at] for at in (start, end)))
        return solutions.taken(np.broadcast_to(found, (solutions.count,)))
    if known_end:
        return joined(solutions, relation.turned(), end, start)
    if not known_start:
        return _crossed(solutions, relation, str(start), str(end))
    if isinstance(start, int):
        low, high = relation.places(start)
        _check_size(solutions, (high - low) * solutions.count)
        rows = np.repeat(np.arange(solutions.count), high - low)
        return solutions.taken(rows).bound(str(end), np.tile(relation.forward[low:high] & _LOW, solutions.count))
    sought = solutions.columns[start] << SHIFT
    lows = np.searchsorted(relation.forward, sought)
    sizes = np.searchsorted(relation.forward, sought + (1 << SHIFT)) - lows
    total = int(sizes.sum())
    _check_size(solutions, total)
    rows = np.repeat(np.arange(solutions.count), sizes)
    places = np.arange(total) + np.repeat(lows - np.cumsum(sizes) + sizes, sizes)
    return solutions.taken(rows).bound(str(end), relation.forward[places] & _LOW)


def _check_size(solutions: Solutions, count: int) -> None:
    """Refuse to join so many rows that they could not be held."""
    if count * (len(solutions.columns) + 1) > _MOST:
        raise LeftError


def _crossed(solutions: Solutions, relation: Relation, start: str, end: str) -> Solutions:
    """Return each solution with each triple."""
    size = len(relation)
    _check_size(solutions, size * solutions.count)
    rows = np.repeat(np.arange(solutions.count), size)
    crossed = solutions.taken(rows)
    subjects = np.tile(relation.forward >> SHIFT, solutions.count)
    objects = np.tile(relation.forward & _LOW, solutions.count)
    if start == end:
        return crossed.bound(start, subjects).taken(subjects == objects)
    return crossed.bound(start, subjects).bound(end, objects)


def numbered(column: Numbers) -> tuple[Numbers, Numbers]:
    """Return the different numbers of a column, sorted, and of each row the place of its own among them.

    Not with ``numpy.unique``, which opens files when it is first used: a worker can open none.
    """
    order = np.argsort(column, kind="stable")
    ordered = column[order]
    new = np.ones(len(column), bool)
    new[1:] = ordered[1:] != ordered[:-1]
    places = np.empty(len(column), np.int64)
    places[order] = np.cumsum(new) - 1
    return ordered[new], places


def distinct(columns: Iterable[Numbers]) -> tuple[Numbers, Numbers]:
    """Return of each row the number of the group of equal rows that it is in, and the first row of each group.

    Args:
        columns: at least one, equally long.
    """
    numbers: Numbers | None = None
    for column in columns:
        numbers = numbered(column if numbers is None else (numbers << SHIFT) | column)[1]
    if numbers is None:
        raise ValueError("there are no columns")
    firsts = np.zeros(int(numbers.max()) + 1 if len(numbers) else 0, np.int64)
    firsts[numbers[::-1]] = np.arange(len(numbers))[::-1]
    return numbers, firsts
