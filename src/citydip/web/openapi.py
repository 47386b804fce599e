"""The OpenAPI document: what each address takes and answers, in full, so that a reader or a tool can rely on it.

The framework knows the routes; parameters of the SPARQL Protocol, formats, headers and errors are said here, in one
table by path and method. A test asks the service at random and compares what it answers with what is written here.
"""

from collections.abc import Callable

from fastapi import FastAPI

from citydip.curation.layout import find_layout
from citydip.engine.formats import FORMATS
from citydip.model.settings import Settings
from citydip.services.catalogue import read_catalogue
from citydip.web.headers import (
    CACHE_HEADER,
    CUT_HEADER,
    QUERY_HEADER,
    SERVICE_AGE_HEADER,
    TIMEOUT_HEADER,
    VERSION_HEADER,
)
from citydip.web.openapi_changes import CHANGES_OPERATIONS, CHANGES_SCHEMAS
from citydip.web.openapi_exports import EXPORT_HEADERS, EXPORT_OPERATIONS, EXPORT_SCHEMAS
from citydip.web.openapi_networks import NETWORK_OPERATIONS, NETWORK_SCHEMAS
from citydip.web.openapi_pages import PAGES
from citydip.web.openapi_parts import NUMBER, TEXT, Json, headers, parameter, record, ref, refused
from citydip.web.openapi_queries import QUERY_OPERATIONS, QUERY_SCHEMAS, catalogue_operations
from citydip.web.openapi_reconcile import RECONCILE_OPERATIONS, RECONCILE_SCHEMAS
from citydip.web.openapi_search import SEARCH_OPERATIONS, SEARCH_SCHEMAS
from citydip.web.openapi_wikidata import wikidata_operations

__all__ = ["OPERATIONS", "add_document"]

_PROBLEM = "application/problem+json"
_GRAPH_IRI = "https://w3id.org/citydip/graph/gazetteer"
_EXAMPLES: Json = {
    "rows": {"summary": "Mayors and their cities", "value": "SELECT ?person ?city WHERE { ?person cd:mayorOf ?city }"},
    "truth": {"summary": "A yes or no", "value": "ASK { city:najaf cd:twinnedWith city:mashhad }"},
    "graph": {"summary": "A graph", "value": "DESCRIBE city:najaf"},
}
_DESCRIPTION = """
The graph is read with [SPARQL 1.1](https://www.w3.org/TR/sparql11-protocol/). Every answer names the version of the
data in `Citydip-Version`; each path also answers for an older one, as `/version/{version}/sparql`. `HEAD` is
answered wherever `GET` is, `OPTIONS` everywhere. Scripts of any page may ask.

Errors are `application/problem+json` ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)), or a page for who prefers
`text/html`. Updates are refused: curated files are the only way in.
""".strip()


def _content(*, graph: bool | None = None) -> Json:
    """Return the media types of results: of graphs, of rows and truth values, or of all."""
    content: Json = {}
    for form in FORMATS:
        if graph in (None, form.graph):
            schema = ref("schemas", "SparqlResults") if form.name == "json" else TEXT
            content[form.media_type] = {"schema": {} if form.name == "jsonld" else schema}
    return content | {"text/html": {"schema": TEXT}}


def _sparql_parameters(settings: Settings) -> dict[str, Json]:
    """Return the parameters of the protocol and our own, by name."""
    graphs = {"type": "array", "items": {"type": "string", "format": "iri"}}
    names = [form.name for form in FORMATS] + ["html"]
    return {
        "default-graph-uri": parameter(
            "default-graph-uri",
            "query",
            "A graph of the default graph, instead of those of the query; without any, all graphs together.",
            graphs,
            example=[_GRAPH_IRI],
        ),
        "named-graph-uri": parameter(
            "named-graph-uri", "query", "A graph that `GRAPH` can name, instead of those of the query.", graphs
        ),
        "format": parameter(
            "format",
            "query",
            "Format of the answer, instead of the Accept header; `output` and `results` say the same.",
            {"type": "string", "enum": names},
        ),
        "timeout": parameter(
            "timeout",
            "query",
            f"Seconds after which to give up; at most {settings.timeout:g}, which is also the default.",
            {"type": "number", "exclusiveMinimum": 0},
        ),
        "query-id": parameter(
            "query-id",
            "query",
            "A name for the query that nobody can guess; who knows it can stop the query.",
            {"type": "string", "pattern": "^[A-Za-z0-9_-]{16,64}$"},
        ),
        "offset": parameter(
            "offset",
            "query",
            "Rows to pass over, for the rest of an answer that was cut; the query needs an order.",
            {"type": "integer", "minimum": 0, "maximum": 10**15 - 1},
        ),
        "partial": parameter(
            "partial",
            "query",
            "What to do when the answer is longer than it may be: cut it and say so, or answer 413.",
            {"type": "string", "enum": ["ok", "error"], "default": "ok"},
        ),
        "explain": parameter(
            "explain",
            "query",
            "1: do not run the query, but tell as JSON what would be done with it.",
            {"type": "string", "enum": ["0", "1"], "default": "0"},
        ),
    }


