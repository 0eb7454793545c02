"""A policy nobody has looked through in its time, as the governance channel hears of it, with what people suggested."""

from __future__ import annotations

from collections.abc import Sequence

from bot.views import limits
from bot.views.blocks import Payload, mention, mentions, message, safe
from bot.views.card.proposal import name_of
from workflows.rules.hindsight.lessons import Lesson
from workflows.rules.wording import counted

NEXT = "Look through it with those it binds, then set `[review] by` in its file to the day of its next review"
ALL = "`emeritus policy suggestions`"
NAMED = 3
"""Ours: nobody reads more before they begin; the command has all."""
CHARS_MAX = 200


def overdue(said: str, who: str, people: str, suggested: Sequence[Lesson]) -> Payload:
    """`said`: since when; `who`: the teams that do; `people`: Slack ids, a line each."""
    named = mentions(filter(None, people.split("\n")))
    whose = " ".join(filter(None, [f"({safe(who)})" if who else "", named]))
    asked = f" This is for {whose}." if whose else ""
    return message(f":scroll: The policy {safe(said)}.{asked} {NEXT}.{suggestions(suggested, notifies=True)}")


def suggestions(suggested: Sequence[Lesson], *, notifies: bool = False) -> str:
    """The newest few of what people ticked for it in their reviews, and where all are; empty for none.

    notifies   whoever suggested them: what is told each week calls nobody each week
    """
    if not suggested:
        return ""

    def who(one: Lesson) -> str:
        return f"{mention(one.review.by)}, " if notifies else ""

    rows = [
        f"\u2022 {one.retirement.id} {safe(name_of(one.retirement), 80)}: "
        f'"{safe(one.review.change, CHARS_MAX)}" ({who(one)}{one.review.at:%Y-%m-%d})'
        for one in suggested[:NAMED]
    ]
    few = limits.joined(rows, 1_500)
    return f"\n{counted(len(suggested), 'suggestion')} from reviews, in full: {ALL}\n{few}"
