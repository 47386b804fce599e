"""Only what sources of its own support goes back, as exact as it is known; the rest stays here with its reason."""

from pathlib import Path

import pytest

from citydip.curation.giving_back.ours import Ours, read_ours
from citydip.curation.giving_back.statements import Item, Statement, Text, Time, Url
from citydip.curation.snapshot import Snapshot
from citydip.model.errors import SnapshotError
from tests.curation.giving_back.conftest import layout_of

PAGE = (
    ("P854", Url("http://x.ir/news/1")),
    ("P1476", Text('Two "sisters"', "en")),
    ("P123", Item("Q7")),
    ("P577", Time("2016-09-23", 11)),
    ("P1065", Url("https://web.archive.org/web/2018/http://x.ir/news/1")),
    ("P813", Time("2018-05-25", 11)),
)
OTHER = (("P854", Url("http://y.ir/2")),)
"""Its title has what QuickStatements cannot write, so the reference does without."""


def said(ours: Ours, prop: str) -> dict[tuple[str, str], Statement]:
    found = [offer.statement for offer in ours.offers if offer.statement.property == prop]
    return {(s.subject, s.value.qid): s for s in found if isinstance(s.value, Item)}


def test_a_tie_goes_back_from_both_sides_with_every_reference_that_is_not_a_wiki(made: Ours) -> None:
    ties = said(made, "P190")
    for side in (("Q1", "Q2"), ("Q2", "Q1")):
        assert ties[side].qualifiers == (("P585", Time("2016-09-23", 11)),)
        assert set(ties[side].references) == {PAGE, OTHER}
    assert {offer.ours for offer in made.offers if offer.statement == ties["Q1", "Q2"]} == {
        ("https://w3id.org/citydip/id/agreement/a-b",)
    }


def test_a_year_of_another_calendar_goes_back_as_its_first_and_last_day_and_not_as_unknown(made: Ours) -> None:
    assert said(made, "P190")["Q1", "Q3"].qualifiers == (
        ("P1319", Time("2013-03-21", 11)),
        ("P8555", Time("2014-03-20", 11)),
    )


def test_what_has_ended_goes_back_with_its_end(made: Ours) -> None:
    assert said(made, "P190")["Q2", "Q3"].qualifiers == (
        ("P580", Time("2010-01-01", 9)),
        ("P582", Time("2014-01-01", 9)),
    )


def test_memberships_and_mayors_go_back_as_the_mapping_says(made: Ours) -> None:
    assert set(said(made, "P463")) == {("Q1", "Q6")}
    term = (("P580", Time("2010-01-01", 9)), ("P582", Time("2014-01-01", 9)))
    assert {key: s.qualifiers for key, s in said(made, "P6").items()} == {("Q1", "Q5"): term}
    assert {key: s.qualifiers for key, s in said(made, "P39").items()} == {
        ("Q5", "Q30185"): (("P1001", Item("Q1")), *term)
    }


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("agreement/a-d", "it has ended, and no day, month or year of the end is known"),
        ("agreement/a-close", "a thing in it has no exact match at Wikidata, or shares one"),
        ("agreement/a-taken", "a thing in it has no exact match at Wikidata, or shares one"),
        ("tenure/listed", "a thing in it has no exact match at Wikidata, or shares one"),
        ("membership/b-n", "it is not signed, in force, attested or ended"),
        ("agreement/c-d-wiki", "its source is Wikidata, Wikipedia or made from them"),
        ("agreement/c-d-copied", "its source is Wikidata, Wikipedia or made from them"),
        ("agreement/c-d-archived-wiki", "its source is Wikidata, Wikipedia or made from them"),
        ("agreement/c-d-list", "its source is an imported list"),
        ("agreement/c-d-site", "its source is a whole site and not a page"),
        ("agreement/c-d-paper", "its source has no address on the web"),
        ("agreement/c-d-hedged", "its source does not state it outright"),
        ("tie/1-2", "it is imported, and not curated here"),
    ],
)
def test_what_stays_says_why(made: Ours, name: str, reason: str) -> None:
    iri = f"https://w3id.org/citydip/id/{name}"
    kept = [each for each in made.withheld if each.ours == iri]
    assert kept
    assert {each.reason for each in kept} == {reason}
    assert not any(iri in offer.ours for offer in made.offers)


def test_what_is_proposed_is_not_even_in_the_view(made: Ours) -> None:
    assert not any("agreement/b-d" in each.ours for each in made.withheld)
    assert not any("agreement/b-d" in iri for offer in made.offers for iri in offer.ours)


def test_a_snapshot_without_a_view_says_how_to_write_one(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match="citydip build"):
        read_ours(layout_of(tmp_path), Snapshot(tmp_path, "none", 0, {}))


def test_the_curated_graph_gives_both_sides_of_each_tie_and_only_what_it_can_cite(snapshot: Snapshot) -> None:
    ours = read_ours(layout_of(snapshot.path.parent), snapshot)
    ties = said(ours, "P190")
    assert len(ties) > 50
    assert {(other, one) for one, other in ties} == set(ties)
    assert ties["Q3616", "Q406"].references == ((("P854", Url("http://atlas.tehran.ir/Default.aspx?tabid=252")),),)
    for offer in ours.offers:
        assert offer.statement.references
        for reference in offer.statement.references:
            address = reference[0][1]
            assert isinstance(address, Url)
            assert "wikipedia" not in address.text
            assert "w3id.org/citydip" not in address.text
    # All the mapping's statements are accounted for: given or kept, and for a reason.
    assert all(each.reason for each in ours.withheld)
