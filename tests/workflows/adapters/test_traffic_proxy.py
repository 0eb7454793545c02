"""Real processes and sockets: what callers, the model behind and the bot see of a proxy."""

from __future__ import annotations

import gzip
import http.client
import json
import socket
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import msgspec
import pytest

from data.errors import NotFound, Refused, Unavailable
from data.records.deprecation import Lifecycle, Part
from tests.workflows.adapters.deprecations import a_deprecation, a_listing, becoming
from tests.workflows.adapters.proxied import REF, Said, a_model, a_proxy, ask, settled
from workflows.adapters.endpoint_folders import Status
from workflows.adapters.traffic_proxy.answers import ProxyAnswers
from workflows.adapters.traffic_proxy.endpoints import ProxyEndpoints
from workflows.adapters.traffic_proxy.server import Listening, serve

LONG_AGO, FAR_OFF = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
SUCCESSOR = "https://models.example.com/churn-v2"


class There(NamedTuple):
    endpoints: ProxyEndpoints
    address: str
    top: Path
    model: str


@pytest.fixture
def there(tmp_path: Path) -> Iterator[There]:
    with a_model() as model:
        endpoints = settled(tmp_path / "proxies", model)
        with a_proxy(tmp_path / "proxies") as (_, address):
            yield There(endpoints, address, tmp_path / "proxies", model)


def test_the_model_sees_what_its_caller_sent_and_nothing_else(there: There) -> None:
    said = ask(
        there.address,
        "PUT",
        "/v1/predict?a=1&b=%2F%20",
        b"\x00\xff{",
        X_Caller="save-offer-service",
        Proxy_Authorization="Basic c2VjcmV0",
        Connection="X-Of-My-Line",
        X_Of_My_Line="private",
        Content_Type="application/x-model",
    )

    seen = said.json
    assert (said.status, seen["method"], seen["path"]) == (200, "PUT", "/v1/predict?a=1&b=%2F%20")
    assert seen["body"] == "\x00\xff{"
    assert sorted(name for name, _ in seen["headers"]) == [
        "accept-encoding",
        "content-length",
        "content-type",
        "host",
        "via",
        "x-caller",
    ]
    assert dict(seen["headers"])["host"] == there.model.removeprefix("http://")


def test_the_caller_sees_what_the_model_answered_and_that_a_proxy_passed_it_on(there: There) -> None:
    said = ask(there.address, path="/teapot")

    assert said.status == 418
    assert said.headers.get_all("Set-Cookie") == ["a=1", "b=2"]
    assert (said.headers["Via"], said.headers["X-Of-This-Line"]) == ("1.1 emeritus", None)
    assert (said.headers["Deprecation"], said.headers["Link"]) == (None, None)
    assert said.headers["Sunset"] == "Fri, 01 Jan 2027 00:00:00 GMT", "the model's own"
    assert ask(there.address, path="/moved").headers["Location"] == "/elsewhere"
    head = ask(there.address, "HEAD", "/")
    assert (head.status, head.body, int(head.headers["Content-Length"]) > 0) == (200, b"", True)


def test_what_is_compressed_or_in_chunks_goes_through_as_it_is(there: There) -> None:
    zipped = ask(there.address, path="/zipped", body=gzip.compress(b"{}"), Content_Encoding="gzip")
    seen = json.loads(gzip.decompress(zipped.body))
    assert gzip.decompress(seen["body"].encode("latin-1")) == b"{}"

    in_chunks = ask(there.address, body=iter([b"one,", b"two"]))
    assert in_chunks.json["body"] == "one,two"


def test_whoever_asks_before_sending_much_is_told_to_go_on(there: There) -> None:
    """As curl does with a body of more than a megabyte."""
    url = urlsplit(there.address)
    with socket.create_connection((url.hostname, url.port), timeout=10) as line:
        line.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
        assert line.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        line.sendall(b"yes")
        answer = http.client.HTTPResponse(line)
        answer.begin()
        seen = json.loads(answer.read())
    assert (seen["body"], "expect" in dict(seen["headers"])) == ("yes", False)


@pytest.mark.parametrize(
    ("line", "status", "path"),
    [
        ("GET http://127.0.0.1:1/elsewhere", 200, "/elsewhere"),
        ("GET //127.0.0.1:1/elsewhere", 200, "/127.0.0.1:1/elsewhere"),
        ("GET @127.0.0.1:1/elsewhere", 400, ""),
        ("CONNECT 127.0.0.1:1", 400, ""),
        ("OPTIONS *", 400, ""),
    ],
    ids=["absolute", "two slashes", "user", "connect", "asterisk"],
)
def test_nobody_is_led_anywhere_but_to_the_model(there: There, line: str, status: int, path: str) -> None:
    url = urlsplit(there.address)
    with socket.create_connection((url.hostname, url.port), timeout=10) as caller:
        caller.sendall(f"{line} HTTP/1.1\r\nHost: 127.0.0.1:1\r\nConnection: close\r\n\r\n".encode())
        said = caller.makefile("rb").read()
    assert int(said.split(b" ", 2)[1]) == status
    assert not path or json.loads(said.partition(b"\r\n\r\n")[2])["path"] == path


