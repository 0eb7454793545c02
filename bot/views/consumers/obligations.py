"""How do the owners of consumers hear of their obligations, per team, per person, and again?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.ids import SLASH_COMMAND, Action, Callback
from bot.views import limits
from bot.views.blocks import (
    Payload,
    actions,
    button,
    context,
    header,
    mention,
    mentions,
    message,
    modal,
    safe,
    section,
)
from bot.views.card.proposal import name_of
from bot.views.consumers import duties
from bot.views.graph import impact
from bot.views.telling import audiences
from data.catalog.snapshot import Snapshot
from data.records.retirement import Duty, Obligation, Retirement
from workflows.rules.consumers.obligations import answered_by
from workflows.rules.hours import day_of
from workflows.rules.lifecycle import CALLED_OFF
from workflows.rules.people.delegating import NOBODY, InForce
from workflows.rules.people.due import put_off_until
from workflows.rules.wording import counted

TEAM_ROWS_MAX = 12
OWNER_ROWS_MAX = 10
PAGE_ROWS = 20
NAMED_MAX = 20
MENTIONS_MAX = limits.SECTION_MAX - 300  # some 160 people; beside them stand two names and a few words
NO_TEAM = "unowned"  # in a button, whose parts are never empty: the consumers nobody owns


def about_all(retirement: Retirement, *, has_open: bool, can_wait: bool = False, whose: str = "") -> Payload:
    """What concerns all that one person answers for in it. `can_wait`: they are reminded of some of it.

    whose   in whose place they answer, where it is not all theirs
    """
    shown = [button("Show all", Action.DUTY_SHOW_ALL, retirement.id)]
    if can_wait:
        shown.append(snooze(retirement, whose))
    if has_open:
        about = _about(retirement, whose)
        shown.insert(0, button("Acknowledge all", Action.DUTY_ACKNOWLEDGE_ALL, about, style="primary"))
    return actions(*shown)


def snooze(retirement: Retirement, whose: str = "") -> Payload:
    """The button of whoever wants to be reminded of it later."""
    return button("Snooze", Action.DUTY_SNOOZE, _about(retirement, whose))


def may_wait(owed: Iterable[Obligation], retirement: Retirement, now: datetime | None = None) -> bool:
    """Is anybody reminded of some of these, on a day before something of them is due? `now`: where that is known."""
    last = put_off_until((one for one in owed if duties.is_actionable(one, retirement)), retirement)
    if last is None or now is None:
        return last is not None
    assert retirement.policy is not None
    return day_of(now, retirement.policy) < last


def _about(retirement: Retirement, whose: str) -> str:
    return "|".join(filter(None, (retirement.id, whose, str(retirement.announced))))


def team_message(retirement: Retirement, team_id: str, *, now: datetime | None = None) -> Payload:
    """One team's consumers in the thread. Its owners are mentioned once, on top."""
    owed = duties.of_team(retirement, team_id)
    if not owed:
        return _over(retirement, "The consumers asked for here belong to others now.")
    team = impact.team_name(owed[0].consumer)
    people = [one for obligation in owed for one in obligation.consumer.owners.slack_ids]
    notes = dict.fromkeys(note for obligation in owed for note in obligation.consumer.owners.notes)
    to = mentions(people, at_most=None, limit=MENTIONS_MAX) if people else "*nobody can be reached*"
    what = "loses" if len(owed) == 1 else "lose"
    if is_off := retirement.state in CALLED_OFF:
        what = "keeps" if len(owed) == 1 else "keep"
    yours = f"{counted(len(owed), 'consumer')} of yours {what} {safe(name_of(retirement))}"
    facts = duties.called_off(retirement) if is_off else audiences.five_facts(retirement, owed)
    blocks = [section(f"*{safe(team)}* {to}: {yours}"), section(facts)]
    if notes:
        blocks.append(
            context(f":grey_question: {limits.joined([safe(one, 200) for one in notes], 900, at_most=4)}")
        )
    blocks += duties.rows(owed[:TEAM_ROWS_MAX], retirement, now=now)
    if len(owed) > TEAM_ROWS_MAX:
        about = f"{retirement.id}|{team_id or NO_TEAM}"
        blocks.append(context(f"+{len(owed) - TEAM_ROWS_MAX:,} more: press Show all"))
        blocks.append(actions(button("Show all", Action.DUTY_SHOW_TEAM, about)))
    must = "need not move" if is_off else "must move"
    return message(f"{retirement.id}: {counted(len(owed), 'consumer')} of {safe(team)} {must}", blocks)


