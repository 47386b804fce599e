"""The Equal Earth projection: points of the globe on a flat sheet on which areas keep their sizes.

Source: Šavrič, Patterson and Jenny, "The Equal Earth map projection", International Journal of Geographical
Information Science, 2018, https://doi.org/10.1080/13658816.2018.1504949
"""

import math
from collections.abc import Sequence

__all__ = ["HEIGHT", "WIDTH", "great_circle", "project"]

_A1, _A2, _A3, _A4 = 1.340264, -0.081106, 0.000893, 0.003796
_M = math.sqrt(3) / 2
WIDTH = 1000.0
"""The width of the sheet."""
_SCALE = WIDTH / 2 / (math.pi / (_M * _A1))
HEIGHT = 2 * 1.3173627591 * _SCALE
"""The height of the sheet."""


def project(longitude: float, latitude: float) -> tuple[float, float]:
    """Return where a point lies on the sheet: from the left and from the top.

    Args:
        longitude: degrees east, from -180 to 180.
        latitude: degrees north, from -90 to 90.

    Example:
        >>> [round(n) for n in project(0, 0)]
        [500, 243]
    """
    theta = math.asin(_M * math.sin(math.radians(latitude)))
    square = theta * theta
    sixth = square * square * square
    x = (
        math.radians(longitude)
        * math.cos(theta)
        / (_M * (_A1 + 3 * _A2 * square + sixth * (7 * _A3 + 9 * _A4 * square)))
    )
    y = theta * (_A1 + _A2 * square + sixth * (_A3 + _A4 * square))
    return WIDTH / 2 + _SCALE * x, HEIGHT / 2 - _SCALE * y


def great_circle(
    start: tuple[float, float], end: tuple[float, float], step: float = 4.0
) -> Sequence[Sequence[tuple[float, float]]]:
    """Return the shortest way between two points as lines of points, cut where it leaves the sheet at a side.

    Args:
        start: longitude and latitude in degrees.
        end: longitude and latitude in degrees.
        step: degrees of the way between two points of a line.

    Example:
        >>> [len(line) > 1 for line in great_circle((139.7, 35.7), (-122.4, 37.8))]
        [True, True]
    """
    a, b = (_vector(*point) for point in (start, end))
    angle = math.acos(max(-1.0, min(1.0, sum(p * q for p, q in zip(a, b, strict=True)))))
    count = max(1, math.ceil(math.degrees(angle) / step))
    lines: list[list[tuple[float, float]]] = [[]]
    for number in range(count + 1):
        share = number / count
        if angle < 1e-9 or abs(angle - math.pi) < 1e-9:
            point = start if share < 0.5 else end
        else:
            m, n = math.sin((1 - share) * angle) / math.sin(angle), math.sin(share * angle) / math.sin(angle)
            point = _degrees(*(m * p + n * q for p, q in zip(a, b, strict=True)))
        if lines[-1] and abs(point[0] - lines[-1][-1][0]) > 180:
            lines.append([])
        lines[-1].append(point)
    return [line for line in lines if len(line) > 1 or len(lines) == 1]


def _vector(longitude: float, latitude: float) -> tuple[float, float, float]:
    east, north = math.radians(longitude), math.radians(latitude)
    return math.cos(north) * math.cos(east), math.cos(north) * math.sin(east), math.sin(north)


def _degrees(x: float, y: float, z: float) -> tuple[float, float]:
    return math.degrees(math.atan2(y, x)), math.degrees(math.atan2(z, math.hypot(x, y)))
