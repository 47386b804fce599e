"""Linked data: each IRI of the graph is a page for people and data for machines.

A thing (``/id/city/rasht``) is no document, so it leads with 303 to one about it: ``/page/city/rasht`` or
``/data/city/rasht``. Terms, shapes, queries and graphs are documents of their own and answer at once.

Source: https://www.w3.org/TR/cooluris/
"""

import asyncio
import hashlib
import json
import re
import secrets
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from markupsafe import Markup

from citydip import __version__
from citydip.curation.networks.ties import GRADES
from citydip.engine.binding import bind
from citydip.engine.formats import Format, Kind, formats_for
from citydip.engine.limits import Limits
from citydip.engine.run import QueryRequest
from citydip.model.errors import GoneError, NotFoundError, ParameterError
from citydip.model.holding import Moment, Wanted, read_moment
from citydip.model.negotiation import choose
from citydip.model.terms import BASE
from citydip.services.answers import tag_of
from citydip.services.attending import attendance_of
from citydip.services.citing import CITATIONS, citation_of
from citydip.services.dating import as_of, lasts
from citydip.services.examples import example_text
from citydip.services.graph import ServedGraph
from citydip.services.mapping import map_of
from citydip.services.neighbours import neighbours_of
from citydip.services.pages import Page, members_of, other_parties, page_of, rivals
from citydip.services.saying import Said, read_saying
from citydip.services.things import Thing, read_thing
from citydip.services.timeline import timeline_of
from citydip.web.answering import run_query
from citydip.web.conditional import is_known
from citydip.web.reader import Reader
from citydip.web.rendering import base_url, open_reader, render
from citydip.web.sparql import choose_format, not_acceptable
from citydip.web.versioned import cache_control, graph_of

__all__ = ["router", "show_thing", "state_of"]

router = APIRouter()

_NAME = re.compile(r"[A-Za-z0-9:/._~+#-]+")
"""What the IRIs of this graph are made of."""
_SHOWN = ("turtle", "jsonld", "ntriples", "rdfxml")
"""The formats that pages offer."""
_DOCUMENTS = ("shapes", "query", "ontology", "computed")
_TIED = ("signed", "in-force", "reported")
"""Statuses of ties that hold."""
_SCHEMA = {
    "City": "City",
    "Country": "Country",
    "AdministrativeDivision": "AdministrativeArea",
    "Venue": "Place",
    "Person": "Person",
    "Organization": "Organization",
    "Event": "Event",
    "EventSeries": "EventSeries",
    "Document": "CreativeWork",
    "Source": "CreativeWork",
}


@router.get("/id/{path:path}", summary="A thing: leads to its page or its data", status_code=303)
@router.head("/id/{path:path}", include_in_schema=False)
async def thing(request: Request, path: str) -> Response:
    """Lead to the document about a thing that the Accept header or the ending of the path asks for."""
    name, form = _ending(path)
    iri = f"{BASE}id/{name}"
    _named(iri)
    retired, replacement = await state_of(request, iri)
    headers = {"Vary": "Accept", "Cache-Control": "no-cache"}
    if replacement.startswith(f"{BASE}id/"):
        target = base_url(request) + "/" + replacement.removeprefix(BASE)
        return RedirectResponse(target, 301, headers)
    if retired:
        instead = f"see {replacement} instead" if replacement else "nothing here has taken its place"
        raise GoneError(f"{iri} was retired; {instead}")
    query = f"?{request.url.query}" if request.url.query else ""
    if form == "html" or (form is None and _wants_page(request)):
        return RedirectResponse(f"{base_url(request)}/page/{name}{query}", 303, headers)
    if form is None:
        chosen = _negotiated(request)
        if chosen is None:
            return not_acceptable(request, Kind.GRAPH)
        form = chosen.extension
    return RedirectResponse(f"{base_url(request)}/data/{name}.{form}{query}", 303, headers)


