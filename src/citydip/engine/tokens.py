"""The tokens of SPARQL 1.1, which `citydip.engine.guard` and `citydip.engine.syntax` share.

They are those of the grammar (https://www.w3.org/TR/sparql11-query/#sparqlGrammar), so that a keyword inside a
comment, a string, an IRI or a name is none. Reading takes time in proportion to the length of the text, whatever the
text is: no pattern gives up far from where it began, or does so twice.
"""

import re
from typing import NamedTuple

__all__ = ["DEEPEST", "TELLING", "TOKENS", "Token", "evenly_spaced", "tokens", "words_of"]

_ESCAPE = r"""\\(?:[tbnrf"'\\]|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})"""
_ESCAPE_IN_NAME = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
_LOCAL = rf"""
    :(?:(?:[\w:]|{_ESCAPE_IN_NAME})(?:[\w:\-]|{_ESCAPE_IN_NAME})*+(?:\.++(?:[\w:\-]|{_ESCAPE_IN_NAME})++)?+)?+
"""
_SPACE = r"\s++ | \#[^\n\r]*"
_IRI = r"""<(?!')[^<>"{}|^`\x00-\x20]*>"""
_STRING = rf"""
    '''(?:[^'\\]|{_ESCAPE}|'(?!''))*+''' | '(?!'')(?:[^'\\\n\r]|{_ESCAPE})*+'
  | \"\"\"(?:[^"\\]|{_ESCAPE}|"(?!""))*+\"\"\" | "(?!"")(?:[^"\\\n\r]|{_ESCAPE})*+"
"""
_VARIABLE = r"[?$]\w+"
_TAG = r"@[A-Za-z]+(?:-[A-Za-z0-9]+)*"
_BLANK = r"_:\w[\w.\-]*"
_NUMBER = r"(?:[0-9]++(?:\.(?:[0-9]++|(?=[eE][+\-]?[0-9])))?+|\.[0-9]++)(?:[eE][+\-]?[0-9]++)?+"
_WORD = r"[^\W\d][\w.\-]*+"
_WORDS = rf"(?P<words>{_WORD})(?P<local>{_LOCAL})?+"
"""A word and the local part that makes a prefixed name of it are groups of their own."""
_SIGNS = r"""
    (?P<opening>[(\[{])
  | (?P<closing>[)\]}])
  | .
"""
TOKENS = re.compile(
    rf"""
      (?P<space>{_SPACE})
    | (?P<iri>{_IRI})
    | (?P<string>{_STRING})
    | (?P<unclosed>['"])
    | (?P<variable>{_VARIABLE})
    | (?P<tag>{_TAG})
    | (?P<blank>{_BLANK})
    | (?P<number>{_NUMBER})
    | {_WORDS}
    | (?P<name>{_LOCAL})
    | {_SIGNS}
    """,
    re.VERBOSE | re.DOTALL,
)
"""One token of a query."""
_PLAIN = rf"{_IRI} | {_STRING} | {_VARIABLE} | {_TAG} | {_BLANK} | {_NUMBER} | {_LOCAL} | [.,;*=!&|/^+\-<>?$@]"
TELLING = re.compile(
    rf"""
    (?: {_SPACE} | {_PLAIN} )*+
    (?: (?P<unclosed>['"]) | {_WORDS} | {_SIGNS} | \Z )
    """,
    re.VERBOSE | re.DOTALL,
)
"""One of these tokens that tells something of a query, after all those that tell nothing; or what is left."""
# Python 3.11 loses count of groups that are named within what is repeated possessively.
_SPACES = re.compile(
    rf"(?P<space>(?:{_SPACE})++) | (?:(?![\s\#])(?:{_PLAIN} | {_WORD}(?:{_LOCAL})?+ | .))++",
    re.VERBOSE | re.DOTALL,
)
_IN_WORDS = re.compile(r"\w+|[.\-]")
_END_OF_WORD = re.compile(r"[.\-]")

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


def evenly_spaced(text: str) -> str:
    """Return a query without comments, and with one space wherever there is any.

    Example:
        >>> evenly_spaced("ASK   { ?s ?p 'a  b' } # all")
        "ASK { ?s ?p 'a  b' }"
    """
    # Of all space, only the single one is printable.
    if "  " in text or "#" in text or not text.isprintable():
        text = _SPACES.sub(lambda found: " " if found["space"] else found[0], text)
    return text.strip(" ")


def words_of(run: str) -> list[str]:
    """Return the words of a run of letters in upper case; a full stop or a hyphen ends one.

    Example:
        >>> words_of("true.filter")
        ['TRUE', 'FILTER']
    """
    return [word for word in _END_OF_WORD.split(run.upper()) if word]


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
