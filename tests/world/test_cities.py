"""The spine: every city once, each traced to its row, with its country, its names and its item of Wikidata."""

import csv
import gc
import json
import random
import re
import tracemalloc
from collections import Counter
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest

from citydip.curation.importers.cities import CITIES_IMPORTER, SPINE
from citydip.curation.importers.countries import LANGUAGES
from citydip.curation.importers.importing import Report, run_importer
from citydip.curation.importers.spine import city_iri, read_spine
from citydip.curation.layout import Layout
from citydip.model.terms import CD, PREFIXES
from tests.conftest import ROOT, copy_graph
from tests.world.asking import ask

SHARED = ROOT.parent / "shared" / "sources"
SETS = ("cities", "countries", "wikidata-mappings")
COLUMNS = list(SPINE.columns)
RASHT = dict.fromkeys(COLUMNS, "") | {
    "geonames_id": "118743",
    "wikidata_qid": "Q180544",
    "name_en": "Rasht",
    "name_geonames": "Rasht",
    "name_fa": "رشت",
    "name_ar": "رشت",
    "country_iso2": "IR",
    "admin1": "Gilan",
    "lat": "37.27611",
    "lon": "49.58862",
    "population": "594590",
    "sources": "geonames | qid:loc+ne+wof | fa:wof | in:sister-cities",
}

BYTES_OF_A_ROW = sum(map(len, [*RASHT, *RASHT.values()]))
"""What a row takes at the very least while it is in memory."""

needs_table = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared table of cities is not at hand")


def write(tmp_path: Path, rows: list[dict[str, str]], outside: dict[str, str] | None = None) -> None:
    """Write the tables of the importer to a folder."""
    source = tmp_path / "in"
    for name in ("cities-spine", "natural-earth-places", "locode-wikidata"):
        (source / name).mkdir(parents=True, exist_ok=True)
    with (source / SPINE.path).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    tables = {
        "natural-earth-places/places.csv": "wikidata_qid,country_iso2,lat,lon\n",
        "locode-wikidata/map.csv": "locode,wikidata_qid,lat,lon\n",
    }
    for path, head in tables.items():
        (source / path).write_text(head + (outside or {}).get(path, ""), encoding="utf-8")


def run(tmp_path: Path, rows: list[dict[str, str]] | None = None, outside: dict[str, str] | None = None) -> Report:
    """Import rows, or the tables that are there already, into a folder of its own, and return the report."""
    if rows is not None:
        write(tmp_path, rows, outside)
    layout = Layout(tmp_path, tmp_path / "snapshots")
    return run_importer(CITIES_IMPORTER, layout, tmp_path / "in", lambda line: None, lambda share, table: None)


def written(tmp_path: Path, name: str) -> ox.Store:
    """Return a store with what was written of a data set."""
    store = ox.Store()
    for path in (tmp_path / "data" / "world" / name).glob("*.ttl"):
        store.load(path.read_bytes(), format=ox.RdfFormat.TURTLE)
    return store


# What is in the graph.


def test_every_city_of_the_spine_is_there_once(world_store: ox.Store) -> None:
    cities = ask(
        world_store,
        "GRAPH <https://w3id.org/citydip/graph/world/cities> { ?city cd:geonamesIdentifier ?number }"
        " ?city a cd:City ; rdfs:label ?label . FILTER (LANG(?label) = 'en')",
    )
    assert len(cities) == 27_613
    assert len({row["city"] for row in cities}) == len({row["number"] for row in cities}) == 27_613


def test_every_city_lies_in_one_country_and_is_shown_to_persian_readers(world_store: ox.Store) -> None:
    found = ask(
        world_store,
        "?city a cd:City ; cd:geonamesIdentifier ?number ; cd:locatedIn/cd:locatedIn? ?country ; rdfs:label ?fa ."
        " ?country a cd:Country FILTER (LANG(?fa) = 'fa')",
    )
    countries = {(row["city"], row["country"]) for row in found}
    assert len(countries) == len({city for city, _ in countries}) == 27_613


