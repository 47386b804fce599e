"""Results of solutions in columns: grouped, counted, sorted, cut, and written down for the engine to serialize."""

from typing import Any

import numpy as np
import pyoxigraph as ox
from numpy.typing import NDArray

from citydip.engine.columns.ending import Count, Ending
from citydip.engine.columns.solutions import LeftError, Numbers, Solutions, distinct, numbered
from citydip.engine.columns.store import Columns
from citydip.model.columns import SHIFT

__all__ = ["Result"]

_MOST = 200_000
"""Rows of a result: the engine streams larger ones."""
_INTEGER = b'"%d"^^<http://www.w3.org/2001/XMLSchema#integer>'
_MARKS = {"<": np.less, ">": np.greater, "<=": np.less_equal, ">=": np.greater_equal, "=": np.equal}
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
        if len(rows) > _MOST:
            raise LeftError
        named = self.ending.columns
        texts = [self._texts(column, self._column(column)[rows]) for column in named.values()]
        head = "\t".join(f"?{name}" for name in named).encode()
        table = b"\n".join([head, *map(b"\t".join, zip(*texts, strict=True)), b""])
        found = ox.parse_query_results(table, ox.QueryResultsFormat.TSV)
        if not isinstance(found, ox.QuerySolutions):
            raise LeftError
        return found

    def _texts(self, column: Column, found: Numbers) -> list[bytes]:
        """Return what a column has in some rows, as TSV has it."""
        if isinstance(column, Count):
            return [_INTEGER % number for number in found.tolist()]
        if ((found > 0) & (found <= self.columns.blanks)).any():
            raise LeftError
        different, places = numbered(found)
        texts = self.columns.texts(np.maximum(different, 1))
        if len(different) and not different[0]:
            texts[0] = b""
        return [texts[place] for place in places.tolist()]

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
            pairs = np.sort((groups << SHIFT) | column)
            groups = pairs[np.append(True, pairs[1:] != pairs[:-1])[: len(pairs)]] >> SHIFT
        return np.bincount(groups, minlength=size)

    def _rows(self) -> Numbers:
        """Return the rows of the result in their order."""
        ending = self.ending
        rows = np.arange(len(self.firsts))
        for limit in ending.having:
            rows = rows[_MARKS[limit.mark](self._column(limit.count)[rows], limit.number)]
        if ending.distinct:
            _, firsts = distinct(self._column(column)[rows] for column in ending.columns.values())
            rows = rows[np.sort(firsts)]
        if ending.order and len(rows) > 1:
            keys = [key for column, down in ending.order for key in self._keys(column, rows, down=down)]
            rows = rows[np.lexsort(keys[::-1])]
        end = None if ending.limit is None else ending.offset + ending.limit
        return rows[ending.offset : end]

    def _keys(self, column: Column, rows: Numbers, *, down: bool) -> list[NDArray[Any]]:
        """Return what to sort rows by: the numbers of terms rise as the engine sorts them, but for typed literals."""
        found = self._column(column)[rows]
        sign = -1 if down else 1
        if isinstance(column, Count):
            return [found * sign]
        store = self.columns
        kinds = np.flatnonzero(np.bincount(store.kinds[found[found > store.strings]]))
        has_strings = ((found > store.iris) & (found <= store.strings)).any()
        if not len(kinds):
            return [found * sign]
        if len(kinds) > 1 or not kinds[0] or has_strings:
            raise LeftError
        return [np.minimum(found, store.iris + 1) * sign, store.values[found] * sign]
