"""Data sets that state no licence: their folders describe what they make, and mark it as not to be passed on."""

from collections.abc import Iterator, Sequence

import pyoxigraph as ox

from citydip.curation.importers.nodes import Value, describe, text
from citydip.model.terms import PREFIXES

__all__ = ["DESCRIPTION", "NO_LICENCE", "describe_unlicensed"]

DESCRIPTION = "description"
"""The part that describes the graph."""
NO_LICENCE = "No licence stated"
"""The rights of such a data set, as ``dcterms:rights`` has them."""

_DAY = ox.NamedNode(PREFIXES["xsd"] + "date")
_FALSE = ox.Literal("false", datatype=ox.NamedNode(PREFIXES["xsd"] + "boolean"))


def describe_unlicensed(
    name: str, source: str, titles: Sequence[Value], description: Sequence[Value], rights: str
) -> Iterator[ox.Triple]:
    """Yield the description of a graph that rests on a data set without a licence.

    Args:
        name: of the data set, below ``data/world``.
        source: prefixed name of the data set as a source.
        titles: in both languages.
        description: in both languages.
        rights: whose data it is, and what has to be asked before they are passed on; in English.
    """
    yield from describe(
        f"graph:world/{name}",
        {
            "a": ["dcat:Dataset", "void:Dataset"],
            "cd:hasGraphKind": "graph-kind:data-set",
            "cd:redistributable": _FALSE,
            "dcterms:creator": text("Whoever ran the importer"),
            "dcterms:description": description,
            "dcterms:issued": ox.Literal("2026-11-22", datatype=_DAY),
            "dcterms:rights": text(f"{NO_LICENCE}. {rights}", "en"),
            "dcterms:title": titles,
            "prov:wasDerivedFrom": source,
            "rdfs:label": titles,
        },
    )
