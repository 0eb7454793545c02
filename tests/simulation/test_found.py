"""What the simulator found in the product, each alone and small, so that it stays mended."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.ids import Action
from bot.views.card.proposal import card
from data import events
from data.events import EMERITUS
from data.records.digests import DigestState
from data.records.progress import StepKind
from data.records.retirement import State
from data.records.rounds import Choice
from tests.builders import (
    ARCHIVE_AT,
    IMPACT,
    PAT,
    SELMA,
    WHY,
    a_dark,
    a_running_retirement,
    an_impacted,
    facts_for,
    revising,
)
from tests.simulation.company import GOVERNANCE
from tests.simulation.faults import Weather
from tests.simulation.run import simulate
from tests.simulation.slack import buttons
from tests.simulation.town import Town
from workflows import commands as cmd
from workflows.decisions import digests
from workflows.rules.gating.readiness import readiness

NEWCOMER = an_impacted("late-comer")


def a_quiet_town(folder: Path) -> Town:
    return Town(folder, 1, weather=Weather(), wishes=("archived",))


def digests_in(town: Town) -> list[str]:
    return [one.key for one in town.workspace.channels.get(GOVERNANCE, ()) if one.key.startswith("digest/")]


def test_a_sender_that_stood_still_does_not_post_what_another_may_be_posting(tmp_path: Path) -> None:
    town = a_quiet_town(tmp_path)
    town.begin()
    town.clock.reach(datetime(2027, 1, 4, 9, tzinfo=UTC))
    while not town.process.bench:
        town.process.dispatcher.drain()
    town.clock.pass_(45)
    town.process.bench.run_some()
    assert digests_in(town) == []
    town.process.work()
    assert digests_in(town) == ["digest/2027-01-04"]
    town.end()


def test_a_proof_that_is_weeks_old_switches_nothing_off_and_is_made_again(tmp_path: Path) -> None:
    town = a_quiet_town(tmp_path)

    def down_for_long() -> None:
        """Right after the proof was recorded, and once only."""
        told = [entry.event for entry in town.process.store.events("RET-1")]
        if any(isinstance(event, events.ArchiveConfirmed) for event in told):
            del town.boundaries.at["settled"]
            town.clock.pass_(timedelta(days=10).total_seconds())

    town.boundaries.at["settled"] = down_for_long
    town.run()
    (history,) = town.witness.histories.values()
    failed = [event.reason for event in history.entries if isinstance(event, events.StepFailed)]
    assert len(failed) == 1
    assert "too long ago to rely on" in failed[0]
    assert sum(isinstance(event, events.ArchiveConfirmed) for event in history.entries) == 3
    assert history.state is State.ARCHIVED


def telling(state: DigestState) -> cmd.TellDigest:
    assert state.sent_at is not None
    return cmd.TellDigest(by=EMERITUS, since=state.sent_at, tells=True, draws=False)


def test_a_late_digest_is_told_with_the_regular_one_of_its_day() -> None:
    night, morning = datetime(2027, 1, 11, 2, tzinfo=UTC), datetime(2027, 1, 11, 9, tzinfo=UTC)
    before = DigestState(version=3, sent_at=night - timedelta(days=9))
    late = digests.tell(before, telling(before), facts_for(), night)
    regular = digests.tell(before, telling(before), facts_for(), morning)
    assert [effect.key for effect in (*late.effects, *regular.effects)] == ["digest/2027-01-11"]
    assert [timer.due_at for timer in late.timers] == [morning]


def test_the_plan_can_be_edited_on_the_card_after_a_vote_on_cancelling_ended() -> None:
    story = a_running_retirement()
    story.does(cmd.Cancel(by=PAT, why=WHY))
    story.votes(SELMA, choice=Choice.REJECT, comment=WHY)
    story.does(cmd.RunStep(by=EMERITUS, step=StepKind.ARCHIVE), at=ARCHIVE_AT, impact=(*IMPACT, NEWCOMER))
    assert story.of(events.CancellationDropped)
    assert (Action.PROPOSAL_REVISE, "RET-1") in buttons(card(story.state))


def test_owners_are_not_left_with_buttons_when_a_changed_plan_is_rejected() -> None:
    story = a_running_retirement()
    story.does(revising(target_on=date(2027, 4, 1)))
    assert story.state.plan is not None
    rejection = cmd.Cast(
        by=SELMA,
        choice=Choice.REJECT,
        plan_digest=story.state.plan.digest,
        round_number=2,
        comment=WHY,
    )
    decision = story.does(rejection)
    assert story.state.state is State.REJECTED
    assert "RET-1/announcement-1/dm/UCARL/edit" in {effect.key for effect in decision.effects}


def test_a_consumer_that_appears_when_all_is_dark_does_not_keep_a_lost_archive_from_being_made_again() -> (
    None
):
    state = a_dark().state
    assert state.plan is not None
    step = state.plan.step(StepKind.ARCHIVE)
    facts = facts_for(impact=(*IMPACT, NEWCOMER))
    assert readiness(state, step, facts, step.due_at).gates == ()


@pytest.mark.long
@pytest.mark.parametrize(("seed", "retirements"), [(152, 4), (1554, 1), (1981, 1)])
def test_worlds_that_once_told_somebody_twice_tell_everybody_once(seed: int, retirements: int) -> None:
    report = simulate(retirements=retirements, seed=seed, together=retirements)
    assert not report.violation, str(report)
