"""Prefixes and example queries, as editors read them from an endpoint: declarations and executables of SHACL.

An example is a query of the catalogue that stands for itself: its parameters have their defaults, in VALUES at the
top, where whoever tries it can change them. Its comment is its title in English alone, because editors show one
example for each comment; both languages are in ``dcterms:title`` and ``dcterms:description``. It has no
``schema:target``: under which address it is asked, a build does not know, and who asks knows it already.

Sources: https://www.w3.org/TR/shacl/#sparql-prefixes, https://github.com/sib-swiss/sparql-examples.
"""

import re
from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from citydip.model.queryfile import Parameter, QueryFile
from citydip.model.terms import GRAPH, PREFIXES

__all__ = ["PREFIX_DECLARATIONS", "QUERIES", "example_triples", "prefix_triples", "standalone"]

QUERIES = str(GRAPH["computed/queries"])
"""The graph that the queries of the catalogue go into."""
PREFIX_DECLARATIONS = str(GRAPH["computed/prefixes"])
"""The graph that the prefixes go into, and the node that declares them."""

_FORM = re.compile(r"^(SELECT|ASK|CONSTRUCT|DESCRIBE)\b", re.MULTILINE)
_PATTERN = re.compile(r"\bWHERE\s*\{")
_PLACE = re.compile(r"^\s*# parameters$", re.MULTILINE)
"""Where a query needs its parameters deeper inside, a comment says so."""


def prefix_triples() -> Iterator[ox.Triple]:
    """Yield a declaration for each prefix that queries may use without declaring it."""
    declaring = ox.NamedNode(PREFIX_DECLARATIONS)
    for prefix, namespace in PREFIXES.items():
        node = ox.NamedNode(f"{PREFIX_DECLARATIONS}#{prefix}")
        yield ox.Triple(declaring, _named("sh", "declare"), node)
        yield ox.Triple(node, _named("rdf", "type"), _named("sh", "PrefixDeclaration"))
        yield ox.Triple(node, _named("sh", "prefix"), ox.Literal(prefix))
        yield ox.Triple(node, _named("sh", "namespace"), ox.Literal(namespace, datatype=_named("xsd", "anyURI")))


def example_triples(queries: Iterable[QueryFile]) -> Iterator[ox.Triple]:
    """Yield an executable for each query: its text, title, summary and keywords."""
    for query in queries:
        node = _named("query", query.name)
        form = _FORM.search(query.body)
        word = form[1].lower() if form else "select"
        yield ox.Triple(node, _named("rdf", "type"), _named("sh", "SPARQLExecutable"))
        yield ox.Triple(node, _named("rdf", "type"), _named("sh", f"SPARQL{word.capitalize()}Executable"))
        yield ox.Triple(node, _named("sh", word), ox.Literal(standalone(query)))
        yield ox.Triple(node, _named("sh", "prefixes"), ox.NamedNode(PREFIX_DECLARATIONS))
        yield ox.Triple(node, _named("rdfs", "comment"), ox.Literal(query.title("en"), language="en"))
        for language in ("en", "fa"):
            title, summary = query.title(language), query.summary(language)
            yield ox.Triple(node, _named("dcterms", "title"), ox.Literal(title, language=language))
            yield ox.Triple(node, _named("dcterms", "description"), ox.Literal(summary, language=language))
        for tag in query.tags:
            yield ox.Triple(node, _named("schema", "keywords"), ox.Literal(tag))


def standalone(query: QueryFile) -> str:
    """Return a query that gives without parameters what the query file gives with its defaults."""
    given = [(p, p.default or (p.example if p.required else "")) for p in query.parameters]
    values = [f"\n  VALUES ?{p.name} {{ {_term(p, value)} }}" for p, value in given if value]
    place = _PLACE.search(query.body) or _PATTERN.search(query.body)
    if not values or place is None:
        return query.body
    return query.body[: place.end()] + "".join(values) + query.body[place.end() :]


def _term(parameter: Parameter, value: str) -> ox.NamedNode | ox.Literal:
    """Return a default as a term; unlike what users give, it was reviewed with the query."""
    if parameter.type == "iri":
        prefix, _, local = value.partition(":")
        return ox.NamedNode(PREFIXES[prefix] + local if prefix in PREFIXES else value.strip("<>"))
    if parameter.type in ("integer", "date"):
        return ox.Literal(value, datatype=_named("xsd", parameter.type))
    return ox.Literal(value)


def _named(prefix: str, local: str) -> ox.NamedNode:
    return ox.NamedNode(PREFIXES[prefix] + local)
