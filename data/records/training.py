"""What would train a model again: where it stands, why it is meant, and whether it was on when it was found."""

from __future__ import annotations

from enum import StrEnum

from data.records.base import Record


class TriggerKind(StrEnum):
    PIPELINE = "SageMaker pipeline"
    RULE = "EventBridge rule"
    SCHEDULE = "EventBridge schedule"
    QUEUE = "Batch queue"


class Trigger(Record, frozen=True, kw_only=True):
    """One thing that begins training, or is what is begun.

    ref      its ARN
    why      what names the model in it, or what that names it would begin
    was_on   when it was found: only what was on is put back on
    beside   what else it would begin that has nothing to do with the model: people have to take that apart first
    """

    kind: TriggerKind
    ref: str
    name: str
    why: str
    was_on: bool
    beside: tuple[str, ...] = ()
