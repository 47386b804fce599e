"""Search by name, and suggestions as one types.

`citydip.services.search` finds; this reads what is asked, and writes what is found as JSON or as a page.
"""

import hashlib
import json
import re
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from citydip.model.errors import ParameterError
from citydip.model.negotiation import choose, parse_languages
from citydip.services.index_queries import FACETS
from citydip.services.labelling import Shown
from citydip.services.search import LONGEST, MOST, Found, Hit, Question
from citydip.web.budget import Budget
from citydip.web.conditional import is_known
from citydip.web.headers import CUT_HEADER
from citydip.web.problems import problem
from citydip.web.rendering import base_url, open_reader, render
from citydip.web.versioned import cache_control, graph_of

__all__ = ["router"]

router = APIRouter()

_LANGUAGE = re.compile(r"[A-Za-z]{2,8}")
_MOST_VALUES = 20
_FORMATS = {"json": "application/json", "html": "text/html"}
_SHOWN_VALUES = 12
"""Values of a facet that a page shows."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request: what is asked, and in which form to answer."""

    question: Question | None
    media_type: str


@router.get("/search", summary="Find things by name", response_class=Response)
@router.head("/search", include_in_schema=False)
async def find(request: Request) -> Response:
    """Answer the things that go by a name, with counts by kind, country and network."""
    asked = _read(request, most=100, default=20, facets=True, offered=("json", "html"))
    if asked is None:
        offered = list(_FORMATS.values())
        detail = "none of the formats that you accept is there; there are: " + ", ".join(offered)
        return problem(request, 406, "not-acceptable", detail, available=offered)
    headers = _headers(request, asked)
    if is_known(headers["ETag"], request.headers.get("if-none-match")):
        return Response(status_code=304, headers=headers)
    question = asked.question
    if asked.media_type == _FORMATS["html"]:
        await open_reader(request)
    if question is None:
        if asked.media_type == _FORMATS["json"]:
            raise ParameterError("say in the parameter 'q' what to look for")
        return render(request, "search.html", {"text": "", "language": "", "found": None}, headers=headers)
    found = await _ask(request, question)
    if found.more:
        headers[CUT_HEADER] = f"results; rows={found.total}"
    links = _links(request, question, found)
    if links:
        headers["Link"] = ", ".join(f'<{address}>; rel="{name}"' for name, address in links.items())
    if asked.media_type == _FORMATS["json"]:
        return _json(_results(request, question, found), headers)
    return render(request, "search.html", _context(request, question, found, links), headers=headers)


@router.get("/suggest", summary="Suggestions for what is being typed", response_class=Response)
@router.head("/suggest", include_in_schema=False)
async def suggest(request: Request) -> Response:
    """Answer the first things that go by a name that may be unfinished."""
    asked = _read(request, most=20, default=10, facets=False, offered=("json",))
    if asked is None or asked.question is None:
        if asked is not None:
            raise ParameterError("say in the parameter 'q' what has been typed")
        detail = "suggestions are application/json"
        return problem(request, 406, "not-acceptable", detail, available=[_FORMATS["json"]])
    headers = _headers(request, asked)
    if is_known(headers["ETag"], request.headers.get("if-none-match")):
        return Response(status_code=304, headers=headers)
    found = await _ask(request, asked.question)
    return _json({"query": asked.question.text, "suggestions": [_hit(hit) for hit in found.hits]}, headers)


async def _ask(request: Request, question: Question) -> Found:
    """Return what is found, within the client's budget."""
    budget: Budget = request.app.budget
    client = request.client.host if request.client else ""
    budget.check(client)
    began = time.monotonic()
    try:
        return await graph_of(request).search.ask(question)
    finally:
        budget.draw(client, time.monotonic() - began)


def _read(request: Request, *, most: int, default: int, facets: bool, offered: tuple[str, ...]) -> _Asked | None:
    """Return what a request asks, or None where it accepts nothing that is there.

    Raises:
        ParameterError: a parameter cannot be read; the message says what it must be.
    """
    name = _once(request, "format")
    if name is not None and name not in offered:
        raise ParameterError(f"format must be {' or '.join(offered)}, not {name!r}")
    types = [_FORMATS[form] for form in ([name] if name else offered)]
    media_type = types[0] if name else choose(request.headers.get("accept"), types)
    if media_type is None:
        return None
    text = _once(request, "q")
    if text is None:
        return _Asked(None, media_type)
    if len(text) > LONGEST:
        raise ParameterError(f"q must have at most {LONGEST} characters, not {len(text)}")
    chosen = {facet: tuple(request.query_params.getlist(facet)) for facet in FACETS}
    if any(len(values) > _MOST_VALUES for values in chosen.values()):
        raise ParameterError(f"kind, country and network can each be given {_MOST_VALUES} times at most")
    question = Question(
        text,
        _languages(request),
        {facet: values for facet, values in chosen.items() if values},
        _number(request, "offset", 0, 0, MOST),
        _number(request, "limit", default, 1, most),
        facets,
    )
    return _Asked(question, media_type)


