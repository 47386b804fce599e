"""What the OpenAPI document says of pages, things and the files that machines look for."""

from collections.abc import Callable
from typing import Any

from citydip.engine.formats import FORMATS
from citydip.model.settings import Settings
from citydip.services.citing import CITATIONS
from citydip.web.headers import CUT_HEADER, QUERY_HEADER, VERSION_HEADER

__all__ = ["PAGES"]

Json = dict[str, Any]
Operation = Callable[[Settings], Json]

_TEXT: Json = {"type": "string"}
_FAILURES = (400, 404, 409, 413, 429, 502, 503, 504, 507)
"""What any answer that is made of queries can meet."""


def _headers(*names: str) -> Json:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in (VERSION_HEADER, *names)}


def _refused(*statuses: int) -> Json:
    return {str(status): {"$ref": f"#/components/responses/{status}"} for status in statuses}


def _in_path(name: str, words: str, example: str) -> Json:
    return {"name": name, "in": "path", "required": True, "description": words, "schema": _TEXT, "example": example}


def _in_query(name: str, words: str, schema: Json) -> Json:
    return {"name": name, "in": "query", "description": words, "schema": schema}


_LANGUAGES = [
    _in_query("lang", "Language of the interface, instead of the header Accept-Language.", {"enum": ["en", "fa"]}),
    _in_query("content", "Language of names and texts, where it is not that of the interface.", _TEXT),
]
_NUMBERED = _in_query("page", "Which part of a long list, from 1.", {"type": "integer", "default": 1})

_TIME = [
    _in_query(
        "asOf",
        "Only ties, memberships and offices as of a day or a year.",
        {"type": "string", "pattern": "^[0-9]{4}(-[0-9]{2}-[0-9]{2})?$"},
    ),
    _in_query(
        "wanted",
        "With `asOf`: what surely held (the default), also that of which it is unknown, or all.",
        {"enum": ["certain", "possible", "all"]},
    ),
]


def _answer(words: str, media: list[str], *headers: str) -> Json:
    return {"description": words, "content": {m: {"schema": _TEXT} for m in media}, "headers": _headers(*headers)}


def _citation() -> Json:
    answer = _answer("The citation.", list(CITATIONS.values()))
    answer["content"][CITATIONS["csl"]] = {"schema": {"type": "array", "items": {"type": "object"}}}
    return answer


def _page(words: str, *parameters: Json, data: bool = False) -> Operation:
    """Return what a page is; with ``data``, also what it answers to who wants data."""
    media = ["text/html", *(form.media_type for form in FORMATS if data and form.graph)]
    known = {"description": "The client has this page already.", "headers": _headers("ETag", "Vary")}
    answers = {"200": _answer(words, media, "ETag", "Link", "Vary"), "304": known}
    return lambda _: {
        "tags": ["Pages"],
        "parameters": [*parameters, *_LANGUAGES, {"$ref": "#/components/parameters/If-None-Match"}],
        "responses": answers | _refused(*_FAILURES, *((406,) if data else ())),
    }


def _data(words: str, *parameters: Json) -> Operation:
    media = [form.media_type for form in FORMATS if form.graph]
    shown = ("ETag", "Link", "Vary", QUERY_HEADER, CUT_HEADER)
    known = {"description": "The client has these data already.", "headers": _headers("ETag", "Vary")}
    return lambda _: {
        "tags": ["Linked data"],
        "parameters": [*parameters, {"$ref": "#/components/parameters/If-None-Match"}],
        "responses": {"200": _answer(words, media, *shown), "304": known, **_refused(*_FAILURES, 406)},
    }


def _leads(status: int, words: str, *parameters: Json, more: Json | None = None, refused: tuple[int, ...]) -> Operation:
    led = {"description": words, "headers": _headers("Vary")}
    return lambda _: {
        "tags": ["Linked data"],
        "parameters": list(parameters),
        "responses": {str(status): led, **(more or {}), **_refused(*refused)},
    }


def _file(words: str, media: str, *parameters: Json, refused: tuple[int, ...] = ()) -> Operation:
    return lambda _: {
        "tags": ["For machines"],
        "parameters": list(parameters),
        "responses": {"200": _answer(words, [media]), **_refused(*refused)},
    }


_THING = _in_path("path", "Kind and name of a thing, as in its IRI.", "city/tehran")
_CITED = _in_path("path", "A thing, `query/` and the name of a query, or `version` for all data.", "city/tehran")
_RETIRED: Json = {
    "301": {"description": "The thing was replaced by another.", "headers": _headers()},
}

