"""The map of a thing: partners at the ends of lines, members as points, and how many have no known place."""

import pytest

from citydip.model.geography import point_of
from citydip.services.mapping import map_of
from tests.services.made import node, statement, thing


def test_members_of_a_network_are_points_on_the_map() -> None:
    members = [node("city/a", geo_asWKT="POINT(51 35)"), node("city/b", geo_asWKT="POINT(29 41)"), node("city/c")]
    network = thing(
        "organization/o",
        *(
            statement(f"membership/{number}", "Membership", "in-force", hasMember=member)
            for number, member in enumerate(members)
        ),
    )
    sheet = map_of(network)
    assert sheet is not None
    assert [line.node.value[-1] for line in sheet.lines] == ["a", "b"]
    assert not any(line.path for line in sheet.lines)
    assert sheet.missing == 1
    assert sheet.here is None


def test_partners_of_a_city_are_at_the_ends_of_lines() -> None:
    tie = statement("tie/t", "Tie", "reported", hasParty=[node("city/here"), node("city/a", geo_asWKT="POINT(29 41)")])
    sheet = map_of(thing("city/here", tie, point="POINT(51 35)"))
    assert sheet is not None
    assert [(line.tone, line.path.startswith("M")) for line in sheet.lines] == [("said", True)]


def test_with_no_known_place_there_is_no_map() -> None:
    assert map_of(thing("organization/o", statement("membership/m", "Membership", hasMember=node("city/a")))) is None


@pytest.mark.parametrize("wkt", ["POINT(200 10)", "POINT(10 95)", "LINESTRING(1 2, 3 4)", "", "POINT(a b)"])
def test_what_is_no_point_on_earth_is_none(wkt: str) -> None:
    assert point_of(wkt) is None
