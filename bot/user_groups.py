"""The user groups of Slack that a policy on record names: who is in them is followed, as with teams of the catalog."""

from __future__ import annotations

from collections.abc import Callable

from data.records.policy import Policy, Review
from data.sql.record import SqlStore
from workflows.engine import all_retirements
from workflows.ports import Readers, World
from workflows.rules.lifecycle import is_living
from workflows.user_groups import UserGroups, named_in


def followed(
    store: SqlStore,
    readers: Readers,
    *,
    policy: Policy,
    review: Review,
    world: World,
    wall: Callable[[], float],
    wake: Callable[[], None],
) -> UserGroups:
    """Those of the policy in force, and of older ones that retirements under way keep.

    wake   has what is due by then done
    """
    kept = (one.policy for one in all_retirements(store) if is_living(one) and one.policy is not None)
    names = [*named_in(policy, review), *(name for old in kept for name in named_in(old))]

    def moved() -> None:
        store.write(lambda conn: store.wake(conn, world.now()))
        store.left_work()
        wake()

    return UserGroups(readers, names, wall, moved)
