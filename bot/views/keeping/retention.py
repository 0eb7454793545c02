"""Until when is each class of an archive kept, by which rule, and what has gone? For who asks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.ids import SLASH_COMMAND
from bot.views import limits
from bot.views.blocks import Payload, context, day, message, safe, section
from bot.views.card.proposal import name_of
from bot.views.card.steps import zone_of
from bot.views.keeping import holds
from data.records.retirement import Retirement
from workflows.rules.keeping import pruning
from workflows.rules.keeping.retention import Term
from workflows.rules.wording import counted, named, typed


def terms(retirement: Retirement, now: datetime, costs: Sequence[str] = ()) -> Payload:
    """Until when each class of the archive is kept, by which rule, and what has gone.

    costs   what keeping it is expected to cost, a line for each class
    """
    head = f"*{retirement.id}* {safe(name_of(retirement))}: its archive"
    left, zone = pruning.left(retirement), zone_of(retirement)
    if retirement.archived is None:
        text = f"{head} is not made yet; `{SLASH_COMMAND} plan {retirement.id}` has its day."
        return message(text, [section(text), *_costs(costs)])
    rows = [_term(retirement, term, now, zone) for term in left]
    rows += [
        f"• *{safe(one.of)}*: gone since {day(one.at, zone)}, {counted(one.files, 'file')}; tombstone "
        f"`{safe(one.tombstone)}`"
        for one in retirement.pruned
    ]
    shown = [section(limits.joined([head, *rows], limits.SECTION_MAX))]
    shown += map(section, holds.in_one_section(retirement))
    shown += _costs(costs)
    may_go = [term.kept.of for term in left if not pruning.kept_because(retirement, term, now)]
    if may_go:
        how = f"`{SLASH_COMMAND} prune {retirement.id} {safe(typed(may_go[0]))} REASON` asks for it"
        shown.append(context(f"{safe(named(may_go), 300)} may go: {how}, and a second person confirms it."))
    return message(head, shown)


def _costs(lines: Sequence[str]) -> list[Payload]:
    return [section(limits.joined([*lines], limits.SECTION_MAX))] if lines else []


def _term(retirement: Retirement, term: Term, now: datetime, zone: str) -> str:
    amount = f"{counted(term.kept.files, 'file')}, {counted(term.kept.bytes, 'byte')}"
    kept = pruning.kept_because(retirement, term, now)
    until = f"kept: {safe(kept, 500)}" if kept else "may go"
    due = ""
    if term.due_at is not None:
        is_past = "has been" if term.due_at <= now else "is"
        due = f"; {is_past} due to go on {day(term.due_at, zone)}"
        if term.is_contested:
            due += ", before it may: people decide, and say why"
    return f"• *{safe(term.kept.of)}* ({amount}): {until}{due}"
