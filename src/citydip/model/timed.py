"""A query as of a time: what of it held on a day or in a year, told by the rule of `citydip.model.holding`.

Three comments in a query say what changes when it is asked so::

    ?tie a cd:Agreement ; cd:hasParty ?city .
    ?tie cd:hasStatus status:in-force .  # now
    # then: ?tie cd:hasStatus ?status .
    # as of: ?tie

A line that ends with ``# now`` stands only where no time is asked for, one that begins with ``# then:`` only where one
is. In the place of ``# as of: ?tie`` comes plain SPARQL that gives ``?held`` one of ``held``, ``not held`` and
``unknown`` for each ``?tie``, and keeps those that are wanted. All variables that it uses begin with ``?held``. It
looks at one statement at a time with EXISTS, so it makes no row of two, and counts stay what they are. Where rows do
not show one statement each, because they count or make a graph, the comment reads ``# as of, no column: ?tie``. Two
variables, ``# as of: ?one ?two``, ask whether both held.
"""

import re
from dataclasses import replace

from citydip.model.errors import ParameterError
from citydip.model.holding import Moment, State, Wanted
from citydip.model.queryfile import QueryFile
from citydip.model.terms import CD, ID, PREFIXES

__all__ = ["COMING", "FAILED", "OVER", "PASSING", "as_of_query", "held_pattern"]

OVER = ("ended", "suspended", "superseded")
"""Statuses of what held and is over."""
COMING = (
    *("proposed", "planned", "requested", "intended", "in-preparation"),
    *("under-discussion", "under-review", "selected", "open"),
)
"""Statuses of what has not come about yet."""
FAILED = ("cancelled", "rejected", "postponed", "deferred")
"""Statuses of what came to nothing."""
PASSING = ("Tenure", "RoleHolding")
"""Classes of what is not taken to go on until a source says that it is over."""

_PLACE = re.compile(r"^(?P<space>[^\S\n]*)# as of(?P<bare>, no column)?:(?P<names>(?: \?\w+)+)$", re.MULTILINE)
_NOW = re.compile(r"^.*[^\S\n]# now\n", re.MULTILINE)
_THEN = re.compile(r"^([^\S\n]*)# then: ", re.MULTILINE)
_ORDER = re.compile(r"^ORDER BY .*", re.MULTILINE)
_PREFIX = re.compile(r"^PREFIX (\S*): ", re.MULTILINE)
_SELECTED = re.compile(r"^SELECT\b.*?(?=\s+WHERE\b)", re.MULTILINE | re.DOTALL)
_DAY = "<http://www.w3.org/2001/XMLSchema#date>"


def as_of_query(query: QueryFile, moment: Moment, wanted: Wanted) -> QueryFile:
    """Return a query that gives what another one gives as of a time.

    Where all states are wanted, each row has its own in a further column ``?held``.

    Args:
        query: a query of the catalogue.
        moment: a day or a year.
        wanted: which statements: that surely held, that perhaps did, or all.

    Raises:
        ParameterError: it is not about what holds for a time; or all states are wanted, and rows show none.
    """
    if not query.datable:
        raise ParameterError(
            f"{query.name} cannot be asked as of a time: its rows are not ties, agreements, memberships or posts that "
            "held for a time; leave asOf and wanted out"
        )
    text = _declared(_THEN.sub(r"\1", _NOW.sub("", query.text)))
    if wanted is Wanted.ALL:
        if not query.shows_states:
            raise ParameterError(f"{query.name} has no column for a state, so wanted is certain or possible, not all")
        text = _SELECTED.sub(r"\g<0> ?held", _ORDER.sub(r"\g<0> ?held", text), count=1)
    text = _PLACE.sub(lambda place: _lines(place["space"], place["names"].split(), moment, wanted), text)
    return replace(query, text=text)


def _declared(text: str) -> str:
    """Return a query with those of our prefixes that only its lines for then use, declared in their order."""
    known = set(_PREFIX.findall(text))
    body = text[text.index("SELECT") if "SELECT" in text else 0 :]
    lacking = {name for name in re.findall(r"(?<![\w:/?])([a-z][a-z-]*):(?=[\w-])", body) if name in PREFIXES} - known
    lines = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in sorted(lacking))
    first = _PREFIX.search(text)
    return text[: first.start()] + lines + text[first.start() :] if first else text


def _lines(space: str, names: list[str], moment: Moment, wanted: Wanted) -> str:
    keep = {
        Wanted.CERTAIN: f'\nFILTER (?held = "{State.HELD}")',
        Wanted.POSSIBLE: f'\nFILTER (?held != "{State.NOT_HELD}")',
        Wanted.ALL: "",
    }
    if len(names) == 1:
        text = held_pattern(names[0][1:], moment)
    else:
        each = [f"?held_{number}" for number in range(1, len(names) + 1)]
        patterns = [held_pattern(name[1:], moment, held) for name, held in zip(names, each, strict=True)]
        never = " || ".join(f'{held} = "{State.NOT_HELD}"' for held in each)
        surely = " && ".join(f'{held} = "{State.HELD}"' for held in each)
        both = f'IF({never}, "{State.NOT_HELD}", IF({surely}, "{State.HELD}", "{State.UNKNOWN}"))'
        text = "\n".join([*patterns, f"BIND ({both} AS ?held)"])
    return "\n".join(space + line for line in (text + keep[wanted]).splitlines())


