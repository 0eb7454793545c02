"""What do an endpoint's adapter, its meter and the archive say now?

What cannot be had is unknown, and why: never zero or off.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from data.errors import EmeritusError
from data.records.catalog import EndpointKind
from data.records.facts import Reading
from data.records.plan import Endpoint
from data.records.retirement import Retirement
from data.records.waivers import TRAFFIC
from workflows.artifact_store import ArtifactStore
from workflows.ports import EndpointControl, TrafficMeter

CALLERS_NAMED = 5


def reading(
    endpoint: Endpoint, control: EndpointControl | None, meter: TrafficMeter | None, days: int, now: datetime
) -> Reading:
    """Over the last `days` in which it was metered. Without a control or a meter: what nobody drives, or counts."""
    status, why = _status(endpoint, control)
    if meter is None:
        return Reading(endpoint_id=endpoint.id, status=status, why=why)
    try:
        calls, covered, since = traffic(endpoint.ref, meter, days, now)
        callers = meter.callers(endpoint.ref, since)
    except EmeritusError as error:
        calls, covered, callers = None, 0, {}
        why = why or str(error)
    if calls is None:
        return Reading(endpoint_id=endpoint.id, status="unknown" if status == "serving" else status, why=why)
    return Reading(
        endpoint_id=endpoint.id,
        calls=calls,
        days=covered,
        status=status,
        callers=tuple(f"{caller} ({count})" for caller, count in list(callers.items())[:CALLERS_NAMED]),
        why=why,
    )


def traffic(ref: str, meter: TrafficMeter, days: int, now: datetime) -> tuple[int | None, int, datetime]:
    """Calls in the last `days` in which it ran, how many of these days the meter covers, and since when that is.

    A meter that is too young still counts what it saw. No number where it cannot tell. Raises what the adapter raises.
    """
    metered = meter.metered(ref, days=days, until=now)
    since = metered.since if metered is not None else now - timedelta(days=days)
    return meter.calls(ref, since=since, until=now), metered.days if metered is not None else 0, since


def archive_holds(archive: ArtifactStore, state: Retirement) -> str:
    """Whether it is there as recorded: "yes", or why not."""
    if state.archived is None:
        return "there is none"
    try:
        there = archive.exists(state.archived)
    except EmeritusError as error:
        return str(error)
    return "yes" if there else "its manifest is not the recorded one"


def _status(endpoint: Endpoint, control: EndpointControl | None) -> tuple[str, str]:
    if endpoint.kind is EndpointKind.MANUAL:
        # It serves until two people say otherwise.
        return "serving", ""
    if control is None:
        return "unknown", f"this Emeritus reaches no {endpoint.kind} endpoints"
    try:
        return control.describe(endpoint.ref), ""
    except EmeritusError as error:
        return "unknown", str(error)


def seen_outside(state: Retirement) -> frozenset[str]:
    """What can be waived only by how it looks from outside; a consumer is waived whatever its endpoints do."""
    assert state.plan is not None
    return frozenset({TRAFFIC}.union(*((one.id, one.name) for one in state.plan.subject.endpoints)))
