"""What a query is, decided on its tokens before anything runs: its form, its data set, and what it must not do.

The tokens are those of the SPARQL 1.1 grammar (https://www.w3.org/TR/sparql11-query/#sparqlGrammar), so that a
keyword inside a comment, a string, an IRI or a name is none. Where the engine is more lenient than the grammar, so is
this reading: it needs no space between keywords, and takes ``SERVICE:x`` for a keyword and a name. Whatever a query
hides from it all the same, its worker cannot open a connection (`citydip.engine.worker.confine`).

Reading takes time in proportion to the length of the query, whatever the query is: no pattern gives up far from where
it began, or does so twice.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from citydip.engine.formats import Kind
from citydip.model.errors import QueryRefusedError, QuerySyntaxError

__all__ = ["Guarded", "guard", "keywords", "tokens"]

_ESCAPE = r"""\\(?:[tbnrf"'\\]|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})"""
_ESCAPE_IN_NAME = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
_LOCAL = rf"""
    :(?:(?:[\w:]|{_ESCAPE_IN_NAME})(?:[\w:\-]|{_ESCAPE_IN_NAME})*+(?:\.++(?:[\w:\-]|{_ESCAPE_IN_NAME})++)?+)?+
"""
_TOKENS = re.compile(
    rf"""
      \s++ | \#[^\n\r]*
    | <(?!')[^<>"{{}}|^`\x00-\x20]*>
    | '''(?:[^'\\]|{_ESCAPE}|'(?!''))*+''' | '(?!'')(?:[^'\\\n\r]|{_ESCAPE})*+'
    | \"\"\"(?:[^"\\]|{_ESCAPE}|"(?!""))*+\"\"\" | "(?!"")(?:[^"\\\n\r]|{_ESCAPE})*+"
    | (?P<unclosed>['"])
    | [?$]\w+
    | @[A-Za-z]+(?:-[A-Za-z0-9]+)*
    | _:\w[\w.\-]*
    | (?P<words>[^\W\d][\w.\-]*+)(?P<local>{_LOCAL})?+
    | {_LOCAL}
    | (?P<opening>[(\[{{])
    | (?P<closing>[)\]}}])
    | .
    """,
    re.VERBOSE | re.DOTALL,
)
_READ = {"SELECT": Kind.ROWS, "ASK": Kind.TRUTH, "CONSTRUCT": Kind.GRAPH, "DESCRIBE": Kind.GRAPH}
_WRITE = tuple("INSERT DELETE LOAD CLEAR CREATE DROP COPY MOVE ADD WITH".split())
_DEEPEST = 100
"""Brackets that may be open at once. The engine follows them by recursion, and its stack ends at some 800."""


@dataclass(frozen=True, slots=True)
class Guarded:
    """What is known of a query before it runs.

    Args:
        kind: what it gives. A text that is no query at all counts as rows; the engine then says what is wrong.
        has_dataset: whether it names its data set with FROM.
    """

    kind: Kind
    has_dataset: bool


def tokens(query: str) -> Iterator[re.Match[str]]:
    """Yield the tokens of a query that are neither space nor comment; ``words`` and ``local`` are those of names.

    Example:
        >>> [found.group() for found in tokens("ASK { ?s a 'b c' } # d")]
        ['ASK', '{', '?s', 'a', "'b c'", '}']
    """
    for found in _TOKENS.finditer(query):
        if not found.group()[0].isspace() and found.group()[0] != "#":
            yield found


def keywords(query: str) -> Iterator[str]:
    """Yield the keywords of a query in upper case, in their order.

    Example:
        >>> list(keywords("SELECT * { ?service :service 'SERVICE' } # SERVICE"))
        ['SELECT']
    """
    for found in _TOKENS.finditer(query):
        if found["words"] and not found["local"]:
            yield from _words(found["words"])


def _words(run: str) -> list[str]:
    """Return the words of a run of letters, of which a full stop or a hyphen ends one."""
    return [word for word in re.split(r"[.\-]", run.upper()) if word]


def guard(query: str) -> Guarded:
    """Return what a query is.

    Raises:
        QueryRefusedError: it is an update, or asks another service.
        QuerySyntaxError: a string is not closed, or brackets are nested too deep.

    Example:
        >>> guard("ASK { ?s ?p ?o }").kind
        <Kind.TRUTH: 'truth'>
    """
    form: Kind | None = None
    has_dataset = False
    depth = 0
    for found in _TOKENS.finditer(query):
        match found.lastgroup:
            case "unclosed":
                raise _misread(
                    query, found.start(), "the string that begins here is not closed, or has a backslash too few"
                )
            case "opening" if depth == _DEEPEST:
                raise _misread(query, found.start(), f"brackets are nested more than {_DEEPEST} deep; nest fewer parts")
            case "opening":
                depth += 1
            case "closing":
                depth -= 1
            case "words" | "local":
                words = _words(found["words"])
                if any("SERVICE" in word for word in words):
                    raise QueryRefusedError(
                        "SERVICE is refused: this service asks no other one; query that service yourself"
                    )
                if found.lastgroup == "words":
                    has_dataset = has_dataset or any("FROM" in word for word in words)
                    form = form or _form(words)
    return Guarded(form or Kind.ROWS, has_dataset)


def _form(words: list[str]) -> Kind | None:
    """Return the form of a query that begins with words, or None where they come before it.

    Raises:
        QueryRefusedError: it is an update.
    """
    for word in words:
        if word.startswith(_WRITE):
            raise QueryRefusedError(
                "this graph cannot be updated over the network: curated files are the only way in, "
                "so that every answer can be traced (see CONTRIBUTING.md)"
            )
        for name, kind in _READ.items():
            if word.startswith(name):
                return kind
    return None


def _misread(query: str, at: int, message: str) -> QuerySyntaxError:
    line = query.count("\n", 0, at) + 1
    return QuerySyntaxError(message, line=line, column=at - query.rfind("\n", 0, at), text=query)
