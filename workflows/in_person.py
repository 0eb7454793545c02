"""What is asked outside of whoever speaks: whether the account is a colleague's, and whether it is really them.

And of those who are to vote, whether their accounts are.
"""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from data.records.delegation import Account
from data.records.facts import Facts
from data.records.retirement import Retirement
from workflows import commands as cmd
from workflows.membership import no_colleagues
from workflows.ports import Readers
from workflows.second_factor import SecondFactor, proved

PROVED = (
    cmd.BreakGlass,
    cmd.ConfirmBreakGlass,
    cmd.ConfirmClose,
    cmd.ReleaseHold,
    cmd.ConfirmPrune,
    cmd.GrantRead,
)
"""What cannot be had again once it is said: their second factor is asked, where there is one."""
IN_THEIR_NAME = (
    *PROVED,
    cmd.Cast,
    cmd.Attest,
    cmd.ReviewBreakGlass,
    cmd.PlaceHold,
    cmd.AskPrune,
    cmd.Waive,
    cmd.HandOver,
)
"""What counts only as the word of a member of this workspace: Slack is asked whose account it is."""


def with_account(known: Facts, command: cmd.AnyCommand, state: Retirement, readers: Readers | None) -> Facts:
    """The same facts, with whose account it is where that decides, and of whom else it takes. Raises `Unavailable`."""
    if readers is None or not isinstance(command, IN_THEIR_NAME):
        return known
    others = {one: readers.account(one) for one in _others(command, state)}
    strangers = {one: account for one, account in others.items() if account is not Account.MEMBER}
    return replace(
        known, account=readers.account(command.by), no_colleagues={**known.no_colleagues, **strangers}
    )


def _others(command: cmd.AnyCommand, state: Retirement) -> tuple[str, ...]:
    """Who has to be a colleague as well: the first of two, who may have left since, and whoever is to answer."""
    match command:
        case cmd.ConfirmBreakGlass() if state.break_glass is not None:
            return (state.break_glass.asked_by,)
        case cmd.ConfirmClose():
            return tuple(one.by for one in state.confirmed if one.by != command.by)
        case cmd.ConfirmPrune() if state.prune is not None:
            return (state.prune.asked_by,)
        case cmd.HandOver() | cmd.GrantRead():
            return (command.to,)
        case _:
            return ()


def with_colleagues(known: Facts, command: cmd.AnyCommand, readers: Readers | None) -> Facts:
    """The same facts, with who of a vote that is to begin is no colleague."""
    if readers is None or not isinstance(command, cmd.Propose | cmd.Revise):
        return known
    return replace(known, no_colleagues=no_colleagues(known, readers.account))


def with_proof(
    known: Facts, command: cmd.AnyCommand, state: Retirement, factor: SecondFactor | None, now: datetime
) -> Facts:
    """The same facts, with what the operator's program says of them where that decides."""
    if factor is None or not isinstance(command, PROVED):
        return known
    return proved(known, factor, command, state, now)
