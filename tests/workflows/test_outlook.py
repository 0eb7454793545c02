"""What a dry run tells is what will happen: person, message and instant, whatever the policy, zones and days."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from msgspec.structs import replace

from data.errors import Invalid
from data.policies.policy import parsed, read_windows
from data.records.hours import Hours
from data.records.retirement import Duty, State
from tests.builders import WHY, a_policy
from tests.workflows.living import FIRST_DAY, PAT, ROLES, Living, Sent, company, in_order, people_in
from workflows import commands as cmd
from workflows.decisions.delegations import stream_of
from workflows.outlook import Outlook
from workflows.rules.people.escalation import COMPANY
from workflows.rules.telling.informing import CLOSED

ENDS = FIRST_DAY + timedelta(days=300)
ZONES = ("UTC", "Europe/Lisbon", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "Asia/Kathmandu")
TARGETS = (
    "owner",
    "delegate",
    "lead",
    "manager",
    "manager(2)",
    "coordinator",
    "channel",
    "channel:#ml",
    "group:sre",
)

WHENS = (
    "tier = 3",
    "tier = 1",
    'deadline = "migrate"',
    'state = "open"',
    'state = "not mine"',
    *(f"days_left_max = {days}" for days in (0, 5, 14)),
)


def a_tree(rand: Random, deep: int = 0) -> list[str]:
    """Steps at random, as TOML has them."""
    steps = []
    for _ in range(rand.randint(1, 3)):
        match rand.choice(
            ("notify", "notify", "wait", "wait", "branch", "repeat") if deep < 2 else ("notify", "wait")
        ):
            case "notify":
                steps.append(f"{{ notify = {rand.sample(TARGETS, rand.randint(1, 2))!r} }}")
            case "wait":
                steps.append(_a_wait(rand))
            case "branch":
                when = rand.choice(WHENS)
                sides = f"then = [{', '.join(a_tree(rand, deep + 1))}]"
                if rand.random() < 0.5:
                    sides += f", otherwise = [{', '.join(a_tree(rand, deep + 1))}]"
                steps.append(f"{{ when = {{ {when} }}, {sides} }}")
            case _:
                inner = ", ".join([*a_tree(rand, deep + 1), _a_wait(rand)])
                steps.append(f"{{ repeat = 2, steps = [{inner}] }}")
    return steps


def _a_wait(rand: Random) -> str:
    days, hours = rand.randint(1, 4), rand.randint(1, 20)
    return rand.choice(
        (f"{{ wait_days = {days} }}", f"{{ wait_hours = {hours} }}", '{ wait_until = "window" }')
    )


def a_policy_at_random(rand: Random) -> Any:
    """One whose steps `policy check` lets pass."""
    while True:
        toml = f'[escalation]\non_exhausted = "{rand.choice(("channel", "coordinator"))}"\n'
        toml += f"steps = [{', '.join(a_tree(rand))}]"
        try:
            escalation = parsed(toml, source="random.toml").escalation
        except Invalid:
            continue
        return a_policy(
            roles=ROLES,
            review_days=1,
            recheck_hours=168,
            round_expires_days=20,
            acknowledge_days=rand.choice((3, 7, 12)),
            reminder_days=rand.choice(((30, 7, 1, 0), (3, 2, 1), (14,))),
            zone=rand.choice(ZONES),
            step_hour=rand.choice((0, 9, 23)),
            escalation=escalation,
        )


def hours_at_random(rand: Random, people: list[str]) -> dict[str, Hours]:
    begins = rand.choice((0, 7, 9))
    windows = replace(
        read_windows(),
        weekdays=rand.choice(((0, 1, 2, 3, 4), (6, 0, 1, 2, 3), (1,))),
        from_hour=begins,
        until_hour=begins + rand.choice((4, 8, 15)),
        owner_hours=rand.choice((0, 3, 8, 20)),
    )
    days = [FIRST_DAY.date() + timedelta(days=number) for number in range(200)]
    people = [*people, COMPANY]
    return {
        person: Hours(
            windows=windows,
            zone=rand.choice(ZONES),
            holidays=frozenset(rand.sample(days, rand.choice((0, 5, 40)))),
            away=((away := rand.choice(days), away + timedelta(days=rand.randint(0, 12))),),
        )
        for person in people
    }


def a_life(rand: Random, folder: Path) -> Living:
    people = [f"U{number:02}" for number in range(rand.randint(1, 8))]
    teams = {
        f"team-{number}": tuple(rand.sample(people, rand.randint(0, min(3, len(people)))))
        for number in range(rand.randint(1, 4))
    }
    teams["sre"] = tuple(rand.sample(people, 1))
    managers = {person: rand.choice([*people, "UBOSS"]) for person in people if rand.random() < 0.7}
    managers = {person: above for person, above in managers.items() if above != person}
    reading = company(teams, managers, consumers=rand.randint(1, 7))
    hours = hours_at_random(rand, people_in(reading)) if rand.random() < 0.9 else None
    return Living(folder, a_policy_at_random(rand), reading, hours)


def foretold(life: Living) -> list[Sent]:
    """What the dry run says will be sent from now on."""
    outlook = Outlook(store=life.store, gatherer=life.gatherer, timekeeper=life.timekeeper)
    told = outlook.ahead(life.state, life.world.at)
    assert list(told) == sorted(told, key=lambda one: one.at)
    # Nothing is archived here, which holds up the end.
    said = (one for one in told if one.body.get("news") != CLOSED)
    return in_order((one.at, one.place, one.notice, one.body) for one in said)


def somebody_delegates(rand: Random, life: Living) -> None:
    """Or takes it back. A loop is refused, which changes nothing."""
    who, *others = rand.sample(life.people, len(life.people))
    if PAT in (who, *others[:1]) or not others:
        return  # whoever answers for the proposer has no vote
    to = others[0]
    until = (life.world.at + timedelta(days=rand.randint(2, 60))).date()
    is_back = rand.random() < 0.2
    wish = cmd.EndDelegation(by=who, person=who) if is_back else cmd.Delegate(by=who, to=to, until=until)
    life.does(wish, stream_of(who))


def people_do_something(rand: Random, life: Living) -> None:
    """Somebody answers, hands back, wants to be left in peace, or it is paused for a while."""
    owing = [one for one in life.state.obligations if one.consumer.owners.slack_ids]
    if not owing or life.state.state is not State.MIGRATING:
        return
    duty = rand.choice(owing)
    who = rand.choice(duty.consumer.owners.slack_ids)
    match rand.choice(("answer", "answer", "snooze", "pause", "delegate")):
        case "answer":
            said = rand.choice((Duty.ACKNOWLEDGED, Duty.NOT_MINE, Duty.MIGRATED))
            life.does(cmd.ChangeDuty(by=who, consumer_ids=(duty.consumer.consumer_id,), duty=said))
        case "snooze":
            life.does(cmd.Snooze(by=who))
        case "delegate":
            somebody_delegates(rand, life)
        case _:
            life.does(cmd.Pause(by=PAT, why=WHY))
            life.until(life.world.at + timedelta(days=rand.randint(0, 9), hours=rand.randint(0, 23)))
            life.does(cmd.Resume(by=PAT))
    life.until(life.world.at + timedelta(hours=rand.randint(0, 100)))


def told_as_foretold(rand: Random, folder: Path) -> int:
    """Once before the announcement and once at some time after it; how many messages that were."""
    with a_life(rand, folder) as life:
        for _ in range(rand.choice((0, 0, 1, 2, 5))):
            somebody_delegates(rand, life)
        life.proposes()
        if rand.random() < 0.5:
            life.approves()
            life.until(FIRST_DAY + timedelta(days=2))
            assert life.state.state in (State.APPROVED, State.MIGRATING)
        else:
            life.approves()
        before = len(life.notebook.sent)
        first = foretold(life)
        at = FIRST_DAY + timedelta(hours=rand.randint(24, 24 * 90))
        life.until(at)
        is_untouched = rand.random() < 0.4
        for _ in range(0 if is_untouched else rand.randint(1, 4)):
            people_do_something(rand, life)
        halfway = len(life.notebook.sent)
        second = foretold(life)
        life.until(ENDS)
        if is_untouched:
            assert life.sent_after(before) == first
        assert life.sent_after(halfway) == second
        return len(first)


@pytest.mark.parametrize("seed", range(4))
def test_what_is_told_ahead_is_what_is_sent(seed: int, tmp_path: Path):
    assert told_as_foretold(Random(seed), tmp_path) > 0


OFFICE = Hours(windows=replace(read_windows(), country=""), zone="UTC")
MORNING = datetime(2027, 1, 19, 9, tzinfo=UTC)
NIGHT = MORNING - timedelta(hours=7)


@pytest.mark.parametrize(
    ("known", "opens_at"),
    [
        pytest.param({}, MORNING, id="as it was"),
        pytest.param(
            {"away": ((MORNING.date(), MORNING.date()),)}, MORNING + timedelta(days=1), id="on leave"
        ),
        pytest.param({"zone": "America/New_York"}, MORNING + timedelta(hours=5), id="in another zone"),
        pytest.param(
            {"quiet": ((NIGHT, MORNING + timedelta(hours=2)),)}, MORNING + timedelta(hours=2), id="resting"
        ),
    ],
)
def test_what_waits_already_is_foretold_by_the_hours_there_are_now(
    known: dict[str, Any], opens_at: datetime, tmp_path: Path
):
    reading = company({"shop": ("UINES",)}, {}, consumers=1)
    hours = dict.fromkeys((*people_in(reading), COMPANY), OFFICE)
    with Living(tmp_path, a_policy(roles=ROLES, zone="UTC", step_hour=2), reading, hours) as life:
        life.proposes()
        life.approves()
        life.until(NIGHT)
        outlook = Outlook(store=life.store, gatherer=life.gatherer, timekeeper=life.timekeeper)
        (waits,) = outlook.asleep(life.state, life.world.at)
        assert (waits.person, waits.until) == ("UINES", MORNING)
        hours["UINES"] = replace(OFFICE, **known)
        first, *_ = foretold(life)
        (waits,) = outlook.asleep(life.state, life.world.at)
        before = len(life.notebook.sent)
        life.until(opens_at)
        ((at, to, *_),) = life.sent_after(before)
        assert (at, to) == first[:2] == (waits.until, waits.person) == (opens_at, "UINES")


@pytest.mark.long
def test_what_is_told_ahead_is_what_is_sent_in_many_companies(tmp_path: Path):
    kinds: Counter[bool] = Counter()
    for seed in range(1_000, 1_060):
        (folder := tmp_path / str(seed)).mkdir()
        kinds[told_as_foretold(Random(seed), folder) > 10] += 1
    assert kinds[True] > 20
