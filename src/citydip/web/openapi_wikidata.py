"""What the OpenAPI document says of the Wikidata view and of entities."""

from collections.abc import Callable

from citydip.engine.formats import FORMATS
from citydip.model.settings import Settings
from citydip.web.headers import CACHE_HEADER, CUT_HEADER, QUERY_HEADER
from citydip.web.openapi_parts import TEXT, Json, headers, parameter, refused

__all__ = ["wikidata_operations"]

_FAILURES = (400, 404, 406, 409, 413, 429, 503, 504, 507)
Operation = Callable[[Settings], Json]


def wikidata_operations(get: Operation, post: Operation) -> dict[tuple[str, str], Operation]:
    """Return what is said of each operation, by path and method.

    Args:
        get: what is said of a query that is sent by GET.
        post: of one that is sent by POST.
    """
    return {
        ("/wikidata/sparql", "get"): lambda settings: _on_view(get(settings)),
        ("/wikidata/sparql", "post"): lambda settings: _on_view(post(settings)),
        ("/entity/{item}", "get"): _entity,
        ("/wiki/Special:EntityData/{name}", "get"): _data,
    }


def _on_view(operation: Json) -> Json:
    """Return an operation of the endpoint as one of the view, which may be missing."""
    words = (
        "As `/sparql`, on this graph in Wikidata's model: its prefixes need no declaration, and the services "
        "`wikibase:label`, `wikibase:around`, `wikibase:box` and `geof:distance` are understood."
    )
    return {**operation, "description": words, "responses": operation["responses"] | refused(404)}


def _entity(_: Settings) -> Json:
    item = parameter("item", "path", "Item of Wikidata, perhaps with `.json` or another ending.", TEXT, required=True)
    led = {"description": "Leads to the page of the thing, or to the data of the item.", "headers": headers("Vary")}
    return {
        "tags": ["Wikidata"],
        "parameters": [{**item, "example": "Q3616"}],
        "responses": {"303": led, **refused(*_FAILURES)},
    }


def _data(_: Settings) -> Json:
    name = parameter("name", "path", "Item with `.json`, `.ttl`, `.nt`, `.rdf` or `.jsonld`.", TEXT, required=True)
    content: Json = {form.media_type: {"schema": TEXT} for form in FORMATS if form.graph and form.name != "jsonld"}
    content |= {"application/json": {"schema": {"type": "object"}}, "application/ld+json": {"schema": {}}}
    whole = {
        "description": "The item in Wikidata's model; as JSON in the form of Wikibase.",
        "content": content,
        "headers": headers(QUERY_HEADER, "Link", "Vary", CUT_HEADER, CACHE_HEADER),
    }
    return {
        "tags": ["Wikidata"],
        "parameters": [{**name, "example": "Q3616.json"}],
        "responses": {"200": whole, **refused(*_FAILURES)},
    }