def test_every_country_has_a_code_and_names_in_ten_languages(world_store: ox.Store) -> None:
    names = ask(
        world_store,
        "?country a cd:Country ; cd:isoCode ?code ; rdfs:label ?name BIND (LANG(?name) AS ?language)",
    )
    languages: dict[str, set[str]] = {}
    for row in names:
        languages.setdefault(row["code"], set()).add(row["language"])
    assert len(languages) == 218
    assert [code for code, there in languages.items() if there != set(LANGUAGES)] == []


def test_an_item_of_wikidata_is_that_of_one_city(world_store: ox.Store) -> None:
    items = ask(world_store, "?city a cd:City ; cd:wikidataIdentifier ?item")
    assert len(items) > 20_000
    assert [item for item, uses in Counter(row["item"] for row in items).items() if uses > 1] == []
    by_city = {row["city"]: row["item"] for row in items}
    assert (by_city["city:tehran"], by_city["city:istanbul"]) == ("Q3616", "Q406")


def test_each_item_of_the_spine_is_mapped_or_listed_as_left_out() -> None:
    report = json.loads((ROOT / "data/world/cities/report.json").read_text())
    figures, tables = report["figures"], report["tables"]
    by_country = tables["rows with an item and names, by country"]
    assert sum(row["cities"] for row in by_country) == figures["cities"] == 27_613
    mapped = figures["mappings, exact"] + figures["mappings, close"] + figures["items that a curated file gives"]
    assert mapped + len(tables["items left out"]) == sum(row["wikidata"] for row in by_country) == 20_067


@needs_table
def test_the_importer_gives_what_is_tracked_and_nothing_else(tmp_path: Path) -> None:
    """The data of the checkout are those that the command makes today: run again, it changes nothing."""
    layout = copy_graph(tmp_path)
    run_importer(CITIES_IMPORTER, layout, SHARED, lambda line: None, lambda share, table: None)
    for name in SETS:
        made, tracked = (root / "data" / "world" / name for root in (tmp_path, ROOT))
        assert {path.name for path in made.iterdir()} == {path.name for path in tracked.iterdir()}
        assert [path.name for path in made.iterdir() if path.read_bytes() != (tracked / path.name).read_bytes()] == []


@cache
def _sample() -> list[dict[str, str]]:
    if not SHARED.is_dir():
        return []
    with (SHARED / SPINE.path).open(encoding="utf-8", newline="") as file:
        return random.Random(4).sample(list(csv.DictReader(file)), 20)


@needs_table
@pytest.mark.parametrize("number", range(20))
def test_a_sampled_city_says_what_its_row_says(world_store: ox.Store, number: int) -> None:
    row = _sample()[number]
    (city,) = ask(
        world_store,
        f"""?city cd:geonamesIdentifier "{row["geonames_id"]}" ; a cd:City ; geo:asWKT ?place .
            OPTIONAL {{ ?city cd:population ?population }}
            OPTIONAL {{ ?city cd:wikidataIdentifier ?item }}
            ?city cd:locatedIn ?inside . OPTIONAL {{ ?inside cd:locatedIn ?around }}
            BIND (COALESCE(?around, ?inside) AS ?country) ?country cd:isoCode ?code .
            OPTIONAL {{ ?inside rdfs:label ?division FILTER (LANG(?division) = "en") }}""",
    )
    assert city["place"] == f"POINT({row['lon']} {row['lat']})"
    assert city["code"] == row["country_iso2"]
    assert city.get("population", "") == row["population"]
    assert city.get("item", "") == row["wikidata_qid"]
    assert city["division"] == row["admin1"]
    names = ask(world_store, f"{city['city']} rdfs:label|skos:hiddenLabel ?name BIND (LANG(?name) AS ?language)")
    for language in ("en", "fa", "ar"):
        given = row[f"name_{language}"]
        assert not given or given in {name["name"] for name in names if name["language"] == language}


# How it is made.


