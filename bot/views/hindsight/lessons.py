"""What people learned: found by words, and shown where a similar retirement begins."""

from __future__ import annotations

from collections.abc import Sequence

from bot.ids import SLASH_COMMAND, Action, Callback
from bot.views import blocks, limits
from bot.views.blocks import Payload, actions, button, link, mention, quoted, safe, section
from bot.views.card.proposal import name_of
from bot.views.hindsight import reviews
from data import events
from data.records.base import Prose
from data.records.retirement import Retirement
from workflows.rules.hindsight.lessons import Lesson, likeness
from workflows.rules.wording import counted

AT_MOST = 20
"""Ours: whoever needs more has to say which."""
SECTIONS = 3
WHOLE_MAX = 30
"""Each in up to three blocks of a window, which holds a hundred."""
WORDS_MAX = 1_900  # a button carries 2,000 characters: docs.slack.dev/reference/block-kit/block-elements/button-element
LEARNED_MAX = 3
"""Of one retirement, where another begins."""


def found(lessons: Sequence[Lesson], words: str) -> Payload:
    """For who asks, the newest first."""
    if not lessons:
        about = f' that has "{safe(words)}" in it' if words else ""
        return blocks.message(
            f"Nobody wrote anything in a review{about}. `{SLASH_COMMAND} lessons` has all there is."
        )
    head = _head(lessons, words)
    rows = [row(one) for one in lessons[:AT_MOST]]
    rest = f": `{SLASH_COMMAND} lessons WORDS` finds them"
    beyond = len(lessons) - len(rows)
    shown = limits.spread(rows, at_most=SECTIONS, rest=rest, beyond=beyond)
    is_cut = "\n".join(shown) != "\n".join(row(one, limits.INPUT_MAX) for one in lessons)
    # Slack's reference does not say that a button may carry nothing.
    more = [actions(button("Read in full", Action.LESSONS_WHOLE, words or " "))] if is_cut else []
    return blocks.message(
        head, [section(f"*{head}*"), *map(section, shown), *(more if len(words) <= WORDS_MAX else [])]
    )


def whole(lessons: Sequence[Lesson], words: str) -> Payload:
    """The same in a window, with all that people wrote."""
    shown = [section(f"*{_head(lessons, words)}*")]
    for one in lessons[:WHOLE_MAX]:
        first, *others = reviews.parts(one.review, learned_first=True)
        shown.append(section(f"{_of(one)}\n{_part(first)}"))
        shown += [section(_part(other)) for other in others]
    if (left_out := len(lessons) - WHOLE_MAX) > 0:
        shown.append(section(f"+{left_out:,} more: `{SLASH_COMMAND} lessons WORDS` finds them"))
    return blocks.modal("What was learned", Callback.LESSONS, shown, metadata={})


def _head(lessons: Sequence[Lesson], words: str) -> str:
    having = f' with "{safe(words)}"' if words else ""
    return f"{counted(len(lessons), 'lesson')}{having}, the newest first"


def told(here: Retirement, other: Retirement, said_of: Sequence[events.Reviewed], *, url: str) -> Payload:
    """In the thread of a proposal. `url`: where the other's card is; empty where nobody can tell."""
    alike = likeness(here, other)
    why = f", like this one: both {safe('; both '.join(alike.because), 600)}" if alike else ""
    follows = ", whose playbook this one follows" if here.like == other.id else ""
    head = f":bulb: From *{other.id} {safe(name_of(other))}* ({other.state}){follows}{why}"
    ways = f"{link(url, f'The card of {other.id}')}; " if url else ""
    rest = f"{ways}`{SLASH_COMMAND} lessons {other.id}` has all"
    few = limits.joined(lines(said_of), limits.SECTION_MAX - len(head) - len(rest) - 10, at_most=LEARNED_MAX)
    return blocks.message(f"{head}\n{few}\n{rest}")


def lines(said_of: Sequence[events.Reviewed]) -> list[str]:
    """What to do otherwise is what helps now; who has nothing of it is read after those who have."""
    return [f"• {one.stage}: {said(one)}" for one in sorted(said_of, key=lambda one: not one.change)]


def row(one: Lesson, limit: int = limits.PROSE_MAX) -> str:
    """ "• *RET-1 churn-v1*, migration: next time — "ask earlier" (@pat, 2027-03-01)". `limit`: of each text."""
    when = one.review.at.date().isoformat()
    head = f"• *{one.retirement.id} {safe(name_of(one.retirement))}*, {one.review.stage}"
    return f"{head}: {said(one.review, limit)} ({mention(one.review.by)}, {when})"


def said(review: events.Reviewed, limit: int = limits.PROSE_MAX) -> str:
    """What was learned comes first."""
    parts = reviews.parts(review, learned_first=True)
    return "; ".join(f"{about}{quoted(text, limit)}" for about, text in parts)


def _of(one: Lesson) -> str:
    """Of what somebody said it, who and when."""
    about = f"*{one.retirement.id} {safe(name_of(one.retirement))}*, {one.review.stage}"
    return f"{about} ({mention(one.review.by)}, {one.review.at.date().isoformat()})"


def _part(part: tuple[str, Prose]) -> str:
    about, text = part
    return f"{about}{quoted(text, limits.INPUT_MAX)}"
