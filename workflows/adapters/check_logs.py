"""What a check says, while it says it: its beginning and its end are kept, however much it is."""

from __future__ import annotations

import re

BEGINNING_BYTES = 2_000
END_BYTES = 4_000
"""Ours: as much as a message in the thread shows, the end most of all, where a program says why it stops."""

_BREAKS = rb"\s\"',;&"
_HALF_AT_END = re.compile(rb"[^" + _BREAKS + rb"]{1,500}\Z")
_HALF_AT_START = re.compile(rb"\A[^" + _BREAKS + rb"]{1,500}")


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
        if not left_out:
            return (self._beginning + self._end).decode("utf-8", errors="replace")
        # Half a word could be half a secret, which nobody would know for one.
        begun, ends = self._beginning, self._end
        beginning, end = _HALF_AT_END.sub(b"", begun), _HALF_AT_START.sub(b"", ends)
        left_out += len(begun) - len(beginning) + len(ends) - len(end)
        between = f"\n... {left_out:,} bytes are left out ...\n".encode()
        return (beginning + between + end).decode("utf-8", errors="replace")
