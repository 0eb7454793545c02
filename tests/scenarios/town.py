"""The sample company in a strict Slack, with the whole bot on real SQLite; time passes when the test says so."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import yaml
from slack_sdk import WebClient

from bot.wiring import Bot, CalendarWorld, Edges, assemble
from data.importers.backstage import read_backstage
from data.policy import parsed
from data.records.catalog import EndpointKind
from data.records.retirement import Retirement
from data.sqlite_store import SqliteStore
from tests.fakes.slack import BotAnswer, Channel, OpenView, SlackFake, User, into_bolt
from tests.payloads import Kind, check_message, check_view
from workflows.adapters.local_directory import LocalDirectory
from workflows.adapters.local_endpoint import LocalEndpoints
from workflows.adapters.model_server import Calendar
from workflows.machine import RetirementMachine
from workflows.ports import ArtifactStore

COMPANY = Path(__file__).parents[2] / "data" / "samples" / "company"
GOVERNANCE = "C01MODELRETIREMENTS"
TOM, ADA, MINA, PRIYA, SAM = "U01TOMBIRCH", "U01ADAOKAFOR", "U01MINAPARK", "U01PRIYARAMAN", "U01SAMODUYA"
"""Tom and Ada own the churn models; Ada, Mina, Priya and Sam vote, and Sam's rejection is a veto."""
BRUNO, WREN, INES, GRACE = "U01BRUNOALVES", "U01WRENTAYLOR", "U01INESCOSTA", "U01GRACEWHITLOCK"
VERA, ELENA = "U01VERALUND", "U01ELENAROSSI"
"""Bruno and Wren own restock-planner, Ines two more, Grace another two; Vera manages most of them."""
POLICY = f"""
name = "town"
[channels]
governance = "{GOVERNANCE}"
[disable]
zero_traffic_days = 5
"""
START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
MESSAGES = {"chat.postMessage", "chat.postEphemeral", "chat.update", "response_url"}
MODALS = {"views.open", "views.push", "views.update"}
WRITTEN: dict[str, tuple[str, Kind, dict[str, Any]]] = {}
"""One payload of every shape that any town's bot sent to Slack."""


