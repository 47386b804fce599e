"""A refresh writes what Wikidata states, tells what has changed, goes on where it stopped, and breaks nothing."""

import json
from collections.abc import Callable
from dataclasses import replace

import pyoxigraph as ox
import pytest

from citydip.curation.check import check_format
from citydip.curation.checks import check_queries
from citydip.curation.compute import compute
from citydip.curation.importers.wikidata.asking import Manners
from citydip.curation.importers.wikidata.difference import Change
from citydip.curation.importers.wikidata.refresh import Wanted
from citydip.curation.importers.wikidata.report import lines_of
from citydip.curation.layout import Layout
from citydip.curation.manifest import check_manifest
from citydip.curation.shacl import check_shapes
from citydip.curation.workspace import Workspace, open_workspace
from citydip.model.errors import NotFoundError, ParameterError, RefreshError
from citydip.model.terms import PREFIXES, shorten
from tests.curation.wikidata.conftest import DAY, Watch, items, run, world
from tests.curation.wikidata.double import At, Double, Fault, Item, Statement, cut, dropped, status, text


@pytest.fixture
def workspace(layout: Layout, double: Double) -> Workspace:
    """Return the graph after a full run."""
    run(layout, double)
    return open_workspace(layout)


def rows(workspace: Workspace, query: str) -> list[tuple[str, ...]]:
    """Return the rows of a query over what Wikidata states, as short text."""
    found = workspace.store.query(query, prefixes=PREFIXES, use_default_graph_as_union=True)
    assert isinstance(found, ox.QuerySolutions)
    return sorted(tuple(_shown(term) for term in row) for row in found)


def _shown(term: object) -> str:
    if isinstance(term, ox.NamedNode):
        return shorten(term.value)
    return term.value if isinstance(term, ox.Literal) else ""


TIES = """SELECT ?tie ?start ?side {
  ?tie a cd:Tie ; cd:hasEvidence/cd:onSideOf ?side
  OPTIONAL { ?tie cd:startsOn/cd:expression ?start }
}"""


def test_a_tie_says_on_whose_side_it_stands_and_since_when(workspace: Workspace) -> None:
    assert rows(workspace, TIES) == [
        ("tie:112931-2643743", "1993-05", "city:london"),
        ("tie:112931-2643743", "1993-05", "city:tehran"),
        ("tie:112931-3553478", "", "city:tehran"),
        ("tie:112931-3553478", "", "city:tehran"),
        ("tie:2643743-3553478", "1985", "city:london"),
        ("tie:2643743-3553478-q1563-t1", "1986", "city:havana"),
    ]


def test_two_sides_that_give_different_years_contradict_each_other(workspace: Workspace) -> None:
    found = rows(workspace, "SELECT ?tie ?other { ?tie cd:contradicts ?other }")
    assert found == [("tie:2643743-3553478-q1563-t1", "tie:2643743-3553478")]


def test_a_city_whose_ties_were_looked_for_has_an_evidence_also_without_any(workspace: Workspace) -> None:
    query = "SELECT DISTINCT ?city { ?evidence cd:onSideOf ?city ; oa:hasSource source:wikidata }"
    # The item of Havering is not there, so nothing was looked at.
    cities = ["havana", "isfahan", "london", "shiraz", "tehran"]
    assert rows(workspace, query) == [(f"city:{name}",) for name in cities]


def test_a_tie_carries_the_pages_that_its_statement_refers_to(workspace: Workspace) -> None:
    query = """SELECT ?page ?day {
      tie:112931-3553478 cd:hasEvidence ?evidence . ?evidence dcterms:references ?page
      OPTIONAL { ?evidence dcterms:date ?day }
    }"""
    assert rows(workspace, query) == [("<https://example.org/sister-cities>", "2019-05-01"), ("wd:Q999200", "")]


def test_memberships_join_what_is_mapped_and_make_a_body_of_what_is_not(workspace: Workspace) -> None:
    query = """SELECT ?city ?body ?start ?end { ?m a cd:Membership ; cd:hasMember ?city ; cd:hasOrganization ?body
        OPTIONAL { ?m cd:startsOn/cd:expression ?start } OPTIONAL { ?m cd:endsOn/cd:expression ?end } }"""
    assert rows(workspace, query) == [
        ("city:isfahan", "organization:q999101", "", ""),
        ("city:london", "organization:q999102", "", ""),
        # Ended, and nobody knows when.
        ("city:tehran", "organization:metropolis", "1999", "../.."),
    ]


