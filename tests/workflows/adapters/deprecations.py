"""What a catalog is to say, as the tests of every writer need it: RET-1 retires churn on 17 February 2027."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from msgspec.structs import replace

from data.records.deprecation import Deprecation, Lifecycle, Listing, Part


def a_listing(
    called: str,
    lifecycle: Lifecycle = Lifecycle.DEPRECATED,
    *,
    part: Part = Part.MODEL,
    source: str = "",
) -> Listing:
    return Listing(part=part, called=called, lifecycle=lifecycle, source=source)


def a_deprecation(*listings: Listing, **changes: Any) -> Deprecation:
    deprecation = Deprecation(
        retirement_id="RET-1",
        model_name="churn",
        lifecycle=Lifecycle.DEPRECATED,
        last_day=date(2027, 2, 17),
        since=datetime(2026, 11, 16, 9, tzinfo=UTC),
        until=datetime(2027, 2, 17, 9, tzinfo=UTC),
        successor="churn-v2",
        listings=listings,
    )
    return replace(deprecation, **changes)


def becoming(deprecation: Deprecation, lifecycle: Lifecycle) -> Deprecation:
    """The same, with everything in another lifecycle."""
    listings = tuple(replace(one, lifecycle=lifecycle) for one in deprecation.listings)
    return replace(deprecation, lifecycle=lifecycle, listings=listings)
