"""Which view draws which notice: the one table from a message of the outbox to its payload."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from bot.views.asked import assistant
from bot.views.blocks import Payload
from bot.views.card import closing, manual, missed, proposal, thread
from bot.views.catalog import catalogs, files, imports
from bot.views.consumers import (
    brownouts,
    callers,
    checks,
    delegations,
    informed,
    naming,
    obligations,
    reminding,
    waivers,
)
from bot.views.graph import impact, meeting
from bot.views.hindsight import lessons, policy_review, reviews
from bot.views.keeping import anchors, fixity, grants, pruning
from bot.views.telling import digest, escalation, readers, unreached
from bot.views.voting import attestations, break_glass, extension, objecting, votes
from data import events
from data.catalog.snapshot import Snapshot
from data.events.granting import ReadEnded, ReadGranted, ReadRevoked
from data.records.policy import Policy
from data.records.retirement import Retirement
from data.records.reviews import Stage
from workflows.membership import attesters, glass_breakers
from workflows.ports import Message
from workflows.rules.telling.messages import LEFT_OUT, PASSED_BACK, READER, ZONE, is_person

Named = TypeVar("Named")

VIEWS: dict[str, Callable[[Retirement, Message], Payload]] = {
    "card": lambda state, message: proposal.card(state, message.now),
    "lines": lambda state, message: thread.message(_told(message), state),
    "impact": lambda state, message: impact.part(_proposal(message), state.id, message.params, message.there),
    "team": lambda state, message: obligations.team_message(
        state, message.params["team_id"], now=message.now
    ),
    "replaced": lambda state, message: obligations.replaced(state, **_addressee(message)),
    "called off": lambda state, _: obligations.called_off(state),
    "dm": lambda state, message: obligations.owner_dm(
        state, message.params["slack_id"], there=message.there, now=message.now, **_instead(message)
    ),
    "handed": lambda state, message: obligations.handed(
        state, message.params["slack_id"], message.params["consumer_ids"].split("\n"), there=message.there
    ),
    "taken over": lambda state, message: obligations.taken_over(
        state, message.params["consumer_id"], message.params["by"]
    ),
    "taken back": lambda state, message: obligations.taken_back(
        state, message.params["consumer_id"], message.params["by"], message.params["said"]
    ),
    "waived": lambda state, message: waivers.waived(
        state, message.params["consumer_id"], message.params["by"]
    ),
    "void votes": lambda state, message: votes.void(state, message.params["by"]),
    "contested": lambda state, message: waivers.contested(
        state, message.params["consumer_id"], message.params["by"], message.params["on_behalf_of"]
    ),
    "named": lambda state, message: naming.asked(state, message.params["consumer_id"], message.params["by"]),
    "objection": lambda state, message: objecting.heard(
        state, message.params["consumer_id"], message.params["outcome"]
    ),
    "reminder": lambda state, message: reminding.reminder(
        state,
        message.params["slack_id"],
        message.params["milestone"],
        zone=message.params.get(ZONE, ""),
        was=_was(message),
        there=message.there,
        now=message.now,
        **_instead(message),
    ),
    "escalation": lambda state, message: escalation.message_to(
        state,
        message.params["milestone"],
        int(message.params["level"]),
        message.params["consumer_ids"].split("\n"),
        to=message.params["slack_id"],
        told_as=message.params.get("as", ""),
        instead_of=message.params.get("instead_of", ""),
    ),
    "callers": lambda state, message: callers.question(
        state, int(message.params["asked"]), int(message.params["part"])
    ),
    "reopened": lambda state, message: callers.reopened(state, _reopened(message)),
    "missed": lambda state, message: missed.told(state, _missed(message)),
    "unreached": lambda state, message: unreached.person_lost(
        state, message.params["person"], message.params["why"]
    ),
    "channel lost": lambda state, message: unreached.channel_lost(
        state, message.params["where"], message.params["why"]
    ),
    "extension": lambda state, message: extension.request(
        state,
        message.params["consumer_id"],
        number=int(message.params["number"]),
        granted=message.params.get("granted", ""),
        by=message.params.get("by", ""),
    ),
    "asked again": lambda state, message: manual.asked_again(
        state,
        message.params["endpoint_ids"].split("\n"),
        message.params["action"],
        to=message.params["slack_id"],
    ),
    "meeting": lambda state, message: meeting.message(
        state, _other(message), there=_catalog(message), url=message.params.get("url", "")
    ),
    "lesson": lambda state, message: lessons.told(
        state, _other(message), message.reviews, url=message.params.get("url", "")
    ),
    "manual": lambda state, message: manual.message(
        state, message.params["endpoint_id"], message.params["action"]
    ),
    "check log": lambda state, message: checks.log(state, _check(message)),
    "attestation": lambda state, message: attestations.request(
        state, message.params["name"], int(message.params["number"]), _attesters(message)
    ),
    "break-glass": lambda state, message: break_glass.request(
        state, int(message.params["number"]), _glass_breakers(message)
    ),
    "brownout": lambda state, message: brownouts.request(state, int(message.params["number"])),
    "brownout told": lambda state, message: brownouts.told(
        state, message.params["slack_id"], int(message.params["number"])
    ),
    "closing": lambda state, _: closing.request(state),
    "prune": lambda state, message: pruning.request(state, int(message.params["number"])),
    "grant begun": lambda state, message: grants.begun(state, _granted(message)),
    "grant over": lambda state, message: grants.over(
        state, _granted_no_more(message), message.params["slack_id"]
    ),
    "look back": lambda state, _: break_glass.look_back(state),
    "review": lambda state, message: reviews.message(state, Stage(message.params["stage"])),
    "informed": lambda state, message: informed.message_to(
        state, message.params["slack_id"], message.params["news"], was=_was(message), there=message.there
    ),
    "catalog": lambda state, message: catalogs.told(state, message.params),
}

OF_IMPORTS: dict[str, Callable[[dict[str, str]], Payload]] = {
    "import failed": lambda said: imports.failed(said["name"], said["why"]),
    "import mended": lambda said: imports.mended(said["name"]),
    "archive bad": lambda said: fixity.bad(said["retirement"], said["why"], has_ended="ended" in said),
    "archive repaired": lambda said: fixity.repaired(said["retirement"], said["names"].split("\n")),
    "archive mended": lambda said: fixity.mended(said["retirement"]),
    "canary": lambda said: fixity.not_refused(said["tried"].split("\n")),
    "canary mended": lambda _: fixity.refused_again(),
    "anchor": anchors.posted,
    "anchors failed": lambda said: anchors.failed(said["where"], said["why"]),
    "anchors left": anchors.left,
    "anchors mended": lambda said: anchors.mended(said["where"]),
    "reader dropped": lambda said: readers.dropped(said["reader"], said["why"]),
    "answer gone": lambda _: assistant.gone(),
    "delegation begun": delegations.begun,
    "delegation ended": delegations.ended,
    "delegation over": delegations.over,
    "file imported": lambda said: files.imported(
        said["name"], said["format"], said["said"], int(said["more"])
    ),
    "file imported before": lambda said: files.imported_before(
        said["name"], said["format"], datetime.fromisoformat(said["earlier_at"]), said.get("url", "")
    ),
    "file refused": lambda said: files.refused(said["name"], said["said"], int(said["more"])),
}


def digested(message: Message) -> digest.Digest:
    """What the reader of this message is told."""
    return digest.of(
        message.histories,
        message.outcomes,
        since=datetime.fromisoformat(message.params["since"]),
        until=datetime.fromisoformat(message.params["until"]),
        zone=message.params.get("zone", "UTC"),  # a digest of an older version that still waits has none
        is_own=is_person(message.params["channel"]),
        review=message.params.get("review", ""),
        checkpoint=message.params.get("checkpoint", ""),
        suggested=message.suggested,
    )


def drawn(message: Message) -> Payload:
    """The payload of a message."""
    if message.notice == "digest":
        return digest.message(digested(message))
    if message.notice == "policy review":
        said = message.params
        return policy_review.overdue(said["said"], said["who"], said["people"], message.suggested)
    if message.notice in OF_IMPORTS:
        return OF_IMPORTS[message.notice](message.params)
    if message.answer is not None:
        assert message.there is not None, "an answer may be about what the catalog says"
        return assistant.answer(message.answer, message.params, message.there)
    assert message.retirement is not None, f"{message.notice} is about a retirement"
    if PASSED_BACK in message.params:
        return obligations.passed_back(message.retirement, message.params["slack_id"])
    payload = VIEWS[message.notice](message.retirement, message)
    return delegations.instead(payload, message.params["slack_id"]) if _instead(message) else payload


def _instead(message: Message) -> dict[str, Any]:
    """In whose place somebody reads it, and what they are asked otherwise; nothing where it is their own."""
    if READER not in message.params:
        return {}
    return {"whose": message.params["slack_id"], "left_out": message.params[LEFT_OUT].split("\n")}


def _was(message: Message) -> date | None:
    """A message of an older version that still waits does not know it."""
    return date.fromisoformat(message.params["was"]) if "was" in message.params else None


def _addressee(message: Message) -> dict[str, str]:
    return {name: message.params[name] for name in ("team_id", "slack_id") if name in message.params}


def _proposal(message: Message) -> events.Proposed | events.Revised:
    (event,) = message.events
    assert isinstance(event, events.Proposed | events.Revised), "the impact is told of a plan"
    return event


def _check(message: Message) -> events.CheckEnded:
    (event,) = message.events
    assert isinstance(event, events.CheckEnded), "a log is of a check"
    return event


def _granted(message: Message) -> ReadGranted:
    (event,) = message.events
    assert isinstance(event, ReadGranted), "it is told of a grant"
    return event


def _granted_no_more(message: Message) -> ReadEnded | ReadRevoked:
    (event,) = message.events
    assert isinstance(event, ReadEnded | ReadRevoked), "it is told of the end of a grant"
    return event


def _attesters(message: Message) -> tuple[str, ...]:
    found = _named(message, attesters)
    return found.get(message.params["name"], ()) if found else ()


def _glass_breakers(message: Message) -> tuple[str, ...]:
    return _named(message, glass_breakers) or ()


def _named(message: Message, who: Callable[[Snapshot, Policy, Sequence[str]], Named]) -> Named | None:
    """Whom the policy of a retirement names, by the catalog as it stands when the message is drawn."""
    state, there = message.retirement, message.there
    if state is None or state.plan is None or state.policy is None or there is None:
        return None
    return who(there, state.policy, there.owners_now([state.plan.subject.model_id]))


def _other(message: Message) -> Retirement:
    assert message.other is not None, "it takes two to meet"
    return message.other


def _catalog(message: Message) -> Snapshot:
    assert message.there is not None, "it is drawn from the catalog"
    return message.there


def _reopened(message: Message) -> events.Reopened:
    (event,) = message.events
    assert isinstance(event, events.Reopened), "this is told of calls that were seen"
    return event


def _missed(message: Message) -> events.ServiceMissed:
    (event,) = message.events
    assert isinstance(event, events.ServiceMissed), "this is told of calls of what is dark"
    return event


def _told(message: Message) -> list[events.RetirementEvent]:
    return [event for event in message.events if not isinstance(event, events.OtherEvent)]
