"""Is what happened lately read back whole, however long ago the plan was made?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from data import events
from data.records.retirement import Duty
from data.records.rounds import Choice
from data.sqlite.store import SqliteStore
from tests.builders import (
    ANNOUNCED_AT,
    BILL,
    CARL,
    CRM,
    OWEN,
    PAT,
    PLATO,
    PROPOSED_AT,
    SELMA,
    STRANGER,
    WHY,
    a_proposed,
    a_running_retirement,
    casting,
    days,
    facts_for,
    proposing,
)
from workflows import commands as cmd
from workflows.engine import all_retirements
from workflows.histories import AT_ONCE, History, concerning, histories
from workflows.machine import RetirementMachine
from workflows.rules.people.audience import Reader


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "emeritus.db", RetirementMachine())
    yield opened
    opened.close()


class Chronicler:
    """Commits one command after the other, each with a key of its own."""

    def __init__(self, store: SqliteStore) -> None:
        self.store = store
        self.count = 0

    def does(self, command: cmd.Command, at: datetime, stream: str = "RET-1") -> None:
        self.count += 1
        facts = facts_for(observed_at=at)
        receipt = self.store.transact(f"key-{self.count}", stream, cmd.encoded(command), facts, at)
        assert receipt.outcome == "done", receipt.reply

    def votes(self, *voters: str, at: datetime, **changes: object) -> None:
        (state,) = all_retirements(self.store)
        for voter in voters:
            self.does(casting(state, by=voter, **changes), at)


def read(store: SqliteStore, since: datetime) -> tuple[History, ...]:
    return histories(store, all_retirements(store), since)


def told(found: tuple[History, ...]) -> list[str]:
    (history,) = found
    return [type(event).__name__ for event in history.events]


def test_only_what_came_after_the_instant_is_told(store: SqliteStore):
    chronicler = Chronicler(store)
    chronicler.does(proposing(), PROPOSED_AT, "RET-*")
    chronicler.votes(OWEN, at=PROPOSED_AT + days(1))
    assert told(read(store, PROPOSED_AT - days(1))) == ["Proposed", "Voted"]
    assert told(read(store, PROPOSED_AT)) == ["Voted"]
    assert told(read(store, PROPOSED_AT + days(1))) == []


def test_a_retirement_that_was_quiet_is_still_there(store: SqliteStore):
    Chronicler(store).does(proposing(), PROPOSED_AT, "RET-*")
    (history,) = read(store, PROPOSED_AT + days(9))
    assert (history.retirement.id, history.events) == ("RET-1", ())


@pytest.mark.parametrize("more", [0, 1, AT_ONCE, AT_ONCE * 5, AT_ONCE * 30])
def test_much_that_happened_is_told_whole(store: SqliteStore, more: int):
    chronicler = Chronicler(store)
    chronicler.does(proposing(), PROPOSED_AT, "RET-*")
    for number in range(more):
        choice = (Choice.APPROVE, Choice.ABSTAIN)[number % 2]
        chronicler.votes(OWEN, at=PROPOSED_AT + days(1), choice=choice)
    assert told(read(store, PROPOSED_AT)) == ["Voted"] * more


def test_the_plan_that_was_in_force_is_found_however_far_back_once_dates_moved(store: SqliteStore):
    chronicler = Chronicler(store)
    chronicler.does(proposing(), PROPOSED_AT, "RET-*")
    (proposed,) = all_retirements(store)
    for number in range(AT_ONCE * 6):
        choice = (Choice.APPROVE, Choice.ABSTAIN)[number % 2]
        chronicler.votes(OWEN, at=PROPOSED_AT, choice=choice)
    chronicler.votes(OWEN, PLATO, SELMA, at=PROPOSED_AT)
    chronicler.does(cmd.CloseRound(by=events.EMERITUS, number=1), ANNOUNCED_AT)
    chronicler.does(cmd.Pause(by=PAT, why=WHY), ANNOUNCED_AT)
    since = ANNOUNCED_AT + timedelta(hours=1)
    assert told(read(store, since)) == []
    chronicler.does(cmd.Resume(by=PAT), ANNOUNCED_AT + days(3))
    (history,) = read(store, since)
    assert told((history,)) == ["Amended", "Resumed"]
    assert history.plan == proposed.plan


def test_whoever_leads_it_is_told_all_of_it() -> None:
    told = History(retirement=a_running_retirement().state)
    for leader in (PAT, OWEN):
        assert concerning([told], Reader(leader)) == (told,)


def test_an_owner_of_a_consumer_is_told_of_theirs_alone() -> None:
    story = a_running_retirement()
    story.does(cmd.ChangeDuty(by=BILL, duty=Duty.ACKNOWLEDGED))
    story.does(cmd.ChangeDuty(by=CARL, duty=Duty.ACKNOWLEDGED))
    answered = tuple(event for event in story.happened if isinstance(event, events.DutyChanged))
    announced = tuple(story.of(events.Announced))
    told = History(retirement=story.state, since=ANNOUNCED_AT, events=(*announced, *answered))
    (seen,) = concerning([told], Reader(CARL))
    assert seen.since is None, "nor may they ask that what it archived goes"
    assert [one.consumer.consumer_id for one in seen.retirement.obligations] == [CRM]
    assert seen.events == (*announced, answered[1])


def test_a_voter_is_told_as_long_as_the_vote_is_open_and_strangers_of_nothing() -> None:
    proposed, running = a_proposed(), a_running_retirement()
    voter, stranger = Reader(SELMA), Reader(STRANGER)
    (seen,) = concerning([History(retirement=proposed.state)], voter)
    assert seen.retirement.state == "proposed"
    assert concerning([History(retirement=running.state)], voter) == ()
    assert concerning([History(retirement=proposed.state)], stranger) == ()


def test_whoever_answers_for_somebody_is_told_what_they_would_be_and_whose_name_is_missing_of_that() -> None:
    told = [History(retirement=a_running_retirement().state)]
    (seen,) = concerning(told, Reader(STRANGER, instead_of=(CARL,)))
    assert [one.consumer.consumer_id for one in seen.retirement.obligations] == [CRM]
    (led,) = concerning(told, Reader(STRANGER, instead_of=(PAT,)))
    assert led == told[0]
    (named,) = concerning(told, Reader(STRANGER, named=frozenset(["RET-1"])))
    assert named.retirement.obligations == ()
