"""A worker: answers one query at a time over its connection, and dies at its deadline or memory limit.

The deadline is a timer of the operating system with its default action, which ends the process; a Python
signal handler would not run while the engine works. The memory limit is that of the address space. A worker can open
no file and no connection: whatever a query asks for, it gets nothing but the graph.

Forked workers share the loaded graph, but the engine counts references in the very rows that it reads: the pages that a
query walks through are copied for its worker. So one that has copied much ends, and a fresh one takes its place.
"""

import contextlib
import io
import os
import resource
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, cast

from citydip.engine import frames
from citydip.engine.frames import Tag
from citydip.engine.limits import Limits, Written
from citydip.engine.store import Opened
from citydip.model.errors import CitydipError

__all__ = ["MOST_COPIED", "confine", "serve"]

MOST_COPIED = 128 << 20
"""Bytes that a worker may have in pages of its own before it ends after an answer."""
_CHUNK = 1 << 16


def confine(mebibytes: int, files: int = 0) -> None:
    """Take from this process what no query needs: more memory than so many mebibytes, and files of its own.

    What is open stays open; no file, connection or dump of the memory can come on top. Where the system has no
    ``/proc`` to tell how much memory there is already (macOS), that has no limit. Where the system itself runs out of
    memory, it ends this process before any other.

    Args:
        mebibytes: memory that may come on top of what there is.
        files: how many may be open in all, for a worker that asks a store over the network.
    """
    statistics = Path("/proc/self/statm")
    if statistics.exists():
        pages = int(statistics.read_text(encoding="ascii").split()[0])
        limit = pages * resource.getpagesize() + (mebibytes << 20)
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))


class _Frames(io.RawIOBase):
    """A file that gathers what is written to 64 kB frames and sends them."""

    def __init__(self, connection: socket.socket):
        super().__init__()
        self.connection = connection
        self.buffer = bytearray()
        self.total = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.buffer += data
        self.total += len(data)
        if len(self.buffer) >= _CHUNK:
            # Not as flush(), which closing a file calls: what an answer that failed has left must not be sent.
            frames.send(self.connection, Tag.DATA, bytes(self.buffer))
            self.buffer.clear()
        return len(data)

    def end(self, seconds: float, written: Written, *, last: bool) -> None:
        """Send what is left and the end, both at once."""
        rest = frames.pack(Tag.DATA, bytes(self.buffer)) if self.buffer else b""
        self.connection.sendall(rest + frames.pack_end(seconds, self.total, written.rows, written.cut, last=last))


def serve(connection: socket.socket, ask: Callable[[dict[str, Any]], Opened]) -> None:
    """Answer requests until the other side goes away, or this process has copied much of the graph.

    Args:
        connection: where requests come from.
        ask: opens a query, as `citydip.engine.store.open_query` does on a store.
    """
    while True:
        received = frames.receive(connection)
        if received is None:
            return
        request = frames.unpack_request(received[1])
        signal.setitimer(signal.ITIMER_REAL, request["timeout"])
        try:
            if _answer(connection, ask, request):
                return
        except ConnectionError:
            return
        except MemoryError:
            # As the engine itself does where it gets no memory.
            os.abort()
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)


def _spent() -> bool:
    """Return whether this process has taken so many pages that a fresh one is better."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt * resource.getpagesize() > MOST_COPIED


def _answer(connection: socket.socket, ask: Callable[[dict[str, Any]], Opened], request: dict[str, Any]) -> bool:
    """Answer a request; return whether it was the last one."""
    started = time.monotonic()
    output = _Frames(connection)
    try:
        written = ask(request).write(cast("IO[bytes]", output), Limits(**request.get("limits", {})))
    except ConnectionError:
        raise
    except SyntaxError as error:
        frames.send(connection, Tag.ERROR, {"error": "syntax", "message": str(error)})
    except CitydipError as error:
        frames.send(connection, Tag.ERROR, {"error": error.kind, "message": str(error)})
    except (ValueError, OSError, RuntimeError) as error:
        frames.send(connection, Tag.ERROR, {"error": "evaluation", "message": str(error)})
    else:
        last = _spent()
        output.end(time.monotonic() - started, written, last=last)
        return last
    return False
