"""The edge that keeps a retiring model from being trained again, as a Protocol."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from data.records.training import Trigger


class TrainingControl(Protocol):
    """All calls are safe to repeat. They raise Unavailable (asked again later) or Refused (a person must act).

    Whoever calls keeps what was found before anything is paused: what was off stays off when all of it is put back.
    """

    def find(self, names: Iterable[str]) -> tuple[Trigger, ...]:
        """All that would train it, by the exact names it has anywhere; `churn` never means `churn-v2`.

        Either every place could be looked at, or it raises: what was not looked at is no sign of silence.
        """
        ...

    def is_on(self, trigger: Trigger) -> bool:
        """Whether it begins training now. What is gone does not."""
        ...

    def pause(self, trigger: Trigger) -> None:
        """Have it begin nothing any more. Refused where other things would stop with it."""
        ...

    def resume(self, trigger: Trigger) -> None:
        """Have it begin again, where it did when it was found. Refused where it is gone."""
        ...
