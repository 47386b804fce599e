"""Asking a SPARQL service that belongs to everybody: one request at a time, patient, and under our own name.

A request that may succeed later is repeated: after 429 and 503 not before the time that ``Retry-After`` names, after
other failures of the service, broken answers and silence with exponential back-off. What will not succeed later, such
as a query that the service cannot read, is an error at once.

Sources: https://www.mediawiki.org/wiki/Wikidata_Query_Service/User_Manual (limits),
https://foundation.wikimedia.org/wiki/Policy:Wikimedia_Foundation_User-Agent_Policy, RFC 9110 (``Retry-After``).
"""

import contextlib
import http.client
import json
import math
import random
import re
import time
import urllib.error
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Protocol
from urllib.parse import urlsplit

from SPARQLWrapper import POST, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import SPARQLWrapperException

from citydip import __version__
from citydip.model.errors import ParameterError, RefreshError
from citydip.model.terms import BASE

__all__ = ["Clock", "Manners", "Row", "Service", "SystemClock", "read_rows"]

Row = dict[str, dict[str, str]]
"""A row of a result: terms by variable, each with ``type`` and ``value``, as in the JSON format of SPARQL results."""

_RESULTS = "application/sparql-results+json"
_LATER = frozenset({408, 429, 500, 502, 503, 504})
"""Statuses after which the same request may succeed later."""
_LARGEST = 256 << 20
_CONTACT = re.compile(r"[^\s@()<>]+@[^\s@()<>]+|https?://[^\s()<>]+")


class Clock(Protocol):
    """What tells the time and waits; tests have one that does not wait."""

    def now(self) -> float:
        """Return seconds since some moment, which never go back."""

    def wall(self) -> float:
        """Return seconds since 1970, for times that a service names."""

    def sleep(self, seconds: float) -> None:
        """Wait."""


