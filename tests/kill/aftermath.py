"""What must hold after any story, however often the bot was killed: the record and Slack tell the same, once each."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, Protocol

import msgspec

from data import events
from data.records.decision import Effect, EffectKind
from data.sql.record import SqlStore
from tests.fakes.slack import SlackFake
from tests.kill.people import Message
from tests.scenarios.reading import key_of

PATIENCE_SECONDS = 60.0


class Keeping(Protocol):
    """Whoever keeps the bot or the bots, and their Slack."""

    slack: SlackFake

    def said(self) -> str: ...


def waiting(record: SqlStore) -> list[tuple[Any, ...]]:
    """The effects that are not done."""
    with record.reading() as conn:
        return conn.execute("SELECT key, status, why FROM effects WHERE status <> 'done'").fetchall()


def await_record(
    opened: Callable[[], SqlStore],
    holds: Callable[[SqlStore], bool],
    keeper: Keeping,
    patience_seconds: float = PATIENCE_SECONDS,
) -> None:
    """Wait until this is true of the record; Slack's next call, or a tenth of a second, is when to look again."""
    record, until = opened(), time.monotonic() + patience_seconds
    while not holds(record):
        assert time.monotonic() < until, f"still waiting for {waiting(record)}; {keeper.said()}"
        with keeper.slack.ws.changed:
            keeper.slack.ws.changed.wait(0.1)
    record.close()


def posts(record: SqlStore) -> list[str]:
    """The keys of everything that was to be posted."""
    with record.reading() as conn:
        rows = conn.execute("SELECT key, effect FROM effects ORDER BY seq").fetchall()
    return [key for key, effect in rows if msgspec.json.decode(effect, type=Effect).kind is EffectKind.POST]


def messages(slack: SlackFake) -> list[Message]:
    """Everything the outbox posted, wherever it is; answers to one person carry no key."""
    rooms = [slack.messages(channel) for channel in list(slack.ws.channels)]
    return [message for room in rooms for message in room if key_of(message)]


def check_told_once(record: SqlStore, slack: SlackFake) -> None:
    """Every message that was wanted is in Slack, every one in Slack was wanted, and none is there twice."""
    posted = messages(slack)
    repeated = [key for key, times in Counter(map(key_of, posted)).items() if times > 1]
    assert not repeated
    places = {key: record.found(key) for key in posts(record)}
    unknown = [key for key, place in places.items() if place is None]
    assert not unknown
    # Lines that waited together are one message, under the key of the first.
    found = {place.get("ts") or place["file"] for place in places.values() if place}
    # A file that had to be looked up is known by its message, any other by itself.
    ids = [{message["ts"], *(file["id"] for file in message["files"])} for message in posted]
    assert [len(found & own) for own in ids] == [1] * len(found)
    assert {key_of(message) for message in posted} <= set(places)


def check_people_told(happened: Iterable[events.AnyEvent], slack: SlackFake) -> None:
    """Announcements, reminders and escalations reached exactly those the record names, each once."""
    expected: Counter[tuple[str, str]] = Counter()
    for event in happened:
        match event:
            case events.Announced():
                for person in {one for duty in event.obligations for one in duty.consumer.owners.slack_ids}:
                    expected[person, f"RET-1/announcement-1/dm/{person}"] += 1
            case events.Reminded():
                expected.update(
                    (person, f"RET-1/remind/{event.milestone}/{person}") for person in event.people
                )
            case events.Escalated():
                where = f"RET-1/escalate/{event.milestone}/{event.level}"
                expected.update((to, f"{where}/{to}") for to in event.to)
            case _:
                pass
    assert set(expected.values()) == {1}
    kinds = ("/announcement-1/dm/", "/remind/", "/escalate/")
    got = Counter((key_of(message), message["channel"]) for message in messages(slack))
    told = {key: channel for key, channel in got if any(kind in key for kind in kinds)}
    assert told == {key: f"D{to[1:]}" if to[0] == "U" else to for to, key in expected}
