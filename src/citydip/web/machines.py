"""What crawlers, catalogues and language models look for at fixed addresses."""

import json
from xml.sax.saxutils import escape

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, RedirectResponse, Response

from citydip.model.errors import NotFoundError
from citydip.model.terms import BASE, CD
from citydip.web.rendering import base_url
from citydip.web.versioned import graph_of

__all__ = ["router"]

router = APIRouter()

_MAPPED = ("City", "Country", "Person", "Organization", "CityNetwork", "Event", "EventSeries", "Agreement", "Source")
"""The kinds of things whose pages crawlers are told of."""


@router.get("/robots.txt", summary="What crawlers may read", response_class=PlainTextResponse)
@router.head("/robots.txt", include_in_schema=False)
async def robots(request: Request) -> Response:
    """Let crawlers read pages and data, and keep them from running queries and from old versions."""
    lines = ["User-agent: *", "Disallow: /sparql", "Disallow: /version/", "Disallow: /queries/", "Disallow: /search"]
    # Whoever only follows links shall not have all of them made.
    lines.append("Disallow: /export/")
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


@router.get("/llms.txt", summary="What this is, for language models", response_class=PlainTextResponse)
@router.head("/llms.txt", include_in_schema=False)
async def llms(request: Request) -> Response:
    """Say in plain words what there is, and how to ask."""
    base, snapshot = base_url(request), graph_of(request).snapshot
    return PlainTextResponse(
        f"""# citydip

> An open knowledge graph of city diplomacy: which cities are tied to which, who signed, hosts or is invited, what is
> only proposed, and who says so. {snapshot.quads:,} triples, version {snapshot.version}.

Every statement has a status and evidence (a source, often a quotation). What is only proposed has no shortcut such as
cd:twinnedWith. A date has bounds (cd:earliestDay, cd:latestDay). What is missing is unknown, not false.

## Ask

- [SPARQL endpoint]({base}/sparql): GET or POST; prefixes such as cd:, city: and rdfs: need no declaration
- [Search by name]({base}/search?q=isfahan): any script; JSON with Accept: application/json
- [OpenAPI]({base}/openapi.json)

## Read

- [Terms]({base}/ontology.ttl): what each class and property means
- [Named graphs]({base}/graphs): who says what, under which licence
- [A thing as data]({base}/data/city/isfahan.ttl): every page has its data
- [Statistics]({base}/.well-known/void)
- [Exports]({base}/export): the whole graph, tables, networks and maps as files
""",
        headers={"Cache-Control": "no-cache"},
    )
