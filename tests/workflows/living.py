"""A retirement that goes on by itself: the real engine, outbox and SQLite, with a messenger that only writes down.

Nobody answers. Time goes from one thing that is due to the next.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Self

from bot.formats import ScheduledSources
from data.catalog.catalog import Catalog
from data.importers.report import Reading
from data.records.catalog import Dependency, Entity, Group, Kind, Person
from data.records.decision import Done, Gate, NotDone, Result, Room
from data.records.hours import Hours
from data.records.plan import Reason
from data.records.policy import Policy, Role
from data.records.retirement import Retirement
from data.records.rounds import Choice
from data.sqlite.store import SqliteStore
from tests.builders import WHY, casting
from tests.simulation.bench import AtOnce
from workflows import commands as cmd
from workflows.adapters.local_directory import LocalDirectory
from workflows.asking import Asking, any_hours, at_once
from workflows.decisions.delegations import STREAM
from workflows.delegates import in_force_now
from workflows.dispatcher import Dispatcher
from workflows.effects.workshop import Workshop
from workflows.engine import Engine, all_retirements
from workflows.gathering import Gatherer
from workflows.home import Home
from workflows.machine import RetirementMachine
from workflows.ports import Message
from workflows.rules.telling.messages import ZONE, is_person
from workflows.rules.telling.together import TOLD_WITH

Sent = tuple[datetime, str, str, dict[str, str]]
"""When, to whom, which notice, and what it is about."""

PAT, VOTER = "UPAT", "UVOTER"
ADDRESS = frozenset({"notice", "channel", "slack_id", TOLD_WITH, ZONE})
ROLES = (Role(name="voter", people=(VOTER,)),)
FIRST_DAY = datetime(2027, 1, 4, 8, tzinfo=UTC)


class Now:
    """A calendar that is moved by hand."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def after(self, wall_seconds: float) -> datetime:
        return self.at + timedelta(seconds=wall_seconds)

    def point(self, name: str) -> None:
        """Nothing crashes here."""


class Notebook:
    """Implements Messenger: everything arrives at once; what is about a retirement is written down."""

    def __init__(self) -> None:
        self.sent: list[Sent] = []

    def room(self, begun: Iterable[tuple[Gate, str]], now: datetime) -> tuple[Room, datetime | None]:
        return Room(at=now), None

    def post(self, message: Message, now: datetime) -> Result:
        if "slack_id" in message.params and not message.key.startswith(STREAM):
            self.sent.append((now, message.channel, message.notice, message.params))
        return Done(found={"channel": message.channel, "ts": str(len(self.sent))})

    def edit(self, message: Message, now: datetime) -> Result:
        return Done()

    def find(self, message: Message, since: datetime, now: datetime) -> Result:
        raise AssertionError("nothing is ever unknown here")

    def show_home(self, home: Home, seen: str, now: datetime) -> Result:
        return Done()


class Clocks:
    """Implements Timekeeper: everybody's hours, as they were given."""

    def __init__(self, hours: Mapping[str, Hours]) -> None:
        self._hours = hours

    def hours_of(self, slack_id: str, now: datetime, *, is_ahead: bool = False) -> Hours | NotDone:
        return self._hours[slack_id]

    def known(self, slack_id: str, now: datetime, *, zone: str = "") -> Hours:
        return self._hours[slack_id]


def company(teams: Mapping[str, tuple[str, ...]], managers: Mapping[str, str], consumers: int) -> Reading:
    """A model with so many consumers, which the teams own in turns; an empty team owns nothing."""
    everybody = {PAT, VOTER, *managers, *managers.values(), *(one for team in teams.values() for one in team)}
    people = tuple(
        Person(
            id=f"user:default/{one.lower()}",
            name=one,
            slack_id=one,
            manager_id=f"user:default/{managers[one].lower()}" if one in managers else "",
        )
        for one in sorted(everybody)
    )
    groups = tuple(
        Group(
            id=f"group:default/{name}",
            name=name,
            member_ids=tuple(f"user:default/{one.lower()}" for one in members),
        )
        for name, members in {**teams, "makers": (PAT,)}.items()
    )
    model = Entity(
        id="component:default/churn", kind=Kind.MODEL, name="churn", owner_id="group:default/makers", tier=3
    )
    owning = list(teams)
    users = tuple(
        Entity(
            id=f"component:default/user-{number}",
            kind=Kind.CONSUMER,
            name=f"user-{number}",
            owner_id=f"group:default/{owning[number % len(owning)]}" if owning else "",
        )
        for number in range(consumers)
    )
    edges = tuple(Dependency(from_id=one.id, to_id=model.id) for one in users)
    files = dict.fromkeys((one.id for one in (model, *users, *groups, *people)), "/catalog.yaml")
    return Reading(
        entities=(model, *users),
        dependencies=edges,
        people=people,
        groups=groups,
        source_digest="sha256:company",
        files=files,
        declared_by=tuple(edge.from_id for edge in edges),
    )


