"""What is attested before a model is switched off: the request in the thread, its form, and where each one stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.ids import SLASH_COMMAND, Action, Callback
from bot.views import blocks, limits
from bot.views.blocks import (
    Payload,
    actions,
    button,
    day,
    mention,
    mentions,
    modal,
    prose_field,
    quoted,
    safe,
    section,
    weekday,
)
from bot.views.card.proposal import name_of
from bot.views.card.steps import zone_of
from data import events
from data.records.attestations import Attestation, Statement
from data.records.progress import StepKind
from data.records.retirement import Retirement
from workflows.rules.gating import attesting

NOBODY = "*nobody who can be reached*"


def line(event: events.Attested, retirement: Retirement) -> str:
    """The event in the card's thread, with the evidence in full."""
    until = day(event.expires_at, zone_of(retirement))
    evidence = quoted(event.evidence, limits.INPUT_MAX)
    return f":memo: {mention(event.by)} attests {safe(event.name)} until {until}{evidence}"


def request(retirement: Retirement, name: str, number: int, people: Sequence[str]) -> Payload:
    """Asked for with a button, until somebody's name stands there. `number`: of the statement that answers it."""
    given = attesting.statements(retirement, name)
    wanted = next((one for one in attesting.required(retirement) if one.name == name), None)
    if number < len(given):
        return blocks.message(f":white_check_mark: *{safe(name)}* {_given(given[number], retirement)}")
    if wanted is None or not attesting.is_asked(retirement):
        state = f"it is {retirement.state}"
        return blocks.message(f":double_vertical_bar: Not asked now: *{safe(name)}*, as {state}.")
    again = f" What {mention(given[-1].by)} attested counts no more." if given else ""
    text = (
        f":memo: Before *{safe(name_of(retirement))}* is switched off, *{safe(name)}* has to be attested"
        f"{_words(wanted)}\n{_who(wanted, people)}.{again}"
    )
    return blocks.message(text, [section(text), _button(retirement, wanted)])


def to_attest(retirement: Retirement, wanted: Attestation) -> list[Payload]:
    """The same on the Home of somebody who may."""
    assert retirement.plan is not None
    dark_on = weekday(retirement.plan.step(StepKind.DISABLE).due_at, zone_of(retirement))
    *_, last = (None, *attesting.statements(retirement, wanted.name))
    again = f"\nWhat {mention(last.by)} attested counts no more." if last else ""
    text = f"*{retirement.id}* {safe(name_of(retirement))}, whose service ends on *{dark_on}*: *{safe(wanted.name)}*"
    return [section(f"{text}{_words(wanted)}{again}"), _button(retirement, wanted)]


def _button(retirement: Retirement, wanted: Attestation) -> Payload:
    pressed = button("Attest", Action.ATTESTATION_GIVE, f"{retirement.id}|{wanted.name}", style="primary")
    return actions(pressed)


def form(retirement: Retirement, wanted: Attestation) -> Payload:
    """`private_metadata`: retirement, attestation."""
    until = f"It counts for {wanted.valid_days:,} days and stays on the record with your name."
    return modal(
        "Attest",
        Callback.ATTESTATION_GIVE,
        [
            section(f"*{safe(wanted.name)}* of {safe(name_of(retirement))}{_words(wanted)}\n{until}"),
            prose_field(
                "Evidence",
                Action.ATTESTATION_EVIDENCE,
                placeholder="What shows it: an address, a ticket, or in words what you looked at",
            ),
        ],
        metadata={"retirement": retirement.id, "attestation": wanted.name},
        submit="Attest",
    )


def lines(retirement: Retirement, attesters: Mapping[str, Sequence[str]], now: datetime) -> list[str]:
    """A line for each that is needed: whose name stands there and until when, or who may still attest."""
    return [
        _standing(one, retirement, attesters.get(one.name, ()), now) for one in attesting.required(retirement)
    ]


def _standing(wanted: Attestation, retirement: Retirement, people: Sequence[str], now: datetime) -> str:
    if (said := attesting.stands(retirement, wanted, now)) is not None:
        return f":white_check_mark: *{safe(wanted.name)}* {_given(said, retirement)}"
    how = f"`{SLASH_COMMAND} attest {retirement.id} {safe(wanted.name)} EVIDENCE`"
    *_, last = (None, *attesting.statements(retirement, wanted.name))
    since = f"counted until {day(last.expires_at, zone_of(retirement))}" if last else "nobody yet"
    return f":white_circle: *{safe(wanted.name)}* {since}; {_who(wanted, people)}: {how}"


def _given(said: Statement, retirement: Retirement) -> str:
    until = day(said.expires_at, zone_of(retirement))
    return f"is attested by {mention(said.by)} until {until}{quoted(said.evidence)}"


def _who(wanted: Attestation, people: Sequence[str]) -> str:
    return f"{safe(attesting.who(wanted), 400)} may: {mentions(people) or NOBODY}"


def _words(wanted: Attestation) -> str:
    return quoted(wanted.text, limits.REASON_MAX)
