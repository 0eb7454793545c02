"""Who hears instead: of a person whom no direct message reaches, and of a channel no message gets into."""

from __future__ import annotations

from bot.ids import SLASH_COMMAND
from bot.views import limits
from bot.views.blocks import Payload, mention, message, place, safe, section
from bot.views.card.proposal import name_of
from bot.views.consumers import duties
from bot.views.consumers.obligations import NAMED_MAX
from bot.views.telling import audiences
from data.records.retirement import Retirement


def person_lost(retirement: Retirement, person: str, why: str) -> Payload:
    """To whoever is above somebody whom no direct message reaches; an owner of the model, for a coordinator."""
    owed = [one for one in duties.of_person(retirement, person) if not one.is_settled]
    lines = duties.lines(owed, retirement)
    head = f":no_bell: *{retirement.id}* {safe(name_of(retirement))}: {mention(person)} cannot be reached"
    if person == retirement.coordinator_id:
        reason = (
            "They coordinate it. Until somebody else does, every owner of the model may act in their place."
        )
        action = f"Make somebody the coordinator: `{SLASH_COMMAND} handover {retirement.id} @PERSON`"
    else:
        reason = "You hear of this as their manager."
        coordinator = mention(retirement.coordinator_id)
        action = (
            f"Ask whoever answers now to do so in the thread, or tell {coordinator}, who corrects the catalog "
            "or goes on without them."
        )
    blocks = [
        section(f"{head} ({safe(why)}).\n{reason}"),
        *([section(limits.joined(lines, limits.SECTION_MAX, at_most=NAMED_MAX))] if lines else []),
        section(audiences.five_facts(retirement, action=action)),
    ]
    return message(head, blocks)


def channel_lost(retirement: Retirement, channel: str, why: str) -> Payload:
    """To whoever coordinates, in place of everybody who would have read it there."""
    head = (
        f":no_bell: *{retirement.id}* {safe(name_of(retirement))}: messages do not get into {place(channel)}"
    )
    text = (
        f"{head} ({safe(why)}).\nNobody there sees its card, its votes, its deadlines and escalations. "
        f"You hear of this as the one who coordinates. What waits is sent once it is mended; "
        f"`{SLASH_COMMAND} show {retirement.id}` lists it, with what will never be sent."
    )
    return message(head, [section(text)])
