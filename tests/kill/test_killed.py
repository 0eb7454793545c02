"""Twenty kills during one retirement: it ends archived, and no vote, reminder or message is lost or doubled."""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import groupby

import pytest

from data import events
from data.records.retirement import Choice, Duty, Retirement, State, StepKind
from data.sqlite_store import SqliteStore
from tests.kill.aftermath import check_people_told, check_told_once, waiting
from tests.kill.bot_process import GOVERNANCE, START
from tests.kill.conftest import Scene
from tests.kill.people import offered
from workflows.machine import retirement_of

KILLS = 20
OWNERS = 7
TOM, ADA, MINA, PRIYA, SAM = "U01TOMBIRCH", "U01ADAOKAFOR", "U01MINAPARK", "U01PRIYARAMAN", "U01SAMODUYA"
GRACE = "U01GRACEWHITLOCK"
APPROVE, ABSTAIN = "vote.approve", "vote.abstain"
FAULTS = ("accepted_then_reset", "accepted_then_500", "late", "server_error", "rate_limited")
LATE_CALLS = 2  # so many calls later a late message is in history, within the bot's grace


@pytest.mark.long
@pytest.mark.parametrize("seed", [random.SystemRandom().randrange(10_000)])
def test_twenty_kills_lose_and_double_nothing(scene: Scene, seed: int) -> None:
    """The seed is in the test's name: give it to see the same moments again."""
    chance = random.Random(seed)
    with ThreadPoolExecutor(1) as everybody:
        story = everybody.submit(tell, scene)
        for _ in range(KILLS):
            scene.keeper.start()
            spoil(scene, chance)
            live_a_while(scene, chance)
            scene.keeper.kill()
            check_nothing_goes_dark_unproven(scene)
        assert retirement(scene).state is not State.ARCHIVED, "the kills must fall into the story"
        scene.keeper.start()
        story.result(60)
    await_record(scene, lambda record: state_of(record).state is State.ARCHIVED and not waiting(record))
    assert scene.keeper.stop() == 0

    record = scene.record()
    assert state_of(record).state is State.ARCHIVED
    assert record.streams("RET-") == ("RET-1",)
    assert record.verify().bad == ""
    assert record.troubles() == ()
    assert waiting(record) == []
    happened = [entry.event for entry in record.events("RET-1")]
    check_answers(scene, state_of(record), happened)
    check_told_once(record, scene.slack)
    check_people_told(happened, scene.slack)
    check_order(happened)
    record.close()
    assert scene.endpoints.describe("churn-v1-prod") == "disabled"
    assert scene.endpoints.describe("churn-v2-prod") == "serving"
    assert not scene.slack.broadcasts


def tell(scene: Scene) -> None:
    """The story as its people live it; how often the bot was killed says when they get round to it."""
    people, keeper = scene.people, scene.keeper
    target = scene.town.calendar.at(time.time()) + timedelta(days=25)
    people.propose(
        TOM,
        reason="replaced",
        successor="resource:default/churn-v2",
        why="churn-v2 is better on every segment",
        target=f"{target:%Y-%m-%d}",
    )
    people.press(MINA, people.card, ABSTAIN)
    first_word = people.answers[-1]
    for kills, voter in enumerate((ADA, MINA, PRIYA, SAM), start=2):
        keeper.await_kills(kills)
        people.press(voter, people.card, APPROVE)
    scene.slack.redeliver(first_word, retry=3)
    scene.slack.wait_for(lambda: len(people.owners()) == OWNERS, 40)
    for person in people.owners():
        if person != GRACE and offered(people.announcement(person), "duty.acknowledge_all"):
            people.press(person, lambda who=person: people.announcement(who), "duty.acknowledge_all")
    keeper.await_kills(11)
    for person in people.owners():
        move(scene, person, keep=1 if person == GRACE else 0)
    keeper.await_kills(15)
    move(scene, GRACE)


