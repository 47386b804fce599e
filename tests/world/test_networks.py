"""Memberships and titles of the lists: every row is accounted for, and what stands in the graph is what its row says.

An evidence says in ``dcterms:identifier`` which line of which table it holds. Where the shared tables are at hand, all
four importers run into a folder of their own, and what they make is compared with the rows.
"""

import csv
import random
import re
import shutil
from collections import Counter
from collections.abc import Iterator

import pyoxigraph as ox
import pytest

from citydip.curation.checks import check_queries
from citydip.curation.compute import compute
from citydip.curation.importers.c40 import C40_IMPORTER
from citydip.curation.importers.creative_cities import CREATIVE_CITIES_IMPORTER
from citydip.curation.importers.etmun import ETMUN_IMPORTER
from citydip.curation.importers.importing import Importer, Report, run_importer
from citydip.curation.importers.urbact import URBACT_IMPORTER
from citydip.curation.layout import Layout
from citydip.curation.manifest import check_manifest
from citydip.curation.workspace import Workspace, open_workspace
from citydip.model.terms import GRAPH
from tests.conftest import ROOT
from tests.world.asking import ask

SHARED = ROOT.parent / "shared" / "sources"
IMPORTERS = (CREATIVE_CITIES_IMPORTER, C40_IMPORTER, ETMUN_IMPORTER, URBACT_IMPORTER)
needs_tables = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared tables of the lists are not at hand")

LIST = "?statement cd:hasEvidence/oa:hasSource"


def run(importer: Importer, layout: Layout, said: list[str] | None = None) -> Report:
    say = (said if said is not None else []).append
    return run_importer(importer, layout, SHARED, say, lambda share, table: None)


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Layout, dict[str, Report]]:
    """Return the layout of a copy of the graph's files into which all four lists are imported, and their reports."""
    root = tmp_path_factory.mktemp("networks")
    unshipped = [importer.sets[0].name for importer in IMPORTERS if not importer.shipped]
    for folder in ("ontology", "shapes", "data", "queries"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns(*unshipped))
    layout = Layout(root, root / "snapshots")
    return layout, {importer.name: run(importer, layout) for importer in IMPORTERS}


@pytest.fixture(scope="module")
def whole(imported: tuple[Layout, dict[str, Report]]) -> Workspace:
    """Return the graph with all four lists in it, and what the rules make of it."""
    workspace = open_workspace(imported[0])
    assert workspace.findings == []
    assert compute(workspace, lambda line: None)[1] == []
    return workspace


def rows(table: str) -> list[dict[str, str]]:
    """Return the rows of a shared table; line 2 is the first."""
    with (SHARED / table).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def line(identifier: str) -> int:
    match = re.fullmatch(r"[a-z]+\.csv:([0-9]+)", identifier)
    assert match, identifier
    return int(match[1])


def test_all_creative_cities_are_titles_and_members(world_store: ox.Store) -> None:
    source = "source:unesco-creative-cities"
    titles = ask(world_store, f"{LIST} {source} . ?statement a cd:Designation ; cd:hasDesignee ?city")
    members = ask(world_store, f"{LIST} {source} . ?statement a cd:Membership ; cd:hasMember ?city")
    assert len({row["statement"] for row in titles}) == len({row["statement"] for row in members}) == 382
    assert len({row["city"] for row in titles}) == 382
    assert {row["city"] for row in titles} == {row["city"] for row in members}


def test_a_title_has_its_field_its_round_and_what_the_round_rests_on(world_store: ox.Store) -> None:
    found = ask(
        world_store,
        """?designation cd:hasEvidence ?listed, ?round ; cd:hasCreativeField ?field ; cd:startsOn/cd:expression ?when .
        ?listed cd:listedAs ?name . ?round cd:hasConfidence ?sure ; skos:editorialNote ?note .
        FILTER (STRENDS(STR(?round), "-round") && LANG(?note) = "en")""",
    )
    titles = [row for row in found if row["designation"].startswith("designation:unesco-creative-city-")]
    assert len(titles) == 382
    assert Counter(row["when"] for row in titles) == {
        "2004/2014": 69,
        "2015-12-11": 47,
        "2017-10-31": 64,
        "2019-10-30": 66,
        "2021-11-08": 49,
        "2023-10-31": 55,
        "2025-10-31": 32,
    }
    assert Counter(row["sure"] for row in titles) == {"confidence:stated": 266, "confidence:implied": 116}
    assert all("order of the list" in row["note"] for row in titles if row["sure"] == "confidence:implied")
    assert len({row["field"] for row in titles}) == 8


