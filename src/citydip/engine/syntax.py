"""A light parser: the structure of a query with the places of its parts, so that text can be changed where they are.

It follows the SPARQL 1.1 grammar (https://www.w3.org/TR/sparql11-query/#sparqlGrammar) as far as the structure needs:
terms, expressions and what stands in brackets inside a triple pattern are delimited and not taken apart. A text that
it cannot read has no structure, and the engine then says what is wrong; a text that it can read need not be valid.

It takes time in proportion to the length of the text, and follows brackets no deeper than the guard lets them be.
"""

from functools import lru_cache

from citydip.engine.cursor import ELEMENTS, Cursor, UnreadableError
from citydip.engine.structure import (
    Bind,
    Dataset,
    Element,
    Exists,
    Expression,
    Filter,
    Graph,
    Group,
    Lateral,
    Minus,
    Modifiers,
    Optional,
    Part,
    Projected,
    Query,
    Select,
    Service,
    SubSelect,
    Triples,
    Union,
    Values,
)

__all__ = ["parse"]

_NOTHING: frozenset[str] = frozenset()
_MODIFIERS = frozenset({"GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES"})
_OPERANDS = frozenset({"variable", "iri", "name", "string", "tag", "number", "TRUE", "FALSE", ")"})


@lru_cache(maxsize=16)
def parse(text: str) -> Query | None:
    """Return the structure of a query, or None where it cannot be read.

    Args:
        text: a query; prefixes that it does not declare are those of the graph.

    Example:
        >>> query = parse("SELECT * { ?s ?p ?o } ORDER BY ?s LIMIT 5")
        >>> query.form, sorted(query.where.certain), query.modifiers.ordered, query.modifiers.limit
        ('SELECT', ['o', 'p', 's'], True, 5)
    """
    try:
        return _Reader(text).query()
    except UnreadableError:
        return None


