"""The files of a graph's columns: what writes them and what reads them agree on this.

The folder beside the file with the quads has, with numbers of terms that begin at 1,

- ``forward.npy``, ``backward.npy``: for each predicate its triples, sorted, as subject * 2**32 + object and the other
  way round;
- ``text.npy``, ``offsets.npy``: all terms in N-Triples, end to end, and where each of them ends;
- ``hashes.npy``, ``hashed.npy``: hashes of the terms, sorted, and the term of each;
- ``kinds.npy``, ``values.npy``, ``languages.npy``: how literals compare, by the numbers of terms;
- ``about.json``: where each predicate, and each kind of terms, begins and ends.
"""

import re
from datetime import date
from hashlib import blake2b
from pathlib import Path

from citydip.model.terms import PREFIXES

__all__ = ["ABOUT", "SHIFT", "columns_beside", "hashed", "value_of"]

ABOUT = "about.json"
"""The file that is written last: where it is, all of them are."""
SHIFT = 32
"""Bits by which the first number of a pair is shifted."""
_XSD = PREFIXES["xsd"]
_DAY = re.compile(r"(?!0000)\d{4}-\d\d-\d\d")
_NUMBER = re.compile(r"-?\d{1,15}|-?(?=[\d.]{1,16}$)\d+\.\d+")
"""Integers and decimals that a double tells apart."""


def columns_beside(data: Path) -> Path:
    """Return where the columns of a file with quads lie.

    Example:
        >>> columns_beside(Path("graph.nq")).name
        'graph.columns'
    """
    return data.with_suffix(".columns")


def hashed(term: bytes) -> int:
    """Return the number of 64 bits by which a term in N-Triples is looked up."""
    return int.from_bytes(blake2b(term, digest_size=8).digest(), "big")


def value_of(text: str, datatype: str) -> tuple[int, float]:
    """Return of what kind a literal is, 0 where the engine is to compare it, and by which number it compares.

    Days without a time zone are of kind 1, integers and decimals of kind 2.

    Example:
        >>> value_of("2020-03-01", _XSD + "date")
        (1, 737485)
    """
    kind = datatype.removeprefix(_XSD)
    if kind == "date" and _DAY.fullmatch(text):
        return 1, date.fromisoformat(text).toordinal()
    if kind in ("integer", "decimal") and _NUMBER.fullmatch(text):
        return 2, float(text)
    return 0, 0.0
