"""Which playbook does a decision have to know of? Only of those that whoever asks may know of, too."""

from __future__ import annotations

from collections.abc import Sequence

from data.catalog.snapshot import Snapshot
from data.records.retirement import Retirement
from workflows.audiences import sees
from workflows.commands import NamePlaybook
from workflows.rules.delegating import InForce


def namesake(
    command: NamePlaybook,
    state: Retirement,
    every: Sequence[Retirement],
    there: Snapshot,
    delegations: InForce,
) -> str:
    """The other playbook of this name; none that whoever asks may not know of, so there may be two of a name."""
    same = (one for one in every if one.playbook == command.name and one.id != state.id)
    return next((one.id for one in same if sees(command.by, one, there, lambda: delegations)), "")
