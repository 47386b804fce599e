"""What the OpenAPI document says of the measures of the network."""

from collections.abc import Callable

from citydip.curation.networks.ties import GRADES, TYPES
from citydip.model.settings import Settings
from citydip.services.networks.figures import FIGURES
from citydip.web.openapi_parts import TEXT, Json, headers, parameter, record, ref, refused

__all__ = ["NETWORK_OPERATIONS", "NETWORK_SCHEMAS", "SELECTION"]

_COUNT: Json = {"type": "integer", "minimum": 0}
_IRI: Json = {"type": "string", "format": "iri"}
_NUMBER: Json = {"type": ["number", "null"]}
_MOST = 20
_RANKS = ["degree", "strength", "core", "pagerank", "clustering", "closeness", "betweenness"]


def _several(values: Json) -> Json:
    return {"type": "array", "items": values, "maxItems": _MOST}


SELECTION: list[Json] = [
    parameter("tie-type", "query", "Only ties of such types.", _several({"type": "string", "enum": list(TYPES)})),
    parameter(
        "grade",
        "query",
        "Only ties that such evidence speaks for: an agreement, two lists or more, one list alone. "
        "Without it, the first two.",
        _several({"type": "string", "enum": list(GRADES)}),
    ),
    parameter(
        "country",
        "query",
        "Only ties of which a city lies in such a country, by its ISO 3166 code.",
        _several({"type": "string", "pattern": "^[A-Z]{2}$"}),
    ),
    parameter(
        "division",
        "query",
        "Only ties of which a city lies in such a division of a country, by its IRI or a name such as "
        "`division:isfahan-province`. Together with `country`: in any of them.",
        _several({"type": "string", "maxLength": 200}),
    ),
    parameter(
        "region",
        "query",
        "Only ties of which a city lies in such a region of the world, by its M49 code such as `145`, its IRI such as "
        "`world-region:western-asia`, or its name. Together with `country` and `division`: in any of them.",
        _several({"type": "string", "maxLength": 200}),
    ),
    parameter(
        "within",
        "query",
        "Only ties whose cities both lie in one of these countries, by ISO 3166 codes, or regions of the world, by M49 "
        "codes or IRIs.",
        _several({"type": "string", "maxLength": 200}),
    ),
    parameter(
        "asOf",
        "query",
        "Only ties as of a day or a year. Without it, ties that nobody calls over.",
        {"type": "string", "pattern": "^[0-9]{4}(-[0-9]{2}-[0-9]{2})?$"},
        example="2016-12-31",
    ),
    parameter(
        "wanted",
        "query",
        "With `asOf`: ties that surely held (the default), those too of which it is unknown, or all.",
        {"type": "string", "enum": ["certain", "possible", "all"]},
    ),
]
"""The parameters that choose ties."""
_FORMAT = parameter(
    "format",
    "query",
    "Format of the answer, instead of the Accept header.",
    {"type": "string", "enum": ["json", "csv"]},
)


def _operation(name: str, words: str, *parameters: Json) -> Callable[[Settings], Json]:
    content: Json = {"application/json": {"schema": ref("schemas", name)}, "text/csv": {"schema": TEXT}}
    return lambda _: {
        "tags": ["Network"],
        "parameters": [*SELECTION, *parameters, _FORMAT, ref("parameters", "If-None-Match")],
        "responses": {
            "200": {"description": words, "content": content, "headers": headers("ETag", "Vary")},
            "304": {"description": "The client has this answer already.", "headers": headers("ETag", "Vary")},
            **refused(400, 406, 429, 502, 503, 504, 507),
        },
    }