def _ask(settings: Settings) -> Json:
    """Return the part that GET and POST of a query share."""
    shown = (QUERY_HEADER, TIMEOUT_HEADER, "ETag", "Link", "Vary", CUT_HEADER, CACHE_HEADER, SERVICE_AGE_HEADER)
    return {
        "tags": ["SPARQL"],
        "parameters": [*_sparql_parameters(settings).values(), ref("parameters", "If-None-Match")],
        "responses": {
            "200": {
                "description": "The result, or with `explain=1` (`application/json`) what would be done.",
                "content": _content() | {"application/json": {"schema": ref("schemas", "Explanation")}},
                "headers": headers(*shown),
            },
            "304": {
                "description": "The client has this answer already.",
                "headers": headers(QUERY_HEADER, TIMEOUT_HEADER, "ETag", "Vary"),
            },
            **refused(400, 403, 406, 409, 413, 429, 502, 503, 504, 507),
        },
    }


def _get(settings: Settings) -> Json:
    shared = _ask(settings)
    limit = f"SPARQL, at most {settings.query_length} KiB. Without it the answer is a description of the service."
    query = parameter("query", "query", limit, {**TEXT, "minLength": 1}, examples=_EXAMPLES)
    return {**shared, "parameters": [query, *shared["parameters"]]}


def _post(settings: Settings) -> Json:
    shared = _ask(settings)
    parameters = _sparql_parameters(settings)
    fields = {"query": {**TEXT, "minLength": 1}} | {n: p["schema"] for n, p in parameters.items()}
    form = {"type": "object", "required": ["query"], "properties": fields}
    named = {name: {**example, "value": {"query": example["value"]}} for name, example in _EXAMPLES.items()}
    body = {
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {"schema": form, "examples": named},
            "application/sparql-query": {"schema": {**TEXT, "minLength": 1}, "examples": _EXAMPLES},
        },
    }
    responses = shared["responses"] | refused(408, 415)
    # What stands in both the address and a form would be given twice.
    return {**shared, "parameters": [ref("parameters", "If-None-Match")], "requestBody": body, "responses": responses}


def _whole_graph() -> Json:
    """Return the part that both ways to a whole graph share."""
    shown = (QUERY_HEADER, "Vary", CUT_HEADER, CACHE_HEADER)
    names = [form.name for form in FORMATS if form.graph] + ["html"]
    return {
        "tags": ["Graphs"],
        "parameters": [
            parameter(
                "format",
                "query",
                "Format of the answer, instead of the Accept header.",
                {"type": "string", "enum": names},
            )
        ],
        "responses": {
            "200": {"description": "The graph.", "content": _content(graph=True), "headers": headers(*shown)},
            **refused(400, 404, 406, 409, 413, 429, 502, 503, 504, 507),
        },
    }


def _indirect(_: Settings) -> Json:
    shared = _whole_graph()
    own = [
        parameter("graph", "query", "Name of a graph.", {"type": "string", "format": "iri"}, example=_GRAPH_IRI),
        parameter("default", "query", "All graphs together, in place of one.", TEXT, allowEmptyValue=True),
    ]
    led = {"description": "Without parameters: leads to what the whole graph is.", "headers": headers("Vary")}
    responses = shared["responses"] | {"303": led}
    return {**shared, "parameters": own + shared["parameters"], "responses": responses}


