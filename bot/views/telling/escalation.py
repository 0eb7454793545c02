"""What does whoever is above them hear of owners who do not answer, and what can they do?"""

from __future__ import annotations

from collections.abc import Sequence

from bot.ids import SLASH_COMMAND
from bot.views import limits
from bot.views.blocks import SLACK_ID, Payload, mention, mentions, message, safe, section
from bot.views.card.proposal import name_of
from bot.views.consumers import duties
from bot.views.consumers.obligations import NAMED_MAX
from bot.views.telling import audiences
from data.records.retirement import Duty, Retirement
from workflows.rules.people.escalation import targets


def message_to(
    retirement: Retirement,
    milestone: str,
    level: int,
    consumer_ids: Sequence[str],
    *,
    to: str,
    told_as: str = "",
    instead_of: str = "",
) -> Payload:
    """To a manager, later to the governance channel: whose silence holds the retirement up.

    Neither has an owner's buttons, so each is told what they can do instead.
    told_as      what the policy's tree calls whom it tells; empty as before there were trees: a manager, or the channel
    instead_of   the one whom no message reached
    """
    owed = duties.nearest_first(
        one
        for one in retirement.obligations
        if one.consumer.consumer_id in set(map(retirement.id_of, consumer_ids))
    )
    lines = [
        f"{line}; asked: {mentions(one.asked, at_most=3) or 'nobody'}"
        for one, line in zip(owed, duties.lines(owed, retirement), strict=True)
    ]
    back = sum(one.duty is Duty.NOT_MINE for one in owed)
    what = duties.late_words(milestone, len(owed), back)
    head = f":rotating_light: *{retirement.id}* {safe(name_of(retirement))}: {what}"
    coordinator = mention(retirement.coordinator_id)
    without = f"goes on without: `{SLASH_COMMAND} waive {retirement.id} CONSUMER REASON`"
    if SLACK_ID.fullmatch(to):
        why = f"You hear of this as {as_whom(told_as)}."
        if instead_of:
            why = f"You hear of this because {mention(instead_of)}, who {_does(told_as)}, cannot be reached."
        action = (
            f"Ask the owners named above to answer in the message they have. If they cannot, tell {coordinator}, "
            "who can move the date or go on without them."
        )
        if told_as in ("owner", "delegate"):
            action = "Answer in the message that asked for it, or ask for more time there."
        elif to == retirement.coordinator_id:
            action = f"Find an owner who answers, or {without.replace('goes', 'go', 1)}"
    else:
        above = "Nobody is known above their owners"
        if told_as == "exhausted" or (not told_as and level > 1):
            above = f"Owners{_and_those_above(retirement)} were told"
        elif told_as.startswith("channel"):
            above = "Owners were told"
        if back == len(owed):
            above = "Whoever was asked says it is not theirs"
        if instead_of:
            above = f"{mention(instead_of)}, who {_does(told_as)}, cannot be reached"
        why = f"{above}; the coordinator must act."
        action = f"{coordinator} finds an owner who answers, or {without}"
    blocks = [
        section(f"{head}\n{why}"),
        *([section(limits.joined(lines, limits.SECTION_MAX, at_most=NAMED_MAX))] if lines else []),
        section(audiences.five_facts(retirement, action=action)),
    ]
    return message(head, blocks)


HEARS_AS = {
    "": "the manager of their owners",
    "manager": "the manager of their owners",
    "owner": "one of their owners",
    "delegate": "who stands in for one of their owners",
    "lead": "the lead of their owners",
    "coordinator": "the coordinator",
    "exhausted": "the coordinator",
    "nobody": "the coordinator",
}


def as_whom(told_as: str) -> str:
    """Why a person hears of others' silence, by what the policy's tree calls them."""
    named, _, group = told_as.partition(":")
    return f"a member of {safe(group, 80)}" if group else HEARS_AS.get(named, "somebody above their owners")


def _and_those_above(retirement: Retirement) -> str:
    """Does the policy's tree name anybody above them?"""
    steps = retirement.policy.tree.steps if retirement.policy else ()
    is_named = any(target.startswith(("manager", "lead")) for target in targets(steps))
    return " and their managers" if is_named else ""


def _does(told_as: str) -> str:
    """What one does who was to hear of it and cannot be reached."""
    is_above = told_as == "" or told_as.startswith("manager")
    return "manages their owners" if is_above else f"was to hear of this as {as_whom(told_as)}"
