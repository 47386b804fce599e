"""The network of ties: its figures, its cities by a measure, its communities, and pictures of it."""

import asyncio
import hashlib
import time
from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from citydip import __version__
from citydip.curation.networks.measures import LIBRARY
from citydip.curation.networks.ties import GRADES, STANDARD, TYPES, Selection, Tie, TieNetwork
from citydip.model.errors import NotFoundError, ParameterError
from citydip.model.holding import Wanted, read_moment
from citydip.model.names import collation
from citydip.model.negotiation import choose
from citydip.model.terms import expand
from citydip.services.graph import ServedGraph
from citydip.services.networks import figures, reports
from citydip.services.networks.desk import NetworkDesk
from citydip.web.browsing import page_headers
from citydip.web.budget import Budget
from citydip.web.conditional import is_known
from citydip.web.problems import problem
from citydip.web.reader import language_of
from citydip.web.rendering import open_reader, render
from citydip.web.versioned import cache_control, graph_of

__all__ = ["desk_of", "router", "selection_of"]

router = APIRouter()

_FORMATS = {"json": "application/json", "csv": "text/csv"}
_MOST_VALUES = 20
_MOST_ROWS = 20_000
_CHOOSING = ("tie-type", "grade", "country", "division", "region", "within", "asOf", "wanted")
_NAMES = (*_CHOOSING, "format", "lang", "content")
_PICTURES = {"svg": "image/svg+xml", "png": "image/png"}
_SHOWN = 20
"""Cities that the page shows."""


async def desk_of(request: Request) -> NetworkDesk:
    """Return what measures the network of the version that a request is about; it is read once for each."""
    return await graph_of(request).once(_open_desk)


async def _open_desk(graph: ServedGraph) -> NetworkDesk:
    return NetworkDesk(graph)


async def selection_of(request: Request, *more: str) -> Selection:
    """Return the ties that a request wants; regions by their IRIs, however they are given.

    Args:
        request: what is asked.
        *more: names of parameters that it may have besides.

    Raises:
        ParameterError: a parameter cannot be read.
    """
    for name in request.query_params:
        if name not in (*_NAMES, *more):
            raise ParameterError(f"there is no parameter {name[:40]!r}; there are: {', '.join((*_NAMES, *more))}")
    types, grades, countries, divisions, regions, within = (_several(request, name) for name in _CHOOSING[:6])
    as_of, wanted = _once(request, "asOf"), _once(request, "wanted")
    if wanted is not None and (as_of is None or wanted not in set(Wanted)):
        raise ParameterError("wanted must be certain, possible or all, and goes together with asOf")
    selection = Selection(
        types=types,
        grades=grades or STANDARD,
        countries=countries,
        divisions=divisions,
        regions=regions,
        within=within,
        as_of=read_moment(as_of) if as_of is not None else None,
        wanted=Wanted(wanted or Wanted.CERTAIN),
    )
    return await (await desk_of(request)).choose(selection)


@router.get("/network/stats", summary="Figures of the network of ties", response_class=Response)
@router.head("/network/stats", include_in_schema=False)
async def stats(request: Request) -> Response:
    """Answer the figures of the ties that are chosen."""
    selection = await selection_of(request)
    form, known = _begin(request)
    if known is not None:
        return known
    with _Budgeted(request):
        measured = await (await desk_of(request)).stats(selection)
    about = await _about(request, selection)
    return _answer(request, form, {**about, "figures": measured}, reports.stats_rows(measured))


@router.get("/network/rank", summary="Cities by a measure of the network", response_class=Response)
@router.head("/network/rank", include_in_schema=False)
async def rank(request: Request) -> Response:
    """Answer the cities of the ties that are chosen, by a measure."""
    selection = await selection_of(request, "by", "limit")
    by, limit = _once(request, "by") or "degree", _limit(request)
    form, known = _begin(request)
    if known is not None:
        return known
    desk = await desk_of(request)
    with _Budgeted(request):
        ranked = await desk.rank(selection, by)
    rows = reports.rank_rows(ranked[:limit], await desk.cities())
    about = await _about(request, selection)
    return _answer(request, form, {**about, "by": by, "total": len(ranked), "cities": rows}, rows)


@router.get("/network/communities", summary="Communities of the network of ties", response_class=Response)
@router.head("/network/communities", include_in_schema=False)
async def communities(request: Request) -> Response:
    """Answer the cities of the ties that are chosen, by community."""
    selection = await selection_of(request)
    form, known = _begin(request)
    if known is not None:
        return known
    desk = await desk_of(request)
    with _Budgeted(request):
        groups, modularity = await desk.communities(selection)
    rows = reports.community_rows(groups, await desk.cities())
    about = {**await _about(request, selection), "communities": len(groups), "modularity": modularity}
    return _answer(request, form, {**about, "cities": rows}, rows)


