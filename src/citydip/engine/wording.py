"""A query worded for a store at an address: prefixes and terms, for which the protocol has no place, stand in the text.

A term stands wherever its variable stood in a pattern or a filter, and is given to the variable itself at the end of
the outermost group, for what is selected, sorted and grouped. So the store sees constants, which every planner knows
to use, and no filter of an inner group, evaluated before the outer one, lacks the value. A subquery that does not
select the variable has another variable of that name, which is left alone.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from citydip.engine.binding import Term
from citydip.engine.guard import tokens
from citydip.engine.store import term_of
from citydip.model.errors import ParameterError
from citydip.model.terms import PREFIXES

__all__ = ["worded"]


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
    # On the first line, so that every line keeps its number. What the query itself declares comes later and wins.
    names = {name[:-1] for name in re.findall(r"[A-Za-z][\w-]*:", query)} & PREFIXES.keys()
    head = "".join(f"PREFIX {name}: <{PREFIXES[name]}> " for name in sorted(names))
    return head + (_bound(query, {n: str(term_of(t)) for n, t in terms.items()}) if terms else query)


def _bound(query: str, terms: Mapping[str, str]) -> str:
    """Return a query with terms, as written, in the place of their variables."""
    parts, last = list[str](), 0
    groups = [_Part(set(terms), query=True)]
    for found in tokens(query):
        text, group = found.group(), groups[-1]
        if text == "{":
            groups.append(group.inner())
        elif text == "}" and len(groups) > 1:
            outer = groups[-2]
            if outer.query and group.pattern:
                parts.append(query[last : found.start()])
                last = found.start()
                for name in sorted(group.given & (group.used | outer.used)):
                    # What a subquery has selected is in scope already, where BIND is not allowed.
                    row = f"VALUES ?{name} {{ {terms[name]} }}"
                    parts.append(f" {row} " if name in group.placed else f" BIND ({terms[name]} AS ?{name}) ")
                    group.placed.add(name)
            outer.placed |= group.placed
            outer.used |= group.used & outer.given
            groups.pop()
        elif found["words"] and not found["local"]:
            group.read_word(text.upper())
        elif text[0] in "?$":
            group.read_variable(text[1:])
            if not group.query and group.pattern and text[1:] in group.given:
                parts += [query[last : found.start()], terms[text[1:]]]
                last = found.end()
        else:
            group.read_sign(text)
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

    def read_word(self, word: str) -> None:
        """Read a keyword."""
        if word == "SELECT":
            self.query, self.selected = True, set()
        # CONSTRUCT WHERE { … } is template and pattern in one.
        if word in ("SELECT", "AS", "VALUES", "CONSTRUCT") or (word == "WHERE" and self.word != "CONSTRUCT"):
            self.word = word

    def read_variable(self, name: str) -> None:
        """Read a variable."""
        self.used.add(name)
        if self.selected is not None and ((self.word == "SELECT" and not self.depth) or self.word == "AS"):
            self.selected.add(name)
            self.word = "SELECT"

    def read_sign(self, text: str) -> None:
        """Read any other token."""
        if self.word in ("SELECT", "AS") and text in "()*":
            self.depth += {"(": 1, ")": -1}.get(text, 0)
            if text == "*" and not self.depth:
                self.selected = None
