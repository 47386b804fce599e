"""Answers computed by columns: the plan of a query is carried out, and its rows are handed to the engine to write."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache, reduce
from pathlib import Path

import numpy as np
import pyoxigraph as ox

from citydip.engine.columns.conditions import Asked, Filters
from citydip.engine.columns.reading import Condition, GroupPlan, Plan, Step, Test, plan_of
from citydip.engine.columns.results import Result
from citydip.engine.columns.solutions import LeftError, Solutions, distinct, joined
from citydip.engine.columns.store import Columns, Relation
from citydip.engine.rewrite import rewrite
from citydip.engine.rules import RULES
from citydip.engine.tokens import tokens
from citydip.model.terms import BASE, PREFIXES

__all__ = ["ByColumns"]

_ROW = " row"
"""A column with the numbers of rows; no variable has a name that begins like this."""
_CROSSED = 10_000
"""Rows up to which patterns that share no variable are joined."""
_LEAST = 250
"""Rows that patterns must promise: the engine joins fewer ones before a plan of columns has begun."""
_TABLE = 20_000
"""Rows that the engine is given as a table, to make what it is asked for."""
_TAKING_ALL = ("ORDER", "GROUP", "DISTINCT", "COUNT", "SUM", "AVG", "MIN", "MAX", "SAMPLE")
"""One of these words each query has that needs all solutions before its first row: others are not even read."""
_PLAIN = frozenset({"equal-variables", "values", "equal-sides"})
"""Rules whose results are plain SPARQL, which tie patterns that nothing else ties."""


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A query that is worth computing by columns.

    Args:
        plan: how.
        constants: its terms as N-Triples, by how it writes them.
        ask: asks the engine what needs no graph, with the prefixes of the query.
    """

    plan: Plan
    constants: dict[str, str]
    ask: Asked


class ByColumns:
    """Answers queries by the columns of a graph.

    Args:
        columns: the graph.
        least: rows that the patterns of a query must promise.
    """

    def __init__(self, columns: Columns, least: float = _LEAST):
        self.columns = columns
        self.least = least
        self.scratch = ox.Store()
        self._prepared = lru_cache(maxsize=256)(self._prepare)

    @classmethod
    def open(cls, folder: Path) -> "ByColumns | None":
        """Return what answers by the columns in a folder; None where there are none."""
        columns = Columns.open(folder)
        return cls(columns) if columns else None

    def can(self, text: str, names: Collection[str], off: Collection[str] = ()) -> bool:
        """Return whether a query can be answered by columns, and is worth it.

        Args:
            text: the query; it may have errors.
            names: variables to which the request binds terms.
            off: rules of rewriting that are not applied.
        """
        upper = text.upper()
        perhaps = any(word in upper for word in _TAKING_ALL)
        return perhaps and self._prepared(text, frozenset(names), frozenset(off)) is not None

    def order(self, text: str, off: Collection[str] = ()) -> list[tuple[str, int]] | None:
        """Return the patterns of a query in the order in which they promise the fewest rows, with about how many.

        What filters leave out is not known before, so that the real order may differ.

        Args:
            text: the query.
            off: rules of rewriting that are not applied.

        Returns:
            None where the query is left to the engine.
        """
        found = self._prepared(text, frozenset(), frozenset(off))
        return _Evaluation(self.columns, found, {}).promises() if found else None

    def solutions(
        self, text: str, bindings: Mapping[str, ox.NamedNode | ox.Literal], off: Collection[str] = ()
    ) -> ox.QuerySolutions | None:
        """Return the solutions of a query, or None where they are left to the engine.

        Args:
            text: the query; the engine has said that it has no error.
            bindings: terms that the request binds to variables.
            off: rules of rewriting that are not applied.
        """
        found = self._prepared(text, frozenset(bindings), frozenset(off))
        if found is None:
            return None
        given = {name: self.columns.number(str(term)) for name, term in bindings.items()}
        try:
            return _Evaluation(self.columns, found, given).answer()
        except (LeftError, MemoryError):
            return None

    def _prepare(self, text: str, names: frozenset[str], off: frozenset[str]) -> _Prepared | None:
        plain = rewrite(text, (RULES.keys() - _PLAIN) | off, names).text
        plan = plan_of(plain)
        if plan is None or not names <= plan.group.visible:
            return None
        prologue = plan.query.prologue.of(plain)

        def ask(query: str) -> ox.QuerySolutions:
            found = self.scratch.query(prologue + query, base_iri=BASE, prefixes=PREFIXES)
            if not isinstance(found, ox.QuerySolutions):
                raise LeftError
            return found

        try:
            prepared = _Prepared(plan, _spelt(plan, ask), ask)
            promised = _Evaluation(self.columns, prepared, dict.fromkeys(names, 1)).promises()
        except (LeftError, SyntaxError):
            return None
        return prepared if sum(rows for _, rows in promised) >= self.least else None


