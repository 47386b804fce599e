"""A thing as of a time: which of the ties, memberships and offices that its page shows held then."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from citydip.model.dates import Bounds
from citydip.model.holding import Course, Moment, State, Wanted, state_in
from citydip.model.terms import CD
from citydip.model.timed import COMING, FAILED, OVER, PASSING
from citydip.services.things import Described

__all__ = ["AsOf", "as_of", "lasts", "state_of"]

_LASTING = {
    str(CD[name]) for name in ("Agreement", "Tie", "Cooperation", "Membership", "OfficeHosting", "DiplomaticGap")
}
_PASSING = {str(CD[name]) for name in PASSING}
"""What holds for a while and is not taken to go on, as a mayor's time in office."""


@dataclass(frozen=True, slots=True)
class AsOf:
    """What a page shows of a time.

    Args:
        moment: the time.
        wanted: which statements of that time.
        states: whether each statement that lasts held, by IRI.
        left_out: how many are not shown.
    """

    moment: Moment
    wanted: Wanted
    states: dict[str, State] = field(default_factory=dict)
    left_out: int = 0


def lasts(statement: Described) -> bool:
    """Return whether a statement is about something that lasts, so that it held or not in a time."""
    return any(kind in _LASTING or kind in _PASSING for kind in statement.kinds)


def state_of(statement: Described, moment: Moment) -> State:
    """Return whether what a statement is about held in a time; what is only proposed, or came to nothing, did not."""
    status = statement.status
    if status in COMING or status in FAILED:
        return State.NOT_HELD
    course = Course(
        _bounds(statement, "cd:startsOn") or _bounds(statement, "cd:signedOn"),
        _bounds(statement, "cd:endsOn"),
        _bounds(statement, "cd:attestedOn"),
        over=status in OVER,
        lasting=not _PASSING.intersection(statement.kinds),
    )
    return state_in(course, moment.first, moment.last)


def as_of(statements: Iterable[Described], moment: Moment, wanted: Wanted) -> tuple[list[Described], AsOf]:
    """Return the statements that are wanted of a time, and what is known of them; what does not last is all kept.

    Args:
        statements: of a page.
        moment: the time.
        wanted: which of them.
    """
    kept, states, left_out = [], {}, 0
    for statement in statements:
        if lasts(statement):
            states[statement.iri] = state_of(statement, moment)
            if not wanted.takes(states[statement.iri]):
                left_out += 1
                continue
        kept.append(statement)
    return kept, AsOf(moment, wanted, states, left_out)


def _bounds(statement: Described, name: str) -> list[Bounds]:
    return [
        Bounds(*(date.fromisoformat(text) if text else None for text in map(node.text, _DAYS)))
        for node in statement.all(name)
    ]


_DAYS = ("cd:earliestDay", "cd:latestDay")
