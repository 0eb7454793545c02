"""Who is asked to switch what Emeritus cannot drive? The thread asks, and says whether that still holds."""

from __future__ import annotations

from collections.abc import Iterable

from data.records.decision import Effect
from data.records.retirement import Retirement
from workflows.rules.gating import by_hand
from workflows.rules.lifecycle import may_be_asked_off, maybe_dark
from workflows.rules.telling import messages


def asked(state: Retirement, action: str) -> Iterable[Effect]:
    """A request in the thread for each endpoint that people switch."""
    for endpoint in by_hand.endpoints(state):
        if action == "disable" or endpoint.id in maybe_dark(state):
            key = messages.manual_key(state, endpoint.id, action)
            yield messages.in_thread(state, key, "manual", endpoint_id=endpoint.id, action=action)


def redrawn(before: Retirement) -> Iterable[Effect]:
    """Requests to switch by hand say whether they still hold; where none was posted, none is drawn."""
    off = by_hand.endpoints(before) if may_be_asked_off(before) or maybe_dark(before) else ()
    for action, endpoints in (("disable", off), ("restore", by_hand.awaited(before, "restore"))):
        for endpoint in endpoints:
            key = messages.manual_key(before, endpoint.id, action)
            yield messages.edit(key, "manual", endpoint_id=endpoint.id, action=action)
