"""How many rows patterns give, estimated from statistics as textbooks do it.

A join of two patterns on a variable has as many rows as their product, divided by the larger of the numbers of
different terms that the variable has in either. Filters keep the share that the distribution of numbers and days
tells, and half of the rows where nothing is known.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from citydip.engine.cursor import iri_of
from citydip.engine.expressions import Demand, named
from citydip.engine.joins import Pattern
from citydip.engine.statistics import Predicate, Statistics, number_of
from citydip.engine.structure import Query
from citydip.engine.tokens import tokens
from citydip.model.terms import PREFIXES

__all__ = ["Estimator", "Rows", "Table"]

Limit = tuple[str, str, float]
_Size = tuple[float, list[tuple[str, float]], Predicate | None]
"""Of a pattern its size, its variables with the number of their terms, and its predicate where it has one."""
_TYPE = PREFIXES["rdf"] + "type"
_LOOKUP = 1.0
_STEP = 0.8
"""What it costs to look something up for a row, and to pass one triple on the way, in rows.

The engine finds the triples of a subject, or of an object, by going through all of them, whatever the predicate.
"""
_HASHED = 6.0
"""What each row of either side costs where a table is joined with what stands before it."""
_SHORTEST, _SIMPLE = 3, 6
"""Tokens of a comparison of a variable with a constant, at least and, for equality, at most."""
_HALF = 0.5
_FEW = 0.1
"""Shares of the rows that a filter keeps: one of unknown effect, one that demands equality of a computed value."""


@dataclass(frozen=True, slots=True)
class Table:
    """A VALUES clause, or a sub-query.

    Args:
        text: as written.
        variables: its columns, all bound in each row.
        size: its rows.
        cost: what it takes to compute it.
        domains: among about how many terms those of a column are; empty: each row has its own.
        tested: numbers of the filters that are in it.
    """

    text: str
    variables: frozenset[str]
    size: float
    cost: float = 0.0
    domains: dict[str, float] = field(default_factory=dict, compare=False)
    tested: frozenset[int] = frozenset()

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Rows:
    """What some patterns give.

    Args:
        count: about how many rows.
        cost: what it takes to get there, in rows.
        domains: of each bound variable, among about how many terms its own are.
        made_by: the predicates whose objects variables are.
        tested: numbers of the filters that have been applied.
    """

    count: float = 1.0
    cost: float = 0.0
    domains: dict[str, float] = field(default_factory=dict)
    made_by: dict[str, Predicate] = field(default_factory=dict)
    tested: frozenset[int] = frozenset()


class Estimator:
    """Estimates for the patterns of one group.

    Args:
        query: the query.
        statistics: those of the graph.
        demands: what the filters of the group demand.
    """

    def __init__(self, query: Query, statistics: Statistics, demands: Sequence[Demand]):
        self.query = query
        self.statistics = statistics
        self.demands = demands
        self.named = [named(demand) for demand in demands]
        self.limits = [self._limit(demand) for demand in demands]
        self._relations: dict[str, Predicate] = {}
        self._sizes: dict[Pattern, _Size] = {}

    def joined(self, rows: Rows, item: Pattern | Table) -> Rows:
        """Return what a pattern or table makes of rows.

        Args:
            rows: what there is before.
            item: what is joined to it: a pattern is looked up for each row.
        """
        size, parts, relation = self._of_table(item) if isinstance(item, Table) else self._of_pattern(item)
        count = rows.count * size
        domains, made_by = dict(rows.domains), dict(rows.made_by)
        for name, different in parts:
            if name in domains:
                count /= max(domains[name], different, 1)
                domains[name] = min(domains[name], different)
            else:
                domains[name] = different
            if relation and isinstance(item, Pattern) and item.object[1:] == name:
                made_by.setdefault(name, relation)
        before = rows.tested
        if isinstance(item, Pattern):
            effort = rows.count * (_LOOKUP + _STEP * self._passed(item, rows)) + count
        else:
            effort = item.cost + count + (_HASHED * (rows.count + size) if rows.domains else size)
            before |= item.tested
        ready = {n for n, names in enumerate(self.named) if n not in before and names <= domains.keys()}
        for number in ready:
            if self.limits[number] is None:
                count *= self._kept(self.demands[number], made_by)
        tested = before | ready
        for name in {limit[0] for number in ready if (limit := self.limits[number])}:
            points = made_by[name].points if name in made_by else ()
            count *= self._within(name, points, tested) / self._within(name, points, before)
        return Rows(count, rows.cost + effort, domains, made_by, tested)

    def _passed(self, pattern: Pattern, rows: Rows) -> float:
        """Return about how many triples are passed when a pattern is looked up for a row."""
        subject, verb, value = pattern.subject, pattern.verb, pattern.object
        if verb[0] == "^":
            subject, value, verb = value, subject, verb[1:].strip()
        relation = self._relation(verb)
        passed = relation.count
        if subject[0] not in "?$" or subject[1:] in rows.domains:
            passed = min(passed, relation.out)
        if value[0] not in "?$" or value[1:] in rows.domains:
            passed = min(passed, relation.into)
        return passed

    def _within(self, name: str, points: Sequence[float], tested: Iterable[int]) -> float:
        """Return the share of some points that the comparisons of a variable which have been tested let pass."""
        found = [limit for number in tested if (limit := self.limits[number]) and limit[0] == name]
        if not points:
            return _HALF ** len(found)
        passing = sum(all((p < n) if mark == "<" else (p >= n) for _, mark, n in found) for p in points)
        return max(passing, _HALF) / len(points)

    def _of_table(self, table: Table) -> _Size:
        return table.size, [(name, table.domains.get(name, table.size)) for name in table.variables], None

    def _of_pattern(self, pattern: Pattern) -> _Size:
        if pattern not in self._sizes:
            self._sizes[pattern] = self._size(pattern)
        return self._sizes[pattern]

    def _size(self, pattern: Pattern) -> _Size:
        subject, verb, value = pattern.subject, pattern.verb, pattern.object
        if verb[0] == "^":
            subject, value, verb = value, subject, verb[1:].strip()
        relation = self._relation(verb)
        size = relation.count
        if subject[0] not in "?$":
            size /= max(relation.subjects, 1)
        if value[0] not in "?$":
            size *= self._share(relation, value)
        parts = []
        for term, different in ((subject, relation.subjects), (value, relation.objects)):
            if term[0] in "?$":
                parts.append((term[1:], max(min(different, size), 1)))
        if verb[0] in "?$":
            parts.append((verb[1:], len(self.statistics.predicates) or 1))
        return size, parts, relation if pattern.verb[0] != "^" else None

    def _relation(self, verb: str) -> Predicate:
        """Return the predicate of a verb; of a path, something about as large as the predicates in it."""
        if verb not in self._relations:
            self._relations[verb] = self._looked_up(verb)
        return self._relations[verb]

    def _looked_up(self, verb: str) -> Predicate:
        total = self.statistics.triples
        if verb[0] in "?$":
            return Predicate(total, max(total / 8, 1), max(total / 4, 1))
        words = [token for token in tokens(verb) if token.key in ("iri", "name") or token.text == "a"]
        iris = [_TYPE if token.text == "a" else iri_of(self.query, token) or "" for token in words]
        found = [self.statistics.predicates.get(iri, Predicate(0.1, 0.1, 0.1)) for iri in iris]
        if len(found) == 1 and len(tokens(verb)) == 2:
            return found[0]
        if "!" in verb or not found:
            return Predicate(total, max(total / 8, 1), max(total / 4, 1))
        count = sum(relation.count for relation in found) * (10 if "+" in verb else 1)
        return Predicate(count, sum(r.subjects for r in found), sum(r.objects for r in found))

    def _share(self, relation: Predicate, term: str) -> float:
        if relation.shares and term[0] not in "\"'" and not term[0].isdigit():
            iri = iri_of(self.query, tokens(term)[0])
            return relation.shares.get(f"<{iri}>", 0.5 / max(relation.count, 1))
        return 1 / max(relation.objects, 1)

    def _kept(self, demand: Demand, made_by: dict[str, Predicate]) -> float:
        """Return the share of rows that a demand keeps which is no comparison with a number or day."""
        keys = [token.key for token in demand]
        name = demand[0].text[1:]
        if keys[:2] == ["variable", "="] and len(keys) <= _SIMPLE and name in made_by:
            return 1 / max(made_by[name].objects, 1)
        if keys[:3] == ["variable", "!", "="]:
            return 1.0
        return _FEW if "=" in keys and not {"<", ">", "!", "|", "LANG"} & set(keys) else _HALF

    def _limit(self, demand: Demand) -> Limit | None:
        """Return the variable, ``<`` or ``>``, and the number or day of a comparison; None where it is none."""
        if len(demand) < _SHORTEST or demand[0].key != "variable" or demand[1].key not in ("<", ">"):
            return None
        rest = demand[3:] if demand[2].key == "=" else demand[2:]
        number = None
        match [token.key for token in rest]:
            case ["number"]:
                number = number_of(rest[0].text, PREFIXES["xsd"] + "decimal")
            case ["string", "^", "^", "iri" | "name"]:
                number = number_of(rest[0].text.strip("\"'"), iri_of(self.query, rest[3]) or "")
        return None if number is None else (demand[0].text[1:], demand[1].key, number)
