"""The network of ties: what is chosen, what held at a date, and that its measures are those of networkx."""

import asyncio
import itertools
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import networkx as nx
import pyoxigraph as ox
import pytest

from citydip.curation.networks.links import links_of
from citydip.curation.networks.measures import LIBRARY, RANKS
from citydip.curation.networks.ties import GRADES, City, Selection, Tie, TieNetwork, network_of, reciprocity
from citydip.curation.snapshot import Snapshot
from citydip.model.dates import Bounds
from citydip.model.errors import CitydipError, ParameterError, QueryTimeoutError
from citydip.model.holding import Moment, Wanted, read_moment
from citydip.model.settings import Settings
from citydip.model.terms import CD
from citydip.services.graph import ServedGraph, open_graph
from citydip.services.networks.computing import measure_apart
from citydip.services.networks.desk import NetworkDesk


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module")
def graph(snapshot: Snapshot, runner: asyncio.Runner) -> Iterator[ServedGraph]:
    opened = open_graph(snapshot, Settings(workers=1))
    yield runner.run(opened.__aenter__())
    runner.run(opened.__aexit__(None, None, None))


@pytest.fixture(scope="module")
def network(graph: ServedGraph, runner: asyncio.Runner) -> TieNetwork:
    return runner.run(NetworkDesk(graph).network())


def test_the_standard_selection_is_the_ties_that_the_build_computes(network: TieNetwork, store: ox.Store) -> None:
    computed = {
        (quad.subject.value, quad.object.value)
        for quad in store.quads_for_pattern(None, ox.NamedNode(str(CD.tiedWith)), None, None)
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode)
    }
    chosen = {tie.cities for tie in network.select(Selection())}
    assert chosen
    assert computed == chosen | {(other, one) for one, other in chosen}


def test_measures_of_our_ties_agree_with_networkx(graph: ServedGraph, runner: asyncio.Runner, store: ox.Store) -> None:
    own = nx.Graph()
    for quad in store.quads_for_pattern(None, ox.NamedNode(str(CD.tiedWith)), None, None):
        own.add_edge(quad.subject.value, quad.object.value)  # type: ignore[union-attr]
    desk = NetworkDesk(graph)
    figures = runner.run(desk.stats(Selection()))
    assert figures["nodes"] == own.number_of_nodes() > 10
    assert figures["edges"] == own.number_of_edges()
    assert figures["components"] == nx.number_connected_components(own)
    assert figures["clustering"] == pytest.approx(nx.average_clustering(own), rel=1e-9)
    assert figures["assortativity"] == pytest.approx(nx.degree_assortativity_coefficient(own), rel=1e-9)
    for by, expected in (
        ("betweenness", nx.betweenness_centrality(own)),
        ("closeness", nx.closeness_centrality(own)),
        ("core", nx.core_number(own)),
    ):
        assert dict(runner.run(desk.rank(Selection(), by))) == pytest.approx(expected, rel=1e-9), by


def test_what_the_build_has_measured_is_what_would_be_measured_now(
    graph: ServedGraph, runner: asyncio.Runner, monkeypatch: Any
) -> None:
    desk = NetworkDesk(graph)
    published: list[Any] = [runner.run(desk.stats(Selection())), runner.run(desk.communities(Selection()))]
    published += [runner.run(desk.rank(Selection(), by)) for by in RANKS]
    most, library = runner.run(desk.most(Selection(), 5)), runner.run(desk.library(Selection()))
    monkeypatch.setattr("citydip.services.networks.desk.is_published", lambda graph: False)
    desk = NetworkDesk(graph)
    measured: list[Any] = [runner.run(desk.stats(Selection())), runner.run(desk.communities(Selection()))]
    measured += [runner.run(desk.rank(Selection(), by)) for by in RANKS]
    assert published == measured
    assert len(most) == 5
    named = [(row["node"], row["value"], row["en"], row["fa"]) for row in runner.run(desk.most(Selection(), 5))]
    assert [(row["node"], row["value"], row["en"], row["fa"]) for row in most] == named
    assert library == runner.run(desk.library(Selection())) == LIBRARY


def test_every_city_has_a_name_and_a_country(network: TieNetwork) -> None:
    for tie in network.ties:
        for iri in tie.cities:
            assert {"en", "fa"} <= network.cities[iri].names.keys()
            assert network.countries[network.cities[iri].country]["fa"]


def test_the_state_is_the_one_that_the_catalogue_tells(graph: ServedGraph, runner: asyncio.Runner) -> None:
    days = [f"{year}-{end}" for year in (1960, 1990, 1995, 2000, 2005, 2010, 2016, 2020) for end in ("01-01", "07-01")]
    desk = NetworkDesk(graph)
    seen = set()
    for day in days:
        rows = json.loads(runner.run(graph.rows(graph.catalogue["ties-as-of"], {"day": day})))["results"]["bindings"]
        expected = {(row["city"]["value"], row["other"]["value"], row["state"]["value"]) for row in rows}
        moment = read_moment(day)
        network = runner.run(desk.network())
        found = {(*tie.cities, str(tie.state(moment))) for tie in network.ties}
        assert found == expected, (day, sorted(found ^ expected))
        seen |= {state for *_, state in found}
    assert seen == {"held", "not held", "unknown"}


