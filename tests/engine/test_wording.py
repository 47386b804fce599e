"""A query worded for another store: it gives on our own engine what binding its terms from outside gives."""

import io
import json
from pathlib import Path

import pyoxigraph as ox
import pytest

from citydip.engine.binding import Term, bind
from citydip.engine.formats import Kind
from citydip.engine.guard import guard
from citydip.engine.store import open_query
from citydip.engine.wording import worded
from citydip.model.errors import ParameterError
from citydip.model.queryfile import QueryFile
from citydip.model.terms import PREFIXES
from citydip.services.catalogue import Catalogue
from tests.catalogue.test_golden import PATHS

A: Term = {"type": "uri", "value": "http://x/a"}
TEXT: Term = {"type": "literal", "value": 'a "b" \\ } ?c\n', "lang": "en"}
DATA = "<http://x/a> <http://x/p> 1, 2 ; <http://x/q> <http://x/b> . <http://x/b> <http://x/p> 3 ."


@pytest.fixture(scope="module")
def small() -> ox.Store:
    store = ox.Store()
    store.load(DATA.encode(), format=ox.RdfFormat.TURTLE)
    return store


def answer(store: ox.Store, query: str, terms: dict[str, Term], *, prefixes: bool = True) -> list[str]:
    """Return the lines of an answer, sorted; without prefixes, the query must declare those that it uses."""
    form = "ntriples" if guard(query).kind is Kind.GRAPH else "tsv"
    if not prefixes:
        store.query(query)
    output = io.BytesIO()
    open_query(store, {"query": query, "format": form, "bindings": terms}).write(output)
    return sorted(output.getvalue().decode().splitlines())


def others(store: ox.Store, query: QueryFile) -> list[dict[str, Term]]:
    """Return some more terms for the parameters of a query, out of its own answers."""
    if guard(query.text).kind is not Kind.ROWS:
        return []
    output = io.BytesIO()
    open_query(store, {"query": query.text, "format": "json"}).write(output)
    rows = json.loads(output.getvalue())["results"]["bindings"]
    found = []
    for parameter in query.parameters:
        terms = [row[parameter.name] for row in rows if row.get(parameter.name, {}).get("type") == "uri"]
        found += [{parameter.name: term} for term in terms[:: max(len(terms) // 2, 1)]]
    return found


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_catalogue_query_gives_the_same(path: Path, store: ox.Store, catalogue: Catalogue) -> None:
    query = catalogue[path.stem]
    for terms in [bind(query, query.sample), *others(store, query)]:
        assert answer(store, worded(query.text, terms), {}, prefixes=False) == answer(store, query.text, terms)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?s <http://x/p> ?o }",
        "SELECT ?s ?o { ?s <http://x/p> ?o FILTER (?s = ?s) } ORDER BY ?s ?o",
        "SELECT ?s (COUNT(*) AS ?n) { ?s <http://x/p> ?o } GROUP BY ?s",
        "SELECT DISTINCT ?s ($s AS ?t) { { ?s <http://x/p> ?o } UNION { ?o <http://x/q> ?s } }",
        "SELECT ?s ?o { VALUES ?o { 1 3 } OPTIONAL { ?s <http://x/p> ?o } }",
        "SELECT ?s ?o { ?x <http://x/p> ?o FILTER NOT EXISTS { ?s <http://x/p> ?o } }",
        "SELECT ?s ?o { ?s <http://x/p> ?o { SELECT ?s (MAX(?x) AS ?o) { ?s <http://x/p> ?x } GROUP BY ?s } }",
        # Here the inner ?s is another one.
        "SELECT ?s ?n { ?s <http://x/q> ?b { SELECT (COUNT(?s) AS ?n) { ?s <http://x/p> ?o } } }",
        "SELECT ?s { { SELECT ?s { ?s <http://x/p> ?o } } UNION { SELECT ?o { ?o <http://x/q> ?b } } }",
        "ASK { ?s <http://x/p> 3 }",
        "ASK { ?s <http://x/p> 2 }",
        "CONSTRUCT { ?s <http://x/r> ?o } WHERE { ?s <http://x/p> ?o }",
        "CONSTRUCT { ?o <http://x/r> ?s } { ?s <http://x/p>+ ?o }",
        "DESCRIBE ?s WHERE { ?s <http://x/q> ?b }",
        "SELECT ?s # ?s }\nWHERE { ?s <http://x/p> '?s }' , ?o }",
    ],
)
@pytest.mark.parametrize("term", [A, {"type": "uri", "value": "http://x/none"}], ids=["known", "unknown"])
def test_a_term_is_bound_wherever_its_variable_means_the_same(query: str, term: Term, small: ox.Store) -> None:
    assert answer(small, worded(query, {"s": term}), {}) == answer(small, query, {"s": term})


def test_a_text_is_written_so_that_it_stays_a_text(small: ox.Store) -> None:
    query = "SELECT ?t ?n { BIND (STRLEN(?t) AS ?n) }"
    assert answer(small, worded(query, {"t": TEXT}), {}) == answer(small, query, {"t": TEXT})


@pytest.mark.parametrize("query", ["DESCRIBE ?s", "CONSTRUCT WHERE { ?s ?p ?o }"])
def test_where_there_is_no_place_for_a_term_the_query_is_refused(query: str) -> None:
    with pytest.raises(ParameterError, match=r"\?s"):
        worded(query, {"s": A})


def test_what_is_relative_means_what_it_means_here(small: ox.Store) -> None:
    for query in ("ASK { ?s <ontology#a> <x> }", "SELECT (<x> AS ?x) {}"):
        assert answer(small, worded(query, {}), {}, prefixes=False) == answer(small, query, {})


def test_lines_keep_their_numbers_and_own_prefixes_win() -> None:
    query = "PREFIX cd: <http://x/>\nSELECT * { ?s cd:a ?o ; rdfs:label ?label . # city:tehran\n}"
    text = worded(query, {})
    assert text.endswith(query)
    assert text.removesuffix(query) == f"PREFIX rdfs: <{PREFIXES['rdfs']}> "
    assert len(answer(_store(), text, {}, prefixes=False)) == 2


def _store() -> ox.Store:
    store = ox.Store()
    label = PREFIXES["rdfs"] + "label"
    store.load(f"<http://x/s> <http://x/a> <http://x/a> ; <{label}> 'b' .".encode(), format=ox.RdfFormat.TURTLE)
    return store
