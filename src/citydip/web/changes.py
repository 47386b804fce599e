"""What changed between two versions that are kept: a page, data and a feed."""

import asyncio
import hashlib
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from citydip import __version__
from citydip.curation.changes.keeping import Changes, Count
from citydip.curation.changes.telling import Change
from citydip.curation.changes.words import KINDS
from citydip.curation.snapshot import Snapshot, kept_snapshots
from citydip.model.errors import ParameterError, VersionMissingError
from citydip.model.negotiation import choose
from citydip.model.terms import expand
from citydip.services.changes.choosing import choose_versions
from citydip.services.changes.desk import ChangesDesk
from citydip.services.changes.forms import FORMATS, as_atom, as_json, as_rdf, written_at
from citydip.web.conditional import is_known
from citydip.web.problems import problem
from citydip.web.reader import language_of
from citydip.web.rendering import base_url, open_reader, render
from citydip.web.versioned import graph_of, is_pinned

__all__ = ["router"]

router = APIRouter()

_NAMES = ("from", "to", "kind", "class", "all", "page", "limit", "format", "lang", "content")
_LIMIT, _MOST, _MOST_PAGE = 100, 1000, 1_000_000


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a request asks for.

    Args:
        given: the parameters as they were given, once each.
        form: the name of the format.
        klass: the class whose changes are wanted; empty for all.
        kind: the kind of changes that is wanted; empty for all.
        every: whether what others rest on is wanted, too.
        page: which page.
        limit: changes of a page.
    """

    given: dict[str, str]
    form: str
    klass: str
    kind: str
    every: bool
    page: int
    limit: int

    def address(self, here: str, **more: str) -> str:
        """Return the address of the same question with other values."""
        filled = {name: value for name, value in {**self.given, **more}.items() if value}
        return f"{here}?{urlencode(filled)}" if filled else here


@dataclass(frozen=True, slots=True)
class _Listed:
    """What is read of the changes: a page of them, their counts, and how many there are of what is asked for."""

    changes: Changes
    listed: list[Change]
    counts: list[Count]
    found: int


@router.get("/changes", summary="What changed between two versions", response_class=Response)
@router.head("/changes", include_in_schema=False)
async def changes(request: Request) -> Response:
    """Tell what curators and importers changed between two versions, in sentences or as data."""
    asked = _asked(request)
    if asked is None:
        detail = "none of the formats that you accept is there; there are: " + ", ".join(FORMATS.values())
        return problem(request, 406, "not-acceptable", detail, available=list(FORMATS.values()))
    folder = request.app.versions.folder
    newer = asked.given.get("to") or graph_of(request).snapshot.version
    kept = await asyncio.to_thread(kept_snapshots, folder)
    try:
        old, new = await asyncio.to_thread(choose_versions, folder, asked.given.get("from", ""), newer)
    except VersionMissingError:
        if asked.form != "html" or "from" in asked.given or "to" in asked.given:
            raise
        await open_reader(request)
        return render(request, "changes.html", {"found": None, "kept": kept}, headers={"Cache-Control": "no-cache"})
    headers = _headers(request, asked, old, new)
    if asked.form == "html":
        headers["ETag"] = f'{headers["ETag"][:-1]}-{len(kept)}"'
    if is_known(headers["ETag"], request.headers.get("if-none-match")):
        return Response(status_code=304, headers=headers)
    desk: ChangesDesk = request.app.changes
    found = await desk.read(old, new, lambda open_: _read(open_, asked))
    links = _links(request, asked, found.found)
    headers["Link"] = ", ".join(f'<{address}>; rel="{name}"' for name, address in links.items())
    if asked.form == "html":
        return await _page(request, asked, found, (old, new), kept, headers)
    body = await asyncio.to_thread(_body, request, asked, found, new, links)
    return Response(body, media_type=FORMATS[asked.form], headers=headers)


def _asked(request: Request) -> _Asked | None:
    """Return what is asked for; None where none of the formats is accepted.

    Raises:
        ParameterError: a parameter cannot be read.
    """
    given: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name not in _NAMES:
            raise ParameterError(f"there is no parameter {name[:40]!r}; there are: {', '.join(_NAMES)}")
        if name in given:
            raise ParameterError(f"the parameter {name!r} is given several times; give it once")
        # A form sends what is left empty, too.
        if value:
            given[name] = value
    form = given.get("format", "")
    if form and form not in FORMATS:
        raise ParameterError(f"format must be {', '.join(FORMATS)}, not {form[:40]!r}")
    kind = given.get("kind", "")
    if kind and kind not in KINDS:
        raise ParameterError(f"kind must be {', '.join(KINDS)}, not {kind[:40]!r}")
    if given.get("all", "0") not in ("0", "1"):
        raise ParameterError("all must be 0 or 1")
    page, limit = _number(given, "page", 1, _MOST_PAGE), _number(given, "limit", _LIMIT, _MOST)
    if not form:
        # Data are for programs, which say what they take; who takes anything gets JSON.
        offered = [FORMATS["json"], *(media for name, media in FORMATS.items() if name != "json")]
        media = choose(request.headers.get("accept"), offered)
        form = next((name for name, each in FORMATS.items() if each == media), "")
    if not form:
        return None
    return _Asked(given, form, expand(given.get("class", "")), kind, given.get("all") == "1", page, limit)


def _number(given: dict[str, str], name: str, default: int, most: int) -> int:
    text = given.get(name, str(default))
    if not (text.isascii() and text.isdigit()) or len(text) > 9 or not 1 <= int(text) <= most:
        raise ParameterError(f"{name} must be a whole number from 1 to {most}, not {text[:40]!r}")
    return int(text)


def _read(changes: Changes, asked: _Asked) -> _Listed:
    chosen: dict[str, Any] = {"klass": asked.klass, "kind": asked.kind, "every": asked.every}
    listed = list(changes.page((asked.page - 1) * asked.limit, asked.limit, **chosen))
    return _Listed(changes, listed, changes.counts, changes.count(**chosen))


def _headers(request: Request, asked: _Asked, old: Snapshot, new: Snapshot) -> dict[str, str]:
    parts = (old.version, new.version, __version__, asked.form, language_of(request), str(request.url))
    # What comes before a version can be removed, so only both together never change.
    fixed = "from" in asked.given and ("to" in asked.given or is_pinned(request))
    return {
        "ETag": f'W/"{hashlib.sha256(" ".join(parts).encode()).hexdigest()[:24]}"',
        "Cache-Control": "public, max-age=31536000, immutable" if fixed and is_pinned(request) else "no-cache",
        "Vary": "Accept, Accept-Language",
    }


def _links(request: Request, asked: _Asked, found: int) -> dict[str, str]:
    """Return the addresses of the pages around, by what they are."""
    here = base_url(request) + "/changes"
    last = max(-(-found // asked.limit), 1)
    links = {"self": asked.address(here), "first": asked.address(here, page="1")}
    if asked.page > 1:
        links["prev"] = asked.address(here, page=str(min(asked.page - 1, last)))
    if asked.page < last:
        links["next"] = asked.address(here, page=str(asked.page + 1))
    return links | {"last": asked.address(here, page=str(last))}


def _body(request: Request, asked: _Asked, found: _Listed, new: Snapshot, links: dict[str, str]) -> str | bytes:
    if asked.form == "json":
        rest = {"listed": found.found, "page": asked.page, "limit": asked.limit, "next": links.get("next")}
        return as_json(found.changes, found.listed, rest)
    if asked.form == "atom":
        page, language = base_url(request) + "/page/", language_of(request)
        return as_atom(found.changes, found.listed, language, updated=written_at(new), links=links, page=page)
    return as_rdf(found.changes, found.listed, asked.form)


async def _page(
    request: Request,
    asked: _Asked,
    found: _Listed,
    pair: tuple[Snapshot, Snapshot],
    kept: list[Snapshot],
    headers: dict[str, str],
) -> Response:
    await open_reader(request)
    classes = {count.klass: count.names for count in found.counts if count.klass}
    here = base_url(request) + "/changes"
    context = {
        "found": found,
        "asked": asked,
        "old": pair[0],
        "new": pair[1],
        "kept": kept,
        "classes": classes,
        "kinds": [kind for kind in KINDS if any(count.kind == kind for count in found.counts)],
        "pages": _links(request, asked, found.found),
        "forms": {name: asked.address(here, format=name) for name in FORMATS if name != "html"},
        "with_all": asked.address(here, all="" if asked.every else "1", page=""),
    }
    return render(request, "changes.html", context, headers=headers)
