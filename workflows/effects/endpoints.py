"""Switching endpoints off, and on again. Every gate is looked at once more at the last instant; both may run twice."""

from __future__ import annotations

from datetime import timedelta

from data.errors import EmeritusError, Refused, Unavailable
from data.events import EMERITUS
from data.records.decision import Claim, Done, Result
from data.records.progress import StepKind
from data.store import Then
from workflows import commands as cmd
from workflows.effects.workshop import (
    QUIET_TRIES,
    Workshop,
    again,
    control_of,
    delayed,
    endpoint_of,
    failed,
    started,
    then,
)
from workflows.ports import EndpointControl
from workflows.rules.consumers.vouching import who_vouches
from workflows.rules.gating.readiness import readiness
from workflows.rules.lifecycle import maybe_dark

PROOF_HOLDS = timedelta(days=7)
"""A drill of a large archive takes days; one that is older says little about what is there now."""
LOOKED_AT_SECONDS_MAX = 300.0
"""What may be going dark is looked at this often at least: whoever asks for service back waits for what comes out."""


def disable(claim: Claim, shop: Workshop) -> tuple[Result, Then | None]:
    """Make one endpoint dark. Its configuration and weights stay, so that it can come back.

    The archive was proven before this was wanted; every other gate is looked at once more, here, as nothing
    that takes long stands between this look and the switch.

    Once it was sent, only a look can say what came of it: until one does, the step runs on, so that service can be
    asked back and nothing is said to have stopped. SageMaker takes ten minutes and more to delete an endpoint.
    """
    endpoint = endpoint_of(claim)
    asked = cmd.RunStep(by=EMERITUS, step=StepKind.DISABLE)
    is_dark = then(claim, cmd.RecordDisabled(by=EMERITUS, endpoint=endpoint))
    control: EndpointControl | None = None
    # Whatever an earlier attempt came to, it may have been sent.
    is_sent = claim.attempt > 1
    try:
        control = control_of(endpoint, shop)
        if claim.attempt > 1 and control.describe(endpoint.ref) == "disabled":
            # Killed between the switch and its record: it is dark, and saying so is all that is left to do.
            return Done(), is_dark
        state = shop.retirement(claim)
        if state.progress(StepKind.DISABLE).started != started(claim):
            # Planned anew, or started again, while this waited.
            return Done(), None
        assert state.plan is not None
        now = shop.world.now()
        facts = shop.engine.gatherer.facts(asked, state, now)
        ready = readiness(state, state.plan.step(StepKind.DISABLE), facts, now)
        if ready.unmet:
            raise Refused(
                f"Stopped before {endpoint.name} was switched off",
                reasons=ready.reasons,
                next_step=f"/retire disable {state.id} tries again",
            )
        begun_at = state.progress(StepKind.DISABLE).at
        if begun_at is not None and now - begun_at > PROOF_HOLDS:
            # The archive was read back when the step began; switching off may have waited for weeks since.
            raise Refused(
                f"Stopped before {endpoint.name} was switched off",
                reasons=[f"the archive was read back for it on {begun_at:%Y-%m-%d}, too long ago to rely on"],
                next_step="It is read back again first, by itself",
            )
        if who_vouches(state, endpoint.id) and control.describe(endpoint.ref) == "absent":
            return Done(), then(claim, cmd.RecordDisabled(by=EMERITUS, endpoint=endpoint, was_gone=True))
        is_sent = True
        control.disable(endpoint.ref)
        if control.describe(endpoint.ref) == "serving":
            raise Unavailable(f"{endpoint.name} still answers after it was switched off; looked at again")
    except EmeritusError as error:
        if is_sent and (isinstance(error, Unavailable) or not _is_seen(control, endpoint.ref)):
            return _in_doubt(claim, error, shop)
        return failed(claim, error, shop)
    shop.world.point("after disable")
    return Done(), is_dark


def _is_seen(control: EndpointControl | None, ref: str) -> bool:
    """Surely not on its way out: it serves, or is gone, which no switch of ours does; what is mute is no answer."""
    try:
        return control is not None and control.describe(ref) in ("serving", "absent")
    except EmeritusError:
        return False


def _in_doubt(claim: Claim, error: EmeritusError, shop: Workshop) -> tuple[Result, Then | None]:
    """Look again with patience; where service is asked back, make way for that, which looks, too."""
    # "Stopped before it was switched off" is what a refusal says that nothing was sent before.
    why = "; ".join(error.reasons) if isinstance(error, Refused) and error.reasons else str(error)
    told = delayed(claim, "disable", why)
    if shop.retirement(claim).restoring:
        return Done(), told
    return again(claim, error, shop.world, seconds_max=LOOKED_AT_SECONDS_MAX), told


def restore(claim: Claim, shop: Workshop) -> tuple[Result, Then | None]:
    """Bring one endpoint back from what was kept."""
    endpoint = endpoint_of(claim)
    try:
        control = control_of(endpoint, shop)
        state = shop.retirement(claim)
        if endpoint.id not in maybe_dark(state) and control.describe(endpoint.ref) == "absent":
            # We never switched it off, or somebody vouched that it cannot come back.
            return Done(), None
        control.restore(endpoint.ref)
        if control.describe(endpoint.ref) != "serving":
            raise Unavailable(f"{endpoint.name} does not answer yet; looked at again")
    except EmeritusError as error:
        # A service that should be back is never given up: whatever is wrong, it is tried again and said.
        is_quiet = isinstance(error, Unavailable) and claim.attempt < QUIET_TRIES
        told = None if is_quiet else delayed(claim, "restore", str(error))
        return again(claim, error, shop.world), told
    return Done(), then(claim, cmd.RecordRestored(by=EMERITUS, endpoint_id=endpoint.id))
