"""Where other stores answer otherwise than the embedded one: each query and test with the reason.

What is listed here must differ on that store, and in that way. When the store has been mended, the test that finds no
difference fails, and asks for the line to be removed; only what is `UNSTEADY` may agree, too. `docs/generate.py` writes
the page of reference from this.
"""

from enum import StrEnum

import pytest

__all__ = ["QUERIES", "TESTS", "UNSTEADY", "Difference", "differs"]


class Difference(StrEnum):
    """How an answer differs from that of the embedded store."""

    NONE = "the same"
    ORDER = "the same rows in another order"
    VALUES = "as many rows, with other values"
    ROWS = "fewer rows"
    REFUSED = "no answer"


_ORDER = "texts with a language are not sorted by their letters"
_TRUTH = "a truth value that a query computes comes as the number 0 or 1"
_POINT = "points become floating-point numbers of a datatype of its own"
_PATH = "rows are lost where a path of any length (`*`, `+`, `?`) meets several other patterns"
_OPTIONAL = "what an OPTIONAL finds is lost where it has a path of any length, or stands in a UNION"
_COALESCE = "COALESCE does not pass over a comparison with an unbound variable"
_COMPILER = "its compiler of queries fails"

QUERIES: dict[str, dict[str, tuple[Difference, str]]] = {
    "oxigraph": {},
    "virtuoso": {
        "agreements": (Difference.VALUES, "GROUP_CONCAT makes a question mark of a separator that is not Latin"),
        "agreements-of-actor": (Difference.ORDER, _ORDER),
        "broken-relations": (Difference.ROWS, _COALESCE),
        "cities-with-coordinates": (Difference.VALUES, _POINT),
        "city-tie-graph": (Difference.VALUES, _POINT),
        "compare-agreements": (Difference.VALUES, _TRUTH),
        "counts": (Difference.ORDER, _ORDER),
        "coverage-by-source": (Difference.VALUES, _OPTIONAL),
        "describe-thing": (Difference.VALUES, _POINT),
        "designations": (Difference.ROWS, _COALESCE),
        "documents-and-approval": (Difference.VALUES, _OPTIONAL),
        "edition-and-host-of-event": (Difference.REFUSED, "YEAR of an unbound variable ends the whole query"),
        "editions-of-series": (Difference.VALUES, _TRUTH),
        "event-counts": (Difference.ROWS, _PATH + ", in some orders of loading"),
        "event-timeline": (Difference.ROWS, _PATH),
        "events-held": (Difference.ROWS, _PATH),
        "events-planned": (Difference.ROWS, _PATH),
        "find-by-name": (
            Difference.ROWS,
            "REPLACE breaks letters that are not Latin: names with them are lost",
        ),
        "mayors": (Difference.VALUES, _TRUTH),
        "mayors-around-signing": (Difference.REFUSED, _COMPILER),
        "network-members": (Difference.ROWS, _COALESCE),
        "offices-and-hosts": (Difference.VALUES, _TRUTH),
        "open-proposals": (Difference.REFUSED, _COMPILER),
        "participants-of-event": (Difference.VALUES, _OPTIONAL),
        "parts-of": (Difference.REFUSED, "a path of any length must have a fixed end"),
        "projects-and-stages": (Difference.VALUES, _OPTIONAL),
        "recommendations-and-hopes": (Difference.ORDER, _ORDER),
        "role-holders-of-organization": (Difference.VALUES, _TRUTH),
        "sister-cities": (Difference.REFUSED, _COMPILER),
        "sister-cities-of": (Difference.REFUSED, _COMPILER),
        "statements-about": (Difference.ORDER, _ORDER),
        "tenures-at-date": (Difference.ROWS, _COALESCE),
        "ties-as-of": (Difference.VALUES, _COALESCE),
        "ties-by-country-pair": (Difference.VALUES, "a value bound inside an OPTIONAL that does not match counts"),
        "ties-by-distance": (Difference.REFUSED, _COMPILER),
        "timeline-of": (Difference.ROWS, _PATH),
        "unnamed-groups": (Difference.ORDER, _ORDER),
        "unnamed-posts": (Difference.ORDER, _ORDER),
    },
}

UNSTEADY = {("virtuoso", "event-counts")}
"""Stores and queries of which the same data may be answered rightly the next time they are loaded."""
"""Queries of the catalogue that a store answers otherwise, by store."""

_LARGE = "it writes the whole of a result before it sends any of it, and a large one takes longer than the limit"

TESTS: dict[str, dict[str, str]] = {
    "oxigraph": {},
    "virtuoso": {
        "test_datatypes_and_languages_are_exact_in_every_row_format": (
            "VALUES makes an IRI of a text in a column that has an IRI, and a number of a truth value"
        ),
        "test_describe_tells_what_is_known_of_a_thing": (
            "DESCRIBE gives what points to the thing; SPARQL leaves open what it gives"
        ),
        "test_a_large_answer_streams_and_is_whole": _LARGE,
        "test_a_result_that_is_too_large_for_a_page_says_what_to_do": _LARGE,
        "test_the_front_page_says_what_how_big_and_how": "it fails at `sister-cities`, an example on that page",
    },
}
"""Tests of the endpoint that a store does not pass, by store."""


def differs(store: str, test: str) -> list[pytest.MarkDecorator]:
    """Return the marks of a test on a store."""
    reason = TESTS.get(store, {}).get(test)
    if reason is None:
        return []
    # What takes long fails late, and the store goes on with it.
    return [pytest.mark.xfail(reason=reason, strict=True, run=reason is not _LARGE)]
