"""What is kept of the log where whoever runs the record does not reach it: its anchors, and the rules of them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from data.records.base import Record

STREAM = "anchors"


class AnchorRules(Record, frozen=True, kw_only=True):
    """What the policy says of them. No retirement keeps it.

    anchor_lock_days   how long each is locked, where a bucket locks
    anchor_channel     where each is posted; empty for nowhere but the weekly digest
    """

    anchor_lock_days: int = 3_652
    anchor_channel: str = ""


class LeftBehind(Record, frozen=True, kw_only=True):
    """Anchors of a time that the record lost when a backup was brought back: it does not go on from them.

    names         each by the size of its log and the digest of its checkpoint
    taken_at      which backup that was; `restored_at`: when it was brought back
    by, because   who answers for that, and why it came to it
    """

    at: datetime
    by: str
    because: str
    names: tuple[str, ...]
    taken_at: datetime
    restored_at: datetime


class AnchorPlan(Record, frozen=True, kw_only=True):
    """What is configured. `store`: a digest of where archives are and how firmly they are locked there.

    service       the address of a time-stamping service; empty where none is asked
    authorities   the certificates that its stamps have to lead to, as PEM
    channel       where checkpoints are posted; empty for nowhere
    """

    store: str
    lock_days: int
    service: str = ""
    authorities: str = ""
    channel: str = ""


class Place(StrEnum):
    """Where a checkpoint is kept or told, in the words people read."""

    ARCHIVE = "archive"
    SERVICE = "time-stamping service"
    CHANNEL = "channel"


class Reached(Record, frozen=True, kw_only=True):
    """The last checkpoint that came to a place: of how many entries, when; and the version of this stream then."""

    size: int
    at: datetime
    version: int


class Anchoring(Record, frozen=True, kw_only=True):
    """How the log is anchored: the state of the `anchors` stream.

    reached  place -> the last checkpoint there
    name     of the last one in the archive, and `where` that is
    failed   place -> why the last try came to nothing; empty once one did not
    """

    version: int = 0
    plan: AnchorPlan | None = None
    reached: dict[Place, Reached] = {}
    name: str = ""
    where: str = ""
    failed: dict[Place, str] = {}
    left: tuple[LeftBehind, ...] = ()

    @property
    def left_names(self) -> frozenset[str]:
        return frozenset(name for one in self.left for name in one.names)
