"""The Entity Reconciliation API, version 0.2, at ``/reconcile``: OpenRefine and others match tables with it.

Source: https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/
"""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from markupsafe import Markup

from citydip.model.errors import ParameterError
from citydip.model.terms import CD, ID
from citydip.services.reconciling.score import FEATURES
from citydip.web.protocol import UnsupportedTypeError, read_body, read_content_type, read_pairs
from citydip.web.reader import language_of
from citydip.web.reconciling.messages import (
    read_extension,
    read_json,
    read_old_batch,
    write_candidate,
    write_value,
)
from citydip.web.reconciling.shared import (
    HEIGHT,
    LARGEST,
    WIDTH,
    answer_json,
    default_types,
    describe_columns,
    extend_things,
    manifest_facts,
    match_rows,
    preview_of,
    property_settings,
    propose_properties,
    shortly,
    suggestions,
)
from citydip.web.rendering import base_url, open_reader, render

__all__ = ["router"]

router = APIRouter()
Json = dict[str, Any]


@router.get("/reconcile", summary="What the reconciliation service offers, or its answers", response_class=Response)
@router.head("/reconcile", include_in_schema=False)
async def service(request: Request) -> Response:
    """Answer the manifest, the rows in ``queries``, or the things in ``extend``."""
    return await _answer(request, dict(read_pairs(request.scope["query_string"].decode("latin-1"))))


@router.post("/reconcile", summary="Match rows, or give values of things", response_class=Response)
async def ask(request: Request) -> Response:
    """Answer the rows in the form's field ``queries``, or the things in ``extend``."""
    pairs = read_pairs(request.scope["query_string"].decode("latin-1"))
    content_type, charset = read_content_type(request)
    body = await read_body(request, LARGEST, charset)
    if body and content_type != "application/x-www-form-urlencoded":
        raise UnsupportedTypeError("send the field 'queries' or 'extend' as application/x-www-form-urlencoded")
    return await _answer(request, dict(pairs + read_pairs(body)))


@router.get("/reconcile/suggest/{what}", summary="Suggest a thing, class or property", response_class=Response)
@router.head("/reconcile/suggest/{what}", include_in_schema=False)
async def suggest(request: Request, what: str) -> Response:
    """Answer what goes by a name that may be unfinished."""
    return answer_json(await suggestions(request, what, "cursor", draft=False))


@router.get("/reconcile/flyout/{what}", summary="A suggestion in short", response_class=Response)
@router.head("/reconcile/flyout/{what}", include_in_schema=False)
async def flyout(request: Request, what: str) -> Response:
    """Answer a piece of HTML that tells what a thing, class or property is."""
    identifier, name, description = await shortly(request, what)
    html = Markup("<p><strong>{}</strong></p><p>{}</p>").format(name, description)
    return answer_json({"id": identifier, "html": str(html)})


@router.get("/reconcile/preview", summary="A thing in short, to be framed", response_class=Response)
@router.head("/reconcile/preview", include_in_schema=False)
async def preview(request: Request) -> Response:
    """Answer a small page of a thing."""
    return await preview_of(request)


@router.get("/reconcile/properties", summary="Properties that things of a class have", response_class=Response)
@router.head("/reconcile/properties", include_in_schema=False)
async def propose(request: Request) -> Response:
    """Answer the properties that a table of things of a class can be filled with."""
    return answer_json(await propose_properties(request, draft=False))


@router.get("/reconcile/about", summary="How rows are matched, for people", response_class=Response)
@router.head("/reconcile/about", include_in_schema=False)
async def about(request: Request) -> Response:
    """Answer a page that says what scores are made of."""
    await open_reader(request)
    language = language_of(request)
    features = {name: words.get(language, words["en"]).partition(": ")[::2] for name, words in FEATURES.items()}
    return render(request, "matching.html", {"features": features, "service": f"{base_url(request)}/reconcile"})


async def _answer(request: Request, given: dict[str, str]) -> Response:
    if "queries" in given:
        rows = read_old_batch(read_json(given["queries"], "'queries'"))
        found = await match_rows(request, list(rows.values()))
        told = ({"result": [write_candidate(one, draft=False) for one in candidates]} for candidates in found)
        return answer_json(dict(zip(rows, told, strict=True)))
    if "extend" in given:
        return answer_json(await _extended(request, given["extend"]))
    if given:
        raise ParameterError("send 'queries' or 'extend'; without any parameter the answer is the service's manifest")
    return answer_json(await _manifest(request))


async def _extended(request: Request, text: str) -> Json:
    asked = read_extension(read_json(text, "'extend'"))
    found = await extend_things(request, asked)
    rows = {
        identifier: {name: [write_value(value, draft=False) for value in values] for name, values in columns.items()}
        for identifier, columns in found.items()
    }
    return {"meta": await describe_columns(request, asked), "rows": rows}


async def _manifest(request: Request) -> Json:
    base = base_url(request)
    service = f"{base}/reconcile"

    def suggesting(what: str) -> Json:
        return {
            "service_url": service,
            "service_path": f"/suggest/{what}",
            "flyout_service_url": service,
            "flyout_service_path": f"/flyout/{what}?id=${{id}}",
        }

    return {
        "versions": ["0.2"],
        **manifest_facts(request),
        "identifierSpace": str(ID),
        "schemaSpace": str(CD),
        "defaultTypes": await default_types(request),
        "view": {"url": f"{base}/id/{{{{id}}}}"},
        "feature_view": {"url": f"{service}/about#{{{{id}}}}"},
        "preview": {"url": f"{service}/preview?id={{{{id}}}}", "width": WIDTH, "height": HEIGHT},
        "suggest": {what: suggesting(what) for what in ("entity", "property", "type")},
        "extend": {
            "propose_properties": {"service_url": service, "service_path": "/properties"},
            "property_settings": property_settings("name", "label", "help_text"),
        },
    }
