"""Reading a request for a query of the catalogue: its parameters, the time, the page and the form of the answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from fastapi import Request

from citydip.engine.formats import Format, Kind, format_named, formats_for
from citydip.model.errors import ParameterError
from citydip.model.holding import Moment, Wanted, read_moment
from citydip.model.negotiation import choose
from citydip.model.queryfile import QueryFile
from citydip.model.timed import as_of_query
from citydip.services.forms import MADE, makers_of
from citydip.web.protocol import read_pairs

__all__ = ["MOST_ROWS", "OWN", "AskedQuery", "choose_form", "forms_of", "media_types", "read_asked"]

OWN = ("format", "page", "limit", "asOf", "wanted", "lang", "content")
"""Parameters that every query takes; none of a query's own has such a name."""
MOST_ROWS = 10_000
"""Rows that a page can have."""
_PAGE = 100
"""Rows of a page where the query does not say."""
_MOST_PAGE = 10**6


@dataclass(frozen=True, slots=True)
class AskedQuery:
    """What a request asks a query of the catalogue.

    Args:
        query: the query, as of the time that is asked for.
        kind: what it gives.
        given: values of its own parameters, as written.
        moment: the time; None for none.
        wanted: which statements of that time.
        form: what ``format`` names; empty where the header Accept decides.
        page: which page, from 1; None for the whole answer.
        limit: rows of a page.
        pairs: all parameters of the address, in their order.
    """

    query: QueryFile
    kind: Kind
    given: dict[str, str]
    moment: Moment | None = None
    wanted: Wanted = Wanted.CERTAIN
    form: str = ""
    page: int | None = None
    limit: int = _PAGE
    pairs: tuple[tuple[str, str], ...] = field(default=())

    def lacking(self) -> list[str]:
        """Return the parameters that are required and not there."""
        return [p.name for p in self.query.parameters if p.required and p.name not in self.given]

    def address(self, path: str, **changed: str | None) -> str:
        """Return the address of the same at a path, with some parameters changed; None leaves one out.

        Args:
            path: the whole address without parameters.
            **changed: new values.
        """
        kept = [(name, value) for name, value in self.pairs if name not in changed and value]
        kept += [(name, value) for name, value in changed.items() if value is not None]
        return f"{path}?{urlencode(kept)}" if kept else path


def read_asked(request: Request, query: QueryFile, kind: Kind) -> AskedQuery:
    """Return what a request asks a query.

    Raises:
        ParameterError: a parameter is unknown, given twice or malformed, or the query has no pages or no time.
    """
    pairs = tuple(read_pairs(request.scope["query_string"].decode("latin-1")))
    names = [parameter.name for parameter in query.parameters]
    for name, _ in pairs:
        if name not in (*names, *OWN):
            raise ParameterError(f"{query.name} has no parameter {name[:40]!r}; there are: {', '.join((*names, *OWN))}")
        if sum(other == name for other, _ in pairs) > 1:
            raise ParameterError(f"the parameter {name!r} is given several times; give it once")
    texts = {parameter.name for parameter in query.parameters if parameter.type == "string"}
    # A form sends what is left empty, too.
    filled = {name: value if name in texts else value.strip() for name, value in pairs if value.strip()}
    moment, wanted = _time(dict(pairs), filled)
    page, limit = _page(filled, query, kind)
    return AskedQuery(
        as_of_query(query, moment, wanted) if moment else query,
        kind,
        {name: value for name, value in filled.items() if name in names},
        moment,
        wanted,
        filled.get("format", ""),
        page,
        limit,
        pairs,
    )


def _time(pairs: Mapping[str, str], filled: Mapping[str, str]) -> tuple[Moment | None, Wanted]:
    wanted = filled.get("wanted", str(Wanted.CERTAIN))
    if wanted not in set(Wanted) or ("wanted" in pairs and "asOf" not in pairs):
        raise ParameterError("wanted must be certain, possible or all, and goes together with asOf")
    return (read_moment(filled["asOf"]) if "asOf" in filled else None), Wanted(wanted)


def _page(filled: Mapping[str, str], query: QueryFile, kind: Kind) -> tuple[int | None, int]:
    """Return the page that is asked for and its rows."""
    if "page" not in filled and "limit" not in filled:
        return None, query.page or _PAGE
    if kind is not Kind.ROWS:
        raise ParameterError(f"{query.name} gives its answer whole; leave page and limit out")
    page = _number("page", filled.get("page", "1"), _MOST_PAGE)
    return page, _number("limit", filled.get("limit", str(query.page or _PAGE)), MOST_ROWS)


def _number(name: str, text: str, most: int) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 9 or not 1 <= int(text) <= most:
        raise ParameterError(f"{name} must be a whole number from 1 to {most}, not {text[:40]!r}")
    return int(text)


def forms_of(query: QueryFile, kind: Kind) -> list[str]:
    """Return the names of the forms in which a query is answered, besides a page."""
    return [*(form.name for form in formats_for(kind)), *makers_of(query, kind)]


def media_types(query: QueryFile, kind: Kind) -> list[str]:
    """Return the media types in which a query is answered."""
    named = {form.name: form.media_type for form in formats_for(kind)} | MADE
    return ["text/html", *(named[name] for name in forms_of(query, kind))]


def choose_form(request: Request, asked: AskedQuery) -> Format | str | None:
    """Return the form of an answer: a format of results, or ``html``, ``xlsx`` or ``geojson``; None where none fits.

    Raises:
        ParameterError: ``format`` names none that there is for the query.
    """
    names = forms_of(asked.query, asked.kind)
    wanted = asked.form.lower()
    if wanted in ("html", *(name for name in names if name in MADE)):
        return wanted
    if wanted:
        try:
            return format_named(asked.form, asked.kind)
        except ParameterError:
            known = ", ".join([*names, "html"])
            raise ParameterError(f"{asked.query.name} has no format {wanted[:40]!r}; there are: {known}") from None
    offered: dict[str, Format | str] = {form.media_type: form for form in formats_for(asked.kind)}
    for form in formats_for(asked.kind):
        for alias in form.aliases:
            offered.setdefault(alias, form)
    offered |= {MADE[name]: name for name in names if name in MADE}
    # Browsers accept XML nearly as much as pages, and anything at all: the page comes last in the offer.
    chosen = choose(request.headers.get("accept"), [*offered, "text/html"])
    return "html" if chosen == "text/html" else offered.get(chosen or "")
