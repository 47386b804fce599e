"""The Entity Reconciliation API, draft of version 1.0, at ``/reconcile/draft``.

One manifest cannot satisfy the schemas of both versions, so each has an address of its own.

Source: https://reconciliation-api.github.io/specs/1.0-draft/
"""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from citydip.web.protocol import UnsupportedTypeError, read_body, read_content_type
from citydip.web.reconciling.messages import (
    read_draft_batch,
    read_extension,
    read_json,
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
    suggestions,
)
from citydip.web.rendering import base_url

__all__ = ["router"]

router = APIRouter()


@router.get("/reconcile/draft", summary="What the reconciliation service offers (1.0-draft)", response_class=Response)
@router.head("/reconcile/draft", include_in_schema=False)
async def draft_service(request: Request) -> Response:
    """Answer the manifest."""
    return answer_json(
        {
            "versions": ["1.0-draft"],
            **manifest_facts(request),
            "lang": "en",
            "dir": "ltr",
            "defaultTypes": await default_types(request),
            "view": {"url": f"{base_url(request)}/id/{{id}}"},
            "featureView": {"url": f"{base_url(request)}/reconcile/about#{{id}}"},
            "preview": {"width": WIDTH, "height": HEIGHT},
            "suggest": {"entity": True, "property": True, "type": True},
            "extend": {"proposeProperties": True, "propertySettings": property_settings("id", "name", "helpText")},
            "standardizedScore": True,
        }
    )


@router.post("/reconcile/draft/match", summary="Match rows (1.0-draft)", response_class=Response)
async def draft_match(request: Request) -> Response:
    """Answer the candidates of each row, in the order of the rows."""
    found = await match_rows(request, read_draft_batch(await _body(request)))
    rows = [{"candidates": [write_candidate(one, draft=True) for one in candidates]} for candidates in found]
    return answer_json({"results": rows})


@router.post("/reconcile/draft/extend", summary="Values of things (1.0-draft)", response_class=Response)
async def draft_extend(request: Request) -> Response:
    """Answer the values of the properties that are asked for."""
    asked = read_extension(await _body(request))
    found = await extend_things(request, asked)
    rows = [
        {
            "id": identifier,
            "properties": [
                {"id": name, "values": [write_value(value, draft=True) for value in values]}
                for name, values in columns.items()
            ],
        }
        for identifier, columns in found.items()
    ]
    return answer_json({"meta": await describe_columns(request, asked), "rows": rows})


@router.get("/reconcile/draft/extend/propose", summary="Properties of a class (1.0-draft)", response_class=Response)
@router.head("/reconcile/draft/extend/propose", include_in_schema=False)
async def draft_propose(request: Request) -> Response:
    """Answer the properties that a table of things of a class can be filled with."""
    return answer_json(await propose_properties(request, draft=True))


@router.get("/reconcile/draft/suggest/{what}", summary="Suggest (1.0-draft)", response_class=Response)
@router.head("/reconcile/draft/suggest/{what}", include_in_schema=False)
async def draft_suggest(request: Request, what: str) -> Response:
    """Answer what goes by a name that may be unfinished."""
    return answer_json(await suggestions(request, what, "offset", draft=True))


@router.get("/reconcile/draft/preview", summary="A thing in short (1.0-draft)", response_class=Response)
@router.head("/reconcile/draft/preview", include_in_schema=False)
async def draft_preview(request: Request) -> Response:
    """Answer a small page of a thing."""
    return await preview_of(request)


async def _body(request: Request) -> Any:
    content_type, charset = read_content_type(request)
    if content_type != "application/json":
        raise UnsupportedTypeError(
            f"send the query as application/json, not as {content_type or 'a body without a type'}"
        )
    return read_json(await read_body(request, LARGEST, charset), "the body")
