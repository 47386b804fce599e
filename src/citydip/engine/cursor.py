"""Reading the tokens of a query from left to right: terms, and the triple patterns that they make."""

import re
from typing import Protocol
from urllib.parse import urljoin

from citydip.engine.structure import Part, Subject, Triple, Triples
from citydip.engine.tokens import DEEPEST, Token, tokens
from citydip.model.terms import PREFIXES

__all__ = ["ELEMENTS", "Cursor", "Names", "UnreadableError", "iri_of"]

ELEMENTS = frozenset({"{", "OPTIONAL", "MINUS", "LATERAL", "GRAPH", "SERVICE", "FILTER", "BIND", "VALUES"})
"""What begins an element of a group other than triple patterns."""

_CLOSING = {"(": ")", "[": "]", "{": "}"}
_TERMS = frozenset({"variable", "iri", "name", "blank", "string", "number", "TRUE", "FALSE"})
_UNICODE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


class UnreadableError(Exception):
    """The text has no structure that can be read."""


def _partners(found: list[Token]) -> dict[int, int]:
    """Return the index of the closing bracket for that of each opening one.

    Raises:
        UnreadableError: they do not match, or are nested too deep.
    """
    partners = {}
    open_at = []
    for index, token in enumerate(found):
        if token.key in _CLOSING:
            open_at.append(index)
            if len(open_at) > DEEPEST:
                raise UnreadableError
        elif token.key in (")", "]", "}"):
            if not open_at or _CLOSING[found[open_at[-1]].key] != token.key:
                raise UnreadableError
            partners[open_at.pop()] = index
    if open_at:
        raise UnreadableError
    return partners


class Names(Protocol):
    """What the prologue of a query says of IRIs."""

    @property
    def base(self) -> str | None:
        """Return the base IRI, if there is one."""

    @property
    def prefixes(self) -> dict[str, str]:
        """Return namespaces by prefix."""


def iri_of(names: Names, token: Token) -> str | None:
    """Return the full IRI of a token; None where its prefix is neither declared nor one of the graph's.

    Args:
        names: the query that the token is of.
        token: an IRI or a prefixed name.
    """
    if token.key == "iri":
        iri = _UNICODE.sub(lambda found: chr(int(found[1] or found[2], 16)), token.text[1:-1])
        if names.base is None:
            return iri
        # Joining drops an empty fragment, with which many namespaces end.
        return urljoin(names.base, iri) + ("#" if iri.endswith("#") else "")
    prefix, _, local = token.text.partition(":")
    namespace = names.prefixes.get(prefix, PREFIXES.get(prefix))
    return None if namespace is None else namespace + re.sub(r"\\(.)", r"\1", local)


class Cursor:
    """A place among the tokens of one query.

    Each method that reads a part begins at the token where the part begins, leaves ``at`` behind it, and raises
    `UnreadableError` where something else stands there.

    Args:
        text: the query.
    """

    def __init__(self, text: str):
        self.text = text
        self.tokens = tokens(text)
        self.partners = _partners(self.tokens)
        self.at = 0
        self.base: str | None = None
        self.prefixes: dict[str, str] = {}

    @property
    def key(self) -> str:
        """Return what the next token is."""
        return self.tokens[self.at].key

    @property
    def start(self) -> int:
        """Return where the next token begins."""
        return self.tokens[self.at].start

    @property
    def end(self) -> int:
        """Return where the last token that was taken ends."""
        return self.tokens[self.at - 1].end if self.at else 0

    def take(self, *keys: str) -> Token:
        """Take the next token, which must be one of some keys, or any."""
        token = self.tokens[self.at]
        if keys and token.key not in keys:
            raise UnreadableError
        if token.key == "end":
            raise UnreadableError
        self.at += 1
        return token

    def took(self, key: str) -> bool:
        """Take the next token if it is of a key; return whether it was."""
        if self.key != key:
            return False
        self.at += 1
        return True

    def skip_brackets(self) -> None:
        """Take an opening bracket and everything up to the one that closes it."""
        if self.at not in self.partners:
            raise UnreadableError
        self.at = self.partners[self.at] + 1

    def variables(self, first: int, last: int) -> frozenset[str]:
        """Return the variables among tokens."""
        return frozenset(token.text[1:] for token in self.tokens[first:last] if token.key == "variable")

    def resolved(self, token: Token) -> str | None:
        """Return the full IRI of a token; None where its prefix is not known."""
        return iri_of(self, token)

    def triples(self) -> Triples:
        """Read triple patterns up to the next element of another kind."""
        start = self.start
        first = self.at
        subjects = [self.subject()]
        while self.took("."):
            if self.key == "}" or self.key in ELEMENTS:
                break
            subjects.append(self.subject())
        named = self.variables(first, self.at)
        return Triples(start, self.end, named, named, tuple(subjects))

    def subject(self) -> Subject:
        """Read a subject with all that is said of it."""
        start, first = self.start, self.at
        alone = self.key == "[" and self.partners[self.at] > self.at + 1
        term, plain = self.node()
        triples: list[Triple] = []
        while not (alone and (self.key in ("}", ".") or self.key in ELEMENTS)):
            verb, is_path = self.verb()
            while True:
                value, is_plain = self.node()
                plain = plain and is_plain
                triples.append(Triple(value.start if triples else start, value.end, term, verb, value, is_path))
                if not self.took(","):
                    break
            alone = False
            while self.took(";"):
                alone = True
            if not alone:
                break
        # An empty pair of brackets is one node, which cannot be written twice.
        plain = plain and (len(triples) < 2 or self.text[term.start] != "[")
        named = self.variables(first, self.at)
        return Subject(start, self.end, named, named, tuple(triples) if plain else None)

    def node(self) -> tuple[Part, bool]:
        """Read a subject or object; return its place, and whether it is a single term."""
        if self.key not in ("(", "["):
            return self.term(), True
        start = self.start
        plain = self.key == "[" and self.partners[self.at] == self.at + 1
        self.skip_brackets()
        return Part(start, self.end), plain

    def term(self) -> Part:
        """Read a term; return its place."""
        start = self.start
        if self.key in ("+", "-"):
            self.at += 1
            self.take("number")
        elif self.take(*_TERMS).key == "string":
            if self.key == "tag":
                self.at += 1
            elif self.took("^"):
                self.take("^")
                self.take("iri", "name")
        return Part(start, self.end)

    def verb(self) -> tuple[Part, bool]:
        """Read a verb; return its place, and whether it is a path."""
        start, first = self.start, self.at
        if not self.took("variable"):
            self.step()
            while self.took("/") or self.took("|"):
                self.step()
        return Part(start, self.end), self.at > first + 1

    def step(self) -> None:
        """Read one step of a path."""
        self.took("^")
        if self.took("!"):
            self.took("^")
        if self.key == "(":
            self.skip_brackets()
        elif self.take("iri", "name", "A").text == "A":
            raise UnreadableError
        if self.key in ("*", "+", "?"):
            self.at += 1
