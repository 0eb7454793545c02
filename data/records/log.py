"""Which keys have signed the heads of the log? The state of the `log` stream."""

from __future__ import annotations

from data.records.base import Record

STREAM = "log"


class LogKeys(Record, frozen=True, kw_only=True):
    """`name`: the log's own, which never changes. `keys`: public ones, the one in use last (data/log/keys.py)."""

    version: int = 0
    name: str = ""
    keys: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The one in use; empty while there is none."""
        return self.keys[-1] if self.keys else ""
