"""The measures of cities as a named graph, in the terms of the RDF Data Cube vocabulary, which it explains itself.

Source: https://www.w3.org/TR/vocab-data-cube/
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rdflib import DCTERMS, PROV, RDF, RDFS, SKOS, XSD, Literal, Namespace, URIRef
from rdflib.term import Node

from citydip.model.terms import GRAPH, PREFIXES
from citydip.services.networks.measures import LIBRARY

__all__ = ["MEASURES", "NAME", "as_quads"]

NAME = URIRef(str(GRAPH["computed/network-measures"]))
"""The name of the graph, and of the data set that it is."""
_QB = Namespace("http://purl.org/linked-data/cube#")
_SCHEMA = Namespace(PREFIXES["schema"])
_LICENCE = URIRef("https://creativecommons.org/licenses/by/4.0/")
_TITLE = {"en": "Measures of cities in the network of ties", "fa": "سنجه‌های شهرها در شبکهٔ پیوندها"}
_ABOUT = {
    "en": "Of the ties of signed agreements and those that two lists or more report, each pair of cities once.",
    "fa": "از پیوندهای توافق‌نامه‌های امضاشده و آن‌ها که دو فهرست یا بیشتر گزارش می‌کنند، هر جفت شهر یک بار.",
}
_CITY = {"en": "city", "fa": "شهر"}

MEASURES: dict[str, tuple[URIRef, dict[str, str], dict[str, str]]] = {
    "degree": (
        XSD.integer,
        {"en": "degree", "fa": "درجه"},
        {"en": "How many cities it is tied with.", "fa": "شمار شهرهایی که با آن‌ها پیوند دارد."},
    ),
    "strength": (
        XSD.integer,
        {"en": "strength", "fa": "توان"},
        {
            "en": "How many ties it has; two with one city count twice.",
            "fa": "شمار پیوندها؛ دو پیوند با یک شهر دو به شمار می‌آید.",
        },
    ),
    "core": (
        XSD.integer,
        {"en": "core number", "fa": "شمارهٔ هسته"},
        {
            "en": "The greatest k such that it belongs to cities that have k partners among themselves.",
            "fa": "بزرگ‌ترین k که شهر از شهرهایی است که در میان خود k طرف دارند.",
        },
    ),
    "pagerank": (
        XSD.decimal,
        {"en": "PageRank", "fa": "پیج‌رنک"},
        {
            "en": "The share of time that a random walk spends there, with damping 0.85.",
            "fa": "سهم زمانی که گشت تصادفی با ضریب میرایی ۰٫۸۵ در آنجا می‌گذراند.",
        },
    ),
    "component": (
        XSD.integer,
        {"en": "component", "fa": "مؤلفه"},
        {
            "en": "The number of the part that no path joins with others; 1 is the largest.",
            "fa": "شمارهٔ بخشی که مسیری به بخش‌های دیگر ندارد؛ ۱ بزرگ‌ترین است.",
        },
    ),
    "community": (
        XSD.integer,
        {"en": "community", "fa": "اجتماع"},
        {
            "en": "Its community by the Leiden algorithm for modularity with a fixed seed; 1 is the largest.",
            "fa": "شمارهٔ اجتماع آن به الگوریتم لایدن برای پیمانگی با بذر ثابت؛ ۱ بزرگ‌ترین است.",
        },
    ),
}
"""Datatype, label and definition of each measure."""


def as_quads(rows: Iterable[Mapping[str, Any]], version: str) -> str:
    """Return the graph as sorted N-Quads; the same ties give the same text.

    Args:
        rows: the IRI of each city as ``node``, and its measures.
        version: of the data that they were measured on.
    """
    triples = {*_description(version), *(triple for row in rows for triple in _observation(row))}
    return "".join(sorted(f"{s.n3()} {p.n3()} {o.n3()} {NAME.n3()} .\n" for s, p, o in triples))


def _term(name: str) -> URIRef:
    return URIRef(f"{NAME}#{name}")


def _texts(subject: URIRef, predicate: URIRef, texts: Mapping[str, str]) -> Iterator[tuple[URIRef, URIRef, Node]]:
    for language, text in texts.items():
        yield subject, predicate, Literal(text, lang=language)


def _description(version: str) -> Iterator[tuple[URIRef, URIRef, Node]]:
    measuring, library, structure = _term("measuring"), _term("library"), _term("structure")
    name, _, number = LIBRARY.partition(" ")
    yield NAME, RDF.type, _QB.DataSet
    yield NAME, _QB.structure, structure
    yield NAME, DCTERMS.license, _LICENCE
    yield NAME, _SCHEMA.version, Literal(version)
    yield NAME, PROV.wasGeneratedBy, measuring
    yield from _texts(NAME, DCTERMS.title, _TITLE)
    yield from _texts(NAME, DCTERMS.description, _ABOUT)
    yield measuring, RDF.type, PROV.Activity
    yield measuring, PROV.used, URIRef(str(GRAPH).rstrip("/"))
    yield measuring, PROV.wasAssociatedWith, library
    yield library, RDF.type, PROV.SoftwareAgent
    yield library, _SCHEMA.name, Literal(name)
    yield library, _SCHEMA.softwareVersion, Literal(number)
    yield structure, RDF.type, _QB.DataStructureDefinition
    yield _term("city"), RDF.type, _QB.DimensionProperty
    yield from _texts(_term("city"), RDFS.label, _CITY)
    for place, key in enumerate(["city", *MEASURES], 1):
        component = _term(f"component-{place}")
        yield structure, _QB.component, component
        yield component, RDF.type, _QB.ComponentSpecification
        yield component, _QB.dimension if key == "city" else _QB.measure, _term(key)
    for key, (datatype, label, definition) in MEASURES.items():
        yield _term(key), RDF.type, _QB.MeasureProperty
        yield _term(key), RDFS.range, datatype
        yield from _texts(_term(key), RDFS.label, label)
        yield from _texts(_term(key), SKOS.definition, definition)


def _observation(row: Mapping[str, Any]) -> Iterator[tuple[URIRef, URIRef, Node]]:
    city = URIRef(row["node"])
    node = _term("of-" + city.rpartition("/")[2])
    yield node, RDF.type, _QB.Observation
    yield node, _QB.dataSet, NAME
    yield node, _term("city"), city
    for key, (datatype, _, _) in MEASURES.items():
        text = f"{row[key]:.12f}" if datatype == XSD.decimal else str(row[key])
        yield node, _term(key), Literal(text, datatype=datatype)
