"""What the endpoint and its data are, for machines: SPARQL 1.1 Service Description, and a catalogue (DCAT 3).

Sources: https://www.w3.org/TR/sparql11-service-description/ and https://www.w3.org/TR/vocab-dcat-3/
"""

from collections.abc import Iterable

from rdflib import DCAT, DCTERMS, FOAF, RDF, RDFS, XSD, Graph, Literal, Namespace, URIRef

from citydip.engine.formats import FORMATS, Format
from citydip.model.terms import BASE, GRAPH, VOID
from citydip.services.browsing import NamedGraph
from citydip.services.graph import ServedGraph

__all__ = ["catalogue_description", "service_description"]

_SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
_W3C_FORMATS = {
    "json": "SPARQL_Results_JSON",
    "xml": "SPARQL_Results_XML",
    "csv": "SPARQL_Results_CSV",
    "tsv": "SPARQL_Results_TSV",
    "turtle": "Turtle",
    "ntriples": "N-Triples",
    "nquads": "N-Quads",
    "trig": "TriG",
    "jsonld": "JSON-LD",
    "rdfxml": "RDF_XML",
}
_WRITERS = {
    "turtle": "turtle",
    "ntriples": "nt",
    "nquads": "nt",
    "trig": "turtle",
    "jsonld": "json-ld",
    "rdfxml": "xml",
}
"""How rdflib names its writers; a graph without a name is the same in Turtle and TriG, N-Triples and N-Quads."""


def service_description(served: ServedGraph, address: str, form: Format) -> str:
    """Return the description of an endpoint.

    Args:
        served: what is served: the graph, or its view in Wikidata's model, which has one graph only.
        address: address of the endpoint, as clients see it.
        form: a graph format.
    """
    graph = Graph()
    graph.bind("sd", _SD)
    graph.bind("void", VOID)
    service, data, default = URIRef(address), URIRef(f"{address}#dataset"), URIRef(f"{address}#default")
    graph.add((service, RDF.type, _SD.Service))
    label = "citydip: an open knowledge graph of city diplomacy" + (", in Wikidata's model" if served.name else "")
    graph.add((service, RDFS.label, Literal(label, lang="en")))
    graph.add((service, _SD.endpoint, service))
    graph.add((service, _SD.supportedLanguage, _SD.SPARQL11Query))
    if not served.name:
        graph.add((service, _SD.feature, _SD.UnionDefaultGraph))
    if served.federation:
        graph.add((service, _SD.feature, _SD.BasicFederatedQuery))
        asked = "SERVICE may name " + ", ".join(served.federation.services) + "."
        graph.add((service, RDFS.comment, Literal(asked, lang="en")))
    for known in FORMATS:
        graph.add((service, _SD.resultFormat, URIRef("http://www.w3.org/ns/formats/" + _W3C_FORMATS[known.name])))
    graph.add((service, _SD.defaultDataset, data))
    graph.add((data, RDF.type, _SD.Dataset))
    graph.add((data, _SD.defaultGraph, default))
    graph.add((default, RDF.type, _SD.Graph))
    if not served.name:
        graph.add((default, VOID.triples, _count(served.snapshot.quads)))
    for name, count in () if served.name else served.snapshot.graphs.items():
        named = URIRef(f"{address}#{name.removeprefix(str(GRAPH))}")
        content = URIRef(f"{named}-content")
        graph.add((data, _SD.namedGraph, named))
        graph.add((named, RDF.type, _SD.NamedGraph))
        graph.add((named, _SD.name, URIRef(name)))
        graph.add((named, _SD.graph, content))
        graph.add((content, RDF.type, _SD.Graph))
        graph.add((content, VOID.triples, _count(count)))
    limits = f"Queries are stopped after {served.settings.timeout:g} s and may take {served.settings.memory} MiB."
    graph.add((service, RDFS.comment, Literal(limits, lang="en")))
    return graph.serialize(format=_WRITERS[form.name])


_TITLE = {"en": "The whole graph of citydip", "fa": "همهٔ گراف سیتی‌دیپ"}
_ABOUT = {
    "en": "Which cities are tied to which, who signed, hosts or is invited, what is only proposed, and who says so.",
    "fa": "کدام شهر با کدام شهر پیوند دارد، چه کسی امضا کرده، میزبان یا مهمان است، چه پیشنهاد شده و چه کسی می‌گوید.",
}
_VERSION = URIRef("http://www.w3.org/ns/dcat#version")
"""Of DCAT 3, while rdflib knows DCAT 2."""
_MEDIA = "https://www.iana.org/assignments/media-types/"


