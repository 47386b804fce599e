"""Ties across broken relations: whether a tie is older than the break, told for every sort of dates, and who counts."""

import pyoxigraph as ox
import pytest

from citydip.model.holding import Wanted, read_moment
from citydip.model.queryfile import QueryFile, parse_query_file
from citydip.model.terms import PREFIXES
from citydip.model.timed import as_of_query
from tests.conftest import ROOT, run_query

PLACES = """
  country:a a cd:Country . country:b a cd:Country . country:c a cd:Country .
  division:north a cd:AdministrativeDivision ; cd:locatedIn country:a .
  city:a a cd:City ; cd:locatedIn division:north .
  city:b a cd:City ; cd:locatedIn country:b .
  city:c a cd:City ; cd:locatedIn country:c .
"""
GAP = """
  evidence:gap oa:hasSource source:page .
  diplomatic-gap:a-b a cd:DiplomaticGap ; cd:isBetween country:a , country:b ; cd:hasStatus status:ended ;
    cd:hasEvidence evidence:gap
"""
TIE = "tie:one a cd:Tie ; cd:hasParty city:a , city:b ; cd:hasEvidence evidence:one"
SIGNED = "tie:one cd:hasStatus status:signed ; cd:signedOn [ {} ]"


def dated(bounds: str) -> str:
    """Return the bounds of a date that is written as ``1990-01-01/1990-12-31``, either end of which may be missing."""
    ends = zip(
        ("cd:earliestDay", "cd:latestDay"), bounds.split("/") if "/" in bounds else (bounds, bounds), strict=True
    )
    return " ; ".join(f'{name} "{day}"^^xsd:date' for name, day in ends if day)


def store_of(*triples: str) -> ox.Store:
    """Return a store with two cities of two states, one between which stands a gap, and a third."""
    prefixes = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())
    store = ox.Store()
    data = f"{prefixes}<https://example.org/graph> {{ {PLACES} {' . '.join((GAP, *triples))} }}"
    store.load(data, format=ox.RdfFormat.TRIG)
    return store


def query_of(name: str) -> QueryFile:
    return parse_query_file(name, (ROOT / "queries" / "catalogue" / f"{name}.rq").read_text(encoding="utf-8"))


def ties(*triples: str, **values: str) -> list[dict[str, str]]:
    return run_query(store_of(TIE, *triples), query_of("ties-across-broken-relations"), values)


BROKEN = "diplomatic-gap:a-b cd:startsOn [ {} ]"


@pytest.mark.parametrize(
    ("tie", "gap", "older"),
    [
        # both on a day
        ("1979-12-31", "1980-01-01", "yes"),
        ("1980-01-01", "1980-01-01", "unknown"),
        ("1980-01-02", "1980-01-01", "no"),
        # the tie within a year
        ("1979-01-01/1979-12-31", "1980-01-01", "yes"),
        ("1980-01-01/1980-12-31", "1980-06-01", "unknown"),
        ("1981-01-01/1981-12-31", "1980-06-01", "no"),
        # the break within a year
        ("1979-12-31", "1980-01-01/1980-12-31", "yes"),
        ("1980-06-01", "1980-01-01/1980-12-31", "unknown"),
        ("1981-01-01", "1980-01-01/1980-12-31", "no"),
        # bounds that touch
        ("1979-01-01/1980-01-01", "1980-01-01/1980-12-31", "unknown"),
        ("1980-12-31/1981-12-31", "1980-01-01/1980-12-31", "unknown"),
        # open ends
        ("/1979-12-31", "1980-01-01", "yes"),
        ("/1980-12-31", "1980-01-01", "unknown"),
        ("1981-01-01/", "1980-01-01", "no"),
        ("1979-01-01/", "1980-01-01", "unknown"),
        ("1979-12-31", "1980-01-01/", "yes"),
        ("1979-12-31", "/1980-01-01", "unknown"),
        ("1980-01-02", "/1980-01-01", "no"),
        ("1980-01-02", "1980-01-01/", "unknown"),
    ],
)
def test_a_tie_is_older_than_the_break_only_where_the_dates_leave_no_choice(tie: str, gap: str, older: str) -> None:
    (row,) = ties(SIGNED.format(dated(tie)), BROKEN.format(dated(gap)))
    assert row["older"] == older


