"""What a query is, decided on its tokens."""

import contextlib
import time
from itertools import groupby
from operator import itemgetter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citydip.engine.formats import Kind
from citydip.engine.guard import guard
from citydip.engine.tokens import TELLING, TOKENS, evenly_spaced
from citydip.model.errors import CitydipError, QueryRefusedError, QuerySyntaxError


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("SELECT * { ?s ?p ?o }", Kind.ROWS),
        ("# SELECT\nPREFIX a: <http://example.org/ASK#> ask {}", Kind.TRUTH),
        ("BASE <http://x/> CONSTRUCT WHERE { ?s ?p ?o }", Kind.GRAPH),
        ("prefix select: <http://x/> DESCRIBE select:ask", Kind.GRAPH),
        ("this is no query", Kind.ROWS),
        ("", Kind.ROWS),
    ],
)
def test_the_form_is_the_first_keyword_after_the_prologue(query: str, kind: Kind) -> None:
    assert guard(query).kind is kind


@pytest.mark.parametrize(
    "query",
    [
        "INSERT DATA { <a> <b> <c> }",
        "# SELECT * {}\nDELETE WHERE { ?s ?p ?o }",
        "PREFIX x: <http://x/> LOAD <http://example.org/>",
        "clear all",
        "DROP GRAPH <http://x/>",
        "WITH <http://x/> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
        "BASE <http://x/#SELECT> CREATE GRAPH <g>",
    ],
)
def test_updates_are_refused_whatever_stands_before_them(query: str) -> None:
    with pytest.raises(QueryRefusedError, match="cannot be updated"):
        guard(query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }",
        "SELECT * { sErViCe ?x { ?s ?p ?o } }",
        "SELECT * { SERVICE SILENT <http://x/> {} }",
        "SELECT * { ?s ?p '#' . SERVICE <http://x/> {} }",
        'SELECT * { ?s ?p """ a "quote" # """ . SERVICE <http://x/> {} }',
        "SELECT * { ?s <http://x/#frag> ?o . SERVICE <http://x/> {} }",
        "SELECT * { ?s ?p ?o }#comment\rSERVICE",
        "ASK { { SELECT * { SERVICE <http://x/> {} } } }",
        "ASK { SERVICE:x {} }",
        "ASK { ?s ?p 1.SERVICE<http://x/> {} }",
    ],
)
def test_asking_another_service_is_refused_wherever_it_stands(query: str) -> None:
    with pytest.raises(QueryRefusedError, match="SERVICE is refused"):
        guard(query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?service { ?service ?p 'SERVICE' }",
        'SELECT * { ?s ?p """SERVICE <x> "in" it""" }',
        "SELECT * { ?s :service x:SERVICE } # SERVICE",
        "SELECT * { ?s <http://example.org/SERVICE> 'a'@service }",
        "SELECT * { ?s a:b\\-SERVICE ?o }",
        "SELECT * { _:SERVICE ?p $SERVICE }",
        "SELECT * { ?s a:b%20SERVICE ?o }",
    ],
)
def test_the_word_in_a_name_string_or_comment_is_no_keyword(query: str) -> None:
    assert guard(query).kind is Kind.ROWS


def test_a_query_that_names_its_data_set_is_known() -> None:
    assert guard("SELECT * FROM <http://g> { ?s ?p ?o }").has_dataset
    assert guard("SELECT * FROM NAMED <http://g> { GRAPH ?g { ?s ?p ?o } }").has_dataset
    assert not guard("SELECT ?from { ?s :from 'FROM' }").has_dataset


@given(st.text(max_size=300))
def test_no_text_breaks_it_and_every_character_is_read(query: str) -> None:
    try:
        normal = guard(query).normal
    except (QueryRefusedError, QuerySyntaxError):
        return
    assert guard(normal).normal == normal


@given(st.text(alphabet="\"'\\ab#<>\n SERVICE{}", max_size=60))
def test_a_keyword_after_a_closed_string_is_always_seen(text: str) -> None:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    with pytest.raises(QueryRefusedError, match="SERVICE"):
        guard(f'ASK {{ ?s ?p "{escaped}" SERVICE ?x {{}} }}')
    assert guard(f'ASK {{ ?s ?p "{escaped}" }}').kind is Kind.TRUTH


PIECES = "SELECT a:b :c. _:d _ ?e ? <f> < 'g' ' 1. .5e1 @en @ ( ] { } , ; || ! ^^ \\ %41 é".split()
PIECES += ['"""h"""', " ", "  ", "\t", "\n", "\u00a0", "# i\n", "#"]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_what_tells_something_is_found_as_where_each_token_is_read(text: str) -> None:
    kinds = {"words", "local", "opening", "closing", "unclosed"}
    expected = [(found.lastgroup, found.end(), found["words"]) for found in TOKENS.finditer(text)]
    found = [(found.lastgroup, found.end(), found["words"]) for found in TELLING.finditer(text)]
    assert [one for one in found if one[0]] == [one for one in expected if one[0] in kinds]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_space_is_evened_out_as_where_each_token_is_read(text: str) -> None:
    read = [(found.lastgroup == "space", found[0]) for found in TOKENS.finditer(text)]
    pieces = [" " if space else "".join(text for _, text in run) for space, run in groupby(read, itemgetter(0))]
    assert evenly_spaced(text) == "".join(pieces).strip(" ")


@pytest.mark.parametrize("opening", ["{", "(", "["])
def test_brackets_can_be_nested_so_deep_and_no_deeper(opening: str) -> None:
    assert guard("ASK " + opening * 100).kind is Kind.TRUTH
    with pytest.raises(QuerySyntaxError, match="nested more than 100 deep") as caught:
        guard("ASK\n" + opening * 101)
    assert (caught.value.line, caught.value.column) == (2, 101)


@pytest.mark.parametrize("query", ["ASK { ?s ?p 'open }", 'ASK { ?s ?p "open }'])
def test_a_string_that_is_not_closed_is_found_where_it_begins(query: str) -> None:
    with pytest.raises(QuerySyntaxError, match="not closed") as caught:
        guard(query)
    assert (caught.value.line, caught.value.column) == (1, 13)


@pytest.mark.parametrize("part", ["<", "'\\n", ":a.", "a-", "?", "#", "::", "%41", "\\u", "'''a", '"""', "a:b\\-"])
def test_reading_takes_time_in_proportion_to_the_length(part: str) -> None:
    def seconds(query: str) -> float:
        began = time.perf_counter()
        with contextlib.suppress(CitydipError):
            guard(query)
        return time.perf_counter() - began

    short, long = seconds("ASK {" + part * 5_000), seconds("ASK {" + part * 50_000)
    assert long < max(100 * short, 2)
