"""Where one reader of the weekly digest stands: since when they are to be told, and by whose clock."""

from __future__ import annotations

from datetime import datetime

from data.records.base import Record


class DigestState(Record, frozen=True, kw_only=True):
    """The state of the stream `digest`, which is the governance channel's, and of one stream for each other reader.

    place      a person or a channel; empty for the governance channel, which always has it
    by         who subscribed; empty for nobody, or nobody any more
    zone       an IANA name; empty for that of the policy
    sent_at    up to when they have been told; None before the first time
    is_quiet   the last one said that there was nothing to say
    """

    version: int = 0
    sent_at: datetime | None = None
    place: str = ""
    by: str = ""
    zone: str = ""
    is_quiet: bool = False

    @property
    def is_on(self) -> bool:
        return not self.place or bool(self.by)
