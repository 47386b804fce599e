"""The Wikidata view of the whole graph: every item, every tie on both sides, and every entity as JSON."""

import random
from pathlib import Path

import pyoxigraph as ox
import pytest

from citydip.curation.wikidata_view import write_view
from citydip.curation.workspace import Workspace
from citydip.engine.entities import entity_of
from citydip.engine.store import load
from citydip.engine.wikidata import as_standard
from citydip.model.queryfile import parse_query_file
from citydip.model.terms import PREFIXES
from citydip.model.wikibase import OWN
from tests.conftest import ROOT

ENTITY = ROOT / "queries" / "internal" / "wikidata-entity.rq"
ITEM = PREFIXES["wd"]


@pytest.fixture(scope="module")
def view(world: Workspace, tmp_path_factory: pytest.TempPathFactory) -> ox.Store:
    path: Path = tmp_path_factory.mktemp("view") / "wikidata.nt"
    write_view(world.store, sorted((ROOT / "queries" / "wikidata-view").glob("*.rq")), path)
    return load(path)


def rows(store: ox.Store, query: str, *, union: bool = False) -> list[tuple[str, ...]]:
    text = query if union else as_standard(query, ["en"]).text
    found = store.query(text, prefixes=PREFIXES, use_default_graph_as_union=union)
    assert isinstance(found, ox.QuerySolutions)
    return [tuple(v.value if isinstance(v, ox.NamedNode | ox.Literal) else "" for v in row) for row in found]


def test_every_identifier_is_an_item_with_a_label_and_a_kind(world: Workspace, view: ox.Store) -> None:
    known = {item for (item,) in rows(world.store, "SELECT ?q { ?thing cd:wikidataIdentifier ?q }", union=True)}
    items = {item for (item,) in rows(view, "SELECT ?item { ?item skos:exactMatch ?thing ; wdt:P31 ?kind }")}
    assert items == {ITEM + name for name in known}
    assert len(items) > 20_000
    assert (
        rows(view, "SELECT ?item { ?item skos:exactMatch ?t FILTER NOT EXISTS { ?item rdfs:label ?l } } LIMIT 3") == []
    )


def test_every_tie_stands_on_both_sides_and_no_pair_is_missing(world: Workspace, view: ox.Store) -> None:
    one_sided = "SELECT ?a { ?a wdt:P190 ?b FILTER NOT EXISTS { ?b wdt:P190 ?a } } LIMIT 3"
    assert rows(view, one_sided) == []
    known = rows(world.store, "SELECT ?thing ?q { ?thing cd:wikidataIdentifier ?q }", union=True)
    items = {thing: item for thing, item in known if item}
    said = "SELECT DISTINCT ?a ?b { ?a cd:twinnedWith|cd:reportedlyTwinnedWith ?b }"
    pairs = {
        tuple(ITEM + items[city] if city in items else city for city in pair)
        for pair in rows(world.store, said, union=True)
    }
    assert len(pairs) > 50_000
    assert pairs <= set(rows(view, "SELECT ?a ?b { ?a wdt:P190 ?b }"))


def test_a_query_on_the_whole_world(view: ox.Store) -> None:
    query = """SELECT ?city ?cityLabel (COUNT(DISTINCT ?twin) AS ?twins) WHERE {
      ?city wdt:P31/wdt:P279* wd:Q515; wdt:P17 wd:Q43; wdt:P190 ?twin.
      SERVICE wikibase:label { bd:serviceParam wikibase:language "[AUTO_LANGUAGE],tr". }
    } GROUP BY ?city ?cityLabel ORDER BY DESC(?twins) LIMIT 3"""
    best = rows(view, query)
    assert best[0][:2] == (f"{ITEM}Q406", "Istanbul")
    assert int(best[0][2]) > 40


def test_entities_of_the_world_are_whole(view: ox.Store) -> None:
    query = parse_query_file("entity", ENTITY.read_text(encoding="utf-8"))
    items = sorted(item for (item,) in rows(view, "SELECT ?item { ?item skos:exactMatch ?thing }"))
    for item in random.Random(5).sample(items, 60):
        name = item.removeprefix(ITEM)
        triples = view.query(query.text, prefixes=PREFIXES, substitutions={ox.Variable("item"): ox.NamedNode(item)})
        assert isinstance(triples, ox.QueryTriples)
        entity = entity_of(name, ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"")
        assert entity is not None
        nodes = [o for (o,) in rows(view, f"SELECT ?o {{ wd:{name} ?p ?o }}") if o.startswith(f"{OWN}statement/")]
        assert sum(map(len, entity["claims"].values())) == len(nodes) > 0
        assert entity["labels"]
