"""The SERVICE clauses of a query: which services it asks for what, and the query with their answers in their place.

Workers have no connections. Another service is asked before the query runs: each ``SERVICE <address> { P }`` is sent
to its address as ``SELECT * { P }``, and the solutions stand as VALUES where the clause stood. That is what SPARQL
says of it: P is evaluated alone, there, and its solutions are joined with those around it
(https://www.w3.org/TR/sparql11-federated-query/#algebra_service). Where it would be something else, it is refused.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from citydip.engine.structure import Bind, Filter, Graph, Part, Query, Service, SubSelect, edited, walk
from citydip.engine.structure import original_place as place_in
from citydip.engine.syntax import parse
from citydip.engine.tokens import tokens
from citydip.model.errors import QueryRefusedError
from citydip.model.terms import BASE, PREFIXES

__all__ = ["Clause", "clauses_of", "filled", "original_place"]

_MOST = 8
"""Services that one query may ask."""
_NONE = "VALUES () {}"
"""What stands in the place of a clause as long as nothing has been asked."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One SERVICE clause.

    Args:
        part: its place in the query.
        address: address of the service, which is on the operator's list.
        silent: whether its failure counts as one empty solution.
        variables: what it may bind.
        query: what to ask the service.
    """

    part: Part
    address: str
    silent: bool
    variables: tuple[str, ...]
    query: str


def clauses_of(text: str, allowed: Collection[str]) -> tuple[Clause, ...]:
    """Return the SERVICE clauses of a query, in their order; none where the query cannot be read.

    Args:
        text: a query.
        allowed: the addresses that may be asked.

    Raises:
        QueryRefusedError: a clause names another address, or stands where its answer could not stand for it.

    Example:
        >>> clause, = clauses_of("ASK { SERVICE <http://x/> { ?s cd:cites <y> } }", ["http://x/"])
        >>> clause.variables
        ('s',)
        >>> print(clause.query)
        BASE <https://w3id.org/citydip/>
        PREFIX cd: <https://w3id.org/citydip/ontology#>
        SELECT *
        { ?s cd:cites <y> }
    """
    query = parse(text)
    if query is None:
        return ()
    found = [element for element in walk(query) if isinstance(element, Service)]
    if len(found) > _MOST:
        raise QueryRefusedError(f"SERVICE is refused more than {_MOST} times in one query; ask in several queries")
    for clause in found:
        _check_address(clause, query, allowed)
    for reason, outer in _closed(query):
        if any(outer.start < clause.start and clause.end <= outer.end for clause in found):
            raise QueryRefusedError(f"SERVICE is refused inside {reason}")
    return tuple(
        Clause(clause, str(clause.address), clause.silent, tuple(sorted(clause.group.visible)), _asked(clause, query))
        for clause in sorted(found, key=lambda clause: clause.start)
    )


def _check_address(clause: Service, query: Query, allowed: Collection[str]) -> None:
    written = clause.name.of(query.text)
    # What is written in full must be the address on the list letter by letter: no escape and no base makes one of it.
    exact = f"<{clause.address}>" == written or not written.startswith("<")
    if clause.address not in allowed or not exact:
        raise QueryRefusedError(
            f"SERVICE is refused for {written[:200]}: this service asks only {', '.join(allowed)}, "
            "written just so; query any other service yourself"
        )


def _closed(query: Query) -> Iterator[tuple[str, Part]]:
    """Yield the parts of a query in which no SERVICE may stand, each with its name and the reason."""
    expressions = list(query.modifiers.expressions)
    selects = [query.select] if query.select else []
    for element in walk(query):
        match element:
            case Service(group=group):
                yield "SERVICE: the other service would have to ask a third one", group
            case Graph():
                yield "GRAPH: its answer does not come from that graph; put it beside GRAPH", element
            case Filter(expression=expression) | Bind(expression=expression):
                expressions.append(expression)
            case SubSelect(select=select):
                selects.append(select)
                expressions += select.modifiers.expressions
    expressions += [column.expression for select in selects for column in select.projected if column.expression]
    for exists in (exists for expression in expressions for exists in expression.exists):
        yield "EXISTS: it would have to be asked anew for each solution; use MINUS, or put it beside", exists


def _asked(clause: Service, query: Query) -> str:
    """Return what to ask a service: all that the clause's group gives, with the names that it needs.

    Raises:
        QueryRefusedError: a string in it could be taken for a SERVICE by a service that reads less strictly.
    """
    group = clause.group.of(query.text)
    for token in tokens(group):
        if token.key == "string" and "{" in token.text and "SERVICE" in token.text.upper():
            raise QueryRefusedError("SERVICE is refused with a string in it that looks like another SERVICE")
    names = PREFIXES | query.prefixes
    # Relative IRIs mean there what they mean here.
    lines = [f"BASE <{query.base or BASE}>"]
    lines += [f"PREFIX {prefix}: <{names[prefix]}>" for prefix in sorted(names) if f"{prefix}:" in group]
    return "\n".join([*lines, "SELECT *", group])


def filled(text: str, clauses: Sequence[Clause], answers: Sequence[str] | None = None) -> str:
    """Return a query with something else in the place of its clauses.

    Args:
        text: the query.
        clauses: its clauses.
        answers: what stands for each; None for what asks nothing and gives nothing.

    Example:
        >>> text = "ASK { SERVICE <http://x/> { ?s ?p ?o } }"
        >>> filled(text, clauses_of(text, ["http://x/"]))
        'ASK { VALUES () {} }'
    """
    return edited(text, zip((clause.part for clause in clauses), answers or [_NONE] * len(clauses), strict=True))


def original_place(
    text: str, clauses: Sequence[Clause], answers: Sequence[str], line: int, column: int
) -> tuple[int, int]:
    """Return the line and column in a query of a line and column in what `filled` has made of it.

    Example:
        >>> text = "ASK { SERVICE <http://x/> { ?s ?p ?o } nonsense }"
        >>> clauses = clauses_of("ASK { SERVICE <http://x/> { ?s ?p ?o } }", ["http://x/"])
        >>> original_place(text, clauses, ["VALUES () {}"], 1, 20)
        (1, 40)
    """
    return place_in(text, zip((clause.part for clause in clauses), answers, strict=True), line, column)