def owner_dm(
    retirement: Retirement,
    slack_id: str,
    *,
    whose: str = "",
    left_out: Sequence[str] = (),
    there: Snapshot | None = None,
    now: datetime | None = None,
) -> Payload:
    """Everything one person answers for in one message: the nearest ten, and all behind a button.

    whose      the same person, where somebody else reads it in their place     left_out   what that one is asked anyway
    there      the catalog, for what only it says
    """
    owed = without(left_out, duties.of_person(retirement, slack_id))
    if not owed:
        return _over(retirement, "What you answered for belongs to others now: nothing is asked of you.")
    if retirement.state in CALLED_OFF:
        return called_off(retirement)
    left = sum(not one.is_settled for one in owed)
    state = (
        f"{left:,} of {counted(len(owed), 'consumer')} still to move"
        if left
        else "all of yours are settled, thank you"
    )
    facts, *more = audiences.told(retirement, slack_id, owed, there=there)
    blocks = [
        header(f"{name_of(retirement)} retires"),
        section(f"{facts}\n*Yours* {state}"),
        *map(section, more),
        *duties.rows(owed[:OWNER_ROWS_MAX], retirement, now=now),
    ]
    if len(owed) > OWNER_ROWS_MAX:
        blocks.append(context(f"+{len(owed) - OWNER_ROWS_MAX} more: press Show all"))
    has_open = any(one.duty is Duty.OPEN and duties.is_actionable(one, retirement) for one in owed)
    blocks.append(
        about_all(retirement, has_open=has_open, can_wait=may_wait(owed, retirement, now), whose=whose)
    )
    return message(f"{retirement.id}: {safe(name_of(retirement))} retires; {state}", blocks)


def without(left_out: Sequence[str], owed: Iterable[Obligation]) -> list[Obligation]:
    return [one for one in owed if one.consumer.consumer_id not in left_out]


def taken_over(retirement: Retirement, consumer_id: str, by: str) -> Payload:
    """To whoever was asked before somebody made it theirs."""
    owed = retirement.obligation(consumer_id)
    name = f"*{safe(owed.consumer.name if owed else consumer_id)}*"
    back = f"`{SLASH_COMMAND} take {retirement.id} {safe(owed.consumer.name if owed else consumer_id)}` takes it back."
    return _over(retirement, f"{mention(by)} took over {name}: nothing is asked of you for it. {back}")


def taken_back(retirement: Retirement, consumer_id: str, by: str, said: str) -> Payload:
    """To whoever objected, or asked for more time, when another one ended that. `said`: the duty it was."""
    owed = retirement.obligation(consumer_id)
    name = f"*{safe(owed.consumer.name if owed else consumer_id)}*"
    what = "your objection" if said == Duty.OBJECTS else "your request for more time"
    again = "If it still holds, say so again in the message that asks you."
    return _over(retirement, f"{mention(by)} ended {what} for {name}. {again}")


def passed_back(retirement: Retirement, slack_id: str) -> Payload:
    """What somebody was asked in another one's place, once they are not any more."""
    return _over(
        retirement, f"You do not answer for {mention(slack_id)} any more: nothing is asked of you here."
    )


