"""The two that are asked over HTTP, each a process of its own.

bot    as `emeritus serve --http` puts it together, with one retirement that is voted on
echo   the echo command of Bolt's own documentation, behind the same door and server
"""

from __future__ import annotations

import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from slack_bolt import Ack, App, Respond
from slack_bolt.authorization import AuthorizeResult

from bot.ids import SLASH_COMMAND
from bot.listening import LOOPBACK, Address
from bot.logs import log_privately
from bot.running import Bot
from bot.serving.server import Http
from bot.settings import Settings
from bot.wiring import build
from data.importers.backstage import read_backstage
from data.policies.policy import read_rules
from data.records.base import Prose
from data.records.decision import Outcome
from data.records.plan import Reason
from tests.benchmarks.child import ROOT, tell
from workflows.commands import Propose

SECRET = "a secret of the benchmark"
GOVERNANCE = "C01MODELRETIREMENTS"
PROPOSER, VOTERS = "U01TOMBIRCH", ("U01ADAOKAFOR", "U01MINAPARK", "U01PRIYARAMAN", "U01SAMODUYA")
COMPANY = ROOT / "data" / "samples" / "company"
ANYWHERE = Address(host=LOOPBACK, port=0)


def bot(folder: str, slack: str) -> None:
    """Told "hold" and "release", it makes its writer stand still and go on; told "kept KEY ...", it says which of
    these commands were decided."""
    running = build(settings_of(Path(folder), slack))
    digest = proposed(running)
    running.start()
    front = Http(running.app, ANYWHERE, SECRET)
    tell({"port": front.port, "digest": digest})
    going_on = threading.Event()
    for line in sys.stdin:
        word, *rest = line.split()
        match word:
            case "hold":
                going_on.clear()
                holding = threading.Event()
                hold = threading.Thread(target=_hold, args=(running, holding, going_on), daemon=True)
                hold.start()
                holding.wait()
                tell("holding")
            case "release":
                going_on.set()
                hold.join()
                tell("released")
            case "kept":
                tell([key for key in rest if running.store.receipt(key) is not None])
    front.close()
    running.stop()


def settings_of(folder: Path, slack: str) -> Settings:
    policy = folder / "policy.toml"
    policy.write_text(f'[channels]\ngovernance = "{GOVERNANCE}"\n')
    return Settings(
        store=folder / "emeritus.db",
        archive=folder / "archive",
        rules=read_rules(policy),
        bot_token="xoxb-benchmark",
        signing_secret=SECRET,
        slack_api_url=f"{slack}/api/",
    )


def _hold(running: Bot, holding: threading.Event, going_on: threading.Event) -> None:
    def job(_: object) -> None:
        holding.set()
        going_on.wait()

    running.store.write(job)


def proposed(running: Bot) -> str:
    """Import the sample company and propose to retire a model of it; the digest of the plan."""
    now = datetime.now(UTC)
    running.house.catalog.import_(read_backstage([COMPANY]), format="backstage", now=now)
    wish = Propose(
        by=PROPOSER,
        model_id="resource:default/churn-v1",
        reason=Reason.BUSINESS,
        why=Prose(prose="nobody asks it"),
        target_on=(now + timedelta(days=365)).date(),
    )
    receipt = running.engine.execute("propose", "RET-*", wish)
    assert receipt.outcome is Outcome.DONE, receipt
    retirement = running.engine.retirement(receipt.stream)
    assert retirement is not None
    assert retirement.plan is not None
    return retirement.plan.digest


def echo(_: str, slack: str) -> None:
    """docs.slack.dev/tools/bolt-python/concepts/commands, with nothing added but where its Slack is."""
    app = App(
        signing_secret=SECRET,
        authorize=lambda: AuthorizeResult(enterprise_id="E1", team_id="T1", bot_token="xoxb-benchmark"),
    )
    app.client.base_url = f"{slack}/api/"

    @app.command(SLASH_COMMAND)
    def repeat_text(ack: Ack, respond: Respond, command: dict[str, Any]) -> None:
        ack()
        respond(f"{command['text']}")

    front = Http(app, ANYWHERE, SECRET)
    tell({"port": front.port})
    sys.stdin.read()
    front.close()


if __name__ == "__main__":
    log_privately({})
    {"bot": bot, "echo": echo}[sys.argv[1]](*sys.argv[2:])