class _Evaluation:
    def __init__(self, columns: Columns, prepared: _Prepared, given: dict[str, int]):
        self.columns = columns
        self.plan = prepared.plan
        self.given = given
        self.constants = prepared.constants
        self.ask = prepared.ask
        self.filters = Filters(columns, prepared.constants, prepared.ask)
        self.rows = 0

    def answer(self) -> ox.QuerySolutions:
        """Return the solutions of the query.

        Raises:
            LeftError: they are left to the engine after all.
        """
        if not all(self.given.values()):
            raise LeftError
        start = Solutions(1, {name: np.array([number], np.int64) for name, number in self.given.items()})
        plan = self.plan
        solutions = self.group(plan.group, start, plan.needed)
        if plan.ending is None:
            modifiers = plan.query.modifiers.of(plan.query.text)
            return self.ask(f"{_selected(plan)} {{ {self._table(solutions)} {plan.rest} }} {modifiers}")
        return Result(self.columns, plan.ending, solutions).written()

    def _table(self, solutions: Solutions) -> str:
        """Return solutions as a VALUES clause."""
        if solutions.count > _TABLE:
            raise LeftError
        names = sorted(self.plan.needed)
        rows = zip(*(self.filters.terms(solutions.column(name)) for name in names), strict=True)
        lines = [" ".join(row) for row in rows] if names else [""] * solutions.count
        head = " ".join(f"?{name}" for name in names)
        return f"VALUES ({head}) {{ {' '.join(f'({line})' for line in lines)} }}"

    def promises(self) -> list[tuple[str, int]]:
        """Return the patterns in the order in which they promise the fewest rows, and about how many these are."""
        found: list[tuple[str, int]] = []
        self._promise(self.plan.group, 1, set(self.given), found)
        return found

    def _promise(self, group: GroupPlan, rows: float, names: set[str], found: list[tuple[str, int]]) -> float:
        """Return about how many rows a group makes of some; add its patterns to those found, and its variables."""
        for variables, table in group.tables:
            rows *= len(table)
            names |= set(variables)
        left = list(group.steps)
        while left:
            tied = [step for step in left if not step.variables or step.variables & names] or left
            expected, step = min(((self._expected(one, names), one) for one in tied), key=lambda way: way[0])
            left.remove(step)
            rows *= expected
            found.append((str(step), round(rows)))
            names |= step.variables
        for union in group.unions:
            rows = sum(self._promise(part, rows, set(names), found) for part in union)
            names |= frozenset[str]().union(*(part.visible for part in union))
        for part in [*group.optionals, *(test.group for test in group.tests)]:
            self._promise(part, rows, set(names), found)
        return rows

    def group(self, group: GroupPlan, solutions: Solutions, wanted: frozenset[str]) -> Solutions:
        """Return solutions joined with those of a group.

        Args:
            group: the group.
            solutions: what there is before.
            wanted: variables that are needed afterwards.
        """
        later = [*(part for union in group.unions for part in union), *group.optionals]
        later += [test.group for test in group.tests]
        needed = wanted.union(*(part.named for part in later), *(condition.names for condition in group.conditions))
        waiting = list(group.conditions)
        for names, rows in group.tables:
            table = [[self._number(term) for term in row] for row in rows]
            solutions = self._with_table(solutions, names, [row for row in table if all(row)])
        solutions = self._kept(waiting, solutions, group)
        solutions = self._joined(list(group.steps), waiting, solutions, (group, needed))
        for union in group.unions:
            parts = [self.group(part, solutions, needed) for part in union]
            solutions = self._kept(waiting, parts[0].above(parts[1:]), group)
        for optional in group.optionals:
            solutions = self._with_optional(optional, solutions, needed)
        for condition in waiting:
            solutions = solutions.taken(self.filters.holds(condition, solutions))
        for test in group.tests:
            solutions = self._tested(test, solutions)
        return solutions.only(wanted)

    def _joined(
        self, left: list[Step], waiting: list[Condition], solutions: Solutions, about: tuple[GroupPlan, frozenset[str]]
    ) -> Solutions:
        """Return solutions joined with all patterns, each time with the one that promises the fewest rows."""
        group, needed = about
        while left:
            tied = [step for step in left if not step.variables or step.variables & solutions.columns.keys()]
            if not tied and solutions.count > _CROSSED:
                raise LeftError
            step = min(tied or left, key=lambda one: self._expected(one, solutions.columns))
            left.remove(step)
            solutions = self._step(step, solutions)
            solutions = self._kept(waiting, solutions, group)
            names = needed.union(*(other.variables for other in left), *(one.names for one in waiting))
            solutions = solutions.only(names)
        return solutions

    def _kept(self, waiting: list[Condition], solutions: Solutions, group: GroupPlan) -> Solutions:
        """Return the rows of which conditions hold whose variables are all bound; these wait no longer."""
        maybe = [*group.optionals, *(part for union in group.unions for part in union)]
        unsure = frozenset[str]().union(*(part.visible for part in maybe))
        for condition in list(waiting):
            seen = condition.names & (group.visible | solutions.columns.keys())
            if seen and seen <= solutions.columns.keys() and not seen & unsure:
                waiting.remove(condition)
                solutions = solutions.taken(self.filters.holds(condition, solutions))
        return solutions

    def _number(self, term: str) -> int:
        return self.columns.number(self.constants[term])

    def _place(self, part: str) -> int | str:
        return part[1:] if part[0] in "?$" else self._number(part)

    def _of(self, step: Step) -> Relation:
        return self.columns.relation(self.constants[step.verb][1:-1])

    def _expected(self, step: Step, names: Collection[str]) -> float:
        """Return about how many rows a pattern makes of each one."""
        start, end = (part[0] not in "?$" or part[1:] in names for part in (step.start, step.end))
        relation = self._of(step)
        if start and end:
            # What tests rows makes no more of them; the rarest pairs leave the fewest.
            return len(relation) / max(relation.subjects * relation.objects, 1)
        if start:
            return len(relation) / max(relation.subjects, 1)
        if end and step.end[0] not in "?$":
            low, high = relation.turned().places(self._number(step.end))
            return float(high - low)
        return len(relation) / max(relation.objects, 1) if end else len(relation)

    def _step(self, step: Step, solutions: Solutions) -> Solutions:
        start, end = self._place(step.start), self._place(step.end)
        if 0 in (start, end):
            return Solutions(0, dict.fromkeys([*solutions.columns, *step.variables], np.zeros(0, np.int64)))
        return joined(solutions, self._of(step), start, end)

    def _with_table(self, solutions: Solutions, names: tuple[str, ...], rows: list[list[int]]) -> Solutions:
        table = np.array(rows, np.int64).reshape(-1, len(names))
        if any(name in solutions.columns for name in names) or len(set(names)) < len(names):
            raise LeftError
        places = np.tile(np.arange(len(table)), solutions.count)
        crossed = solutions.taken(np.repeat(np.arange(solutions.count), len(table)))
        return reduce(lambda one, column: one.bound(names[column], table[places, column]), range(len(names)), crossed)

    def _with_optional(self, optional: GroupPlan, solutions: Solutions, needed: frozenset[str]) -> Solutions:
        row = self._row()
        inside = solutions.only(optional.named).bound(row, np.arange(solutions.count))
        found = self.group(optional, inside, (optional.visible & needed) | {row})
        at = found.columns[row]
        alone = np.ones(solutions.count, bool)
        alone[at] = False
        matched = solutions.taken(at)
        for name in found.columns.keys() - solutions.columns.keys() - {row}:
            matched = matched.bound(name, found.columns[name])
        return matched.above([solutions.taken(alone)])

    def _tested(self, test: Test, solutions: Solutions) -> Solutions:
        row = self._row()
        names = sorted(test.group.named & solutions.columns.keys())
        if not names:
            found = self.group(test.group, Solutions.one(), frozenset())
            return solutions.taken(np.full(solutions.count, (found.count > 0) is not test.negated))
        numbers, firsts = distinct(solutions.columns[name] for name in names)
        start = solutions.only(names).taken(firsts).bound(row, np.arange(len(firsts)))
        found = self.group(test.group, start, frozenset({row}))
        there = np.zeros(len(firsts), bool)
        there[found.columns[row]] = True
        return solutions.taken(there[numbers] ^ test.negated)

    def _row(self) -> str:
        self.rows += 1
        return f"{_ROW}{self.rows}"


def _spelt(plan: Plan, ask: Asked) -> dict[str, str]:
    """Return the constants of a query as N-Triples, by how it writes them."""
    if not plan.constants:
        return {}
    columns = " ".join(f"({text} AS ?c{place})" for place, text in enumerate(plan.constants))
    row = next(iter(ask(f"SELECT {columns} {{}}")))
    return {text: str(row[place]) for place, text in enumerate(plan.constants)}


def _selected(plan: Plan) -> str:
    """Return the SELECT of a query up to its group, without WHERE."""
    query = plan.query
    if query.select is None:
        raise LeftError
    found = tokens(query.text[query.select.start : query.select.where.start])[:-1]
    last = found[-2].end if found[-1].key == "WHERE" else found[-1].end
    return query.text[query.select.start : query.select.start + last]
