"""Which version a request is about: the current one, or the one that its path names (``/version/<v>/…``)."""

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from citydip.model.errors import CitydipError
from citydip.services.graph import ServedGraph
from citydip.services.versions import Versions
from citydip.web.problems import answer_problem

__all__ = ["ChooseVersion", "cache_control", "graph_of", "is_pinned"]

_PREFIX = "/version/"


class ChooseVersion:
    """ASGI middleware that gives each request the graph which it keeps to its end.

    Args:
        app: the application inside.
    """

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with its graph; strip the version from its path."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        versions: Versions = scope["app"].state.versions
        state = scope.setdefault("state", {})
        state["graph"], state["pinned"] = versions.current, False
        path: str = scope["path"]
        if path.startswith(_PREFIX):
            name, _, rest = path.removeprefix(_PREFIX).partition("/")
            try:
                state["graph"], state["pinned"] = await versions.version(name), True
            except CitydipError as error:
                await (await answer_problem(Request(scope), error))(scope, receive, send)
                return
            # A router strips the root from the path; what is left is the path as it would be without a version.
            scope = dict(scope, root_path=scope.get("root_path", "") + _PREFIX + name)
            if not rest and not path.endswith("/"):
                scope["path"] = path + "/"
        await self.app(scope, receive, send)


def graph_of(request: Request) -> ServedGraph:
    """Return the graph that a request is about."""
    graph: ServedGraph = request.state.graph
    return graph


def is_pinned(request: Request) -> bool:
    """Return whether a request names its version, so that its answer never changes."""
    return bool(getattr(request.state, "pinned", False))


def cache_control(request: Request) -> str:
    """Return how long an answer may be kept: for ever where the request names its version, else not unasked."""
    return "public, max-age=31536000, immutable" if is_pinned(request) else "no-cache"
