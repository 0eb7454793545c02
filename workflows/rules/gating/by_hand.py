"""May people switch this endpoint by hand now? If not, why: the decision asks it, and the request shows it."""

from __future__ import annotations

from data.records.catalog import EndpointKind
from data.records.plan import Endpoint
from data.records.retirement import Retirement, State
from workflows.rules.lifecycle import dark, may_be_asked_off, maybe_dark
from workflows.rules.voting.quorum import VOTES_ON, vote_beside


def reasons_against(state: Retirement, endpoint_id: str, action: str) -> tuple[str, ...]:
    """Empty when it is asked for. What somebody switches off must still be wanted, and its archive proven."""
    if action == "restore":
        is_asked = bool(state.restoring) and endpoint_id in maybe_dark(state)
        return () if is_asked else ("its service is not being brought back",)
    against = []
    if endpoint_id in dark(state):
        against.append("it is dark already")
    elif state.state is not State.MIGRATING:
        against.append(f"the retirement is {state.state}")
    elif not may_be_asked_off(state):
        against.append("switching off has not begun")
    if state.restoring:
        against.append("service is being restored")
    if state.paused_at is not None:
        against.append(f"it is paused since {state.paused_at:%Y-%m-%d %H:%M} UTC")
    if (voting := vote_beside(state)) is not None:
        against.append(f"a vote on {VOTES_ON[voting.purpose]} is open")
    if state.drilled_at is None:
        against.append("the archive is not proven")
    return tuple(against)


def endpoints(state: Retirement) -> tuple[Endpoint, ...]:
    """Those of the plan that nobody but people can switch."""
    subject = state.plan.subject if state.plan else None
    return tuple(found for found in subject.endpoints if found.kind is EndpointKind.MANUAL) if subject else ()


def awaited(state: Retirement, action: str = "disable") -> tuple[Endpoint, ...]:
    """Those people are asked to switch, and that are not switched by the word of two."""
    return tuple(found for found in endpoints(state) if not reasons_against(state, found.id, action))
