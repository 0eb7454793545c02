"""What was expected of the story, what was seen of it, and what it amounted to."""

from __future__ import annotations

from data.records.base import Record


class Step(Record, frozen=True, kw_only=True):
    """One thing that was expected to be seen, and what was seen."""

    name: str
    ok: bool
    detail: str = ""

    def __str__(self) -> str:
        return (
            f"{'ok     ' if self.ok else 'MISSING'}  {self.name}{f' - {self.detail}' if self.detail else ''}"
        )


class Summary(Record, frozen=True, kw_only=True):
    """What the story came to. `seconds` are the wall's, from the parts being there; `days` the calendar's."""

    ok: bool
    steps: tuple[Step, ...]
    events: int
    messages: int
    reminders: int
    days: int
    seconds: float

    def __str__(self) -> str:
        count = sum(step.ok for step in self.steps)
        told = f"{self.events} events, {self.messages} messages, {self.reminders} reminders and escalations"
        return "\n".join(
            [
                "",
                *(str(step) for step in self.steps),
                "",
                f"{count} of {len(self.steps)} expected steps; {told};",
                f"{self.days} days of the calendar in {self.seconds:.1f} s",
            ]
        )
