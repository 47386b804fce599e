"""A table goes through a real OpenRefine: it is matched, judged, filled from what was matched, and exported."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from citydip.curation.snapshot import Snapshot
from tests.reconcile.openrefine import OpenRefine, Project, running_openrefine
from tests.web.conftest import serving

TABLE = """name,country,founded
Tehran,Iran,
Mashad,IR,
اصفهان,ایران,
Zzyzx,,
Tabriz,Türkiye,
شیراز,Iran,
,Iran,
Kazan,Russia,
"""
CITY = {"id": "City", "name": "city"}
MATCHED = {
    "Tehran": "city/tehran",
    "Mashad": "city/mashhad",
    "اصفهان": "city/isfahan",
    "شیراز": "city/shiraz",
    "Kazan": "city/kazan",
}


@pytest.fixture(scope="module")
def service(snapshot: Snapshot) -> Iterator[str]:
    """Yield the address that a user gives OpenRefine."""
    with serving(snapshot.path.parent, "--workers", "2") as address:
        yield address + "/reconcile"


@pytest.fixture(scope="module")
def refine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenRefine]:
    """Yield a running OpenRefine."""
    with running_openrefine(tmp_path_factory.mktemp("openrefine")) as running:
        yield running


@pytest.fixture
def manifest(service: str) -> Any:
    """Return what the service tells of itself, as OpenRefine's page fetches it."""
    return httpx.get(service, headers={"Origin": "http://127.0.0.1:3333"}).json()


def spaces(manifest: Any) -> dict[str, str]:
    return {name: manifest[name] for name in ("identifierSpace", "schemaSpace")}


def reconcile(project: Project, service: str, manifest: Any, column: str, **config: Any) -> None:
    """Match a column as the button *Start reconciling* does."""
    given = {"mode": "standard-service", "service": service, **spaces(manifest), "autoMatch": True, "limit": 0}
    project.run("reconcile", columnName=column, config={**given, "type": CITY, "columnDetails": [], **config})


def extend(project: Project, service: str, manifest: Any, column: str, properties: list[Any], place: int) -> None:
    """Add columns as *Add columns from reconciled values* does."""
    form = {"columnName": column, "baseColumnName": column, "endpoint": service, **spaces(manifest)}
    project.run("extend-data", extension={"properties": properties}, columnInsertIndex=str(place), **form)


@pytest.fixture
def project(refine: OpenRefine, service: str, manifest: Any) -> Project:
    """Return the table, matched with type and country."""
    made = refine.create("cities", TABLE)
    country = {"column": "country", "property": {"id": "country", "name": "country"}}
    reconcile(made, service, manifest, "name", columnDetails=[country])
    return made


def test_the_type_of_a_column_is_guessed(refine: OpenRefine, service: str) -> None:
    guessed = refine.create("guess", TABLE).guess_types("name", service)
    assert guessed[0]["id"] == "City"
    assert guessed[0]["name"] == "city"


def test_rows_are_matched_by_name_and_country(project: Project, service: str, manifest: Any) -> None:
    cells = {cell["v"]: cell["r"] for cell in project.column("name") if cell["v"]}
    assert {name: cell["m"]["id"] for name, cell in cells.items() if cell["j"] == "matched"} == MATCHED
    assert all(cell["service"] == service for cell in cells.values())
    assert cells["Tehran"]["m"]["types"] == ["City"]
    assert cells["Zzyzx"]["c"] == []
    # Another country contradicts it: it is a candidate, with its features, for the user to judge.
    tabriz = cells["Tabriz"]
    assert (tabriz["j"], tabriz["c"][0]["id"]) == ("none", "city/tabriz")
    link = manifest["view"]["url"].replace("{{id}}", cells["Tehran"]["m"]["id"])
    assert httpx.get(link, headers={"Accept": "text/html"}, follow_redirects=True).status_code == 200


def test_a_cell_is_judged_and_the_table_exported(project: Project, service: str, manifest: Any) -> None:
    tabriz = next(n for n, cell in enumerate(project.column("name")) if cell["v"] == "Tabriz")
    project.run("recon-judge-one-cell", row=str(tabriz), cell="0", judgment="matched", id="city/tabriz",
                name="Tabriz", types="City", score="50", service=service, **spaces(manifest))  # fmt: skip
    recon = {"output": "entity-id", "blankUnmatchedCells": True, "linkToEntityPages": False}
    lines = project.export([{"name": "name", "reconSettings": recon}, {"name": "country"}])
    assert lines[0] == "name,country"
    assert [line.split(",")[0] for line in lines[1:]] == [
        "city/tehran", "city/mashhad", "city/isfahan", "", "city/tabriz", "city/shiraz", "", "city/kazan",
    ]  # fmt: skip


def test_best_candidates_can_be_taken_at_once(project: Project) -> None:
    project.run("recon-match-best-candidates", columnName="name")
    cells = {cell["v"]: cell["r"] for cell in project.column("name") if cell["v"]}
    assert cells["Tabriz"]["m"]["id"] == "city/tabriz"
    assert cells["Zzyzx"]["j"] == "none"


