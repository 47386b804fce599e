"""Where the graph differs from the table of Iranian facts: each row is compared with what its evidence proves.

The table lies beside the repository. A fault names the row and what is amiss with it, such as ``relations/14: date``.
"""

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache

import pyoxigraph as ox

from citydip.model.calendars import Calendar
from citydip.model.dates import bounds_of
from citydip.model.terms import PREFIXES, shorten
from tests.conftest import ROOT

__all__ = ["FOLDER", "KEYS", "TABLES", "ask", "faults", "rows_of", "values"]

TABLES = {"relations": 119, "events": 46, "roles": 67, "organizations": 11}
"""The tables and how many rows each has."""

KEYS = [f"{table}/{number}" for table, count in TABLES.items() for number in range(1, count + 1)]
"""The keys of all rows, as evidence names them."""

FOLDER = ROOT.parent / "shared" / "sources" / "iran-city-diplomacy-facts"

Row = dict[str, str]

STATUS = {
    "agreement": {"signed", "in-force", "agreed"},
    "announced (to be signed)": {"intended"},
    "announced (planned)": {"intended"},
    "announced (initial agreement)": {"agreed"},
    "announced": {"planned"},
    "former (before 1979)": {"ended"},
    "mutual cooperation understanding": {"in-force"},
    "memorandum of cooperation": {"agreed"},
    "memorandum of cooperation and friendship (sisterhood)": {"signed"},
    "proposed": {"proposed"},
    "held": {"held"},
    "awarded": {"made"},
    "recognized": {"made"},
    "joining": {"planned"},
}
"""The status of a statement by that of its row; a row of another status holds as of its page."""

AHEAD = {f"events/{number}" for number in (3, 4, 10, 11, 20, 24, 28, 44, 45, 46)}
"""Events of which a page speaks as to come."""

PAST = {f"events/{number}" for number in range(1, 47)} - AHEAD | {"events/20", "events/44"}
"""Events of which a page speaks as past. Of two, one page announces what another reports."""

FINER = {"relations/63", "relations/66"}
"""Rows that give the month of a day that their page, or its article, gives."""

NOTED = {
    **{f"relations/{number}": ["2019-05-06"] for number in range(39, 48)},
    "relations/49": ["2014-04-12"],
    "relations/50": ["2014-04-12"],
    "relations/111": ["2019-08"],
    "events/14": ["2012"],
    "events/33": ["2013-10-01/2013-10-04"],
    "events/44": ["2024-11-04/2024-11-08"] * 2,
    "roles/2": ["2013-04-10/2013-04-11"],
    "roles/3": ["2013-11"] * 2,
    "roles/24": ["2023-06"],
    "roles/25": ["2023-06"] * 2,
    "roles/40": ["2016-09"],
    "roles/44": ["2013-10"] * 2,
    "roles/55": ["2018-05-18"],
    "roles/56": ["2018-05-18"],
    "organizations/1": ["2013"] * 2,
    "organizations/3": ["1984"],
    "organizations/4": ["2016"] * 2,
    "organizations/5": ["2008"],
    "organizations/6": ["2024"] * 2,
    "organizations/7": ["2025"],
}
"""Dates that stand only in the note of a row, of another row from the same page, or in the number of members; twice
where two statements have one."""

ORGANIZERS = {
    "events/21": {"organization:world-citizens-organization", "organization:antalya-metropolitan-municipality"}
}
SEATS = {"organizations/5": {"city:mecca", "city:jeddah"}}

FAJR_DECADE = "2017-01-31/2017-02-10"
"""What row 68 of the relations means by the month: the days that the article gives to the centre in Semnan."""

TIES = {"sister_city": "sister-city", "mou": "memorandum-of-understanding"}

_BRLC = "uclg-aspac-committee-on-belt-and-road-local-cooperation"

