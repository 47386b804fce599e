"""Pages that list: kinds, things of a kind, cities of a country, named graphs with their licences."""

import hashlib

from fastapi import APIRouter, Request
from fastapi.responses import Response

from citydip import __version__
from citydip.model.errors import ParameterError
from citydip.model.names import collation
from citydip.model.terms import CD, ID, PREFIXES
from citydip.services import browsing
from citydip.web.conditional import is_known
from citydip.web.reader import Reader
from citydip.web.rendering import open_reader, render
from citydip.web.versioned import cache_control, graph_of

__all__ = ["page_headers", "router", "unchanged"]

router = APIRouter()

_ON_A_PAGE = 300
"""Lines of a list that a page shows."""


def page_headers(request: Request, reader: Reader, *more: str) -> dict[str, str]:
    """Return the headers of a page that is made of nothing but the data and the reader's languages.

    Args:
        request: what is answered.
        reader: who reads.
        *more: whatever else the page is made of.
    """
    parts = (graph_of(request).snapshot.version, __version__, reader.language, reader.content, str(request.url), *more)
    return {
        "ETag": f'W/"{hashlib.sha256(" ".join(parts).encode()).hexdigest()[:24]}"',
        "Cache-Control": cache_control(request),
        "Vary": "Accept, Accept-Language",
    }


def unchanged(request: Request, headers: dict[str, str]) -> Response | None:
    """Return the answer to who has the page already; None where it must be made.

    Args:
        request: what is answered.
        headers: of the page, as `page_headers` gives them.
    """
    if is_known(headers["ETag"], request.headers.get("if-none-match")):
        return Response(status_code=304, headers=headers)
    return None


@router.get("/browse", summary="Kinds of things and countries", response_class=Response)
@router.head("/browse", include_in_schema=False)
async def browse(request: Request) -> Response:
    """List the kinds of things with how many there are, and the countries with their cities."""
    reader = await open_reader(request)
    headers = page_headers(request, reader)
    if known := unchanged(request, headers):
        return known
    graph = graph_of(request)
    classes = await graph.once(browsing.kinds)
    things = [entry for entry in classes if _is_thing(reader, entry.iri)]
    statements = [entry for entry in classes if reader.vocabulary.is_a(entry.iri, "Statement")]
    countries = _sorted(reader, await graph.once(browsing.countries))
    context = {"things": things, "statements": statements, "countries": countries}
    return render(request, "browse.html", context, headers=headers)


def _sorted(reader: Reader, entries: list[browsing.Listed]) -> list[browsing.Listed]:
    """Return entries in the order of their names in the reader's language."""
    return sorted(entries, key=lambda e: (collation(reader.plain(e.labels, e.iri)), e.iri))


def _is_thing(reader: Reader, iri: str) -> bool:
    concept = PREFIXES["skos"] + "Concept"
    statement = reader.vocabulary.is_a(iri, "Statement")
    return not statement and concept not in reader.vocabulary.above.get(iri, ())


@router.get("/browse/cities/{country}", summary="Cities of a country", response_class=Response)
@router.head("/browse/cities/{country}", include_in_schema=False)
async def cities(request: Request, country: str) -> Response:
    """List the cities of a country."""
    reader = await open_reader(request)
    entries = await browsing.cities_of_country(graph_of(request), country)
    title = reader.plain(reader.vocabulary.labels.get(str(CD.City), {}))
    return _list(request, reader, entries, title, str(ID[f"country/{country}"]))


@router.get("/browse/{kind}", summary="Things of a kind", response_class=Response)
@router.head("/browse/{kind}", include_in_schema=False)
async def things(request: Request, kind: str) -> Response:
    """List the things of a kind."""
    reader = await open_reader(request)
    entries = await browsing.things_of_kind(graph_of(request), kind)
    title = reader.plain(reader.vocabulary.labels.get(str(CD[kind]), {}), kind)
    return _list(request, reader, entries, title, str(CD[kind]))


def _list(request: Request, reader: Reader, entries: list[browsing.Listed], title: str, about: str) -> Response:
    wanted = request.query_params.get("page", "1")
    if not wanted.isascii() or not wanted.isdigit() or len(wanted) > 6:
        raise ParameterError(f"page must be a whole number from 1, not {wanted[:40]!r}")
    entries = _sorted(reader, entries)
    pages = -(-len(entries) // _ON_A_PAGE)
    page = min(max(int(wanted), 1), pages)
    context = {
        "title": title,
        "about": about,
        "entries": entries[(page - 1) * _ON_A_PAGE : page * _ON_A_PAGE],
        "count": len(entries),
        "page": page,
        "pages": pages,
    }
    headers = page_headers(request, reader)
    return unchanged(request, headers) or render(request, "list.html", context, headers=headers)


@router.get("/graphs", summary="Named graphs and their licences", response_class=Response)
@router.head("/graphs", include_in_schema=False)
async def graphs(request: Request) -> Response:
    """List the named graphs: what each is, under which licence, whom to name."""
    reader = await open_reader(request)
    headers = page_headers(request, reader)
    if known := unchanged(request, headers):
        return known
    entries = await graph_of(request).once(browsing.named_graphs)
    groups: dict[str, list[browsing.NamedGraph]] = {}
    for entry in entries:
        groups.setdefault(entry.kind, []).append(entry)
    return render(request, "graphs.html", {"groups": sorted(groups.items())}, headers=headers)
