"""What do an endpoint's adapter and its meter say now? What cannot be had is unknown, and why: never zero or off."""

from __future__ import annotations

from datetime import datetime, timedelta

from data.errors import EmeritusError
from data.records.catalog import EndpointKind
from data.records.facts import Reading
from data.records.retirement import Endpoint
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
        metered = meter.metered(endpoint.ref, days=days, until=now)
        # A meter that is too young still counts what it saw; `days` says how far that reaches.
        since = metered.since if metered is not None else now - timedelta(days=days)
        calls = meter.calls(endpoint.ref, since=since, until=now)
        callers = meter.callers(endpoint.ref, since)
    except EmeritusError as error:
        calls, metered, callers = None, None, {}
        why = why or str(error)
    if calls is None:
        return Reading(endpoint_id=endpoint.id, status="unknown" if status == "serving" else status, why=why)
    return Reading(
        endpoint_id=endpoint.id,
        calls=calls,
        days=metered.days if metered is not None else 0,
        status=status,
        callers=tuple(f"{caller} ({count})" for caller, count in list(callers.items())[:CALLERS_NAMED]),
        why=why,
    )


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
