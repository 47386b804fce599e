"""Examples in the editor: the text of each catalogue query gives the rows that the query gives with its parameters."""

import io
import json

import pyoxigraph as ox
import pytest

from citydip.engine.guard import guard
from citydip.engine.store import open_query
from citydip.model.errors import ParameterError
from citydip.model.queryfile import VIEWS, QueryFile, parse_query_file
from citydip.services.catalogue import Catalogue
from citydip.services.examples import example_text, values_of_example
from tests.conftest import ROOT, run_query

PATHS = sorted((ROOT / "queries" / "catalogue").glob("*.rq"))
QUERIES = [parse_query_file(path.stem, path.read_text(encoding="utf-8")) for path in PATHS]
every_query = pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)


@every_query
def test_the_text_gives_what_the_query_gives_with_its_defaults(query: QueryFile, store: ox.Store) -> None:
    text = example_text(query, {})
    plain = QueryFile(query.name, text)
    if guard(text).kind.name == "ROWS":
        assert sorted(map(json.dumps, run_query(store, plain, {}))) == sorted(
            map(json.dumps, run_query(store, query, query.sample))
        )
    else:
        output = io.BytesIO()
        open_query(store, {"query": text, "format": "json" if guard(text).kind.name == "TRUTH" else "ntriples"}).write(
            output
        )
        assert output.getvalue()


@every_query
def test_a_view_that_a_query_asks_for_is_one_that_there_is_and_the_text_asks_for_it_too(query: QueryFile) -> None:
    view = query.fields.get("view")
    assert view in VIEWS
    assert f"#+ view: {view}\n" in example_text(query, {})


def test_every_view_is_shown_by_an_example() -> None:
    assert {query.view for query in QUERIES} == set(VIEWS)


def test_a_parameter_that_is_given_stands_in_the_text(catalogue: Catalogue) -> None:
    text = example_text(catalogue["mayor-of-city"], {"city": "city:tehran"})
    assert "<https://w3id.org/citydip/id/city/tehran>" in text
    assert "qazvin" not in text


def test_an_empty_field_takes_the_default_and_what_is_no_parameter_is_passed_over(catalogue: Catalogue) -> None:
    query = catalogue["mayor-of-city"]
    assert example_text(query, {"city": " ", "lang": "fa"}) == example_text(query, {})
    assert values_of_example(query, {"city": ""}) == {"city": "city:qazvin"}


def test_a_value_that_is_none_is_refused_and_never_pasted(catalogue: Catalogue) -> None:
    with pytest.raises(ParameterError, match="city must be an IRI"):
        example_text(catalogue["mayor-of-city"], {"city": "<x:a> } DELETE WHERE { ?s ?p ?o"})
    text = example_text(catalogue["find-by-name"], {"text": 'a" } DELETE { "'})
    assert r"\" } DELETE { \"" in text
