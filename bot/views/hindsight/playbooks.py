"""Closed retirements as examples for others: what each came to, and the form filled in like it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.ids import SLASH_COMMAND, Action
from bot.views import blocks, limits
from bot.views.blocks import Payload, button, mention, quoted, safe, section
from bot.views.card.proposal import name_of
from bot.views.hindsight import lessons
from bot.views.hindsight.stats import beside, in_days
from data import events
from data.records.retirement import Retirement
from workflows.playbooks import Example, Playbook
from workflows.rules.hindsight.comparing import Compared, Figure
from workflows.rules.wording import counted

SHOWN_MAX = 10
"""Ours: each takes a section of its own, for its button; whoever needs more has to say which."""
ROOM = 2_500
"""Of a section, beside its beginning."""


def found(shown: Sequence[Playbook], words: str, *, beyond: int = 0) -> Payload:
    """For who asks, the newest first. `beyond`: how many more there are."""
    if not shown:
        about = f' that has "{safe(words)}" in it' if words else ""
        return blocks.message(
            f"There is no playbook{about}. `{SLASH_COMMAND} playbook RET-n NAME` makes one of a closed retirement: its "
            f"coordinator, or an owner of its model. `{SLASH_COMMAND} list all` has those that are archived."
        )
    having = f' with "{safe(words)}"' if words else ""
    head = f"{counted(len(shown) + beyond, 'playbook')}{having}, the newest first"
    rest = section(f"+{beyond:,} more: `{SLASH_COMMAND} playbooks WORDS` finds them")
    return blocks.message(head, [section(f"*{head}*"), *map(_row, shown), *([rest] if beyond else [])])


def line(event: events.PlaybookMade | events.PlaybookTakenBack) -> str:
    """What happened, in the thread."""
    name = safe(event.name)
    if isinstance(event, events.PlaybookTakenBack):
        return f":notebook: {mention(event.by)} took the playbook *{name}* back"
    return f":notebook: {mention(event.by)} made it the playbook *{name}*, an example for others"


def went(retirement: Retirement, figures: Sequence[Compared]) -> str:
    """In one line, beside a retirement that follows it."""
    days = (f"{row.figure} {in_days(row.own)}" for row in figures if row.own is not None)
    return f"{named(retirement)}, which this one follows: {', '.join(days)}"


def named(retirement: Retirement) -> str:
    """ "*careful-move* (RET-1 churn-v1)"; without its name where it is no playbook any more."""
    about = f"{retirement.id} {safe(name_of(retirement))}"
    return f"*{safe(retirement.playbook)}* ({about})" if retirement.playbook else f"*{about}*"


def followed(one: Example) -> Payload:
    """Above what the form begins with: where that is from, how long it took, what people learned."""
    days = {row.figure: in_days(row.own) for row in one.figures if row.own is not None}
    took = f": {days[Figure.DARK]} to the switch-off" if Figure.DARK in days else ""
    ended = f", {days[Figure.CYCLE]} to its end" if Figure.CYCLE in days else ""
    head = f":notebook: After the playbook {named(one.retirement)}{took}{ended}. Change what does not fit."
    if one.is_for_few:
        head += " Not everybody may know of it: the proposal will not name it, and your words should not."
    rest = f": `{SLASH_COMMAND} lessons {one.retirement.id}` has all"
    few = limits.joined(lessons.lines(one.reviews), ROOM, at_most=lessons.LEARNED_MAX, rest=rest)
    return section("\n".join(filter(None, [head, few])))


def _row(one: Playbook) -> Payload:
    state = one.retirement
    reason = state.plan.reason if state.plan else ""
    came_to = {row.figure: row for row in one.figures}
    late = came_to[Figure.SLIP].own
    facts = (
        f"{Figure.CYCLE}: {beside(came_to[Figure.CYCLE])}",
        f"slipped by {in_days(late)}" if late else "not slipped",
        counted(len(state.obligations), "consumer"),
        counted(one.lessons, "lesson"),
    )
    shown = section(f"{named(state)}, {reason}{quoted(state.why)}\n{' · '.join(facts)}")
    return {**shown, "accessory": button("Use it", Action.PLAYBOOK_USE, state.id)}
