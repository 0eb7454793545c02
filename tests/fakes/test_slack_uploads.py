"""The fake takes files as Slack's reference has it: three steps, each refused as Slack refuses it."""

from __future__ import annotations

import urllib.error
import urllib.request
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from tests.fakes.conftest import Clock, a_client, a_workspace
from tests.fakes.slack import BOT_USER, SCOPES, SlackFake


def carry(url: str, content: bytes) -> int:
    try:
        with urllib.request.urlopen(
            urllib.request.Request(url, data=content, method="POST"), timeout=5
        ) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def asked(client: WebClient, content: bytes = b"drawn", **more: Any) -> Any:
    return client.files_getUploadURLExternal(filename="a.png", length=len(content), **more)


def shown(client: WebClient, file_id: str, **more: Any) -> Any:
    return client.files_completeUploadExternal(files=[{"id": file_id, "title": "A"}], **more)


def code(call: Any) -> str:
    with pytest.raises(SlackApiError) as refused:
        call()
    return str(refused.value.response["error"])


def test_a_file_is_in_its_thread_once_it_is_complete(fake: SlackFake) -> None:
    client = a_client(fake)
    parent = client.chat_postMessage(channel="CGOV", text="card")["ts"]
    place = asked(client, alt_txt="a drawing")
    assert carry(place["upload_url"], b"drawn") == 200
    assert len(fake.messages("CGOV")) == 1, "nobody sees it yet"
    shown(client, place["file_id"], channel_id="CGOV", thread_ts=parent, initial_comment="*look*")
    reply = client.conversations_replies(channel="CGOV", ts=parent)["messages"][1]
    assert (reply["text"], reply["files"][0]["name"], reply["files"][0]["alt_txt"]) == (
        "*look*",
        "a.png",
        "a drawing",
    )
    assert fake.file(fake.messages("CGOV")[1]) == b"drawn"


def test_a_place_takes_one_file_of_the_length_that_was_announced(fake: SlackFake) -> None:
    url = asked(a_client(fake))["upload_url"]
    assert carry(url, b"more than drawn") == 400
    assert carry(url, b"drawn") == 200
    assert carry(url, b"drawn") == 404


@pytest.mark.parametrize(
    ("arguments", "error"),
    [({"length": 0}, "invalid_arguments"), ({"alt_txt": "x" * 1_001}, "alt_txt_too_large")],
)
def test_a_place_is_refused_as_slack_refuses_it(
    fake: SlackFake, arguments: dict[str, Any], error: str
) -> None:
    client = a_client(fake)
    known: dict[str, Any] = {"filename": "a.png", "length": 5, **arguments}
    assert code(lambda: client.files_getUploadURLExternal(**known)) in (error, "missing_argument")


def test_what_was_not_carried_there_cannot_be_shown_and_nothing_is_shown_twice(fake: SlackFake) -> None:
    client = a_client(fake)
    place = asked(client)
    assert code(lambda: shown(client, place["file_id"], channel_id="CGOV")) == "file_not_found"
    carry(place["upload_url"], b"drawn")
    shown(client, place["file_id"], channel_id="CGOV")
    assert code(lambda: shown(client, place["file_id"], channel_id="CGOV")) == "file_not_found"


@pytest.mark.parametrize(
    ("channel", "error"),
    [
        ("CPUB", "not_in_channel"),
        ("GSEC", "channel_not_found"),
        ("UPAT", "invalid_channel"),
        ("COLD", "posting_to_channel_denied"),
    ],
)
def test_a_file_goes_only_where_the_bot_is(fake: SlackFake, channel: str, error: str) -> None:
    client = a_client(fake)
    place = asked(client)
    carry(place["upload_url"], b"drawn")
    assert code(lambda: shown(client, place["file_id"], channel_id=channel)) == error


@pytest.mark.parametrize("lost", [False, True], ids=["answered", "answer lost"])
def test_the_app_is_told_of_its_own_file_as_of_everybodys_and_may_read_it(clock: Clock, lost: bool) -> None:
    with a_workspace(clock, scopes={*SCOPES, "files:read"}, events=["file_shared"]) as fake:
        fake.attach(lambda _body, _headers: (200, {}, ""))
        client = a_client(fake)
        place = asked(client)
        carry(place["upload_url"], b"drawn")
        if lost:
            fake.fail_next("files.completeUploadExternal", "accepted_then_500")
            assert code(lambda: shown(client, place["file_id"], channel_id="CGOV"))
        else:
            shown(client, place["file_id"], channel_id="CGOV")

        fake.wait_for(lambda: fake.envelopes)
        event = fake.envelopes[-1].payload["event"]
        assert {name: event[name] for name in ("type", "file_id", "channel_id", "user_id")} == {
            "type": "file_shared",
            "file_id": place["file_id"],
            "channel_id": "CGOV",
            "user_id": BOT_USER,
        }
        told = client.files_info(file=place["file_id"])["file"]
        assert (told["name"], told["title"], told["user"]) == ("a.png", "A", BOT_USER)
        assert list(told["shares"]["public"]) == ["CGOV"]


def test_files_need_their_scope() -> None:
    with a_workspace(Clock(), scopes={"chat:write"}) as fake:
        assert code(lambda: asked(a_client(fake))) == "missing_scope"
