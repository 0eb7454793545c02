"""What is kept of the log where whoever runs the record does not reach it: its anchors, and the rules of them."""

from __future__ import annotations

from data.records.base import Record


class AnchorRules(Record, frozen=True, kw_only=True):
    """What the policy says of them. No retirement keeps it.

    anchor_lock_days   how long each is locked, where a bucket locks
    anchor_channel     where each is posted; empty for nowhere but the weekly digest
    """

    anchor_lock_days: int = 3_652
    anchor_channel: str = ""
