"""One question to another service: what is sent to it, and what is taken from it."""

import asyncio
import gzip
import shutil
import ssl
import subprocess
import time
from pathlib import Path

import pytest

from citydip.model.errors import ServiceBusyError, ServiceFailedError, ServiceTimeoutError
from citydip.model.settings import Settings
from citydip.services.addresses import read_addresses
from citydip.services.fetching import Fetcher
from tests.services.other import (
    RESULTS,
    Answering,
    Other,
    bomb,
    endless,
    fixed,
    other_service,
    redirect,
    response,
    rows,
    slow,
)

OPENSSL = shutil.which("openssl")
QUERY = "SELECT *\n{ ?s ?p 'تهران & ?x=1' }"
FINE = rows({"s": {"type": "uri", "value": "http://x/s"}})


def fetch(other: Other, path: str, *more: str, private: int = 1, seconds: float = 1, host: str = "127.0.0.1") -> bytes:
    """Ask a path of the other service, with its address and more on the list."""
    address = f"http://{host}:{other.port}{path}"
    settings = Settings(service_private=private, service_timeout=seconds, service_size=1)
    fetcher = Fetcher(read_addresses(",".join((address, *more))), settings)
    return asyncio.run(fetcher.fetch(address, QUERY))


def test_a_question_is_a_form_without_anything_of_who_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    with other_service(fine=fixed(response(FINE, RESULTS, "Set-Cookie: a=b"))) as other:
        assert [fetch(other, "/fine"), fetch(other, "/fine")] == [FINE, FINE]
        assert other.paths() == ["/fine", "/fine"]
        for received in other.received:
            assert received.query == QUERY
            sent = received.headers
            assert set(sent) <= {
                "host",
                "accept",
                "accept-encoding",
                "user-agent",
                "content-type",
                "content-length",
                "connection",
            }
            assert sent["host"] == f"127.0.0.1:{other.port}"
            assert sent["accept"] == RESULTS
            assert sent["content-type"] == "application/x-www-form-urlencoded"


