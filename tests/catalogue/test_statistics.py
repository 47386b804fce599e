"""Queries that count ties by what they are like: what they say of made-up networks that can be counted by hand."""

import random

import pyoxigraph as ox
import pytest

from citydip.model.geography import distance
from citydip.model.queryfile import parse_query_file
from citydip.model.terms import PREFIXES
from tests.conftest import ROOT, run_query

STEPS = (0, 100, 500, 1000, 2000, 5000, 10000)


def asked(name: str, *triples: str, given: dict[str, str] | None = None) -> list[dict[str, str]]:
    """Return the rows of a query of the catalogue on a few triples."""
    prefixes = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())
    store = ox.Store()
    data = f"{prefixes}<https://example.org/graph> {{ {' . '.join(triples)} }}"
    store.load(data, format=ox.RdfFormat.TRIG)
    path = ROOT / "queries" / "catalogue" / f"{name}.rq"
    return run_query(store, parse_query_file(name, path.read_text(encoding="utf-8")), given or {})


def tied(one: str, other: str) -> str:
    return f"city:{one} cd:tiedWith city:{other} . city:{other} cd:tiedWith city:{one}"


def place(name: str, longitude: float, latitude: float) -> str:
    return f'city:{name} a cd:City ; geo:asWKT "POINT({longitude} {latitude})"^^geo:wktLiteral'


def drawn(count: int) -> list[tuple[float, float, float, float]]:
    """Return pairs of points, near and far, none of which lies within 1 % of a step."""
    numbers = random.Random(7)
    pairs: list[tuple[float, float, float, float]] = []
    while len(pairs) < count:
        x, y, reach = numbers.uniform(-180, 180), numbers.uniform(-70, 70), numbers.choice((1, 5, 20, 180))
        points = (x, y, (x + numbers.uniform(-reach, reach) + 180) % 360 - 180, numbers.uniform(-70, 70))
        if reach < 180:
            points = (*points[:3], max(-70, min(70, y + numbers.uniform(-reach, reach))))
        far = distance(*points)
        if all(abs(far - step) > step / 100 for step in STEPS[1:]):
            pairs.append(tuple(round(number, 5) for number in points))  # type: ignore[arg-type]
    return pairs


@pytest.mark.parametrize(
    ("points", "band"),
    [
        ((51.42, 35.69, 51.43, 35.7), ("0", "100")),
        ((51.42, 35.69, 59.61, 36.3), ("500", "1000")),
        ((179.9, -17, -179.9, -17), ("0", "100")),
        ((-0.13, 51.5, 0.13, 51.5), ("0", "100")),
        ((2.35, 48.86, 139.69, 35.69), ("5000", "10000")),
        ((-3.7, 40.42, 174.78, -41.29), ("10000", "20038")),
    ],
)
def test_a_pair_of_cities_counts_in_the_band_of_its_distance(
    points: tuple[float, float, float, float], band: tuple[str, str]
) -> None:
    rows = asked("ties-by-distance", place("a", *points[:2]), place("b", *points[2:]), tied("a", "b"))
    assert [(row["from_km"], row["to_km"], row["pairs"]) for row in rows] == [(*band, "1")]


def test_bands_are_those_of_the_distance_on_the_great_circle() -> None:
    pairs = drawn(400)
    triples, wanted = [], dict.fromkeys(STEPS, 0)
    for number, points in enumerate(pairs):
        one, other = f"a{number}", f"b{number}"
        triples += [place(one, *points[:2]), place(other, *points[2:]), tied(one, other)]
        wanted[max(step for step in STEPS if step <= distance(*points))] += 1
    assert min(wanted.values()) > 5
    rows = asked("ties-by-distance", *triples)
    assert {int(row["from_km"]): int(row["pairs"]) for row in rows} == wanted


@pytest.mark.parametrize(
    ("dated", "decade"),
    [
        ("cd:signedOn [ cd:earliestDay '1990-01-01'^^xsd:date ; cd:latestDay '1990-12-31'^^xsd:date ]", "1990s"),
        ("cd:startsOn [ cd:earliestDay '1990-01-01'^^xsd:date ; cd:latestDay '1999-12-31'^^xsd:date ]", "1990s"),
        ("cd:startsOn [ cd:earliestDay '1989-03-21'^^xsd:date ; cd:latestDay '1990-03-20'^^xsd:date ]", "unknown"),
        ("cd:startsOn [ cd:latestDay '1990-03-20'^^xsd:date ]", "unknown"),
        ("cd:endsOn [ cd:earliestDay '1990-01-01'^^xsd:date ; cd:latestDay '1990-12-31'^^xsd:date ]", "unknown"),
        ("cd:hasParty city:a", "unknown"),
    ],
)
def test_a_tie_counts_in_the_decade_in_which_it_surely_began(dated: str, decade: str) -> None:
    cities = ("city:a a cd:City", "city:b a cd:City")
    tie = f"agreement:one cd:hasParty city:a , city:b ; cd:hasStatus status:signed ; {dated}"
    proposal = "agreement:two cd:hasParty city:a , city:b ; cd:hasStatus status:proposed"
    assert asked("ties-by-decade", *cities, tie, proposal) == [{"decade": decade, "ties": "1"}]


