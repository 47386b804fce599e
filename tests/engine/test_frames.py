"""The frames between the web process and its workers."""

import asyncio
import socket
import struct

import pytest

from citydip.engine import frames
from citydip.engine.frames import Channel, Tag


def test_a_frame_comes_out_as_it_went_in() -> None:
    near, far = socket.socketpair()
    with near, far:
        frames.send(near, Tag.DATA, b"rows")
        assert frames.receive(far) == (Tag.DATA, b"rows")


def test_the_other_side_is_gone_when_it_closes() -> None:
    near, far = socket.socketpair()
    with far:
        near.sendall(frames.pack(Tag.DATA, b"rows")[:-1])
        near.close()
        assert frames.receive(far) is None


def test_the_other_side_is_gone_when_it_resets_the_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        near = socket.create_connection(listener.getsockname())
        far, _ = listener.accept()
        # A socket that does not linger resets the connection where it is closed.
        near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        near.close()
        with far:
            assert frames.receive(far) is None


def test_the_end_of_an_answer_tells_what_is_known_of_it() -> None:
    packed = frames.pack_end(1.5, 1 << 40, 12, "rows")
    assert frames.unpack_end(packed[5:]) == {"seconds": 1.5, "bytes": 1 << 40, "rows": 12, "cut": "rows"}
    assert (packed[0], frames.pack_end(1.5, 80, 12, "", last=True)[0]) == (Tag.END, Tag.LAST)


async def channel_to() -> tuple[Channel, socket.socket]:
    near, far = socket.socketpair()
    channel = Channel(asyncio.get_running_loop())
    await asyncio.get_running_loop().create_unix_connection(lambda: channel, sock=near)
    return channel, far


async def frames_of(channel: Channel) -> list[tuple[Tag, bytes]]:
    """Return what comes until the other side is gone."""
    found = []
    async with asyncio.timeout(10):
        while (frame := await channel.next()) is not None:
            found.append(frame)
    return found


SENT = [(Tag.DATA, b"rows"), (Tag.DATA, b""), (Tag.DATA, bytes(1 << 20)), (Tag.ERROR, b"{}")]


@pytest.mark.parametrize("size", [1 << 30, 65536, 7])
def test_frames_come_whole_however_they_are_cut_on_the_way(size: int) -> None:
    sent = SENT if size > 7 else [(tag, body[:20]) for tag, body in SENT]
    text = b"".join(frames.pack(tag, body) for tag, body in sent)

    async def check() -> None:
        channel, far = await channel_to()
        with far:
            receiving = asyncio.create_task(frames_of(channel))
            for begin in range(0, len(text), size):
                await asyncio.to_thread(far.sendall, text[begin : begin + size])
                await asyncio.sleep(0)
        assert await receiving == sent
        assert channel.gone

    asyncio.run(check())


def test_what_nobody_asks_for_is_not_taken_without_end() -> None:
    async def check() -> None:
        channel, far = await channel_to()
        with far:
            far.setblocking(False)
            frame, sent = frames.pack(Tag.DATA, bytes(1 << 16)), 0
            for _ in range(1000):
                try:
                    sent += far.send(frame[sent % len(frame) :])
                except BlockingIOError:
                    await asyncio.sleep(0.001)
            assert sent < 1 << 23
            received = 0
            far.shutdown(socket.SHUT_WR)
            while (got := await channel.next()) is not None:
                received += len(got[1])
            assert received == sent // len(frame) * (1 << 16)

    asyncio.run(check())


def test_a_frame_that_is_cut_off_is_none() -> None:
    async def check() -> None:
        channel, far = await channel_to()
        far.sendall(frames.pack(Tag.DATA, b"rows") + frames.pack(Tag.DATA, b"more")[:-1])
        far.close()
        assert await frames_of(channel) == [(Tag.DATA, b"rows")]

    asyncio.run(check())
