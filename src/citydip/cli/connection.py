"""The connection of a client: uvicorn's, with bounds on what one can hold by sending much, slowly, or by not reading.

What a request asks for is bounded elsewhere; this is about clients that never get as far. And an answer that is whole
is sent at once.
"""

import asyncio

from uvicorn._types import (
    ASGI3Application,
    ASGIReceiveCallable,
    ASGISendCallable,
    ASGISendEvent,
    HTTPResponseBodyEvent,
    HTTPResponseStartEvent,
    Scope,
)
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

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
        self._sending: asyncio.TimerHandle | None = None
        self._await_head()
        self._reading: asyncio.TimerHandle | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._end_waiting()
        self.resume_writing()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """Begin to count a request's head."""
        self._head = 0
        self._end_waiting()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """End to count a request's head."""
        self._head = None
        self._end_waiting()
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        """Take what the client sends, up to the bound."""
        super().data_received(data)
        if self._head is not None and not self.transport.is_closing():
            self._head += len(data)
            if self._head > _LARGEST_HEAD:
                self.transport.write(_TOO_LARGE)
                self.transport.close()
            elif self._sending is None:
                # A head that came at once, as most do, is not waited for.
                self._await_head()

    def _await_head(self) -> None:
        self._sending = self.loop.call_later(_PATIENCE, self.transport.close)

    def _end_waiting(self) -> None:
        if self._sending is not None:
            self._sending.cancel()
            self._sending = None

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        super()._start_asgi_task(cycle, _Sending(cycle, app))

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


class _Sending:
    """An application whose answers are sent at once where they are whole.

    uvicorn looks at each header by itself, and takes a tenth of all that a small query costs to do so. It still sends
    whatever is not an ordinary whole answer.

    Args:
        cycle: uvicorn's state of one request.
        app: what answers it.
    """

    def __init__(self, cycle: RequestResponseCycle, app: ASGI3Application):
        self.cycle = cycle
        self.app = app
        self.start: HTTPResponseStartEvent | None = None

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:  # noqa: ARG002
        await self.app(scope, receive, self.send)

    async def send(self, message: ASGISendEvent) -> None:
        """Send a message; the beginning of an answer whose length is known waits for the first of its body."""
        # Any other beginning goes out by itself: its body may be long in coming, or never come.
        if message["type"] == "http.response.start" and b"content-length" in dict(message["headers"]):
            self.start = message
            return
        start, self.start = self.start, None
        if start is not None:
            if message["type"] == "http.response.body" and self._send_whole(start, message):
                return
            await self.cycle.send(start)
        await self.cycle.send(message)

    def _send_whole(self, start: HTTPResponseStartEvent, message: HTTPResponseBodyEvent) -> bool:
        """Send an answer at once and return whether that was done: it is whole, and nothing about it is special."""
        cycle, body = self.cycle, message.get("body", b"")
        if message.get("more_body") or not cycle.keep_alive or cycle.disconnected or cycle.response_started:
            return False
        if cycle.flow.write_paused or cycle.scope["method"] == "HEAD":
            return False
        named = dict(start["headers"])
        if named.get(b"content-length") != b"%d" % len(body) or b"connection" in named or b"transfer-encoding" in named:
            return False
        headers = [*cycle.default_headers, *start["headers"]]
        lines = [STATUS_LINE[start["status"]][:-2], *[b"%b: %b" % (name, value) for name, value in headers], b"", b""]
        head = b"\r\n".join(lines)
        # A line more than was joined: a header has an end of line in it.
        if head.count(b"\n") != len(lines) - 1 or head.count(b"\r") != len(lines) - 1 or b"\0" in head:
            return False
        cycle.transport.write(head + body)
        cycle.response_started = cycle.response_complete = True
        cycle.waiting_for_100_continue = False
        cycle.message_event.set()
        cycle.on_response()
        return True
