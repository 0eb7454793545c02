"""Which stages of a retirement are over, who looked back on each, and what is asked about them?

The coordinator is asked, in the thread; owners and voters may say something, too. Nothing ever waits for a review.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from data import events
from data.records.decision import Effect
from data.records.progress import Progress, StepKind
from data.records.retirement import Retirement
from data.records.reviews import Stage
from workflows.rules.lifecycle import ENDED
from workflows.rules.telling import messages

ENDS_WITH: Mapping[Stage, StepKind] = {
    Stage.MIGRATION: StepKind.MIGRATE,
    Stage.ARCHIVING: StepKind.DRILL,
    Stage.SWITCH_OFF: StepKind.DISABLE,
}


def over(state: Retirement) -> tuple[Stage, ...]:
    """In their order. What was never announced has nothing to look back on."""
    done = (stage for stage, kind in ENDS_WITH.items() if state.progress(kind).progress is Progress.DONE)
    has_ended = state.state in ENDED and state.announced > 0
    return (*done, *([Stage.WHOLE] if has_ended else []))


def unreviewed(state: Retirement) -> tuple[Stage, ...]:
    """Of these nobody has said anything."""
    return tuple(stage for stage in over(state) if stage not in state.reviewed)


def reviewed(state: Retirement, event: events.Reviewed) -> Retirement:
    """The state once somebody has reviewed a stage."""
    people = dict.fromkeys((*state.reviewed.get(event.stage, ()), event.by))
    return replace(state, reviewed={**state.reviewed, event.stage: tuple(people)})


def asked(
    before: Retirement, state: Retirement, happened: Iterable[events.RetirementEvent]
) -> tuple[Effect, ...]:
    """A question for each stage that is over by now, and anew as it reads once somebody answered.

    One that was over before anybody was asked gets its message with its first review.
    """
    said = {event.stage for event in happened if isinstance(event, events.Reviewed)}
    ended = set(over(state)).difference(over(before))
    posted = (_question(state, stage) for stage in Stage if stage in ended | said)
    redrawn = (messages.edit(_key(state, stage), "review", stage=stage) for stage in Stage if stage in said)
    return (*posted, *redrawn)


def _question(state: Retirement, stage: Stage) -> Effect:
    return messages.in_thread(state, _key(state, stage), "review", stage=stage)


def _key(state: Retirement, stage: Stage) -> str:
    """What was asked about once is not asked about again, where a later date has a stage end twice."""
    return f"{state.id}/review/{stage}"
