"""The structure of a query: what `citydip.engine.syntax.parse` finds, each part with its place in the text.

Names of variables stand without their question mark. Of each element of a group the structure says which variables it
makes visible to what follows, and which of these are certainly bound in every solution of the element alone.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

__all__ = [
    "Bind",
    "Dataset",
    "Element",
    "Exists",
    "Expression",
    "Filter",
    "Graph",
    "Group",
    "Lateral",
    "Minus",
    "Modifiers",
    "Optional",
    "Part",
    "Projected",
    "Query",
    "Select",
    "Service",
    "SubSelect",
    "Subject",
    "Triple",
    "Triples",
    "Union",
    "Values",
    "edited",
    "original_place",
    "walk",
]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a query's text.

    Args:
        start: where it begins.
        end: where it ends.
    """

    start: int
    end: int

    def of(self, text: str) -> str:
        """Return the part of the text."""
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Element(Part):
    """One element of a group.

    Args:
        visible: variables that it can bind for what stands around it.
        certain: those of them that are bound in each of its solutions.
    """

    visible: frozenset[str]
    certain: frozenset[str]


@dataclass(frozen=True, slots=True)
class Triple(Part):
    """One triple pattern; it begins at its own object where an earlier one has its subject or verb.

    Args:
        subject: a term.
        verb: an IRI, a variable or a path.
        object: a term.
        is_path: whether the verb is more than one IRI or variable.
    """

    subject: Part
    verb: Part
    object: Part
    is_path: bool


@dataclass(frozen=True, slots=True)
class Subject(Element):
    """A subject with all that is said of it: ``?s :p ?o, ?q ; :r ?t``.

    Args:
        triples: its triple patterns; None where brackets ([ ] or ( )) join further nodes to it.
    """

    triples: tuple[Triple, ...] | None


@dataclass(frozen=True, slots=True)
class Triples(Element):
    """Triple patterns without anything else between them.

    Args:
        subjects: in their order.
    """

    subjects: tuple[Subject, ...]


@dataclass(frozen=True, slots=True)
class Exists(Part):
    """``EXISTS { }`` or ``NOT EXISTS { }`` in an expression.

    Args:
        negated: whether NOT stands before it.
        group: what must, or must not, be there.
    """

    negated: bool
    group: "Group"


@dataclass(frozen=True, slots=True)
class Expression(Part):
    """A constraint or expression.

    Args:
        variables: those that it names itself, outside the groups of its EXISTS.
        exists: each EXISTS in it.
    """

    variables: frozenset[str]
    exists: tuple[Exists, ...]


@dataclass(frozen=True, slots=True)
class Filter(Element):
    """A filter, from its keyword on.

    Args:
        expression: its constraint.
        exists: the EXISTS that is all there is to it, whether or not in brackets.
    """

    expression: Expression
    exists: Exists | None


@dataclass(frozen=True, slots=True)
class Group(Element):
    """A group, braces included.

    Args:
        elements: in their order; a sub-query stands alone.
    """

    elements: "tuple[Element, ...]"


@dataclass(frozen=True, slots=True)
class Optional(Element):
    """``OPTIONAL { }``."""

    group: Group


@dataclass(frozen=True, slots=True)
class Minus(Element):
    """``MINUS { }``."""

    group: Group


@dataclass(frozen=True, slots=True)
class Lateral(Element):
    """``LATERAL { }``, by which the engine extends SPARQL: its group sees what stands before it."""

    group: Group


@dataclass(frozen=True, slots=True)
class Union(Element):
    """Two or more groups of which each gives solutions.

    Args:
        groups: the alternatives.
    """

    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Graph(Element):
    """``GRAPH <g> { }`` or ``GRAPH ?g { }``.

    Args:
        name: the place of the name.
        variable: the variable that is the name, if it is one.
        group: what the graph is asked.
    """

    name: Part
    variable: str | None
    group: Group


@dataclass(frozen=True, slots=True)
class Service(Element):
    """``SERVICE <address> { }`` or ``SERVICE ?address { }``.

    Args:
        silent: whether its failure counts as one empty solution.
        name: the place of the address.
        address: the full IRI; None for a variable, or where its prefix is not known.
        variable: the variable that is the address, if it is one.
        group: what the service is asked.
    """

    silent: bool
    name: Part
    address: str | None
    variable: str | None
    group: Group


@dataclass(frozen=True, slots=True)
class Bind(Element):
    """``BIND (expression AS ?variable)``."""

    expression: Expression
    variable: str


@dataclass(frozen=True, slots=True)
class Values(Element):
    """A table of terms, in a group or at the end of a query.

    Args:
        variables: its columns.
        rows: its terms; None is UNDEF.
    """

    variables: tuple[str, ...]
    rows: tuple[tuple[Part | None, ...], ...]


@dataclass(frozen=True, slots=True)
class Projected(Part):
    """A column of a SELECT: a variable, or ``(expression AS ?variable)``.

    Args:
        variable: its name.
        expression: what it is computed from, if it is.
    """

    variable: str
    expression: Expression | None


