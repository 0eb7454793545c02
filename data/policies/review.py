"""Which keys may a policy have about when it is looked through itself? No retirement keeps them."""

from __future__ import annotations

from collections.abc import Mapping

from data.policies.checks import GROUPS, PEOPLE, day
from data.policies.keys import Key

REVIEW: Mapping[str, Key] = {
    "by": Key(
        says='until when the policy itself is looked through again, `"2027-05-01"`; then the governance channel '
        "is told once, and the digest says so each week; empty for never",
        field="review_by",
        check=day,
    ),
    "last": Key(
        says='when that was done last, `"2026-11-30"`: what people suggested in reviews up to that day counts as '
        "settled, and is told no more; empty for never",
        field="review_last",
        check=day,
    ),
    "groups": Key(says="who does that: teams of the catalog", field="review_groups", check=GROUPS),
    "people": Key(says="and these, by their Slack user ids", field="review_people", check=PEOPLE),
}
