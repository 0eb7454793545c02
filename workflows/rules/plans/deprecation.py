"""What do catalogs have to say of a retirement, and when is it written anew?

Whatever is written is drawn from the retirement as it stands, so writing it twice is harmless and the latest counts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from data import events
from data.records.decision import Effect, EffectKind
from data.records.deprecation import CatalogKind, Lifecycle
from data.records.plan import Endpoint, Plan
from data.records.retirement import Retirement, State

CHANGES_WHAT_CATALOGS_SAY = (
    events.Amended,
    events.Announced,
    events.Cancelled,
    events.Closed,
    events.Revised,
    events.RolledBack,
)


def lifecycle_of(state: Retirement) -> Lifecycle:
    """What was announced holds until its end; what was called off, or is voted on anew, is lifted."""
    match state.state:
        case State.MIGRATING | State.BROWNOUT | State.DISABLED:
            return Lifecycle.DEPRECATED
        case State.ARCHIVED | State.PRUNED:
            return Lifecycle.RETIRED
        case _:
            return Lifecycle.IN_SERVICE


def writing_key(state: Retirement, kind: CatalogKind) -> str:
    return f"{state.id}/catalog/{kind}"


def writing(state: Retirement) -> tuple[Effect, ...]:
    """One for each catalog, so that none waits for another. Which of them list it, is seen when it is written."""
    if not state.announced:
        return ()
    return tuple(
        Effect(
            key=writing_key(state, kind),
            kind=EffectKind.WRITE,
            body={"catalog": kind},
            refresh=True,
        )
        for kind in CatalogKind
    )


def told_key(state: Retirement, kind: str, *said: str) -> str:
    """By what it says: of one announcement that is told once, however often it is written or tried."""
    words = "\n".join((f"{state.announced}", *said))
    digest = hashlib.sha256(words.encode(errors="backslashreplace")).hexdigest()[:12]
    return f"{state.id}/catalog/{kind}/told/{digest}"


def announced_plans(happened: Iterable[events.AnyEvent]) -> tuple[Plan, ...]:
    """Every plan that was in force while its announcement stood, oldest first."""
    found: list[Plan] = []
    plan: Plan | None = None
    for event in happened:
        match event:
            case events.Proposed() | events.Revised() | events.Amended():
                plan = event.plan
            case events.Announced() if plan is not None:
                found.append(plan)
            case _:
                pass
    return tuple(found)


def dropped(state: Retirement, plans: Iterable[Plan]) -> tuple[Endpoint, ...]:
    """Endpoints that were announced to retire, and do not by the plan there is now."""
    kept = {endpoint.id for endpoint in state.plan.subject.endpoints} if state.plan else set[str]()
    announced = {endpoint.id: endpoint for plan in plans for endpoint in plan.subject.endpoints}
    return tuple(endpoint for endpoint in announced.values() if endpoint.id not in kept)
