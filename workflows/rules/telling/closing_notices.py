"""Who hears that an end has to be confirmed? The thread asks once it is dark, and shows who did."""

from __future__ import annotations

from collections.abc import Iterable

from data.records.decision import Effect
from data.records.retirement import Retirement
from workflows.rules.gating import closing
from workflows.rules.telling import messages


def changed(before: Retirement, state: Retirement) -> Iterable[Effect]:
    """The request is posted once it is asked, as a rule when it goes dark; drawn anew with everybody who confirms, or

    when it is over.
    """
    key = messages.closing_key(state)
    if closing.is_asked(state) and not closing.is_asked(before):
        yield messages.in_thread(state, key, "closing")
    elif (
        before.confirmed != state.confirmed
        or closing.is_asked(state) != closing.is_asked(before)
        or (closing.is_standing(before) != closing.is_standing(state) and is_needed(state))
    ):
        yield messages.edit(key, "closing")


def is_needed(state: Retirement) -> bool:
    return bool(closing.missing(state) or state.confirmed)
