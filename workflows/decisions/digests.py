"""The weekly digest: told once, also after downtime, and set for the next week in the same commit.

It is put together before it is decided on: a week in which nothing happened and nothing is due is told once, and
then no more until there is something. It begins where the last one ended that was told. However long the bot was away,
there is one for each of the policy's days at most, and none within the day before the next.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from data import events
from data.records.decision import Decision, Effect, EffectKind, Timer
from data.records.digests import DigestState
from data.records.facts import Facts
from data.records.policy import Policy
from data.records.retirement import Retirement
from workflows.commands import SendDigest, TellDigest, encoded
from workflows.decisions import policy_review
from workflows.rules.hindsight import policy_review as rules
from workflows.rules.hours import day_of, next_digest_at, zoned_day
from workflows.rules.permissions import check
from workflows.rules.telling.messages import PATIENCE_SECONDS, direct, is_person

STREAM = "digest"
"""Of the governance channel. Other readers have streams of their own: `stream_of`."""
TIMER = "weekly"
SOON = timedelta(days=1)
"""One that is late waits for the next one, if that is so near; so does whoever has moved to where it is earlier."""

DigestEvent = (
    events.DigestSent
    | events.QuietTold
    | events.DigestSubscribed
    | events.DigestUnsubscribed
    | events.ReaderMoved
)


def stream_of(place: str) -> str:
    return f"{STREAM}/{place}"


def place_of(stream: str) -> str:
    """The person or channel; empty for the governance channel's, and for a stream of something else."""
    return stream.partition("/")[2] if stream.startswith(f"{STREAM}/") else ""


def evolve(state: DigestState, event: DigestEvent) -> DigestState:
    state = replace(state, version=state.version + 1)
    match event:
        case events.DigestSent():
            return replace(state, sent_at=event.at, is_quiet=False)
        case events.QuietTold():
            return replace(state, sent_at=event.at, is_quiet=True)
        case events.DigestSubscribed():
            since = state.sent_at if state.by else event.at
            return replace(state, sent_at=since, by=event.by, zone=event.zone)
        case events.DigestUnsubscribed():
            return replace(state, sent_at=None, by="", is_quiet=False)
        case events.ReaderMoved():
            return replace(state, zone=event.zone)


def timer(state: DigestState, policy: Policy, now: datetime) -> Timer:
    """When the next one is due: on the policy's day, at its hour, by the reader's clock."""
    return Timer(
        name=TIMER,
        due_at=next_digest_at(now, policy, state.zone),
        command=encoded(SendDigest(by=events.EMERITUS)),
    )


def send(state: DigestState, command: SendDigest, facts: Facts, now: datetime) -> Decision[DigestEvent]:
    """The first time only sets the date; from then on it is put together when due."""
    check("send digest", command.by, Retirement(id=""), facts)
    assert facts.policy is not None
    if not state.is_on:
        return Decision()
    next_week = (timer(state, facts.policy, now), *(() if state.place else policy_review.timers(facts, now)))
    if state.sent_at is None:
        return Decision(events=(events.DigestSent(at=now, by=events.EMERITUS, since=now),), timers=next_week)
    # One for each time it is due: of two that waited through a long downtime, the first one tells it (`tell`).
    lane = f"{stream_of(state.place) if state.place else STREAM}/composed"
    composing = Effect(
        key=f"{lane}/{now.isoformat()}",
        kind=EffectKind.COMPOSE,
        lane=lane,
        body={"since": state.sent_at.isoformat()},
    )
    return Decision(timers=next_week, effects=(composing,))


def tell(state: DigestState, command: TellDigest, facts: Facts, now: datetime) -> Decision[DigestEvent]:
    """Post it, with its chart in its thread, unless it is not due or its reader has the next one soon."""
    check("tell digest", command.by, Retirement(id=""), facts)
    assert facts.policy is not None
    if not state.is_on or state.sent_at is None or state.sent_at != command.since:
        return Decision()
    since = state.sent_at
    moved: tuple[DigestEvent, ...] = ()
    timers: tuple[Timer, ...] = ()
    if command.zone and command.zone != state.zone:
        state = replace(state, zone=command.zone)
        moved = (events.ReaderMoved(at=now, by=events.EMERITUS, zone=command.zone),)
        timers = (timer(state, facts.policy, now),)
    if not _is_time(state, facts.policy, since, now):
        # Set anew: where the clock was set back meanwhile, that is today once more, and not next week.
        return Decision(events=moved, timers=(timer(state, facts.policy, now),))
    review = _review(state, facts, now)
    tells = command.tells or bool(review)
    if state.is_quiet and not tells:
        return Decision(events=moved, timers=timers)
    kind = events.DigestSent if tells else events.QuietTold
    told = kind(at=now, by=events.EMERITUS, since=since)
    posted = _posted(state, facts.policy, since, now)
    posted = replace(posted, body={**posted.body, **review})
    effects = (posted, _chart(posted)) if command.tells and command.draws else (posted,)
    return Decision(events=(*moved, told), timers=timers, effects=effects)


def _review(state: DigestState, facts: Facts, now: datetime) -> dict[str, str]:
    """What the governance channel's digest says of a policy nobody has looked through in its time."""
    assert facts.policy is not None
    today = day_of(now, facts.policy)
    if state.place or not rules.is_overdue(facts.review, today):
        return {}
    return {"review": rules.words(facts.review, facts.policy.name, today)}


def _is_time(state: DigestState, policy: Policy, since: datetime, now: datetime) -> bool:
    """One was due since the last one, and the next one is not near."""
    is_due = next_digest_at(since, policy, state.zone) <= now
    return is_due and next_digest_at(now, policy, state.zone) - now >= SOON


def _posted(state: DigestState, policy: Policy, since: datetime, now: datetime) -> Effect:
    day = zoned_day(now, state.zone or policy.zone)
    stem = stream_of(state.place) if state.place else STREAM
    # Who has moved, or subscribed anew, on the day of their digest may have another one on that day.
    is_second = state.version > 1 and zoned_day(since, state.zone or policy.zone) == day
    key = f"{stem}/{day}/{state.version + 1}" if is_second else f"{stem}/{day}"
    window = {"since": since.isoformat(), "until": now.isoformat(), "zone": state.zone or policy.zone}
    if is_person(state.place):
        return direct(key, "digest", state.place, **window)
    channel = state.place or policy.governance_channel
    return Effect(
        key=key,
        kind=EffectKind.POST,
        lane=stem,
        place=channel,
        patience_seconds=PATIENCE_SECONDS["digest"],
        body={"notice": "digest", "channel": channel, **window},
    )


def _chart(posted: Effect) -> Effect:
    """In the digest's thread. Nothing waits behind it."""
    return replace(
        posted,
        key=f"{posted.key}/chart",
        lane=f"{posted.key}/chart",
        body={**posted.body, "notice": "digest chart"},
        after=posted.key,
    )