class Town:
    """One bot in one workspace. `pass_time` lets days go by, stopping at everything that falls due."""

    def __init__(
        self,
        folder: Path,
        *,
        policy: str = POLICY,
        archive: ArtifactStore | None = None,
        serves: bool = True,
        **slack: Any,
    ) -> None:
        """`serves`: with the model servers' processes. `slack`: what else the fake shall do."""
        self.serves = serves
        self.folder = folder
        self.archive = archive or LocalDirectory(folder / "archive")
        self.seconds = START.timestamp()
        self.policy = parsed(policy, source="town.toml")
        company = yaml.safe_load((COMPANY / "slack.yaml").read_text())
        self.slack = SlackFake(
            [User(id=user["id"], name=user["name"], tz=user["tz"]) for user in company["users"]],
            [
                Channel(id=channel["id"], name=channel["name"], members=[*channel["members"], "UBOT"])
                for channel in company["channels"]
            ],
            now=self.clock,
            **slack,
        )
        self.endpoints = LocalEndpoints(
            folder / "endpoints",
            calendar=Calendar(origin=START - timedelta(days=60), epoch=time.time(), speed=1.0),
        )
        self.bot: Bot

    def __enter__(self) -> Self:
        with ExitStack() as undo:
            undo.callback(self.darken)
            self.slack.start()
            undo.callback(self.slack.stop)
            if self.serves:
                self.serve()
            self.open()
            undo.callback(self.close)
            reading = read_backstage([COMPANY])
            self.bot.house.catalog.import_(reading, format="backstage", now=self.now())
            self._undo = undo.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._undo.close()
        if error is None:
            self.check_payloads()

    def serve(self) -> None:
        """Start the model servers, for stories that come to look at them."""
        for model in ("churn-v1", "churn-v2"):
            self.endpoints.start(f"{model}-prod", COMPANY / "artifacts" / model / "weights.json")

    def darken(self) -> None:
        """End the model servers there are by now."""
        self.endpoints.stop_all()

    def check_payloads(self) -> None:
        """Would Slack take all that the bot sent? The fake said so already; here are two more judges."""
        for call in self.slack.calls:
            if call.method in MESSAGES:
                check_message(call.args)
                kind, payload = "message", call.args
            elif call.method in MODALS:
                check_view(call.args["view"])
                kind, payload = "modal", call.args["view"]
            else:
                continue
            WRITTEN.setdefault(json.dumps([kind, shape(payload)]), (call.method, kind, payload))

    def close(self) -> None:
        """The bot ends."""
        self.bot.store.close()

    def restart(self) -> None:
        """The bot ends and begins again."""
        self.close()
        self.open()

    def open(self) -> None:
        """Put the bot together on what is on disk, as after a restart."""
        self.bot = assemble(
            store=SqliteStore(self.folder / "emeritus.db", RetirementMachine()),
            policy=self.policy,
            edges=Edges(
                archive=self.archive,
                controls={EndpointKind.LOCAL: self.endpoints},
                meters={EndpointKind.LOCAL: self.endpoints},
            ),
            client=WebClient(token=self.slack.bot_token, base_url=self.slack.api_url, retry_handlers=[]),
            signing_secret=self.slack.signing_secret,
            world=CalendarWorld(Calendar(), wall=self.clock),
            wall=self.clock,
        )
        self.slack.attach(into_bolt(self.bot.app))

    def clock(self) -> float:
        """The time, which never stands still: two things are never at the same instant."""
        self.seconds += 0.000_002
        return self.seconds

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.seconds, UTC)

    def learns(self, *documents: str) -> None:
        """Import these catalog documents, in a file of their own."""
        file = self.folder / "catalog-info.yaml"
        file.write_text("---\n".join(documents))
        catalog = self.bot.house.catalog
        reading = read_backstage([file], known=catalog.known())
        catalog.import_(reading, format="backstage", now=self.now())

    def call(self, ref: str, *, caller: str) -> None:
        """Somebody really calls the model server, today."""
        self.darken()
        today = Calendar(origin=self.now(), epoch=time.time(), speed=1.0)
        self.endpoints = LocalEndpoints(self.folder / "endpoints", calendar=today)
        for name in ("churn-v1-prod", "churn-v2-prod"):
            self.endpoints.restore(name)
        self.restart()
        features = json.dumps({}).encode()
        asked = urllib.request.Request(
            self.endpoints.address(ref), data=features, headers={"X-Caller": caller}
        )
        with urllib.request.urlopen(asked, timeout=5) as answer:
            assert answer.status == 200

    def settle(self) -> None:
        """Work off what is due, and what waits a minute or less for a rate limit."""
        self.bot.dispatcher.until_idle()
        while (due := self.bot.store.next_due()) and due <= self.now() + timedelta(minutes=1):
            self.seconds = max(self.seconds, due.timestamp())
            self.bot.dispatcher.until_idle()

    def pass_time(self, **duration: float) -> None:
        """Let time go by, stopping at everything that falls due."""
        until = self.now() + timedelta(**duration)
        self.settle()
        while (due := self.bot.store.next_due()) and due <= until:
            self.seconds = max(self.seconds, due.timestamp())
            self.settle()
        self.seconds = max(self.seconds, until.timestamp())
        self.settle()

    def command(self, user: str, text: str, *, opens_modal: bool = False) -> str:
        """Type `/retire TEXT` in the governance channel; what the bot answers to that person alone."""
        before = len(self.slack.ephemerals)
        answer = self.slack.command(user, GOVERNANCE, "/retire", text)
        assert answer.ok, answer
        self.settle()
        if not opens_modal:
            self.slack.wait_for(lambda: answer.body or len(self.slack.ephemerals) > before)
        told = [answer.body] if isinstance(answer.body, dict) else []
        return "\n".join(words(payload) for payload in (*told, *self.slack.ephemerals[before:]))

    def press(self, user: str, message: dict[str, Any], action: str, value: str | None = None) -> BotAnswer:
        answer = self.slack.click(user, message["channel"], message["ts"], action, value)
        self.settle()
        return answer

    def announcement(self, person: str) -> dict[str, Any]:
        """The message the last announcement sent this person; reminders come as messages of their own."""
        return [one for one in self.slack.messages(person) if "/announcement-" in key_of(one)][-1]

    def owners(self) -> list[str]:
        """Everyone who answers for a consumer that has not moved."""
        duties = [duty for duty in self.retirement().obligations if not duty.is_settled]
        return sorted({person for duty in duties for person in duty.consumer.owners.slack_ids})

    def card(self, retirement_id: str = "RET-1") -> dict[str, Any]:
        """The one message in the governance channel that shows how a retirement stands."""
        return self.posted(GOVERNANCE, f"{retirement_id}/card")

    def posted(self, channel: str, key: str) -> dict[str, Any]:
        """The message the outbox posted there under this key, which is there once."""
        (found,) = [message for message in self.slack.messages(channel) if key_of(message) == key]
        return found

    def keys(self, channel: str) -> list[str]:
        """The outbox keys of everything posted there, in order."""
        return [key_of(message) for message in self.slack.messages(channel)]

    def thread(self) -> str:
        """Everything said in the card's thread."""
        ts = self.card()["ts"]
        replies = [message for message in self.slack.messages(GOVERNANCE) if message.get("thread_ts") == ts]
        return "\n".join(words(message) for message in replies if message["ts"] != ts)

    def told(self, person: str) -> str:
        """What the bot last said to this person alone: seen only by them, or in their direct messages."""
        alone = [told for told in self.slack.ephemerals if told["ephemeral_to"] == person]
        direct = [message for message in self.slack.messages(person) if not key_of(message)]
        return words(max([*alone, *direct], key=lambda told: float(told["ts"])))

    def retirement(self, retirement_id: str = "RET-1") -> Retirement:
        found = self.bot.engine.retirement(retirement_id)
        assert found is not None
        return found

    def propose(
        self, model: str = "churn-v1", *, by: str = TOM, target: str = "2026-05-04", **more: Any
    ) -> dict[str, str]:
        """Open the modal, fill it, submit it. What stands on its fields as wrong, by block id."""
        self.opens(by, lambda: self.command(by, f"propose {model}", opens_modal=True))
        return self.submit(
            by,
            {
                "proposal.reason": "replaced",
                "proposal.successor": "resource:default/churn-v2",
                "proposal.why": "churn-v2 is better on every segment",
                "proposal.target": target,
                **more,
            },
        )

    def opens(self, person: str, act: Callable[[], Any]) -> OpenView:
        """What a person does to have a modal in front of them; the modal."""
        before = self.slack.views.get(person)
        act()
        self.slack.wait_for(lambda: self.slack.views.get(person) not in (None, before))
        return self.slack.views[person]

    def submit(self, person: str, values: dict[str, Any]) -> dict[str, str]:
        """Fill in and submit the modal a person has open. What stands on its fields as wrong, by block id."""
        answer = self.slack.submit(person, values)
        assert answer.ok, answer
        self.settle()
        return dict(answer.body["errors"]) if isinstance(answer.body, dict) else {}

    def approve(self, *voters: str, retirement_id: str = "RET-1") -> None:
        """All these approve on the card, the four who are needed unless others are named."""
        for voter in voters or (ADA, MINA, PRIYA, SAM):
            self.press(voter, self.card(retirement_id), "vote.approve")

    def reject(self, voter: str, comment: str) -> None:
        """Press Reject, say why, submit."""
        self.opens(voter, lambda: self.press(voter, self.card(), "vote.reject"))
        assert self.submit(voter, {"vote.comment": comment}) == {}

    def announce(self, model: str = "churn-v1", **more: Any) -> None:
        """Proposed, approved, announced: consumers' owners have been told."""
        assert self.propose(model, **more) == {}
        self.approve()
        self.pass_time(days=15)

    def answer(self, owner: str, consumer: str, action: str = "duty.migrated") -> None:
        """An owner presses a button of one consumer in their direct message."""
        self.press(owner, self.announcement(owner), action, f"RET-1|component:default/{consumer}")

    def everybody_moves(self) -> None:
        """Every owner who can be reached says Migrated for every consumer that has not moved."""
        for duty in self.retirement().obligations:
            if duty.consumer.owners.slack_ids and not duty.is_settled:
                self.answer(duty.consumer.owners.slack_ids[0], duty.consumer.name)

    def ask_for_time(self, owner: str, consumer: str, *, until: str, reason: str) -> dict[str, str]:
        """Press Need more time, fill in the modal, submit it. What stands on its fields as wrong."""
        self.opens(owner, lambda: self.answer(owner, consumer, "duty.more_time"))
        return self.submit(owner, {"extension.until": until, "extension.reason": reason})


def key_of(message: dict[str, Any]) -> str:
    return str(((message["metadata"] or {}).get("event_payload") or {}).get("key", ""))


def buttons(message: dict[str, Any]) -> list[str]:
    """The action ids of everything that can be pressed under a message."""
    rows = [block["elements"] for block in message["blocks"] if block["type"] == "actions"]
    return [element["action_id"] for row in rows for element in row]


def shape(payload: Any) -> Any:
    """A payload without its texts: two of one shape are the same to a type checker."""
    if isinstance(payload, dict):
        kept = ("type", "style", "response_type")
        return {key: value if key in kept else shape(value) for key, value in sorted(payload.items())}
    if isinstance(payload, list):
        return [json.loads(one) for one in sorted({json.dumps(shape(value)) for value in payload})]
    return type(payload).__name__


def words(payload: Any) -> str:
    """Every text in a payload, in reading order."""
    if isinstance(payload, dict):
        own = payload.get("text")
        inner = " ".join(
            words(value) for key, value in payload.items() if key != "text" or isinstance(value, dict)
        )
        return f"{own} {inner}" if isinstance(own, str) else inner
    if isinstance(payload, list):
        return " ".join(words(value) for value in payload)
    return ""
