"""What a query is, decided on its tokens before anything runs: its form, its data set, and what it must not do.

The tokens are those of the SPARQL 1.1 grammar (https://www.w3.org/TR/sparql11-query/#sparqlGrammar), so that a
keyword inside a comment, a string, an IRI or a name is none, and none can hide.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from citydip.engine.formats import Kind
from citydip.model.errors import QueryRefusedError

__all__ = ["Guarded", "guard", "keywords"]

_ESCAPED_LOCAL = r"\\[_~.\-!$&'()*+,;=/?#@%]"
_TOKENS = re.compile(
    rf"""
      (?P<comment>\#[^\n\r]*)
    | (?P<iri><[^<>"{{}}|^`\\\x00-\x20]*>)
    | (?P<string>'''(?:(?:'|'')?(?:[^'\\]|\\.))*''' | \"\"\"(?:(?:"|"")?(?:[^"\\]|\\.))*\"\"\"
        | '(?:[^'\\\n\r]|\\.)*' | "(?:[^"\\\n\r]|\\.)*")
    | (?P<variable>[?$]\w+)
    | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    | (?P<name>(?:[^\W\d_](?:[\w.\-]*[\w\-])?)?:(?:[\w:\-.]|%[0-9A-Fa-f]{{2}}|{_ESCAPED_LOCAL})*)
    | (?P<blank>_:\w[\w.\-]*)
    | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_READ = {"SELECT": Kind.ROWS, "ASK": Kind.TRUTH, "CONSTRUCT": Kind.GRAPH, "DESCRIBE": Kind.GRAPH}
_WRITE = frozenset("INSERT DELETE LOAD CLEAR CREATE DROP COPY MOVE ADD WITH".split())


@dataclass(frozen=True, slots=True)
class Guarded:
    """What is known of a query before it runs.

    Args:
        kind: what it gives. A text that is no query at all counts as rows; the engine then says what is wrong.
        has_dataset: whether it names its data set with FROM.
    """

    kind: Kind
    has_dataset: bool


def keywords(query: str) -> Iterator[str]:
    """Yield the keywords of a query in upper case, in their order.

    Example:
        >>> list(keywords("SELECT * { ?service :service 'SERVICE' } # SERVICE"))
        ['SELECT']
    """
    for found in _TOKENS.finditer(query):
        if found.lastgroup == "word":
            yield found[0].upper()


def guard(query: str) -> Guarded:
    """Return what a query is.

    Raises:
        QueryRefusedError: it is an update, or asks another service.

    Example:
        >>> guard("ASK { ?s ?p ?o }").kind
        <Kind.TRUTH: 'truth'>
    """
    form: Kind | None = None
    has_dataset = False
    for word in keywords(query):
        if form is None:
            if word in _WRITE:
                raise QueryRefusedError(
                    "this graph cannot be updated over the network: curated files are the only way in, "
                    "so that every answer can be traced (see CONTRIBUTING.md)"
                )
            form = _READ.get(word)
        if word == "SERVICE":
            raise QueryRefusedError("SERVICE is refused: this service asks no other one; query that service yourself")
        has_dataset = has_dataset or word == "FROM"
    return Guarded(form or Kind.ROWS, has_dataset)
