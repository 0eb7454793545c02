"""Thousands of messages that are wanted while bots come and go: who wants them, who kills, and what must hold after."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from data.errors import Unavailable
from data.records.decision import Effect
from tests.contract.scripted import a_command, an_effect, count_up
from tests.fakes.slack import Channel, SlackFake
from tests.kill.aftermath import await_record, messages, waiting
from tests.replicas.database import Database
from tests.replicas.fleet import Fleet
from tests.replicas.replica import START, Site
from tests.scenarios.reading import key_of
from tests.written import judge

MEMBERS = (1, 2, 3, 4)
FAULTS = ("accepted_then_reset", "accepted_then_500", "late", "server_error", "rate_limited")
AT_ONCE = 20  # messages wanted by one command

# A week without any retirement: what is drawn is short, how it is delivered is all that matters here.
EMPTY = {"notice": "digest", "since": "2026-02-23T09:00:00+00:00", "until": "2026-03-02T09:00:00+00:00"}


@dataclass(kw_only=True)
class Storm:
    """`rooms` channels share the posts in turn; those of one room are told in their order."""

    site: Site
    slack: SlackFake
    fleet: Fleet
    chance: random.Random
    posts: int
    rooms: int
    kills: int = 0
    faults: list[str] = field(default_factory=list)

    def want(self) -> None:
        """Everything, a few at a time, the last of them at the last kill. A database that is away is asked again."""
        store = self.site.store()
        for first in range(0, self.posts, AT_ONCE):
            wanted = tuple(map(self._post, range(first, min(first + AT_ONCE, self.posts))))
            command = a_command(counts=1, effects=wanted)
            self.fleet.await_kills(self.kills * first // self.posts)
            while True:
                try:
                    store.transact(f"want {first}", f"load-{first % 7}", command, b"", START)
                    break
                except Unavailable:
                    self.is_away.wait(0.2)
        store.close()

    is_away = threading.Event()
    """Never set: waiting for it is waiting."""

    def _post(self, number: int) -> Effect:
        room = f"C{number % self.rooms:04d}"
        return an_effect(f"post {number:05d}", lane=room, body={**EMPTY, "channel": room})

    def told(self) -> int:
        with self.slack.ws.lock:
            return sum(map(len, self.slack.ws.messages.values()))

    def rage(self) -> None:
        """Kill one after the other at random, each after some more posts, or a while without any."""
        for _ in range(self.kills):
            enough = self.told() + self.chance.randint(1, 1 + self.posts // self.kills)
            with self.slack.ws.changed:
                self.slack.ws.changed.wait_for(lambda enough=enough: self.told() >= enough, 1.5)
            if self.chance.random() < 0.6:
                self.faults.append(self.chance.choice(FAULTS))
                self.slack.fail_next("chat.postMessage", self.faults[-1], hidden_for=2)
            number = self.chance.choice(MEMBERS)
            self.fleet.kill(number)
            self.fleet.start(number)

    def settle(self, seconds: float) -> None:
        """Wait until everything was told and is on record."""
        await_record(
            lambda: self.site.store(read_only=True),
            lambda record: self.told() >= self.posts and not waiting(record),
            self.fleet,
            seconds,
        )

    def check(self) -> None:
        """Counted by outbox key in Slack: nothing missing, nothing doubled, every room in its order."""
        posted = messages(self.slack)
        times = Counter(map(key_of, posted))
        wanted = [f"post {number:05d}" for number in range(self.posts)]
        missing = [key for key in wanted if not times[key]]
        doubled = [key for key, count in times.items() if count > 1]
        assert (missing, doubled, len(posted)) == ([], [], self.posts)
        rooms: dict[str, list[str]] = defaultdict(list)
        for message in posted:
            rooms[message["channel"]].append(key_of(message))
        assert all(keys == sorted(keys) for keys in rooms.values())

        # Together they keep to what Slack allows one bot: it says 429 only where a test asked it to.
        assert sum(call.status == 429 for call in self.slack.calls) <= self.faults.count("rate_limited")


@contextmanager
def a_storm(
    database: Database,
    folder: str,
    chance: random.Random,
    *,
    posts: int,
    rooms: int,
    times: float,
    kills: int = 0,
    lease_seconds: float = 3.0,
) -> Iterator[Storm]:
    """Four bots, and nothing to do yet. `times` how much more than it publishes this Slack allows."""
    with ExitStack() as ends:
        channels = [Channel(id=f"C{n:04d}", name=f"room-{n}", members=["UBOT"]) for n in range(rooms)]
        slack = ends.enter_context(SlackFake([], channels, rate_limits=times))
        site = Site(
            folder=folder,
            database=database.fresh_url(),
            slack_api_url=slack.api_url,
            bot_token=slack.bot_token,
            signing_secret=slack.signing_secret,
            epoch=time.time(),
            is_scripted=True,
            lease_seconds=lease_seconds,
            grace_seconds=lease_seconds / 2,
            slack_times=times,
        )
        store = site.store()
        # Its own rules know no digest: its stream has begun already.
        count_up(store, "digest/first", "digest")
        store.close()
        fleet = ends.enter_context(Fleet(site, slack, chance))
        fleet.start(*MEMBERS)
        yield Storm(site=site, slack=slack, fleet=fleet, chance=chance, posts=posts, rooms=rooms, kills=kills)
        judge(slack.calls)


def meanwhile(act: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=act, name="meanwhile", daemon=True)
    thread.start()
    return thread
