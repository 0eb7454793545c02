"""One life of the bot: the product's own parts, put together on the simulated edges, until it crashes.

As `bot/wiring.py` does it, with executors that run in this thread and without Bolt, whose one part in this (which
listener gets a press) is played by `Switchboard`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from bot import screens
from bot.formats import ScheduledSources
from bot.homes import Homes
from bot.house import House
from bot.intake import NotKeptError
from bot.listeners import (
    callers,
    commands,
    delegations,
    manual,
    moving,
    naming,
    objecting,
    obligations,
    proposals,
    snoozes,
    taking_over,
    votes,
)
from bot.slack.messenger import SlackMessenger
from bot.slack.rates import Rates
from bot.views.asked import answers
from bot.views.telling import digest
from data.catalog.catalog import Catalog
from data.errors import EmeritusError
from data.events import EMERITUS
from data.records.catalog import EndpointKind
from data.records.decision import LEASE, Outcome, Receipt
from data.records.deprecation import CatalogKind
from data.records.policy import Policy
from data.store import Machine
from tests.quick_files import QUICK_FILES
from tests.simulation.asleep import OFFICE
from tests.simulation.bench import AtOnce, Bench
from tests.simulation.board import Board
from tests.simulation.clock import Clock
from tests.simulation.company import CRITERIA, POLICY
from tests.simulation.disk import Disk, DiskStore
from tests.simulation.outside import Machines, Vault
from tests.simulation.slack import SimulatedClient
from workflows import commands as cmd
from workflows.artifact_store import ArtifactStore
from workflows.asking import Asking, any_hours, at_once
from workflows.decisions import digests
from workflows.delegates import in_force_now
from workflows.dispatcher import Dispatcher
from workflows.effects.workshop import Workshop
from workflows.engine import Engine, all_retirements
from workflows.gathering import Gatherer
from workflows.giving import Giving
from workflows.machine import RetirementMachine
from workflows.ports import Messenger, Timekeeper
from workflows.rules.people.delegating import InForce


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What a mutant puts another thing in the place of."""

    store: type[DiskStore] = DiskStore
    machine: Callable[[Clock], Machine] = lambda _: RetirementMachine()
    gatherer: type[Gatherer] = Gatherer
    messenger: Callable[[Messenger, Clock], Messenger] = lambda messenger, _: messenger
    archive: Callable[[ArtifactStore], ArtifactStore] = lambda archive: archive
    timekeeper: Callable[[Clock], Timekeeper | None] = lambda _: None
    lease: timedelta = LEASE


