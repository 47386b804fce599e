"""The importer of further names and codes: what it takes from each table for the cities, and what it leaves out."""

import csv
from pathlib import Path

import pytest

from citydip.curation.importers.city_names import CITY_NAMES_IMPORTER, LOCODE, NATURAL_EARTH, SPINE, WHOS_ON_FIRST
from citydip.curation.importers.importing import Report, run_importer
from citydip.curation.importers.tables import Table
from citydip.curation.layout import Layout
from citydip.curation.turtle import read_turtle
from citydip.model.terms import PREFIXES
from tests.conftest import ROOT, copy_graph

SHARED = ROOT.parent / "shared" / "sources"
needs_table = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared tables of names are not at hand")
FLORENCE = {"geonames_id": "3176959", "wikidata_qid": "Q2044", "name_en": "Florence", "name_geonames": "Florence",
            "name_fa": "فلورانس", "country_iso2": "IT", "lat": "43.77925", "lon": "11.24626"}  # fmt: skip
VINCI = {"geonames_id": "3164104", "wikidata_qid": "Q82884", "name_en": "Vinci", "name_geonames": "Vinci",
         "country_iso2": "IT", "lat": "43.77874", "lon": "10.92645"}  # fmt: skip
NUMBERLESS = {"geonames_id": "1", "name_en": "Nowhere", "country_iso2": "IT", "lat": "0", "lon": "0"}
CODE = {"locode": "ITFLR", "wikidata_qid": "Q2044", "lat": "43.7667", "lon": "11.25", "found_in": "match2"}
NO_PLACE = {"lat": "", "lon": ""}


def run(tmp_path: Path, **tables: list[dict[str, str]]) -> tuple[set[tuple[str, str]], Report]:
    """Import small tables; return name of the city and text of the literal of each triple, and the report."""
    cities = tmp_path / "data/world/cities"
    cities.mkdir(parents=True)
    spine = [FLORENCE, VINCI, NUMBERLESS]
    known = {"spine": SPINE, "natural_earth": NATURAL_EARTH, "whos_on_first": WHOS_ON_FIRST, "codes": LOCODE}
    for name, table in known.items():
        write(tmp_path / "in", table, ({"spine": spine} | tables).get(name, []))
    lines = [
        f'<{PREFIXES["city"]}{row["name_en"].lower()}> <{PREFIXES["cd"]}geonamesIdentifier> "{row["geonames_id"]}" .\n'
        for row in spine
    ]
    (cities / "it.ttl").write_text("".join(lines))
    layout = Layout(tmp_path, tmp_path / "snapshots")
    report = run_importer(CITY_NAMES_IMPORTER, layout, tmp_path / "in", lambda line: None, lambda share, table: None)
    paths = [path for name in ("city-names", "locodes") for path in (tmp_path / "data/world" / name).glob("*.ttl")]
    triples = [triple for path in paths for triple in read_turtle(path).triples]
    return {(str(t.subject.value).rpartition("/")[2], str(t.object)) for t in triples}, report  # type: ignore[union-attr]


def write(source: Path, table: Table, rows: list[dict[str, str]]) -> None:
    path = source / table.path
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(table.columns), restval="")
        writer.writeheader()
        writer.writerows(rows)


def test_names_of_the_same_item_are_taken_but_those_it_has(tmp_path: Path) -> None:
    natural = {"geonames_id": "3176959", "wikidata_qid": "Q2044", "name_en": "FLORENCE", "name_de": "Florenz",
               "name_es": "Florencia", "name_fr": "Florence", "name_ru": "Флоренция",
               "name_zh": "佛罗伦萨"}  # fmt: skip
    local = {"geonames_id": "3176959", "wikidata_qid": "Q2044", "name": "Firenze", "name_tur": "Floransa"}
    found, report = run(tmp_path, natural_earth=[natural], whos_on_first=[local])
    assert found == {
        ("florence", '"Florenz"@de'),
        ("florence", '"Florencia"@es'),
        ("florence", '"Флоренция"@ru'),
        ("florence", '"佛罗伦萨"@zh'),
        ("florence", '"Firenze"@und'),
        ("florence", '"Floransa"@tr'),
    }
    assert report.figures["names, de"] == 1


@pytest.mark.parametrize(
    "change",
    [{"wikidata_qid": "Q1"}, {"geonames_id": "3164104"}, {"wikidata_qid": ""}, {"name": "50 km"}, {"name": "F?renze"}],
    ids=str,
)
def test_another_item_or_place_gives_no_name(tmp_path: Path, change: dict[str, str]) -> None:
    local = {"geonames_id": "3176959", "wikidata_qid": "Q2044", "name": "Firenze"}
    assert run(tmp_path, whos_on_first=[local | change])[0] == set()


def test_small_places_get_no_names_in_other_languages(tmp_path: Path) -> None:
    local = {"geonames_id": "3164104", "wikidata_qid": "Q82884", "name": "Vinci sul Colle", "name_tur": "Da Vinci"}
    assert run(tmp_path, whos_on_first=[local])[0] == {("vinci", '"Vinci sul Colle"@und')}


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([CODE], None),
        ([CODE | {"lat": "45.46", "lon": "9.19"}], "it lies elsewhere"),
        ([CODE | {"locode": "FRFLR"}], "it is of another country"),
        ([CODE, CODE | {"wikidata_qid": "Q9"}], "it has several items"),
        ([CODE | {"found_in": "OEF-2024+P1937-2022"}, CODE | {"wikidata_qid": "Q9"}], None),
        ([CODE | NO_PLACE], "it is joined by a guess"),
        ([CODE | NO_PLACE | {"found_in": "match1"}], None),
        ([CODE | NO_PLACE | {"found_in": "OEF-2024+match2"}], None),
        ([CODE | NO_PLACE | {"found_in": "OEF-2024+match2", "locode": "ITXYZ"}], "it is joined by a guess"),
    ],
)
def test_codes_that_may_be_guesses_are_left_out(tmp_path: Path, rows: list[dict[str, str]], reason: str | None) -> None:
    found, report = run(tmp_path, codes=rows)
    assert found == (set() if reason else {("florence", '"ITFLR"')})
    assert report.figures == ({f"codes left out: {reason}": 1} if reason else {"codes": 1})


def test_what_is_no_code_is_passed_over(tmp_path: Path) -> None:
    assert run(tmp_path, codes=[CODE | {"locode": "IT FLR"}, CODE | {"locode": "ITFL1"}])[0] == set()


@needs_table
def test_the_importer_gives_what_is_tracked_and_nothing_else(tmp_path: Path) -> None:
    layout = copy_graph(tmp_path)
    (tmp_path / "data/world").mkdir(exist_ok=True)
    (tmp_path / "data/world/cities").symlink_to(ROOT / "data/world/cities")
    run_importer(CITY_NAMES_IMPORTER, layout, SHARED, lambda line: None, lambda share, table: None)
    for name in ("city-names", "locodes"):
        made, tracked = (root / "data" / "world" / name for root in (tmp_path, ROOT))
        assert {path.name for path in made.iterdir()} == {path.name for path in tracked.iterdir()}
        assert [path.name for path in made.iterdir() if path.read_bytes() != (tracked / path.name).read_bytes()] == []
