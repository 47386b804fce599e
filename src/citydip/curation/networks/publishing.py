"""The measures of the network as a named graph, in the terms of the RDF Data Cube vocabulary, all explained in it.

The build publishes those of the standard selection, as ``graph/computed/network-measures``. Each city is an
observation; figures of the whole network are said of the data set. Library, version and selection stand as PROV-O.

Source: https://www.w3.org/TR/vocab-data-cube/, https://www.w3.org/TR/prov-o/
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rdflib import DCTERMS, PROV, RDF, RDFS, SKOS, XSD, Literal, Namespace, URIRef
from rdflib.term import Node

from citydip.curation.networks.measures import FIGURES, LIBRARY
from citydip.curation.networks.ties import Selection
from citydip.model.terms import GRAPH, ID, PREFIXES

__all__ = ["MEASURES", "NAME", "TITLE", "Measured", "as_quads", "figure_term", "name_of"]

NAME = URIRef(str(GRAPH["computed/network-measures"]))
"""The name of the graph of the standard selection, and of the data set that it is; terms are ``#…`` below it."""
_QB = Namespace("http://purl.org/linked-data/cube#")
_SCHEMA = Namespace(PREFIXES["schema"])
_LICENCE = URIRef("https://creativecommons.org/licenses/by/4.0/")
TITLE = {"en": "Measures of cities in the network of ties", "fa": "سنجه‌های شهرها در شبکهٔ پیوندها"}
"""Its title, by language."""
_ABOUT = {
    "en": "Of the ties of signed agreements and those that two lists or more report, each pair of cities once.",
    "fa": "از پیوندهای توافق‌نامه‌های امضاشده و آن‌ها که دو فهرست یا بیشتر گزارش می‌کنند، هر جفت شهر یک بار.",
}
_SELECTED = {
    "en": "Of the ties that the selection tells, each pair of cities once.",
    "fa": "از پیوندهایی که گزینش می‌گوید، هر جفت شهر یک بار.",
}
_CHOICES = {
    "tie_types": {"en": "type of the ties", "fa": "نوع پیوندها"},
    "grades": {"en": "evidence of the ties", "fa": "گواهی پیوندها"},
    "countries": {"en": "country of a city", "fa": "کشور یکی از دو شهر"},
    "divisions": {"en": "division of a city", "fa": "تقسیم کشوری یکی از دو شهر"},
    "regions": {"en": "world region of a city", "fa": "منطقهٔ جهان یکی از دو شهر"},
    "within": {"en": "country or world region of both cities", "fa": "کشور یا منطقهٔ جهان هر دو شهر"},
    "as_of": {"en": "as of", "fa": "در تاریخ"},
    "wanted": {"en": "which ties of that time", "fa": "کدام پیوندهای آن زمان"},
}
_MODULARITY = {"en": "Modularity of the communities", "fa": "پیمانگی اجتماع‌ها"}
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
    "clustering": (
        XSD.decimal,
        {"en": "clustering", "fa": "خوشگی"},
        {
            "en": "The share of pairs of its partners that are tied.",
            "fa": "سهم جفت‌هایی از طرف‌های آن که با هم پیوند دارند.",
        },
    ),
    "closeness": (
        XSD.decimal,
        {"en": "closeness", "fa": "نزدیکی"},
        {
            "en": "The cities that it reaches by the sum of their distances, times their share of all others.",
            "fa": "شمار شهرهایی که به آن‌ها می‌رسد بخش بر جمع فاصله‌هایشان، ضرب در سهم آن‌ها از همهٔ شهرهای دیگر.",
        },
    ),
    "betweenness": (
        XSD.decimal,
        {"en": "betweenness", "fa": "بینابینی"},
        {
            "en": "The share of shortest paths between two others that pass through it; exact, not of a sample.",
            "fa": "سهم کوتاه‌ترین مسیرهای میان دو شهر دیگر که از آن می‌گذرد؛ دقیق است، نه از نمونه.",
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


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured of a network.

    Args:
        figures: of the whole network by name, some of `FIGURES` and ``modularity``; None where one has no value.
        rows: of each city: its IRI as ``node``, and `MEASURES`.
    """

    figures: Mapping[str, Any]
    rows: Sequence[Mapping[str, Any]]


def name_of(selection: Selection, version: str) -> URIRef:
    """Return the name of the graph with the measures of a selection.

    Args:
        selection: the ties that are measured.
        version: of the data.

    Example:
        >>> name_of(Selection(), "0f") == NAME, str(name_of(Selection(countries=("IR",)), "0f")).rpartition("/")[0]
        (True, 'https://w3id.org/citydip/graph/computed/network-measures')
    """
    if selection.is_standard:
        return NAME
    given = json.dumps([version, selection.as_dict()], sort_keys=True)
    return URIRef(f"{NAME}/{hashlib.sha256(given.encode()).hexdigest()[:16]}")


def figure_term(key: str) -> URIRef:
    """Return the property of a figure of the whole network.

    Example:
        >>> figure_term("effective_diameter").rpartition("#")[2]
        'network-effective-diameter'
    """
    return _term("network-" + key.replace("_", "-"))


def as_quads(measured: Measured, selection: Selection, version: str = "") -> str:
    """Return the graph as sorted N-Quads; the same ties give the same text.

    Args:
        measured: what was measured.
        selection: the ties that it was measured of.
        version: of the data; empty within a snapshot, whose version follows from what it holds.
    """
    name = name_of(selection, version)
    triples = {*_description(name, selection, version), *_structure(name), *_whole(name, measured.figures)}
    triples.update(triple for row in measured.rows for triple in _observation(name, row))
    return "".join(sorted(f"{s.n3()} {p.n3()} {o.n3()} {name.n3()} .\n" for s, p, o in triples))


_Triples = Iterator[tuple[URIRef, URIRef, Node]]


def _term(name: str) -> URIRef:
    return URIRef(f"{NAME}#{name}")


def _texts(subject: URIRef, predicate: URIRef, texts: Mapping[str, str]) -> _Triples:
    for language, text in texts.items():
        yield subject, predicate, Literal(text, lang=language)


def _description(name: URIRef, selection: Selection, version: str) -> _Triples:
    measuring, library, chosen = (URIRef(f"{name}#{part}") for part in ("measuring", "library", "selection"))
    library_name, _, number = LIBRARY.partition(" ")
    yield name, RDF.type, _QB.DataSet
    yield name, PROV.wasGeneratedBy, measuring
    yield from _texts(name, DCTERMS.description, _ABOUT if name == NAME else _SELECTED)
    if version:
        # Within a snapshot the description of all graphs has these.
        yield name, _SCHEMA.version, Literal(version)
        yield name, DCTERMS.license, _LICENCE
        yield from _texts(name, DCTERMS.title, TITLE)
    yield measuring, RDF.type, PROV.Activity
    yield measuring, PROV.used, URIRef(str(GRAPH).rstrip("/"))
    yield measuring, PROV.used, chosen
    yield measuring, PROV.wasAssociatedWith, library
    yield library, RDF.type, PROV.SoftwareAgent
    yield library, _SCHEMA.name, Literal(library_name)
    yield library, _SCHEMA.softwareVersion, Literal(number)
    yield chosen, RDF.type, PROV.Entity
    for key, value in selection.as_dict().items():
        choice = _term("selected-" + key.replace("_", "-"))
        for text in value if isinstance(value, list) else [value] if value else []:
            yield chosen, choice, URIRef(text) if text.startswith(str(ID)) else Literal(text)
            yield choice, RDF.type, RDF.Property
            yield from _texts(choice, RDFS.label, _CHOICES[key])


def _structure(name: URIRef) -> _Triples:
    structure = _term("structure")
    yield name, _QB.structure, structure
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


def _whole(name: URIRef, figures: Mapping[str, Any]) -> _Triples:
    for key, label in {**FIGURES, "modularity": _MODULARITY}.items():
        if figures.get(key) is not None:
            yield name, figure_term(key), _number(figures[key])
            yield figure_term(key), RDF.type, RDF.Property
            yield from _texts(figure_term(key), RDFS.label, label)


def _observation(name: URIRef, row: Mapping[str, Any]) -> _Triples:
    city = URIRef(row["node"])
    node = URIRef(f"{name}#of-{city.rpartition('/')[2]}")
    yield node, RDF.type, _QB.Observation
    yield node, _QB.dataSet, name
    yield node, _term("city"), city
    for key in MEASURES:
        yield node, _term(key), _number(row[key])


def _number(value: float) -> Literal:
    if isinstance(value, int):
        return Literal(value)
    # Twelve digits, as the measures are given, and never as a power of ten; the store drops zeros at the end, too.
    return Literal(f"{value + 0.0:.12f}".rstrip("0").rstrip("."), datatype=XSD.decimal)
