"""A request that was answered before gets the same answer, before anything of it is read.

This is the quickest way there is for what many ask, such as the examples of a page. It knows a request by its
address and by what it accepts; `citydip.web.answering` knows the query, and so finds more of what is kept.
"""

from starlette.types import Scope

from citydip.services.answers import Kept
from citydip.web.headers import CACHE_HEADER, QUERY_HEADER

__all__ = ["kept_headers", "key_of", "replayed_headers"]

_QUERY = QUERY_HEADER.lower().encode()
_HIT = (CACHE_HEADER.lower().encode(), b"citydip; hit")
_OWN = (_QUERY, _HIT[0], b"ratelimit-")
"""What headers begin with that are of one answer only."""
_ASKED = frozenset({b"accept", b"accept-encoding"})
_Headers = list[tuple[bytes, bytes]]


def kept_headers(headers: _Headers) -> tuple[tuple[bytes, bytes], ...]:
    """Return the headers of an answer that the next one has, too."""
    return tuple(pair for pair in headers if not pair[0].startswith(_OWN))


def replayed_headers(kept: Kept, query: str) -> _Headers:
    """Return the headers of an answer that is given again, by another name of the query."""
    return [*kept.headers, (_QUERY, query.encode()), _HIT]


def key_of(scope: Scope, version: str) -> str | None:
    """Return what a request is known by, or None where its answer depends on what the client has or calls it."""
    if b"query-id=" in scope["query_string"]:
        return None
    parts = [version, scope["path"], scope["query_string"].decode("latin-1")]
    for name, value in scope["headers"]:
        if name in _ASKED:
            parts += (name.decode("latin-1"), value.decode("latin-1"))
        elif name == b"if-none-match":
            return None
    return "\0".join(parts)
