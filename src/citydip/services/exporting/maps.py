"""Cities and ties for geographic tools: GeoJSON and GeoPackage.

A line goes the shorter way around the globe; where that crosses the antimeridian, it is cut there in two.

Source: https://www.rfc-editor.org/rfc/rfc7946, https://www.geopackage.org/spec140/
"""

import json
import sqlite3
import struct
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import IO, Any

from citydip.curation.snapshot import Snapshot
from citydip.services.exporting.networks import network_of
from citydip.services.exporting.quads import Tell
from citydip.services.exporting.rows import Column, columns_of, export_query
from citydip.services.exporting.selecting import Selection
from citydip.services.exporting.tables import table_rows

__all__ = ["line_between", "write_geojson", "write_geopackage"]

Point = tuple[float, float]
_SIDES = ("city_a", "city_b")


def line_between(start: Point, end: Point) -> list[list[Point]]:
    """Return the straight line between two points on the map, in one part, or in two where it passes 180 degrees.

    Example:
        >>> line_between((170.0, 0.0), (-170.0, 10.0))
        [[(170.0, 0.0), (180.0, 5.0)], [(-180.0, 5.0), (-170.0, 10.0)]]
    """
    (x1, y1), (x2, y2) = start, end
    if abs(x2 - x1) <= 180:
        return [[start, end]]
    edge = 180.0 if x1 > x2 else -180.0
    way = 360 - abs(x2 - x1)
    share = abs(edge - x1) / way if way else 0.0
    y = round(y1 + (y2 - y1) * share, 6)
    parts = [[start, (edge, y)], [(-edge, y), end]]
    # A city on the meridian itself has no part on the other side.
    return [part for part in parts if part[0] != part[1]]


def _points(rows: Iterable[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], list[list[Point]]]]:
    for row in rows:
        if "longitude" in row:
            yield row, [[(row["longitude"], row["latitude"])]]


def _lines(rows: Iterable[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], list[list[Point]]]]:
    """Yield the ties whose cities both have points; a line needs two."""
    for row in rows:
        if all(f"{side}_longitude" in row for side in _SIDES):
            start, end = ((row[f"{side}_longitude"], row[f"{side}_latitude"]) for side in _SIDES)
            yield row, line_between(start, end)


def write_geojson(
    snapshot: Snapshot, table: str, selection: Selection, output: IO[bytes], words: str, tell: Tell
) -> None:
    """Write cities as points, or ties as lines, one feature on a line of the file.

    Args:
        snapshot: what to ask.
        table: ``cities`` or ``ties``.
        selection: which rows.
        output: where to.
        words: licences and attribution, which stand as a member of the collection.
        tell: called with the share of the data that has been read.
    """
    if table == "cities":
        features = _points(table_rows(snapshot, "cities", selection, tell))
    else:
        features = _lines(network_of(snapshot, selection, tell)[1])
    output.write(b'{"type": "FeatureCollection",\n"attribution": ' + json.dumps(words).encode() + b',\n"features": [')
    for number, (row, parts) in enumerate(features):
        geometry: dict[str, Any]
        if table == "cities":
            geometry = {"type": "Point", "coordinates": parts[0][0]}
        elif len(parts) == 1:
            geometry = {"type": "LineString", "coordinates": parts[0]}
        else:
            geometry = {"type": "MultiLineString", "coordinates": parts}
        name = row["city" if table == "cities" else "tie"]
        feature = {"type": "Feature", "id": name, "geometry": geometry, "properties": row}
        output.write((b",\n" if number else b"\n") + json.dumps(feature, ensure_ascii=False).encode())
    output.write(b"\n]}\n")


