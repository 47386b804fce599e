"""Headers and texts of catalogue queries: complete in two languages, and plain SPARQL that any engine runs."""

import re
from collections.abc import Sequence

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.plugins.sparql.processor import SPARQLResult

from citydip.curation.snapshot import Snapshot
from citydip.engine.binding import Term, bind
from citydip.engine.formats import Kind
from citydip.engine.guard import guard
from citydip.model.queryfile import QueryFile, parse_query_file
from citydip.model.terms import PREFIXES
from tests.conftest import ROOT, run_query

PATHS = sorted((ROOT / "queries" / "catalogue").glob("*.rq"))
QUERIES = [parse_query_file(path.stem, path.read_text(encoding="utf-8")) for path in PATHS]

DIFFERS: dict[str, str] = {}
"""Queries that rdflib's engine answers otherwise or too slowly, each with the reason."""

_PERSIAN = re.compile(r"[\u0621-\u064A\u067E\u0686\u0698\u06A9\u06AF\u06CC]")
_FOREIGN_LETTER = re.compile(r"[\u064A\u0649\u0643]")
_FOREIGN_DIGIT = re.compile(r"(?<![A-Za-z\d.:-])[\u0660-\u06690-9]")
_NOT_NAMES = re.compile(r"<[^<>\s]*>|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|(?m:^\s*#.*$)")
_PREFIX = re.compile(r"^PREFIX ([\w-]*): <([^>]*)>$", re.MULTILINE)

every_query = pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)


def _used_prefixes(query: QueryFile) -> set[str]:
    """Return the prefixes that the body of a query uses."""
    body = _NOT_NAMES.sub(" ", _PREFIX.sub("", query.text))
    return set(re.findall(r"(?<![\w?$:-])([A-Za-z][\w-]*):(?=[\w\s)}|/*+?;,.^-])", body))


def test_there_are_forty_queries_and_graphs_and_truth_values_among_them() -> None:
    kinds = [guard(query.text).kind for query in QUERIES]
    assert len(QUERIES) >= 40
    assert kinds.count(Kind.GRAPH) >= 2
    assert Kind.TRUTH in kinds


@every_query
def test_a_header_is_complete_in_both_languages(query: QueryFile) -> None:
    missing = [key for key in ("title", "title-fa", "summary", "summary-fa") if not query.fields.get(key)]
    assert not missing, f"{query.name}.rq lacks #+ {', #+ '.join(missing)}"
    assert query.tags, f"{query.name}.rq lacks #+ tags"
    for tag in query.tags:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", tag), f"the tag {tag!r} is not kebab-case"
    english = [query.title("en"), query.summary("en"), *(p.description["en"] for p in query.parameters)]
    persian = [query.title("fa"), query.summary("fa"), *(p.description["fa"] for p in query.parameters)]
    assert not [text for text in english if _PERSIAN.search(text)]
    for text in persian:
        assert _PERSIAN.search(text), f"not Persian: {text}"
        assert not _FOREIGN_LETTER.search(text), f"Arabic ي or ك where Persian writes ی or ک: {text}"
        assert not _FOREIGN_DIGIT.search(text), f"digits are not Persian: {text}"
    assert query.summary("en").endswith(".")
    assert query.summary("fa").endswith(".")


@every_query
def test_a_header_says_view_and_pages(query: QueryFile) -> None:
    assert {"view", "page"} <= set(query.fields)
    is_table = guard(query.text).kind is Kind.ROWS
    assert (query.page is not None) is is_table, "rows have pages, graphs and truth values have none"


@every_query
def test_examples_bind_and_choices_are_there(query: QueryFile, store: ox.Store) -> None:
    bind(query, {parameter.name: parameter.shown for parameter in query.parameters if parameter.shown})
    internal = {path.stem for path in (ROOT / "queries" / "internal").glob("*.rq")}
    for parameter in query.parameters:
        choices = parameter.choices
        if choices is None:
            continue
        if choices.kind == "query":
            assert choices.values[0] in internal
        elif choices.kind == "property":
            # The curated graph holds no list of ties, which alone have sides; the ontology knows the property.
            asked = (
                f"ASK {{ {{ ?s {choices.values[0]} ?o FILTER (ISIRI(?o)) }} UNION {{ {choices.values[0]} a ?kind }} }}"
            )
            assert store.query(asked, prefixes=PREFIXES), f"there is no property {choices.values[0]}"
        elif choices.kind == "class":
            assert store.query(f"ASK {{ ?s a {choices.values[0]} }}", prefixes=PREFIXES)
        else:
            for value in choices.values:
                bind(query, {**query.sample, parameter.name: value})


def test_parameters_of_every_kind_of_choice_are_offered() -> None:
    kinds = {p.choices.kind for query in QUERIES for p in query.parameters if p.choices}
    assert kinds == {"list", "property", "class", "query"}


def test_no_title_stands_twice() -> None:
    for language in ("en", "fa"):
        titles = [query.title(language) for query in QUERIES]
        assert sorted({title for title in titles if titles.count(title) > 1}) == []


@every_query
def test_a_file_name_is_kebab_case(query: QueryFile) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", query.name)


