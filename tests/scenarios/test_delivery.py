"""Slack delivers twice, late, forged, or takes a message and does not say so; each thing still happens once."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from data.records.retirement import State
from tests.fakes.slack import into_bolt, sign
from tests.scenarios.town import ADA, BRUNO, GOVERNANCE, MINA, TOM, VERA, WREN, Town, words

Story = dict[str, object]


def story(town: Town) -> Story:
    """A retirement until it waits for its archive, and all that anybody can see of it."""
    town.announce()
    town.press(BRUNO, town.announcement(BRUNO), "duty.acknowledge_all")
    assert town.ask_for_time(BRUNO, "restock-planner", until="2026-05-11", reason="harvest") == {}
    town.approve()
    town.command(TOM, "pause RET-1 a holiday")
    town.pass_time(days=2)
    town.command(TOM, "resume RET-1")
    town.pass_time(days=10)
    retirement = town.retirement()
    seen = {
        "state": retirement.state,
        "version": retirement.version,
        "dates": [step.due_at for step in retirement.plan.steps],
        "duties": [(duty.consumer.name, duty.duty) for duty in retirement.obligations],
    }
    people = (*town.slack.ws.users, GOVERNANCE)
    return {**seen, **{place: sorted(filter(None, town.keys(place))) for place in people if place != "UBOT"}}


def once_each(town: Town) -> bool:
    places = [GOVERNANCE, *(user for user in town.slack.ws.users if user != "UBOT")]
    posted = Counter(key for place in places for key in town.keys(place) if key)
    return set(posted.values()) == {1}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Story:
    with Town(tmp_path_factory.mktemp("calm"), serves=False) as town:
        told = story(town)
        assert once_each(town)
        return told


def test_every_envelope_delivered_twice_changes_nothing(tmp_path: Path, undisturbed: Story):
    with Town(tmp_path, serves=False, duplicate_every=1) as town:
        assert story(town) == undisturbed


def test_a_slack_that_limits_rates_still_gets_everything_once(tmp_path: Path, undisturbed: Story):
    with Town(tmp_path, serves=False, rate_limits=True) as town:
        told = story(town)
        town.pass_time(hours=1)
        assert once_each(town)
        assert {place: told[place] for place in (BRUNO, TOM)} == {
            place: undisturbed[place] for place in (BRUNO, TOM)
        }
        assert (told["state"], told["dates"]) == (undisturbed["state"], undisturbed["dates"])


@pytest.mark.parametrize("fault", ["accepted_then_reset", "accepted_then_500", "late"])
def test_a_message_slack_took_without_saying_so_is_not_posted_again(tmp_path: Path, fault: str):
    with Town(tmp_path, serves=False) as town:
        for _ in range(3):
            town.slack.fail_next("chat.postMessage", fault, hidden_for=1)
            town.slack.fail_next("chat.update", fault)
        town.announce()
        town.pass_time(hours=6)
        assert once_each(town)
        assert len(town.owners()) == 7
        assert all(town.announcement(owner) for owner in town.owners())
        assert town.retirement().state is State.MIGRATING


def test_a_message_slack_refused_for_a_while_is_posted_once_it_may(town: Town):
    town.slack.fail_next("chat.postMessage", "rate_limited", times=4, retry_after=30)
    town.slack.fail_next("chat.postMessage", "server_error", times=3)
    town.propose()
    town.pass_time(hours=2)
    assert town.card()
    assert "Impact in full" in town.thread()
    assert once_each(town)


def test_a_late_redelivery_of_a_vote_does_not_take_back_a_later_one(town: Town):
    town.propose()
    first = town.press(MINA, town.card(), "vote.approve")
    town.press(MINA, town.card(), "vote.abstain")
    version = town.retirement().version
    town.restart()
    assert town.slack.redeliver(first, retry=1).ok
    town.settle()
    assert town.retirement().version == version
    (ballot,) = town.retirement().round.ballots
    assert ballot.choice == "abstain"


def test_a_command_delivered_again_after_a_restart_is_not_run_again(town: Town):
    town.announce()
    town.command(TOM, "pause RET-1 a holiday")
    pause = town.slack.envelopes[-1]
    town.command(TOM, "resume RET-1")
    town.restart()
    assert town.slack.redeliver(pause).ok
    town.settle()
    assert town.retirement().paused_at is None


def test_forged_and_replayed_requests_are_refused_and_do_nothing(town: Town):
    town.propose()
    vote = town.press(MINA, town.card(), "vote.approve").envelope
    forged = vote.body.replace(MINA.encode(), ADA.encode())
    five_minutes_ago = str(int(town.slack.wall()) - 301)
    replayed = {
        "X-Slack-Request-Timestamp": five_minutes_ago,
        "X-Slack-Signature": sign(town.slack.signing_secret, five_minutes_ago, vote.body),
    }
    version = town.retirement().version
    deliver = into_bolt(town.bot.app)
    assert deliver(vote.body, vote.headers)[0] == 200, "as it was"
    assert deliver(forged, vote.headers)[0] == 401
    assert deliver(vote.body, {**vote.headers, "X-Slack-Signature": "v0=" + "0" * 64})[0] == 401
    assert deliver(vote.body, {**vote.headers, **replayed})[0] == 401
    town.settle()
    assert town.retirement().version == version


def test_whom_nothing_reaches_any_more_is_named_to_whoever_looks(town: Town):
    town.slack.ws.users[WREN].deleted = True
    town.announce()
    shown = town.command(TOM, "show RET-1")
    assert "Stopped for good*: tell these people yourselves" in shown
    assert f"RET-1/announcement-1/dm/{WREN}" in shown
    assert "user_disabled" in shown


def test_for_whom_nothing_reaches_their_manager_is_told_and_the_coordinator_once(town: Town):
    town.slack.ws.users[WREN].deleted = True
    town.announce()
    instead = town.posted(BRUNO, f"RET-1/announcement-1/unreached/{WREN}")
    assert f"<@{WREN}> cannot be reached (user_disabled: their account is deactivated" in words(instead)
    assert "*restock-planner*: open" in words(instead)
    town.pass_time(days=50)
    told = f"<@{BRUNO}> is told instead, and <@{TOM}> finds who answers"
    assert town.thread().count(told) == 1, "although four reminders came back, too"


def test_it_goes_up_until_somebody_is_reached(town: Town):
    for gone in (WREN, BRUNO):
        town.slack.ws.users[gone].deleted = True
    town.announce()
    told = town.posted(VERA, f"RET-1/announcement-1/unreached/{BRUNO}")
    assert f"<@{BRUNO}> cannot be reached" in words(told)


def test_above_whom_nobody_is_known_the_coordinator_finds_who_answers(town: Town):
    for gone in (WREN, BRUNO, VERA):
        town.slack.ws.users[gone].deleted = True
    town.announce()
    assert f"nobody is known above them, and <@{TOM}> finds who answers" in town.thread()
