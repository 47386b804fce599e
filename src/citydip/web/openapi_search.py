"""What the OpenAPI document says of the search."""

from collections.abc import Callable

from citydip.model.settings import Settings
from citydip.services.search import LONGEST, MOST
from citydip.web.headers import CUT_HEADER
from citydip.web.openapi_parts import TEXT, Json, headers, parameter, record, ref, refused

__all__ = ["SEARCH_OPERATIONS", "SEARCH_SCHEMAS"]

_COUNT: Json = {"type": "integer", "minimum": 0}
_IRI: Json = {"type": "string", "format": "iri"}
_HOW: Json = {"type": "string", "enum": ["exact", "prefix", "alike", "words", "inside", "close"]}


def _list(name: str) -> Json:
    return {"type": "array", "items": ref("schemas", name)}


def _parameters(most: int, default: int) -> list[Json]:
    several = {"type": "array", "items": TEXT, "maxItems": 20}
    language = {"type": "string", "pattern": "^[A-Za-z]{2,8}$"}
    return [
        parameter(
            "q",
            "query",
            "A name in any language, script and spelling, the beginning of one, or an identifier (Wikidata, GeoNames, "
            f"UN/LOCODE, ISO 3166); at most {LONGEST} characters.",
            {**TEXT, "maxLength": LONGEST},
            required=True,
            example="Esfahan",
        ),
        parameter("lang", "query", "Language of the labels, instead of the header Accept-Language.", language),
        parameter("kind", "query", "Only things of a class or one below it: `City`, or its IRI.", several),
        parameter("country", "query", "Only things in a country: its ISO 3166 code, or its IRI.", several),
        parameter("network", "query", "Only members of a network: its IRI, or `organization:uclg`.", several),
        parameter(
            "limit", "query", "Results to give.", {"type": "integer", "minimum": 1, "maximum": most, "default": default}
        ),
    ]


def _answers(name: str, words: str, *shown: str, page: bool = False) -> Json:
    content: Json = {"application/json": {"schema": ref("schemas", name)}}
    if page:
        content["text/html"] = {"schema": TEXT}
    return {
        "200": {"description": words, "content": content, "headers": headers("ETag", "Vary", *shown)},
        "304": {"description": "The client has this answer already.", "headers": headers("ETag", "Vary")},
        **refused(400, 406, 429, 503, 504),
    }


def _search(_: Settings) -> Json:
    own = [
        parameter("offset", "query", "Results to pass over.", {**_COUNT, "maximum": MOST, "default": 0}),
        parameter(
            "format",
            "query",
            "Format of the answer, instead of the Accept header.",
            {"type": "string", "enum": ["json", "html"]},
        ),
    ]
    words = f"The things, the best answers first; of at most {MOST} that are counted. The page needs no `q`."
    return {
        "tags": ["Search"],
        "parameters": [*_parameters(100, 20), *own, ref("parameters", "If-None-Match")],
        "responses": _answers("SearchResults", words, "Link", CUT_HEADER, page=True),
    }


def _suggest(_: Settings) -> Json:
    return {
        "tags": ["Search"],
        "parameters": [*_parameters(20, 10), ref("parameters", "If-None-Match")],
        "responses": _answers("Suggestions", "The first results, for what has been typed so far."),
    }


SEARCH_OPERATIONS: dict[tuple[str, str], Callable[[Settings], Json]] = {
    ("/search", "get"): _search,
    ("/suggest", "get"): _suggest,
}
"""What is said of each operation, by path and method."""

SEARCH_SCHEMAS: Json = {
    "Labelled": record("id label language", id=_IRI, label=TEXT, language=TEXT),
    "Counted": record("id label language count", id=_IRI, label=TEXT, language=TEXT, count=_COUNT),
    "SearchHit": record(
        "id label language kinds countries statements matched",
        id=_IRI,
        label=TEXT,
        language=TEXT,
        kinds=_list("Labelled"),
        countries=_list("Labelled"),
        statements=_COUNT,
        matched=record(
            "text language kind how",
            text=TEXT,
            language=TEXT,
            kind={"type": "string", "enum": ["label", "other name", "spelling", "identifier"]},
            how=_HOW,
        ),
    ),
    "SearchResults": record(
        "query language version total more offset limit results facets",
        query=TEXT,
        language=TEXT,
        version=TEXT,
        total=_COUNT,
        more={"type": "boolean"},
        offset=_COUNT,
        limit=_COUNT,
        results=_list("SearchHit"),
        facets=record(
            "kind country network", kind=_list("Counted"), country=_list("Counted"), network=_list("Counted")
        ),
    ),
    "Suggestions": record("query suggestions", query=TEXT, suggestions=_list("SearchHit")),
}
"""The schemas of answers, by name."""
