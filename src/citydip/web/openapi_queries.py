"""What the OpenAPI document says of the catalogue: an operation for each query, made of its header."""

from collections.abc import Callable, Iterable

from citydip.engine.formats import Kind
from citydip.engine.guard import guard
from citydip.model.queryfile import Parameter, QueryFile
from citydip.model.settings import Settings
from citydip.services.forms import MADE
from citydip.web.asked import MOST_ROWS, forms_of, media_types
from citydip.web.headers import CACHE_HEADER, CUT_HEADER, QUERY_HEADER, TIMEOUT_HEADER
from citydip.web.openapi_parts import TEXT, Json, headers, parameter, record, ref, refused

__all__ = ["QUERY_OPERATIONS", "QUERY_SCHEMAS", "catalogue_operations"]

_TAG = "Catalogue"
_FAILURES = (400, 404, 406, 409, 413, 429, 502, 503, 504, 507)
_BYTES: Json = {"type": "string", "format": "binary"}
_TYPES: dict[str, Json] = {
    "iri": {**TEXT, "minLength": 1},
    "string": {**TEXT, "minLength": 1},
    "integer": {"type": "integer", "minimum": -(10**18 - 1), "maximum": 10**18 - 1},
    "date": {**TEXT, "format": "date"},
    "language": {**TEXT, "pattern": "^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$"},
}
_LANGUAGES = [
    parameter("lang", "query", "Language of the page, instead of the header Accept-Language.", {"enum": ["en", "fa"]}),
    parameter("content", "query", "Language of names on the page.", TEXT),
]
_TIME = parameter(
    "asOf",
    "query",
    "Only what held on a day or in a year, in the Gregorian calendar.",
    {**TEXT, "pattern": "^[0-9]{4}(-[0-9]{2}-[0-9]{2})?$"},
    example="2016-12-31",
)


def _own(query: Parameter) -> Json:
    """Return a parameter of a query."""
    schema = dict(_TYPES[query.type])
    listed = query.choices.values if query.choices and query.choices.kind == "list" else ()
    if listed:
        schema = {"type": "integer" if query.type == "integer" else "string", "enum": list(listed)}
    if query.default is not None:
        schema["default"] = int(query.default) if query.type == "integer" else query.default
    more: Json = {"required": True} if query.required else {}
    if query.shown:
        more["example"] = int(query.shown) if query.type == "integer" else query.shown
    words = query.description["en"]
    if query.type == "iri":
        words += ": an IRI, or a prefixed name."
    return parameter(query.name, "query", words, schema, **more)


def _shared(query: QueryFile | None, kind: Kind) -> list[Json]:
    """Return the parameters that queries share; of a query that is not known, all that one may have."""
    names = [*forms_of(query, kind), "html"] if query else None
    words = "Format of the answer, instead of the Accept header."
    found = [parameter("format", "query", words, {"enum": names} if names else TEXT)]
    if query is None or query.page is not None:
        size = query.page if query and query.page else 100
        found += [
            parameter(
                "page",
                "query",
                "Which page, from 1. Without page and limit the answer is whole.",
                {"type": "integer", "minimum": 1, "maximum": 10**6},
            ),
            parameter(
                "limit",
                "query",
                f"Rows of a page; {size} unless said.",
                {"type": "integer", "minimum": 1, "maximum": MOST_ROWS},
            ),
        ]
    if query is None or query.datable:
        states = ["certain", "possible", *(["all"] if query is None or query.shows_states else [])]
        words = "With `asOf`: what surely held (the default), also that of which it is unknown, or all."
        found += [_TIME, parameter("wanted", "query", words, {"enum": states})]
    return [*found, *_LANGUAGES, ref("parameters", "If-None-Match")]


