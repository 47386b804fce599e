"""The namespaces and prefixes that every part of citydip shares.

Example:
    >>> from citydip.model.terms import CD, shorten
    >>> shorten(CD.twinnedWith)
    'cd:twinnedWith'
"""

from rdflib import DCTERMS, OWL, PROV, RDF, RDFS, SH, SKOS, XSD, Namespace, URIRef

__all__ = [
    "BASE",
    "CD",
    "GRAPH",
    "ID",
    "OA",
    "PREFIXES",
    "SSSOM",
    "VOID",
    "computed_graph",
    "expand",
    "prefixes_of_kinds",
    "shorten",
]

BASE = "https://w3id.org/citydip/"
CD = Namespace(BASE + "ontology#")
ID = Namespace(BASE + "id/")
GRAPH = Namespace(BASE + "graph/")
OA = Namespace("http://www.w3.org/ns/oa#")
SSSOM = Namespace("https://w3id.org/sssom/")
VOID = Namespace("http://rdfs.org/ns/void#")

_KINDS = (
    "agreement",
    "agreement-type",
    "assertion",
    "assertion-kind",
    "attestation",
    "calendar",
    "change-kind",
    "city",
    "composition",
    "confidence",
    "cooperation",
    "correspondence",
    "count",
    "count-qualifier",
    "country",
    "creative-field",
    "date",
    "designation",
    "division",
    "diplomatic-gap",
    "document",
    "edition-record",
    "election",
    "event",
    "event-type",
    "evidence",
    "financing",
    "gap-kind",
    "graph-kind",
    "group",
    "hosting-bid",
    "invitation",
    "list",
    "listing",
    "mapping",
    "membership",
    "office",
    "office-hosting",
    "office-kind",
    "organization",
    "organizational-change",
    "participation",
    "person",
    "post",
    "post-kind",
    "programme",
    "project",
    "proposal",
    "prospect",
    "prospect-kind",
    "quote",
    "region",
    "release",
    "request",
    "role",
    "role-holding",
    "scheme",
    "search-record",
    "series",
    "source",
    "source-kind",
    "status",
    "status-record",
    "support",
    "tenure",
    "tie",
    "venue",
    "version-change",
    "version-change-kind",
    "visit",
    "world-region",
)

PREFIXES: dict[str, str] = {
    "bd": "http://www.bigdata.com/rdf#",
    "cd": str(CD),
    "cs": "http://purl.org/vocab/changeset/schema#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": str(DCTERMS),
    "foaf": "http://xmlns.com/foaf/0.1/",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "graph": str(GRAPH),
    "oa": str(OA),
    "org": "http://www.w3.org/ns/org#",
    "owl": str(OWL),
    "prov": str(PROV),
    "query": BASE + "query/",
    "rdf": str(RDF),
    "rdfs": str(RDFS),
    "schema": "https://schema.org/",
    "semapv": "https://w3id.org/semapv/vocab/",
    "sh": str(SH),
    "shape": BASE + "shapes/",
    "skos": str(SKOS),
    "sssom": str(SSSOM),
    "time": "http://www.w3.org/2006/time#",
    "vann": "http://purl.org/vocab/vann/",
    "void": str(VOID),
    "void-ext": "http://ldf.fi/void-ext#",
    "vs": "http://www.w3.org/2003/06/sw-vocab-status/ns#",
    "wd": "http://www.wikidata.org/entity/",
    "wdt": "http://www.wikidata.org/prop/direct/",
    "wikibase": "http://wikiba.se/ontology#",
    "xsd": str(XSD),
}


def prefixes_of_kinds() -> dict[str, str]:
    """Return a prefix for each kind of thing, so that ``city:tehran`` can be written in Turtle.

    Example:
        >>> prefixes_of_kinds()["city"]
        'https://w3id.org/citydip/id/city/'
    """
    return {kind: f"{ID}{kind}/" for kind in _KINDS}


PREFIXES |= prefixes_of_kinds()

# Every namespace ends where a local name, which has neither of the two signs, can begin.
_PREFIX_OF = {namespace: prefix for prefix, namespace in PREFIXES.items() if namespace[-1] in "/#"}


def shorten(iri: str | URIRef) -> str:
    """Return the prefixed name of an IRI, or the IRI in angle brackets where no prefix fits.

    Example:
        >>> shorten("https://w3id.org/citydip/id/city/tehran")
        'city:tehran'
    """
    text = str(iri)
    begins = max(text.rfind("/"), text.rfind("#")) + 1
    prefix, local = _PREFIX_OF.get(text[:begins]), text[begins:]
    if prefix and local and all(c.isalnum() or c in "-_" for c in local):
        return f"{prefix}:{local}"
    return f"<{text}>"


def expand(text: str) -> str:
    """Return the full IRI of one that is written in full, in angle brackets or with a prefix; other text as it is.

    Example:
        >>> expand("city:tehran") == expand("<https://w3id.org/citydip/id/city/tehran>")
        True
    """
    bare = text.strip().removeprefix("<").removesuffix(">")
    prefix, colon, local = bare.partition(":")
    return PREFIXES[prefix] + local if colon and prefix in PREFIXES and not local.startswith("//") else bare


def computed_graph(rule: str) -> URIRef:
    """Return the IRI of the graph that holds what one rule has computed.

    Example:
        >>> str(computed_graph("twinned-with"))
        'https://w3id.org/citydip/graph/computed/twinned-with'
    """
    return GRAPH["computed/" + rule]
