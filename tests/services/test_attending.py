"""Who took part in an event: by role, planned and done apart, and who was only invited."""

from citydip.services.attending import attendance_of
from citydip.services.pages import Page, page_of
from citydip.services.things import Described
from citydip.services.vocabulary import Vocabulary
from tests.services.made import node, statement, thing

EVENT = node("event/summit")
SPEAKER, GUEST = node("role/speaker"), node("role/guest")


def page(*statements: Described) -> Page:
    return page_of(thing("event/summit", *statements), Vocabulary())


def took_part(name: str, actor: str, status: str = "held", **more: list[object]) -> Described:
    return statement(name, "Participation", status, hasMatter=EVENT, hasParticipant=node(actor), **more)  # type: ignore[arg-type]


def invited(name: str, actor: str) -> Described:
    return statement(name, "Invitation", "made", hasMatter=EVENT, hasInvitee=node(actor), hasInviter=node("person/i"))


def test_they_stand_by_role_and_who_was_only_invited_comes_last() -> None:
    rows = attendance_of(
        page(
            invited("invitation/a", "person/anna"),
            took_part("participation/b", "person/bob", hasRole=[SPEAKER]),
            took_part("participation/c", "person/cyrus", hasRole=[GUEST]),
        )
    )
    assert [row.actor.value.rpartition("/")[2] for row in rows] == ["cyrus", "bob", "anna"]
    assert [row.only_invited for row in rows] == [False, False, True]


def test_who_was_invited_and_came_is_one_row_with_both() -> None:
    (row,) = attendance_of(
        page(invited("invitation/a", "person/anna"), took_part("participation/a", "person/anna", hasRole=[SPEAKER]))
    )
    assert not row.only_invited
    assert [s.iri.rpartition("/")[0][-13:] for s in row.statements] == ["participation", "id/invitation"]


def test_one_who_was_in_two_roles_has_two_rows() -> None:
    rows = attendance_of(
        page(
            took_part("participation/a", "person/anna", hasRole=[SPEAKER]),
            took_part("participation/b", "person/anna", "planned", hasRole=[GUEST]),
        )
    )
    assert [[role.value for role in row.roles] for row in rows] == [[GUEST.value], [SPEAKER.value]]


def test_what_is_in_the_table_stands_in_no_section() -> None:
    other = statement("status-record/held", "StatusRecord", "held", statusOf=EVENT)
    made = page(took_part("participation/a", "person/anna"), invited("invitation/b", "person/bob"), other)
    attendance_of(made)
    assert [(section.key, section.statements) for section in made.sections] == [("events", [other])]


def test_taking_part_in_something_else_is_not_in_the_table() -> None:
    elsewhere = statement(
        "participation/a", "Participation", "held", hasMatter=node("event/other"), hasParticipant=node("event/summit")
    )
    made = page(elsewhere)
    assert attendance_of(made) == []
    assert made.sections[0].statements == [elsewhere]
