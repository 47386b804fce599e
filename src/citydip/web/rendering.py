"""Pages from templates."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from citydip import __version__
from citydip.model.terms import shorten

__all__ = ["base_url", "render"]

_environment = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.filters["shorten"] = shorten


def base_url(request: Request) -> str:
    """Return the address under which clients reach this service, without a slash at the end."""
    public: str = request.state.graph.settings.public_url
    return (public.rstrip("/") + request.scope["root_path"] if public else str(request.base_url)).rstrip("/")


def render(
    request: Request,
    template: str,
    context: Mapping[str, Any],
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return a page.

    Args:
        request: what is answered.
        template: name of the template.
        context: what the template shows.
        status: HTTP status.
        headers: further headers.
    """
    page = _environment.get_template(template).render(
        base=base_url(request), snapshot=request.state.graph.snapshot, software=__version__, **context
    )
    policy = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'"
    return HTMLResponse(page, status, {"Content-Security-Policy": policy, "Vary": "Accept", **(headers or {})})
