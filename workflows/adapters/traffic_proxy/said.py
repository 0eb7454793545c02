"""What a proxy says to callers by itself: headers on every answer, and the whole answer where there is no service.

RFC 9745 has Deprecation, RFC 8594 Sunset, RFC 8288 and RFC 5829 the link to what follows.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime

from workflows.adapters.traffic_proxy.route import Announced, Route
from workflows.adapters.traffic_proxy.ways import Became

REQUESTED, ACTUAL = "X-Model-Requested", "X-Model-Actual"
ONE_EACH = frozenset(("Deprecation", "Sunset", REQUESTED, ACTUAL))
RETRY_SECONDS_MAX = 3_600
"""A long outage may be called off: nobody is told to stay away for longer than this."""


def headers(announced: Announced | None) -> dict[str, str]:
    """On every answer, as long as an end is announced."""
    if announced is None:
        return {}
    told = {"Deprecation": f"@{int(announced.since.timestamp())}", "Sunset": _http_date(announced.until)}
    if announced.successor:
        told["Link"] = f'<{announced.successor}>; rel="successor-version"'
    return told


def answered_by(route: Route, became: Became | None) -> dict[str, str]:
    """On answers of a model while there is a successor: which one was called, and which one gave it."""
    if not route.traffic.new or became not in (Became.OLD, Became.NEW):
        return {}
    new = route.traffic.new_name or f"successor of {route.ref}"
    actual = route.ref if became is Became.OLD else new
    return {REQUESTED: _in_a_line(route.ref), ACTUAL: _in_a_line(actual)}


def _in_a_line(name: str) -> str:
    """No name ends a header and begins another."""
    return "".join(sign if sign.isprintable() else " " for sign in name)


def blocked(route: Route, caller: str) -> Mapping[str, object]:
    """Of 403: the call is understood and refused, and trying again does not help (RFC 9110, section 15.5.4).

    503 would say that it is for a while, and clients that keep to it would come back for ever.
    """
    return {"error": "caller_blocked", "endpoint": route.ref, "caller": caller} | _announced(route)


def gone(route: Route) -> Mapping[str, object]:
    """The body of what is answered when the endpoint is closed: a client may read it, and need not try again."""
    return {"error": "model_retired", "endpoint": route.ref} | _announced(route)


def brownout(route: Route, ends_at: datetime) -> Mapping[str, object]:
    """The body of a planned short outage: which retirement it announces, and until when it lasts."""
    said: dict[str, object] = {"error": "brownout", "endpoint": route.ref, "until": ends_at.isoformat()}
    return said | _announced(route)


def retry_after(ends_at: datetime, now: datetime) -> dict[str, str]:
    """RFC 9110, section 10.2.3, in whole seconds: whoever keeps to it is served, unless the window was called off."""
    left = math.ceil((ends_at - now).total_seconds())
    return {"Retry-After": str(max(1, min(left, RETRY_SECONDS_MAX)))}


def _announced(route: Route) -> dict[str, object]:
    if (announced := route.announced) is None:
        return {}
    said: dict[str, object] = {
        "retirement": announced.retirement_id,
        "sunset": announced.until.isoformat(),
    }
    return said | ({"successor": announced.successor} if announced.successor else {})


def _http_date(at: datetime) -> str:
    """RFC 9110, section 5.6.7."""
    return format_datetime(at.astimezone(UTC), usegmt=True)


def body(said: Mapping[str, object]) -> bytes:
    return json.dumps(said).encode()