@router.get("/page/{path:path}", summary="The page of a thing", response_class=Response)
@router.head("/page/{path:path}", include_in_schema=False)
async def page(request: Request, path: str) -> Response:
    """Show what the graph says of a thing, with its evidence."""
    return await show_thing(request, f"{BASE}id/{path}", f"data/{path}")


@router.get("/data/{path:path}", summary="The data of a thing", response_class=Response)
@router.head("/data/{path:path}", include_in_schema=False)
async def data(request: Request, path: str) -> Response:
    """Answer the description of a thing: its triples, statements about it and their evidence."""
    name, ending = _ending(path)
    return await _data(request, f"{BASE}id/{name}", ending)


@router.get("/shapes/{path:path}", summary="A shape", response_class=Response)
@router.get("/query/{path:path}", summary="A query of the catalogue, described", response_class=Response)
@router.get("/ontology/{path:path}", summary="A node of the ontology that is no term", response_class=Response)
@router.head("/shapes/{path:path}", include_in_schema=False)
@router.head("/query/{path:path}", include_in_schema=False)
@router.head("/ontology/{path:path}", include_in_schema=False)
async def document(request: Request, path: str) -> Response:
    """Describe something that is a document itself, as a page or as data."""
    folder = request.scope["path"].removeprefix(request.scope.get("root_path", "")).split("/")[1]
    name, ending = _ending(path)
    iri = f"{BASE}{folder}/{name}"
    if ending == "html" or (ending is None and _wants_page(request)):
        return await show_thing(request, iri, f"{folder}/{name}")
    return await _data(request, iri, ending)


@router.get("/cite/{path:path}", summary="How to cite a thing", response_class=Response)
@router.head("/cite/{path:path}", include_in_schema=False)
async def citation(request: Request, path: str, form: Annotated[str, Query(alias="format")] = "text") -> Response:
    """Cite a thing at this version of the data, with the sources that it rests on; or a query; or the version."""
    graph = graph_of(request)
    reader = await open_reader(request)
    base = reader.base.removesuffix(f"/version/{graph.snapshot.version}")
    text = await citation_of(graph, path, form, language=reader.content, base=base)
    headers = {"Vary": "Accept-Language", "Cache-Control": "no-cache", "Content-Language": reader.content}
    return Response(text, media_type=f"{CITATIONS[form]}; charset=utf-8", headers=headers)


def _named(iri: str) -> None:
    """Refuse what cannot be the IRI of a thing: it goes into headers, where a line could be broken.

    Raises:
        NotFoundError: it has other characters than our IRIs have.
    """
    if not _NAME.fullmatch(iri):
        raise NotFoundError("no thing here has such a name; look for it by its label at /search")


def _ending(path: str) -> tuple[str, str | None]:
    """Return a path without the ending that names a format, and that ending."""
    name, dot, ending = path.rpartition(".")
    known = {form.extension for form in formats_for(Kind.GRAPH)} | {"html"}
    return (name, ending) if dot and ending in known else (path, None)


def _wants_page(request: Request) -> bool:
    offered = ["text/html", *(form.media_type for form in formats_for(Kind.GRAPH))]
    return choose(request.headers.get("accept"), offered) == "text/html"


def _negotiated(request: Request) -> Format | None:
    return choose_format(request, Kind.GRAPH, ())[1]


async def state_of(request: Request, iri: str) -> tuple[bool, str]:
    """Return whether a thing is retired, and by what it is replaced.

    Args:
        request: what is answered.
        iri: the thing.

    Raises:
        NotFoundError: the graph does not know it.
    """
    _named(iri)
    graph = graph_of(request)
    answer = await graph.rows(graph.internal["state-of-thing"], {"thing": f"<{iri}>"})
    rows = json.loads(answer)["results"]["bindings"]
    if not rows:
        message = f"the graph says nothing about {iri}; look for it by name at {base_url(request)}/search"
        raise NotFoundError(message, iri)
    row = rows[0]
    retired = row.get("retired", {}).get("value") in ("true", "1")
    return retired, row.get("replacement", {}).get("value", "")


