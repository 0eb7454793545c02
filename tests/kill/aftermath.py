"""What must hold after any story, however often the bot was killed: the record and Slack tell the same, once each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from data import events
from data.sqlite_store import SqliteStore
from tests.fakes.slack import SlackFake
from tests.kill.people import Message, key_of


def waiting(record: SqliteStore) -> list[tuple[Any, ...]]:
    """The effects that are not done."""
    return record.read().execute("SELECT key, status, why FROM effects WHERE status <> 'done'").fetchall()


def messages(slack: SlackFake) -> list[Message]:
    """Everything the outbox posted, wherever it is; answers to one person carry no key."""
    rooms = [slack.messages(channel) for channel in list(slack.ws.channels)]
    return [message for room in rooms for message in room if key_of(message)]


def check_told_once(record: SqliteStore, slack: SlackFake) -> None:
    """Every message that was wanted is in Slack, every one in Slack was wanted, and none is there twice."""
    posted = messages(slack)
    repeated = [key for key, times in Counter(map(key_of, posted)).items() if times > 1]
    assert not repeated
    wanted = [key for (key,) in record.read().execute("SELECT key FROM effects WHERE effect LIKE '%\"post\"%'")]
    places = {key: record.found(key) for key in wanted}
    unknown = [key for key, place in places.items() if place is None]
    assert not unknown
    found = {(place["channel"], place["ts"]) for place in places.values() if place}
    assert found == {(message["channel"], message["ts"]) for message in posted}
    assert {key_of(message) for message in posted} <= set(wanted)


def check_people_told(happened: Iterable[events.AnyEvent], slack: SlackFake) -> None:
    """Announcements, reminders and escalations reached exactly those the record names, each once."""
    expected: Counter[tuple[str, str]] = Counter()
    for event in happened:
        match event:
            case events.Announced():
                for person in {one for duty in event.obligations for one in duty.consumer.owners.slack_ids}:
                    expected[person, f"RET-1/announcement-1/dm/{person}"] += 1
            case events.Reminded():
                expected.update((person, f"RET-1/remind/{event.milestone}/{person}") for person in event.people)
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