class _Reader(Cursor):
    """Reads one query from left to right, as its cursor does."""

    # The query as a whole

    def query(self) -> Query:
        self.prologue()
        prologue = Part(0, self.start)
        form = self.take("SELECT", "ASK", "CONSTRUCT", "DESCRIBE").key
        select = where = None
        datasets: tuple[Dataset, ...] = ()
        if form == "SELECT":
            select, datasets = self.select(at_top=True)
            where, modifiers, values = select.where, select.modifiers, select.values
        else:
            if form == "DESCRIBE":
                self.described()
            elif form == "CONSTRUCT" and self.key == "{":
                self.skip_brackets()
            datasets = self.datasets()
            if self.took("WHERE") or self.key == "{" or form != "DESCRIBE":
                where = self.group()
            modifiers = self.modifiers()
            values = self.values() if self.key == "VALUES" else None
        if self.key != "end":
            raise UnreadableError
        return Query(self.text, prologue, self.base, self.prefixes, form, datasets, select, where, modifiers, values)

    def prologue(self) -> None:
        while self.key in ("BASE", "PREFIX"):
            if self.take().key == "BASE":
                self.base = self.resolved(self.take("iri"))
                continue
            prefix = self.take("name").text
            if prefix.find(":") != len(prefix) - 1:
                raise UnreadableError
            namespace = self.resolved(self.take("iri"))
            self.prefixes[prefix[:-1]] = namespace or ""

    def described(self) -> None:
        if self.took("*"):
            return
        self.take("variable", "iri", "name")
        while self.key in ("variable", "iri", "name"):
            self.at += 1

    def datasets(self) -> tuple[Dataset, ...]:
        found = []
        while self.key == "FROM":
            start = self.take().start
            named = self.took("NAMED")
            iri = self.resolved(self.take("iri", "name"))
            found.append(Dataset(start, self.end, iri, named))
        return tuple(found)

    def select(self, *, at_top: bool = False) -> tuple[Select, tuple[Dataset, ...]]:
        """Read a SELECT behind its keyword."""
        start = self.tokens[self.at - 1].start
        distinct = self.took("DISTINCT") or self.took("REDUCED")
        star = self.took("*")
        projected = []
        while not star and self.key in ("variable", "("):
            projected.append(self.projected())
        if not star and not projected:
            raise UnreadableError
        datasets = self.datasets() if at_top else ()
        self.took("WHERE")
        where = self.group()
        modifiers = self.modifiers()
        values = self.values() if self.key == "VALUES" else None
        return Select(start, self.end, distinct, star, tuple(projected), where, modifiers, values), datasets

    def projected(self) -> Projected:
        start = self.start
        if self.key == "variable":
            return Projected(start, self.tokens[self.at].end, self.take().text[1:], None)
        last = self.partners[self.at]
        self.at += 1
        expression, variable = self.assigned(last)
        return Projected(start, self.end, variable, expression)

    def assigned(self, last: int) -> tuple[Expression, str]:
        """Read ``expression AS ?variable`` up to a closing bracket, and the bracket."""
        if last - 2 <= self.at or self.tokens[last - 2].key != "AS":
            raise UnreadableError
        expression = self.expression(last - 2)
        self.at = last - 1
        variable = self.take("variable").text[1:]
        self.at = last + 1
        return expression, variable

    def modifiers(self) -> Modifiers:
        start = self.end
        grouped = ordered = False
        numbers: dict[str, tuple[int, Part]] = {}
        expressions: list[Expression] = []
        while self.key in _MODIFIERS and self.key != "VALUES":
            clause = self.take()
            if clause.key in ("LIMIT", "OFFSET"):
                number = self.take("number").text
                if not number.isdigit() or clause.key in numbers:
                    raise UnreadableError
                numbers[clause.key] = int(number), Part(clause.start, self.end)
                continue
            ordered = ordered or clause.key == "ORDER"
            grouped = grouped or clause.key != "ORDER"
            if clause.key != "HAVING":
                self.take("BY")
            while self.key not in _MODIFIERS and self.key not in ("end", "}"):
                expressions.append(self.condition())
        limit, limit_at = numbers.get("LIMIT", (None, None))
        offset, offset_at = numbers.get("OFFSET", (None, None))
        return Modifiers(start, self.end, grouped, ordered, limit, offset, limit_at, offset_at, tuple(expressions))

    def condition(self) -> Expression:
        """Read one condition of a modifier; in ``(expression AS ?variable)`` the variable counts as named by it."""
        if self.key == "variable":
            token = self.take()
            return Expression(token.start, token.end, frozenset({token.text[1:]}), ())
        if self.key in ("ASC", "DESC"):
            self.at += 1
        return self.constraint()

    # Groups

    def group(self) -> Group:
        start = self.start
        self.take("{")
        elements: list[Element] = []
        if self.took("SELECT"):
            elements.append(self.sub_select())
        else:
            while self.key != "}":
                elements.append(self.element())
        self.take("}")
        visible = _NOTHING.union(*(element.visible for element in elements))
        certain = _NOTHING.union(*(element.certain for element in elements))
        return Group(start, self.end, visible, certain, tuple(elements))

    def sub_select(self) -> SubSelect:
        select, _ = self.select()
        visible, certain = select.where.visible, select.where.certain
        if not select.star:
            visible = frozenset(column.variable for column in select.projected)
            certain &= {column.variable for column in select.projected if column.expression is None}
        if select.values:
            visible |= select.values.visible if select.star else _NOTHING
            certain |= select.values.certain & visible
        return SubSelect(select.start, select.end, visible, certain, select)

    def element(self) -> Element:
        reader = _READERS.get(self.key)
        if reader is None:
            return self.triples()
        element = reader(self)
        self.took(".")
        return element

    def group_or_union(self) -> Element:
        groups = [self.group()]
        while self.took("UNION"):
            groups.append(self.group())
        if len(groups) == 1:
            return groups[0]
        visible = _NOTHING.union(*(group.visible for group in groups))
        certain = groups[0].certain.intersection(*(group.certain for group in groups))
        return Union(groups[0].start, self.end, visible, certain, tuple(groups))

    def optional(self) -> Optional:
        start = self.take().start
        group = self.group()
        return Optional(start, self.end, group.visible, _NOTHING, group)

    def minus(self) -> Minus:
        start = self.take().start
        group = self.group()
        return Minus(start, self.end, _NOTHING, _NOTHING, group)

    def lateral(self) -> Lateral:
        start = self.take().start
        group = self.group()
        return Lateral(start, self.end, group.visible, group.certain, group)

    def graph(self) -> Graph:
        start = self.take().start
        token = self.take("variable", "iri", "name")
        group = self.group()
        variable = token.text[1:] if token.key == "variable" else None
        own = frozenset({variable} if variable else ())
        # What no pattern matches need not bind the name, as engines differ in that.
        matches = any(isinstance(element, Triples) for element in group.elements)
        name = Part(token.start, token.end)
        certain = group.certain | own if matches else group.certain
        return Graph(start, self.end, group.visible | own, certain, name, variable, group)

    def service(self) -> Service:
        start = self.take().start
        silent = self.took("SILENT")
        token = self.take("variable", "iri", "name")
        group = self.group()
        name = Part(token.start, token.end)
        if token.key == "variable":
            variable = token.text[1:]
            return Service(start, self.end, group.visible | {variable}, _NOTHING, silent, name, None, variable, group)
        return Service(start, self.end, group.visible, _NOTHING, silent, name, self.resolved(token), None, group)

    def bind(self) -> Bind:
        start = self.take().start
        if self.key != "(":
            raise UnreadableError
        last = self.partners[self.at]
        self.at += 1
        expression, variable = self.assigned(last)
        return Bind(start, self.end, frozenset({variable}), _NOTHING, expression, variable)

    def values(self) -> Values:
        start = self.take("VALUES").start
        if self.key == "(":
            last = self.partners[self.at]
            variables = [token.text[1:] for token in self.tokens[self.at + 1 : last] if token.key == "variable"]
            if len(variables) != last - self.at - 1:
                raise UnreadableError
            self.at = last + 1
            self.take("{")
            rows = []
            while self.took("("):
                row = []
                while self.key != ")":
                    row.append(self.cell())
                if len(row) != len(variables):
                    raise UnreadableError
                self.at += 1
                rows.append(tuple(row))
        else:
            variables = [self.take("variable").text[1:]]
            self.take("{")
            rows = []
            while self.key != "}":
                rows.append((self.cell(),))
        self.take("}")
        certain = frozenset(name for i, name in enumerate(variables) if all(row[i] is not None for row in rows))
        return Values(start, self.end, frozenset(variables), certain, tuple(variables), tuple(rows))

    def cell(self) -> Part | None:
        if self.took("UNDEF"):
            return None
        if self.key in ("variable", "blank"):
            raise UnreadableError
        return self.term()

    # Filters and expressions

    def filter(self) -> Filter:
        start = self.take().start
        first = self.at
        expression = self.constraint()
        last = self.at
        while self.tokens[first].key == "(" and self.partners[first] == last - 1:
            first, last = first + 1, last - 1
        exists = None
        if len(expression.exists) == 1 and expression.exists[0].start == self.tokens[first].start:
            whole = expression.exists[0]
            exists = whole if whole.end == self.tokens[last - 1].end else None
        return Filter(start, self.end, _NOTHING, _NOTHING, expression, exists)

    def constraint(self) -> Expression:
        """Read what may stand behind FILTER: something in brackets, a call, or EXISTS."""
        first = self.at
        if self.key in ("NOT", "EXISTS"):
            exists = self.exists()
            return Expression(exists.start, exists.end, _NOTHING, (exists,))
        if self.key != "(":
            name = self.take()
            if self.key != "(" or not (name.key in ("iri", "name") or name.text[0].isalpha()):
                raise UnreadableError
        last = self.partners[self.at] + 1
        self.at = first
        return self.expression(last)

    def expression(self, last: int) -> Expression:
        """Read an expression up to a token."""
        start = self.start
        variables = set()
        exists = []
        before = ""
        while self.at < last:
            key = self.key
            if key in ("{", "[") or (key in ("iri", "variable") and before in _OPERANDS):
                # Brackets belong to EXISTS alone. What looks like an IRI or a variable behind an operand may be an
                # operator with what it is applied to (?a<?b&&?c>?d), which the engine may read as such.
                raise UnreadableError
            if key == "EXISTS" or (key == "NOT" and self.tokens[self.at + 1].key == "EXISTS"):
                exists.append(self.exists())
                before = ")"
                continue
            if key == "variable":
                variables.add(self.tokens[self.at].text[1:])
            before = key
            self.at += 1
        if self.at != last:
            raise UnreadableError
        return Expression(start, self.end, frozenset(variables), tuple(exists))

    def exists(self) -> Exists:
        start = self.start
        negated = self.took("NOT")
        self.take("EXISTS")
        group = self.group()
        return Exists(start, self.end, negated, group)


_READERS = {
    "{": _Reader.group_or_union,
    "OPTIONAL": _Reader.optional,
    "MINUS": _Reader.minus,
    "LATERAL": _Reader.lateral,
    "GRAPH": _Reader.graph,
    "SERVICE": _Reader.service,
    "FILTER": _Reader.filter,
    "BIND": _Reader.bind,
    "VALUES": _Reader.values,
}
assert frozenset(_READERS) == ELEMENTS  # noqa: S101 - the cursor must know them all
