"""How is a message named, and which effect posts or redraws it?

Keys name messages once and for all, so that a message told once is never told again.
"""

from __future__ import annotations

from data.records.decision import Effect, EffectKind
from data.records.retirement import Retirement


def card_key(state: Retirement) -> str:
    return f"{state.id}/card"


def team_key(state: Retirement, team_id: str) -> str:
    return f"{state.id}/announcement-{state.announced}/team/{team_id or 'unowned'}"


def dm_key(state: Retirement, slack_id: str) -> str:
    return f"{state.id}/announcement-{state.announced}/dm/{slack_id}"


def unreached_key(state: Retirement, person: str) -> str:
    return f"{state.id}/announcement-{state.announced}/unreached/{person}"


def extension_key(state: Retirement, consumer_id: str, number: int) -> str:
    return f"{state.id}/extension/{consumer_id}/{number}"


def manual_key(state: Retirement, endpoint_id: str, action: str) -> str:
    return f"{state.id}/announcement-{state.announced}/manual/{action}/{endpoint_id}"


def post(state: Retirement, key: str, notice: str) -> Effect:
    return Effect(key=key, kind=EffectKind.POST, lane=f"{state.id}/thread", body={"notice": notice})


def in_thread(state: Retirement, key: str, notice: str, **body: str) -> Effect:
    return Effect(
        key=key,
        kind=EffectKind.POST,
        lane=f"{state.id}/thread",
        body={"notice": notice, **body},
        after=card_key(state),
    )


def direct(state: Retirement, key: str, notice: str, to: str, **body: str) -> Effect:
    return Effect(
        key=key,
        kind=EffectKind.POST,
        lane=f"{state.id}/to/{to}",
        body={"notice": notice, "channel": to, "slack_id": to, **body},
    )


def edit(key: str, notice: str, **body: str) -> Effect:
    """Draw a message anew. It waits for the message to be there."""
    return Effect(
        key=f"{key}/edit",
        kind=EffectKind.EDIT,
        lane=f"{key}/edit",
        body={"notice": notice, "message": key, **body},
        after=key,
        refresh=True,
    )
