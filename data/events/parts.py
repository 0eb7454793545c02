"""The catalog has other endpoints or versions of the model than the plan knows of, or weighs it otherwise."""

from __future__ import annotations

from typing import Literal

from data.events.base import Event
from data.records.parts import Part


class PartsChanged(Event, frozen=True, kw_only=True, tag="parts changed"):
    """These belong to the model, and the plan does not have them; those that are `gone` do not any more.

    told          who coordinates, and decides what becomes of them
    switched_off  whether service was being switched off, or was: another plan cannot be voted on then
    """

    added: tuple[Part, ...] = ()
    gone: tuple[Part, ...] = ()
    told: str
    switched_off: Literal["no", "begun", "yes"] = "no"


class Weighed(Event, frozen=True, kw_only=True, tag="weighed"):
    """The catalog has another tier or regulation than the plan, or the plan's again: what either asks for holds."""

    tier: int
    regulated: str = ""
