"""Who retires what in the demo? Larkspur Tea: its catalog, endpoints and callers, and the real bot."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import yaml

from bot.demo.callers import Callers
from bot.edges import Edges
from bot.keeping import open_store
from bot.local_endpoints import declared, weights_of
from bot.running import Bot
from bot.serving.server import Socket
from bot.settings import Settings
from bot.slack.messenger import web_client
from bot.wiring import assemble
from bot.world import CalendarWorld
from data.catalog.catalog import Catalog
from data.importers.backstage import read_backstage
from data.policies.policy import read_policy, read_windows
from data.records.catalog import EndpointKind, Entity
from data.records.retirement import Retirement
from workflows.adapters.artifact_sources import ArtifactSources
from workflows.adapters.local_directory import LocalDirectory
from workflows.adapters.local_endpoint import LocalEndpoints
from workflows.adapters.model_server import Calendar

SAMPLE = Path(__file__).resolve().parents[2] / "data" / "samples" / "company"
POLICY = Path(__file__).parent / "policy.toml"
WORKSPACE = SAMPLE / "slack.yaml"
CATALOG = tuple(SAMPLE / name for name in ("models.yaml", "consumers.yaml", "teams.yaml", "people.yaml"))

DAY_SECONDS = 86_400.0
FIRST_HOUR = 7  # of the calendar's first day: two hours before steps run
EVENTS = ("message", "app_mention", "reaction_added", "reaction_removed", "file_shared")

Say = Callable[[str], None]


def names() -> dict[str, str]:
    """Slack id -> name of everybody in the sample workspace, and of its bot."""
    config = yaml.safe_load(WORKSPACE.read_text(encoding="utf-8"))
    people = {user["id"]: user["real_name"] for user in config["users"]}
    return people | {config["app"]["botUserId"]: "Emeritus"}


def calendar_of(day_seconds: float) -> Calendar:
    """Today, on a calendar whose days take `day_seconds` of the wall's from now on."""
    origin = datetime.now(UTC).replace(hour=FIRST_HOUR, minute=0, second=0, microsecond=0)
    return Calendar(origin=origin, epoch=time.time(), speed=DAY_SECONDS / day_seconds)


class Company:
    """All that runs besides Slack itself. Whoever starts it closes it, also where starting fails: no process is left.

    folder    gets emeritus.db and archive/
    scratch   gets what nobody wants to keep: the endpoints' state
    """

    bot: Bot

    def __init__(self, folder: Path, scratch: Path, *, api_url: str, day_seconds: float, say: Say) -> None:
        config = yaml.safe_load(WORKSPACE.read_text(encoding="utf-8"))["app"]
        self.settings = Settings(
            store=folder / "emeritus.db",
            archive=folder / "archive",
            bot_token=config["botToken"],
            app_token=config["appToken"],
            slack_api_url=api_url,
        )
        self.calendar = calendar_of(day_seconds)
        self.world = CalendarWorld(self.calendar)
        self.archive = LocalDirectory(folder / "archive")
        self.endpoints = LocalEndpoints(scratch / "endpoints", calendar=self.calendar)
        self.callers = Callers({}, address=self.endpoints.address, interval_seconds=day_seconds)
        self._say = say
        self._open = contextlib.ExitStack()

    @property
    def catalog(self) -> Catalog:
        return self.bot.house.catalog

    def days(self) -> int:
        """Days of the calendar since it began."""
        return (self.world.now() - self.calendar.origin).days

    def close(self) -> None:
        """End what was started, however far that came."""
        self._open.close()

    def start(self) -> None:
        store = open_store(self.settings, speed=self.world.speed)
        report = Catalog(store).import_(read_backstage(CATALOG), format="backstage", now=self.world.now())
        counted = ", ".join(
            f"{report.counts[what]} {what}" for what in ("models", "endpoints", "consumers", "teams")
        )
        self._say(f"Imported the sample company: {counted}")
        local = {EndpointKind.LOCAL: self.endpoints}
        self.bot = assemble(
            store=store,
            policy=read_policy(POLICY),
            windows=read_windows(POLICY),
            edges=Edges(archive=self.archive, controls=local, meters=local, sources=ArtifactSources()),
            client=web_client(self.settings.bot_token, self.settings.slack_api_url),
            signing_secret="",
            world=self.world,
        )
        for event in EVENTS:
            # The emulator sends what our manifest does not subscribe to, and waits 5 s for an answer.
            self.bot.app.event(event)(_heard)
        self._open.callback(self.endpoints.stop_all)
        self._start_endpoints()
        self._open.callback(self.callers.stop)
        self.callers.start()
        self._open.callback(self.bot.stop)
        self.bot.start()
        front = Socket(self.bot.app, self.settings)
        self._open.callback(front.close)
        self._say("The bot is connected over Socket Mode")

    def _start_endpoints(self) -> None:
        """Every local endpoint of the catalog serves its model, and who depends on it directly calls it."""
        routes: dict[str, str] = {}
        for model in self.catalog.models():
            for endpoint in self.local_endpoints(model.id):
                self.endpoints.start(endpoint.endpoint_ref, weights_of(model))
                nearest = [one for one in self.catalog.impact(model.id).consumers if one.distance == 1]
                routes |= {one.name: endpoint.endpoint_ref for one in nearest}
        for consumer, endpoint_ref in routes.items():
            self.callers.migrate(consumer, endpoint_ref)
        served = len(set(routes.values()))
        self._say(f"Started {served} model servers, and {len(routes)} consumers that call them once a day")

    def local_endpoints(self, model_id: str) -> list[Entity]:
        return [one for one in declared(self.catalog) if one.model_id == model_id]

    def move(self, consumer: str, retirement: Retirement) -> None:
        """A consumer's owner says that it has migrated: from now on it calls the successor, or nobody."""
        successor_id = retirement.plan.successor_id if retirement.plan else ""
        there = self.local_endpoints(successor_id) if successor_id else []
        if there and consumer in self.callers.routes():
            self.callers.migrate(consumer, there[0].endpoint_ref)
        else:
            self.callers.silence(consumer)


def _heard() -> None:
    """Nothing to do: acknowledged, so that the emulator goes on."""
