"""Answers computed by columns: the plan of a query is carried out, and its rows are handed to the engine to write."""

from functools import reduce

import numpy as np
import pyoxigraph as ox

from citydip.engine.columns.conditions import Asked, Filters
from citydip.engine.columns.reading import Condition, GroupPlan, Plan, Step, Test
from citydip.engine.columns.results import Result
from citydip.engine.columns.solutions import LeftError, Solutions, distinct, joined
from citydip.engine.columns.store import Columns, Relation

__all__ = ["answered"]

_ROW = " row"
"""A column with the numbers of rows; no variable has a name that begins like this."""
_CROSSED = 10_000
"""Rows up to which patterns that share no variable are joined."""


def answered(plan: Plan, columns: Columns, given: dict[str, str], ask: Asked) -> ox.QuerySolutions | None:
    """Return the solutions of a query, or None where they are left to the engine after all.

    Args:
        plan: what `plan_of` says of the query.
        columns: the graph.
        given: terms in N-Triples that the request binds to variables.
        ask: asks the engine what needs no graph, with the prefixes of the query.

    Raises:
        SyntaxError: the query has an error that the plan does not show.
    """
    try:
        return _Evaluation(plan, columns, given, ask).answer()
    except (LeftError, MemoryError):
        return None


class _Evaluation:
    def __init__(self, plan: Plan, columns: Columns, given: dict[str, str], ask: Asked):
        self.plan = plan
        self.columns = columns
        self.given = {name: columns.number(term) for name, term in given.items()}
        self.constants = _spelt(plan, ask)
        self.filters = Filters(columns, self.constants, ask)
        self.rows = 0
        self._relations: dict[Step, list[Relation]] = {}

    def answer(self) -> ox.QuerySolutions:
        ending, group = self.plan.ending, self.plan.group
        if not all(self.given.values()) or not self.given.keys() <= group.visible:
            raise LeftError
        start = Solutions(1, {name: np.array([number], np.int64) for name, number in self.given.items()})
        solutions = self.group(group, start, ending.needed)
        return Result(self.columns, ending, solutions).written()

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
            step = min(tied or left, key=lambda one: self._expected(one, solutions))
            left.remove(step)
            solutions = self._step(step, solutions)
            solutions = self._kept(waiting, solutions, group)
            names = needed.union(*(other.variables for other in left), *(one.names for one in waiting))
            solutions = solutions.only(names)
        return solutions

    def _kept(self, waiting: list[Condition], solutions: Solutions, group: GroupPlan) -> Solutions:
        """Return the rows of which conditions hold whose variables are all bound; these wait no longer."""
        unsure = frozenset().union(*(part.visible for part in [*group.optionals, *(p for u in group.unions for p in u)]))
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

    def _of(self, step: Step) -> list[Relation]:
        if step not in self._relations:
            found = []
            for way in step.ways:
                relation = self.columns.relation(self.constants[way.verb][1:-1])
                found.append(relation.turned() if way.inverse else relation)
            self._relations[step] = found
        return self._relations[step]

    def _expected(self, step: Step, solutions: Solutions) -> float:
        """Return about how many rows a pattern makes of each one."""
        start, end = (part[0] not in "?$" or part[1:] in solutions.columns for part in (step.start, step.end))
        total = 0.0
        for relation in self._of(step):
            size = float(len(relation))
            if start and end:
                # What tests rows makes no more of them; the rarest pairs leave the fewest.
                size /= max(relation.subjects * relation.objects, 1)
            elif start:
                size /= max(relation.subjects, 1)
            elif end:
                exact = step.end[0] not in "?$"
                size = self._exactly(relation, step.end) if exact else size / max(relation.objects, 1)
            total += size
        return total

    def _exactly(self, relation: Relation, end: str) -> float:
        number = self._number(end)
        low, high = np.searchsorted(relation.backward, [number << 32, (number + 1) << 32]).tolist()
        return float(high - low)

    def _step(self, step: Step, solutions: Solutions) -> Solutions:
        start, end = self._place(step.start), self._place(step.end)
        if 0 in (start, end):
            return Solutions(0, dict.fromkeys([*solutions.columns, *step.variables], np.zeros(0, np.int64)))
        parts = [joined(solutions, relation, start, end) for relation in self._of(step)]
        return parts[0].above(parts[1:])

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
