"""What Wikidata's query service adds to SPARQL becomes standard SPARQL and GeoSPARQL, and finds what it should."""

import math
from random import Random

import pyoxigraph as ox
import pytest

from citydip.engine.structure import original_place
from citydip.engine.syntax import parse
from citydip.engine.wikidata import as_standard
from citydip.model.errors import ParameterError

WKT = ox.NamedNode("http://www.opengis.net/ont/geosparql#wktLiteral")
P625 = ox.NamedNode("http://www.wikidata.org/prop/direct/P625")
Point = tuple[float, float]


def made(seed: int) -> tuple[ox.Store, dict[str, Point]]:
    """Make places all over the globe, more of them where the days change."""
    random = Random(seed)
    store, points = ox.Store(), {}
    for number in range(60):
        longitude = random.choice((random.uniform(-180, 180), random.uniform(170, 180), random.uniform(-180, -170)))
        points[f"http://x/{number}"] = point = (round(longitude, 3), round(random.uniform(-80, 80), 3))
        literal = ox.Literal(f"Point({point[0]} {point[1]})", datatype=WKT)
        store.add(ox.Quad(ox.NamedNode(f"http://x/{number}"), P625, literal))
    return store, points


def found(store: ox.Store, query: str, name: str = "place") -> dict[str, str]:
    """Return what a query finds, with the value of another column beside it."""
    rows = store.query(as_standard(query).text)
    assert isinstance(rows, ox.QuerySolutions)
    names = [variable.value for variable in rows.variables]
    other = next((n for n in names if n != name), name)
    return {row[name].value: getattr(row[other], "value", "") for row in rows}


def kilometres(one: Point, other: Point) -> float:
    """Return the great-circle distance on a sphere."""
    (x, y), (v, w) = ((math.radians(a), math.radians(b)) for a, b in (one, other))
    haversine = math.sin((w - y) / 2) ** 2 + math.cos(y) * math.cos(w) * math.sin((v - x) / 2) ** 2
    return 2 * 6371.0088 * math.asin(math.sqrt(haversine))


@pytest.mark.parametrize("seed", range(4))
def test_around_finds_the_places_within_a_radius_and_how_far_they_are(seed: int) -> None:
    store, points = made(seed)
    center = points["http://x/0"]
    rows = found(
        store,
        """SELECT ?place ?km WHERE {
          SERVICE wikibase:around {
            ?place wdt:P625 ?location .
            bd:serviceParam wikibase:center ?center ; wikibase:radius "3000" ; wikibase:distance ?km .
          }
          <http://x/0> wdt:P625 ?center .
        }""",
    )
    expected = {name: kilometres(center, point) for name, point in points.items()}
    # Distances on a sphere and on the ellipsoid differ by less than one part in a hundred.
    assert {name for name, km in expected.items() if km < 2970} <= rows.keys()
    assert rows.keys() <= {name for name, km in expected.items() if km < 3030}
    assert len(rows) > 1
    assert all(abs(float(km) - expected[name]) <= 0.01 * expected[name] + 0.01 for name, km in rows.items())


@pytest.mark.parametrize(("west", "east"), [((-30, 50), (60, -20)), ((150, -40), (-150, 70)), ((150, 70), (-150, -40))])
@pytest.mark.parametrize("corners", [("cornerWest", "cornerEast"), ("cornerSouthWest", "cornerNorthEast")])
def test_a_box_has_two_corners_and_may_lie_across_the_line_where_the_days_change(
    west: Point, east: Point, corners: tuple[str, str]
) -> None:
    store, points = made(7)
    first, last = (
        f'bd:serviceParam wikibase:{name} "Point({x} {y})"^^geo:wktLiteral .'
        for name, (x, y) in zip(corners, (west, east), strict=True)
    )
    rows = found(store, f"SELECT ?place {{ SERVICE wikibase:box {{ ?place wdt:P625 ?where . {first} {last} }} }}")
    expected = {
        name
        for name, (x, y) in points.items()
        if min(west[1], east[1]) <= y <= max(west[1], east[1])
        and (west[0] <= x <= east[0] if west[0] <= east[0] else x >= west[0] or x <= east[0])
    }
    assert rows.keys() == expected
    assert expected


def test_distances_are_in_kilometres_and_points_can_be_taken_apart() -> None:
    store, points = made(1)
    query = """SELECT ?place (geof:distance(?there, "Point(0 0)"^^geo:wktLiteral) AS ?km) ?x {
      ?place wdt:P625 ?there BIND (geof:longitude(?there) AS ?x) FILTER (geof:latitude(?there) > 0)
    }"""
    rows = found(store, query)
    assert rows.keys() == {name for name, (_, y) in points.items() if y > 0}
    assert all(abs(float(km) - kilometres(points[name], (0, 0))) < 150 for name, km in rows.items())
    metres = "geof:distance(?a, ?b, <http://www.opengis.net/def/uom/OGC/1.0/metre>)"
    assert metres in as_standard(f"SELECT * {{ ?p wdt:P625 ?a, ?b FILTER ({metres} < 5) }}").text, "told in metres"


def test_prefixes_need_no_declaration_and_own_ones_win() -> None:
    text = as_standard("SELECT * { ?a schema:description ?b ; wd:P1 ?c }").text
    assert text.startswith("PREFIX schema: <http://schema.org/> PREFIX wd: <http://www.wikidata.org/entity/> SELECT")
    own = as_standard("PREFIX wd: <http://x/>\nASK { ?a wd:P1 ?c }").text
    assert own.index("<http://www.wikidata.org/entity/>") < own.index("<http://x/>")
    assert parse(own) is not None


def test_hints_go_and_comments_stay() -> None:
    text = '#defaultView:Map\nSELECT ?a { hint:Query hint:optimizer "None" . ?a wdt:P31 ?b . hint:Prior hint:x true }'
    standard = as_standard(text)
    assert "#defaultView:Map" in standard.text
    assert "hint:Query" not in standard.text
    assert "hint:Prior" not in standard.text
    assert parse(standard.text) is not None
    at = standard.text.splitlines()[1].index("?b") + 1
    assert original_place(text, standard.edits, 2, at) == (2, text.splitlines()[1].index("?b") + 1)


@pytest.mark.parametrize(
    "service",
    [
        'around { ?a wdt:P625 ?b . bd:serviceParam wikibase:radius "5" }',
        'around { ?a wdt:P625 ?b . bd:serviceParam wikibase:center ?c ; wikibase:radius "far" }',
        'around { bd:serviceParam wikibase:center ?c ; wikibase:radius "5" }',
        'box { ?a wdt:P625 ?b . bd:serviceParam wikibase:cornerWest "Point(0 0)" }',
        "box { ?a wdt:P625 ?b FILTER (true) }",
    ],
)
def test_what_is_not_understood_is_told(service: str) -> None:
    with pytest.raises(ParameterError, match="query-like-wikidata"):
        as_standard(f"SELECT * {{ SERVICE wikibase:{service} }}")
