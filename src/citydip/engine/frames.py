"""The language between the web process and the workers: length-prefixed frames on a Unix socket.

A worker first tells its number. A request is one frame (`pack_request`). The answer is data frames (bytes of the
result), and an end (`pack_end`) or an error (JSON). A worker that dies sends nothing more: an answer without an end is
never taken for a whole one. A worker that has served for long enough marks the end of its answer as the last one.
"""

import asyncio
import json
import marshal
import socket
import struct
from enum import IntEnum
from typing import Any, cast

__all__ = [
    "LARGEST",
    "Channel",
    "Tag",
    "pack",
    "pack_end",
    "pack_request",
    "receive",
    "send",
    "unpack_end",
    "unpack_request",
]

_HEADER = struct.Struct("!BI")
_END = struct.Struct("!dQQ")
LARGEST = 1 << 26
"""The most bytes that a frame may have."""
_PIECE = 1 << 16
"""Bytes that are taken at once; memory for many more comes from the system anew each time, and costs more than that."""

_MOST_HELD = 1 << 19
"""Bytes that are taken from a worker before anybody asks for them."""


class Tag(IntEnum):
    """What a frame is."""

    REQUEST = 1
    DATA = 2
    END = 3
    ERROR = 4
    READY = 5
    LAST = 6
    """An end, after which the worker serves no other request."""


_TAGS = {int(tag): tag for tag in Tag}


def pack(tag: Tag, payload: bytes | dict[str, Any]) -> bytes:
    """Return a frame as bytes."""
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return _HEADER.pack(tag, len(body)) + body


def pack_request(request: dict[str, Any]) -> bytes:
    """Return the frame of a request, made of plain data only.

    Both ends are the same program, so it is Python's own way to write these: it takes a third of the time of JSON. A
    worker trusts the web process; never the other way round.
    """
    return pack(Tag.REQUEST, marshal.dumps(request))


def unpack_request(payload: bytes) -> dict[str, Any]:
    """Return a request.

    Example:
        >>> unpack_request(pack_request({"query": "ASK {}"})[5:])
        {'query': 'ASK {}'}
    """
    return cast("dict[str, Any]", marshal.loads(payload))  # noqa: S302 - see `pack_request`


def pack_end(seconds: float, size: int, rows: int, cut: str, *, last: bool = False) -> bytes:
    """Return the frame that ends an answer, with what is known of it: each answer has one, and JSON takes longer.

    Args:
        seconds: that it took.
        size: bytes of the result.
        rows: rows or triples.
        cut: the limit that has cut it; empty where it is whole.
        last: whether the worker serves no other request.
    """
    return pack(Tag.LAST if last else Tag.END, _END.pack(seconds, size, rows) + cut.encode())


def unpack_end(payload: bytes) -> dict[str, Any]:
    """Return what the end of an answer tells.

    Example:
        >>> unpack_end(pack_end(0.5, 80, 1, "")[5:])
        {'seconds': 0.5, 'bytes': 80, 'rows': 1, 'cut': ''}
    """
    seconds, size, rows = _END.unpack_from(payload)
    return {"seconds": seconds, "bytes": size, "rows": rows, "cut": payload[_END.size :].decode()}


def send(connection: socket.socket, tag: Tag, payload: bytes | dict[str, Any]) -> None:
    """Send a frame, waiting until the other side takes it."""
    connection.sendall(pack(tag, payload))


def receive(connection: socket.socket) -> tuple[Tag, bytes] | None:
    """Return the next frame, or None when the other side is gone; it never sends one before the last is answered."""
    buffer = bytearray()
    while True:
        try:
            piece = connection.recv(_PIECE)
        except ConnectionError:
            return None
        if not piece:
            return None
        buffer += piece
        if len(buffer) >= _HEADER.size:
            tag, length = _HEADER.unpack_from(buffer)
            if length > LARGEST:
                return None
            if len(buffer) == _HEADER.size + length:
                return Tag(tag), bytes(buffer[_HEADER.size :])


class Channel(asyncio.Protocol):
    """The web process's end of the connection to a worker: sends frames, and gives those that come.

    It is bare of streams: at the pace of small queries these take as long as all else between the processes.

    Args:
        loop: the event loop that is running; to ask for it anew each time is a call to the system.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.gone = False
        """Whether the other side is known to be gone."""
        self._buffer = bytearray()
        self._waiter: asyncio.Future[None] | None = None
        self._transport: asyncio.Transport | None = None
        self._paused = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin; the event loop calls this."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Take what has come; the event loop calls this."""
        self._buffer += data
        if len(self._buffer) > _MOST_HELD and not self._paused and self._transport is not None:
            self._transport.pause_reading()
            self._paused = True
        self._wake()

    def eof_received(self) -> None:
        """Note that the other side sends no more; the event loop calls this."""
        self.gone = True
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - as the event loop calls it
        """Note that the connection is gone; the event loop calls this."""
        self.eof_received()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def send(self, frame: bytes) -> None:
        """Send a frame."""
        if self._transport is not None:
            self._transport.write(frame)

    def close(self) -> None:
        """End the connection."""
        if self._transport is not None:
            self._transport.close()

    async def next(self) -> tuple[Tag, bytes] | None:
        """Return the next frame, or None when the other side is gone."""
        while True:
            frame = self._frame()
            if frame is not None or self.gone:
                return frame
            self._waiter = self.loop.create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None

    def _frame(self) -> tuple[Tag, bytes] | None:
        """Return the next frame of what has come, if it is whole."""
        buffer, frame = self._buffer, None
        if len(buffer) >= _HEADER.size:
            tag, length = _HEADER.unpack_from(buffer)
            end = _HEADER.size + length
            if len(buffer) >= end:
                frame = _TAGS[tag], bytes(buffer[_HEADER.size : end])
                del buffer[:end]
        # The worker goes on before all is taken; and a frame may be larger than what is held of others.
        if self._paused and (frame is None or len(buffer) <= _MOST_HELD // 2) and not self.gone:
            self._paused = False
            cast("asyncio.Transport", self._transport).resume_reading()
        return frame
