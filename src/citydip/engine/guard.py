"""What a query is, decided on its tokens before anything runs: its form, its data set, and what it must not do.

Where the engine is more lenient than the grammar, so is this reading: it needs no space between keywords, and takes
``SERVICE:x`` for a keyword and a name. Whatever a query hides from it all the same, its worker cannot open a connection
(`citydip.engine.worker.confine`).
"""

import re
from dataclasses import dataclass

from citydip.engine.clauses import Clause
from citydip.engine.formats import Kind
from citydip.engine.tokens import DEEPEST, TELLING, evenly_spaced, words_of
from citydip.model.errors import QueryRefusedError, QuerySyntaxError

__all__ = ["Guarded", "guard"]

_READ = {"SELECT": Kind.ROWS, "ASK": Kind.TRUTH, "CONSTRUCT": Kind.GRAPH, "DESCRIBE": Kind.GRAPH}
_CHANGING = re.compile("NOW|RAND|UUID|BNODE")
_WRITE = tuple("INSERT DELETE LOAD CLEAR CREATE DROP COPY MOVE ADD WITH".split())


@dataclass(slots=True)
class Guarded:
    """What is known of a query before it runs; nothing changes it. A frozen one takes five times as long to make.

    Args:
        kind: what it gives. A text that is no query at all counts as rows; the engine then says what is wrong.
        has_dataset: whether it names its data set with FROM.
        ordered: whether it says ORDER somewhere.
        changing: whether it uses a function whose value differs from run to run.
        normal: its text without comments, and with one space wherever there is any.
        clauses: what it asks other services; only ever those that the operator allows.
    """

    kind: Kind
    has_dataset: bool
    ordered: bool
    changing: bool
    normal: str
    clauses: tuple[Clause, ...] = ()


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
    said: list[str] = []
    depth = 0
    for found in TELLING.finditer(query):
        kind = found.lastgroup
        if kind is None:
            continue
        if kind == "opening":
            if depth == DEEPEST:
                raise _misread(
                    query, found.end() - 1, f"brackets are nested more than {DEEPEST} deep; nest fewer parts"
                )
            depth += 1
        elif kind == "closing":
            depth -= 1
        elif kind == "unclosed":
            raise _misread(
                query, found.end() - 1, "the string that begins here is not closed, or has a backslash too few"
            )
        else:
            run = found["words"].upper()
            if "SERVICE" in run:
                raise QueryRefusedError(
                    "SERVICE is refused: this service asks no other one that its operator has not listed, "
                    "and none where the query cannot be read; query that service yourself"
                )
            if kind == "words":
                said.append(run)
                form = form or _form(words_of(run))
    # A word may be glued to others in one run.
    words = " ".join(said)
    return Guarded(
        form or Kind.ROWS,
        has_dataset="FROM" in words,
        ordered="ORDER" in words,
        changing=_CHANGING.search(words) is not None,
        normal=evenly_spaced(query),
    )


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
