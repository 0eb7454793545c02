"""Holding brownouts: what stands in front of the endpoints is told ahead, asked whether it obeys, and looked at since.

It ends each by its own clock, so a bot that dies prolongs none. Every attempt may run twice: it makes what is wanted by
the state as it is now so, whatever an attempt before has done.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from data.errors import EmeritusError, NotFound, Unavailable
from data.events import EMERITUS
from data.records.brownouts import BrownoutState
from data.records.decision import Claim, Done, NotDone, Result
from data.records.plan import Endpoint, Window
from data.records.retirement import Duty, Retirement
from data.records.traffic import Brownout
from data.store import Then
from workflows import commands as cmd
from workflows.commands.brownouts import (
    AbortBrownout,
    BeginBrownout,
    CountBrownout,
    EndBrownout,
    SkipBrownout,
)
from workflows.effects import brownout_counts as counts
from workflows.effects.workshop import Workshop, later, then
from workflows.rules.plans import browned
from workflows.rules.plans.browned import AHEAD, is_wanted, running, seen, window
from workflows.rules.plans.budget import over_budget
from workflows.traffic_plane import TrafficPlane

LOOK = timedelta(seconds=61)
"""How often one that runs is looked at, once a minute: a budget that is used up ends it within this."""
SOON = timedelta(seconds=2)
SOON_TRIES = 5
MARGIN = timedelta(minutes=1)
"""What is not sure to be held by then is taken back: of several endpoints none begins alone."""
PATIENCE = timedelta(minutes=10)
"""So long who called is asked for, once it is over."""


def hold(claim: Claim, shop: Workshop) -> tuple[Result, Then | None]:
    """One brownout from shortly before it begins until it is over; without a number, what there is to be now."""
    assert claim.effect is not None
    state, now = shop.retirement(claim), shop.world.now()
    number = int(claim.effect.body["number"])
    found = window(state, number)
    if not number or found is None or not is_wanted(state, number, claim.effect.body["plan"]):
        return _as_it_stands(claim, state, shop)
    if seen(state, number) is None and now >= found.ends_at:
        # It ends by itself; that it was held is on no record, as nobody saw it begin.
        return Done(), then(claim, SkipBrownout(by=EMERITUS, number=number, reason=_UNSEEN))
    try:
        return _step(claim, shop, state, number, found)
    except EmeritusError as error:
        return _trouble(claim, shop, number, found, error)


_UNSEEN = "nobody saw it begin"


def _step(
    claim: Claim, shop: Workshop, state: Retirement, number: int, found: Window
) -> tuple[Result, Then | None]:
    now, one, trouble = shop.world.now(), seen(state, number), ""
    if now < found.ends_at:
        try:
            _want(state, found, shop)
        except EmeritusError as error:
            if one is None:
                raise
            # Of several endpoints the others are looked at all the same: their budget counts.
            trouble = str(error)
        if not is_wanted(shop.retirement(claim), number, _plan_of(claim)):
            # Called off while it was told: what is there must not outlast that.
            return _as_it_stands(claim, shop.retirement(claim), shop)
    if one is None:
        if now < found.starts_at:
            return _again(found.starts_at, "it has not begun"), None
        command: cmd.AnyCommand = BeginBrownout(
            by=EMERITUS, number=number, before=counts.counted(state, shop)
        )
        facts = shop.engine.gatherer.facts(command, state, now)
        return _again(now + SOON, "it has begun"), then(claim, command, facts)
    is_over = now >= found.ends_at
    grown = list(counts.grown(state, one, shop, of_those_that_answer=not is_over))
    refused, names = counts.refused(state, grown, shop)
    if is_over:
        return Done(), then(claim, EndBrownout(by=EMERITUS, number=number, refused=refused, names=names))
    assert state.policy is not None
    moved = sum(calls for who, calls in refused.items() if _has_moved(state, who))
    if because := over_budget(state.policy, moved, counts.served(grown)):
        aborted = AbortBrownout(by=EMERITUS, number=number, because=because, refused=refused, names=names)
        return Done(), then(claim, aborted)
    return _again(min(now + LOOK, found.ends_at), trouble or "it runs"), None


def _plan_of(claim: Claim) -> str:
    assert claim.effect is not None
    return claim.effect.body["plan"]


def _again(at: datetime, why: str) -> NotDone:
    return NotDone(retry_at=at, why=why)


def _as_it_stands(claim: Claim, state: Retirement, shop: Workshop) -> tuple[Result, Then | None]:
    """What runs, or is about to, is told anew; else that there is none."""
    now = shop.world.now()
    one = running(state)
    current = window(state, one.number) if one is not None else _near(state, now)
    try:
        if current is not None and now < current.ends_at:
            _want(state, current, shop)
        else:
            counts.at_each(state, shop, _lifted)
        return Done(), _counted_late(claim, state, shop)
    except NotFound:
        # Nothing of it is left there that could refuse a call.
        return Done(), None
    except EmeritusError as error:
        # Soon, as somebody may wait for it; what stays so is asked more and more seldom.
        retry_at = now + SOON if claim.tries < SOON_TRIES else later(claim, shop.world)
        return NotDone(retry_at=retry_at, why=str(error)), None


def _lifted(plane: TrafficPlane, endpoint: Endpoint) -> None:
    """None is wanted there any more: not one that is over either, as a clock that is set back would begin it again."""
    desired = plane.desired(endpoint.ref)
    if desired.brownout is not None:
        plane.want(endpoint.ref, replace(desired, brownout=None))


def _counted_late(claim: Claim, state: Retirement, shop: Workshop) -> Then | None:
    """Who had called in one that was ended early: whoever ended it did not wait for that."""
    one = browned.uncounted(state)
    if one is None:
        return None
    refused, names = counts.refused(state, list(counts.grown(state, one, shop)), shop)
    return then(claim, CountBrownout(by=EMERITUS, number=one.number, refused=refused, names=names))


def _near(state: Retirement, now: datetime) -> Window | None:
    """One that what holds it was told of, and that has not begun."""
    near = (one for _, one in browned.ahead(state) if one.starts_at - AHEAD <= now < one.ends_at)
    return next(near, None) if browned.is_on(state) else None


def _want(state: Retirement, found: Window, shop: Workshop) -> None:
    """Told, and obeyed as it says itself. Raises `Unavailable` where it does not say so yet."""

    def told(plane: TrafficPlane, endpoint: Endpoint) -> None:
        exempt = counts.names_of(state, plane.observe(endpoint.ref), shop)
        wanted = Brownout(begins_at=found.starts_at, ends_at=found.ends_at, exempt=exempt)
        desired = plane.desired(endpoint.ref)
        if desired.brownout != wanted:
            plane.want(endpoint.ref, replace(desired, brownout=wanted))
        if plane.obeyed(endpoint.ref).brownout != wanted:
            raise Unavailable(f"What stands in front of {endpoint.name} does not go by the brownout yet")

    counts.at_each(state, shop, told)


def _has_moved(state: Retirement, consumer_id: str) -> bool:
    duty = state.obligation(consumer_id)
    return duty is not None and duty.duty is Duty.MIGRATED


def _trouble(
    claim: Claim, shop: Workshop, number: int, found: Window, error: EmeritusError
) -> tuple[Result, Then | None]:
    """Until it is to begin it is tried again; one that nobody can look at any more is none that anybody holds."""
    now, state = shop.world.now(), shop.retirement(claim)
    one = seen(state, number)
    is_passing = isinstance(error, Unavailable)
    if one is None:
        if is_passing and now < found.starts_at - MARGIN:
            return _again(min(now + SOON, found.starts_at - MARGIN), str(error)), None
        return Done(), then(claim, SkipBrownout(by=EMERITUS, number=number, reason=str(error)))
    assert one.state is BrownoutState.RUNNING
    if now < found.ends_at + PATIENCE:
        return _again(now + SOON, str(error)), None
    because = f"nobody can say who called: {error}"
    return Done(), then(claim, AbortBrownout(by=EMERITUS, number=number, because=because))