def _direct(_: Settings) -> Json:
    shared = _whole_graph()
    path = parameter("path", "path", "What follows `graph/` in its name.", TEXT, required=True, example="gazetteer")
    return {**shared, "parameters": [path, *shared["parameters"]]}


def _stop(_: Settings) -> Json:
    name = parameter(
        "name", "path", f"The name in `{QUERY_HEADER}`, or `query-id`.", {**TEXT, "minLength": 1}, required=True
    )
    stopped = {"description": "The query was stopped; who waits for it gets 409.", "headers": headers()}
    return {"tags": ["SPARQL"], "parameters": [name], "responses": {"204": stopped, **refused(404, 405)}}


def _running(_: Settings) -> Json:
    rows = {"type": "array", "items": ref("schemas", "RunningQuery")}
    listed = {
        "description": "The running queries, the oldest first.",
        "content": {"application/json": {"schema": rows}},
        "headers": headers(),
    }
    security: list[Json] = [{"operator": []}]
    return {"tags": ["Operation"], "security": security, "responses": {"200": listed, **refused(403)}}


def _health(name: str, words: str, *more: int) -> Json:
    content = {"application/json": {"schema": ref("schemas", name)}}
    answers = {str(status): {"description": words, "content": content, "headers": headers()} for status in (200, *more)}
    return {"tags": ["Operation"], "responses": answers}


OPERATIONS: dict[tuple[str, str], Callable[[Settings], Json]] = {
    ("/sparql", "get"): _get,
    ("/sparql", "post"): _post,
    ("/queries/{name}", "delete"): _stop,
    ("/queries/running", "get"): _running,
    ("/graph", "get"): _indirect,
    ("/graph/{path}", "get"): _direct,
    **CHANGES_OPERATIONS,
    **NETWORK_OPERATIONS,
    **QUERY_OPERATIONS,
    **SEARCH_OPERATIONS,
    **RECONCILE_OPERATIONS,
    ("/health/live", "get"): lambda _: _health("Alive", "The process answers."),
    ("/health/ready", "get"): lambda _: _health("Ready", "Whether queries can be answered.", 503),
    **PAGES,
    **wikidata_operations(_get, _post),
    **EXPORT_OPERATIONS,
}
"""What is said of each operation, by path and method."""

_STATUSES = {
    400: "The query or a parameter cannot be read; a query has line, column and an excerpt.",
    403: "An update, or `SERVICE` to an address that is not listed; or no operator.",
    404: "There is no such thing, graph, query or version.",
    405: "It does not answer this method.",
    406: "No format that is accepted can carry the result; `available` lists those that can.",
    408: "The body did not come in time.",
    409: "The query was stopped by who knows its name.",
    410: "The thing was retired, and nothing here has taken its place.",
    413: "The body is too large; or the answer, and it is wanted whole or as a page.",
    415: "The body is of another type or encoding.",
    429: "The client's query time is used up for now.",
    502: "Another service that the query asks, or the store behind this one, gave no answer that can be used.",
    503: "Too many queries wait, the service restarts, or an export is still being made or cannot be.",
    504: "The query was stopped at its deadline, or another service did not answer in time.",
    507: "The query was stopped at its memory limit.",
}
_HEADERS = {
    **EXPORT_HEADERS,
    VERSION_HEADER: ("Version of the data.", {"type": "string", "pattern": "^[0-9a-f]{16}$"}, True),
    QUERY_HEADER: ("Name of the query.", TEXT, False),
    TIMEOUT_HEADER: ("Seconds that the query was given.", {"type": "number"}, False),
    CUT_HEADER: ("Which limit has cut the answer, and after how many rows.", TEXT, False),
    CACHE_HEADER: ("That the answer was kept from an earlier time (RFC 9211).", TEXT, False),
    SERVICE_AGE_HEADER: (
        "Seconds since the oldest answer of another service came that is in it.",
        {"type": "integer", "minimum": 0},
        False,
    ),
    "ETag": ("What names this answer; none where two runs differ.", TEXT, False),
    "Link": ("Where the rest of an answer that was cut is (`rel=next`).", TEXT, False),
    "Vary": ("Which headers of the request decided.", TEXT, False),
    "Retry-After": ("Seconds to wait.", {"type": "integer"}, False),
}


