"""A record that is brought back from a backup: Slack has seen more than it knows, and is told nothing twice."""

from __future__ import annotations

from collections import Counter
from functools import partial
from pathlib import Path

import pytest

from bot.keeping import redraw
from data.records.retirement import Duty, State
from data.sqlite.backup import Restored, back_up, restore
from tests.scenarios.town import ADA, BRUNO, GOVERNANCE, MINA, TOM, Town, words
from workflows.machine import RetirementMachine


def backed_up(town: Town) -> Path:
    """Beside the running bot."""
    backup = town.folder / "backup.db"
    back_up(town.folder / "emeritus.db", backup, RetirementMachine(), town.now())
    return backup


def brought_back(town: Town, backup: Path) -> Restored:
    """The bot ends, the backup takes the record's place, and the bot begins again."""
    town.close()
    now = town.now()
    drawn = partial(redraw, now=now)
    done = restore(backup, town.folder / "emeritus.db", RetirementMachine(), now, replace=True, redraw=drawn)
    town.open()
    return done


def told_twice(town: Town) -> set[str]:
    """Keys of messages that stand in one place more than once, but for the thread's lines."""
    places = [GOVERNANCE, *(user for user in town.slack.ws.users if user != "UBOT")]
    posted = Counter((place, key) for place in places for key in town.keys(place) if key)
    return {key for (_, key), times in posted.items() if times > 1 and "/lines/" not in key}


def test_what_waited_in_the_backup_and_was_sent_since_is_not_sent_again(town: Town) -> None:
    assert town.propose() == {}
    town.approve()
    town.seconds += 15 * 86_400
    # The announcement is decided, and not one message of it has left yet.
    while not town.retirement().announced:
        town.bot.dispatcher.drain()
    backup = backed_up(town)
    town.pass_time(days=1)
    before = {owner: len(town.slack.messages(owner)) for owner in town.owners()}
    assert all(before.values())

    done = brought_back(town, backup)
    town.pass_time(days=1)

    assert done.doubted.messages > len(before)
    assert {owner: len(town.slack.messages(owner)) for owner in before} == before
    assert told_twice(town) == set()
    assert not town.bot.store.troubles()
    town.everybody_moves()
    assert {duty.duty for duty in town.retirement().obligations if duty.consumer.owners.slack_ids} == {
        Duty.MIGRATED
    }


def test_what_fell_due_in_the_lost_time_is_decided_again_and_nobody_is_told_again(town: Town) -> None:
    assert town.propose() == {}
    town.approve()
    backup = backed_up(town)
    # Announced, reminded, escalated, and a weekly digest: none of it is in the backup.
    town.pass_time(days=40)
    assert town.retirement().state is State.MIGRATING
    seen = Counter(key for owner in town.slack.ws.users for key in town.keys(owner) if key)
    assert any("/escalate/" in key for key in seen)

    brought_back(town, backup)
    assert town.retirement().state is State.PROPOSED
    town.pass_time(hours=2)

    assert town.retirement().state is State.MIGRATING
    assert told_twice(town) == set()
    assert not town.bot.store.troubles()


def test_what_was_not_sent_before_is_sent_after(town: Town) -> None:
    assert town.propose() == {}
    town.approve()
    backup = backed_up(town)
    brought_back(town, backup)
    town.pass_time(days=20)

    assert town.retirement().state is State.MIGRATING
    assert all(town.announcement(owner) for owner in town.owners())
    assert "announced" in town.thread().lower()
    assert told_twice(town) == set()


def test_the_card_shows_what_the_record_says_again_and_a_lost_vote_can_be_cast_anew(town: Town) -> None:
    assert town.propose() == {}
    town.settle()
    backup = backed_up(town)
    town.approve(ADA, MINA)
    with_votes = words(town.card())

    brought_back(town, backup)
    town.pass_time(minutes=5)

    assert town.retirement().round is not None
    assert town.retirement().round.ballots == ()
    assert words(town.card()) != with_votes
    town.approve(MINA)
    assert [ballot.voter_id for ballot in town.retirement().round.ballots] == [MINA]


def test_a_lost_retirement_lends_its_number_to_no_other(town: Town) -> None:
    assert town.propose() == {}
    town.settle()
    backup = backed_up(town)
    town.command(TOM, "cancel RET-1 not now")
    assert town.propose() == {}
    assert town.retirement("RET-2").state is State.PROPOSED
    lost = town.card("RET-2")

    brought_back(town, backup)
    town.command(TOM, "cancel RET-1 not now")
    town.press(BRUNO, lost, "vote.approve")

    assert "RET-2" in (told := town.told(BRUNO)), told
    assert town.bot.engine.retirement("RET-2") is None
    assert town.propose() == {}
    assert town.retirement("RET-102").state is State.PROPOSED
    assert town.card("RET-102")["ts"] != lost["ts"]


@pytest.mark.parametrize("days", [0, 3])
def test_a_plain_copy_of_the_file_is_doubted_from_its_last_entry_on(town: Town, days: int) -> None:
    assert town.propose() == {}
    town.approve()
    town.close()
    copy = town.folder / "copy.db"
    copy.write_bytes((town.folder / "emeritus.db").read_bytes())
    town.open()
    town.pass_time(days=15 + days)

    brought_back(town, copy)
    town.pass_time(hours=2)

    assert town.retirement().state is State.MIGRATING
    assert told_twice(town) == set()
