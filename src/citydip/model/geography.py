"""Points and distances on the Earth.

Example:
    >>> round(distance(51.42151, 35.69439, 49.9, 40.37767))
    538
"""

import re
from math import asin, cos, radians, sin, sqrt

__all__ = ["NEAR", "distance", "point_of"]

NEAR = 25.0
"""How far apart, in kilometres, two records may place one city."""

_POINT = re.compile(r"POINT\s*\(\s*([-+.\dEe]+)\s+([-+.\dEe]+)\s*\)")
_DIAMETER = 2 * 6371.0088


def distance(longitude: float, latitude: float, other_longitude: float, other_latitude: float) -> float:
    """Return the great-circle distance of two points in kilometres, on a sphere of the Earth's mean radius.

    Args:
        longitude: of the first point, in degrees.
        latitude: of the first point, in degrees.
        other_longitude: of the second.
        other_latitude: of the second.
    """
    one, two = radians(latitude), radians(other_latitude)
    across = sin(radians(other_longitude - longitude) / 2) ** 2
    share = sin((two - one) / 2) ** 2 + cos(one) * cos(two) * across
    return _DIAMETER * asin(sqrt(min(1.0, share)))


def point_of(wkt: str) -> tuple[float, float] | None:
    """Return longitude and latitude of a point in WKT; None where it is none.

    Example:
        >>> point_of("POINT(51.39 35.69)")
        (51.39, 35.69)
    """
    found = _POINT.fullmatch(wkt.strip().partition("> ")[2] or wkt.strip())
    if not found:
        return None
    east, north = float(found[1]), float(found[2])
    return (east, north) if abs(east) <= 180 and abs(north) <= 90 else None
