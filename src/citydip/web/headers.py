"""Headers that every answer has, errors and preflights included: open to scripts of any page, without credentials."""

__all__ = [
    "ALWAYS",
    "CACHE_HEADER",
    "CUT_HEADER",
    "PREFLIGHT",
    "QUERY_HEADER",
    "SERVICE_AGE_HEADER",
    "TIMEOUT_HEADER",
    "VERSION_HEADER",
]

VERSION_HEADER = "Citydip-Version"
"""The header that names the version of the data."""

QUERY_HEADER = "Citydip-Query"
"""The header that names a query, so that it can be stopped."""
TIMEOUT_HEADER = "Citydip-Timeout"
"""The header that says how many seconds a query was given."""
CUT_HEADER = "Citydip-Cut"
"""The header that says which limit has cut an answer, and after how many rows."""
CACHE_HEADER = "Cache-Status"
"""The header that says that an answer was kept from an earlier time (RFC 9211)."""
SERVICE_AGE_HEADER = "Citydip-Service-Age"
"""The header that says how many seconds ago the oldest answer of another service came that is in the result."""

_EXPOSED = ", ".join(
    (
        *(VERSION_HEADER, QUERY_HEADER, TIMEOUT_HEADER, CUT_HEADER, CACHE_HEADER, SERVICE_AGE_HEADER),
        *(
            "ETag",
            "Link",
            "Repr-Digest",
            "Content-Range",
            "Accept-Ranges",
            "Retry-After",
            "Allow",
            "RateLimit-Limit",
            "RateLimit-Remaining",
            "RateLimit-Reset",
        ),
    )
)
ALWAYS = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", _EXPOSED.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)
"""Headers of every answer."""
PREFLIGHT = (
    (b"access-control-allow-methods", b"GET, HEAD, POST, DELETE, OPTIONS"),
    (b"access-control-allow-headers", b"Accept, Accept-Language, Content-Type, If-None-Match, If-Range, Range"),
    (b"access-control-max-age", b"86400"),
    (b"allow", b"GET, HEAD, POST, OPTIONS"),
)
"""Further headers of the answer to a preflight request."""
