"""Who hears that something is to go from an archive? The thread asks a second person, and shows who it was."""

from __future__ import annotations

from collections.abc import Iterable

from data.records.decision import Effect
from data.records.retirement import Retirement
from workflows.rules.telling import messages


def changed(before: Retirement, state: Retirement) -> Iterable[Effect]:
    """The request is posted when somebody asks, and drawn anew once it is confirmed, taken back or done."""
    old, new = before.prune, state.prune
    if new is not None and (old is None or old.number != new.number):
        yield messages.in_thread(
            state, messages.prune_key(state, new.number), "prune", number=str(new.number)
        )
    elif old is not None and old != new:
        yield messages.edit(messages.prune_key(state, old.number), "prune", number=str(old.number))
