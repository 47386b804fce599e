"""The language between the web process and the workers: length-prefixed frames on a Unix socket.

A request is one JSON frame. The answer is a head (JSON), data frames (bytes of the result), and an end or an error
(JSON). A worker that dies sends nothing more: an answer without an end is never taken for a whole one.
"""

import asyncio
import json
import socket
import struct
from enum import IntEnum
from typing import Any

__all__ = ["LARGEST", "Tag", "pack", "read_frame", "receive", "send"]

_HEADER = struct.Struct("!BI")
LARGEST = 1 << 26
"""The most bytes that a frame may have."""


class Tag(IntEnum):
    """What a frame is."""

    REQUEST = 1
    HEAD = 2
    DATA = 3
    END = 4
    ERROR = 5


def pack(tag: Tag, payload: bytes | dict[str, Any]) -> bytes:
    """Return a frame as bytes."""
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return _HEADER.pack(tag, len(body)) + body


def send(connection: socket.socket, tag: Tag, payload: bytes | dict[str, Any]) -> None:
    """Send a frame, waiting until the other side takes it."""
    connection.sendall(pack(tag, payload))


def receive(connection: socket.socket) -> tuple[Tag, bytes] | None:
    """Return the next frame, or None when the other side is gone."""
    header = _exactly(connection, _HEADER.size)
    if header is None:
        return None
    tag, length = _HEADER.unpack(header)
    if length > LARGEST:
        return None
    body = _exactly(connection, length)
    return None if body is None else (Tag(tag), body)


def _exactly(connection: socket.socket, length: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < length:
        try:
            part = connection.recv(length - len(parts))
        except ConnectionError:
            return None
        if not part:
            return None
        parts += part
    return bytes(parts)


async def read_frame(reader: asyncio.StreamReader) -> tuple[Tag, bytes] | None:
    """Return the next frame of a stream, or None when the other side is gone."""
    try:
        tag, length = _HEADER.unpack(await reader.readexactly(_HEADER.size))
        return Tag(tag), await reader.readexactly(length)
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
