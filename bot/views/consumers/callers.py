"""Whose is a caller that nobody declares? The question in the thread, its answers, and calls after somebody moved."""

from __future__ import annotations

from collections.abc import Sequence

from bot.ids import SLASH_COMMAND, Action
from bot.views import blocks, limits
from bot.views.blocks import Payload, actions, button, mention, quoted, safe, section
from bot.views.card.proposal import name_of
from bot.views.consumers import duties
from bot.views.graph.impact import short_id
from bot.views.telling import audiences
from data import events
from data.records.callers import Caller, Calls
from data.records.retirement import Retirement
from workflows.rules.consumers import callers as rules
from workflows.rules.consumers import told_in
from workflows.rules.wording import counted, typed

WHOLE_MAX = 400
"""Of a name in the question, whole: what is claimed or vouched for is named by it. Three times what
data/catalog/callers.py keeps of one, as some signs take five here."""


FILES_MAX, FILE_MAX = 3, 300  # named in a question, and how much of each


def question(retirement: Retirement, asked: int, part: int) -> Payload:
    """The callers of one message, each with its button until it is answered; as they stand now."""
    about = [one for one in retirement.callers if (one.asked, one.part) == (asked, part)]
    waiting = [one for one in about if not _answer(retirement, one)]
    is_asked = retirement.state in rules.ASKED_IN
    if not waiting:
        head = f":mag: *{retirement.id}* Every caller of {safe(name_of(retirement))} is accounted for:"
    elif is_asked:
        head = (
            f":mag: *{retirement.id}* *Whose is this?* {_seen(len(waiting))} calling {safe(name_of(retirement))}, "
            f"and nobody declares it. No further step begins before each is somebody's: press This is ours, or "
            f"`{SLASH_COMMAND} claim {retirement.id} CALLER TEAM`; or give what it is that name as an alias in the "
            f"catalog and import that. Where nobody knows, {mention(retirement.coordinator_id)} may vouch for it: "
            f"`{SLASH_COMMAND} waive {retirement.id} CALLER REASON`{_at_once(retirement, waiting)}"
            f"{_voted_on(retirement, waiting)}"
        )
    else:
        head = (
            f":mag: *{retirement.id}* {_seen(len(waiting))} calling, and nobody is asked about that any more."
        )
    shown = [section(head)]
    for one in about:
        answer = _answer(retirement, one)
        ends = EXTENDED.get(retirement.extended.get(one.consumer.consumer_id, ""), "")
        shown.append(section(f"{called(one, WHOLE_MAX)}{seen(one.calls)}{ends}{answer}"))
        if not answer and is_asked:
            value = f"{retirement.id}|{one.consumer.consumer_id}"
            shown.append(actions(button("This is ours", Action.CALLER_CLAIM, value)))
    return blocks.message(head, shown)


EXTENDED = {
    "agreed": "\n:hourglass: A vote gave it more time",
    "declined": "\n:hourglass: A vote gave it no more time",
}


def _at_once(retirement: Retirement, waiting: Sequence[Caller]) -> str:
    """How to vouch for all of one file: many who were made up in it, say."""
    ids = {one.consumer.consumer_id for one in waiting}
    files = told_in.by_file(retirement)
    counts = {
        typed(told_in.offered(one, files)): len(one.only)
        for one in files.values()
        if len(one.only) > 1 and any(caller.consumer.consumer_id in ids for caller in one.only)
    }
    # What is cut off could not be typed.
    whole = [
        (safe(name, FILE_MAX), count) for name, count in counts.items() if len(safe(name, 10**6)) <= FILE_MAX
    ]
    return "".join(
        f"; `{SLASH_COMMAND} waive {retirement.id} {name} REASON` vouches for all {count:,} of whom only that file "
        "tells"
        for name, count in whole[:FILES_MAX]
    )


def _voted_on(retirement: Retirement, waiting: Sequence[Caller]) -> str:
    later = retirement.later
    if later is None or not {one.consumer.consumer_id for one in waiting} & set(later.consumer_ids):
        return ""
    return f". The card has a vote on whether there are {counted(later.days, 'more day')} to move"


