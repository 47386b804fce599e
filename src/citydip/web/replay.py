"""A request that was answered before gets the same answer, before anything of it is read.

This is the quickest way there is for what many ask, such as the examples of a page. It knows a request by its
address and by what it accepts; `citydip.web.answering` knows the query, and so finds more of what is kept.
"""

import secrets

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from citydip.services.answers import Answers, Kept
from citydip.services.versions import Versions
from citydip.web.headers import CACHE_HEADER, QUERY_HEADER

__all__ = ["Replay"]

_QUERY = QUERY_HEADER.lower().encode()
_HIT = (CACHE_HEADER.lower().encode(), b"citydip; hit")
_OWN = (_QUERY, _HIT[0], b"ratelimit-")
"""What headers begin with that are of one answer only."""
_ASKED = frozenset({b"accept", b"accept-encoding"})


class Replay:
    """ASGI middleware that answers from what is kept, and keeps what the application says may be kept.

    The application says so with ``replayable`` in the state of the request.

    Args:
        app: the application inside.
        answers: what is kept.
    """

    def __init__(self, app: ASGIApp, answers: Answers):
        self.app = app
        self.answers = answers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on and keep its answer."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        versions: Versions = scope["app"].state.versions
        version = versions.current.snapshot.version
        key = _key(scope, version)
        kept = self.answers.find(key)
        if kept is None:
            await self._pass_on(scope, receive, send, key, version)
            return
        state = scope.setdefault("state", {})
        state |= {
            "graph": versions.current,
            "query": secrets.token_urlsafe(16),
            "stats": {**kept.stats, "cached": True},
            "route": "/queries/{name}" if scope["path"].startswith("/queries/") else "/sparql",
        }
        headers = [*kept.headers, (_QUERY, state["query"].encode()), _HIT]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": kept.body})

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send, key: str | None, version: str) -> None:
        headers: list[tuple[bytes, bytes]] = []
        pieces: list[bytes] = []

        async def noting(message: Message) -> None:
            # What goes out in several messages is too large to be kept.
            if message["type"] == "http.response.start":
                headers.extend(pair for pair in message["headers"] if not pair[0].startswith(_OWN))
            elif not message.get("more_body", False):
                pieces.append(message.get("body", b""))
            else:
                pieces.extend((b"", b""))
            await send(message)

        await self.app(scope, receive, noting)
        state = scope.get("state", {})
        if key is None or len(pieces) != 1 or not state.get("replayable"):
            return
        # A new version may have come in between.
        if state["graph"].snapshot.version == version:
            self.answers.keep(key, Kept(pieces[0], state["stats"], tuple(headers)))


def _key(scope: Scope, version: str) -> str | None:
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
