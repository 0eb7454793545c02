"""Which keys may a policy have about anchors of the record's log? No retirement keeps them."""

from __future__ import annotations

from collections.abc import Mapping

from data.policies.checks import channel_or_none
from data.policies.keys import Key
from data.toml_checks import whole

ANCHORS: Mapping[str, Key] = {
    "lock_days": Key(
        says="how long a checkpoint of the log beside the archives is locked, where a bucket locks",
        field="anchor_lock_days",
        check=whole(1, 36_500, "days"),
    ),
    "channel": Key(
        says="where each anchored checkpoint is posted: a channel's id or #name; empty leaves it to the weekly digest "
        "of the governance channel",
        field="anchor_channel",
        check=channel_or_none,
    ),
}