def test_a_city_that_the_curated_files_know_is_theirs(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    head = "".join(f"@prefix {p}: <{PREFIXES[p]}> .\n" for p in ("cd", "city", "country", "division", "rdfs"))
    (tmp_path / "data" / "gazetteer.ttl").write_text(
        head
        + """city:rasht a cd:City ; cd:geonamesIdentifier "118743" ; cd:locatedIn division:gilan .
             city:rasht rdfs:label "Rasht"@en .
             country:iran cd:isoCode "IR" ; rdfs:label "Iran"@en , "ایران"@fa .\n"""
    )
    near = RASHT | {"geonames_id": "1", "name_en": "Khomam", "wikidata_qid": "", "name_fa": "", "name_ar": ""}
    run(tmp_path, [RASHT, near])
    cities = written(tmp_path, "cities")
    assert {(row["p"], row["o"]) for row in ask(cities, "city:rasht ?p ?o")} == {
        ("cd:geonamesIdentifier", "118743"),
        ("rdfs:label", "رشت"),
    }
    assert ask(cities, "city:khomam-1 cd:locatedIn ?division") == [{"division": "division:gilan"}]
    assert ask(cities, "division:gilan ?p ?o") == []
    spine = read_spine(Layout(tmp_path, tmp_path / "snapshots"))
    assert {number: (city.iri, city.country) for number, city in spine.items()} == {
        "118743": (PREFIXES["city"] + "rasht", "ir"),
        "1": (city_iri("Khomam", "1"), "ir"),
    }


def test_a_country_keeps_its_curated_names_and_gets_the_others(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    head = "".join(f"@prefix {p}: <{PREFIXES[p]}> .\n" for p in ("cd", "country", "rdfs"))
    (tmp_path / "data" / "x.ttl").write_text(
        head + 'country:persia cd:isoCode "IR" ; rdfs:label "Persia"@en , "ایران"@fa .\n'
    )
    run(tmp_path, [RASHT])
    countries = written(tmp_path, "countries")
    others = {row["name"] for row in ask(countries, "country:persia skos:altLabel ?name")}
    assert others == {"Iran", "Islamic Republic of Iran", "جمهوری اسلامی ایران"}, "no name twice"
    assert ask(countries, "country:persia skos:hiddenLabel ?code") == [{"code": "IRN"}]
    languages = ask(countries, "country:persia rdfs:label ?name BIND (LANG(?name) AS ?language)")
    assert {row["language"] for row in languages} == set(LANGUAGES) - {"en", "fa"}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"geonames_id": "Q1"}, "it has no GeoNames number"),
        ({}, "its GeoNames number has had a row already"),
        ({"geonames_id": "2", "name_en": ""}, "it has no name"),
        ({"geonames_id": "2", "country_iso2": "QQ"}, "its country is no code of ISO 3166-1"),
        ({"geonames_id": "2", "lat": "95"}, "its coordinates are no degrees"),
        ({"geonames_id": "2", "lon": "49,58"}, "its coordinates are no degrees"),
        ({"geonames_id": "2", "population": "many"}, "its population is no whole number"),
        ({"geonames_id": "2", "wikidata_qid": "180544"}, "its item of Wikidata is no Q and a number"),
    ],
)
def test_a_bad_row_is_left_out_by_line_with_its_reason(tmp_path: Path, change: dict[str, str], reason: str) -> None:
    report = run(tmp_path, [RASHT, RASHT | change])
    (group,) = report.left_out
    assert (group.reason, [row.line for row in group.rows]) == (reason, [3])
    assert (report.read, report.imported) == (2, 1)


@pytest.mark.parametrize(
    ("language", "given", "label", "hidden"),
    [
        ("fa", "نوکیا، فنلاند", "نوکیا", ["نوکیا، فنلاند"]),
        ("fa", "هوردوک (استان لویو)", "هوردوک", ["هوردوک (استان لویو)"]),
        ("fa", "كرج ٢", "کرج ۲", ["كرج ٢"]),
        ("fa", "مشهد\u200e", "مشهد", []),
        ("ar", "القدس\u200e", "القدس", []),
        ("ar", "14/5000 سيرو", None, []),
        ("fa", "Eşfehān", None, []),
    ],
)
def test_names_are_labels_without_what_tells_pages_apart(
    tmp_path: Path, language: str, given: str, label: str | None, hidden: list[str]
) -> None:
    run(tmp_path, [RASHT | {"name_fa": "", "name_ar": ""} | {f"name_{language}": given}])
    cities = written(tmp_path, "cities")
    found = {
        kind: [row["n"] for row in ask(cities, f"city:rasht-118743 {kind} ?n FILTER (LANG(?n) = '{language}')")]
        for kind in ("rdfs:label", "skos:hiddenLabel")
    }
    assert found == {"rdfs:label": [label] if label else [], "skos:hiddenLabel": hidden}


