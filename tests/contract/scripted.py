"""A machine whose commands say what they lead to, so a store is tested without any rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from data.errors import Invalid, Problem, Refused
from data.events import AnyEvent, Erased, Paused, Resumed
from data.records.base import Prose, Record
from data.records.decision import Decision, Effect, EffectKind, Receipt, Timer
from data.store import Store

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


class Script(Record, frozen=True, kw_only=True):
    """`counts` events without words, then one per text in `says`; `garbles` adds one that has no UTF-8.

    `erases`: the entry whose texts are said to be erased, however many there were.
    """

    counts: int = 0
    says: tuple[str, ...] = ()
    refuses: str = ""
    rejects: str = ""
    breaks: bool = False
    garbles: bool = False
    erases: int = 0
    timers: tuple[Timer, ...] = ()
    cancels: tuple[str, ...] = ()
    effects: tuple[Effect, ...] = ()
    reserves: tuple[str, ...] = ()
    releases: bool = False
    wakes: tuple[str, ...] = ()
    resumes: bool = False
    reply: str = ""


class Tally(Record, frozen=True, kw_only=True):
    count: int = 0
    said: tuple[str, ...] = ()


def _erased(entry: int, now: datetime) -> Erased:
    return Erased(at=now, by="U1", entry=entry, texts=9, because="request 12")


class Scripted:
    """Counts events and keeps what was said."""

    fold_version = 0

    def decide(  # a machine that needs neither stream, state nor facts
        self,
        stream: str,
        state: bytes | None,
        command: str,
        facts: object,
        now: datetime,
    ) -> Decision[AnyEvent]:
        script = msgspec.json.decode(command, type=Script)
        if script.refuses:
            raise Refused(script.refuses, next_step="Try something else")
        if script.rejects:
            raise Invalid([Problem(field="date", value=script.rejects, accepted="a date like 2026-05-01")])
        assert not script.breaks, "a bug in the rules"
        return Decision(
            events=(
                *(Resumed(at=now, by="U1") for _ in range(script.counts)),
                *(Paused(at=now, by="U1", why=Prose(prose=text)) for text in script.says),
                *([Paused(at=now, by="U1", why=Prose(prose="half \ud83d"))] if script.garbles else []),
                *([_erased(script.erases, now)] if script.erases else []),
            ),
            timers=script.timers,
            cancels=script.cancels,
            effects=script.effects,
            reserves=script.reserves,
            releases=script.releases,
            wakes=script.wakes,
            resumes=script.resumes,
            reply=script.reply,
        )

    def after_import(self, *_: object) -> tuple[Timer, ...]:
        return ()

    def evolve(self, stream: str, state: bytes | None, *events: AnyEvent) -> bytes:
        before = tally(state)
        said = tuple(str(event.why) for event in events if isinstance(event, Paused))
        return msgspec.json.encode(Tally(count=before.count + len(events), said=before.said + said))


def tally(state: bytes | None) -> Tally:
    return msgspec.json.decode(state, type=Tally) if state else Tally()


def a_command(**script: Any) -> str:
    return msgspec.json.encode(Script(**script)).decode()


def a_timer(name: str = "remind", due: float = 0, command: str = "") -> Timer:
    return Timer(name=name, due_at=at(due), command=command or a_command(counts=1))


def an_effect(key: str, **values: Any) -> Effect:
    return Effect(key=key, **{"kind": EffectKind.POST, "body": {"line": key}, **values})


def count_up(store: Store, key: str, stream: str = "RET-1") -> Receipt:
    return store.transact(key, stream, a_command(counts=1), b"", NOW)
