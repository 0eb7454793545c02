"""What the fake refuses, by Slack's own error codes, and that a refused call changed nothing."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from tests.fakes.conftest import Clock, a_client, a_workspace
from tests.fakes.slack import BOT_USER, SCOPES, SlackFake

PLAIN = {"type": "plain_text", "text": "ok"}
MRKDWN = {"type": "mrkdwn", "text": "ok"}
SECTION = {"type": "section", "text": MRKDWN}
HOME = {"type": "home", "blocks": [SECTION]}
MODAL = {"type": "modal", "title": PLAIN, "blocks": [SECTION]}
TEXT_INPUT = {"type": "plain_text_input", "action_id": "note"}
INPUT = {"type": "input", "block_id": "note", "label": PLAIN, "element": TEXT_INPUT}


def plain(length: int) -> dict[str, Any]:
    return {"type": "plain_text", "text": "x" * length}


def refusal(client: WebClient, method: str, **args: Any) -> tuple[str, str]:
    """The error code and what Slack says about it."""
    with pytest.raises(SlackApiError) as caught:
        client.api_call(method, json=args)
    answer = caught.value.response.data
    assert isinstance(answer, dict)
    return answer["error"], "; ".join(answer.get("response_metadata", {}).get("messages", []))


@pytest.mark.parametrize(
    ("method", "args", "code"),
    [
        ("chat.shout", {}, "unknown_method"),
        ("chat.postMessage", {"text": "a"}, "invalid_arguments"),
        ("chat.postMessage", {"channel": "CGOV", "text": "a", "color": "red"}, "invalid_arg_name"),
        ("chat.postMessage", {"channel": "CNONE", "text": "a"}, "channel_not_found"),
        ("chat.postMessage", {"channel": "governance", "text": "a"}, "channel_not_found"),
        ("chat.postMessage", {"channel": "GSEC", "text": "a"}, "channel_not_found"),
        ("chat.postMessage", {"channel": "CPUB", "text": "a"}, "not_in_channel"),
        ("chat.postMessage", {"channel": "COLD", "text": "a"}, "is_archived"),
        ("chat.postMessage", {"channel": "UNONE", "text": "a"}, "channel_not_found"),
        ("chat.postMessage", {"channel": "UGONE", "text": "a"}, "user_disabled"),
        ("chat.postMessage", {"channel": BOT_USER, "text": "a"}, "cannot_dm_bot"),
        ("chat.postMessage", {"channel": "CGOV"}, "no_text"),
        ("chat.postMessage", {"channel": "CGOV", "text": " "}, "no_text"),
        ("chat.postMessage", {"channel": "CGOV", "text": "x" * 40_001}, "msg_too_long"),
        ("chat.postMessage", {"channel": "CGOV", "text": "a", "blocks": "[{"}, "invalid_blocks_format"),
        ("chat.postMessage", {"channel": "CGOV", "text": "a", "blocks": {}}, "invalid_blocks_format"),
        (
            "chat.postMessage",
            {"channel": "CGOV", "text": "a", "thread_ts": "1.000001"},
            "cannot_reply_to_message",
        ),
        ("chat.postMessage", {"channel": "CGOV", "text": "a", "reply_broadcast": True}, "invalid_arguments"),
        ("chat.postMessage", {"channel": "CGOV", "text": "a", "username": "boss"}, "missing_scope"),
        ("chat.postMessage", {"channel": "CGOV", "text": "a", "attachments": [{}]}, "invalid_arguments"),
        ("chat.postEphemeral", {"channel": "CGOV", "user": "UGUEST", "text": "a"}, "user_not_in_channel"),
        ("chat.update", {"channel": "CGOV", "ts": "1.000001", "text": "a"}, "message_not_found"),
        ("chat.update", {"channel": "CPUB", "ts": "1.000001", "text": "a"}, "not_in_channel"),
        ("chat.delete", {"channel": "CGOV", "ts": "1.000001"}, "message_not_found"),
        ("chat.getPermalink", {"channel": "CGOV", "message_ts": "1.000001"}, "message_not_found"),
        ("conversations.info", {"channel": "GSEC"}, "channel_not_found"),
        ("conversations.history", {"channel": "CPUB"}, "not_in_channel"),
        ("conversations.history", {"channel": "CGOV", "limit": "0"}, "invalid_limit"),
        ("conversations.history", {"channel": "CGOV", "cursor": "?"}, "invalid_cursor"),
        ("conversations.history", {"channel": "CGOV", "oldest": "yesterday"}, "invalid_ts_oldest"),
        ("conversations.replies", {"channel": "CGOV", "ts": "1.000001"}, "thread_not_found"),
        ("conversations.members", {"channel": "CNONE"}, "channel_not_found"),
        ("conversations.open", {}, "users_list_not_supplied"),
        ("conversations.open", {"users": "UNONE"}, "user_not_found"),
        ("conversations.open", {"users": "UGONE"}, "user_disabled"),
        ("users.info", {"user": "UNONE"}, "user_not_found"),
        ("users.lookupByEmail", {"email": "gone@example.com"}, "users_not_found"),
        ("usergroups.users.list", {"usergroup": "SNONE"}, "no_such_subteam"),
        ("views.open", {"trigger_id": "made.up", "view": MODAL}, "invalid_trigger_id"),
        ("views.update", {"view_id": "V1", "view": MODAL}, "not_found"),
        ("views.update", {"view": MODAL}, "invalid_arguments"),
        ("views.publish", {"user_id": "UGONE", "view": HOME}, "invalid_arguments"),
        ("views.publish", {"user_id": "UPAT", "view": HOME, "hash": "old"}, "hash_conflict"),
        ("views.publish", {"user_id": "UPAT", "view": MODAL}, "invalid_arguments"),
        ("apps.connections.open", {}, "not_allowed_token_type"),
    ],
)
def test_a_call_slack_refuses_is_refused_by_the_same_code(
    fake: SlackFake, client: WebClient, method: str, args: dict[str, Any], code: str
) -> None:
    assert refusal(client, method, **args)[0] == code
    assert not fake.calls[-1].happened
    assert fake.messages("CGOV") == []


def test_a_message_may_be_posted_that_is_too_long_to_update(fake: SlackFake, client: WebClient) -> None:
    ts = client.chat_postMessage(channel="CGOV", text="x" * 4001)["ts"]
    assert refusal(client, "chat.update", channel="CGOV", ts=ts, text="y" * 4001)[0] == "msg_too_long"
    assert fake.messages("CGOV")[0]["edits"] == 0


def test_a_reply_to_a_reply_starts_no_thread(client: WebClient) -> None:
    parent = client.chat_postMessage(channel="CGOV", text="a")["ts"]
    reply = client.chat_postMessage(channel="CGOV", text="b", thread_ts=parent)["ts"]
    code, _ = refusal(client, "chat.postMessage", channel="CGOV", text="c", thread_ts=reply)
    assert code == "cannot_reply_to_message"


@pytest.mark.parametrize(
    ("metadata", "code"),
    [
        ({"event_type": "vote"}, "invalid_metadata_format"),
        ({"event_type": "vote", "event_payload": []}, "invalid_metadata_format"),
        ({"event_type": "vote", "event_payload": {"a": {"b": {"c": 1}}}}, "invalid_metadata_schema"),
        ({"event_type": "vote", "event_payload": {"a": None}}, "invalid_metadata_schema"),
        ({"event_type": "vote", "event_payload": {"a": "x" * 8000}}, "metadata_too_large"),
    ],
    ids=["no payload", "payload is a list", "two levels", "null", "too large"],
)
def test_metadata_slack_refuses_is_refused(client: WebClient, metadata: dict[str, Any], code: str) -> None:
    assert refusal(client, "chat.postMessage", channel="CGOV", text="a", metadata=metadata)[0] == code


def fresh_trigger(fake: SlackFake) -> str:
    fake.attach(lambda _body, _headers: (200, {}, ""))
    return str(fake.command("UPAT", "CGOV", "/retire").envelope.payload["trigger_id"])


@pytest.mark.parametrize(
    ("view", "what"),
    [
        ({**MODAL, "blocks": [SECTION] * 101}, "no more than 100 items"),
        ({**MODAL, "title": plain(25)}, "must be less than 25 characters"),
        ({**MODAL, "submit": plain(25)}, "must be less than 25 characters"),
        ({"type": "modal", "blocks": [SECTION]}, "missing required field: title"),
        ({**MODAL, "blocks": [INPUT]}, "missing required field: submit"),
        ({**MODAL, "private_metadata": "x" * 3001}, "must be less than 3001 characters"),
        ({**MODAL, "callback_id": "x" * 256}, "must be less than 256 characters"),
        ({**MODAL, "colour": "red"}, "additional property not allowed: colour"),
        ({**MODAL, "blocks": [{"type": "markdown", "text": "a"}]}, "unsupported modal block type"),
        (HOME, "must be one of modal"),
    ],
)
def test_a_modal_slack_refuses_is_refused_and_spares_the_trigger(
    fake: SlackFake, client: WebClient, view: dict[str, Any], what: str
) -> None:
    trigger_id = fresh_trigger(fake)
    code, message = refusal(client, "views.open", trigger_id=trigger_id, view=view)
    assert code == "invalid_arguments"
    assert what in message
    assert fake.views == {}
    client.views_open(trigger_id=trigger_id, view=MODAL)


def test_a_view_over_250_kilobytes_is_too_large(fake: SlackFake, client: WebClient) -> None:
    view = {**MODAL, "blocks": [{"type": "section", "text": plain(2999)}] * 90}
    code, _ = refusal(client, "views.open", trigger_id=fresh_trigger(fake), view=view)
    assert code == "view_too_large"


def test_a_trigger_opens_once_and_only_for_three_seconds(
    fake: SlackFake, client: WebClient, clock: Clock
) -> None:
    trigger_id = fresh_trigger(fake)
    clock.pass_seconds(3)
    client.views_open(trigger_id=trigger_id, view=MODAL)
    assert refusal(client, "views.open", trigger_id=trigger_id, view=MODAL)[0] == "exchanged_trigger_id"
    trigger_id = fresh_trigger(fake)
    clock.pass_seconds(3.1)
    assert refusal(client, "views.open", trigger_id=trigger_id, view=MODAL)[0] == "expired_trigger_id"


def test_a_fourth_modal_cannot_be_stacked(fake: SlackFake, client: WebClient) -> None:
    assert refusal(client, "views.push", trigger_id=fresh_trigger(fake), view=MODAL)[0] == "not_found"
    client.views_open(trigger_id=fresh_trigger(fake), view=MODAL)
    for _ in range(2):
        client.views_push(trigger_id=fresh_trigger(fake), view=MODAL)
    code, _ = refusal(client, "views.push", trigger_id=fresh_trigger(fake), view=MODAL)
    assert code == "push_limit_reached"


def test_a_view_that_changed_meanwhile_or_was_closed_cannot_be_updated(
    fake: SlackFake, client: WebClient
) -> None:
    view = client.views_open(trigger_id=fresh_trigger(fake), view=MODAL)["view"]
    client.views_update(view_id=view["id"], hash=view["hash"], view=MODAL)
    code, _ = refusal(client, "views.update", view_id=view["id"], hash=view["hash"], view=MODAL)
    assert code == "hash_conflict"
    fake.close("UPAT")
    assert refusal(client, "views.update", view_id=view["id"], view=MODAL)[0] == "not_found"


def test_an_external_id_is_used_once_and_finds_its_view(fake: SlackFake, client: WebClient) -> None:
    named = {**MODAL, "external_id": "ret-1"}
    client.views_open(trigger_id=fresh_trigger(fake), view=named)
    client.views_update(external_id="ret-1", view=named)
    code, _ = refusal(client, "views.push", trigger_id=fresh_trigger(fake), view=named)
    assert code == "duplicate_external_id"


def test_a_wrong_or_missing_token_is_refused(fake: SlackFake) -> None:
    assert refusal(a_client(fake, "xoxb-other"), "auth.test")[0] == "invalid_auth"
    assert refusal(WebClient(base_url=fake.api_url, retry_handlers=[]), "auth.test")[0] == "not_authed"


def test_a_missing_scope_is_named_and_the_granted_ones_are_in_a_header(clock: Clock) -> None:
    with a_workspace(clock, scopes=["chat:write", "channels:read"]) as fake:
        client = a_client(fake)
        assert client.auth_test().headers["x-oauth-scopes"] == "channels:read,chat:write"
        with pytest.raises(SlackApiError) as caught:
            client.conversations_history(channel="CGOV")
        answer = caught.value.response
        assert (answer["error"], answer["needed"]) == ("missing_scope", "channels:history")
        assert answer["provided"] == "channels:read,chat:write"


@pytest.mark.parametrize("asked", [True, False])
def test_metadata_needs_a_scope_of_its_own_where_it_is_asked_for(clock: Clock, *, asked: bool) -> None:
    with a_workspace(clock, scopes=SCOPES - {"metadata.message:read"}) as fake:
        client = a_client(fake)
        ts = client.chat_postMessage(channel="CGOV", text="hello")["ts"]
        for method, more in (("conversations.history", {}), ("conversations.replies", {"ts": ts})):
            arguments = {"channel": "CGOV", "include_all_metadata": asked, **more}
            if asked:
                assert refusal(client, method, **arguments)[0] == "missing_scope"
            else:
                assert client.api_call(method, params=arguments)["ok"]


def test_public_posting_needs_its_scope_and_no_membership(clock: Clock) -> None:
    with a_workspace(clock, scopes=[*SCOPES, "chat:write.public"]) as fake:
        a_client(fake).chat_postMessage(channel="CPUB", text="hello")
        assert [m["text"] for m in fake.messages("CPUB")] == ["hello"]
