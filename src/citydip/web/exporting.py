"""Exports: files of the whole graph or of a part of it, made once for a version, whole or in ranges.

Source: https://www.rfc-editor.org/rfc/rfc9110 (ranges), https://www.rfc-editor.org/rfc/rfc9530 (digests)
"""

import asyncio
import base64
import re
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.types import Scope

from citydip.curation.snapshot import Snapshot
from citydip.model.errors import ParameterError, RangeError
from citydip.model.negotiation import choose
from citydip.services.exporting.forms import EXPORTS, PACKINGS, Export, export_named
from citydip.services.exporting.jsonld import context_of, frame_of
from citydip.services.exporting.licences import LICENCES, read_about
from citydip.services.exporting.prepared import Prepared
from citydip.services.exporting.selecting import FILTERS, read_selection
from citydip.services.graph import ServedGraph
from citydip.web.conditional import is_known
from citydip.web.rendering import base_url, open_reader, render
from citydip.web.versioned import cache_control, graph_of

__all__ = ["router", "sent_whole"]

router = APIRouter()

_RANGE = re.compile(r"bytes=(\d{1,18})-(\d{1,18})?|bytes=-(\d{1,18})")


def sent_whole(scope: Scope) -> Scope:
    """Return a request for an export as if it accepted no encoding: checksums are of what is sent."""
    if "/export/" not in scope["path"]:
        return scope
    return dict(scope, headers=[(name, value) for name, value in scope["headers"] if name != b"accept-encoding"])


def _prepared(request: Request) -> Prepared:
    prepared: Prepared = request.app.prepared
    return prepared


@router.get("/export", summary="The exports there are")
@router.head("/export", include_in_schema=False)
async def exports(request: Request) -> Response:
    """List the exports, with size and SHA-256 of those that are made; as a page for who prefers one."""
    headers = {"Cache-Control": "no-cache", "Vary": "Accept, Accept-Language"}
    if choose(request.headers.get("accept"), ["application/json", "text/html"]) == "text/html":
        await open_reader(request)
        licences = await asyncio.to_thread(_licences, graph_of(request).snapshot)
        kinds = [(kind, list(entries)) for kind, entries in groupby(sorted(_listed(request), key=_place), key=_kind)]
        return render(request, "exports.html", {"kinds": kinds, "licences": licences}, headers=headers)
    base = base_url(request)
    listed = [
        {
            "name": form.name,
            "title": form.title["en"],
            "mediaType": form.media_type,
            "tools": form.tools,
            "files": files,
        }
        | {"filters": {name: FILTERS[name] for name in form.filters}}
        for form, files in _listed(request)
    ]
    attribution = f"{base}/export/attribution.txt"
    about = {"version": graph_of(request).snapshot.version, "attribution": attribution, "exports": listed}
    return JSONResponse(about, headers=headers)


_Listed = tuple[Export, list[dict[str, Any]]]


def _listed(request: Request) -> Iterator[_Listed]:
    """Yield each export with its files: where they are, and what is known of those that are made."""
    base, ready = base_url(request), dict(_prepared(request).ready(graph_of(request).snapshot))
    for form in EXPORTS.values():
        names = [form.name, *(f"{form.name}.{packing}" for packing in PACKINGS if form.packed)]
        files: list[dict[str, Any]] = [{"url": f"{base}/export/{name}", "made": name in ready} for name in names]
        for file, name in zip(files, names, strict=True):
            if name in ready:
                file |= {"size": ready[name].path.stat().st_size, "sha256": ready[name].digest}
        yield form, files


def _kind(entry: _Listed) -> str:
    return entry[0].kind


def _place(entry: _Listed) -> int:
    return list(dict.fromkeys(form.kind for form in EXPORTS.values())).index(entry[0].kind)


