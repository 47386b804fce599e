"""Catalogue queries as of a time: each that can be asked so gives what the rule of the model leaves of its rows."""

import io
import json
from typing import Any

import pyoxigraph as ox
import pytest

from citydip.engine.binding import bind
from citydip.engine.formats import Kind
from citydip.engine.guard import guard
from citydip.engine.store import open_query
from citydip.model.errors import ParameterError
from citydip.model.holding import Wanted, read_moment
from citydip.model.queryfile import QueryFile, parse_query_file
from citydip.model.timed import as_of_query
from tests.conftest import ROOT

PATHS = sorted((ROOT / "queries" / "catalogue").glob("*.rq"))
QUERIES = [parse_query_file(path.stem, path.read_text(encoding="utf-8")) for path in PATHS]
DATABLE = [query for query in QUERIES if query.datable]
SHOWING = [query for query in DATABLE if query.shows_states]
TIMES = ("1990", "2016-12-31", "2026")
NOT_ASKED = {"ties-as-of", "tenures-at-date"}
"""They have a day as a parameter of their own."""
ABOUT = ("cd:Agreement", "cd:Tie ", "cd:Membership", "cd:Tenure", "cd:RoleHolding", "cd:Cooperation")
OTHERWISE = {
    "activity-of-cities": "it counts statements of every kind, in any state",
    "agreement-signing-date": "it tells of a signing, which is one day",
    "compare-agreements": "it compares what is said of two agreements at any time",
    "is-proposed-tie": "what is proposed does not hold",
    "mayors-around-signing": "it looks at the time of a signing",
}
"""Queries that are about such statements and cannot be asked as of a time, each with the reason."""


def rows_of(store: ox.Store, query: QueryFile) -> list[dict[str, str]]:
    """Return the rows of a query with its defaults, all values by column."""
    output = io.BytesIO()
    kind = guard(query.text).kind
    form = "ntriples" if kind is Kind.GRAPH else "json"
    request: dict[str, Any] = {"query": query.text, "format": form, "bindings": bind(query, query.sample)}
    open_query(store, request).write(output)
    if kind is Kind.GRAPH:
        return [{"triple": line} for line in sorted(set(output.getvalue().decode().splitlines()))]
    found = json.loads(output.getvalue())
    if kind is Kind.TRUTH:
        return [{"boolean": "true"}] if found["boolean"] else []
    return [{name: term["value"] for name, term in row.items()} for row in found["results"]["bindings"]]


def test_every_query_about_what_lasts_can_be_asked_as_of_a_time() -> None:
    about = {query.name for query in QUERIES if any(name in query.body for name in ABOUT)}
    assert about - {query.name for query in DATABLE} == NOT_ASKED | set(OTHERWISE)
    assert len(DATABLE) >= 20
    assert len(SHOWING) >= 15


@pytest.mark.parametrize("query", SHOWING, ids=lambda query: query.name)
@pytest.mark.parametrize("time", TIMES)
def test_what_is_wanted_is_a_part_of_all(query: QueryFile, time: str, store: ox.Store) -> None:
    certain, possible, every = (rows_of(store, as_of_query(query, read_moment(time), wanted)) for wanted in Wanted)
    assert {row["held"] for row in every} <= {"held", "not held", "unknown"}
    for rows, states in ((certain, {"held"}), (possible, {"held", "unknown"})):
        wanted = [{k: v for k, v in row.items() if k != "held"} for row in every if row["held"] in states]
        assert [dict(row) for row in sorted(map(sorted, (r.items() for r in wanted)))] == [
            dict(row) for row in sorted(map(sorted, (r.items() for r in rows)))
        ]


@pytest.mark.parametrize("query", [q for q in DATABLE if not q.shows_states], ids=lambda query: query.name)
def test_one_that_counts_gives_less_when_less_is_wanted(query: QueryFile, store: ox.Store) -> None:
    for time in TIMES:
        moment = read_moment(time)
        certain = rows_of(store, as_of_query(query, moment, Wanted.CERTAIN))
        possible = rows_of(store, as_of_query(query, moment, Wanted.POSSIBLE))
        assert _total(certain) <= _total(possible)
        with pytest.raises(ParameterError, match="certain or possible"):
            as_of_query(query, moment, Wanted.ALL)


def _total(rows: list[dict[str, str]]) -> int:
    """Return the sum of all counts of some rows; of what counts nothing, the rows."""
    return sum(sum(int(value) for value in row.values() if value.isdigit()) or 1 for row in rows)


def test_each_of_them_gives_something_at_some_time(store: ox.Store) -> None:
    empty = set()
    for query in DATABLE:
        moment = read_moment("2016")
        if not rows_of(store, as_of_query(query, moment, Wanted.POSSIBLE)):
            empty.add(query.name)
    # The curated graph holds no list of ties, and the tie of the default of the third is only proposed.
    assert empty == {"one-sided-ties", "ties-of-one-list", "tie-status-between"}


def test_what_ended_before_is_there_as_of_a_time_when_it_held(store: ox.Store) -> None:
    (query,) = [query for query in DATABLE if query.name == "network-members"]
    then = rows_of(store, as_of_query(query, read_moment("2016"), Wanted.ALL))
    assert {"held", "not held"} <= {row["held"] for row in then}


@pytest.mark.parametrize("query", DATABLE, ids=lambda query: query.name)
def test_its_text_is_sparql_for_any_engine(query: QueryFile) -> None:
    text = as_of_query(query, read_moment("2016"), Wanted.CERTAIN).text
    ox.Store().query(text)
    assert "# as of" not in text
    assert "# then:" not in text
    assert "# now" not in text


@pytest.mark.parametrize("query", [q for q in QUERIES if not q.datable], ids=lambda query: query.name)
def test_the_others_say_that_they_cannot(query: QueryFile) -> None:
    with pytest.raises(ParameterError, match=f"{query.name} cannot be asked as of a time"):
        as_of_query(query, read_moment("2016"), Wanted.CERTAIN)
