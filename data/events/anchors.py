"""What happens to anchors of the log. On the `anchors` stream."""

from __future__ import annotations

from datetime import datetime

from data.events.base import Event
from data.records.anchors import AnchorPlan, Place


class AnchorsLeft(Event, frozen=True, kw_only=True, tag="anchors left behind"):
    """Whoever runs the record says that it lost the time of these when a backup was brought back. See `LeftBehind`."""

    names: tuple[str, ...]
    taken_at: datetime
    restored_at: datetime
    because: str


class AnchoringPlanned(Event, frozen=True, kw_only=True, tag="anchoring planned"):
    """How the log is anchored from now on."""

    plan: AnchorPlan


class CheckpointAnchored(Event, frozen=True, kw_only=True, tag="checkpoint anchored"):
    """A checkpoint came to where it was to be kept, or to some of that.

    name          it is kept under, by size and content
    where         of the archive; empty where it did not come there now. `version`: which one of a bucket's
    locked_until  None where nothing locks it
    stamp         the answer of the time-stamping service, whole, in Base64; empty where there is none
    stamped_at    when the service saw it, by its own clock; `stamped_by`: its name in its certificate
    channel       where it is posted; empty for nowhere
    failed        place -> why it did not come there
    """

    size: int
    name: str
    checkpoint: str
    where: str = ""
    version: str = ""
    locked_until: datetime | None = None
    stamp: str = ""
    stamped_at: datetime | None = None
    stamped_by: str = ""
    channel: str = ""
    failed: dict[Place, str] = {}


OnAnchors = AnchoringPlanned | CheckpointAnchored | AnchorsLeft
