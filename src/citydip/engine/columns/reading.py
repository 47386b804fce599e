"""Which queries can be computed by columns, and how.

A plan has the parts of a query in the order in which they are computed: of each group its patterns, alternatives,
optional parts, filters and tests. A query with anything else in it has none. Nor has one where computing one part
from the rows of another would not be what the SPARQL algebra says: where a variable that may be unbound is joined.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from citydip.engine.columns.ending import Ending, read_ending, takes_all
from citydip.engine.expressions import Demand, demands, named
from citydip.engine.joins import Fresh, Pattern, patterns_of, variables_of
from citydip.engine.structure import Bind, Element, Filter, Group, Optional, Part, Query, Triples, Union, Values
from citydip.engine.syntax import parse
from citydip.engine.tokens import Token, tokens
from citydip.model.terms import PREFIXES

__all__ = ["Condition", "GroupPlan", "Plan", "Step", "Test", "plan_of"]


@dataclass(frozen=True, slots=True)
class Step:
    """A triple pattern.

    Args:
        verb: its predicate, as written or in full.
        start: its subject, as written; its object where the path is inverse.
        end: its object.
    """

    verb: str
    start: str
    end: str

    def __str__(self) -> str:
        return f"{self.start} {self.verb} {self.end}"

    @property
    def variables(self) -> frozenset[str]:
        """Return its variables, without question mark."""
        return frozenset(part[1:] for part in (self.start, self.end) if part[0] in "?$")


@dataclass(frozen=True, slots=True)
class Condition:
    """A part of a filter that must be true.

    Args:
        text: as written.
        names: its variables.
        parts: its tokens: what stands in them tells whether it can be computed here.
        compared: the mark, and the constant as written, where it compares a variable with one; else None.
    """

    text: str
    names: frozenset[str]
    parts: tuple[Token, ...]
    compared: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Test:
    """An EXISTS.

    Args:
        group: what must, or must not, be there.
        negated: whether it must not.
    """

    group: "GroupPlan"
    negated: bool


@dataclass(frozen=True, slots=True)
class GroupPlan:
    """A group.

    Args:
        steps: its patterns, to be joined in any order.
        tables: those of VALUES, each with its variables and rows of terms as written.
        unions: alternatives, joined with the patterns.
        optionals: in their order.
        conditions: of its filters.
        tests: its EXISTS.
        named: all variables in it, at any depth.
        visible: those of them that it can bind.
    """

    steps: tuple[Step, ...]
    tables: tuple[tuple[tuple[str, ...], tuple[tuple[str, ...], ...]], ...]
    unions: tuple[tuple["GroupPlan", ...], ...]
    optionals: tuple["GroupPlan", ...]
    conditions: tuple[Condition, ...]
    tests: tuple[Test, ...]
    named: frozenset[str]
    visible: frozenset[str]


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """A query that can be computed by columns.

    Args:
        query: the query.
        group: its group.
        ending: what is made of its solutions; None where the engine is to make it, of a table of them.
        rest: elements of the group that the engine adds to that table.
        needed: the variables of solutions that are needed then.
        constants: terms in it as written, to be told as N-Triples.
    """

    query: Query
    group: GroupPlan
    ending: Ending | None
    rest: str
    needed: frozenset[str]
    constants: tuple[str, ...]


class _UnfitError(Exception):
    """The query is left to the engine."""


_TERMS = {("number",), ("iri",), ("name",), ("string", "^", "^", "iri"), ("string", "^", "^", "name")}
"""Constants whose number or value tells how they compare."""
_TYPE = f"<{PREFIXES['rdf']}type>"
_UNSTEADY = frozenset({"RAND", "NOW", "UUID", "STRUUID", "BNODE"})
"""Functions that do not say the same of equal terms."""


@lru_cache(maxsize=256)
def plan_of(text: str) -> Plan | None:
    """Return how a query is computed by columns; None where it is left to the engine.

    It is left to it, too, where it can give its first rows before it has found them all.

    Example:
        >>> plan = plan_of("SELECT ?a (COUNT(*) AS ?n) { ?a <urn:p> ?b } GROUP BY ?a")
        >>> plan.group.steps[0].end
        '?b'
        >>> plan_of("SELECT ?a { ?a <urn:p>+ ?b } ORDER BY ?a") is None
        True
    """
    query = parse(text)
    if query is None or query.select is None or query.datasets or query.values or query.select.values:
        return None
    if query.select.star or not takes_all(query):
        return None
    reader = _Reader(query)
    try:
        kept, rest = reader.split(query.select.where)
        group = reader.group(kept, frozenset(), frozenset())
    except _UnfitError:
        return None
    ending = None if rest else read_ending(query)
    if ending:
        needed = ending.needed
    else:
        columns = [column for column in query.select.projected if column.expression]
        expressions = [*(column.expression for column in columns), *query.modifiers.expressions]
        if any(expression and expression.exists for expression in expressions):
            return None
        around = text[query.select.start : query.select.where.start] + query.modifiers.of(text)
        needed = variables_of(f"{around} {rest}") & group.visible
    return Plan(query, group, ending, rest, needed, tuple(dict.fromkeys(reader.constants)))


class _Reader:
    def __init__(self, query: Query):
        self.query = query
        self.fresh = Fresh(query.text)
        self.constants: list[str] = []

    def split(self, group: Group) -> tuple[Group, str]:
        """Return a query's group without its BINDs and the filters that name them, and these as text."""
        binds = [element for element in group.elements if isinstance(element, Bind)]
        if not binds:
            return group, ""
        made = {bind.variable for bind in binds}
        after = [
            element
            for element in group.elements
            if isinstance(element, Filter) and element.exists is None and element.expression.variables & made
        ]
        kept = tuple(element for element in group.elements if element not in binds and element not in after)
        text = self.query.text
        for place, element in enumerate(group.elements):
            if not isinstance(element, Bind):
                continue
            later = [other for other in group.elements[place + 1 :] if other in kept]
            # It does not see what stands behind it, but the engine will have computed that.
            unseen = _bound(later)[0] - _bound(group.elements[:place])[1]
            if element.expression.variables & unseen:
                raise _UnfitError
        if any(made & variables_of(element.of(text)) for element in kept):
            raise _UnfitError
        if any(part.exists for part in [*(bind.expression for bind in binds), *(one.expression for one in after)]):
            raise _UnfitError
        visible, certain = _bound(kept)
        rest = " ".join(element.of(text) for element in [*binds, *after])
        return Group(group.start, group.end, visible, certain, kept), rest

    def group(self, group: Group, outside: frozenset[str], certain: frozenset[str]) -> GroupPlan:
        """Return the plan of a group.

        Args:
            group: the group.
            outside: variables that what stands around it can bind.
            certain: those of them that are bound there, and that its filters see: it is an OPTIONAL or EXISTS.
        """
        steps: list[Step] = []
        tables = []
        unions = []
        optionals = []
        filters = []
        elements = group.elements
        for place, element in enumerate(elements):
            before, after = elements[:place], elements[place + 1 :]
            match element:
                case Triples():
                    steps += self._steps(element)
                case Values():
                    tables.append(self._table(element))
                case Filter():
                    filters.append(element)
                case Union(groups=groups):
                    unions.append(self._union(groups, before, outside))
                case Group():
                    unions.append(self._union((element,), before, outside))
                case Optional(group=inner):
                    optionals.append(self._optional(inner, before, after, outside))
                case _:
                    raise _UnfitError
        joined = frozenset().union(*(step.variables for step in steps))
        if not all(set(names) <= joined for names, _ in tables):
            raise _UnfitError  # a term that the graph has not would be lost
        conditions: list[Condition] = []
        tests: list[Test] = []
        for element in filters:
            self._filter(element, group, (outside, certain), conditions, tests)
        return GroupPlan(
            tuple(steps),
            tuple(tables),
            tuple(unions),
            tuple(optionals),
            tuple(conditions),
            tuple(tests),
            frozenset().union(*(variables_of(e.of(self.query.text)) for e in elements)) | self._made(steps),
            group.visible | self._made(steps),
        )

    def _made(self, steps: Sequence[Step]) -> frozenset[str]:
        return frozenset(name for step in steps for name in step.variables if self.fresh.has_made(name))

    def _steps(self, element: Triples) -> list[Step]:
        patterns = patterns_of(self.query, element, self.fresh)
        if patterns is None:
            raise _UnfitError
        return [self._step(pattern) for pattern in patterns]

    def _step(self, pattern: Pattern) -> Step:
        self.constants += [part for part in (pattern.subject, pattern.object) if part[0] not in "?$"]
        verb, inverse = _verb(pattern.verb)
        self.constants.append(verb)
        return Step(verb, pattern.object, pattern.subject) if inverse else Step(verb, pattern.subject, pattern.object)

    def _table(self, element: Values) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
        if element.certain != element.visible or not element.variables:
            raise _UnfitError
        rows = tuple(tuple(self._term(part) for part in row) for row in element.rows)
        return element.variables, rows

    def _term(self, part: Part | None) -> str:
        if part is None:
            raise _UnfitError
        text = part.of(self.query.text)
        self.constants.append(text)
        return text

    def _union(
        self, groups: Sequence[Group], before: Sequence[Element], outside: frozenset[str]
    ) -> tuple[GroupPlan, ...]:
        visible, certain = _bound(before)
        found = tuple(self.group(inner, outside | visible, frozenset()) for inner in groups)
        if any(plan.named & visible - certain for plan in found):
            raise _UnfitError
        return found

    def _optional(
        self, inner: Group, before: Sequence[Element], after: Sequence[Element], outside: frozenset[str]
    ) -> GroupPlan:
        visible, certain = _bound(before)
        plan = self.group(inner, outside | visible, certain)
        # What stands behind it, or around the group, is computed before it, but must not be seen in it.
        elsewhere = (visible | outside | _bound(after)[0]) - certain
        if plan.named & elsewhere:
            raise _UnfitError
        return plan

    def _filter(
        self,
        element: Filter,
        group: Group,
        around: tuple[frozenset[str], frozenset[str]],
        conditions: list[Condition],
        tests: list[Test],
    ) -> None:
        outside, certain = around
        seen = group.certain | certain
        text = self.query.text
        if element.exists is not None:
            inner = element.exists.group
            if not all(isinstance(part, Triples | Filter) for part in inner.elements):
                raise _UnfitError
            plan = self.group(inner, outside | group.visible, seen)
            if plan.named & (outside | group.visible) - seen or plan.tests:
                raise _UnfitError
            tests.append(Test(plan, element.exists.negated))
            return
        if element.expression.exists or element.expression.variables & outside - group.certain - certain:
            raise _UnfitError
        for demand in demands(text, element):
            if any(token.key in _UNSTEADY for token in demand):
                raise _UnfitError
            if [token.key for token in demand] == ["TRUE"]:
                continue  # a rule leaves that
            condition = _condition(text, demand)
            conditions.append(condition)
            if condition.compared:
                self.constants.append(condition.compared[1])


