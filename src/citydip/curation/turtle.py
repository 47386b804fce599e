"""Reading Turtle with positions: triples, syntax errors with line and column, and where each subject stands."""

import hashlib
import re
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

import pyoxigraph as ox

from citydip.model.errors import TurtleSyntaxError

__all__ = ["LeftOut", "TurtleFile", "open_turtle", "read_turtle"]

LeftOut: TypeAlias = Callable[[ox.Triple], bool] | None
"""What tells which triples of a file are not part of the graph."""

_TRAILING = re.compile(r" \(line \d+\)$")
_PLACE = re.compile(
    r"^Parser error (?:at line \d+ (?:between columns \d+ and \d+|column \d+)|between .*? and line \d+ column \d+): "
)
_NOT_STRUCTURE = re.compile(r'"(?:[^"\\]++|\\.)*+"|<[^<>\s]*>|#[^\n]*')
"""Strings, IRIs and comments."""
_BLANK = re.compile(r"_:|[\[(']")
"""What else blank nodes begin with; strings in single quotes, which our format does not have, are not looked into."""
_SUBJECT = re.compile(r"(<[^>]*>|[^\s<;,]*:[^\s;,]*)")


class TurtleFile:
    """One Turtle file, which is parsed when its triples are asked for.

    Args:
        path: where it lies.
        text: its text.
        label: what the names of its blank nodes begin with, which then are the same each time; none: they are random,
            so that those of several files can be put together.
        left_out: tells which of its triples are not part of the graph; None: all are.
    """

    def __init__(self, path: Path, text: str, label: str = "", left_out: LeftOut = None):
        self.path = path
        self.text = text
        self.label = label
        self.left_out = left_out

    @cached_property
    def digest(self) -> str:
        """Return the SHA-256 digest of its text."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def is_plain(self) -> bool:
        """Return whether it surely has no blank node, so that the store itself can read it, which is quicker."""
        return (
            '"""' not in self.text and "'" * 3 not in self.text and not _BLANK.search(_NOT_STRUCTURE.sub("", self.text))
        )

    def parse(self) -> None:
        """Parse it now.

        Raises:
            TurtleSyntaxError: the file is not Turtle; with line, column and the line itself.
        """
        _ = self._parsed

    def forget(self) -> None:
        """Drop the triples; they are parsed again when they are asked for."""
        self.__dict__.pop("_parsed", None)

    @property
    def written(self) -> list[ox.Triple]:
        """Return all its triples, in the order of the file; with a label and blank nodes in a canonical one.

        Raises:
            TurtleSyntaxError: the file is not Turtle; with line, column and the line itself.
        """
        return self._parsed[0]

    @property
    def triples(self) -> list[ox.Triple]:
        """Return those of its triples that are part of the graph.

        Raises:
            TurtleSyntaxError: the file is not Turtle; with line, column and the line itself.
        """
        left_out = self.left_out
        return self.written if left_out is None else [triple for triple in self.written if not left_out(triple)]

    @property
    def prefixes(self) -> dict[str, str]:
        """Return the prefixes that it declares.

        Raises:
            TurtleSyntaxError: the file is not Turtle.
        """
        return self._parsed[1]

    @cached_property
    def _parsed(self) -> tuple[list[ox.Triple], dict[str, str]]:
        parser = ox.parse(self.text.encode(), format=ox.RdfFormat.TURTLE)
        try:
            triples = [quad.triple for quad in parser]
        except SyntaxError as error:
            raise _syntax_error(error, self.text) from None
        return _stable(triples, self.label) if self.label else triples, dict(parser.prefixes)

    def line_of(self, subject: str, predicate: str | None = None) -> int | None:
        """Return the line on which a subject begins, or one of its predicates; None where it is not found.

        Lines count from 1. In a formatted file every subject begins a line and every predicate too.
        """
        start = self._lines.get(subject)
        if start is None or predicate is None:
            return start
        for number, line in enumerate(self.text.splitlines()[start:], start + 1):
            if not line.startswith((" ", "\t")):
                break
            token = line.strip().split(" ", 1)[0]
            if self._expand(token) == predicate:
                return number
        return start

    @cached_property
    def _lines(self) -> dict[str, int]:
        lines: dict[str, int] = {}
        for number, line in enumerate(self.text.splitlines(), 1):
            found = _SUBJECT.match(line)
            if found and not line.startswith("@"):
                lines.setdefault(self._expand(found[1]), number)
        return lines

    def _expand(self, name: str) -> str:
        if name == "a":
            return "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
        if name.startswith("<"):
            return name[1:-1]
        prefix, colon, local = name.partition(":")
        return self.prefixes.get(prefix, prefix + colon) + local


def open_turtle(path: Path, label: str = "", left_out: LeftOut = None) -> TurtleFile:
    """Return a Turtle file that is not parsed yet.

    Args:
        path: the file.
        label: what the names of its blank nodes begin with.
        left_out: tells which of its triples are not part of the graph; None: all are.

    Raises:
        TurtleSyntaxError: the file is not UTF-8; with the line.
        OSError: the file cannot be read.
    """
    data = path.read_bytes()
    try:
        return TurtleFile(path, data.decode("utf-8"), label, left_out)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = "this is not UTF-8; save the file as UTF-8"
        raise TurtleSyntaxError(message, line=line, column=1, text=data.decode("utf-8", errors="replace")) from None


def read_turtle(path: Path, text: str | None = None) -> TurtleFile:
    """Return a parsed Turtle file.

    Args:
        path: the file.
        text: its text, where it is at hand already.

    Raises:
        TurtleSyntaxError: the file is not Turtle; with line, column and the line itself.
        OSError: the file cannot be read.
    """
    file = open_turtle(path) if text is None else TurtleFile(path, text)
    file.parse()
    return file


def _stable(triples: list[ox.Triple], label: str) -> list[ox.Triple]:
    """Return the triples with blank nodes named by their canonical form, so that two builds are equal.

    Source: RDF Dataset Canonicalization (RDFC-1.0), https://www.w3.org/TR/rdf-canon/
    """
    if not any(isinstance(term, ox.BlankNode) for t in triples for term in (t.subject, t.object)):
        return triples
    dataset = ox.Dataset(ox.Quad(t.subject, t.predicate, t.object) for t in triples)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)

    def renamed(
        term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple,
    ) -> ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple:
        return ox.BlankNode(label + term.value) if isinstance(term, ox.BlankNode) else term

    return [ox.Triple(renamed(q.subject), q.predicate, renamed(q.object)) for q in dataset]  # type: ignore[arg-type]


def _syntax_error(error: SyntaxError, text: str) -> TurtleSyntaxError:
    message = _PLACE.sub("", _TRAILING.sub("", str(error)))
    return TurtleSyntaxError(message, line=error.lineno or 1, column=error.offset or 1, text=text)