NETWORK_OPERATIONS: dict[tuple[str, str], Callable[[Settings], Json]] = {
    ("/network/stats", "get"): _operation("NetworkFigures", "The figures; null where one has no value."),
    ("/network/rank", "get"): _operation(
        "NetworkRank",
        "The cities, the greatest value first; equals share a rank.",
        parameter("by", "query", "The measure.", {"type": "string", "enum": _RANKS, "default": "degree"}),
        parameter(
            "limit",
            "query",
            "Cities to give.",
            {"type": "integer", "minimum": 1, "maximum": 20000, "default": 100},
        ),
    ),
    ("/network/communities", "get"): _operation(
        "NetworkCommunities", "The cities, each with the number of its community, the largest community first."
    ),
    ("/network/figures/{name}.{ending}", "get"): lambda _: {
        "tags": ["Network"],
        "parameters": [
            parameter("name", "path", "Which figure.", {"type": "string", "enum": list(FIGURES)}, required=True),
            parameter("ending", "path", "In which form.", {"type": "string", "enum": ["svg", "png"]}, required=True),
            *SELECTION,
            parameter(
                "city",
                "query",
                "The city in the middle of the figure `ego`, by its IRI or a name such as `city:isfahan`.",
                {"type": "string", "maxLength": 200},
            ),
            parameter("lang", "query", "Language of the words.", {"type": "string", "enum": ["en", "fa"]}),
            ref("parameters", "If-None-Match"),
        ],
        "responses": {
            "200": {
                "description": "The figure.",
                "content": {"image/svg+xml": {"schema": TEXT}, "image/png": {"schema": {}}},
                "headers": headers("ETag", "Vary"),
            },
            "304": {"description": "The client has this figure already.", "headers": headers("ETag", "Vary")},
            **refused(400, 404, 429, 502, 503, 504, 507),
        },
    },
    ("/network", "get"): lambda _: {
        "tags": ["Pages"],
        "parameters": [
            *SELECTION,
            parameter("lang", "query", "Language of the interface.", {"type": "string", "enum": ["en", "fa"]}),
            ref("parameters", "If-None-Match"),
        ],
        "responses": {
            "200": {
                "description": "The figures of the network, pictures of it, and the most tied cities.",
                "content": {"text/html": {"schema": TEXT}},
                "headers": headers("ETag", "Vary"),
            },
            "304": {"description": "The client has this page already.", "headers": headers("ETag", "Vary")},
            **refused(400, 429, 502, 503, 504, 507),
        },
    },
}
"""What is said of each operation, by path and method."""

_ABOUT: Json = {"version": TEXT, "library": TEXT, "selection": ref("schemas", "NetworkSelection")}
_CITY: Json = {"node": {"type": "string", "format": "iri"}, "en": TEXT, "fa": TEXT, "country": TEXT}
NETWORK_SCHEMAS: Json = {
    "NetworkSelection": record(
        "tie_types grades countries divisions regions within as_of wanted",
        tie_types={"type": "array", "items": TEXT},
        grades={"type": "array", "items": TEXT},
        countries={"type": "array", "items": TEXT},
        divisions={"type": "array", "items": _IRI},
        regions={"type": "array", "items": _IRI},
        within={"type": "array", "items": TEXT},
        as_of={"type": ["string", "null"]},
        wanted={"type": ["string", "null"]},
    ),
    "NetworkFigures": record(
        "version library selection figures",
        **_ABOUT,
        figures={
            "type": "object",
            "required": ["nodes", "edges", "degree_distribution"],
            "properties": {"degree_distribution": {"type": "array", "items": {"type": "array", "items": _COUNT}}},
            "additionalProperties": _NUMBER,
        },
    ),
    "NetworkRank": record(
        "version library selection by total cities",
        **_ABOUT,
        by=TEXT,
        total=_COUNT,
        cities={
            "type": "array",
            "items": record("rank node en fa country value", rank=_COUNT, **_CITY, value={"type": "number"}),
        },
    ),
    "NetworkCommunities": record(
        "version library selection communities modularity cities",
        **_ABOUT,
        communities=_COUNT,
        modularity=_NUMBER,
        cities={
            "type": "array",
            "items": record("community size node en fa country", community=_COUNT, size=_COUNT, **_CITY),
        },
    ),
}
"""The schemas of answers, by name."""
