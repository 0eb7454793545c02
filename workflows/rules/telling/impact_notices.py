"""Who hears whom a plan hits? The thread does, and has a picture of it."""

from __future__ import annotations

from collections.abc import Iterable

from data import events
from data.records.decision import Effect
from data.records.retirement import Retirement
from workflows.rules.consumers import impact
from workflows.rules.telling import messages


def told(state: Retirement, event: events.Proposed | events.Revised, version: int) -> Iterable[Effect]:
    """Everybody the plan hits, in the thread: as one message where they fit, else in short with a file of all;

    and a picture of them.
    """
    parts = impact.parts(event.impact, [*map(str, event.impact_notes)], event.plan.subject.model_id)
    for start, stop in parts[:1]:
        yield messages.in_thread(
            state,
            f"{state.id}/impact/{version}/1",
            "impact",
            first=str(version),
            last=str(version),
            start=str(start),
            stop=str(stop),
            part="1",
            parts="1",
            **({"in_short": "yes"} if len(parts) > 1 else {}),
        )
    if len(parts) > 1:
        yield messages.file(state, f"{state.id}/dependants/{version}", "dependants", version)
    yield messages.file(state, f"{state.id}/picture/{version}", "picture", version)