def test_a_town_called_none_is_not_taken_for_a_missing_name(tmp_path: Path) -> None:
    run(tmp_path, [RASHT | {"name_en": "None", "name_geonames": "None", "admin1": "Piedmont", "country_iso2": "IT"}])
    names = ask(written(tmp_path, "cities"), "city:none-118743 rdfs:label ?label ; skos:hiddenLabel ?hidden")
    assert {(row["label"], row["hidden"]) for row in names} >= {("None, Piedmont", "None")}


@pytest.mark.parametrize("code", ["08", "", "Q?b?l?"])
def test_a_division_without_a_name_is_none(tmp_path: Path, code: str) -> None:
    run(tmp_path, [RASHT | {"admin1": code}])
    assert ask(written(tmp_path, "cities"), "?city cd:locatedIn ?place") == [
        {"city": "city:rasht-118743", "place": "country:iran"}
    ]


HERE, THERE, ABROAD = "37.3,49.6", "37.0,50.6", "40.4,49.9"


@pytest.mark.parametrize(
    ("natural_earth", "locode", "match", "noted"),
    [
        ([], [], "exactMatch", False),
        ([("IR", HERE)], [], "exactMatch", False),
        ([("IR", THERE)], [], "closeMatch", True),
        ([("AZ", ABROAD)], [], None, False),
        ([("AZ", HERE)], [], "exactMatch", True),
        ([("AZ", HERE)], [("IR", HERE)], "exactMatch", False),
        ([("-99", HERE)], [], "exactMatch", False),
        ([("IR", THERE)], [("IR", HERE)], "exactMatch", False),
        ([], [("AZ", ",")], "closeMatch", True),
        ([], [("IR", ",")], "exactMatch", False),
    ],
    ids=[
        "no other table knows the item",
        "it is near",
        "it is far in the same country",
        "it is far in another country",
        "it is near in another country",
        "it is near, and in another country by one of two",
        "it is near in no country",
        "one of two is near",
        "it is in another country without a place",
        "it is in the country without a place",
    ],
)
def test_an_item_is_judged_by_where_other_tables_place_it(
    tmp_path: Path,
    natural_earth: list[tuple[str, str]],
    locode: list[tuple[str, str]],
    match: str | None,
    noted: bool,
) -> None:
    outside = {
        "natural-earth-places/places.csv": "".join(f"Q180544,{code},{place}\n" for code, place in natural_earth),
        "locode-wikidata/map.csv": "".join(f"{code}RAS,Q180544,{place}\n" for code, place in locode),
    }
    report = run(tmp_path, [RASHT], outside)
    mappings = written(tmp_path, "wikidata-mappings")
    found = ask(mappings, "mapping:118743-wikidata sssom:predicate_id ?match")
    assert [row["match"] for row in found] == ([f"skos:{match}"] if match else [])
    assert len(ask(mappings, "mapping:118743-wikidata skos:editorialNote ?note")) == (2 if noted else 0)
    listed = [title for title in report.tables if "item" in title and "by country" not in title]
    assert listed == (["items left out"] if match is None else ["items that another table places elsewhere"] * noted)


