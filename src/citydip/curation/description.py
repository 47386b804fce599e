"""Descriptions that only a build can write: what each graph is and holds, and what the whole offers to editors.

===========================  ==============================================================================
graph                        what it holds
===========================  ==============================================================================
``computed/description``     triples of each graph, and what each computed one is (VoID, PROV-O)
``computed/partitions``      classes, their properties, and what these lead to, with counts (VoID)
``computed/prefixes``        prefixes (SHACL)
``computed/queries``         the queries of the catalogue (SHACL)
===========================  ==============================================================================

All counts leave these four graphs out: a description that counted itself would change what it counts. They are part
of the default graph like all others, because that is where editors ask for them; their subjects have no
``rdfs:label`` and no class of ours, so that queries about cities do not meet them.
"""

from collections.abc import Iterable

import pyoxigraph as ox

from citydip.curation.check import Checked
from citydip.curation.examples import PREFIX_DECLARATIONS, QUERIES, example_triples, prefix_triples
from citydip.curation.partitions import PARTITIONS, WHOLE, count, partition_triples
from citydip.model.queryfile import parse_query_file
from citydip.model.terms import CD, GRAPH, ID, PREFIXES, VOID, computed_graph

__all__ = ["DESCRIBING", "DESCRIPTION", "describe", "triples_by_graph"]

DESCRIPTION = str(GRAPH["computed/description"])
"""The graph with what each graph is and how much it holds."""
DESCRIBING = (DESCRIPTION, PARTITIONS, PREFIX_DECLARATIONS, QUERIES)
"""The graphs that describe the others."""

_TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")
_INTEGER = ox.NamedNode(PREFIXES["xsd"] + "integer")
_KIND = ox.NamedNode(str(CD.hasGraphKind))
_COMPUTED = ox.NamedNode(str(ID["graph-kind/computed"]))
_REDISTRIBUTABLE = ox.NamedNode(str(CD.redistributable))
_FALSE = ox.Literal("false", datatype=ox.NamedNode(PREFIXES["xsd"] + "boolean"))
_LICENCE = ox.NamedNode("https://creativecommons.org/licenses/by/4.0/")
_WHOLE = {"en": "The whole graph of citydip", "fa": "همهٔ گراف سیتی‌دیپ"}
_TITLES = {
    DESCRIPTION: {"en": "What each graph is and holds", "fa": "هر گراف چیست و چه دارد"},
    PARTITIONS: {"en": "Classes and properties in use, with counts", "fa": "رده‌ها و ویژگی‌های به‌کاررفته با شمارشان"},
    PREFIX_DECLARATIONS: {"en": "Prefixes for queries", "fa": "پیشوندها برای پرس‌وجوها"},
    QUERIES: {"en": "Queries of the catalogue as examples", "fa": "پرس‌وجوهای فهرست به‌عنوان نمونه"},
}


def describe(checked: Checked) -> None:
    """Add the describing graphs to the store of a checked workspace."""
    store = checked.workspace.store
    graph = ox.NamedNode(DESCRIPTION)
    counts = triples_by_graph(store)
    found = count(store)

    def add(subject: ox.NamedNode, predicate: str, value: ox.NamedNode | ox.Literal) -> None:
        store.add(ox.Quad(subject, ox.NamedNode(predicate), value, graph))

    # What is computed rests on all graphs, so one that may not be passed on holds it back too.
    withheld = any(store.quads_for_pattern(None, _REDISTRIBUTABLE, _FALSE, None))

    def add_title(node: ox.NamedNode, titles: dict[str, str]) -> None:
        add(node, _TYPE.value, ox.NamedNode(str(VOID.Dataset)))
        add(node, _KIND.value, _COMPUTED)
        if withheld:
            add(node, _REDISTRIBUTABLE.value, _FALSE)
        else:
            add(node, PREFIXES["dcterms"] + "license", _LICENCE)
        for language, title in titles.items():
            for predicate in (PREFIXES["dcterms"] + "title", PREFIXES["rdfs"] + "label"):
                add(node, predicate, ox.Literal(title, language=language))

    add(WHOLE, _TYPE.value, ox.NamedNode(str(VOID.Dataset)))
    if withheld:
        add(WHOLE, _REDISTRIBUTABLE.value, _FALSE)
    for language, title in _WHOLE.items():
        add(WHOLE, PREFIXES["rdfs"] + "label", ox.Literal(title, language=language))
    for iri, number in counts.items():
        add(WHOLE, str(VOID.subset), ox.NamedNode(iri))
        add(ox.NamedNode(iri), str(VOID.triples), ox.Literal(str(number), datatype=_INTEGER))
    for computed in checked.computed:
        node = ox.NamedNode(str(computed_graph(computed.rule)))
        add_title(node, computed.title)
        add(node, str(CD.ruleName), ox.Literal(computed.rule))
    for iri, titles in _TITLES.items():
        add_title(ox.NamedNode(iri), titles)
    _fill(store, PARTITIONS, partition_triples(found))
    _fill(store, PREFIX_DECLARATIONS, prefix_triples())
    paths = checked.workspace.layout.queries("catalogue")
    queries = [parse_query_file(path.stem, path.read_text(encoding="utf-8")) for path in paths]
    _fill(store, QUERIES, example_triples(queries))


def triples_by_graph(store: ox.Store) -> dict[str, int]:
    """Return how many triples each named graph of a store has."""
    found = store.query("SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g")
    assert isinstance(found, ox.QuerySolutions)  # noqa: S101 - tells the type checker what a SELECT gives
    return {row["g"].value: int(row["n"].value) for row in found}


def _fill(store: ox.Store, graph: str, triples: Iterable[ox.Triple]) -> None:
    name = ox.NamedNode(graph)
    store.bulk_extend(ox.Quad(t.subject, t.predicate, t.object, name) for t in triples)