def catalogue_description(served: ServedGraph, parts: Iterable[NamedGraph], base: str, form: Format) -> str:
    """Return the catalogue of the data: the whole graph, the graphs that it is made of, and the endpoint.

    Args:
        served: what is served.
        parts: the named graphs.
        base: the address of the service, without a slash at the end.
        form: a graph format.
    """
    graph = Graph()
    for prefix, namespace in (("dcat", DCAT), ("dcterms", DCTERMS), ("foaf", FOAF), ("void", VOID)):
        graph.bind(prefix, namespace)
    catalogue, whole = URIRef(f"{base}/dcat"), URIRef(str(GRAPH).rstrip("/"))
    endpoint = URIRef(f"{base}/sparql")
    graph.add((catalogue, RDF.type, DCAT.Catalog))
    graph.add((catalogue, FOAF.homepage, URIRef(f"{base}/")))
    graph.add((catalogue, DCAT.dataset, whole))
    graph.add((catalogue, DCAT.service, endpoint))
    _title(graph, catalogue, {"en": "citydip", "fa": "سیتی‌دیپ"})
    graph.add((endpoint, RDF.type, DCAT.DataService))
    graph.add((endpoint, DCAT.endpointURL, endpoint))
    graph.add((endpoint, DCAT.endpointDescription, URIRef(f"{base}/openapi.json")))
    graph.add((endpoint, DCTERMS.conformsTo, URIRef("https://www.w3.org/TR/sparql11-protocol/")))
    graph.add((endpoint, DCAT.servesDataset, whole))
    _title(graph, endpoint, {"en": "SPARQL endpoint", "fa": "پایانهٔ اسپارکل"})
    for kind in (DCAT.Dataset, VOID.Dataset):
        graph.add((whole, RDF.type, kind))
    _title(graph, whole, _TITLE)
    for language, text in _ABOUT.items():
        graph.add((whole, DCTERMS.description, Literal(text, lang=language)))
    graph.add((whole, DCAT.landingPage, URIRef(f"{base}/")))
    graph.add((whole, _VERSION, Literal(served.snapshot.version)))
    graph.add((whole, DCTERMS.conformsTo, URIRef(f"{BASE}ontology")))
    graph.add((whole, DCTERMS.rights, Literal("Each graph has its own licence.", lang="en")))
    graph.add((whole, VOID.triples, _count(served.snapshot.quads)))
    graph.add((whole, VOID.sparqlEndpoint, endpoint))
    _distribution(graph, whole, f"{base}/graph?default&format=ntriples", "application/n-triples")
    for part in parts:
        _part(graph, whole, part, base)
    return graph.serialize(format=_WRITERS[form.name])


def _part(graph: Graph, whole: URIRef, part: NamedGraph, base: str) -> None:
    """Describe a named graph as a data set of its own."""
    name = URIRef(part.iri)
    graph.add((whole, DCTERMS.hasPart, name))
    graph.add((name, RDF.type, DCAT.Dataset))
    graph.add((name, VOID.triples, _count(part.triples)))
    _title(graph, name, part.titles)
    if part.licence:
        graph.add((name, DCTERMS.license, URIRef(part.licence)))
    if part.rights:
        graph.add((name, DCTERMS.rights, Literal(part.rights)))
    if part.issued:
        graph.add((name, DCTERMS.issued, Literal(part.issued, datatype=XSD.date)))
    _distribution(graph, name, f"{base}/graph/{part.iri.removeprefix(str(GRAPH))}?format=turtle", "text/turtle")


def _distribution(graph: Graph, data: URIRef, address: str, media: str) -> None:
    node = URIRef(address)
    graph.add((data, DCAT.distribution, node))
    graph.add((node, RDF.type, DCAT.Distribution))
    graph.add((node, DCAT.downloadURL, node))
    graph.add((node, DCAT.accessURL, node))
    graph.add((node, DCAT.mediaType, URIRef(_MEDIA + media)))


def _title(graph: Graph, node: URIRef, titles: dict[str, str]) -> None:
    for language, text in titles.items():
        graph.add((node, DCTERMS.title, Literal(text, lang=language or None)))


def _count(number: int) -> Literal:
    return Literal(str(number), datatype=XSD.integer)