PAGES: dict[tuple[str, str], Operation] = {
    ("/", "get"): _page("What this is, how big it is, and three ways in."),
    ("/browse", "get"): _page("Kinds of things and countries, with counts."),
    ("/browse/{kind}", "get"): _page(
        "The things of a kind.", _in_path("kind", "A class of the ontology.", "Person"), _NUMBERED
    ),
    ("/browse/cities/{country}", "get"): _page(
        "The cities of a country.", _in_path("country", "Name of a country, as in its IRI.", "iran"), _NUMBERED
    ),
    ("/editor/examples/{name}", "get"): lambda settings: _with_text(
        _page(
            "A query of the catalogue in the editor, or its text; further parameters are those of the query.",
            _in_path("name", "Name of a query of the catalogue.", "mayors"),
        )(settings)
    ),
    ("/editor/terms", "get"): lambda settings: _as_json(_page("Prefixes and terms, by use.")(settings)),
    ("/graphs", "get"): _page("Named graphs, their licences and sources."),
    ("/ontology", "get"): lambda settings: _with_lead(_page("The classes, and the names of all terms.")(settings)),
    ("/ontology/properties", "get"): _page("Every property: what it means and what it leads to."),
    ("/ontology/concepts", "get"): _page("Every concept: what it means, by its scheme."),
    ("/ontology.{ending}", "get"): _leads(
        303, "Leads to the ontology.", _in_path("ending", "A format's ending.", "ttl"), refused=()
    ),
    ("/codebook/{name}", "get"): _page(
        "A class or property: what it means and where it is used.", _in_path("name", "A term of the ontology.", "City")
    ),
    ("/id/{path}", "get"): _leads(
        303,
        "Leads to the page or the data of the thing.",
        _THING,
        more=_RETIRED,
        refused=(*_FAILURES, 406, 410),
    ),
    ("/page/{path}", "get"): _page("What the graph says of a thing, with its evidence.", _THING, *_TIME),
    ("/data/{path}", "get"): _data("The description of a thing.", _THING),
    **{
        (f"/{folder}/{{path}}", "get"): _page(
            f"The description of a {words}.", _in_path("path", "Its name.", example), data=True
        )
        for folder, words, example in (
            ("shapes", "shape", "city"),
            ("query", "query of the catalogue", "mayors"),
            ("ontology", "node of the ontology", "0.1.0"),
        )
    },
    ("/cite/{path}", "get"): lambda _: {
        "tags": ["Linked data"],
        "parameters": [_CITED, _in_query("format", "Form of the citation.", {"enum": list(CITATIONS)}), *_LANGUAGES],
        "responses": {"200": _citation(), **_refused(*_FAILURES)},
    },
    ("/robots.txt", "get"): _file("What crawlers may read.", "text/plain"),
    ("/llms.txt", "get"): _file("What this is, in plain words.", "text/plain"),
    ("/sitemap.xml", "get"): _file("The lists of pages.", "application/xml"),
    ("/sitemap/{kind}.xml", "get"): _file(
        "The pages of a kind.", "application/xml", _in_path("kind", "A class.", "City"), refused=_FAILURES
    ),
    ("/dcat", "get"): lambda settings: _led_to_page(_data("The catalogue of the data (DCAT).")(settings)),
    ("/dcat.{ending}", "get"): _data(
        "The catalogue of the data (DCAT).", _in_path("ending", "A format's ending.", "ttl")
    ),
    ("/.well-known/void", "get"): _leads(302, "Leads to the description of the whole graph.", refused=()),
}
"""What is said of each operation, by path and method."""


def _with_lead(operation: Json) -> Json:
    led = {"description": "Leads to the ontology as data.", "headers": _headers("Vary")}
    return operation | {"responses": operation["responses"] | {"303": led} | _refused(406)}


def _led_to_page(operation: Json) -> Json:
    led = {"description": "Leads a browser to the page of the graphs.", "headers": _headers("Vary")}
    return operation | {"responses": operation["responses"] | {"303": led}}


def _with_text(operation: Json) -> Json:
    content = operation["responses"]["200"]["content"] | {"application/sparql-query": {"schema": _TEXT}}
    return _answered(operation, content)


def _as_json(operation: Json) -> Json:
    return _answered(operation, {"application/json": {"schema": {"type": "object"}}})


def _answered(operation: Json, content: Json) -> Json:
    answer = operation["responses"]["200"] | {"content": content}
    return operation | {"responses": operation["responses"] | {"200": answer}}
