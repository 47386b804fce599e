"""Reading Turtle with positions: triples, syntax errors with line and column, and where each subject stands."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from citydip.model.errors import TurtleSyntaxError

__all__ = ["TurtleFile", "read_turtle"]

_TRAILING = re.compile(r" \(line \d+\)$")
_PLACE = re.compile(
    r"^Parser error (?:at line \d+ (?:between columns \d+ and \d+|column \d+)|between .*? and line \d+ column \d+): "
)
_SUBJECT = re.compile(r"(<[^>]*>|[^\s<;,]*:[^\s;,]*)")


@dataclass(slots=True)
class TurtleFile:
    """One parsed Turtle file.

    Args:
        path: where it lies.
        text: its text.
        triples: its triples, in the order of the file.
        prefixes: the prefixes that it declares.
    """

    path: Path
    text: str
    triples: list[ox.Triple]
    prefixes: dict[str, str]
    _lines: dict[str, int] = field(default_factory=dict)

    def line_of(self, subject: str, predicate: str | None = None) -> int | None:
        """Return the line on which a subject begins, or one of its predicates; None where it is not found.

        Lines count from 1. In a formatted file every subject begins a line and every predicate too.
        """
        if not self._lines:
            self._lines = dict(self._subjects())
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

    def _subjects(self) -> Iterator[tuple[str, int]]:
        for number, line in reversed(list(enumerate(self.text.splitlines(), 1))):
            found = _SUBJECT.match(line)
            if found and not line.startswith("@"):
                yield self._expand(found[1]), number

    def _expand(self, name: str) -> str:
        if name == "a":
            return "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
        if name.startswith("<"):
            return name[1:-1]
        prefix, colon, local = name.partition(":")
        return self.prefixes.get(prefix, prefix + colon) + local


def read_turtle(path: Path, text: str | None = None) -> TurtleFile:
    """Return a parsed Turtle file.

    Args:
        path: the file.
        text: its text, where it is at hand already.

    Raises:
        TurtleSyntaxError: the file is not Turtle; with line, column and the line itself.
        OSError: the file cannot be read.
    """
    if text is None:
        data = path.read_bytes()
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            message = "this is not UTF-8; save the file as UTF-8"
            raise TurtleSyntaxError(message, line=line, column=1, text=data.decode("utf-8", errors="replace")) from None
    parser = ox.parse(text.encode(), format=ox.RdfFormat.TURTLE)
    try:
        triples = [ox.Triple(quad.subject, quad.predicate, quad.object) for quad in parser]
    except SyntaxError as error:
        raise _syntax_error(error, text) from None
    return TurtleFile(path, text, triples, dict(parser.prefixes))


def _syntax_error(error: SyntaxError, text: str) -> TurtleSyntaxError:
    message = _PLACE.sub("", _TRAILING.sub("", str(error)))
    return TurtleSyntaxError(message, line=error.lineno or 1, column=error.offset or 1, text=text)
