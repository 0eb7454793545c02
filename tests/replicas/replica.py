"""The replicas' own processes: one nursery that has everything loaded, and bots that are forked from it.

A bot is what `emeritus serve --http` runs, on PostgreSQL. Killed with SIGKILL it ends as it would alone; only its
start takes a tenth of a second instead of three, so that a test is not spent on imports.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from bot.listening import LOOPBACK, Address
from bot.running import Bot
from bot.serving.server import serve
from bot.settings import Settings
from bot.slack.messenger import web_client
from bot.slack.shared_rates import SharedRates
from bot.wiring import CalendarWorld, Edges, assemble
from data.policies.policy import parsed
from data.postgres.lanes import PostgresLanes
from data.postgres.store import PostgresStore
from data.records.catalog import EndpointKind
from data.store import Machine
from tests.contract.scripted import Scripted
from tests.kill.bot_process import POLICY
from workflows.adapters.local_directory import LocalDirectory
from workflows.adapters.local_endpoint import LocalEndpoints
from workflows.adapters.model_server import Calendar
from workflows.machine import RetirementMachine

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """What all replicas have in common.

    is_scripted    commands say what they lead to (tests/contract/scripted.py), instead of the product's rules
    day_seconds    how long a day of the calendar lasts since `epoch`
    lease_seconds  of real time; a minute in production     grace_seconds  likewise half a minute
    slack_times    how much more Slack allows than the real one
    """

    folder: str
    database: str
    slack_api_url: str
    bot_token: str
    signing_secret: str
    epoch: float
    is_scripted: bool = False
    day_seconds: float = 86_400.0
    lease_seconds: float = 6.0
    grace_seconds: float = 3.0
    slack_times: float = 1.0

    @property
    def calendar(self) -> Calendar:
        return Calendar(origin=START, epoch=self.epoch, speed=86_400 / self.day_seconds)

    @property
    def archive(self) -> Path:
        return Path(self.folder) / "archive"

    @property
    def machine(self) -> Machine:
        return Scripted() if self.is_scripted else RetirementMachine()

    def endpoints(self) -> LocalEndpoints:
        return LocalEndpoints(Path(self.folder) / "endpoints", calendar=self.calendar)

    def store(self, **how: bool) -> PostgresStore:
        lease = timedelta(seconds=self.lease_seconds * self.calendar.speed)
        return PostgresStore(self.database, self.machine, lease=lease, **how)


def settings_of(site: Site) -> Settings:
    return Settings(
        store=Path(site.folder) / "emeritus.db",
        database=site.database,
        archive=site.archive,
        bot_token=site.bot_token,
        signing_secret=site.signing_secret,
        slack_api_url=site.slack_api_url,
        http=Address(host=LOOPBACK, port=0),
    )


def bot_of(site: Site) -> Bot:
    settings, store, endpoints = settings_of(site), site.store(), site.endpoints()
    local = {EndpointKind.LOCAL: endpoints}
    return assemble(
        store=store,
        policy=parsed(POLICY, source="replicas.toml"),
        edges=Edges(archive=LocalDirectory(site.archive), controls=local, meters=local),
        client=web_client(settings.bot_token, settings.slack_api_url),
        signing_secret=settings.signing_secret,
        world=CalendarWorld(site.calendar),
        grace_seconds=site.grace_seconds,
        look_seconds=1.0,
        rates=SharedRates(PostgresLanes(store), times=site.slack_times),
    )


def run(site: Site, pipe: int) -> None:
    """What it says first is that it listens, and where."""
    with os.fdopen(pipe, "w") as out:

        def say(text: str) -> None:
            out.write(f"{text}\n")
            out.flush()

        serve(bot_of(site), settings_of(site), say=say)


def nurse() -> None:
    """A line of input is a site and the name of a pipe: fork a bot that writes to it, answer with its process id."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        name, _, encoded = line.partition(" ")
        site = msgspec.json.decode(encoded, type=Site)
        if (pid := os.fork()) == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            status = 1
            try:
                sys.stdin.close()
                run(site, os.open(name, os.O_WRONLY))
                status = 0
            except BaseException:  # noqa: BLE001 - what goes wrong is for the log, and never for the nursery
                traceback.print_exc()
            finally:
                os._exit(status)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    nurse()
