"""Who may answer for a consumer, and whose word stands."""

from __future__ import annotations

from data.errors import Refused
from data.records.retirement import Obligation, Retirement
from workflows.rules.consumers.obligations import typed_of
from workflows.rules.people.delegating import InForce, answers_as


def whose_answer(duty: Obligation, slack_id: str, state: Retirement, delegations: InForce) -> str:
    """In whose place the person answers; empty for what is theirs.

    Raises `Refused` unless they belong to the team that owns the consumer, or stand in for somebody who does.
    """
    name = typed_of(duty, state)
    whose = answers_as(duty.asked, slack_id, delegations)
    if whose:
        return "" if whose == slack_id else whose
    if duty.taken_by and slack_id in duty.consumer.owners.slack_ids:
        raise Refused(
            f"You may not answer for {duty.consumer.name} now",
            reasons=[f"<@{duty.taken_by}> took it over"],
            next_step=f"Ask them, or take it back: /retire take {state.id} {name}",
        )
    team = duty.consumer.owners.team_name or "nobody (its owner is unresolved)"
    raise Refused(
        f"You may not answer for {duty.consumer.name}",
        reasons=[f"it belongs to {team}"],
        next_step=f"Ask them, or have the coordinator waive it: /retire waive {state.id} {name} REASON",
    )


def whose_word(duty: Obligation, slack_id: str, state: Retirement, delegations: InForce) -> str:
    """As `whose_answer`, of what every owner may say, whoever took the consumer over."""
    is_owner = slack_id in duty.consumer.owners.slack_ids
    return "" if is_owner else whose_answer(duty, slack_id, state, delegations)


def check_their_word(duty: Obligation, whose: str, by: str, state: Retirement) -> None:
    """Raises `Refused` where `by` would end an objection or a request for time that is none of theirs.

    An owner ends what any of them said, and so does whoever said it. Who took the consumer over from owners does not.
    whose   as `whose_answer` says
    """
    owners = duty.consumer.owners
    is_theirs = (whose or by) in (*owners.slack_ids, duty.named) or by == duty.changed_by
    if duty.wish is None or is_theirs:
        return
    name = duty.consumer.name
    says = "objects" if duty.objection is not None else "needs more time"
    raise Refused(
        f"You may not end that {name} {says}",
        reasons=[
            f"<@{duty.changed_by}> of {owners.team_name or 'its owners'} said so, and people vote on it"
        ],
        next_step=f"Vote on the card, or ask them to take it back: /retire take {state.id} {typed_of(duty, state)} "
        "makes it theirs again",
    )
