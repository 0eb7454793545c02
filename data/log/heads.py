"""How did the log stand when it was sealed?"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple


class KeptHead(NamedTuple):
    """The log as it stood when it was sealed. `checkpoint` says the same, signed; empty where nobody had a key then."""

    size: int
    root: bytes
    checkpoint: str
    sealed_at: datetime


class Sealed(NamedTuple):
    """So many `entries` came into the log; `head` is how it stands now, None while it is empty."""

    entries: int
    head: KeptHead | None
