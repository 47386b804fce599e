"""What is computed by columns is what the engine computes, on any graph; and what is not for them is left to it."""

import io
import re
from collections import Counter
from collections.abc import Collection
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from citydip.curation.columns import write_columns
from citydip.curation.snapshot import Snapshot
from citydip.engine.binding import bind, term_of
from citydip.engine.columns.answering import ByColumns
from citydip.engine.columns.reading import plan_of
from citydip.engine.columns.solutions import Solutions, joined
from citydip.engine.columns.store import Columns
from citydip.engine.store import Loaded, load, open_query
from citydip.model.columns import columns_beside
from citydip.model.queryfile import parse_query_file
from tests.conftest import ROOT
from tests.engine.comparison import EXAMPLES, FILLED, GRAPHS, TERMS
from tests.engine.generated import LITERALS as LITERAL_TEXTS
from tests.engine.generated import NODES, PREDICATES, VARIABLES, literals, nodes, variables

CATALOGUE = sorted((ROOT / "queries" / "catalogue").glob("*.rq"))
LITERALS = (
    '"2020-01-01"^^<http://www.w3.org/2001/XMLSchema#date>',
    '"2020-02-01"^^<http://www.w3.org/2001/XMLSchema#date>',
    '"2020-02-01Z"^^<http://www.w3.org/2001/XMLSchema#date>',
    '"01"^^<http://www.w3.org/2001/XMLSchema#integer>',
    '"2"^^<http://www.w3.org/2001/XMLSchema#integer>',
    '"1.50"^^<http://www.w3.org/2001/XMLSchema#decimal>',
    '"NaN"^^<http://www.w3.org/2001/XMLSchema#double>',
    '"x"@fa',
    '"\\"é\\n"',
    '"urn:x:1"',
    '"old"^^<urn:t:1>',
)


@st.composite
def steps(draw: DrawFn, least: int = 1) -> str:
    """Make patterns whose verbs are predicates, their inverses, and sequences of them."""
    verbs = (
        *PREDICATES,
        *PREDICATES,
        f"{PREDICATES[0]}/{PREDICATES[1]}",
        f"^{PREDICATES[0]}",
        f"^{PREDICATES[0]}/(^({PREDICATES[1]}))",
    )
    lines = []
    for _ in range(draw(st.integers(least, 3))):
        start = draw(st.one_of(*[variables] * 6, nodes))
        end = draw(st.one_of(*[variables] * 8, nodes, literals, st.sampled_from(LITERALS)))
        lines.append(f"{start} {draw(st.sampled_from(verbs))} {end}")
    return " . ".join(lines)


@st.composite
def conditions(draw: DrawFn) -> str:
    """Make a filter of any of the forms that are computed here, or another."""
    one, other = draw(variables), draw(variables)
    mark = draw(st.sampled_from(("=", "!=", "<", ">", "<=", ">=")))
    constant = draw(st.one_of(nodes, literals, st.sampled_from(LITERALS)))
    forms = (
        f"{one} {mark} {other}",
        f"STR({one}) {mark} STR({other})",
        f"{one} {mark} {constant}",
        f'LANG({one}) = "{draw(st.sampled_from(("en", "fa", "de", "EN", "")))}"',
        f"{one} {mark} {constant} && {other} != {one}",
        f"{one} = {other} || BOUND({one})",
        f"!BOUND({one}) || {one} {mark} {other}",
        f"ISIRI({one})",
        f"COALESCE({one}, {constant}) = {other}",
        f"{one} IN ({constant}, {draw(nodes)})",
    )
    return f"FILTER ({draw(st.sampled_from(forms))})"