def _components() -> Json:
    """Return what operations refer to."""
    problem = {_PROBLEM: {"schema": ref("schemas", "Problem")}, "text/html": {"schema": TEXT}}
    responses = {}
    for status, words in _STATUSES.items():
        shown = (QUERY_HEADER, "Vary", *(("Retry-After",) if status in (429, 503) else ()))
        responses[str(status)] = {"description": words, "content": problem, "headers": headers(*shown)}
    known = "Names of answers that the client has; if one of them is this one, the answer is 304."
    return {
        "headers": {
            name: {"description": words, "schema": schema, **({"required": True} if always else {})}
            for name, (words, schema, always) in _HEADERS.items()
        },
        "parameters": {"If-None-Match": parameter("If-None-Match", "header", known, TEXT)},
        "responses": responses,
        "schemas": _SCHEMAS,
        "securitySchemes": {"operator": {"type": "http", "scheme": "bearer"}},
    }


_SCHEMAS: Json = {
    **CHANGES_SCHEMAS,
    **NETWORK_SCHEMAS,
    **QUERY_SCHEMAS,
    **SEARCH_SCHEMAS,
    **RECONCILE_SCHEMAS,
    **EXPORT_SCHEMAS,
    "Problem": record(
        "type title status detail",
        type={"type": "string", "pattern": "^https://w3id.org/citydip/problem/[a-z-]+$"},
        title=TEXT,
        status={"type": "integer", "minimum": 400, "maximum": 599},
        detail=TEXT,
        line=NUMBER,
        column=NUMBER,
        excerpt=TEXT,
        available={"type": "array", "items": TEXT},
        seconds=NUMBER,
        suggestions={"type": "array", "items": record("id label", id=TEXT, label=TEXT, language=TEXT)},
    ),
    "SparqlResults": record(
        "head",
        head={"type": "object", "properties": {"vars": {"type": "array", "items": TEXT}}},
        boolean={"type": "boolean"},
        results=record("bindings", bindings={"type": "array", "items": {"type": "object"}}),
    ),
    "Explanation": record(
        "form result version dataset formats limits query standard rewritten rules columns off services",
        form={"type": ["string", "null"]},
        result={"type": "string", "enum": ["rows", "truth", "graph"]},
        version=TEXT,
        dataset={},
        formats={"type": "array", "items": TEXT},
        limits={"type": "object"},
        query=TEXT,
        standard=TEXT,
        rewritten=TEXT,
        rules={"type": "array", "items": record("rule what before after", rule=TEXT, what=TEXT)},
        columns={"type": ["array", "null"], "items": record("pattern rows", pattern=TEXT, rows=NUMBER)},
        off={"type": "array", "items": TEXT},
        services={"type": "array", "items": {"type": "object"}},
    ),
    "RunningQuery": record(
        "id client seconds pid slow",
        id=TEXT,
        client=TEXT,
        seconds={"type": "number"},
        pid=NUMBER,
        slow={"type": "boolean"},
    ),
    "Alive": record("alive", alive={"type": "boolean"}),
    "Ready": record("ready version workers", ready={"type": "boolean"}, version=TEXT, workers=NUMBER, problem=TEXT),
}


def add_document(app: FastAPI, settings: Settings) -> None:
    """Let an application describe itself in full at ``/openapi.json``.

    Args:
        app: the application, with its routes.
        settings: its limits.
    """
    framework = app.openapi
    checkout = find_layout(settings)
    made_of: list[object] = []

    def document() -> Json:
        versions = getattr(app, "versions", None)
        catalogue = versions.current.catalogue if versions else None
        # A new version has queries of its own.
        if app.openapi_schema is None or made_of != [catalogue]:
            app.openapi_schema, made_of[:] = None, [catalogue]
            document = framework()
            document["info"]["description"] = _DESCRIPTION
            document["components"] = _components()
            for (path, method), operation in OPERATIONS.items():
                described = document["paths"][path][method]
                described.pop("responses")
                described |= operation(settings)
            document["paths"] |= catalogue_operations(catalogue or read_catalogue(checkout, "catalogue"))
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]
