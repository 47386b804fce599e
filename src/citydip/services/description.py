"""What the endpoint is, for machines: SPARQL 1.1 Service Description.

Source: https://www.w3.org/TR/sparql11-service-description/
"""

from rdflib import RDF, RDFS, XSD, Graph, Literal, Namespace, URIRef

from citydip.engine.formats import FORMATS, Format
from citydip.model.terms import GRAPH, VOID
from citydip.services.graph import ServedGraph

__all__ = ["service_description"]

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
    """Return the description of the endpoint.

    Args:
        served: what is served.
        address: address of the endpoint, as clients see it.
        form: a graph format.
    """
    graph = Graph()
    graph.bind("sd", _SD)
    graph.bind("void", VOID)
    service, data, default = URIRef(address), URIRef(f"{address}#dataset"), URIRef(f"{address}#default")
    graph.add((service, RDF.type, _SD.Service))
    graph.add((service, RDFS.label, Literal("citydip: an open knowledge graph of city diplomacy", lang="en")))
    graph.add((service, _SD.endpoint, service))
    graph.add((service, _SD.supportedLanguage, _SD.SPARQL11Query))
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
    graph.add((default, VOID.triples, _count(served.snapshot.quads)))
    for name, count in served.snapshot.graphs.items():
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


def _count(number: int) -> Literal:
    return Literal(str(number), datatype=XSD.integer)
