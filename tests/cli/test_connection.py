"""The connection of a client: what is sent of an answer, byte by byte, in every way that HTTP has to ask."""

import contextlib
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
import uvicorn

from citydip.cli.connection import BoundedConnection

Send = Callable[[dict[str, Any]], Awaitable[None]]


def headers_of(path: str) -> list[tuple[bytes, bytes]]:
    """Return what the application sends at a path besides its length."""
    special = {
        "/injected": (b"link", b"<a>\r\nx-evil: 1"),
        "/injected-by-half": (b"link", b"<a>\nx-evil: 1"),
        "/injected-null": (b"link", b"<a>\0"),
        "/closing": (b"connection", b"close"),
    }
    return [(b"content-type", b"text/plain"), *([special[path]] if path in special else [])]


async def application(scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Send) -> None:
    """Answer with the path: whole, in pieces, without a body, or with a length that is not so."""
    assert scope["type"] == "http", "the server asks for nothing else"
    path: str = scope["path"]
    body, length = path.encode(), len(path) + (1 if path == "/too-short" else 0)
    headers = headers_of(path)
    if path == "/nothing":
        await send({"type": "http.response.start", "status": 204, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return
    if path not in ("/pieces", "/begun"):
        headers.append((b"content-length", b"%d" % length))
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    if path == "/pieces":
        for letter in body:
            await send({"type": "http.response.body", "body": bytes([letter]), "more_body": True})
        body = b""
    if path == "/begun":
        # What comes after the beginning is never sent.
        return
    if path != "/unfinished":
        await send({"type": "http.response.body", "body": body})


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    config = uvicorn.Config(application, http=BoundedConnection, log_level="critical", lifespan="off", access_log=False)
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            while not server.started:
                time.sleep(0.01)
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join()


def ask(port: int, text: str) -> bytes:
    """Return all that is sent back until the server closes the connection, which the last request asks it to."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(text.encode())
        pieces = []
        with contextlib.suppress(ConnectionResetError):
            while piece := client.recv(1 << 16):
                pieces.append(piece)
        return b"".join(pieces)


def get(path: str, *more: str, method: str = "GET", version: str = "1.1") -> str:
    return "\r\n".join((f"{method} {path} HTTP/{version}", "Host: x", *more, "", ""))


LAST = get("/last", "Connection: close")


def test_answers_follow_each_other_on_one_connection(port: int) -> None:
    sent = ask(port, get("/first") + get("/second") + LAST)
    answers = sent.split(b"HTTP/1.1 200 OK\r\n")[1:]
    assert [answer.partition(b"\r\n\r\n")[2] for answer in answers] == [b"/first", b"/second", b"/last"]
    assert all(b"content-type: text/plain\r\ncontent-length: " in answer for answer in answers)
    assert [b"connection: close" in answer for answer in answers] == [False, False, True]


def test_an_answer_has_the_date_of_the_server(port: int) -> None:
    assert b"\r\ndate: " in ask(port, get("/first") + LAST).split(b"/first")[0]


def test_head_has_a_length_and_no_body(port: int) -> None:
    head, _, rest = ask(port, get("/first", method="HEAD") + LAST).partition(b"\r\n\r\n")
    assert b"content-length: 6" in head
    assert rest.startswith(b"HTTP/1.1 200 OK\r\n")


def test_an_old_client_gets_its_answer_and_the_end_of_the_connection(port: int) -> None:
    sent = ask(port, get("/first", version="1.0"))
    assert sent.endswith(b"\r\n\r\n/first")
    assert b"connection: close" in sent


def test_an_answer_in_pieces_is_sent_in_pieces(port: int) -> None:
    sent = ask(port, get("/pieces") + LAST)
    assert b"transfer-encoding: chunked" in sent
    assert b"1\r\n/\r\n1\r\np\r\n" in sent


def test_an_answer_without_a_body_has_none(port: int) -> None:
    head, _, rest = ask(port, get("/nothing") + LAST).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 204 No Content\r\n")
    assert rest.startswith(b"HTTP/1.1 200 OK\r\n")


def test_an_application_can_end_the_connection(port: int) -> None:
    sent = ask(port, get("/closing"))
    assert sent.endswith(b"\r\n\r\n/closing")
    assert b"connection: close" in sent


@pytest.mark.parametrize("path", ["/injected", "/injected-by-half", "/injected-null"])
def test_no_header_can_hold_another_one(port: int, path: str) -> None:
    # The server breaks the connection rather than send it.
    assert ask(port, get(path) + LAST) == b""


@pytest.mark.parametrize("path", ["/too-short", "/unfinished"])
def test_an_answer_that_is_not_whole_is_never_taken_for_one(port: int, path: str) -> None:
    sent = ask(port, get(path))
    head, _, body = sent.partition(b"\r\n\r\n")
    whole = b"content-length: %d\r\n" % len(body) in head + b"\r\n"
    assert sent.startswith(b"HTTP/1.1 500 ") or not whole


def test_a_beginning_goes_out_before_its_body(port: int) -> None:
    sent = ask(port, get("/begun"))
    assert sent.startswith(b"HTTP/1.1 200 OK\r\n")
    assert sent.endswith(b"transfer-encoding: chunked\r\n\r\n"), "its end is missing, so nobody takes it for whole"
