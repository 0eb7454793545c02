"""What waited for somebody's hours is told whole, once, and to nobody above before the owner had it, as foretold."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path

import pytest
from msgspec.structs import replace

from data.policies.policy import read_windows
from data.records.decision import NotDone
from data.records.hours import Hours
from data.records.plan import Reason
from data.records.progress import StepKind
from data.records.retirement import Duty
from tests.builders import WHY, a_policy
from tests.workflows.living import PAT, ROLES, Clocks, Living, company, people_in
from tests.workflows.test_outlook import ENDS, foretold
from workflows import commands as cmd
from workflows.decisions.delegations import stream_of
from workflows.outlook import Outlook

ANN, BEN, MAY, DEE = "UANN", "UBEN", "UMAY", "UDEE"
ANNS, BENS = "component:default/user-0", "component:default/user-1"
OFFICE = Hours(windows=replace(read_windows(), owner_hours=8), zone="UTC")
LATE = "acknowledge@2027-01-12"


def away(first: date, last: date) -> Hours:
    return replace(OFFICE, away=((first, last),))


def a_life(folder: Path, *, consumers: int = 2, lead_days: int = 7, **hours: Hours) -> Living:
    """May manages Ann and Ben, who have a consumer each; Dee is a colleague. Announced on Tuesday, January 5."""
    reading = company({"a": (ANN,), "b": (BEN,), "d": (DEE,)}, {ANN: MAY, BEN: MAY}, consumers=consumers)
    policy = a_policy(
        roles=ROLES, review_days=1, recheck_hours=168, round_expires_days=20, migrate_lead_days=lead_days
    )
    every: Mapping[str, Hours] = dict.fromkeys(people_in(reading), OFFICE) | hours
    life = Living(folder, policy, reading, every)
    life.proposes()
    life.approves()
    return life


def on(day: int, hour: int = 9) -> datetime:
    return datetime(2027, 1, day, hour, tzinfo=UTC)


def heard(life: Living, person: str) -> list[tuple[datetime, str]]:
    return [(at, notice) for at, to, notice, _ in life.notebook.sent if to == person]


def escalated(life: Living, to: str) -> list[tuple[datetime, str]]:
    """When somebody heard of those who are late, and of whose consumers."""
    told = [
        one for one in life.notebook.sent if one[1:3] == (to, "escalation") and one[3]["milestone"] == LATE
    ]
    return [(at, body["consumer_ids"]) for at, _, _, body in told]


@pytest.mark.parametrize(
    ("acknowledged", "named"),
    [((), f"{ANNS}\n{BENS}"), ((ANNS,), BENS)],
    ids=["nobody answers", "one answers"],
)
def test_whoever_answers_for_a_manager_hears_in_one_message_of_all_that_are_still_late(
    tmp_path: Path, acknowledged: tuple[str, ...], named: str
):
    """Ben comes back the day after and has until the evening, so that May has two messages in one morning."""
    absent = away(date(2027, 1, 13), date(2027, 1, 14))
    hours = {BEN: away(date(2027, 1, 5), date(2027, 1, 12)), MAY: absent, DEE: absent}
    with a_life(tmp_path, **hours) as life:
        life.does(cmd.Delegate(by=MAY, to=DEE, until=date(2027, 1, 20)), stream_of(MAY))
        life.until(on(14, 12))
        if acknowledged:
            life.does(cmd.ChangeDuty(by=ANN, consumer_ids=acknowledged, duty=Duty.ACKNOWLEDGED))
        heard, ahead = len(life.notebook.sent), foretold(life)
        life.until(ENDS)
        assert escalated(life, DEE)[:1] == [(on(15), named)]
        assert life.sent_after(heard) == ahead


def test_what_waited_for_a_morning_when_it_was_paused_goes_once_it_goes_on_and_holds_nothing_up(
    tmp_path: Path,
):
    with a_life(tmp_path, consumers=4, **{ANN: away(date(2027, 1, 5), date(2027, 1, 8))}) as life:
        life.until(on(7, 12))
        life.does(cmd.Pause(by=PAT, why=WHY))
        life.does(cmd.Waive(by=PAT, what="component:default/user-3", reason=WHY))
        life.until(on(13, 12))
        assert heard(life, ANN) == [(on(11), "waived")]
        life.does(cmd.Resume(by=PAT))
        assert heard(life, ANN)[1:] == [(on(13, 12), "dm"), (on(13, 12), "reminder")], "and of her new dates"
        told, ahead = len(life.notebook.sent), foretold(life)
        life.until(ENDS)
        assert life.sent_after(told) == ahead


def test_after_the_plan_was_edited_the_dry_run_has_nothing_of_the_old_one_and_nobody_who_has_moved(
    tmp_path: Path,
):
    """May is away when the old day is over, and back before the new announcement. Ann has moved."""
    with a_life(tmp_path, **{MAY: away(date(2027, 1, 13), date(2027, 1, 14))}) as life:
        life.until(on(6))
        life.does(cmd.ChangeDuty(by=ANN, consumer_ids=(ANNS,), duty=Duty.MIGRATED))
        life.until(on(13, 12))
        assert [one.person for one in life.store.asleep()] == [MAY]
        life.does(cmd.Revise(by=PAT, reason=Reason.COST, why=WHY, target_on=date(2027, 4, 1)))
        told, ahead = len(life.notebook.sent), foretold(life)
        life.approves()
        life.until(ENDS)
        assert life.sent_after(told) == ahead
        assert [at for at, _ in escalated(life, MAY)] == []
        assert [notice for _, notice in heard(life, ANN)] == ["dm", "dm"], "she hears of the new dates"


@pytest.mark.parametrize(
    ("ticks", "silent", "assumed"),
    [(0.1, "", set()), (0.1, MAY, {MAY}), (1.5, "", {BEN, MAY})],
    ids=["in time", "asked away", "out of time"],
)
def test_slack_is_asked_for_everybodys_clock_for_a_while_and_whose_is_not_known_is_told(
    tmp_path: Path, ticks: float, silent: str, assumed: set[str]
):
    class Slow(Clocks):
        def hours_of(self, slack_id: str, now: datetime, *, is_ahead: bool = False) -> Hours | NotDone:
            return NotDone(retry_at=now, why="later") if slack_id == silent else OFFICE

    with a_life(tmp_path) as life:
        seconds = count(step=ticks)
        slow = Slow(dict.fromkeys(life.people, OFFICE))
        outlook = Outlook(
            store=life.store, gatherer=life.gatherer, timekeeper=slow, stopwatch=lambda: next(seconds)
        )
        heard = outlook.ahead(life.state, life.world.at)
    assert {one.place for one in heard if one.is_assumed} == assumed


@pytest.mark.parametrize("is_edited", [False, True], ids=["paused", "edited"])
def test_whoever_was_told_of_a_date_hears_when_it_moves_also_who_has_moved_and_those_above(
    tmp_path: Path, *, is_edited: bool
):
    with a_life(tmp_path) as life:
        life.until(on(13, 12))
        life.does(cmd.ChangeDuty(by=ANN, consumer_ids=(ANNS,), duty=Duty.MIGRATED))
        before = len(life.notebook.sent)
        if is_edited:
            life.does(cmd.Revise(by=PAT, reason=Reason.COST, why=WHY, target_on=date(2027, 4, 1)))
            ahead = foretold(life)
            life.approves()
        else:
            life.does(cmd.Pause(by=PAT, why=WHY))
            life.until(on(14, 20))
            life.does(cmd.Resume(by=PAT))
            ahead = foretold(life)
        life.until(on(16))
        told = [one for one in life.sent_after(before) if one[2] != "void votes"]
        assert told == ahead[: len(told)]
        asked = "dm" if is_edited else "reminder"
        assert [one[1:3] for one in told if one[1] != "CGOV"] == [
            (ANN, "dm" if is_edited else "informed"),
            (BEN, asked),
            (MAY, "informed"),
        ]
        assert {at.hour for at, *_ in told} == {9}, "in the morning"


@pytest.mark.parametrize("lead_days", [7, 6, 5], ids=["Friday", "Saturday", "Sunday"])
def test_nobody_above_hears_that_a_day_is_over_before_its_last_reminder_came(tmp_path: Path, lead_days: int):
    """Ann works where it is early in the morning when steps run, and her manager where it is noon."""
    hours = {ANN: replace(OFFICE, zone="America/Sao_Paulo"), MAY: replace(OFFICE, zone="Europe/Berlin")}
    with a_life(tmp_path, consumers=1, lead_days=lead_days, **hours) as life:
        told, ahead = len(life.notebook.sent), foretold(life)
        life.until(ENDS)
        assert life.sent_after(told) == ahead
        day = life.state.plan.step(StepKind.MIGRATE).due_at
        about_it = [
            (person, notice, at)
            for at, person, notice, body in life.notebook.sent
            if body.get("milestone") in (f"migrate-0d@{day:%Y-%m-%d}", f"migrate@{day:%Y-%m-%d}")
            and person != "CGOV"
        ]
        assert [one[:2] for one in about_it] == [(ANN, "reminder"), (MAY, "escalation")]
        assert about_it[-1][-1].date() == date(2027, 3, 1), "and on the Monday in any case"
