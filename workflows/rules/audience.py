"""What of a retirement concerns one person? All of it those who lead it, else what they answer for, or may vote on."""

from __future__ import annotations

from msgspec.structs import replace

from data.records.retirement import Retirement
from workflows.rules.lifecycle import is_living
from workflows.rules.quorum import open_round


def leads(retirement: Retirement, person: str) -> bool:
    """Its coordinator, who proposed it, or an owner of the model."""
    owners = retirement.plan.subject.owners if retirement.plan else ()
    return person in (retirement.coordinator_id, retirement.proposer_id, *owners)


def concerning(retirement: Retirement, person: str) -> Retirement | None:
    """With no more obligations than this person sees; None where nothing of it concerns them.

    A former voter or owner keeps hearing of none of it: what is looked at is how it stands now.
    """
    if leads(retirement, person):
        return retirement
    own = tuple(
        owed for owed in retirement.obligations if person in (*owed.consumer.owners.slack_ids, *owed.asked)
    )
    return replace(retirement, obligations=own) if own or _votes(retirement, person) else None


def _votes(retirement: Retirement, person: str) -> bool:
    round_ = open_round(retirement) if is_living(retirement) else None
    return round_ is not None and any(person in members for members in round_.members.values())