ORGANIZATIONS = {
    "Asian Mayors Forum": "asian-mayors-forum",
    "C40": "c40",
    "Global Assembly of Islamic Cities": "world-assembly-of-islamic-cities",
    "League of Historical Cities": "league-of-historical-cities",
    "Metropolis": "metropolis",
    "Metropolis International Training Institute": "metropolis",
    "OICC": "organization-of-islamic-capitals-and-cities",
    "UCLG": "uclg",
    "UCLG ASPAC BRLC": _BRLC,
    "UCLG ASPAC Committee on Belt and Road Local Cooperation": _BRLC,
    "UCLG-MEWA": "uclg-mewa",
    "UN-Habitat": "un-habitat",
    "UNESCO Creative Cities Network": "unesco-creative-cities-network",
    "UNESCO Global Network of Learning Cities": "unesco-learning-cities-network",
    "WeGO": "wego",
    "World Citizens Organization": "world-citizens-organization",
}
"""The organizations of the table, without what stands in brackets behind their names."""

POSTS = ("mayor", "intendant")

_ANY = "(cd:attestedOn|cd:datedOn|cd:startsOn)"
_COUNTED = re.compile(r"\b(\d+) (?:Asian cities|Iranian metropolises|cities|countries|mayors)")
_BRACKETS = re.compile(r" \((.*)\)$")
_NUMBER = re.compile(r"\b(?!(?:19|20)\d\d\b)\d+\b")