class Living:
    """One retirement in one bot. `hours`: whose they are; None where people are written to at any hour."""

    def __init__(
        self, folder: Path, policy: Policy, catalog: Reading, hours: Mapping[str, Hours] | None
    ) -> None:
        self.world = Now(FIRST_DAY)
        self.people = people_in(catalog)
        self.store = SqliteStore(folder / "emeritus.db", RetirementMachine())
        there = Catalog(self.store)
        there.import_(catalog, format="backstage", now=FIRST_DAY)
        self.timekeeper = clocks = Clocks(hours) if hours is not None else None
        delegations = partial(in_force_now, self.store, there)
        asking = Asking(store=self.store, timekeeper=clocks, delegations=delegations) if clocks else None
        self.gatherer = Gatherer(
            catalog=there,
            policy=policy,
            archive=LocalDirectory(folder / "archive"),
            controls={},
            meters={},
            retirements=lambda: all_retirements(self.store),
            waiting=self.store.waiting,
            unheard=self.store.unheard,
            happened=lambda stream: (entry.event for entry in self.store.events(stream)),
            busy_until=asking.busy_until if asking else at_once,
            hours=asking.hours if asking else any_hours,
            snooze_days=3,
            delegations=delegations,
        )
        self.engine = Engine(store=self.store, gatherer=self.gatherer, world=self.world)
        self.notebook = Notebook()
        shop = Workshop(
            engine=self.engine,
            world=self.world,
            messenger=self.notebook,
            archive=LocalDirectory(folder / "archive"),
            controls={},
            importer=ScheduledSources(there, {}),
            ending=threading.Event(),
            timekeeper=clocks,
        )
        self._dispatcher = Dispatcher(
            shop,
            tell=lambda *_: None,
            arm=lambda _: None,
            bell=threading.Event(),
            pool=AtOnce(),
            teller=AtOnce(),
        )
        self._asked = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.store.close()

    @property
    def state(self) -> Retirement:
        found = self.engine.retirement("RET-1")
        assert found is not None
        return found

    def does(self, command: cmd.AnyCommand, stream: str = "RET-1") -> str:
        self._asked += 1
        receipt = self.engine.execute(f"asked-{self._asked}", stream, command)
        self._settles()
        return f"{receipt.outcome}: {receipt.reply}"

    def proposes(self, **about: object) -> None:
        target_on = (FIRST_DAY + timedelta(days=60)).date()
        wish = cmd.Propose(
            by=PAT,
            model_id="component:default/churn",
            successor_id="",
            reason=Reason.COST,
            why=WHY,
            target_on=target_on,
        )
        told = self.does(wish, "RET-*")
        assert told.startswith("done"), told

    def approves(self) -> None:
        told = self.does(casting(self.state, by=VOTER, choice=Choice.APPROVE))
        assert told.startswith("done"), told

    def until(self, at: datetime) -> None:
        """All that is due by then happens when it is due."""
        while (due := self._dispatcher.next_due()) is not None and due <= at:
            self.world.at = max(self.world.at, due)
            self._settles()
        self.world.at = max(self.world.at, at)

    def _settles(self) -> None:
        while self._dispatcher.drain():
            pass

    def sent_after(self, count: int) -> list[Sent]:
        """What was sent since so many."""
        return in_order(self.notebook.sent[count:])


def in_order(sent: Iterable[Sent]) -> list[Sent]:
    """By instant and person; who hears several things at one instant may hear them in any order."""
    bare = [(at, to, what, {key: body[key] for key in body.keys() - ADDRESS}) for at, to, what, body in sent]
    return sorted(bare, key=lambda one: (*one[:3], sorted(one[3].items())))


def people_in(reading: Reading) -> list[str]:
    return [one.slack_id for one in reading.people if is_person(one.slack_id)]
