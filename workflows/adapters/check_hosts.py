"""Whose host may a check ask, and at which of its addresses? Never at one that only this machine reaches by a name."""

from __future__ import annotations

import errno
import ipaddress
import os
import select
import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import Empty, Queue
from time import monotonic
from urllib.parse import SplitResult

LOOK_SECONDS = 0.1
METADATA = frozenset(
    map(
        ipaddress.ip_address,
        ("fd00:ec2::254", "fd20:ce::254", "100.100.100.200", "168.63.129.16", "192.0.0.192"),
    )
)
"""Where clouds tell a machine its own secrets, besides 169.254.169.254 and others that are link-local."""
WITH_IPV4 = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48", "::/96", "::ffff:0:0:0/96")))
"""Whose last four bytes are an older address: RFC 6052, RFC 8215, RFC 4291 2.5.5.1, RFC 2765 2.1."""
LOCAL = tuple(map(ipaddress.ip_network, ("0.0.0.0/8", "fd00:ec2::/64", "2001::/32")))
"""This network, RFC 791; where AWS serves a machine its secrets, time and names; Teredo, which leads to any other."""


def port_of(url: SplitResult) -> int:
    return url.port or (443 if url.scheme == "https" else 80)


def allows(hosts: Sequence[str], host: str, port: int) -> bool:
    """By its exact name, with or without the port it is asked at."""
    where = f"[{host}]" if ":" in host else host
    return not {host, where, f"{where}:{port}"}.isdisjoint(one.casefold() for one in hosts)


def looked_up(host: str, port: int, is_cut: Callable[[], bool]) -> list[str] | None:
    """The addresses of its name that may be asked; None where that took too long. Raises what the look-up does."""
    answers: Queue[list[str] | Exception] = Queue()

    def look_up() -> None:
        try:
            rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answers.put([str(one[4][0]) for one in rows])
        except (OSError, UnicodeError) as error:
            answers.put(error)

    # Nobody can hurry a resolver, and one that answers too late answers to nobody.
    threading.Thread(target=look_up, daemon=True).start()
    while not is_cut():
        with suppress(Empty):
            found = answers.get(timeout=LOOK_SECONDS)
            if isinstance(found, Exception):
                raise found
            is_said = host == "localhost" or _is_number(host)
            return [one for one in dict.fromkeys(found) if is_said or not _is_special(one)]
    return None


def connected(
    addresses: Sequence[str], port: int, seconds: float, is_cut: Callable[[], bool]
) -> socket.socket:
    """To the first that answers: a silent one leaves the others their share of the time. Raises `OSError`."""
    failed: OSError = TimeoutError()
    ends = monotonic() + seconds
    for number, address in enumerate(addresses):
        share = (ends - monotonic()) / (len(addresses) - number)
        try:
            line = _connected(address, port, share, is_cut)
        except OSError as error:
            failed = error
            if is_cut():
                break
        else:
            line.settimeout(max(LOOK_SECONDS, ends - monotonic()))
            return line
    raise failed


def _connected(address: str, port: int, seconds: float, is_cut: Callable[[], bool]) -> socket.socket:
    """Nobody can cut a connection that is not there yet: it is looked at again and again instead."""
    family, kind, proto, _, where = socket.getaddrinfo(
        address, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST
    )[0]
    line = socket.socket(family, kind, proto)
    line.setblocking(False)
    ends, error = monotonic() + seconds, line.connect_ex(where)
    while error == errno.EINPROGRESS:
        if select.select((), (line,), (), LOOK_SECONDS)[1]:
            error = line.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        elif is_cut() or monotonic() >= ends:
            error = errno.ETIMEDOUT
    if error:
        line.close()
        raise OSError(error, os.strerror(error))
    return line


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_special(address: str) -> bool:
    number = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(number, ipaddress.IPv6Address):
        number = _in_ipv6(number) or number
    is_local = number.is_loopback or number.is_link_local or number.is_unspecified
    is_local = is_local or any(number in net for net in LOCAL if net.version == number.version)
    return is_local or number.is_multicast or number in METADATA


def _in_ipv6(number: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The older address that this one stands for."""
    if number.ipv4_mapped or number.sixtofour:
        return number.ipv4_mapped or number.sixtofour
    is_within = any(number in net for net in WITH_IPV4) and int(number) > 1
    return ipaddress.IPv4Address(int(number) & 0xFFFF_FFFF) if is_within else None
