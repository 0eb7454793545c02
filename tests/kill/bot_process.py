"""The bot of the kill tests, a process of its own: as `emeritus serve --http` runs it, on a faster calendar.

It imports everything, then waits for a line on its standard input: a start from there takes a fraction of a second.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from bot.listening import LOOPBACK, Address
from bot.running import Bot
from bot.serving.server import serve
from bot.settings import Settings
from bot.slack.messenger import web_client
from bot.wiring import CalendarWorld, Edges, assemble
from data.policies.policy import parsed
from data.records.catalog import EndpointKind
from data.sqlite.store import SqliteStore
from workflows.adapters.local_directory import LocalDirectory
from workflows.adapters.local_endpoint import LocalEndpoints
from workflows.adapters.model_server import Calendar
from workflows.machine import RetirementMachine

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
LEASE_SECONDS = 5.0  # of real time; a minute in production
GRACE_SECONDS = 2.5  # likewise half a minute in production
GOVERNANCE = "C01MODELRETIREMENTS"
POLICY = f"""
name = "killed"
[channels]
governance = "{GOVERNANCE}"
[rounds]
review_days = 2
cool_off_hours = 0
expires_days = 60
[tiers.1]
notice_days = 40
[tiers.2]
notice_days = 30
[tiers.3]
notice_days = 20
[reminders]
days_before = [8, 4, 1, 0]
[escalation]
acknowledge_days = 6
again_days = 2
[archive]
lead_days = 8
[migrate]
lead_days = 5
[disable]
zero_traffic_days = 4
dark_window_days = 14
[steps]
recheck_hours = 12
"""


class Town(msgspec.Struct, frozen=True, kw_only=True):
    """Where the bot finds its files and its Slack, and how fast its calendar runs since `epoch`."""

    folder: str
    slack_api_url: str
    bot_token: str
    signing_secret: str
    epoch: float
    day_seconds: float

    @property
    def store(self) -> Path:
        return Path(self.folder) / "emeritus.db"

    @property
    def archive(self) -> Path:
        return Path(self.folder) / "archive"

    @property
    def calendar(self) -> Calendar:
        return Calendar(origin=START, epoch=self.epoch, speed=86_400 / self.day_seconds)

    def endpoints(self) -> LocalEndpoints:
        return LocalEndpoints(Path(self.folder) / "endpoints", calendar=self.calendar)


def settings_of(town: Town) -> Settings:
    return Settings(
        store=town.store,
        archive=town.archive,
        bot_token=town.bot_token,
        signing_secret=town.signing_secret,
        slack_api_url=town.slack_api_url,
        http=Address(host=LOOPBACK, port=0),
    )


def bot_of(town: Town) -> Bot:
    settings, world, endpoints = settings_of(town), CalendarWorld(town.calendar), town.endpoints()
    local = {EndpointKind.LOCAL: endpoints}
    lease = timedelta(seconds=LEASE_SECONDS * world.speed)
    return assemble(
        store=SqliteStore(settings.store, RetirementMachine(), lease=lease),
        policy=parsed(POLICY, source="killed.toml"),
        edges=Edges(archive=LocalDirectory(town.archive), controls=local, meters=local),
        client=web_client(settings.bot_token, settings.slack_api_url),
        signing_secret=settings.signing_secret,
        world=world,
        grace_seconds=GRACE_SECONDS,
    )


def main(town: Town) -> None:
    if sys.stdin.readline():
        serve(bot_of(town), settings_of(town), say=lambda text: print(text, flush=True))


if __name__ == "__main__":
    main(msgspec.json.decode(sys.argv[1], type=Town))
