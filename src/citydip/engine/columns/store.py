"""The columns of a graph: its terms as numbers, and its triples as sorted pairs of numbers for each predicate.

Numbers of terms begin at 1; 0 is what an unbound variable has. They rise as ``ORDER BY`` has it: blank nodes, IRIs,
strings with and without language, and then literals of all other types, of which `Columns.kinds` and `Columns.values`
tell how they compare. The files are mapped into memory, so that all workers share them and opening takes no time.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from citydip.model.columns import ABOUT, SHIFT, hashed

__all__ = ["Columns", "Relation"]


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

    def places(self, start: int) -> tuple[int, int]:
        """Return where the triples of a subject begin and end."""
        low, high = np.searchsorted(self.forward, [start << SHIFT, (start + 1) << SHIFT]).tolist()
        return low, high

    def turned(self) -> "Relation":
        """Return the same with subjects and objects exchanged."""
        return Relation(self.backward, self.forward, self.objects, self.subjects)


_EMPTY = Relation(np.zeros(0, np.int64), np.zeros(0, np.int64), 0, 0)


class Columns:
    """The columns in a folder; use `Columns.open`.

    Args:
        folder: with the files that `citydip.model.columns` describes.
    """

    def __init__(self, folder: Path):
        about: dict[str, Any] = json.loads((folder / ABOUT).read_text(encoding="utf-8"))

        def mapped(name: str) -> NDArray[Any]:
            path = folder / f"{name}.npy"
            return np.load(path, mmap_mode="r").view(np.ndarray)  # type: ignore[no-any-return]

        self.forward: NDArray[np.int64] = mapped("forward")
        self.backward: NDArray[np.int64] = mapped("backward")
        self.kinds: NDArray[np.uint8] = mapped("kinds")
        self.values: NDArray[np.float64] = mapped("values")
        self.languages: NDArray[np.uint16] = mapped("languages")
        self.offsets: NDArray[np.int64] = mapped("offsets")
        self._text: memoryview = mapped("text").data
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
        return cls(folder) if (folder / ABOUT).is_file() else None

    def counts(self) -> dict[str, int]:
        """Return how many triples each predicate has, by IRI."""
        return {iri: len(relation) for iri, relation in self._relations.items()}

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