def test_tenures_come_from_the_city_and_from_the_person_and_are_one_where_they_agree(workspace: Workspace) -> None:
    query = """SELECT ?tenure ?holder ?post ?start ?end { ?tenure a cd:Tenure ; cd:hasHolder ?holder ; cd:hasPost ?post
        OPTIONAL { ?tenure cd:startsOn/cd:expression ?start } OPTIONAL { ?tenure cd:endsOn/cd:expression ?end } }"""
    assert rows(workspace, query) == [
        ("tenure:wikidata-q3616-h1", "person:q999400", "post:mayor-of-tehran", "2021-09-02", ""),
        ("tenure:wikidata-q3616-h2", "person:q999401", "post:mayor-of-tehran", "2005", "2017"),
        ("tenure:wikidata-q999403-p1", "person:q999403", "post:mayor-of-tehran", "", ""),
    ]
    pages = rows(workspace, "SELECT ?page { tenure:wikidata-q3616-h1 cd:hasEvidence/rdfs:seeAlso ?page }")
    assert pages == [("wd:Q3616",), ("wd:Q999400",)]


def test_a_rank_that_is_not_the_usual_one_is_kept(workspace: Workspace) -> None:
    query = "SELECT ?t { ?t cd:hasEvidence/<http://wikiba.se/ontology#rank> <http://wikiba.se/ontology#PreferredRank> }"
    assert rows(workspace, query) == [("tenure:wikidata-q3616-h1",)]


def test_no_name_is_made_up(workspace: Workspace) -> None:
    query = """SELECT ?person ?label (LANG(?label) AS ?language) {
      ?person a cd:Person ; cd:wikidataIdentifier ?item ; rdfs:label ?label
    }"""
    assert rows(workspace, query) == [
        # The English one is that for all languages.
        ("person:q999400", "Alireza Zakani", "en"),
        ("person:q999400", "علیرضا زاکانی", "fa"),
        # Wikidata's Persian one has an Arabic ي, so it is for search alone.
        ("person:q999401", "Mohammad Bagher Ghalibaf", "en"),
        ("person:q999403", "Habib Kashani", "en"),
    ]
    hidden = rows(workspace, "SELECT ?person ?name { ?person a cd:Person ; skos:hiddenLabel ?name }")
    assert hidden == [("person:q999401", "محمدباقر قاليباف")]


def test_what_wikidata_says_of_places_stands_at_its_own_items(workspace: Workspace) -> None:
    query = """SELECT ?name ?point ?country {
      GRAPH <https://w3id.org/citydip/graph/world/wikidata-items> {
        wd:Q3616 schema:name ?name ; wdt:P625 ?point ; wdt:P17 ?country
      }
    }"""
    assert rows(workspace, query) == [(name, "Point(51.39 35.7)", "wd:Q794") for name in ("Tehran", "تهران", "طهران")]
    assert rows(workspace, "SELECT ?point { city:tehran geo:asWKT ?point }") == [("POINT(51.42151 35.69439)",)]
    assert len(rows(workspace, "SELECT ?label { city:tehran rdfs:label ?label }")) == 2


def test_what_is_written_passes_the_checks(workspace: Workspace) -> None:
    paths = [file.path.name for file in workspace.files_below("data/world")]
    assert len(paths) == 8
    formats = [finding.file or "" for finding in check_format(workspace)]
    assert not [name for name in formats if name.startswith("data/world/")]
    # The build makes the labels of ties: their class has none in files.
    shapes = [f for f in check_shapes(workspace) if not (f.text or "").startswith("tie:") or "label" not in f.message]
    assert shapes == []
    _, findings = compute(workspace, lambda line: None)
    assert findings == []
    assert list(check_queries(workspace)) == []


def test_the_folders_describe_their_own_graphs(layout: Layout, workspace: Workspace) -> None:
    (layout.root / "data" / "manifest.ttl").write_text("# Nothing is described here.\n")
    told = [finding.file or "" for finding in check_manifest(open_workspace(layout))]
    # The other files of this small graph are not described, so the check is at work.
    assert "data/cities.ttl" in told
    assert not [name for name in told if name.startswith("data/world/")]


def test_the_report_says_what_was_left_out_and_why(layout: Layout, double: Double) -> None:
    report = run(layout, double)
    assert sorted((left.reason, left.statement) for left in report.left) == [
        ("a date that the graph cannot express", "q84-m1"),
        ("a person without a name in Latin letters", "q42053-h1"),
        ("an unknown value", "q3616-t5"),
        ("deprecated at Wikidata", "q3616-t3"),
        ("the other side is no city of this graph", "q3616-t4"),
    ]
    kept = json.loads(world(layout)["wikidata/report.json"])
    assert [(group["reason"], group["count"]) for group in kept["left out"]] == [
        (left.reason, 1) for left in sorted(report.left)
    ]
    assert kept["figures"]["ties"] == 4


