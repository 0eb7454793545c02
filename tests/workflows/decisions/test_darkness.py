"""Switching that does not come to its end: told once, and what may be off can be brought back."""

from __future__ import annotations

import pytest

from data import events
from data.errors import Refused
from data.events import EMERITUS
from data.records.progress import Progress, StepKind
from data.records.retirement import State
from tests.builders import (
    BATCH,
    DISABLE_AT,
    LIVE,
    PAT,
    WHY,
    Story,
    a_dark,
    a_migrated,
    a_subject,
    days,
    failing,
    revising,
)
from workflows import commands as cmd
from workflows.rules.lifecycle import maybe_dark

BOTH = a_subject(endpoints=(LIVE, BATCH))


def delayed(action: str = "disable", reason: str = "it is still deleting") -> cmd.RecordDelayed:
    return cmd.RecordDelayed(by=EMERITUS, endpoint_id=LIVE.id, action=action, reason=reason)


def going_dark() -> Story:
    """Sent to be switched off, and nobody can say what came of it."""
    story = a_migrated(BOTH).until(DISABLE_AT).proves()
    story.does(delayed())
    return story


def test_why_a_switch_takes_long_is_told_once_anew_when_it_is_another_reason_and_every_day():
    story = going_dark()
    assert not story.does(delayed(), at=DISABLE_AT + days(0.9)).events
    assert story.does(delayed(reason="AWS answers 503")).events
    assert story.does(delayed(reason="AWS answers 503"), at=DISABLE_AT + days(2)).events


def test_what_may_be_off_is_neither_called_off_nor_planned_anew():
    story = going_dark()
    assert maybe_dark(story.state) == {LIVE.id}
    with pytest.raises(Refused, match="its endpoints are being switched off"):
        story.does(cmd.Cancel(by=PAT, why=WHY))
    with pytest.raises(Refused):
        story.does(revising())


def test_service_is_back_only_once_what_may_be_off_is_seen_to_serve():
    story = going_dark()
    story.does(cmd.Restore(by=PAT, why=WHY))
    story.does(cmd.RecordRestored(by=EMERITUS, endpoint_id=BATCH.id))
    assert story.state.state is State.MIGRATING
    story.does(cmd.RecordRestored(by=EMERITUS, endpoint_id=LIVE.id))
    assert story.state.state is State.ROLLED_BACK
    assert story.state.delays == ()


def test_a_switch_that_came_to_its_end_is_late_no_more():
    assert going_dark().works().state.delays == ()
    story = going_dark()
    story.does(failing(story, StepKind.DISABLE, "it was seen to serve"))
    assert story.state.progress(StepKind.DISABLE).progress is Progress.HELD
    assert maybe_dark(story.state) == frozenset()


def test_a_second_request_for_service_names_what_it_waits_for():
    story = a_dark()
    story.does(cmd.Restore(by=PAT, why=WHY))
    story.does(delayed("restore", "Cannot restore endpoint churn-live: its config is gone"))
    assert story.of(events.SwitchDelayed)
    assert story.does(cmd.Restore(by=PAT, why=WHY)).reply == (
        "RET-1 is being restored already. churn-live: Cannot restore endpoint churn-live: its config is gone."
    )
