"""May people switch this endpoint by hand now? If not, why: the decision asks it, and the request shows it."""

from __future__ import annotations

from data.records.base import Record
from data.records.catalog import EndpointKind
from data.records.plan import Endpoint
from data.records.progress import Progress, StepKind
from data.records.retirement import Retirement
from workflows.rules.keeping.auditing import whole_since
from workflows.rules.lifecycle import dark, may_be_asked_off, maybe_dark
from workflows.rules.voting.quorum import VOTES_ON, vote_beside

GATE = "by hand/"
ACTIONS = ("disable", "restore")
SWITCHED = {"disable": "switched off", "restore": "switched on again"}


class Hand(Record, frozen=True, kw_only=True):
    """An endpoint that waits for people. `reported_by`: who says it is done, which a second person looks at."""

    endpoint: Endpoint
    action: str
    reported_by: str = ""

    @property
    def gate(self) -> str:
        """Names it among what a retirement waits for."""
        return f"{GATE}{self.action}/{self.endpoint.id}"

    @property
    def why(self) -> str:
        """What it waits for."""
        done = SWITCHED[self.action]
        if self.reported_by:
            return f"{self.endpoint.name} is reported as {done} by hand, and a second person has to look"
        return f"{self.endpoint.name} has to be {done} by hand"


def reasons_against(state: Retirement, endpoint_id: str, action: str) -> tuple[str, ...]:
    """Empty when it is asked for. What somebody switches off must still be wanted, and its archive proven."""
    if action == "restore":
        is_asked = bool(state.restoring) and endpoint_id in maybe_dark(state)
        return () if is_asked else ("its service is not being brought back",)
    against = []
    if endpoint_id in dark(state):
        against.append("it is dark already")
    elif not state.is_migrating:
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


def waiting(state: Retirement) -> tuple[Hand, ...]:
    """What waits for people now. Nobody is to switch off what a gate holds, or whose archive is still read back."""
    reported = {(one.endpoint_id, one.action): one.confirmed_by for one in state.manual if not one.checked_by}
    found = (
        Hand(endpoint=one, action=action, reported_by=reported.get((one.id, action), ""))
        for action in ACTIONS
        for one in awaited(state, action)
    )
    return tuple(one for one in found if one.reported_by or one.action == "restore" or _is_begun(state))


def _is_begun(state: Retirement) -> bool:
    """Is it asked of people? First the archive is read back, where anything says when it last was."""
    step = state.progress(StepKind.DISABLE)
    if step.progress is not Progress.RUNNING:
        return False
    read_at = whole_since(state)
    return state.audit is None or step.at is None or (read_at is not None and read_at >= step.at)
