"""What will hold the next step unless somebody acts? What holds a step already is said by that step, and not again."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from data.records.progress import Progress, StepKind
from data.records.retirement import Retirement
from workflows.rules.consumers import objecting
from workflows.rules.gating import attesting, check_gates, closing
from workflows.rules.gating.gates import Gate

HELD_LATER = (StepKind.DISABLE, StepKind.CLOSE)


def gates_ahead(state: Retirement, now: datetime, *, said: Collection[StepKind] = HELD_LATER) -> list[Gate]:
    """An objection, a check that did not pass, what nobody's name stands under, and an end that waits for people.

    said   the steps whose reasons are told anyway
    """
    found = [
        *(objecting.gates(state) if state.is_migrating else ()),
        *check_gates.failed(state),
        *(attesting.gates(state, now) if attesting.is_asked(state) else ()),
        *(closing.gates(state) if closing.is_asked(state) else ()),
    ]
    steps = [state.progress(kind) for kind in said]
    told = {_subject(name) for step in steps if step.progress is Progress.HELD for name in step.gates}
    return [gate for gate in found if _subject(gate.name) not in told]


def _subject(name: str) -> str:
    """What a gate is about: of checks the consumer, whichever of them failed; how many confirmed makes no other."""
    return name.rpartition("/")[0] if name.startswith((check_gates.GATE, closing.GATE)) else name
