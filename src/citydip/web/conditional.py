"""Conditional requests: a client that has an answer already is told so, without the query being run again.

The tag of an answer names the data version, the query, its data set and the format. It is weak (RFC 9110, 8.8.1):
rows that no ORDER BY orders may come in another order, and are the same answer still.
"""

import hashlib

from citydip.engine.guard import keywords
from citydip.web.protocol import Asked

__all__ = ["entity_tag", "is_known"]

_CHANGING = frozenset({"NOW", "RAND", "UUID", "STRUUID", "BNODE"})
"""Functions whose values differ from run to run: an answer that uses one is never the same again."""


def entity_tag(version: str, asked: Asked, media_type: str) -> str | None:
    """Return the tag of an answer, or None where two runs of the query differ.

    Args:
        version: version of the data.
        asked: the request.
        media_type: format of the answer.
    """
    query = asked.query or ""
    if _CHANGING.intersection(keywords(query)):
        return None
    parts = (version, query, "\n".join(asked.default_graphs), "\n".join(asked.named_graphs), media_type)
    digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
    return f'W/"{version}-{digest}"'


def is_known(tag: str, if_none_match: str | None) -> bool:
    """Return whether the header If-None-Match names a tag, compared weakly.

    Example:
        >>> is_known('W/"a-b"', '"x", "a-b"')
        True
    """
    if if_none_match is None:
        return False
    known = [part.strip().removeprefix("W/") for part in if_none_match.split(",")]
    return "*" in known or tag.removeprefix("W/") in known
