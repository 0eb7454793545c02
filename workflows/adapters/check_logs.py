"""What a check says, while it says it: its beginning and its end are kept, however much it is."""

from __future__ import annotations

import re

from data.printable import uncoloured, without_secrets_in

BEGINNING_BYTES = 2_000
END_BYTES = 4_000
"""Ours: as much as a message in the thread shows, the end most of all, where a program says why it stops."""

BEFORE_BYTES = 1_000
"""Kept of what comes right before that end: it may say that what follows is a secret."""

_BREAKS = r"\s\"',;&"
_HALF_AT_END = re.compile(rf"[^{_BREAKS}]{{1,500}}\Z")
_HALF_AT_START = re.compile(rf"\A[^{_BREAKS}]{{1,500}}")
_END_OF_KEY = re.compile(r"\A(?:(?!-----BEGIN ).)*?-----END [^-\n]*-----", re.DOTALL)


class Log:
    def __init__(self) -> None:
        self._beginning, self._end, self._bytes = b"", b"", 0

    def add(self, said: bytes) -> None:
        self._bytes += len(said)
        room = BEGINNING_BYTES - len(self._beginning)
        self._beginning += said[:room] if room > 0 else b""
        self._end = (self._end + (said[room:] if room > 0 else said))[-END_BYTES - BEFORE_BYTES :]

    def text(self) -> str:
        if self._bytes <= BEGINNING_BYTES + END_BYTES:
            return _read(self._beginning + self._end)
        # Half a word could be half a secret, which nobody would know for one.
        beginning = _HALF_AT_END.sub("", _read(self._beginning))
        end = without_secrets_in(_END_OF_KEY.sub("", uncoloured(_read(self._end))))
        end = _HALF_AT_START.sub("", end[-END_BYTES:])
        left_out = self._bytes - len(beginning.encode()) - len(end.encode())
        return f"{beginning}\n... {left_out:,} bytes are left out ...\n{end}"


def _read(said: bytes) -> str:
    """A terminal of eight bits obeys a byte that is no UTF-8; others are shown for what they are."""
    text = said.decode("utf-8", errors="surrogateescape").replace("\udc9b", "\x9b")
    return re.sub("[\udc80-\udcff]", "\ufffd", text)
