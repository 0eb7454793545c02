"""Whose votes count no more since the plan is another one? Each of them hears it once."""

from __future__ import annotations

from collections.abc import Iterable

from data import events
from data.records.decision import Effect
from data.records.retirement import Retirement, State
from data.records.rounds import Choice, Purpose
from workflows.rules.telling import messages
from workflows.rules.voting.barring import barred
from workflows.rules.voting.quorum import digest_on_ballot, open_round


def void(before: Retirement, state: Retirement, event: events.Revised) -> Iterable[Effect]:
    """Whoever changed the plan knows it, and who had abstained loses nothing."""
    if before.round is None or before.round.purpose is not Purpose.RETIRE:
        return
    digest = digest_on_ballot(before)
    for cast in before.round.ballots:
        if cast.plan_digest != digest or cast.choice is Choice.ABSTAIN or cast.voter_id == event.by:
            continue
        key = f"{state.id}/void votes/{event.round.number}/{cast.voter_id}"
        yield messages.direct(key, "void votes", cast.voter_id, by=event.by)


def is_wanted(state: Retirement, person: str) -> bool:
    """Is a vote of theirs still missed on the plan that stands?"""
    round_ = open_round(state)
    if round_ is None or state.state is not State.PROPOSED or person in barred(round_, state):
        return False
    return all(cast.voter_id != person for cast in round_.ballots)