def bounds(year: int) -> Bounds:
    return Bounds(date(year, 1, 1), date(year, 12, 31))


A, B, C, D = (f"https://w3id.org/citydip/id/city/{name}" for name in "abcd")
GILAN, BAVARIA = (f"https://w3id.org/citydip/id/division/{name}" for name in ("gilan", "bavaria"))
ASIA, EUROPE, AFRICA = (f"https://w3id.org/citydip/id/world-region/{name}" for name in ("asia", "europe", "africa"))
CITIES = {
    A: City(country="IR", divisions=frozenset({GILAN}), regions=frozenset({ASIA})),
    B: City(country="DE", divisions=frozenset({BAVARIA}), regions=frozenset({EUROPE})),
    C: City(country="DE", regions=frozenset({EUROPE})),
    D: City(country="FR", regions=frozenset({EUROPE})),
}
TIES = [
    Tie((A, B), "signed", {"sister-city"}, {"signed"}, {"signedOn": [bounds(1990)]}),
    Tie((A, C), "signed", {"memorandum-of-understanding"}, {"ended"}, {"signedOn": [bounds(1990)]}),
    Tie((B, C), "attested", {"sister-city"}, {"reported"}, sides={"x": {B, C}, "y": {B}}),
    Tie((C, D), "reported", {"sister-city"}, {"reported"}, sides={"x": {C}}),
    Tie((B, D), "reported", {"sister-city"}, {"reported"}, sides={"y": {B, D}}),
]
MADE = TieNetwork(TIES, CITIES)


def chosen(**given: Any) -> list[str]:
    return ["".join(iri[-1] for iri in tie.cities) for tie in MADE.select(Selection(**given))]


def test_ties_are_chosen_by_what_is_known_of_them() -> None:
    assert chosen() == ["ab", "bc"]
    assert chosen(grades=GRADES) == ["ab", "bc", "cd", "bd"]
    assert chosen(grades=("reported",)) == ["cd", "bd"]
    assert chosen(types=("sister-city",), countries=("IR",)) == ["ab"]
    assert chosen(types=("memorandum-of-understanding",)) == []
    assert chosen(countries=("IR", "FR"), grades=GRADES) == ["ab", "cd", "bd"]
    assert chosen(divisions=("division:bavaria",), grades=GRADES) == ["ab", "bc", "bd"]
    assert chosen(divisions=(GILAN,), countries=("FR",), grades=GRADES) == ["ab", "cd", "bd"]
    assert chosen(regions=("world-region:asia",), grades=GRADES) == ["ab"]
    assert chosen(regions=(ASIA,), countries=("FR",), grades=GRADES) == ["ab", "cd", "bd"]
    assert chosen(regions=(AFRICA,), grades=GRADES) == []
    assert chosen(within=(EUROPE,), grades=GRADES) == ["bc", "cd", "bd"]
    assert chosen(within=("FR", "world-region:asia"), grades=GRADES) == []
    assert chosen(within=("IR", EUROPE), grades=GRADES) == ["ab", "bc", "cd", "bd"]
    assert chosen(within=("DE",)) == ["bc"]
    assert chosen(within=("DE", "FR"), divisions=(BAVARIA,), grades=GRADES) == ["bc", "bd"]


def test_ties_are_chosen_by_a_time() -> None:
    def at(text: str, wanted: str) -> list[str]:
        return chosen(as_of=read_moment(text), wanted=Wanted(wanted))

    assert at("2000", "certain") == ["ab"]
    assert at("2000", "possible") == ["ab", "ac", "bc"]
    assert at("1980-01-01", "possible") == ["bc"]
    assert at("1980-01-01", "all") == ["ab", "ac", "bc"]


