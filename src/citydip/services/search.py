"""The one search: things by any of their names, in any language, script and spelling, for site, API and matching.

It asks the search index of the served snapshot, in threads of its own with a deadline, so that no other request waits.
"""

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from citydip.curation.naming import NAME_KINDS
from citydip.curation.search_index import is_current
from citydip.curation.snapshot import Snapshot
from citydip.model.errors import IndexMissingError, ParameterError, QueryTimeoutError, ServiceBusyError
from citydip.model.settings import Settings
from citydip.services.finding import Vocabulary, find, identifying, read_vocabulary, without_country
from citydip.services.index_queries import FACETS
from citydip.services.labelling import Counted, Shown, chosen_values, count_facets, facets_of, labels_of, names_of
from citydip.services.matching import How, Wanted, grade, want

__all__ = ["LONGEST", "MOST", "Found", "Hit", "Looking", "Matched", "Question", "Search"]

Result = TypeVar("Result")

LONGEST = 300
"""Characters of a question."""
MOST = 1000
"""Things that are found at most; a result with more says so."""
_THREADS = 2
_STEPS = 10_000
"""Steps of SQLite's machine between two looks at the clock."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked.

    Args:
        text: a name or an identifier, in any spelling.
        languages: of the labels that the reader wants, the first one first.
        chosen: values that things must have, by facet; such as ``{"kind": ["City"]}``.
        offset: results to pass over.
        limit: results to give.
        facets: whether all results are counted by facet.
    """

    text: str
    languages: tuple[str, ...] = ("en",)
    chosen: Mapping[str, Sequence[str]] = field(default_factory=dict)
    offset: int = 0
    limit: int = 20
    facets: bool = True


