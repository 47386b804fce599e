"""Rows of a query with places as GeoJSON: a point for each row, or a line where a row has two.

Source: https://www.rfc-editor.org/rfc/rfc7946
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from citydip.model.geography import point_of
from citydip.services.exporting.maps import line_between

__all__ = ["write_features"]

_XSD = "http://www.w3.org/2001/XMLSchema#"
_WHOLE = {_XSD + name for name in ("integer", "nonNegativeInteger", "int", "long")}
_TRUTH = _XSD + "boolean"


def write_features(results: bytes, points: Sequence[str], about: Mapping[str, str]) -> bytes:
    r"""Return rows as features. One without a place has no geometry, as the format allows.

    Args:
        results: SPARQL results in JSON.
        points: the columns that have places.
        about: what stands beside the features.

    Example:
        >>> row = {"p": {"type": "literal", "value": "POINT(51.4 35.7)"}, "n": {"type": "literal", "value": "Tehran"}}
        >>> text = write_features(json.dumps({"results": {"bindings": [row]}}).encode(), ["p"], {})
        >>> json.loads(text)["features"][0]["geometry"]["coordinates"]
        [51.4, 35.7]
    """
    rows = json.loads(results)["results"]["bindings"]
    features = [
        {
            "type": "Feature",
            "geometry": _geometry([row[name]["value"] for name in points if name in row]),
            "properties": {name: _value(term) for name, term in row.items() if name not in points},
        }
        for row in rows
    ]
    collection = {"type": "FeatureCollection", **about, "features": features}
    return json.dumps(collection, ensure_ascii=False).encode() + b"\n"


def _geometry(places: Sequence[str]) -> dict[str, Any] | None:
    found = [point for point in map(point_of, places) if point]
    if not found:
        return None
    if len(found) == 1:
        return {"type": "Point", "coordinates": list(found[0])}
    parts = [[list(point) for point in part] for part in line_between(found[0], found[1])]
    if len(parts) == 1:
        return {"type": "LineString", "coordinates": parts[0]}
    return {"type": "MultiLineString", "coordinates": parts}


def _value(term: Mapping[str, str]) -> str | int | bool:
    datatype = term.get("datatype", "")
    try:
        if datatype in _WHOLE:
            return int(term["value"])
    except ValueError:
        return term["value"]
    return term["value"] == "true" if datatype == _TRUTH else term["value"]
