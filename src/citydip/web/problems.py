"""Errors as answers: ``application/problem+json`` (RFC 9457), or the same as a page for people."""

import json
import logging
from http import HTTPStatus
from typing import Any

from fastapi import Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from citydip.model.errors import (
    CitydipError,
    ExportBusyError,
    NotFoundError,
    QuerySyntaxError,
    RangeError,
    VersionMissingError,
)
from citydip.model.negotiation import choose
from citydip.services.nearby import near
from citydip.web.budget import BudgetError
from citydip.web.headers import QUERY_HEADER
from citydip.web.messages import MESSAGES, say
from citydip.web.reader import language_of
from citydip.web.rendering import base_url, render

__all__ = ["answer_gone", "answer_http_error", "answer_problem", "answer_unexpected", "problem"]

_log = logging.getLogger("citydip")


def problem(request: Request, status: int, kind: str, detail: str, **more: Any) -> Response:
    """Return an error as an answer.

    Args:
        request: decides between JSON and a page.
        status: HTTP status.
        kind: stable short name; becomes the problem's type.
        detail: what is wrong and what to do.
        **more: further members, such as line and column.
    """
    known = f"problem-{kind}" in MESSAGES
    title = say(f"problem-{kind}", "en") if known else HTTPStatus(status).phrase
    body = {"type": f"https://w3id.org/citydip/problem/{kind}", "title": title, "status": status, "detail": detail}
    body |= more
    headers = {"Vary": "Accept", "Cache-Control": "no-store"}
    name = getattr(request.state, "query", None)
    if name is not None:
        headers[QUERY_HEADER] = name
    if status == 503:
        headers["Retry-After"] = "2"
    if "seconds" in more:
        headers["Retry-After"] = str(more["seconds"])
    accept = request.headers.get("accept")
    if choose(accept, ["application/problem+json", "application/json", "text/html"]) == "text/html":
        shown = say(f"problem-{kind}", language_of(request)) if known else title
        return render(request, "problem.html", {"problem": body, "title": shown}, status=status, headers=headers)
    text = json.dumps(body, ensure_ascii=False)
    return Response(text, status, headers, media_type="application/problem+json")


async def answer_problem(request: Request, error: Exception) -> Response:
    """Answer an error that citydip raised on purpose."""
    if not isinstance(error, CitydipError):
        raise error
    more: dict[str, Any] = {}
    if isinstance(error, BudgetError | ExportBusyError):
        more = {"seconds": error.seconds}
    if isinstance(error, NotFoundError) and error.iri:
        more = {"suggestions": await _near(request, error.iri)}
    if isinstance(error, VersionMissingError):
        more = {"available": error.kept}
    if isinstance(error, QuerySyntaxError):
        more = {"line": error.line, "column": error.column, "excerpt": error.excerpt}
    answer = problem(request, error.status, error.kind, str(error), **more)
    if isinstance(error, RangeError):
        answer.headers["Content-Range"] = f"bytes */{error.size}"
    return answer


async def _near(request: Request, iri: str) -> list[dict[str, str]]:
    """Return what may have been meant by an IRI, as the members of a problem."""
    language = language_of(request)
    found = await near(request.state.graph, iri, list(dict.fromkeys((language, "en"))))
    return [{"id": shown.iri, "label": shown.label, "language": shown.language} for shown in found]


async def answer_http_error(request: Request, error: Exception) -> Response:
    """Answer an error of the framework, such as an unknown path."""
    if not isinstance(error, HTTPException):
        raise error
    if error.status_code == 404:
        detail = f"there is nothing at {request.url.path}; begin at {base_url(request)}/"
        return await answer_problem(request, NotFoundError(detail))
    if error.status_code == 405:
        answer = problem(request, 405, "method", "this address answers GET, HEAD, POST and OPTIONS")
        answer.headers["Allow"] = "GET, HEAD, POST, OPTIONS"
        return answer
    return problem(request, error.status_code, "http", str(error.detail))


async def answer_gone(request: Request, error: Exception) -> Response:  # noqa: ARG001 - the signature of handlers
    """Answer a client that went away before its request was whole; only the log sees it."""
    return Response(status_code=499)


async def answer_unexpected(request: Request, error: Exception) -> Response:
    """Answer an error that nobody foresaw, without telling the client more than that."""
    _log.error("unexpected error at %s", request.url.path, exc_info=error)
    return problem(request, 500, "unexpected", "something went wrong here; it has been noted")
