"""A time-stamping service by RFC 3161 over HTTP. Twice makes two stamps, either of which holds.

Only the address the operator named is asked, no redirect is followed, and only a digest is sent. What it answers
proves itself, so plain HTTP will do: most services have nothing else.
Source: RFC 3161, section 3.4
"""

from __future__ import annotations

from urllib.error import HTTPError

from data.errors import Corrupt, Unavailable
from data.importers.answers import Asking, Limits
from data.log.stamps import ANSWER_BYTES_MAX, authorities_of, query, stamped
from workflows.anchor_store import Stamped

LIMITS = Limits(
    silent_seconds=15.0,
    page_seconds=30.0,
    whole_seconds=30.0,
    page_bytes=ANSWER_BYTES_MAX,
    whole_bytes=ANSWER_BYTES_MAX,
)
AGAIN = "It is asked again"
HEADERS = {"Content-Type": "application/timestamp-query", "User-Agent": "emeritus"}


class TimeStamps:
    """Implements `Stamper`. `authorities`: certificates of whom stamps are taken from, as PEM."""

    def __init__(self, address: str, authorities: str, limits: Limits = LIMITS) -> None:
        self._address, self._limits = address, limits
        self._authorities = authorities_of(authorities.encode())

    def stamp(self, content: bytes) -> Stamped:
        asked = query(content)
        asking = Asking(self._limits, again=AGAIN)
        try:
            answer = asking.page(self._address, "", HEADERS, method="POST", body=asked.content)
        except HTTPError as error:
            with error:
                raise Unavailable(f"{self._address} answers HTTP {error.code}. {AGAIN}") from error
        try:
            found = stamped(answer, content, self._authorities, asked.nonce)
        except Corrupt as corrupt:
            raise Corrupt(f"{self._address}: {corrupt}") from corrupt
        return Stamped(answer, found.at, found.by)
