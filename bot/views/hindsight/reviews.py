"""How a stage that is over is looked back on: the question in the thread, its form, and who answered."""

from __future__ import annotations

from collections.abc import Iterator

from bot.ids import Action, Callback
from bot.views import blocks
from bot.views.blocks import (
    Payload,
    actions,
    button,
    field,
    mention,
    mentions,
    modal,
    option,
    prose_field,
    said,
    section,
)
from data import events
from data.records.base import Prose
from data.records.retirement import Retirement
from data.records.reviews import Stage
from workflows.rules.hindsight.reviewing import over

ANSWER_MAX = 700
"""Ours: a review is short, and its line stands in the thread in full."""
FOR_POLICY = "policy"
ROOM = 500
"""What `standing` takes of a message at most."""


def message(retirement: Retirement, stage: Stage) -> Payload:
    """The question; who answered it is said beside it, and may still change what they said."""
    text = (
        f":memo: The *{stage}* is over. {mention(retirement.coordinator_id)}, what went well, what hurt, and what "
        "should be done otherwise next time? Owners and voters may say so, too; nothing waits for it."
    )
    who = retirement.reviewed.get(stage, ())
    if who:
        text += f"\nReviewed by {mentions(who)}"
    return blocks.message(text, [section(text), actions(_button(retirement, stage, "Review this stage"))])


def line(event: events.Reviewed) -> str:
    """What somebody said, in the thread."""
    told = "; ".join(f"{about}{said(text)}" for about, text in parts(event))
    suggested = " (suggested for the policy)" if event.for_policy == "yes" else ""
    return f":memo: {mention(event.by)} reviewed the *{event.stage}*: {told}{suggested}"


def parts(event: events.Reviewed, *, learned_first: bool = False) -> list[tuple[str, Prose]]:
    """What somebody wrote, under which title; in the order of the form, or what to do otherwise before all."""
    every = [("went well", event.went_well), ("hurt", event.hurt), ("next time", event.change)]
    return [(about, text) for about, text in (reversed(every) if learned_first else every) if text]


def form(retirement: Retirement, stage: Stage, before: events.Reviewed | None) -> Payload:
    """`before`: what this person said of it already. `private_metadata`: retirement, stage."""
    suggest = option("Look at it when the policy is reviewed", FOR_POLICY)
    ticks: Payload = {"type": "checkboxes", "action_id": str(Action.REVIEW_POLICY), "options": [suggest]}
    if before is not None and before.for_policy == "yes":
        ticks["initial_options"] = [suggest]
    asked = (
        ("What went well", Action.REVIEW_WENT_WELL, before.went_well if before else ""),
        ("What hurt", Action.REVIEW_HURT, before.hurt if before else ""),
        ("What to do otherwise next time", Action.REVIEW_CHANGE, before.change if before else ""),
    )
    return modal(
        "Review this stage",
        Callback.REVIEW,
        [
            section(
                f"The *{stage}* of {retirement.id}. At least one of the three; whoever may see it may find it."
            ),
            *(
                prose_field(
                    label,
                    action,
                    placeholder="In a sentence or two",
                    initial=str(text),
                    chars_min=0,
                    chars_max=ANSWER_MAX,
                )
                for label, action, text in asked
            ),
            field("Suggest it", ticks, block_id=str(Action.REVIEW_POLICY), optional=True),
        ],
        metadata={"retirement": retirement.id, "stage": stage},
        submit="Send",
    )


def standing(retirement: Retirement) -> Iterator[Payload]:
    """For who asks how it stands: each stage that is over with who reviewed it, and a button."""
    for stage in over(retirement):
        who = mentions(retirement.reviewed.get(stage, ()), at_most=5) or "*nobody yet*"
        row = section(f":memo: Review of the {stage}: {who}")
        yield {**row, "accessory": _button(retirement, stage, "Review")}


def _button(retirement: Retirement, stage: Stage, words: str) -> Payload:
    return button(words, Action.REVIEW_OPEN, f"{retirement.id}|{stage}")