@pytest.mark.parametrize(
    ("sources", "justification", "witnesses"),
    [
        ("geonames | qid:wof | in:etmun", "MappingChaining", {"whos-on-first"}),
        ("geonames | qid:wof+wof_la", "MappingChaining", {"whos-on-first"}),
        ("geonames | qid:loc+ne", "CompositeMatching", {"natural-earth", "un-locode-wikidata"}),
        ("geonames | qid:l3v-graph (was Q115256: loc)", "StructuralMatching", {"sister-city-graph-2016"}),
        ("geonames", "UnspecifiedMatching", set()),
    ],
)
def test_a_mapping_is_justified_by_who_says_so(
    tmp_path: Path, sources: str, justification: str, witnesses: set[str]
) -> None:
    run(tmp_path, [RASHT | {"sources": sources}])
    mappings = written(tmp_path, "wikidata-mappings")
    assert ask(mappings, "?m sssom:mapping_justification ?how") == [
        {"m": "mapping:118743-wikidata", "how": f"semapv:{justification}"}
    ]
    found = {row["source"] for row in ask(mappings, "?m prov:wasDerivedFrom ?source")}
    assert found == {f"source:{name}" for name in witnesses}


def test_another_item_of_the_same_place_is_a_close_match(tmp_path: Path) -> None:
    run(tmp_path, [RASHT | {"alt_qids": "Q1;Q2"}])
    found = ask(written(tmp_path, "wikidata-mappings"), "?m sssom:predicate_id skos:closeMatch ; sssom:object_id ?item")
    assert {(row["m"], row["item"]) for row in found} == {
        ("mapping:118743-wikidata-q1", "wd:Q1"),
        ("mapping:118743-wikidata-q2", "wd:Q2"),
    }


@pytest.mark.parametrize(
    ("change", "predicate"),
    [
        ({"lat": "37.3"}, "possiblyIdenticalTo"),
        ({"lat": "37.3", "wikidata_qid": "Q2"}, "sharesNameWith"),
        ({"lat": "36.3"}, "sharesNameWith"),
        ({"lat": "36.3", "admin1": "Mazandaran"}, None),
        ({"lat": "36.3", "admin1": ""}, "sharesNameWith"),
        ({"lat": "37.3", "admin1": "Mazandaran"}, "possiblyIdenticalTo"),
        ({"lat": "37.3", "country_iso2": "AZ"}, None),
        ({"lat": "37.3", "name_en": "Rāsht"}, "possiblyIdenticalTo"),
    ],
)
def test_two_cities_of_one_name_are_two_places_or_perhaps_one(
    tmp_path: Path, change: dict[str, str], predicate: str | None
) -> None:
    report = run(tmp_path, [RASHT, RASHT | {"geonames_id": "2", "wikidata_qid": ""} | change])
    pairs = ask(written(tmp_path, "cities"), "?one cd:sharesNameWith|cd:possiblyIdenticalTo ?other ; ?how ?other")
    assert {(row["one"], row["how"], row["other"]) for row in pairs} == (
        {
            ("city:rasht-118743", f"cd:{predicate}", "city:rasht-2"),
            ("city:rasht-2", f"cd:{predicate}", "city:rasht-118743"),
        }
        if predicate
        else set()
    )
    assert sum(len(rows) for title, rows in report.tables.items() if "one name" in title) == bool(predicate)


def test_memory_does_not_grow_with_the_table(tmp_path: Path) -> None:
    # As many cities in each country, so that only the number of files grows: each is formatted in memory.
    codes = re.findall("..", "IRTRAFPKIQSYLBJOAZAM")

    def peak(countries: int) -> int:
        rows = [
            RASHT | {"geonames_id": f"{n}{at:03}", "wikidata_qid": f"Q{n}{at:03}", "name_en": f"City {at}"}
            for n in range(1, countries + 1)
            for at in range(100)
        ]
        for row in rows:
            row["country_iso2"] = codes[int(row["geonames_id"][:-3]) - 1]
        folder = tmp_path / str(countries)
        write(folder, rows)
        del rows, row
        gc.collect()
        tracemalloc.start()
        try:
            run(folder)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(1)
    assert (peak(10) - peak(1)) / 900 < BYTES_OF_A_ROW / 2


def test_a_name_without_a_latin_letter_leaves_the_number_alone() -> None:
    assert city_iri("Петровец", "787072") == str(CD).replace("ontology#", "id/city/787072")
