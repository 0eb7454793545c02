"""Whom no message reaches, and where none gets in: somebody else hears of it, and everybody who looks is shown it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.scenarios.town import ADA, BRUNO, GOVERNANCE, MINA, TOM, WREN, Town, key_of, words


def lost(town: Town, person: str) -> list[str]:
    """What this person was told of a channel no message gets into."""
    found = [message for message in town.slack.messages(person) if "/unreached/C" in key_of(message)]
    return [words(message) for message in found]


@pytest.mark.parametrize(
    ("refused", "why"),
    [
        pytest.param(
            "restricted_action", "restricted_action: they take no message of the app", id="forbidden"
        ),
        pytest.param("is_archived", "is_archived: they take no message of the app", id="closed"),
        pytest.param(
            "a_new_code", "a_new_code: they take no message of the app", id="for a reason nobody knows"
        ),
        pytest.param("user_not_visible", "the bot cannot see this person", id="of another workspace"),
    ],
)
def test_who_takes_no_direct_message_is_shown_and_the_next_above_is_told(town: Town, refused: str, why: str):
    town.slack.ws.users[WREN].refuses = refused
    town.announce()
    instead = town.posted(BRUNO, f"RET-1/announcement-1/unreached/{WREN}")
    assert f"<@{WREN}> cannot be reached" in words(instead)
    assert why in words(instead)
    assert why in town.command(TOM, "show RET-1")
    assert f"<@{BRUNO}> is told instead" in town.thread()


def test_who_takes_messages_again_gets_those_that_were_held_up(town: Town):
    town.slack.ws.users[WREN].refuses = "restricted_action"
    town.announce()
    assert "*Held up*" in town.command(TOM, "show RET-1")
    town.slack.ws.users[WREN].refuses = ""
    town.pass_time(minutes=11)
    assert town.announcement(WREN)
    assert "*Held up*" not in town.command(TOM, "show RET-1")


def test_an_app_that_may_write_to_nobody_does_not_pass_for_people_who_left(town: Town):
    for user in town.slack.ws.users.values():
        user.refuses = "messages_tab_disabled"
    town.announce()
    shown = town.command(TOM, "show RET-1")
    assert "*Held up*" in shown
    assert "turn the Messages Tab on" in shown
    assert "cannot be reached" not in town.thread()
    for user in town.slack.ws.users.values():
        user.refuses = ""
    town.pass_time(minutes=11)
    assert all(town.announcement(owner) for owner in town.owners())


def leaves(town: Town) -> None:
    town.slack.ws.channels[GOVERNANCE].members.remove("UBOT")


def returns(town: Town) -> None:
    town.slack.ws.channels[GOVERNANCE].members.append("UBOT")


def archived(town: Town) -> None:
    town.slack.ws.channels[GOVERNANCE].is_archived = True


def unarchived(town: Town) -> None:
    town.slack.ws.channels[GOVERNANCE].is_archived = False


def asks(town: Town, text: str, *, person: str = TOM) -> str:
    """A command typed where the bot is sure to be: in their messages with it."""
    return town.command(person, text, channel=town.slack.ws.direct_channel(person).id)


@pytest.mark.parametrize(
    ("goes_wrong", "is_mended", "why"),
    [
        pytest.param(leaves, returns, "not_in_channel: invite the bot", id="the bot was taken out of it"),
        pytest.param(
            archived,
            unarchived,
            "is_archived: unarchive the channel",
            id="it was archived",
            marks=pytest.mark.long,
        ),
    ],
)
def test_of_a_channel_no_message_gets_into_the_coordinator_hears_until_it_is_mended(
    town: Town, goes_wrong: Callable[[Town], None], is_mended: Callable[[Town], None], why: str
):
    town.announce()
    goes_wrong(town)
    asks(town, "pause RET-1 a holiday")
    (told,) = lost(town, TOM)
    assert f"messages do not get into <#{GOVERNANCE}> ({why}" in told
    assert "*Held up*: sent once what it names is mended" in asks(town, "show RET-1")
    assert why in asks(town, "show RET-1")
    town.pass_time(hours=30)
    assert len(lost(town, TOM)) == 2, "once a day"

    is_mended(town)
    town.pass_time(minutes=11)

    assert "paused" in words(town.card())
    assert town.thread().count("a holiday") == 1
    assert f"messages did not get into <#{GOVERNANCE}>" in town.thread()
    assert "*Held up*" not in asks(town, "show RET-1")
    town.pass_time(days=2)
    assert len(lost(town, TOM)) == 2


def test_an_escalation_to_a_channel_nothing_gets_into_reaches_the_coordinator(town: Town):
    town.announce()
    town.pass_time(days=10)
    leaves(town)
    town.pass_time(hours=12)
    assert f"messages do not get into <#{GOVERNANCE}>" in lost(town, TOM)[0]
    assert f"/escalate/acknowledge@2026-03-23/2/{GOVERNANCE}" in asks(town, "show RET-1")


def test_where_the_card_was_deleted_the_coordinator_hears_that_nothing_can_be_told_below_it(town: Town):
    town.announce()
    town.slack.ws.messages[GOVERNANCE].remove(town.slack.ws.message(GOVERNANCE, town.card()["ts"]))
    asks(town, "pause RET-1 a holiday")
    assert "the card was deleted" in lost(town, TOM)[0] or "the message was deleted" in lost(town, TOM)[0]
    shown = asks(town, "show RET-1")
    assert "*Stopped for good*" in shown
    assert "*Held up*" not in shown


def test_where_no_message_reaches_the_coordinator_an_owner_of_the_model_hears_and_may_act(town: Town):
    town.announce()
    town.pass_time(days=10)
    leaves(town)
    town.slack.ws.users[TOM].deleted = True
    refused = asks(town, f"handover RET-1 @{town.slack.ws.users[MINA].name}", person=ADA)
    assert "this is for the coordinator" in refused, "as long as he is thought to be there"
    town.pass_time(hours=12)
    (instead,) = [one for one in town.slack.messages(ADA) if key_of(one).endswith(f"/unreached/{TOM}")]
    assert f"<@{TOM}> cannot be reached" in words(instead)
    assert "`/retire handover RET-1 @PERSON`" in words(instead)
    assert lost(town, ADA), "of the channel, too"
    asks(town, f"handover RET-1 @{town.slack.ws.users[MINA].name}", person=ADA)
    assert town.retirement().coordinator_id == MINA
