"""What the OpenAPI document says of exports."""

from collections.abc import Callable

from citydip.model.settings import Settings
from citydip.services.exporting.forms import EXPORTS, PACKINGS
from citydip.services.exporting.jsonld import FRAMES
from citydip.services.exporting.selecting import FILTERS
from citydip.web.openapi_parts import TEXT, Json, headers, parameter, record, ref, refused

__all__ = ["EXPORT_HEADERS", "EXPORT_OPERATIONS", "EXPORT_SCHEMAS"]

_BYTES: Json = {"type": "string", "format": "binary"}
_NAMES = [
    name
    for form in EXPORTS.values()
    for name in (form.name, *(f"{form.name}.{packing}" for packing in PACKINGS if form.packed))
]
_DATA = {"application/ld+json": {"schema": {"type": "object"}}}


def _listed(_: Settings) -> Json:
    content = {"application/json": {"schema": ref("schemas", "Exports")}, "text/html": {"schema": TEXT}}
    about = "Each export, with the files that are made; a page for who prefers one."
    language = parameter("lang", "query", "Language of the page.", {"type": "string", "enum": ["en", "fa"]})
    shown = {"description": about, "content": content, "headers": headers("Vary")}
    return {"tags": ["Exports"], "parameters": [language], "responses": {"200": shown, **refused(404)}}


def _sums(_: Settings) -> Json:
    shown = {
        "description": "A line for each file that is made: its SHA-256 and its name.",
        "content": {"text/plain": {"schema": TEXT}},
        "headers": headers(),
    }
    return {"tags": ["Exports"], "responses": {"200": shown, **refused(404)}}


def _export(_: Settings) -> Json:
    media = sorted({form.media_type for form in EXPORTS.values()} | set(PACKINGS.values()))
    content = {name: {"schema": {} if "json" in name else _BYTES} for name in media}
    shown = headers("ETag", "Link", "Repr-Digest", "Accept-Ranges")
    return {
        "tags": ["Exports"],
        "parameters": [
            parameter("name", "path", "Name of the file.", {"enum": _NAMES}, required=True, example="ties.csv"),
            *(parameter(name, "query", words, TEXT) for name, words in FILTERS.items()),
            parameter(
                "Range",
                "header",
                "Which bytes, in one range; also `If-Range` with the `ETag`.",
                TEXT,
                example="bytes=0-",
            ),
            ref("parameters", "If-None-Match"),
        ],
        "responses": {
            "200": {"description": "The file.", "content": content, "headers": shown},
            # A part of a file is bytes, whatever the media type of the whole is.
            "206": {"description": "A part of the file.", "headers": shown},
            "304": {"description": "The client has this file already.", "headers": headers("ETag")},
            "416": {
                "description": "The file has no such bytes.",
                "content": {
                    "application/problem+json": {"schema": ref("schemas", "Problem")},
                    "text/html": {"schema": TEXT},
                },
                "headers": headers("Content-Range"),
            },
            **refused(400, 404, 503),
        },
    }


def _context(_: Settings) -> Json:
    shown = {"description": "The context.", "content": _DATA, "headers": headers()}
    return {"tags": ["Exports"], "responses": {"200": shown, **refused(404)}}


def _frame(_: Settings) -> Json:
    name = parameter("name", "path", "Kind of things.", {"enum": list(FRAMES)}, required=True, example="tie")
    shown = {"description": "The frame.", "content": _DATA, "headers": headers()}
    return {"tags": ["Exports"], "parameters": [name], "responses": {"200": shown, **refused(404)}}


EXPORT_OPERATIONS: dict[tuple[str, str], Callable[[Settings], Json]] = {
    ("/export", "get"): _listed,
    ("/export/SHA256SUMS", "get"): _sums,
    ("/export/{name}", "get"): _export,
    ("/context.jsonld", "get"): _context,
    ("/frames/{name}.jsonld", "get"): _frame,
}
"""What is said of each operation, by path and method."""

EXPORT_HEADERS: dict[str, tuple[str, Json, bool]] = {
    "Repr-Digest": ("SHA-256 of the whole file (RFC 9530).", TEXT, False),
    "Accept-Ranges": ("That ranges of bytes are answered.", TEXT, False),
    "Content-Range": ("Which bytes there are.", TEXT, False),
}
"""Headers that exports have: words, schema, and whether they are always there."""

_FILE = record(
    "url made",
    url={"type": "string", "format": "uri"},
    made={"type": "boolean"},
    size={"type": "integer", "minimum": 0},
    sha256={"type": "string", "pattern": "^[0-9a-f]{64}$"},
)
EXPORT_SCHEMAS: Json = {
    "Exports": record(
        "version attribution exports",
        version=TEXT,
        attribution=TEXT,
        exports={
            "type": "array",
            "items": record(
                "name title mediaType tools files filters",
                name=TEXT,
                title=TEXT,
                mediaType=TEXT,
                tools={"type": "array", "items": TEXT},
                files={"type": "array", "items": _FILE},
                filters={"type": "object", "additionalProperties": TEXT},
            ),
        },
    )
}
"""Schemas of answers about exports."""