def test_all_members_of_c40_are_there(world_store: ox.Store) -> None:
    members = ask(
        world_store, f"{LIST} source:c40-member-cities . ?statement cd:hasMember ?city ; cd:hasOrganization ?net"
    )
    assert len({row["city"] for row in members}) == len(members) == 97
    assert {row["net"] for row in members} == {"organization:c40"}


def test_shortcuts_follow_from_the_lists(world_store: ox.Store) -> None:
    creative = ask(world_store, "?city cd:memberOf organization:unesco-creative-cities-network ; a cd:City")
    assert len(creative) >= 382
    assert len(ask(world_store, "?city cd:designatedBy organization:unesco ; a cd:City")) >= 382
    assert len(ask(world_store, "?city cd:memberOf organization:c40 ; a cd:City")) >= 97


@pytest.mark.parametrize("city", ["isfahan", "rasht", "sanandaj", "bandar-abbas", "kermanshah", "kashan"])
def test_a_title_that_pages_report_too_has_the_same_field_and_day_in_the_list(world_store: ox.Store, city: str) -> None:
    found = ask(
        world_store,
        f"""?designation cd:hasDesignee city:{city} ; cd:hasCreativeField ?field ; cd:startsOn/cd:earliestDay ?day ;
        cd:underProgramme organization:unesco-creative-cities-network""",
    )
    assert len({row["designation"] for row in found}) == 2
    assert len({(row["field"], row["day"]) for row in found}) == 1


def test_one_organization_has_one_node(world_store: ox.Store) -> None:
    for name in ("C40", "UCLG", "Metropolis", "UCCN", "LHC"):
        found = ask(world_store, f'?thing rdfs:label|skos:altLabel "{name}"@en ; a cd:CityNetwork')
        assert len({row["thing"] for row in found}) == 1, name


@needs_tables
def test_every_row_is_imported_or_left_out_with_its_reason(imported: tuple[Layout, dict[str, Report]]) -> None:
    reports = imported[1]
    left = {name: {group.reason: group.count for group in report.left_out} for name, report in reports.items()}
    assert {name: report.rows for name, report in reports.items()} == {
        "creative-cities": {"unesco-creative-cities/members.csv": 382},
        "c40": {"c40-members/members.csv": 97},
        "etmun": {"etmun-city-networks/networks.csv": 58, "etmun-city-networks/memberships.csv": 17333},
        "urbact": {"etmun-city-networks/urbact.csv": 1510},
    }
    assert left == {
        "creative-cities": {},
        "c40": {},
        "etmun": {
            "it has no GeoNames number": 9,
            "its name has no Latin letter": 1,
            "neither its country nor its name fits its GeoNames number": 21,
            "the list has it as a partner, not as a member": 16,
        },
        "urbact": {"the graph has no city of its GeoNames number": 2},
    }
    assert reports["c40"].figures["the same place as in the table"] == 94


@needs_tables
@pytest.mark.parametrize("importer", IMPORTERS, ids=lambda importer: importer.name)
def test_importing_again_changes_nothing(imported: tuple[Layout, dict[str, Report]], importer: Importer) -> None:
    said: list[str] = []
    run(importer, imported[0], said)
    assert said
    assert all(text.startswith("unchanged: ") for text in said)


@needs_tables
def test_what_is_shipped_is_what_the_importers_make(imported: tuple[Layout, dict[str, Report]]) -> None:
    for importer in IMPORTERS:
        if not importer.shipped:
            continue
        folders = [root / "data" / "world" / importer.sets[0].name for root in (ROOT, imported[0].root)]
        ours, made = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders)
        assert ours == made, f"run: citydip import {importer.name} SOURCE"


@needs_tables
def test_the_graph_passes_its_checks_with_the_lists_that_are_not_shipped(whole: Workspace) -> None:
    assert list(check_manifest(whole)) == []
    assert list(check_queries(whole)) == []
    for name in ("etmun", "urbact"):
        (description,) = ask(
            whole.store, f"<{GRAPH[f'world/{name}']}> cd:redistributable ?may ; dcterms:rights ?rights"
        )
        assert description["may"] == "false"
        assert description["rights"].startswith("No licence stated")


