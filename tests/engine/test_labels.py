"""The label service becomes standard SPARQL, which two engines answer as the service would."""

import re
from collections import Counter
from functools import partial
from random import Random

import pyoxigraph as ox
import pytest
from rdflib import Graph
from rdflib.namespace import RDFS, SKOS

from citydip.engine.labels import labelled
from citydip.engine.rewrite import rewrite
from citydip.engine.syntax import parse
from citydip.engine.wording import worded
from citydip.model.errors import ParameterError, QuerySyntaxError

SERVICE = 'SERVICE wikibase:label { bd:serviceParam wikibase:language "[AUTO_LANGUAGE],fa,en" }'
TREE = "urn:x:tree"
NAMES = ("http://x/1", "http://x/a/2", "http://x/o#3", "urn:x:4", "http://x/5/")
SAID = "http://schema.org/description"


def made(seed: int) -> list[tuple[str, str, str, str]]:
    """Make triples: ties between things and their words, of which some lack, as subject, predicate, object, tag."""
    random = Random(seed)
    triples = [(random.choice(NAMES), TREE, random.choice(NAMES), "") for _ in range(random.randint(1, 7))]
    for name in NAMES:
        for tag in ("de", "fa", "en", "zh-hant"):
            if random.random() < 0.4:
                triples.append((name, str(RDFS.label), f"{name[-2:]} {tag}", tag))
            if random.random() < 0.3:
                triples.append((name, SAID, f"what {name[-2:]} is, {tag}", tag))
            triples += [(name, str(SKOS.altLabel), f"{n}{tag}", tag) for n in range(random.randint(0, 3))]
    return triples


def written(triples: list[tuple[str, str, str, str]]) -> str:
    return "".join(f'<{s}> <{p}> "{o}"@{tag} .\n' if tag else f"<{s}> <{p}> <{o}> .\n" for s, p, o, tag in triples)


def of_service(triples: list[tuple[str, str, str, str]], name: str | None, kind: str, chain: list[str]) -> str:
    """Return what the label service says of a thing, by its own documentation."""
    if name is None:
        return ""
    predicate = {"Label": str(RDFS.label), "AltLabel": str(SKOS.altLabel), "Description": SAID}[kind]
    for tag in chain:
        found = sorted(o for s, p, o, t in triples if (s, p, t) == (name, predicate, tag))
        if found:
            return f"{', '.join(found)}@{tag}"
    local = re.sub("^.*[/#](.)", r"\1", name)
    return {"Label": "5/" if name.endswith("5/") else local, "AltLabel": "", "Description": ""}[kind]


def plain(value: str, tag: str | None) -> str:
    """Return a text as it is compared: other names come in any order."""
    text = ", ".join(sorted(value.split(", "))) if re.match(r"\d[a-z]", value) else value
    return f"{text}@{tag}" if tag else text


def with_oxigraph(turtle: str, query: str) -> Counter[tuple[str, ...]]:
    store = ox.Store()
    store.load(turtle.encode(), format=ox.RdfFormat.N_TRIPLES)
    rows = store.query(query)
    assert isinstance(rows, ox.QuerySolutions)
    texts = ([v if isinstance(v, ox.Literal | ox.NamedNode) else None for v in row] for row in rows)
    return Counter(tuple(plain(v.value, getattr(v, "language", None)) if v else "" for v in row) for row in texts)


def with_rdflib(turtle: str, query: str) -> Counter[tuple[str, ...]]:
    rows = Graph().parse(data=turtle, format="nt").query(query)
    found: Counter[tuple[str, ...]] = Counter()
    for row in rows:
        assert isinstance(row, tuple)
        found[tuple(plain(str(v), getattr(v, "language", None)) if v is not None else "" for v in row)] += 1
    return found


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("optional", [False, True])
def test_two_engines_give_what_the_service_says(seed: int, optional: bool) -> None:
    """Columns are a thing, its words of each kind, and the label of what it leads to, which may be unbound."""
    triples = made(seed)
    either = f"{{ ?a <{TREE}> ?any }} UNION {{ ?any <{TREE}> ?a }}"
    pattern = f"{either} OPTIONAL {{ ?a <{TREE}> ?b }}" if optional else f"?a <{TREE}> ?b ."
    query = f"SELECT ?a ?aLabel ?aAltLabel ?aDescription ?bLabel {{ {pattern} {SERVICE} }}"
    standard = worded(labelled(query, ["zh-hant", "de"]).text, {})
    chain = ["zh-hant", "de", "fa", "en"]
    ties = Counter((s, o) for s, p, o, _ in set(triples) if p == TREE)
    solutions: Counter[tuple[str, str | None]] = Counter()
    no_end: list[str | None] = [None]
    for s, o in ties:
        if not optional:
            solutions[s, o] += 1
            continue
        for one in (s, o):
            ends = [there for here, there in ties if here == one] or no_end
            solutions.update((one, end) for end in ends)
    expected: Counter[tuple[str, ...]] = Counter()
    for (a, b), number in solutions.items():
        words = [of_service(triples, a, kind, chain) for kind in ("Label", "AltLabel", "Description")]
        expected[a, *words, of_service(triples, b, "Label", chain)] += number
    assert expected
    assert with_oxigraph(written(triples), standard) == expected
    assert with_rdflib(written(triples), standard) == expected
    rewritten = rewrite(standard)
    assert with_oxigraph(written(triples), rewritten.text) == expected


