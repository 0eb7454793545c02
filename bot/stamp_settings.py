"""What the environment says of a time-stamping service: whom to ask, and whose stamps count."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bot.web_addresses import why_no_stamps
from data.errors import Corrupt
from data.records.base import Record

ADDRESS, AUTHORITIES = "EMERITUS_TSA", "EMERITUS_TSA_CA"
CA_BYTES_MAX = 1024 * 1024


class TimeStamping(Record, frozen=True, kw_only=True):
    """`authorities`: the certificates that its stamps have to lead to, as PEM. What was looked at is what counts."""

    address: str
    authorities: str


def read_stamping(environ: Mapping[str, str]) -> tuple[TimeStamping | None, dict[str, str]]:
    """None where nobody is asked, and of each variable that is wrong what is accepted."""
    address, file = environ.get(ADDRESS, ""), environ.get(AUTHORITIES, "")
    if not address and not file:
        return None, {}
    if not address:
        return None, {AUTHORITIES: f"left out without {ADDRESS}, the service whose stamps they are for"}
    wrong = {ADDRESS: why} if (why := why_no_stamps(address)) else {}
    pem, why = _authorities(file)
    if why:
        wrong[AUTHORITIES] = why
    return (None if wrong else TimeStamping(address=address, authorities=pem)), wrong


def _authorities(file: str) -> tuple[str, str]:
    """The certificates, and why there are none."""
    from data.log.stamps import authorities_of  # noqa: PLC0415 - takes a while to load, and most never need it

    accepted = "a file with the certificates of the service's authority as PEM, as you got them from it"
    try:
        with Path(file).open("rb") as opened:
            pem = opened.read(CA_BYTES_MAX)
        return (pem.decode("ascii"), "") if authorities_of(pem) else ("", accepted)
    except (OSError, ValueError, Corrupt):
        return "", accepted
