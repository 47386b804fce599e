"""The catalogue as an API and as pages: each query is a resource that answers with its parameters in the address."""

import asyncio
import json
import secrets
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from citydip import __version__
from citydip.engine.binding import bind
from citydip.engine.formats import Format, Kind
from citydip.engine.limits import Limits
from citydip.engine.paging import page_of
from citydip.engine.run import QueryRequest
from citydip.model.errors import ParameterError
from citydip.model.negotiation import choose
from citydip.model.queryfile import QueryFile
from citydip.model.terms import BASE, PREFIXES
from citydip.services.answers import tag_of
from citydip.services.choosing import choices_of
from citydip.services.examples import example_text
from citydip.services.forms import MADE, makers_of
from citydip.services.graph import ServedGraph
from citydip.web.answering import Make, run_query
from citydip.web.asked import AskedQuery, choose_form, forms_of, media_types, read_asked
from citydip.web.browsing import page_headers
from citydip.web.conditional import is_known
from citydip.web.editor_messages import EDITOR_MESSAGES
from citydip.web.headers import CUT_HEADER, QUERY_HEADER, TIMEOUT_HEADER
from citydip.web.messages import say
from citydip.web.problems import problem
from citydip.web.reader import Reader
from citydip.web.rendering import base_url, open_reader, render
from citydip.web.versioned import cache_control, graph_of

__all__ = ["described", "router"]

router = APIRouter()

_MOST_TRIPLES = 1000
"""Triples of a graph that its page shows."""
_MOST_DRAWN = 5000
"""Rows that the views of a page draw."""
_LONGEST_SELECT = 40
"""Choices that a page lists in a menu; more are suggested to who types."""


def described(query: QueryFile, kind: Kind, base: str) -> dict[str, Any]:
    """Return what a query is and takes, as JSON tells it.

    Args:
        query: the query.
        kind: what it gives.
        base: address of the service, without a slash at the end.
    """
    return {
        "name": query.name,
        "url": f"{base}/queries/{query.name}",
        "title": {language: query.title(language) for language in ("en", "fa")},
        "summary": {language: query.summary(language) for language in ("en", "fa")},
        "tags": list(query.tags),
        "view": query.view,
        "result": kind.value,
        "page": query.page,
        "asOf": query.datable,
        "formats": [*forms_of(query, kind), "html"],
        "parameters": [
            {
                "name": p.name,
                "type": p.type,
                "required": p.required,
                "default": p.default,
                "example": p.shown or None,
                "description": p.description,
                "choices": list(p.choices.values) if p.choices and p.choices.kind == "list" else None,
            }
            for p in query.parameters
        ],
    }


@router.get("/queries", summary="The queries of the catalogue", response_class=Response)
@router.head("/queries", include_in_schema=False)
async def queries(request: Request) -> Response:
    """List the queries of the catalogue, or those with a tag, as cards or as JSON."""
    graph = graph_of(request)
    for name in request.query_params:
        if name not in ("tag", "format", "lang", "content"):
            raise ParameterError(f"there is no parameter {name[:40]!r}; there are: tag, format, lang, content")
    form, tag = request.query_params.get("format", ""), request.query_params.get("tag", "")
    tags = sorted({tag for query in graph.catalogue for tag in query.tags})
    if tag and tag not in tags:
        raise ParameterError(f"no query has the tag {tag[:40]!r}; there are: {', '.join(tags)}")
    if form not in ("", "json", "html"):
        raise ParameterError(f"format must be json or html, not {form[:40]!r}")
    offered = ["application/json", "text/html"]
    chosen = {"json": offered[0], "html": offered[1]}.get(form) or choose(request.headers.get("accept"), offered)
    if chosen is None:
        return _not_acceptable(request, offered)
    reader = await open_reader(request)
    headers = page_headers(request, reader, chosen)
    if is_known(headers["ETag"], request.headers.get("if-none-match")):
        return Response(status_code=304, headers=headers)
    found = [query for query in graph.catalogue if not tag or tag in query.tags]
    if chosen == offered[0]:
        listed = [described(query, _kind(graph, query), reader.base) for query in found]
        whole = {"version": graph.snapshot.version, "tags": tags, "queries": listed}
        return JSONResponse(whole, headers=headers)
    context = {"queries": found, "tags": tags, "tag": tag}
    return render(request, "queries.html", context, headers=headers)


def _kind(graph: ServedGraph, query: QueryFile) -> Kind:
    return graph.guard(query.text).kind


def _not_acceptable(request: Request, offered: list[str]) -> Response:
    detail = "none of the formats that you accept is there; there are: " + ", ".join(offered)
    return problem(request, 406, "not-acceptable", detail, available=offered)


