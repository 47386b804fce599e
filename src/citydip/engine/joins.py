"""Joins that the engine must do in the order in which they are written.

``LATERAL { }`` (https://github.com/w3c/sparql-dev/blob/main/SEP/SEP-0006/sep-0006.md) gives its group each solution of
what stands before it. Of triple patterns that is their join, whatever the order: the rules use it to say the order.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from citydip.engine.structure import Filter, Query, Subject, Triples
from citydip.engine.tokens import tokens

__all__ = [
    "Fresh",
    "Pattern",
    "chained",
    "engine_order",
    "has_no_length",
    "in_order",
    "patterns_of",
    "variables_of",
]


class Fresh:
    """Variables that no query has yet.

    Args:
        text: the query.
    """

    def __init__(self, text: str):
        self.stem = "x_"
        while self.stem in text:
            self.stem += "_"
        self.count = 0
        self._blanks: dict[str, str] = {}

    def variable(self) -> str:
        """Return a new variable, with its question mark."""
        self.count += 1
        return f"?{self.stem}{self.count}"

    def has_made(self, name: str) -> bool:
        """Return whether a variable, without question mark, is one of these."""
        return name.startswith(self.stem)

    def term(self, text: str) -> str:
        """Return a term; a blank node becomes the variable that it is.

        A label means one node wherever it stands, also behind a filter: it stands in one basic graph pattern only.
        """
        if text.startswith("_:"):
            if text not in self._blanks:
                self._blanks[text] = self.variable()
            return self._blanks[text]
        return self.variable() if text[0] == "[" else text


@dataclass(frozen=True, slots=True)
class Pattern:
    """A triple pattern as text.

    Args:
        subject: a term.
        verb: an IRI, a variable, or a path that cannot be taken apart.
        object: a term.
    """

    subject: str
    verb: str
    object: str
    variables: frozenset[str] = field(init=False, compare=False)
    """Its variables, without question mark."""

    def __post_init__(self) -> None:
        parts = (self.subject, self.verb, self.object)
        object.__setattr__(self, "variables", frozenset(part[1:] for part in parts if part[0] in "?$"))

    def __str__(self) -> str:
        return f"{self.subject} {self.verb} {self.object}"


def variables_of(text: str) -> frozenset[str]:
    """Return the variables that a text names.

    Example:
        >>> sorted(variables_of("STR(?a) = $b"))
        ['a', 'b']
    """
    return frozenset(token.text[1:] for token in tokens(text) if token.key == "variable")


def has_no_length(pattern: Pattern) -> bool:
    """Return whether a path may have no length: it then begins at any term, also where nothing in the graph has it."""
    return pattern.verb[0] not in "?$" and any(token.key in ("*", "?") for token in tokens(pattern.verb))


def patterns_of(query: Query, element: Triples, fresh: Fresh) -> list[Pattern] | None:
    """Return the triple patterns of an element, each for itself; None where brackets join them.

    Sequence paths are taken apart as the SPARQL algebra does it, and blank nodes become the variables that they are.
    """
    found: list[Pattern] = []
    for subject in element.subjects:
        if subject.triples is None:
            return None
        found += _taken_apart(query.text, subject, fresh)
    return found


def _taken_apart(text: str, subject: Subject, fresh: Fresh) -> Iterable[Pattern]:
    for triple in subject.triples or ():
        at = fresh.term(triple.subject.of(text))
        last = fresh.term(triple.object.of(text))
        steps = _steps(triple.verb.of(text)) if triple.is_path else [triple.verb.of(text)]
        for index, step in enumerate(steps):
            after = last if index == len(steps) - 1 else fresh.variable()
            yield Pattern(at, step, after)
            at = after


def _steps(path: str) -> list[str]:
    """Return the steps of a sequence path; the path itself where it is none."""
    depth = 0
    cuts = []
    for token in tokens(path):
        depth += (token.key == "(") - (token.key == ")")
        if not depth and token.key == "|":
            return [path]
        if not depth and token.key == "/":
            cuts.append(token)
    starts = [0, *(cut.end for cut in cuts)]
    ends = [*(cut.start for cut in cuts), len(path)]
    return [path[start:end].strip() for start, end in zip(starts, ends, strict=True)]


def in_order(patterns: Sequence[Pattern], bound: Iterable[str]) -> list[Pattern]:
    """Return patterns in an order in which each finds little, given the variables that are bound before.

    What a bound variable leads to comes before what a constant leads to: a class or a status has very many things.
    """
    known = set(bound)
    left = list(patterns)
    found = []
    while left:
        best = min(left, key=lambda pattern: _expected(pattern, known))
        left.remove(best)
        found.append(best)
        known |= best.variables
    return found


def _expected(pattern: Pattern, known: set[str]) -> float:
    """Return about how many solutions a pattern has for each of those before it."""
    subject, verb, value = (
        part[0] not in "?$" or part[1:] in known for part in (pattern.subject, pattern.verb, pattern.object)
    )
    match subject, value:
        case True, True:
            size = 1.0
        case True, False:
            size = 10
        case False, True:
            size = 100 if pattern.object[0] in "?$" else 10_000
        case _:
            size = 1_000_000
    return size * (1 if verb else 10) * (1000 if _is_long(pattern.verb) else 1)


def _is_long(verb: str) -> bool:
    """Return whether a path can have any length."""
    return verb[0] not in "?$<" and any(token.key in ("+", "*") for token in tokens(verb))


def engine_order(patterns: Sequence[Pattern], bound: Iterable[str] = ()) -> list[Pattern]:
    """Return patterns in the order in which the engine takes them: it estimates sizes by what is constant."""
    known = set(bound)
    left = list(patterns)
    found: list[Pattern] = []
    while left:
        joined = [pattern for pattern in left if pattern.variables & known] or left
        best = min(joined, key=lambda pattern: _estimated(pattern, known))
        left.remove(best)
        found.append(best)
        known |= best.variables
    return found


def _estimated(pattern: Pattern, known: set[str]) -> int:
    """Return how large the engine takes a pattern to be."""
    parts = (pattern.subject, pattern.verb, pattern.object)
    subject, verb, value = (part[0] not in "?$" or part[1:] in known for part in parts)
    size = {
        (True, True, True): 1,
        (True, False, True): 2,
        (True, True, False): 10,
        (True, False, False): 100,
        (False, True, True): 10_000,
        (False, False, True): 100_000,
        (False, True, False): 1_000_000,
    }.get((subject, verb, value), 1_000_000_000)
    return size * (1000 if _is_long(pattern.verb) else 1)


def chained(text: str, patterns: Sequence[Pattern], filters: list[Filter], known: set[str], *, first: bool) -> str:
    """Return patterns as a chain of joins in their order, each filter as early as its variables are bound.

    Args:
        text: the query.
        patterns: in their order.
        filters: filters of the same group; those that are used are taken out.
        known: variables that the group binds before the patterns; those of the patterns are added.
        first: whether the group begins with the patterns.
    """
    pieces = []
    for index, pattern in enumerate(patterns):
        known |= pattern.variables
        ready = [element for element in filters if element.expression.variables <= known]
        for element in ready:
            filters.remove(element)
        inner = " ".join([str(pattern), *(element.of(text) for element in ready)])
        if index or not first:
            pieces.append(f"LATERAL {{ {inner} }}")
        else:
            pieces.append(f"{{ {inner} }}" if ready else inner)
    return " ".join(pieces)
