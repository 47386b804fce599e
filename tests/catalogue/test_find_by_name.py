"""Finding by name: letters, spaces and marks that people type differently find the same thing."""

import pyoxigraph as ox
import pytest

from citydip.services.catalogue import Catalogue
from tests.conftest import run_query


@pytest.mark.parametrize(
    ("text", "thing"),
    [
        ("USLG", "organization:uclg"),  # a misspelling of the source
        ("uslg-mawa", "organization:uclg-mewa"),
        ("قاضیانتپ", "city:gaziantep"),  # the source's spelling
        ("قاضی انتپ", "city:gaziantep"),  # a space for the ZWNJ
        ("قاضي\u200cانتپ", "city:gaziantep"),  # an Arabic yeh
        ("كلان شهرهاي جهان", "organization:metropolis"),  # Arabic kaf and yeh
        ("TOPBAŞ", "person:kadir-topbas"),
        ("مَشهَد", "city:mashhad"),  # vowel marks
    ],
)
def test_a_name_is_found_however_it_is_written(text: str, thing: str, store: ox.Store, catalogue: Catalogue) -> None:
    rows = run_query(store, catalogue["find-by-name"], {"text": text})
    assert thing in {row["thing"] for row in rows}


def test_a_text_is_no_pattern(store: ox.Store, catalogue: Catalogue) -> None:
    assert run_query(store, catalogue["find-by-name"], {"text": ".*("}) == []


def test_the_exact_name_comes_first(store: ox.Store, catalogue: Catalogue) -> None:
    assert run_query(store, catalogue["find-by-name"], {"text": "Mashhad"})[0]["thing"] == "city:mashhad"