def move(scene: Scene, person: str, *, keep: int = 0) -> None:
    """Press Migrated for all consumers of a person but the last `keep`."""
    values = offered(scene.people.announcement(person), "duty.migrated")
    for value in values[: len(values) - keep]:
        scene.people.press(person, lambda: scene.people.announcement(person), "duty.migrated", value)


def spoil(scene: Scene, chance: random.Random) -> None:
    """Let a call of this life go wrong. What was late has arrived by the time a bot is back."""
    for _ in range(LATE_CALLS):
        scene.slack.web_api.answer("auth.test", {}, scene.slack.bot_token)
    if chance.random() < 0.7:
        scene.slack.fail_next("chat.postMessage", chance.choice(FAULTS), hidden_for=LATE_CALLS)
    if chance.random() < 0.3:
        scene.slack.fail_next("chat.update", chance.choice(FAULTS))


def live_a_while(scene: Scene, chance: random.Random) -> None:
    """Until some moment, or until the bot has called Slack so often: half of the lives end in the middle of work."""
    slack, seconds = scene.slack, chance.choice((chance.uniform(0, 1.0), chance.uniform(1.0, 3.2)))
    enough = len(slack.web_api.calls) + (chance.randint(1, 12) if chance.random() < 0.5 else 10_000)
    with slack.ws.changed:
        slack.ws.changed.wait_for(lambda: len(slack.web_api.calls) >= enough, seconds)


def check_nothing_goes_dark_unproven(scene: Scene) -> None:
    if scene.endpoints.describe("churn-v1-prod") != "serving":
        assert retirement(scene).drilled_at is not None


def check_answers(scene: Scene, state: Retirement, happened: list[events.AnyEvent]) -> None:
    """Every answer Slack was told is taken is on record once; whoever changed their mind has the last word."""
    votes: dict[str, list[Choice]] = defaultdict(list)
    for event in happened:
        if isinstance(event, events.Voted):
            votes[event.by].append(event.ballot.choice)
    approve = [Choice.APPROVE]
    assert votes == {ADA: approve, MINA: [Choice.ABSTAIN, *approve], PRIYA: approve, SAM: approve}
    moved = [event.consumer_id for event in happened if is_change(event, Duty.MIGRATED)]
    pressed = {value.partition("|")[2] for _, action, value in scene.people.acknowledged if action == "duty.migrated"}
    assert sorted(set(moved)) == sorted(moved)
    assert pressed <= set(moved)
    read = {event.by for event in happened if is_change(event, Duty.ACKNOWLEDGED)}
    assert {duty.duty for duty in state.obligations} == {Duty.MIGRATED}
    assert read


def is_change(event: events.AnyEvent, duty: Duty) -> bool:
    return isinstance(event, events.DutyChanged) and event.duty is duty


def check_order(happened: list[events.AnyEvent]) -> None:
    """Each turn of the story came once, and nothing was switched off before its copy was proven."""
    turns = (
        events.Proposed,
        events.Approved,
        events.Announced,
        events.ArchiveStored,
        events.DrillPassed,
        events.EndpointDisabled,
        events.Disabled,
        events.Closed,
    )
    assert [type(event) for event in happened if isinstance(event, turns)] == list(turns)
    kinds = [event.step if isinstance(event, events.StepStarted) else type(event) for event in happened]
    assert kinds.index(events.DrillPassed) < kinds.index(StepKind.DISABLE)


def state_of(record: SqliteStore) -> Retirement:
    found = retirement_of("RET-1", record.state("RET-1"))
    return found or Retirement(id="RET-1")


def retirement(scene: Scene) -> Retirement:
    record = scene.record()
    try:
        return state_of(record)
    finally:
        record.close()


def await_record(scene: Scene, holds: Callable[[SqliteStore], bool], seconds: float = 60.0) -> None:
    """Wait until this is true of the record; Slack's next call, or a tenth of a second, is when to look again."""
    record, until = scene.record(), time.monotonic() + seconds
    while not holds(record):
        assert time.monotonic() < until, f"{state_of(record).state}, {waiting(record)}; {scene.keeper.said()}"
        with scene.slack.ws.changed:
            scene.slack.ws.changed.wait(0.1)
    record.close()
