"""Queries that chance makes: whatever they are, the server says what is wrong with them, and stays.

Most are queries of the catalogue with words taken out, doubled, swapped or replaced, so that many still can be read.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citydip.curation.snapshot import Snapshot
from citydip.services.catalogue import Catalogue
from tests.web.hostile import BROKEN, Answer, Watched, sparql, watching

WORDS = re.compile(rb"\w+|\s+|.", re.DOTALL)
VOCABULARY = (
    "SELECT ASK CONSTRUCT DESCRIBE WHERE FROM NAMED GRAPH OPTIONAL UNION MINUS FILTER BIND VALUES SERVICE EXISTS NOT "
    "GROUP BY HAVING ORDER DESC LIMIT OFFSET DISTINCT COUNT( SUM( REGEX( STR( IF( IN AS UNDEF a true 1 -1.5e3 'x' "
    '"y"@fa ?s ?p ?o ?x cd:City city:tehran <x:y> _:b [] () * + / | ^ ! = < > && || . ; , { } ( ) [ ] << >> # '
    "\n \\ ' \" \0 ن"
).split(" ")


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a query: what to do at which word, perhaps with another word."""

    kind: str
    at: int
    other: int
    junk: bytes

    def __call__(self, words: list[bytes]) -> list[bytes]:
        if not words:
            return [self.junk]
        at, other = self.at % len(words), self.other % len(words)
        changed = list(words)
        match self.kind:
            case "delete":
                del changed[at]
            case "double":
                changed.insert(at, changed[at])
            case "swap":
                changed[at], changed[other] = changed[other], changed[at]
            case "replace":
                changed[at] = self.junk
            case "cut":
                del changed[min(at, other) : max(at, other)]
        return changed


places = st.integers(0, 9999)
junk = st.one_of(st.binary(max_size=6), st.sampled_from(VOCABULARY).map(str.encode))
changes = st.lists(
    st.builds(Change, st.sampled_from(["delete", "double", "swap", "replace", "cut"]), places, places, junk),
    min_size=1,
    max_size=5,
)


@pytest.fixture(scope="module")
def watched(snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    with watching(snapshot, tmp_path_factory.mktemp("fuzz")) as server:
        yield server
        assert server.loud() == []


def must_be_answered(watched: Watched, query: bytes, form: str) -> None:
    answer: Answer = watched.ask(sparql(query, timeout="0.3", format=form))
    assert answer.status < 500 or answer.status in (503, 504, 507), answer.text
    # A connection breaks only where rows had begun to come before the limit was met.
    assert answer.status != BROKEN or b"{" in query
    assert "Traceback" not in answer.text
    watched.must_be_there()


@settings(max_examples=100, deadline=None)
@given(number=places, changes=changes, form=st.sampled_from(["", "html"]))
def test_a_query_of_the_catalogue_with_words_out_of_place(
    watched: Watched, catalogue: Catalogue, number: int, changes: list[Change], form: str
) -> None:
    queries = list(catalogue)
    words = WORDS.findall(queries[number % len(queries)].text.encode())
    for change in changes:
        words = change(words)
    must_be_answered(watched, b"".join(words), form)


@settings(max_examples=40, deadline=None)
@given(words=st.lists(st.sampled_from(VOCABULARY), max_size=25), form=st.sampled_from(["ASK { %s }", "%s"]))
def test_words_at_random(watched: Watched, words: list[str], form: str) -> None:
    must_be_answered(watched, (form % " ".join(words)).encode(), "")


@settings(max_examples=20, deadline=None)
@given(query=st.binary(max_size=200))
def test_bytes_at_random(watched: Watched, query: bytes) -> None:
    must_be_answered(watched, query, "")
