"""Reading Turtle: which files the store can read itself."""

from pathlib import Path

import pyoxigraph as ox
import pytest

from citydip.curation.turtle import TurtleFile


@pytest.mark.parametrize(
    "text",
    [
        "_:a <urn:p> <urn:o> .",
        "<urn:s> <urn:p> _:a .",
        "<urn:s> <urn:p> [ <urn:q> 1 ] .",
        "<urn:s> <urn:p> ( 1 2 ) .",
        "<urn:s> <urn:p> () .",
        '<urn:s> <urn:p> """a " b""", [ <urn:q> "z" ] .',
        "<urn:s> <urn:p> '''a ' b''', [ <urn:q> \"z\" ] .",
        '<urn:s> <urn:p> "\\"", [] .',
        "<urn:s> <urn:p> 'it is \"', [], \"'\" .",
    ],
)
def test_a_file_with_blank_nodes_is_not_plain(text: str) -> None:
    file = TurtleFile(Path("x.ttl"), text)
    assert any(isinstance(term, ox.BlankNode) for t in file.triples for term in (t.subject, t.object)) or "()" in text
    assert not file.is_plain


def test_brackets_in_texts_iris_and_comments_are_no_blank_nodes() -> None:
    text = '# a (comment) [here]\n<urn:s(1)> <urn:p#_:> "a (b) [c] _:d" ; # and \'there\' (\n <urn:q> "it\'s" .\n'
    file = TurtleFile(Path("x.ttl"), text)
    assert len(file.triples) == 2
    assert file.is_plain
