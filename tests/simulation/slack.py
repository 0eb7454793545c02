"""A Slack of its own: what the product's WebClient calls, who sees what, and all that goes wrong on the way.

The only seam is `api_call`: everything above it (SlackMessenger, the listeners, slack_sdk's own argument handling)
is the real thing. People see a message when it has landed; the API's history may lag behind that.
"""

from __future__ import annotations

import json as json_
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from urllib.error import URLError

from slack_sdk import WebClient
from slack_sdk.web import SlackResponse

from tests.simulation.clock import Clock, stamp
from tests.simulation.faults import Boundaries, Violation, Weather

LATE_SECONDS = 20.0
"""No later than this after the call does Slack show what it took."""
TIMEOUT_SECONDS = 10.0
BOT = "BEMERITUS"


@dataclass(slots=True)
class Shown:
    """A message. `looks` are all its looks so far, the present one last: people press what they still see."""

    channel: str
    ts: str
    key: str
    thread_ts: str
    landed_at: datetime
    listed_at: datetime
    file: str = ""
    looks: list[dict[str, Any]] = field(default_factory=list)

    @property
    def look(self) -> dict[str, Any]:
        return self.looks[-1]


def buttons(look: dict[str, Any]) -> list[tuple[str, str]]:
    """(action id, value) of everything that can be pressed."""
    return [
        (element["action_id"], element.get("value", ""))
        for block in look.get("blocks") or ()
        if block["type"] == "actions"
        for element in block["elements"]
    ]


def message_of(args: dict[str, Any]) -> str:
    """What a call is about, for the trace."""
    payload = (args.get("metadata") or {}).get("event_payload") or {}
    return str(payload.get("key") or args.get("ts") or args.get("channel") or args.get("users") or "")


def _person(args: dict[str, Any]) -> str:
    """Whom a direct message is for."""
    return str(args.get("users") or args.get("channel") or "").removeprefix("D")


def _key_of_file(name: str) -> str:
    """The key of what a file was posted for, from the name it was given after it."""
    return name.rpartition(".")[0].replace("-picture-", "/picture/")


class Workspace:
    """Channels and what is in them. A message posted twice is seen at once."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.channels: dict[str, list[Shown]] = {}
        self.by_key: dict[tuple[str, str], Shown] = {}
        self.by_ts: dict[tuple[str, str], Shown] = {}
        self.said: list[tuple[str, str]] = []
        """(person, text) of what was told to one person alone."""
        self.windows: dict[str, dict[str, Any]] = {}
        """trigger id -> the modal it opened."""
        self.left: set[str] = set()
        """People whose accounts are deactivated."""
        self._threads: dict[tuple[str, str], list[Shown]] = {}
        self._last_ts = 0

    def channel_of(self, to: str) -> str:
        return f"D{to}" if to[:1] == "U" else to

    def post(self, args: dict[str, Any], landed_at: datetime, listed_at: datetime) -> Shown:
        channel = self.channel_of(args["channel"])
        # Slack's stamps are of its own clock, each used once.
        self._last_ts = max(self._last_ts + 1, int(stamp(landed_at) * 1_000_000))
        ts = f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"
        metadata = args.get("metadata") or {}
        key = str((metadata.get("event_payload") or {}).get("key", ""))
        key = key or _key_of_file(args.get("name", ""))
        look = {"text": args.get("text", ""), "blocks": args.get("blocks") or []}
        shown = Shown(
            channel, ts, key, args.get("thread_ts") or "", landed_at, listed_at, args.get("name", ""), [look]
        )
        if key:
            if before := self.by_key.get((channel, key)):
                raise Violation(f"{key} is in {channel} twice: at {before.ts} and at {ts}")
            self.by_key[channel, key] = shown
        if shown.thread_ts and (channel, shown.thread_ts) not in self.by_ts:
            raise Violation(f"{key} was posted into a thread that does not exist: {shown.thread_ts}")
        self.channels.setdefault(channel, []).append(shown)
        self.by_ts[channel, ts] = shown
        if shown.thread_ts:
            self._threads.setdefault((channel, shown.thread_ts), []).append(shown)
        return shown

    def thread(self, channel: str, thread_ts: str) -> list[Shown]:
        """What people see below a message, in Slack's order."""
        seen = [
            one for one in self._threads.get((channel, thread_ts), ()) if one.landed_at <= self.clock.truth
        ]
        return sorted(seen, key=lambda one: float(one.ts))

    def edit(self, args: dict[str, Any]) -> Shown | None:
        shown = self.by_ts.get((args["channel"], args["ts"]))
        if shown is not None:
            shown.looks.append({"text": args.get("text", ""), "blocks": args.get("blocks") or []})
        return shown

    def find(self, channel: str, key: str) -> Shown | None:
        """What people there can see under this key by now."""
        shown = self.by_key.get((self.channel_of(channel), key))
        return shown if shown is not None and shown.landed_at <= self.clock.truth else None

    def listed(self, channel: str, oldest: float, thread_ts: str = "") -> list[dict[str, Any]]:
        """What the API admits to, newest first, without threads or of one thread."""
        found = []
        for shown in reversed(self.channels.get(channel, ())):
            if float(shown.ts) <= oldest:
                break
            if shown.listed_at > self.clock.truth or shown.thread_ts != thread_ts:
                continue
            found.append(
                {
                    "ts": shown.ts,
                    "bot_id": BOT,
                    "user": "UBOT",
                    "files": [{"name": shown.file}] if shown.file else [],
                    "metadata": None
                    if shown.file
                    else {"event_type": "emeritus_message", "event_payload": {"key": shown.key}},
                }
            )
        return found


