"""What was settled when dates moved has the new ones once it is open again: nobody is late by a day that is gone."""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from data.records.progress import StepKind
from data.records.retirement import Duty
from tests.builders import BILL, a_running_retirement
from workflows.rules.consumers import obligations


def test_a_duty_that_is_open_again_has_the_day_its_plan_moved_to():
    state = a_running_retirement().state
    assert state.plan is not None
    settled = replace(state.obligations[0], duty=Duty.MIGRATED)
    plan_day = state.plan.step(StepKind.MIGRATE).due_at
    before = replace(settled, migrate_by=plan_day - timedelta(days=1))
    assert obligations.moves_by(before, state) == plan_day
    granted = replace(settled, migrate_by=plan_day + timedelta(days=5))
    assert obligations.moves_by(granted, state) == granted.migrate_by, "more time that was granted stays"
    assert obligations.contested(before, state, BILL).migrate_by == plan_day