@dataclass(frozen=True, slots=True)
class Matched:
    """The name that answers.

    Args:
        text: as it is written.
        language: its language; of an identifier, whose it is (``wikidata``, ``geonames``, ``iso``).
        kind: ``label``, ``other name``, ``spelling`` or ``identifier``.
        how: as `citydip.services.matching` says.
    """

    text: str
    language: str
    kind: str
    how: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A thing that answers.

    Args:
        thing: the thing, with its label.
        kinds: its classes.
        countries: where it lies, or its parties do.
        statements: how many statements are about it.
        matched: the name that answers.
    """

    thing: Shown
    kinds: tuple[Shown, ...]
    countries: tuple[Shown, ...]
    statements: int
    matched: Matched


@dataclass(frozen=True, slots=True)
class Found:
    """The answer.

    Args:
        total: how many things answer; where there are more, the number that was counted.
        more: whether there are more than were counted.
        hits: those that were asked for.
        facets: the values that the counted things have, by facet, the most frequent first.
    """

    total: int
    more: bool
    hits: tuple[Hit, ...]
    facets: dict[str, tuple[Counted, ...]]


@dataclass(frozen=True, slots=True)
class Looking:
    """What a thread has that looks something up.

    Args:
        connection: to the search index.
        vocabulary: the words of its names.
        check: called now and then; it raises at the deadline.
    """

    connection: sqlite3.Connection
    vocabulary: Vocabulary
    check: Callable[[], None]


class Search:
    """The search of one snapshot; close it when it is no longer asked.

    Args:
        snapshot: what is searched.
        settings: ``search_timeout``, and ``queue`` for how many may wait.
    """

    def __init__(self, snapshot: Snapshot, settings: Settings):
        self._path = snapshot.index.resolve()
        self._usable = is_current(self._path, snapshot.version)
        self._settings = settings
        self._executor = ThreadPoolExecutor(_THREADS, thread_name_prefix="search")
        self._own = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._reading = threading.Lock()
        self._vocabulary: Vocabulary | None = None
        self._waiting = 0
        self._closed = False

    async def ask(self, question: Question) -> Found:
        """Return what is found.

        Raises:
            ParameterError: the question is too long, or chooses a value that there is not.
            QueryTimeoutError: it took too long.
            ServiceBusyError: too many others wait.
            IndexMissingError: the snapshot has no search index that can be read.
        """
        if len(question.text) > LONGEST:
            raise ParameterError(f"the text to look for is longer than {LONGEST} characters; shorten it")
        return await self.run(lambda looking: self._look(looking, question))

    async def run(self, work: Callable[[Looking], Result], seconds: float | None = None) -> Result:
        """Return what some work on the index gives, in a thread of the search.

        Args:
            work: what to do; it may be stopped wherever it asks the index or calls ``check``.
            seconds: how long it may take, waiting included; None takes those of a search.

        Raises:
            QueryTimeoutError: it took too long.
            ServiceBusyError: too many others wait.
            IndexMissingError: the snapshot has no search index that can be read.
        """
        if not self._usable:
            raise IndexMissingError("this version has no search index that the software reads; run: citydip build")
        if self._closed or self._waiting >= _THREADS + self._settings.queue:
            raise ServiceBusyError("too many searches wait; try again in a few seconds")
        self._waiting += 1
        try:
            given = seconds or self._settings.search_timeout
            end = time.monotonic() + given
            return await asyncio.get_running_loop().run_in_executor(self._executor, self._work, work, given, end)
        finally:
            self._waiting -= 1

    def ask_now(self, question: Question) -> Found:
        """Return what is found, in the thread that asks; for programs that have nothing else to do meanwhile.

        Raises:
            ParameterError, QueryTimeoutError: as `ask`.
        """
        given = self._settings.search_timeout
        return self._work(lambda looking: self._look(looking, question), given, time.monotonic() + given)

    async def close(self) -> None:
        """Wait for what is under way, and close the file."""
        self._closed = True
        await asyncio.to_thread(self._executor.shutdown)
        for connection in self._connections:
            connection.close()
        self._connections.clear()

    def _work(self, work: Callable[[Looking], Result], given: float, end: float) -> Result:
        def check() -> None:
            if time.monotonic() > end:
                raise QueryTimeoutError(f"the search was stopped after {given:g} s")

        check()
        connection = self._connection()
        connection.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
        assert self._vocabulary is not None  # noqa: S101 - it is read with the first connection
        try:
            return work(Looking(connection, self._vocabulary, check))
        except sqlite3.OperationalError as error:
            if "interrupted" not in str(error):
                raise
            raise QueryTimeoutError(f"the search was stopped after {given:g} s") from None

    def _connection(self) -> sqlite3.Connection:
        """Return the connection of this thread; it can only read, and nothing changes the file while it is open."""
        connection: sqlite3.Connection | None = getattr(self._own, "connection", None)
        if connection is None:
            address = f"{self._path.as_uri()}?mode=ro&immutable=1"
            connection = sqlite3.connect(address, uri=True, check_same_thread=False)
            self._own.connection = connection
            self._connections.append(connection)
            with self._reading:
                if self._vocabulary is None:
                    self._vocabulary = read_vocabulary(connection)
        return connection

    def _look(self, looking: Looking, question: Question) -> Found:
        connection, vocabulary, check = looking.connection, looking.vocabulary, looking.check
        wanted = want(question.text)
        chosen = {facet: chosen_values(connection, facet, texts) for facet, texts in question.chosen.items() if texts}
        most = MOST if question.facets else min(question.offset + question.limit, MOST)
        found, more = find(connection, vocabulary, wanted, chosen, most=most, check=check)
        if not found:
            for rest, countries in without_country(connection, wanted):
                among = {**chosen, "country": chosen.get("country", countries) & countries}
                found, more = find(connection, vocabulary, rest, among, most=most, check=check)
                if found:
                    wanted = rest
                    break
        page = list(found)[question.offset : question.offset + question.limit]
        hits = _hits(connection, question, wanted, {thing: found[thing] for thing in page})
        check()
        facets = count_facets(connection, list(found), question.languages) if question.facets else {}
        return Found(len(found), more, hits, facets)


def _hits(connection: sqlite3.Connection, question: Question, wanted: Wanted, page: dict[int, How]) -> tuple[Hit, ...]:
    """Return the things of a page with all that is told of them."""
    facets = facets_of(connection, list(page))
    values = {value for found in facets.values() for value in found}
    shown = labels_of(connection, sorted({*page, *(value for _, value in values)}), question.languages)
    names = names_of(connection, list(page))
    hits = []
    for thing, how in page.items():
        kinds, countries, _ = (
            tuple(shown[value][0] for facet, value in facets.get(thing, ()) if facet == name) for name in FACETS
        )
        matched = _identifier(connection, thing, wanted) if how is How.EXACT else None
        matched = matched or _matched(names[thing], wanted, question.languages[0], how)
        hits.append(Hit(shown[thing][0], kinds, countries, shown[thing][1], matched))
    return tuple(hits)


def _matched(names: Sequence[tuple[int, str, str, str]], wanted: Wanted, language: str, how: How) -> Matched:
    """Return the best of a thing's names: among equals as it was typed, then in the reader's language, then labels."""
    graded: list[tuple[How, float, bool, bool, int, str, str]] = []
    for kind, own, text, key in names:
        # What begins in another way need not be looked at where another name is known to begin as it should.
        if how > How.PREFIX or key.startswith(wanted.key):
            graded.append((*grade(wanted, text), text != wanted.text, own != language, kind, own, text))
    *_, kind, own, text = min(graded)
    return Matched(text, own, NAME_KINDS[kind], how.name.lower())


def _identifier(connection: sqlite3.Connection, thing: int, wanted: Wanted) -> Matched | None:
    """Return the identifier of a thing that was asked for, or None where it was a name."""
    key, end, iri = identifying(wanted)
    query = "SELECT text, scheme FROM identifier WHERE key IN (?, ?) AND thing = ?"
    row = connection.execute(query, [key, end, thing]).fetchone()
    if row is None:
        row = connection.execute("SELECT iri, 'iri' FROM thing WHERE id = ? AND iri = ?", [thing, iri]).fetchone()
    return Matched(row[0], row[1], "identifier", How.EXACT.name.lower()) if row else None
