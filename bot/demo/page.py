"""What can a person do and see in the emulator's Slack? All its page can, for players and tests.

Shapes the emulator wants, found by trying local-slack 0.1.8:
- a click's `action` is the button: {"type", "action_id", "block_id", "value", "text"}; `button` builds it;
- a submission's `values` is {block_id: {action_id: {"type": T, and one of "value": "...",
  "selected_option": {"text", "value"}, "selected_options": [...], "selected_date": "2026-03-01"}}};
  an input left out is submitted empty, and a block that is no input is not submitted;
- there is ONE stack of modals for the whole workspace, not one per person: play people one after the other;
- buttons inside a modal cannot be pressed, and those on the Home tab by its own page only: a click needs a message;
- a submission nobody acknowledges within 5 s closes the modal just like an accepted one;
- an event the bot leaves unhandled delays what caused it by 5 s: Bolt acknowledges only what it knows;
- a private answer is a message with subtype "ephemeral" and `ephemeral_to`, in the same channel list;
- a direct message lives in a channel "D..." made at the first need, `is_im` with members [person, bot].
"""

from __future__ import annotations

import contextlib
import http.client
import json
import threading
from collections.abc import Callable, Mapping
from typing import Any, Self, TypeVar
from urllib.parse import quote, urlsplit

from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.sync.client import connect

from data.errors import Unavailable

T = TypeVar("T")
Json = dict[str, Any]

ANSWER_TIMEOUT_SECONDS = 15  # the emulator answers a command after the bot acknowledged, or after its own 5 s
STREAM_BYTES_MAX = 64 * 1024 * 1024  # the first frame holds the whole workspace