@every_query
def test_a_parameter_is_a_variable_of_the_query_and_its_default_binds(query: QueryFile) -> None:
    names = [parameter.name for parameter in query.parameters]
    assert len(names) == len(set(names))
    body = query.text[query.text.index("PREFIX") :]
    for name in names:
        assert re.search(rf"\?{name}\b", body), f"{query.name} never uses ?{name}"
    bind(query, query.sample)


@every_query
def test_binding_an_open_parameter_keeps_the_rows_that_have_its_value(query: QueryFile, store: ox.Store) -> None:
    """What OPTIONAL has bound cannot be asked for from outside: rows without the value would come along."""
    for parameter in query.parameters:
        if parameter.default is not None or parameter.type != "iri":
            continue
        every = run_query(store, query, {})
        for value in {row[parameter.name] for row in every if parameter.name in row}:
            bound = run_query(store, query, {parameter.name: value})
            assert bound == [row for row in every if row.get(parameter.name) == value]


@every_query
def test_a_query_declares_its_own_prefixes_as_ours(query: QueryFile) -> None:
    ox.Store().query(query.text)
    declared = dict(_PREFIX.findall(query.text))
    assert declared == {prefix: PREFIXES[prefix] for prefix in declared}
    assert set(declared) == _used_prefixes(query), "a prefix is declared and not used, or the other way round"
    assert list(declared) == sorted(declared), "prefixes are sorted"


@every_query
def test_rows_have_an_order(query: QueryFile) -> None:
    if guard(query.text).kind is Kind.ROWS:
        assert re.search(r"^ORDER BY ", query.text, re.MULTILINE), f"the rows of {query.name} come in any order"


@pytest.fixture(scope="module")
def dataset(snapshot: Snapshot) -> rdflib.Dataset:
    """Return the snapshot's quads in rdflib."""
    dataset = rdflib.Dataset(default_union=True)
    dataset.parse(snapshot.data, format="nquads")
    return dataset


Cell = tuple[str, ...] | None
"""A term that two engines can be compared by."""


@every_query
def test_another_engine_gives_the_same_rows_in_the_same_order(
    query: QueryFile, store: ox.Store, dataset: rdflib.Dataset
) -> None:
    """Bound from outside on both engines; an equal order shows that ORDER BY leaves no choice."""
    if query.name in DIFFERS:
        return
    terms = bind(query, query.sample)
    ours = _asked_of_oxigraph(store, query, terms)
    theirs = _asked_of_rdflib(dataset, query, terms)
    if isinstance(ours, list) and isinstance(theirs, list):
        assert sorted(map(repr, ours)) == sorted(map(repr, theirs))
    assert ours == theirs, "the same rows in another order: ORDER BY leaves a choice"


def test_what_differs_is_in_the_catalogue() -> None:
    assert set(DIFFERS) <= {query.name for query in QUERIES}


def _asked_of_oxigraph(store: ox.Store, query: QueryFile, terms: dict[str, Term]) -> bool | list[tuple[Cell, ...]]:
    values: dict[ox.Variable, ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple] = {}
    for name, term in terms.items():
        if term["type"] == "uri":
            values[ox.Variable(name)] = ox.NamedNode(term["value"])
        else:
            datatype = ox.NamedNode(term["datatype"]) if "datatype" in term else None
            values[ox.Variable(name)] = ox.Literal(term["value"], datatype=datatype)
    result = store.query(query.text, substitutions=values or None)
    if isinstance(result, ox.QueryBoolean):
        return bool(result)
    if isinstance(result, ox.QuerySolutions):
        return [tuple(_of_oxigraph(term) for term in row) for row in result]
    return sorted({tuple(_of_oxigraph(t) for t in (x.subject, x.predicate, x.object)) for x in result}, key=repr)


def _asked_of_rdflib(
    dataset: rdflib.Dataset, query: QueryFile, terms: dict[str, Term]
) -> bool | list[tuple[Cell, ...]]:
    values = {
        name: rdflib.URIRef(term["value"])
        if term["type"] == "uri"
        else rdflib.Literal(term["value"], datatype=rdflib.URIRef(term["datatype"]) if "datatype" in term else None)
        for name, term in terms.items()
    }
    result = dataset.query(query.text, initBindings=values)
    assert isinstance(result, SPARQLResult)
    if result.type == "ASK":
        return bool(result.askAnswer)
    rows: Sequence[tuple[rdflib.term.Node | None, ...]] = [tuple(row) for row in result]  # type: ignore[arg-type]
    cells = [tuple(_of_rdflib(term) for term in row) for row in rows]
    return cells if result.type == "SELECT" else sorted(set(cells), key=repr)


def _of_oxigraph(term: object) -> Cell:
    if isinstance(term, ox.Literal):
        return _literal(term.value, term.language, term.datatype.value)
    return (term.value,) if isinstance(term, ox.NamedNode) else None


def _of_rdflib(term: object) -> Cell:
    if isinstance(term, rdflib.Literal):
        return _literal(str(term), term.language, str(term.datatype or ""))
    return (str(term),) if isinstance(term, rdflib.URIRef) else None


def _literal(value: str, language: str | None, datatype: str) -> tuple[str, ...]:
    """Return a literal; one without language and datatype and one of ``xsd:string`` are the same in RDF 1.1."""
    plain = bool(language) or datatype == PREFIXES["xsd"] + "string"
    return (value, language or "", "" if plain else datatype)
