"""Where do we listen? `[HOST:]PORT` as a setting or the command line has it."""

from __future__ import annotations

import ipaddress
import re

from data.records.base import Record

LOOPBACK = "127.0.0.1"
PORT_MAX = 65_535
_ADDRESS = re.compile(r"(?:(?:\[(?P<v6>[0-9a-fA-F:]+)\]|(?P<host>[A-Za-z0-9.-]+)):)?(?P<port>[0-9]{1,5})")
# A name whose last label is a number is read as an IPv4 address: RFC 1123, section 2.1.
_HOST = re.compile(r"(?!-)(?:[A-Za-z0-9-]+\.)*(?![0-9]+$)[A-Za-z0-9][A-Za-z0-9-]*")


class Address(Record, frozen=True, kw_only=True):
    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def address(text: str) -> Address | None:
    """`PORT`, `HOST:PORT` or `[v6]:PORT`; loopback unless a host is named. None when it is none of them."""
    found = _ADDRESS.fullmatch(text)
    if found is None or _why_none(found):
        return None
    return Address(host=found["v6"] or found["host"] or LOOPBACK, port=int(found["port"]))


def _why_none(found: re.Match[str]) -> str:
    """What of this form could nobody listen at?"""
    if int(found["port"]) > PORT_MAX:
        return f"a port is at most {PORT_MAX}"
    host = found["v6"] or found["host"] or LOOPBACK
    try:
        is_host = bool(ipaddress.ip_address(host))
    except ValueError:
        is_host = not found["v6"] and _HOST.fullmatch(host) is not None
    return "" if is_host else f"{host} is neither a host nor an IP address"


def why_no_address(text: str, port: str) -> str:
    accepted = f"[HOST:]PORT, e.g. {port} or 0.0.0.0:{port}"
    found = _ADDRESS.fullmatch(text)
    why = _why_none(found) if found else ""
    return f"{accepted}; {why}" if why else accepted
