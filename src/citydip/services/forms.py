"""Forms of an answer besides the formats of results: those that are made of its rows."""

from collections.abc import Callable, Mapping

from citydip.engine.formats import Kind
from citydip.model.queryfile import QueryFile
from citydip.services.features import write_features
from citydip.services.sheets import write_sheet

__all__ = ["MADE", "Maker", "makers_of"]

Maker = Callable[[bytes, Mapping[str, str]], bytes]
"""What makes a file of SPARQL results in JSON, and of what is said about them."""
MADE = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "geojson": "application/geo+json",
}
"""Media types of such forms by name."""


def makers_of(query: QueryFile, kind: Kind) -> dict[str, Maker]:
    """Return what makes the forms that the rows of a query can have, by name.

    Args:
        query: the query.
        kind: what it gives: only rows have such forms, and GeoJSON only those with places.

    Example:
        >>> from citydip.model.queryfile import parse_query_file
        >>> list(makers_of(parse_query_file("x", "SELECT ?p WHERE { ?c geo:asWKT ?p }"), Kind.ROWS))
        ['xlsx', 'geojson']
    """
    if kind is not Kind.ROWS:
        return {}
    made: dict[str, Maker] = {"xlsx": write_sheet}
    if query.points:
        made["geojson"] = lambda results, about: write_features(results, query.points, about)
    return made
