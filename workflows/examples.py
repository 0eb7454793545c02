"""Which playbook does a decision have to know of? Only of those that whoever asks may know of, too."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from data.catalog.snapshot import Snapshot
from data.records.facts import Facts
from data.records.retirement import Retirement
from workflows.audiences import is_marked, sees
from workflows.commands import NamePlaybook, Propose
from workflows.rules.hindsight.lessons import SHOWN_MAX
from workflows.rules.people.delegating import InForce


def following(
    command: Propose,
    known: Facts,
    every: Sequence[Retirement],
    there: Snapshot,
    delegations: Callable[[], InForce],
) -> Facts:
    """With the playbook that is followed, whose lessons come first; of a restricted one others read nothing."""
    one = next((one for one in every if one.id == command.like and one.playbook), None)
    if one is None or not sees(command.by, one, there, delegations):
        return known
    if is_marked(one, there):
        return replace(known, like=one.id)
    first = dict.fromkeys((*((one.id,) if one.reviewed else ()), *known.alike))
    return replace(known, like=one.id, like_name=one.playbook, alike=tuple(first)[:SHOWN_MAX])


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
