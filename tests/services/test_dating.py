"""A page as of a time: what of it held then."""

import pytest

from citydip.model.holding import State, Wanted, read_moment
from citydip.services.dating import as_of, lasts, state_of
from citydip.services.things import Described
from tests.services.made import day, statement

THEN = read_moment("2000-06-15")


@pytest.mark.parametrize(
    ("made", "state"),
    [
        (statement("agreement/a", "Agreement", "signed", signedOn=day("1990-01-01")), State.HELD),
        (statement("agreement/b", "Agreement", "signed", signedOn=day("2010-01-01")), State.NOT_HELD),
        (statement("agreement/c", "Agreement", "ended", signedOn=day("1990-01-01")), State.UNKNOWN),
        (statement("agreement/d", "Agreement", "proposed", signedOn=day("1990-01-01")), State.NOT_HELD),
        (statement("agreement/e", "Agreement", "cancelled"), State.NOT_HELD),
        (statement("tie/f", "Tie", "reported"), State.UNKNOWN),
        (
            statement("membership/g", "Membership", "in-force", startsOn=day("2000-01-01", "2000-12-31")),
            State.UNKNOWN,
        ),
        (
            statement(
                "agreement/h",
                "Agreement",
                "signed",
                signedOn=day("1990-01-01"),
                startsOn=day("2001-01-01"),
            ),
            State.NOT_HELD,
        ),
        # A testimony is neither the beginning nor the end of a time in office.
        (statement("tenure/i", "Tenure", "attested", attestedOn=day("1999-01-01")), State.UNKNOWN),
        (statement("tenure/j", "Tenure", "attested", attestedOn=day("2000-06-15")), State.HELD),
        (statement("membership/k", "Membership", "in-force", attestedOn=day("1999-01-01")), State.HELD),
    ],
    ids=lambda value: value.iri.rpartition("/")[2] if isinstance(value, Described) else str(value),
)
def test_whether_a_statement_held(made: Described, state: State) -> None:
    assert lasts(made)
    assert state_of(made, THEN) is state


def test_what_is_wanted_is_kept_and_the_rest_counted() -> None:
    held = statement("agreement/a", "Agreement", "signed", signedOn=day("1990-01-01"))
    later = statement("agreement/b", "Agreement", "signed", signedOn=day("2010-01-01"))
    unknown = statement("tie/c", "Tie", "reported")
    visit = statement("visit/d", "Visit", "made", datedOn=day("2010-01-01"))
    everything = [held, later, unknown, visit]
    kept = {wanted: as_of(everything, THEN, wanted) for wanted in Wanted}
    assert kept[Wanted.CERTAIN][0] == [held, visit]
    assert kept[Wanted.POSSIBLE][0] == [held, unknown, visit]
    assert kept[Wanted.ALL][0] == everything
    assert [then.left_out for _, then in kept.values()] == [2, 1, 0]
    # A visit does not last: it has no state.
    assert kept[Wanted.ALL][1].states.keys() == {held.iri, later.iri, unknown.iri}