@st.composite
def parts(draw: DrawFn, depth: int) -> str:
    """Make what a group has in it."""
    found = [draw(steps())]
    for _ in range(draw(st.integers(0, 3))):
        kind = draw(st.sampled_from(("filter", "filter", "optional", "union", "exists", "values", "group", "steps")))
        if kind == "filter" or (not depth and kind in ("optional", "union", "group")):
            found.append(draw(conditions()))
        elif kind == "optional":
            found.append(f"OPTIONAL {{ {draw(parts(depth - 1))} }}")
        elif kind == "union":
            found.append(f"{{ {draw(parts(depth - 1))} }} UNION {{ {draw(parts(depth - 1))} }}")
        elif kind == "group":
            found.append(f"{{ {draw(parts(depth - 1))} }}")
        elif kind == "exists":
            word = draw(st.sampled_from(("EXISTS", "NOT EXISTS")))
            found.append(f"FILTER {word} {{ {draw(steps())} {draw(st.one_of(st.just(''), conditions()))} }}")
        elif kind == "values":
            rows = " ".join(draw(st.lists(st.one_of(nodes, literals), min_size=1, max_size=3)))
            found.append(f"VALUES {draw(variables)} {{ {rows} <urn:x:none> }}")
        else:
            found.append(draw(steps()))
    first, *rest = found
    return " ".join([first + (" . " if rest and rest[0][0] in "?<" else ""), *_dotted(rest)])


def _dotted(lines: list[str]) -> list[str]:
    return [line + (" ." if line[0] in "?<" else "") for line in lines]


@st.composite
def selects(draw: DrawFn) -> str:
    """Make a SELECT that is grouped, sorted, or of different rows."""
    bind = draw(
        st.sampled_from(("", "", "", " BIND (COALESCE(?a, ?b) AS ?e)", " BIND (STR(?c) AS ?e) FILTER (?e > ?a)"))
    )
    where = f"{{ {draw(parts(2))}{bind} }}"
    name, other = draw(st.permutations(VARIABLES))[:2]
    sign = draw(st.sampled_from(("{}", "DESC({})", "ASC({})")))
    end = draw(st.sampled_from(("", " LIMIT 3", " LIMIT 2 OFFSET 1", " OFFSET 1")))
    kind = draw(st.sampled_from(("order", "order", "distinct", "group", "group", "count", "engine", "engine")))
    match kind:
        case "order":
            names = draw(st.sampled_from((VARIABLES, VARIABLES[:2], (name,))))
            return f"SELECT {' '.join(names)} WHERE {where} ORDER BY {sign.format(name)} {' '.join(VARIABLES)}{end}"
        case "distinct":
            return f"SELECT DISTINCT {name} {other} WHERE {where}"
        case "engine":
            form = draw(
                st.sampled_from(
                    (
                        "SELECT (MIN({0}) AS ?n) {1} WHERE {2} GROUP BY {1} HAVING (COUNT(*) > 1 && MAX({0}) != 1)",
                        "SELECT (SUM({0}) AS ?n) (AVG({0}) AS ?m) WHERE {2}",
                        "SELECT (COALESCE({0}, {1}) AS ?n) {1} WHERE {2} ORDER BY STR({1}) {0} {1}",
                        "SELECT DISTINCT (STR({0}) AS ?n) WHERE {2}",
                        "SELECT ?k (COUNT({1}) AS ?n) WHERE {2} GROUP BY (STR({0}) AS ?k)",
                        "SELECT {0} ?e WHERE {2} ORDER BY {0} ?e",
                    )
                )
            )
            return form.format(name, other, where)
        case "count":
            return f"SELECT (COUNT(*) AS ?n) (COUNT(DISTINCT {name}) AS ?m) WHERE {where}"
    counted = draw(st.sampled_from(("*", name, f"DISTINCT {name}", f"DISTINCT {other}")))
    having = draw(st.sampled_from(("", f"HAVING (COUNT({counted}) > 1)", f"HAVING (COUNT(DISTINCT {name}) = 1)")))
    keys = draw(st.sampled_from((other, f"{other} {name}")))
    return (
        f"SELECT {other} (COUNT({counted}) AS ?n) WHERE {where} GROUP BY {keys} {having} "
        f"ORDER BY {sign.format('?n')} {keys}{end}"
    )


def rows_of(result: object) -> list[tuple[str, ...]]:
    assert isinstance(result, ox.QuerySolutions)
    names = [variable.value for variable in result.variables]
    return [tuple(str(row[name]) for name in names) for row in result]