def test_the_report_says_what_does_not_fit(layout: Layout, double: Double) -> None:
    changed = items()
    changed["Q84"].statements[0] = Statement("P17", "Q241", "c1")
    double.hold(changed)
    report = run(layout, double)
    assert sorted((finding.kind, finding.thing) for finding in report.findings) == [
        ("coordinates", "city:shiraz"),
        ("country", "city:london"),
        ("item", "city:havering-2647216"),
        ("name", "organization:c40"),
        ("name", "person:alireza-zakani"),
    ]
    assert "the country is CU at Wikidata and GB here" in " ".join(f.what for f in report.findings)


def test_a_run_asks_page_by_page_and_never_twice_at_once(layout: Layout, double: Double) -> None:
    clock = Watch()
    run(layout, double, clock=clock, manners=Manners(pause=2.0))
    # Three kinds of pages with two of six cities each, and those of seven persons and bodies but the mapped one.
    assert len(double.requests) == 3 * 3 + 3
    assert {request.at_once for request in double.requests} == {1}
    assert clock.waits == [2.0] * (len(double.requests) - 1)
    assert len({request.query for request in double.requests}) == len(double.requests)


def test_the_same_pages_give_the_same_files(layout: Layout, double: Double) -> None:
    run(layout, double)
    before = world(layout)
    stamps = {path: path.stat().st_mtime_ns for path in (layout.root / "data" / "world").rglob("*.ttl")}
    report = run(layout, double)
    assert world(layout) == before
    assert {path: path.stat().st_mtime_ns for path in (layout.root / "data" / "world").rglob("*.ttl")} == stamps
    assert not any(c.new or c.changed or c.gone or c.not_asked for c in report.changes.values())
    # Neither does asking anew change anything, as long as Wikidata says the same.
    run(layout, double, fresh=True)
    assert world(layout) == before
    assert len(double.requests) == 24


def test_a_second_run_finds_what_is_new_what_changed_and_what_is_gone(layout: Layout, double: Double) -> None:
    run(layout, double)
    later = items()
    tehran, london = later["Q3616"], later["Q84"]
    tehran.statements[1] = replace(tehran.statements[1], qualifiers=[("P580", At("1994-00-00", 9))])
    tehran.statements = [s for s in tehran.statements if s.number not in ("t2", "h2")]
    tehran.point = "Point(51.4 35.69)"
    london.statements.append(Statement("P190", "Q42053", "t9", qualifiers=[("P580", At("2020-01-31"))]))
    london.labels = {"en": "London", "fa": "لندن", "ar": "لندن"}
    later["Q42053"].statements[1] = Statement("P463", "Q999103", "m1")
    later["Q999103"] = Item({"en": "World Heritage Cities"})
    double.hold(later)
    report = run(layout, double, wanted=Wanted("2026-11-23", page=2))
    changes = report.changes
    assert report.before == DAY
    assert changes["ties"].new.keys() == {"tie:418863-2643743"}
    assert changes["ties"].changed == [
        Change("tie:112931-2643743", ("cd:startsOn 1993-05",), ("cd:startsOn 1994",)),
    ]
    assert changes["ties"].gone.keys() == {"tie:112931-3553478"}
    assert [change.name for change in changes["memberships"].changed] == ["membership:wikidata-q42053-m1"]
    assert changes["organizations"].new.keys() == {"organization:q999103"}
    assert changes["organizations"].gone.keys() == {"organization:q999101"}
    assert changes["tenures"].gone.keys() == {"tenure:wikidata-q3616-h2"}
    assert changes["persons"].gone.keys() == {"person:q999401"}
    assert [(change.name, change.now) for change in changes["labels"].changed] == [("wd:Q84", ("schema:name لندن@ar",))]
    assert [change.name for change in changes["coordinates"].changed] == ["wd:Q3616"]
    assert not changes["countries"].changed
    kept = json.loads(world(layout)["wikidata/report.json"])["difference"]
    assert kept["before"] == DAY
    assert kept["ties"]["changed"] == {
        "tie:112931-2643743": {"was": ["cd:startsOn 1993-05"], "now": ["cd:startsOn 1994"]}
    }
    printed = "\n".join(lines_of(report))
    assert "ties: 1 new, 1 changed, 1 gone" in printed
    assert "  ~ tie:112931-2643743: cd:startsOn 1993-05 -> cd:startsOn 1994" in printed
    # The next run with these pages finds nothing, and leaves the report of the difference as it is.
    run(layout, double, wanted=Wanted("2026-11-23", page=2))
    assert json.loads(world(layout)["wikidata/report.json"])["difference"] == kept