def _seen(count: int) -> str:
    return f"{counted(count, 'caller')} {'was' if count == 1 else 'were'} seen"


def called(caller: Caller, limit: int = limits.NAME_MAX) -> str:
    return f"*{safe(caller.consumer.name, limit)}*"


def seen(calls: Calls | None) -> str:
    """What was seen of it, where anything was."""
    if calls is None:
        return ""
    numbers = rules.numbers(calls)
    told_by = f" ({safe(', '.join(calls.sources), 100)})" if calls.sources else ""
    return f" calls {safe(short_id(calls.to_id))}{f': {numbers}' if numbers else ''}{told_by}"


def _answer(retirement: Retirement, caller: Caller) -> str:
    """How the question about one is answered; empty while it is not."""
    if caller.declared_as:
        return f"\n:link: It is *{safe(short_id(retirement.id_of(caller.declared_as)))}* by the catalog"
    waiver = next((one for one in retirement.waivers if one.what == caller.consumer.consumer_id), None)
    if caller.team_id:
        return f"\n:raising_hand: It is {safe(caller.team_name or caller.team_id)}'s, says {mention(caller.claimed_by)}"
    if waiver is not None:
        return f"\n:pencil: {mention(waiver.by)} takes responsibility for it{quoted(waiver.reason)}"
    return ""


def reopened(retirement: Retirement, event: events.Reopened) -> Payload:
    """To an owner: what they said was migrated goes on calling."""
    duty = retirement.obligation(event.calls.consumer_id)
    name = duties.called(duty.consumer, duties.twins(retirement)) if duty else safe(event.calls.consumer_id)
    head = f":rotating_light: *{retirement.id}* {_went_on(event.calls, name)}"
    action = "Find what still calls, move it, then press Migrated in the message you have had since the announcement."
    return blocks.message(head, [section(head), section(audiences.five_facts(retirement, action=action))])


def line(
    event: events.CallersSeen | events.CallerClaimed | events.CallerDeclared | events.Reopened,
    retirement: Retirement,
    name: str,
) -> str:
    """The event in the thread. `name` is that of the consumer it is about."""
    match event:
        case events.CallersSeen():
            names = limits.joined([called(one) for one in event.callers], 500, between=", ", at_most=10)
            return f":mag: {_seen(len(event.callers))} calling that nobody declares: {names}"
        case events.CallerClaimed():
            team = safe(event.owners.team_name or event.owners.team_id)
            return f":raising_hand: {mention(event.by)} says {name_in(retirement, event.consumer_id)} is {team}'s"
        case events.CallerDeclared():
            known = event.consumer.name if event.consumer is not None else short_id(event.declared_as)
            what = f"{name_in(retirement, event.consumer_id)} is *{safe(known)}* by the catalog"
            return f":link: {what}: it is asked about no more{_not_who_claimed(retirement, event)}"
        case events.Reopened():
            return f":rotating_light: {_went_on(event.calls, name)}. It is open again"


def _not_who_claimed(retirement: Retirement, event: events.CallerDeclared) -> str:
    """Who takes the place of a team that had said it is theirs."""
    owners = event.consumer.owners if event.consumer is not None else None
    said = next((one for one in retirement.callers if one.consumer.consumer_id == event.consumer_id), None)
    if said is None or not said.team_id or owners is None or owners.team_id == said.team_id:
        return ""
    team, before = (
        safe(one, 100) for one in (owners.team_name or owners.team_id, said.team_name or said.team_id)
    )
    return f". {team} answers for it, not {before}, as {mention(said.claimed_by)} had said"


def name_in(retirement: Retirement, consumer_id: str) -> str:
    """What a caller was seen as."""
    found: Sequence[Caller] = [one for one in retirement.callers if one.consumer.consumer_id == consumer_id]
    return called(found[0]) if found else f"*{safe(consumer_id)}*"


def _went_on(calls: Calls, name: str) -> str:
    told_by = safe(calls.seen_in or ", ".join(calls.sources), 200)
    what = f"{name} was seen calling {safe(short_id(calls.to_id))} after it had migrated"
    return f"{what}: {rules.numbers(calls)} ({told_by})"
