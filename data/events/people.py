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


class Paused(Event, frozen=True, kw_only=True, tag="paused"):
    why: Prose


class Resumed(Event, frozen=True, kw_only=True, tag="resumed"):
    pass


class HandedOver(Event, frozen=True, kw_only=True, tag="handed over"):
    coordinator_id: str
