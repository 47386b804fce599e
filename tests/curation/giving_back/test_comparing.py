"""Beside what Wikidata says, each statement of ours is new, a reference, a conflict, or nothing for QuickStatements."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from citydip.curation.giving_back.comparing import Missing, Outcome, Verdict, commands, compare, contradictions, missing
from citydip.curation.giving_back.ours import Ours, read_ours
from citydip.curation.giving_back.statements import Item as Value
from citydip.curation.giving_back.statements import Url as Address
from citydip.curation.giving_back.theirs import Theirs, ask_service, read_file, read_pages
from citydip.curation.importers.wikidata.asking import Manners, Service
from citydip.curation.importers.wikidata.pages import Pages
from citydip.model.errors import ParameterError
from tests.curation.giving_back.conftest import layout_of, made_snapshot
from tests.curation.giving_back.conftest import tie as agreement
from tests.curation.wikidata.conftest import CONTACT, DAY
from tests.curation.wikidata.double import SOME, At, Item, Statement, Url, running_double, triples_of

ITEMS = ("Q1", "Q2", "Q3", "Q4", "Q5", "Q6")
DAY_OF_SIGNING = ("P585", At("2016-09-23"))
OURS = (("P854", Url("http://y.ir/2")),)


def read(folder: Path, statements: Mapping[str, Sequence[Statement]]) -> Theirs:
    """Return what a file of RDF says, in which each item has these statements."""
    items = {name: Item({"en": name}, list(statements.get(name, ()))) for name in {*ITEMS, *statements}}
    path = folder / "wikidata.nt"
    triples = list(triples_of(items))
    path.write_bytes(ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"")
    return read_file(layout_of(folder), path)


def verdict(ours: Ours, theirs: Theirs, subject: str, prop: str, value: str) -> Verdict:
    """Return what becomes of a statement."""
    found = [
        each
        for each in compare(ours, theirs)
        if (each.offer.statement.subject, each.offer.statement.property) == (subject, prop)
        and each.offer.statement.value == Value(value)
    ]
    assert len(found) == 1
    return found[0]


def tie(value: str = "Q2", number: str = "t1", **more: Any) -> Statement:
    return Statement("P190", value, number, **more)


def test_what_wikidata_lacks_is_new_and_written_as_it_is(made: Ours, tmp_path: Path) -> None:
    verdicts = compare(made, read(tmp_path, {}))
    assert {each.outcome for each in verdicts} == {Outcome.NEW}
    assert commands(verdicts) == [offer.statement for offer in made.offers]


def test_what_was_not_looked_at_is_not_called_new(made: Ours) -> None:
    verdicts = compare(made, Theirs({"Q1"}, []))
    outcomes = {(each.offer.statement.subject == "Q1", each.outcome) for each in verdicts}
    assert outcomes == {(True, Outcome.NEW), (False, Outcome.UNSEEN)}


def test_a_statement_that_is_there_gets_the_references_and_dates_it_lacks(made: Ours, tmp_path: Path) -> None:
    found = verdict(made, read(tmp_path, {"Q1": [tie(references=[OURS])]}), "Q1", "P190", "Q2")
    assert found.outcome is Outcome.REFERENCE
    assert found.command is not None
    assert [dict(reference)["P854"] for reference in found.command.references] == [Address("http://x.ir/news/1")]
    assert [name for name, _ in found.command.qualifiers] == ["P585"]


def test_a_reference_to_the_same_page_is_not_written_again(made: Ours, tmp_path: Path) -> None:
    same = [(("P854", Url("https://www.y.ir/2/")),), (("P854", Url("http://x.ir/news/1")),)]
    theirs = read(tmp_path, {"Q1": [tie(references=same, qualifiers=[DAY_OF_SIGNING])]})
    assert verdict(made, theirs, "Q1", "P190", "Q2").outcome is Outcome.KNOWN
    theirs = read(tmp_path, {"Q1": [tie(references=same)]})
    found = verdict(made, theirs, "Q1", "P190", "Q2")
    assert found.outcome is Outcome.QUALIFIER
    assert found.command is not None
    assert found.command.references == ()


@pytest.mark.parametrize("theirs", [At("2016-00-00", 9), At("2016-09-00", 10), At("2010-00-00", 8)])
def test_a_date_that_is_less_exact_does_not_disagree_and_gets_no_second_one(
    made: Ours, tmp_path: Path, theirs: At
) -> None:
    found = verdict(made, read(tmp_path, {"Q1": [tie(qualifiers=[("P585", theirs)])]}), "Q1", "P190", "Q2")
    assert found.outcome is Outcome.REFERENCE
    assert found.command is not None
    assert found.command.qualifiers == ()


@pytest.mark.parametrize(
    ("statement", "value", "reason"),
    [
        (tie(qualifiers=[("P585", At("2015-09-23"))]), "Q2", "another point in time: here 2016-09-23"),
        (tie(qualifiers=[("P582", At("2020-00-00", 9))]), "Q2", "ended at Wikidata (2020-01-01 to 2020-12-31)"),
        (tie(qualifiers=[("P582", SOME)]), "Q2", "ended at Wikidata (unknown)"),
        (tie(rank="Deprecated"), "Q2", "Wikidata has it as deprecated"),
        (tie("Q3", qualifiers=[("P580", At("2012-00-00", 9))]), "Q3", "another start: here 2013-03-21 to 2014-03-20"),
    ],
)
def test_what_contradicts_wikidata_is_told_and_not_written(
    made: Ours, tmp_path: Path, statement: Statement, value: str, reason: str
) -> None:
    theirs = read(tmp_path, {"Q1": [statement]})
    found = verdict(made, theirs, "Q1", "P190", value)
    assert (found.outcome, found.command) == (Outcome.CONFLICT, None)
    assert reason in found.reason
    assert found in contradictions(compare(made, theirs))


def test_an_end_that_wikidata_does_not_know_is_a_conflict(made: Ours, tmp_path: Path) -> None:
    found = verdict(made, read(tmp_path, {"Q2": [tie("Q3")]}), "Q2", "P190", "Q3")
    assert found.outcome is Outcome.CONFLICT
    assert found.reason == "ended here (2014-01-01 to 2014-12-31), without an end at Wikidata"


def test_the_other_side_of_a_tie_may_speak_against_it(made: Ours, tmp_path: Path) -> None:
    agreeing = read(tmp_path, {"Q2": [tie("Q1", qualifiers=[DAY_OF_SIGNING])]})
    assert verdict(made, agreeing, "Q1", "P190", "Q2").outcome is Outcome.NEW
    other = read(tmp_path, {"Q2": [tie("Q1", qualifiers=[("P585", At("2001-01-01"))])]})
    found = verdict(made, other, "Q1", "P190", "Q2")
    assert found.outcome is Outcome.CONFLICT
    assert found.reason.startswith("on the page of the other city: another point in time")


def test_another_mayor_at_the_same_time_is_a_conflict_and_one_before_is_not(made: Ours, tmp_path: Path) -> None:
    def mayor(first: str, last: str) -> Statement:
        return Statement("P6", "Q99", "h", qualifiers=[("P580", At(first, 9)), ("P582", At(last, 9))])

    during = read(tmp_path, {"Q1": [mayor("2008-00-00", "2013-00-00")]})
    assert verdict(made, during, "Q1", "P6", "Q5").outcome is Outcome.CONFLICT
    before = read(tmp_path, {"Q1": [mayor("2006-00-00", "2010-00-00")]})
    assert verdict(made, before, "Q1", "P6", "Q5").outcome is Outcome.NEW


def test_where_quickstatements_could_take_the_wrong_statement_nothing_is_written(made: Ours, tmp_path: Path) -> None:
    twice = read(tmp_path, {"Q1": [tie(number="t1"), tie(number="t2", qualifiers=[DAY_OF_SIGNING])]})
    found = verdict(made, twice, "Q1", "P190", "Q2")
    assert (found.outcome, found.command) == (Outcome.BY_HAND, None)
    elsewhere = Statement("P39", "Q30185", "o1", qualifiers=[("P1001", "Q77")])
    found = verdict(made, read(tmp_path, {"Q5": [elsewhere]}), "Q5", "P39", "Q30185")
    assert (found.outcome, found.command) == (Outcome.BY_HAND, None)


def test_an_office_of_the_city_alone_is_the_same_as_mayor_of_it(made: Ours, tmp_path: Path) -> None:
    office = Statement("P39", "Q100", "o1", qualifiers=[("P580", At("2010-00-00", 9)), ("P582", At("2014-00-00", 9))])
    theirs = read(tmp_path, {"Q5": [office], "Q1": [Statement("P1313", "Q100", "x")]})
    found = verdict(made, theirs, "Q5", "P39", "Q30185")
    assert found.outcome is Outcome.REFERENCE
    assert found.command is not None
    # The reference goes to the statement that is there, and does not name the city once more.
    assert found.command.value == Value("Q100")
    assert found.command.qualifiers == ()
    assert missing(made, theirs) == []


def test_what_only_wikidata_has_is_told_and_what_is_deprecated_is_not(made: Ours, tmp_path: Path) -> None:
    theirs = read(
        tmp_path,
        {
            "Q1": [
                tie("Q3", "t0"),
                tie("Q77", "t1", qualifiers=[("P580", At("1999-00-00", 9))]),
                tie("Q78", "t2", rank="Deprecated"),
            ],
            "Q2": [Statement("P463", "Q6", "m1"), tie("Q4", "t3")],
            "Q3": [tie("Q4", "t4"), tie("Q1", "t5"), Statement("P463", "Q6", "m2", references=[OURS])],
            "Q77": [tie("Q1", "t6")],
        },
    )
    found: list[Missing] = missing(made, theirs)
    # What stays here for want of a source is not missing; what this graph does not say at all is.
    assert [(each.found.subject, each.found.property, each.found.value, each.value != "") for each in found] == [
        ("Q1", "P190", "Q77", False),
        ("Q3", "P463", "Q6", True),
    ]
    assert found[1].thing.endswith("city/c")
    assert found[1].found.addresses == {"http://y.ir/2"}


def test_a_live_service_is_asked_politely_and_says_the_same_as_a_file(made: Ours, tmp_path: Path) -> None:
    mayor = Statement("P39", "Q30185", "o", qualifiers=[("P1001", "Q1")])
    statements = {"Q1": [tie(references=[OURS]), tie("Q77", "t9")], "Q5": [mayor]}
    items = {name: Item({"en": name}, list(statements.get(name, ()))) for name in ITEMS}
    with running_double(items) as double:
        service = Service(double.address, CONTACT, Manners(pause=0), lambda line: None)
        for _ in range(2):
            with Pages(tmp_path / "cache", service, DAY) as pages:
                live = ask_service(layout_of(tmp_path), pages, ITEMS, 4, lambda done, total: None)
        # Two pages, and none of them twice.
        assert len(double.requests) == 2
        assert all(CONTACT in request.agent for request in double.requests)
    assert live == read(tmp_path, statements)


def test_the_pages_of_a_refresh_serve_too_but_do_not_know_all_positions(made: Ours, tmp_path: Path) -> None:
    theirs_items = {
        "Q1": Item({"en": "A"}, [tie(references=[OURS]), Statement("P6", "Q5", "h1")]),
        "Q2": Item({"en": "B"}),
        "Q5": Item({"en": "P"}, [Statement("P39", "Q30185", "o1", qualifiers=[("P1001", "Q2")])]),
    }
    layout = layout_of(tmp_path)
    with running_double(theirs_items) as double:
        service = Service(double.address, CONTACT, Manners(pause=0), lambda line: None)
        with Pages(tmp_path / "cache", service, DAY) as pages:
            for name, asked in (("statements", "wd:Q1 wd:Q2"), ("offices", "wd:Q1 wd:Q2"), ("items", "wd:Q2 wd:Q5")):
                text = (layout.root / "queries" / "wikidata" / f"{name}.rq").read_text()
                pages.fetch(text.replace("wd:Q3616 wd:Q42053", asked))
            theirs = read_pages(pages.folder)
    assert theirs.items == {"Q1", "Q2", "Q5"}
    assert verdict(made, theirs, "Q1", "P190", "Q2").outcome is Outcome.REFERENCE
    assert verdict(made, theirs, "Q2", "P190", "Q1").outcome is Outcome.NEW
    position = verdict(made, theirs, "Q5", "P39", "Q30185")
    assert position.outcome is Outcome.UNSEEN
    assert "all positions of a person" in position.reason
    assert [(each.subject, each.value, each.places) for each in theirs.found if each.property == "P39"] == [
        ("Q5", "Q30185", {"Q2"})
    ]


@pytest.mark.parametrize(
    ("name", "text"), [("a.nt", "no rdf"), ("a.docx", ""), ("b.nt", "<urn:a> <urn:b> <urn:c> .\n")]
)
def test_a_file_that_says_nothing_of_items_is_refused(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(ParameterError, match=r"\.nt|own model"):
        read_file(layout_of(tmp_path), path)
    with pytest.raises(ParameterError, match="has no pages"):
        read_pages(tmp_path)


def test_the_view_of_this_graph_has_nothing_new_for_this_graph(made: Ours, tmp_path: Path) -> None:
    theirs = read_file(layout_of(tmp_path), made_snapshot(tmp_path).view)
    assert {each.outcome for each in compare(made, theirs)} == {Outcome.KNOWN}
    assert missing(made, theirs) == []


def test_two_statements_of_ours_with_other_dates_are_left_to_a_person(tmp_path: Path) -> None:
    again = agreement("a-b-again", "city:a , city:b", "signed", "evidence:other", "cd:signedOn date:year ;")
    ours = read_ours(layout_of(tmp_path), made_snapshot(tmp_path, again))
    theirs = Theirs(set(ITEMS), [])
    twice = [each for each in compare(ours, theirs) if each.offer.statement.value == Value("Q2")]
    assert [each.outcome for each in twice if each.offer.statement.subject == "Q1"] == [Outcome.BY_HAND] * 2