def _bound(elements: Sequence[Element]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the variables that elements can bind, and those that they certainly do."""
    nothing = frozenset[str]()
    return (
        nothing.union(*(element.visible for element in elements)),
        nothing.union(*(element.certain for element in elements)),
    )


def _condition(text: str, demand: Demand) -> Condition:
    start, end = demand[0].start, demand[-1].end
    cut = 1
    while cut < len(demand) and demand[cut].key in "!<>=":
        cut += 1
    compared = None
    if demand[0].key == "variable" and tuple(token.key for token in demand[cut:]) in _TERMS:
        compared = "".join(token.key for token in demand[1:cut]), text[demand[cut].start : end]
    return Condition(text[start:end], named(demand), tuple(demand), compared)


def _verb(verb: str) -> tuple[str, bool]:
    """Return the one predicate that a verb is, and whether the verb is its inverse.

    An alternative is left to the engine: it counts twice what both sides find, unless both ends are known.
    """
    found = tokens(verb)[:-1]
    while found[0].key == "(" and found[-1].key == ")":
        found = found[1:-1]
    inverse = found[0].key == "^"
    if len(found) != 1 + inverse or (found[-1].key not in ("iri", "name") and found[-1].text != "a"):
        raise _UnfitError
    return _TYPE if found[-1].text == "a" else found[-1].text, inverse
