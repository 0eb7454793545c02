"""What the fake gets wrong on request, as networks and Slack do, and what it lets a bot read afterwards."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from tests.fakes.conftest import Clock, a_client, a_workspace
from tests.fakes.slack import SlackFake

METADATA = {"event_type": "effect", "event_payload": {"key": "RET-1/announce"}}


def seen_in_history(client: WebClient) -> list[str]:
    answer = client.conversations_history(channel="CGOV", include_all_metadata=True)
    return [m["metadata"]["event_payload"]["key"] for m in answer["messages"]]


def post(client: WebClient) -> None:
    client.chat_postMessage(channel="CGOV", text="announced", metadata=METADATA, client_msg_id="same")


@pytest.mark.parametrize(
    ("kind", "error", "posted"),
    [
        ("rate_limited", SlackApiError, 0),
        ("server_error", SlackApiError, 0),
        ("error:fatal_error", SlackApiError, 0),
        ("accepted_then_500", SlackApiError, 1),
        ("accepted_then_reset", OSError, 1),
        ("late", OSError, 1),
    ],
)
def test_a_fault_hits_once_and_happens_or_not_as_it_says(
    fake: SlackFake, client: WebClient, kind: str, error: type[Exception], posted: int
) -> None:
    fake.fail_next("chat.postMessage", kind)
    with pytest.raises(error):
        post(client)
    assert len(fake.messages("CGOV")) == posted
    post(client)
    assert len(fake.messages("CGOV")) == posted + 1


def test_a_rate_limit_says_how_long_to_wait(fake: SlackFake, client: WebClient) -> None:
    fake.fail_next("*", "rate_limited", times=2, retry_after=17)
    for _ in range(2):
        with pytest.raises(SlackApiError) as caught:
            client.auth_test()
        answer = caught.value.response
        assert (answer.status_code, answer["error"]) == (429, "ratelimited")
        assert answer.headers["Retry-After"] == "17"
    client.auth_test()


def test_a_late_message_shows_up_in_history_only_after_some_calls(fake: SlackFake, client: WebClient) -> None:
    fake.fail_next("chat.postMessage", "late", hidden_for=3)
    with pytest.raises(OSError, match=r".*"):
        post(client)
    assert [seen_in_history(client) for _ in range(3)] == [[], [], ["RET-1/announce"]]


@pytest.mark.parametrize("path", ["/api/chat.postMessage", "/response/R1"])
def test_what_a_killed_bot_sent_half_of_is_no_call(fake: SlackFake, path: str) -> None:
    address = urlsplit(fake.api_url)
    with socket.create_connection((address.hostname, address.port), timeout=5) as bot:
        bot.sendall(
            f"POST {path} HTTP/1.1\r\nAuthorization: Bearer {fake.bot_token}\r\n"
            "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n".encode()
        )
        bot.shutdown(socket.SHUT_WR)
        assert bot.recv(100) == b""
    assert fake.calls == []


def test_client_msg_id_never_dedupes(fake: SlackFake, client: WebClient) -> None:
    post(client)
    post(client)
    assert len(fake.messages("CGOV")) == 2


def test_a_misspelt_fault_is_a_bug_of_the_test(fake: SlackFake) -> None:
    with pytest.raises(AssertionError, match="no such fault: rate_limit"):
        fake.fail_next("chat.postMessage", "rate_limit")


def test_posts_have_a_burst_and_then_one_a_second_in_each_channel(clock: Clock) -> None:
    with a_workspace(clock, rate_limits=True) as fake:
        client = a_client(fake)
        for _ in range(5):
            client.chat_postMessage(channel="CGOV", text="a")
        with pytest.raises(SlackApiError) as caught:
            client.chat_postMessage(channel="CGOV", text="a")
        assert caught.value.response.headers["Retry-After"] == "1"
        client.chat_postMessage(channel="UPAT", text="another channel")
        clock.pass_seconds(1)
        client.chat_postMessage(channel="CGOV", text="a")
        assert len(fake.messages("CGOV")) == 6


def test_updates_are_fifty_a_minute_in_all(clock: Clock) -> None:
    with a_workspace(clock, rate_limits=True) as fake:
        client = a_client(fake)
        ts = client.chat_postMessage(channel="CGOV", text="a")["ts"]
        for n in range(50):
            client.chat_update(channel="CGOV", ts=ts, text=str(n))
        with pytest.raises(SlackApiError) as caught:
            client.chat_update(channel="CGOV", ts=ts, text="one more")
        assert caught.value.response.headers["Retry-After"] == "2"


def test_metadata_is_returned_only_when_asked_for(client: WebClient) -> None:
    post(client)
    assert "metadata" not in client.conversations_history(channel="CGOV")["messages"][0]
    assert seen_in_history(client) == ["RET-1/announce"]


def test_an_update_keeps_metadata_drops_blocks_and_empties_both_when_told(
    fake: SlackFake, client: WebClient
) -> None:
    blocks = [{"type": "divider"}]
    ts = client.chat_postMessage(channel="CGOV", text="a", blocks=blocks, metadata=METADATA)["ts"]
    client.chat_update(channel="CGOV", ts=ts, text="b")
    (message,) = fake.messages("CGOV")
    assert (message["text"], message["blocks"], message["metadata"]) == ("b", [], METADATA)
    client.chat_update(channel="CGOV", ts=ts, text="c", metadata={})
    assert fake.messages("CGOV")[0]["metadata"] is None


def test_threads_are_read_apart_from_history_and_by_pages(fake: SlackFake, client: WebClient) -> None:
    parent = client.chat_postMessage(channel="CGOV", text="card")["ts"]
    for n in range(3):
        client.chat_postMessage(channel="CGOV", text=f"line {n}", thread_ts=parent)
    client.chat_postMessage(channel="CGOV", text="next")
    history = client.conversations_history(channel="CGOV", limit=1)
    assert [m["text"] for page in history for m in page["messages"]] == ["next", "card"]
    thread = client.conversations_replies(channel="CGOV", ts=parent)["messages"]
    assert [m["text"] for m in thread] == ["card", "line 0", "line 1", "line 2"]
    assert thread[0]["reply_count"] == 3
    later = client.conversations_history(channel="CGOV", oldest=parent, inclusive=False)["messages"]
    assert [m["text"] for m in later] == ["next"]


def test_a_person_has_one_direct_channel_however_it_is_reached(fake: SlackFake, client: WebClient) -> None:
    posted = client.chat_postMessage(channel="UPAT", text="hello")
    opened = client.conversations_open(users=["UPAT"])
    assert posted["channel"] == opened["channel"]["id"]
    assert [m["text"] for m in fake.messages("UPAT")] == ["hello"]
    client.chat_update(channel=posted["channel"], ts=posted["ts"], text="hello again")
    assert client.conversations_info(channel=posted["channel"])["channel"]["user"] == "UPAT"


def test_people_groups_members_and_links_can_be_looked_up(client: WebClient) -> None:
    pat = client.users_info(user="UPAT")["user"]
    assert (pat["tz"], pat["tz_offset"], pat["deleted"]) == ("Europe/Berlin", 3600, False)
    gone = client.users_info(user="UGONE")["user"]
    assert gone["deleted"] is True
    assert "tz" not in gone
    assert client.users_lookupByEmail(email="PAT@example.com")["user"]["id"] == "UPAT"
    assert client.usergroups_users_list(usergroup="SRISK")["users"] == ["UANN"]
    assert client.conversations_members(channel="CGOV")["members"] == ["UBOT", "UPAT", "UANN"]
    ts = client.chat_postMessage(channel="CGOV", text="a")["ts"]
    link = client.chat_getPermalink(channel="CGOV", message_ts=ts)["permalink"]
    assert link.endswith(f"/archives/CGOV/p{ts.replace('.', '')}")
    assert client.auth_test()["user_id"] == "UBOT"
