"""What the OpenAPI document says of the reconciliation service, in both versions of its protocol."""

from collections.abc import Callable

from citydip.model.settings import Settings
from citydip.web.openapi_parts import NUMBER, TEXT, Json, headers, parameter, record, ref, refused

__all__ = ["RECONCILE_OPERATIONS", "RECONCILE_SCHEMAS"]

_OLD = "https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/"
_DRAFT = "https://reconciliation-api.github.io/specs/1.0-draft/"
_FAILURES = (400, 429, 502, 503, 504, 507)
_BATCH = '{"q0": {"query": "Mashad", "type": "City", "properties": [{"pid": "country", "v": "IR"}]}}'
_EXTENSION = '{"ids": ["city/mashhad"], "properties": [{"id": "country"}, {"id": "partner", "settings": {"limit": 5}}]}'
_WHAT = {"type": "string", "enum": ["entity", "property", "type"]}
_KIND = parameter("type", "query", "A class, such as `City`.", TEXT)
_LIMIT = parameter("limit", "query", "How many at most.", {**NUMBER, "maximum": 50})
_LANGUAGES = parameter("Accept-Language", "header", "Languages of names, the first ones first.", TEXT)


def _answered(words: str, schema: str, *statuses: int) -> Json:
    content = {"application/json": {"schema": ref("schemas", schema)}}
    answer = {"description": words, "content": content, "headers": headers("Vary")}
    return {"200": answer, **refused(*_FAILURES, *statuses)}


def _operation(words: str, schema: str, *parameters: Json, statuses: tuple[int, ...] = (), **more: Json) -> Json:
    given = [*parameters, _LANGUAGES]
    return {"tags": ["Reconciliation"], "parameters": given, "responses": _answered(words, schema, *statuses), **more}


def _service(settings: Settings) -> Json:
    words = f"A batch of at most {settings.reconcile_batch} queries, as JSON ({_OLD})."
    fields = [
        parameter("queries", "query", words, TEXT, example=_BATCH),
        parameter("extend", "query", "A data extension query, as JSON.", TEXT, example=_EXTENSION),
    ]
    told = "The manifest; with `queries` the candidates of each query, with `extend` the values of each thing."
    return _operation(told, "Reconciliation", *fields, statuses=(413,))


def _service_form(settings: Settings) -> Json:
    members = {"queries": TEXT, "extend": TEXT}
    batch = {"summary": "Match", "value": {"queries": _BATCH}}
    extension = {"summary": "Values", "value": {"extend": _EXTENSION}}
    form = {"schema": {"type": "object", "properties": members}, "examples": {"match": batch, "extend": extension}}
    body: Json = {"content": {"application/x-www-form-urlencoded": form}}
    words = f"The candidates of each of at most {settings.reconcile_batch} queries, or the values of each thing."
    return _operation(words, "Reconciliation", statuses=(408, 413, 415), requestBody=body)


def _json_body(words: str, schema: str, body: str) -> Callable[[Settings], Json]:
    given: Json = {"required": True, "content": {"application/json": {"schema": ref("schemas", body)}}}
    return lambda _: _operation(words, schema, statuses=(408, 413, 415), requestBody=given)


def _suggest(passed_over: str) -> Callable[[Settings], Json]:
    what = parameter("what", "path", "What to suggest.", _WHAT, required=True, example="entity")
    prefix = parameter("prefix", "query", "What has been typed.", TEXT, required=True, example="Mash")
    over = {"type": "integer", "minimum": 0, "maximum": 1000}
    skip = parameter(passed_over, "query", "Suggestions to pass over.", over)
    return lambda _: _operation(
        "What goes by that name.", "Suggested", what, prefix, skip, _LIMIT, _KIND, statuses=(404,)
    )


def _flyout(_: Settings) -> Json:
    what = parameter("what", "path", "What it is.", _WHAT, required=True, example="entity")
    name = parameter("id", "query", "Its identifier.", TEXT, required=True, example="city/mashhad")
    return _operation("A piece of HTML about it.", "Flyout", what, name, statuses=(404,))


def _page(words: str, *parameters: Json) -> Callable[[Settings], Json]:
    answer = {"description": words, "content": {"text/html": {"schema": TEXT}}, "headers": headers("Vary")}
    return lambda _: {
        "tags": ["Reconciliation"],
        "parameters": list(parameters),
        "responses": {"200": answer, **refused(*_FAILURES, 404)},
    }


_ID = parameter("id", "query", "Identifier of a thing.", TEXT, required=True, example="city/mashhad")
_ROW: Json = {"type": "object", "additionalProperties": True}

RECONCILE_OPERATIONS: dict[tuple[str, str], Callable[[Settings], Json]] = {
    ("/reconcile", "get"): _service,
    ("/reconcile", "post"): _service_form,
    ("/reconcile/suggest/{what}", "get"): _suggest("cursor"),
    ("/reconcile/flyout/{what}", "get"): _flyout,
    ("/reconcile/preview", "get"): _page("A small page of the thing, which other pages may frame.", _ID),
    ("/reconcile/about", "get"): _page("What a score is made of, for people."),
    ("/reconcile/properties", "get"): lambda _: _operation("Properties of a class.", "Proposed", _KIND, _LIMIT),
    ("/reconcile/draft", "get"): lambda _: _operation(f"The manifest of {_DRAFT}", "Reconciliation"),
    ("/reconcile/draft/match", "post"): _json_body("The candidates of each query.", "DraftResults", "DraftQueries"),
    ("/reconcile/draft/extend", "post"): _json_body("The values of each thing.", "DraftValues", "DraftExtension"),
    ("/reconcile/draft/extend/propose", "get"): lambda _: _operation(
        "Properties of a class.", "Proposed", _KIND, _LIMIT
    ),
    ("/reconcile/draft/suggest/{what}", "get"): _suggest("offset"),
    ("/reconcile/draft/preview", "get"): _page("A small page of the thing, which other pages may frame.", _ID),
}
"""What is said of each operation, by path and method."""

RECONCILE_SCHEMAS: Json = {
    "Reconciliation": {"type": "object", "additionalProperties": True},
    "Suggested": record("result", result={"type": "array", "items": record("id name", id=TEXT, name=TEXT)}),
    "Flyout": record("id html", id=TEXT, html=TEXT),
    "Proposed": record(
        "properties type limit",
        properties={"type": "array", "items": record("id name", id=TEXT, name=TEXT)},
        type=TEXT,
        limit=NUMBER,
    ),
    "DraftQueries": record(
        "queries",
        queries={
            "type": "array",
            "items": record("conditions", conditions={"type": "array", "items": _ROW}, type=TEXT, limit=NUMBER),
        },
    )
    | {"example": {"queries": [{"conditions": [{"matchType": "name", "propertyValue": "Mashad"}]}]}},
    "DraftResults": record("results", results={"type": "array", "items": _ROW}),
    "DraftExtension": record(
        "ids properties",
        ids={"type": "array", "items": TEXT},
        properties={"type": "array", "items": record("id", id=TEXT, settings={"type": "object"})},
    )
    | {"example": {"ids": ["city/mashhad"], "properties": [{"id": "country"}]}},
    "DraftValues": record("meta rows", meta={"type": "array", "items": _ROW}, rows={"type": "array", "items": _ROW}),
}
"""The schemas of messages, by name."""
