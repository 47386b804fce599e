"""Queries as of a time: what the SPARQL that is put in says is what the rule says."""

from collections.abc import Sequence
from datetime import date, timedelta

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st

from citydip.model.dates import Bounds
from citydip.model.errors import ParameterError
from citydip.model.holding import Course, Moment, State, Wanted, read_moment, state_in
from citydip.model.queryfile import parse_query_file
from citydip.model.terms import CD, ID
from citydip.model.timed import COMING, FAILED, OVER, PASSING, as_of_query, held_pattern
from tests.model.test_holding import COURSES, LETTERS, ORIGIN, SPAN, YEARS, day, periods

THIS = ox.NamedNode("https://example.org/this")
TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
DAY = ox.NamedNode("http://www.w3.org/2001/XMLSchema#date")


def cd(name: str) -> ox.NamedNode:
    return ox.NamedNode(str(CD[name]))


def stored(course: Course, status: str, began: str = "startsOn") -> ox.Store:
    """Return a store with one statement of a course."""
    store = ox.Store()

    def add(subject: ox.NamedNode, verb: ox.NamedNode, value: ox.NamedNode | ox.Literal) -> None:
        store.add(ox.Quad(subject, verb, value, ox.DefaultGraph()))

    def add_dates(verb: str, dates: Sequence[Bounds]) -> None:
        for number, bounds in enumerate(dates):
            node = ox.NamedNode(f"https://example.org/{verb}-{number}")
            add(THIS, cd(verb), node)
            for name, limit in (("earliestDay", bounds.earliest), ("latestDay", bounds.latest)):
                if limit:
                    add(node, cd(name), ox.Literal(limit.isoformat(), datatype=DAY))

    add(THIS, TYPE, cd("Agreement" if course.lasting else PASSING[len(status) % 2]))
    add(THIS, cd("hasStatus"), ox.NamedNode(str(ID[f"status/{status}"])))
    add_dates(began, course.starts)
    add_dates("endsOn", course.ends)
    add_dates("attestedOn", course.attested)
    return store


def asked(store: ox.Store, moment: Moment) -> State:
    """Return what the pattern makes of the one statement of a store."""
    text = f"SELECT ?held {{ VALUES ?this {{ <{THIS.value}> }} {held_pattern('this', moment)} }}"
    solutions = store.query(text)
    assert isinstance(solutions, ox.QuerySolutions)
    (found,) = [row["held"].value for row in solutions]
    return State(found)


@pytest.mark.parametrize("name", COURSES)
def test_the_pattern_tells_of_every_kind_of_course_what_the_rule_tells(name: str) -> None:
    course, expected = COURSES[name]
    store = stored(course, "ended" if course.over else "in-force")
    moments = [read_moment(day(year).isoformat()) for year in YEARS]
    assert "".join(LETTERS[asked(store, moment)] for moment in moments) == expected


@given(
    st.lists(periods(), max_size=2),
    st.lists(periods(), max_size=2),
    st.lists(periods(), max_size=2),
    st.sampled_from(["in-force", "signed", "reported", *OVER]),
    st.booleans(),
    st.sampled_from(["startsOn", "signedOn"]),
    st.tuples(st.sampled_from(SPAN), st.sampled_from(SPAN)),
)
def test_the_pattern_is_the_rule(
    starts: list[Bounds],
    ends: list[Bounds],
    attested: list[Bounds],
    status: str,
    lasting: bool,
    began: str,
    time: tuple[int, int],
) -> None:
    course = Course(starts, ends, attested, status in OVER, lasting)
    first, last = (ORIGIN + timedelta(number) for number in sorted(time))
    assert asked(stored(course, status, began), Moment("", first, last)) is state_in(course, first, last)


def test_what_it_is_said_to_begin_on_goes_before_the_day_of_signing() -> None:
    store = stored(Course([Bounds(date(2000, 1, 1), date(2000, 1, 1))]), "signed", "signedOn")
    assert asked(store, read_moment("2001")) is State.HELD
    node = ox.NamedNode("https://example.org/later")
    store.add(ox.Quad(THIS, cd("startsOn"), node, ox.DefaultGraph()))
    store.add(ox.Quad(node, cd("earliestDay"), ox.Literal("2005-01-01", datatype=DAY), ox.DefaultGraph()))
    assert asked(store, read_moment("2001")) is State.NOT_HELD


@pytest.mark.parametrize("status", [*COMING, *FAILED])
def test_what_is_only_proposed_or_came_to_nothing_did_not_hold(status: str) -> None:
    assert asked(stored(COURSES["a start"][0], status), read_moment("2000")) is State.NOT_HELD


@pytest.mark.parametrize("name", ["a start and an end", "attested after the end", "two starts", "nothing is known"])
def test_another_engine_reads_it_in_the_same_way(name: str) -> None:
    course, expected = COURSES[name]
    graph = rdflib.Graph()
    data = ox.serialize((quad.triple for quad in stored(course, "in-force")), format=ox.RdfFormat.N_TRIPLES)
    graph.parse(data=data, format="nt")
    found = ""
    for year in YEARS:
        moment = read_moment(day(year).isoformat())
        rows = graph.query(
            f"SELECT ?held {{ VALUES ?this {{ <{THIS.value}> }} {held_pattern('this', moment)} }}"
        ).bindings
        found += LETTERS[State(str(rows[0][rdflib.Variable("held")]))]
    assert found == expected


TIMED = """#+ title: Ties
SELECT ?tie
WHERE {
  ?tie a cd:Tie .
  ?tie cd:hasStatus status:in-force .  # now
  # then: ?tie cd:hasStatus ?status .
  # as of: ?tie
}
ORDER BY ?tie
"""


def test_lines_for_now_go_and_lines_for_then_come() -> None:
    query = parse_query_file("ties", TIMED)
    assert query.datable
    then = as_of_query(query, read_moment("2016"), Wanted.CERTAIN)
    assert "status:in-force" not in then.text
    assert "\n  ?tie cd:hasStatus ?status .\n" in then.text
    assert 'FILTER (?held = "held")' in then.text
    assert "SELECT ?tie\nWHERE" in then.text
    assert (then.name, then.fields, then.parameters) == (query.name, query.fields, query.parameters)


def test_what_is_wanted_is_kept_and_all_have_a_column() -> None:
    query = parse_query_file("ties", TIMED)
    assert 'FILTER (?held != "not held")' in as_of_query(query, read_moment("2016"), Wanted.POSSIBLE).text
    every = as_of_query(query, read_moment("2016"), Wanted.ALL).text
    assert "SELECT ?tie ?held\nWHERE" in every
    assert "FILTER (?held " not in every


def test_a_query_of_what_does_not_last_cannot_be_asked_so() -> None:
    query = parse_query_file("events", "SELECT * WHERE { ?s ?p ?o }")
    with pytest.raises(ParameterError, match="events cannot be asked as of a time"):
        as_of_query(query, read_moment("2016"), Wanted.CERTAIN)


def test_one_that_counts_has_no_column_for_states() -> None:
    query = parse_query_file("ties", TIMED.replace("# as of:", "# as of, no column:"))
    assert query.datable
    assert not query.shows_states
    assert "?held" in as_of_query(query, read_moment("2016"), Wanted.POSSIBLE).text
    with pytest.raises(ParameterError, match="certain or possible, not all"):
        as_of_query(query, read_moment("2016"), Wanted.ALL)
