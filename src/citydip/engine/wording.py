"""A query worded for a store at an address: prefixes and terms, for which the protocol has no place, stand in the text.

A term stands wherever its variable stood in a pattern or a filter, and is given to the variable itself at the end of
the outermost group, for what is selected, sorted and grouped. So the store sees constants, which every planner knows
to use, and no filter of an inner group, evaluated before the outer one, lacks the value. A subquery that does not
select the variable has another variable of that name, which is left alone.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from citydip.engine.binding import Term, term_of
from citydip.engine.tokens import Token, tokens
from citydip.model.errors import ParameterError
from citydip.model.terms import BASE, PREFIXES

__all__ = ["worded"]

_ABSOLUTE = re.compile("<[A-Za-z][A-Za-z0-9+.-]*:")


def worded(query: str, terms: Mapping[str, Term]) -> str:
    """Return a query that declares the prefixes it uses, and has a term in the place of each variable that is given.

    Args:
        query: SPARQL that the embedded engine can read.
        terms: terms by variable.

    Raises:
        ParameterError: the query has no place for a term.

    Example:
        >>> worded("ASK { ?c a cd:City }", {"c": {"type": "uri", "value": "http://x/a"}})
        'PREFIX cd: <https://w3id.org/citydip/ontology#> ASK { <http://x/a> a cd:City  BIND (<http://x/a> AS ?c) }'
    """
    read = tokens(query)
    names = {token.text.partition(":")[0] for token in read if token.key == "name"} & PREFIXES.keys()
    names -= {name.text[:-1] for word, name in pairwise(read) if word.key == "PREFIX"}
    # On the first line, so that every line keeps its number. What the query itself declares comes later and wins.
    head = "".join(f"PREFIX {name}: <{PREFIXES[name]}> " for name in sorted(names))
    if any(token.key == "iri" and not _ABSOLUTE.match(token.text) for token in read):
        head = f"BASE <{BASE}> {head}"
    return head + (_bound(query, read, {n: str(term_of(t)) for n, t in terms.items()}) if terms else query)


def _bound(query: str, read: list[Token], terms: Mapping[str, str]) -> str:
    """Return a query with terms, as written, in the place of their variables."""
    parts, last = list[str](), 0
    groups = [_Part(set(terms), query=True)]
    for key, text, start, end in read:
        group = groups[-1]
        if key == "{":
            groups.append(group.inner())
        elif key == "}" and len(groups) > 1:
            outer = groups[-2]
            if outer.query and group.pattern:
                parts.append(query[last:start])
                parts.extend(f" {row} " for row in group.rows(outer, terms))
                last = start
            outer.placed |= group.placed
            outer.used |= group.used & outer.given
            groups.pop()
        elif key == "variable":
            group.read_variable(text[1:])
            if not group.query and group.pattern and text[1:] in group.given:
                parts += [query[last:start], terms[text[1:]]]
                last = end
        else:
            group.read(key)
    missing = sorted(terms.keys() - groups[0].placed)
    if missing:
        raise ParameterError(f"the query has no place where the store that answers could be given ?{missing[0]}")
    return "".join([*parts, query[last:]])


@dataclass(slots=True)
class _Part:
    """A part of a query between braces, or the query itself, as it is being read.

    Args:
        given: the variables with a term that are the same ones here as outside.
        query: whether it is the query or a subquery, and no pattern: what stands in it is selected or sorted.
        pattern: whether a term can stand in it: not in a block of data.
    """

    given: set[str]
    query: bool = False
    pattern: bool = True
    used: set[str] = field(default_factory=set)
    """Variables that stand in it."""
    placed: set[str] = field(default_factory=set)
    """Variables that have been given their terms in it, for what is outside."""
    selected: set[str] | None = None
    """What it selects, where it names that."""
    word: str = ""
    """The last of the keywords that tell what comes next."""
    depth: int = 0
    """Parentheses that are open in its SELECT clause."""

    def inner(self) -> "_Part":
        """Return a part between braces that begins in this one."""
        data = self.word in ("VALUES", "CONSTRUCT")
        self.word = ""
        return _Part(self.given if self.selected is None else self.given & self.selected, pattern=not data)

    def rows(self, outer: "_Part", terms: Mapping[str, str]) -> list[str]:
        """Return what gives the variables their terms at the end of this part, the outermost of a query."""
        rows = []
        for name in sorted(self.given & (self.used | outer.used)):
            # What a subquery has selected is in scope already, where BIND is not allowed.
            row = f"VALUES ?{name} {{ {terms[name]} }}" if name in self.placed else f"BIND ({terms[name]} AS ?{name})"
            rows.append(row)
            self.placed.add(name)
        return rows

    def read_variable(self, name: str) -> None:
        """Read a variable."""
        self.used.add(name)
        if self.selected is not None and ((self.word == "SELECT" and not self.depth) or self.word == "AS"):
            self.selected.add(name)
            self.word = "SELECT"

    def read(self, key: str) -> None:
        """Read a keyword or a sign."""
        if key == "SELECT":
            self.query, self.selected = True, set()
        # CONSTRUCT WHERE { … } is template and pattern in one.
        if key in ("SELECT", "AS", "VALUES", "CONSTRUCT") or (key == "WHERE" and self.word != "CONSTRUCT"):
            self.word = key
        elif self.word in ("SELECT", "AS") and key in ("(", ")", "*"):
            self.depth += {"(": 1, ")": -1}.get(key, 0)
            if key == "*" and not self.depth:
                self.selected = None
