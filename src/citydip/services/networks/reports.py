"""Measures as somebody reads them: with names and definitions, as JSON, CSV or text."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

from citydip.curation.networks.measures import FIGURES
from citydip.curation.networks.ties import City

__all__ = ["as_csv", "as_json", "as_text", "community_rows", "rank_rows", "stats_rows"]


def stats_rows(figures: Mapping[str, Any], language: str = "en") -> list[dict[str, Any]]:
    """Return the figures with their names, one a row; the distribution of degrees is not among them."""
    return [
        {"measure": key, "name": names[language], "value": figures[key]}
        for key, names in FIGURES.items()
        if key in figures
    ]


def rank_rows(ranked: Sequence[tuple[str, float]], cities: Mapping[str, City] | None) -> list[dict[str, Any]]:
    """Return ranked nodes with their places; equals share a place. Cities have names and country."""
    rows: list[dict[str, Any]] = []
    for number, (name, value) in enumerate(ranked, 1):
        place = rows[-1]["rank"] if rows and rows[-1]["value"] == value else number
        rows.append({"rank": place, "node": name, **_described(name, cities), "value": value})
    return rows


def community_rows(groups: Sequence[Sequence[str]], cities: Mapping[str, City] | None) -> list[dict[str, Any]]:
    """Return nodes with the number of their community, the largest community first."""
    return [
        {"community": number, "size": len(group), "node": name, **_described(name, cities)}
        for number, group in enumerate(groups, 1)
        for name in group
    ]


def _described(name: str, cities: Mapping[str, City] | None) -> dict[str, str]:
    if cities is None:
        return {}
    city = cities.get(name)
    names = city.names if city else {}
    return {"en": names.get("en", ""), "fa": names.get("fa", ""), "country": city.country if city else ""}


def as_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return rows as CSV with a head; nothing where a value is missing."""
    output = io.StringIO()
    if rows:
        writer = csv.DictWriter(output, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return output.getvalue()


def as_json(value: Any) -> str:
    """Return a value as JSON."""
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def as_text(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return rows as columns of text.

    Example:
        >>> print(as_text([{"measure": "nodes", "value": 7}, {"measure": "gini", "value": None}]))
        measure  value
        nodes    7
        gini     -
    """
    if not rows:
        return ""
    table = [list(rows[0]), *([_cell(value) for value in row.values()] for row in rows)]
    widths = [max(len(line[column]) for line in table) for column in range(len(table[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in table]
    return "\n".join(lines)


def _cell(value: Any) -> str:
    return "-" if value in (None, "") else f"{value:.6g}" if isinstance(value, float) else str(value)
