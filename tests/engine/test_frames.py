"""The frames between the web process and its workers."""

import socket
import struct

from citydip.engine import frames
from citydip.engine.frames import Tag


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
