"""Ties at a date, and ties of one side: what the queries say of made-up ties of every sort."""

import pyoxigraph as ox
import pytest

from citydip.model.queryfile import QueryFile, parse_query_file
from citydip.model.terms import PREFIXES
from tests.conftest import ROOT, run_query

DATA = """
<https://example.org/graph> {
  city:a a cd:City . city:b a cd:City .
  status:signed rdfs:label "signed"@en . status:ended rdfs:label "ended"@en .
  tie:one a cd:Tie ; cd:hasParty city:a , city:b ; cd:hasEvidence [ oa:hasSource source:list ] .
  date:d1990 cd:earliestDay "1990-01-01"^^xsd:date ; cd:latestDay "1990-12-31"^^xsd:date .
  date:about-1989 cd:earliestDay "1988-01-01"^^xsd:date ; cd:latestDay "1990-12-31"^^xsd:date .
  date:until-1990 cd:latestDay "1990-12-31"^^xsd:date .
  date:from-1990 cd:earliestDay "1990-01-01"^^xsd:date .
  date:d2000 cd:earliestDay "2000-01-01"^^xsd:date ; cd:latestDay "2000-12-31"^^xsd:date .
  date:nothing a cd:Date .
}
"""


def _query(name: str) -> QueryFile:
    return parse_query_file(name, (ROOT / "queries" / "catalogue" / f"{name}.rq").read_text(encoding="utf-8"))


def _store(properties: str) -> ox.Store:
    """Return a store with one tie that has some more properties."""
    prefixes = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())
    store = ox.Store()
    store.load(f"{prefixes}{DATA}<https://example.org/tie> {{ tie:one {properties} }}", format=ox.RdfFormat.TRIG)
    return store


@pytest.mark.parametrize(
    ("properties", "day", "state"),
    [
        # begun in 1990: EDTF 1990
        ("cd:hasStatus status:signed ; cd:signedOn date:d1990", "1989-12-31", "not held"),
        ("cd:hasStatus status:signed ; cd:signedOn date:d1990", "1990-06-01", "unknown"),
        ("cd:hasStatus status:signed ; cd:signedOn date:d1990", "1990-12-31", "held"),
        ("cd:hasStatus status:signed ; cd:signedOn date:d1990", "2024-01-01", "held"),
        # about 1989: 1989~
        ("cd:hasStatus status:in-force ; cd:startsOn date:about-1989", "1987-12-31", "not held"),
        ("cd:hasStatus status:in-force ; cd:startsOn date:about-1989", "1989-06-01", "unknown"),
        ("cd:hasStatus status:in-force ; cd:startsOn date:about-1989", "1991-01-01", "held"),
        # some day until 1990: ../1990
        ("cd:hasStatus status:in-force ; cd:startsOn date:until-1990", "1900-01-01", "unknown"),
        ("cd:hasStatus status:in-force ; cd:startsOn date:until-1990", "1991-01-01", "held"),
        # some day from 1990: 1990/..
        ("cd:hasStatus status:in-force ; cd:startsOn date:from-1990", "1989-12-31", "not held"),
        ("cd:hasStatus status:in-force ; cd:startsOn date:from-1990", "2024-01-01", "unknown"),
        # an unknown beginning is not "always"
        ("cd:hasStatus status:signed", "2024-01-01", "unknown"),
        ("cd:hasStatus status:signed ; cd:signedOn date:nothing", "2024-01-01", "unknown"),
        # attested: begun by then, and nobody knows when
        ("cd:hasStatus status:reported ; cd:attestedOn date:d1990", "1980-01-01", "unknown"),
        ("cd:hasStatus status:reported ; cd:attestedOn date:d1990", "1990-12-31", "held"),
        # ended
        ("cd:hasStatus status:ended ; cd:startsOn date:d1990 ; cd:endsOn date:d2000", "1999-12-31", "held"),
        ("cd:hasStatus status:ended ; cd:startsOn date:d1990 ; cd:endsOn date:d2000", "2000-06-01", "unknown"),
        ("cd:hasStatus status:ended ; cd:startsOn date:d1990 ; cd:endsOn date:d2000", "2001-01-01", "not held"),
        ("cd:hasStatus status:ended ; cd:startsOn date:d1990", "1995-01-01", "unknown"),
        ("cd:hasStatus status:suspended ; cd:startsOn date:d1990", "1995-01-01", "unknown"),
        ("cd:hasStatus status:ended ; cd:endsOn date:d2000", "2001-01-01", "not held"),
    ],
)
def test_a_tie_is_held_not_held_or_unknown(properties: str, day: str, state: str) -> None:
    rows = run_query(_store(properties), _query("ties-as-of"), {"day": day})
    assert [(row["tie"], row["city"], row["other"], row["state"]) for row in rows] == [
        ("tie:one", "city:a", "city:b", state)
    ]


def test_a_proposal_is_no_tie() -> None:
    store = _store("cd:hasStatus status:proposed ; cd:datedOn date:d1990")
    assert run_query(store, _query("ties-as-of"), {"day": "2024-01-01"}) == []


@pytest.mark.parametrize(
    ("properties", "alone"),
    [
        ("cd:hasStatus status:reported ; cd:assertedBy city:a", [("city:a", "city:b")]),
        ("cd:hasStatus status:reported ; cd:assertedBy city:b", [("city:b", "city:a")]),
        ("cd:hasStatus status:attested ; cd:assertedBy city:a , city:b", []),
        ("cd:hasStatus status:reported", []),
    ],
)
def test_a_tie_of_one_side_names_the_silent_side(properties: str, alone: list[tuple[str, str]]) -> None:
    rows = run_query(_store(properties), _query("one-sided-ties"), {})
    assert [(row["city"], row["silent"]) for row in rows] == alone
