"""Putting a name to what the policy wants attested before a model is switched off.

Whoever attests answers for it themselves: nobody's delegate does so in their place.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from data import events
from data.errors import NotFound, Refused
from data.records.attestations import Attestation
from data.records.decision import Decision, Timer
from data.records.facts import Facts
from data.records.progress import StepKind
from data.records.retirement import Retirement
from workflows.commands import AskToAttest, Attest, encoded
from workflows.decisions.decided import RetirementDecision, decided, folded, held_again
from workflows.rules.gating import attesting
from workflows.rules.lifecycle import is_going_dark
from workflows.rules.permissions import check
from workflows.rules.telling import attestation_notices
from workflows.rules.voting.barring import check_is_colleague


def attest(state: Retirement, command: Attest, facts: Facts, now: datetime) -> RetirementDecision:
    """One name is enough, and whoever comes later renews it."""
    wanted = check_attester(state, command, facts)
    if not command.evidence:
        raise Refused(
            f"An attestation of {wanted.name} counts only with evidence",
            next_step="Say where it can be seen: an address, or in words",
        )
    event = events.Attested(
        at=now,
        by=command.by,
        name=wanted.name,
        text_digest=attesting.text_digest(wanted.text),
        evidence=command.evidence,
        expires_at=now + timedelta(days=wanted.valid_days),
        entitled=facts.attesters.get(wanted.name, ()),
    )
    after = folded(state, (event,))
    return decided(
        state,
        event,
        after=after,
        timers=(_timer(event), *held_again(after, now)),
        reply=f"You attest {wanted.name} of {state.id}; it counts until {event.expires_at:%Y-%m-%d}.",
    )


def check_attester(state: Retirement, command: Attest, facts: Facts) -> Attestation:
    """What they are about to attest. Raises `NotFound`, and `Refused` for whoever may not, or not now."""
    check("attest", command.by, state, facts)
    check_is_colleague(facts, "What you attest")
    names = [one.name for one in attesting.required(state)]
    wanted = next((one for one in attesting.required(state) if one.name == command.name), None)
    if wanted is None:
        every = ", ".join(names)
        asks = f"Its policy asks for {every}" if names else "Its policy asks for none at its tier"
        raise NotFound(f"attestation of {state.id}", command.name, closest=names, next_step=asks)
    if not state.is_migrating or is_going_dark(state):
        when = "its endpoints are being switched off" if is_going_dark(state) else f"it is {state.state}"
        raise Refused(
            f"{wanted.name} of {state.id} is not attested now: {when}",
            next_step=f"It is between the announcement and the switch-off: /retire show {state.id}",
        )
    people = facts.attesters.get(wanted.name, ())
    if command.by not in people:
        raise Refused(
            f"You may not attest {wanted.name} of {state.id}",
            reasons=[f"this is for {attesting.who(wanted)}, by their own name"],
            next_step=f"Ask one of them: {', '.join(f'<@{one}>' for one in people[:10])}"
            if people
            else "Nobody is: have the catalog's group filled, or the policy's, with people who have a Slack id",
        )
    if not attesting.is_asked(state):
        assert state.plan is not None
        proven = state.plan.step(StepKind.DRILL).due_at
        raise Refused(
            f"{wanted.name} of {state.id} is not attested yet",
            reasons=["its archive is not proven: nobody can say what is in it"],
            next_step=f"It is on {proven:%Y-%m-%d}, and you are asked then; /retire archive {state.id} makes it now",
        )
    return wanted


def ask_to_attest(state: Retirement, command: AskToAttest, facts: Facts, now: datetime) -> RetirementDecision:
    """It counts no more: it is asked for again, while it is needed."""
    check("ask to attest", command.by, state, facts)
    wanted = {effect.body["name"]: effect for effect in attestation_notices.asked(state, now)}
    return Decision(effects=(wanted[command.name],) if command.name in wanted else ())


def _timer(event: events.Attested) -> Timer:
    command = AskToAttest(by=events.EMERITUS, name=event.name)
    return Timer(name=f"attest/{event.name}", due_at=event.expires_at, command=encoded(command))