@router.get("/queries/{name}", summary="The answer of a query of the catalogue", response_class=Response)
@router.head("/queries/{name}", include_in_schema=False)
async def ask(request: Request, name: str) -> Response:
    """Answer a query of the catalogue, in the format that ``format=`` or the Accept header asks for."""
    graph = graph_of(request)
    query = graph.catalogue[name]
    asked = read_asked(request, query, _kind(graph, query))
    form = choose_form(request, asked)
    if form is None:
        return _not_acceptable(request, media_types(query, asked.kind))
    if form == "html":
        return await _page(request, asked)
    terms = bind(asked.query, asked.given)
    format_ = form.name if isinstance(form, Format) else "json"
    request_ = _request(request, asked, terms, format_, asked.page)
    headers = _headers(request, request_)
    tag = _tag(graph, request_)
    if tag is not None:
        headers["ETag"] = tag if isinstance(form, Format) else f'{tag[:-1]}-{form}-{__version__}"'
        if is_known(headers["ETag"], request.headers.get("if-none-match")):
            return Response(status_code=304, headers=headers)
    headers |= _links(request, asked)
    if isinstance(form, Format):
        return await run_query(request, request_, form, headers, tag=tag)
    return await run_query(request, request_, None, headers, tag=tag, make=_maker(request, asked, form))


def _request(
    request: Request, asked: AskedQuery, terms: dict[str, dict[str, str]], form: str, page: int | None
) -> QueryRequest:
    """Return what a worker is asked."""
    graph = graph_of(request)
    text, size = asked.query.text, graph.settings.size << 20
    limits = Limits(graph.settings.rows, size)
    if page is not None:
        text = page_of(text, asked.limit, (page - 1) * asked.limit)
        following = asked.address(_address(request, asked), page=str(page + 1))
        limits = Limits(asked.limit, size, following, page=True)
    return QueryRequest(
        text,
        graph.guard(text),
        form,
        graph.settings.timeout,
        bindings=terms,
        limits=limits,
        id=secrets.token_urlsafe(16),
        client=request.client.host if request.client else "",
    )


def _address(request: Request, asked: AskedQuery) -> str:
    return f"{base_url(request)}/queries/{asked.query.name}"


def _tag(graph: ServedGraph, query: QueryRequest) -> str | None:
    return tag_of(graph.snapshot.version + graph.name, query, query.format)


def _headers(request: Request, query: QueryRequest) -> dict[str, str]:
    return {
        "Vary": "Accept",
        "Cache-Control": cache_control(request),
        QUERY_HEADER: query.id,
        TIMEOUT_HEADER: f"{query.timeout:g}",
    }


def _links(request: Request, asked: AskedQuery) -> dict[str, str]:
    """Return the header that leads to the first page and the one before; the next is known when the rows are."""
    links = [f'<{base_url(request)}/graphs>; rel="license"']
    if asked.page is not None:
        links.append(f'<{asked.address(_address(request, asked), page="1")}>; rel="first"')
        if asked.page > 1:
            links.append(f'<{asked.address(_address(request, asked), page=str(asked.page - 1))}>; rel="prev"')
    return {"Link": ", ".join(links)}


def _maker(request: Request, asked: AskedQuery, form: str) -> Make:
    """Return what makes a file of rows."""
    query, version = asked.query, graph_of(request).snapshot.version
    base = base_url(request).removesuffix(f"/version/{version}")
    about = {
        "title": query.title("en"),
        "summary": query.summary("en"),
        "address": asked.address(f"{base}/version/{version}/queries/{query.name}", format="html"),
        "version": version,
        "licences": f"{base}/version/{version}/graphs",
    }

    async def make(body: bytes, headers: dict[str, str]) -> Response:
        made = await asyncio.to_thread(makers_of(query, asked.kind)[form], body, about)
        headers["Content-Disposition"] = f'attachment; filename="{query.name}.{form}"'
        return Response(made, headers=headers, media_type=MADE[form])

    return make