def handed(
    retirement: Retirement, slack_id: str, consumer_ids: Sequence[str], *, there: Snapshot | None = None
) -> Payload:
    """What one person answers for since the catalog changed, beside what they were told of before.

    Like a reminder it is never redrawn, so it has no owner's buttons: the message it points to shows how it stands.
    """
    new = set(map(retirement.id_of, consumer_ids))
    owed = [one for one in duties.of_person(retirement, slack_id) if one.consumer.consumer_id in new]
    if not owed:
        return _over(retirement, "What came to you belongs to others now: nothing is asked of you for it.")
    if retirement.state in CALLED_OFF:
        return called_off(retirement)
    more = "1 more consumer" if len(owed) == 1 else f"{len(owed):,} more consumers"
    is_yours = "is yours" if len(owed) == 1 else "are yours"
    head = f":busts_in_silhouette: *{retirement.id}* {more} of {safe(name_of(retirement))} {is_yours} by the catalog"
    action = (
        "Answer in the message you have had since the announcement, which shows it now, or press Show all."
    )
    lines = duties.lines(owed, retirement)
    blocks = [
        section(head),
        *map(section, audiences.told(retirement, slack_id, owed, action=action, there=there)),
        section(limits.joined(lines, limits.SECTION_MAX, at_most=OWNER_ROWS_MAX)),
        about_all(retirement, has_open=False),
    ]
    return message(head, blocks)


def called_off(retirement: Retirement) -> Payload:
    """Everybody who was to move is told that it has come to nothing."""
    name = name_of(retirement)
    return message(
        f"{retirement.id}: {safe(name)} does not retire, nothing is asked of you any more",
        [header(f"{name} stays"), section(duties.called_off(retirement))],
    )


def replaced(retirement: Retirement, *, slack_id: str = "", team_id: str = "") -> Payload:
    """What an earlier announcement asked of a person or team, after the plan was announced anew."""
    still = duties.of_person(retirement, slack_id) if slack_id else duties.of_team(retirement, team_id)
    if not still:
        return _over(
            retirement,
            "The plan changed, and nothing of yours stands in it any more: nothing is asked of you.",
        )
    return _over(retirement, "The plan changed and was announced anew: answer in the newer message.")


def _over(retirement: Retirement, why: str) -> Payload:
    text = f"*{retirement.id}* {safe(name_of(retirement))}: {why}"
    return message(text, [section(text)])


def all_modal(
    retirement: Retirement,
    slack_id: str,
    page: int = 0,
    *,
    team: str = "",
    delegations: InForce = NOBODY,
    now: datetime | None = None,
) -> Payload:
    """All that one person may answer, or that is of one team, page by page; whoever may not answer sees no button.

    delegations   who answers for whom now
    team   its id, or `NO_TEAM`. `private_metadata`: retirement, page, team
    """
    owed = duties.nearest_first(answered_by(retirement, slack_id, delegations))
    whose = "yours"
    if team:
        owed = duties.of_team(retirement, "" if team == NO_TEAM else team)
        whose = safe(impact.team_name(owed[0].consumer) if owed else team)
    pages = max(1, -(-len(owed) // PAGE_ROWS))
    page = min(max(page, 0), pages - 1)
    shown = owed[page * PAGE_ROWS : (page + 1) * PAGE_ROWS]
    blocks = [
        section(f"*{retirement.id}* {safe(name_of(retirement))}: {counted(len(owed), 'consumer')} of {whose}")
    ]
    blocks += duties.rows(shown, retirement, reader=slack_id, delegations=delegations, now=now)
    if pages > 1:
        blocks.append(context(f"Page {page + 1} of {pages}"))
    # One block per button: both have the same action id, which must be unique within a block.
    for text, to in (("Previous page", page - 1), ("Next page", page + 1)):
        if 0 <= to < pages:
            blocks.append(actions(button(text, Action.DUTY_PAGE, f"{retirement.id}|{to}")))
    metadata = {"retirement": retirement.id, "page": str(page), **({"team": team} if team else {})}
    return modal(
        "A team's consumers" if team else "Your consumers", Callback.DUTIES, blocks, metadata=metadata
    )