def test_a_tie_that_starts_after_it_was_signed_holds_from_its_start() -> None:
    tie = Tie((A, B), "signed", set(), {"signed"}, {"signedOn": [bounds(1990)], "startsOn": [bounds(1992)]})
    moments = [Moment("", day, day) for day in (date(1991, 6, 1), date(1993, 6, 1))]
    assert [str(tie.state(moment)) for moment in moments] == ["not held", "held"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"types": ("marriage",)}, "no type of tie 'marriage'; there are: sister-city"),
        ({"grades": ("sure",)}, "no grade 'sure'; there are: signed"),
        ({"countries": ("iran",)}, "ISO 3166 code, such as IR, not 'iran'"),
        ({"within": ("iran",)}, "IRI, such as 145 or world-region:western-asia, not 'iran'"),
        ({"divisions": ("bavaria",)}, "such as division:isfahan-province, not 'bavaria'"),
    ],
)
def test_what_does_not_exist_cannot_be_chosen(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        Selection(**given)


def test_a_region_is_known_by_code_iri_and_name(graph: ServedGraph, runner: asyncio.Runner) -> None:
    desk = NetworkDesk(graph)
    iri = "https://w3id.org/citydip/id/world-region/western-asia"
    for text in ("145", iri, "world-region:western-asia", "western asia", "Western Asia", "غرب آسیا", "آسیای غربي"):
        found = runner.run(desk.choose(Selection(regions=(text,), within=("IR", "145"))))
        assert (found.regions, found.within) == ((iri,), ("IR", iri)), text
    for text in ("999", "Atlantis", "world-region:atlantis", ""):
        with pytest.raises(ParameterError, match=r"there is no world region .* M49 code such as 145"):
            runner.run(desk.choose(Selection(regions=(text,))))


def test_ties_of_a_region_are_those_of_its_countries(network: TieNetwork, store: ox.Store) -> None:
    def codes(region: str) -> tuple[str, ...]:
        found = store.query(
            "PREFIX cd: <https://w3id.org/citydip/ontology#> SELECT ?code WHERE "
            f"{{ ?country cd:isoCode ?code ; cd:hasWorldRegion/cd:hasBroaderRegion* <{region}> }}"
        )
        assert isinstance(found, ox.QuerySolutions)
        return tuple(row["code"].value for row in found)

    west, every = ASIA.replace("/asia", "/western-asia"), network.select(Selection())
    touching, inside = network.select(Selection(regions=(west,))), network.select(Selection(within=(ASIA,)))
    assert touching == network.select(Selection(countries=codes(west)))
    assert inside == network.select(Selection(within=codes(ASIA)))
    assert 0 < len(touching) < len(every)
    assert 0 < len(inside) < len(every)


def test_a_division_without_a_tied_city_is_told() -> None:
    with pytest.raises(ParameterError, match="no city that has a tie lies in https://w3id"):
        chosen(divisions=("division:nowhere",))


def test_reciprocity_counts_ties_that_a_list_looked_for_on_both_sides() -> None:
    # The list x has entries for b and c, the list y for b and d: of c and d together no list can tell.
    assert reciprocity(TIES, MADE) == {"reciprocity": 1.0, "compared_ties": 2, "mutual_ties": 2}
    one_sided = Tie((B, C), "reported", sides={"x": {C}})
    silent = TieNetwork([one_sided, Tie((A, B), "reported", sides={"x": {B}})], CITIES)
    assert reciprocity([one_sided], silent) == {"reciprocity": 0.0, "compared_ties": 1, "mutual_ties": 0}
    assert reciprocity(TIES[:2], MADE)["reciprocity"] is None


def test_what_is_only_proposed_is_no_tie() -> None:
    def row(status: str) -> dict[str, Any]:
        values = {
            "tie": f"{A}/{status}",
            "one": A,
            "other": B,
            "status": f"https://w3id.org/citydip/id/status/{status}",
        }
        return {key: {"value": value} for key, value in values.items()}

    rows = [row(status) for status in ("proposed", "signed", "under-discussion")]
    assert [tie.statuses for tie in network_of(rows, [], [], {}, {}).ties] == [{"signed"}]


def test_equal_questions_are_measured_once(graph: ServedGraph, runner: asyncio.Runner, monkeypatch: Any) -> None:
    asked = []

    async def measured(what: str, *_: Any, **__: Any) -> Any:
        asked.append(what)
        if len(asked) == 1:
            raise CitydipError("this time it fails")
        return {}

    monkeypatch.setattr("citydip.services.networks.desk.measure_apart", measured)
    desk, signed = NetworkDesk(graph), Selection(grades=("signed",))
    with pytest.raises(CitydipError, match="this time"):
        runner.run(desk.stats(signed))
    for _ in range(3):
        runner.run(desk.stats(signed))
    assert asked == ["stats", "stats"]


def test_what_takes_too_long_is_killed() -> None:
    # A path this long keeps betweenness busy for minutes.
    links = links_of((f"{a}", f"{b}") for a, b in itertools.pairwise(range(200_000)))

    async def measured() -> None:
        with pytest.raises(QueryTimeoutError, match="not there after 2 s"):
            await measure_apart("rank", links, by="betweenness", seconds=2, memory=1024)

    asyncio.run(measured())


def test_an_unknown_measure_is_told_from_the_other_process() -> None:
    with pytest.raises(ParameterError, match="by 'fame'"):
        asyncio.run(measure_apart("rank", links_of([("a", "b")]), by="fame", seconds=60, memory=1024))
