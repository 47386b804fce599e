"""What the OpenAPI document says of the changes between versions."""

from collections.abc import Callable

from citydip.curation.changes.words import ASPECTS, KINDS
from citydip.model.settings import Settings
from citydip.services.changes.forms import FORMATS
from citydip.web.openapi_parts import TEXT, Json, headers, parameter, record, ref, refused

__all__ = ["CHANGES_OPERATIONS", "CHANGES_SCHEMAS"]

_COUNT: Json = {"type": "integer", "minimum": 0}
_IRI: Json = {"type": "string", "format": "iri"}
_VERSION: Json = {"type": "string", "pattern": "^[0-9a-f]{16}$"}
_BY_LANGUAGE: Json = {"type": "object", "additionalProperties": TEXT}
_LINES: Json = {"type": "array", "items": TEXT}
_IRIS: Json = {"type": "array", "items": _IRI}
_CLASS: Json = {"type": ["string", "null"]}

_PARAMETERS = [
    parameter("from", "query", "Version to begin from. Without it, the one that was written before `to`.", _VERSION),
    parameter("to", "query", "Version to end with. Without it, the current one, or that of the path.", _VERSION),
    parameter("kind", "query", "Only things that this became of.", {"type": "string", "enum": list(KINDS)}),
    parameter(
        "class",
        "query",
        "Only things of a class, by its IRI or a name such as `cd:Tie`.",
        {"type": "string", "maxLength": 200},
    ),
    parameter(
        "all",
        "query",
        "1: also evidence, mappings, terms and shapes one by one; the counts have them always.",
        {"type": "string", "enum": ["0", "1"], "default": "0"},
    ),
    parameter("page", "query", "Which page of the changes.", {"type": "integer", "minimum": 1, "maximum": 1_000_000}),
    parameter(
        "limit", "query", "Changes of a page.", {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100}
    ),
    parameter(
        "format",
        "query",
        "Format of the answer, instead of the Accept header.",
        {"type": "string", "enum": list(FORMATS)},
    ),
    parameter(
        "lang",
        "query",
        "Language of the page and the feed, instead of the header Accept-Language.",
        {"type": "string", "enum": ["en", "fa"]},
    ),
    ref("parameters", "If-None-Match"),
]


def _changes(_: Settings) -> Json:
    content = {media: {"schema": TEXT} for media in FORMATS.values()}
    content[FORMATS["json"]] = {"schema": ref("schemas", "VersionChanges")}
    # A document of JSON-LD is a value of JSON, and none of text.
    content[FORMATS["jsonld"]] = {"schema": {}}
    return {
        "tags": ["Versions"],
        "parameters": _PARAMETERS,
        "responses": {
            "200": {
                "description": "Counts by class and kind, and a sentence for each thing; agreements and ties first. "
                "`Link` leads to the pages around.",
                "content": content,
                "headers": headers("ETag", "Link", "Vary"),
            },
            "304": {"description": "The client has this answer already.", "headers": headers("ETag", "Vary")},
            **refused(400, 404, 406, 503),
        },
    }


CHANGES_OPERATIONS: dict[tuple[str, str], Callable[[Settings], Json]] = {("/changes", "get"): _changes}
"""What is said of each operation, by path and method."""

CHANGES_SCHEMAS: Json = {
    "VersionChanges": record(
        "from to things counts listed page limit next changes",
        **{"from": _VERSION},
        to=_VERSION,
        things=_COUNT,
        listed=_COUNT,
        page={"type": "integer", "minimum": 1},
        limit={"type": "integer", "minimum": 1},
        next={"type": ["string", "null"]},
        counts={"type": "array", "items": ref("schemas", "VersionChangeCount")},
        changes={"type": "array", "items": ref("schemas", "VersionChange")},
    ),
    "VersionChangeCount": record(
        "class label kind things aspects supporting",
        **{"class": _CLASS},
        label=_BY_LANGUAGE,
        kind={"type": "string", "enum": list(KINDS)},
        things=_COUNT,
        aspects={"type": "object", "additionalProperties": _COUNT},
        supporting={"type": "boolean"},
    ),
    "VersionChange": record(
        "thing class kind aspects label sentence sources becomes removed added",
        **{"class": _CLASS},
        thing=TEXT,
        kind={"type": "string", "enum": list(KINDS)},
        aspects={"type": "array", "items": {"type": "string", "enum": list(ASPECTS)}},
        label=_BY_LANGUAGE,
        sentence=_BY_LANGUAGE,
        sources=_IRIS,
        becomes=_IRIS,
        removed=_LINES,
        added=_LINES,
    ),
}
"""The schemas of answers, by name."""
