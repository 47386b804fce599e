"""The whole graph in every RDF format, read from the snapshot line by line, so that memory stays small.

Source: https://www.w3.org/TR/n-quads/
"""

import io
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, cast

import pyoxigraph as ox

from citydip.model.quads import triples_of
from citydip.model.terms import PREFIXES
from citydip.services.exporting.jsonld import write_jsonld

__all__ = ["GRAPH_FORMATS", "quad_lines", "write_graph"]

GRAPH_FORMATS = {
    "nq": ox.RdfFormat.N_QUADS,
    "trig": ox.RdfFormat.TRIG,
    "jsonld": ox.RdfFormat.JSON_LD,
    "nt": ox.RdfFormat.N_TRIPLES,
    "ttl": ox.RdfFormat.TURTLE,
    "rdf": ox.RdfFormat.RDF_XML,
}
"""The engine's format by the ending of a file."""
_TRIPLES = ("nt", "ttl", "rdf")
_STEP = 50_000
_XMLNS = re.compile(rb' xmlns:[\w.-]+="[^"]*"')

Tell = Callable[[float], None]


def quad_lines(data: Path, graphs: frozenset[str] | None, tell: Tell) -> Iterator[bytes]:
    """Yield the lines of a snapshot's data that are in certain graphs.

    Args:
        data: N-Quads, one a line.
        graphs: IRIs of the graphs; None is all.
        tell: called with the share that is done, from 0 to 1.
    """
    size = max(data.stat().st_size, 1)
    names = None if graphs is None else frozenset(graph.encode() for graph in graphs)
    done = 0
    with data.open("rb") as file:
        for number, line in enumerate(file):
            done += len(line)
            if number % _STEP == 0:
                tell(done / size)
            if names is None or line[line.rindex(b" <") + 2 : -4] in names:
                yield line
    tell(1.0)


def write_graph(
    data: Path, ending: str, output: IO[bytes], *, graphs: frozenset[str] | None, words: str, tell: Tell
) -> None:
    """Write the graph of a snapshot in a format.

    Args:
        data: the snapshot's N-Quads, in order.
        ending: one of `GRAPH_FORMATS`.
        output: where to.
        graphs: the graphs that are wanted; None is all.
        words: licences and attribution, which stand as a comment at the beginning where the format has comments.
        tell: called with the share that is done.
    """
    lines = quad_lines(data, graphs, tell)
    if ending not in ("rdf", "jsonld"):
        output.write("".join(f"# {line}".rstrip() + "\n" for line in words.splitlines()).encode())
    if ending in _TRIPLES:
        lines = triples_of(lines)
    if ending in ("nq", "nt"):
        output.writelines(lines)
    elif ending in ("trig", "jsonld"):
        _write_by_graph(lines, ending, output, words)
    else:
        triples = (quad.triple for quad in _parsed(lines, ox.RdfFormat.N_TRIPLES))
        head = _InOrder(output, words if ending == "rdf" else "")
        ox.serialize(triples, cast("IO[bytes]", head), GRAPH_FORMATS[ending], prefixes=PREFIXES)
        head.finish()


def _write_by_graph(lines: Iterable[bytes], ending: str, output: IO[bytes], words: str) -> None:
    """Write graph after graph; the snapshot has them mixed, so they are told apart in temporary files first."""
    with tempfile.TemporaryDirectory(prefix="citydip-export-") as folder:
        paths = _split(lines, Path(folder))
        quads = (quad for path in paths for quad in ox.parse(path=path, format=ox.RdfFormat.N_QUADS))
        if ending == "jsonld":
            write_jsonld(quads, output, words)
            return
        head = _InOrder(output)
        ox.serialize(quads, cast("IO[bytes]", head), ox.RdfFormat.TRIG, prefixes=PREFIXES)
        head.finish()


def _split(lines: Iterable[bytes], folder: Path) -> list[Path]:
    """Write the lines of each graph to a file of its own, and return the files in the order of the graphs' IRIs."""
    held: dict[bytes, list[bytes]] = {}
    for count, line in enumerate(lines, 1):
        held.setdefault(line[line.rindex(b" <") :], []).append(line)
        if count % _STEP == 0:
            _flush(held, folder)
    _flush(held, folder)
    return [folder / f"{number}.nq" for _, number in sorted((name, n) for n, name in enumerate(held))]


def _flush(held: dict[bytes, list[bytes]], folder: Path) -> None:
    for number, lines in enumerate(held.values()):
        if lines:
            with (folder / f"{number}.nq").open("ab") as file:
                file.writelines(lines)
            lines.clear()


def _parsed(lines: Iterable[bytes], form: ox.RdfFormat) -> Iterator[ox.Quad]:
    """Yield what lines say; they are parsed as the engine asks for more."""
    file = io.BufferedReader(cast("io.RawIOBase", _Lines(iter(lines))), 1 << 18)
    yield from ox.parse(cast("IO[bytes]", file), format=form)


class _Lines(io.RawIOBase):
    """An iterator of lines as a file."""

    def __init__(self, lines: Iterator[bytes]):
        super().__init__()
        self.lines = lines
        self.rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        piece = self.rest or next(self.lines, b"")
        given = min(len(piece), len(buffer))
        buffer[:given] = piece[:given]
        self.rest = piece[given:]
        return given


class _InOrder(io.RawIOBase):
    """A file whose prefixes are put in order: the engine writes them in another one each time.

    Args:
        output: the file that is written to.
        words: text that stands as a comment of XML before the first element.
    """

    def __init__(self, output: IO[bytes], words: str = ""):
        super().__init__()
        self.output = output
        self.words = words
        self.head: bytearray | None = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        if self.head is None:
            return self.output.write(data)
        self.head += data
        if len(self.head) > 1 << 15:
            self.finish()
        return len(data)

    def finish(self) -> None:
        """Write the beginning, in order; there is nothing to put in order after it."""
        if self.head is None:
            return
        head, self.head = bytes(self.head), None
        if head.startswith(b"<?xml"):
            first, _, rest = head.partition(b"\n")
            comment = f"<!--\n{self.words.replace('--', '- -')}-->\n" if self.words else ""
            element, end, rest = rest.partition(b">")
            spaces = b"".join(sorted(_XMLNS.findall(element)))
            self.output.write(first + b"\n" + comment.encode() + _XMLNS.sub(b"", element) + spaces + end + rest)
            return
        lines = head.splitlines(keepends=True)
        count = sum(1 for line in lines if line.startswith(b"@prefix "))
        self.output.write(b"".join(sorted(lines[:count]) + lines[count:]))