class SimulatedClient(WebClient):
    """slack_sdk's client with the network cut out."""

    def __init__(self, workspace: Workspace, boundaries: Boundaries, rand: Random, weather: Weather) -> None:
        super().__init__(token="xoxb-simulated", retry_handlers=[])
        self.workspace = workspace
        self._boundaries, self._rand, self._weather = boundaries, rand, weather
        self._clock = workspace.clock
        self._storm_until = workspace.clock.truth
        self.calls = 0
        self._files: list[str] = []
        self._carried: set[str] = set()
        self.note: Callable[[str, str, str], None] = lambda *_: None

    # What the product's methods never use is left out.
    def api_call(
        self,
        api_method: str,
        *,
        http_verb: str = "POST",
        params: dict[str, Any] | None = None,
        json: dict[str, Any] | None = None,
        **_: Any,
    ) -> SlackResponse:
        args = json or params or {}
        self.calls += 1
        called_at = self._clock.truth
        self._clock.pass_(0.05)
        self._boundaries.cross(f"calling {api_method}")
        about = message_of(args)
        try:
            status, answer, headers = self._faulty(api_method, args, called_at)
        except OSError as error:
            self.note(api_method, about, type(error).__name__)
            raise
        self.note(api_method, about, str(status))
        self._boundaries.cross(f"called {api_method}")
        response = SlackResponse(
            client=self,
            http_verb=http_verb,
            api_url=api_method,
            req_args={},
            data=answer,
            headers=headers,
            status_code=status,
        )
        response.validate()  # type: ignore[no-untyped-call]
        return response

    def carried(self, url: str, content: bytes) -> None:
        """Where a file is carried to, which goes wrong like everything else."""
        assert content
        self._clock.pass_(0.05)
        self._boundaries.cross("carrying a file")
        if self._weather.lost_calls and self._rand.random() < self._weather.lost_calls:
            if self._rand.random() < 0.5:
                self._carried.add(url)
            raise TimeoutError("timed out")
        self._carried.add(url)

    def _shown_file(self, args: dict[str, Any], called_at: datetime, late: float) -> dict[str, Any]:
        files = args["files"]
        (file,) = json_.loads(files) if isinstance(files, str) else files
        if file["id"] not in self._carried:
            return {"ok": False, "error": "file_not_found"}
        self._carried.discard(file["id"])
        landed_at = called_at + timedelta(seconds=late * self._rand.random())
        name = self._files[int(file["id"][1:]) - 1]
        asked = {
            "channel": args["channel_id"],
            "thread_ts": args["thread_ts"],
            "text": args["initial_comment"],
            "name": name,
        }
        self.workspace.post(asked, landed_at, called_at + timedelta(seconds=late))
        return {"ok": True, "files": [{"id": file["id"]}]}

    def _faulty(
        self, method: str, args: dict[str, Any], called_at: datetime
    ) -> tuple[int, dict[str, Any], dict[str, str]]:
        weather, chance = self._weather, self._rand.random
        if weather.storms:
            if chance() < weather.storms:
                self._storm_until = called_at + timedelta(seconds=self._rand.uniform(5, 120))
            if called_at < self._storm_until and chance() < 0.8:
                wait = str(self._rand.randint(1, 30))
                return 429, {"ok": False, "error": "ratelimited"}, {"Retry-After": wait}
        if weather.lost_calls and chance() < weather.lost_calls:
            return self._lost(method, args, called_at)
        lag = self._rand.uniform(0, 6) if weather.lost_calls and chance() < 0.2 else 0.0
        return 200, self._done(method, args, called_at, lag), {}

    def _lost(
        self, method: str, args: dict[str, Any], called_at: datetime
    ) -> tuple[int, dict[str, Any], dict[str, str]]:
        """The call or its answer is lost. Whether Slack took it, only Slack knows."""
        kind = self._rand.randrange(6)
        if kind == 0:
            raise URLError(ConnectionRefusedError("refused"))
        if kind == 1:
            return 503, {"ok": False, "error": "service_unavailable"}, {}
        if kind == 2:
            self._done(method, args, called_at, 0.0)
            return 500, {"ok": False, "error": "internal_error"}, {}
        late = 0.0
        if kind in (3, 4):
            late = self._rand.uniform(0, LATE_SECONDS - 0.5) if kind == 4 else 0.0
            self._done(method, args, called_at, late)
        self._clock.pass_(TIMEOUT_SECONDS if kind != 3 else 0.1)
        raise TimeoutError("timed out") if kind != 3 else ConnectionResetError("reset by peer")

    def _done(  # noqa: PLR0911, PLR0912 - one case per method
        self, method: str, args: dict[str, Any], called_at: datetime, late: float
    ) -> dict[str, Any]:
        """What the method does, `late` seconds after the call."""
        workspace = self.workspace
        match method:
            case "chat.postMessage" | "conversations.open" if _person(args) in workspace.left:
                return {"ok": False, "error": "user_disabled"}
            case "chat.postMessage":
                landed_at = called_at + timedelta(seconds=late * self._rand.random())
                shown = workspace.post(args, landed_at, called_at + timedelta(seconds=late))
                return {"ok": True, "channel": shown.channel, "ts": shown.ts}
            case "files.getUploadURLExternal":
                self._files.append(args["filename"])
                return {"ok": True, "file_id": f"F{len(self._files)}", "upload_url": f"F{len(self._files)}"}
            case "files.completeUploadExternal":
                return self._shown_file(args, called_at, late)
            case "chat.update":
                edited = workspace.edit(args)
                if edited is None:
                    return {"ok": False, "error": "message_not_found"}
                return {"ok": True, "channel": edited.channel, "ts": edited.ts}
            case "chat.getPermalink":
                return {
                    "ok": True,
                    "permalink": f"https://slack.example/{args['channel']}/{args['message_ts']}",
                }
            case "chat.postEphemeral":
                workspace.said.append((args["user"], args.get("text", "")))
                return {"ok": True, "message_ts": "1.0"}
            case "conversations.open":
                return {"ok": True, "channel": {"id": workspace.channel_of(args["users"])}}
            case "conversations.history" | "conversations.replies":
                thread_ts = args.get("ts") or ""
                found = workspace.listed(args["channel"], float(args["oldest"]), thread_ts)
                return {"ok": True, "messages": found, "response_metadata": {}}
            case "views.open" | "views.push":
                view = args["view"]
                workspace.windows[args["trigger_id"]] = json_.loads(view) if isinstance(view, str) else view
                return {"ok": True}
            case "views.update":
                return {"ok": True}
            case "auth.test":
                return {"ok": True, "bot_id": BOT, "user_id": "UBOT"}
        raise AssertionError(f"nobody simulates {method}")
