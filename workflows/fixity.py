"""The rounds over all archives: where they stand, and that they go as this installation is configured."""

from __future__ import annotations

from data.events import EMERITUS
from data.records.fixity import FixityPlan, Rounds
from workflows.commands import PlanFixity
from workflows.decisions.fixity import STREAM
from workflows.engine import Engine
from workflows.machine import state_of


def rounds_of(state: bytes | None) -> Rounds:
    """What the last round found."""
    current = state_of(STREAM, state)
    assert isinstance(current, Rounds)
    return current


def go_rounds(engine: Engine, plan: FixityPlan) -> None:
    """At every start: what is configured otherwise, or was not looked at for long, is looked at at once."""
    now = engine.world.now()
    engine.execute(f"fixity/plan/{now.isoformat()}", STREAM, PlanFixity(by=EMERITUS, plan=plan))
