"""Filters of columns: what numbers of terms tell is computed from them, and the engine is asked for the rest.

It is asked for the different terms that the variables of a filter have, so that errors, types and unbound variables
are what they are in a query.
"""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pyoxigraph as ox
from numpy.typing import NDArray

from citydip.engine.columns.reading import Condition
from citydip.engine.columns.solutions import LeftError, Numbers, Solutions, distinct
from citydip.engine.columns.store import Columns
from citydip.model.columns import value_of

__all__ = ["Asked", "Filters"]

Mask = NDArray[np.bool_]
Asked = Callable[[str], ox.QuerySolutions]
"""Asks the engine what needs no graph, with the prefixes of the query."""
_LANGUAGE = re.compile(r"""(["'])[A-Za-z0-9\-]+\1""")
_AT_ONCE = 20_000
"""Different terms that the engine is asked for at a time: a longer table costs more than a further question."""
_MOST = 500_000
"""Different terms that it is asked for in all."""
_MARKS: dict[str, Callable[[NDArray[Any], Any], Mask]] = {
    "=": np.equal,
    "!=": np.not_equal,
    "<": np.less,
    ">": np.greater,
    "<=": np.less_equal,
    ">=": np.greater_equal,
}


class Filters:
    """What holds of rows.

    Args:
        columns: the graph.
        constants: terms as N-Triples, by how the query writes them.
        ask: asks the engine.
    """

    def __init__(self, columns: Columns, constants: dict[str, str], ask: Asked):
        self.columns = columns
        self.constants = constants
        self.ask = ask

    def holds(self, condition: Condition, solutions: Solutions) -> Mask:
        """Return for which rows a condition holds.

        Raises:
            LeftError: it has to be asked for too many terms, or for blank nodes.
        """
        parts = condition.parts
        keys = [part.key for part in parts]
        match keys:
            case ["variable", *mark, "variable"] if "".join(mark) in _MARKS:
                one, other = (solutions.column(part.text[1:]) for part in (parts[0], parts[-1]))
                return self._compared(condition, solutions, one, "".join(mark), other)
            case ["STR", "(", "variable", ")", *mark, "STR", "(", "variable", ")"] if "".join(mark) in _MARKS:
                one, other = (solutions.column(part.text[1:]) for part in (parts[2], parts[-2]))
                if self._are_iris(one) and self._are_iris(other):
                    return _MARKS["".join(mark)](one, other)
            case ["LANG", "(", "variable", ")", "=", "string"] if _LANGUAGE.fullmatch(parts[-1].text):
                tag = self.columns.tags.get(parts[-1].text[1:-1], -1)
                found: Mask = self.columns.languages[solutions.column(parts[2].text[1:])] == tag
                return found
        return self._constant(condition, solutions)

    def _are_iris(self, column: Numbers) -> bool:
        return not len(column) or (column.min() > self.columns.blanks and column.max() <= self.columns.iris)

    def _compared(self, condition: Condition, solutions: Solutions, one: Numbers, mark: str, other: Numbers) -> Mask:
        """Return how two columns compare; the engine is asked where values do not tell."""
        kinds, values, columns = self.columns.kinds, self.columns.values, self.columns
        found = np.zeros(solutions.count, bool)
        known = (kinds[one] > 0) & (kinds[one] == kinds[other])
        found[known] = _MARKS[mark](values[one[known]], values[other[known]])
        if mark in ("=", "!="):
            nodes = (one > 0) & (other > 0) & ((one <= columns.iris) | (other <= columns.iris))
            found[nodes] = _MARKS[mark](one[nodes], other[nodes])
            known |= nodes
        return self._asked_where(condition, solutions, found, ~known & (one > 0) & (other > 0))

    def _constant(self, condition: Condition, solutions: Solutions) -> Mask:
        """Return how a column compares with a constant."""
        mark, text = condition.compared or ("", "")
        if mark not in _MARKS:
            return self._asked(condition, solutions)
        term = self.constants[text]
        column = solutions.column(condition.parts[0].text[1:])
        found = np.zeros(solutions.count, bool)
        if term.startswith("<"):
            if mark not in ("=", "!="):
                return self._asked(condition, solutions)
            bound = column > 0
            number = self.columns.number(term)
            found[bound] = _MARKS[mark](column[bound], number or -1)
            return found
        literal = _literal(term)
        kind, value = value_of(literal.value, literal.datatype.value)
        if not kind:
            return self._asked(condition, solutions)
        known = self.columns.kinds[column] == kind
        found[known] = _MARKS[mark](self.columns.values[column[known]], value)
        return self._asked_where(condition, solutions, found, ~known & (column > 0))

    def _asked_where(self, condition: Condition, solutions: Solutions, found: Mask, rows: Mask) -> Mask:
        """Ask the engine for some of the rows; unbound variables make comparisons errors."""
        if rows.any():
            found[rows] = self._asked(condition, solutions.only(condition.names).taken(rows))
        return found

    def _asked(self, condition: Condition, solutions: Solutions) -> Mask:
        names = sorted(condition.names & solutions.columns.keys())
        place = "?" + "_" * max(map(len, [*condition.names, ""])) + "i"
        numbers, firsts = distinct(solutions.columns[name] for name in names) if names else _alike(solutions)
        if len(firsts) > _MOST:
            raise LeftError
        head = " ".join(f"?{name}" for name in names)
        holding = np.zeros(len(firsts), bool)
        for start in range(0, len(firsts), _AT_ONCE):
            some = firsts[start : start + _AT_ONCE]
            texts = [self.terms(solutions.columns[name][some]) for name in names]
            table = enumerate(zip(*texts, [""] * len(some), strict=True), start)
            rows = " ".join(f"({' '.join(terms)} {n})" for n, terms in table)
            found = self.ask(f"SELECT {place} {{ VALUES ({head} {place}) {{ {rows} }} FILTER ({condition.text}) }}")
            holding[[int(row[0].value) for row in found]] = True
        return holding[numbers]

    def terms(self, column: Numbers) -> list[str]:
        """Return terms as a table in a query has them.

        Raises:
            LeftError: some are blank nodes, which no query can name.
        """
        if len(column) and ((column > 0) & (column <= self.columns.blanks)).any():
            raise LeftError
        bound = np.maximum(column, 1)
        return [
            text.decode() if number else "UNDEF"
            for text, number in zip(self.columns.texts(bound), column.tolist(), strict=True)
        ]


def _alike(solutions: Solutions) -> tuple[Numbers, Numbers]:
    """Return rows as one group: they do not differ in what a condition names."""
    return np.zeros(solutions.count, np.int64), np.zeros(1, np.int64)


def _literal(term: str) -> ox.Literal:
    triple = next(iter(ox.parse(f"<urn:s> <urn:p> {term} .", ox.RdfFormat.N_TRIPLES)))
    if not isinstance(triple.object, ox.Literal):
        raise LeftError
    return triple.object