def held_pattern(name: str, moment: Moment, held: str = "?held") -> str:
    """Return SPARQL that gives a variable the state of a statement in a time, as `holding.state_in` tells it.

    Args:
        name: the variable of the statement, which is bound before.
        moment: the time.
        held: the variable that gets the state.
    """
    first, last = (f'"{day.isoformat()}"^^{_DAY}' for day in (moment.first, moment.last))
    this, began, ends = f"?{name}", f"{held}_began", _cd("endsOn")
    attested = _cd("attestedOn")
    over = f"EXISTS {{ {this} {_cd('hasStatus')} ?held_status FILTER (?held_status IN ({_statuses(OVER)})) }}"
    never = f"EXISTS {{ {this} {_cd('hasStatus')} ?held_no FILTER (?held_no IN ({_statuses((*COMING, *FAILED))})) }}"
    passing = f"EXISTS {{ {this} a ?held_kind FILTER (?held_kind IN ({', '.join(map(_cd, PASSING))})) }}"
    endless = f"(!{passing} && !{over} && !{_has(this, ends)})"
    begun = " || ".join(
        [
            _each(this, began, "latestDay", f"<= {last}"),
            _each(this, ends, "latestDay", f"<= {last}"),
            _some(this, attested, "latestDay", f"<= {last}"),
        ]
    )
    runs = " || ".join(
        [
            endless,
            _each(this, ends, "earliestDay", f">= {first}"),
            _each(this, began, "earliestDay", f">= {first}"),
            _some(this, attested, "earliestDay", f">= {first}"),
        ]
    )
    later = _each(this, began, "earliestDay", f"> {last}")
    before = _each(this, ends, "latestDay", f"< {first}")
    return (
        f"BIND (IF({_has(this, _cd('startsOn'))}, {_cd('startsOn')}, {_cd('signedOn')}) AS {began})\n"
        f'BIND (IF({never}, "{State.NOT_HELD}", IF({_impossible(this, began, ends, attested)}, "{State.UNKNOWN}",\n'
        f'  IF(({begun}) && ({runs}), "{State.HELD}",\n'
        f'  IF({later} || {before}, "{State.NOT_HELD}", "{State.UNKNOWN}")))) AS {held})'
    )


def _impossible(this: str, began: str, ends: str, attested: str) -> str:
    """Return whether the dates cannot all be true: begun after the end or what is attested, attested after the end."""
    after_end = (
        f"{_has(this, began)} && {_has(this, ends)} && NOT EXISTS {{ {this} {began} ?held_s "
        f"FILTER EXISTS {{ {this} {ends} ?held_e FILTER NOT EXISTS {{ ?held_s {_cd('earliestDay')} ?held_a "
        f"FILTER EXISTS {{ ?held_e {_cd('latestDay')} ?held_b FILTER (?held_a > ?held_b) }} }} }} }}"
    )
    begun_after = (
        f"{_has(this, began)} && EXISTS {{ {this} {attested} ?held_t FILTER EXISTS {{ ?held_t {_cd('latestDay')} "
        f"?held_b FILTER NOT EXISTS {{ {this} {began} ?held_s FILTER NOT EXISTS {{ ?held_s {_cd('earliestDay')} "
        "?held_a FILTER (?held_a > ?held_b) } } } }"
    )
    attested_after = (
        f"{_has(this, ends)} && EXISTS {{ {this} {attested} ?held_t FILTER EXISTS {{ ?held_t {_cd('earliestDay')} "
        f"?held_a FILTER NOT EXISTS {{ {this} {ends} ?held_e FILTER NOT EXISTS {{ ?held_e {_cd('latestDay')} ?held_b "
        "FILTER (?held_a > ?held_b) } } } }"
    )
    return f"({after_end}) || ({begun_after}) || ({attested_after})"


def _has(this: str, verb: str) -> str:
    return f"EXISTS {{ {this} {verb} ?held_date }}"


def _some(this: str, verb: str, day: str, limit: str) -> str:
    """Return whether one of the dates has a day within a limit."""
    return f"EXISTS {{ {this} {verb} ?held_date FILTER {_is_within(day, limit)} }}"


def _each(this: str, verb: str, day: str, limit: str) -> str:
    """Return whether there are dates, and each has a day within a limit."""
    lacking = f"NOT EXISTS {{ {this} {verb} ?held_date FILTER NOT {_is_within(day, limit)} }}"
    return f"({_has(this, verb)} && {lacking})"


def _is_within(day: str, limit: str) -> str:
    return f"EXISTS {{ ?held_date {_cd(day)} ?held_day FILTER (?held_day {limit}) }}"


def _cd(name: str) -> str:
    return f"<{CD[name]}>"


def _statuses(names: tuple[str, ...]) -> str:
    return ", ".join(f"<{ID[f'status/{name}']}>" for name in names)
