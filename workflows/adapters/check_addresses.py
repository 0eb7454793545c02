"""An address that says whether a consumer works, asked once. Calling twice asks twice; nothing is followed elsewhere.

Its host is looked up once, and what is connected to is what was looked at: a name that means another machine a moment
later leads nowhere else. This machine, and what only it can reach, is asked only where the host says so itself.
"""

from __future__ import annotations

import http.client
import ipaddress
import json
import re
import socket
import ssl
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from http import HTTPStatus
from time import monotonic
from urllib.parse import SplitResult, urlsplit

from data.archive.results import Stopped
from data.records.checks import Check, CheckEnd
from workflows.adapters.check_logs import Log
from workflows.checks import Ran

SILENT_SECONDS = 30.0
LOOK_SECONDS = 0.1
READ_BYTES = 65_536
ANSWER_BYTES = 1024 * 1024
PASSES = frozenset({"pass", "passed", "ok", "up", "success", "succeeded", "healthy"})
SKIPS = frozenset({"skip", "skipped"})
"""What the "status" of an answer says: datatracker.ietf.org/doc/html/draft-inadarei-api-health-check, and others."""
METADATA = frozenset(map(ipaddress.ip_address, ("fd00:ec2::254", "100.100.100.200", "168.63.129.16")))
"""Where clouds tell a machine its own secrets, besides 169.254.169.254 and others that are link-local."""


def asked(check: Check, hosts: Sequence[str], stopped: Stopped) -> Ran | None:
    """Passed where it answers 2xx, and says nothing else in its body. None where it was stopped."""
    url = urlsplit(check.url)
    host, port = url.hostname or "", port_of(url)
    target = f"{url.path or '/'}{f'?{url.query}' if url.query else ''}"
    if not check.is_own and not allows(hosts, host, port):
        return _not_run(
            f'catalogs may not have {host} asked: add "{host}" to hosts in the file EMERITUS_CHECKS names'
        )
    try:
        address = _looked_up(host, port)
    except OSError as error:
        return _not_run(f"{host} is not found ({error.strerror or 'no reason is told'})")
    if address is None:
        return _not_run(f"{host} is this machine, or one that only it can reach: name its number instead")
    seconds = min(SILENT_SECONDS, check.timeout_seconds)
    connection = _Pinned(host, port, address, seconds, is_encrypted=url.scheme == "https")
    ends = monotonic() + check.timeout_seconds
    over = threading.Event()
    watch = threading.Thread(target=_watch, args=(connection, over, ends, stopped), daemon=True)
    watch.start()
    try:
        ran = _answer(connection, target, lambda: stopped() or monotonic() >= ends)
    except (OSError, http.client.HTTPException) as error:
        if stopped():
            return None
        why = f"it did not answer within {check.timeout_seconds:,} s" if monotonic() >= ends else _why(error)
        ran = _not_run(why)
    finally:
        over.set()
        connection.close()
        watch.join()
    return ran


def port_of(url: SplitResult) -> int:
    return url.port or (443 if url.scheme == "https" else 80)


def allows(hosts: Sequence[str], host: str, port: int) -> bool:
    """By its exact name, with or without the port it is asked at."""
    where = f"[{host}]" if ":" in host else host
    return not {host, where, f"{where}:{port}"}.isdisjoint(one.casefold() for one in hosts)


class _Pinned(http.client.HTTPConnection):
    """To the address that was looked at, whatever its name means by now; its certificate is still the name's."""

    def __init__(self, host: str, port: int, address: str, seconds: float, *, is_encrypted: bool) -> None:
        super().__init__(host, port, timeout=seconds)
        self._address, self._is_encrypted = address, is_encrypted
        self.wire: socket.socket | None = None
        """What it came to be connected by, also once an answer has taken it over."""

    def connect(self) -> None:
        self.sock = self.wire = socket.create_connection((self._address, self.port), self.timeout)
        if self._is_encrypted:
            encrypted = ssl.create_default_context().wrap_socket(
                self.sock, server_hostname=self.host, do_handshake_on_connect=False
            )
            self.sock = self.wire = encrypted
            encrypted.do_handshake()


def _looked_up(host: str, port: int) -> str | None:
    """The first address of its name that may be asked; None where there is none."""
    found = [str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    is_said = host == "localhost" or _is_number(host)
    return next((one for one in found if is_said or not _is_special(one)), None)


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_special(address: str) -> bool:
    number = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(number, ipaddress.IPv6Address) and number.ipv4_mapped is not None:
        number = number.ipv4_mapped
    is_local = number.is_loopback or number.is_link_local or number.is_unspecified
    return is_local or number.is_multicast or number in METADATA


def _watch(connection: _Pinned, over: threading.Event, ends: float, stopped: Stopped) -> None:
    """Who trickles is not waited for without end, nor is anybody when the bot stops."""
    while not over.wait(LOOK_SECONDS):
        if (stopped() or monotonic() >= ends) and connection.wire is not None:
            with suppress(OSError):
                # Of the wire itself: an encrypted one would first forget its keys, which are in use.
                socket.socket.shutdown(connection.wire, socket.SHUT_RDWR)
                return


def _answer(connection: _Pinned, target: str, is_cut: Callable[[], bool]) -> Ran:
    connection.request(
        "GET", target, headers={"User-Agent": "emeritus", "Accept": "application/json, text/plain, */*"}
    )
    answer = connection.getresponse()
    log, body = Log(), bytearray()
    while said := answer.read(READ_BYTES):
        log.add(said)
        body += said
        if len(body) > ANSWER_BYTES:
            return Ran(
                end=CheckEnd.NOT_RUN, why=f"its answer is larger than {ANSWER_BYTES:,} bytes", log=log.text()
            )
    if is_cut() or answer.length:
        raise OSError("it broke off")
    head = f"HTTP {answer.status}"
    if HTTPStatus.MULTIPLE_CHOICES <= answer.status < HTTPStatus.BAD_REQUEST:
        why = f"{head} leads elsewhere, and nobody is followed: name the address that answers"
        return Ran(end=CheckEnd.FAILED, why=why, log=log.text())
    if not HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
        return Ran(end=CheckEnd.FAILED, why=head, log=log.text())
    status = _status(body)
    if status in SKIPS:
        return Ran(end=CheckEnd.SKIPPED, why=f'its answer says "status": "{status}"', log=log.text())
    if status and status not in PASSES:
        what = f'"status": "{status}"' if re.fullmatch(r"[a-z _-]{1,40}", status) else 'another "status"'
        return Ran(end=CheckEnd.FAILED, why=f"its answer says {what}", log=log.text())
    return Ran(end=CheckEnd.PASSED, log=log.text())


def _status(body: bytes | bytearray) -> str:
    """What an answer in JSON says of itself; empty where it says nothing."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    status = said.get("status") if isinstance(said, dict) else None
    return status.casefold() if isinstance(status, str) else ""


def _not_run(why: str) -> Ran:
    return Ran(end=CheckEnd.NOT_RUN, why=why)


def _why(error: Exception) -> str:
    """Without what an answer may repeat of what was sent."""
    if isinstance(error, TimeoutError):
        return f"nothing came for {SILENT_SECONDS:.0f} s"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate does not hold: {error.verify_message}"
    said = error.strerror if isinstance(error, OSError) else ""
    return f"it does not answer ({said or type(error).__name__})"