@pytest.mark.parametrize(
    ("properties", "older"),
    [
        # no date of the tie
        ("tie:one cd:hasStatus status:reported", "unknown"),
        # a source that is older than the break reports it
        (f"tie:one cd:hasStatus status:reported . source:one cd:publishedOn [ {dated('1979-06-01')} ]", "yes"),
        (f"tie:one cd:hasStatus status:reported . source:one cd:publishedOn [ {dated('/1979-06-01')} ]", "yes"),
        # one that is younger says nothing of when the tie began
        (f"tie:one cd:hasStatus status:reported . source:one cd:publishedOn [ {dated('1990-06-01')} ]", "unknown"),
        (f"tie:one cd:hasStatus status:reported . source:one cd:publishedOn [ {dated('1979-06-01/')} ]", "unknown"),
        # attested on a day is begun by then, and no more
        (f"tie:one cd:hasStatus status:in-force ; cd:attestedOn [ {dated('1979-06-01')} ]", "yes"),
        (f"tie:one cd:hasStatus status:in-force ; cd:attestedOn [ {dated('1990-06-01')} ]", "unknown"),
        # dates that cannot all be true
        (
            f"{SIGNED.format(dated('1990-06-01'))} . source:one cd:publishedOn [ {dated('1979-06-01')} ]",
            "unknown",
        ),
        # it began after the break, and has ended since
        (f"tie:one cd:hasStatus status:ended ; cd:startsOn [ {dated('1990-06-01')} ]", "no"),
    ],
)
def test_what_is_not_dated_is_not_guessed(properties: str, older: str) -> None:
    (row,) = ties(properties, "evidence:one oa:hasSource source:one", BROKEN.format(dated("1980-01-01")))
    assert row["older"] == older


@pytest.mark.parametrize(
    ("gap", "tie", "older"),
    [
        ("diplomatic-gap:a-b cd:hasGapKind gap-kind:severed", "1979-06-01", "unknown"),
        (f"diplomatic-gap:a-b cd:endsOn [ {dated('1990-10-14')} ]", "1990-10-15", "no"),
        (f"diplomatic-gap:a-b cd:endsOn [ {dated('1990-10-14')} ]", "1979-06-01", "unknown"),
        (f"diplomatic-gap:a-b cd:attestedOn [ {dated('1985-01-01')} ]", "1985-01-02", "no"),
        (f"diplomatic-gap:a-b cd:attestedOn [ {dated('1985-01-01')} ]", "1979-06-01", "unknown"),
        ("diplomatic-gap:a-b cd:hasGapKind gap-kind:never-established", "1979-06-01", "no break"),
    ],
)
def test_a_break_without_a_date_is_known_by_its_end_alone(gap: str, tie: str, older: str) -> None:
    (row,) = ties(SIGNED.format(dated(tie)), gap)
    assert row["older"] == older


@pytest.mark.parametrize(
    "triples",
    [
        "tie:one cd:hasStatus status:proposed",
        "tie:one cd:hasStatus status:agreed",
    ],
)
def test_what_is_not_a_tie_yet_is_left_out(triples: str) -> None:
    assert ties(triples) == []


def test_only_ties_between_the_two_states_are_listed_each_once() -> None:
    more = "tie:two a cd:Tie ; cd:hasParty city:a , city:c ; cd:hasStatus status:reported"
    rows = ties("tie:one cd:hasStatus status:reported", more)
    assert [(row["tie"], row["city"], row["other"]) for row in rows] == [("tie:one", "city:a", "city:b")]
    assert ties("tie:one cd:hasStatus status:reported", more, country="country:b") == [
        {**rows[0], "country": "country:b"}
    ]
    assert ties("tie:one cd:hasStatus status:reported", more, country="country:c") == []


@pytest.mark.parametrize(
    ("time", "certain", "possible"),
    [
        ("1975", 0, 0),
        ("1979", 0, 1),
        ("1985-06-01", 1, 1),
        ("1990", 1, 1),
        ("1991", 0, 0),
    ],
)
def test_as_of_a_time_tie_and_gap_must_both_have_held(time: str, certain: int, possible: int) -> None:
    store = store_of(
        TIE,
        SIGNED.format(dated("1970-01-01")),
        BROKEN.format(dated("1979-01-01/1980-12-31")),
        f"diplomatic-gap:a-b cd:endsOn [ {dated('1990-10-14')} ]",
    )
    moment = read_moment(time)
    for name in ("ties-across-broken-relations", "ties-by-broken-relation", "broken-relations"):
        query = query_of(name)
        asked = (as_of_query(query, moment, wanted) for wanted in (Wanted.CERTAIN, Wanted.POSSIBLE))
        assert [len(run_query(store, one, {})) for one in asked] == [certain, possible], name
