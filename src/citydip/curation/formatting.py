"""The one format of Turtle files: two runs give the same text, one edit gives one hunk.

Header comments come first, then the prefixes that are used, sorted, then subjects, sorted; ``a`` comes first,
then predicates in the order of their names, one object a line. Lists are kept; other blank nodes and comments
below the header are refused, because they could not be kept in their place.
"""

import re
from collections import defaultdict
from pathlib import Path

import pyoxigraph as ox

from citydip.curation.turtle import TurtleFile, read_turtle
from citydip.model.errors import TurtleSyntaxError
from citydip.model.terms import PREFIXES

__all__ = ["format_file", "format_triples", "format_turtle"]

_RDF = PREFIXES["rdf"]
_XSD = PREFIXES["xsd"]
_TYPE, _FIRST, _REST, _NIL = _RDF + "type", _RDF + "first", _RDF + "rest", _RDF + "nil"
_LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_-])?")
_PLAIN = {
    _XSD + "integer": re.compile(r"[+-]?[0-9]+"),
    _XSD + "decimal": re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    _XSD + "boolean": re.compile(r"true|false"),
}
# What can hold a number sign that begins no comment: IRIs and strings.
_TOKENS = re.compile(
    r'<[^<>"{}|^`\\\s]*>|"""(?:[^"\\]|\\.|"(?!""))*"""|\'\'\'(?:[^\'\\]|\\.|\'(?!\'\'))*\'\'\''
    r'|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|(?P<comment>#[^\n]*)',
    re.DOTALL,
)
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def format_turtle(path: Path, text: str) -> str:
    """Return the text of a Turtle file in the one format.

    Raises:
        TurtleSyntaxError: the text is not Turtle, or has a comment or blank node that would be lost.

    Example:
        >>> print(format_turtle(Path("x.ttl"), "<urn:b> a <urn:C> . <urn:a> a <urn:C> ."))
        <urn:a>
            a <urn:C> ;
            .
        <BLANKLINE>
        <urn:b>
            a <urn:C> ;
            .
        <BLANKLINE>
    """
    return format_file(read_turtle(path, text))


def format_file(file: TurtleFile) -> str:
    """Return the text of a Turtle file in the one format.

    Raises:
        TurtleSyntaxError: the file is not Turtle, or has a comment or blank node that would be lost.
    """
    header = _header(file.text)
    _refuse_comments(file.text, after=sum(len(line) + 1 for line in header))
    try:
        body = format_triples(file.written, file.prefixes)
    except ValueError as error:
        raise TurtleSyntaxError(str(error), line=1, column=1, text=file.text) from None
    return "".join(line + "\n" for line in header) + ("\n" if header else "") + body


def format_triples(triples: list[ox.Triple], prefixes: dict[str, str]) -> str:
    """Return triples as formatted Turtle, with the prefixes that they use.

    Args:
        triples: without blank nodes other than those of lists.
        prefixes: namespace by prefix.

    Raises:
        ValueError: there is a blank node that is not part of a list.
    """
    return _Writer(triples, prefixes).text()


def _header(text: str) -> list[str]:
    lines: list[str] = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.rstrip())
    return lines


def _refuse_comments(text: str, after: int) -> None:
    for found in _TOKENS.finditer(text):
        if found["comment"] is not None and found.start() >= after:
            line = text.count("\n", 0, found.start()) + 1
            column = found.start() - text.rfind("\n", 0, found.start())
            message = "a comment here would be lost; move it to the head of the file or into skos:editorialNote"
            raise TurtleSyntaxError(message, line=line, column=column, text=text)


