"""An end that two people confirm by the model's name: the request in the thread, and the form that takes the name."""

from __future__ import annotations

from bot.ids import SLASH_COMMAND, Action, Callback
from bot.views import blocks
from bot.views.blocks import Payload, actions, button, mention, mentions, modal, safe, section, weekday
from bot.views.card.proposal import name_of
from bot.views.card.steps import zone_of
from data import events
from data.records.progress import StepKind
from data.records.retirement import Retirement
from workflows.rules.gating import closing
from workflows.rules.lifecycle import CLOSED
from workflows.rules.wording import counted


def line(event: events.CloseConfirmed, retirement: Retirement) -> str:
    """The event in the card's thread."""
    proof = f", proved as {safe(event.proof, 200)}" if event.proof else ""
    left = closing.missing(retirement)
    more = f"; {counted(left, 'more person', 'more people')} to go" if left else ""
    void = f"; what {mentions(event.void)} confirmed before does not count any more" if event.void else ""
    return f":lock: {mention(event.by)} confirms by its name that it may be closed{proof}{void}{more}"


def request(retirement: Retirement) -> Payload:
    """Asked for with a button, until two people have, or service came back."""
    by = _by(retirement)
    name = safe(name_of(retirement))
    if retirement.state not in CLOSED and not closing.is_standing(retirement):
        is_now = "its service is coming back" if retirement.restoring else f"it is {retirement.state}"
        return blocks.message(f":double_vertical_bar: Not asked now: the end of *{name}*, as {is_now}.")
    if not closing.missing(retirement) and not by:
        return blocks.message(
            f":double_vertical_bar: Not asked any more: by its tier *{name}* may be closed."
        )
    if not closing.missing(retirement):
        return blocks.message(f":lock: {by} confirmed by its name that *{name}* may be closed.")
    text = (
        f":lock: *{name}* is dark, and can be brought back with `{SLASH_COMMAND} restore` until it is closed, "
        f"which is due on *{closes_on(retirement)}*. It is closed only once *two people* typed its name: the "
        f"coordinator, owners of it or of its endpoints, or the voting roles.{_so_far(retirement)}"
    )
    return blocks.message(text, [section(text), _button(retirement)])


def to_confirm(retirement: Retirement) -> list[Payload]:
    """The same on the Home of somebody who may."""
    text = (
        f"*{retirement.id}* {safe(name_of(retirement))} is dark; closing is due on *{closes_on(retirement)}*, and "
        f"waits until two people typed its name.{_so_far(retirement)}"
    )
    return [section(text), _button(retirement)]


def _button(retirement: Retirement) -> Payload:
    return actions(button("Confirm the end", Action.CLOSING_CONFIRM, retirement.id, style="danger"))


def _by(retirement: Retirement) -> str:
    return mentions([one.by for one in retirement.confirmed])


def _so_far(retirement: Retirement) -> str:
    by = _by(retirement)
    return f"\n:lock: {by} did." if by else ""


def form(retirement: Retirement) -> Payload:
    """`private_metadata`: retirement."""
    name = name_of(retirement)
    said = (
        f"Once it is closed, which is due on *{closes_on(retirement)}*, nobody brings *{safe(name)}* back with "
        f"`{SLASH_COMMAND} restore`: what is left of it is its archive."
    )
    return modal(
        "Confirm the end",
        Callback.CLOSING_CONFIRM,
        [section(said), blocks.name_field("Type its name", Action.CLOSING_NAME, name)],
        metadata={"retirement": retirement.id},
        submit="Confirm",
    )


def closes_on(retirement: Retirement) -> str:
    assert retirement.plan is not None
    return weekday(retirement.plan.step(StepKind.CLOSE).due_at, zone_of(retirement))