_BASE = """
PRAGMA application_id = 0x47504B47;
PRAGMA user_version = 10400;
CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
INSERT INTO gpkg_spatial_ref_sys VALUES
  ('Undefined Cartesian', -1, 'NONE', -1, 'undefined', NULL), ('Undefined geographic', 0, 'NONE', 0, 'undefined', NULL),
  ('WGS 84', 4326, 'EPSG', 4326, 'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,
AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],
UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AUTHORITY["EPSG","4326"]]', NULL);
CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
  description TEXT DEFAULT '', last_change DATETIME NOT NULL, min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE,
  srs_id INTEGER REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL UNIQUE REFERENCES gpkg_contents(table_name),
  column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL
  REFERENCES gpkg_spatial_ref_sys(srs_id), z TINYINT NOT NULL, m TINYINT NOT NULL,
  PRIMARY KEY (table_name, column_name));
"""
_SQL = {"integer": "INTEGER", "double": "DOUBLE", "date": "DATE"}
# Equal data make an equal file, so the day of the last change cannot be that of the export.
_CHANGED = "1970-01-01T00:00:00.000Z"


def write_geopackage(snapshot: Snapshot, selection: Selection, path: Path, words: str, tell: Tell) -> None:
    """Write a GeoPackage with two layers: cities as points, and ties as lines.

    Args:
        snapshot: what to ask.
        selection: which ties; cities are all there are.
        path: where to; what is there is lost.
        words: licences and attribution, which stand in the descriptions of the layers.
        tell: called with the share of the data that has been read.
    """
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.executescript(_BASE)
        file.execute("BEGIN")
        cities = _points(table_rows(snapshot, "cities", selection, lambda share: tell(share / 4)))
        _layer(file, "cities", "POINT", cities, columns_of(export_query(snapshot, "cities")), words)
        ties = network_of(snapshot, selection, lambda share: tell((1 + 3 * share) / 4))[1]
        _layer(file, "ties", "MULTILINESTRING", _lines(ties), columns_of(export_query(snapshot, "ties")), words)
        file.execute("COMMIT")


def _layer(
    file: sqlite3.Connection,
    name: str,
    kind: str,
    features: Iterable[tuple[dict[str, Any], list[list[Point]]]],
    columns: tuple[Column, ...],
    words: str,
) -> None:
    """Write one layer; names of tables and columns are those of the project's own queries."""
    named = ", ".join(f'"{c.name}" {_SQL.get(c.type, "TEXT")}' for c in columns)
    file.execute(f'CREATE TABLE "{name}" (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom {kind}, {named})')
    file.execute(
        "INSERT INTO gpkg_contents VALUES (?, 'features', ?, ?, ?, NULL, NULL, NULL, NULL, 4326)",
        (name, name, words, _CHANGED),
    )
    file.execute("INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, 4326, 0, 0)", (name, kind))
    signs = ", ".join("?" * (len(columns) + 1))
    listed = ", ".join(f'"{c.name}"' for c in columns)
    box: list[float] = []
    for row, parts in features:
        xs, ys = [p[0] for part in parts for p in part], [p[1] for part in parts for p in part]
        bounds = [min(xs), min(ys), max(xs), max(ys)]
        box = [f(a, b) for f, a, b in zip((min, min, max, max), box, bounds, strict=True)] if box else bounds
        values = [_geometry(kind, parts), *(row.get(c.name) for c in columns)]
        file.execute(f'INSERT INTO "{name}" (geom, {listed}) VALUES ({signs})', values)  # noqa: S608
    if box:
        file.execute(
            "UPDATE gpkg_contents SET min_x = ?, min_y = ?, max_x = ?, max_y = ? WHERE table_name = ?", (*box, name)
        )


def _geometry(kind: str, parts: list[list[Point]]) -> bytes:
    """Return a geometry as a GeoPackage has it: a header, then well-known binary."""
    head = b"GP" + struct.pack("<BBi", 0, 1, 4326)
    if kind == "POINT":
        return head + struct.pack("<BIdd", 1, 1, *parts[0][0])
    lines = [struct.pack("<BII", 1, 2, len(part)) + b"".join(struct.pack("<dd", *p) for p in part) for part in parts]
    return head + struct.pack("<BII", 1, 5, len(lines)) + b"".join(lines)
