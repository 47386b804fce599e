"""The catalogue: the queries that come with a snapshot, found by name."""

import difflib
from collections.abc import Iterator

from citydip.curation.layout import Layout
from citydip.curation.snapshot import Snapshot
from citydip.model.errors import NotFoundError
from citydip.model.queryfile import QueryFile, parse_query_file

__all__ = ["Catalogue", "read_catalogue"]


class Catalogue:
    """Query files by name, in the order of their names.

    Args:
        queries: the query files.
    """

    def __init__(self, queries: list[QueryFile]):
        self._queries = {query.name: query for query in queries}

    def __iter__(self) -> Iterator[QueryFile]:
        return iter(self._queries.values())

    def __len__(self) -> int:
        return len(self._queries)

    def __contains__(self, name: str) -> bool:
        return name in self._queries

    def __getitem__(self, name: str) -> QueryFile:
        """Return the query of a name.

        Raises:
            NotFoundError: there is none; the message names the nearest.
        """
        if name not in self._queries:
            near = difflib.get_close_matches(name, self._queries, n=3)
            hint = f"; did you mean {' or '.join(near)}?" if near else "; list all with: citydip queries"
            raise NotFoundError(f"there is no query named {name!r} in the catalogue{hint}")
        return self._queries[name]


def read_catalogue(holder: Snapshot | Layout, folder: str) -> Catalogue:
    """Return the queries of a folder (``catalogue`` or ``internal``) of a snapshot or a checkout.

    Raises:
        ParameterError: a query's header is malformed.
    """
    paths = holder.queries(folder)
    return Catalogue([parse_query_file(path.stem, path.read_text(encoding="utf-8")) for path in paths])
