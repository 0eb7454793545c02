"""How do people switch what Emeritus cannot drive: one reports with evidence, a second one checks."""

from __future__ import annotations

from collections.abc import Sequence

from bot.ids import SLASH_COMMAND, Action, Callback
from bot.views import blocks, limits
from bot.views.blocks import (
    SLACK_ID,
    Payload,
    actions,
    button,
    mention,
    modal,
    prose_field,
    quoted,
    safe,
    section,
)
from bot.views.card.proposal import name_of
from data.records.retirement import Retirement
from data.records.switches import ManualCheck
from workflows.rules.gating import by_hand
from workflows.rules.wording import counted, typed

ROWS_MAX = 25
DONE_WORDS = {"disable": "disabled", "restore": "restored"}


def _name(retirement: Retirement, endpoint_id: str) -> str:
    return safe(retirement.endpoint_name(endpoint_id))


def _report(retirement: Retirement, endpoint_id: str, action: str) -> ManualCheck:
    made = (one for one in retirement.manual if one.endpoint_id == endpoint_id and one.action == action)
    return next(made, ManualCheck(endpoint_id=endpoint_id, action=action))


def message(retirement: Retirement, endpoint_id: str, action: str) -> Payload:
    """The request, then the report waiting for its check, then the result; buttons where it still holds."""
    text, following = _drawn(retirement, endpoint_id, action)
    return blocks.message(text, [section(text), *following])


def to_switch(retirement: Retirement, hand: by_hand.Hand) -> list[Payload]:
    """The same on the Home of somebody who may act on it."""
    text, following = _drawn(retirement, hand.endpoint.id, hand.action)
    return [section(f"*{retirement.id}* {text}"), *following]


def _drawn(retirement: Retirement, endpoint_id: str, action: str) -> tuple[str, list[Payload]]:
    name, done = _name(retirement, endpoint_id), DONE_WORDS.get(action, safe(action))
    about = f"{retirement.id}|{endpoint_id}|{action}"
    report = _report(retirement, endpoint_id, action)
    against = "; ".join(by_hand.reasons_against(retirement, endpoint_id, action))
    following: list[Payload] = []
    if report.checked_by:
        who = f"{mention(report.confirmed_by)}, checked by {mention(report.checked_by)}"
        text = f":white_check_mark: *{name}* is {done}: {who}{quoted(report.evidence)}"
    elif against:
        text = f":double_vertical_bar: Not asked now: *{name}* is not to be {done}, {safe(against)}."
        if report.confirmed_by:
            text += f" {mention(report.confirmed_by)} said it is {done}."
        if action == "disable":
            text += " If it is off, switch it on again."
    elif report.confirmed_by:
        said = f"{mention(report.confirmed_by)} says *{name}* is {done}{quoted(report.evidence)}"
        text = f":mag: {said}\nA second person looks for themselves, then presses Check, or Not so."
        following = [
            actions(
                button("Check", Action.MANUAL_CHECK, about, style="primary"),
                button("Not so", Action.MANUAL_CONTRADICT, about),
            )
        ]
    else:
        ask = f"{mention(retirement.coordinator_id)}, please {safe(action)} *{name}* of {safe(name_of(retirement))}"
        text = f":raised_hand: {ask} by hand, then confirm with evidence. Emeritus cannot drive it."
        if action == "restore":
            given_up = f"{SLASH_COMMAND} waive {retirement.id} {typed(endpoint_id)} REASON"
            text += f" If it cannot come back: `{safe(given_up, 300)}`"
        following = [actions(button(f"Confirm {done}", Action.MANUAL_REPORT, about, style="primary"))]
    return text, following


def asked_again(retirement: Retirement, endpoint_ids: Sequence[str], action: str, *, to: str) -> Payload:
    """To those who may act, later to the governance channel: what people were asked days ago still waits."""
    done = DONE_WORDS.get(action, safe(action))
    what = f"{counted(len(endpoint_ids), 'endpoint')} not yet {done} by hand"
    head = f":rotating_light: *{retirement.id}* {safe(name_of(retirement))}: {what}"
    rows = [_waiting(retirement, one, action) for one in endpoint_ids]
    coordinator = mention(retirement.coordinator_id)
    why = "You may act on it: its request is in the thread of the card, with a button."
    if not SLACK_ID.fullmatch(to):
        why = f"The coordinator and the endpoint's owners were told before; {coordinator} must act."
    return blocks.message(
        head, [section(f"{head}\n{why}"), section(limits.joined(rows, limits.SECTION_MAX, at_most=ROWS_MAX))]
    )


def _waiting(retirement: Retirement, endpoint_id: str, action: str) -> str:
    name, report = _name(retirement, endpoint_id), _report(retirement, endpoint_id, action)
    if report.confirmed_by:
        return f"• *{name}*: {mention(report.confirmed_by)} says it is done, and a second person has to check"
    return f"• *{name}*: nobody has confirmed it"


def report_modal(retirement_id: str, endpoint_id: str, endpoint_name: str, action: str) -> Payload:
    """`private_metadata`: retirement, endpoint, action."""
    done = DONE_WORDS.get(action, action)
    return modal(
        f"Confirm {done}",
        Callback.MANUAL_REPORT,
        [
            section(
                f"You say that *{safe(endpoint_name or endpoint_id)}* is {safe(done)}. Somebody else checks."
            ),
            prose_field(
                "Evidence",
                Action.MANUAL_EVIDENCE,
                placeholder="What shows it: a ticket, a console link, the command and its output",
            ),
        ],
        metadata={"retirement": retirement_id, "endpoint": endpoint_id, "action": action},
        submit="Confirm",
    )
