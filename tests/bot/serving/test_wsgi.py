"""Can strangers who send slowly keep others out of a server of ours?"""

from __future__ import annotations

import http.client
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from time import monotonic
from typing import Any

import pytest

from bot.listening import Address
from bot.serving.wsgi import Serving

HEAD = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"
CONNECTIONS_MAX = 100  # waitress takes no more at once


def echo(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]


@pytest.fixture
def serving() -> Iterator[Serving]:
    at = Address(host="127.0.0.1", port=0)
    opened = Serving(echo, at, name="echo", threads=4, body_bytes_max=1024, receive_seconds=0.5)
    yield opened
    opened.close()


def drip(stranger: socket.socket, what: bytes = b"x") -> bool:
    """Send a byte or two, and see for a moment whether the server still listens."""
    stranger.settimeout(0.01)
    try:
        stranger.send(what)
        return stranger.recv(1) != b""
    except TimeoutError:
        return True
    except ConnectionError:
        return False


def test_a_request_that_drips_is_closed_however_steadily(serving: Serving) -> None:
    with socket.create_connection(("127.0.0.1", serving.port), timeout=20) as stranger:
        stranger.sendall(HEAD)
        drips = 0
        while drips < 900 and drip(stranger):
            drips += 1

    assert 0 < drips < 900


def test_empty_lines_are_no_requests_however_many_drip_in(serving: Serving) -> None:
    with socket.create_connection(("127.0.0.1", serving.port), timeout=20) as stranger:
        drips = 0
        while drips < 900 and drip(stranger, b"\r\n"):
            drips += 1

    assert 0 < drips < 900


def test_as_many_slow_strangers_as_are_let_in_keep_nobody_out(serving: Serving) -> None:
    with ExitStack() as strangers:
        for _ in range(CONNECTIONS_MAX):
            stranger = strangers.enter_context(socket.create_connection(("127.0.0.1", serving.port)))
            stranger.sendall(HEAD)
        connection = http.client.HTTPConnection("127.0.0.1", serving.port, timeout=15)
        connection.request("POST", "/", b"hello")
        answered = connection.getresponse().read()
        connection.close()

    assert answered == b"hello"


def test_a_connection_may_live_for_longer_than_each_of_its_requests(serving: Serving) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", serving.port, timeout=20)
    answers = set()
    began = monotonic()
    while monotonic() - began < 1:
        connection.request("POST", "/", b"hello")
        answers.add(connection.getresponse().read())
    connection.close()

    assert answers == {b"hello"}


def test_what_is_asked_by_head_has_no_body_that_would_be_taken_for_the_next_answer(serving: Serving) -> None:
    with socket.create_connection(("127.0.0.1", serving.port), timeout=20) as client:
        asked = "HEAD / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
        client.sendall(f"{asked}{asked}POST / HTTP/1.0\r\nContent-Length: 3\r\n\r\nbye".encode())
        answers = b"".join(iter(lambda: client.recv(4096), b"")).split(b"HTTP/1.")[1:]

    heads = [answer.partition(b"\r\n\r\n") for answer in answers]
    assert [b"Content-Length: 5" in head for head, _, _ in heads] == [True, True, False]
    assert [body for _, _, body in heads] == [b"", b"", b"bye"]
