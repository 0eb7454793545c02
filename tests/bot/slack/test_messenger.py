"""The messenger against a Slack that refuses, stalls, forgets to answer and shows things late."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from slack_sdk import WebClient

from bot.slack.messenger import GRACE_SECONDS, SlackMessenger
from bot.slack.rates import Rates
from data.records.base import Prose
from data.records.decision import Dead, Done, HeldUp, NotDone, Result, Unknown
from tests.bot.views.examples import a_retirement, announced
from tests.fakes.conftest import Clock, a_client, a_workspace
from tests.fakes.slack import SlackFake
from tests.payloads import check_message
from workflows.ports import Message


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def fake(clock: Clock) -> Iterator[SlackFake]:
    with a_workspace(clock) as running:
        yield running


def now(clock: Clock) -> datetime:
    return datetime.fromtimestamp(clock(), UTC)


def a_messenger(fake: SlackFake, clock: Clock, **changes: Any) -> SlackMessenger:
    client = changes.pop("client", None) or a_client(fake)
    return SlackMessenger(client, Rates(clock), wall=clock, **changes)


def a_message(key: str = "RET-1/card", **changes: Any) -> Message:
    known: dict[str, Any] = {"notice": "card", "channel": "CGOV", "retirement": a_retirement()}
    return Message(key=key, **{**known, **changes})


def place(result: Result) -> dict[str, str]:
    assert isinstance(result, Done), result
    return result.found


def test_a_post_says_where_it_is_and_carries_its_key(fake: SlackFake, clock: Clock) -> None:
    found = place(a_messenger(fake, clock).post(a_message(), now(clock)))
    (posted,) = fake.messages("CGOV")
    check_message(posted)
    assert found == {"channel": "CGOV", "ts": posted["ts"]}
    assert posted["metadata"] == {
        "event_type": "emeritus_message",
        "event_payload": {"key": "RET-1/card", "retirement": "RET-1"},
    }


def test_the_same_key_has_the_same_client_id_and_another_has_not(fake: SlackFake, clock: Clock) -> None:
    messenger = a_messenger(fake, clock)
    for key in ("a", "a", "b"):
        messenger.post(a_message(key), now(clock))
    first, again, other = [posted["client_msg_id"] for posted in fake.messages("CGOV")]
    assert first == again != other


def test_a_thread_and_a_direct_message_go_where_they_belong(fake: SlackFake, clock: Clock) -> None:
    messenger = a_messenger(fake, clock)
    card = place(messenger.post(a_message(), now(clock)))
    thread = a_message("RET-1/team", notice="team", params={"team_id": "group:team-0"}, thread_ts=card["ts"])
    place(messenger.post(thread, now(clock)))
    direct = a_message("dm", notice="dm", channel="UPAT", params={"slack_id": "UPAT"}, retirement=announced())
    assert place(messenger.post(direct, now(clock)))["channel"] == "DPAT"
    assert fake.messages("CGOV")[1]["thread_ts"] == card["ts"]


def test_an_edit_redraws_the_message_and_a_locked_card_loses_its_buttons(
    fake: SlackFake, clock: Clock
) -> None:
    messenger = a_messenger(fake, clock)
    card = place(messenger.post(a_message(), now(clock)))
    ended = a_message(ts=card["ts"], retirement=a_retirement(state="rejected"))
    assert place(messenger.edit(ended, now(clock))) == card
    (shown,) = fake.messages("CGOV")
    assert "actions" not in {block["type"] for block in shown["blocks"]}
    assert shown["metadata"]["event_payload"]["key"] == "RET-1/card"


def test_a_direct_message_can_be_edited_by_the_persons_id(fake: SlackFake, clock: Clock) -> None:
    messenger = a_messenger(fake, clock)
    about: dict[str, Any] = {
        "notice": "dm",
        "channel": "UPAT",
        "params": {"slack_id": "UT0"},
        "retirement": announced(),
    }
    posted = place(messenger.post(a_message(**about), now(clock)))
    changed = a_message(
        **{**about, "retirement": replace(announced(), why=Prose(prose="new"))}, ts=posted["ts"]
    )
    place(messenger.edit(changed, now(clock)))
    assert "new" in str(fake.messages("UPAT")[0]["blocks"])


def test_a_rate_limit_is_a_later_date_and_closes_the_lane_until_then(fake: SlackFake, clock: Clock) -> None:
    fake.fail_next("chat.postMessage", "rate_limited", retry_after=30)
    messenger = a_messenger(fake, clock)
    result = messenger.post(a_message(), now(clock))
    assert result == NotDone(
        retry_at=now(clock) + timedelta(seconds=30), why="Slack asks us to slow down for 30 s"
    )
    assert isinstance(messenger.post(a_message(), now(clock)), NotDone)
    assert [call.method for call in fake.calls] == ["chat.postMessage"]
    clock.pass_seconds(30)
    assert isinstance(messenger.post(a_message(), now(clock)), Done)


def test_our_own_rate_keeps_slack_from_ever_saying_429(clock: Clock) -> None:
    with a_workspace(clock, rate_limits=True) as fake:
        messenger = a_messenger(fake, clock)
        done = 0
        for number in range(40):
            result = messenger.post(a_message(f"k{number}"), now(clock))
            done += isinstance(result, Done)
            clock.pass_seconds(0.25)
        assert done == 4 + 10 - 1
        assert all(call.status == 200 for call in fake.calls)


def test_a_faster_calendar_waits_as_long_in_real_time(fake: SlackFake, clock: Clock) -> None:
    fake.fail_next("chat.postMessage", "rate_limited", retry_after=2)
    result = a_messenger(fake, clock, pace=86_400.0).post(a_message(), now(clock))
    assert isinstance(result, NotDone)
    assert result.retry_at == now(clock) + timedelta(days=2)


@pytest.mark.parametrize(
    "kind",
    ["server_error", "accepted_then_reset", "accepted_then_500", "error:internal_error", "error:fatal_error"],
)
def test_no_clear_answer_is_unknown_and_nothing_is_sent_twice(
    fake: SlackFake, clock: Clock, kind: str
) -> None:
    fake.fail_next("chat.postMessage", kind)
    assert isinstance(a_messenger(fake, clock).post(a_message(), now(clock)), Unknown)
    assert len(fake.calls) == 1


def test_a_slack_that_is_not_there_has_surely_posted_nothing(fake: SlackFake, clock: Clock) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        client = WebClient(
            token="xoxb", base_url=f"http://127.0.0.1:{unused.getsockname()[1]}/api/", retry_handlers=[]
        )
        result = a_messenger(fake, clock, client=client).post(a_message(), now(clock))
    assert isinstance(result, NotDone)


@pytest.mark.parametrize(
    ("channel", "expected", "words"),
    [
        ("UGONE", Dead, "name another owner"),
        ("UNOBODY", Dead, "no such person"),
        ("CPUB", NotDone, "/invite"),
        ("GSEC", NotDone, "invite it"),
        ("COLD", NotDone, "unarchive"),
    ],
)
def test_only_what_nobody_can_cure_is_dead_and_each_says_what_to_do(
    fake: SlackFake, clock: Clock, channel: str, expected: type[Any], words: str
) -> None:
    result = a_messenger(fake, clock).post(a_message(channel=channel), now(clock))
    assert isinstance(result, expected), result
    assert words in result.why


def test_a_dead_token_waits_for_a_new_one_and_a_bug_of_ours_does_not(fake: SlackFake, clock: Clock) -> None:
    stranger = a_messenger(fake, clock, client=a_client(fake, "xoxb-wrong"))
    assert isinstance(stranger.post(a_message(), now(clock)), NotDone)
    fake.fail_next("chat.postMessage", "error:invalid_blocks")
    bug = a_messenger(fake, clock).post(a_message(), now(clock))
    assert isinstance(bug, Dead)
    assert "please report this" in bug.why


@pytest.mark.parametrize(
    ("to", "code", "held_up", "cure"),
    [
        pytest.param("CGOV", "not_in_channel", HeldUp.PLACE, "invite the bot", id="not a member"),
        pytest.param("CGOV", "is_archived", HeldUp.PLACE, "unarchive the channel", id="an archived channel"),
        pytest.param(
            "CGOV", "channel_not_found", HeldUp.PLACE, "unknown to the bot", id="an unknown channel"
        ),
        pytest.param("UPAT", "restricted_action", HeldUp.PLACE, "another owner", id="a person who is closed"),
        pytest.param("UPAT", "of_tomorrow", HeldUp.PLACE, "look the code up", id="a code nobody knows"),
        pytest.param(
            "UPAT", "messages_tab_disabled", HeldUp.EMERITUS, "Messages Tab", id="no direct messages"
        ),
        pytest.param("CGOV", "missing_scope", HeldUp.EMERITUS, "reinstall the app", id="a missing scope"),
    ],
)
def test_what_somebody_can_mend_is_held_up_and_says_how(
    fake: SlackFake, clock: Clock, *, to: str, code: str, held_up: HeldUp, cure: str
) -> None:
    fake.fail_next("chat.postMessage", f"error:{code}")
    result = a_messenger(fake, clock).post(a_message(channel=to), now(clock))
    assert isinstance(result, NotDone)
    assert result.held_up is held_up
    assert result.why.startswith(f"{to} {code}: ")
    assert cure in result.why


def test_a_look_up_that_is_held_up_says_so_and_is_still_a_look_up(fake: SlackFake, clock: Clock) -> None:
    fake.fail_next("conversations.history", "error:not_in_channel")
    found = a_messenger(fake, clock).find(a_message(), now(clock), now(clock))
    assert isinstance(found, Unknown)
    assert found.held_up is HeldUp.PLACE


def test_a_message_that_was_deleted_cannot_be_edited_ever(fake: SlackFake, clock: Clock) -> None:
    result = a_messenger(fake, clock).edit(a_message(ts="1800000000.000001"), now(clock))
    assert result == Dead(why="CGOV message_not_found: the message was deleted")


@pytest.mark.parametrize("channel", ["CGOV", "UPAT"])
@pytest.mark.parametrize("is_thread", [False, True], ids=["channel", "thread"])
def test_what_was_accepted_without_an_answer_is_found(
    fake: SlackFake, clock: Clock, channel: str, is_thread: bool
) -> None:
    messenger = a_messenger(fake, clock)
    card = place(messenger.post(a_message("card", channel=channel), now(clock)))
    message = a_message("lost", channel=channel, thread_ts=card["ts"] if is_thread else "")
    since = now(clock)
    fake.fail_next("chat.postMessage", "accepted_then_reset")
    assert isinstance(messenger.post(message, since), Unknown)
    found = place(messenger.find(message, since, now(clock)))
    assert found["ts"] == fake.messages(channel)[-1]["ts"]


def test_another_apps_message_with_our_key_is_not_taken_for_ours(fake: SlackFake, clock: Clock) -> None:
    messenger, since = a_messenger(fake, clock), now(clock)
    messenger.post(a_message(), since)
    fake.ws.messages["CGOV"][-1].user = "UAPP2"
    clock.pass_seconds(GRACE_SECONDS)
    assert isinstance(messenger.find(a_message(), since, now(clock)), NotDone)


def test_what_is_not_there_is_believed_only_after_the_grace(fake: SlackFake, clock: Clock) -> None:
    messenger, since = a_messenger(fake, clock), now(clock)
    fake.fail_next("chat.postMessage", "server_error")
    messenger.post(a_message(), since)
    first = messenger.find(a_message(), since, now(clock))
    assert first == Unknown(
        retry_at=since + timedelta(seconds=GRACE_SECONDS), why="An accepted message may show up late"
    )
    clock.pass_seconds(GRACE_SECONDS)
    assert isinstance(messenger.find(a_message(), since, now(clock)), NotDone)


def test_the_grace_counts_from_the_last_try_not_from_the_first(fake: SlackFake, clock: Clock) -> None:
    """Whichever process made it: none of them remembers anything."""
    messenger, since = a_messenger(fake, clock), now(clock)
    clock.pass_seconds(300)
    last = a_message(tried_at=now(clock))
    assert messenger.find(last, since, now(clock)) == Unknown(
        retry_at=now(clock) + timedelta(seconds=GRACE_SECONDS), why="An accepted message may show up late"
    )
    clock.pass_seconds(GRACE_SECONDS)
    assert isinstance(messenger.find(last, since, now(clock)), NotDone)


def test_a_message_that_shows_up_late_is_found_and_not_posted_again(fake: SlackFake, clock: Clock) -> None:
    messenger, since = a_messenger(fake, clock), now(clock)
    fake.fail_next("chat.postMessage", "late", hidden_for=2)
    assert isinstance(messenger.post(a_message(), since), Unknown)
    outcomes = []
    for _ in range(4):
        outcomes.append(type(messenger.find(a_message(), since, now(clock))))
        clock.pass_seconds(5)
    assert Done in outcomes
    assert NotDone not in outcomes


def test_the_search_reads_every_page(fake: SlackFake, clock: Clock) -> None:
    messenger, since = a_messenger(fake, clock), now(clock)
    place(messenger.post(a_message("first"), now(clock)))
    client = a_client(fake)
    for number in range(450):
        client.chat_postMessage(channel="CGOV", text=f"chatter {number}")
    assert place(messenger.find(a_message("first"), since, now(clock)))["channel"] == "CGOV"
    assert [call.method for call in fake.calls].count("conversations.history") == 3


@pytest.mark.parametrize("kind", ["rate_limited", "server_error", "error:not_in_channel"])
def test_a_search_that_fails_never_allows_a_second_post(fake: SlackFake, clock: Clock, kind: str) -> None:
    messenger, since = a_messenger(fake, clock), now(clock)
    clock.pass_seconds(3_600)
    fake.fail_next("conversations.history", kind)
    assert isinstance(messenger.find(a_message(), since, now(clock)), Unknown)


def test_in_a_faster_calendar_history_is_searched_in_real_time(fake: SlackFake, clock: Clock) -> None:
    messenger = a_messenger(fake, clock, pace=86_400.0)
    calendar = datetime(2031, 1, 1, tzinfo=UTC)
    fake.fail_next("chat.postMessage", "accepted_then_reset")
    messenger.post(a_message(), calendar)
    clock.pass_seconds(3)
    assert isinstance(messenger.find(a_message(), calendar, calendar + timedelta(days=3)), Done)
    clock.pass_seconds(30)
    missing = messenger.find(a_message("other"), calendar, calendar + timedelta(days=33))
    assert isinstance(missing, NotDone)


def test_a_person_is_answered_alone_by_whatever_way_is_left(fake: SlackFake, clock: Clock) -> None:
    fake.attach(lambda _body, _headers: (200, {}, ""))
    url = fake.command("UPAT", "CGOV", "/retire", "x").envelope.payload["response_url"]
    messenger, payload = a_messenger(fake, clock), {"text": "done"}
    assert messenger.answer(payload, response_url=url, channel="CGOV", user="UPAT")
    clock.pass_seconds(31 * 60)
    assert messenger.answer({"text": "late"}, response_url=url, channel="CGOV", user="UPAT")
    assert messenger.answer({"text": "outside"}, response_url=url, channel="CPUB", user="UANN")
    assert [(said["text"], said["ephemeral_to"]) for said in fake.ephemerals] == [
        ("done", "UPAT"),
        ("late", "UPAT"),
    ]
    assert [said["text"] for said in fake.messages("UANN")] == ["outside"]
    assert not messenger.answer({"text": "nobody"}, user="UGONE")
    assert fake.messages("CGOV") == []


@pytest.mark.parametrize("url", ["RET-1", "<!channel>", "file:///etc/passwd", "http://", "{}"])
def test_an_answer_to_what_is_no_address_takes_the_next_way(fake: SlackFake, clock: Clock, url: str) -> None:
    """A signed body may say anything; an error here would leave its sender without any answer."""
    messenger = a_messenger(fake, clock)
    assert messenger.answer({"text": "done"}, response_url=url, channel="CGOV", user="UPAT")
    assert [said["text"] for said in fake.ephemerals] == ["done"]
