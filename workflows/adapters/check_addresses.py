"""An address that says whether a consumer works, asked once. Calling twice asks twice; nothing is followed elsewhere.

Its host is looked up once, and what is connected to is what was looked at: a name that means another machine a moment
later leads nowhere else. This machine, and what only it can reach, is asked only where the host says so itself.
"""

from __future__ import annotations

import http.client
import json
import re
import socket
import ssl
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from http import HTTPStatus
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from data.archive.results import Stopped
from data.records.checks import Check, CheckEnd
from workflows.adapters.check_hosts import LOOK_SECONDS, allows, connected, looked_up, port_of
from workflows.adapters.check_logs import Log
from workflows.checks import Ran

READ_BYTES = 65_536
ANSWER_BYTES = 1024 * 1024
PASSES = frozenset({"pass", "passed", "ok", "up", "success", "succeeded", "healthy"})
UNREAD = "?"
SKIPS = frozenset({"skip", "skipped"})
"""What the "status" of an answer says: datatracker.ietf.org/doc/html/draft-inadarei-api-health-check, and others."""
DENIES = frozenset({"fail", "failed", "failure", "error", "down", "unhealthy", "false", "null", "no", *SKIPS})
"""Of an answer that is one word and no more, what does not pass."""
GZIP = b"\x1f\x8b"


def asked(check: Check, hosts: Sequence[str], stopped: Stopped) -> Ran | None:
    """Passed where it answers 2xx, and says nothing else in its body. None where it was stopped."""
    url = urlsplit(check.url)
    host, port = url.hostname or "", port_of(url)
    target = f"{url.path or '/'}{f'?{url.query}' if url.query else ''}"
    if not check.is_own and not allows(hosts, host, port):
        return _not_run(
            f'catalogs may not have {host} asked: add "{host}" to hosts in the file EMERITUS_CHECKS names'
        )
    ends = monotonic() + check.timeout_seconds

    def is_cut() -> bool:
        return stopped() or monotonic() >= ends

    late = f"it did not answer within {check.timeout_seconds:,} s"
    try:
        found = looked_up(host, port, is_cut)
    except (OSError, UnicodeError) as error:
        said = error.strerror if isinstance(error, OSError) else "no host is called so"
        return _not_run(f"{host} is not found ({said or 'no reason is told'})")
    if found is None:
        return None if stopped() else _not_run(late)
    if not found:
        return _not_run(f"{host} is this machine, or one that only it can reach: name its number instead")
    connection = _Pinned(host, port, found, check.timeout_seconds, is_cut, is_encrypted=url.scheme == "https")
    over = threading.Event()
    watch = threading.Thread(target=_watch, args=(connection, over, ends, stopped), daemon=True)
    watch.start()
    try:
        ran = _answer(connection, target, is_cut)
    except (OSError, ValueError, http.client.HTTPException) as error:
        if stopped():
            return None
        ran = _not_run(late if monotonic() >= ends else _why(error))
    finally:
        over.set()
        connection.close()
        watch.join()
    return ran


class _Pinned(http.client.HTTPConnection):
    """To the first of these that can be reached, whatever its name means by now; its certificate is the name's."""

    def __init__(
        self,
        host: str,
        port: int,
        addresses: Sequence[str],
        seconds: float,
        is_cut: Callable[[], bool],
        *,
        is_encrypted: bool,
    ) -> None:
        super().__init__(host, port, timeout=seconds)
        self._addresses, self._is_encrypted = addresses, is_encrypted
        self._is_cut = is_cut
        self.wire: socket.socket | None = None
        """What it came to be connected by, also once an answer has taken it over."""

    def connect(self) -> None:
        assert self.timeout is not None
        self.sock = self.wire = connected(self._addresses, self.port, self.timeout, self._is_cut)
        if self._is_encrypted:
            encrypted = ssl.create_default_context().wrap_socket(
                self.sock, server_hostname=self.host, do_handshake_on_connect=False
            )
            self.sock = self.wire = encrypted
            encrypted.do_handshake()


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
    length = answer.getheader("Content-Length")
    if length is not None and not length.isdecimal():
        raise ValueError("its length is no number")
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
    return _judged(answer, bytes(body), log.text())


def _judged(answer: http.client.HTTPResponse, body: bytes, log: str) -> Ran:
    """What a whole answer comes to."""
    head = f"HTTP {answer.status}"
    if HTTPStatus.MULTIPLE_CHOICES <= answer.status < HTTPStatus.BAD_REQUEST:
        why = f"{head} leads elsewhere, and nobody is followed: name the address that answers"
        return Ran(end=CheckEnd.FAILED, why=why, log=log)
    if not HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
        return Ran(end=CheckEnd.FAILED, why=head, log=log)
    if packed := _packed(answer, body):
        return _not_run(f"its answer is packed ({packed}), which nobody asked for")
    status = _status(body)
    if status in SKIPS:
        return Ran(end=CheckEnd.SKIPPED, why=f'its answer says "status": "{status}"', log=log)
    if status is not None and status not in PASSES:
        what = f'"status": "{status}"' if re.fullmatch(r"[a-z _-]{1,40}", status) else 'another "status"'
        return Ran(end=CheckEnd.FAILED, why=f"its answer says {what}", log=log)
    return Ran(end=CheckEnd.PASSED, log=log)


def _packed(answer: http.client.HTTPResponse, body: bytes) -> str:
    """How, where its bytes are not what it says; empty where they are."""
    said = {
        one.strip().casefold()
        for name, plain in (("Content-Encoding", "identity"), ("Transfer-Encoding", "chunked"))
        for header in answer.headers.get_all(name, [])
        for one in header.split(",")
        if one.strip().casefold() not in ("", plain)
    }
    named = sorted(one if re.fullmatch(r"[a-z0-9-]{1,20}", one) else UNREAD for one in said)
    return ", ".join(named) or ("gzip" if body.startswith(GZIP) else "")


class _Pairs(tuple[tuple[str, Any], ...]):
    """An object of JSON with all it says, also what it says twice."""

    __slots__ = ()


def _status(body: bytes) -> str | None:
    """What an object of JSON says of itself, or a list of them; None where the answer is none, or says nothing.

    One that cannot be read to its end may say anything, and so has none that passes.
    """
    text = body.decode(json.detect_encoding(body), "replace").lstrip("\ufeff").strip()
    if (word := text.strip('"').casefold()) in DENIES:
        return word
    if not re.match(r"\{|\[\s*\{", text):
        return None
    try:
        said = json.loads(text, object_pairs_hook=_Pairs)
    except (ValueError, RecursionError):
        return UNREAD
    every = (said,) if isinstance(said, _Pairs) else said
    found = [
        value
        for one in every
        if isinstance(one, _Pairs)
        for name, value in one
        if name.casefold() == "status"
    ]
    if not found:
        return None
    if "\ufffd" in text:
        return UNREAD
    words = [value.strip().casefold() if isinstance(value, str) else UNREAD for value in found]
    return next((one for one in words if one not in PASSES), words[0])


def _not_run(why: str) -> Ran:
    return Ran(end=CheckEnd.NOT_RUN, why=why)


def _why(error: Exception) -> str:
    """Without what an answer may repeat of what was sent."""
    if isinstance(error, TimeoutError):
        return "nothing came in time"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate does not hold: {error.verify_message}"
    said = error.strerror if isinstance(error, OSError) else ""
    return f"it does not answer ({said or type(error).__name__})"
