"""Up to twenty kills during one retirement: it ends archived, and no vote, reminder or message is lost or doubled."""

from __future__ import annotations

import os
import random
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from data import events
from data.records.progress import StepKind
from data.records.retirement import Duty, Retirement, State
from data.records.rounds import Choice
from data.sqlite.store import SqliteStore
from tests.kill.aftermath import await_record, check_people_told, check_told_once, waiting
from tests.kill.bot_process import GRACE_SECONDS
from tests.kill.conftest import Scene
from tests.kill.people import offered
from workflows.machine import retirement_of

KILLS = 20
LAST_ANSWER_AFTER = 14  # kills; the switch-off waits for it
OWNERS = 7
TOM, ADA, MINA, PRIYA, SAM = "U01TOMBIRCH", "U01ADAOKAFOR", "U01MINAPARK", "U01PRIYARAMAN", "U01SAMODUYA"
GRACE, LUCA = "U01GRACEWHITLOCK", "U01LUCAFERRI"  # one team, the last to answer
APPROVE, ABSTAIN = "vote.approve", "vote.abstain"
FAULTS = ("accepted_then_reset", "accepted_then_500", "late", "server_error", "rate_limited")
LATE_CALLS = 2  # so many calls later a late message is in history, within the bot's grace


@pytest.mark.long
def test_twenty_kills_lose_and_double_nothing(scene: Scene) -> None:
    """What is printed on failure makes the bot die at about the same moments again."""
    seed = os.environ.get("KILL_SEED") or str(random.SystemRandom().randrange(1_000_000))
    print(f"KILL_SEED={seed}")
    chance = random.Random(seed)
    lives = lengths(chance)
    with ThreadPoolExecutor(1) as everybody:
        story = everybody.submit(tell, scene)
        for _ in range(KILLS):
            scene.keeper.start()
            spoil(scene, chance)
            live_a_while(scene, chance, next(lives))
            scene.keeper.kill()
            check_nothing_goes_dark_unproven(scene)
            if (
                retirement(scene).state is State.ARCHIVED
            ):  # days pass while a busy machine takes long to start one
                break
        assert scene.keeper.kills > LAST_ANSWER_AFTER, "the kills must fall into the story"
        scene.keeper.start()
        story.result(60)
    await_record(
        scene.record,
        lambda record: state_of(record).state is State.ARCHIVED and not waiting(record),
        scene.keeper,
    )
    assert scene.keeper.stop() == 0

    check_story(scene)


def check_story(scene: Scene) -> None:
    """Record, Slack and endpoints tell of one whole retirement, everything in it once."""
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
    scene.people.propose(
        TOM,
        reason="replaced",
        successor="resource:default/churn-v2",
        why="churn-v2 is better on every segment",
        target=lambda: scene.town.calendar.at(time.time()) + timedelta(days=40),
    )
    go_on(scene)


def go_on(scene: Scene) -> None:
    """Once it is proposed."""
    people, keeper = scene.people, scene.keeper
    people.press(MINA, people.card, ABSTAIN)
    first_word = people.answers[-1]
    for kills, voter in enumerate((ADA, MINA, PRIYA, SAM), start=2):
        keeper.await_kills(kills)
        people.press(voter, people.card, APPROVE)
    scene.slack.redeliver(first_word, retry=3)
    scene.slack.wait_for(lambda: len(people.owners()) == OWNERS, 40)
    others = [person for person in people.owners() if person not in (GRACE, LUCA)]
    for person in others:
        if offered(people.announcement(person), "duty.acknowledge_all"):
            people.press(person, lambda who=person: people.announcement(who), "duty.acknowledge_all")
    keeper.await_kills(10)
    for person in others:
        move(scene, person)
    scene.slack.wait_for(lambda: len(people.reminders(GRACE)) >= 2, 60)
    keeper.await_kills(LAST_ANSWER_AFTER)
    move(scene, GRACE)


def move(scene: Scene, person: str) -> None:
    """Press Migrated for every consumer of a person that still shows the button."""
    for value in offered(scene.people.announcement(person), "duty.migrated"):
        scene.people.press(person, lambda: scene.people.announcement(person), "duty.migrated", value)


def spoil(scene: Scene, chance: random.Random) -> None:
    """Let a call of this life go wrong. What was late has arrived by the time a bot is back."""
    for _ in range(LATE_CALLS):
        scene.slack.web_api.answer("auth.test", {}, scene.slack.bot_token)
    if chance.random() < 0.7:
        scene.slack.fail_next("chat.postMessage", chance.choice(FAULTS), hidden_for=LATE_CALLS)
    if chance.random() < 0.3:
        scene.slack.fail_next("chat.update", chance.choice(FAULTS))


def lengths(chance: random.Random) -> Iterator[float]:
    """Seconds to live: of four lives one is long enough for what an earlier one left to be looked up."""
    while True:
        block = [
            *(chance.uniform(0, 1) for _ in range(3)),
            chance.uniform(GRACE_SECONDS + 1, 2 * GRACE_SECONDS),
        ]
        chance.shuffle(block)
        yield from block


def live_a_while(scene: Scene, chance: random.Random, seconds: float) -> None:
    """Until that moment; a short life ends earlier when the bot calls Slack, in the middle of its work."""
    slack = scene.slack
    enough = len(slack.web_api.calls) + (chance.randint(1, 6) if seconds < 1 else 10_000)
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
    pressed = scene.people.acknowledged
    readers = {who for who, action, _ in pressed if action == "duty.acknowledge_all"}
    theirs = {
        duty.consumer.consumer_id
        for duty in state.obligations
        if readers.intersection(duty.consumer.owners.slack_ids)
    }
    assert theirs
    assert changed(happened, Duty.ACKNOWLEDGED) == sorted(theirs)
    moved = {value.split("|")[1] for _, action, value in pressed if action == "duty.migrated"}
    assert moved <= set(changed(happened, Duty.MIGRATED))
    assert changed(happened, Duty.MIGRATED) == sorted(duty.consumer.consumer_id for duty in state.obligations)
    assert {duty.duty for duty in state.obligations} == {Duty.MIGRATED}


def changed(happened: list[events.AnyEvent], duty: Duty) -> list[str]:
    """The consumers of which this was said, as often as it is on record."""
    said = [event for event in happened if isinstance(event, events.DutyChanged) and event.duty is duty]
    return sorted(event.consumer_id for event in said)


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
