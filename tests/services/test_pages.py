"""What a page is made of: members by year, and sources numbered for a table."""

from citydip.model.terms import BASE, CD, PREFIXES
from citydip.services.pages import members_of, page_of, references, sources_of
from citydip.services.things import Described, Node, Thing
from citydip.services.vocabulary import Vocabulary


def test_members_stand_by_the_year_in_which_they_came() -> None:
    thing = Thing(str(BASE) + "id/organization/x")
    for name, days in (("b", ("2019-01-01", "2019-12-31")), ("a", ("2004-01-01", "2014-12-31")), ("c", None)):
        statement = Described(f"s-{name}", {PREFIXES["rdf"] + "type": [Node(str(CD.Membership), is_iri=True)]})
        statement.properties[str(CD.hasMember)] = [Node(name, is_iri=True)]
        if days:
            aspects = dict(zip((str(CD.earliestDay), str(CD.latestDay)), ({"": days[0]}, {"": days[1]}), strict=True))
            statement.properties[str(CD.startsOn)] = [Node("date", is_iri=True, aspects=aspects)]
        thing.statements.append(statement)
    years = [(year, [node.value for node, _ in members]) for year, members in members_of(page_of(thing, Vocabulary()))]
    assert years == [("2004–2014", ["a"]), ("2019", ["b"]), ("", ["c"])]


def test_sources_are_numbered_by_how_much_rests_on_them_and_quotations_stand_for_themselves() -> None:
    def stated(*sources: str, quoted: bool = False) -> Described:
        properties = {PREFIXES["oa"] + "hasSource": [Node(source, is_iri=True) for source in sources]}
        if quoted:
            properties[PREFIXES["oa"] + "hasSelector"] = [Node("words", is_iri=True)]
        return Described("s", evidence=[Described("e", properties), Described("e2", properties)])

    statements = [stated("rare", "list"), stated("list"), stated("page", quoted=True)]
    assert [node.value for node in sources_of(statements[0])] == ["rare", "list"]
    assert sources_of(statements[2]) == []
    assert {iri: number for iri, (number, _) in references(statements).items()} == {"list": 1, "rare": 2}
