"""The table of states: what is in it happens, what is not in it changes nothing, and the picture shows it."""

from __future__ import annotations

from typing import Any, get_args

import msgspec
import pytest
from msgspec.structs import replace

from data import events
from data.errors import Refused
from data.events.brownouts import BrownoutAborted, BrownoutBegun
from data.records.base import Prose
from data.records.progress import Progress, StepKind, StepProgress
from data.records.retirement import Retirement, State
from data.records.switches import ManualCheck
from tests.builders import EDGE, LIVE, PROPOSED_AT, a_plan, a_proposed
from workflows.rules import lifecycle
from workflows.rules.folding import evolve
from workflows.rules.lifecycle import ENDED, LIVING, MOVING, PERMITS, TRANSITIONS

ILLEGAL = [
    pytest.param(state, kind, id=f"{state}-{kind.__name__}")
    for state in State
    for kind in sorted(MOVING, key=lambda kind: kind.__name__)
    if (state, kind) not in TRANSITIONS
]
ROUND = a_proposed().state.round
FIELDS: dict[type[events.Event], dict[str, Any]] = {
    events.Announced: {"obligations": ()},
    BrownoutBegun: {"number": 1, "before": ()},
    BrownoutAborted: {"number": 1, "because": "it is paused"},
    events.Approved: {"round_number": 1, "plan_digest": "sha256:aa"},
    events.Cancelled: {"round_number": 1},
    events.RoundReopened: {"round_number": 1, "expires_at": ROUND.expires_at},
    events.Expired: {"round_number": 1, "missing": {}},
    events.Rejected: {"round_number": 1, "role": "security"},
    events.Proposed: {
        "plan": a_plan(),
        "why": Prose(),
        "policy": a_proposed().state.policy,
        "coordinator_id": "UPAT",
        "impact": (),
        "impact_notes": (),
        "round": ROUND,
    },
    events.Revised: {"plan": a_plan(), "why": Prose(), "impact": (), "impact_notes": (), "round": ROUND},
}


def an_event(kind: type[events.Event]) -> Any:
    return kind(at=PROPOSED_AT, by="UPAT", **FIELDS.get(kind, {}))


def in_state(state: State, **changes: Any) -> Retirement:
    return replace(a_proposed().state, state=state, **changes)


@pytest.mark.parametrize(("state", "kind"), ILLEGAL)
def test_an_event_the_table_does_not_have_raises_and_moves_nothing(state, kind):
    before = in_state(state)
    stored = msgspec.json.encode(before)
    with pytest.raises(Refused, match=f"A retirement that is {state} cannot become"):
        evolve(before, an_event(kind))
    assert msgspec.json.encode(before) == stored


@pytest.mark.parametrize(
    ("state", "kind", "to"),
    [
        pytest.param(state, kind, to, id=f"{state}-{kind.__name__}")
        for (state, kind), to in TRANSITIONS.items()
    ],
)
def test_an_event_of_the_table_moves_to_its_state(state, kind, to):
    assert evolve(in_state(state), an_event(kind)).state is to


@pytest.mark.parametrize("state", State)
def test_events_outside_the_table_move_nothing(state):
    still = set(get_args(events.RetirementEvent)) - MOVING
    assert len(still) == len(get_args(events.RetirementEvent)) - len(MOVING)
    assert {lifecycle.moved(state, kind) for kind in still} == {state}


def test_a_refused_move_says_what_can_become_of_it():
    with pytest.raises(Refused) as refused:
        lifecycle.moved(State.DISABLED, events.Cancelled)
    assert str(refused.value) == (
        "A retirement that is disabled cannot become cancelled. From disabled it can become archived, rolled back"
    )


def test_what_has_ended_says_so():
    with pytest.raises(Refused) as refused:
        lifecycle.moved(State.PRUNED, events.RolledBack)
    assert refused.value.next_step == "It has ended"


def test_every_state_says_what_it_permits_and_is_active_living_or_ended():
    assert set(PERMITS) == set(State)
    assert {State.ACTIVE} | LIVING | ENDED == set(State)
    assert not LIVING & ENDED


def test_only_a_dark_state_stops_service_and_it_is_entered_only_by_the_events_that_say_so():
    unserved = {state for state, permits in PERMITS.items() if permits.serve == "no"}
    assert unserved == {State.DISABLED, State.ARCHIVED, State.PRUNED}
    assert {kind for (_, kind), to in TRANSITIONS.items() if to in unserved} == {
        events.Disabled,
        events.Closed,
        events.ArchivePruned,
    }


def test_the_diagram_has_one_arrow_per_row_and_an_end_per_ended_state():
    drawn = lifecycle.diagram().splitlines()
    assert drawn[:3] == ["stateDiagram-v2", "    [*] --> active", "    active --> proposed: proposed"]
    assert "    disabled --> rolled_back: rolled back" in drawn
    assert len(drawn) == 2 + len(TRANSITIONS) + len(ENDED - {State.ARCHIVED})


def off_by_hand(*actions: str) -> tuple[ManualCheck, ...]:
    return tuple(
        ManualCheck(endpoint_id=EDGE.id, action=action, confirmed_by="UPAT", checked_by="UENDY")
        for action in actions
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({}, set(), id="nothing happened"),
        pytest.param({"disabled_ids": (LIVE.id,)}, {LIVE.id}, id="switched off"),
        pytest.param({"manual": off_by_hand("disable")}, {EDGE.id}, id="reported"),
        pytest.param({"manual": off_by_hand("disable", "restore")}, set(), id="brought back"),
    ],
)
def test_what_is_off_or_was_reported_off_may_be_dark(changes, expected):
    assert lifecycle.maybe_dark(in_state(State.MIGRATING, **changes)) == expected


@pytest.mark.parametrize(
    ("state", "progress", "expected"),
    [
        (State.MIGRATING, Progress.RUNNING, True),
        (State.MIGRATING, Progress.HELD, False),
        (State.DISABLED, Progress.DONE, False),
        (State.CANCELLED, Progress.RUNNING, False),
    ],
)
def test_switching_off_has_begun_once_the_step_runs(state, progress, expected):
    steps = (StepProgress(kind=StepKind.DISABLE, progress=progress),)
    assert lifecycle.is_going_dark(in_state(state, steps=steps)) is expected
