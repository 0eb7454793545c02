"""Who answers for whom now, by the record and the catalog; and what is to be known of whoever is to answer."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from data.catalog.catalog import Catalog
from data.catalog.snapshot import Snapshot
from data.records.delegation import Account, Delegation
from data.records.facts import Facts
from data.store import Store
from workflows.commands import Delegate
from workflows.decisions.delegations import STREAM
from workflows.machine import delegation_of
from workflows.membership import active, leave
from workflows.ports import Readers
from workflows.rules.people.delegating import InForce, in_force, over, receiver


def in_force_now(store: Store, catalog: Catalog, at: datetime) -> dict[str, Delegation]:
    """Every delegation that counts at this instant. Who has left by the catalog answers for nobody."""
    every = [delegation_of(stream, state) for stream, state in store.states(f"{STREAM}/").items()]
    if not every:
        return {}
    there = catalog.snapshot()
    return in_force(every, at, is_there=lambda person: bool(active(there, person)))


def over_by(store: Store, at: datetime) -> dict[str, datetime]:
    """Whose last delegation is over at this instant, and since when."""
    return over((delegation_of(stream, state) for stream, state in store.states(f"{STREAM}/").items()), at)


def facts(
    command: Delegate, there: Snapshot, readers: Readers | None, delegations: InForce, now: datetime
) -> Facts:
    """Slack is asked whose accounts these are, and on whose clock the day ends. Raises `Unavailable`."""
    known = Facts(
        observed_at=now,
        named_person=active(there, command.to),
        delegations=dict(delegations),
        leave=leave(there, receiver(command.to, delegations)),
    )
    if readers is None:
        return known
    own = readers.account(command.by)
    return replace(
        known,
        account=readers.account(command.to),
        no_colleagues={} if own is Account.MEMBER else {command.by: own},
        zone=readers.zone(command.by, now),
    )
