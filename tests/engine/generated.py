"""Queries made at random, with the structure they have, over a vocabulary small enough that they find something."""

from dataclasses import dataclass

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

VARIABLES = ("?a", "?b", "?c", "?d")
NODES = ("<urn:x:1>", "<urn:x:2>", "<urn:x:3>", "<urn:x:4>")
PREDICATES = ("<urn:p:1>", "<urn:p:2>", "<urn:p:3>")
LITERALS = ("1", "1.0", '"1"', '"x"@en', '"x"', "true")


@dataclass(frozen=True, slots=True)
class Made:
    """A made part of a query.

    Args:
        text: SPARQL.
        kinds: names of the classes of its elements, outer ones first.
    """

    text: str
    kinds: tuple[str, ...] = ()


variables = st.sampled_from(VARIABLES)
nodes = st.sampled_from(NODES)
literals = st.sampled_from(LITERALS)
spaces = st.sampled_from((" ", "\n", "\t ", " # a comment } ' FILTER\n"))


@st.composite
def triples(draw: DrawFn) -> Made:
    """Make one to three triple patterns, written in one of the ways that there are."""
    subject = draw(st.one_of(variables, variables, nodes))
    lines = []
    for _ in range(draw(st.integers(1, 3))):
        verb = draw(st.one_of(st.sampled_from(PREDICATES), st.sampled_from(PREDICATES), variables))
        lines.append((verb, draw(st.one_of(variables, variables, nodes, literals))))
    if draw(st.booleans()):
        return Made(subject + " " + " ; ".join(f"{verb} {value}" for verb, value in lines) + draw(spaces), ("Triples",))
    chained = []
    for verb, value in lines:
        chained.append(f"{subject} {verb} {value}")
        subject = draw(st.one_of(variables, nodes))
    return Made(" . ".join(chained) + draw(spaces), ("Triples",))


@st.composite
def comparisons(draw: DrawFn) -> Made:
    """Make an expression without EXISTS."""
    one, other = draw(variables), draw(st.one_of(variables, nodes, literals))
    listed = ", ".join(draw(st.lists(st.one_of(nodes, nodes, literals), max_size=3)))
    return Made(
        draw(
            st.sampled_from(
                (
                    f"{one} = {other}",
                    f"{one} != {other}",
                    f"BOUND({one})",
                    f"!BOUND({one})",
                    f"{one} IN ({listed})",
                    f"{one} NOT IN ({listed})",
                    f"{one} = {draw(nodes)} || {one} = {draw(nodes)}",
                    f"STR({one}) = STR({other})",
                    f"ISIRI({one})",
                    f"COALESCE({one}, {other}) = {other}",
                )
            )
        )
    )


@st.composite
def filters(draw: DrawFn, depth: int) -> Made:
    """Make a filter."""
    if depth and draw(st.booleans()):
        inner = draw(groups(depth - 1))
        word = draw(st.sampled_from(("EXISTS", "NOT EXISTS", "not  exists")))
        form = draw(st.sampled_from(("FILTER {}", "filter ({})", "FILTER ({} && true)", "FILTER(!({}))")))
        return Made(form.format(word + inner.text), ("Filter", *inner.kinds))
    return Made(f"FILTER ({draw(comparisons()).text})", ("Filter",))


@st.composite
def values(draw: DrawFn) -> Made:
    """Make a table, perhaps with the same row twice."""
    if draw(st.booleans()):
        rows = draw(st.lists(st.one_of(nodes, nodes, literals, st.just("UNDEF")), min_size=1, max_size=3))
        return Made(f"VALUES {draw(variables)} {{ {' '.join(rows)} }}", ("Values",))
    pairs = draw(st.lists(st.tuples(nodes, st.one_of(nodes, st.just("UNDEF"))), max_size=3))
    return Made(f"VALUES (?a ?b) {{ {' '.join(f'({a} {b})' for a, b in pairs)} }}", ("Values",))


@st.composite
def elements(draw: DrawFn, depth: int, fresh: str) -> Made:
    """Make an element of a group."""
    kind = draw(
        st.sampled_from(
            ("triples",) * 4
            + ("filter",) * 3
            + ("values", "bind")
            + (("optional",) * 2 + ("minus", "union", "group", "graph", "select") if depth else ())
        )
    )
    simple = {"triples": triples(), "filter": filters(depth), "values": values(), "group": groups(depth - 1)}
    if kind in simple:
        return draw(simple[kind])
    match kind:
        case "bind":
            value = draw(st.one_of(variables, nodes, literals))
            return Made(f"BIND ({value} AS ?{fresh})", ("Bind",))
        case "union":
            parts = draw(st.lists(groups(depth - 1), min_size=2, max_size=3))
            return Made(" UNION ".join(p.text for p in parts), ("Union", *(k for p in parts for k in p.kinds)))
        case "select":
            inner = draw(groups(depth - 1))
            columns = draw(st.sampled_from(("*", "?a ?b", "DISTINCT ?a", "(?a AS ?e) ?b")))
            end = draw(st.sampled_from(("", " ORDER BY ?a", " VALUES ?a { <urn:x:1> UNDEF }")))
            return Made(f"{{ SELECT {columns} WHERE {inner.text}{end} }}", ("Group", "SubSelect", *inner.kinds))
    inner = draw(groups(depth - 1))
    word = {"graph": "GRAPH ?g"}.get(kind, kind)
    return Made(f"{word} {inner.text}", (kind.capitalize(), *inner.kinds))


@st.composite
def groups(draw: DrawFn, depth: int = 2) -> Made:
    """Make a group."""
    made: list[Made] = []
    for index in range(draw(st.integers(1, 4))):
        element = draw(elements(depth, f"n{depth}{index}"))
        # Triple patterns that stand side by side are one element.
        if not (made and made[-1].kinds == element.kinds == ("Triples",)):
            made.append(element)
    text = draw(spaces).join(part.text for part in made)
    return Made("{ " + text + " }", ("Group", *(kind for part in made for kind in part.kinds)))


def queries(depth: int = 2) -> SearchStrategy[Made]:
    """Make a whole query."""
    return st.tuples(
        st.sampled_from(("SELECT *", "ASK", "SELECT DISTINCT ?a", "CONSTRUCT { ?a ?b ?c }", "DESCRIBE ?a")),
        st.sampled_from((" ", " WHERE ", " FROM <urn:g:1> FROM NAMED <urn:g:2> where ")),
        groups(depth),
        st.sampled_from(("", " ORDER BY ?a LIMIT 3", " OFFSET 1 LIMIT 2", " LIMIT 2 VALUES ?a { <urn:x:1> }")),
    ).map(lambda parts: Made("".join((parts[0], parts[1], parts[2].text, parts[3])), parts[2].kinds))
