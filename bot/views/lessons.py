"""What people learned: found by words, and shown where a similar retirement begins."""

from __future__ import annotations

from collections.abc import Sequence

from bot.ids import SLASH_COMMAND
from bot.views import blocks, limits, reviews
from bot.views.blocks import Payload, mention, quoted, safe, section
from bot.views.proposal import name_of
from data import events
from workflows.rules.lessons import Lesson
from workflows.rules.wording import counted

AT_MOST = 20
"""Ours: whoever needs more has to say which."""
SECTIONS = 3


def found(lessons: Sequence[Lesson], words: str) -> Payload:
    """For who asks, the newest first."""
    if not lessons:
        about = f' that has "{safe(words)}" in it' if words else ""
        return blocks.message(
            f"Nobody wrote anything in a review{about}. `{SLASH_COMMAND} lessons` has all there is."
        )
    having = f' with "{safe(words)}"' if words else ""
    head = f"{counted(len(lessons), 'lesson')}{having}, the newest first"
    rows = [row(one) for one in lessons[:AT_MOST]]
    rest = f": `{SLASH_COMMAND} lessons WORDS` finds them"
    beyond = len(lessons) - len(rows)
    return blocks.message(
        head,
        [
            section(f"*{head}*"),
            *map(section, limits.spread(rows, at_most=SECTIONS, rest=rest, beyond=beyond)),
        ],
    )


def row(one: Lesson) -> str:
    """ "• *RET-1 churn-v1*, migration: next time — "ask earlier" (@pat, 2027-03-01)"."""
    when = one.review.at.date().isoformat()
    head = f"• *{one.retirement.id} {safe(name_of(one.retirement))}*, {one.review.stage}"
    return f"{head}: {said(one.review)} ({mention(one.review.by)}, {when})"


def said(review: events.Reviewed) -> str:
    """What was learned comes first."""
    return "; ".join(f"{about}{quoted(text)}" for about, text in reviews.parts(review, learned_first=True))
