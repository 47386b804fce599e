"""Every quotation stands in its article at its place; needs the articles themselves."""

import pytest

from citydip.curation.layout import find_layout
from citydip.curation.quotes import LONGEST_QUOTE, check_quotes, quotes_of
from citydip.curation.workspace import open_workspace
from tests.conftest import CURATED, ROOT

SEEDS = ROOT.parent / "shared" / "seeds"


def test_all_quotations_are_short_and_sealed() -> None:
    quotes = list(quotes_of(open_workspace(find_layout(CURATED)).store))
    assert len(quotes) > 500
    assert all(1 <= len(quote.exact.split()) <= LONGEST_QUOTE and quote.seal for quote in quotes)
    assert len({quote.text_file for quote in quotes}) == 5


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the articles are not here (../shared/seeds)")
def test_every_quotation_stands_in_its_article_at_its_place() -> None:
    assert list(check_quotes(open_workspace(find_layout(CURATED)), SEEDS)) == []
