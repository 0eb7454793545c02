"""What `emeritus doctor` says of one thing it looked at."""

from __future__ import annotations

from data.records.base import Record


class Finding(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One line: what was looked at, what was found, and when it is bad what to do."""

    what: str
    ok: bool
    found: str
    fix: str = ""

    def __str__(self) -> str:
        return f"{'ok ' if self.ok else 'BAD'} {self.what}: {self.found}" + (
            f". {self.fix}" if self.fix else ""
        )
