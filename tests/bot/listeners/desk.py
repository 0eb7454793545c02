"""A bot at which people press and type in a strict Slack, on real SQLite; what it keeps stays undecided."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from slack_sdk import WebClient

from bot.app import slack_app
from bot.wiring import CalendarWorld, Edges, assemble
from data.policies.policy import parsed
from data.records.base import Prose
from data.records.decision import ClaimKind, Outcome
from data.records.plan import Reason
from data.sqlite.store import SqliteStore
from tests import sample_company
from tests.fakes.slack import BotAnswer, Channel, SlackFake, User, into_bolt
from tests.quick_files import QUICK_FILES
from tests.written import judge
from workflows.adapters.local_directory import LocalDirectory
from workflows.commands import AnyCommand, Propose, decoded
from workflows.machine import RetirementMachine

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
GOVERNANCE = "C01MODELRETIREMENTS"
POLICY = f'[rounds]\ncool_off_hours = 0\n[channels]\ngovernance = "{GOVERNANCE}"'
TOM, MINA, ELENA = "U01TOMBIRCH", "U01MINAPARK", "U01ELENAROSSI"
CHURN, CHURN_2 = "resource:default/churn-v1", "resource:default/churn-v2"


class Desk:
    def __init__(self, folder: Path, *, now: datetime = NOW) -> None:
        self.now = now
        self.slack = SlackFake(
            [User(id=TOM, name="tom"), User(id=MINA, name="mina"), User(id=ELENA, name="elena")],
            [Channel(id=GOVERNANCE, name="model-retirements", members=[TOM, MINA, ELENA, "UBOT"])],
        ).start()
        sample_company.lay_down(folder / "emeritus.db", now=now)
        self.client = WebClient(token=self.slack.bot_token, base_url=self.slack.api_url, retry_handlers=[])
        self.bot = assemble(
            store=SqliteStore(folder / "emeritus.db", RetirementMachine()),
            policy=parsed(POLICY, source="desk.toml"),
            edges=Edges(archive=LocalDirectory(folder / "archive"), controls={}, meters={}),
            client=self.client,
            signing_secret=self.slack.signing_secret,
            files=QUICK_FILES,
            world=CalendarWorld(wall=now.timestamp),
        )
        self.slack.attach(into_bolt(self.bot.app))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.bot.store.close()
        self.slack.stop()
        if error is None:
            judge(self.slack.calls)

    def type(self, text: str, *, user: str = TOM) -> BotAnswer:
        return self.slack.command(user, GOVERNANCE, "/retire", text)

    def told(self) -> str:
        """What the bot told the person who acted, alone; waits for it."""
        shown = self.slack.wait_for(lambda: self.slack.ephemerals)
        return str(shown[-1]["text"])

    def kept(self) -> list[tuple[str, AnyCommand]]:
        """Streams and commands in the inbox, oldest first; they stay taken."""
        claims = self.bot.store.claim(ClaimKind.INBOX, self.now, 100)
        return [(claim.reply_to["stream"], decoded(claim.command)) for claim in claims]

    def propose(self, model_id: str = CHURN, *, target_on: date = date(2026, 12, 1)) -> str:
        """A retirement that is being voted on; its id."""
        wish = Propose(
            by=TOM,
            model_id=model_id,
            reason=Reason.BUSINESS,
            why=Prose(prose="nobody asks it"),
            target_on=target_on,
        )
        receipt = self.bot.engine.execute(f"propose/{model_id}", "RET-*", wish)
        assert receipt.outcome is Outcome.DONE, receipt
        return receipt.stream

    def press(self, action: str, value: str, *, user: str = TOM) -> BotAnswer:
        """Press a button of this kind under a message of the bot."""
        button = {
            "type": "button",
            "text": {"type": "plain_text", "text": "Press"},
            "action_id": action,
            "value": value,
        }
        blocks = [{"type": "actions", "elements": [button]}]
        posted = self.client.chat_postMessage(channel=GOVERNANCE, text="a card", blocks=blocks)
        return self.slack.click(user, GOVERNANCE, posted["ts"], action)

    def accepts_everything(self) -> None:
        """From now on nothing is refused before it is kept: what the rules say of it is another test's matter."""
        accepts = {"check": lambda _wish, _state: None, "check_reporting": lambda _wish, _state: None}
        house = replace(self.bot.house, **accepts)
        self.slack.attach(into_bolt(slack_app(house, signing_secret=self.slack.signing_secret)))

    def modal(self, user: str = TOM) -> Any:
        """The modal somebody has before them, once it is there."""
        self.slack.wait_for(lambda: user in self.slack.views)
        return self.slack.views[user]
