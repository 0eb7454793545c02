"""A vote on more time: for whom it is, where each of them stands, and which dates there would be."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from bot.views import limits
from bot.views.blocks import mention, mentions, quoted, safe, said_by, weekday
from bot.views.card.steps import zone_of
from bot.views.graph.impact import short_id
from bot.views.voting import objecting
from data import events
from data.records.callers import Caller
from data.records.plan import LaterDates
from data.records.progress import StepKind
from data.records.retirement import Obligation, Retirement
from data.records.waivers import Waiver
from workflows.rules.consumers.vouching import waivers
from workflows.rules.plans import extending
from workflows.rules.voting.barring import barred
from workflows.rules.wording import counted

NAMES_AT_MOST = 10


def asked(retirement: Retirement) -> list[str]:
    """What is voted on now, a line each; none where there is no such vote."""
    dates = retirement.later
    if dates is None or retirement.plan is None:
        return objecting.asked(retirement)
    zone, plan = zone_of(retirement), retirement.plan
    moved = {
        kind: f"*{weekday(_on(dates, kind), zone)}* instead of {weekday(plan.step(kind).due_at, zone)}"
        for kind in (StepKind.MIGRATE, StepKind.DISABLE)
    }
    every = extending.voted_for(retirement)
    need, vouched = extending.needing(retirement, every), waivers(retirement)
    who = [
        f"    • {_standing(one, retirement, vouched)}{'' if one in need else '; it needs no more time'}"
        for one in every[:NAMES_AT_MOST]
    ]
    wishes = extending.wished_for(retirement)
    who += [f"    • {_wish(one, zone)}" for one in wishes[:NAMES_AT_MOST]]
    whose = " and ".join(
        ["who was found since the announcement"] * bool(dates.consumer_ids)
        + ["who asks for it"] * bool(dates.wishes)
    )
    what = (
        f"Every date ahead *{counted(dates.days, 'day')} later*, so that {whose} can "
        f"move: migrate by {moved[StepKind.MIGRATE]}, service ends {moved[StepKind.DISABLE]}. Without approval the "
        "dates stay. For:"
    )
    return [what, limits.joined(who, 1_500, beyond=len(every) + len(wishes) - len(who))]


def _wish(duty: Obligation, zone: str) -> str:
    asked = duty.extension
    assert asked is not None
    by = said_by(duty.changed_by, duty.changed_for)
    until = weekday(asked.until, zone)
    return f"*{safe(duty.consumer.name)}*: {by} asks for it until {until}{quoted(asked.reason, 200)}"


def line(
    event: events.ExtensionProposed | events.ExtensionAgreed | events.ExtensionDropped,
    retirement: Retirement,
    name_in: Callable[[Retirement, str], str],
) -> str:
    """How the vote begins and ends, in the thread. `name_in` knows what a caller is called."""
    match event:
        case events.ExtensionProposed():
            names = [name_in(retirement, one) for one in (*event.dates.consumer_ids, *event.dates.wishes)]
            return f":hourglass_flowing_sand: {opened(event, retirement, names)}"
        case events.ExtensionAgreed():
            return ":white_check_mark: The vote on more time ended with approval: the dates ahead move"
        case events.ExtensionDropped():
            because = safe(event.because, 200)
            over = f"is over: {because}" if because else "ended without approval: the dates stay"
            return f":arrow_forward: The vote on more time {over}"


def opened(event: events.ExtensionProposed, retirement: Retirement, names: Sequence[str]) -> str:
    """The same in a line. Nobody asked for this vote, and the card notifies nobody: so those who have it are called."""
    dates, zone = event.dates, zone_of(retirement)
    ends, until = weekday(_on(dates, StepKind.DISABLE), zone), weekday(event.round.expires_at, zone)
    some = limits.joined(names, 500, between=", ", at_most=NAMES_AT_MOST)
    without = barred(event.round, retirement)
    voters = [one for people in event.round.members.values() for one in people if one not in without]
    return (
        f"A vote on *more time* for {some} is open on the card: every date ahead {counted(dates.days, 'day')} later, "
        f"planned last day of service then: {ends}. It is open until {until}, for "
        f"{mentions(voters) or 'nobody: no role has anybody'}"
    )


def _on(dates: LaterDates, kind: StepKind) -> datetime:
    return next(step.due_at for step in dates.steps if step.kind is kind)


def _standing(caller: Caller, retirement: Retirement, vouched: Mapping[str, Waiver]) -> str:
    """Whose it is, as far as anybody has said, and what was answered for it."""
    declared_as = retirement.id_of(caller.declared_as)
    duty = retirement.obligation(declared_as or caller.consumer.consumer_id)
    waiver = vouched.get(declared_as) or vouched.get(caller.consumer.consumer_id)
    if declared_as:
        said = f"by the catalog it is *{safe(short_id(declared_as))}*"
    elif caller.team_id:
        said = f"it is {safe(caller.team_name or caller.team_id)}'s"
    else:
        said = "nobody has said whose it is"
    if waiver is not None:
        said = f"{mention(waiver.by)} takes responsibility for it"
    elif duty is not None:
        said += f": {duty.duty}"
    return f"*{safe(caller.consumer.name)}*: {said}"