async def show_thing(request: Request, iri: str, resource: str) -> Response:
    """Answer with the page of a thing.

    Args:
        request: what is answered.
        iri: the thing.
        resource: where its data are, as a path below this service without the ending of a format.

    Raises:
        NotFoundError: the graph says nothing about it.
    """
    _named(iri)
    graph = graph_of(request)
    reader = await open_reader(request)
    moment, wanted = _time(request)
    tag = _tag(request, reader, iri, moment.text if moment else "", str(wanted))
    headers = {
        "ETag": tag,
        "Cache-Control": cache_control(request),
        "Link": _links(reader, resource, iri),
    }
    if is_known(tag, request.headers.get("if-none-match")):
        return Response(status_code=304, headers=headers | {"Vary": "Accept, Accept-Language"})
    thing, said = await _read(graph, iri)
    datable = any(map(lasts, thing.statements))
    model = page_of(thing, reader.vocabulary)
    # What the graph says of the thing is as much at whatever time is looked at.
    description = _description(reader, model)
    then = None
    if moment is not None:
        thing.statements, then = as_of(thing.statements, moment, wanted)
        model = page_of(thing, reader.vocabulary)
    incoming = sorted(thing.incoming.items())
    context = {
        # What is in the table of participants is in no section, and so not on the timeline.
        "attendance": attendance_of(model),
        "datable": datable,
        "then": then,
        "said": said,
        "timeline": timeline_of(model.sections, hijri=reader.language == "fa"),
        "neighbours": neighbours_of(thing),
        "members": members_of(model),
        "table": _table(graph, reader, iri) if any(section.key == "ties" for section in model.sections) else "",
        "among": _among_partners(thing, reader),
        "page": model,
        "iri": iri,
        "cited": iri.removeprefix(BASE + "id/") if iri.startswith(BASE + "id/") else "",
        "alternates": [(form, _address(reader, resource, form)) for form in _forms()],
        "description": description,
        "jsonld": _json_ld(model),
        "rivals": rivals(thing),
        "incoming": incoming,
        "retired": any(node.value == "true" for node in thing.all("owl:deprecated")),
        "map": map_of(thing),
    }
    return render(request, "thing.html", context, headers=headers)


def _table(graph: ServedGraph, reader: Reader, iri: str) -> str:
    """Return the address of the ties of a thing as a table for other tools."""
    text = example_text(graph.catalogue["ties-of-thing"], {"thing": f"<{iri}>"})
    return f"{reader.base}/sparql?{urlencode({'query': text, 'format': 'csv'})}"


def _among_partners(thing: Thing, reader: Reader) -> str:
    """Return what asks for the picture of a city among its partners; empty where it has none."""
    cities = f"{BASE}id/city/"
    tied = (
        statement.status in _TIED
        and any(party.value.startswith(cities) for party in other_parties(statement, thing.iri))
        for statement in thing.statements
    )
    if not thing.iri.startswith(cities) or not any(tied):
        return ""
    return urlencode({"city": thing.iri, "grade": GRADES, "lang": reader.language}, doseq=True)


async def _read(graph: ServedGraph, iri: str) -> tuple[Thing, Said | None]:
    """Return a thing, and what it says where it is a source: nothing is stated about those."""
    if iri.startswith(f"{BASE}id/source/"):
        return await asyncio.gather(read_thing(graph, iri, facts_only=True), read_saying(graph, iri))
    return await read_thing(graph, iri), None


async def _data(request: Request, iri: str, ending: str | None) -> Response:
    _named(iri)
    graph = graph_of(request)
    form = next((f for f in formats_for(Kind.GRAPH) if f.extension == ending), None) or _negotiated(request)
    if form is None:
        return not_acceptable(request, Kind.GRAPH)
    await state_of(request, iri)
    query = graph.internal["describe"]
    asked = QueryRequest(
        query.text,
        graph.guard(query.text),
        form.name,
        bindings=bind(query, {"thing": f"<{iri}>"}),
        limits=Limits(graph.settings.rows, graph.settings.size << 20),
        id=secrets.token_urlsafe(16),
        client=request.client.host if request.client else "",
    )
    base, resource = base_url(request), iri.removeprefix(BASE).removeprefix("id/")
    headers = {
        "Vary": "Accept",
        "Cache-Control": cache_control(request),
        "Link": f'<{base}/page/{resource}>; rel="alternate"; type="text/html", '
        f'<{iri}>; rel="describes", <{base}/graphs>; rel="license"',
    }
    tag = tag_of(graph.snapshot.version, asked, form.name)
    if tag is not None:
        headers["ETag"] = tag
        if is_known(tag, request.headers.get("if-none-match")):
            return Response(status_code=304, headers=headers)
    return await run_query(request, asked, form, headers, tag=tag)


