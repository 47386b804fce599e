"""Rows of a query as a table in the terminal."""

import json
from typing import Any

from rich.table import Table

from citydip.model.terms import shorten

__all__ = ["result_table"]


def result_table(results: bytes) -> Table | str:
    """Return SPARQL results JSON as a table, or the truth value of an ASK as a word."""
    parsed: dict[str, Any] = json.loads(results)
    if "boolean" in parsed:
        return "yes" if parsed["boolean"] else "no"
    names: list[str] = parsed["head"]["vars"]
    rows = parsed["results"]["bindings"]
    table = Table(*names, caption=f"{len(rows)} row{'' if len(rows) == 1 else 's'}", show_lines=False)
    for row in rows:
        table.add_row(*(_show(row.get(name)) for name in names))
    return table


def _show(term: dict[str, str] | None) -> str:
    if term is None:
        return ""
    text = shorten(term["value"]) if term["type"] == "uri" else term["value"]
    return text.replace("[", "\\[")
