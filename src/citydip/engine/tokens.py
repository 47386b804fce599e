"""The tokens of SPARQL 1.1, which `citydip.engine.guard` and `citydip.engine.syntax` share.

They are those of the grammar (https://www.w3.org/TR/sparql11-query/#sparqlGrammar), so that a keyword inside a
comment, a string, an IRI or a name is none. Reading takes time in proportion to the length of the text, whatever the
text is: no pattern gives up far from where it began, or does so twice.
"""

import re
from typing import NamedTuple

__all__ = ["DEEPEST", "TOKENS", "Token", "tokens", "words_of"]

_ESCAPE = r"""\\(?:[tbnrf"'\\]|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})"""
_ESCAPE_IN_NAME = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
_LOCAL = rf"""
    :(?:(?:[\w:]|{_ESCAPE_IN_NAME})(?:[\w:\-]|{_ESCAPE_IN_NAME})*+(?:\.++(?:[\w:\-]|{_ESCAPE_IN_NAME})++)?+)?+
"""
TOKENS = re.compile(
    rf"""
      (?P<space>\s++ | \#[^\n\r]*)
    | (?P<iri><(?!')[^<>"{{}}|^`\x00-\x20]*>)
    | (?P<string>
        '''(?:[^'\\]|{_ESCAPE}|'(?!''))*+''' | '(?!'')(?:[^'\\\n\r]|{_ESCAPE})*+'
      | \"\"\"(?:[^"\\]|{_ESCAPE}|"(?!""))*+\"\"\" | "(?!"")(?:[^"\\\n\r]|{_ESCAPE})*+"
      )
    | (?P<unclosed>['"])
    | (?P<variable>[?$]\w+)
    | (?P<tag>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    | (?P<blank>_:\w[\w.\-]*)
    | (?P<number>(?:[0-9]++(?:\.(?:[0-9]++|(?=[eE][+\-]?[0-9])))?+|\.[0-9]++)(?:[eE][+\-]?[0-9]++)?+)
    | (?P<words>[^\W\d][\w.\-]*+)(?P<local>{_LOCAL})?+
    | (?P<name>{_LOCAL})
    | (?P<opening>[(\[{{])
    | (?P<closing>[)\]}}])
    | .
    """,
    re.VERBOSE | re.DOTALL,
)
"""One token of a query. A word and the local part that makes a prefixed name of it are groups of their own."""

_IN_WORDS = re.compile(r"\w+|[.\-]")

DEEPEST = 100
"""Brackets that may be open at once. The engine follows them by recursion, and its stack ends at some 800."""


class Token(NamedTuple):
    """One token that is neither space nor comment.

    Args:
        key: what it is: a keyword in upper case, a punctuation mark itself, or the kind of anything else in lower
            case (``iri``, ``name``, ``string``, ``variable``, ``tag``, ``blank``, ``number``, ``end``).
        text: as written.
        start: where it begins.
        end: where it ends.
    """

    key: str
    text: str
    start: int
    end: int


def words_of(run: str) -> list[str]:
    """Return the words of a run of letters in upper case; a full stop or a hyphen ends one.

    Example:
        >>> words_of("true.filter")
        ['TRUE', 'FILTER']
    """
    return [word for word in re.split(r"[.\-]", run.upper()) if word]


def tokens(text: str) -> list[Token]:
    """Return the tokens of a query without space and comments, and one named ``end`` after the last.

    Example:
        >>> [token.key for token in tokens("ask { ?s a 'x' } # SELECT")]
        ['ASK', '{', 'variable', 'A', 'string', '}', 'end']
    """
    found = []
    for match in TOKENS.finditer(text):
        kind = match.lastgroup
        if kind == "space":
            continue
        if kind == "words":
            start = match.start()
            found += [
                Token(word[0].upper(), word[0], start + word.start(), start + word.end())
                for word in _IN_WORDS.finditer(match["words"])
            ]
        elif kind in (None, "opening", "closing", "unclosed"):
            found.append(Token(match[0], match[0], match.start(), match.end()))
        else:
            found.append(Token("name" if kind == "local" else str(kind), match[0], match.start(), match.end()))
    found.append(Token("end", "", len(text), len(text)))
    return found
