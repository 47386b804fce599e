"""Looking things up in a snapshot's sorted quads, without loading them."""

import mmap
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

__all__ = ["Dump"]


class Dump:
    """A file of sorted N-Quads, one a line; use it as a context.

    What is looked at is read by the system as it is needed, and is none of this process's own memory.

    Args:
        path: the file.
    """

    def __init__(self, path: Path):
        self._path = path
        self._file = path.open("rb")
        # An empty file cannot be mapped.
        self._map = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ) if path.stat().st_size else None

    def __enter__(self) -> "Dump":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._map is not None:
            self._map.close()
        self._file.close()

    def about(self, subject: bytes) -> list[bytes]:
        """Return the statements about a thing.

        Args:
            subject: as N-Quads write it, such as ``b"<https://w3id.org/citydip/id/city/rasht>"``.
        """
        if self._map is None:
            return []
        begin = subject + b" "
        low, high = 0, len(self._map)
        while low < high:
            middle = (low + high) // 2
            start = self._map.rfind(b"\n", low, middle) + 1 or low
            end = self._map.find(b"\n", middle) + 1
            if self._map[start : start + len(begin)] < begin:
                low = end
            else:
                high = start
        found = []
        while self._map[low : low + len(begin)] == begin:
            end = self._map.find(b"\n", low) + 1
            found.append(self._map[low:end])
            low = end
        return found

    def having(self, text: bytes) -> Iterator[bytes]:
        """Yield the lines that have a text in them; they are read from the beginning to the end."""
        with self._path.open("rb") as lines:
            yield from (line for line in lines if text in line)