def test_a_run_of_some_cities_asks_for_them_alone_and_says_what_it_did_not_ask(layout: Layout, double: Double) -> None:
    run(layout, double)
    double.requests.clear()
    report = run(layout, double, wanted=Wanted(DAY, cities=("ir",), page=10))
    assert all("Q84" not in request.query for request in double.requests)
    assert report.items == 3
    assert report.changes["ties"].gone == {}
    assert report.changes["ties"].not_asked.keys() == {"tie:2643743-3553478", "tie:2643743-3553478-q1563-t1"}
    # Tehran states it too, so it is there; that London does was not asked.
    assert [change.name for change in report.changes["ties"].changed] == ["tie:112931-2643743"]
    assert report.changes["labels"].not_asked.keys() == {"wd:Q84", "wd:Q1563"}
    assert json.loads(world(layout)["wikidata/report.json"])["limited to"] == ["ir"]


@pytest.mark.parametrize(
    ("wanted", "asked"),
    [
        (("city:tehran",), {"Q3616"}),
        (("Q84", "tehran"), {"Q84", "Q3616"}),
        (("GB",), {"Q84", "Q999001"}),
        (("https://w3id.org/citydip/id/city/havana",), {"Q1563"}),
    ],
)
def test_cities_are_chosen_by_country_name_or_item(
    layout: Layout, double: Double, wanted: tuple[str, ...], asked: set[str]
) -> None:
    assert run(layout, double, wanted=Wanted(DAY, cities=wanted)).items == len(asked)
    assert all(f"wd:{item}" in double.requests[0].query or f"/{item}>" in double.requests[0].query for item in asked)


def test_a_city_that_is_not_there_is_refused_before_anything_is_asked(layout: Layout, double: Double) -> None:
    with pytest.raises(ParameterError, match="'city:atlantis'"):
        run(layout, double, wanted=Wanted(DAY, cities=("city:atlantis",)))
    assert double.requests == []


def test_without_mappings_there_is_nothing_to_ask(layout: Layout, double: Double) -> None:
    (layout.root / "data" / "cities.ttl").write_text("")
    with pytest.raises(NotFoundError, match="no city has a mapping"):
        run(layout, double)
    assert double.requests == []


@pytest.mark.parametrize("languages", [("fa", 'x" } #'), ("",), ("EN",)])
def test_a_language_that_is_none_is_refused(languages: tuple[str, ...]) -> None:
    with pytest.raises(ParameterError, match="a language is written"):
        Wanted(DAY, languages)


def test_only_the_languages_that_are_wanted_come(layout: Layout, double: Double) -> None:
    run(layout, double, wanted=Wanted(DAY, ("de",)))
    graph = open_workspace(layout)
    query = "SELECT ?name { wd:Q3616 schema:name ?name }"
    assert rows(graph, query) == [("Teheran",), ("Tehran",)]


def test_an_interrupted_run_goes_on_with_the_missing_pages(layout: Layout, double: Double) -> None:
    double.faults = dict.fromkeys(range(6, 9), status(503))
    with pytest.raises(RefreshError, match="what has come so far is kept"):
        run(layout, double, manners=Manners(attempts=3))
    assert world(layout) == {}
    came = {request.query for request in double.requests[:5]}
    refused = {request.query for request in double.requests[5:]}
    assert len(double.requests) == 8
    assert len(refused) == 1
    double.requests.clear()
    double.faults.clear()
    run(layout, double)
    asked = [request.query for request in double.requests]
    assert len(asked) == 12 - 5
    assert not came & set(asked)
    assert asked[0] in refused
    assert len(world(layout)) == 9


TRACE = b'{"head": {"vars": []}, "results": {"bindings": [{\njava.util.concurrent.TimeoutException'


def bad_days() -> dict[str, dict[int, Fault]]:
    """Return what goes wrong at which request; each would be fatal for a client that takes what comes."""
    return {
        "busy": {2: status(429, Retry_After="10"), 3: status(429), 7: status(503, Retry_After="10")},
        "broken": {1: status(500), 4: cut, 5: cut, 8: dropped, 11: status(502)},
        "lying": {2: text(b'{"head": {'), 3: text(b"<html>", "text/html"), 6: text(TRACE), 9: cut},
    }


