"""The language between the web process and the workers: length-prefixed frames on a Unix socket.

A request is one JSON frame. The answer is data frames (bytes of the result), and an end (`pack_end`) or an error
(JSON). A worker that dies sends nothing more: an answer without an end is never taken for a whole one.
"""

import asyncio
import json
import socket
import struct
from enum import IntEnum
from typing import Any

__all__ = ["LARGEST", "Receiver", "Tag", "pack", "pack_end", "receive", "send", "unpack_end"]

_HEADER = struct.Struct("!BI")
_END = struct.Struct("!dQQ")
LARGEST = 1 << 26
"""The most bytes that a frame may have."""
_PIECE = 1 << 16
"""Bytes that are taken at once; memory for many more comes from the system anew each time, and costs five times that."""


class Tag(IntEnum):
    """What a frame is."""

    REQUEST = 1
    DATA = 2
    END = 3
    ERROR = 4


def pack(tag: Tag, payload: bytes | dict[str, Any]) -> bytes:
    """Return a frame as bytes."""
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return _HEADER.pack(tag, len(body)) + body


def pack_end(seconds: float, size: int, rows: int, cut: str) -> bytes:
    """Return the frame that ends an answer, with what is known of it: each answer has one, and JSON takes longer.

    Args:
        seconds: that it took.
        size: bytes of the result.
        rows: rows or triples.
        cut: the limit that has cut it; empty where it is whole.
    """
    return pack(Tag.END, _END.pack(seconds, size, rows) + cut.encode())


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


class Receiver:
    """Takes frames from a stream, several of them at once where they are there.

    Args:
        stream: where they come from.
    """

    def __init__(self, stream: asyncio.StreamReader):
        self._stream = stream
        self._buffer = bytearray()

    @property
    def gone(self) -> bool:
        """Return whether the other side is known to be gone."""
        return self._stream.at_eof()

    async def next(self) -> tuple[Tag, bytes] | None:
        """Return the next frame, or None when the other side is gone."""
        while True:
            if len(self._buffer) >= _HEADER.size:
                tag, length = _HEADER.unpack_from(self._buffer)
                end = _HEADER.size + length
                if len(self._buffer) >= end:
                    body = bytes(self._buffer[_HEADER.size : end])
                    del self._buffer[:end]
                    return Tag(tag), body
            try:
                piece = await self._stream.read(_PIECE)
            except ConnectionError:
                return None
            if not piece:
                return None
            self._buffer += piece
