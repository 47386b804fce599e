"""Files that are there whole or not at all, compressed where that is asked for, with a SHA-256."""

import contextlib
import gzip
import hashlib
import io
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

from zstandard import ZstdCompressor

from citydip.model.errors import ExportError

__all__ = ["digest_of", "replaced", "writing"]

_LEVEL = 6


@contextlib.contextmanager
def replaced(target: Path) -> Iterator[Path]:
    """Give a path beside a file, and let it take the file's place when all went well.

    Args:
        target: the file.

    Raises:
        ExportError: the folder cannot be written to.
    """
    try:
        number, name = tempfile.mkstemp(prefix=".making-", dir=target.parent)
    except OSError as error:
        raise ExportError(f"{target.parent} cannot be written to ({error.strerror}); choose another folder") from None
    os.close(number)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o644)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def writing(path: Path, packing: str = "") -> Iterator[IO[bytes]]:
    """Open a file for writing; the same contents give the same bytes whenever they are written.

    Args:
        path: where to.
        packing: ``gz``, ``zst`` or nothing.
    """
    with contextlib.ExitStack() as stack:
        file: IO[bytes] = stack.enter_context(path.open("wb"))
        if packing == "gz":
            packed = gzip.GzipFile("", "wb", _LEVEL, file, mtime=0)
            file = cast("IO[bytes]", stack.enter_context(packed))
        elif packing == "zst":
            file = cast("IO[bytes]", stack.enter_context(ZstdCompressor(_LEVEL).stream_writer(file, closefd=False)))
        yield cast("IO[bytes]", stack.enter_context(io.BufferedWriter(cast("io.RawIOBase", file), 1 << 20)))


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, as hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
