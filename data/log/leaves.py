"""What of an entry of the record goes into the log? Where it stands and its digest, which chains all before it.

Not the entry itself: one may be larger than a bundle of a tiled log takes, and what is in there is for whoever may
see that stream only. The log is for everybody.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from data.log.merkle import entry_hash


class Leaf(NamedTuple):
    """An entry of the record in the log. `digest` is the one it is chained with (data/ledger.py)."""

    position: int
    stream: str
    version: int
    digest: bytes

    @property
    def entry(self) -> bytes:
        """RFC 8785 JSON, as everybody can compute it. Spelled out: every entry of a record comes through here."""
        return b'{"digest":"sha256:%b","position":%d,"stream":%b,"version":%d}' % (
            self.digest.hex().encode(),
            self.position,
            msgspec.json.encode(self.stream),
            self.version,
        )

    @property
    def hashed(self) -> bytes:
        return entry_hash(self.entry)
