"""Who is in the user groups of Slack that a policy names, and may vote, attest or shorten a notice by that?

What is decided goes by what Slack says then; what is only shown by what it said within minutes. Where it does not
answer, a decision waits, and what is shown goes on with what was said last: nobody is ever taken for gone by a failure.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from data.catalog.snapshot import Snapshot
from data.errors import EmeritusError
from data.records.attestations import Attestation
from data.records.facts import UserGroup
from data.records.policy import NO_REVIEW, USER_GROUP, Policy, Review, Role
from data.records.retirement import Retirement
from workflows import commands as cmd
from workflows.ports import Readers
from workflows.rules.voting.roles import asked

LATELY_SECONDS = 300.0
AGAIN_SECONDS = 60.0
"""How long Slack is left alone, by whoever only shows something, after it did not answer."""


_BREAKS_GLASS = (cmd.BreakGlass, cmd.ConfirmBreakGlass)
_OF_HOLDS = (cmd.PlaceHold, cmd.ReleaseHold, cmd.AskPrune, cmd.ConfirmPrune, cmd.DropPrune)
_OF_GRANTS = (cmd.GrantRead, cmd.RevokeRead)
OF_KEEPERS = (*_OF_HOLDS, *_OF_GRANTS)
"""What goes by whom the policy names for archives."""
BY_ROLE_NOW = (
    *(cmd.Propose, cmd.Revise, cmd.Cast, cmd.Cancel),
    *(cmd.Attest, *_BREAKS_GLASS, cmd.ReviewBreakGlass, cmd.ConfirmClose, *OF_KEEPERS),
)
"""What goes by who is in a role at that moment."""
BY_ROLE_LATELY = (cmd.MeetOwners, cmd.LapseApproval, cmd.Review, cmd.Subscribe, cmd.RemindPolicyReview)
"""The same, where nobody chose the moment, or it decides nothing about a model."""


def asked_for(
    command: cmd.AnyCommand, state: Retirement | None, policy: Policy, review: Review, there: Snapshot
) -> tuple[str, ...]:
    """The user groups that this command's decision goes by. Slack answers few such questions a minute.

    policy   the one in force, which says who releases legal holds; all else is as the retirement was voted on
    """
    if isinstance(command, cmd.RemindPolicyReview):
        return _of_slack(review.review_groups)
    if not isinstance(command, (*BY_ROLE_NOW, *BY_ROLE_LATELY)):
        return ()
    in_force, policy = policy, (state and state.policy) or policy
    attesting = policy.attestations if isinstance(command, cmd.Attest) else ()
    breaking = policy.break_glass_groups if isinstance(command, _BREAKS_GLASS) else ()
    holding = in_force.holds_groups if isinstance(command, _OF_HOLDS) else ()
    granting = policy.grants_groups if isinstance(command, _OF_GRANTS) else ()
    roles = policy.roles if attesting else _voting(command, state, policy, there)
    return _of_slack([*_groups_of(roles), *_groups_of(attesting), *breaking, *holding, *granting])


def _voting(
    command: cmd.AnyCommand, state: Retirement | None, policy: Policy, there: Snapshot
) -> tuple[Role, ...]:
    """The roles that vote on the model, as it is weighed now or was when its plan was drawn up; else all."""
    plan = state.plan if state is not None else None
    model_id = plan.subject.model_id if plan else command.model_id if isinstance(command, cmd.Propose) else ""
    weighed = [one for one in (there.find(model_id) if model_id else None, plan and plan.subject) if one]
    needed = {role.name for one in weighed for role in asked(policy, one).roles}
    return tuple(role for role in policy.roles if role.name in needed) if weighed else policy.roles


def named_in(policy: Policy, review: Review = NO_REVIEW) -> tuple[str, ...]:
    """Every user group a policy names, as it names them."""
    of_tables = (*_groups_of(policy.roles), *_groups_of(policy.attestations))
    beside = (*policy.break_glass_groups, *policy.holds_groups, *policy.grants_groups)
    return _of_slack((*of_tables, *beside, *review.review_groups))


def _groups_of(every: Sequence[Role | Attestation]) -> list[str]:
    return [group for one in every for group in one.groups]


def _of_slack(groups: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for one in groups if one.startswith(USER_GROUP)))


@dataclass(frozen=True)
class _Told:
    """`number`: how many were asked before. A clock may be set back."""

    group: UserGroup
    asked_at: float
    number: int


def _nothing_follows() -> None: ...


class UserGroups:
    """What Slack told of them.

    clock   seconds, of which only differences count
    moved   called when others are in one than was known: whoever may vote is asked anew
    """

    def __init__(
        self,
        readers: Readers,
        names: Iterable[str],
        clock: Callable[[], float],
        moved: Callable[[], None] = _nothing_follows,
    ) -> None:
        self._readers, self._clock, self._moved = readers, clock, moved
        self._told: dict[str, _Told | None] = dict.fromkeys(names)
        self._numbers = count()
        self._turn = threading.Lock()
        self._failed_at: float | None = None
        self._has_moved = False

    def nobody_in(
        self,
        command: cmd.AnyCommand,
        state: Retirement | None,
        policy: Policy,
        review: Review,
        there: Snapshot,
    ) -> dict[str, str]:
        """Of those that this command's decision goes by, the ones nobody is in, and why. Raises `Unavailable`."""
        names = asked_for(command, state, policy, review, there)
        return self.ask(names, lately=isinstance(command, BY_ROLE_LATELY)) if names else {}

    def ask(self, names: Iterable[str], *, lately: bool = False) -> dict[str, str]:
        """Ask who is in these; with `lately`, not of those that were told within minutes. Raises `Unavailable`.

        Returns those that nobody is in, and why.
        """
        wanted, since = tuple(names), self._clock()
        for one in wanted:
            told = self._told.get(one)
            if not (lately and told is not None and 0 <= since - told.asked_at < LATELY_SECONDS):
                self._ask(one)
        found = ((one, self._told[one]) for one in wanted)
        return {one: told.group.why_nobody for one, told in found if told and told.group.why_nobody}

    def lately(self) -> Mapping[str, tuple[str, ...]]:
        """User group -> who is in it. Never raises, and holds nobody up while somebody else asks."""
        if self._told and self._turn.acquire(blocking=False):
            try:
                self._refresh()
            finally:
                self._turn.release()
        return {one: told.group.members for one, told in tuple(self._told.items()) if told is not None}

    def _refresh(self) -> None:
        now = self._clock()
        if self._failed_at is not None and 0 <= now - self._failed_at < AGAIN_SECONDS:
            return
        try:
            self._follow()
            self.ask(tuple(self._told), lately=True)
            self._failed_at = None
        except EmeritusError:
            self._failed_at = now

    def _ask(self, name: str) -> None:
        asked_at, number = self._clock(), next(self._numbers)
        group = self._readers.user_group(name.removeprefix(USER_GROUP))
        told = self._told.get(name)
        # An answer that was long under way does not take the place of a newer one.
        if told is None or told.number < number:
            self._told[name] = _Told(group, asked_at, number)
            if told is None or set(told.group.members) != set(group.members):
                self._has_moved = True
        self._follow()

    def _follow(self) -> None:
        """Where that fails it is done the next time."""
        if not self._has_moved:
            return
        self._has_moved = False
        try:
            self._moved()
        except EmeritusError:
            self._has_moved = True
            raise
