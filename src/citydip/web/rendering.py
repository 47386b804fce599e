"""Pages from templates."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from citydip import __version__
from citydip.model.names import abridged
from citydip.model.terms import BASE, shorten
from citydip.services.graph import ServedGraph
from citydip.services.pages import other_parties, references, sources_of, tone
from citydip.services.vocabulary import Vocabulary, read_vocabulary
from citydip.web.reader import Reader, reader_of

__all__ = ["base_url", "open_reader", "render"]

_environment = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.filters |= {"shorten": shorten, "abridged": abridged}
_environment.globals |= {
    "BASE": BASE,
    "other_parties": other_parties,
    "references": references,
    "sources_of": sources_of,
    "tone": tone,
}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data: blob:;"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def base_url(request: Request) -> str:
    """Return the address under which clients reach this service, without a slash at the end."""
    public: str = request.state.graph.settings.public_url
    return (public.rstrip("/") + request.scope["root_path"] if public else str(request.base_url)).rstrip("/")


async def open_reader(request: Request) -> Reader:
    """Return the reader of a request with the names of terms, which are read once for each version."""
    graph: ServedGraph = request.state.graph
    request.state.reader = reader_of(request, base_url(request), await graph.once(read_vocabulary))
    reader: Reader = request.state.reader
    return reader


def render(
    request: Request,
    template: str,
    context: Mapping[str, Any],
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return a page in the reader's language.

    Args:
        request: what is answered.
        template: name of the template.
        context: what the template shows.
        status: HTTP status.
        headers: further headers.
    """
    # An error can come before the names of terms are read, and its page needs none.
    reader = getattr(request.state, "reader", None) or reader_of(request, base_url(request), Vocabulary())
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    page = _environment.get_template(template).render(
        base=reader.base,
        r=reader,
        path=path,
        snapshot=request.state.graph.snapshot,
        software=__version__,
        pinned=bool(getattr(request.state, "pinned", False)),
        **context,
    )
    given = {
        "Content-Security-Policy": _POLICY,
        "Vary": "Accept, Accept-Language",
        "Content-Language": reader.language,
    }
    return HTMLResponse(page, status, {**given, **(headers or {})})
