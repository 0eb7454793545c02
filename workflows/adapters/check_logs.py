"""What a check says, while it says it: its beginning and its end are kept, however much it is."""

from __future__ import annotations

BEGINNING_BYTES = 2_000
END_BYTES = 4_000
"""Ours: as much as a message in the thread shows, the end most of all, where a program says why it stops."""


class Log:
    def __init__(self) -> None:
        self._beginning, self._end, self._bytes = b"", b"", 0

    def add(self, said: bytes) -> None:
        self._bytes += len(said)
        room = BEGINNING_BYTES - len(self._beginning)
        self._beginning += said[:room] if room > 0 else b""
        self._end = (self._end + (said[room:] if room > 0 else said))[-END_BYTES:]

    def text(self) -> str:
        left_out = self._bytes - len(self._beginning) - len(self._end)
        between = f"\n... {left_out:,} bytes are left out ...\n".encode() if left_out else b""
        return (self._beginning + between + self._end).decode("utf-8", errors="replace")
