"""What of a retirement concerns one person? All of it those who lead it, else what they answer for, may vote on, put

their name to, or were told of as whoever is above its owners.
"""

from __future__ import annotations

from typing import NamedTuple

from msgspec.structs import replace

from data.records.retirement import Retirement
from workflows.rules.lifecycle import is_living
from workflows.rules.people.below import told_of
from workflows.rules.voting.quorum import open_round


class Reader(NamedTuple):
    """Who is told. `instead_of`: for whom they answer now; `named`: the retirements that wait for their name."""

    person: str
    instead_of: tuple[str, ...] = ()
    named: frozenset[str] = frozenset()

    @property
    def asked(self) -> frozenset[str]:
        """Whoever is asked what goes to this person."""
        return frozenset((self.person, *self.instead_of))


def leads(retirement: Retirement, reader: Reader) -> bool:
    """Its coordinator, or in their place; who proposed it, or an owner of the model."""
    owners = retirement.plan.subject.owners if retirement.plan else ()
    return retirement.coordinator_id in reader.asked or reader.person in (retirement.proposer_id, *owners)


def concerning(retirement: Retirement, reader: Reader) -> Retirement | None:
    """With no more obligations than this person sees; None where nothing of it concerns them.

    A former voter or owner keeps hearing of none of it: what is looked at is how it stands now.
    """
    if leads(retirement, reader):
        return retirement
    below = told_of(retirement, reader.asked)
    own = tuple(
        owed
        for owed in retirement.obligations
        if owed in below
        or reader.person in owed.consumer.owners.slack_ids
        or not reader.asked.isdisjoint(owed.asked)
    )
    is_theirs = own or retirement.id in reader.named or _votes(retirement, reader.person)
    return replace(retirement, obligations=own) if is_theirs else None


def _votes(retirement: Retirement, person: str) -> bool:
    round_ = open_round(retirement) if is_living(retirement) else None
    return round_ is not None and any(person in members for members in round_.members.values())
