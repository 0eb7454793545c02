"""How is a message named, and which effect posts or redraws it?

Keys name messages once and for all, so that a message told once is never told again. What somebody waits for goes
before what is told to many; of either, each person hears everything in the order it was wanted.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from msgspec.structs import replace

from data.records.decision import Effect, EffectKind
from data.records.facts import Facts
from data.records.retirement import Retirement
from workflows.rules.restriction import channel_of

HOUR = 3600
PATIENCE_SECONDS = {
    "ahead": HOUR,
    "anchor": HOUR,
    "anchors failed": HOUR,
    "anchors left": HOUR,
    "anchors mended": HOUR,
    "archive bad": HOUR,
    "archive mended": HOUR,
    "archive repaired": HOUR,
    "brownout told": HOUR,
    "called off": HOUR,
    "canary": HOUR,
    "canary mended": HOUR,
    "catalog": HOUR,
    "dependants": HOUR,
    "digest": HOUR,
    "digest chart": HOUR,
    "dm": HOUR,
    "handed": HOUR,
    "impact": HOUR,
    "import failed": HOUR,
    "import mended": HOUR,
    "lesson": HOUR,
    "informed": HOUR,
    "picture": HOUR,
    "policy review": HOUR,
    "reader dropped": HOUR,
    "reminder": HOUR,
    "review": HOUR,
    "replaced": HOUR,
    "taken over": HOUR,
    "waived": HOUR,
    "team": HOUR,
    "void votes": HOUR,
}
"""How long a message may be overtaken by others: what goes to many at once can wait. All others somebody waits for."""


OVERTAKEN, TOLD_AT, ZONE = "overtaken", "told_at", "zone"
"""Under which names a done message keeps why it was never sent; when it was, and on whose clock."""


READER, LEFT_OUT, PASSED_BACK = "read_by", "left_out", "passed_back"
"""Under which names a message has who gets it in another's place, the consumers they are asked about otherwise, and
that they are asked nothing in it any more.
"""


def is_urgent(body: Mapping[str, str]) -> bool:
    """Does a person have to hear of it at any hour? A service that is missed, or is to come back, is waited for."""
    return body["notice"] == "missed" or (body["notice"] == "asked again" and body["action"] == "restore")


def is_held_for_hours(place: str, body: Mapping[str, str]) -> bool:
    """Is it for one person, and can it wait a night?"""
    return is_person(place) and not is_urgent(body)


def is_person(place: str) -> bool:
    """Or a channel: Slack's ids say which."""
    return place[:1] in ("U", "W")


def card_key(state: Retirement) -> str:
    return f"{state.id}/card"


def team_key(state: Retirement, team_id: str) -> str:
    return f"{state.id}/announcement-{state.announced}/team/{team_id or 'unowned'}"


def dm_key(state: Retirement, slack_id: str) -> str:
    return dm_key_of(state.id, state.announced, slack_id)


def dm_key_of(retirement_id: str, announced: int, slack_id: str) -> str:
    return f"{retirement_id}/announcement-{announced}/dm/{slack_id}"


def handed_key(state: Retirement, version: int, slack_id: str) -> str:
    """By the event that hands it over: what goes away and comes back is told anew, and of several each is told."""
    return f"{state.id}/handed-{version}/{slack_id}"


def asks(state: Retirement, key: str) -> bool:
    """Does this message ask a person to move, or to take over? Of whichever announcement."""
    is_request = key.startswith(f"{state.id}/announcement-") and "/dm/" in key
    return is_request or key.startswith(f"{state.id}/handed-")


def called_off_key(state: Retirement, slack_id: str) -> str:
    return f"{state.id}/called-off-{state.announced}/{slack_id}"


def unreached_key(state: Retirement, person: str) -> str:
    return f"{state.id}/announcement-{state.announced}/unreached/{person}"


def extension_key(state: Retirement, consumer_id: str, number: int) -> str:
    return f"{state.id}/extension/{consumer_id}/{number}"


def callers_key(state: Retirement, asked: int, part: int) -> str:
    return f"{state.id}/callers/{asked}/{part}"


def attestation_key(state: Retirement, name: str, number: int) -> str:
    """`number`: how often it was attested before it was asked for."""
    return f"{state.id}/announcement-{state.announced}/attestation/{name}/{number}"


