"""Content negotiation: which of the offered media types does an Accept header prefer?

Follows RFC 9110, section 12.5.1: the most specific range that matches a type gives its weight; ``q=0`` refuses
it; among equal weights the more specific range wins, then the order of the offer.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["MediaRange", "choose", "parse_accept", "parse_languages"]

_RANGE = re.compile(r"\s*(?P<type>[\w!#$&^.+*-]+)/(?P<sub>[\w!#$&^.+*-]+)\s*(?P<rest>(?:;[^,]*)?)")
_LANGUAGE = re.compile(r"\s*(?P<tag>[A-Za-z]{2,8})(?:-[A-Za-z0-9-]{1,40})?\s*(?P<rest>(?:;[^,]*)?)")
_MOST_LANGUAGES = 8
_WEIGHT = re.compile(r";\s*q\s*=\s*(?P<q>[0-9.]+)\s*(?:;|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class MediaRange:
    """One range of an Accept header.

    Args:
        type: such as ``text``, or ``*``.
        subtype: such as ``csv``, or ``*``.
        weight: from 0 to 1.
    """

    type: str
    subtype: str
    weight: float

    def specificity(self, media_type: str) -> int:
        """Return how specifically the range matches a media type: 0 not at all, 1 by ``*/*``, 2 by type, 3 exactly."""
        kind, _, sub = media_type.partition("/")
        if self.type == "*":
            return 1 if self.subtype == "*" else 0
        if self.type != kind:
            return 0
        if self.subtype == "*":
            return 2
        return 3 if self.subtype == sub else 0


def parse_accept(header: str) -> list[MediaRange]:
    """Return the ranges of an Accept header; parts that are not ranges are passed over.

    Parameters other than the weight (such as ``charset`` or ``profile``) do not count: every answer here is
    UTF-8 and has no profiles. A weight that is no number counts as 1, one out of bounds as the nearest bound.

    Example:
        >>> parse_accept("text/csv;q=0.5")
        [MediaRange(type='text', subtype='csv', weight=0.5)]
    """
    ranges = []
    for part in header.split(","):
        found = _RANGE.fullmatch(part)
        if found:
            ranges.append(MediaRange(found["type"].lower(), found["sub"].lower(), _weight(found["rest"])))
    return ranges


def _weight(parameters: str) -> float:
    found = _WEIGHT.search(parameters)
    if not found:
        return 1.0
    try:
        return min(max(float(found["q"]), 0.0), 1.0)
    except ValueError:
        return 1.0


def choose(header: str | None, offered: Sequence[str]) -> str | None:
    """Return the media type to answer with, or None where nothing that is offered is acceptable.

    Args:
        header: the Accept header; None or empty accepts anything.
        offered: media types in the order of the server's preference.

    Example:
        >>> choose("text/*;q=0.3, text/csv", ["application/json", "text/csv"])
        'text/csv'
        >>> choose("image/png", ["text/csv"]) is None
        True
    """
    if header is None or not header.strip():
        return offered[0] if offered else None
    ranges = parse_accept(header)
    best: tuple[float, int, int] | None = None
    chosen = None
    for position, media_type in enumerate(offered):
        matching = [(r.specificity(media_type), r.weight) for r in ranges if r.specificity(media_type)]
        if not matching:
            continue
        specificity = max(s for s, _ in matching)
        weight = max(w for s, w in matching if s == specificity)
        rank = (weight, specificity, -position)
        if weight > 0 and (best is None or rank > best):
            best, chosen = rank, media_type
    return chosen


def parse_languages(header: str | None) -> list[str]:
    """Return the languages of an Accept-Language header, without regions, the most wanted first.

    Args:
        header: the header, or None. What is no language, or is refused with ``q=0``, is passed over.

    Example:
        >>> parse_languages("en;q=0.5, fa-IR, *;q=0.1")
        ['fa', 'en']
    """
    weights: dict[str, float] = {}
    for part in (header or "").split(","):
        found = _LANGUAGE.fullmatch(part)
        if found and _weight(found["rest"]) > 0:
            weights.setdefault(found["tag"].lower(), _weight(found["rest"]))
    return sorted(weights, key=lambda tag: -weights[tag])[:_MOST_LANGUAGES]
