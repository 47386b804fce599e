"""Results of solutions in columns: grouped, counted, sorted, cut, and written down for the engine to serialize."""

import io
from collections.abc import Iterator
from typing import IO, cast

import numpy as np
import pyoxigraph as ox

from citydip.engine.columns.ending import Count, Ending
from citydip.engine.columns.solutions import LeftError, Numbers, Solutions, distinct
from citydip.engine.columns.store import Columns

__all__ = ["Result"]

_AT_ONCE = 4096
"""Rows that are written at a time."""
_INTEGER = b'"%d"^^<http://www.w3.org/2001/XMLSchema#integer>'
_MARKS = {"<": np.less, ">": np.greater, "<=": np.less_equal, ">=": np.greater_equal, "=": np.equal}
_SHIFT = 32
Column = str | Count


class Result:
    """What an ending makes of solutions.

    Args:
        columns: the graph.
        ending: groups and counts, order, and which rows.
        solutions: with the variables that it names.
    """

    def __init__(self, columns: Columns, ending: Ending, solutions: Solutions):
        self.columns = columns
        self.ending = ending
        self.solutions = solutions
        self.groups: Numbers | None = None
        """Of each solution the group that it is in, where there are groups."""
        self.firsts: Numbers = np.arange(solutions.count)
        """The solutions whose terms rows have: of each group the first."""
        if ending.keys:
            self.groups, self.firsts = distinct(solutions.column(key) for key in ending.keys)
        elif ending.keys is not None:
            self.groups = np.zeros(solutions.count, np.int64)
            self.firsts = np.zeros(1, np.int64)
        self._columns: dict[Column, Numbers] = {}

    def written(self) -> ox.QuerySolutions:
        """Return the result as the engine has results.

        Raises:
            LeftError: only the engine can sort these terms, or write them.
        """
        rows = self._rows()
        columns = [(name, isinstance(column, Count), self._column(column)[rows]) for name, column in self._named()]
        for _, is_number, column in columns:
            if not is_number and ((column > 0) & (column <= self.columns.blanks)).any():
                raise LeftError
        file = _Table(self.columns, columns)
        found = ox.parse_query_results(cast("IO[bytes]", file), ox.QueryResultsFormat.TSV)
        if not isinstance(found, ox.QuerySolutions):
            raise LeftError
        return found

    def _named(self) -> list[tuple[str, Column]]:
        return list(self.ending.columns.items())

    def _column(self, column: Column) -> Numbers:
        """Return terms by number, or numbers, for all rows before they are cut."""
        if column not in self._columns:
            self._columns[column] = self._counted(column) if isinstance(column, Count) else self._terms(column)
        return self._columns[column]

    def _terms(self, name: str) -> Numbers:
        column = self.solutions.column(name)
        return column[self.firsts] if len(column) else np.zeros(len(self.firsts), np.int64)

    def _counted(self, count: Count) -> Numbers:
        if self.groups is None:
            raise LeftError
        groups, size = self.groups, len(self.firsts)
        if count.variable is None:
            return np.bincount(groups, minlength=size)
        column = self.solutions.column(count.variable)
        bound = column > 0
        groups, column = groups[bound], column[bound]
        if count.distinct:
            groups = np.unique((groups << _SHIFT) | column) >> _SHIFT
        return np.bincount(groups, minlength=size)

    def _rows(self) -> Numbers:
        """Return the rows of the result in their order."""
        ending = self.ending
        rows = np.arange(len(self.firsts))
        for limit in ending.having:
            rows = rows[_MARKS[limit.mark](self._column(limit.count)[rows], limit.number)]
        if ending.distinct:
            _, firsts = distinct(self._column(column)[rows] for _, column in self._named())
            rows = rows[np.sort(firsts)]
        if ending.order and len(rows) > 1:
            keys = [key for column, down in ending.order for key in self._keys(column, rows, down=down)]
            rows = rows[np.lexsort(keys[::-1])]
        end = None if ending.limit is None else ending.offset + ending.limit
        return rows[ending.offset : end]

    def _keys(self, column: Column, rows: Numbers, *, down: bool) -> list[Numbers | np.ndarray[tuple[int], np.dtype[np.float64]]]:
        """Return what to sort rows by: the numbers of terms rise as the engine sorts them, but for typed literals."""
        found = self._column(column)[rows]
        sign = -1 if down else 1
        if isinstance(column, Count):
            return [found * sign]
        store = self.columns
        kinds = np.unique(store.kinds[found[found > store.strings]])
        has_strings = ((found > store.iris) & (found <= store.strings)).any()
        if not len(kinds):
            return [found * sign]
        if len(kinds) > 1 or not kinds[0] or has_strings:
            raise LeftError
        return [np.minimum(found, store.iris + 1) * sign, store.values[found] * sign]


class _Table(io.RawIOBase):
    """Rows as SPARQL results in TSV, written as they are read."""

    def __init__(self, columns: Columns, table: list[tuple[str, bool, Numbers]]):
        super().__init__()
        self.columns = columns
        self.table = table
        self.pieces = self._written()
        self.rest = b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        while not self.rest:
            piece = next(self.pieces, None)
            if piece is None:
                return b""
            self.rest = piece
        size = len(self.rest) if size < 0 else size
        given, self.rest = self.rest[:size], self.rest[size:]
        return given

    def _written(self) -> Iterator[bytes]:
        yield "\t".join(f"?{name}" for name, _, _ in self.table).encode() + b"\n"
        size = len(self.table[0][2])
        for start in range(0, size, _AT_ONCE):
            some = [self._texts(column[start : start + _AT_ONCE], is_number) for _, is_number, column in self.table]
            yield b"".join(b"\t".join(row) + b"\n" for row in zip(*some, strict=True))

    def _texts(self, column: Numbers, is_number: bool) -> list[bytes]:
        if is_number:
            return [_INTEGER % number for number in column.tolist()]
        different, places = np.unique(column, return_inverse=True)
        texts = self.columns.texts(np.maximum(different, 1))
        if len(different) and not different[0]:
            texts[0] = b""
        return [texts[place] for place in places.tolist()]
