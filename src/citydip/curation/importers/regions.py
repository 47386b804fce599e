"""World regions: the M49 grouping of the United Nations as Unicode CLDR has it, with names as Babel gives them.

The one table is ``supplemental/territoryContainment.json`` of the package ``cldr-core``. It says which regions and
territories each region holds, by codes of M49 and ISO 3166-1. What becomes of it is one curated file. A rule
(``queries/compute/world-region-of-place.rq``) finds the region of each place by the code of its country, whichever
countries the graph has.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pyoxigraph as ox

from citydip.curation.formatting import format_triples
from citydip.curation.importers.countries import LANGUAGES, names_of_territories
from citydip.curation.layout import Layout
from citydip.model.errors import NotFoundError, ParameterError
from citydip.model.names import slug
from citydip.model.terms import CD, PREFIXES

__all__ = ["FILE", "import_regions", "region_triples"]

FILE = "data/regions.ttl"
"""The file that is written, below the root of the graph."""
_HEADER = (
    "# World regions of UN M49 from Unicode CLDR (Unicode License v3), made by: citydip import regions; "
    "names by way of Babel.\n\n"
)
_REGION = re.compile("[0-9]{3}")
_TERRITORY = re.compile("[A-Z]{2}")
_NOT_M49 = ("EU", "EZ", "QO", "UN")
"""What CLDR groups by codes of its own: unions of states, and the outlying islands and Antarctica."""
_GROUPING = "-status-grouping"
"""The end of a name below which CLDR lists regions between two others, such as Sub-Saharan Africa."""

_OTHER_NAMES: dict[str, dict[str, str]] = {
    "en": {
        "035": "South-eastern Asia",
        "053": "Australia and New Zealand",
        "057": "Micronesia",
        "419": "Latin America and the Caribbean",
    },
    "fa": {
        "002": "آفریقا",
        "003": "آمریکای شمالی",
        "005": "آمریکای جنوبی",
        "013": "آمریکای مرکزی",
        "015": "آفریقای شمالی",
        "019": "آمریکا",
        "030": "آسیای شرقی",
        "034": "آسیای جنوبی",
        "035": "آسیای جنوب شرقی",
        "039": "اروپای جنوبی",
        "145": "آسیای غربی",
        "151": "اروپای شرقی",
        "154": "اروپای شمالی",
        "155": "اروپای غربی",
        "419": "آمریکای لاتین",
    },
}
"""The names of the United Nations where CLDR has shorter ones, and what a reader of Persian may type."""

_TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")
_ALSO = ox.NamedNode(PREFIXES["skos"] + "altLabel")
_LABEL = ox.NamedNode(PREFIXES["rdfs"] + "label")
_WORLD_REGION = ox.NamedNode(str(CD.WorldRegion))
_CODE, _TERRITORY_CODE = ox.NamedNode(str(CD.areaCode)), ox.NamedNode(str(CD.territoryCode))
_BROADER = ox.NamedNode(str(CD.hasBroaderRegion))


def import_regions(layout: Layout, source: Path) -> tuple[int, bool]:
    """Write the world regions, and return how many there are and whether the file has changed.

    Args:
        layout: where to write.
        source: ``territoryContainment.json`` of CLDR.

    Raises:
        NotFoundError: the file is not there, or Babel is not installed.
        ParameterError: it is not what CLDR publishes under that name.
        OSError: the file cannot be written.
    """
    if not source.is_file():
        raise NotFoundError(f"there is no file {source}; unpack the package cldr-core and name its file")
    try:
        held = json.loads(source.read_text(encoding="utf-8"))["supplemental"]["territoryContainment"]
        triples = list(region_triples({code: entry["_contains"] for code, entry in held.items()}))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ParameterError(f"{source} is not the territoryContainment.json of CLDR") from None
    text = _HEADER + format_triples(triples, PREFIXES)
    path = layout.root / FILE
    changed = not path.is_file() or path.read_text(encoding="utf-8") != text
    if changed:
        path.write_text(text, encoding="utf-8")
    return len({triple.subject for triple in triples}), changed


def region_triples(holds: Mapping[str, list[str]]) -> Iterator[ox.Triple]:
    """Yield what is said of the regions: code, names, the regions around, and the territories within.

    A territory is said of the regions that hold it themselves. Regions that only sum up others hold no territory.

    Args:
        holds: the codes that each region holds, by its code; regions between two others below ``CODE-status-grouping``.
    """
    names = {language: names_of_territories(language) for language in LANGUAGES}
    codes = [code for code in holds if _REGION.fullmatch(code)]
    regions = {code: ox.NamedNode(PREFIXES["world-region"] + slug(names["en"][code])) for code in codes}
    for code, region in regions.items():
        yield ox.Triple(region, _TYPE, _WORLD_REGION)
        yield ox.Triple(region, _CODE, ox.Literal(code))
        for language in LANGUAGES:
            yield ox.Triple(region, _LABEL, ox.Literal(names[language][code], language=language))
        for language, others in _OTHER_NAMES.items():
            if code in others:
                yield ox.Triple(region, _ALSO, ox.Literal(others[code], language=language))
        for inner in (*holds[code], *holds.get(code + _GROUPING, ())):
            if inner in regions:
                yield ox.Triple(regions[inner], _BROADER, region)
            elif _TERRITORY.fullmatch(inner) and inner not in _NOT_M49:
                yield ox.Triple(region, _TERRITORY_CODE, ox.Literal(inner))
