"""What is asked outside of whoever speaks: whether the account is a colleague's, and whether it is really them."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from data.records.facts import Facts
from data.records.retirement import Retirement
from workflows import commands as cmd
from workflows.ports import Readers
from workflows.second_factor import SecondFactor, proved

PROVED = (cmd.BreakGlass, cmd.ConfirmBreakGlass, cmd.ConfirmClose, cmd.ReleaseHold, cmd.ConfirmPrune)
"""What cannot be had again once it is said: their second factor is asked, where there is one."""
IN_THEIR_NAME = (*PROVED, cmd.Cast, cmd.Attest, cmd.ReviewBreakGlass, cmd.PlaceHold, cmd.AskPrune)
"""What counts only as the word of a member of this workspace: Slack is asked whose account it is."""


def with_account(known: Facts, command: cmd.AnyCommand, readers: Readers | None) -> Facts:
    """The same facts, with whose account it is where that decides. Raises `Unavailable`."""
    if readers is None or not isinstance(command, IN_THEIR_NAME):
        return known
    return replace(known, account=readers.account(command.by))


def with_proof(
    known: Facts, command: cmd.AnyCommand, state: Retirement, factor: SecondFactor | None, now: datetime
) -> Facts:
    """The same facts, with what the operator's program says of them where that decides."""
    if factor is None or not isinstance(command, PROVED):
        return known
    return proved(known, factor, command, state, now)