def _forms() -> list[Format]:
    return [form for form in formats_for(Kind.GRAPH) if form.name in _SHOWN]


def _time(request: Request) -> tuple[Moment | None, Wanted]:
    """Return the time as of which a page is wanted, and which statements of it.

    Raises:
        ParameterError: the time or the choice cannot be read.
    """
    text, wanted = request.query_params.get("asOf", ""), request.query_params.get("wanted") or Wanted.CERTAIN
    if wanted not in set(Wanted):
        raise ParameterError(f"wanted must be certain, possible or all, not {wanted[:40]!r}")
    return read_moment(text) if text else None, Wanted(wanted)


def _tag(request: Request, reader: Reader, *about: str) -> str:
    parts = (graph_of(request).snapshot.version, __version__, reader.language, reader.content, reader.base, *about)
    return f'W/"{hashlib.sha256(" ".join(parts).encode()).hexdigest()[:24]}"'


def _links(reader: Reader, resource: str, iri: str) -> str:
    links = [f'<{_address(reader, resource, f)}>; rel="alternate"; type="{f.media_type}"' for f in _forms()]
    links += [f'<{reader.base}/{resource}>; rel="describedby"', f'<{reader.base}/graphs>; rel="license"']
    return ", ".join([*links, f'<{iri}>; rel="describes"'])


def _address(reader: Reader, resource: str, form: Format) -> str:
    """Return where data are in a format; a graph's own name may end in what looks like one."""
    if resource.startswith("graph/"):
        return f"{reader.base}/{resource}?format={form.name}"
    return f"{reader.base}/{resource}.{form.extension}"


def _description(reader: Reader, page: Page) -> str:
    """Return a sentence or two that say what a thing is, in words made from the data."""
    kind = reader.plain(reader.vocabulary.labels.get(page.kinds[0], {})) if page.kinds else ""
    places = [reader.plain(node.labels) for node in page.thing.all("cd:locatedIn")]
    place = next(filter(None, places), "")
    words = reader.say("described-in", kind=kind, place=place) if place else reader.say("described", kind=kind)
    words = words[:1].upper() + words[1:]
    count = page.thing.counts.get("https://w3id.org/citydip/ontology#about", 0)
    if not count:
        return words if kind else ""
    sources = len(page.thing.sources)
    return words + " " + reader.say("described-by", count=reader.number(count), sources=reader.number(sources))


def _json_ld(page: Page) -> Markup:
    """Return the thing in the terms of schema.org, safe inside a page."""
    thing: Thing = page.thing
    kinds = [kind.rsplit("#", 1)[-1] for kind in page.kinds]
    about: dict[str, Any] = {
        "@context": "https://schema.org",
        "@id": thing.iri,
        "@type": next((_SCHEMA[kind] for kind in kinds if kind in _SCHEMA), "Thing"),
        "name": [{"@language": k, "@value": v} if k else v for k, v in sorted(thing.labels.items())],
    }
    same = [f"http://www.wikidata.org/entity/{node.value}" for node in thing.all("cd:wikidataIdentifier")]
    same += [f"https://sws.geonames.org/{node.value}/" for node in thing.all("cd:geonamesIdentifier")]
    if same:
        about["sameAs"] = same
    return Markup(json.dumps(about, ensure_ascii=False).replace("<", "\\u003c"))  # noqa: S704 - no tag can begin
