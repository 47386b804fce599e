"""Results as the store writes them."""

import io
import json
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from citydip.engine.rewrite import Rewritten, Step
from citydip.engine.store import Loaded, load, names_graphs, open_query
from citydip.model.terms import PREFIXES

EVERYTHING = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"


def written(store: ox.Store, form: str, query: str = EVERYTHING) -> bytes:
    output = io.BytesIO()
    open_query(store, {"query": query, "format": form}).write(output)
    return output.getvalue()


def test_a_small_graph_in_turtle_is_in_order_with_the_prefixes_that_it_uses() -> None:
    store = ox.Store()
    text = """city:yazd cd:population 1 ; a cd:City . city:ahvaz rdfs:label "Ahvaz"@en , "اهواز"@fa ; a cd:City ."""
    head = "".join(f"@prefix {p}: <{PREFIXES[p]}> .\n" for p in ("cd", "city", "rdfs"))
    store.load((head + text).encode(), format=ox.RdfFormat.TURTLE)
    lines = written(store, "turtle").decode().splitlines()
    prefixes = [line.split()[1] for line in lines if line.startswith("@prefix")]
    assert prefixes == ["cd:", "city:", "rdf:", "rdfs:", "xsd:"]
    body = [line for line in lines if not line.startswith("@prefix")]
    assert body[0].startswith("city:ahvaz a cd:City")
    assert [line.split()[0] for line in body if line.startswith("city:")] == ["city:ahvaz", "city:yazd"]


def test_a_triple_that_two_solutions_make_is_written_once() -> None:
    store = ox.Store()
    store.load(b"<x:a> <x:p> 1, 2, 3 .", format=ox.RdfFormat.TURTLE)
    assert written(store, "turtle", "CONSTRUCT { ?s a <x:C> } WHERE { ?s <x:p> ?o }").count(b"<x:a>") == 1


@pytest.mark.parametrize("form", ["turtle", "trig"])
def test_a_large_graph_streams_whole(form: str) -> None:
    store = ox.Store()
    quads = (ox.Quad(ox.NamedNode(f"x:{i}"), ox.NamedNode("x:p"), ox.Literal(str(i))) for i in range(12000))
    store.extend(quads)
    format_ = {"turtle": ox.RdfFormat.TURTLE, "trig": ox.RdfFormat.TRIG}[form]
    assert len(set(ox.parse(written(store, form), format=format_))) == 12000


iris = st.sampled_from(
    ["x:a", PREFIXES["city"] + "tehran", PREFIXES["cd"] + "City", PREFIXES["cd"] + "a/b", PREFIXES["city"]]
)
objects = st.one_of(iris.map(ox.NamedNode), st.text().map(ox.Literal), st.integers().map(ox.Literal))


@given(st.lists(st.builds(ox.Triple, iris.map(ox.NamedNode), iris.map(ox.NamedNode), objects), max_size=20))
def test_every_graph_format_reads_back_to_the_same_graph(triples: list[ox.Triple]) -> None:
    store = ox.Store()
    store.extend(ox.Quad(t.subject, t.predicate, t.object) for t in triples if isinstance(t.subject, ox.NamedNode))
    formats = {
        "turtle": ox.RdfFormat.TURTLE,
        "trig": ox.RdfFormat.TRIG,
        "ntriples": ox.RdfFormat.N_TRIPLES,
        "jsonld": ox.RdfFormat.JSON_LD,
    }
    for name, form in formats.items():
        assert {q.triple for q in ox.parse(written(store, name), format=form)} == set(triples), name


@pytest.mark.parametrize(
    "query",
    [
        "ASK { cd:City ?p ?o }",
        "ASK{?s a cd:City.cd:City ?p ?o}",
        "ASK { ?s ?p ?o.cd:City ?p ?o }",
        "ASK{?s ?p-cd:City}",
        "ASK { ?s (cd:City|^rdfs:label)/skos:note ?o }",
        "ASK { ?s \\u0063d:City ?o }",
        'ASK { ?s ?p "1"^^xsd:integer FILTER(xsd:integer(?o)=1) }',
        "PREFIX cd: <x:> ASK { ?s a cd:City }",
        "ASK # cd:\n{ ?s a foaf:Person }",
    ],
)
def test_prefixes_of_the_graph_need_no_declaration(query: str) -> None:
    engine = ox.Store()
    try:
        engine.query(query, prefixes=PREFIXES)
    except SyntaxError:
        with pytest.raises(SyntaxError):
            open_query(engine, {"query": query, "format": "json"})
    else:
        assert written(engine, "json", query) == b'{"head":{},"boolean":false}'


