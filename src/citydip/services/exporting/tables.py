"""The tables: rows made whole, written as CSV and Parquet, and described in CSVW and in words.

Source: https://www.w3.org/TR/tabular-metadata/, https://www.loc.gov/standards/datetime/
"""

import csv
import datetime as dt
import io
import json
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import IO, Any

from citydip.curation.snapshot import Snapshot
from citydip.model.errors import ExportError
from citydip.model.terms import BASE
from citydip.services.exporting.forms import TABLES
from citydip.services.exporting.licences import LICENCES, chosen_graphs
from citydip.services.exporting.quads import Tell
from citydip.services.exporting.rows import Column, columns_of, export_query, rows_of
from citydip.services.exporting.selecting import Selection

__all__ = ["as_json", "csvw", "dictionary", "edtf", "table_rows", "write_csv", "write_parquet"]

_POINT = re.compile(r"POINT ?\((-?[\d.]+) (-?[\d.]+)\)")
_OF_CITY = {
    "name_en": "name",
    "country_code": "country",
    "regions": "regions",
    "m49": "m49",
    "longitude": "longitude",
    "latitude": "latitude",
}
_GROUP = 2000


def edtf(earliest: str, latest: str) -> str:
    """Return bounds in the Extended Date/Time Format: a day, month, year, or one day of a range (level 2).

    Args:
        earliest: the earliest day; empty where there is none.
        latest: the latest day; empty where there is none.

    Example:
        >>> edtf("2016-09-01", "2016-09-30"), edtf("2016-03-20", "2017-03-20")
        ('2016-09', '[2016-03-20..2017-03-20]')
    """
    if not earliest and not latest:
        return ""
    if earliest == latest:
        return earliest
    if earliest and latest:
        year, month, day = earliest[:4], earliest[:7], earliest[8:]
        if earliest == f"{year}-01-01" and latest == f"{year}-12-31":
            return year
        if day == "01" and latest[:7] == month and _is_last(latest):
            return month
    return f"[{earliest}..{latest}]"


def _is_last(day: str) -> bool:
    return (dt.date.fromisoformat(day) + dt.timedelta(1)).day == 1


def table_rows(snapshot: Snapshot, table: str, selection: Selection, tell: Tell) -> Iterator[dict[str, Any]]:
    """Yield the rows of a table: values in their types by column, without those that are empty.

    Args:
        snapshot: what to ask.
        table: one of `TABLES`.
        selection: which rows.
        tell: called with the share of the data that has been read.

    Raises:
        SnapshotError: the snapshot has no such table.
    """
    graphs = chosen_graphs(snapshot, selection.licence)
    columns = columns_of(export_query(snapshot, table))
    cities: dict[str, dict[str, Any]] = {}
    if table == "ties":
        found_cities = table_rows(snapshot, "cities", selection, lambda share: tell(share / 2))
        cities = {row["city"]: {name: row.get(name) for name in _OF_CITY} for row in found_cities}
    for found in rows_of(snapshot, table, graphs, tell if not cities else lambda share: tell(0.5 + share / 2)):
        row: dict[str, Any] = dict(found)
        if cities:
            _join(row, cities)
        _complete(row, columns)
        if table != "ties" or selection.takes(row):
            yield {column.name: row[column.name] for column in columns if row.get(column.name) not in (None, "")}


def _join(row: dict[str, Any], cities: dict[str, dict[str, Any]]) -> None:
    """Put what is known of its two cities into a tie."""
    for side in ("city_a", "city_b"):
        city = cities.get(row[side], {})
        row |= {f"{side}_{part}": city.get(name) for name, part in _OF_CITY.items()}


def _complete(row: dict[str, Any], columns: Iterable[Column]) -> None:
    """Give each value its type, and add what follows from others."""
    if point := _POINT.fullmatch(row.pop("point", "")):
        row["longitude"], row["latitude"] = float(point[1]), float(point[2])
    for column in columns:
        name = column.name
        if name.endswith("_edtf"):
            stem = name.removesuffix("_edtf")
            row[name] = edtf(row.get(f"{stem}_earliest", ""), row.get(f"{stem}_latest", ""))
        elif name == "source_count":
            row[name] = len(str(row.get("sources", "")).split())
        elif column.several and name in row:
            row[name] = " ".join(sorted(row[name].split()))
        elif column.type == "integer" and name in row:
            row[name] = int(row[name])