def evidence_of(store: ox.Store, table: str, source: str) -> dict[int, dict[str, str]]:
    """Return what the graph says of each line of a table: the statement that the line is evidence for."""
    found = ask(
        store,
        f"""?evidence oa:hasSource {source} ; dcterms:identifier ?row .
        ?statement cd:hasEvidence ?evidence ; cd:hasStatus ?status .
        OPTIONAL {{ ?evidence cd:listedAs ?name }}
        OPTIONAL {{ ?statement cd:hasMember ?member }}
        OPTIONAL {{ ?statement cd:hasMember ?city . ?city cd:geonamesIdentifier ?number }}
        OPTIONAL {{ ?statement cd:startsOn/cd:expression ?start }}
        OPTIONAL {{ ?statement cd:endsOn/cd:expression ?end }}
        OPTIONAL {{ ?statement cd:listedStatus ?listed }}
        FILTER (STRSTARTS(?row, "{table}:"))""",
    )
    return {line(row["row"]): row for row in found}


def sample(seed: str, found: dict[int, dict[str, str]], size: int) -> Iterator[tuple[int, dict[str, str]]]:
    assert len(found) >= size
    yield from random.Random(seed).sample(sorted(found.items()), size)


@needs_tables
def test_fifty_memberships_say_what_their_rows_say(whole: Workspace) -> None:
    table = rows("etmun-city-networks/memberships.csv")
    found = evidence_of(whole.store, "memberships.csv", "source:etmun")
    # What proves the founding of a network is of another table, so each line here proves a membership.
    assert len(found) == 17333 - 47
    seen = set()
    for number, fact in sample("fifty memberships", found, 50):
        row = table[number - 2]
        assert fact.get("name", "") == row["member"].strip()
        assert fact.get("listed", "") == row["status"]
        if re.fullmatch("[0-9]{4}", row["year_joined"]):
            assert fact["start"] == row["year_joined"]
        else:
            assert fact.get("start", "")[:4] == row["year_joined"][:4]
        if row["entity"] in {"City", "Municipality"}:
            assert fact["number"] == row["geonames"]
        else:
            assert fact["member"].startswith("organization:")
        (network,) = ask(
            whole.store, f"{fact['statement']} cd:hasOrganization/rdfs:label ?label FILTER (LANG(?label) = 'en')"
        )
        seen.add(network["label"])
    assert "Covenant of Mayors" in seen


@needs_tables
def test_partners_of_urbact_and_members_of_c40_say_what_their_rows_say(whole: Workspace) -> None:
    table = rows("etmun-city-networks/urbact.csv")
    for number, fact in sample("partners", evidence_of(whole.store, "urbact.csv", "source:urbact"), 20):
        row = table[number - 2]
        assert (fact["name"], fact["number"], fact["listed"]) == (row["city"].strip(), row["geonames"], row["status"])
        assert (fact["start"], fact.get("end", "NA")) == (row["start"], row["end"])
        assert fact["status"] == ("status:in-force" if row["end"] == "NA" else "status:ended")
    members = evidence_of(whole.store, "members.csv", "source:c40-member-cities")
    names = [row["city_as_listed"] for row in rows("c40-members/members.csv")]
    assert {number: fact["name"] for number, fact in members.items()} == dict(enumerate(names, 2))


@needs_tables
def test_twenty_designations_say_what_their_rows_say(whole: Workspace) -> None:
    table = rows("unesco-creative-cities/members.csv")
    found = ask(
        whole.store,
        """?designation a cd:Designation ; cd:hasEvidence ?listed, ?round ; cd:hasCreativeField/skos:prefLabel ?field ;
          cd:hasDesignee ?city ; cd:startsOn/cd:expression ?start .
        ?listed oa:hasSource source:unesco-creative-cities ; dcterms:identifier ?row ; cd:listedAs ?name .
        ?round oa:hasSource ?source .
        FILTER (STRENDS(STR(?round), "-round") && LANG(?field) = "en")
        OPTIONAL { ?city cd:geonamesIdentifier ?number } OPTIONAL { ?source rdfs:seeAlso ?page }
        OPTIONAL { ?designation rdfs:seeAlso ?unesco }""",
    )
    facts = {line(row["row"]): row for row in found}
    assert len(facts) == 382
    for number, fact in sample("twenty designations", facts, 20):
        row = table[number - 2]
        assert (fact["name"], fact["field"]) == (row["city"], row["field"])
        assert fact["start"] == (row["date_designated"] or row["round"].replace("-", "/"))
        assert fact.get("unesco", "<>")[1:-1] == row["unesco_page"]
        if row["geonames"]:
            assert fact["number"] == row["geonames"]
        if row["round_basis"] == "page":
            assert row["round_source"].startswith(fact["page"][1:-1])
        else:
            assert fact["source"] == "source:unesco-creative-cities"