def test_a_pair_of_cities_counts_in_the_classes_of_the_smaller_and_the_larger() -> None:
    sizes = {"a": 9_999, "b": 10_000, "c": 2_000_000}
    people = [f"city:{name} cd:population {size}" for name, size in sizes.items()]
    rows = asked("ties-by-population", *people, tied("a", "c"), tied("b", "c"), tied("a", "d"))
    assert [(row["smaller_from"], row["larger_from"], row["pairs"]) for row in rows] == [
        ("0", "1000000", "1"),
        ("10000", "1000000", "1"),
    ]


def test_a_broker_joins_cities_of_two_other_countries_that_have_no_tie() -> None:
    countries = {"a": "x", "b": "x", "c": "y", "d": "z", "e": "z"}
    lies = [f"city:{city} cd:locatedIn country:{of} . country:{of} a cd:Country" for city, of in countries.items()]
    star = [tied("a", other) for other in "bcde"]
    # Of the pairs of a's partners b is at home, d and e are of one country, and c and e are tied: c and d remain.
    rows = asked("brokers-between-countries", *lies, *star, tied("c", "e"))
    assert [(row["city"], row["brokered"], row["partners"], row["countries"]) for row in rows] == [
        ("city:a", "1", "4", "3"),
        # Of c's partners a and e are of two other countries, and tied.
    ]


def test_reciprocity_compares_only_ties_of_which_both_cities_have_an_entry() -> None:
    countries = {"a": "x", "b": "y", "c": "y", "d": "y"}
    lies = [f"city:{city} cd:locatedIn country:{of} . country:{of} a cd:Country" for city, of in countries.items()]
    entries = [f"evidence:{city} oa:hasSource source:list ; cd:onSideOf city:{city}" for city in "abc"]
    ties = (
        # In both entries; in that of a alone; and with a city that has no entry.
        "tie:1 cd:hasParty city:a , city:b ; cd:hasEvidence evidence:a , evidence:b ; cd:assertedBy city:a , city:b",
        "tie:2 cd:hasParty city:a , city:c ; cd:hasEvidence evidence:a ; cd:assertedBy city:a",
        "tie:3 cd:hasParty city:a , city:d ; cd:hasEvidence evidence:a ; cd:assertedBy city:a",
        "tie:4 cd:hasParty city:c , city:b ; cd:hasEvidence evidence:c ; cd:assertedBy city:c",
    )
    rows = asked("reciprocity-by-country", *lies, *entries, *ties)
    assert [(row["country"], row["compared"], row["mutual"], float(row["share"])) for row in rows] == [
        ("country:x", "2", "1", 0.5),
        ("country:y", "2", "1", 0.5),
    ]


def test_a_pair_counts_for_each_language_that_is_official_in_both_countries() -> None:
    spoken = {"x": "'de', 'fr'", "y": "'fr', 'de', 'nl'", "z": "'zh-Hans', 'zh-Hant'", "w": "'fa'", "v": None}
    lies = [f"city:{name} cd:locatedIn country:{name[0]} . country:{name[0]} a cd:Country" for name in ("x1", "x2")]
    lies += [f"city:{name} cd:locatedIn country:{name} . country:{name} a cd:Country" for name in "yzwv"]
    tags = [f"country:{country} cd:officialLanguage {tags}" for country, tags in spoken.items() if tags]
    ties = [tied("x1", "x2"), tied("x1", "y"), tied("y", "z"), tied("w", "z"), tied("w", "v")]
    rows = asked("ties-by-language", *lies, *tags, *ties)
    assert {row["language"]: (row["pairs"], row["of_two_countries"]) for row in rows} == {
        "de": ("2", "1"),
        "fr": ("2", "1"),
        "none": ("2", "2"),
        "unknown": ("1", "1"),
    }


def test_a_language_in_two_scripts_is_one() -> None:
    lies = [f"city:{name} cd:locatedIn country:{name} . country:{name} a cd:Country" for name in "ab"]
    tags = ("country:a cd:officialLanguage 'zh-Hans', 'zh-Hant'", "country:b cd:officialLanguage 'zh-Hant', 'zh'")
    rows = asked("ties-by-language", *lies, *tags, tied("a", "b"))
    assert [(row["language"], row["pairs"]) for row in rows] == [("zh", "1")]


