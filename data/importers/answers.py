"""What an address answers, within bounds of time and size: who trickles is not waited for without end.

Every byte counts towards an end, those of the head as well, as each one read anew would start a time-out of its
own. Redirects are not followed, so whoever is asked hears who we are, and nobody else.
"""

from __future__ import annotations

import http.client
import io
import socket
import time
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import IO, Any
from urllib.error import HTTPError, URLError

from data.errors import Invalid, Problem, Unavailable

AGAIN = "Import again once it answers"
OR_FILES = "Import again once it answers faster, or import files exported from it"


@dataclass(slots=True, frozen=True)
class Limits:
    """In seconds and bytes: until the next byte, for a page, and for all pages of an address."""

    silent_seconds: float = 30.0
    page_seconds: float = 120.0
    whole_seconds: float = 1_800.0
    page_bytes: int = 64 * 1024 * 1024
    whole_bytes: int = 512 * 1024 * 1024


class _TooSlow(Exception):
    """The time for a page, or for all of them, is over."""


class Asking:
    """One address that is asked for page after page. `clock` counts seconds, from whenever.

    again   what is said of an answer that does not come, where that is no import's
    """

    def __init__(
        self, limits: Limits, clock: Callable[[], float] = time.monotonic, *, again: str = ""
    ) -> None:
        self._limits = limits
        self._again = again
        self._clock = clock
        self._ends = clock() + limits.whole_seconds
        self._page_ends = self._ends
        self._pages = 0
        self._bytes = 0
        self._page_bytes = 0
        self.media_type = ""
        """Of the page that came last, such as text/html."""

    def page(
        self,
        url: str,
        query: str,
        headers: Mapping[str, str],
        *,
        method: str = "GET",
        body: bytes | IO[bytes] | None = None,
        into: Callable[[bytes], object] | None = None,
    ) -> bytes:
        """Raises `HTTPError` for a refusal, `Unavailable` for no answer to the end, `Invalid` for too large a one.

        into   takes what comes, piece by piece, in place of the answer
        """
        self._page_ends = min(self._clock() + self._limits.page_seconds, self._ends)
        self._page_bytes = 0
        asked = f"{url}?{query}" if query else url
        request = urllib.request.Request(asked, body, dict(headers), method=method)  # noqa: S310 - callers saw its scheme
        opener = urllib.request.build_opener(_NoRedirects, _Http(self), _Https(self))
        try:
            with opener.open(request, timeout=self._limits.silent_seconds) as response:
                content = self._content(response, url, into)
                self.media_type = response.headers.get_content_type()
        except HTTPError:
            raise
        except _TooSlow as error:
            raise self._too_slow(url) from error
        except TimeoutError as error:
            why = f"sent {self._page_bytes:,} bytes, then nothing for {self._limits.silent_seconds:g} seconds"
            raise self._unavailable(url, why) from error
        except (OSError, http.client.HTTPException) as error:
            reason = error.reason if isinstance(error, URLError) else error
            if isinstance(reason, TimeoutError):
                why = f"does not answer within {self._limits.silent_seconds:g} seconds"
                raise self._unavailable(url, why) from error
            why = getattr(reason, "strerror", None) or type(reason).__name__
            raise self._unavailable(url, f"does not answer to the end: {why}") from error
        self._pages += 1
        self._bytes += len(content)
        return content

    def read(self, sock: socket.socket, raw: socket.SocketIO, into: Any) -> int | None:
        """Into a buffer, whatever of an answer has arrived."""
        if (seconds := self._page_ends - self._clock()) <= 0:
            raise _TooSlow
        sock.settimeout(min(seconds, self._limits.silent_seconds))
        size = raw.readinto(into)
        self._page_bytes += size or 0
        return size

    def _content(
        self, response: http.client.HTTPResponse, url: str, into: Callable[[bytes], object] | None
    ) -> bytes:
        chunks: list[bytes] = []
        take = into or chunks.append
        size = 0
        while chunk := response.read1(65_536):
            take(chunk)
            size += len(chunk)
            for bytes_max, of in (
                (self._limits.page_bytes, "a page"),
                (self._limits.whole_bytes - self._bytes, "all pages"),
            ):
                if size > bytes_max:
                    raise self._too_long(url, of)
        if response.length:
            why = f"does not answer to the end: {response.length:,} bytes are missing"
            raise self._unavailable(url, why)
        return b"".join(chunks)

    def _too_long(self, url: str, of: str) -> Invalid:
        limit = self._limits.page_bytes if of == "a page" else self._limits.whole_bytes
        rest = f". {self._again}" if self._again else "; import files exported from it"
        accepted = f"at most {limit:,} bytes for {of}{rest}"
        return Invalid([Problem(field=url, value="a longer answer", accepted=accepted)])

    def _too_slow(self, url: str) -> Unavailable:
        if self._page_ends < self._ends:
            said, of, limit = f"{self._page_bytes:,} bytes", "a page", self._limits.page_seconds
        else:
            sent = self._bytes + self._page_bytes
            said, of, limit = f"{self._pages:,} pages and {sent:,} bytes", "all", self._limits.whole_seconds
        again = self._again or OR_FILES
        return Unavailable(f"{url} sent {said} in {limit:g} seconds, which is the limit for {of}. {again}")

    def _unavailable(self, url: str, why: str) -> Unavailable:
        return unavailable(url, why, again=self._again or AGAIN)


def unavailable(url: str, why: str, *, again: str = AGAIN) -> Unavailable:
    return Unavailable(f"{url} {why}. {again}")


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object, **__: object) -> None:
        """None is followed, so it comes back as the answer it is."""


class _Raw(io.RawIOBase):
    def __init__(self, sock: socket.socket, asking: Asking) -> None:
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)
        self._asking = asking

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        return self._asking.read(self._sock, self._raw, buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Response(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *given: Any, asking: Asking, **named: Any) -> None:
        super().__init__(sock, *given, **named)
        self.fp.close()
        self.fp = io.BufferedReader(_Raw(sock, asking))


class _Bounded(urllib.request.AbstractHTTPHandler):
    """Every connection reads its answers through `asking`, also one through a proxy."""

    def __init__(self, asking: Asking) -> None:
        super().__init__()
        self._asking = asking

    def do_open(self, http_class: Any, req: urllib.request.Request, **named: Any) -> Any:
        def connection(host: str, **given: Any) -> http.client.HTTPConnection:
            made: http.client.HTTPConnection = http_class(host, **given)
            made.response_class = partial(_Response, asking=self._asking)  # type: ignore[assignment]
            return made

        return super().do_open(connection, req, **named)


class _Http(_Bounded, urllib.request.HTTPHandler):
    pass


class _Https(_Bounded, urllib.request.HTTPSHandler):
    pass
