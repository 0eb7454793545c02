"""What every command says: who asks. `by` is a Slack user id, or "emeritus" where time or an effect asks."""

from __future__ import annotations

from data.records.base import Record


class Command(Record, frozen=True, kw_only=True, tag_field="command"):
    by: str
