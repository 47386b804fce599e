"""What is made of the solutions of a query: groups and counts, order, and which rows of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from citydip.engine.structure import Query
from citydip.engine.tokens import Token, tokens

__all__ = ["Count", "Ending", "Limit", "read_ending", "takes_all"]


_AGGREGATES = frozenset({"COUNT", "SUM", "AVG", "MIN", "MAX", "SAMPLE", "GROUP_CONCAT"})


@dataclass(frozen=True, slots=True)
class Count:
    """A COUNT.

    Args:
        variable: what is counted; None: rows.
        distinct: whether different terms alone count.
    """

    variable: str | None
    distinct: bool


Column = str | Count


@dataclass(frozen=True, slots=True)
class Limit:
    """What a number of a group must be.

    Args:
        count: which number.
        mark: the comparison.
        number: with what.
    """

    count: Count
    mark: str
    number: int


@dataclass(frozen=True, slots=True)
class Ending:
    """What is made of solutions.

    Args:
        columns: what each column of the result is, by its name.
        distinct: whether equal rows are one.
        keys: the variables to group by; None where there are no groups.
        having: what groups must have.
        order: columns to sort by, and whether from the greatest down.
        limit: how many rows; None for all.
        offset: how many are left out before them.
    """

    columns: dict[str, Column]
    distinct: bool
    keys: tuple[str, ...] | None
    having: tuple[Limit, ...]
    order: tuple[tuple[Column, bool], ...]
    limit: int | None
    offset: int

    @property
    def needed(self) -> frozenset[str]:
        """Return the variables of solutions that it names."""
        columns = [*self.columns.values(), *(column for column, _ in self.order), *(had.count for had in self.having)]
        names = [column.variable if isinstance(column, Count) else column for column in columns]
        return frozenset(name for name in [*names, *(self.keys or ())] if name is not None)


class _UnfitError(Exception):
    """There is something in it that is left to the engine."""


def takes_all(query: Query) -> bool:
    """Return whether a SELECT needs all solutions before it can give its first row, and gives not just any rows."""
    select, modifiers = query.select, query.modifiers
    if select is None:
        return False
    counts = modifiers.grouped or any(
        token.key in _AGGREGATES
        for column in select.projected
        if column.expression
        for token in tokens(column.expression.of(query.text))
    )
    return modifiers.ordered or counts or (select.distinct and modifiers.limit is None)


def read_ending(query: Query) -> Ending | None:
    """Return what a SELECT makes of its solutions; None where the engine is to make it."""
    reader = _Ends(query)
    try:
        return reader.ending()
    except _UnfitError:
        return None


class _Ends:
    """The tokens behind the group, read from left to right."""

    def __init__(self, query: Query):
        self.query = query
        self.rest = tokens(query.modifiers.of(query.text))
        self.columns: dict[str, Column] = {}

    def ending(self) -> Ending:
        query, select = self.query, self.query.select
        if select is None:
            raise _UnfitError
        for column in select.projected:
            expression = column.expression
            found = _column(tokens(expression.of(query.text))[:-1]) if expression else column.variable
            if column.variable in self.columns:
                raise _UnfitError
            self.columns[column.variable] = found
        keys = self._keys()
        having = self._having()
        order = self._order()
        counts = any(isinstance(column, Count) for column in self.columns.values())
        modifiers = query.modifiers
        if select.distinct and tokens(query.text[select.start : select.where.start])[1].key != "DISTINCT":
            raise _UnfitError  # REDUCED
        ending = Ending(
            self.columns,
            select.distinct,
            keys if keys is not None or not counts else (),
            tuple(having),
            tuple(order),
            modifiers.limit,
            modifiers.offset or 0,
        )
        self._check(ending)
        return ending

    def _check(self, ending: Ending) -> None:
        """Refuse what the engine refuses, or what may end early, or has an order of its own."""
        ordered = [column for column, _ in ending.order]
        names = {column for column in [*self.columns.values(), *ordered] if isinstance(column, str)}
        counts = any(isinstance(column, Count) for column in ordered) or ending.having
        if ending.keys is None and counts:
            raise _UnfitError
        if ending.keys is not None and not names <= set(ending.keys):
            raise _UnfitError
        if ending.distinct and any(column not in self.columns.values() for column in ordered):
            raise _UnfitError
        if ending.limit is not None and not ending.order:
            raise _UnfitError  # any rows will do, and groups have an order of the engine's

    def _took(self, *keys: str) -> bool:
        if tuple(token.key for token in self.rest[: len(keys)]) != keys:
            return False
        self.rest = self.rest[len(keys) :]
        return True

    def _keys(self) -> tuple[str, ...] | None:
        if not self._took("GROUP", "BY"):
            return None
        names = []
        while self.rest[0].key == "variable":
            names.append(self.rest.pop(0).text[1:])
        if not names or self.rest[0].key not in ("HAVING", "ORDER", "LIMIT", "OFFSET", "end"):
            raise _UnfitError
        return tuple(dict.fromkeys(names))

    def _having(self) -> list[Limit]:
        if not self._took("HAVING"):
            return []
        inside = self._brackets()
        cut = next((at for at, token in enumerate(inside) if token.key in "<>="), 0)
        mark = "".join(token.key for token in inside[cut:-1])
        if self.rest[0].key == "(" or mark not in ("<", ">", "<=", ">=", "=") or not inside[-1].text.isdecimal():
            raise _UnfitError
        column = self._named(inside[:cut])
        if not isinstance(column, Count):
            raise _UnfitError
        return [Limit(column, mark, int(inside[-1].text))]

    def _order(self) -> list[tuple[Column, bool]]:
        found: list[tuple[Column, bool]] = []
        if not self._took("ORDER", "BY"):
            return found
        while self.rest[0].key not in ("LIMIT", "OFFSET", "end"):
            down = self.rest[0].key == "DESC"
            if self.rest[0].key in ("ASC", "DESC"):
                self.rest = self.rest[1:]
                inside = self._brackets()
            elif self.rest[0].key == "variable":
                inside = [self.rest.pop(0)]
            else:
                raise _UnfitError
            found.append((self._named(inside), down))
        return found

    def _brackets(self) -> list[Token]:
        """Take brackets; return what is in them."""
        depth = 0
        for at, token in enumerate(self.rest):
            depth += (token.key == "(") - (token.key == ")")
            if not depth:
                inside, self.rest = self.rest[1:at], self.rest[at + 1 :]
                if at < 2:
                    break
                return inside
        raise _UnfitError

    def _named(self, part: Sequence[Token]) -> Column:
        """Return what a column is, told as such or by the name that the SELECT gives it."""
        found = _column(part)
        return self.columns.get(found, found) if isinstance(found, str) else found


def _column(part: Sequence[Token]) -> Column:
    """Return a variable or a COUNT."""
    match [token.key for token in part]:
        case ["variable"]:
            return part[0].text[1:]
        case ["COUNT", "(", "*", ")"]:
            return Count(None, distinct=False)
        case ["COUNT", "(", "variable", ")"]:
            return Count(part[2].text[1:], distinct=False)
        case ["COUNT", "(", "DISTINCT", "variable", ")"]:
            return Count(part[3].text[1:], distinct=True)
    raise _UnfitError
