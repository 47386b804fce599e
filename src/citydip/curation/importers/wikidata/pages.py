"""Pages of answers, kept on the disk: whatever has come once is not asked for again on the day of the run.

A page is the answer to one query about a batch of items. It is kept under the digest of endpoint and query, in a folder
of the endpoint and the day. It appears there when it is whole, so a run may be killed at any moment and go on later.
"""

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO

import pyoxigraph as ox
from platformdirs import user_cache_path

from citydip.curation.importers.wikidata.asking import Row, Service, read_rows
from citydip.model.errors import ParameterError, RefreshError

__all__ = ["Pages", "bound", "default_cache"]


def bound(query: str, values: Mapping[str, Sequence[ox.NamedNode | ox.Literal]]) -> str:
    """Return a query with terms in the place of the examples of its ``VALUES`` blocks.

    Args:
        query: SPARQL with a block ``VALUES ?name { … }`` for each name, or several that are to be the same.
        values: terms by name of the variable.

    Raises:
        ParameterError: there is no such block.

    Example:
        >>> bound("SELECT * { VALUES ?x { <a:b> } }", {"x": [ox.NamedNode("a:c"), ox.Literal("d", language="en")]})
        'SELECT * { VALUES ?x { <a:c> "d"@en } }'
    """
    for name, terms in values.items():
        shown = " ".join(str(term) for term in terms)
        pieces = re.split(rf"(?<=VALUES \?{re.escape(name)} \{{)[^{{}}]*(?=\}})", query)
        if len(pieces) == 1:
            raise ParameterError(f"the query needs a block VALUES ?{name} {{ … }}")
        query = f" {shown} ".join(pieces)
    return query


def default_cache() -> Path:
    """Return where pages are kept unless a user says otherwise."""
    return user_cache_path("citydip") / "refresh"


class Pages:
    """The pages of a service on one day.

    Args:
        cache: folder of all pages.
        service: who is asked for what is not there.
        day: the day of the run, such as ``2026-11-22``.

    Only one run at a time asks a service; entering raises a `RefreshError` where another one does.
    """

    def __init__(self, cache: Path, service: Service, day: str):
        self.service = service
        self.home = cache / hashlib.sha256(service.endpoint.encode()).hexdigest()[:16]
        self.folder = self.home / day
        self.asked = 0
        self.kept = 0
        self._lock: IO[str] | None = None

    def __enter__(self) -> "Pages":
        """Begin, as the only one who asks this service from this cache."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = (self.home / "lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._lock.close()
            raise RefreshError(f"another run is asking {self.service.endpoint}; wait until it has ended") from None
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Let others ask."""
        if self._lock:
            self._lock.close()

    def forget(self) -> None:
        """Remove the pages of this day, so that all of them are asked for anew."""
        shutil.rmtree(self.folder)
        self.folder.mkdir()

    def fetch(self, query: str) -> list[Row]:
        """Return the rows that answer a query, from the disk where they are there.

        Raises:
            RefreshError: the service does not give them.
            OSError: the page cannot be kept.
        """
        path = self.folder / (hashlib.sha256(f"{self.service.endpoint}\n{query}".encode()).hexdigest() + ".json")
        with contextlib.suppress(FileNotFoundError, ValueError):
            rows = read_rows(path.read_bytes())
            self.kept += 1
            return rows
        body = self.service.ask(query)
        self.asked += 1
        unfinished = path.with_suffix(".part")
        with unfinished.open("wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(path)
        return read_rows(body)
