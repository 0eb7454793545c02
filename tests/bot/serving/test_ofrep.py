"""Flags over HTTP, asked for by OpenFeature's own SDK, and by whoever does not keep to its protocol."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from openfeature import api
from openfeature.client import OpenFeatureClient
from openfeature.contrib.provider.ofrep import OFREPProvider
from openfeature.evaluation_context import EvaluationContext
from openfeature.exception import ErrorCode

from bot.listening import Address
from bot.serving.ofrep import BODY_BYTES_MAX, ofrep
from bot.serving.wsgi import Serving
from data.records.traffic import Brownout, Desired, Lane
from tests.bot.serving.test_server import Start, said, slack, start, stopped_in  # noqa: F401 - fixtures
from tests.fakes.slack import SlackFake
from workflows.adapters.flags.endpoints import PATH, FlagEndpoints
from workflows.adapters.flags.flag import FLAG_FILE
from workflows.adapters.flags.service import FlagService
from workflows.adapters.traffic_proxy.route import Announced

REF, TOKEN = "churn-v1", "0123456789abcdef"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Place(NamedTuple):
    endpoints: FlagEndpoints
    address: Address
    clock: list[datetime]

    def sdk(self, token: str = TOKEN) -> OpenFeatureClient:
        provider = OFREPProvider(
            f"http://{self.address}", headers_factory=lambda: {"Authorization": f"Bearer {token}"}
        )
        api.set_provider(provider, "test")
        return api.get_client("test")

    def ask(self, path: str, body: Any, **headers: str) -> tuple[int, http.client.HTTPMessage, Any]:
        line = http.client.HTTPConnection(self.address.host, self.address.port, timeout=5)
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        method = headers.pop("method", "POST")
        all_headers = {"Authorization": f"Bearer {TOKEN}"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        try:
            line.request(method, path, sent, all_headers)
            answer = line.getresponse()
            text = answer.read()
            is_json = answer.headers.get("Content-Type") == "application/json"
            return answer.status, answer.headers, json.loads(text) if is_json else text
        finally:
            line.close()


@contextmanager
def serving(top: Path, *refs: str, token: str = TOKEN) -> Iterator[Place]:
    clock = [NOON]
    endpoints = FlagEndpoints(top)
    service = FlagService(endpoints, declared=lambda: dict.fromkeys(refs, False), now=lambda: clock[0])
    at = Address(host="127.0.0.1", port=0)
    web = Serving(ofrep(service, token), at, name="flags", threads=2, body_bytes_max=BODY_BYTES_MAX)
    service.listen(f"http://{web.address}")
    try:
        yield Place(endpoints, web.address, clock)
    finally:
        web.close()
        service.close()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with serving(tmp_path, REF, "a b/ü") as there:
        yield there


def context(key: str) -> EvaluationContext:
    return EvaluationContext(targeting_key=key)


def test_an_sdk_follows_a_retirement_from_its_announcement_to_its_end(place: Place) -> None:
    flags = place.sdk()
    assert flags.get_string_value(REF, "mine", context("web")) == "old"

    place.endpoints.announce(
        REF,
        Announced(retirement_id="RET-7", since=NOON, until=NOON + timedelta(days=90), successor="churn-v2"),
    )
    window = Brownout(begins_at=NOON + timedelta(hours=1), ends_at=NOON + timedelta(hours=2), exempt=("crm",))
    pins = {"billing": Lane.NEW}
    place.endpoints.want(REF, Desired(new="http://models/churn-v2", pins=pins, brownout=window))
    found = flags.get_string_details(REF, "mine", context("billing"))
    assert (found.value, found.variant, found.reason) == ("new", "new", "TARGETING_MATCH")
    assert found.flag_metadata == {
        "successorAddress": "http://models/churn-v2",
        "retirement": "RET-7",
        "deprecated": "2026-03-02T12:00:00+00:00",
        "sunset": "2026-05-31T12:00:00+00:00",
        "successor": "churn-v2",
    }

    place.clock[0] = NOON + timedelta(minutes=90)
    told = {name: flags.get_string_value(REF, "mine", context(name)) for name in ("web", "crm", "billing")}
    assert told == {"web": "blocked", "crm": "old", "billing": "new"}
    found = flags.get_string_details(REF, "mine", context("web"))
    assert found.flag_metadata["until"] == "2026-03-02T14:00:00+00:00"

    place.clock[0] = NOON + timedelta(days=90)
    place.endpoints.disable(REF)
    told = {name: flags.get_string_value(REF, "mine", context(name)) for name in told}
    assert told == {"web": "blocked", "crm": "blocked", "billing": "new"}
    assert place.endpoints.describe(REF) == "disabled"
    place.endpoints.restore(REF)
    assert flags.get_string_value(REF, "mine", context("web")) == "old"


@pytest.mark.parametrize(
    ("key", "who", "token", "code"),
    [
        ("unheard-of", context("web"), TOKEN, ErrorCode.FLAG_NOT_FOUND),
        (REF, EvaluationContext(), TOKEN, ErrorCode.TARGETING_KEY_MISSING),
        (REF, context("web"), "another token", ErrorCode.GENERAL),
    ],
    ids=["an unknown flag", "nobody's name", "a wrong token"],
)
def test_an_sdk_gets_its_own_default_and_the_reason(
    place: Place, key: str, who: EvaluationContext, token: str, code: ErrorCode
) -> None:
    found = place.sdk(token).get_string_details(key, "mine", who)
    assert (found.value, found.error_code) == ("mine", code)


def test_all_flags_are_evaluated_at_once_and_told_again_only_when_they_changed(place: Place) -> None:
    asked = {"context": {"targetingKey": "web", "plan": "free"}}
    status, headers, body = place.ask(PATH, asked)
    assert (status, [one["key"] for one in body["flags"]]) == (200, ["a b/ü", REF])
    assert body["flags"][1] == {"key": REF, "value": "old", "variant": "old", "reason": "STATIC"}
    tag = headers["ETag"]
    assert place.ask(PATH, asked, If_None_Match=f'"other", W/{tag}')[::2] == (304, b"")

    place.endpoints.want(REF, Desired(new="http://models/churn-v2", new_percent=100))
    status, headers, body = place.ask(PATH, asked, If_None_Match=tag)
    assert (status, body["flags"][1]["value"]) == (200, "new")
    assert headers["ETag"] != tag
    assert place.endpoints.callers(REF, NOON) == {"web": 3}


@pytest.mark.parametrize(
    ("asked", "status", "said"),
    [
        (("/x", b"{", {}), 400, {"key": "x", "errorCode": "PARSE_ERROR"}),
        (("", b"[" * 60_000, {}), 400, {"errorCode": "PARSE_ERROR"}),
        (("", [], {}), 400, {"errorCode": "INVALID_CONTEXT"}),
        (("", {"context": "web"}, {}), 400, {"errorCode": "INVALID_CONTEXT"}),
        (("", {"context": {"targetingKey": 7}}, {}), 400, {"errorCode": "INVALID_CONTEXT"}),
        (("", {"context": {"targetingKey": " "}}, {}), 400, {"errorCode": "TARGETING_KEY_MISSING"}),
        (("/%E9%00..%2f", {"context": {"targetingKey": "\ud800"}}, {}), 404, {"errorCode": "FLAG_NOT_FOUND"}),
        (("/" + "x" * 5_000, {"context": {"targetingKey": "web"}}, {}), 404, {"errorCode": "FLAG_NOT_FOUND"}),
        (("/churn-v1", b"", {"method": "GET"}), 405, {}),
        (("/churn-v1", b"", {"Authorization": "Basic abc"}), 401, {}),
        (("/churn-v1", b"", {"Authorization": "Bearer \xe9"}), 401, {}),
        (("/churn-v1", b" " * (BODY_BYTES_MAX + 1), {}), 413, None),
    ],
    ids=[
        "not JSON",
        "nested without end",
        "no object",
        "a context of another type",
        "a name of another type",
        "an empty name",
        "a key of odd signs",
        "a key without end",
        "read instead of evaluated",
        "no bearer",
        "a token beyond ASCII",
        "too much",
    ],
)
def test_what_does_not_keep_to_the_protocol_is_refused_in_its_words(
    place: Place, asked: tuple[str, Any, dict[str, str]], status: int, said: dict[str, str] | None
) -> None:
    path, body, headers = asked
    found, _, answer = place.ask(f"{PATH}{path}", body, **headers)
    assert found == status
    if said is not None:
        assert answer["errorDetails"]
        assert {name: answer[name] for name in said} == said
    assert place.endpoints.callers(REF, NOON) == {}


def test_names_of_any_signs_are_flags_and_consumers_too(place: Place) -> None:
    status, _, body = place.ask(f"{PATH}/a%20b%2F%C3%BC", {"context": {"targetingKey": "\ud800 ü"}})
    assert (status, body["key"], body["value"]) == (200, "a b/ü", "old")
    assert place.endpoints.callers("a b/ü", NOON) == {"ü": 1}


def test_a_flag_that_cannot_be_read_says_so_without_its_place(place: Place) -> None:
    (place.endpoints.folders.of(REF) / FLAG_FILE).write_text("{")
    status, _, body = place.ask(f"{PATH}/{REF}", {"context": {"targetingKey": "web"}})
    assert (status, body["key"], body["errorCode"]) == (500, REF, "GENERAL")
    assert str(place.endpoints.top) not in body["errorDetails"]


def test_without_a_token_whoever_reaches_it_may_ask(tmp_path: Path) -> None:
    with serving(tmp_path, REF, token="") as place:
        assert place.sdk("").get_string_value(REF, "mine", context("web")) == "old"


def test_a_served_bot_serves_flags_where_it_is_asked_to(slack: SlackFake, start: Start) -> None:  # noqa: F811
    bot = start(EMERITUS_FLAGS="0")
    url = said(bot, "Flags can be asked for at", more=True).split(" at ")[1].strip()
    host, _, port = url.removeprefix("http://").partition(":")
    place = Place(FlagEndpoints(Path("flags")), Address(host=host, port=int(port)), [])
    assert place.ask(f"{PATH}/{REF}", {"context": {"targetingKey": "web"}})[0] == 404
    assert stopped_in(bot) < 5
