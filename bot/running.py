"""The bot that is put together: set going, stopped, and looked at from outside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from slack_bolt import App

from bot.alarm import Alarm
from bot.hearing import Hearing
from bot.house import House
from bot.sealing import Sealing
from bot.serving.status import Glance
from bot.world import CalendarWorld
from data.records.anchors import STREAM as ANCHORS
from data.records.anchors import AnchorPlan
from data.records.fixity import FixityPlan
from data.records.imports import Scheduled
from data.sql.record import SqlStore
from workflows.anchoring import anchoring_of, keep_anchored
from workflows.decisions.fixity import STREAM as FIXITY
from workflows.dispatcher import Dispatcher
from workflows.engine import Engine
from workflows.fixity import go_rounds, rounds_of
from workflows.rules.lifecycle import LIVING
from workflows.signing import sign_with


@dataclass(frozen=True, kw_only=True)
class Bot:
    """A bot that is put together; `start` sets it going, `stop` leaves the rest to the leases."""

    app: App
    house: House
    engine: Engine
    dispatcher: Dispatcher
    alarm: Alarm
    store: SqlStore
    hearing: Hearing | None
    sealing: Sealing
    world: CalendarWorld
    scheduled: tuple[Scheduled, ...] = ()
    fixity: FixityPlan | None = None
    anchoring: AnchorPlan | None = None

    def start(self) -> None:
        # A large catalog takes a second to load, and a trigger lives three: nobody's first press shall wait for it.
        self.house.catalog.snapshot()
        self.catch_up()
        self.alarm.start()
        self.engine.schedule(self.scheduled)
        if self.fixity is not None:
            go_rounds(self.engine, self.fixity)
        sign_with(self.store, self.sealing.key, self.world.now())
        if self.anchoring is not None and self.sealing.key is not None:
            keep_anchored(self.engine, self.anchoring)
        self.dispatcher.start()
        self.house.homes.start()
        self.sealing.start()
        if self.hearing is not None:
            self.hearing.start()

    def catch_up(self) -> None:
        """A catalog that this installation is told of only now hears of all that is under way."""
        for one in self.engine.retirements():
            if one.state in LIVING and (unwritten := self.house.listings.unwritten(one)):
                self.store.want(one.id, unwritten, self.world.now())

    def stop(self, timeout_s: float = 4.0) -> None:
        self.alarm.stop()
        self.house.homes.stop()
        self.sealing.stop()
        if self.hearing is not None:
            self.hearing.stop()
        self.dispatcher.stop(timeout_s)
        self.store.close()

    def glance(self) -> Glance:
        self.store.check_writable()
        now = self.world.now()
        queues = self.store.queues(now)
        since = {queue.kind: queue.oldest_due_at for queue in queues}
        age_seconds = {kind: -self.world.wall_seconds_until(at) if at else 0.0 for kind, at in since.items()}
        head = self.store.checkpoint()
        rounds = rounds_of(self.store.state(FIXITY))
        return Glance(
            queues=queues,
            age_seconds=age_seconds,
            record_bytes=self.store.size(),
            checkpoint=head.checkpoint if head else "",
            anchors_bad=len(anchoring_of(self.store.state(ANCHORS)).failed),
            archives_bad=len(rounds.bad),
            round_seconds=self._seconds_since(rounds.at),
            whole_seconds=self._seconds_since(rounds.whole_since),
        )

    def _seconds_since(self, at: datetime | None) -> float | None:
        return -self.world.wall_seconds_until(at) if at else None

    def still_for(self) -> float:
        return self.dispatcher.still_for()

    def policy(self) -> str:
        return f"{self.house.policy.name}, {self.house.policy.digest[:19]}"
