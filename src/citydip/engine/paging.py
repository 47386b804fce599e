"""Parts of an answer: the rest of one that was cut, and pages."""

from functools import lru_cache

from citydip.engine.structure import Part, edited
from citydip.engine.syntax import parse
from citydip.model.errors import ParameterError

__all__ = ["has_pages", "page_of", "passing_over"]


@lru_cache(maxsize=256)
def has_pages(text: str) -> bool:
    """Return whether the rows of a query come in an order, so that one part of them can follow another.

    Example:
        >>> has_pages("SELECT * { ?s ?p ?o } ORDER BY ?s"), has_pages("SELECT * { { SELECT * {} ORDER BY ?s } }")
        (True, False)
    """
    query = parse(text)
    return query is not None and query.modifiers.ordered


def passing_over(text: str, rows: int) -> str:
    """Return a query that gives what another one gives, but for its first rows.

    Args:
        text: a query that orders its rows.
        rows: how many to pass over, besides those that it passes over itself.

    Raises:
        ParameterError: it does not order its rows.

    Example:
        >>> passing_over("SELECT * { ?s ?p ?o } ORDER BY ?s LIMIT 25", 10)
        'SELECT * { ?s ?p ?o } ORDER BY ?s LIMIT 15 OFFSET 10'
    """
    query = parse(text)
    if query is None or not query.modifiers.ordered:
        raise ParameterError("offset needs a query that ends with ORDER BY, so that its parts fit together")
    said = query.modifiers
    edits: list[tuple[Part, str]] = []
    if said.limit_at is not None:
        edits.append((said.limit_at, f"LIMIT {max((said.limit or 0) - rows, 0)}"))
    offset = f"OFFSET {(said.offset or 0) + rows}"
    edits.append((said.offset_at, offset) if said.offset_at is not None else (Part(said.end, said.end), f" {offset}"))
    return edited(text, edits)


def page_of(text: str, rows: int, passed: int) -> str:
    """Return a query that gives some rows of what another one gives, and one more where there are more.

    Args:
        text: a query that orders its rows.
        rows: how many, without the one more.
        passed: how many come before them.

    Raises:
        ParameterError: it does not order its rows.

    Example:
        >>> page_of("SELECT * { ?s ?p ?o } ORDER BY ?s LIMIT 25", 10, 20)
        'SELECT * { ?s ?p ?o } ORDER BY ?s LIMIT 5 OFFSET 20'
    """
    rest = passing_over(text, passed)
    query = parse(rest)
    assert query is not None  # noqa: S101 - it was read before it was changed
    said = query.modifiers
    most = rows + 1 if said.limit is None else min(said.limit, rows + 1)
    place = said.limit_at or Part(said.end, said.end)
    return edited(rest, [(place, f"LIMIT {most}" if said.limit_at else f" LIMIT {most}")])