@dataclass(frozen=True, slots=True)
class Modifiers(Part):
    """What stands behind the group, without a trailing VALUES; empty and right behind the group where nothing does.

    Args:
        grouped: whether there is a GROUP BY or a HAVING.
        ordered: whether there is an ORDER BY.
        limit: the number of LIMIT, and ``limit_at`` its clause.
        offset: the number of OFFSET, and ``offset_at`` its clause.
        expressions: those of GROUP BY, HAVING and ORDER BY.

    A LIMIT or OFFSET that is not there can be inserted at ``end``, with a space before it.
    """

    grouped: bool
    ordered: bool
    limit: int | None
    offset: int | None
    limit_at: Part | None
    offset_at: Part | None
    expressions: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Select(Part):
    """A SELECT with its group, at the top or inside another group.

    Args:
        distinct: whether DISTINCT or REDUCED.
        star: whether it projects everything visible.
        projected: its columns otherwise.
        where: its group.
        modifiers: what follows the group.
        values: the table at its end.
    """

    distinct: bool
    star: bool
    projected: tuple[Projected, ...]
    where: Group
    modifiers: Modifiers
    values: Values | None


@dataclass(frozen=True, slots=True)
class SubSelect(Element):
    """A sub-query, alone in its group."""

    select: Select


@dataclass(frozen=True, slots=True)
class Dataset(Part):
    """``FROM <g>`` or ``FROM NAMED <g>``.

    Args:
        iri: the full IRI; None where its prefix is not known.
        named: whether NAMED.
    """

    iri: str | None
    named: bool


@dataclass(frozen=True, slots=True)
class Query:
    """A query.

    Args:
        text: all of it.
        prologue: BASE and PREFIX, with what stands before them; ends where the form begins.
        base: the base IRI, if the prologue sets one.
        prefixes: namespaces by prefix, as the prologue sets them.
        form: SELECT, ASK, CONSTRUCT or DESCRIBE.
        datasets: FROM clauses.
        select: the SELECT, if it is one.
        where: the group; None for a DESCRIBE without one. That of ``CONSTRUCT WHERE`` is its template, too.
        modifiers: what follows the group.
        values: the table at the end.
    """

    text: str
    prologue: Part
    base: str | None
    prefixes: dict[str, str]
    form: str
    datasets: tuple[Dataset, ...]
    select: Select | None
    where: Group | None
    modifiers: Modifiers
    values: Values | None


def edited(text: str, edits: Iterable[tuple[Part, str]]) -> str:
    """Return a text with parts of it replaced; the parts must not overlap.

    Example:
        >>> edited("ASK { }", [(Part(5, 6), " ?s ?p ?o ")])
        'ASK { ?s ?p ?o }'
    """
    pieces = []
    at = 0
    for part, replacement in sorted(edits, key=lambda edit: (edit[0].start, edit[0].end)):
        if part.start < at:
            raise ValueError("the edits overlap")
        pieces += [text[at : part.start], replacement]
        at = part.end
    return "".join([*pieces, text[at:]])


def original_place(text: str, edits: Iterable[tuple[Part, str]], line: int, column: int) -> tuple[int, int]:
    """Return the line and column in a text of a line and column in what `edited` has made of it.

    What stands in the place of a part is where the part begins.

    Example:
        >>> original_place("ASK { } nonsense", [(Part(5, 6), " ?s ?p ?o ")], 1, 18)
        (1, 9)
    """
    edits = sorted(edits, key=lambda edit: (edit[0].start, edit[0].end))
    at = sum(len(before) + 1 for before in edited(text, edits).split("\n")[: line - 1]) + column - 1
    longer = 0
    for part, replacement in edits:
        start = part.start + longer
        if at < start + len(replacement):
            at = min(at, start)
            break
        longer += len(replacement) - (part.end - part.start)
    at -= longer
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def walk(query: Query) -> Iterator[Element]:
    """Yield every element of a query at any depth, sub-queries and the groups of EXISTS included, outer ones first.

    Example:
        >>> from citydip.engine.syntax import parse
        >>> [type(element).__name__ for element in walk(parse("ASK { ?s ?p ?o FILTER EXISTS { } }"))]
        ['Group', 'Triples', 'Filter', 'Group']
    """
    waiting: list[Element] = [query.where] if query.where else []
    expressions = list(query.modifiers.expressions)
    if query.select:
        expressions += [column.expression for column in query.select.projected if column.expression]
    waiting[:0] = [exists.group for expression in expressions for exists in expression.exists]
    while waiting:
        element = waiting.pop()
        yield element
        waiting += reversed(_inside(element))


def _inside(element: Element) -> list[Element]:
    match element:
        case Group(elements=elements):
            return list(elements)
        case Optional() | Minus() | Lateral() | Graph() | Service():
            return [element.group]
        case Union(groups=groups):
            return list(groups)
        case Filter(expression=expression) | Bind(expression=expression):
            return [exists.group for exists in expression.exists]
        case SubSelect(select=select):
            expressions = [c.expression for c in select.projected if c.expression] + list(select.modifiers.expressions)
            return [select.where, *(exists.group for expression in expressions for exists in expression.exists)]
    return []
