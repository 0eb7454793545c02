"""The catalog changed: do others answer for a consumer now, or vote? Who was seen calling? Owners are told, and may

answer from then on.
"""

from __future__ import annotations

from datetime import datetime

from data import events
from data.records.decision import Decision
from data.records.facts import Facts
from data.records.retirement import Retirement
from workflows.commands import MeetOwners
from workflows.decisions import callers, extensions, objections
from workflows.decisions.decided import (
    RetirementDecision,
    decided,
    escalation_timers,
    folded,
    held_again,
)
from workflows.decisions.rounds import round_timers
from workflows.rules.consumers import obligations, waiving
from workflows.rules.lifecycle import is_living
from workflows.rules.permissions import check
from workflows.rules.plans import meeting, parts
from workflows.rules.voting import weighing
from workflows.rules.voting.quorum import open_round, others_now

ASKS_ANEW = (events.CallerDeclared, events.Reopened, events.WaiverOutdated)
"""Somebody has to answer who had not, or is to answer again."""
ENDS = (events.ExtensionDropped, events.ObjectionEnded)
OPENS = (events.ExtensionProposed, events.ObjectionProposed)
FREES = (events.CallerDeclared, events.PartsChanged, events.Weighed, *ENDS)
"""What held a step may be over."""


def meet_owners(state: Retirement, command: MeetOwners, facts: Facts, now: datetime) -> RetirementDecision:
    """Whoever owns a consumer answers for it, and whoever is in a voting role is waited for.

    Before the announcement no owner was asked yet; once all is dark none is asked any more.
    """
    check("meet owners", command.by, state, facts)
    happened: list[events.RetirementEvent] = []
    round_ = open_round(state)
    if round_ is not None and (members := others_now(round_, facts.members)):
        voters = events.VotersChanged(at=now, by=events.EMERITUS, round_number=round_.number, members=members)
        happened.append(voters)
    elsewhere = obligations.owners_elsewhere(state, facts.impact) if state.is_migrating else {}
    if elsewhere:
        answer_by = obligations.answer_by(state, now)
        happened.append(
            events.OwnersChanged(at=now, by=events.EMERITUS, owners=elsewhere, answer_by=answer_by)
        )
    happened += waiving.outdated(folded(state, happened), facts, now)
    happened += parts.changed(state, facts, now)
    happened += weighing.changed(state, facts, now)
    happened += callers.met(folded(state, happened), facts, now)
    happened += callers.missed(folded(state, happened), facts, now)
    happened += objections.met(folded(state, happened), facts, now)
    happened += extensions.met(folded(state, happened), facts, now)
    told = meeting.told(state, facts.meets, unseen=facts.unseen_meets) if is_living(state) else ()
    if not happened:
        return Decision(effects=told)
    after = folded(state, happened)
    timers = held_again(after, now) if any(isinstance(one, FREES) for one in happened) else ()
    if elsewhere or any(isinstance(one, ASKS_ANEW) for one in happened):
        timers += escalation_timers(after, now) if state.paused_at is None else ()
    opened = [one.round for one in happened if isinstance(one, OPENS)]
    timers += tuple(expiry for round_ in opened for expiry in round_timers(round_)[1:])
    is_over = any(isinstance(one, ENDS) for one in happened)
    return decided(state, *happened, timers=timers, cancels=("round/*",) if is_over else (), effects=told)