def test_half_an_answer_never_looks_whole(there: There) -> None:
    said = ask(there.address, path="/half")
    assert (said.status, said.json["error"]) == (502, f"the model behind {REF} does not answer")
    with pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
        ask(there.address, path="/half-of-much")
    url = urlsplit(there.address)
    with socket.create_connection((url.hostname, url.port), timeout=10) as line:
        line.sendall(b"POST /half-in-chunks HTTP/1.0\r\nContent-Length: 0\r\n\r\n")
        with pytest.raises(ConnectionResetError):  # a plain end is how HTTP/1.0 ends a whole answer
            line.makefile("rb").read()


def test_a_call_that_comes_round_is_told_so_and_counted_once(tmp_path: Path) -> None:
    endpoints = settled(tmp_path, "http://127.0.0.1:1")
    with a_proxy(tmp_path) as (_, address):
        endpoints.settle(REF, to=address, public="", is_closed=False)
        endpoints.restore(REF)
        said = ask(address, X_Caller="job")
    assert (said.status, said.json["error"]) == (
        508,
        f"calls of {REF} come back to this proxy: its --to has to lead to the model",
    )
    assert endpoints.callers(REF, LONG_AGO) == {"job": 2}, "and once more as it came back"


def test_what_waits_for_the_log_while_it_is_closed_does_not_reach_the_model(there: There) -> None:
    log = sqlite3.connect(there.endpoints.log_of(REF), isolation_level=None)
    log.execute("BEGIN IMMEDIATE")
    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(ask, there.address)
        there.endpoints.disable(REF)
        log.execute("COMMIT")
        assert late.result().status == 410
    log.close()


def test_a_route_that_could_not_be_read_for_a_moment_is_read_again(there: There) -> None:
    file = there.endpoints.folders.of(REF) / "route.json"
    closed = msgspec.json.encode(
        msgspec.structs.replace(there.endpoints.folders.known(REF), wanted=Status.DISABLED)
    )
    aside = file.with_name("aside")
    aside.write_bytes(closed)
    file.unlink()
    file.mkdir()  # as unreadable as it gets
    ask(there.address)
    file.rmdir()
    aside.rename(file)
    there.endpoints.disable(REF)
    assert ask(there.address).status == 410


def test_a_call_log_that_is_none_is_refused_with_what_to_do(tmp_path: Path) -> None:
    endpoints = settled(tmp_path, "http://127.0.0.1:1")
    endpoints.log_of(REF).write_bytes(b"garbage" * 1_000)
    with pytest.raises(Refused) as refused:
        serve(endpoints.folders, REF, Listening("127.0.0.1", 0), is_ready=print)
    assert str(refused.value).endswith("Move it away: who called before is unknown from then on")


def test_a_model_that_is_not_there_is_named(tmp_path: Path) -> None:
    """To its caller, and once a minute to whoever runs the proxy."""
    settled(tmp_path, "http://127.0.0.1:1")
    with (tmp_path / "errors").open("w+") as errors, a_proxy(tmp_path, errors=errors) as (_, address):
        ask(address)
        said = ask(address)
        errors.seek(0)
        told = errors.read()
    assert (said.status, said.json) == (502, {"error": f"the model behind {REF} does not answer"})
    assert told == f"the model behind {REF} does not answer (ClientConnectorError)\n"


def test_every_call_is_counted_by_who_made_it(there: There) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: ask(there.address, X_Caller=f"job-{n % 2}"), range(40)))
    ask(there.address)
    ask(there.address, X_Caller="Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.x")

    assert there.endpoints.callers(REF, LONG_AGO) == {"job-0": 20, "job-1": 20, "(anonymous)": 2}
    assert there.endpoints.calls(REF, since=LONG_AGO, until=FAR_OFF) is None, "from before it began"


def test_closed_it_answers_that_service_has_ended_and_the_model_hears_nothing(there: There) -> None:
    there.endpoints.disable(REF)
    there.endpoints.disable(REF)

    said = ask(there.address, X_Caller="win-back-mailer")
    assert there.endpoints.describe(REF) == "disabled"
    assert (said.status, said.json) == (410, {"error": "model_retired", "endpoint": REF})
    assert there.endpoints.callers(REF, LONG_AGO) == {"win-back-mailer": 1}, "whom it hurts is known"

    there.endpoints.restore(REF)
    assert (there.endpoints.describe(REF), ask(there.address).status) == ("serving", 200)


