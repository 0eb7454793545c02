"""Switching endpoints off, and on again. Every gate is looked at once more at the last instant; both may run twice."""

from __future__ import annotations

from data.errors import EmeritusError, Refused, Unavailable
from data.events import EMERITUS
from data.records.decision import Claim, Done, Result
from data.records.retirement import Retirement, StepKind
from workflows import commands as cmd
from workflows.effects.workshop import Then, Workshop, again, control_of, endpoint_of, failed, then
from workflows.rules.readiness import readiness


def disable(claim: Claim, shop: Workshop) -> tuple[Result, Then | None]:
    """Make one endpoint dark. Its configuration and weights stay, so that it can come back."""
    state = shop.retirement(claim)
    endpoint = endpoint_of(claim, state)
    assert state.plan is not None
    now = shop.world.now()
    asked = cmd.RunStep(by=EMERITUS, step=StepKind.DISABLE)
    try:
        control = control_of(endpoint, shop)
        if claim.attempt > 1 and control.describe(endpoint.ref) == "disabled":
            # Killed between the switch and its record: it is dark, and saying so is all that is left to do.
            return Done(), then(claim, cmd.RecordDisabled(by=EMERITUS, endpoint_id=endpoint.id))
        facts = shop.engine.gatherer.facts(asked, state, now)
        ready = readiness(state, state.plan.step(StepKind.DISABLE), facts, now)
        if ready.unmet:
            raise Refused(
                f"Stopped before {endpoint.name} was switched off",
                reasons=ready.reasons,
                next_step=f"/retire disable {state.id} tries again",
            )
        _prove_archive_again(state, shop)
        control.disable(endpoint.ref)
        if control.describe(endpoint.ref) == "serving":
            raise Unavailable(f"{endpoint.name} still answers after it was switched off; looked at again")
    except EmeritusError as error:
        return failed(claim, StepKind.DISABLE, error, shop)
    shop.world.point("after disable")
    return Done(), then(claim, cmd.RecordDisabled(by=EMERITUS, endpoint_id=endpoint.id))


def restore(claim: Claim, shop: Workshop) -> tuple[Result, Then | None]:
    """Bring one endpoint back from what was kept."""
    state = shop.retirement(claim)
    endpoint = endpoint_of(claim, state)
    try:
        control = control_of(endpoint, shop)
        control.restore(endpoint.ref)
        if control.describe(endpoint.ref) != "serving":
            raise Unavailable(f"{endpoint.name} does not answer yet; looked at again")
    except EmeritusError as error:
        # A service that should be back is never given up: whatever is wrong, it is tried again and said.
        return again(claim, error, shop.world), None
    return Done(), then(claim, cmd.RecordRestored(by=EMERITUS, endpoint_id=endpoint.id))


def _prove_archive_again(state: Retirement, shop: Workshop) -> None:
    """The drill was weeks ago. Everything is read back once more, since this is what cannot be had again."""
    assert state.archived is not None, "readiness holds the step until there is an archive"
    shop.archive.drill(
        state.archived.location, state.archived.manifest_digest, shop.world.now, shop.ending.is_set
    )