def _licences(snapshot: Snapshot) -> list[tuple[str, str, int]]:
    """Return the licences of the graphs that exports hold: name, address, and how many graphs have it."""
    counts = Counter(about.licence for about in read_about(snapshot) if about.open)
    return [(name, address, counts[address]) for name, address in LICENCES.items() if counts[address]]


@router.get("/export/SHA256SUMS", summary="Checksums of the exports that are made", response_class=PlainTextResponse)
@router.head("/export/SHA256SUMS", include_in_schema=False)
async def sums(request: Request) -> Response:
    """Answer with the SHA-256 of each export that is made, as ``sha256sum --check`` reads them."""
    ready = _prepared(request).ready(graph_of(request).snapshot)
    text = "".join(f"{file.digest}  {name}\n" for name, file in ready)
    return PlainTextResponse(text, headers={"Cache-Control": "no-cache"})


@router.get("/export/{name}", summary="An export", response_class=FileResponse)
@router.head("/export/{name}", include_in_schema=False)
async def export(request: Request, name: str) -> Response:
    """Answer with a file, or a range of it; it is made first where it is not there."""
    form, packing = export_named(name)
    given = dict(request.query_params)
    if unknown := sorted(set(given) - set(FILTERS)):
        takes = ", ".join(form.filters) or "none"
        raise ParameterError(f"there is no parameter {unknown[0]!r}; {form.name} takes: {takes}")
    selection = read_selection(form, given)
    snapshot = graph_of(request).snapshot
    file = await _prepared(request).file(snapshot, form, packing, selection)
    digest = base64.b64encode(bytes.fromhex(file.digest)).decode()
    headers = {
        "ETag": f'"{file.digest}"',
        "Cache-Control": cache_control(request),
        "Repr-Digest": f"sha-256=:{digest}:",
        "Link": f'<{base_url(request)}/export/attribution.txt>; rel="license"',
    }
    if is_known(headers["ETag"], request.headers.get("if-none-match")):
        return Response(status_code=304, headers=headers)
    _check_range(request, file.path.stat().st_size)
    stem, dot, ending = name.partition(".")
    kept = f"citydip-{snapshot.version}-{stem}{'-' + selection.key if selection.key else ''}{dot}{ending}"
    media_type = PACKINGS.get(packing, form.media_type)
    if form.kind == "about":
        return FileResponse(file.path, headers=headers, media_type=media_type)
    return FileResponse(file.path, headers=headers, media_type=media_type, filename=kept)


def _check_range(request: Request, size: int) -> None:
    """Pass over a range that cannot be read, or is several, as a server may.

    Raises:
        RangeError: the file has no such bytes.
    """
    text = request.headers.get("range")
    if text is None:
        return
    found = _RANGE.fullmatch(text.strip())
    if not found or (found[2] and int(found[2]) < int(found[1])):
        request.scope["headers"] = [pair for pair in request.scope["headers"] if pair[0] != b"range"]
    elif "if-range" not in request.headers and (int(found[1]) >= size if found[1] else int(found[3]) == 0):
        raise RangeError(f"the file has {size} bytes, and none in the range {text!r}", size)


@router.get("/context.jsonld", summary="The JSON-LD context of our terms", response_class=JSONResponse)
@router.head("/context.jsonld", include_in_schema=False)
async def context(request: Request) -> Response:
    """Answer with the context that names our terms in JSON-LD."""
    known = await graph_of(request).once(_read_context)
    return JSONResponse(known, media_type="application/ld+json", headers={"Cache-Control": "no-cache"})


async def _read_context(graph: ServedGraph) -> dict[str, Any]:
    return context_of(graph.snapshot)


@router.get("/frames/{name}.jsonld", summary="A JSON-LD frame", response_class=JSONResponse)
@router.head("/frames/{name}.jsonld", include_in_schema=False)
async def frame(name: str) -> Response:
    """Answer with a frame, which gives descriptions of things of a kind the form of a tree."""
    return JSONResponse(frame_of(name), media_type="application/ld+json", headers={"Cache-Control": "no-cache"})
