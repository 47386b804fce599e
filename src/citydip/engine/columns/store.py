"""The columns of a graph: its terms as numbers, and its triples as sorted pairs of numbers for each predicate.

Numbers of terms begin at 1; 0 is what an unbound variable has. They rise as ``ORDER BY`` has it: blank nodes, IRIs,
strings with and without language, and then literals of all other types, of which `Columns.kinds` and `Columns.values`
tell how they compare. The files are mapped into memory, so that all workers share them and opening takes no time.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import pyoxigraph as ox
from numpy.typing import NDArray

from citydip.model.terms import PREFIXES

__all__ = ["FOLDER", "Columns", "Relation", "hashed", "value_of"]

FOLDER = "columns"
"""The name of the folder with the columns, beside the file with the quads."""
_XSD = PREFIXES["xsd"]
_DAY = re.compile(r"(?!0000)\d{4}-\d\d-\d\d")
_NUMBER = re.compile(r"-?\d{1,15}|-?(?=[\d.]{1,16}$)\d+\.\d+")
"""Integers and decimals that a double holds exactly, or so nearly that it tells them apart."""


@dataclass(frozen=True, slots=True, eq=False)
class Relation:
    """The triples of a predicate.

    Args:
        forward: each as subject * 2**32 + object, sorted.
        backward: each as object * 2**32 + subject, sorted.
        subjects: how many different subjects there are.
        objects: how many different objects.
    """

    forward: NDArray[np.int64]
    backward: NDArray[np.int64]
    subjects: int
    objects: int

    def __len__(self) -> int:
        return len(self.forward)

    def turned(self) -> "Relation":
        """Return the same with subjects and objects exchanged."""
        return Relation(self.backward, self.forward, self.objects, self.subjects)


_EMPTY = Relation(np.zeros(0, np.int64), np.zeros(0, np.int64), 0, 0)


class Columns:
    """The columns in a folder; use `Columns.open`.

    Args:
        folder: where `citydip.engine.columns.writing.write_columns` wrote them.
    """

    def __init__(self, folder: Path):
        about: dict[str, Any] = json.loads((folder / "about.json").read_text(encoding="utf-8"))

        def mapped(name: str) -> NDArray[Any]:
            path = folder / f"{name}.npy"
            return np.load(path, mmap_mode="r").view(np.ndarray)  # type: ignore[no-any-return]

        self.forward: NDArray[np.int64] = mapped("forward")
        self.backward: NDArray[np.int64] = mapped("backward")
        self.kinds: NDArray[np.uint8] = mapped("kinds")
        self.values: NDArray[np.float64] = mapped("values")
        self.languages: NDArray[np.uint16] = mapped("languages")
        self.offsets: NDArray[np.int64] = mapped("offsets")
        self._text = memoryview(mapped("text"))
        self._hashes: NDArray[np.uint64] = mapped("hashes")
        self._hashed: NDArray[np.int32] = mapped("hashed")
        self.tags: dict[str, int] = {tag: number for number, tag in enumerate(about["tags"], 1)}
        self.blanks: int = about["blanks"]
        self.iris: int = about["iris"]
        self.strings: int = about["strings"]
        self._relations = {
            iri: Relation(self.forward[start:end], self.backward[start:end], subjects, objects)
            for iri, (start, end, subjects, objects) in about["predicates"].items()
        }

    @classmethod
    def open(cls, folder: Path) -> "Columns | None":
        """Return the columns in a folder; None where there are none."""
        return cls(folder) if (folder / "about.json").is_file() else None

    def relation(self, iri: str) -> Relation:
        """Return the triples of a predicate; there may be none."""
        return self._relations.get(iri, _EMPTY)

    def number(self, text: str) -> int:
        """Return the number of a term in N-Triples; 0 where the graph has no such term."""
        term = text.encode()
        sought = hashed(term)
        at = int(np.searchsorted(self._hashes, np.uint64(sought)))
        while at < len(self._hashes) and int(self._hashes[at]) == sought:
            number = int(self._hashed[at])
            if self.text(number) == term:
                return number
            at += 1
        return 0

    def text(self, number: int) -> bytes:
        """Return the term of a number in N-Triples, as UTF-8."""
        return bytes(self._text[int(self.offsets[number - 1]) : int(self.offsets[number])])

    def texts(self, numbers: NDArray[np.int64]) -> list[bytes]:
        """Return the terms of numbers, all above 0."""
        starts: Iterable[int] = self.offsets[numbers - 1].tolist()
        ends: Iterable[int] = self.offsets[numbers].tolist()
        text = self._text
        return [bytes(text[start:end]) for start, end in zip(starts, ends, strict=True)]


def hashed(term: bytes) -> int:
    """Return the number by which a term is looked up."""
    return int.from_bytes(blake2b(term, digest_size=8).digest(), "big")


def value_of(literal: ox.Literal) -> tuple[int, float]:
    """Return of what kind a literal is, 0 where the engine is to compare it, and by which number it compares.

    Days without a time zone are of kind 1, integers and decimals of kind 2.

    Example:
        >>> value_of(ox.Literal("2020-03-01", datatype=ox.NamedNode(_XSD + "date")))
        (1, 737485)
    """
    kind, text = literal.datatype.value.removeprefix(_XSD), literal.value
    if kind == "date" and _DAY.fullmatch(text):
        return 1, date.fromisoformat(text).toordinal()
    if kind in ("integer", "decimal") and _NUMBER.fullmatch(text):
        return 2, float(text)
    return 0, 0.0
