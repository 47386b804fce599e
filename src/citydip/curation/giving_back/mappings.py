"""Mappings as a table of SSSOM, the Simple Standard for Sharing Ontological Mappings.

Source: https://mapping-commons.github.io/sssom/.
"""

import csv
import io

from citydip.curation.giving_back.rows import Cells, load_file, query_text, rows_of
from citydip.curation.layout import Layout
from citydip.curation.snapshot import Snapshot
from citydip.model.errors import ParameterError
from citydip.model.terms import BASE, PREFIXES

__all__ = ["as_sssom", "read_mappings"]

_COLUMNS = (
    "subject_id",
    "subject_label",
    "predicate_id",
    "object_id",
    "mapping_justification",
    "author_label",
    "mapping_date",
    "confidence",
    "comment",
)
_OUTSIDE = {
    "geonames": "https://sws.geonames.org/",
    "iso3166": "https://www.iso.org/obp/ui/#iso:code:3166:",
    "semapv": PREFIXES["semapv"],
    "skos": PREFIXES["skos"],
    "wd": PREFIXES["wd"],
}
_LICENCE = "https://creativecommons.org/licenses/by/4.0/"


def read_mappings(layout: Layout, snapshot: Snapshot) -> list[Cells]:
    """Return the mappings of a snapshot, in the order of what is mapped.

    Raises:
        OSError: a file cannot be read.
    """
    found: dict[str, Cells] = {}
    for row in rows_of(load_file(snapshot.data), query_text(layout, "mappings")):
        kept = found.setdefault(row["mapping"], row)
        if row["author"] not in kept["author"].split("|"):
            kept["author"] += f"|{row['author']}"
    return sorted(found.values(), key=lambda row: (row["subject"], row["predicate"], row["object"]))


def as_sssom(mappings: list[Cells], version: str, day: str) -> str:
    """Return mappings as a table divided by tabs, with what is common to all in comment lines before it.

    Args:
        mappings: rows of ``queries/giving-back/mappings.rq``.
        version: of the data.
        day: of publication, such as ``2026-11-22``.

    Raises:
        ParameterError: there is an IRI that no prefix shortens.
    """
    used: dict[str, str] = {}
    rows = []
    for mapping in mappings:
        row = {
            "subject_id": _curie(mapping["subject"], used),
            "subject_label": mapping.get("subject_label", ""),
            "predicate_id": _curie(mapping["predicate"], used),
            "object_id": _curie(mapping["object"], used),
            "mapping_justification": _curie(mapping["justification"], used),
            "author_label": mapping["author"],
            "mapping_date": mapping["date"],
            "confidence": mapping.get("confidence", ""),
            "comment": mapping.get("comment", ""),
        }
        rows.append({name: " ".join(text.split()) for name, text in row.items()})
    columns = [name for name in _COLUMNS if any(row[name] for row in rows)] or list(_COLUMNS)
    out = io.StringIO()
    for line in _header(used, version, day):
        out.write(f"# {line}\n")
    writer = csv.DictWriter(out, columns, delimiter="\t", lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _header(used: dict[str, str], version: str, day: str) -> list[str]:
    return [
        "curie_map:",
        *(f'  {prefix}: "{namespace}"' for prefix, namespace in sorted(used.items())),
        f'mapping_set_id: "{BASE}mappings"',
        f'mapping_set_version: "{version}"',
        'mapping_set_title: "Identity of cities, countries and other things of citydip"',
        'mapping_set_description: "What things of the graph of city diplomacy are at Wikidata, GeoNames and ISO 3166."',
        f'license: "{_LICENCE}"',
        f'publication_date: "{day}"',
    ]


def _curie(iri: str, used: dict[str, str]) -> str:
    """Return an IRI with its prefix, the longest one that fits, and note it."""
    fitting = [(name, ns) for name, ns in {**PREFIXES, **_OUTSIDE}.items() if iri.startswith(ns) and iri != ns]
    if not fitting:
        raise ParameterError(f"no prefix shortens {iri}; add one to citydip.curation.giving_back.mappings")
    prefix, namespace = max(fitting, key=lambda each: len(each[1]))
    used[prefix] = namespace
    return f"{prefix}:{iri.removeprefix(namespace)}"
