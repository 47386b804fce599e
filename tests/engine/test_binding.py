"""Parameters become terms; nothing is pasted into a query."""

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from citydip.engine.binding import bind
from citydip.engine.store import open_query
from citydip.model.errors import ParameterError
from citydip.model.queryfile import Choices, Parameter, QueryFile

XSD = "http://www.w3.org/2001/XMLSchema#"


def _query(kind: str, default: str | None = None) -> QueryFile:
    return QueryFile("x", "SELECT ?v { VALUES ?one { 1 } }", {}, (Parameter("v", kind, default, {"en": "", "fa": ""}),))


@pytest.mark.parametrize(
    ("kind", "value", "term"),
    [
        ("iri", "city:tehran", {"type": "uri", "value": "https://w3id.org/citydip/id/city/tehran"}),
        ("iri", "<http://example.org/a>", {"type": "uri", "value": "http://example.org/a"}),
        ("iri", "urn:x:y", {"type": "uri", "value": "urn:x:y"}),
        ("string", 'a "quote" } #', {"type": "literal", "value": 'a "quote" } #'}),
        ("integer", "-12", {"type": "literal", "value": "-12", "datatype": XSD + "integer"}),
        ("date", "2016-09-23", {"type": "literal", "value": "2016-09-23", "datatype": XSD + "date"}),
        ("language", "zh-Hans", {"type": "literal", "value": "zh-Hans"}),
    ],
)
def test_a_value_becomes_a_term_of_its_type(kind: str, value: str, term: dict[str, str]) -> None:
    assert bind(_query(kind), {"v": value}) == {"v": term}


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("iri", "tehran"),
        ("iri", "http://x/> ?p ?o . } #"),
        ("iri", "http://x/ y"),
        ("integer", "1.5"),
        ("integer", "1; DROP"),
        ("integer", "۱۲"),
        ("date", "20160923"),
        ("date", "2016-W01-1"),
        ("date", "1395-07-32"),
        ("date", "yesterday"),
        ("language", "fa) || true"),
    ],
)
def test_a_value_of_another_type_is_refused(kind: str, value: str) -> None:
    with pytest.raises(ParameterError, match="v must be"):
        bind(_query(kind), {"v": value})


def test_an_unknown_parameter_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(ParameterError, match=r"no parameter 'w'; its parameters are: v"):
        bind(_query("iri"), {"w": "x"})


def test_a_default_is_bound_and_none_leaves_the_variable_free() -> None:
    assert bind(_query("integer", "3"), {})["v"]["value"] == "3"
    assert bind(_query("integer"), {}) == {}


def test_what_is_required_must_be_given() -> None:
    asked = Parameter("v", "string", None, {"en": "", "fa": ""}, required=True, example="Rasht")
    query = QueryFile("x", "SELECT ?v {}", {}, (asked,))
    with pytest.raises(ParameterError, match="x needs the parameter v, such as Rasht"):
        bind(query, {})
    assert bind(query, {"v": ""})["v"]["value"] == ""


def test_of_a_list_only_its_values_are_taken_however_they_are_written() -> None:
    choices = Choices("list", ("city:rasht", "city:tehran"))
    query = QueryFile("x", "SELECT ?v {}", {}, (Parameter("v", "iri", None, {"en": "", "fa": ""}, choices=choices),))
    full = "https://w3id.org/citydip/id/city/rasht"
    assert bind(query, {"v": f"<{full}>"}) == bind(query, {"v": "city:rasht"}) == {"v": {"type": "uri", "value": full}}
    with pytest.raises(ParameterError, match="v must be one of city:rasht, city:tehran, not 'city:najaf'"):
        bind(query, {"v": "city:najaf"})


@given(st.text())
def test_any_string_comes_back_as_it_was(value: str) -> None:
    request = {"query": _query("string").text, "format": "json", "bindings": bind(_query("string"), {"v": value})}
    result = open_query(ox.Store(), request).result
    assert isinstance(result, ox.QuerySolutions)
    assert [row["v"].value for row in result] == [value]
