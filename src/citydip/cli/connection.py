"""The connection of a client: uvicorn's, with bounds on what one can hold by sending much, slowly, or by not reading.

What a request asks for is bounded elsewhere; this is about clients that never get as far.
"""

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

__all__ = ["BoundedConnection"]

_LARGEST_HEAD = 256 << 10
"""Bytes that the address and the headers of a request may have together."""
_PATIENCE = 20.0
"""Seconds within which a request's head must be there, and within which a client must take some of what it was sent."""

_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-type: text/plain; charset=utf-8\r\ncontent-length: 35\r\nconnection: close\r\n\r\n"
    b"The head of the request is too big."
)


class BoundedConnection(HttpToolsProtocol):
    """One connection; uvicorn makes it, and calls its methods."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._head: int | None = 0
        self._sending = self.loop.call_later(_PATIENCE, transport.close)
        self._reading: asyncio.TimerHandle | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._sending.cancel()
        self.resume_writing()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """Begin to count a request's head."""
        self._head = 0
        self._sending.cancel()
        self._sending = self.loop.call_later(_PATIENCE, self.transport.close)
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """End to count a request's head."""
        self._head = None
        self._sending.cancel()
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        """Take what the client sends, up to the bound."""
        super().data_received(data)
        if self._head is not None and not self.transport.is_closing():
            self._head += len(data)
            if self._head > _LARGEST_HEAD:
                self.transport.write(_TOO_LARGE)
                self.transport.close()

    def pause_writing(self) -> None:
        """Begin to wait for the client to read."""
        super().pause_writing()
        self._await_reading()

    def resume_writing(self) -> None:
        """Send on."""
        if self._reading is not None:
            self._reading.cancel()
        super().resume_writing()

    def _await_reading(self) -> None:
        left = self.transport.get_write_buffer_size()
        self._reading = self.loop.call_later(_PATIENCE, self._look_whether_read, left)

    def _look_whether_read(self, before: int) -> None:
        if self.transport.get_write_buffer_size() < before:
            self._await_reading()
        else:
            self.transport.abort()
