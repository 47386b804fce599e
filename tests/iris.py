"""IRIs below our base, of every kind, for tests that each of them leads to a page and to data."""

import re
from collections import defaultdict
from itertools import count
from urllib.parse import quote

import httpx
import pyoxigraph as ox

from citydip.model.terms import BASE

__all__ = ["BROWSER", "is_told", "local", "names", "sample_of"]

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
_REPLACED = "<http://purl.org/dc/terms/isReplacedBy>"


def local(iri: str) -> str:
    """Return the path at which an IRI is asked for."""
    return "/" + quote(iri.removeprefix(BASE).partition("#")[0], safe="/")


def names(page: str, iri: str) -> bool:
    """Return whether a page says that it is about an IRI, or has the place within it that the IRI names."""
    document, _, anchor = iri.partition("#")
    if anchor and "/graph/" not in document:
        return f'id="{anchor}"' in page
    return f'rel="canonical" href="{document}"' in page


def is_told(iri: str, data: httpx.Response, form: ox.RdfFormat) -> bool:
    """Return whether data tell of an IRI; a named graph is itself what it leads to, and a link leads to what it is."""
    subjects = {quad.subject.value for quad in ox.parse(data.content, format=form) if quad.subject}
    graph, _, part = iri.partition("#")
    if graph.startswith(BASE + "graph/") and not part:
        return 'rel="describedby"' in data.headers["link"]
    return iri in subjects


def sample_of(store: ox.Store, number: int) -> list[str]:
    """Return at least so many subjects below our base, of every kind, evenly taken of each; none that was replaced.

    Args:
        store: as a server loads it.
        number: how many; of a kind with few, all are taken.
    """
    query = (
        f"SELECT DISTINCT ?s {{ ?s ?p ?o . FILTER(STRSTARTS(STR(?s), '{BASE}')) MINUS {{ ?s {_REPLACED} ?other }} }}"
    )
    found = store.query(query)
    assert isinstance(found, ox.QuerySolutions)
    kinds: dict[str, list[str]] = defaultdict(list)
    for row in found:
        iri = row["s"].value
        parts = re.split(r"[/#]", iri.removeprefix(BASE))
        kinds["/".join(parts[:2]) if parts[0] == "id" else parts[0]].append(iri)
    assert len(kinds) > 50, sorted(kinds)
    share = next(n for n in count(1) if sum(min(len(iris), n) for iris in kinds.values()) >= number)
    chosen = []
    for _, iris in sorted(kinds.items()):
        taken = min(share, len(iris))
        iris.sort()
        chosen += [iris[index * len(iris) // taken] for index in range(taken)]
    return chosen
