"""Holding brownouts: what stands in front of the endpoints is told ahead, asked whether it obeys, and looked at since.

It ends each by its own clock, so a bot that dies prolongs none. Every attempt may run twice: it makes what is wanted by
the state as it is now so, whatever an attempt before has done.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from msgspec.structs import replace

from data.catalog.callers import declared_by, unknown
from data.catalog.snapshot import Snapshot
from data.errors import EmeritusError, Unavailable
from data.events import EMERITUS
from data.records.brownouts import BrownoutSeen, BrownoutState, Counted
from data.records.catalog import SEEN
from data.records.decision import Claim, Done, NotDone, Result
from data.records.plan import Endpoint, Window
from data.records.retirement import Duty, Retirement
from data.records.traffic import Brownout, Observed
from data.store import Then
from workflows import commands as cmd
from workflows.brownable import NEEDED
from workflows.commands.brownouts import (
    AbortBrownout,
    BeginBrownout,
    CountBrownout,
    EndBrownout,
    SkipBrownout,
)
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
    now, one = shop.world.now(), seen(state, number)
    if now < found.ends_at:
        _want(state, found, shop)
        if not is_wanted(shop.retirement(claim), number, _plan_of(claim)):
            # Called off while it was told: what is there must not outlast that.
            return _as_it_stands(claim, shop.retirement(claim), shop)
    if one is None:
        if now < found.starts_at:
            return _again(found.starts_at, "it has not begun"), None
        command: cmd.AnyCommand = BeginBrownout(by=EMERITUS, number=number, before=_counted(state, shop))
        facts = shop.engine.gatherer.facts(command, state, now)
        return _again(now + SOON, "it has begun"), then(claim, command, facts)
    refused, names = _refused(state, one, shop)
    if now >= found.ends_at:
        return Done(), then(claim, EndBrownout(by=EMERITUS, number=number, refused=refused, names=names))
    assert state.policy is not None
    moved = sum(calls for who, calls in refused.items() if _has_moved(state, who))
    if because := over_budget(state.policy, moved, _served(state, one, shop)):
        aborted = AbortBrownout(by=EMERITUS, number=number, because=because, refused=refused, names=names)
        return Done(), then(claim, aborted)
    return _again(min(now + LOOK, found.ends_at), "it runs"), None


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
            for plane, endpoint in _planes(state, shop):
                desired = plane.desired(endpoint.ref)
                if desired.brownout is not None:
                    plane.want(endpoint.ref, replace(desired, brownout=None))
        return Done(), _counted_late(claim, state, shop)
    except Unavailable as error:
        # Soon, as somebody may wait for it; what stays so is asked more and more seldom.
        retry_at = now + SOON if claim.tries < SOON_TRIES else later(claim, shop.world)
        return NotDone(retry_at=retry_at, why=str(error)), None
    except EmeritusError:
        # Nothing of it is left there that could refuse a call.
        return Done(), None


def _counted_late(claim: Claim, state: Retirement, shop: Workshop) -> Then | None:
    """Who had called in one that was ended early: whoever ended it did not wait for that."""
    one = browned.uncounted(state)
    if one is None:
        return None
    refused, names = _refused(state, one, shop)
    return then(claim, CountBrownout(by=EMERITUS, number=one.number, refused=refused, names=names))


def _near(state: Retirement, now: datetime) -> Window | None:
    """One that what holds it was told of, and that has not begun."""
    near = (one for _, one in browned.ahead(state) if one.starts_at - AHEAD <= now < one.ends_at)
    return next(near, None) if browned.is_on(state) else None


def _want(state: Retirement, found: Window, shop: Workshop) -> None:
    """Told, and obeyed as it says itself. Raises `Unavailable` where it does not say so yet."""
    for plane, endpoint in _planes(state, shop):
        exempt = _names_of(state, plane.observe(endpoint.ref), shop)
        wanted = Brownout(begins_at=found.starts_at, ends_at=found.ends_at, exempt=exempt)
        desired = plane.desired(endpoint.ref)
        if desired.brownout != wanted:
            plane.want(endpoint.ref, replace(desired, brownout=wanted))
        if plane.obeyed(endpoint.ref).brownout != wanted:
            raise Unavailable(f"What stands in front of {endpoint.name} does not go by the brownout yet")


def _planes(state: Retirement, shop: Workshop) -> Iterator[tuple[TrafficPlane, Endpoint]]:
    """Of the endpoints at which one can be held; of all others the plan says that there is none."""
    assert state.plan is not None
    for endpoint in state.plan.subject.endpoints:
        plane = shop.engine.gatherer.brownable.planes.get(endpoint.kind)
        if plane is not None and plane.abilities(endpoint.ref) >= NEEDED:
            yield plane, endpoint


def _counted(state: Retirement, shop: Workshop) -> tuple[Counted, ...]:
    return tuple(_of(plane.observe(endpoint.ref), endpoint.id) for plane, endpoint in _planes(state, shop))


def _of(observed: Observed, endpoint_id: str) -> Counted:
    return Counted(
        endpoint_id=endpoint_id,
        since=observed.since,
        refused=observed.refused,
        calls=sum(one.calls for one in observed.counts),
        errors=sum(one.errors for one in observed.counts),
    )


def _grown(state: Retirement, one: BrownoutSeen, shop: Workshop) -> Iterator[Counted]:
    """Since it began; what began to count anew since then has counted nothing before."""
    before = {counted.endpoint_id: counted for counted in one.before}
    for now in _counted(state, shop):
        was = before.get(now.endpoint_id)
        if was is None or was.since != now.since:
            yield now
            continue
        refused = {name: calls - was.refused.get(name, 0) for name, calls in now.refused.items()}
        grown = {name: calls for name, calls in refused.items() if calls > 0}
        yield replace(now, refused=grown, calls=now.calls - was.calls, errors=now.errors - was.errors)


def _served(state: Retirement, one: BrownoutSeen, shop: Workshop) -> tuple[int, int]:
    """Calls that were let through meanwhile, and those of them that failed."""
    grown = list(_grown(state, one, shop))
    return sum(one.calls for one in grown), sum(one.errors for one in grown)


def _refused(state: Retirement, one: BrownoutSeen, shop: Workshop) -> tuple[dict[str, int], dict[str, str]]:
    """Consumer -> calls of it that were refused; and how those call themselves that nobody declares."""
    by_name: dict[str, int] = {}
    for counted in _grown(state, one, shop):
        for name, calls in counted.refused.items():
            by_name[name] = by_name.get(name, 0) + calls
    ids = _ids(by_name, shop.engine.gatherer.catalog.snapshot())
    refused: dict[str, int] = {}
    for name, calls in by_name.items():
        refused[ids[name]] = refused.get(ids[name], 0) + calls
    return refused, {ids[name]: name for name in by_name if ids[name].startswith(SEEN)}


def _ids(names: Iterable[str], there: Snapshot) -> dict[str, str]:
    """How a caller calls itself -> what a catalog declares by that name, else the id of an unknown caller."""
    seen_as = {name: unknown(name, "") for name in names}
    declared = declared_by(there.as_told(), seen_as.values())
    return {name: there.id_of(declared.get(one.id, one.id)) for name, one in seen_as.items()}


def _names_of(state: Retirement, observed: Observed, shop: Workshop) -> tuple[str, ...]:
    """How those that are exempt call themselves: as they were seen, and as catalogs name them."""
    if not state.exempt:
        return ()
    there = shop.engine.gatherer.catalog.snapshot()
    names = {*observed.refused, *(one.consumer for one in observed.counts)}
    found = {name for name, one in _ids(names, there).items() if one in state.exempt}
    for one in state.exempt:
        entity = there.find(one)
        found |= {one.removeprefix(SEEN)} if entity is None else {entity.id, entity.name, *entity.aliases}
    return tuple(sorted(found))


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