def test_no_restart_opens_what_was_closed(there: There) -> None:
    """The proxy's, nor one with other words: only a retirement opens it again."""
    there.endpoints.disable(REF)
    settled(there.top, there.model)
    with a_model() as other:
        settled(there.top, other)
    assert ask(there.address).status == 410


def test_a_proxy_that_ends_passes_nothing_on_and_is_closed_only_if_that_was_wanted(tmp_path: Path) -> None:
    with a_model() as model:
        endpoints = settled(tmp_path, model)
        assert endpoints.describe("unknown") == "absent"
        with a_proxy(tmp_path) as (process, _):
            process.kill()
            process.wait(10)
            with pytest.raises(Unavailable) as gone:
                endpoints.describe(REF)
            assert str(gone.value) == (
                f"The proxy of {REF} should pass calls on, and its process is gone. "
                f"Start it: emeritus endpoint proxy {REF}"
            )
        endpoints.disable(REF)
        assert endpoints.describe(REF) == "disabled"
        with a_proxy(tmp_path) as (_, address):
            assert ask(address).status == 410
    with pytest.raises(NotFound):
        endpoints.disable("unknown")


def test_two_processes_are_never_one_proxy(there: There) -> None:
    with a_proxy(there.top) as (second, address):
        assert second.wait(10) != 0
    assert address == ""
    assert ask(there.address).status == 200


def test_a_route_that_cannot_be_read_changes_nothing_and_is_told(there: There) -> None:
    file = there.endpoints.folders.of(REF) / "route.json"
    good = there.endpoints.folders.known(REF)
    file.write_text("{")
    assert ask(there.address).status == 200
    file.write_bytes(msgspec.json.encode(good))
    there.endpoints.disable(REF)
    assert ask(there.address).status == 410


def told(said: Said) -> dict[str, str]:
    """The model's own Sunset does not count while ours is told."""
    return {name: "; ".join(said.headers.get_all(name, ["-"])) for name in ("Deprecation", "Sunset", "Link")}


def test_each_answer_says_when_it_ends_as_long_as_that_is_announced(there: There) -> None:
    """RFC 9745, 8594 and 8288; the dates are those of the plan."""
    there.endpoints.settle("churn-v2-prod", to=there.model, public=SUCCESSOR, is_closed=False)
    answers = ProxyAnswers(there.endpoints)
    owed = a_deprecation(a_listing(REF, part=Part.ENDPOINT), successor="churn-v2-prod", is_listed=True)
    assert answers.differs(owed) == (f"answers of {REF} do not say the end on 2027-02-17",)

    assert (answers.write(owed), answers.write(owed), answers.differs(owed)) == ((REF,), (REF,), ())
    announced = {
        "Deprecation": "@1794819600",
        "Sunset": "Wed, 17 Feb 2027 09:00:00 GMT",
        "Link": f'<{SUCCESSOR}>; rel="successor-version"',
    }
    assert told(ask(there.address)) == announced
    there.endpoints.disable(REF)
    gone = ask(there.address)
    assert told(gone) == announced
    assert gone.json == {
        "error": "model_retired",
        "endpoint": REF,
        "retirement": "RET-1",
        "sunset": "2027-02-17T09:00:00+00:00",
        "successor": SUCCESSOR,
    }

    lifted = becoming(owed, Lifecycle.IN_SERVICE)
    there.endpoints.restore(REF)
    assert (answers.write(lifted), answers.write(lifted)) == ((REF,), ())
    assert told(ask(there.address)) == {
        "Deprecation": "-",
        "Sunset": "Fri, 01 Jan 2027 00:00:00 GMT",
        "Link": "-",
    }


def test_a_proxy_that_was_never_started_owes_its_words_until_it_is(tmp_path: Path) -> None:
    answers = ProxyAnswers(ProxyEndpoints(tmp_path))
    owed = a_deprecation(a_listing(REF, part=Part.ENDPOINT))
    with pytest.raises(Unavailable) as missing:
        answers.write(owed)
    assert str(missing.value) == (
        f"No proxy was ever started for {REF}: emeritus endpoint proxy {REF} --to ADDRESS, "
        "or emeritus endpoint envoy or haproxy where one of these is in front"
    )
    assert answers.write(becoming(owed, Lifecycle.IN_SERVICE)) == ()


def test_what_is_said_before_the_proxy_starts_is_said_from_its_first_answer_on(tmp_path: Path) -> None:
    with a_model() as model:
        endpoints = settled(tmp_path, model, is_closed=True)
        ProxyAnswers(endpoints).write(a_deprecation(a_listing(REF, part=Part.ENDPOINT)))
        with a_proxy(tmp_path) as (_, address):
            said = ask(address)
    assert (said.status, said.headers["Deprecation"]) == (410, "@1794819600")
    assert endpoints.folders.known(REF).wanted is Status.DISABLED
