"""What people learned: found by words, and shown where a similar retirement begins."""

from __future__ import annotations

from collections.abc import Sequence

from bot.ids import SLASH_COMMAND
from bot.views import blocks, limits, reviews
from bot.views.blocks import Payload, link, mention, quoted, safe, section
from bot.views.proposal import name_of
from data import events
from data.records.retirement import Retirement
from workflows.rules.lessons import Lesson, likeness
from workflows.rules.wording import counted

AT_MOST = 20
"""Ours: whoever needs more has to say which."""
SECTIONS = 3
LEARNED_MAX = 3
"""Of one retirement, where another begins."""


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


def told(here: Retirement, other: Retirement, said_of: Sequence[events.Reviewed], *, url: str) -> Payload:
    """In the thread of a proposal. `url`: where the other's card is; empty where nobody can tell."""
    alike = likeness(here, other)
    why = f", like this one: both {safe('; both '.join(alike.because), 600)}" if alike else ""
    head = f":bulb: From *{other.id} {safe(name_of(other))}* ({other.state}){why}"
    # What to do otherwise is what helps now; who has nothing of it is read after those who have.
    first = sorted(said_of, key=lambda one: not one.change)
    rows = [f"• {one.stage}: {said(one)}" for one in first]
    ways = f"{link(url, f'The card of {other.id}')}; " if url else ""
    rest = f"{ways}`{SLASH_COMMAND} lessons {other.id}` has all"
    few = limits.joined(rows, limits.SECTION_MAX - len(head) - len(rest) - 10, at_most=LEARNED_MAX)
    return blocks.message(f"{head}\n{few}\n{rest}")


def row(one: Lesson) -> str:
    """ "• *RET-1 churn-v1*, migration: next time — "ask earlier" (@pat, 2027-03-01)"."""
    when = one.review.at.date().isoformat()
    head = f"• *{one.retirement.id} {safe(name_of(one.retirement))}*, {one.review.stage}"
    return f"{head}: {said(one.review)} ({mention(one.review.by)}, {when})"


def said(review: events.Reviewed) -> str:
    """What was learned comes first."""
    return "; ".join(f"{about}{quoted(text)}" for about, text in reviews.parts(review, learned_first=True))