class _Writer:
    """Writes triples as Turtle and notes which prefixes are used."""

    def __init__(self, triples: list[ox.Triple], prefixes: dict[str, str]):
        self.namespaces = sorted(prefixes.items(), key=lambda item: (-len(item[1]), item[0]))
        self.used: dict[str, str] = {}
        self.subjects: dict[ox.NamedNode | ox.BlankNode, dict[str, set[ox.Triple]]] = defaultdict(
            lambda: defaultdict(set)
        )
        for triple in triples:
            if isinstance(triple.subject, ox.Triple):
                raise ValueError("there is a quoted triple; write a statement node with an IRI of its own")  # noqa: TRY004
            self.subjects[triple.subject][triple.predicate.value].add(triple)

    def text(self) -> str:
        blocks = {}
        listed: set[ox.BlankNode] = set()
        for subject, predicates in self.subjects.items():
            if isinstance(subject, ox.NamedNode):
                name = self.name(subject.value)
                blocks[name] = self.block(name, predicates, listed)
        loose = {s for s in self.subjects if isinstance(s, ox.BlankNode)} - listed
        if loose:
            raise ValueError("there are blank nodes; give each thing an IRI of its own, so that it can be cited")
        head = "".join(f"@prefix {prefix}: <{self.used[prefix]}> .\n" for prefix in sorted(self.used))
        return head + ("\n" if head else "") + "\n".join(blocks[name] for name in sorted(blocks))

    def block(self, name: str, predicates: dict[str, set[ox.Triple]], listed: set[ox.BlankNode]) -> str:
        lines = [name]
        named = {("" if p == _TYPE else self.name(p)): p for p in predicates}
        for shown in sorted(named):
            values = predicates[named[shown]]
            indent = "    " if len(values) == 1 else "        "
            objects = sorted(self.term(t.object, listed, indent) for t in values)
            word = shown or "a"
            if len(objects) == 1:
                lines.append(f"    {word} {objects[0]} ;")
            else:
                lines.append(f"    {word}")
                lines += [f"        {o} ," for o in objects[:-1]] + [f"        {objects[-1]} ;"]
        return "\n".join([*lines, "    .", ""])

    def term(
        self,
        term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple,
        listed: set[ox.BlankNode],
        indent: str,
    ) -> str:
        if isinstance(term, ox.NamedNode):
            return "()" if term.value == _NIL else self.name(term.value)
        if isinstance(term, ox.Literal):
            return self.literal(term)
        if isinstance(term, ox.BlankNode):
            items = [self.term(item, listed, indent + "    ") for item in self.members(term, listed)]
            return "(\n" + "".join(f"{indent}    {item}\n" for item in items) + f"{indent})"
        raise ValueError("there is a quoted triple; write a statement node with an IRI of its own")

    def members(
        self, node: ox.NamedNode | ox.BlankNode, listed: set[ox.BlankNode]
    ) -> list[ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple]:
        """Return the members of a list and note its nodes."""
        found = []
        while isinstance(node, ox.BlankNode):
            predicates = self.subjects.get(node, {})
            if set(predicates) != {_FIRST, _REST} or any(len(v) != 1 for v in predicates.values()) or node in listed:
                raise ValueError("there are blank nodes; give each thing an IRI of its own, so that it can be cited")
            listed.add(node)
            found.append(next(iter(predicates[_FIRST])).object)
            rest = next(iter(predicates[_REST])).object
            if not isinstance(rest, ox.NamedNode | ox.BlankNode):
                raise ValueError("a list does not end")  # noqa: TRY004 - the file is at fault, not a type
            node = rest
        return found

    def name(self, iri: str) -> str:
        for prefix, namespace in self.namespaces:
            local = iri.removeprefix(namespace)
            if local != iri and _LOCAL.fullmatch(local):
                self.used[prefix] = namespace
                return f"{prefix}:{local}"
        return f"<{iri}>"

    def literal(self, literal: ox.Literal) -> str:
        datatype = literal.datatype.value
        plain = _PLAIN.get(datatype)
        if plain and plain.fullmatch(literal.value):
            return literal.value
        if "\n" in literal.value:
            body = literal.value.replace("\\", "\\\\").replace('"', '\\"').replace("\r", "\\r")
            text = f'"""{body}"""'
        else:
            text = '"' + "".join(_ESCAPES.get(c, c) for c in literal.value) + '"'
        if literal.language:
            return f"{text}@{literal.language}"
        return text if datatype == _XSD + "string" else f"{text}^^{self.name(datatype)}"