def chunked(*pieces: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {RESULTS}; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    return head + b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + end


PACKED = gzip.compress(FINE)
TAKEN = {
    "packed": response(PACKED, RESULTS, "Content-Encoding: gzip"),
    "packed_with_more_behind_it": response(PACKED + b"more" * 1000, RESULTS, "Content-Encoding: GZIP"),
    "in_pieces": chunked(FINE[:10], FINE[10:]),
    "up_to_its_end": f"HTTP/1.1 200 OK\r\nContent-Type: {RESULTS.upper()}\r\n\r\n".encode() + FINE,
}


@pytest.mark.parametrize("name", TAKEN)
def test_an_answer_is_taken_however_it_is_sent(name: str) -> None:
    with other_service(**{name: fixed(TAKEN[name])}) as other:
        assert fetch(other, f"/{name}") == FINE


def nothing(received: object, send: object) -> None:
    """Break off without an answer."""


REFUSED: dict[str, tuple[Answering, str]] = {
    "endless": (endless, "more than 1048576 bytes"),
    "bomb": (bomb, "more than 1048576 bytes"),
    "large": (fixed(response(b" " * 1_048_577)), "more than 1048576 bytes"),
    "page": (fixed(response(b"<html>", "text/html")), "something else"),
    "xml": (
        fixed(
            response(
                b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><sparql>&b;</sparql>',
                "application/sparql-results+xml",
            )
        ),
        "something else",
    ),
    "plain_json": (fixed(response(FINE, "application/json")), "something else"),
    "no_type": (fixed(b"HTTP/1.1 200 OK\r\n\r\n" + FINE), "something else"),
    "error": (fixed(response(FINE, status="500 Internal Server Error")), "status 500"),
    "no_content": (fixed(b"HTTP/1.1 204 No Content\r\n\r\n"), "status 204"),
    "see_other": (redirect("/sparql", "303 See Other"), "status 303"),
    "unasked": (fixed(response(FINE, RESULTS, "Content-Encoding: br")), "packed its answer as nobody"),
    "twice_packed": (fixed(response(FINE, RESULTS, "Content-Encoding: gzip, gzip")), "packed its answer as nobody"),
    "not_packed": (fixed(response(FINE, RESULTS, "Content-Encoding: gzip")), "packed its answer wrongly"),
    "half_packed": (fixed(response(PACKED[:-9], RESULTS, "Content-Encoding: gzip")), "broke off"),
    "cut": (fixed(response(FINE + b" ")[:-1]), "broke off"),
    "cut_in_pieces": (fixed(chunked(FINE, end=b"")), "broke off"),
    "wrong_pieces": (fixed(chunked(end=b"zz\r\n")), "broke off"),
    "no_http": (fixed(b"SSH-2.0-OpenSSH\r\n"), "broke off"),
    "cut_by_size": (fixed(response(FINE, RESULTS, "Citydip-Cut: rows; rows=10")), "has cut its answer"),
    "cut_by_rows": (fixed(response(FINE, RESULTS, "X-SPARQL-MaxRows: 10000")), "has cut its answer"),
    "cut_by_time": (fixed(response(FINE, RESULTS, "X-SQL-State: S1TAT")), "has cut its answer"),
    "redirect_to_nowhere": (redirect("http://[::1"), "broke off"),
    "redirect_without_address": (fixed(b"HTTP/1.1 302 Found\r\n\r\n"), "sends on and on"),
    "huge_head": (fixed(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 1_000_000), "broke off"),
    "nothing": (nothing, "broke off"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_answer_that_is_none_is_refused(name: str) -> None:
    answering, reason = REFUSED[name]
    with other_service(**{name: answering}) as other:
        with pytest.raises(ServiceFailedError, match=reason) as caught:
            fetch(other, f"/{name}", seconds=10)
        assert set(other.paths()) == {f"/{name}"}
    assert caught.value.status == 502
    assert f"/{name}" in str(caught.value)


def test_a_service_that_takes_too_long_is_left() -> None:
    with other_service(slow=slow, silent=lambda *_: time.sleep(2)) as other:
        for path in ("/slow", "/silent"):
            with pytest.raises(ServiceTimeoutError, match=r"did not answer within 0\.3 s") as caught:
                fetch(other, path, seconds=0.3)
            assert caught.value.status == 504


def test_a_service_that_is_not_there_is_told() -> None:
    with other_service() as other:
        pass
    with pytest.raises(ServiceFailedError, match="cannot be reached"):
        fetch(other, "/sparql")


class TestRedirects:
    """A service may send on to one that is on the list, wherever it leads is looked at anew."""

    def test_to_an_address_on_the_list(self) -> None:
        with other_service(old=redirect("/new"), new=fixed(response(FINE))) as other:
            assert fetch(other, "/old", other.at("/new")) == FINE
            assert other.paths() == ["/old", "/new"]
            assert other.received[1].query == QUERY

    @pytest.mark.parametrize(
        "target",
        [
            "/other",
            "/new#part",
            "/new?x",
            "/new/",
            "//evil.example/new",
            "http://user@127.0.0.1/new",
            "ftp://127.0.0.1/new",
            "file:///etc/passwd",
            "gopher://127.0.0.1/",
            "",
            "/%6eew",
        ],
    )
    def test_to_any_other_is_not_followed(self, target: str) -> None:
        with other_service(old=redirect(target), new=fixed(response(FINE)), other=fixed(response(FINE))) as other:
            with pytest.raises(ServiceFailedError, match=r"not on the operator's list|sends on and on"):
                fetch(other, "/old", other.at("/new"))
            assert set(other.paths()) == {"/old"}

    @pytest.mark.parametrize("private", ["http://169.254.169.254/latest/", "http://[::ffff:7f00:1]/", "http://0/"])
    def test_to_a_closed_address_is_not_followed_even_where_it_is_on_the_list(self, private: str) -> None:
        with other_service(old=redirect(private)) as other:
            with pytest.raises(ServiceFailedError, match="not public"):
                fetch(other, "/old", private)
            assert other.paths() == ["/old"]

    def test_for_ever_are_not_followed_for_ever(self) -> None:
        with other_service(round=redirect("/round")) as other:
            with pytest.raises(ServiceFailedError, match="sends on and on"):
                fetch(other, "/round")
            assert other.paths() == ["/round"] * 4


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_service_on_this_machine_is_asked_only_where_the_operator_says_so(host: str) -> None:
    with other_service(fine=fixed(response(FINE))) as other:
        with pytest.raises(ServiceFailedError, match="leads to an address that is not public"):
            fetch(other, "/fine", private=0, host=host)
        assert other.paths() == []
        # A listener on 127.0.0.1 alone: where localhost is ::1 as well, the next address is tried.
        assert fetch(other, "/fine", host=host) == FINE
        assert other.received[0].headers["host"] == f"{host}:{other.port}"


def resolving(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Let names lead to addresses, other ones each time; return the names that are looked up."""
    asked: list[str] = []
    real = asyncio.BaseEventLoop.getaddrinfo

    async def look_up(loop: asyncio.BaseEventLoop, host: str, port: int, **more: int) -> object:
        if host[0].isdigit():
            return await real(loop, host, port, **more)
        asked.append(host)
        return [(2, 1, 6, "", (number, port)) for number in answers[len(asked) - 1]]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", look_up)
    return asked


def test_what_is_connected_to_is_the_very_address_that_was_vetted(monkeypatch: pytest.MonkeyPatch) -> None:
    # The name would lead elsewhere the second time; it is looked up once.
    asked = resolving(monkeypatch, ["127.0.0.1"], ["169.254.169.254"])
    with other_service(fine=fixed(response(FINE))) as other:
        assert fetch(other, "/fine", host="rebinding.example") == FINE
        assert other.received[0].headers["host"] == f"rebinding.example:{other.port}"
    assert asked == ["rebinding.example"]


def test_a_name_is_vetted_anew_after_a_redirect_to_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, ["127.0.0.1"], ["169.254.169.254"])
    with other_service(again=redirect("/again")) as other:
        with pytest.raises(ServiceFailedError, match="not public"):
            fetch(other, "/again", host="rebinding.example")
        assert other.paths() == ["/again"]


def test_where_one_address_of_a_name_does_not_answer_the_next_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, ["127.0.0.2", "127.0.0.1"])
    with other_service(fine=fixed(response(FINE))) as other:
        assert fetch(other, "/fine", host="two.example") == FINE


@pytest.mark.skipif(OPENSSL is None, reason="openssl is not installed")
def test_the_certificate_must_be_that_of_the_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = f"{OPENSSL} req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=right"
    command += f" -addext subjectAltName=DNS:right.example -keyout {key} -out {certificate}"
    subprocess.run(command.split(), check=True, capture_output=True)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    with other_service(tls, fine=fixed(response(FINE))) as other:

        def ask(host: str) -> bytes:
            resolving(monkeypatch, ["127.0.0.1"])
            address = f"https://{host}:{other.port}/fine"
            fetcher = Fetcher(read_addresses(address), Settings(service_private=1))
            return asyncio.run(fetcher.fetch(address, QUERY))

        with pytest.raises(ServiceFailedError, match="cannot be reached"):
            ask("right.example")
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert ask("right.example") == FINE
        with pytest.raises(ServiceFailedError, match="cannot be reached"):
            ask("wrong.example")
        assert other.paths() == ["/fine"]


def test_so_many_questions_are_asked_at_once_and_no_more() -> None:
    async def ask(other: Other) -> list[object]:
        address = other.at("/silent")
        fetcher = Fetcher(read_addresses(address), Settings(service_private=1, service_timeout=0.5))
        return await asyncio.gather(*(fetcher.fetch(address, QUERY) for _ in range(40)), return_exceptions=True)

    with other_service(silent=lambda *_: time.sleep(2)) as other:
        errors = asyncio.run(ask(other))
        assert 0 < len(other.paths()) <= 16
    assert {type(error) for error in errors} == {ServiceTimeoutError, ServiceBusyError}