class Switchboard:
    """Which listener hears what: the part of Bolt's App that the listeners register with."""

    def __init__(self) -> None:
        self.heard: dict[tuple[str, str], Callable[..., None]] = {}

    def _on(self, kind: str, name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
        def put(listener: Callable[..., None]) -> Callable[..., None]:
            self.heard[kind, name] = listener
            return listener

        return put

    def action(self, name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
        return self._on("action", str(name))

    def view(self, name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
        return self._on("view", str(name))

    def options(self, name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
        return self._on("options", str(name))

    def command(self, name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
        return self._on("command", str(name))


@dataclass(kw_only=True)
class Outside:
    """What outlives a crash."""

    clock: Clock
    disk: Disk
    client: SimulatedClient
    vault: Vault
    machines: Machines
    board: Board
    path: Path
    rand: Random
    policy: Policy = POLICY
    parts: Parts = field(default_factory=Parts)
    stopwatch: Callable[[], float] = lambda: 0.0


class Process:
    """From start to crash. Nothing of it is used again afterwards."""

    def __init__(self, outside: Outside) -> None:
        clock, parts = outside.clock, outside.parts
        self.outside = outside
        self.store = parts.store(
            outside.path,
            parts.machine(clock),
            rand=outside.rand.randbytes,
            writer=outside.disk.writer,
            lease=parts.lease,
        )
        self.catalog = Catalog(self.store)
        archive = parts.archive(outside.vault)
        timekeeper = parts.timekeeper(clock)

        def in_force(at: datetime) -> InForce:
            return in_force_now(self.store, self.catalog, at)

        asking = Asking(store=self.store, timekeeper=timekeeper, delegations=in_force) if timekeeper else None
        gatherer = parts.gatherer(
            catalog=self.catalog,
            policy=outside.policy,
            archive=archive,
            controls={EndpointKind.LOCAL: outside.machines},
            meters={EndpointKind.LOCAL: outside.machines},
            retirements=lambda: all_retirements(self.store),
            waiting=self.store.waiting,
            unheard=self.store.unheard,
            busy_until=asking.busy_until if asking else at_once,
            hours=asking.hours if asking else any_hours,
            delegations=in_force,
            snooze_days=OFFICE.snooze_days,
            happened=lambda retirement_id: (entry.event for entry in self.store.events(retirement_id)),
        )
        self.engine = Engine(store=self.store, gatherer=gatherer, world=clock)
        messenger = SlackMessenger(
            outside.client,
            Rates(clock.wall),
            wall=clock.wall,
            files=QUICK_FILES,
            carry=outside.client.carried,
        )
        self.shop = Workshop(
            engine=self.engine,
            world=clock,
            messenger=parts.messenger(messenger, clock),
            archive=archive,
            controls={EndpointKind.LOCAL: outside.machines},
            importer=ScheduledSources(self.catalog, {}),
            ending=threading.Event(),
            writers={CatalogKind.BACKSTAGE: outside.board},
            timekeeper=timekeeper,
            tells=digest.tells,
        )
        self.bench = Bench(outside.rand)

        def answer(reply_to: Mapping[str, str], payload: dict[str, Any]) -> None:
            channel, user = reply_to.get("channel", ""), reply_to.get("user", "")
            messenger.answer(payload, channel=channel, user=user)

        def tell(reply_to: Mapping[str, str], receipt: Receipt) -> None:
            screens.redrawn(outside.client, reply_to, self.engine.retirement(receipt.stream))
            say = answers.refusal if receipt.outcome is Outcome.REFUSED else answers.said
            answer(reply_to, say(receipt.reply))

        bell = threading.Event()
        self.dispatcher = Dispatcher(
            self.shop,
            tell=tell,
            arm=lambda _: None,
            bell=bell,
            pool=self.bench,
            teller=AtOnce(),
        )
        self.house = House(
            store=self.store,
            catalog=self.catalog,
            policy=outside.policy,
            client=outside.client,
            homes=Homes(self.store, self.catalog, clock, bell.set),
            now=clock.now,
            answer=answer,
            wake=bell.set,
            check_opening=self.engine.check_opening,
            check_reporting=self.engine.check_reporting,
            check=self.engine.check,
            giving=Giving(engine=self.engine, archive=archive),
            delegations=lambda: in_force(clock.now()),
            criteria=CRITERIA,
            stopwatch=outside.stopwatch,
        )
        self._board = Switchboard()
        for surface in (
            commands,
            proposals,
            votes,
            objecting,
            moving,
            naming,
            obligations,
            snoozes,
            taking_over,
            delegations,
            callers,
            manual,
        ):
            surface.register(self._board, self.house)

    def start(self) -> None:
        """As `Dispatcher.start`, without its thread."""
        if self.store.state(digests.STREAM) is None:
            self.engine.execute("digest/first", digests.STREAM, cmd.SendDigest(by=EMERITUS))

    def hear(self, kind: str, name: str, body: dict[str, Any]) -> str:
        """Let the listener have it: "acknowledged", "answered" (with what was wrong), or "failed"."""
        acknowledged = False

        def ack(*_: object, **__: object) -> None:
            nonlocal acknowledged
            self.outside.clock.point("ack")
            acknowledged = True

        try:
            self._board.heard[kind, name](ack=ack, body=body)
        except NotKeptError:
            return "failed"
        except EmeritusError:
            return "answered"
        return "acknowledged" if acknowledged else "failed"

    def work(self) -> None:
        """All that is due, until nothing is. What is slow may be left on the bench."""
        while True:
            claimed = self.dispatcher.drain()
            ran = self.bench.run_some()
            if not claimed and not ran:
                return
            if self.bench and self.bench.slow:
                return

    def renew(self) -> None:
        """What the dispatcher's thread does three times in a lease."""
        self.dispatcher._renew()

    def die(self) -> None:
        """The file's lock goes with it, and its memory: what points in circles would lie around for long."""
        self.store.close()
        vars(self.dispatcher).clear()
        vars(self).clear()
