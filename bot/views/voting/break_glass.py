"""A notice that two people shorten: the request for the second one, what the card says, and who looks back on it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.ids import SLASH_COMMAND, Action
from bot.views import blocks, limits
from bot.views.blocks import Payload, actions, button, mention, mentions, quoted, safe, section, weekday
from bot.views.card.steps import zone_of
from data import events
from data.records.break_glass import BreakGlass
from data.records.retirement import Retirement
from workflows.rules.plans import break_glass
from workflows.rules.wording import counted

NOBODY = "nobody may"


def line(
    event: events.BreakGlassAsked | events.BreakGlassConfirmed | events.BreakGlassReviewed,
) -> str:
    """The event in the card's thread, with what somebody wrote in full."""
    by = mention(event.by)
    match event:
        case events.BreakGlassAsked():
            what = f":fire: {by}{_proved(event.proof)} asks for break-glass: {_notice(event.notice_days)}"
            return f"{what}{quoted(event.why, limits.INPUT_MAX)}"
        case events.BreakGlassConfirmed(break_glass=found):
            by_two = f"{_two(found)}{_proved(event.proof)}"
            return f":fire: *Break-glass* by {by_two}: {_notice(found.notice_days)}, voted on anew"
        case events.BreakGlassReviewed():
            return f":mag: {by} looked back on its break-glass{quoted(event.review, limits.INPUT_MAX)}"


def _proved(proof: str) -> str:
    return f" (proved as {safe(proof, 200)})" if proof else ""


def request(retirement: Retirement, number: int, people: Sequence[str]) -> Payload:
    """Asked of a second person with a button, until one confirms it or the plan is another one."""
    found = retirement.break_glass
    if found is None or found.number != number:
        return blocks.message(
            ":fire: This request for break-glass is over: the plan changed, or it was asked anew."
        )
    if found.confirmed_by:
        return blocks.message(f":fire: {_done(found)}")
    text = _asked(retirement, found)
    if break_glass.request(retirement) is None:
        return blocks.message(f"{text}\nNot any more: it is {retirement.state}.")
    others = [one for one in people if one != found.asked_by]
    more = (
        f"A second person confirms it, where waiting would do harm: {mentions(others) or NOBODY}. "
        "The plan gets the earlier dates then and is voted on; who was told before hears of it, and the archive is "
        "proven first as ever."
    )
    return blocks.message(f"{text}\n{more}", [section(text), section(more), _confirms(retirement, found)])


def to_confirm(retirement: Retirement, found: BreakGlass) -> list[Payload]:
    """The same on the Home of somebody who may be the second."""
    return [section(f"*{retirement.id}* {_asked(retirement, found)}"), _confirms(retirement, found)]


def _asked(retirement: Retirement, found: BreakGlass) -> str:
    what = f"{mention(found.asked_by)} asks to shorten the notice of *{_model(retirement)}* to"
    return f":fire: *Break-glass*: {what} {_notice(found.notice_days)}{quoted(found.why, limits.INPUT_MAX)}"


def _confirms(retirement: Retirement, found: BreakGlass) -> Payload:
    about = f"{retirement.id}|{found.number}"
    return actions(button("Confirm", Action.BREAK_GLASS_CONFIRM, about, style="danger"))


def words(retirement: Retirement) -> list[str]:
    """What the card, and whoever asks, is told of it; nothing where nobody shortened anything."""
    found = retirement.break_glass
    if found is None:
        return []
    if not found.confirmed_by:
        asked = f"{mention(found.asked_by)} asks for {_notice(found.notice_days)}"
        waits = break_glass.request(retirement) is not None
        return [f":fire: *Break-glass* {asked}; a second person confirms it in the thread"] if waits else []
    shown = [f":fire: {_done(found)}{quoted(found.why)}"]
    if found.reviewed_by:
        shown.append(f":mag: {mention(found.reviewed_by)} looked back on it{quoted(found.review)}")
    elif (due_at := break_glass.look_back_at(retirement)) is not None:
        shown.append(f":mag: {_wanted(retirement)} by *{weekday(due_at, zone_of(retirement))}*")
    return ["\n".join(shown)]


def look_back(retirement: Retirement) -> Payload:
    """To the coordinator, in the thread: the day is there, and nobody has."""
    about = f"the notice of *{_model(retirement)}* was shortened"
    return blocks.message(
        f":mag: {mention(retirement.coordinator_id)}, {about}, and {_wanted(retirement)}: what came of it, and was it "
        "right? Until then it is not closed."
    )


def _wanted(retirement: Retirement) -> str:
    how = f"`{SLASH_COMMAND} look-back {retirement.id} TEXT`"
    return f"somebody else than the two has to look back on it, {how},"


def _done(found: BreakGlass) -> str:
    return f"*Break-glass* by {_two(found)}: {_notice(found.notice_days)}"


def _model(retirement: Retirement) -> str:
    return safe(retirement.plan.subject.model_name) if retirement.plan else retirement.id


def _two(found: BreakGlass) -> str:
    return " and ".join(map(mention, found.people))


def _notice(days: int) -> str:
    return f"{counted(days, 'day')} of notice"
