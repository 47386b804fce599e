"""Which version a request is about: the current one, or the one that its path names (``/version/<v>/…``)."""

from starlette.requests import Request
from starlette.types import Scope

from citydip.services.graph import ServedGraph
from citydip.services.versions import Versions

__all__ = ["cache_control", "choose_version", "graph_of", "is_pinned"]

_PREFIX = "/version/"


async def choose_version(scope: Scope) -> Scope:
    """Return a request with the graph which it keeps to its end, and without the version in its path.

    Raises:
        CitydipError: there is no such version; the request has the current one then.
    """
    versions: Versions = scope["app"].versions
    state = scope["state"]
    state["graph"], state["pinned"] = versions.current, False
    path: str = scope["path"]
    if path.startswith(_PREFIX):
        name, _, rest = path.removeprefix(_PREFIX).partition("/")
        state["graph"], state["pinned"] = await versions.version(name), True
        # A router strips the root from the path; what is left is the path as it would be without a version.
        scope = dict(scope, root_path=scope.get("root_path", "") + _PREFIX + name)
        if not rest and not path.endswith("/"):
            scope["path"] = path + "/"
    return scope


def graph_of(request: Request) -> ServedGraph:
    """Return the graph that a request is about."""
    graph: ServedGraph = request.scope["state"]["graph"]
    return graph


def is_pinned(request: Request) -> bool:
    """Return whether a request names its version, so that its answer never changes."""
    return bool(request.scope["state"].get("pinned"))


def cache_control(request: Request) -> str:
    """Return how long an answer may be kept: for ever where the request names its version, else not unasked."""
    return "public, max-age=31536000, immutable" if is_pinned(request) else "no-cache"
