"""The checks of identity pass on what is shipped, and find each planted fault at its line."""

from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from citydip.curation.checks import check_queries
from citydip.curation.compute import compute
from citydip.curation.layout import Layout
from citydip.curation.workspace import Workspace, open_workspace
from citydip.model.findings import Finding
from citydip.model.geography import NEAR, distance
from citydip.model.terms import PREFIXES
from tests.conftest import ROOT

IDENTITY = (
    "coordinates-apart",
    "country-mismatch",
    "identifier-used-twice",
    "mapping-used-twice",
    "unresolved-homonym",
)
HEAD = "".join(
    f"@prefix {prefix}: <{PREFIXES[prefix]}> .\n"
    for prefix in ("cd", "city", "country", "division", "geo", "mapping", "rdfs", "skos", "source", "sssom", "wd")
)
WORLD = """
country:iran a cd:Country ; cd:isoCode "IR" .
division:ir-gilan a cd:AdministrativeDivision ; cd:locatedIn country:iran .
division:ir-mazandaran a cd:AdministrativeDivision ; cd:locatedIn country:iran .
city:rasht-1 a cd:City ; rdfs:label "Rasht"@en ; cd:locatedIn division:ir-gilan ; cd:geonamesIdentifier "1" ;
    geo:asWKT "POINT(49.58862 37.27611)"^^geo:wktLiteral .
city:rasht-2 a cd:City ; rdfs:label "{name}"@en ; cd:locatedIn {place} ; cd:geonamesIdentifier "{number}" .
city:rasht-2 {more} cd:population 7 .
mapping:1-wikidata a sssom:Mapping ; sssom:subject_id city:rasht-1 ; sssom:object_id wd:Q180544 ;
    sssom:predicate_id skos:{match} ; cd:recordedCountryCode "{country}" {note} ;
    cd:recordedPoint "POINT({point})"^^geo:wktLiteral .
mapping:2-wikidata a sssom:Mapping ; sssom:subject_id city:rasht-2 ; sssom:object_id wd:{item} ;
    sssom:predicate_id skos:exactMatch .
"""
SOUND = {
    "name": "Khomam",
    "place": "division:ir-gilan",
    "number": "2",
    "more": "",
    "match": "exactMatch",
    "country": "IR",
    "note": "",
    "point": "49.6 37.3",
    "item": "Q2",
}
TOLD = '; skos:editorialNote "It lies on the border."@en'


def findings(tmp_path: Path, change: dict[str, str]) -> list[Finding]:
    """Return what the checks of identity find in a world with one change."""
    for name in ("cities", "wikidata-mappings"):
        (tmp_path / "data" / "world" / name).mkdir(parents=True)
    # Cities and mappings lie in graphs of their own, which the rules look into.
    cities, mark, mappings = WORLD.format_map(SOUND | change).partition("mapping:1-wikidata")
    (tmp_path / "data" / "world" / "cities" / "ir.ttl").write_text(HEAD + cities)
    (tmp_path / "data" / "world" / "wikidata-mappings" / "ir.ttl").write_text(HEAD + mark + mappings)
    (tmp_path / "queries").mkdir()
    (tmp_path / "queries" / "compute").symlink_to(ROOT / "queries" / "compute")
    (tmp_path / "queries" / "checks").symlink_to(ROOT / "queries" / "checks")
    workspace = open_workspace(Layout(tmp_path, tmp_path / "snapshots"))
    assert workspace.findings == []
    compute(workspace, lambda line: None)
    return [finding for finding in check_queries(workspace) if finding.rule in IDENTITY]


def test_nothing_is_found_in_what_is_shipped(world: Workspace) -> None:
    assert [finding for finding in check_queries(world) if finding.rule in IDENTITY] == []


SOUND_CHANGES: list[dict[str, str]] = [
    {},
    {"match": "closeMatch", "point": "49.9 40.4", "country": "AZ"},
    {"country": "AZ", "note": TOLD},
    {"name": "Rasht", "place": "division:ir-mazandaran"},
    {"name": "Rasht", "more": "cd:possiblyIdenticalTo city:rasht-1 ;"},
    {"name": "Rasht", "more": "cd:sharesNameWith city:rasht-1 ;"},
]


