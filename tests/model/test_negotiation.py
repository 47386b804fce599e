"""Content negotiation as RFC 9110 has it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citydip.model.negotiation import choose, parse_accept, parse_languages

JSON, XML, CSV, HTML = "application/sparql-results+json", "application/sparql-results+xml", "text/csv", "text/html"
OFFERED = [JSON, XML, CSV, HTML]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("text/*", CSV),
        (CSV, CSV),
        (f"{CSV}, {XML}", XML),
        (f"{CSV}, {XML};q=0.9", CSV),
        (f"{XML};q=0.1, {CSV};q=0.2", CSV),
        (f"{JSON};q=0, */*", XML),
        ("text/csv;q=0, text/*", HTML),
        ("text/*;q=0.3, text/csv;q=0.1, */*;q=0.2", HTML),
        ("*/*;q=0.5, text/csv;q=0.5", CSV),
        ("image/png", None),
        ("*/*;q=0", None),
        ("image/png, */*;q=0.1", JSON),
        ("TEXT/CSV", CSV),
        ("text/csv; charset=utf-8", CSV),
        ("text/csv;charset=utf-8;q=0.4, text/html;q=0.5", HTML),
        ('text/csv;profile="https://example.org/p"', CSV),
        ("text/csv ; q=1.0", CSV),
        ("text/csv;q=.8", CSV),
        ("text/csv;q=nonsense, text/html;q=0.1", CSV),
        ("text/csv;q=7", CSV),
        ("nonsense", None),
        (",,;, text/csv", CSV),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", HTML),
    ],
)
def test_the_most_wanted_type_that_is_offered_is_chosen(header: str | None, expected: str | None) -> None:
    assert choose(header, OFFERED) == expected


def test_nothing_offered_is_nothing_chosen() -> None:
    assert choose(None, []) is None


@given(st.text(max_size=200))
def test_no_header_breaks_it(header: str) -> None:
    assert choose(header, OFFERED) in [*OFFERED, None]
    assert all(0 <= r.weight <= 1 for r in parse_accept(header))


@given(st.permutations([f"{JSON};q=0.2", f"{CSV};q=0.9", "text/html;q=0.5"]))
def test_the_order_of_the_header_does_not_matter(parts: list[str]) -> None:
    assert choose(", ".join(parts), OFFERED) == CSV


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, []),
        ("fa", ["fa"]),
        ("en-GB, fa;q=0.9", ["en", "fa"]),
        ("en;q=0.5, fa-IR, *;q=0.1", ["fa", "en"]),
        ("en;q=0, fa", ["fa"]),
        ("en-GB;q=0.8, en;q=0.9, de;q=0.85", ["de", "en"]),
        (";;,,q=1", []),
    ],
)
def test_languages_come_in_the_order_of_their_weights(header: str | None, expected: list[str]) -> None:
    assert parse_languages(header) == expected


@given(st.text())
def test_any_header_gives_few_languages(header: str) -> None:
    assert len(parse_languages(header)) <= 8
