"""What no single caller can do to a proxy: fill it, or have half a header passed on."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from aiohttp import web

from data.errors import Unavailable
from tests.workflows.adapters.proxied import REF, a_model, a_proxy, settled
from workflows.adapters.traffic_proxy.front import Front

HERE, ELSEWHERE = "127.0.0.1", "127.0.0.2"
CALL = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture
def address(tmp_path: Path) -> Iterator[tuple[str, int]]:
    with a_model() as model:
        settled(tmp_path, model)
        with a_proxy(tmp_path) as (_, address):
            url = urlsplit(address)
            assert url.hostname
            assert url.port
            yield url.hostname, url.port


@pytest.mark.parametrize(
    ("clients", "served"),
    [
        pytest.param([HERE] * 5, [True] * 4 + [False], id="all there are"),
        pytest.param([ELSEWHERE] * 3 + [HERE] * 2, [True, True, False, True, True], id="half of them each"),
    ],
)
def test_a_client_gets_its_share_of_the_connections(clients: list[str], served: list[bool]) -> None:
    async def answered() -> list[bool]:
        async def answer(_: web.BaseRequest) -> web.Response:
            return web.Response(text="yes")

        runner = web.ServerRunner(Front(answer, connections_max=4, access_log=None))
        await runner.setup()
        await web.TCPSite(runner, HERE, 0).start()
        port = runner.addresses[0][1]
        lines = []
        found = []
        for client in clients:
            reader, writer = await asyncio.open_connection(HERE, port, local_addr=(client, 0))
            lines.append(writer)
            writer.write(CALL)
            try:
                found.append(b"yes" in await reader.readuntil(b"yes"))
            except (ConnectionResetError, asyncio.IncompleteReadError):
                found.append(False)
        for line in lines:
            line.close()
        await runner.cleanup()
        return found

    assert asyncio.run(answered()) == served


@pytest.mark.parametrize(
    ("value", "status"), [(b"caf\xc3\xa9", 200), (b"caf\xe9", 400)], ids=["UTF-8", "Latin-1"]
)
def test_a_header_goes_on_whole_or_not_at_all(address: tuple[str, int], value: bytes, status: int) -> None:
    with socket.create_connection(address, timeout=10) as line:
        line.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Name: " + value + b"\r\n\r\n")
        said = line.makefile("rb").read()
    assert int(said.split(b" ", 2)[1]) == status
    assert (b'["x-name", "caf\\u00c3\\u00a9"]' in said) is (status == 200), "as its bytes, read by a model"
    assert (b"the header X-Name is no UTF-8" in said) is (status == 400)


def test_an_answer_goes_on_whole_or_not_at_all(address: tuple[str, int]) -> None:
    with socket.create_connection(address, timeout=10) as line:
        line.sendall(b"GET /latin-1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        said = line.makefile("rb").read()
    assert said.startswith(b"HTTP/1.1 502")
    assert b"answers with a header that is no UTF-8: X-Name" in said


def test_a_proxy_whose_route_was_taken_away_is_not_absent(tmp_path: Path) -> None:
    with a_model() as model:
        endpoints = settled(tmp_path, model)
        with a_proxy(tmp_path):
            file = endpoints.folders.of(REF) / "route.json"
            file.unlink()
            with pytest.raises(Unavailable) as unknown:
                endpoints.describe(REF)
        assert endpoints.describe(REF) == "absent"
    assert str(unknown.value) == (
        f"The proxy of {REF} runs, and {file} was taken away. Put it back, or "
        f"stop the proxy and start it again: emeritus endpoint proxy {REF} --to ADDRESS"
    )
