"""Headers that every answer has, errors and preflights included: open to scripts of any page, without credentials."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = [
    "CACHE_HEADER",
    "CUT_HEADER",
    "QUERY_HEADER",
    "SERVICE_AGE_HEADER",
    "TIMEOUT_HEADER",
    "VERSION_HEADER",
    "OpenHeaders",
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
_VERSION = VERSION_HEADER.lower().encode()
_ALWAYS = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", _EXPOSED.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
]
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, DELETE, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Accept-Language, Content-Type, If-None-Match, If-Range, Range",
    "Access-Control-Max-Age": "86400",
    "Allow": "GET, HEAD, POST, OPTIONS",
}


class OpenHeaders:
    """ASGI middleware that adds the headers and answers preflight requests.

    Args:
        app: the application inside.
    """

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it where it is OPTIONS."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_open(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [*message.get("headers", ()), *_ALWAYS]
                state = scope.get("state", {})
                if "query" in state and scope.get("client"):
                    headers += scope["app"].state.budget.headers(scope["client"][0])
                graph = state.get("graph")
                if graph is not None:
                    headers.append((_VERSION, graph.snapshot.version.encode()))
                message["headers"] = headers
            await send(message)

        if scope["method"] == "OPTIONS":
            headers = [(k.lower().encode(), v.encode()) for k, v in _PREFLIGHT.items()]
            await send_open({"type": "http.response.start", "status": 204, "headers": headers})
            await send_open({"type": "http.response.body", "body": b""})
            return
        await self.app(scope, receive, send_open)
