"""What people do beside the plan: vouch by hand, pause, hand over."""

from __future__ import annotations

from data.events.base import Event
from data.records.base import Prose


class ManualReported(Event, frozen=True, kw_only=True, tag="manual reported"):
    endpoint_id: str
    action: str
    evidence: Prose


class ManualChecked(Event, frozen=True, kw_only=True, tag="manual checked"):
    endpoint_id: str
    action: str


class ManualContradicted(Event, frozen=True, kw_only=True, tag="manual contradicted"):
    """What was reported is not so: it is asked for as if nobody had reported anything."""

    endpoint_id: str
    action: str


class AskedAgain(Event, frozen=True, kw_only=True, tag="asked again"):
    """Nobody has done or checked what is asked by hand: `to` are told, people first, then the channel (`level`)."""

    action: str
    endpoint_ids: tuple[str, ...]
    level: int
    to: tuple[str, ...]


class Paused(Event, frozen=True, kw_only=True, tag="paused"):
    why: Prose


class Resumed(Event, frozen=True, kw_only=True, tag="resumed"):
    pass


class HandedOver(Event, frozen=True, kw_only=True, tag="handed over"):
    coordinator_id: str
