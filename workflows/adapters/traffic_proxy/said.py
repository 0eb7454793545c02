"""What a proxy says to callers by itself: headers on every answer, and the whole answer where there is no service.

RFC 9745 has Deprecation, RFC 8594 Sunset, RFC 8288 and RFC 5829 the link to what follows.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime

from workflows.adapters.traffic_proxy.route import Announced, Route

ONE_EACH = frozenset(("Deprecation", "Sunset"))


def headers(announced: Announced | None) -> dict[str, str]:
    """On every answer, as long as an end is announced."""
    if announced is None:
        return {}
    told = {"Deprecation": f"@{int(announced.since.timestamp())}", "Sunset": _http_date(announced.until)}
    if announced.successor:
        told["Link"] = f'<{announced.successor}>; rel="successor-version"'
    return told


def gone(route: Route) -> Mapping[str, object]:
    """The body of what is answered when the endpoint is closed: a client may read it, and need not try again."""
    said: dict[str, object] = {"error": "model_retired", "endpoint": route.ref}
    if (announced := route.announced) is not None:
        said |= {"retirement": announced.retirement_id, "sunset": announced.until.isoformat()}
        said |= {"successor": announced.successor} if announced.successor else {}
    return said


def _http_date(at: datetime) -> str:
    """RFC 9110, section 5.6.7."""
    return format_datetime(at.astimezone(UTC), usegmt=True)


def body(said: Mapping[str, object]) -> bytes:
    return json.dumps(said).encode()