@router.get("/network/figures/{name}.{ending}", summary="A figure of the network of ties", response_class=Response)
@router.head("/network/figures/{name}.{ending}", include_in_schema=False)
async def figure(request: Request, name: str, ending: str) -> Response:
    """Answer a figure of the ties that are chosen, as SVG or PNG."""
    if ending not in _PICTURES:
        raise NotFoundError(f"figures end in .{' or .'.join(_PICTURES)}, not .{ending[:40]}")
    selection = await selection_of(request, "city")
    headers = _headers(request, ending) | {"Vary": "Accept-Language", "Content-Language": language_of(request)}
    headers["ETag"] = f'{headers["ETag"][:-1]}-{language_of(request)}"'
    if is_known(headers["ETag"], request.headers.get("if-none-match")):
        return Response(status_code=304, headers=headers)
    desk = await desk_of(request)
    city, version = expand(_once(request, "city") or ""), graph_of(request).snapshot.version

    def drawn(network: TieNetwork, ties: list[Tie]) -> bytes:
        svg = figures.draw(name, network, ties, language=language_of(request), city=city, version=version)
        return figures.as_png(svg) if ending == "png" else svg.encode()

    with _Budgeted(request):
        picture = await asyncio.to_thread(drawn, await desk.network(), await desk.ties(selection))
    return Response(picture, media_type=_PICTURES[ending], headers=headers)


@router.get("/network", summary="The network of ties", response_class=Response)
@router.head("/network", include_in_schema=False)
async def network(request: Request) -> Response:
    """Show the figures of the network of ties, pictures of it, and the most tied cities."""
    selection = await selection_of(request)
    reader = await open_reader(request)
    headers = page_headers(request, reader)
    if is_known(headers["ETag"], request.headers.get("if-none-match")):
        return Response(status_code=304, headers=headers)
    desk = await desk_of(request)
    with _Budgeted(request):
        measured, most = await desk.stats(selection), await desk.most(selection, _SHOWN)
    context = {
        "rows": reports.stats_rows(measured, reader.language),
        "cities": most,
        "library": await desk.library(selection),
        "selection": selection,
        "types": TYPES,
        "grades": GRADES,
        "countries": sorted(
            ((code, reader.plain(names, code)) for code, names in (await desk.countries()).items()),
            key=lambda country: (collation(country[1]), country[0]),
        ),
        "regions": sorted(
            ((iri, reader.plain(names, iri)) for iri, names in (await desk.regions()).names.items()),
            key=lambda region: (collation(region[1]), region[0]),
        ),
        "given": [pair for pair in request.query_params.multi_items() if pair[0] in _CHOOSING and pair[1]],
        "pictures": [name for name in figures.FIGURES if name != "ego"],
    }
    return render(request, "network.html", context, headers=headers)


class _Budgeted:
    """Draws the time that is spent within from the client's budget."""

    def __init__(self, request: Request):
        self.budget: Budget = request.app.budget
        self.client = request.client.host if request.client else ""

    def __enter__(self) -> None:
        self.budget.check(self.client)
        self.began = time.monotonic()

    def __exit__(self, *_: object) -> None:
        self.budget.draw(self.client, time.monotonic() - self.began)


def _begin(request: Request) -> tuple[str, Response | None]:
    """Return the media type of the answer, and the answer itself to who has it already or accepts none."""
    name = _once(request, "format")
    if name is not None and name not in _FORMATS:
        raise ParameterError(f"format must be {' or '.join(_FORMATS)}, not {name[:40]!r}")
    offered = [_FORMATS[name]] if name else list(_FORMATS.values())
    form = offered[0] if name else choose(request.headers.get("accept"), offered)
    if form is None:
        detail = "none of the formats that you accept is there; there are: " + ", ".join(offered)
        return "", problem(request, 406, "not-acceptable", detail, available=offered)
    headers = _headers(request, form)
    if is_known(headers["ETag"], request.headers.get("if-none-match")):
        return form, Response(status_code=304, headers=headers)
    return form, None


def _headers(request: Request, form: str) -> dict[str, str]:
    parts = (graph_of(request).snapshot.version, __version__, LIBRARY, form, str(request.url))
    return {
        "ETag": f'W/"{hashlib.sha256(" ".join(parts).encode()).hexdigest()[:24]}"',
        "Cache-Control": cache_control(request),
        "Vary": "Accept",
    }


async def _about(request: Request, selection: Selection) -> dict[str, Any]:
    return {
        "version": graph_of(request).snapshot.version,
        "library": await (await desk_of(request)).library(selection),
        "selection": selection.as_dict(),
    }


def _answer(request: Request, form: str, whole: Any, rows: Sequence[dict[str, Any]]) -> Response:
    text = reports.as_json(whole) if form == _FORMATS["json"] else reports.as_csv(rows)
    media_type = form if form == _FORMATS["json"] else f"{form}; charset=utf-8"
    return Response(text, media_type=media_type, headers=_headers(request, form))


def _once(request: Request, name: str) -> str | None:
    values = request.query_params.getlist(name)
    if len(values) > 1:
        raise ParameterError(f"the parameter {name!r} is given {len(values)} times; give it once")
    # A form sends what is left empty, too.
    return values[0] or None if values else None


def _several(request: Request, name: str) -> tuple[str, ...]:
    values = tuple(value for value in request.query_params.getlist(name) if value)
    if len(values) > _MOST_VALUES:
        raise ParameterError(f"{name} can be given {_MOST_VALUES} times at most")
    return values


def _limit(request: Request) -> int:
    text = _once(request, "limit") or "100"
    if not (text.isascii() and text.isdigit()) or len(text) > 6 or not 1 <= int(text) <= _MOST_ROWS:
        raise ParameterError(f"limit must be a whole number from 1 to {_MOST_ROWS}, not {text[:40]!r}")
    return int(text)