def _once(request: Request, name: str) -> str | None:
    values = request.query_params.getlist(name)
    if len(values) > 1:
        raise ParameterError(f"the parameter {name!r} is given {len(values)} times; give it once")
    return values[0] if values else None


def _number(request: Request, name: str, default: int, low: int, high: int) -> int:
    text = _once(request, name)
    if text is None:
        return default
    if not re.fullmatch("[0-9]{1,6}", text) or not low <= int(text) <= high:
        raise ParameterError(f"{name} must be a whole number from {low} to {high}, not {text!r}")
    return int(text)


def _languages(request: Request) -> tuple[str, ...]:
    """Return the languages of the reader: the one that is asked for, and those of the browser."""
    text = _once(request, "lang")
    if text is not None and not _LANGUAGE.fullmatch(text):
        raise ParameterError(f"lang must be a language such as fa or en, not {text!r}")
    accepted = parse_languages(request.headers.get("accept-language"))
    return tuple(dict.fromkeys([*([text.lower()] if text else []), *accepted])) or ("en",)


def _headers(request: Request, asked: _Asked) -> dict[str, str]:
    """Return the headers of an answer; its tag names everything that it depends on."""
    parts = [request.url.path, repr(asked.question), asked.media_type, base_url(request)]
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return {
        "Vary": "Accept, Accept-Language",
        "Cache-Control": cache_control(request),
        "ETag": f'W/"{graph_of(request).snapshot.version}-{digest}"',
    }


def _json(body: dict[str, Any], headers: dict[str, str]) -> Response:
    return Response(json.dumps(body, ensure_ascii=False), headers=headers, media_type="application/json")


def _shown(shown: Shown) -> dict[str, str]:
    return {"id": shown.iri, "label": shown.label, "language": shown.language}


def _hit(hit: Hit) -> dict[str, Any]:
    matched = hit.matched
    return {
        **_shown(hit.thing),
        "kinds": [_shown(kind) for kind in hit.kinds],
        "countries": [_shown(country) for country in hit.countries],
        "statements": hit.statements,
        "matched": {
            "text": matched.text,
            "language": matched.language,
            "kind": matched.kind,
            "how": matched.how,
        },
    }


def _results(request: Request, question: Question, found: Found) -> dict[str, Any]:
    return {
        "query": question.text,
        "language": question.languages[0],
        "version": graph_of(request).snapshot.version,
        "total": found.total,
        "more": found.more,
        "offset": question.offset,
        "limit": question.limit,
        "results": [_hit(hit) for hit in found.hits],
        "facets": {
            facet: [{**_shown(counted.value), "count": counted.count} for counted in values]
            for facet, values in found.facets.items()
        },
    }


def _address(request: Request, question: Question, **changed: Any) -> str:
    """Return the address of a question, with some of its parameters changed; None leaves one out."""
    given: dict[str, Any] = {"q": question.text, "lang": _once(request, "lang"), **question.chosen}
    given |= {"limit": _once(request, "limit"), "format": _once(request, "format"), **changed}
    pairs = {name: value for name, value in given.items() if value}
    return f"{base_url(request)}/search?{urlencode(pairs, doseq=True)}"


def _links(request: Request, question: Question, found: Found) -> dict[str, str]:
    """Return the addresses of the pages before and after."""
    links = {}
    if question.offset:
        links["prev"] = _address(request, question, offset=max(question.offset - question.limit, 0))
    if question.offset + question.limit < found.total:
        links["next"] = _address(request, question, offset=question.offset + question.limit)
    return links


def _context(request: Request, question: Question, found: Found, links: dict[str, str]) -> dict[str, Any]:
    """Return what the page shows."""
    facets = []
    for facet, values in found.facets.items():
        chosen = bool(question.chosen.get(facet))
        shown = [
            {
                **_shown(counted.value),
                "count": counted.count,
                "address": _address(request, question, **{facet: [counted.value.iri]}),
            }
            for counted in values[:_SHOWN_VALUES]
        ]
        without = _address(request, question, **{facet: None}) if chosen else ""
        if shown or chosen:
            facets.append({"name": facet, "values": shown, "others": len(values) - len(shown), "without": without})
    return {
        "text": question.text,
        "language": _once(request, "lang") or "",
        "found": _results(request, question, found),
        "shown_facets": facets,
        "links": links,
    }
