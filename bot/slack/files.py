"""Files in Slack: what is said of one, and its content. Asking twice is safe.

The bot's token goes to Slack and to nobody else: only to addresses of its own, and no redirect is followed. What is
read is bounded in size and time. Source: docs.slack.dev/reference/objects/file-object, /reference/methods/files.info
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.error import HTTPError
from urllib.parse import SplitResult, urlsplit

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.payloads import at, text_at
from bot.shared.file_names import file_name
from bot.slack.calls import counted
from bot.slack.errors import FAILURES, RATE_LIMIT_SECONDS, code_of, result_of, retry_after
from bot.slack.messenger import Pace
from data.errors import Invalid, Refused, Unavailable
from data.importers.answers import Asking, Limits
from data.metrics import UNCOUNTED, Metrics
from data.records.decision import HeldUp, NotDone, Unknown
from workflows.ports import SharedFile

INFO, DOWNLOAD = "files.info", "file download"
FILE_BYTES_MAX = 10 * 1024 * 1024
"""Read beside all else the bot does. 10 MiB of OpenLineage's events, the dearest format, take 20 s of a processor, some
400 MiB of memory, and keep nobody waiting for longer than a third of a second; 50 MiB took two GiB."""
LIMITS = Limits(page_bytes=FILE_BYTES_MAX)
SLACKS = ("slack.com", "slack-gov.com")
"""Files lie at hosts below these, wherever the Web API is reached."""
GONE = frozenset({"file_deleted", "file_not_found"})

LOOKED_AT = ("text/html", "image/", "video/", "audio/", "application/pdf")
"""What people share for each other: it is not downloaded to find out that no format reads it."""

_AGAIN = "Share it again"
_THERE = "import it on the machine, emeritus import FORMAT FILE"


class SlackFiles:
    """`pace`: seconds of the calendar that pass per real second; above 1 in the demo."""

    def __init__(
        self, client: WebClient, rates: Pace, *, pace: float = 1.0, metrics: Metrics = UNCOUNTED
    ) -> None:
        self._client, self._rates, self._pace, self._metrics = client, rates, pace, metrics

    def look(self, channel: str, file_id: str, now: datetime) -> SharedFile | NotDone:
        """Raises `Refused` for one that is gone, `Unavailable` where Slack does not answer."""
        wait = self._rates.wait(INFO)
        if wait > 0:
            return NotDone(retry_at=self._later(now, wait), why=f"our own limit of {INFO}")
        try:
            told = self._client.files_info(file=file_id).get("file")
        except FAILURES as error:
            return self._failed(error, channel, now)
        shares = _shares(told, channel)
        latest = shares[0] if shares else None
        return SharedFile(
            id=file_id,
            channel=channel,
            name=file_name(text_at(told, "name"), file_id),
            size_bytes=_size(told),
            url=text_at(told, "url_private_download"),
            shared_ts=text_at(latest, "ts"),
            thread_ts=text_at(latest, "thread_ts") or text_at(latest, "ts"),
            earlier=tuple(text_at(one, "ts") for one in shares[1:]),
            why_not=self._why_not(told),
        )

    def fetch(self, file: SharedFile, now: datetime) -> bytes | NotDone:
        """Its content, all of it. Raises as `look`."""
        headers = {"Authorization": f"Bearer {self._client.token}", "User-Agent": "emeritus"}
        assert self._is_slacks(file.url), f"{file.id} lies where the token must not go"
        asking = Asking(LIMITS)
        try:
            with counted(self._metrics, DOWNLOAD):
                content = asking.page(file.url, "", headers)
        except HTTPError as error:
            with error:
                return self._turned_away(error, now)
        except (Invalid, Unavailable) as error:
            # Its address says nothing to anybody who shared a file.
            raise Unavailable(str(error).replace(file.url, "Slack")) from error
        if asking.media_type == "text/html":
            raise _asks_who_we_are()
        if len(content) != file.size_bytes:
            raise _unavailable(
                f"it has {len(content):,} bytes, and not the {file.size_bytes:,} that were said"
            )
        return content

    def _failed(self, error: Exception, channel: str, now: datetime) -> NotDone:
        if (seconds := retry_after(error)) is not None:
            self._rates.close(INFO, "", seconds)
        code = code_of(error) if isinstance(error, SlackApiError) else ""
        if code in GONE:
            raise Refused("The file is not there any more", next_step=_AGAIN) from error
        failed = result_of(error, to=channel, later=lambda seconds: self._later(now, seconds))
        if isinstance(failed, Unknown):
            raise _unavailable(failed.why) from error
        if not isinstance(failed, NotDone) or failed.held_up is HeldUp.PLACE:
            raise Refused(
                f"Slack does not tell of the file: {code}", next_step=f"{_AGAIN}, or {_THERE}"
            ) from error
        return failed

    def _why_not(self, told: Any) -> str:
        size, mode, url = _size(told), text_at(told, "mode"), text_at(told, "url_private_download")
        kind = text_at(told, "mimetype")
        is_external = at(told, "is_external") is True or mode == "external"
        wrong = (
            (is_external, f"it lies outside of Slack. Download it, and share the file itself; or {_THERE}"),
            (mode in ("tombstone", "hidden_by_limit"), "Slack does not keep it any more. Share it again"),
            (
                size > FILE_BYTES_MAX,
                f"it has {size:,} bytes, and at most {FILE_BYTES_MAX:,} are read from Slack; {_THERE}",
            ),
            (not url, f"Slack offers no download of it. Share it as a file; or {_THERE}"),
            (not self._is_slacks(url), f"Slack says it lies at another host, which is not asked; {_THERE}"),
            (kind.startswith(LOOKED_AT), f"it is of the kind {kind}, and no catalog"),
        )
        return next((why for is_so, why in wrong if is_so), "")

    def _is_slacks(self, url: str) -> bool:
        """Whether who is there may know our token: Slack itself, or the address that we call as Slack."""
        found, api = _origin(url), _origin(self._client.base_url)
        if found is None:
            return False
        scheme, host, port = found
        is_slack = any(host == one or host.endswith(f".{one}") for one in SLACKS)
        return found == api or (is_slack and (scheme, port) == ("https", 443))

    def _turned_away(self, error: HTTPError, now: datetime) -> NotDone:
        if error.code == HTTPStatus.TOO_MANY_REQUESTS:
            said = error.headers.get("Retry-After", "")
            seconds = float(said) if said.isdigit() else RATE_LIMIT_SECONDS
            return NotDone(
                retry_at=self._later(now, seconds), why=f"Slack asks us to slow down for {seconds:.0f} s"
            )
        if error.code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise _unavailable(f"it answers {error.code}")
        if error.code in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
            raise Refused("The file is not there any more", next_step=_AGAIN)
        raise _asks_who_we_are()

    def _later(self, now: datetime, seconds: float) -> datetime:
        return now + timedelta(seconds=seconds * self._pace)


def _size(told: Any) -> int:
    found = at(told, "size")
    return found if isinstance(found, int) else 0


def _shares(told: Any, channel: str) -> list[Any]:
    """The messages it was shared with in this channel, the latest first."""
    shares = at(told, "shares")
    kinds = shares.values() if isinstance(shares, Mapping) else ()
    found = [one for kind in kinds for one in at(kind, channel) or () if text_at(one, "ts")]
    return sorted(found, key=lambda one: text_at(one, "ts"), reverse=True)


def _origin(url: str) -> tuple[str, str, int] | None:
    try:
        parts: SplitResult = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    is_plain = url.isascii() and url.isprintable() and " " not in url
    if parts.scheme not in ("http", "https") or parts.username is not None or not host or not is_plain:
        return None
    return parts.scheme, host, port or (443 if parts.scheme == "https" else 80)


def _asks_who_we_are() -> Refused:
    return Refused(
        "Slack does not give the file to Emeritus",
        reasons=["it answers with a page to sign in on"],
        next_step="Whoever runs Emeritus finds with emeritus doctor what its token lacks; then share it again",
    )


def _unavailable(why: str) -> Unavailable:
    return Unavailable(f"Slack does not give the file: {why}. Share it again once it does")