@cache
def rows_of(table: str) -> list[Row]:
    """Return the rows of one table."""
    with (FOLDER / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _page_of(row: Row) -> str | None:
    """Return the address of a row's page, if it names one."""
    return row["source_url"] if row["source_url"].startswith("http") else None


def ask(store: ox.Store, pattern: str) -> list[Row]:
    """Return the rows of a pattern; IRIs are shortened."""
    solutions = store.query(f"SELECT * WHERE {{ {pattern} }}", prefixes=PREFIXES)
    assert isinstance(solutions, ox.QuerySolutions)
    names = [variable.value for variable in solutions.variables]
    return [
        {
            name: shorten(value.value).strip("<>") if isinstance(value, ox.NamedNode) else value.value
            for name in names
            if (value := row[name]) is not None and not isinstance(value, ox.Triple)
        }
        for row in solutions
    ]


def values(store: ox.Store, key: str, pattern: str) -> set[str]:
    """Return what a pattern binds to ``?x`` for the statements of a row."""
    proved = f'?evidence dcterms:identifier "{key}" . ?statement cd:hasEvidence ?evidence .'
    return {row["x"] for row in ask(store, f"{proved} {pattern}")}


def faults(store: ox.Store, key: str) -> list[str]:
    """Return what is amiss with the row of a key such as ``relations/14``; an empty list where nothing is."""
    table, _, number = key.partition("/")
    row = rows_of(table)[int(number) - 1]
    pages = values(store, key, "?evidence oa:hasSource/rdfs:seeAlso ?x")
    wrong = [] if _page_of(row) in {None, *pages} else ["page"]
    for noted, times in Counter(NOTED.get(key, [])).items():
        if _times(store, key, noted, _ANY) < times:
            wrong.append(f"{noted} in the note")
    return [f"{key}: {fault}" for fault in [*wrong, *_CHECKS[table](store, key, row)]]


def _times(store: ox.Store, key: str, expression: str, path: str) -> int:
    """Return how many statements of the row have a date: the same days, or some of them where the row is coarser."""
    bounds = bounds_of(expression, Calendar.GREGORIAN)
    low, high = str(bounds.earliest), str(bounds.latest)
    days = "cd:earliestDay ?low ; cd:latestDay ?high BIND (CONCAT(STR(?low), STR(?high), STR(?statement)) AS ?x)"
    found = [(text[:10], text[10:20]) for text in values(store, key, f"?statement {path} ?date . ?date {days}")]
    if key in FINER:
        return sum(low <= first and last <= high for first, last in found)
    return found.count((low, high))


def _dated(store: ox.Store, key: str, expression: str, path: str) -> bool:
    return _times(store, key, expression, path) > 0


def _classes(store: ox.Store, key: str) -> set[str]:
    return values(store, key, "?statement a ?x")


def _organization(name: str) -> str:
    return "organization:" + ORGANIZATIONS[_BRACKETS.sub("", _BRACKETS.sub("", name))]


def _relation(store: ox.Store, key: str, row: Row) -> Iterator[str]:
    if row["relation"] == "institution":
        if not _dated(store, key, FAJR_DECADE, "cd:datedOn"):
            yield "days of the Fajr decade"
        return
    ends = "(cd:hasParty|cd:hasMember|cd:hasHolder|cd:hasDesignee|cd:atPlace)/cd:geonamesIdentifier"
    if not {row[end] for end in ("a_geonames", "b_geonames")} - {""} <= values(store, key, f"?statement {ends} ?x"):
        yield "ends"
    allowed = {f"status:{name}" for name in STATUS.get(row["status"], {"in-force"})}
    if not allowed & values(store, key, "?statement cd:hasStatus ?x"):
        yield "status"
    path = "(cd:signedOn|cd:startsOn|cd:datedOn|cd:attestedOn)"
    twice = row["status"] == "count only" or row["b"].startswith("UNESCO Creative")
    if row["date"] and _times(store, key, row["date"], path) < 1 + twice:
        yield "date"
    if row["relation"] in TIES:
        yield from _tie(store, key, row)
    if row["relation"] == "membership":
        yield from _membership(store, key, row)
    if row["relation"] == "event":
        yield from _congress(store, key, row)
    if row["relation"] == "designation" and row["b"] not in values(store, key, "?statement cd:title ?x"):
        yield "title"
    if row["relation"] == "visit" and _organization(row["b"]) not in values(store, key, "?statement cd:hasVisitor ?x"):
        yield "visitor"


def _membership(store: ox.Store, key: str, row: Row) -> Iterator[str]:
    bodies = values(store, key, "?statement cd:hasOrganization|cd:hasMatter|(cd:hasOffice/cd:officeOf) ?x")
    if _organization(row["b"]) not in bodies:
        yield "organization"
    field = _BRACKETS.search(row["b"]) if row["b"].startswith("UNESCO Creative") else None
    if field and not {"cd:Membership", "cd:Designation"} <= _classes(store, key):
        yield "membership or designation"
    given = values(store, key, "?statement cd:hasCreativeField/skos:prefLabel ?x") if field else ()
    if field and field[1].casefold() not in {str(name).casefold() for name in given}:
        yield "field"
    counted = set(_COUNTED.findall(row["a"]))
    if counted != values(store, key, "?statement cd:number ?x"):
        yield "numbers"
    if key in NOTED and len(values(store, key, "?statement a cd:Membership BIND (?statement AS ?x)")) != 1 + len(
        NOTED[key]
    ):
        yield "the membership in the note"


def _congress(store: ox.Store, key: str, row: Row) -> Iterator[str]:
    if row["status"] == "announced" and "1" not in values(store, key, "?statement cd:editionNumber ?x"):
        yield "edition"
    if set(_COUNTED.findall(row["note"])) != values(store, key, "?statement cd:number ?x"):
        yield "numbers"


def _tie(store: ox.Store, key: str, row: Row) -> Iterator[str]:
    if "before 1979" in row["status"] and "1978-12-31" not in values(
        store, key, "?statement cd:datedOn/cd:latestDay ?x"
    ):
        yield "date"
    types = values(store, key, "?statement cd:hasAgreementType ?x")
    both = {"agreement-type:sister-city", "agreement-type:friendship-and-cooperation"}
    if f"agreement-type:{TIES[row['relation']]}" not in types and not ("sisterhood" in row["status"] and types == both):
        yield "type"
    if not row["date"] and values(store, key, "?statement cd:signedOn|cd:startsOn ?x"):
        yield "a date that the row does not give"
    if " / " in row["b"]:
        names = values(store, key, "?statement cd:hasParty/rdfs:label ?x")
        if not set(row["b"].split(" / ")) <= names:
            yield "ends"


def _event(store: ox.Store, key: str, row: Row) -> Iterator[str]:
    record = "?statement a cd:StatusRecord ; cd:hasStatus"
    wanted = {f"status:{name}" for name, keys in (("planned", AHEAD), ("held", PAST)) if key in keys}
    if values(store, key, f"{record} ?x") != wanted:
        yield "status"
    if row["geonames"] not in values(store, key, f"{record} ?status ; cd:atPlace/cd:geonamesIdentifier ?x"):
        yield "place"
    if row["start_date"]:
        start, end = row["start_date"], row["end_date"] or row["start_date"]
        if not _dated(store, key, start if start == end else f"{start}/{end}", "(cd:datedOn|cd:startsOn)"):
            yield "date"
    numbered = len(row["edition"]) in range(1, len("2021"))
    if numbered and row["edition"] not in values(store, key, "?statement cd:editionNumber ?x"):
        yield "edition"
    if row["organization"] in ORGANIZATIONS:
        organizers = values(store, key, "?statement cd:hasRole role:organizer ; cd:hasParticipant ?x")
        if _organization(row["organization"]) not in organizers:
            yield "organizer"
    if not ORGANIZERS.get(key, set()) <= values(
        store, key, "?statement cd:hasRole role:organizer ; cd:hasParticipant ?x"
    ):
        yield "organizers"
    if re.search("Congress|Annual Meeting", row["event"]) and "cd:EditionRecord" not in _classes(store, key):
        yield "edition"
    if row["theme"] and row["theme"] not in values(store, key, "?statement cd:topic ?x"):
        yield "theme"
    numbers = set(_NUMBER.findall(row["participants"].replace(",", "")))
    if values(store, key, "?statement cd:number ?x") != numbers:
        yield "participants"


def _role(store: ox.Store, key: str, row: Row) -> Iterator[str]:
    if row["person"] not in values(store, key, "?statement cd:hasHolder/(rdfs:label|skos:altLabel) ?x"):
        yield "person"
    if row["role"] in POSTS:
        post = f"?statement a cd:Tenure ; cd:hasPost ?post . ?post cd:hasPostKind post-kind:{row['role']}"
        if row["geonames"] not in values(store, key, f"{post} ; cd:postFor/cd:geonamesIdentifier ?x"):
            yield "post"
    else:
        yield from _office(store, key, row)
    for column, path in (("start", "cd:startsOn"), ("end", "cd:endsOn")):
        if row[column] and not _dated(store, key, row[column], path):
            yield column
        if not row[column] and values(store, key, f"?statement {path} ?x"):
            yield f"{column} that the row does not give"
    if "elected" in row["note"] and "cd:Election" not in _classes(store, key):
        yield "election"
    if re.search("in office|mayor at", row["note"]):
        for month in re.findall(r"\b20\d\d(?:-\d\d)?\b(?!-)", row["note"]):
            if not _dated(store, key, month, "cd:attestedOn"):
                yield f"{month} in the note"


def _office(store: ox.Store, key: str, row: Row) -> Iterator[str]:
    role = _BRACKETS.sub("", row["role"]).replace(" ", "-")
    held = f"?statement a cd:RoleHolding ; cd:hasRole role:{role} ; cd:hasOrganization ?x"
    if _organization(row["organization_or_city"]) not in values(store, key, held):
        yield "role"
    city = re.match(r"(?:mayor|governor) of ([\w ]+)", row["note"])
    if city and city[1] not in values(store, key, "?statement a cd:Tenure ; cd:hasPost/cd:postFor/rdfs:label ?x"):
        yield "post in the note"
    dated = city and city[0].startswith("mayor") and row["start"] and key not in NOTED
    if dated and not _dated(store, key, row["start"], "cd:attestedOn"):
        yield "date of the post in the note"


def _body(store: ox.Store, key: str, row: Row) -> Iterator[str]:
    if row["founded"] and not _dated(store, key, row["founded"], "cd:datedOn"):
        yield "founding"
    matters = values(store, key, "?statement cd:hasSubject|cd:hasMatter|(cd:hasOffice/cd:officeOf) ?x")
    if row["organization"] in ORGANIZATIONS and _organization(row["organization"]) not in matters:
        yield "organization"
    text = row["members"] + " ".join(re.findall(r"\d+ active members", row["note"]))
    if not set(_NUMBER.findall(text)) <= values(store, key, "?statement cd:number ?x"):
        yield "members"
    if row["headquarters"]:
        seats = values(store, key, "?statement cd:hasHost/(rdfs:label|skos:altLabel) ?x")
        if not any(seat in row["headquarters"] for seat in seats):
            yield "headquarters"
    if not SEATS.get(key, set()) <= values(store, key, "?statement cd:hasHost ?x"):
        yield "seats"


_CHECKS: dict[str, Callable[[ox.Store, str, Row], Iterator[str]]] = {
    "relations": _relation,
    "events": _event,
    "roles": _role,
    "organizations": _body,
}