def test_columns_are_added_from_matched_cells(project: Project, service: str, manifest: Any) -> None:
    offered = manifest["extend"]["propose_properties"]
    answer = httpx.get(offered["service_url"] + offered["service_path"], params={"type": "City"}).json()
    proposed = {one["id"]: {"id": one["id"], "name": one["name"]} for one in answer["properties"]}
    wanted = [proposed["country"], proposed["population"], proposed["coordinates"],
              {**proposed["partner"], "settings": {"limit": "1", "references": "any", "as_of": "", "status": "any"}},
              {"id": "cd:locatedIn/cd:isoCode", "name": "cd:locatedIn/cd:isoCode"}]  # fmt: skip

    numbers = json.dumps(list(range(8)))
    shown = project.run("preview-extend-data", {"columnName": "name"}, rowIndices=numbers,
                        extension={"properties": wanted})  # fmt: skip
    assert [column["name"] for column in shown["columns"]] == [
        "country", "population", "coordinates", "partner city", "cd:locatedIn/cd:isoCode",
    ]  # fmt: skip
    assert shown["rows"][0][1]["id"] == "country/iran"

    extend(project, service, manifest, "name", wanted, 1)
    values = {name: [cell["v"] for cell in project.column(name)] for name in ("population", "coordinates", "country2")}
    matched = [cell["r"] is not None and cell["r"]["j"] == "matched" for cell in project.column("name")]
    assert [isinstance(number, int) for number in values["population"]] == matched
    assert [bool(point) and point.startswith("POINT(") for point in values["coordinates"]] == matched
    countries = [cell["r"]["m"]["id"] for cell in project.column("country2") if cell["r"]]
    assert countries == ["country/iran"] * 4 + ["country/russia"]
    assert any(cell["r"] and cell["r"]["m"]["id"].startswith("city/") for cell in project.column("partner city"))

    # What was added is matched already, so that columns can be added from it in turn.
    extend(project, service, manifest, "country2", [{"id": "iso", "name": "ISO code"}], 2)
    assert [cell["v"] for cell in project.column("ISO code") if cell["v"]] == ["IR"] * 4 + ["RU"]


def test_sources_are_added_in_the_place_of_values(project: Project, service: str, manifest: Any) -> None:
    asked = {"id": "mayor", "name": "mayor", "settings": {"references": "sources", "limit": "1"}}
    extend(project, service, manifest, "name", [asked], 1)
    found = [cell["r"]["m"]["id"] for cell in project.column("mayor") if cell["r"]]
    assert found
    assert all(one.startswith("source/") for one in found)


def test_dates_are_read(refine: OpenRefine, service: str, manifest: Any) -> None:
    made = refine.create("people", "name,city\nGhalibaf,Tehran\n")
    city = {"column": "city", "property": {"id": "mayorOf", "name": "mayor of"}}
    reconcile(made, service, manifest, "name", type={"id": "Person", "name": "person"}, columnDetails=[city])
    assert made.column("name")[0]["r"]["m"]["id"] == "person/mohammad-bagher-ghalibaf"
    extend(made, service, manifest, "name", [{"id": "date", "name": "date"}], 1)
    assert [cell["v"] for cell in made.column("date") if cell["v"]]


def test_a_column_of_identifiers_needs_no_matching(refine: OpenRefine, service: str, manifest: Any) -> None:
    made = refine.create("identifiers", "city\ncity/tehran\ncity/baku\n")
    made.run("recon-use-values-as-identifiers", columnName="city", service=service, **spaces(manifest))
    extend(made, service, manifest, "city", [{"id": "wikidata", "name": "Wikidata"}], 1)
    assert [cell["v"] for cell in made.column("Wikidata identifier")] == ["Q3616", "Q9248"]


@pytest.mark.parametrize(("what", "typed", "found"), [("type", "mun", "Municipality"), ("property", "coun", "country"),
                                                      ("entity", "Tehr", "city/tehran")])  # fmt: skip
def test_what_its_search_boxes_ask_is_answered(manifest: Any, what: str, typed: str, found: str) -> None:
    # The boxes are Freebase Suggest: they put the two parts of an address together and add what is typed.
    suggest = manifest["suggest"][what]
    page = {"Origin": "http://127.0.0.1:3333"}
    answer = httpx.get(
        suggest["service_url"] + suggest["service_path"], params={"prefix": typed, "type": ""}, headers=page
    )
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.json()["result"][0]["id"] == found
    shown = suggest["flyout_service_url"] + suggest["flyout_service_path"].replace("${id}", quote(found, safe=""))
    flyout = httpx.get(shown, headers=page)
    assert flyout.headers["access-control-allow-origin"] == "*"
    assert flyout.json()["id"] == found
    assert flyout.json()["html"]