class Page:
    """One open browser tab: acts as anybody, and mirrors messages and modals as they change."""

    def __init__(self, url: str) -> None:
        self._host = urlsplit(url).netloc
        self._changed = threading.Condition()
        self._messages: dict[str, dict[str, Json]] = {}
        self._channels: dict[str, Json] = {}
        self._views: list[Json] = []
        self._errors: dict[str, str] | None = None
        self._is_open = True
        self._open = contextlib.ExitStack()
        try:
            self._socket = self._open.enter_context(
                connect(f"ws://{self._host}/ui", max_size=STREAM_BYTES_MAX)
            )
            self._apply(json.loads(self._socket.recv(ANSWER_TIMEOUT_SECONDS)))
        except (OSError, WebSocketException) as error:
            self._open.close()
            raise Unavailable(
                f"The emulator's page at {url} does not open: {error}. Is it running?"
            ) from error
        self._reader = threading.Thread(target=self._read, name="emulator-page", daemon=True)
        self._reader.start()

    def close(self) -> None:
        self._open.close()
        self._reader.join(ANSWER_TIMEOUT_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # What a person does

    def message(self, user: str, channel: str, text: str, *, thread_ts: str = "") -> str:
        """Write as a person; the message's ts."""
        said = {
            "channel": channel,
            "user": user,
            "text": text,
            **({"thread_ts": thread_ts} if thread_ts else {}),
        }
        return str(self._post("/message", said)["message"]["ts"])

    def command(self, user: str, channel: str, command: str, text: str = "") -> None:
        """A slash command. Returns once the bot acknowledged it (or 5 s passed)."""
        self._post("/command", {"user": user, "channel": channel, "command": command, "text": text})

    def click(self, channel: str, ts: str, user: str, action: Mapping[str, Any]) -> None:
        """Press a button of a message. `action` as `button` builds it."""
        self._post("/interact", {"channel": channel, "messageTs": ts, "user": user, "action": dict(action)})

    def submit_view(self, user: str, values: Mapping[str, Any]) -> dict[str, str]:
        """Submit the open modal; the errors shown on its fields, empty when it was taken."""
        with self._changed:
            open_view = self._views[-1] if self._views else None
            self._errors = None
        if open_view is None:
            raise Unavailable("No modal is open to be submitted. Wait for it first: wait_for(..., Page.view)")
        self._send({"t": "view_submit", "user": user, "values": dict(values)})

        def outcome() -> tuple[dict[str, str]] | None:
            if self._errors is not None:
                return (self._errors,)
            return None if self._views and self._views[-1]["id"] == open_view["id"] else ({},)

        return self._wait("The outcome of a submission", outcome, ANSWER_TIMEOUT_SECONDS)[0]

    def close_view(self, user: str) -> None:
        """Dismiss every open modal; view_closed goes out when the top one asks for it."""
        self._send({"t": "view_close", "user": user})

    def open_home(self, user: str) -> None:
        self._post("/open-home", {"user": user})

    # What a person sees

    def view(self) -> Json | None:
        """The modal on top, whoever it is for."""
        with self._changed:
            return self._views[-1] if self._views else None

    def messages(self, channel: str, *, thread_ts: str = "") -> list[Json]:
        """Messages of a channel as they read now, oldest first; only a thread's when `thread_ts` is given."""
        with self._changed:
            found = sorted(self._messages.get(channel, {}).values(), key=lambda message: str(message["ts"]))
        if not thread_ts:
            return found
        return [message for message in found if thread_ts in (message["ts"], message.get("thread_ts"))]

    def everything(self) -> list[Json]:
        """Every message of every channel."""
        with self._changed:
            return [message for channel in self._messages.values() for message in channel.values()]

    def direct_channel(self, user: str) -> str:
        """Where the bot and this person talk alone; empty as long as neither did."""
        with self._changed:
            return next(
                (c["id"] for c in self._channels.values() if c.get("is_im") and user in c["members"]), ""
            )

    def direct_messages(self, user: str) -> list[Json]:
        return self.messages(self.direct_channel(user))

    def private_messages(self, user: str, channel: str) -> list[Json]:
        """What only this person sees in the channel."""
        return [message for message in self.messages(channel) if message.get("ephemeral_to") == user]

    def wait_for(self, what: str, predicate: Callable[[Page], T | None], *, timeout: float) -> T:
        """The first truthy answer of `predicate`, asked at every change; Unavailable names `what`."""
        return self._wait(what, lambda: predicate(self), timeout)

    def state(self) -> Json:
        return self._get("/state")

    def log(self) -> list[Json]:
        """Every envelope, acknowledgement and Web API call, oldest first."""
        return list(self._get("/log")["log"])

    # The wire

    def _wait(self, what: str, answer: Callable[[], T | None], timeout: float) -> T:
        found: list[T] = []

        def settled() -> bool:
            if value := answer():
                found.append(value)
            return bool(found) or not self._is_open

        with self._changed:
            self._changed.wait_for(settled, timeout)
        if not found:
            why = f"within {timeout:g} s" if self._is_open else "before the emulator closed its page"
            raise Unavailable(f"{what} did not come {why}")
        return found[0]

    def _read(self) -> None:
        try:
            for frame in self._socket:
                self._apply(json.loads(frame))
        except ConnectionClosed:
            pass
        finally:
            with self._changed:
                self._is_open = False
                self._changed.notify_all()

    def _apply(self, seen: Json) -> None:
        with self._changed:
            match seen["t"]:
                case "init":
                    state = seen["state"]
                    self._channels = {channel["id"]: channel for channel in state["channels"]}
                    self._messages = {
                        where: {m["ts"]: m for m in ms} for where, ms in state["messages"].items()
                    }
                    self._views = state["modalStack"]
                case "channel":
                    self._channels[seen["channel"]["id"]] = seen["channel"]
                case "message" | "message_update":
                    self._messages.setdefault(seen["message"]["channel"], {})[seen["message"]["ts"]] = seen[
                        "message"
                    ]
                case "message_delete":
                    self._messages.get(seen["channel"], {}).pop(seen["ts"], None)
                case "view":
                    self._views, self._errors = seen["stack"], None
                case "view_errors":
                    self._errors = seen["errors"]
            self._changed.notify_all()

    def _send(self, frame: Json) -> None:
        try:
            self._socket.send(json.dumps(frame))
        except ConnectionClosed as error:
            raise Unavailable("The emulator closed its page. Start it again") from error

    def _post(self, path: str, body: Json) -> Json:
        return self._request("POST", path, json.dumps(body))

    def _get(self, path: str) -> Json:
        return self._request("GET", path)

    def _request(self, method: str, path: str, body: str | None = None) -> Json:
        connection = http.client.HTTPConnection(self._host, timeout=ANSWER_TIMEOUT_SECONDS)
        try:
            connection.request(method, f"/_control{quote(path)}", body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            content = answer.read()
            if answer.status != 200:
                raise Unavailable(
                    f"The emulator refused {path}: {answer.status} {content.decode(errors='replace')}"
                )
        except (OSError, http.client.HTTPException) as error:
            raise Unavailable(f"The emulator does not answer {path}: {error}. Is it running?") from error
        finally:
            connection.close()
        found: Json = json.loads(content)
        return found


def button(message: Mapping[str, Any], action_id: str, *, value: str | None = None) -> Json:
    """The action of a message's button, told from others of the same id by its value."""
    present = []
    for block in message.get("blocks", []):
        for element in [*block.get("elements", []), block.get("accessory")]:
            if not isinstance(element, dict) or "action_id" not in element:
                continue
            present.append(element["action_id"])
            if element["action_id"] == action_id and value in (None, element.get("value")):
                return {**element, "block_id": block.get("block_id", "")}
    raise Unavailable(f"The message has no button {action_id}; it has: {', '.join(present) or 'none'}")
