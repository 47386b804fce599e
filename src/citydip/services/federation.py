"""Other services in a query: asked before it runs, within the operator's limits, their answers kept for a while."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from citydip.engine.clauses import Clause, clauses_of, filled, original_place
from citydip.engine.guard import Guarded, guard
from citydip.engine.inline import UnusableAnswerError, nothing_but_one_solution, values_of
from citydip.engine.run import QueryRequest
from citydip.model.errors import (
    QueryRefusedError,
    QuerySyntaxError,
    QueryTimeoutError,
    ServiceFailedError,
    ServiceTimeoutError,
)
from citydip.model.settings import Settings
from citydip.services.addresses import read_addresses
from citydip.services.fetching import Fetcher

__all__ = ["Federation", "Filled"]

_MOST_KEPT = 64 << 20
"""Bytes of answers that are kept, with their questions."""
_LONGEST_TEXT = 32 << 10
"""Letters that a query with SERVICE may have: it is taken apart while other requests wait."""
_LONGEST = 16 << 20
"""Bytes that a query may have with all answers in it; it must fit into a frame to the worker."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """An answer that is kept: as VALUES, with the time when it came, and the bytes that it takes."""

    values: str
    came: float
    size: int


@dataclass(frozen=True, slots=True)
class Filled:
    """A query with the answers of other services in it.

    Args:
        request: what to run now, in the time that is left.
        age: seconds since the oldest of the answers came.
        original: the query as it was asked.
        answers: what stands for each of its clauses.
    """

    request: QueryRequest
    age: float
    original: QueryRequest
    answers: tuple[str, ...]

    def in_original(self, error: QuerySyntaxError) -> QuerySyntaxError:
        """Return an error with its place in the query as it was asked."""
        text = self.original.text
        clauses = self.original.guarded.clauses
        line, column = original_place(text, clauses, self.answers, error.line, error.column)
        return QuerySyntaxError(error.message, line=line, column=column, text=text)


class Federation:
    """The services that queries may ask, and what they have answered of late.

    Args:
        settings: which services, and their limits.
        count: told how each question ended: ``answered``, ``kept``, ``failed`` or ``timeout``.

    Raises:
        ParameterError: the list of services has what is no address.
    """

    def __init__(self, settings: Settings, count: Callable[[str], object] = lambda _: None):
        self._settings = settings
        self._count = count
        self._fetcher = Fetcher(read_addresses(settings.services), settings)
        self._kept: OrderedDict[tuple[str, str], _Kept] = OrderedDict()
        self._size = 0

    @property
    def services(self) -> Collection[str]:
        """Return the addresses that may be asked."""
        return self._fetcher.services.keys()

    def guard(self, text: str) -> Guarded:
        """Return what a query is, and which services it asks for what; nothing is asked yet.

        Raises:
            QueryRefusedError: it is an update, or asks a service that is not on the list, or where none may be asked.
        """
        try:
            return guard(text)
        except QueryRefusedError:
            if "service" not in text.lower():
                raise
            if len(text) > _LONGEST_TEXT:
                raise QueryRefusedError(
                    f"SERVICE is refused in a query of more than {_LONGEST_TEXT} letters; ask for less at once"
                ) from None
            clauses = clauses_of(text, self.services)
            if not clauses:
                raise
        for clause in clauses:
            guard(clause.query)
        # The next time the services may say something else: such an answer is not kept, and has no further pages.
        return replace(guard(filled(text, clauses)), clauses=clauses, changing=True, ordered=False)

    async def fill(self, request: QueryRequest) -> Filled:
        """Ask the services of a query, side by side, and return the query with their answers in it.

        Raises:
            ServiceFailedError: a service gave no answer that can be used, and its clause is not SILENT.
            QueryTimeoutError: the time of the whole query is over.
        """
        began = time.monotonic()
        timeout = min(request.timeout or self._settings.timeout, self._settings.timeout)
        clauses = request.guarded.clauses
        try:
            async with asyncio.timeout(timeout), asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._answer(clause)) for clause in clauses]
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from None
        except TimeoutError:
            raise QueryTimeoutError(
                f"the query was stopped after {timeout:g} s, the limit it had; the services that it asks were too slow"
            ) from None
        answers = tuple(task.result().values for task in tasks)
        text = filled(request.text, clauses, answers)
        if len(text.encode()) > _LONGEST:
            raise ServiceFailedError("the answers of the services are too large together; ask them for less")
        # Whatever the answers may have brought, it is read like a query of which nothing is known.
        guarded = await asyncio.to_thread(guard, text)
        left = max(timeout - (time.monotonic() - began), 0.01)
        age = max(time.monotonic() - task.result().came for task in tasks)
        return Filled(replace(request, text=text, guarded=guarded, timeout=round(left, 2)), age, request, answers)

    async def _answer(self, clause: Clause) -> _Kept:
        """Return the answer to one clause, one that is kept or a new one."""
        kept = self._look_up(clause)
        if kept is not None:
            self._count("kept")
            return kept
        try:
            answer = await self._ask(clause)
        except ServiceFailedError as error:
            self._count("timeout" if isinstance(error, ServiceTimeoutError) else "failed")
            if not clause.silent:
                raise
            return _Kept(nothing_but_one_solution(clause.variables), time.monotonic(), 0)
        self._count("answered")
        self._keep(clause, answer)
        return answer

    async def _ask(self, clause: Clause) -> _Kept:
        body = await self._fetcher.fetch(clause.address, clause.query)
        came = time.monotonic()
        try:
            values = await asyncio.to_thread(values_of, body, clause.variables, self._settings.service_rows)
        except UnusableAnswerError as error:
            raise ServiceFailedError(f"the answer of the service {clause.address} {error}") from None
        return _Kept(values, came, len(values.encode()) + len(clause.query.encode()))

    def _look_up(self, clause: Clause) -> _Kept | None:
        key = (clause.address, clause.query)
        kept = self._kept.get(key)
        if kept is None:
            return None
        if time.monotonic() - kept.came > self._settings.service_cache:
            self._drop(key)
            return None
        self._kept.move_to_end(key)
        return kept

    def _keep(self, clause: Clause, answer: _Kept) -> None:
        """Keep an answer, in the place of those that nobody has asked for the longest."""
        if not self._settings.service_cache or answer.size > _MOST_KEPT:
            return
        key = (clause.address, clause.query)
        self._drop(key)
        self._kept[key] = answer
        self._size += answer.size
        while self._size > _MOST_KEPT:
            self._drop(next(iter(self._kept)))

    def _drop(self, key: tuple[str, str]) -> None:
        dropped = self._kept.pop(key, None)
        self._size -= dropped.size if dropped else 0
