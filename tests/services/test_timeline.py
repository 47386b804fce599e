"""The timeline of a page: what has a day stands at it, and what nobody dates is not drawn as dated."""

import pytest

from citydip.services.pages import Section
from citydip.services.things import Described
from citydip.services.timeline import Entry, Timeline, timeline_of
from tests.services.made import day, statement


def drawn(*statements: Described, hijri: bool = False) -> Timeline:
    timeline = timeline_of([Section("ties", list(statements))], hijri=hijri)
    assert timeline is not None
    return timeline


def only(*statements: Described) -> Entry:
    (entry,) = drawn(*statements).entries
    return entry


def test_without_a_date_there_is_no_timeline() -> None:
    assert timeline_of([Section("ties", [statement("agreement/a", "Agreement", "signed")])]) is None


def test_what_has_no_date_is_counted_and_not_drawn() -> None:
    dated = statement("agreement/a", "Agreement", "signed", signedOn=day("2010-01-01"))
    timeline = drawn(dated, statement("agreement/b", "Agreement"))
    assert [entry.statement.iri for entry in timeline.entries] == [dated.iri]
    assert timeline.undated == 1


def test_entries_stand_in_the_order_of_their_days_at_their_shares_of_the_axis() -> None:
    early = statement("agreement/z", "Agreement", "signed", signedOn=day("2000-01-01"))
    late = statement("agreement/a", "Agreement", "proposed", datedOn=day("2010-01-01"))
    first, last = drawn(late, early).entries
    assert (first.statement, first.first, first.tone) == (early, 0.0, "done")
    assert (last.statement, last.first, last.tone) == (late, 100.0, "open")


def test_a_day_that_is_not_known_exactly_is_as_wide_as_what_it_can_be() -> None:
    entry = only(statement("agreement/a", "Agreement", "signed", signedOn=day("2010-01-01", "2010-12-31")))
    assert entry.shape == "point"
    assert entry.first == 0
    assert entry.last > 99


@pytest.mark.parametrize(
    ("known", "starts", "ends"),
    [(("startsOn",), True, False), (("endsOn",), False, True), (("startsOn", "endsOn"), True, True)],
)
def test_an_end_that_no_source_gives_is_not_drawn_as_one(known: tuple[str, ...], starts: bool, ends: bool) -> None:
    days = {"startsOn": day("2000-01-01"), "endsOn": day("2005-06-01")}
    entry = only(statement("membership/a", "Membership", "in-force", **{name: days[name] for name in known}))
    assert (entry.shape, entry.starts, entry.ends) == ("span", starts, ends)


def test_a_day_of_attestation_is_neither_start_nor_end() -> None:
    assert only(statement("tenure/a", "Tenure", "in-force", attestedOn=day("2016-01-01"))).shape == "attested"


def test_a_day_that_cannot_be_read_is_no_day() -> None:
    assert timeline_of([Section("ties", [statement("agreement/a", "Agreement", signedOn=day("long ago"))])]) is None


def test_the_axis_counts_in_the_calendar_of_the_reader() -> None:
    signed = [
        statement(f"agreement/{year}", "Agreement", signedOn=day(f"{year}-03-21")) for year in (1979, 1990, 2000, 2020)
    ]
    assert [year for year, _ in drawn(*signed).ticks] == [1980, 1990, 2000, 2010, 2020]
    hijri = drawn(*signed, hijri=True)
    assert [year for year, _ in hijri.ticks] == [1360, 1370, 1380, 1390]
    # The first day of Farvardin 1369 was 21 March 1990.
    assert hijri.entries[1].first == pytest.approx(100 * (1369 - 1357) / (1399 - 1357), abs=1.5)


def test_bars_hold_every_entry_once_by_what_its_status_means() -> None:
    statements = [
        statement(f"agreement/{number}", "Agreement", status, signedOn=day(f"{year}-05-05"))
        for number, (year, status) in enumerate(
            [
                (1990, "signed"),
                (1990, "proposed"),
                (1990, "signed"),
                (2000, "ended"),
                (2019, "signed"),
                (2020, "signed"),
            ]
        )
    ]
    bars = drawn(*statements).bars
    assert {bar.year: bar.count for bar in bars} == {1990: 3, 2000: 1, 2019: 1, 2020: 1}
    assert [(tone, round(height)) for tone, _, height in bars[0].parts] == [("done", 67), ("open", 33)]
    assert all(0 <= bar.left < 100 and bar.left + bar.width <= 100.01 for bar in bars)


def test_few_entries_need_no_bars() -> None:
    assert drawn(statement("agreement/a", "Agreement", signedOn=day("1990-05-05"))).bars == []