@pytest.mark.parametrize("seed", range(5))
def test_words_that_are_asked_for_by_hand(seed: int) -> None:
    triples = made(seed)
    said = partial(of_service, triples, kind="Description", chain=["en"])
    query = f"""SELECT * {{ ?a <{TREE}> ?b SERVICE wikibase:label {{
      bd:serviceParam wikibase:language "en" . ?a rdfs:label ?name ; skos:altLabel ?others . ?b schema:description ?said
    }} }}"""
    standard = worded(labelled(query).text, {})
    assert "SELECT ?a ?b ?name ?others ?said {" in standard, "no variable of the rewriting shows"
    expected = Counter(
        (s, o, *(of_service(triples, s, kind, ["en"]) for kind in ("Label", "AltLabel")), said(o))
        for s, p, o, _ in set(triples)
        if p == TREE
    )
    assert with_oxigraph(written(triples), standard) == with_rdflib(written(triples), standard) == expected


@pytest.mark.parametrize(
    ("query", "columns"),
    [
        (f"SELECT ?xLabel {{ ?x a <urn:c> {SERVICE} ?x a ?z . }}", 1),
        (f"SELECT ?xLabel {{ {SERVICE} . ?x a <urn:c> . ?x a ?z }}", 1),
        (f"SELECT ?xLabel (COUNT(*) AS ?n) {{ ?x a ?z . {SERVICE} }} GROUP BY ?xLabel ORDER BY ?xLabel", 2),
        (f"SELECT (SAMPLE(?xLabel) AS ?name) {{ ?x a ?z . {SERVICE} }} GROUP BY ?z", 1),
        (f"SELECT ?n {{ {{ SELECT (?xLabel AS ?n) {{ ?x a ?z . {SERVICE} }} }} }}", 1),
        (f'SELECT ?xLabel {{ ?x a ?z FILTER (CONTAINS(?xLabel, "t")) {SERVICE} }}', 1),
        (f"SELECT ?xLabel {{ {{ ?x a ?z }} UNION {{ ?z a ?x }} {SERVICE} }}", 1),
        (f"SELECT ?n {{ {SERVICE[:-2]} . <http://x/two> rdfs:label ?n }} }}", 1),
        (f"SELECT ?xLabel {{ VALUES ?x {{ <http://x/two> 5 }} {SERVICE} }}", 1),
    ],
)  # fmt: skip
def test_it_stands_where_wikidata_lets_it_stand(query: str, columns: int) -> None:
    data = '<http://x/two> a <urn:c> ; <http://www.w3.org/2000/01/rdf-schema#label> "two"@en .'
    turtle = "\n".join(str(t) + " ." for t in ox.parse(data.encode(), ox.RdfFormat.TURTLE))
    standard = worded(labelled(query).text, {})
    assert "SERVICE" not in standard
    found = with_oxigraph(turtle, standard)
    assert found == with_rdflib(turtle, standard)
    assert {len(row) for row in found} == {columns}
    assert any(re.match("two", cell) for row in found for cell in row)


def test_in_a_construct_the_template_says_what_is_asked_for() -> None:
    standard = labelled(f"CONSTRUCT {{ ?x rdfs:label ?xLabel }} WHERE {{ ?x a cd:City {SERVICE} }}").text
    assert "AS ?xLabel)" in standard
    assert parse(standard) is not None


def test_what_cannot_be_read_is_left_for_the_engine_to_tell() -> None:
    text = f"SELECT ?xLabel {{ ?x a cd:City {SERVICE} }} ORDER BY nothing"
    told = labelled(text).text
    assert "SERVICE" not in told
    assert told.index("nothing") == text.index("nothing")
    assert told.endswith("}")


def test_what_has_no_label_service_stays_as_it_is() -> None:
    for text in ("SELECT * { ?s rdfs:label ?o }", "ASK { SERVICE <http://x/label> { ?s ?p ?o } }", "SELECT {"):
        assert labelled(text).text == text


def test_it_depends_on_who_asks_only_where_it_says_so() -> None:
    asked = f"SELECT ?xLabel {{ ?x a cd:City {SERVICE} }}"
    assert labelled(asked, ["ar"]).automatic
    assert '"ar"' in labelled(asked, ["ar"]).text
    fixed = asked.replace("[AUTO_LANGUAGE],", "")
    assert not labelled(fixed, ["ar"]).automatic
    assert labelled(fixed, ["ar"]).text == labelled(fixed).text


@pytest.mark.parametrize(
    "inner",
    [
        'bd:serviceParam wikibase:language "no language"',
        "bd:serviceParam wikibase:language ?x",
        'bd:serviceParam wikibase:center "en"',
        "?x cd:memberOf ?y",
        "?x rdfs:label [ ]",
        "FILTER (true)",
    ],
)
def test_what_it_does_not_understand_is_told(inner: str) -> None:
    with pytest.raises(ParameterError, match="label service"):
        labelled(f"SELECT * {{ ?x a cd:City SERVICE wikibase:label {{ {inner} }} }}")


@pytest.mark.parametrize("around", ["GRAPH ?g", "FILTER EXISTS"])
def test_where_it_would_mean_something_else_it_is_refused(around: str) -> None:
    with pytest.raises(ParameterError, match="GRAPH or EXISTS"):
        labelled(f"SELECT ?xLabel {{ ?x a ?c . {around} {{ ?x a cd:City {SERVICE} }} }}")


def test_an_error_is_told_where_it_is_in_the_query_as_it_was_sent() -> None:
    text = f"SELECT ?xLabel {{\n ?x a cd:City . {SERVICE}\n }} LIMIT none"
    labels = labelled(text)
    at = labels.text.splitlines()[2].index("none") + 1
    told = labels.in_original(QuerySyntaxError("no number", line=3, column=at, text=labels.text))
    assert (told.line, told.column) == (3, text.splitlines()[2].index("none") + 1)
