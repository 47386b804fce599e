"""Ties at a date, of one side and in several lists: what rules and queries say of made-up ties of every sort."""

from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from citydip.curation.compute import compute
from citydip.curation.layout import Layout
from citydip.curation.workspace import Workspace
from citydip.model.queryfile import QueryFile, parse_query_file
from citydip.model.terms import PREFIXES, computed_graph, shorten
from tests.conftest import ROOT, run_query

DATA = """
<https://example.org/graph> {
  city:a a cd:City . city:b a cd:City .
  status:signed rdfs:label "signed"@en . status:ended rdfs:label "ended"@en .
  tie:one a cd:Agreement ; cd:hasParty city:a , city:b ; cd:hasEvidence [ oa:hasSource source:list ] .
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


@pytest.mark.parametrize(
    ("properties", "states"),
    [("cd:startsOn date:d1990", ["held"]), ("cd:endsOn date:d2000", ["not held"]), ("cd:hasParty city:a", [])],
)
def test_a_tie_of_a_list_is_told_only_where_it_has_a_date(properties: str, states: list[str]) -> None:
    listed = f". tie:listed a cd:Tie ; cd:hasParty city:a , city:b ; cd:hasStatus status:reported ; {properties}"
    rows = run_query(_store(f"cd:hasStatus status:proposed {listed}"), _query("ties-as-of"), {"day": "2024-01-01"})
    assert [row["state"] for row in rows] == states


def test_a_proposal_is_no_tie() -> None:
    store = _store("cd:hasStatus status:proposed ; cd:datedOn date:d1990")
    assert run_query(store, _query("ties-as-of"), {"day": "2024-01-01"}) == []


LISTS = """
<https://example.org/graph> {
  country:x a cd:Country . country:y a cd:Country .
  city:a a cd:City ; rdfs:label "A"@en ; cd:locatedIn country:x .
  city:b a cd:City ; rdfs:label "B"@en ; cd:locatedIn country:y .
  city:c a cd:City ; rdfs:label "C"@en ; cd:locatedIn country:y .
  source:old rdfs:label "old"@en . source:new rdfs:label "new"@en .
  evidence:old a cd:Evidence ; oa:hasSource source:old .
  evidence:new-a a cd:Evidence ; oa:hasSource source:new ; cd:onSideOf city:a .
  evidence:new-b a cd:Evidence ; oa:hasSource source:new ; cd:onSideOf city:b .
  tie:a-b a cd:Tie ; cd:hasParty city:a , city:b ; cd:hasStatus status:reported .
  tie:a-c a cd:Tie ; cd:hasParty city:a , city:c ; cd:hasStatus status:reported .
}
"""
"""Three cities, an undirected list, and a directed one that looked at A and B but not at C."""


@pytest.fixture
def lists(tmp_path: Path) -> Callable[[str], ox.Store]:
    """Return what gives a store of ties with the triples of a test, and all that the rules make of them."""

    def computed(more: str) -> ox.Store:
        prefixes = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())
        workspace = Workspace(Layout(ROOT, tmp_path, imported=False), {}, ox.Store(), [])
        text = f"{prefixes}{LISTS}<https://example.org/tie> {{ {more} }}"
        workspace.store.load(text, format=ox.RdfFormat.TRIG)
        # cd:about is computed by way of the ontology.
        for path in sorted((ROOT / "ontology").glob("*.ttl")):
            workspace.store.load(path=path, to_graph=ox.NamedNode(PREFIXES["graph"] + "ontology"))
        _, findings = compute(workspace, lambda line: None)
        assert findings == []
        return workspace.store

    return computed


Lists = Callable[[str], ox.Store]


@pytest.mark.parametrize(
    ("evidence", "attestation"),
    [
        ("evidence:old", "attestation:reported"),
        ("evidence:new-a", "attestation:reported"),
        # Both sides of one list are one list.
        ("evidence:new-a , evidence:new-b", "attestation:reported"),
        ("evidence:old , evidence:new-a", "attestation:attested"),
    ],
)
def test_a_tie_is_attested_by_two_lists_and_not_by_two_sides(lists: Lists, evidence: str, attestation: str) -> None:
    store = lists(f"tie:a-b cd:hasEvidence {evidence}")
    weak, sure = ("reportedly-twinned-with", "twinned-with")
    told = weak if attestation == "attestation:reported" else sure
    assert _computed(store, "attestation") == {("tie:a-b", attestation)}
    assert _computed(store, told) == {("city:a", "city:b"), ("city:b", "city:a")}
    assert _computed(store, sure if told == weak else weak) == set()
    assert _computed(store, "tied-with") == _computed(store, sure)


def _computed(store: ox.Store, rule: str) -> set[tuple[str, str]]:
    """Return subject and object of what a rule has computed."""
    graph = ox.NamedNode(str(computed_graph(rule)))
    quads = store.quads_for_pattern(None, None, None, graph)
    return {(shorten(q.subject.value), shorten(q.object.value)) for q in quads}  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("evidence", "alone"),
    [
        ("tie:a-b cd:hasEvidence evidence:new-a", [("city:a", "city:b", "source:new")]),
        ("tie:a-b cd:hasEvidence evidence:new-b", [("city:b", "city:a", "source:new")]),
        ("tie:a-b cd:hasEvidence evidence:new-a , evidence:new-b", []),
        # An undirected list does not tell sides.
        ("tie:a-b cd:hasEvidence evidence:old", []),
        # Nobody looked at C.
        ("tie:a-c cd:hasEvidence evidence:new-a", []),
    ],
)
def test_a_tie_of_one_side_names_the_silent_side_where_the_list_looked_at_it(
    lists: Lists, evidence: str, alone: list[tuple[str, str, str]]
) -> None:
    rows = run_query(lists(evidence), _query("one-sided-ties"), {})
    assert [(row["city"], row["silent"], row["source"]) for row in rows] == alone


def test_a_tie_that_another_list_has_on_the_silent_side_is_not_one_sided(lists: Lists) -> None:
    store = lists(
        "tie:a-b cd:hasEvidence evidence:new-a , evidence:other-b ."
        "evidence:other-b a cd:Evidence ; oa:hasSource source:old ; cd:onSideOf city:b"
    )
    assert run_query(store, _query("one-sided-ties"), {}) == []


def test_the_lists_that_report_a_tie_are_told_with_the_side(lists: Lists) -> None:
    store = lists("tie:a-b cd:hasEvidence evidence:old , evidence:new-a . tie:a-c cd:hasEvidence evidence:old")
    rows = run_query(store, _query("sister-cities-by-source"), {"city": "city:a"})
    assert [(row["other"], row["source"], row.get("side"), row["state_en"]) for row in rows] == [
        ("city:b", "source:new", "city:a", "attested by two lists or more"),
        ("city:b", "source:old", None, "attested by two lists or more"),
        ("city:c", "source:old", None, "reported by one list"),
    ]


def test_ties_between_countries_and_of_one_list(lists: Lists) -> None:
    store = lists("tie:a-b cd:hasEvidence evidence:old , evidence:new-a . tie:a-c cd:hasEvidence evidence:old")
    rows = run_query(store, _query("ties-between-countries"), {"country": "country:y", "other_country": "country:x"})
    assert [(row["city"], row["kind"], row["other"]) for row in rows] == [
        ("city:b", "cd:twinnedWith", "city:a"),
        ("city:c", "cd:reportedlyTwinnedWith", "city:a"),
    ]
    rows = run_query(store, _query("ties-of-one-list"), {"country": "country:x"})
    assert [(row["city"], row["other"], row["list"]) for row in rows] == [("city:a", "city:c", "source:old")]
    assert run_query(store, _query("ties-of-one-list"), {"country": "country:x", "list": "source:new"}) == []


@pytest.mark.parametrize(
    ("name", "params"), [("most-connected-cities", {}), ("cities-of-country-by-ties", {"country": "country:x"})]
)
def test_a_city_is_ranked_by_what_is_sure_and_then_by_what_is_reported(
    lists: Lists, name: str, params: dict[str, str]
) -> None:
    store = lists("tie:a-b cd:hasEvidence evidence:old , evidence:new-a . tie:a-c cd:hasEvidence evidence:old")
    rows = run_query(store, _query(name), params)
    assert (rows[0]["city"], rows[0]["sister_cities"], rows[0]["reported"]) == ("city:a", "1", "1")
    assert {row["city"] for row in rows} == ({"city:a"} if params else {"city:a", "city:b", "city:c"})


def test_ties_and_what_lists_say_are_labelled(lists: Lists) -> None:
    store = lists("tie:a-b cd:hasEvidence evidence:old , evidence:new-a")
    graphs = [ox.NamedNode(str(computed_graph(rule))) for rule in ("labels-of-ties", "labels-of-list-evidence")]
    labels = {
        (shorten(q.subject.value), q.object.value)  # type: ignore[union-attr]
        for graph in graphs
        for q in store.quads_for_pattern(None, None, None, graph)
    }
    assert labels == {
        ("tie:a-b", "Tie of A and B"),
        ("tie:a-c", "Tie of A and C"),
        ("evidence:old", "old"),
        ("evidence:new-a", "new, on the side of A"),
        ("evidence:new-b", "new, on the side of B"),
    }
