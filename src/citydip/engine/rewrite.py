"""Queries that the engine plans badly, written so that it plans them well.

A rule of `citydip.engine.rules` knows one slow shape. Rewriting runs them over a query before the embedded engine gets
it; what they write uses ``LATERAL``, which other engines may not know. Errors are told of the query as it was sent.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from citydip.engine.rules import RULES
from citydip.engine.statistics import Statistics
from citydip.engine.structure import edited
from citydip.engine.syntax import parse
from citydip.model.errors import ParameterError

__all__ = ["COLUMNS", "Rewritten", "Step", "read_rules", "rewrite"]

COLUMNS = "columns"
"""What a query computed by columns is called among the rules: it can be switched off like them."""
_LONGEST = 32 << 10
"""Characters of a query up to which it is rewritten: reading takes some milliseconds for each thousand words."""
_ROUNDS = 8
"""Times that a rule which changes one place at a time is applied."""
_EQUAL = re.compile(r"[?$)]\w*\s*=\s*(?:[?$<:]|STR|[^\W\d][\w.\-]*:)|[>\w:\-]\s*=\s*[?$]", re.IGNORECASE)
_NEEDS = {
    "equal-variables": _EQUAL,
    "values": re.compile(_EQUAL.pattern + r"|\bIN\s*\(", re.IGNORECASE),
    "equal-sides": _EQUAL,
    "exists": re.compile("EXISTS", re.IGNORECASE),
    "optional": re.compile("OPTIONAL", re.IGNORECASE),
    "count-first": re.compile(r"COUNT\s*\(.*\bGROUP\s+BY\b", re.IGNORECASE | re.DOTALL),
    "order": re.compile(r"\{.*?(?:[.;,][\s?$<]|/\s*[\^(]*\w*:|>\s*/)", re.DOTALL),
}
"""What each query has in it that a rule applies to."""
_NUMBERS = re.compile(r"\b(?:(?:LIMIT|OFFSET)\s+\d+\s*+)+$", re.IGNORECASE)
"""What ends a query that has a LIMIT or OFFSET."""
_COUNTING = ("count-first", "order")
"""Rules that statistics tell where they apply."""
_PERHAPS = ("FILTER", "OPTIONAL", "EXISTS")
"""Of these words each query has one that a rule without statistics applies to; others are not even read."""


@dataclass(frozen=True, slots=True)
class Step:
    """A rule that was applied.

    Args:
        rule: its name.
        before: the query before it.
        after: the query after it.
    """

    rule: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A query as the engine gets it.

    Args:
        text: the query.
        steps: the rules that were applied, in their order.
    """

    text: str
    steps: tuple[Step, ...] = ()

    @property
    def rules(self) -> tuple[str, ...]:
        """Return the names of the rules that were applied."""
        return tuple(step.rule for step in self.steps)


def rewrite(
    text: str, off: Collection[str] = (), given: Collection[str] = (), statistics: Statistics | None = None
) -> Rewritten:
    """Return a query as the engine plans it best.

    Args:
        text: a query; one that cannot be read, or is very long, is returned as it is.
        off: names of rules that are not to be applied.
        given: variables to which the request binds terms.
        statistics: those of the graph; without them the rules ``count-first`` and ``order`` are not applied.

    Example:
        >>> rewrite("ASK { ?s a ?c FILTER (?c IN (cd:City, cd:Venue)) }").text
        'ASK { ?s a ?c VALUES ?c { cd:City cd:Venue } FILTER (true) }'
    """
    upper = text.upper()
    perhaps = any(word in upper for word in _PERHAPS)
    if len(text) > _LONGEST or not (perhaps or statistics):
        return Rewritten(text)
    usable = [name for name in RULES if name not in off and (statistics if name in _COUNTING else perhaps)]
    rules = tuple(name for name in usable if _NEEDS[name].search(text))
    if not rules:
        return Rewritten(text)
    # What differs from another query in the numbers of LIMIT and OFFSET alone is rewritten as that one was.
    cut = _NUMBERS.search(text)
    if cut is None:
        return _rewritten(text, rules, frozenset(given), statistics)
    kept = re.sub(r"\d+", "1", cut[0])
    found = _rewritten(text[: cut.start()] + kept, rules, frozenset(given), statistics)

    def whole(changed: str) -> str:
        return changed.removesuffix(kept) + cut[0]

    return Rewritten(
        whole(found.text), tuple(Step(step.rule, whole(step.before), whole(step.after)) for step in found.steps)
    )


@lru_cache(maxsize=256)
def _rewritten(text: str, rules: tuple[str, ...], given: frozenset[str], statistics: Statistics | None) -> Rewritten:
    steps = []
    query = parse(text)
    for name in rules:
        before = text
        for _ in range(_ROUNDS):
            edits = RULES[name](query, given, statistics) if query else []
            if not edits:
                break
            text = edited(text, edits)
            query = parse(text)
            if name in ("count-first", "exists", "optional", "order"):
                break
        if text != before:
            steps.append(Step(name, before, text))
    return Rewritten(text, tuple(steps))


def read_rules(names: str) -> frozenset[str]:
    """Return the rules of a list such as ``exists, values``; ``all`` is all of them.

    Raises:
        ParameterError: there is no such rule; the message lists those that there are.

    Example:
        >>> sorted(read_rules("values, exists"))
        ['exists', 'values']
    """
    found = frozenset(name.strip() for name in names.split(",") if name.strip())
    known = [*RULES, COLUMNS]
    unknown = sorted(found - {*known, "all"})
    if unknown:
        raise ParameterError(
            f"there is no rule {unknown[0]!r}; the rules are: {', '.join(known)}, and all of them: all"
        )
    return frozenset(known) if "all" in found else found