def write_csv(snapshot: Snapshot, table: str, selection: Selection, output: IO[bytes], tell: Tell) -> None:
    """Write a table as CSV (RFC 4180), in UTF-8, with the names of the columns in the first line.

    Args:
        snapshot: what to ask.
        table: one of `TABLES`.
        selection: which rows.
        output: where to.
        tell: called with the share of the data that has been read.
    """
    names = [column.name for column in columns_of(export_query(snapshot, table))]
    text = io.TextIOWrapper(output, encoding="utf-8", newline="")
    writer = csv.DictWriter(text, names, restval="")
    writer.writeheader()
    writer.writerows(table_rows(snapshot, table, selection, tell))
    text.detach()


def write_parquet(snapshot: Snapshot, table: str, selection: Selection, path: Path, words: str, tell: Tell) -> None:
    """Write a table as Parquet, with lists as lists and days as days.

    Args:
        snapshot: what to ask.
        table: one of `TABLES`.
        selection: which rows.
        path: where to.
        words: licences and attribution, which stand in the metadata of the file.
        tell: called with the share of the data that has been read.

    Raises:
        ExportError: pyarrow is not there.
    """
    try:
        import pyarrow as pa  # noqa: PLC0415 - 50 MB that only this needs
        import pyarrow.parquet as pq  # noqa: PLC0415
    except ImportError:
        raise ExportError("Parquet needs pyarrow: pip install 'citydip[tables]', or ask for .csv") from None
    columns = columns_of(export_query(snapshot, table))
    plain = {"anyURI": pa.string(), "string": pa.string(), "integer": pa.int64(), "double": pa.float64()}
    types = {c.name: pa.date32() if c.type == "date" else plain[c.type] for c in columns}
    fields = [
        pa.field(
            c.name,
            pa.list_(types[c.name]) if c.several else types[c.name],
            metadata={"description": c.description["en"]},
        )
        for c in columns
    ]
    schema = pa.schema(fields, metadata={"attribution": words, "version": snapshot.version})
    rows = table_rows(snapshot, table, selection, tell)
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        while group := list(islice(rows, _GROUP)):
            values = {c.name: [_typed(row.get(c.name), c) for row in group] for c in columns}
            writer.write_table(pa.table(values, schema=schema))


def _typed(value: Any, column: Column) -> Any:
    if column.several:
        return str(value).split() if value is not None else []
    return dt.date.fromisoformat(value) if column.type == "date" and value is not None else value


def csvw(snapshot: Snapshot) -> dict[str, Any]:
    """Return the CSVW metadata of all tables: types, keys, descriptions and licence."""
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "@id": BASE + "export/tables.csv-metadata.json",
        "dc:title": "Tables of citydip",
        "dc:identifier": f"{BASE}version/{snapshot.version}",
        "dc:license": {"@id": LICENCES["CC-BY-SA-4.0"]},
        "dc:rights": "The licence of each graph, and whom to name, stand in attribution.txt beside the tables.",
        "tables": [_csvw_table(snapshot, table) for table in TABLES],
    }


def _csvw_table(snapshot: Snapshot, table: str) -> dict[str, Any]:
    query = export_query(snapshot, table)
    columns = columns_of(query)
    schema: dict[str, Any] = {
        "columns": [_csvw_column(column) for column in columns],
        "primaryKey": query.fields["key"].split(),
        "aboutUrl": "{+" + columns[0].name + "}",
    }
    if table == "ties":
        schema["foreignKeys"] = [
            {"columnReference": side, "reference": {"resource": "cities.csv", "columnReference": "city"}}
            for side in ("city_a", "city_b")
        ]
    titles = {"en": query.title("en"), "fa": query.title("fa")}
    return {
        "url": f"{table}.csv",
        "dc:title": titles["en"],
        "dc:description": query.summary("en"),
        "tableSchema": schema,
    }


def _csvw_column(column: Column) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": column.name,
        "titles": column.name,
        "datatype": column.type,
        "dc:description": column.description["en"],
    }
    return described | ({"separator": " "} if column.several else {})


def dictionary(snapshot: Snapshot) -> str:
    """Return the data dictionary of all tables, in Markdown."""
    head = f"# Tables of citydip\n\nData version {snapshot.version}. Files: CSV in UTF-8 with a header, and Parquet.\n"
    head += "An empty cell is unknown, not false and not zero. Several values in a cell have spaces between them.\n"
    parts = [head]
    for table in TABLES:
        query = export_query(snapshot, table)
        parts.append(f"\n## {table}\n\n{query.summary('en')}\n\nKey: {', '.join(query.fields['key'].split())}\n\n")
        parts.append("| column | type | meaning |\n|---|---|---|\n")
        parts += [
            f"| `{c.name}` | {c.type}{', several' if c.several else ''} | {c.description['en']} |\n"
            for c in columns_of(query)
        ]
    return "".join(parts)


def as_json(value: object) -> bytes:
    """Return a value as JSON, to read."""
    return json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n"