@pytest.mark.parametrize("day", bad_days())
def test_a_bad_day_of_the_service_changes_nothing_of_what_comes(
    layout: Layout, double: Double, day: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    run(layout, double)
    good = world(layout)
    for name in ("wikidata", "wikidata-items"):
        for path in (layout.root / "data" / "world" / name).iterdir():
            path.unlink()
    double.requests.clear()
    double.faults = bad_days()[day]
    run(layout, double, fresh=True)
    assert world(layout) == good
    assert len(double.requests) == 12 + len(double.faults)


def test_a_run_that_gives_up_leaves_what_was_there(layout: Layout, double: Double) -> None:
    run(layout, double)
    before = world(layout)
    later = items()
    later["Q84"].statements.clear()
    double.hold(later)
    double.requests.clear()
    double.faults = dict.fromkeys(range(5, 50), status(500))
    with pytest.raises(RefreshError):
        run(layout, double, fresh=True)
    assert world(layout) == before
    names = sorted(path.name for path in (layout.root / "data" / "world").iterdir())
    assert names == ["wikidata", "wikidata-items"]


@pytest.mark.parametrize(
    "row",
    [b'{"item": {"type": "uri", "value": "x"}}', b'{"a": {"type": "uri", "value": "x"}}'],
)
def test_a_service_that_answers_another_question_is_told_of(layout: Layout, double: Double, row: bytes) -> None:
    double.faults = {1: text(b'{"head": {"vars": ["item"]}, "results": {"bindings": [' + row + b"]}}")}
    with pytest.raises(RefreshError, match=r"statements\.rq .* --endpoint"):
        run(layout, double)
    assert world(layout) == {}


def test_a_value_that_is_something_else_here_is_left_out(layout: Layout, double: Double) -> None:
    path = layout.root / "data" / "cities.ttl"
    path.write_text(
        path.read_text().replace("sssom:subject_id organization:metropolis", "sssom:subject_id country:iran")
    )
    report = run(layout, double)
    assert ("the value is no organization of this graph", "q3616-m1") in {
        (left.reason, left.statement) for left in report.left
    }


def test_a_statement_that_ends_before_it_begins_has_no_dates_here(layout: Layout, double: Double) -> None:
    known = items()
    dates = [("P580", At("2010-00-00", 9)), ("P582", At("2009-12-31"))]
    known["Q84"].statements[1] = Statement("P190", "Q42053", "t1", qualifiers=dates)
    double.hold(known)
    report = run(layout, double)
    told = [(left.statement, left.what) for left in report.left if left.reason == "an end before its start"]
    assert told == [("q84-t1", "2010 to 2009-12-31")]
    found = rows(open_workspace(layout), "SELECT ?any { tie:418863-2643743 cd:startsOn|cd:endsOn ?any }")
    assert found == []


def two_ends(start: str, other: str) -> Callable[[dict[str, Item]], None]:
    def change(known: dict[str, Item]) -> None:
        known["Q84"].statements[2] = Statement("P190", "Q1563", "t2", qualifiers=[("P580", At(start, 9))])
        known["Q1563"].statements[1] = Statement("P190", "Q84", "t1", qualifiers=[("P580", At(other, 9))])

    return change


def one_side_twice(known: dict[str, Item]) -> None:
    known["Q1563"].statements.clear()
    known["Q84"].statements[2:3] = [
        Statement("P190", "Q1563", "t2", qualifiers=[("P580", At("1985-00-00", 9)), ("P582", At("1990-00-00", 9))]),
        Statement("P190", "Q1563", "t8", qualifiers=[("P580", At("2001-00-00", 9))]),
    ]


@pytest.mark.parametrize(
    ("change", "ties", "contradictions"),
    [
        (two_ends("1985-00-00", "1985-00-00"), 1, 0),
        (two_ends("1985-00-00", "1986-00-00"), 2, 1),
        # Two periods of one side are two ties, and no contradiction.
        (one_side_twice, 2, 0),
    ],
)
def test_statements_of_one_pair_are_one_tie_as_long_as_they_agree(
    layout: Layout, double: Double, change: Callable[[dict[str, Item]], None], ties: int, contradictions: int
) -> None:
    known = items()
    change(known)
    double.hold(known)
    run(layout, double)
    graph = open_workspace(layout)
    assert len(rows(graph, "SELECT ?tie { ?tie cd:hasParty city:london, city:havana }")) == ties
    assert len(rows(graph, "SELECT ?tie { ?tie cd:contradicts ?other }")) == contradictions