def check_log_key(retirement_id: str, consumer_id: str, name: str, run: int) -> str:
    return f"{retirement_id}/check/{run}/{consumer_id}/{name}/log"


def is_log(key: str) -> bool:
    return "/check/" in key and key.endswith("/log")


def closing_key(state: Retirement) -> str:
    return f"{state.id}/announcement-{state.announced}/closing"


def prune_key(state: Retirement, number: int) -> str:
    return f"{state.id}/prune/{number}/request"


def audit_key(state: Retirement, day: date) -> str:
    """Of the same entries one is enough on a day; on another one the log has gone on."""
    return f"{state.id}/audit/{state.version}/{day}"


def in_channel(key: str, notice: str, facts: Facts, *, lane: str, channel: str = "", **body: str) -> Effect:
    """Of no retirement alone: in the governance channel, unless another is named."""
    assert facts.policy is not None
    place = channel or facts.policy.governance_channel
    return Effect(
        key=key,
        kind=EffectKind.POST,
        lane=lane,
        place=place,
        patience_seconds=PATIENCE_SECONDS[notice],
        body={"notice": notice, "channel": place, **body},
    )


def break_glass_key(state: Retirement, number: int) -> str:
    return f"{state.id}/break-glass/{number}"


def manual_key(state: Retirement, endpoint_id: str, action: str) -> str:
    return f"{state.id}/announcement-{state.announced}/manual/{action}/{endpoint_id}"


def post(state: Retirement, key: str, notice: str) -> Effect:
    """In the channel of its card."""
    return Effect(
        key=key,
        kind=EffectKind.POST,
        lane=_lane(f"{state.id}/thread", notice),
        place=channel_of(state),
        patience_seconds=PATIENCE_SECONDS.get(notice, 0),
        body={"notice": notice},
    )


def in_thread(state: Retirement, key: str, notice: str, *, batch: str = "", **body: str) -> Effect:
    """In the card's thread, once the card is there."""
    effect = post(state, key, notice)
    return replace(effect, body={**effect.body, **body}, after=card_key(state), batch=batch)


def file(state: Retirement, key: str, notice: str, version: int) -> Effect:
    """A file in the card's thread, drawn from the plan of this version. No message waits behind one."""
    effect = in_thread(state, key, notice, first=str(version), last=str(version))
    return replace(effect, lane=f"{state.id}/files")


def audit(state: Retirement, key: str) -> Effect:
    """The evidence of all that is on record by then, as a file in the card's thread."""
    return replace(in_thread(state, key, "audit"), lane=f"{state.id}/files")


def meeting(state: Retirement, *, here: str, other: str, channel: str) -> Effect:
    """In the thread of `here`: that `other` meets it. Whichever of the two wants it, and how often, it is told once.

    It waits for the card of whoever wants it, so that there is something to point to.
    """
    pair = "/".join(sorted((here, other)))
    effect = post(state, f"meeting/{pair}/in/{here}", "meeting")
    return replace(
        effect,
        lane=f"{here}/thread",
        place=channel,
        body={**effect.body, "here": here, "other": other},
        after=card_key(state),
    )


def lesson(state: Retirement, other: str) -> Effect:
    """In the card's thread: what was learned from another retirement that was like this one. Told once."""
    return in_thread(state, f"{state.id}/lesson/{other}", "lesson", other=other)


def direct(key: str, notice: str, to: str, **body: str) -> Effect:
    """To one person, or to a channel in their stead. What is urgent stands behind nothing that waits for a morning."""
    said = {"notice": notice, "channel": to, "slack_id": to, **body}
    return Effect(
        key=key,
        kind=EffectKind.POST,
        lane=f"to/{to}/now" if is_urgent(said) else _lane(f"to/{to}", notice),
        place=to,
        patience_seconds=PATIENCE_SECONDS.get(notice, 0),
        body=said,
    )


def _lane(name: str, notice: str) -> str:
    """What can wait has a lane of its own: nothing else stands behind it."""
    return f"{name}/later" if notice in PATIENCE_SECONDS else name


def edit(key: str, notice: str, *, patience_seconds: int = 0, **body: str) -> Effect:
    """Draw a message anew. It waits for the message to be there."""
    return Effect(
        key=f"{key}/edit",
        kind=EffectKind.EDIT,
        lane=f"{key}/edit",
        patience_seconds=patience_seconds,
        body={"notice": notice, "message": key, **body},
        after=key,
        refresh=True,
    )
