"""Where an answer ends that is too large: after whole rows or triples, in a whole document that says it was cut.

A table comes out of the engine as bytes. They are passed on up to the end of a row, so that whenever a limit is hit,
what has gone out can be closed. A row counts as ended when the next one begins: so an answer that just fits is not
called cut. A graph is counted triple by triple.
"""

import io
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Any, TypeVar, cast

__all__ = ["Limits", "Triples", "Written", "write_rows"]

_GATHERED = 1 << 16
"""Bytes that are gathered before they are looked at."""
_Item = TypeVar("_Item")


@dataclass(slots=True)
class Limits:
    """How large an answer may be; nothing changes it. A frozen one takes five times as long to make.

    Args:
        rows: most rows or triples; None is no limit.
        size: bytes after which no row or triple begins that would go beyond; None is no limit.
        next: address of the rest, to which the number of rows before it is added; empty where there is none.
        passed: rows before this answer, which is itself the rest of another one.
        page: whether the answer is a page of so many rows, a document that is whole as it is.
    """

    rows: int | None = None
    size: int | None = None
    next: str = ""
    passed: int = 0
    page: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return its members by name, as the worker takes them."""
        return {"rows": self.rows, "size": self.size, "next": self.next, "passed": self.passed, "page": self.page}

    def after(self, rows: int) -> str:
        """Return the address of what comes after so many rows of the answer; empty where there is none."""
        return f"{self.next}{self.passed + rows}" if self.next else ""

    def mark(self, written: "Written") -> dict[str, Any]:
        """Return what a document says that was cut: why, after how many rows, and where the rest is."""
        said = {"cut": written.cut, "rows": written.rows}
        return {**said, "next": self.after(written.rows)} if self.next else said

    def comment(self, written: "Written") -> bytes:
        """Return the same as a comment, without two hyphens in a row, which XML does not allow there."""
        return f"cut: {json.dumps(self.mark(written))}".replace("--", "-%2D").encode()


@dataclass(frozen=True, slots=True)
class Written:
    """What was written.

    Args:
        rows: rows or triples. Rows of JSON that have no value at all are not counted.
        cut: the limit that was hit, ``rows`` or ``bytes``; empty where the answer is whole.
    """

    rows: int = 0
    cut: str = ""


class _CutError(Exception):
    """Tells the engine to write no more."""


# What ends the head of a table, and one of its rows. A quotation mark inside a string of JSON has a backslash before
# it, and after one that ends a string comes a brace or a comma. That of CSV takes the unfinished rest in one piece.
# A pattern that begins with a text is found four times as fast as one with two beginnings.
_HEADS = {"json": re.compile(rb'\[(?=\{"[^},])'), "xml": re.compile(rb"<results>(?=<result>)")}
_ENDS = {
    "json": re.compile(rb'\},\{"(?=[^},])'),
    "xml": re.compile(rb"</result>(?=<result>)"),
    "tsv": re.compile(rb"\n"),
    "csv": re.compile(rb'(?:[^"\r]++|"[^"]*+(?:"|\Z)|\r(?!\n))*+(?:\r\n|\Z)'),
}
_ENDS_IN_PLAIN_CSV = re.compile(rb"\r\n")
_BEGUN = {"json": len(',{"')}
"""Bytes of the next row that the pattern takes along."""
_END = b'},{"'
"""What ends a row of JSON, where neither brace nor comma comes after it."""


class _Rows(io.RawIOBase):
    """A file that passes on a table as the engine writes it, up to the limits."""

    def __init__(self, output: IO[bytes], form: str, limits: Limits):
        super().__init__()
        self.output = output
        self.form = form
        self.limits = limits
        self.buffer = bytearray()
        self.enough = _GATHERED
        self.passed = 0
        # The first end is that of the head.
        self.ended = -1
        self.cut = ""

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.buffer += data
        if len(self.buffer) >= self.enough:
            self.look()
            # A row that is very long is not looked through again at each of its pieces.
            self.enough = max(_GATHERED, 2 * len(self.buffer))
        return len(data)

    def look(self, *, last: bool = False) -> None:
        """Pass on the rows that have ended, or those of them that fit; all that is left where nothing comes after."""
        if self.form == "json" and self.pass_all(last=last):
            return
        pattern = _ENDS_IN_PLAIN_CSV if self.form == "csv" and b'"' not in self.buffer else _ENDS[self.form]
        length, begun = len(self.buffer), _BEGUN.get(self.form, 0)
        ends = [end for match in pattern.finditer(self.buffer) if (end := match.end() - begun) < length]
        head = _HEADS[self.form].search(self.buffer) if self.ended < 0 and self.form in _HEADS else None
        if head:
            ends.insert(0, head.end())
        fitting = self.fitting(ends)
        self.ended += fitting
        if last and not self.cut:
            self.send(length)
        elif fitting:
            self.send(ends[fitting - 1])
        if self.cut:
            raise _CutError

    def pass_all(self, *, last: bool) -> bool:
        """Pass on the rows of JSON that have ended where all of them fit; return whether they do.

        It counts them, which takes a tenth of the time that finding each takes.
        """
        buffer = self.buffer
        unfinished = buffer.endswith(_END)
        count = buffer.count(_END) - buffer.count(_END + b"}") - buffer.count(_END + b",") - unfinished
        head = _HEADS["json"].search(buffer) if self.ended < 0 else None
        ended = self.ended + count + (head is not None)
        rows, size = self.limits.rows, self.limits.size
        if (rows is not None and ended >= rows) or (size is not None and self.passed + len(buffer) > size):
            return False
        self.ended = ended
        if last:
            self.send(len(buffer))
        elif count:
            at = buffer.rfind(_END, 0, len(buffer) - unfinished)
            while buffer[at + len(_END)] in b"},":
                at = buffer.rfind(_END, 0, at)
            self.send(at + 1)
        elif head:
            self.send(head.end())
        return True

    def fitting(self, ends: list[int]) -> int:
        """Return how many ends lie within the limits; note which of these does not let all of them pass."""
        fitting = len(ends)
        if self.limits.rows is not None and self.ended + fitting >= self.limits.rows:
            fitting, self.cut = self.limits.rows - self.ended, "rows"
        room = sys.maxsize if self.limits.size is None else self.limits.size - self.passed
        if len(self.buffer) > room and (ends or self.ended >= 0):
            inside = sum(1 for end in ends[:fitting] if end <= room)
            if inside < fitting or not self.cut:
                # The head is passed on in any case.
                fitting, self.cut = max(inside, int(self.ended < 0)), "bytes"
        return fitting

    def send(self, length: int) -> None:
        self.output.write(bytes(self.buffer[:length]))
        del self.buffer[:length]
        self.passed += length

    def close_document(self, written: Written) -> None:
        """Write what ends a document that was cut; a page does not say so, for its end was asked for."""
        if self.limits.page and written.cut == "rows":
            self.output.write({"json": b"]}}", "xml": b"</results></sparql>"}.get(self.form, b""))
        elif self.form == "json":
            self.output.write(f']}},"citydip":{json.dumps(self.limits.mark(written))}}}'.encode())
        elif self.form == "xml":
            self.output.write(b"</results><!-- " + self.limits.comment(written) + b" --></sparql>")


def write_rows(serialize: Callable[[IO[bytes]], object], output: IO[bytes], form: str, limits: Limits) -> Written:
    """Write a table up to the limits.

    Args:
        serialize: writes all of the table to a file.
        output: where it goes.
        form: short name of its format.
        limits: how large it may be.
    """
    rows = _Rows(output, form, limits)
    try:
        serialize(cast("IO[bytes]", rows))
        rows.look(last=True)
    except _CutError:
        written = Written(rows.ended, rows.cut)
        rows.close_document(written)
        return written
    return Written(rows.ended + 1)


class Triples(Iterator[_Item]):
    """Triples up to the limits.

    Args:
        triples: all of them.
        limits: how many there may be, and how large.
        size: tells how many bytes have been written.
    """

    def __init__(self, triples: Iterable[_Item], limits: Limits, size: Callable[[], int]):
        self._triples = iter(triples)
        self._most = sys.maxsize if limits.rows is None else limits.rows
        self._largest = sys.maxsize if limits.size is None else limits.size
        self._size = size
        self._given = 0
        self._cut = ""

    @property
    def written(self) -> Written:
        """Return how many triples were given, and which limit there was no passing."""
        return Written(self._given, self._cut)

    def __next__(self) -> _Item:
        """Return the next triple that fits."""
        triple = next(self._triples)
        if self._given >= self._most:
            self._cut = "rows"
        elif self._given & 0xFF == 0 and self._size() >= self._largest:
            self._cut = "bytes"
        else:
            self._given += 1
            return triple
        raise StopIteration