@pytest.mark.parametrize("change", SOUND_CHANGES, ids=str)
def test_nothing_is_found_where_all_is_well(tmp_path: Path, change: dict[str, str]) -> None:
    assert findings(tmp_path, change) == []


@pytest.mark.parametrize(
    ("change", "rules", "words"),
    [
        ({"point": "49.58862 37.51"}, {"coordinates-apart"}, "recorded 26 km away from city:rasht-1"),
        ({"point": "49.9 40.4", "note": TOLD}, {"coordinates-apart"}, "recorded 348 km away"),
        ({"country": "AZ"}, {"country-mismatch"}, "which is recorded in AZ, but city:rasht-1 is in IR"),
        ({"item": "Q180544"}, {"mapping-used-twice", "identifier-used-twice"}, "both"),
        ({"number": "1"}, {"identifier-used-twice", "mapping-used-twice"}, "both"),
        ({"name": "Rasht"}, {"unresolved-homonym"}, "both lie in division:ir-gilan"),
        ({"name": "Rasht", "place": "country:iran"}, {"unresolved-homonym"}, "both lie in country:iran"),
    ],
)
def test_a_planted_fault_is_found_at_its_place(
    tmp_path: Path, change: dict[str, str], rules: set[str], words: str
) -> None:
    found = findings(tmp_path, change)
    assert {finding.rule for finding in found} <= rules
    assert found
    assert all(words in finding.message for finding in found)
    assert {finding.file for finding in found if finding.file} <= {
        "data/world/cities/ir.ttl",
        "data/world/wikidata-mappings/ir.ttl",
    }


# The distance that SPARQL can compute, beside the one on the great circle.

_TEXT = (ROOT / "queries" / "checks" / "coordinates-apart.rq").read_text(encoding="utf-8")
_FORMULA = "\n".join(
    line for line in _TEXT.splitlines() if line.strip().startswith("BIND (") and "cd:recordedPoint" not in line
)


def computed(longitude: float, latitude: float, other_longitude: float, other_latitude: float) -> tuple[float, int]:
    """Return the square of the distance that the check compares, and the kilometres that it names."""
    query = f"""SELECT ?square ?kilometres {{
        VALUES (?here ?there) {{ ("POINT({longitude} {latitude})" "POINT({other_longitude} {other_latitude})") }}
        {_FORMULA} }}"""
    solutions = ox.Store().query(query, prefixes=PREFIXES)
    assert isinstance(solutions, ox.QuerySolutions)
    (row,) = solutions
    return float(row["square"].value), int(row["kilometres"].value)


degrees = st.integers(-17999, 17999).map(lambda n: n / 100)
step = st.integers(-100, 100).map(lambda n: n / 100)


@given(degrees, st.integers(-7900, 7900).map(lambda n: n / 100), step, step)
def test_distances_up_to_a_hundred_kilometres_are_right_to_one_part_in_a_hundred(
    longitude: float, latitude: float, east: float, north: float
) -> None:
    other = (round((longitude + east + 180) % 360 - 180, 4), round(latitude + north, 4))
    exact = distance(longitude, latitude, *other)
    square, kilometres = computed(longitude, latitude, *other)
    assert abs(square**0.5 - exact) <= 0.01 * exact + 0.01
    if exact > NEAR:
        assert abs(kilometres - exact) <= 0.01 * exact + 0.6


@pytest.mark.parametrize(
    "places",
    [(0, 0, 180, 0), (-3.7, 40.4, 122.9, 10.4), (51.42, 35.69, -0.12, 51.5), (179.9, 0, -60, 75), (10, 60, 10, -60)],
)
def test_what_is_far_is_never_taken_for_near(places: tuple[float, float, float, float]) -> None:
    square, kilometres = computed(*places)
    assert square > 100 * NEAR**2
    assert kilometres > 10 * NEAR


def test_the_other_side_of_the_date_line_is_near() -> None:
    square, _ = computed(179.99, -16.8, -179.99, -16.8)
    assert square < NEAR**2
