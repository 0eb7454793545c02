"""How a subscriber becomes the four numbers churn-v1 reads."""

from __future__ import annotations

from datetime import date


def features(subscriber: dict[str, int | date], today: date) -> dict[str, float]:
    """Missing counts are zero; a subscriber never seen on the site counts as seen on the day they joined."""
    joined = subscriber["joined_on"]
    seen = subscriber.get("last_seen_on", joined)
    assert isinstance(joined, date)
    assert isinstance(seen, date)
    return {
        "boxes_skipped": float(_count(subscriber, "boxes_skipped")),
        "days_since_visit": float((today - seen).days),
        "support_letters": float(_count(subscriber, "support_letters")),
        "years_subscribed": round((today - joined).days / 365.25, 2),
    }


def _count(subscriber: dict[str, int | date], field: str) -> int:
    value = subscriber.get(field, 0)
    return value if isinstance(value, int) else 0