def _answers(query: QueryFile | None, kind: Kind) -> Json:
    """Return the answers of a query, by status."""
    if query is None:
        every = {name for kind in Kind for name in media_types(QueryFile("", ""), kind)}
        media = sorted(every | set(MADE.values()))
    else:
        media = media_types(query, kind)
    content: Json = {}
    for name in media:
        schema = ref("schemas", "SparqlResults") if name == "application/sparql-results+json" else TEXT
        schema = ref("schemas", "Features") if name == MADE["geojson"] else _BYTES if name == MADE["xlsx"] else schema
        content[name] = {"schema": {} if name == "application/ld+json" else schema}
    shown = ("ETag", "Link", "Vary", QUERY_HEADER, TIMEOUT_HEADER, CACHE_HEADER, CUT_HEADER)
    known = {"description": "The client has this answer already.", "headers": headers("ETag", "Vary")}
    return {
        "200": {"description": "The answer.", "content": content, "headers": headers(*shown)},
        "304": known,
        **refused(*_FAILURES),
    }


def _listed(_: Settings) -> Json:
    content = {"application/json": {"schema": ref("schemas", "Catalogue")}, "text/html": {"schema": TEXT}}
    return {
        "tags": [_TAG],
        "parameters": [
            parameter("tag", "query", "Only queries with this tag.", TEXT, example="ties"),
            parameter("format", "query", "Format of the list.", {"enum": ["json", "html"]}),
            *_LANGUAGES,
            ref("parameters", "If-None-Match"),
        ],
        "responses": {
            "200": {"description": "The queries.", "content": content, "headers": headers("ETag", "Vary")},
            "304": {"description": "The client has this list already.", "headers": headers("ETag", "Vary")},
            **refused(400, 404, 406),
        },
    }


def _any(_: Settings) -> Json:
    name = parameter(
        "name", "path", "Name of a query; each has an operation of its own, with its parameters.", TEXT, required=True
    )
    return {
        "tags": [_TAG],
        "parameters": [name | {"example": "mayors"}, *_shared(None, Kind.ROWS)],
        "responses": _answers(None, Kind.ROWS),
    }


QUERY_OPERATIONS: dict[tuple[str, str], Callable[[Settings], Json]] = {
    ("/queries", "get"): _listed,
    ("/queries/{name}", "get"): _any,
}
"""What is said of the operations on all queries, by path and method."""


def catalogue_operations(catalogue: Iterable[QueryFile]) -> dict[str, Json]:
    """Return an operation for each query, by path.

    Args:
        catalogue: the queries.
    """
    found: dict[str, Json] = {}
    for query in catalogue:
        kind = guard(query.text).kind
        found[f"/queries/{query.name}"] = {
            "get": {
                "tags": [_TAG],
                "summary": query.title("en"),
                "description": query.summary("en"),
                "operationId": f"query_{query.name.replace('-', '_')}",
                "parameters": [*map(_own, query.parameters), *_shared(query, kind)],
                "responses": _answers(query, kind),
            }
        }
    return found


_WORDS = record("en fa", en=TEXT, fa=TEXT)
_NAMES: Json = {"type": "array", "items": TEXT}
_PARAMETER: Json = {
    "type": "object",
    "required": ["name", "type", "required", "default", "example", "description", "choices"],
    "properties": {
        "name": TEXT,
        "type": {"enum": list(_TYPES)},
        "required": {"type": "boolean"},
        "default": {"type": ["string", "null"]},
        "example": {"type": ["string", "null"]},
        "description": _WORDS,
        "choices": {"type": ["array", "null"], "items": TEXT},
    },
}
QUERY_SCHEMAS: Json = {
    "Catalogue": record(
        "version tags queries",
        version=TEXT,
        tags=_NAMES,
        queries={
            "type": "array",
            "items": record(
                "name url title summary tags view result page asOf formats parameters",
                name=TEXT,
                url={**TEXT, "format": "uri"},
                title=_WORDS,
                summary=_WORDS,
                tags=_NAMES,
                view={"enum": ["table", "map", "network", "timeline", "chart"]},
                result={"enum": ["rows", "truth", "graph"]},
                page={"type": ["integer", "null"]},
                asOf={"type": "boolean"},
                formats=_NAMES,
                parameters={
                    "type": "array",
                    "items": _PARAMETER,
                },
            ),
        },
    ),
    "Features": record(
        "type features", type={"const": "FeatureCollection"}, features={"type": "array", "items": {"type": "object"}}
    ),
}
"""Schemas of answers about the catalogue."""
