"""What crawlers, catalogues and language models look for at fixed addresses."""

import json
from xml.sax.saxutils import escape

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, RedirectResponse, Response

from citydip.engine.formats import Format, Kind, formats_for
from citydip.model.errors import NotFoundError
from citydip.model.terms import BASE, CD
from citydip.services.browsing import named_graphs
from citydip.services.description import catalogue_description
from citydip.web.rendering import base_url
from citydip.web.sparql import choose_format, not_acceptable
from citydip.web.versioned import graph_of

__all__ = ["router"]

router = APIRouter()

_MAPPED = (
    "City",
    "Country",
    "Person",
    "Post",
    "Organization",
    "Municipality",
    "CityNetwork",
    "NetworkSection",
    "InternationalOrganization",
    "GovernmentBody",
    "Event",
    "EventSeries",
    "Project",
    "Document",
    "Agreement",
    "Membership",
    "Proposal",
    "Source",
)
"""The kinds of things whose pages crawlers are told of."""


@router.get("/robots.txt", summary="What crawlers may read", response_class=PlainTextResponse)
@router.head("/robots.txt", include_in_schema=False)
async def robots(request: Request) -> Response:
    """Let crawlers read pages and data, and keep them from running queries and from old versions."""
    # Whoever only follows links shall not have all exports made.
    closed = ("/sparql", "/wikidata/sparql", "/version/", "/queries/", "/search", "/export/")
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed)]
    return PlainTextResponse("\n".join([*lines, "Allow: /", f"Sitemap: {base_url(request)}/sitemap.xml", ""]))


@router.get("/sitemap.xml", summary="The pages, by kind", response_class=Response)
@router.head("/sitemap.xml", include_in_schema=False)
async def sitemap(request: Request) -> Response:
    """List the lists of pages."""
    places = "".join(f"<sitemap><loc>{base_url(request)}/sitemap/{kind}.xml</loc></sitemap>" for kind in _MAPPED)
    return _xml(f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{places}</sitemapindex>')


@router.get("/sitemap/{kind}.xml", summary="The pages of a kind", response_class=Response)
@router.head("/sitemap/{kind}.xml", include_in_schema=False)
async def sitemap_of_kind(request: Request, kind: str) -> Response:
    """List the pages of the things of a kind."""
    if kind not in _MAPPED:
        raise NotFoundError(f"there is no sitemap of {kind!r}; there are: {', '.join(_MAPPED)}")
    graph = graph_of(request)
    answer = await graph.rows(graph.internal["iris-of-kind"], {"kind": f"<{CD[kind]}>"})
    iris = [row["thing"]["value"] for row in json.loads(answer)["results"]["bindings"]]
    base = base_url(request)
    pages = (escape(f"{base}/page/{iri.removeprefix(BASE + 'id/')}") for iri in iris if iri.startswith(BASE + "id/"))
    places = "".join(f"<url><loc>{page}</loc></url>" for page in pages)
    return _xml(f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{places}</urlset>')


def _xml(body: str) -> Response:
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'
    return Response(text, media_type="application/xml; charset=utf-8", headers={"Cache-Control": "no-cache"})


@router.get("/.well-known/void", summary="The description of the whole graph (VoID)", status_code=302)
@router.head("/.well-known/void", include_in_schema=False)
async def void(request: Request) -> Response:
    """Lead to the graph that describes all others."""
    return RedirectResponse(base_url(request) + "/graph/computed/description", 302, {"Cache-Control": "no-cache"})


@router.get("/dcat", summary="The catalogue of the data (DCAT)", response_class=Response)
@router.head("/dcat", include_in_schema=False)
async def dcat(request: Request) -> Response:
    """Answer the catalogue in the format that is accepted; a browser is led to the page of the graphs."""
    html, form = choose_format(request, Kind.GRAPH, ())
    if html:
        headers = {"Vary": "Accept", "Cache-Control": "no-cache"}
        return RedirectResponse(base_url(request) + "/graphs", 303, headers)
    return await _dcat(request, form) if form else not_acceptable(request, Kind.GRAPH)


@router.get("/dcat.{ending}", summary="The catalogue of the data in one format", response_class=Response)
@router.head("/dcat.{ending}", include_in_schema=False)
async def dcat_data(request: Request, ending: str) -> Response:
    """Answer the catalogue in the format of an ending such as ``ttl``."""
    form = next((f for f in formats_for(Kind.GRAPH) if f.extension == ending), None)
    if form is None:
        known = ", ".join(sorted({f.extension for f in formats_for(Kind.GRAPH)}))
        raise NotFoundError(f"the catalogue has no form {ending[:20]!r}; there are: {known}")
    return await _dcat(request, form)


async def _dcat(request: Request, form: Format) -> Response:
    graph, base = graph_of(request), base_url(request)
    text = catalogue_description(graph, await graph.once(named_graphs), base, form)
    headers = {
        "Vary": "Accept",
        "Cache-Control": "no-cache",
        "Link": f'<{base}/graphs>; rel="alternate"; type="text/html", <{base}/graphs>; rel="license"',
    }
    return Response(text, media_type=form.media_type, headers=headers)


@router.get("/llms.txt", summary="What this is, for language models", response_class=PlainTextResponse)
@router.head("/llms.txt", include_in_schema=False)
async def llms(request: Request) -> Response:
    """Say in plain words what there is, and how to ask."""
    base, snapshot = base_url(request), graph_of(request).snapshot
    compared = ""
    if request.app.versions.kept(1):
        words = "between two versions, in sentences, as JSON, RDF and an Atom feed"
        compared = f"- [What changed]({base}/changes): {words}\n"
    return PlainTextResponse(
        f"""# citydip

> An open knowledge graph of city diplomacy: which cities are tied to which, who signed, hosts or is invited, what is
> only proposed, and who says so. {snapshot.quads:,} triples, version {snapshot.version}.

Every statement has a status and evidence (a source, often a quotation). What is only proposed has no shortcut such as
cd:twinnedWith. A date has bounds (cd:earliestDay, cd:latestDay). What is missing is unknown, not false.

## Ask

- [SPARQL endpoint]({base}/sparql): GET or POST; prefixes such as cd:, city: and rdfs: need no declaration
- [Endpoint in Wikidata's model]({base}/wikidata/sparql): wd:, wdt:, p:, ps:, pq: and the label service, as at Wikidata
- [Search by name]({base}/search?q=isfahan): any script; JSON with Accept: application/json
- [Reconciliation service]({base}/reconcile): matches the names of a table with things here (OpenRefine, version 0.2)
- [Ready questions]({base}/queries): each answers at /queries/NAME with its parameters, in many formats, as of any date
- [OpenAPI]({base}/openapi.json)

## Read

- [Terms]({base}/ontology.ttl): what each class and property means; as pages at {base}/ontology
- [Queries]({base}/graph/computed/queries): the catalogue of ready questions with their SPARQL
- [Catalogue of the data]({base}/dcat.ttl): DCAT, with the licence of each graph
- [Named graphs]({base}/graphs): who says what, under which licence
- [A thing as data]({base}/data/city/isfahan.ttl): every page has its data
- [Statistics]({base}/.well-known/void)
- [Network of ties]({base}/network/stats): its figures; those of each city are in {base}/graph/computed/network-measures
{compared}- [Exports]({base}/export): the whole graph, tables, networks and maps as files
""",
        headers={"Cache-Control": "no-cache"},
    )