class SystemClock:
    """The clock of the machine."""

    def now(self) -> float:
        """Return seconds since some moment, which never go back."""
        return time.monotonic()

    def wall(self) -> float:
        """Return seconds since 1970."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


@dataclass(frozen=True, slots=True)
class Manners:
    """How a service is asked. Times are in seconds.

    Args:
        pause: between the end of one request and the beginning of the next.
        deadline: after which an answer that is not whole is broken off.
        attempts: how often a request is made before giving up.
        backoff: the first wait after a failure; each further one is twice as long.
        longest_backoff: what no wait of ours exceeds.
        longest_wait: the longest wait that a service may ask for; where it asks for more, the run ends.
    """

    pause: float = 1.0
    deadline: float = 90.0
    attempts: int = 8
    backoff: float = 2.0
    longest_backoff: float = 120.0
    longest_wait: float = 3600.0


class _LaterError(Exception):
    """A request failed in a way that may not last.

    Args:
        reason: what happened, as the end of a sentence.
        wait: seconds that the service asks to wait; None where it says nothing.
    """

    def __init__(self, reason: str, wait: float | None = None):
        super().__init__(reason)
        self.reason = reason
        self.wait = wait


class Service:
    """A SPARQL service that is asked politely.

    Args:
        endpoint: its address.
        contact: an e-mail or web address under which its operators reach whoever runs this.
        manners: how it is asked.
        say: called with a line for each wait.
        clock: what tells the time and waits.
        chance: gives a number from 0 to 1, by which waits differ so that clients do not come back all at once.

    Raises:
        ParameterError: the address or the contact is none.
    """

    def __init__(
        self,
        endpoint: str,
        contact: str,
        manners: Manners,
        say: Callable[[str], None],
        *,
        clock: Clock | None = None,
        chance: Callable[[], float] = random.random,
    ):
        parts = urlsplit(endpoint)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ParameterError(
                f"the endpoint must be an address such as https://query.wikidata.org/sparql, not {endpoint!r}"
            )
        if not _CONTACT.fullmatch(contact):
            raise ParameterError(f"the contact must be an e-mail or web address of yours, not {contact!r}")
        self.endpoint = endpoint
        self.agent = f"citydip/{__version__} ({BASE}; {contact})"
        self.manners = manners
        self.say = say
        self.clock = clock or SystemClock()
        self.chance = chance
        self._ended: float | None = None

    def ask(self, query: str) -> bytes:
        """Return the answer to a SELECT query, a whole result in JSON.

        Raises:
            RefreshError: the service refuses, or gives no whole answer however often it is asked.
        """
        later = _LaterError("")
        for attempt in range(1, self.manners.attempts + 1):
            self._pause()
            try:
                return self._once(query)
            except _LaterError as error:
                later = error
            finally:
                self._ended = self.clock.now()
            if attempt < self.manners.attempts:
                self._wait(attempt, later)
        raise RefreshError(
            f"{self.endpoint} {later.reason}, at {self.manners.attempts} attempts; "
            "what has come so far is kept: run the same command later, and it goes on from there"
        )

    def _pause(self) -> None:
        """Wait until the pause after the last request is over."""
        if self._ended is not None:
            left = self._ended + self.manners.pause - self.clock.now()
            if left > 0:
                self.clock.sleep(left)

    def _wait(self, attempt: int, later: _LaterError) -> None:
        """Wait before the next attempt: longer each time, and never shorter than the service asks for."""
        longest = min(self.manners.backoff * 2 ** (attempt - 1), self.manners.longest_backoff)
        seconds = max(longest * (0.5 + self.chance() / 2), later.wait or 0.0)
        if seconds > self.manners.longest_wait:
            raise RefreshError(
                f"{self.endpoint} {later.reason} and asks to wait {seconds:.0f} s; "
                "what has come so far is kept: run the same command then, and it goes on from there"
            )
        self.say(
            f"{self.endpoint} {later.reason}; waiting {seconds:.0f} s (attempt {attempt} of {self.manners.attempts})"
        )
        self.clock.sleep(seconds)

    def _once(self, query: str) -> bytes:
        wrapper = SPARQLWrapper(self.endpoint, agent=self.agent)
        wrapper.setMethod(POST)
        wrapper.setOnlyConneg(True)
        wrapper.addCustomHttpHeader("Accept", _RESULTS)
        wrapper.addCustomHttpHeader("Accept-Encoding", "gzip")
        wrapper.setTimeout(math.ceil(self.manners.deadline))
        # Set, not guessed: the wrapper's own guess takes long where a query is long.
        wrapper.queryString, wrapper.queryType = query, "SELECT"
        until = self.clock.now() + self.manners.deadline
        try:
            with contextlib.closing(wrapper.query().response) as response:
                body = self._body(response, until)
            read_rows(body)
        except SPARQLWrapperException as error:
            raise self._refusal(error.__context__) from error
        except urllib.error.HTTPError as error:
            raise self._refusal(error) from error
        except TimeoutError as error:
            raise _LaterError(f"did not answer within {self.manners.deadline:g} s") from error
        except urllib.error.URLError as error:
            if isinstance(error.reason, TimeoutError):
                raise _LaterError(f"did not answer within {self.manners.deadline:g} s") from error
            raise _LaterError(f"cannot be reached ({error.reason})") from error
        except (OSError, http.client.HTTPException) as error:
            raise _LaterError("broke off its answer") from error
        except ValueError as error:
            raise _LaterError("sent what is no whole result") from error
        return body

    def _body(self, response: http.client.HTTPResponse, until: float) -> bytes:
        """Return the whole body of an answer, unpacked.

        Raises:
            _LaterError: it takes too long.
            OSError: it ends too early.
            ValueError: it is packed wrongly, or too large.
        """
        packed = response.headers.get("Content-Encoding", "identity").strip().lower() == "gzip"
        unpacking = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16) if packed else None
        body = bytearray()
        while piece := response.read1(1 << 16):
            try:
                body += unpacking.decompress(piece, _LARGEST + 1 - len(body)) if unpacking else piece
            except zlib.error as error:
                raise ValueError("packed wrongly") from error
            if len(body) > _LARGEST:
                raise ValueError("too large")
            if self.clock.now() > until:
                raise _LaterError(f"was not done with its answer within {self.manners.deadline:g} s")
        if response.length or (unpacking and not unpacking.eof):
            raise OSError("the connection ended before the answer")
        return bytes(body)

    def _refusal(self, error: BaseException | None) -> Exception:
        """Return what to raise for an answer with a status that is not 200."""
        if not isinstance(error, urllib.error.HTTPError):
            return RefreshError(f"{self.endpoint} refused, and it is not known why")
        error.close()
        if error.code in _LATER:
            return _LaterError(
                f"answered with status {error.code}", self._retry_after(error.headers.get("Retry-After"))
            )
        hint = {
            400: "it cannot read the query",
            403: "it does not want this client: read its rules, and name a contact that it can write to",
            404: "there is nothing at this address: look at --endpoint",
        }.get(error.code, "that will not change by asking again")
        return RefreshError(f"{self.endpoint} answered with status {error.code}; {hint}")

    def _retry_after(self, value: str | None) -> float | None:
        """Return how many seconds a ``Retry-After`` header asks to wait, which names seconds or a date."""
        if value is None:
            return None
        if re.fullmatch(r"\d{1,9}", value.strip()):
            return float(value)
        try:
            return max(parsedate_to_datetime(value).timestamp() - self.clock.wall(), 0.0)
        except ValueError:
            return None


def read_rows(body: bytes) -> list[Row]:
    """Return the rows of a result in JSON.

    Raises:
        ValueError: it is no such result, or not whole.

    Example:
        >>> read_rows(b'{"head": {"vars": ["a"]}, "results": {"bindings": [{"a": {"type": "literal", "value": "1"}}]}}')
        [{'a': {'type': 'literal', 'value': '1'}}]
    """
    result: Any = json.loads(body)
    try:
        rows: list[Row] = result["results"]["bindings"]
        if not all(isinstance(term["value"], str) for row in rows for term in row.values()):
            raise ValueError("a term without a value")
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("no result of a query") from error
    return rows
