"""Statements made up for tests of pictures and tables."""

from citydip.model.terms import CD, ID, PREFIXES
from citydip.services.things import Described, Node, Thing

__all__ = ["day", "node", "statement", "thing"]

STATUS = str(ID) + "status/"


def node(name: str, **aspects: str) -> Node:
    """Return a thing such as ``city/rasht``; aspects are by prefixed name with an underscore, such as ``geo_asWKT``."""
    made = Node(str(ID) + name, is_iri=True)
    made.aspects[PREFIXES["rdfs"] + "label"] = {"en": name.rpartition("/")[2].capitalize()}
    for aspect, text in aspects.items():
        prefix, _, local = aspect.partition("_")
        made.aspects[PREFIXES[prefix] + local] = {"": text}
    return made


def day(earliest: str, latest: str = "") -> Node:
    """Return a date between two days."""
    return node(f"date/{earliest}", cd_earliestDay=earliest, cd_latestDay=latest or earliest)


def statement(name: str, kind: str, status: str = "", **properties: Node | list[Node]) -> Described:
    """Return a statement of a kind such as ``Agreement``; properties are those of the ontology."""
    made = Described(str(ID) + name)
    made.properties[PREFIXES["rdf"] + "type"] = [Node(str(CD[kind]), is_iri=True)]
    if status:
        made.properties[str(CD.hasStatus)] = [Node(STATUS + status, is_iri=True)]
    for key, value in properties.items():
        made.properties[str(CD[key])] = value if isinstance(value, list) else [value]
    return made


def thing(name: str, *statements: Described, point: str = "") -> Thing:
    """Return a thing with statements about it."""
    made = Thing(str(ID) + name, statements=list(statements))
    if point:
        made.properties[PREFIXES["geo"] + "asWKT"] = [Node(point, is_iri=False)]
    return made
