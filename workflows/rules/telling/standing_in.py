"""What becomes of a message where somebody else answers for whom it is for: who reads it, and what is left of it there?

Nobody is asked twice: what the reader is asked anyway is left out, and what has nothing else in it does not go.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from data.records.decision import Effect
from data.records.retirement import Retirement
from workflows.rules.consumers.obligations import of_person, people_of
from workflows.rules.people.delegating import InForce, hears_as, receiver
from workflows.rules.telling import messages, milestones
from workflows.rules.telling.messages import LEFT_OUT, READER

ASKS = frozenset(
    {
        "asked again",
        "brownout told",
        "called off",
        "contested",
        "channel lost",
        "dm",
        "escalation",
        "handed",
        "missed",
        "named",
        "objection",
        "reminder",
        "reopened",
        "taken back",
        "taken over",
        "unreached",
        "waived",
    }
)
"""What is asked of a person, or told them as the one who answers. A digest is read by whoever subscribed."""

DRAWN_FOR_EACH = frozenset({"dm", "reminder"})
"""What lists each person's own: it says something else to everybody, under the same words."""


class Telling(NamedTuple):
    """What several are told alike, under keys that begin alike: whoever reads for two of them needs it once."""

    stem: str
    said: tuple[tuple[str, str], ...]


def reader_of(body: Mapping[str, str], delegations: InForce) -> str:
    """Who gets it; empty for what is for no person."""
    person = body.get("slack_id", "")
    if body["notice"] not in ASKS or not messages.is_person(person):
        return ""
    return receiver(person, delegations)


def as_read(state: Retirement, body: Mapping[str, str], reader: str, delegations: InForce) -> dict[str, str]:
    """As it goes to this reader: only what they are not asked anyway."""
    person = body["slack_id"]
    left_out = [
        duty.consumer.consumer_id
        for duty in of_person(state, person)
        if hears_as(duty.asked, reader, delegations) not in ("", person)
    ]
    read = {**body, "channel": reader, READER: reader, LEFT_OUT: "\n".join(left_out)}
    if "consumer_ids" in read and read["notice"] == "handed":
        kept = [one for one in read["consumer_ids"].split("\n") if one not in left_out]
        read["consumer_ids"] = "\n".join(kept)
    return read


def says_something(state: Retirement, body: Mapping[str, str], delegations: InForce) -> bool:
    """Is there anything in it that its reader is not asked, or told, otherwise?"""
    person, reader = body["slack_id"], body[READER]
    left_out = body[LEFT_OUT].split("\n")
    match body["notice"]:
        case "dm":
            owed = of_person(state, person)
        case "reminder":
            asked = milestones.concerned(state, body["milestone"])
            owed = tuple(duty for duty in of_person(state, person) if duty in asked)
        case "handed":
            return bool(body["consumer_ids"])
        case "called off":
            return hears_as(people_of(state.obligations), reader, delegations) == person
        case _:
            return True
    return any(duty.consumer.consumer_id not in left_out for duty in owed)


def telling(effect: Effect) -> Telling | None:
    """None for what nobody else is told in the same words."""
    person = effect.body.get("slack_id", "")
    if effect.body.get("notice") in DRAWN_FOR_EACH or not effect.key.endswith(f"/{person}"):
        return None
    said = {what: words for what, words in effect.body.items() if what not in ("slack_id", "channel")}
    return Telling(effect.key.removesuffix(person), tuple(sorted(said.items())))
