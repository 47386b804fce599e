"""Answers that are too large: cut after whole rows, closed to whole documents, and marked."""

import csv
import io
import json
from itertools import cycle
from typing import IO
from unittest.mock import patch

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citydip.engine.limits import Limits, write_rows
from citydip.engine.store import open_query

FORMS = ["json", "xml", "tsv", "csv"]
READERS = {
    "xml": ox.QueryResultsFormat.XML,
    "tsv": ox.QueryResultsFormat.TSV,
}
GRAPHS = {
    "turtle": ox.RdfFormat.TURTLE,
    "trig": ox.RdfFormat.TRIG,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "nquads": ox.RdfFormat.N_QUADS,
    "rdfxml": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
}
# What looks like the end of a row in one format or another.
TRICKY = st.sampled_from(
    [
        '},{"',
        "},{",
        '[{"',
        "[{",
        "}},{",
        '"',
        "\r\n",
        "\n",
        "\r",
        "a,b",
        "</result>",
        "<results><result>",
        "{}",
        "\\",
        "",
    ]
)
VALUES = st.one_of(
    TRICKY, st.lists(TRICKY).map("".join), st.text(st.characters(codec="utf-8", exclude_characters="\0"))
)


def table(values: list[str]) -> str:
    """Return a query that gives values in their order, each beside its number."""
    rows = " ".join(f"({i} {ox.Literal(value)})" for i, value in enumerate(values))
    return f"SELECT ?n ?value {{ VALUES (?n ?value) {{ {rows} }} }}"


def write(query: str, form: str, limits: Limits) -> tuple[bytes, int, str]:
    output = io.BytesIO()
    written = open_query(ox.Store(), {"query": query, "format": form}).write(output, limits)
    return output.getvalue(), written.rows, written.cut


def read(text: bytes, form: str) -> list[str]:
    """Return the values of a table."""
    if form == "csv":
        return [row[1] for row in csv.reader(io.StringIO(text.decode(), newline=""))][1:]
    if form == "json":
        # The engine's own reader takes no member beyond those that the standard names.
        return [row["value"]["value"] for row in json.loads(text)["results"]["bindings"]]
    solutions = ox.parse_query_results(text, READERS[form])
    assert isinstance(solutions, ox.QuerySolutions)
    return [row["value"].value for row in solutions]


@settings(max_examples=300)
@given(st.sampled_from(FORMS), st.lists(VALUES, max_size=8), st.integers(0, 9))
def test_a_table_has_as_many_rows_as_it_may_and_says_whether_there_are_more(
    form: str, values: list[str], most: int
) -> None:
    if form == "xml":
        values = [value for value in values if value.isprintable()]
    text, rows, cut = write(table(values), form, Limits(rows=most))
    assert read(text, form) == values[:most]
    assert (rows, cut) == (min(most, len(values)), "rows" if len(values) > most else "")


@settings(max_examples=300)
@given(st.sampled_from(FORMS), st.lists(VALUES, max_size=8), st.integers(0, 1500))
def test_a_table_has_no_row_that_goes_beyond_its_size(form: str, values: list[str], size: int) -> None:
    if form == "xml":
        values = [value for value in values if value.isprintable()]
    whole, *_ = write(table(values), form, Limits())
    text, rows, cut = write(table(values), form, Limits(size=size))
    got = read(text, form)
    assert got == values[:rows]
    assert cut == ("bytes" if len(whole) > size and values else "")
    if not cut:
        assert text == whole
    elif rows:
        unmarked = text.partition(b']},"citydip"')[0].partition(b"</results><!--")[0]
        assert len(unmarked) <= size


