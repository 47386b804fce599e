"""Descriptions that only a build can write: counts by graph, and what each computed graph is (VoID, PROV-O)."""

from collections import Counter

import pyoxigraph as ox

from citydip.curation.check import Checked
from citydip.model.terms import CD, GRAPH, ID, PREFIXES, VOID, computed_graph

__all__ = ["DESCRIPTION", "describe"]

DESCRIPTION = str(GRAPH["computed/description"])
"""The graph that the description itself goes into."""

_TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")
_INTEGER = ox.NamedNode(PREFIXES["xsd"] + "integer")
_KIND = ox.NamedNode(str(CD.hasGraphKind))
_COMPUTED = ox.NamedNode(str(ID["graph-kind/computed"]))
_LICENCE = ox.NamedNode("https://creativecommons.org/licenses/by/4.0/")
_WHOLE = {"en": "The whole graph of citydip", "fa": "همهٔ گراف سیتی‌دیپ"}


def describe(checked: Checked) -> None:
    """Add counts of all graphs and records of the computed ones to the store of a checked workspace."""
    store = checked.workspace.store
    graph = ox.NamedNode(DESCRIPTION)
    counts = Counter(quad.graph_name.value for quad in store if isinstance(quad.graph_name, ox.NamedNode))
    whole = ox.NamedNode(str(GRAPH).rstrip("/"))

    def add(subject: ox.NamedNode, predicate: str, value: ox.NamedNode | ox.Literal) -> None:
        store.add(ox.Quad(subject, ox.NamedNode(predicate), value, graph))

    add(whole, _TYPE.value, ox.NamedNode(str(VOID.Dataset)))
    add(whole, str(VOID.triples), ox.Literal(str(sum(counts.values())), datatype=_INTEGER))
    for language, title in _WHOLE.items():
        add(whole, PREFIXES["rdfs"] + "label", ox.Literal(title, language=language))
    for iri, count in counts.items():
        add(whole, str(VOID.subset), ox.NamedNode(iri))
        add(ox.NamedNode(iri), str(VOID.triples), ox.Literal(str(count), datatype=_INTEGER))
    for computed in checked.computed:
        node = ox.NamedNode(str(computed_graph(computed.rule)))
        add(node, _TYPE.value, ox.NamedNode(str(VOID.Dataset)))
        add(node, _KIND.value, _COMPUTED)
        add(node, PREFIXES["dcterms"] + "license", _LICENCE)
        add(node, str(CD.ruleName), ox.Literal(computed.rule))
        for language, title in computed.title.items():
            for predicate in (PREFIXES["dcterms"] + "title", PREFIXES["rdfs"] + "label"):
                add(node, predicate, ox.Literal(title, language=language))
