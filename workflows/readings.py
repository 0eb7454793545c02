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
    """Over the last `days`. Without a control or a meter: what nobody drives, or nothing counts."""
    status, why = _status(endpoint, control)
    if meter is None:
        return Reading(endpoint_id=endpoint.id, status=status, why=why)
    since = now - timedelta(days=days)
    try:
        covered_from = meter.metered_since(endpoint.ref)
        # A meter that is too young still counts what it saw; `days` says how far that reaches.
        seen_from = max(since, covered_from) if covered_from is not None else since
        calls = meter.calls(endpoint.ref, since=seen_from, until=now)
        callers = meter.callers(endpoint.ref, since)
    except EmeritusError as error:
        calls, covered_from, callers = None, None, {}
        why = why or str(error)
    if calls is None:
        return Reading(endpoint_id=endpoint.id, status="unknown" if status == "serving" else status, why=why)
    covered = min(days, (now - covered_from).days) if covered_from is not None else 0
    return Reading(
        endpoint_id=endpoint.id,
        calls=calls,
        days=max(covered, 0),
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