def alike(row: tuple[str, ...]) -> tuple[str, ...]:
    """Return a row in which numbers that are equal are the same: either of them may come first."""
    return tuple(re.sub(r'^"([^"]*)"\^\^<.*#(?:integer|decimal)>$', lambda m: str(float(m[1])), term) for term in row)


def written(store: ox.Store, folder: Path) -> tuple[ox.Store, ByColumns]:
    """Return the union of the graphs of a store as the engine loads it, and as columns."""
    data = folder / "graph.nq"
    data.write_text("".join(sorted(f"{quad.triple} {quad.graph_name} .\n" for quad in store)), encoding="utf-8")
    with data.open("rb") as quads:
        write_columns(quads, columns_beside(data))
    columns = Columns.open(columns_beside(data))
    assert columns is not None
    return load(data), ByColumns(columns, least=0)


def graphs(seed: int) -> list[ox.Store]:
    """Make a graph of some triples and one of many, with literals of all kinds; every other one has a blank node."""
    made = Random(seed)
    terms = [next(iter(ox.parse(f"<urn:s> <urn:p> {text} .", ox.RdfFormat.TURTLE))).object for text in LITERALS]
    blank = [ox.BlankNode()] if seed % 2 else []
    stores = []
    for size in (30, 90):
        store = ox.Store()
        for _ in range(size):
            subject = made.choice([*(TERMS[text] for text in NODES), *blank])
            value = made.choice([*(TERMS[text] for text in (*NODES, *NODES, *NODES, *LITERAL_TEXTS)), *terms, *blank])
            verb, graph = (ox.NamedNode(made.choice(some)[1:-1]) for some in (PREDICATES, GRAPHS))
            store.add(ox.Quad(subject, verb, value, graph))
        stores.append(store)
    return stores


def by_columns(columns: ByColumns, text: str, bindings: dict[str, Any]) -> list[tuple[str, ...]] | None:
    """Return the rows that columns give, or none where they leave the query to the engine.

    The solutions themselves stay in here: only the thread that made them may let them go, but what a failed check had
    in its variables is held by its traceback, until a collection of garbage in whatever thread.
    """
    found = columns.solutions(text, {name: term_of(term) for name, term in bindings.items()})
    return None if found is None else rows_of(found)


def check(factory: pytest.TempPathFactory, *, bound: bool = False, phases: Collection[Phase] = tuple(Phase)) -> None:
    """Hold that columns give what the engine gives; queries that are left to it do not count.

    Args:
        factory: makes folders.
        bound: whether the request binds a term to ``?a``.
        phases: what hypothesis does; without shrinking, it fails at once.
    """
    filled: list[bool] = []
    made: dict[int, list[tuple[ox.Store, ByColumns]]] = {}
    bindings = {"a": {"type": "uri", "value": "urn:x:1"}} if bound else {}

    @settings(
        max_examples=EXAMPLES * 4,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        phases=phases,
        report_multiple_bugs=False,
    )
    @given(st.integers(0, 7), selects())
    def hold(seed: int, text: str) -> None:
        plan = plan_of(text)
        assume(plan)
        assert plan is not None
        if seed not in made:
            made[seed] = [written(store, factory.mktemp("c")) for store in graphs(seed)]
        for store, columns in made[seed]:
            try:
                expected = rows_of(open_query(store, {"query": text, "format": "json", "bindings": bindings}).result)
            except (SyntaxError, RuntimeError):
                assume(False)
            found = by_columns(columns, text, bindings)
            if found is None:
                continue
            filled.append(bool(expected))
            if "LIMIT" in text or "OFFSET" in text or "ORDER" in text:
                assert len(found) == len(expected), text
            if "ORDER" in text and "_:" not in str(expected):
                assert [alike(row) for row in found] == [alike(row) for row in expected], text
            if not ("LIMIT" in text or "OFFSET" in text):
                assert Counter(found) == Counter(expected), text

    hold()
    assert len(filled) >= EXAMPLES / 2, f"only {len(filled)} results were computed by columns"
    least = len(filled) / FILLED / (2 if bound else 1)
    assert sum(filled) >= least, f"only {sum(filled)} of {len(filled)} results had anything in them"


