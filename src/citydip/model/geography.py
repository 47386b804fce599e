"""Distances on the Earth.

Example:
    >>> round(distance(51.42151, 35.69439, 49.9, 40.37767))
    538
"""

from math import asin, cos, radians, sin, sqrt

__all__ = ["NEAR", "distance"]

NEAR = 25.0
"""How far apart, in kilometres, two records may place one city."""

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
