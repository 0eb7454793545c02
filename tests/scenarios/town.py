"""The sample company in a strict Slack, with the whole bot on real SQLite; time passes when the test says so."""

from __future__ import annotations

import time
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
from tests.fakes.slack import BotAnswer, Channel, SlackFake, User, into_bolt
from workflows.adapters.local_directory import LocalDirectory
from workflows.adapters.local_endpoint import LocalEndpoints
from workflows.adapters.model_server import Calendar
from workflows.machine import RetirementMachine

COMPANY = Path(__file__).parents[2] / "data" / "samples" / "company"
GOVERNANCE = "C01MODELRETIREMENTS"
TOM, ADA, MINA, PRIYA, SAM = "U01TOMBIRCH", "U01ADAOKAFOR", "U01MINAPARK", "U01PRIYARAMAN", "U01SAMODUYA"
POLICY = f"""
name = "town"
[channels]
governance = "{GOVERNANCE}"
[disable]
zero_traffic_days = 5
"""
START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


class Town:
    """One bot in one workspace. `pass_time` lets days go by, stopping at everything that falls due."""

    def __init__(self, folder: Path, *, policy: str = POLICY) -> None:
        self.folder = folder
        self.seconds = START.timestamp()
        self.policy = parsed(policy, source="town.toml")
        company = yaml.safe_load((COMPANY / "slack.yaml").read_text())
        self.slack = SlackFake(
            [User(id=user["id"], name=user["name"], tz=user["tz"]) for user in company["users"]],
            [
                Channel(id=channel["id"], name=channel["name"], members=[*channel["members"], "UBOT"])
                for channel in company["channels"]
            ],
            now=lambda: self.seconds,
        )
        self.endpoints = LocalEndpoints(
            folder / "endpoints",
            calendar=Calendar(origin=START - timedelta(days=60), epoch=time.time(), speed=1.0),
        )
        self.bot: Bot

    def __enter__(self) -> Self:
        self.slack.start()
        for model in ("churn-v1", "churn-v2"):
            self.endpoints.start(f"{model}-prod", COMPANY / "artifacts" / model / "weights.json")
        self.open()
        reading = read_backstage([COMPANY])
        self.bot.house.catalog.import_(reading, format="backstage", now=self.now())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.bot.store.close()
        self.slack.stop()
        self.endpoints.stop_all()

    def open(self) -> None:
        """Put the bot together on what is on disk, as after a restart."""
        self.bot = assemble(
            store=SqliteStore(self.folder / "emeritus.db", RetirementMachine()),
            policy=self.policy,
            edges=Edges(
                archive=LocalDirectory(self.folder / "archive"),
                controls={EndpointKind.LOCAL: self.endpoints},
                meters={EndpointKind.LOCAL: self.endpoints},
            ),
            client=WebClient(token=self.slack.bot_token, base_url=self.slack.api_url, retry_handlers=[]),
            signing_secret=self.slack.signing_secret,
            world=CalendarWorld(Calendar(), wall=lambda: self.seconds),
            wall=lambda: self.seconds,
        )
        self.slack.attach(into_bolt(self.bot.app))

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.seconds, UTC)

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
        """The one message an announcement sends this person; reminders come as messages of their own."""
        (message,) = [
            message
            for message in self.slack.messages(person)
            if "/announcement-" in message["metadata"]["event_payload"]["key"]
        ]
        return message

    def owners(self) -> list[str]:
        """Everyone who answers for a consumer that has not moved."""
        duties = [duty for duty in self.retirement().obligations if not duty.is_settled]
        return sorted({person for duty in duties for person in duty.consumer.owners.slack_ids})

    def card(self) -> dict[str, Any]:
        """The newest card in the governance channel."""
        return [message for message in self.slack.messages(GOVERNANCE) if is_root(message)][-1]

    def thread(self) -> str:
        """Everything said in the card's thread."""
        ts = self.card()["ts"]
        replies = [message for message in self.slack.messages(GOVERNANCE) if message.get("thread_ts") == ts]
        return "\n".join(words(message) for message in replies if message["ts"] != ts)

    def retirement(self, retirement_id: str = "RET-1") -> Retirement:
        found = self.bot.engine.retirement(retirement_id)
        assert found is not None
        return found

    def propose(
        self, model: str = "churn-v1", *, by: str = TOM, target: str = "2026-05-04", **more: str
    ) -> None:
        """Open the modal, fill it, submit it."""
        self.command(by, f"propose {model}", opens_modal=True)
        self.slack.wait_for(lambda: by in self.slack.views)
        answer = self.slack.submit(
            by,
            {
                "proposal.reason": "replaced",
                "proposal.successor": "resource:default/churn-v2",
                "proposal.why": "churn-v2 is better on every segment",
                "proposal.target": target,
                **more,
            },
        )
        assert answer.body in (None, "", {}), answer.body
        self.settle()


def is_root(message: dict[str, Any]) -> bool:
    return message.get("thread_ts") in (None, "", message["ts"])


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
