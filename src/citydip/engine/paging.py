"""The rest of an answer that was cut: the same query, passing over the rows that are known already."""

from functools import lru_cache

from citydip.engine.structure import Part, edited
from citydip.engine.syntax import parse
from citydip.model.errors import ParameterError

__all__ = ["has_pages", "passing_over"]


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
