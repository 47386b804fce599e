"""Rows with places as GeoJSON."""

import json
from typing import Any

from citydip.services.features import write_features

INTEGER = "http://www.w3.org/2001/XMLSchema#integer"


def feature(**row: dict[str, str]) -> dict[str, Any]:
    """Return the one feature of a row with the places ``p`` and ``q``."""
    results = json.dumps({"results": {"bindings": [row]}}).encode()
    (found,) = json.loads(write_features(results, ["p", "q"], {"title": "T"}))["features"]
    assert isinstance(found, dict)
    return found


def place(wkt: str) -> dict[str, str]:
    return {"type": "literal", "value": wkt}


def test_one_place_is_a_point_and_the_rest_are_properties() -> None:
    found = feature(p=place("POINT(51.4 35.7)"), n={"type": "literal", "value": "7", "datatype": INTEGER})
    assert found["geometry"] == {"type": "Point", "coordinates": [51.4, 35.7]}
    assert found["properties"] == {"n": 7}


def test_two_places_are_a_line_which_is_cut_at_the_antimeridian() -> None:
    near = feature(p=place("POINT(51.4 35.7)"), q=place("POINT(44.4 33.3)"))
    assert near["geometry"]["type"] == "LineString"
    far = feature(p=place("POINT(170 0)"), q=place("POINT(-170 10)"))
    assert far["geometry"]["type"] == "MultiLineString"
    assert all(abs(x) <= 180 for part in far["geometry"]["coordinates"] for x, _ in part)


def test_a_row_without_a_place_has_no_geometry() -> None:
    assert feature(n={"type": "literal", "value": "x"})["geometry"] is None
    assert feature(p=place("POINT(900 1)"))["geometry"] is None