@pytest.mark.parametrize("bound", [False, True])
def test_columns_give_what_the_engine_gives(tmp_path_factory: pytest.TempPathFactory, bound: bool) -> None:
    check(tmp_path_factory, bound=bound)


def test_a_join_that_loses_a_row_does_not_pass(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    def losing(*given: Any) -> Solutions:
        found = joined(*given)
        return found.taken(np.arange(found.count) != found.count - 1) if found.count > 3 else found

    monkeypatch.setattr("citydip.engine.columns.answering.joined", losing)
    with pytest.raises(AssertionError):
        check(tmp_path_factory, phases=(Phase.generate,))


@pytest.mark.parametrize(
    ("why", "text"),
    [
        ("it can give its first rows at once", "SELECT ?a { ?a <urn:p:1> ?b }"),
        ("a LIMIT may end early", "SELECT DISTINCT ?a { ?a <urn:p:1> ?b } LIMIT 1"),
        ("a path may be of any length", "SELECT ?a { ?a <urn:p:1>+ ?b } ORDER BY ?a"),
        ("sides of an alternative count twice", "SELECT ?a { ?a <urn:p:1>|<urn:p:2> ?b } ORDER BY ?a"),
        ("the verb is a variable", "SELECT ?a { ?a ?p ?b } ORDER BY ?a"),
        ("it asks a named graph", "SELECT ?a { GRAPH ?g { ?a <urn:p:1> ?b } } ORDER BY ?a"),
        ("it names a data set", "SELECT ?a FROM <urn:g:1> { ?a <urn:p:1> ?b } ORDER BY ?a"),
        ("the function is never the same", "SELECT ?a { ?a <urn:p:1> ?b FILTER (RAND() < 2) } ORDER BY ?a"),
        (
            "an unbound variable would be joined",
            "SELECT ?a { ?a <urn:p:1> ?b OPTIONAL { ?b <urn:p:2> ?c } ?c <urn:p:3> ?d } ORDER BY ?a",
        ),
        (
            "the inner part does not see the outer",
            "SELECT ?a { ?a <urn:p:1> ?b OPTIONAL { ?b <urn:p:2> ?c OPTIONAL { ?c <urn:p:3> ?a } } } ORDER BY ?a",
        ),
        (
            "the alternative does not see the outer",
            "SELECT ?a { ?a <urn:p:1> ?b { ?c <urn:p:2> ?d FILTER (?a = ?c) } UNION { ?a <urn:p:3> ?c } } ORDER BY ?a",
        ),
    ],
)
def test_what_is_left_to_the_engine(why: str, text: str) -> None:
    assert plan_of(text) is None, why


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a graph of enough triples for columns to be worth it, with its columns."""
    data = tmp_path_factory.mktemp("many") / "graph.nq"
    lines = [f"<urn:x:{n}> <urn:p:{n % 3}> <urn:x:{n * 7 % 1000}> <urn:g:{n % 2}> .\n" for n in range(3000)]
    data.write_text("".join(sorted(lines)), encoding="utf-8")
    with data.open("rb") as quads:
        write_columns(quads, columns_beside(data))
    return data


LARGE = "SELECT ?c (COUNT(?a) AS ?n) { ?a <urn:p:0> ?b . ?b <urn:p:1> ?c } GROUP BY ?c ORDER BY DESC(?n) ?c"


def answer(loaded: Loaded, text: str, **more: Any) -> bytes:
    output = io.BytesIO()
    loaded.open_query({"query": text, "format": "csv", **more}).write(output)
    return output.getvalue()


def test_workers_answer_by_columns_where_they_lie_beside_the_graph(many: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = Loaded.of(many)
    expected = answer(loaded, LARGE, off=["columns"])
    assert len(expected.splitlines()) > 100
    assert answer(loaded, LARGE) == expected
    monkeypatch.setattr(ox.Store, "query", None)
    with pytest.raises(TypeError):
        answer(loaded, LARGE)
    assert loaded.columns is not None
    assert loaded.columns.can(LARGE, ())
    assert loaded.columns.order(LARGE) == [("?a <urn:p:0> ?b", 1000), ("?b <urn:p:1> ?c", 1000)]


@pytest.mark.parametrize(
    "text", ["SELECT ?a { ?a <urn:p:0> <urn:x:7> } ORDER BY ?a", LARGE.replace("?a <urn:p:0>", "<urn:x:3> <urn:p:0>")]
)
def test_what_few_rows_promise_is_left_to_the_engine(many: Path, text: str) -> None:
    loaded = Loaded.of(many)
    assert loaded.columns is not None
    assert not loaded.columns.can(text, ())


def test_a_graph_without_triples_has_columns_too(tmp_path: Path) -> None:
    write_columns([], tmp_path / "graph.columns")
    columns = ByColumns.open(tmp_path / "graph.columns")
    assert columns is not None
    found = ByColumns(columns.columns, least=0).solutions(LARGE, {})
    assert rows_of(found) == []


def test_a_graph_without_columns_is_asked_all_the_same(many: Path, tmp_path: Path) -> None:
    alone = tmp_path / "graph.nq"
    alone.write_bytes(many.read_bytes())
    loaded = Loaded.of(alone)
    assert loaded.columns is None
    assert answer(loaded, LARGE) == answer(Loaded.of(many), LARGE)


@pytest.mark.parametrize(
    "text",
    [
        LARGE.replace("GROUP BY ?c", "GROUP BY ?c ?c:"),
        LARGE.replace("AS ?n", "AS ?c"),
        LARGE.replace("<urn:p:1>", "none:p"),
    ],
)
def test_mistakes_are_told_as_ever(many: Path, text: str) -> None:
    loaded = Loaded.of(many)
    told = []
    for off in ([], ["columns"]):
        with pytest.raises(SyntaxError) as error:
            answer(loaded, text, off=off)
        told.append(str(error.value))
    assert told[0] == told[1]


def test_what_does_not_fit_is_left_to_the_engine(many: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = Loaded.of(many)
    expected = answer(loaded, LARGE)
    monkeypatch.setattr("citydip.engine.columns.solutions._MOST", 100)
    assert loaded.columns is not None
    assert loaded.columns.solutions(LARGE, {}) is None
    assert answer(loaded, LARGE) == expected


WORDED = LARGE.replace("?b . ?b", "?b FILTER (STRLEN(STR(?b)) > 8 && ?a != ?b) ?b")


def test_the_engine_is_asked_for_many_terms_in_parts(many: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = Loaded.of(many)
    expected = answer(loaded, WORDED, off=["columns"])
    assert 100 < len(expected.splitlines()) < len(answer(loaded, LARGE).splitlines())
    assert loaded.columns is not None
    at_once = loaded.columns.solutions(WORDED, {})
    monkeypatch.setattr("citydip.engine.columns.conditions._AT_ONCE", 7)
    in_parts = loaded.columns.solutions(WORDED, {})
    assert at_once is not None
    assert in_parts is not None
    assert answer(loaded, WORDED) == expected
    monkeypatch.setattr("citydip.engine.columns.conditions._MOST", 10)
    assert loaded.columns.solutions(WORDED, {}) is None
    assert answer(loaded, WORDED) == expected


@pytest.mark.parametrize("path", CATALOGUE, ids=lambda path: str(path.stem))
def test_queries_of_the_catalogue_give_the_same_by_columns(path: Path, store: ox.Store, columns: ByColumns) -> None:
    query = parse_query_file(path.stem, path.read_text(encoding="utf-8"))
    bindings = bind(query, query.sample)
    if not columns.can(query.text, bindings):
        return
    found = by_columns(columns, query.text, bindings)
    if found is None:
        return
    expected = rows_of(open_query(store, {"query": query.text, "format": "csv", "bindings": bindings}).result)
    assert sorted(found) == sorted(expected)


def test_many_queries_of_the_catalogue_can_be_computed_by_columns(columns: ByColumns) -> None:
    queries = [parse_query_file(path.stem, path.read_text(encoding="utf-8")) for path in CATALOGUE]
    assert sum(columns.can(query.text, bind(query, query.sample)) for query in queries) >= 20


@pytest.fixture(scope="module")
def columns(snapshot: Snapshot) -> ByColumns:
    found = Columns.open(snapshot.columns)
    assert found is not None
    return ByColumns(found, least=0)
