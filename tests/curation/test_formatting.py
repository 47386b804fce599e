"""The one format of Turtle: stable, one edit one hunk, nothing lost."""

import difflib
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from citydip.curation.formatting import format_triples, format_turtle
from citydip.curation.turtle import read_turtle
from citydip.model.errors import TurtleSyntaxError
from citydip.model.terms import PREFIXES

PATH = Path("x.ttl")
MESSY = """# One line of header.
@prefix city: <https://w3id.org/citydip/id/city/> .
@prefix cd: <https://w3id.org/citydip/ontology#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix unused: <http://example.org/> .
city:yazd rdfs:label "یزد"@fa, "Yazd"@en ; a cd:City . city:ahvaz a cd:City ;
  cd:population 1184788 ; rdfs:comment "a \\"quoted\\" # sign" ; cd:members ( city:yazd "x" ( 1 2.5 true ) ) .
"""
NEAT = """# One line of header.

@prefix cd: <https://w3id.org/citydip/ontology#> .
@prefix city: <https://w3id.org/citydip/id/city/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .

city:ahvaz
    a cd:City ;
    cd:members (
        city:yazd
        "x"
        (
            1
            2.5
            true
        )
    ) ;
    cd:population 1184788 ;
    rdfs:comment "a \\"quoted\\" # sign" ;
    .

city:yazd
    a cd:City ;
    rdfs:label
        "Yazd"@en ,
        "یزد"@fa ;
    .
"""


def test_header_prefixes_subjects_predicates_and_objects_have_their_order() -> None:
    assert format_turtle(PATH, MESSY) == NEAT


def test_a_second_run_changes_nothing() -> None:
    assert format_turtle(PATH, NEAT) == NEAT


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('        "یزد"@fa ;', '        "Jazd"@de ,\n        "یزد"@fa ;'),
        ("    cd:population 1184788 ;\n", ""),
        ("    a cd:City ;\n    rdfs:label", "    a cd:City ;\n    cd:twin city:ahvaz ;\n    rdfs:label"),
    ],
)
def test_one_edit_is_one_hunk(old: str, new: str) -> None:
    edited = format_turtle(PATH, NEAT.replace(old, new, 1))
    hunks = [line for line in difflib.unified_diff(NEAT.split("\n"), edited.split("\n"), n=0) if line.startswith("@@")]
    assert len(hunks) == 1


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("# header\n<urn:a> <urn:p> 1 . # here\n", 2, "a comment here would be lost"),
        ("<urn:a> <urn:p>\n  # here\n 1 .", 2, "a comment here would be lost"),
        ("<urn:a> <urn:p> [ <urn:q> 1 ] .", 1, "give each thing an IRI"),
        ("_:a <urn:p> 1 .", 1, "give each thing an IRI"),
        ("<urn:a> <urn:p> .\n", 1, "not a valid RDF object"),
        ("<urn:a> <urn:p> 1 .\n<urn:b> x:p 1 .", 2, "prefix x: has not been declared"),
    ],
)
def test_what_would_be_lost_or_cannot_be_read_is_refused_with_its_line(text: str, line: int, message: str) -> None:
    with pytest.raises(TurtleSyntaxError, match=message) as caught:
        format_turtle(PATH, text)
    assert caught.value.line == line
    assert caught.value.excerpt.endswith("^")


def test_an_error_shows_its_line_with_a_caret() -> None:
    with pytest.raises(TurtleSyntaxError) as caught:
        format_turtle(PATH, "<urn:a> <urn:p> 1 .\n<urn:b> <urn:p> .\n")
    assert caught.value.excerpt.splitlines()[0] == "<urn:b> <urn:p> ."


def test_a_file_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.ttl"
    path.write_bytes(b'<urn:a> <urn:p> 1 .\n<urn:a> <urn:p> "\xff" .')
    with pytest.raises(TurtleSyntaxError, match="save the file as UTF-8") as caught:
        read_turtle(path)
    assert caught.value.line == 2


iris = st.sampled_from(
    [
        "urn:a",
        "https://w3id.org/citydip/id/city/tehran",
        "https://w3id.org/citydip/ontology#twinnedWith",
        "http://x/a#b.c",
        "http://x/-",
    ]
).map(ox.NamedNode)
texts = st.text(st.characters(codec="utf-8"), max_size=30)
xsd = PREFIXES["xsd"]
literals = st.one_of(
    texts.map(ox.Literal),
    st.builds(
        lambda text, language: ox.Literal(text, language=language), texts, st.sampled_from(["fa", "en", "zh-hans"])
    ),
    st.builds(
        lambda text, kind: ox.Literal(text, datatype=ox.NamedNode(xsd + kind)),
        st.sampled_from(["1", "-2.50", "+3", "1.", ".5", "true", "1395-07", "x"]),
        st.sampled_from(["integer", "decimal", "boolean", "date", "gYear"]),
    ),
)
triples = st.builds(ox.Triple, iris, iris, st.one_of(iris, literals))


@given(st.lists(triples, max_size=12))
def test_every_triple_survives_and_the_text_is_stable(given_triples: list[ox.Triple]) -> None:
    text = format_triples(given_triples, PREFIXES)
    parsed = read_turtle(PATH, text)
    assert set(parsed.triples) == set(given_triples)
    assert format_triples(parsed.triples, parsed.prefixes) == text
    assert format_turtle(PATH, text) == text


def test_a_subject_and_its_predicates_are_found_by_line() -> None:
    parsed = read_turtle(PATH, NEAT)
    city = PREFIXES["city"]
    assert parsed.line_of(city + "ahvaz") == 7
    assert parsed.line_of(city + "ahvaz", PREFIXES["cd"] + "population") == 18
    assert parsed.line_of(city + "yazd", PREFIXES["rdf"] + "type") == 23
    assert parsed.line_of(city + "yazd", PREFIXES["rdfs"] + "label") == 24
    assert parsed.line_of(city + "yazd", PREFIXES["cd"] + "population") == 22
    assert parsed.line_of(city + "shiraz") is None
