"""Who has the weekly digest besides the governance channel: people who wish so, channels, and who is dropped.

A person has it in their direct messages, about what concerns them. A channel has it for everybody in it, so what is
told there is asked for by those who may hear of every retirement: voters, and whoever is in the governance channel.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from data import events
from data.errors import Refused
from data.records.decision import Decision
from data.records.digests import DigestState
from data.records.facts import ChannelSeen, Facts
from data.records.policy import Policy
from data.records.retirement import Retirement
from workflows.commands import DropReader, Subscribe
from workflows.decisions.digests import TIMER, DigestEvent, stream_of, timer
from workflows.rules.hours import next_digest_at
from workflows.rules.permissions import check
from workflows.rules.telling.messages import in_channel, is_person
from workflows.rules.voting.barring import check_is_colleague
from workflows.rules.voting.quorum import seats


def subscribe(state: DigestState, command: Subscribe, facts: Facts, now: datetime) -> Decision[DigestEvent]:
    """From the next of the policy's days on, or no more. Wishing what is so already changes nothing."""
    check("subscribe", command.by, Retirement(id=""), facts)
    assert facts.policy is not None
    assert command.place == state.place, "a reader has a stream of their own"
    if is_person(command.place):
        _check_oneself(command)
    else:
        _check_may(command, facts, facts.policy)
    whose = "You have" if is_person(command.place) else "This channel has"
    if command.often == "off":
        if not state.is_on:
            return Decision(reply=f"{whose} no weekly digest; /retire subscribe begins one")
        ended = events.DigestUnsubscribed(at=now, by=command.by)
        return Decision(
            events=(ended,),
            cancels=(TIMER,),
            reply=f"{whose} no weekly digest from now on; /retire digest shows it at any time",
        )
    _check_bot_is_there(command, facts.channel)
    zone = facts.zone or facts.policy.zone
    reply = f"{whose} the digest {_when(facts.policy, zone, now)}"
    if state.is_on and state.zone == zone:
        return Decision(reply=reply)
    subscribed = events.DigestSubscribed(at=now, by=command.by, zone=zone)
    again = DigestState(place=state.place, by=command.by, zone=zone)
    return Decision(events=(subscribed,), timers=(timer(again, facts.policy, now),), reply=reply)


def drop(state: DigestState, command: DropReader, facts: Facts, now: datetime) -> Decision[DigestEvent]:
    """Who has left, and a channel that takes nothing any more, are told of in the governance channel, once."""
    check("drop reader", command.by, Retirement(id=""), facts)
    assert facts.policy is not None
    if not state.place or not state.is_on:
        return Decision()
    key = f"{stream_of(state.place)}/dropped/{state.version + 1}"
    told = in_channel(
        key, "reader dropped", facts, lane="digest/dropped", reader=state.place, why=command.why
    )
    dropped = events.DigestUnsubscribed(at=now, by=events.EMERITUS, why=command.why)
    return Decision(events=(dropped,), cancels=(TIMER,), effects=(told,))


def _when(policy: Policy, zone: str, now: datetime) -> str:
    first = next_digest_at(now, policy, zone).astimezone(ZoneInfo(zone))
    return f"each {first:%A at %H:%M} ({zone}), from {first:%Y-%m-%d} on; /retire digest shows it now"


def _check_oneself(command: Subscribe) -> None:
    if command.place != command.by:
        raise Refused(
            "A digest by direct message is for oneself", next_step="Ask them to run /retire subscribe"
        )


def _check_may(command: Subscribe, facts: Facts, policy: Policy) -> None:
    """Raises `Refused` unless they may decide what this channel is told."""
    channel = facts.channel
    if command.place.startswith("D"):
        raise Refused(
            "This is a direct message, and no channel",
            next_step="Run /retire subscribe, without here, for a digest of your own",
        )
    if channel is not None and channel.is_governance:
        raise Refused(
            "The governance channel has the digest every week",
            reasons=["that is where decisions are made, so it cannot be ended or begun there"],
            next_step="Run /retire subscribe for one of your own, or [digest] in the policy for another day",
        )
    check_is_colleague(facts, "Your wish for this channel")
    roles = ", ".join(role.name for role in policy.roles)
    if not facts.in_governance and not seats(command.by, facts.members):
        raise Refused(
            "Only some may have the digest sent to a channel",
            reasons=[f"it tells of every retirement, so this is for {roles} and the governance channel"],
            next_step="Ask one of them to run it here, or run /retire subscribe for one of your own",
        )


def _check_bot_is_there(command: Subscribe, channel: ChannelSeen | None) -> None:
    if is_person(command.place):
        return
    if channel is None or not channel.has_bot:
        raise Refused(
            "I am not in this channel, so I cannot post here",
            next_step="Type /invite @Emeritus here, and run it again",
        )
    if channel.is_archived:
        raise Refused(
            "This channel is archived, so nothing is posted here",
            next_step="Unarchive it, or run it in another channel",
        )