@settings(max_examples=500)
@given(
    st.sampled_from(FORMS),
    st.lists(VALUES, max_size=8),
    st.lists(st.integers(1, 60), min_size=1),
    st.none() | st.integers(0, 9),
    st.none() | st.integers(0, 1500),
)
def test_a_table_that_comes_in_pieces_is_the_same_as_in_one(
    form: str, values: list[str], sizes: list[int], most: int | None, size: int | None
) -> None:
    if form == "xml":
        values = [value for value in values if value.isprintable()]
    document, *_ = write(table(values), form, Limits())

    def serialize(file: IO[bytes]) -> None:
        begin = 0
        for length in cycle(sizes):
            file.write(document[begin : begin + length])
            begin += length
            if begin >= len(document):
                return

    output = io.BytesIO()
    with patch("citydip.engine.limits._GATHERED", 1):
        written = write_rows(serialize, output, form, Limits(rows=most, size=size))
    assert (output.getvalue(), written.rows, written.cut) == write(table(values), form, Limits(rows=most, size=size))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("count", [0, 1, 5000, 50_000])
def test_a_large_table_is_counted_as_it_streams(form: str, count: int) -> None:
    values = [f'{i} "x"' if i % 3 else "plain" for i in range(count)]
    text, rows, cut = write(table(values), form, Limits(rows=40_000))
    assert rows == min(count, 40_000)
    assert cut == ("rows" if count > 40_000 else "")
    assert read(text, form) == values[:40_000]


@pytest.mark.parametrize("form", FORMS)
def test_a_row_that_is_larger_than_the_limit_is_not_gathered_for_ever(form: str) -> None:
    query = 'SELECT ?value { VALUES ?n { 1 2 3 } BIND(REPLACE(STR(?n), "[0-9]", "%s") AS ?value) }' % ("x" * 100_000)
    text, rows, cut = write(query, form, Limits(size=1000))
    assert (rows, cut) == (0, "bytes")
    assert len(text) < 1000
    assert read(text, form) == [] if form != "csv" else text == b"value\r\n"


def test_a_table_in_json_or_xml_says_that_it_was_cut_and_where_the_rest_is() -> None:
    limits = Limits(rows=2, next="https://example.org/sparql?query=--&offset=")
    text, *_ = write(table(["a", "b", "c"]), "json", limits)
    mark = {"cut": "rows", "rows": 2, "next": "https://example.org/sparql?query=--&offset=2"}
    assert json.loads(text)["citydip"] == mark
    text, *_ = write(table(["a", "b", "c"]), "xml", limits)
    assert text.endswith(b" --></sparql>")
    assert text.count(b"--") == 2
    assert b'"next": "https://example.org/sparql?query=-%2D&offset=2"' in text


def graph(count: int) -> str:
    rows = " ".join(str(i) for i in range(count))
    return f"CONSTRUCT {{ <x:s> <x:p> ?n }} {{ VALUES ?n {{ {rows} }} }}"


@pytest.mark.parametrize("form", GRAPHS)
@pytest.mark.parametrize("count", [10, 11, 12_000])
def test_a_graph_has_as_many_triples_as_it_may_and_says_so(form: str, count: int) -> None:
    for most in (10, 11_000):
        text, rows, cut = write(graph(count), form, Limits(rows=most))
        assert len(set(ox.parse(text, format=GRAPHS[form]))) == min(count, most) == rows
        assert cut == ("rows" if count > most else "")
        assert (b'cut: {"cut": "rows"' in text) == (bool(cut) and form != "jsonld")


@pytest.mark.parametrize("form", GRAPHS)
def test_a_graph_ends_about_where_its_size_does(form: str) -> None:
    text, rows, cut = write(graph(40_000), form, Limits(size=200_000))
    assert cut == "bytes"
    assert 200_000 < len(text) < 300_000
    assert len(set(ox.parse(text, format=GRAPHS[form]))) == rows


@pytest.mark.parametrize("form", FORMS)
def test_a_truth_value_has_no_limit(form: str) -> None:
    if form not in ("csv", "tsv"):
        text, rows, cut = write("ASK {}", form, Limits(rows=0, size=0))
        assert (rows, cut) == (0, "")
        assert b"true" in text
