"""Query files: SPARQL with a header."""

import pytest

from citydip.model.errors import ParameterError
from citydip.model.queryfile import Choices, parse_query_file

TEXT = """#+ title: Sister cities
#+ title-fa: شهرهای خواهرخوانده
#+ summary: All of them.
#+ view: map
#+ page: 50
#+ tags: ties, agreements
#+ param: city iri city:urumqi | The city | شهر
#+ choices: city query cities-in-ties
#+ param: limit integer - | How many | چند تا
#+ example: limit 10
#+ param: status iri ! | Which status | کدام وضعیت
#+ example: status status:signed
#+ choices: status list status:signed status:proposed
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
    city, limit, status = query.parameters
    assert (city.name, city.type, city.default, city.description) == (
        "city",
        "iri",
        "city:urumqi",
        {"en": "The city", "fa": "شهر"},
    )
    assert (limit.default, limit.required, limit.shown) == (None, False, "10")
    assert (status.default, status.required, status.shown) == (None, True, "status:signed")
    assert city.choices == Choices("query", ("cities-in-ties",))
    assert city.shown == "city:urumqi"
    assert status.choices == Choices("list", ("status:signed", "status:proposed"))
    assert limit.choices is None
    assert query.sample == {"status": "status:signed"}


def test_a_header_has_a_view_and_pages() -> None:
    query = parse_query_file("sister-cities", TEXT)
    assert (query.view, query.page) == ("map", 50)
    plain = parse_query_file("x", "#+ page: none\nASK {}")
    assert (plain.view, plain.page) == ("table", None)


def test_a_query_without_a_header_is_named_after_its_file() -> None:
    assert parse_query_file("x", "ASK {}").title("fa") == "x"


@pytest.mark.parametrize(
    "line", ["city", "city iri", "city iri x | only English", "city thing x | a | b", "2 iri x | a | b"]
)
def test_a_malformed_parameter_is_refused_with_its_form(line: str) -> None:
    with pytest.raises(ParameterError, match=r"^x\.rq:1: a parameter line reads"):
        parse_query_file("x", f"#+ param: {line}\nASK {{}}")


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("#+ view: globe", "x.rq:1: a view is table, map"),
        ("#+ page: 0", "x.rq:1: a page has 1 to"),
        ("#+ page: many", "x.rq:1: a page has 1 to"),
        ("#+ title: T\n#+ example: city city:rasht", "x.rq:2: a line '#+ example:' begins with the name"),
        ("#+ param: city iri - | C | ش\n#+ choices: town class cd:City", "x.rq:2: a line '#+ choices:' begins with"),
        ("#+ param: city iri - | C | ش\n#+ choices: city any", "x.rq:2: choices read 'name list VALUE"),
        ("#+ param: city iri - | C | ش\n#+ choices: city class cd:City cd:Person", "x.rq:2: choices read"),
        ("#+ param: city iri - | C | ش\n#+ param: city iri - | C | ش", "x.rq:2: there is a parameter city already"),
        ("#+ param: city iri ! | C | ش", "x.rq: city is required, so it needs a line '#+ example:'"),
    ],
)
def test_a_line_that_cannot_be_read_is_told_with_its_place(lines: str, words: str) -> None:
    with pytest.raises(ParameterError) as told:
        parse_query_file("x", f"{lines}\nASK {{}}")
    assert str(told.value).startswith(words)


def test_columns_with_places_are_known() -> None:
    text = "SELECT ?a ?p ?q\nWHERE { ?a geo:asWKT ?p . ?b geo:asWKT ?q . ?c geo:asWKT ?r }"
    assert parse_query_file("x", text).points == ("p", "q")
