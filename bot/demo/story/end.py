"""Is the model switched off only when nobody needs it, and does its retirement end?"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.demo.hands import MissingError, heading, line, saying
from bot.demo.story.stage import (
    BRUNO,
    MOVING,
    NEW,
    OLD,
    SILENT,
    Stage,
)


def settled(stage: Stage) -> str:
    for owner, (team, *consumers) in MOVING.items():
        for consumer in consumers:
            stage.both(owner, team, f"*{consumer}*", ": migrated")
    stage.both(BRUNO, "Logistics", f"*{SILENT}*", ": waived")
    return "6 migrated, 1 waived"


def drilled(stage: Stage) -> str:
    return line(stage.thread(":test_tube:", later=True), ":test_tube:")


def disabled(stage: Stage) -> str:
    evidence = stage.thread("Step *disable* begins", "0 calls in", later=True)
    stage.thread(":new_moon: *Dark*", later=True)
    return line(evidence, "0 calls in").strip(" •")


def process_gone(stage: Stage) -> str:
    if (status := stage.called(OLD)) is not None:
        raise MissingError(f"{OLD} still answers POST /predict with {status}")
    if (status := stage.called(NEW)) != 200:
        raise MissingError(f"{NEW} should answer POST /predict, and says {status}")
    return f"POST to {OLD} fails, {NEW} answers"


def digest_posted(stage: Stage) -> str:
    told = stage.late("The weekly digest", lambda _: saying(stage.posted(), "Weekly digest:"))
    return str(told["text"])


def ended(stage: Stage) -> str:
    stage.thread(":classical_building: *Archived*", later=True)
    return heading(stage.card_says("Archived: the retirement is complete"))


SCENES: Mapping[str, Callable[[Stage], str]] = {
    "both places show that everything is settled": settled,
    "the copy is proven by a restore drill": drilled,
    "nobody calls any more, so the endpoint is switched off": disabled,
    "the endpoint's process is gone": process_gone,
    "the weekly digest is posted": digest_posted,
    "the retirement ends as archived": ended,
}