def test_a_rewriting_that_the_engine_cannot_read_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "ASK { FILTER (1 = 1) }"
    broken = Rewritten("no query", (Step("values", text, "no query"),))
    monkeypatch.setattr("citydip.engine.store.rewrite", lambda *_: broken)
    assert written(ox.Store(), "csv", text) == b"true"


def test_a_triple_of_two_graphs_is_there_once_and_each_graph_has_it(tmp_path: Path) -> None:
    data = tmp_path / "graph.nq"
    lines = [f"<x:s> <x:p> <x:{o}> <x:{g}> .\n" for o in "ab" for g in "gh"] + ['<x:s> <x:p> "a <x> b"@en <x:g> .\n']
    data.write_text("".join(sorted(lines)))
    loaded = load(data)
    for query, count in (
        ("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", 3),
        ("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }", 5),
        ("SELECT (COUNT(*) AS ?n) FROM <x:h> { ?s ?p ?o }", 2),
        ("SELECT (COUNT(DISTINCT ?g) AS ?n) { GRAPH ?g { } }", 2),
    ):
        assert written(loaded, "csv", query).split() == [b"n", str(count).encode()], query


def test_a_blank_node_is_the_same_one_in_the_union_and_in_its_graph(tmp_path: Path) -> None:
    data = tmp_path / "graph.nq"
    data.write_text("_:a <x:p> _:b <x:g> .\n_:b <x:q> <x:c> <x:h> .\n")
    query = "SELECT (COUNT(*) AS ?n) { ?a <x:p> ?b GRAPH <x:h> { ?b <x:q> ?c } }"
    assert written(load(data), "csv", query).split() == [b"n", b"1"]


@pytest.fixture(scope="module")
def graphs(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    """Return a store of two triples, one of them in two graphs."""
    data = tmp_path_factory.mktemp("stores") / "graph.nq"
    data.write_text("<x:s> <x:p> <x:a> <x:g> .\n<x:s> <x:p> <x:a> <x:h> .\n<x:s> <x:p> <x:b> <x:h> .\n")
    return Loaded.of(data)


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("SELECT * { GRAPH ?g { ?s ?p ?o } }", 3),
        ("SELECT * {graph<x:g>{ ?s ?p ?o }}", 1),
        ("PREFIX GRAPHx: <x:> SELECT * { { ?s ?p ?o } GRAPH GRAPHx:g { } }", 2),
        ("SELECT * { ?s ?p ?o FILTER (true && true)GRAPH ?g { ?s ?p ?o } }", 3),
        ("SELECT * { ?s ?p ?o FILTER EXISTS { GRAPH <x:g> { ?s ?p ?o } } }", 1),
        ("SELECT *FROM <x:g> { ?s ?p ?o }", 1),
        ("SELECT * FROM NAMED <x:g> { GRAPH ?g { ?s ?p ?o } }", 1),
        ('SELECT * { GRAPH ?g { ?s ?p ?o } BIND ("""\n# """ AS ?b) }', 3),
        ('SELECT * { BIND ("""\n# """ AS ?b) GRAPH ?g { ?s ?p ?o } }', 3),
        ("SELECT * {\n # ?s ?p ?o\n GRAPH ?g { ?s ?p ?o } }", 3),
    ],
)
def test_a_query_that_names_graphs_finds_them(graphs: Loaded, query: str, count: int) -> None:
    assert names_graphs(query)
    output = io.BytesIO()
    graphs.open_query({"query": query, "format": "json"}).write(output)
    assert len(json.loads(output.getvalue())["results"]["bindings"]) == count, query


@pytest.mark.parametrize(
    "query",
    ["SELECT * { ?s ?p ?o }", "# from a graph\nSELECT ?graph { ?graph <x:p> ?from }", "SELECT * { ?s :graph ?o }"],
)
def test_a_query_that_names_no_graph_is_told_from_one_that_does(query: str) -> None:
    assert not names_graphs(query)


def test_triples_without_graphs_are_held_once(tmp_path: Path) -> None:
    data = tmp_path / "graph.nt"
    data.write_text("<x:s> <x:p> <x:a> .\n")
    assert [str(quad.graph_name) for quad in Loaded.of(data).store] == ["DEFAULT"]