async def _page(request: Request, asked: AskedQuery) -> Response:
    """Answer with the page of a query: its parameters, its rows and ways on."""
    graph = graph_of(request)
    reader = await open_reader(request)
    page = (asked.page or 1) if asked.kind is Kind.ROWS else None
    if asked.lacking():
        headers = page_headers(request, reader)
        if is_known(headers["ETag"], request.headers.get("if-none-match")):
            return Response(status_code=304, headers=headers)
        return await _render(request, reader, asked, None, headers)
    terms = bind(asked.query, asked.given)
    is_graph = asked.kind is Kind.GRAPH
    query = _request(request, asked, terms, "turtle" if is_graph else "json", page)
    if is_graph:
        query = replace(query, limits=Limits(_MOST_TRIPLES, query.limits.size))
    headers = _headers(request, query) | _links(request, asked) | {"Vary": "Accept, Accept-Language"}
    tag = _tag(graph, query)
    if tag is not None:
        headers["ETag"] = f'{tag[:-1]}-{reader.language}-{reader.content}-{__version__}"'
        if is_known(headers["ETag"], request.headers.get("if-none-match")):
            return Response(status_code=304, headers=headers)

    async def make(body: bytes, more: dict[str, str]) -> Response:
        return await _render(request, reader, asked, body, more)

    return await run_query(request, query, None, headers, tag=tag, make=make)


async def _render(
    request: Request, reader: Reader, asked: AskedQuery, body: bytes | None, headers: dict[str, str]
) -> Response:
    query, graph, here = asked.query, graph_of(request), _address(request, asked)
    page, forms = asked.page or 1, forms_of(asked.query, asked.kind)
    root = reader.base.removesuffix(f"/version/{graph.snapshot.version}")
    named = query.name
    pinned = f"{root}/version/{graph.snapshot.version}/queries/{named}"
    own: dict[str, str | None] = dict.fromkeys(("format", "page", "limit", "lang", "content"))
    text = example_text(query, asked.given)
    limit = str(_MOST_DRAWN) if asked.kind is Kind.ROWS else None
    context = {
        "query": query,
        "fields": await _fields(graph, reader, asked),
        "datable": query.datable or asked.moment is not None,
        "showing": {"asOf": asked.moment.text if asked.moment else "", "wanted": str(asked.wanted)},
        "wants": ["certain", "possible", *(["all"] if graph.catalogue[named].shows_states else [])],
        "result": None if body is None else _result(asked.kind, body, headers),
        "pages": {
            "first": asked.address(here, page="1") if page > 2 else "",
            "prev": asked.address(here, page=str(page - 1)) if page > 1 else "",
            "next": asked.address(here, page=str(page + 1)) if 'rel="next"' in headers.get("Link", "") else "",
        },
        "before": (page - 1) * asked.limit,
        "forms": [(name, asked.address(here, **{**own, "format": name})) for name in forms],
        "permanent": asked.address(pinned),
        "editor": asked.address(f"{reader.base}/editor/examples/{named}", **{**own, "lang": reader.language}),
        "sparql": text,
        "script": {
            "base": reader.base,
            "root": root,
            "version": graph.snapshot.version,
            "language": reader.language,
            "content": reader.content,
            "chosen": dict(reader.chosen),
            "timeout": graph.settings.timeout,
            "namespace": BASE,
            "prefixes": PREFIXES,
            "query": text,
            "address": asked.address(here, **{**own, "limit": limit}),
            "messages": {
                key.removeprefix("q-"): say(key, reader.language) for key in EDITOR_MESSAGES if key.startswith("q-")
            },
        },
    }
    return render(request, "ask.html", context, headers=headers)


async def _fields(graph: ServedGraph, reader: Reader, asked: AskedQuery) -> list[dict[str, Any]]:
    """Return the fields of the form: one for each parameter, with what it can be chosen from."""
    choices = await choices_of(graph, asked.query)
    fields = []
    for p in asked.query.parameters:
        options = [(choice.value, reader.plain(choice.labels, choice.value)) for choice in choices.get(p.name, ())]
        value = asked.given.get(p.name, p.default or "")
        is_menu = 0 < len(options) <= _LONGEST_SELECT and (not value or value in dict(options))
        fields.append(
            {
                "name": p.name,
                "label": p.description[reader.language],
                "value": value,
                "required": p.required,
                "example": p.shown,
                "options": options,
                "menu": is_menu,
                "kind": {"integer": "number", "date": "date"}.get(p.type, "text"),
            }
        )
    return fields


def _result(kind: Kind, body: bytes, headers: dict[str, str]) -> dict[str, Any]:
    """Return an answer as the template takes it."""
    cut = CUT_HEADER in headers
    if kind is Kind.GRAPH:
        return {"kind": "graph", "text": body.decode("utf-8"), "cut": cut}
    parsed = json.loads(body)
    if kind is Kind.TRUTH:
        return {"kind": "truth", "value": parsed["boolean"], "cut": cut}
    rows = parsed["results"]["bindings"]
    return {"kind": "rows", "names": parsed["head"]["vars"], "rows": rows, "count": len(rows), "cut": cut}
