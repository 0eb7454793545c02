"""What does a process of ours on this machine say of itself? Asked, since a file that names it may be an old one."""

from __future__ import annotations

import http.client
from typing import TypeVar

import msgspec

PROBE_TIMEOUT_SECONDS = 2.0
ANSWER_BYTES_MAX = 4_096
T = TypeVar("T")


def identity_at(port: int, decoder: msgspec.json.Decoder[T]) -> T | None:
    """None where nobody answers there, or somebody else does."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PROBE_TIMEOUT_SECONDS)
    try:
        connection.request("GET", "/identity")
        return decoder.decode(connection.getresponse().read(ANSWER_BYTES_MAX))
    except (OSError, http.client.HTTPException, msgspec.MsgspecError):
        return None
    finally:
        connection.close()
