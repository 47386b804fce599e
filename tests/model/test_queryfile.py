"""Query files: SPARQL with a header."""

import pytest

from citydip.model.errors import ParameterError
from citydip.model.queryfile import parse_query_file

TEXT = """#+ title: Sister cities
#+ title-fa: شهرهای خواهرخوانده
#+ summary: All of them.
#+ tags: ties, agreements
#+ param: city iri city:urumqi | The city | شهر
#+ param: limit integer - | How many | چند تا
# a comment
SELECT ?other WHERE { ?city cd:twinnedWith ?other }
#+ title: not in the header
"""


def test_a_header_has_titles_tags_and_parameters() -> None:
    query = parse_query_file("sister-cities", TEXT)
    assert query.title("en") == "Sister cities"
    assert query.title("fa") == "شهرهای خواهرخوانده"
    assert query.summary("en") == "All of them."
    assert query.tags == ("ties", "agreements")
    city, limit = query.parameters
    assert (city.name, city.type, city.default, city.description) == (
        "city",
        "iri",
        "city:urumqi",
        {"en": "The city", "fa": "شهر"},
    )
    assert limit.default is None


def test_a_query_without_a_header_is_named_after_its_file() -> None:
    assert parse_query_file("x", "ASK {}").title("fa") == "x"


@pytest.mark.parametrize(
    "line", ["city", "city iri", "city iri x | only English", "city thing x | a | b", "2 iri x | a | b"]
)
def test_a_malformed_parameter_is_refused_with_its_form(line: str) -> None:
    with pytest.raises(ParameterError, match="a parameter line reads"):
        parse_query_file("x", f"#+ param: {line}\nASK {{}}")
