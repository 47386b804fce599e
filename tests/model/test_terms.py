"""IRIs are shown by their prefixes, and only where the prefixed name can be read back."""

import pytest

from citydip.model.terms import BASE, PREFIXES, shorten


@pytest.mark.parametrize(("prefix", "namespace"), PREFIXES.items())
def test_every_prefix_is_used(prefix: str, namespace: str) -> None:
    assert shorten(namespace + "a-b_1") == f"{prefix}:a-b_1"


@pytest.mark.parametrize(
    "iri",
    [
        "https://example.org/a",
        PREFIXES["city"],
        PREFIXES["city"] + "a/b",
        PREFIXES["city"] + "a.b",
        PREFIXES["graph"] + "world/cities",
        BASE + "id/a",
        "urn:uuid:1",
        "",
    ],
)
def test_an_iri_that_no_prefix_fits_stands_in_full(iri: str) -> None:
    assert shorten(iri) == f"<{iri}>"
