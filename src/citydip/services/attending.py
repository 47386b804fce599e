"""Who took part in an event and in which role, and who was invited of whom no source says that they came."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from citydip.model.terms import CD
from citydip.services.pages import Page, tone
from citydip.services.things import Described, Node

__all__ = ["Attendance", "attendance_of"]


@dataclass(slots=True)
class Attendance:
    """One who took part, is to take part or was invited, in one role.

    Args:
        actor: who.
        roles: in which role; empty where no source says so.
        participations: the statements that say so.
        invitations: the statements that they were invited.
    """

    actor: Node
    roles: list[Node] = field(default_factory=list)
    participations: list[Described] = field(default_factory=list)
    invitations: list[Described] = field(default_factory=list)

    @property
    def statements(self) -> list[Described]:
        """Return all statements."""
        return [*self.participations, *self.invitations]

    @property
    def only_invited(self) -> bool:
        """Return whether they were invited and no source says that they came or were to come."""
        return not self.participations


def attendance_of(page: Page) -> list[Attendance]:
    """Return who took part in an event, by role, and after them who was only invited.

    The statements that it is made of leave the sections of the page.
    """
    matter = {
        statement.iri: statement
        for statement in page.thing.statements
        if any(node.value == page.thing.iri for node in statement.all("cd:hasMatter"))
    }
    taking_part = [s for s in matter.values() if str(CD.Participation) in s.kinds and s.all("cd:hasParticipant")]
    inviting = [s for s in matter.values() if str(CD.Invitation) in s.kinds and s.all("cd:hasInvitee")]
    if not taking_part and not inviting:
        return []
    found: dict[tuple[str, str], Attendance] = {}
    for statement in taking_part:
        roles = statement.all("cd:hasRole")
        key = " ".join(role.value for role in roles)
        for actor in statement.all("cd:hasParticipant"):
            found.setdefault((actor.value, key), Attendance(actor, roles)).participations.append(statement)
    for statement in inviting:
        for actor in statement.all("cd:hasInvitee"):
            rows = [row for (iri, _), row in found.items() if iri == actor.value]
            for row in rows or [found.setdefault((actor.value, ""), Attendance(actor))]:
                row.invitations.append(statement)
    _take_out(page, {statement.iri for statement in (*taking_part, *inviting)})
    return sorted(found.values(), key=_order)


def _take_out(page: Page, taken: Iterable[str]) -> None:
    taken = set(taken)
    for section in page.sections:
        section.statements[:] = [statement for statement in section.statements if statement.iri not in taken]
    page.sections = [section for section in page.sections if section.statements]


def _order(row: Attendance) -> tuple[bool, str, int, str, str]:
    role = row.roles[0].labels.get("en", "") if row.roles else "~"
    # Those who came stand before those who were to come.
    done = min((("done", "said", "open", "ended").index(tone(s.status)) for s in row.participations), default=9)
    return row.only_invited, role, done, row.actor.labels.get("en", ""), row.actor.value
