"""Pages are kept whole, under their query, and are not asked for twice; queries are bound, never pasted."""

from pathlib import Path

import pyoxigraph as ox
import pytest

from citydip.curation.importers.wikidata.asking import Manners, Service
from citydip.curation.importers.wikidata.pages import Pages, bound
from citydip.model.errors import ParameterError, RefreshError
from tests.conftest import ROOT
from tests.curation.wikidata.conftest import CONTACT, DAY, Watch
from tests.curation.wikidata.double import Double, status

QUERY = "SELECT ?label { <http://www.wikidata.org/entity/Q84> <http://www.w3.org/2000/01/rdf-schema#label> ?label }"
OTHER = "SELECT ?label { <http://www.wikidata.org/entity/Q1563> <http://www.w3.org/2000/01/rdf-schema#label> ?label }"


def pages(double: Double, cache: Path, day: str = DAY) -> Pages:
    return Pages(cache, Service(double.address, CONTACT, Manners(attempts=2), lambda line: None, clock=Watch()), day)


def test_a_page_that_is_there_is_not_asked_for_again(double: Double, tmp_path: Path) -> None:
    for asked, kept in ((2, 0), (0, 2)):
        with pages(double, tmp_path) as there:
            assert len(there.fetch(QUERY)) == len(there.fetch(OTHER)) == 2
            assert (there.asked, there.kept) == (asked, kept)
    assert len(double.requests) == 2


def test_another_day_and_another_endpoint_have_pages_of_their_own(double: Double, tmp_path: Path) -> None:
    with pages(double, tmp_path) as there:
        there.fetch(QUERY)
    with pages(double, tmp_path, "2026-11-23") as there:
        there.fetch(QUERY)
    double.address += "?other"
    with pages(double, tmp_path) as there:
        there.fetch(QUERY)
    assert len(double.requests) == 3


@pytest.mark.parametrize("rest", [b"", b'{"head": {"vars"', b"\xff"])
def test_a_page_that_is_not_whole_is_asked_for_again(double: Double, tmp_path: Path, rest: bytes) -> None:
    with pages(double, tmp_path) as there:
        there.fetch(QUERY)
        [kept] = there.folder.iterdir()
        kept.write_bytes(rest)
        assert len(there.fetch(QUERY)) == 2
        assert len(there.fetch(QUERY)) == 2
    assert len(double.requests) == 2


def test_forgotten_pages_are_asked_for_again(double: Double, tmp_path: Path) -> None:
    with pages(double, tmp_path) as there:
        there.fetch(QUERY)
        there.forget()
        there.fetch(QUERY)
    assert len(double.requests) == 2


def test_a_page_that_does_not_come_leaves_nothing(double: Double, tmp_path: Path) -> None:
    double.faults = dict.fromkeys((1, 2), status(500))
    with pages(double, tmp_path) as there:
        with pytest.raises(RefreshError):
            there.fetch(QUERY)
        assert list(there.folder.iterdir()) == []


def test_two_runs_do_not_ask_one_service_at_once(double: Double, tmp_path: Path) -> None:
    with pages(double, tmp_path), pytest.raises(RefreshError, match="another run"), pages(double, tmp_path):
        pass
    with pages(double, tmp_path) as there:
        assert there.fetch(QUERY)


def test_terms_take_the_place_of_the_examples() -> None:
    text = 'SELECT * { VALUES ?item { <a:1> } VALUES ?language { "en" } ?item ?p ?language }'
    terms: dict[str, list[ox.NamedNode | ox.Literal]] = {
        "item": [ox.NamedNode("a:2"), ox.NamedNode("a:3")],
        "language": [ox.Literal('f"a')],
    }
    assert (
        bound(text, terms)
        == 'SELECT * { VALUES ?item { <a:2> <a:3> } VALUES ?language { "f\\"a" } ?item ?p ?language }'
    )


def test_all_blocks_of_a_variable_get_the_same_terms() -> None:
    text = "SELECT * { { VALUES ?item { <a:1> } } UNION { VALUES ?item { <a:1> <a:2> } VALUES ?items { <a:1> } } }"
    wanted = "SELECT * { { VALUES ?item { <a:3> } } UNION { VALUES ?item { <a:3> } VALUES ?items { <a:1> } } }"
    assert bound(text, {"item": [ox.NamedNode("a:3")]}) == wanted


def test_a_query_without_a_place_for_its_terms_is_refused() -> None:
    with pytest.raises(ParameterError, match=r"a block VALUES \?item"):
        bound("SELECT * { VALUES ?items { <a:1> } }", {"item": []})


@pytest.mark.parametrize("path", sorted((ROOT / "queries" / "wikidata").glob("*.rq")), ids=lambda path: path.stem)
def test_a_query_can_be_tried_as_it_stands(path: Path) -> None:
    # No prefix comes from outside, and the examples are items.
    ox.Store().query(path.read_text(encoding="utf-8"))
    assert "VALUES ?item { wd:Q" in path.read_text(encoding="utf-8")
