"""Reading a request of the SPARQL 1.1 Protocol: what is asked, of which graphs, in which format, within which time.

Source: https://www.w3.org/TR/sparql11-protocol/
"""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from urllib.parse import parse_qsl

from fastapi import Request

from citydip.model.errors import ParameterError, QueryRefusedError

__all__ = [
    "Asked",
    "TooLargeError",
    "TooSlowError",
    "UnsupportedTypeError",
    "read_body",
    "read_content_type",
    "read_pairs",
    "read_request",
]

_NAME = re.compile(r"[A-Za-z0-9_-]{16,64}")
_UTF8 = ("", "utf-8", "utf8", "us-ascii")
_FORMATS = ("format", "output", "results")
_MOST_PARAMETERS = 200
_PATIENCE = 30.0
"""Seconds within which a body must be there."""


@dataclass(slots=True)
class Asked:
    """A request of the protocol.

    Args:
        query: SPARQL; None where the request has none.
        default_graphs: IRIs of ``default-graph-uri``.
        named_graphs: IRIs of ``named-graph-uri``.
        formats: what ``format``, ``output`` and ``results`` ask for; clients send several names of one format.
        timeout: seconds that the client gives the query.
        name: what the client calls the query, so that it can stop it.
        offset: rows to pass over, because the client has them.
        whole: whether an answer that would be cut is an error.
        explain: whether to tell what would be done with the query, and not run it.
    """

    query: str | None
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    formats: tuple[str, ...]
    timeout: float | None = None
    name: str | None = None
    offset: int = 0
    whole: bool = False
    explain: bool = False


async def read_request(request: Request, largest: int) -> Asked:
    """Return what a request asks, from its address and its body.

    Raises:
        ParameterError: a parameter is malformed or given twice, or the body is of an unknown type.
        QueryRefusedError: it is an update.
    """
    parameters = read_pairs(request.scope["query_string"].decode("latin-1"))
    if request.method == "POST":
        parameters += await _read_form(request, largest)
    given: dict[str, list[str]] = {}
    default_graphs, named_graphs, formats = [], [], []
    for name, value in parameters:
        if name in _READ:
            given.setdefault(name, []).append(value)
        elif name == "default-graph-uri":
            default_graphs.append(value)
        elif name == "named-graph-uri":
            named_graphs.append(value)
        elif name == "update":
            raise QueryRefusedError("this graph cannot be updated over the network: curated files are the only way in")
        elif value and name in _FORMATS:
            formats.append(value)
    asked = Asked(None, tuple(default_graphs), tuple(named_graphs), tuple(formats))
    for name, values in given.items():
        if len(values) > 1:
            raise ParameterError(f"the parameter {name!r} is given {len(values)} times; give it once")
        attribute, read = _READ[name]
        setattr(asked, attribute, read(values[0]))
    return asked


async def _read_form(request: Request, largest: int) -> list[tuple[str, str]]:
    """Return the parameters that the body of a request gives."""
    content_type, charset = read_content_type(request)
    body = await read_body(request, largest, charset)
    if content_type == "application/x-www-form-urlencoded":
        return read_pairs(body)
    if content_type == "application/sparql-query":
        return [("query", body)]
    if content_type == "application/sparql-update":
        return [("update", body)]
    if body or content_type:
        raise UnsupportedTypeError(
            "send the query as application/x-www-form-urlencoded or application/sparql-query, "
            f"not as {content_type or 'a body without a type'}"
        )
    return []


class UnsupportedTypeError(ParameterError):
    """The body has a type that the protocol does not know."""

    status = 415


class TooLargeError(ParameterError):
    """The body is larger than any query may be."""

    status = 413


class TooSlowError(ParameterError):
    """The body did not come in time."""

    status = 408


def read_content_type(request: Request) -> tuple[str, str]:
    """Return the media type of a body and its character set, in small letters; empty where they are not told."""
    header = Message()
    header["Content-Type"] = request.headers.get("content-type", "")
    media_type = header["Content-Type"].partition(";")[0].strip().lower()
    return media_type, str(header.get_param("charset", "")).lower()


def read_pairs(form: str) -> list[tuple[str, str]]:
    """Return the parameters of an address or of a form.

    Raises:
        ParameterError: they cannot be read.
    """
    if form.count("&") >= _MOST_PARAMETERS:
        raise ParameterError(f"the parameters cannot be read: there are more than {_MOST_PARAMETERS}")
    try:
        return parse_qsl(form, keep_blank_values=True, errors="strict")
    except ValueError as error:
        raise ParameterError(f"the parameters cannot be read: {error}") from None


async def read_body(request: Request, largest: int, charset: str) -> str:
    """Return the body of a request as text.

    Args:
        request: the request.
        largest: bytes that it may have.
        charset: the character set that the request names; empty where it names none.

    Raises:
        TooLargeError, TooSlowError: it is larger than it may be, or does not come.
        UnsupportedTypeError: it is of another character set.
        ParameterError: it is not UTF-8.
    """
    body = bytearray()
    try:
        async with asyncio.timeout(_PATIENCE):
            async for piece in request.stream():
                body += piece
                if len(body) > largest:
                    raise TooLargeError(f"the body is larger than {largest} bytes, the limit here")
    except TimeoutError:
        raise TooSlowError(f"the body did not come within {_PATIENCE:g} s; send it again") from None
    if charset not in _UTF8:
        raise UnsupportedTypeError(f"send the body in UTF-8, not in {charset}")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise ParameterError("the body is not UTF-8") from None


def _name(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise ParameterError("query-id must be 16 to 64 letters, digits, hyphens or underscores that nobody can guess")
    return text


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0
    if not 0 < value < float("inf"):
        raise ParameterError(f"timeout must be a number of seconds above 0, not {text!r}")
    return value


def _rows(text: str) -> int:
    if not re.fullmatch("[0-9]{1,15}", text):
        raise ParameterError(f"offset must be a whole number of rows, not {text!r}")
    return int(text)


def _explain(text: str) -> bool:
    if text not in ("0", "1"):
        raise ParameterError(f"explain must be 0 or 1, not {text!r}")
    return text == "1"


def _whole(text: str) -> bool:
    if text not in ("ok", "error"):
        raise ParameterError(f"partial must be 'ok' or 'error', not {text!r}")
    return text == "error"


_READ: dict[str, tuple[str, Callable[[str], object]]] = {
    "query": ("query", str),
    "timeout": ("timeout", _seconds),
    "query-id": ("name", _name),
    "offset": ("offset", _rows),
    "partial": ("whole", _whole),
    "explain": ("explain", _explain),
}
"""Parameters that are given once: what of a request each is, and what reads it."""
