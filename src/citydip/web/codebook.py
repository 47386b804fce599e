"""The terms: a picture and the classes, the properties, the concepts, a page for each; and the ontology as data."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from citydip.engine.formats import Kind, formats_for
from citydip.model.terms import PREFIXES
from citydip.services.browsing import is_listed
from citydip.services.codebook import read_codebook, uses_of
from citydip.services.diagram import diagram_of
from citydip.web.browsing import page_headers, unchanged
from citydip.web.rendering import base_url, open_reader, render
from citydip.web.sparql import choose_format, not_acceptable
from citydip.web.versioned import graph_of

__all__ = ["router"]

router = APIRouter()

_SHOWN = ("turtle", "jsonld", "ntriples", "rdfxml")
"""The formats that the page offers."""


@router.get("/ontology", summary="The terms: a page, or the ontology as data", response_class=Response)
@router.head("/ontology", include_in_schema=False)
async def ontology(request: Request) -> Response:
    """Show the classes and name all other terms, or answer the ontology in the format that is accepted."""
    html, form = choose_format(request, Kind.GRAPH, ())
    if form is None and not html:
        return not_acceptable(request, Kind.GRAPH)
    if not html and form is not None:
        return _ontology_data(request, form.extension)
    return await _page(request, "classes")


@router.get("/ontology/properties", summary="The properties", response_class=Response)
@router.head("/ontology/properties", include_in_schema=False)
async def properties(request: Request) -> Response:
    """Show every property with its definition and what it leads to."""
    return await _page(request, "properties")


@router.get("/ontology/concepts", summary="The concepts", response_class=Response)
@router.head("/ontology/concepts", include_in_schema=False)
async def concepts(request: Request) -> Response:
    """Show every concept with its definition, by its scheme."""
    return await _page(request, "concepts")


async def _page(request: Request, part: str) -> Response:
    reader = await open_reader(request)
    headers = page_headers(request, reader)
    if known := unchanged(request, headers):
        return known
    book = await graph_of(request).once(read_codebook)
    context = {
        "part": part,
        "book": book,
        "diagram": diagram_of(book) if part == "classes" else None,
        "classes": book.classes(),
        "properties": [
            ("object-properties", book.properties("ObjectProperty")),
            ("datatype-properties", book.properties("DatatypeProperty")),
            ("annotation-properties", book.properties("AnnotationProperty")),
        ],
        "schemes": book.schemes(),
        "formats": [form for form in formats_for(Kind.GRAPH) if form.name in _SHOWN],
    }
    return render(request, "ontology.html", context, headers=headers)


@router.get("/ontology.{ending}", summary="The ontology in one format", status_code=303)
@router.head("/ontology.{ending}", include_in_schema=False)
async def ontology_data(request: Request, ending: str) -> Response:
    """Lead to the ontology in the format of an ending such as ``ttl``."""
    return _ontology_data(request, ending)


def _ontology_data(request: Request, ending: str) -> Response:
    form = next((f for f in formats_for(Kind.GRAPH) if f.extension == ending), None)
    target = "/graph/ontology/citydip" + (f"?format={form.name}" if form else "")
    return RedirectResponse(base_url(request) + target, 303, {"Vary": "Accept", "Cache-Control": "no-cache"})


@router.get(
    "/codebook/{name}", summary="A class or property: what it means and where it is used", response_class=Response
)
@router.head("/codebook/{name}", include_in_schema=False)
async def term(request: Request, name: str) -> Response:
    """Show a class or property: definition, examples, what its values may be, and where it is used."""
    reader = await open_reader(request)
    headers = page_headers(request, reader)
    graph = graph_of(request)
    book = await graph.once(read_codebook)
    entry = book.entry(name)
    if known := unchanged(request, headers):
        return known
    context = {
        "book": book,
        "entry": entry,
        "is_class": PREFIXES["owl"] + "Class" in entry.kinds,
        "listed": is_listed(name) and entry.uses > 0,
        "uses": await uses_of(graph, book.most_used(entry.iri)),
    }
    return render(request, "term.html", context, headers=headers)
