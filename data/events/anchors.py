"""What happens to anchors of the log. On the `anchors` stream."""

from __future__ import annotations

from datetime import datetime

from data.events.base import Event


class AnchorsLeft(Event, frozen=True, kw_only=True, tag="anchors left behind"):
    """Whoever runs the record says that it lost the time of these when a backup was brought back. See `LeftBehind`."""

    names: tuple[str, ...]
    taken_at: datetime
    restored_at: datetime
    because: str


OnAnchors = AnchorsLeft
