"""Pages of an ordered answer fit together."""

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from citydip.engine.paging import has_pages, page_of, passing_over
from citydip.model.errors import ParameterError

NUMBERS = "{ VALUES ?n { " + " ".join(str(n) for n in range(20)) + " } }"


def rows(query: str) -> list[str]:
    solutions = ox.Store().query(query)
    assert isinstance(solutions, ox.QuerySolutions)
    return [row["n"].value for row in solutions]


@given(
    st.sampled_from(
        [
            "",
            "LIMIT 7",
            "OFFSET 3",
            "LIMIT 7 OFFSET 3",
            "OFFSET 3 LIMIT 7",
            "limit 7 # OFFSET 3",
            "VALUES ?n { 4 8 2 }",
            "OFFSET 1 VALUES ?n { 4 8 2 }",
        ]
    ),
    st.integers(0, 25),
)
def test_a_part_and_the_rest_are_the_whole(modifiers: str, passed: int) -> None:
    query = f"SELECT ?n {NUMBERS} ORDER BY DESC(?n) {modifiers}"
    whole = rows(query)
    assert whole
    assert rows(passing_over(query, passed)) == whole[passed:]


def test_passing_over_twice_is_passing_over_both() -> None:
    query = f"SELECT ?n {NUMBERS} ORDER BY ?n LIMIT 15"
    assert rows(passing_over(passing_over(query, 4), 5)) == rows(passing_over(query, 9))


@pytest.mark.parametrize(
    "query",
    [
        f"SELECT ?n {NUMBERS}",
        f"SELECT ?n {{ {{ SELECT ?n {NUMBERS} ORDER BY ?n }} }}",
        f"SELECT ?n {NUMBERS} # ORDER BY ?n",
        "SELECT ?order",
    ],
)
def test_what_is_not_ordered_has_no_pages(query: str) -> None:
    assert not has_pages(query)
    with pytest.raises(ParameterError, match="ORDER BY"):
        passing_over(query, 1)


@given(
    st.sampled_from(
        ["", "LIMIT 7", "OFFSET 3", "LIMIT 7 OFFSET 3", "OFFSET 3 LIMIT 7 VALUES ?n { 4 8 2 }", "VALUES ?n { 4 8 2 }"]
    ),
    st.integers(1, 25),
    st.integers(0, 25),
)
def test_a_page_has_its_rows_and_one_more_where_there_are_more(end: str, size: int, passed: int) -> None:
    query = f"SELECT ?n {NUMBERS} ORDER BY ?n {end}"
    assert rows(page_of(query, size, passed)) == rows(query)[passed : passed + size + 1]
