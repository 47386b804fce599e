"""The ego network: all with whom a thing is tied, the same picture every time, and the ties among them."""

import math

from citydip.services.neighbours import neighbours_of
from citydip.services.things import Thing
from tests.services.made import node, statement, thing


def tied(*names: str, status: str = "signed") -> Thing:
    here = node("city/here")
    return thing(
        "city/here",
        *(statement(f"tie/{name}", "Agreement", status, hasParty=[here, node(f"city/{name}")]) for name in names),
    )


def test_too_few_make_no_picture() -> None:
    assert neighbours_of(tied("a", "b")) is None


def test_everyone_stands_once_on_the_circle() -> None:
    circle = neighbours_of(tied("a", "b", "c", "d"))
    assert circle is not None
    assert circle.count == 4
    places = {(neighbour.x, neighbour.y) for neighbour in circle.neighbours}
    assert len(places) == 4
    assert all(math.isclose(math.hypot(x, y), 300, abs_tol=0.2) for x, y in places)


def test_the_same_data_give_the_same_picture_in_whatever_order_they_come() -> None:
    assert neighbours_of(tied("a", "b", "c", "d", "e")) == neighbours_of(tied("a", "b", "c", "d", "e"))
    forward, backward = neighbours_of(tied(*"abcdef")), neighbours_of(tied(*"fedcba"))
    assert forward is not None
    assert backward is not None
    assert [n.node.value for n in forward.neighbours] == [n.node.value for n in backward.neighbours]


def test_those_tied_with_each_other_are_joined_and_stand_side_by_side() -> None:
    ego = tied(*"abcdefgh")
    a, g = (node(f"city/{name}").value for name in "ag")
    ego.between = [(a, g), (a, node("city/elsewhere").value)]
    circle = neighbours_of(ego)
    assert circle is not None
    assert circle.joined == 1
    assert len(circle.between) == 1
    order = [neighbour.node.value for neighbour in circle.neighbours]
    assert abs(order.index(a) - order.index(g)) == 1


def test_the_surest_of_several_ties_gives_the_colour_and_all_are_counted() -> None:
    ego = tied("a", "b", "c", status="proposed")
    ego.statements.append(statement("agreement/x", "Agreement", "signed", hasParty=[node("city/here"), node("city/b")]))
    circle = neighbours_of(ego)
    assert circle is not None
    found = {neighbour.node.value[-1]: (neighbour.tone, neighbour.ties) for neighbour in circle.neighbours}
    assert found == {"a": ("open", 1), "b": ("done", 2), "c": ("open", 1)}


def test_a_network_is_told_from_a_partner() -> None:
    ego = tied("a", "b")
    joined = statement(
        "membership/m", "Membership", "in-force", hasMember=node("city/here"), hasOrganization=node("organization/o")
    )
    others = statement(
        "membership/n", "Membership", "in-force", hasMember=node("city/a"), hasOrganization=node("organization/p")
    )
    ego.statements += [joined, others]
    circle = neighbours_of(ego)
    assert circle is not None
    assert [neighbour.node.value[-1] for neighbour in circle.neighbours if neighbour.member] == ["o"]


def test_of_very_many_the_surest_are_drawn_and_all_are_counted() -> None:
    ego = tied(*(f"n{number}" for number in range(150)), status="proposed")
    ego.statements.append(statement("tie/s", "Agreement", "signed", hasParty=[node("city/here"), node("city/sure")]))
    circle = neighbours_of(ego)
    assert circle is not None
    assert circle.count == 151
    assert len(circle.neighbours) == 90
    assert any(neighbour.node.value.endswith("/sure") for neighbour in circle.neighbours)