REGIONS = (
    "world-region:asia a cd:WorldRegion ; cd:hasBroaderRegion world-region:world ; rdfs:label 'Asia'@en , 'آسیا'@fa",
    "world-region:europe a cd:WorldRegion ; cd:hasBroaderRegion world-region:world ; rdfs:label 'E'@en , 'ا'@fa",
    "world-region:africa a cd:WorldRegion ; cd:hasBroaderRegion world-region:world ; rdfs:label 'F'@en , 'ف'@fa",
    "world-region:west a cd:WorldRegion ; cd:hasBroaderRegion world-region:asia ; rdfs:label 'W'@en , 'غ'@fa",
    "world-region:south a cd:WorldRegion ; cd:hasBroaderRegion world-region:asia ; rdfs:label 'S'@en , 'ج'@fa",
    "world-region:north a cd:WorldRegion ; cd:hasBroaderRegion world-region:europe ; rdfs:label 'N'@en , 'ش'@fa",
    "world-region:middle a cd:WorldRegion ; cd:hasBroaderRegion world-region:africa ; rdfs:label 'M'@en , 'م'@fa",
)
HOMES = {"a": "west", "b": "west", "c": "south", "d": "north", "e": "middle"}
PLACED = tuple(f"city:{city} a cd:City ; cd:hasWorldRegion world-region:{home}" for city, home in HOMES.items())


def by_level(name: str, level: str, *ties: str) -> list[dict[str, str]]:
    return asked(name, *REGIONS, *PLACED, *ties, given={"level": level})


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        ("subregion", {("north", "west"): "1", ("south", "west"): "2", ("west", "west"): "1"}),
        ("continent", {("asia", "asia"): "3", ("asia", "europe"): "1"}),
    ],
)
def test_a_pair_counts_once_for_its_two_regions_at_the_level_that_is_asked(
    level: str, expected: dict[tuple[str, str], str]
) -> None:
    rows = by_level("ties-by-region-pair", level, tied("a", "b"), tied("a", "c"), tied("c", "b"), tied("d", "a"))
    assert {
        (row["region"].partition(":")[2], row["other_region"].partition(":")[2]): row["ties"] for row in rows
    } == expected


def test_the_index_of_a_region_tells_whether_its_ties_stay_within() -> None:
    ties = (tied("a", "b"), tied("a", "c"), tied("c", "b"), tied("d", "a"))
    rows = {row["region"]: row for row in by_level("ties-by-region", "subregion", *ties)}
    west, south = rows["world-region:west"], rows["world-region:south"]
    assert (west["within"], west["across"], float(west["ei_index"])) == ("1", "3", 0.5)
    assert (south["within"], south["across"], float(south["ei_index"])) == ("0", "2", 1)
    (asia, europe) = sorted(by_level("ties-by-region", "continent", *ties), key=lambda row: row["region"])
    assert (asia["within"], asia["across"], float(asia["ei_index"])) == ("3", "1", -0.5)
    assert (europe["within"], europe["across"]) == ("0", "1")


def test_a_broker_joins_cities_of_two_other_regions_that_have_no_tie() -> None:
    star = [tied("a", other) for other in "bcde"]
    # Of the pairs of a's partners b is at home, and c and e are tied: c and d, and d and e, remain.
    (row,) = by_level("brokers-between-regions", "subregion", *star, tied("c", "e"))
    assert (row["city"], row["brokered"], row["partners"], row["regions"]) == ("city:a", "2", "4", "4")
    # Seen by continents c is at home, too.
    (row,) = by_level("brokers-between-regions", "continent", *star, tied("c", "e"))
    assert (row["city"], row["brokered"], row["partners"], row["regions"]) == ("city:a", "1", "4", "3")


def test_partners_of_a_city_lie_in_the_region_that_is_asked_or_outside_it() -> None:
    star = [tied("a", other) for other in "bcde"]
    given = {"region": "world-region:asia"}
    rows = asked("cities-of-region-by-ties", *REGIONS, *PLACED, *star, given=given)
    counted = [(row["city"], row["ties"], row["within"], row["across"]) for row in rows]
    assert counted == [("city:a", "4", "2", "2"), ("city:b", "1", "1", "0"), ("city:c", "1", "1", "0")]


def test_ties_between_regions_are_given_from_the_one_to_the_other_and_within_one_once() -> None:
    ties = (tied("a", "b"), tied("a", "c"), tied("d", "c"))

    def pairs(one: str, other: str) -> list[tuple[str, str]]:
        given = {"region": f"world-region:{one}", "other_region": f"world-region:{other}"}
        rows = asked("ties-between-regions", *REGIONS, *PLACED, *ties, given=given)
        return [(row["city"].partition(":")[2], row["other"].partition(":")[2]) for row in rows]

    assert pairs("europe", "asia") == [("d", "c")]
    assert pairs("asia", "asia") == [("a", "b"), ("a", "c")]
    assert pairs("africa", "asia") == []
