"""What a review is about."""

from __future__ import annotations

from enum import StrEnum


class Stage(StrEnum):
    """A part of a retirement that is over once and for all, and that people can look back on."""

    MIGRATION = "migration"
    ARCHIVING = "archiving"
    SWITCH_OFF = "switch-off"
    WHOLE = "whole retirement"
